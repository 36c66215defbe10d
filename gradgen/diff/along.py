"""Gradients by one number, derived forwards where the reverse sweep would keep values of loops.

The tangent of a number's function by that number is its derivative: one sweep, nothing kept, at
about the cost of the function itself (Griewank and Walther, chapter 3).  In NumPy's text that is
so of loops whose turns nobody knows before, for which the sweep would have lists that grow.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from gradgen.diff.algebra import Algebra
from gradgen.diff.keeping import Saved
from gradgen.diff.results import finish
from gradgen.ir.builder import Builder
from gradgen.ir.nodes import Const, Function, walk


def by_one_number(function: Function, options: Any) -> bool:
    """Whether this is the gradient of one number by one number."""
    active = [leaf.value.type for leaf in function.leaves if leaf.active]
    plain = options.mode in ("grad", "value_and_grad") and not options.batch
    return plain and len(active) == 1 and active[0].kind == "float" and active[0].is_scalar


def may_keep(function: Function, options: Any) -> bool:
    """Whether there are loops for which it is worth asking what they keep."""
    whiles = any(op.prim == "while" for op in walk(function.body))
    return options.backend == "numba" or (whiles and not options.read_again)


def keeps_in_loops(saved: Iterable[Saved], options: Any) -> bool:
    """Whether the reverse sweep reads values that such loops keep for it."""
    from gradgen.sizes import KEPT

    loops = [op for s in saved if s.how in KEPT for op in s.loops]
    return any(options.backend == "numba" or op.prim == "while" for op in loops)


def derive_along(function: Function, options: Any) -> None:
    """Carry the tangent of the one number along, and return that of the result."""
    from gradgen.diff.forward import add_tangents

    (leaf,) = (leaf for leaf in function.leaves if leaf.active)
    tangents = add_tangents(function, {leaf.value: Const(1.0)})
    t = tangents.get(function.result["loss"])
    if t is not None and not isinstance(t, Const):
        t = Algebra(Builder(function.body, tangent=True)).emit("float", t)
    before = len(function.body.ops)
    finish(function, options, {} if t is None else {leaf.value: t})
    for op in function.body.ops[before:]:
        op.reverse, op.tangent = False, True
