"""Small arrays from which several numbers are computed again: one is kept instead of them.

A step of an integrator reads ``y[0]``, ``y[1] - y[0]`` and more of its state.  The sweep needs each
of these numbers, but the state is all that it has to be given: a list keeps the array itself, and
the numbers are read from it again.  Only arrays of which it is known that they are small are kept
for the sake of their entries.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from gradgen.diff.activity import carried, ends
from gradgen.diff.carry import Carrier
from gradgen.ir.nodes import Const, Value

SMALL = 32  # entries
Asked = Callable[[Value, int], bool]


def small_sources(
    carrier: Carrier, needed: Iterable[Value], at_hand: Callable[[Value], bool], cheap: Asked
) -> list[Value]:
    """Return the small arrays that give at least two of the numbers that the sweep needs.

    Parameters
    ----------
    at_hand
        Whether a value can be computed in the sweep as it is.
    cheap
        Whether the operation that makes a value, so many behind another, may be done again.
    """

    def sources(v: Value, depth: int = 0) -> set[Value] | None:
        """Return what has to be kept for a number to be computed again, None if it cannot be."""
        if isinstance(v, Const) or at_hand(v):
            return set()
        if v.type.kind == "array":
            return {v} if carrier.inner_forward(v) and _is_small(carrier, v) else None
        if v.op is None or not cheap(v, depth):
            return None
        found = [sources(u, depth + 1) for u in v.op.inputs]
        return None if None in found else set().union(*(f for f in found if f))

    needs = [found for v in needed if v.type.kind == "float" and (found := sources(v))]
    count: dict[Value, int] = {}
    for found in needs:
        for v in found:
            count[v] = count.get(v, 0) + 1
    kept = {v for found in needs if all(count[v] > 1 for v in found) for v in found}
    return sorted(kept, key=lambda v: v.id)


def _is_small(carrier: Carrier, v: Value) -> bool:
    """Whether an array has few entries, at least from the second turn on of what carries it."""
    if v.op is not None or _has_few(v):
        return _has_few(v)
    home = carrier.home[v]
    loop = carrier.owner[home][0]
    if loop.prim not in ("for", "while") or home is not loop.blocks[-1]:
        return False
    params, _ = carried(loop)
    k = params.index(v) if v in params else None
    return k is not None and all(_has_few(end.results[k]) for end in ends(loop.blocks[-1]))


def _has_few(v: Value) -> bool:
    entries = 1
    for d in v.type.shape or (None,):
        if not isinstance(d, int):
            return False
        entries *= d
    return entries <= SMALL
