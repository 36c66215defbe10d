"""Subscripts taken apart: indices, slices, masks and new axes, as the graph spells them."""

from __future__ import annotations

import ast
import enum
import functools
import sys
from collections.abc import Sequence
from typing import Any

from gradgen.frontend import row_kinds
from gradgen.frontend.describing import describe
from gradgen.frontend.evaluate import as_value, evaluate, options
from gradgen.frontend.lists import as_places, is_number_of_list, is_power, whole
from gradgen.frontend.pointers import is_none_itself
from gradgen.frontend.reader import Reader
from gradgen.frontend.sameness import interchangeable
from gradgen.frontend.values import (
    Choice,
    Ref,
    Seq,
    SliceValue,
    Static,
    is_static,
    plain,
    static_value,
)
from gradgen.ir.nodes import Const, Value
from gradgen.rules.places import axes_taken, entries

WHOLE_NUMBERS = "index with integers, slices, or arrays of them"  # instead of other subscripts


class Index:
    """A subscript taken apart: its spelling, its slices and its operands (see rules.indexing)."""

    def __init__(self) -> None:
        self.spelling = ""
        self.slices: list[tuple[bool, bool, bool]] = []
        self.operands: list[Value] = []

    @property
    def attrs(self) -> dict[str, Any]:
        """The attributes of an operation with this subscript."""
        out: dict[str, Any] = {"index": self.spelling}
        if self.slices:
            out["slices"] = tuple(self.slices)
        return out


def parse_index(r: Reader, node: ast.expr, owner: Ref) -> Index:
    """Take a subscript of an array or list apart, evaluating its operands in order."""
    t = r.read(owner).type
    index = index_of(r, subscript_value(r, node), node, t.rank if t.kind == "array" else None)
    sizes = [axes_taken(c, v) for c, v in entries(index.spelling, index.slices, index.operands)]
    count = None if None in sizes else sum(size or 0 for size in sizes)
    if t.kind == "array" and t.rank is not None and count is not None and count > t.rank:
        of = f"array is {t.rank}-dimensional, but {count} were indexed"
        r.fail(node, IndexError(f"too many indices for array: {of}"))
    return index


def subscript_value(r: Reader, node: ast.expr) -> Any:
    """Evaluate what stands between the brackets."""
    if isinstance(node, ast.Tuple):
        items: list[Any] = []
        for entry in node.elts:
            starred = isinstance(entry, ast.Starred)
            value = subscript_value(r, entry.value if isinstance(entry, ast.Starred) else entry)
            if starred and not isinstance(value, Seq):
                r.refuse(entry, f"unpacking of a {describe(value)} in a subscript")
            items += value.items if starred else [value]
        return Seq(items)
    if isinstance(node, ast.Slice):
        parts = ends_of_slice(r, node)
        numbers = [None if p is None else as_value(r, p, node) for p in parts]
        for number in numbers:
            if number is not None and is_number_of_list(number):
                r.refuse(node, f"an end of a slice of type {number.type}", WHOLE_NUMBERS)
        return SliceValue((numbers[0], numbers[1], numbers[2]))
    return evaluate(r, node)


def ends_of_slice(r: Reader, node: ast.Slice) -> list[Any]:
    """Evaluate the ends of a slice and its step; None for what is not there."""
    parts = (node.lower, node.upper, node.step)
    return without_none(r, node, [None if p is None else evaluate(r, p) for p in parts])


def without_none(r: Reader, node: ast.AST, parts: list[Any]) -> list[Any]:
    """Return ends and a step that are None on no path: there, they are what None stands for."""
    parts = [r.settled(p) for p in parts]
    unsure = [isinstance(p, Choice) and any(map(is_none_itself, options(p))) for p in parts]
    steps = [] if parts[2] is None else options(parts[2])
    known = all(is_none_itself(s) or (is_static(s) and _goes_up(static_value(s))) for s in steps)
    if any(unsure[:2]) and not known:
        what = "an end of a slice that may be None, beside a step that may be negative"
        r.refuse(node, what, "write the slices out under an if")
    pairs = zip(parts, unsure, (0, sys.maxsize, 1), strict=True)
    return [_replaced(p, Const(usual)) if may_be else p for p, may_be, usual in pairs]


def _goes_up(step: Any) -> bool:
    """Whether a step is known to be positive; of ``np.r_``, a complex one is a number of points."""
    return isinstance(step, complex) or step > 0


def _replaced(value: Any, usual: Const) -> Any:
    """Return a choice with a number in the place of None."""
    if isinstance(value, Choice):
        return Choice(value.test, _replaced(value.then, usual), _replaced(value.other, usual))
    return usual if is_none_itself(value) else value


def index_of(r: Reader, value: Any, node: ast.AST, rank: int | None = None) -> Index:
    """Take an evaluated subscript apart: a tuple stands for one entry an axis.

    ``rank``: that of the array, if it is known.
    """
    index = Index()
    if isinstance(value, Choice):
        value = _of_tuples(r, value, node, rank)
    if isinstance(value, Value | Ref) and _is_tuple(r, value, node):
        value = _items_of_tuple(r, value, node, rank)
    if isinstance(value, Static) and isinstance(value.obj, tuple):
        value = Seq([Static(o) for o in value.obj])
    if isinstance(value, Ref) and value.storage.tuples and not value.steps:
        r.refuse(
            node,
            "a subscript by a tuple whose length is not known",
            "give example arguments, or name the axes: x[i, j]",
        )
    whole = isinstance(value, Seq) and issubclass(value.kind, tuple)
    for entry in value.items if whole else [value]:
        _add_entry(r, index, entry, node)
    return index


