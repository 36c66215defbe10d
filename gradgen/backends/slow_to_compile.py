"""Functions for what Numba has, and takes a second or more to compile, or does without asking."""

from __future__ import annotations

from collections.abc import Callable

from gradgen.backends.loops import INDICES, MOST, Found, nested, text_of
from gradgen.backends.native import is_native
from gradgen.ir.nodes import Op
from gradgen.ir.types import has_fresh_length


def outer(op: Op) -> Found:
    """Multiply all entries of two vectors."""
    if any(v.type.kind != "array" or v.type.rank != 1 for v in op.inputs) or not op.out.type.dtype:
        return None
    lines = [
        f"    y = np.empty((len(a), len(b)), np.{op.out.type.dtype})",
        *nested(["i@0", "j@1"], "y", ["y[i, j] = a[i] * b[j]"]),
        "    return y",
    ]
    doc = "Return the products of all entries of two vectors."
    return "_outer", text_of("a, b", doc, lines), [*op.inputs]


def where(op: Op) -> Found:
    """Choose entry by entry, between numbers and arrays that are as long as the condition."""
    if len(op.inputs) != 3 or op.attrs:
        return None
    if all(v.type.is_scalar for v in (*op.inputs, op.out)):
        lines = ["    return a if c else b"]  # Numba's is an array without axes, and no length
        doc = "Return one or the other number, as a condition says."
        return "_either", text_of("c, a, b", doc, lines), [*op.inputs]
    shape, rank = op.inputs[0].type.shape, op.inputs[0].type.rank
    arrays = [v.type for v in op.inputs if not v.type.is_scalar]
    alike = all(t.kind == "array" and t.shape == shape for t in arrays)
    if not rank or rank > MOST or not alike or has_fresh_length(op.inputs[0].type):
        return None
    if op.inputs[0].type.dtype != "bool" or op.out.type.dtype not in ("float64", "float32"):
        return None
    at = ", ".join(INDICES[:rank])
    one, other = (
        letter if v.type.is_scalar else f"{letter}[{at}]"
        for letter, v in zip("ab", op.inputs[1:], strict=True)
    )
    lines = [
        f"    y = np.empty(c.shape, np.{op.out.type.dtype})",
        *nested(
            [f"{INDICES[k]}@{k}" for k in range(rank)],
            "c",
            [f"y[{at}] = {one} if c[{at}] else {other}"],
        ),
        "    return y",
    ]
    doc = "Return entries of one or the other, as a condition says."
    return f"_where_{rank}", text_of("c, a, b", doc, lines), [*op.inputs]


def solve(op: Op) -> Found:
    """Solve a system: Numba reads beyond a matrix that is wider than it is high."""
    if not is_native(op):
        return None
    a, b = (v.type.shape for v in op.inputs)
    if a and b and a[0] == a[1] == b[0]:
        return None
    lines = [
        "    if a.shape[0] != a.shape[1]:",
        "        raise np.linalg.LinAlgError('Last 2 dimensions of the array must be square')",
        "    if len(a) != len(b):",
        "        raise ValueError('a matrix and a right-hand side of different lengths')",
        "    return np.linalg.solve(a, b)",
    ]
    return (
        "_solve",
        text_of("a, b", "Solve a system of as many equations as unknowns.", lines),
        [*op.inputs],
    )


LOOPS: dict[str, Callable[[Op], Found]] = {"outer": outer, "where": where, "solve": solve}
