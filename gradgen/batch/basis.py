"""The seeds of a Jacobian: unit vectors of all entries of several numbers and arrays together."""

from __future__ import annotations

from collections.abc import Sequence

from gradgen.dataclass import dataclass
from gradgen.diff.adjoints import adjoint_type
from gradgen.diff.algebra import Algebra
from gradgen.errors import UnsupportedError
from gradgen.ir.nodes import Const, Value
from gradgen.ir.types import fresh_dim, integer


@dataclass(frozen=True, slots=True)
class Basis:
    """The unit vectors of several numbers and arrays together: a row for each entry.

    ``stand_ins`` are what the derivative is made with, ``rows`` what takes their place; ``size`` is
    the number of rows, None where there is one number in all and nothing is to be batched.
    """

    of: Sequence[Value]
    stand_ins: list[Value]
    rows: list[Value]
    starts: list[Value]
    size: Value | None


def make_basis(
    alg: Algebra, values: Sequence[Value], prefix: str, stand_ins: list[Value] | None = None
) -> Basis:
    """Make the unit vectors of all entries of some values."""
    for v in values:
        if v.type.shape is None:
            raise UnsupportedError(
                "the Jacobian of arrays of unknown rank is not supported",
                v.span,
                "call it first, or give example arguments",
            )
    names = [f"{prefix}{v.name or 'value'}" for v in values]
    if stand_ins is None and len(values) == 1 and values[0].type.is_scalar:
        # The seed itself: what it is multiplied with is not multiplied.
        return Basis(values, [Const(1.0)], [Const(1.0)], [Const(0)], None)
    if stand_ins is None:
        stand_ins = [Value(adjoint_type(v), n) for v, n in zip(values, names, strict=True)]
    if len(values) == 1 and values[0].type.shape == ():
        one: Value = Const(1.0)
        if values[0].type.kind == "array":
            one = alg.emit("array0", one)
        return Basis(values, stand_ins, [one], [Const(0)], None)
    sizes = [size_of(alg, v) for v in values]
    starts: list[Value] = [Const(0)]
    for size in sizes:
        starts.append(alg.add(starts[-1], size))
    total = starts.pop()
    if not isinstance(total, Const) and total.type.value is None:
        total.type = integer(fresh_dim())
    unit = alg.emit("eye", total)
    rows = []
    for v, size, start, name in zip(values, sizes, starts, names, strict=True):
        row = _rows(alg, v, unit, total, start, size if len(values) > 1 else None)
        row.name, row.user = name, True
        rows.append(row)
    return Basis(values, stand_ins, rows, starts, total)


def size_of(alg: Algebra, v: Value) -> Value:
    """Return how many entries there are."""
    if v.type.is_scalar:
        return Const(1)
    return alg.dim(v, 0) if v.type.rank == 1 else alg.emit("size", v)


def _rows(
    alg: Algebra, v: Value, unit: Value, total: Value, start: Value, size: Value | None
) -> Value:
    """Return the columns of the unit matrix that are a value's, in its shape."""
    if v.type.shape == ():
        return alg.load(unit, [start], ":i")
    if size is not None:
        unit = alg.slice_axis(unit, 1, start, alg.add(start, size))
    if v.type.dtype == "float32":
        unit = alg.cast(unit, "float32")
    if v.type.rank == 1:
        return unit
    return alg.emit("reshape", unit, total, *(alg.dim(v, k) for k in range(v.type.rank or 0)))
