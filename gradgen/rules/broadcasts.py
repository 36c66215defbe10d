"""Which lengths of its operands an operation broadcasts against each other."""

from __future__ import annotations

from typing import Any

from gradgen.ir.nodes import Op
from gradgen.ir.types import Length, Shape, unlike_lengths
from gradgen.rules.contractions import cross_axes
from gradgen.rules.einsum import terms
from gradgen.rules.registry import RULES

# How many axes at the end belong to one matrix or vector of a stack, for each operand.
OF_ONE = {
    **dict.fromkeys(("matmul", "np.matmul", "solve", "scipy.linalg.solve"), (2, 2)),
    **dict.fromkeys(("solve_triangular", "cho_solve"), (2, 2)),
    "matvec": (2, 1),
    "vecmat": (1, 2),
}


def broadcast_symbols(op: Op) -> set[str]:
    """Return the symbols of lengths that meet others in an operation."""
    if len(op.inputs) < 2:
        return set()
    shapes = [v.type.shape or () for v in op.inputs]
    if op.prim == "einsum":
        return _by_letter(terms(op.attrs["spec"])[0], shapes)
    # A sum may be added in place.
    rule = RULES.get(op.attrs.get("instead", op.prim))
    if rule is not None and rule.elementwise:
        return unlike_lengths(shapes)
    return unlike_lengths(_stacks(op, shapes))


def _stacks(op: Op, shapes: list[Shape]) -> list[Shape]:
    """Return the shapes of stacks of matrices or vectors, of which NumPy takes one by one."""
    pairs: list[tuple[Shape, Any]] = []
    if op.prim in OF_ONE and len(shapes[1]) > 1:
        return [s[:-n] for s, n in zip(shapes, OF_ONE[op.prim], strict=False)]
    if op.prim in ("cross", "linalg.cross"):
        pairs = list(zip(shapes, cross_axes(op.attrs), strict=False))
    elif op.prim in ("vecdot", "linalg.vecdot"):
        pairs = [(s, op.attrs.get("axis", -1)) for s in shapes]
    return [tuple(d for k, d in enumerate(s) if k != axis % len(s)) for s, axis in pairs if s]


def _by_letter(letters: list[str], shapes: list[Shape]) -> set[str]:
    """Return the symbols of lengths that have a letter with another length."""
    found: dict[str, list[Length]] = {}
    for text, shape in zip(letters, shapes, strict=True):
        for c, d in zip(text, shape, strict=False):
            found.setdefault(c, []).append(d)
    return {name for met in found.values() for name in unlike_lengths([(d,) for d in met])}
