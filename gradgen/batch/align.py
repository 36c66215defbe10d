"""Lines a value with the batch axis up with what it meets, as broadcasting wants it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradgen.ir.nodes import Value

if TYPE_CHECKING:
    from gradgen.batch.sweep import Sweep


def aligned(s: Sweep, v: Value, rank: int) -> Value:
    """Return what stands for a value, with axes of length 1 behind the batch axis.

    So many that it goes with examples of ``rank`` axes: ``d[:, None] * x``.
    """
    if v not in s.batched or v.type.rank is None or v.type.rank >= rank:
        return s.of(v)
    return s.alg.load(s.of(v), [], ":" + "n" * (rank - v.type.rank))


def fitted(s: Sweep, v: Value, rank: int | None) -> Value:
    """Return a value with the batch axis, and as many behind it as an example has."""
    whole = s.lifted(v, v.type)
    missing = 0 if rank is None or v.type.rank is None else rank - v.type.rank
    return s.alg.load(whole, [], ":" + "n" * missing) if missing > 0 else whole


def moved_axis(axis: Any, rank: int) -> Any:
    """Return an axis of an example as one of the batch."""
    if isinstance(axis, tuple):
        return tuple(moved_axis(k, rank) for k in axis)
    return axis if axis is None or axis < 0 else axis + 1
