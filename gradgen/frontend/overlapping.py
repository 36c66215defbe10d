"""Stores of one line of an array into another line of it, entry by entry in memory.

NumPy copies what overlaps, but for lines: it goes along both, from the side on which lines of one
step do not meet.  A row that goes into a column meets it, and is read where it was written.
"""

from __future__ import annotations

import ast

from gradgen.frontend.indices import Index
from gradgen.frontend.reader import Reader
from gradgen.frontend.values import Ref, Step
from gradgen.ir.nodes import Const, Op, Value
from gradgen.rules.places import entries

Slice = tuple[Value | None, ...]
Line = tuple[int, Value | None, Slice]  # the axis, the place along the other one, the slice
TURNED = ("T", "swapaxes", "moveaxis", "transpose")  # rows are columns, and the other way
WHOLE: Slice = (None, None, None)


def require_in_step(r: Reader, node: ast.AST, owner: Ref, index: Index, value: Ref) -> None:
    """Refuse a store of a line into one that goes through the same array in other steps."""
    if value.storage is not owner.storage or r.frame.source.generated:
        return
    rank = r.versions[owner.storage].type.rank
    target = Step("load", tuple(index.operands), index.attrs)
    there, here = _line(rank, [*owner.steps, target]), _line(rank, list(value.steps))
    if there is None or here is None or _is_safe(there, here):
        return
    r.refuse(
        node,
        "a store of one line of an array into another of it, which NumPy may read after writing",
        "copy what is stored first, with .copy()",
    )


def require_apart(
    r: Reader, node: ast.AST, owner: Ref, value: object, what: str, lines: bool = False
) -> None:
    """Refuse ``what`` NumPy writes entry by entry while it reads the same array.

    ``lines``: rows and columns of the whole array are safe, as a diagonal meets them once.
    """
    if not isinstance(value, Ref) or value.storage is not owner.storage:
        return
    steps = [s for s in value.steps if s.prim not in TURNED]
    here = _line(r.versions[owner.storage].type.rank, steps)
    whole = here is not None and here[1] is not None and here[2] == WHOLE and not owner.steps
    if r.frame.source.generated or (lines and whole):
        return
    r.refuse(
        node,
        f"{what} of entries of the array itself, which NumPy may read after writing",
        "copy what is stored first, with .copy()",
    )


def _line(rank: int | None, steps: list[Step]) -> Line | None:
    """Return the line of a vector or matrix that a way of subscripts leads to; else None."""
    steps = [s for s in steps if s.attrs.get("index") not in ("e", ":")]
    if rank not in (1, 2) or any(s.prim != "load" for s in steps):
        return None
    line: Line | None = (0, None, WHOLE) if rank == 1 else None
    for step in steps:
        found = _taken(step)
        if found is None:
            return None
        places, parts = found
        if line is None and len(places) == 1 and len(parts) < 2:
            at, place = places[0]
            line = 1 - at, place, parts[0] if parts else WHOLE
        elif line is not None and line[2] == WHOLE and not places and len(parts) == 1:
            line = *line[:2], parts[0]
        else:
            return None
    return line


def _taken(step: Step) -> tuple[list[tuple[int, Value]], list[Slice]] | None:
    """Return the places that a subscript picks, each with its axis, and its slices."""
    places: list[tuple[int, Value]] = []
    parts: list[Slice] = []
    spelling, slices = step.attrs["index"], step.attrs.get("slices", ())
    for code, part in entries(spelling, slices, step.operands):
        if code == "i" and isinstance(part, Value):
            places.append((len(places) + len(parts), part))
        elif code in "s:e":
            parts.append(tuple(part) if isinstance(part, tuple) else WHOLE)
        else:
            return None
    return places, parts


def _is_safe(there: Line, here: Line) -> bool:
    """Whether NumPy reads each entry of a line before it writes to it."""
    steps = there[2][2], here[2][2]
    if there[0] == here[0]:
        return _same(*steps) or _goes_back(steps[0]) != _goes_back(steps[1])
    if _goes_back(steps[0]) != _goes_back(steps[1]):
        return True  # these are copied
    (start, stop), (first, last) = there[2][:2], here[2][:2]
    ends = _same(start, first, 0) and (stop is last or (stop is not None and _same(stop, last, 0)))
    return ends and _same(*steps) and _same(there[1], here[1])


def _goes_back(step: Value | None) -> bool:
    return isinstance(step, Const) and step.const < 0


def _same(a: Value | None, b: Value | None, default: int = 1) -> bool:
    """Whether two whole numbers are the same, by how they were computed."""
    if a is None or b is None:
        known = a if b is None else b
        return known is None or (isinstance(known, Const) and known.const == default)
    if a is b or (isinstance(a, Const) and isinstance(b, Const) and a.const == b.const):
        return True
    return a.op is not None and b.op is not None and _alike(a.op, b.op)


def _alike(a: Op, b: Op) -> bool:
    plain = a.prim in ("add", "sub", "mul", "neg") and a.prim == b.prim
    return plain and all(map(_same, a.inputs, b.inputs))
