"""Sorted lists: of numbers, by a key, and of tuples, lists and objects that hold numbers."""

from __future__ import annotations

import ast
from typing import Any

import numpy as np

from gradgen.frontend import lists
from gradgen.frontend.aggregates import listed, run_text, sequence
from gradgen.frontend.evaluate import as_value
from gradgen.frontend.iterables import current, over_value
from gradgen.frontend.parts import parts, same_class, with_parts
from gradgen.frontend.places import is_none
from gradgen.frontend.reader import Reader
from gradgen.frontend.sameness import interchangeable
from gradgen.frontend.special import no_more, special
from gradgen.frontend.special_methods import compared, fields_in_order, special_method
from gradgen.frontend.state import go_back, place, restore, snapshot
from gradgen.frontend.values import (
    Box,
    Choice,
    Iteration,
    Map,
    Once,
    Record,
    Ref,
    Seq,
    Static,
    is_static,
    static_value,
)
from gradgen.ir.nodes import Block, Const, Value, same_value
from gradgen.library.dicts import ItemsOfDict
from gradgen.library.sets import ComputedSet

KEYS = "keys = np.array([key(item) for item in items])"
ROWS = "keys = np.array(items)"
IN_ORDER = "ordered = [items[place] for place in order]"
LESS = "less = [len([other for other in items if other < one]) for one in items]"
COLUMN = "column = [row[{place}] for row in rows]"
BY_KEYS = "order = np.argsort({sign}keys, kind='stable')"
BY_LIST = "order = np.argsort({sign}np.array(keys), kind='stable')"
BY_ROWS = """
order = np.arange(len(items))
if len(items) > 1:  # an array of no rows has no columns
    {keys}
    order = np.lexsort(({sign}keys).T[::-1])
"""
BY_COLUMNS = "order = np.lexsort(({keys},))"
TUPLES = "ordered = [({parts},) for place in order]"
PAIRS = "ordered = [(names[place], held[place]) for place in order]"
PAIR_KEYS = "keys = np.array([key((name, item)) for name, item in zip(items, held)])"
PLACE = "place = order[{k}]"
ONE = "one = column[place]"

Named = dict[str, Any]


