"""Stores into slices of lists, which may become longer or shorter by them."""

from __future__ import annotations

import ast
from typing import Any

from gradgen.frontend.listed import contain_items
from gradgen.frontend.lists import as_list, resize
from gradgen.frontend.reader import Reader
from gradgen.frontend.special import sequence_items
from gradgen.frontend.subscripts import Index, load_index
from gradgen.frontend.values import Ref, Seq, SliceValue
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
    start, stop, step = (_number(p) for p in key.parts)
    plain = step in (None, 1) and 0 <= (start or 0) <= (start or 0 if stop is None else stop)
    if not known or not plain:
        what = "a store into a slice, from the end or by steps, of a list of unknown length"
        r.refuse(node, what, "store item by item")
    ref = r.graph_list(owner) if isinstance(owner, Seq) else owner
    made = as_list(r, value, node)
    if start:
        head = r.read(load_index(r, ref, _part(None, Const(start))))
        made = r.b.emit("extend", [head, made], span=r.span(node))
    if stop is not None:
        tail = r.read(load_index(r, ref, _part(Const(stop), None)))
        made = r.b.emit("extend", [made, tail], span=r.span(node))
    resize(r, ref, made)
    contain_items(r, ref.storage, value)


def _number(part: Value | None) -> Any:
    return part.const if isinstance(part, Const) else None


def _slice(key: SliceValue) -> slice:
    return slice(*map(_number, key.parts))


def _part(start: Const | None, stop: Const | None) -> Index:
    index = Index()
    index.spelling = "s"
    index.slices = [(start is not None, stop is not None, False)]
    index.operands = [p for p in (start, stop) if p is not None]
    return index
