"""How long the axes of an example's values are, by the arguments: there may be no example."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from gradgen.diff.algebra import Algebra
from gradgen.ir.nodes import Const, Value
from gradgen.ir.types import Dim, Type


def lengths_of(
    alg: Algebra, t: Type, known: Iterable[Value], batched: Mapping[Value, Value]
) -> list[Value] | None:
    """Return the lengths of a value of some type, None where the arguments do not say them.

    Parameters
    ----------
    alg : Algebra
        Where they are computed.
    t : Type
        The type of what one example gives.
    known : iterable of Value
        The arguments of one example, arrays and others.
    batched : mapping
        What stands for them where they have the axis of the examples in front.
    """
    places: dict[str, tuple[Value, int, Dim]] = {}
    for v in known:
        for axis, d in enumerate(v.type.shape or ()):
            if isinstance(d, Dim) and not d.fresh:
                whole, lead = batched.get(v, v), 1 if v in batched else 0
                places.setdefault(d.name, (whole, axis + lead, d))
    out: list[Value] = []
    for length in t.shape or ():
        if isinstance(length, int):
            out.append(Const(length))
            continue
        if length.name not in places:
            return None
        v, axis, d = places[length.name]
        found = alg.dim(v, axis)
        more = length.offset - d.offset
        out.append(alg.add(found, Const(more)) if more else found)
    return out if t.shape is not None else None