@special(sorted)
def ordered(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Return a sorted list of what a sequence has."""
    if len(args) != 1:
        r.fail(node, TypeError(f"sorted expected 1 argument, got {len(args)}"))
    given, width = args[0], 0
    key, backwards = _options(r, node, kwargs)
    if isinstance(given, Iteration | Once):
        given, width = _iterated(r, node, given)
    if isinstance(given, Record) and given.kind is ComputedSet and is_none(key):
        given = r.settled(given.fields["items"])  # sorted, they have an order
    if isinstance(given, Record) and given.kind is ItemsOfDict:
        pairs = _pairs(r, node, given, key, "-" if backwards else "")
        if pairs is not None:
            return pairs
    items = sequence(r, node, given)
    if isinstance(items, Seq):
        return _known_number(r, node, items.items, key, backwards)
    if width:
        return _listed_tuples(r, node, key, items, width, "-" if backwards else "")
    # A cycle by nature: what a loop runs over may be sorted.
    from gradgen.frontend.iteration import unchanged_by

    return unchanged_by(r, node, items, lambda: _of_list(r, node, items, key, backwards))


def sort_in_place(r: Reader, node: ast.AST, owner: Seq, kwargs: dict[str, Any]) -> Any:
    """Return what a list of known length holds when it has been sorted."""
    key, backwards = _options(r, node, kwargs)
    return _known_number(r, node, owner.items, key, backwards, owner)


def _options(r: Reader, node: ast.AST, kwargs: dict[str, Any]) -> tuple[Any, bool]:
    """Return the key, and whether the order is that from above."""
    key, reverse = kwargs.pop("key", Static(None)), kwargs.pop("reverse", Const(False))
    no_more(r, node, kwargs)
    if not is_static(reverse):
        r.refuse(node, "an order of sorting that is computed", "pass a constant")
    return key, bool(static_value(reverse))


# --- as many items as the program finds out -----------------------------------------------------


def _of_list(r: Reader, node: ast.AST, items: Ref, key: Any, backwards: bool) -> Any:
    """Return the items of an array, or of a list that has grown, in order."""
    v = lists.as_list(r, items, node)
    item, sign = v.type.item, "-" if backwards else ""
    if item is not None and item.of and is_none(key):
        less = run_text(r, node, LESS, "less", len=Static(len), items=items)
        order = _by_columns(r, node, [less], sign)
        return run_text(r, node, IN_ORDER, "ordered", order=order, items=items)
    rows = item is not None and item.kind == "list"
    if rows or not is_none(key):
        order = _order_of_list(r, node, key, items, sign)
        return run_text(r, node, IN_ORDER, "ordered", order=order, items=items)
    array = r.b.emit("sort", [lists.as_array(r, v, node)], span=r.span(node))
    plain = item is not None and item.weak
    out = r.b.append(
        "items", [array], [v.type], span=r.span(node), attrs={"plain": True} if plain else {}
    ).out
    return r.hold(lists.backwards(r, node, out) if backwards else out)


def _order_of_list(r: Reader, node: ast.AST, key: Any, items: Any, sign: str) -> Any:
    """Return the places of items in order: of a number for each, or of the first that differ."""
    if is_none(key):
        return _order_by(r, node, ROWS, items, sign, {})
    return _order_by(r, node, KEYS, items, sign, {"key": key})


def _order_by(
    r: Reader, node: ast.AST, text: str, items: Any, sign: str, named: dict[str, Any]
) -> Any:
    """Return the places of items in order of what a text gives for each."""
    given = {"np": Static(np), "items": items, **named}
    before, start = snapshot(r), place(r)
    keys = run_text(r, node, text, "keys", **given)
    rank, sign = as_value(r, keys, node).type.rank, _sign_of(r, keys, sign)
    if rank == 1:
        text = BY_KEYS.format(sign=sign)
        return run_text(r, node, text, "order", np=Static(np), keys=keys)
    if rank != 2:
        _refuse_key(r, node)
    restore(r, before)  # to be done where there are several rows
    go_back(r, start)
    text = BY_ROWS.format(keys=text, sign=sign)
    return run_text(r, node, text, "order", len=Static(len), **given)


def _pairs(r: Reader, node: ast.AST, view: Record, key: Any, sign: str) -> Any:
    """Return the keys and items of a dict in order, None where they are no lists that have grown.

    No key is there twice, so that nothing else decides the order if none is asked for.
    """
    names, held = (sequence(r, node, r.settled(view.fields[n])) for n in ("names", "held"))
    if isinstance(names, Seq) or isinstance(held, Seq):
        return None
    if is_none(key):
        if not _is_of_numbers(r, node, names):
            return None
        order = _order_of_list(r, node, key, names, sign)
    else:
        named = {"key": key, "held": held, "zip": Static(zip)}
        order = _order_by(r, node, PAIR_KEYS, names, sign, named)
    return run_text(r, node, PAIRS, "ordered", order=order, names=names, held=held)


def _is_of_numbers(r: Reader, node: ast.AST, items: Ref) -> bool:
    item = lists.as_list(r, items, node).type.item
    return item is not None and item.is_scalar


def _refuse_key(r: Reader, node: ast.AST) -> Any:
    what = "sorting by what is not known to be numbers"
    r.refuse(node, what, "return a number, or a tuple of as many numbers each time, as the key")


def _iterated(r: Reader, node: ast.AST, given: Iteration | Once) -> tuple[Any, int]:
    """Return the items of an iteration, and how many numbers each tuple has, 0 for others."""
    over = over_value(r, given, node)
    if isinstance(over, list):
        return Seq([current(r, item, node) for item in over], list), 0
    with r.b.into(Block()):
        first = over.element(Const(0))
    return listed(r, node, over), len(_numbers(first))


def _numbers(item: Any) -> list[Any]:
    """Return the numbers of a tuple, which no other name can change; none for other items."""
    held = item.items if isinstance(item, Seq) and item.kind is tuple else []
    return held if all(isinstance(p, Value) and p.type.is_scalar for p in held) else []


def _listed_tuples(r: Reader, node: ast.AST, key: Any, rows: Ref, width: int, sign: str) -> Any:
    """Return as many tuples as there come, in order: a list of the graph."""
    columns = {
        f"part{place}": run_text(r, node, COLUMN.format(place=place), "column", rows=rows)
        for place in range(width)
    }
    if is_none(key):
        order = _by_columns(r, node, list(columns.values()), sign)
    else:
        order = _order_of_list(r, node, key, rows, sign)
    text = TUPLES.format(parts=", ".join(f"{name}[place]" for name in columns))
    return run_text(r, node, text, "ordered", order=order, **columns)


def _by_columns(r: Reader, node: ast.AST, columns: list[Any], sign: str) -> Any:
    """Return the places in order of the first numbers that differ."""
    if len(columns) == 1:
        text = BY_LIST.format(sign=_sign_of(r, columns[0], sign))
        return run_text(r, node, text, "order", np=Static(np), keys=columns[0])
    named = {f"part{place}": column for place, column in enumerate(columns)}
    signs = [_sign_of(r, column, sign) for column in columns]
    keys = ", ".join(f"{signs[k]}np.array({name})" for k, name in [*enumerate(named)][::-1])
    return run_text(r, node, BY_COLUMNS.format(keys=keys), "order", np=Static(np), **named)


def _sign_of(r: Reader, keys: Any, sign: str) -> str:
    """Return the operator that turns the order round: truth values have no minus."""
    one = keys.items[0] if isinstance(keys, Seq) else keys
    kind = r.read(one).type
    return "~" if sign and (kind.item or kind).dtype == "bool" else sign


# --- items of known number ----------------------------------------------------------------------


def _known_number(
    r: Reader, node: ast.AST, items: list[Any], key: Any, backwards: bool, owner: Seq | None = None
) -> Any:
    """Return items in order; ``owner``: the list in which they are sorted in place."""
    keys = _keys_of(r, node, items, key)
    order = _known_order(r, node, keys, backwards)
    if order is not None:
        return Seq([items[k] for k in order], list)
    plain = all(isinstance(item, Value | Ref) for item in items)
    if plain and is_none(key) and not _mixed(items):
        return _of_list(r, node, r.hold(lists.as_list(r, Seq(items, list), node)), key, backwards)
    order = _by_columns(r, node, _key_columns(r, node, keys), "-" if backwards else "")
    if plain:
        return run_text(r, node, IN_ORDER, "ordered", order=order, items=Seq(items, list))
    texts = [PLACE.format(k=k) for k in range(len(items))]
    places = [as_value(r, run_text(r, node, t, "place", order=order), node) for t in texts]
    made = _gathered(r, node, items, places)
    _share(r, items, made, owner)
    return Seq(made, list)


def _mixed(items: list[Any]) -> bool:
    """Whether there are integers among floats, which an array of both would make floats."""
    kinds = {item.type.kind for item in items if isinstance(item, Value) and item.type.is_scalar}
    return len(kinds) > 1 and not kinds - {"int", "bool", "float"}


def _keys_of(r: Reader, node: ast.AST, items: list[Any], key: Any) -> list[Any]:
    """Return what the order is decided by, for each item."""
    if is_none(key):
        return _objects_keys(r, node, items) or items
    # A cycle by nature: the key is a function of the user's.
    from gradgen.frontend.calls import call_value

    return [call_value(r, node, key, [i], {}) for i in items]


def _objects_keys(r: Reader, node: ast.AST, items: list[Any]) -> list[Any]:
    """Return what orders objects: the fields of a dataclass, or how many are less by ``__lt__``."""
    if not items or not all(isinstance(i, Record) for i in items):
        return []
    alike = all(i.kind is items[0].kind for i in items)
    fields = fields_in_order(items[0].kind) if alike else []
    if fields:
        return [Seq([i.fields[n] for n in fields]) for i in items]
    if any(special_method(i, "__lt__") is None for i in items):
        return []
    return [_number_less(r, node, items, k) for k in range(len(items))]


def _number_less(r: Reader, node: ast.AST, items: list[Any], place: int) -> Value:
    """Return how many of the objects are less than one of them."""
    count: Value = Const(0)
    for k, other in enumerate(items):
        if k != place:
            less = as_value(r, compared(r, node, ast.Lt(), other, items[place]), node)
            count = r.b.emit("add", [count, r.b.emit("int", [less])])
    return count


def _known_order(r: Reader, node: ast.AST, keys: list[Any], backwards: bool) -> list[int] | None:
    """Return the places of the items in order, None where the program computes it."""
    if not all(map(is_static, keys)) and all(isinstance(k, Seq) and k.items for k in keys):
        keys = _distinct_firsts(keys) or keys
    if not all(map(is_static, keys)):
        return None
    places = range(len(keys))
    try:
        return sorted(places, key=lambda k: static_value(keys[k]), reverse=backwards)
    except TypeError as error:
        r.fail(node, error)


def _distinct_firsts(keys: list[Any]) -> list[Any]:
    """Return the first items of tuples, if they are known and decide the order."""
    firsts = [k.items[0] for k in keys]
    if not all(map(is_static, firsts)):
        return []
    values = [static_value(v) for v in firsts]
    return firsts if all(v not in values[:k] for k, v in enumerate(values)) else []


def _key_columns(r: Reader, node: ast.AST, keys: list[Any]) -> list[Seq]:
    """Return the numbers that decide the order: of each key, or of each place in tuples."""
    tuples = all(isinstance(k, Seq) and k.items for k in keys)
    rows = [list(k.items) if tuples else [k] for k in keys]
    if len({len(row) for row in rows}) != 1:
        _refuse_key(r, node)
    return [Seq(_column(r, node, list(column)), list) for column in zip(*rows, strict=True)]


def _column(r: Reader, node: ast.AST, column: list[Any]) -> list[Any]:
    """Return numbers as they are; for what is known, such as texts, how many are less."""
    if all(isinstance(v, Value) and v.type.is_scalar for v in column):
        return column
    if not all(map(is_static, column)):
        _refuse_key(r, node)
    values = [static_value(v) for v in column]
    try:
        return [Const(sum(other < v for other in values)) for v in values]
    except TypeError as error:
        r.fail(node, error)


def _gathered(r: Reader, node: ast.AST, options: list[Any], places: list[Value]) -> list[Any]:
    """Return the options that come at some places: their numbers, each picked from its like."""
    first = options[0]
    if all(_same(o, first) for o in options):
        return [first] * len(places)
    kinds = {r.read(o).type.kind if isinstance(o, Value | Ref) else "" for o in options}
    if len(kinds) == 1 and "" not in kinds:
        column = Seq(options, list)
        return [run_text(r, node, ONE, "one", column=column, place=place) for place in places]
    if all(_alike(o, first) for o in options):
        keys = [k for k, _ in parts(first)]
        columns = zip(*([v for _, v in parts(o)] for o in options), strict=True)
        picked = zip(*(_gathered(r, node, list(c), places) for c in columns), strict=True)
        return [with_parts(first, list(zip(keys, items, strict=True))) for items in picked]
    return [_chosen(r, options, place) for place in places]


def _chosen(r: Reader, options: list[Any], place: Value) -> Any:
    """Return one option or another, by its place."""
    out = options[-1]
    for k in reversed(range(len(options) - 1)):
        out = Choice(r.b.emit("eq", [place, Const(k)]), options[k], out)
    return out


def _same(a: Any, b: Any) -> bool:
    both = isinstance(a, Value) and isinstance(b, Value)
    return same_value(a, b) if both else interchangeable(a, b)


def _alike(a: Any, b: Any) -> bool:
    """Whether two boxes have the same class and the same keys, and are no lists that grow."""
    grown = isinstance(a, Seq) and a.grown is not None
    alike = isinstance(a, Seq | Map | Record) and same_class(a, b) and not grown
    return alike and [k for k, _ in parts(a)] == [k for k, _ in parts(b)]


def _share(r: Reader, items: list[Any], made: list[Any], owner: Seq | None) -> None:
    """Note that lists and objects in order are those from before, wherever these are still seen."""
    boxes = [item for item in items if isinstance(item, Box) and not _is_tuple(item)]
    if owner is not None and not any(r.held_apart(box, owner) for box in boxes):
        return
    for new in made:
        for box in boxes:
            if isinstance(new, Box):
                r.entangle(new, box, set())


def _is_tuple(item: Any) -> bool:
    return isinstance(item, Seq) and item.kind is not list
