"""What the gradient costs in other ways: by hand, by finite differences, by SymPy."""

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

from by_hand import loss_and_gradient as by_hand
from dragons import Array, Weights, loss


class Row(NamedTuple):
    """One way to a gradient in all weights."""

    way: str
    seconds: float
    losses: float  # the same in evaluations of the loss
    remark: str


def interleaved(calls: Sequence[Callable[[], object]], rounds: int) -> list[float]:
    """Return the median time of each call, taken in turns so that a busy moment hits all alike."""
    times: list[list[float]] = [[] for _ in calls]
    for call in calls:
        call()
    for _ in range(rounds):
        for call, seconds in zip(calls, times, strict=True):
            begun = time.perf_counter()
            call()
            seconds.append(time.perf_counter() - begun)
    return [statistics.median(seconds) for seconds in times]


def for_all_weights(weights: Weights, drawings: Array, expected: Array) -> list[Row]:
    """Time a gradient in every weight; the time of differences is worked out, not waited for."""
    arguments = weights, drawings, expected
    count = sum(array.size for array in weights)
    calls = (loss.__wrapped__, loss, by_hand)
    once, generated, hand = interleaved([partial(call, *arguments) for call in calls], rounds=100)
    return [
        Row("the loss alone", once, 1.0, "no gradient"),
        Row("gradgen", generated, generated / once, "loss and gradient"),
        Row("derived by hand", hand, hand / once, f"gradgen takes {generated / hand:.2f} of this"),
        Row("forward differences", (count + 1) * once, count + 1.0, "worked out, not run"),
        Row("central differences", 2 * count * once, 2.0 * count, "worked out, not run"),
    ]


def readable(seconds: float) -> str:
    """Return a time in a unit that suits it."""
    if seconds >= 120:
        return f"{seconds / 60:.1f} min"
    return f"{seconds:.2f} s" if seconds >= 1 else f"{1000 * seconds:.3f} ms"


def print_all_weights(rows: Sequence[Row]) -> None:
    """Print the table of ``for_all_weights``."""
    print(f"{'way':<20}{'one gradient':>14}{'in losses':>12}   remark")
    for row in rows:
        losses = f"{row.losses:,.1f}" if row.losses < 100 else f"{row.losses:,.0f}"
        print(f"{row.way:<20}{readable(row.seconds):>14}{losses:>12}   {row.remark}")


def print_symbolic(sizes: Sequence[tuple[int, int, int]], limit: float) -> None:
    """Print what SymPy takes for networks of these sizes, each in a process with a time limit."""
    print(f"{'':<20}{'SymPy':^28}{'gradgen':^28}")
    columns = f"{'set-up':>14}{'one gradient':>14}" * 2
    print(f"{'network':<10}{'weights':>10}{columns}{'difference':>14}")
    for inputs, hidden, classes in sizes:
        network = f"{inputs}-{hidden}-{classes}"
        weights = (inputs + 1) * hidden + (hidden + 1) * classes
        script = Path(__file__).with_name("small_network.py")
        command = [sys.executable, str(script), str(inputs), str(hidden), str(classes)]
        try:
            done = subprocess.run(command, stdout=subprocess.PIPE, check=True, timeout=limit)
        except subprocess.TimeoutExpired:
            print(f"{network:<10}{weights:>10}   SymPy given up after {limit:.0f} s", flush=True)
            continue
        found = json.loads(done.stdout)
        times = "".join(f"{readable(seconds):>14}" for seconds in found["seconds"])
        print(f"{network:<10}{weights:>10}{times}{found['difference']:>14.0e}", flush=True)
