"""Dicts that get keys which the program computes: read as two lists side by side.

A dict is taken for one with known keys.  Where it is asked for a number that is not known, and
nothing else helps, the function is read again with that dict as such lists.
"""

from __future__ import annotations

import ast
from typing import Any, NoReturn

from gradgen.frontend import records, row_kinds
from gradgen.frontend.entries import KEYS
from gradgen.frontend.identities import fields_compared, is_by_identity
from gradgen.frontend.lists import write_out
from gradgen.frontend.parts import leaves
from gradgen.frontend.pointers import is_word
from gradgen.frontend.reader import Reader
from gradgen.frontend.signals import Tabled
from gradgen.frontend.values import Map, Record, Ref, Seq, Static, Text, plain
from gradgen.ir.nodes import Value
from gradgen.library.dicts import ComputedDict
from gradgen.rules.lists import comes_of_nothing

Keys = dict[Any, Any]
IN_LOOPS, EVERYWHERE = 1, 2  # where dicts are rows of lists from the beginning


def made_dict(r: Reader, node: ast.AST, items: Keys, factory: Any = None) -> Any:
    """Return a new dict: lists of keys and of items, if it was found to get computed keys.

    Where dicts are rows of lists from the beginning, it is the place of one.
    """
    if id(node) not in r.book.tabled or not all(_is_key(r, key) for key in items):
        made = Map(items, factory=factory, made=id(node))
        texts = items and factory is None and all(isinstance(key, str) for key in items)
        rows = texts and r.book.dict_rows >= (IN_LOOPS if r.open_loops else EVERYWHERE)
        return records.as_row(r, made, node) if rows else made
    # A cycle by nature: objects are made by calls.
    from gradgen.frontend.construction import construct

    names = Seq([_constant(k) for k in items], list)
    none = Static(None) if factory is None else factory
    made = construct(r, node, ComputedDict, [names, Seq(list(items.values()), list), none], {})
    assert isinstance(made, Record)
    return made


def filled(
    r: Reader, node: ast.AST, keys: list[Any], items: list[Any], factory: Any = None
) -> Map | Record:
    """Return a new dict with keys that may be computed; None for those of another dict."""
    # A cycle by nature: an item is stored by a statement.
    from gradgen.frontend.aggregates import run_text

    out = made_dict(r, node, {}, factory)
    for key, item in zip(keys, items, strict=True):
        if key is not None:
            run_text(r, node, "out[key] = item", "out", out=out, key=key, item=item)
            continue
        pairs = "more.items()" if isinstance(item, Map) or is_table(item) else "more"
        text = f"for key, item in {pairs}: out[key] = item"
        run_text(r, node, text, "out", out=out, more=item)
    return out


def _is_key(r: Reader, key: Any) -> bool:
    """Whether a key can stand in a list of keys: a number, a text, or a tuple of them."""
    if isinstance(key, tuple):
        return all(_is_key(r, part) for part in key)
    return isinstance(key, int | float) or (r.book.words and isinstance(key, str))


def _constant(key: Any) -> Any:
    return Seq([_constant(k) for k in key], tuple) if isinstance(key, tuple) else plain(key)


def refuse_key(r: Reader, node: ast.AST, owner: Any, key: Any, what: str) -> NoReturn:
    """Refuse to ask a dict for what is computed; before, have it read as lists."""
    if isinstance(key, Ref) and comes_of_nothing(r.read(key)):
        key = r.read(key)
    computed = isinstance(key, Value) or (isinstance(key, Seq) and key.kind is tuple)
    numbers = [v for v in leaves(key) if isinstance(v, Value)] if computed else []
    scalar = numbers and all(map(_may_be_key, numbers))
    scalar = scalar or (isinstance(key, Ref) and _is_key_of_numbers(r, node, key))
    if r.book.tables and isinstance(owner, Map) and owner.made and scalar:
        raise Tabled(owner.made)
    if isinstance(key, Text):
        write_out(r, key.holes)
    if isinstance(key, Record) and fields_compared(key.kind):
        write_out(r, [v for v in leaves(key) if isinstance(v, Value)])
        way = f"use a tuple of what the {key.kind.__name__} holds as the key"
        r.refuse(node, f"{what}, by an object that holds computed numbers", way)
    if isinstance(key, Record) and not is_by_identity(key):
        way = f"use a tuple of what it holds, or make {key.kind.__name__} a frozen dataclass"
        r.refuse(node, f"{what}, by an object that has its own __eq__", way)
    if isinstance(key, Record):
        way = "keep what belongs to an object in an attribute of it"
        r.refuse(node, f"{what}, by an object that depends on the path", way)
    r.refuse(node, what, KEYS)


def _is_key_of_numbers(r: Reader, node: ast.AST, key: Ref) -> bool:
    """Whether this is a tuple of numbers or texts that stands in a list."""
    item = r.read(key).type.item
    numbers = item is not None and (item.is_scalar or item.dtype == "text")
    return numbers and row_kinds.kind_of(r, node, key) is tuple


def _may_be_key(v: Value) -> bool:
    """Whether a value is a number, a text, or nothing that is known yet."""
    return v.type.is_scalar or is_word(v) or comes_of_nothing(v)


def refuse_more(r: Reader, node: ast.AST, what: str, hint: str) -> NoReturn:
    """Refuse a dict made of computed keys; before, have it read as lists."""
    if r.book.tables:
        raise Tabled(id(node))
    r.refuse(node, what, hint)


def is_table(value: Any) -> bool:
    """Whether this is a dict that is read as lists."""
    return isinstance(value, Record) and value.kind is ComputedDict
