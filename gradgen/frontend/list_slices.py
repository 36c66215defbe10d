"""Slices of lists: stores into them, which may change the length, and unpacking by ``*``."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from gradgen.frontend import asked, row_kinds
from gradgen.frontend.aggregates import listed
from gradgen.frontend.describing import describe
from gradgen.frontend.evaluate import as_value
from gradgen.frontend.indices import Index, ends_of_slice, index_of, subscript_value
from gradgen.frontend.iterables import over_value
from gradgen.frontend.listed import contain_items
from gradgen.frontend.lists import as_list, is_list, item, picked_from, resize, write_out
from gradgen.frontend.reader import Reader
from gradgen.frontend.subscripts import load_index
from gradgen.frontend.unbound import raise_where
from gradgen.frontend.unpacking import sequence_items
from gradgen.frontend.values import (
    Iteration,
    Ref,
    Seq,
    SliceValue,
    Static,
    is_static,
    plain,
    static_value,
)
from gradgen.ir.lengths import may_be_negative
from gradgen.ir.nodes import Const, Value


def store_slice(r: Reader, node: ast.AST, owner: Ref | Seq, key: SliceValue, value: Any) -> None:
    """Perform ``items[start:stop:step] = values``."""
    known = all(p is None or isinstance(p, Const) for p in key.parts)
    if isinstance(owner, Seq) and known and not isinstance(value, Ref):
        items, new = list(owner.items), sequence_items(r, value, node)
        try:
            items[_slice(key)] = new
        except ValueError as error:
            r.fail(node, error)
        r.fill(owner, items)
        return
    if key.parts[2] is not None and _number(key.parts[2]) != 1:
        what = "a store into a slice by steps of a list of unknown length"
        r.refuse(node, what, "store item by item")
    ref = r.graph_list(owner) if isinstance(owner, Seq) else owner
    start, stop = _ends(r, ref, *key.parts[:2], r.span(node))
    made = as_list(r, value, node)
    if start is not None:
        head = r.read(load_index(r, ref, _part(None, start)))
        made = r.b.emit("extend", [head, made], span=r.span(node))
    if stop is not None:
        tail = r.read(load_index(r, ref, _part(stop, None)))
        made = r.b.emit("extend", [made, tail], span=r.span(node))
    resize(r, ref, made)
    contain_items(r, ref.storage, value)


def delete_slice(
    r: Reader, node: ast.AST, owner: Ref, start: Value | None, stop: Value | None
) -> None:
    """Perform ``del items[start:stop]`` on a list of the graph: what stays is put together."""
    span = r.span(node)
    kept = []
    first, last = _ends(r, owner, start, stop, span)
    if first is not None:
        kept = [r.read(load_index(r, owner, _part(None, first)))]
    if last is not None:
        kept.append(r.read(load_index(r, owner, _part(last, None))))
    if not kept:
        kept.append(r.b.emit("list", [], span=span))
        kept[0].type = r.read(owner).type
    resize(r, owner, kept[0] if len(kept) == 1 else r.b.emit("extend", kept, span=span))


def _ends(
    r: Reader, owner: Ref, start: Value | None, stop: Value | None, span: Any
) -> tuple[Value | None, Value | None]:
    """Return where a slice begins and ends, counted from the start; it ends not before that."""
    first = None if start is None else _from_start(r, owner, start, span)
    if first is not None and stop is not None and _is_after(stop, first):
        return first, stop
    last = None if stop is None else _from_start(r, owner, stop, span)
    if isinstance(first, Const) and isinstance(last, Const):
        last = Const(max(first.const, last.const))
    elif first is not None and last is not None:
        last = r.b.emit("max2", [first, last], span=span)
    return None if isinstance(first, Const) and first.const == 0 else first, last


def _is_after(stop: Value, start: Value) -> bool:
    """Whether one end is another one and a few more, as in ``items[i : i + 2]``."""
    op = stop.op
    added = op is not None and op.prim == "add" and op.inputs[0] is start
    more = op.inputs[1] if op is not None and added else None
    return isinstance(more, Const) and more.const >= 0


def _from_start(r: Reader, owner: Ref, place: Value, span: Any) -> Value:
    """Return one of two ends as counted from the start; the text raises where it is not."""
    if isinstance(place, Const) and place.const < 0:
        count = r.b.emit("len", [r.read(owner)], span=span)
        place = r.b.emit("add", [count, place], span=span)
        return r.b.emit("max2", [place, Const(0)], span=span)
    if may_be_negative(place):
        what = "a slice from the end: add len(...) to its ends"
        raise_where(r, ValueError(what), r.b.emit("lt", [place, Const(0)], span=span), span)
    return place


def slice_of(r: Reader, node: ast.AST, owner: Seq | Static, s: ast.Slice) -> Any:
    """Return a slice of a container, or of text and the like."""
    parts = ends_of_slice(r, s)
    return _sliced(r, node, owner, parts, lambda: index_of(r, subscript_value(r, s), s))


def by_slice(r: Reader, node: ast.AST, owner: Seq | Static, key: SliceValue | Static) -> Any:
    """Return what a slice object takes from a container, or from text and the like."""
    ends = key.parts if isinstance(key, SliceValue) else ends_of(key.obj)
    return _sliced(r, node, owner, list(ends), lambda: index_of(r, key, node))


def ends_of(known: slice) -> list[Any]:
    """Return where a slice begins and ends, and its step, None for what it does not say."""
    ends = (known.start, known.stop, known.step)
    return [None if end is None else plain(end) for end in ends]


def _sliced(
    r: Reader, node: ast.AST, owner: Seq | Static, parts: list[Any], index: Callable[[], Index]
) -> Any:
    asked.note(r, owner, asked.COUNT)
    computed = [as_value(r, p, node) for p in parts if p is not None and not is_static(p)]
    if computed and isinstance(owner, Seq):
        if _is_empty(owner) and parts[2:] in ([], [None]) and all(map(_is_integer, computed)):
            return Seq([], owner.kind)
        items = picked_from(r, node, owner, computed[0])
        assert items is not None
        return load_index(r, items, index(), node)
    if computed:
        write_out(r, computed)
        r.refuse(node, f"a computed slice of a {describe(owner)}", "use constants")
    where = slice(*(None if p is None else static_value(p) for p in parts))
    try:
        if isinstance(owner, Static):
            return plain(owner.obj[where])
        return Seq(owner.items[where], list if owner.kind is list else tuple)
    except (TypeError, ValueError) as error:
        r.fail(node, error)


def _is_empty(owner: Seq) -> bool:
    return not owner.items and owner.grown is None and owner.kind in (list, tuple)


def _is_integer(v: Value) -> bool:
    return v.type.kind == "int"


def starred(r: Reader, node: ast.AST, value: Any, before: int, after: int) -> list[Any] | None:
    """Return what ``a, *rest, b`` takes from a list or array of unknown length; else None.

    ``before`` and ``after`` count the names on both sides of the starred one.
    """
    if not isinstance(value, Ref) or r.read(value).type.kind not in ("list", "array"):
        return None
    ref = value if is_list(r, value) else _entries(r, node, value)
    if ref is None:
        return None
    n, least = r.b.emit("len", [r.read(ref)]), before + after
    if least:
        few = r.b.emit("lt", [n, Const(least)])
        message = f"not enough values to unpack (expected at least {least}, got {{_value_0}})"
        text = f"raise ValueError(f'{message}')"
        r.b.append("raise_if", [few, n], [], span=r.span(node), attrs={"text": text})
    ends = [Const(before) if before else None, Const(-after) if after else None]
    places = [*range(before), *range(-after, 0)]
    out = [item(r, ref, Const(k), node) for k in places]
    rest = load_index(r, ref, _part(*ends))
    row_kinds.set_class(r, rest, False)
    out.insert(before, rest)
    return out


def _entries(r: Reader, node: ast.AST, array: Ref) -> Ref | None:
    """Return the entries of an array as a list, None where their number is known."""
    over = over_value(r, array, node)
    assert isinstance(over, Iteration)
    found = None if isinstance(over.length, Const) else listed(r, node, over)
    return found if isinstance(found, Ref) else None


def _number(part: Value | None) -> Any:
    return part.const if isinstance(part, Const) else None


def _slice(key: SliceValue) -> slice:
    return slice(*map(_number, key.parts))


def _part(start: Value | None, stop: Value | None) -> Index:
    index = Index()
    index.spelling = "s"
    index.slices = [(start is not None, stop is not None, False)]
    index.operands = [p for p in (start, stop) if p is not None]
    return index
