"""All peers on one workload, in turns, so that what the machine does meets all alike."""

from __future__ import annotations

import json
import os
import selectors
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.hand import NUMPY
from benchmarks.peers.worker import PEERS, flat
from benchmarks.peers.workloads import arguments

ROOT = Path(__file__).resolve().parents[2]
# A gradient that is further off than this is of another function, and not worth a time.
TOLERANCE = 1e-9
Progress = Callable[[str], None]


@dataclass(frozen=True)
class Plan:
    """Rounds of batches of at least so many seconds, and how long a peer may take to start."""

    rounds: int = 7
    batch: float = 0.03
    time_limit: float = 60.0

    @classmethod
    def quick(cls) -> Plan:
        """Return a plan for a first look."""
        return cls(rounds=3, batch=0.005, time_limit=20.0)


@dataclass
class Row:
    """What was measured of one peer; times in seconds of the processor, memory in bytes."""

    workload: str
    size: str
    peer: str
    value: float | None = None
    gradient: float | None = None
    wall: float | None = None
    ratio: float | None = None
    memory: int | None = None
    cold: float | None = None
    error: float | None = None
    note: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return the row for a JSON file."""
        return asdict(self)


@dataclass
class Worker:
    """A peer's process, and the samples taken of it."""

    row: Row
    process: subprocess.Popen[str]
    samples: dict[str, list[dict[str, float]]] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)

    def ask(self, line: str, limit: float) -> dict[str, Any] | None:
        """Send a line, and return the answer; None where there is none in time."""
        assert self.process.stdin is not None and self.process.stdout is not None
        try:
            self.process.stdin.write(line + "\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            return None
        with selectors.DefaultSelector() as selector:
            selector.register(self.process.stdout, selectors.EVENT_READ)
            if not selector.select(limit):
                return None
        reply = self.process.stdout.readline()
        return json.loads(reply) if reply else None

    def close(self) -> None:
        """End the process."""
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                pipe.close()


def measure(
    workload: str,
    sizes: Sequence[str],
    plan: Plan,
    progress: Progress,
    peers: Sequence[str] = tuple(PEERS),
) -> Iterator[list[Row]]:
    """Yield a row for each peer, size by size."""
    processes: dict[str, Worker] = {}
    with tempfile.TemporaryDirectory() as folder:
        try:
            for peer in peers:
                progress(f"{workload}: starting {peer}")
                processes[peer] = _start(Row(workload, "", peer), plan)
            for size in sizes:
                workers = []
                for worker in processes.values():
                    progress(f"{workload}, {size}: {worker.row.peer}")
                    workers.append(_sized(worker, size, plan, Path(folder)))
                _judge(workers, Path(folder))
                progress(f"{workload}, {size}: timing")
                _take_turns([w for w in workers if not w.row.note], plan)
                yield [_finished(worker) for worker in workers]
        finally:
            for worker in processes.values():
                worker.close()


def _start(row: Row, plan: Plan) -> Worker:
    """Start a peer's process and have its first gradient made."""
    environment = dict(os.environ)
    paths = [str(ROOT), *filter(None, [environment.get("PYTHONPATH")])]
    environment["PYTHONPATH"] = os.pathsep.join(paths)
    # Installed tools have their bytecode; so has gradgen wherever it may be written.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.peers.worker"], stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=ROOT,
        env=environment,
    )  # fmt: skip
    worker = Worker(row, process)
    answer = worker.ask(json.dumps({"peer": row.peer, "workload": row.workload}), plan.time_limit)
    _noted(worker, answer, plan)
    row.cold = (answer or {}).get("cold")
    return worker


def _noted(worker: Worker, answer: dict[str, Any] | None, plan: Plan) -> None:
    """Keep the reason where a peer has no answer; it is not asked again."""
    if answer is None:
        worker.close()
        worker.row.note = f"gave up after {plan.time_limit:g} s"
    elif answer.get("note"):
        worker.row.note = answer["note"]


def _sized(started: Worker, size: str, plan: Plan, folder: Path) -> Worker:
    """Return the worker at a size, whose gradient it has written to a file."""
    row = replace(started.row, size=size)
    worker = Worker(row, started.process)
    if row.note:
        return worker
    answer = worker.ask(f"size {size} {folder / row.peer}.npz", plan.time_limit)
    _noted(worker, answer, plan)
    # What is too much at one size is too much at the next.
    started.row.note = row.note
    if answer is not None and not row.note:
        row.memory = answer["memory"]
        worker.samples = {"value": [], "gradient": []} if answer["has_value"] else {"gradient": []}
    return worker


def _judge(workers: list[Worker], folder: Path) -> None:
    """Compare every gradient with that by hand; a wrong one gets no time."""
    name, size = workers[0].row.workload, workers[0].row.size
    right = flat(NUMPY[name](*arguments(name, size))[1])
    for worker in workers:
        if worker.row.note:
            continue
        with np.load(folder / f"{worker.row.peer}.npz") as found:
            parts = [found[f"arr_{k}"] for k in range(len(right))]
        worker.row.error = max(
            float(np.linalg.norm(a - b) / max(float(np.linalg.norm(b)), 1e-300))
            for a, b in zip(parts, right, strict=True)
        )
        if not worker.row.error <= TOLERANCE:
            worker.row.note = f"another gradient: {worker.row.error:.1e} off"


def _take_turns(workers: list[Worker], plan: Plan) -> None:
    """Time every worker's calls in turns."""
    for worker in workers:
        for what in worker.samples:
            worker.counts[what] = _batch(worker, what, plan)
    for _ in range(plan.rounds):
        for worker in workers:
            for what, kept in worker.samples.items():
                count = worker.counts[what]
                # What takes long is not taken often.
                if not count or (kept and kept[0]["wall"] * count > 0.1 * plan.time_limit):
                    continue
                answer = worker.ask(f"{what} {count}", plan.time_limit)
                if answer is None or "note" in answer:
                    worker.counts[what] = 0
                    continue
                kept.append({key: time / count for key, time in answer.items()})


def _batch(worker: Worker, what: str, plan: Plan) -> int:
    """Return how many calls make a batch, 0 where one takes too long."""
    # The first call may compile.
    worker.ask(f"{what} 1", plan.time_limit)
    count = 1
    while True:
        answer = worker.ask(f"{what} {count}", plan.time_limit)
        if answer is None or "note" in answer:
            worker.row.note = f"one {what} takes more than {plan.time_limit:g} s"
            return 0
        if answer["wall"] >= plan.batch:
            return count
        count *= 2


def _finished(worker: Worker) -> Row:
    row = worker.row
    for what, kept in worker.samples.items():
        if kept and not row.note:
            setattr(row, what, statistics.median(sample["processor"] for sample in kept))
    if worker.samples.get("gradient") and not row.note:
        row.wall = statistics.median(sample["wall"] for sample in worker.samples["gradient"])
    if row.value and row.gradient:
        row.ratio = row.gradient / row.value
    return row
