"""Arguments that are long lists of things of one kind: loops over them stay loops.

A list of layers is taken apart, as a person would name its parts; a list of measurements is gone
through in a loop, as it is in the user's function.  Where that is refused, it is taken apart, too.
"""

from __future__ import annotations

import dataclasses
import functools
from typing import Any

from gradgen.batch.specs import batch_names
from gradgen.errors import ArgumentError, UnsupportedError
from gradgen.frontend.arguments import Container, LongList, Opaque
from gradgen.frontend.pointers import Row, Same, row_type
from gradgen.ir.nodes import Function, Op, Value, walk
from gradgen.ir.types import Type, join, may_be_one
from gradgen.options import Options

LEAST = 9  # the number of items from which a list is long
CLASSES = (tuple, list)
# What can be done with a tuple as with the list that stands for it.
WITH_TUPLES = ("len", "array_of_list", "py_sum", "py_max", "py_min")


def with_long_lists(specs: dict[str, Any], options: Options) -> dict[str, Any]:
    """Return specs in which long lists of one kind, of what is held constant, are lists."""
    try:
        apart = {*options.selected(list(specs)), *batch_names(options.batch, list(specs))}
    except ArgumentError:
        return specs  # positions inside *args
    compiled = options.backend != "numpy"
    return {n: s if n in apart else _with_lists(s, compiled) for n, s in specs.items()}


def of_any_length(specs: dict[str, Any], options: Options) -> Any:
    """Return what specs have in common that differ in the lengths of long lists alone.

    None where there are no such lists.
    """
    found = with_long_lists(specs, options)
    return None if found == specs else tuple((n, _any_lengths(s)) for n, s in found.items())


def _any_lengths(spec: Any) -> Any:
    """Return a spec in which a long list of arrays has no lengths of these."""
    if isinstance(spec, Container):
        return dataclasses.replace(spec, items=tuple(map(_any_lengths, spec.items)))
    if not isinstance(spec, LongList):
        return spec
    return dataclasses.replace(spec, type=_any_shape(spec.type.item))


def _any_shape(item: Any) -> Any:
    """Return what is known of an item of a list, of an array without its lengths."""
    if isinstance(item, Type) and item.of is not None:
        return _any_shape(item.of.kind)
    if isinstance(item, Row):
        return dataclasses.replace(item, items=tuple(map(_any_shape, item.items)))
    return (item.dtype, item.rank) if isinstance(item, Type) and item.is_array else item


def _with_lists(spec: Any, compiled: bool) -> Any:
    if not isinstance(spec, Container):
        return spec
    found = long_list(spec, compiled)
    if found is not None:
        return found
    items = tuple(_with_lists(item, compiled) for item in spec.items)
    return spec if items == spec.items else dataclasses.replace(spec, items=items)


def long_list(spec: Any, compiled: bool = False) -> LongList | None:
    """Return what a long list is whose items are alike, None where they are not.

    ``compiled``: for code that has no lists of lists, but columns of tuples.
    """
    if not isinstance(spec, Container) or spec.kind not in CLASSES or len(spec.items) < LEAST:
        return None
    rows = [s for s in spec.items if isinstance(s, Container)]
    if len(rows) < len(spec.items):
        item = _common(spec.items)
        return LongList(Type("list", item=item), (spec.kind,)) if item is not None else None
    kinds = {(row.kind, row.keys) for row in rows}
    kind, keys = next(iter(kinds))
    item = _common(tuple(part for row in rows for part in row.items)) if keys else None
    alike = len(kinds) == 1 and item is not None and item.is_scalar
    if alike and kind in CLASSES and not compiled:
        inner = Type("list", item=item)
        return LongList(Type("list", item=inner), (spec.kind, kind))
    row = _row(spec.items)
    if row is None or kind is list or not _has_numbers(row):
        return None
    return LongList(Type("list", item=row_type(row)), (spec.kind,))


def _row(rows: tuple[Any, ...]) -> Row | None:
    """Return what is known of rows of several kinds of items, None where they differ."""
    first = rows[0]
    if len({(row.kind, row.keys) for row in rows}) > 1 or not first.keys:
        return None
    columns = zip(*(row.items for row in rows), strict=True)
    return Row(first.kind, first.keys, tuple(map(_column, columns)))


def _column(items: tuple[Any, ...]) -> Type | Row | Same | None:
    """Return what the items of rows under one key are, None where they are of several kinds."""
    if all(isinstance(s, Container) for s in items):
        if items[0].kind is not list:
            return _row(items)
        inner = _common(tuple(part for s in items for part in s.items))
        alike = all(s.kind is list for s in items) and inner is not None and inner.is_scalar
        return Type("list", item=inner) if alike else None
    if all(isinstance(s, Opaque) for s in items):
        obj, plain = items[0].obj, isinstance(items[0].key, tuple)
        return Same(obj) if plain and all(s == items[0] for s in items) else None
    return _common(items)


def _has_numbers(row: Row) -> bool:
    return any(isinstance(i, Type) or (isinstance(i, Row) and _has_numbers(i)) for i in row.items)


def _common(items: tuple[Any, ...]) -> Type | None:
    """Return the type of numbers, or of arrays of one dtype and rank; None if they differ."""
    if not items or not all(isinstance(s, Type) and s.entries is None for s in items):
        return None
    first = items[0]
    if first.is_scalar:
        same = not isinstance(first.value, int) and all(s == first for s in items)
        return first if same else None
    alike = all((s.kind, s.dtype, s.rank) == ("array", first.dtype, first.rank) for s in items)
    if not alike or not first.rank or any(may_be_one(n) for s in items for n in s.shape):
        return None
    return functools.reduce(join, items)


def require_read_only(function: Function) -> None:
    """Refuse to do more than read items of tuples, which are lists in the graph.

    Raises
    ------
    UnsupportedError
        Where something else is done with one, or with a list that holds some.
    """
    kinds: dict[Value, tuple[Any, ...]] = {}
    for op in function.body.ops:
        if op.prim in ("leaf", "captured") and tuple in op.attrs.get("classes", ()):
            kinds[op.out] = op.attrs["classes"]
    known = -1
    while len(kinds) > known:  # once more where loops hand some on
        known = len(kinds)
        for op in walk(function.body) if kinds else ():
            _follow(op, kinds)


def _follow(op: Op, kinds: dict[Value, tuple[Any, ...]]) -> None:
    """Note of which classes the results of an operation are, where they may be tuples."""
    if op.blocks:
        handed = [*op.inputs, *(v for block in op.blocks for v in block.results)]
        given = {v.type.has_rows: kinds[v] for v in handed if v in kinds}
        for v in (*op.outputs, *(v for block in op.blocks for v in block.params)):
            if v.type.kind == "list" and v.type.has_rows in given:
                kinds.setdefault(v, given[v.type.has_rows])
        return
    if not any(v in kinds for v in op.inputs) or op.prim in WITH_TUPLES:
        return
    if op.prim in ("contains", "index_of") and op.inputs[1] not in kinds:
        return
    classes = kinds.get(op.inputs[0])
    if op.prim != "load" or classes is None:
        raise UnsupportedError(f"{op.prim} of a tuple", op.span)
    if op.out.type.kind == "list":
        kinds[op.out] = classes if op.attrs["index"] == "s" else classes[1:]


def stay_lists(function: Function) -> bool:
    """Whether a function was read with its long lists as such."""
    return any(op.prim == "leaf" and "classes" in op.attrs for op in function.body.ops)
