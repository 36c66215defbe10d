"""Products of vectors and matrices with the batch axis in front of one factor, or of both."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradgen.batch.align import aligned
from gradgen.ir.nodes import Op, Value
from gradgen.rules.complexes import is_complex
from gradgen.rules.einsum import LETTERS, terms

if TYPE_CHECKING:
    from gradgen.batch.sweep import Sweep


def _matmul(s: Sweep, op: Op) -> Value | None:
    a, b = op.inputs
    if a.type.rank is None or b.type.rank is None:
        return None
    ranks = (a.type.rank, b.type.rank)
    if 0 in ranks:
        return _scaled(s, op)
    if op.prim == "dot" and max(ranks) > 2:
        return None
    both = a in s.batched and b in s.batched
    if both and ranks == (1, 1):
        return s.alg.emit("sum", s.alg.mul(s.of(a), s.of(b)), axis=1)
    if max(ranks) <= 2 and not both:
        return _one_batch(s, a, b)
    if 1 in ranks:
        return None
    rank = max(ranks)
    return s.b.emit("matmul", [aligned_stack(s, v, rank) for v in (a, b)])


def aligned_stack(s: Sweep, v: Value, rank: int) -> Value:
    """Return a stack of matrices with as many axes in front as another has."""
    if v not in s.batched:
        return v
    missing = rank - (v.type.rank or 0)
    return s.alg.load(s.of(v), [], ":" + "n" * missing) if missing else s.of(v)


def _one_batch(s: Sweep, a: Value, b: Value) -> Value:
    """Return the product of vectors and matrices where one of the two is a batch."""
    if a in s.batched:
        return s.b.emit("matmul", [s.of(a), b])
    if b.type.rank == 2:
        return s.b.emit("matmul", [a, s.of(b)])
    return s.b.emit("matmul", [s.of(b), a if a.type.rank == 1 else s.alg.emit("T", a)])


def _scaled(s: Sweep, op: Op) -> Value:
    """Return a product with a number."""
    rank = op.out.type.rank or 0
    return s.alg.mul(*(aligned(s, v, rank) for v in op.inputs))


def _outer(s: Sweep, op: Op) -> Value | None:
    a, b = op.inputs
    if a.type.rank != 1 or b.type.rank != 1:
        return None
    column = s.alg.load(s.of(a), [], "::n" if a in s.batched else ":n")
    row = s.alg.load(s.of(b), [], ":n") if b in s.batched else b
    return s.alg.mul(column, row)


def _inner(s: Sweep, op: Op) -> Value | None:
    ranks = tuple(v.type.rank for v in op.inputs)
    return _matmul(s, op) if ranks == (1, 1) or 0 in ranks else None


def _conjugated(s: Sweep, op: Op) -> Value | None:
    """Products whose first factor is conjugated: those of complex numbers go one by one."""
    return None if any(map(is_complex, op.inputs)) else _inner(s, op)


def _einsum(s: Sweep, op: Op) -> Value | None:
    """Give the batch a letter of its own."""
    operands, out = terms(op.attrs["spec"])
    letter = next((c for c in "bzyx" + LETTERS if c not in op.attrs["spec"]), None)
    if letter is None:
        return None
    given = [letter * (v in s.batched) + t for v, t in zip(op.inputs, operands, strict=True)]
    spec = f"{','.join(given)}->{letter}{out}"
    attrs = {**op.attrs, "spec": spec, "text": spec}
    return s.b.emit("einsum", [s.of(v) for v in op.inputs], **attrs)


def _trace(s: Sweep, op: Op) -> Value | None:
    if op.inputs[0].type.rank != 2 or op.attrs:
        return None
    return s.b.emit("trace", [s.of(op.inputs[0])], axis1=1, axis2=2)


def _solve(s: Sweep, op: Op) -> Value | None:
    """Solve with many right sides, or with many matrices."""
    a, b = op.inputs
    if a.type.rank != 2 or b.type.rank not in (1, 2):
        return None
    if b.type.rank == 2:
        return s.b.emit("solve", [s.of(a), s.of(b)])
    if a not in s.batched:
        return s.alg.emit("T", s.b.emit("solve", [a, s.alg.emit("T", s.of(b))]))
    column = s.alg.load(s.of(b), [], "::n" if b in s.batched else ":n")
    return s.alg.emit("squeeze", s.b.emit("solve", [s.of(a), column]), axis=2)


HANDLERS: dict[str, Any] = {
    **dict.fromkeys(("matmul", "np.matmul", "dot"), _matmul),
    "inner": _inner,
    **dict.fromkeys(("vdot", "vecdot", "linalg.vecdot"), _conjugated),
    **dict.fromkeys(("outer", "linalg.outer"), _outer),
    "einsum": _einsum, "trace": _trace, "solve": _solve,
}  # fmt: skip
