"""The table of goals, computed from the rows and from what `startup.py` measured."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from benchmarks.peers.report import HAND, OURS, Goal, Key, Results, geometric_mean, megabytes, worst

MEMORY_OF = ("lstm", "ode", "kmeans", "ba")
NUMPY, NUMBA, REASSOCIATED = OURS


def goals(results: Results, single: dict[str, Any]) -> list[Goal]:
    """Return all lines of the table."""
    return [
        *_against_field(results),
        *_against_hand(results),
        _own_value(results),
        *_memory(results),
        *_single(single),
    ]


def _mean_and_worst(values: dict[Key, float]) -> str:
    key, value = worst(values)
    mean = geometric_mean(values.values())
    return f"{mean:.2f} over {len(values)} rows; worst {value:.2f}, {' '.join(key)}"


def _against_field(results: Results) -> Iterator[Goal]:
    for peer, name in ((NUMBA, "Numba backend"), (REASSOCIATED, "the same, reassociate=True,")):
        compiled = results.against(peer)
        if not compiled:
            continue
        mean, (key, most) = geometric_mean(compiled.values()), worst(compiled)
        yield Goal(
            f"{name} against the best peer of each row, geometric mean", "<= 0.40",
            f"{mean:.2f} over {len(compiled)} rows", mean <= 0.40,
        )  # fmt: skip
        behind = sum(value > 1.0 for value in compiled.values())
        yield Goal(
            f"{name} against the best peer, worst row", "<= 1.0",
            f"{most:.2f} ({' '.join(key)}); {behind} rows above 1.0", most <= 1.0,
        )  # fmt: skip
    plain = results.against(NUMPY)
    if plain:
        mean = geometric_mean(plain.values())
        yield Goal(
            "NumPy backend against the best Python peer, geometric mean", "<= 1.0",
            _mean_and_worst(plain), mean <= 1.0,
        )  # fmt: skip
    tape = results.against(NUMPY, "autograd")
    if tape:
        yield Goal(
            "NumPy backend against HIPS autograd, every row", "< 1.0", _mean_and_worst(tape),
            worst(tape)[1] < 1.0,
        )  # fmt: skip


def _against_hand(results: Results) -> Iterator[Goal]:
    for ours, hand in HAND.items():
        values = results.against(ours, hand)
        if values:
            mean, most = geometric_mean(values.values()), worst(values)[1]
            yield Goal(
                f"{ours.removeprefix('gradgen, ')}: generated against hand-written",
                "mean <= 1.1, worst 1.5", _mean_and_worst(values), mean <= 1.1 and most <= 1.5,
            )  # fmt: skip


def _own_value(results: Results) -> Goal:
    rows = {key: results.row(key, NUMBA) for key in results.keys}
    values = {key: row.ratio for key, row in rows.items() if row is not None and row.ratio}
    if not values:
        return Goal("gradient over its own value, Numba backend", "mean <= 2, worst 4", "-", None)
    met = geometric_mean(values.values()) <= 2.0 and worst(values)[1] <= 4.0
    what = "gradient over its own value, Numba backend"
    return Goal(what, "mean <= 2, worst 4", _mean_and_worst(values), met)


def _memory(results: Results) -> Iterator[Goal]:
    """Yield the growth of memory in a gradient, at the largest size that both have."""
    for name in MEMORY_OF:
        for size in ("large", "medium"):
            ours, theirs = (results.row((name, size), peer) for peer in (NUMBA, "JAX"))
            known = ours is not None and theirs is not None
            if known and ours.memory is not None and theirs.memory:  # type: ignore[union-attr]
                mine, other = ours.memory, theirs.memory  # type: ignore[union-attr]
                yield Goal(
                    f"memory of a gradient of {name}, {size}, Numba backend against JAX",
                    "<= 0.25", f"{mine / other:.2f} ({megabytes(mine)} of {megabytes(other)})",
                    mine <= 0.25 * other,
                )  # fmt: skip
                break


def _single(single: dict[str, Any]) -> Iterator[Goal]:
    """Yield what does not depend on peers."""
    for what, goal, key, unit, limit in (
        ("first gradient of a shipped NumPy module, over `import numpy`", "<= 0.02 s",
         "shipped", "s", 0.02),
        ("`import gradgen`, transform and first gradient of a small network, over `import numpy`",
         "<= 0.25 s", "transformed", "s", 0.25),
        ("a gradient function on Python floats, over the generated function itself", "<= 1 µs",
         "call", "µs", 1.0),
        ("transform of a straight line of 10,000 statements", "<= 20 s", "statements", "s", 20.0),
        ("growth of that: exponent from 1,000 to 10,000 statements", "near 1", "exponent", "", 1.2),
        ("gradient over value from 10 to 10 million inputs, largest over smallest", "flat: <= 2",
         "inputs", "", 2.0),
    ):  # fmt: skip
        if key in single:
            value = single[key]
            text = f"{value:.3g} {unit}".strip() if value > 0.0 else "less than can be measured"
            yield Goal(what, goal, text, value <= limit)
