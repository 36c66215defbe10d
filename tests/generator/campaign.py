"""Runs many random programs and counts what became of them."""

from __future__ import annotations

import functools
import multiprocessing
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from tests.generator.modes import FAULTS
from tests.generator.programs import Program, generate
from tests.generator.running import Outcome, Verdict, judge
from tests.generator.shrinking import shrink

SECOND_ORDER_EVERY = 10
MOST_ATTEMPTS = 20


@dataclass
class Tally:
    """Counts of outcomes, of their causes, and the smallest program met for each cause."""

    outcomes: Counter[Outcome] = field(default_factory=Counter)
    causes: dict[Outcome, Counter[str]] = field(default_factory=dict)
    examples: dict[str, tuple[Program, Verdict]] = field(default_factory=dict)
    failed: dict[str, Verdict] = field(default_factory=dict)
    discarded: Counter[str] = field(default_factory=Counter)

    @property
    def acceptance(self) -> float:
        """The share of programs that were not refused."""
        count = self.outcomes.total()
        return 1.0 - self.outcomes[Outcome.REFUSED] / count if count else 1.0

    def add(self, program: Program, verdict: Verdict, discarded: list[str]) -> None:
        """Count one program."""
        self.outcomes[verdict.outcome] += 1
        self.discarded.update(discarded)
        if verdict.outcome is Outcome.RIGHT:
            return
        if verdict.outcome in (Outcome.WRONG, Outcome.CRASH):
            self.failed[program.seed] = verdict
        self.causes.setdefault(verdict.outcome, Counter())[verdict.cause] += 1
        known = self.examples.get(verdict.cause)
        if known is None or len(program.text) < len(known[0].text):
            self.examples[verdict.cause] = (program, verdict)


def takes_second_order(number: int, modes: frozenset[str] = frozenset()) -> bool:
    """Tell which programs are differentiated twice."""
    return "second" in modes or number % SECOND_ORDER_EVERY == 0


def run_one(
    number: int,
    seed: int,
    without: frozenset[str] = frozenset(),
    modes: frozenset[str] = frozenset(),
) -> tuple[Program, Verdict, list[str]]:
    """Judge the program of a seed and a number, drawn again while it is none to judge by."""
    discarded: list[str] = []
    for attempt in range(MOST_ATTEMPTS):
        try:
            program = generate(f"{seed}/{number}/{attempt}", without)
        except RecursionError:
            discarded.append("calls as arguments of calls, without end")
            continue
        verdict = judge(program, takes_second_order(number, modes), modes)
        if verdict.outcome is not Outcome.INVALID:
            return program, verdict, discarded
        discarded.append(verdict.cause)
    raise AssertionError(f"no valid program for {seed}/{number}: {discarded}")


def results(
    seed: int,
    numbers: Iterable[int],
    jobs: int,
    without: frozenset[str],
    modes: frozenset[str] = frozenset(),
) -> Iterator[tuple[Program, Verdict, list[str]]]:
    """Yield the verdicts of programs, in order."""
    one = functools.partial(run_one, seed=seed, without=without, modes=modes)
    if jobs == 1:
        yield from map(one, numbers)
        return
    with multiprocessing.get_context("spawn").Pool(jobs, maxtasksperchild=500) as pool:
        yield from pool.imap(one, numbers, chunksize=5)


def run(
    seed: int,
    numbers: Iterable[int],
    jobs: int = 1,
    without: frozenset[str] = frozenset(),
    modes: frozenset[str] = frozenset(),
) -> Tally:
    """Judge programs and count."""
    tally = Tally()
    for program, verdict, discarded in results(seed, numbers, jobs, without, modes):
        tally.add(program, verdict, discarded)
    return tally


def smallest(program: Program, verdict: Verdict, most_tries: int = 1500) -> Program:
    """Return a small program with the same verdict."""
    twice = verdict.cause.startswith("second order")

    modes = frozenset(mode for mode in FAULTS if verdict.cause.startswith(mode))

    def still_fails(candidate: Program) -> bool:
        found = judge(candidate, twice, modes)
        return (found.outcome, found.cause) == (verdict.outcome, verdict.cause)

    return shrink(program, still_fails, most_tries)
