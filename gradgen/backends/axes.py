"""Views with the axes in another order, as Numba compiles them in a tenth of the time.

Its ``np.swapaxes`` and ``np.moveaxis`` find out the order when they run, with messages for what is
wrong, in seconds of compiling; the method ``transpose`` takes it from a literal.
"""

from __future__ import annotations

from typing import Any

from gradgen.errors import UnsupportedError
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
        _require_axes(op, rank)
        op.prim, op.attrs = _by_order(op.prim, op.attrs, rank)
    path: list[tuple[str, int, dict[str, Any]]] = []
    for prim, count, attrs in op.attrs.get("path", ()):
        if prim in VIEWS and all(step[0] in (*VIEWS, "T") for step in path):
            prim, attrs = _by_order(prim, attrs, rank)
        path.append((prim, count, attrs))
    if path:
        op.attrs = {**op.attrs, "path": tuple(path)}


def _require_axes(op: Op, rank: int) -> None:
    """Refuse axes that the array does not have: NumPy raises an error then."""
    moved = (op.attrs.get(key, ()) for key in ("source", "destination"))
    axes = [k for given in moved for k in (given if isinstance(given, tuple) else (given,))]
    if not all(-rank <= axis < rank for axis in axes):
        what = f"np.moveaxis of axes that an array of rank {rank} does not have"
        raise UnsupportedError(what, op.span, "name axes that the array has")


def _by_order(prim: str, attrs: dict[str, Any], rank: int) -> tuple[str, dict[str, Any]]:
    shape = tuple(range(FIRST, FIRST + rank))
    moved = RULES[prim].type([Value(array("float64", shape))], attrs).shape or ()
    order = tuple(int(d) - FIRST for d in moved if isinstance(d, int))
    return ("T", {}) if order == tuple(range(rank))[::-1] else ("transpose", {"axes": order})
