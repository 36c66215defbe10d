"""Views with the axes in another order, as Numba compiles them in a tenth of the time.

Its ``np.swapaxes`` and ``np.moveaxis`` find out the order when they run, with messages for what is
wrong, in seconds of compiling; the method ``transpose`` takes it from a literal.
"""

from __future__ import annotations

from typing import Any

from gradgen.ir.nodes import Op, Value
from gradgen.ir.types import array
from gradgen.rules.registry import RULES

VIEWS = ("swapaxes", "moveaxis", "transpose")
FIRST = 2  # a length no other axis has says where an axis went; none of them is 1


def order_axes(op: Op) -> None:
    """Spell views by the order of their axes: an operation's own, and those on the way to a store.

    ``np.swapaxes(a, 0, 2)`` becomes ``a.transpose((2, 1, 0))``, or ``a.T`` where all are reversed.
    """
    rank = op.inputs[0].type.rank if op.inputs and op.inputs[0].type.kind == "array" else None
    if not rank:
        return
    if op.prim in VIEWS:
        op.prim, op.attrs = _by_order(op.prim, op.attrs, rank)
    path: list[tuple[str, int, dict[str, Any]]] = []
    for prim, count, attrs in op.attrs.get("path", ()):
        if prim in VIEWS and all(step[0] in (*VIEWS, "T") for step in path):
            prim, attrs = _by_order(prim, attrs, rank)
        path.append((prim, count, attrs))
    if path:
        op.attrs = {**op.attrs, "path": tuple(path)}


def _by_order(prim: str, attrs: dict[str, Any], rank: int) -> tuple[str, dict[str, Any]]:
    shape = tuple(range(FIRST, FIRST + rank))
    moved = RULES[prim].type([Value(array("float64", shape))], attrs).shape or ()
    order = tuple(int(d) - FIRST for d in moved if isinstance(d, int))
    return ("T", {}) if order == tuple(range(rank))[::-1] else ("transpose", {"axes": order})
