"""Judge many random programs: `python -m tests.generator --seed 0 --count 5000 --jobs 2`."""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Collection

from tests.generator.campaign import Tally, run, smallest
from tests.generator.modes import MODES
from tests.generator.programs import FEATURES, Program, generate
from tests.generator.running import Outcome, Verdict, judge

BAD_FIRST = (Outcome.WRONG, Outcome.CRASH, Outcome.REFUSED)


def options() -> argparse.Namespace:
    """Return the command line's options."""
    parser = argparse.ArgumentParser(prog="python -m tests.generator", description=__doc__)
    parser.add_argument("--seed", type=int, default=0, help="which programs (default 0)")
    parser.add_argument("--start", type=int, default=0, help="number of the first (default 0)")
    parser.add_argument("--count", type=int, default=200, help="how many (default 200)")
    parser.add_argument("--jobs", type=int, default=1, help="processes (default 1)")
    parser.add_argument("--shrink", action="store_true", help="shrink an example of each cause")
    parser.add_argument(
        "--without", nargs="*", default=(), choices=FEATURES, help="features to leave out"
    )
    parser.add_argument(
        "--modes", nargs="*", default=(), choices=MODES, help="what else to judge each program in"
    )
    parser.add_argument("--show", metavar="SEED/NUMBER/ATTEMPT", help="print and judge one program")
    return parser.parse_args()


def describe(program: Program) -> str:
    """Return a program's text and arguments."""
    args = ", ".join(repr(arg).replace("\n", "") for arg in program.args)
    return f"{program.text.rstrip()}\n\n# program({args})"


def report(tally: Tally, shrinks: bool) -> None:
    """Print the counts, and each cause with an example."""
    count = tally.outcomes.total()
    shares = ", ".join(f"{tally.outcomes[outcome]} {outcome.value}" for outcome in Outcome)
    print(f"{count} programs: {shares.rpartition(', ')[0]}")
    print(f"accepted: {100 * tally.acceptance:.2f} %")
    print(f"drawn again: {tally.discarded.total()}")
    for cause, number in tally.discarded.most_common(5):
        print(f"    {number}  {cause}")
    for outcome in BAD_FIRST:
        for cause, number in tally.causes.get(outcome, Counter()).most_common():
            program, verdict = tally.examples[cause]
            print(
                f"\n{'=' * 80}\n{outcome.value}, {number} times: {cause}  (--show {program.seed})"
            )
            shown = smallest(program, verdict) if shrinks else program
            print(describe(shown))
            print("\n" + "\n".join(again(shown, verdict).detail.splitlines()[-12:]))
            sys.stdout.flush()


def again(program: Program, verdict: Verdict) -> Verdict:
    """Return the verdict of a program in all that its first verdict was about."""
    return judge(program, True, [mode for mode in MODES if verdict.cause.startswith(mode)])


def show(name: str, without: frozenset[str], modes: Collection[str]) -> int:
    """Print one program and its verdict."""
    program = generate(name, without)
    verdict = judge(program, True, modes)
    print(f"{describe(program)}\n\n{verdict.outcome.value}: {verdict.cause}\n{verdict.detail}")
    return int(verdict.outcome in (Outcome.WRONG, Outcome.CRASH))


def main() -> int:
    """Run the programs; the exit status tells of wrong results and crashes."""
    chosen = options()
    if chosen.show:
        return show(chosen.show, frozenset(chosen.without), chosen.modes)
    begun = time.perf_counter()
    numbers = range(chosen.start, chosen.start + chosen.count)
    without, modes = frozenset(chosen.without), frozenset(chosen.modes)
    tally = run(chosen.seed, numbers, chosen.jobs, without, modes)
    print(f"{time.perf_counter() - begun:.0f} s")
    report(tally, chosen.shrink)
    return int(bool(tally.failed))


if __name__ == "__main__":
    sys.exit(main())