def _of_tuples(r: Reader, value: Choice, node: ast.AST, rank: int | None) -> Any:
    """Return one of several tuples as a tuple of choices, which stands for one entry an axis.

    Other choices are numbers or arrays.  Where a path has None, its use as a number is an error.
    """
    found = [o for o in options(value) if not is_none_itself(o)]
    tuples = [o for o in found if _is_tuple(r, o, node)]
    if not tuples:
        return value
    widths = {len(_entries(o)) for o in tuples if isinstance(o, Seq | Static)}
    computed = any(isinstance(o, Value | Ref) for o in tuples)
    if len(tuples) < len(found) or len(widths | ({rank} if computed else set())) > 1:
        what = "a subscript by a tuple or something else, by the path"
        r.refuse(node, what, "name the axes on each path: x[i, j]")
    count = widths.pop() if widths else rank or 0
    if computed:
        value = _taken_apart(r, value, node, rank)
    return Seq([_entry(value, k) for k in range(count)])


def _taken_apart(r: Reader, value: Any, node: ast.AST, rank: int | None) -> Any:
    """Return one of several tuples, those that are lists of the graph as their items."""
    # A cycle by nature: what stands between the brackets may be a conditional expression.
    from gradgen.frontend.branches import choose

    if isinstance(value, Choice):
        again = functools.partial(_taken_apart, r, node=node, rank=rank)
        then, other = (functools.partial(again, side) for side in (value.then, value.other))
        return choose(r, node, value.test, then, other)
    return _items_of_tuple(r, value, node, rank) if isinstance(value, Value | Ref) else value


def _is_tuple(r: Reader, value: Any, node: ast.AST) -> bool:
    if isinstance(value, Value | Ref) and r.read(value).type.kind == "list":
        kind = None if r.frame.source.generated else row_kinds.sure_kind_of(r, node, value)
        return kind is not None and issubclass(kind, tuple)
    held = value.obj if isinstance(value, Static) else None
    return isinstance(held, tuple) or (isinstance(value, Seq) and issubclass(value.kind, tuple))


def _entries(value: Seq | Static) -> list[Any]:
    return [plain(o) for o in value.obj] if isinstance(value, Static) else list(value.items)


def _entry(value: Any, k: int) -> Any:
    """Return the entry for an axis of one of several tuples."""
    if isinstance(value, Choice):
        then, other = _entry(value.then, k), _entry(value.other, k)
        return then if interchangeable(then, other) else Choice(value.test, then, other)
    return value if is_none_itself(value) else _entries(value)[k]


def _items_of_tuple(r: Reader, value: Any, node: ast.AST, rank: int | None) -> Seq:
    """Return the items of a tuple from a list, which has to have one for each axis."""
    # A cycle by nature: what is looped over is found by subscripts.
    from gradgen.frontend.iterables import over_value

    way = "unpack it before, i, j = p, and name the axes: x[i, j]"
    if rank is None:
        r.refuse(node, "a subscript by a tuple whose length is not known", way)
    what = f"a subscript of {rank} axes by a tuple of another length: {way}"
    differ = r.b.emit("ne", [r.b.emit("len", [r.read(value)]), Const(rank)])
    attrs = {"text": f"raise NotImplementedError({what!r})"}
    r.b.append("raise_if", [differ], [], span=r.span(node), attrs=attrs)
    over = over_value(r, value if isinstance(value, Ref) else r.hold(value), node)
    return Seq([over.element(Const(k)) for k in range(rank)])  # type: ignore[union-attr]


def _add_slice(index: Index, parts: Sequence[Value | None]) -> None:
    values = [None if isinstance(v, Const) and v.const is None else v for v in parts]
    present = [v for v in values if v is not None]
    index.spelling += "s" if present else ":"
    if present:
        index.slices.append((values[0] is not None, values[1] is not None, values[2] is not None))
        index.operands += present


def _add_entry(r: Reader, index: Index, value: Any, node: ast.AST) -> None:
    if isinstance(value, Static) and isinstance(value.obj, slice):
        parts = (value.obj.start, value.obj.stop, value.obj.step)
        _add_slice(index, [None if p is None else Const(p) for p in parts])
    elif isinstance(value, Static) and isinstance(value.obj, int):
        number = int(value.obj) if isinstance(value.obj, enum.Enum) else value.obj
        _add_entry(r, index, Const(number), node)
    elif isinstance(value, SliceValue):
        _add_slice(index, value.parts)
    elif isinstance(value, Static) and value.obj is None:
        index.spelling += "n"
    elif isinstance(value, Static) and value.obj is Ellipsis:
        index.spelling += "e"
    elif _listed(value) is not None:
        index.spelling += "a"
        index.operands.append(r.b.emit("places", [], entries=_listed(value)))
    else:
        operand = whole(r, as_places(r, as_value(r, value, node), node))
        index.spelling += _letter(r, operand, node)
        index.operands.append(operand)


def _listed(value: Any) -> tuple[Any, ...] | None:
    """Return the entries of a list of literal integers, None for anything else."""
    if not isinstance(value, Seq) or value.grown is not None:
        return None
    found = [
        v.const if isinstance(v, Const) and type(v.const) is int else _listed(v)
        for v in value.items
    ]
    return None if None in found else tuple(found)


def _letter(r: Reader, v: Value, node: ast.AST) -> str:
    if v.type.kind == "int" or is_power(v):
        return "i"
    if v.type.kind == "any":
        return "m" if v.type.dtype == "bool" else "a"
    if v.type.kind in ("array", "bool") and v.type.dtype == "bool":
        return "m"  # a truth value is a mask without axes
    if v.type.kind == "array" and v.type.dtype.startswith(("int", "uint")):
        return "a"
    r.refuse(node, f"a subscript of type {v.type}", WHOLE_NUMBERS)
