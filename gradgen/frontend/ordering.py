"""Sorted lists: of numbers, by a key, and of tuples of numbers."""

from __future__ import annotations

import ast
from typing import Any

import numpy as np

from gradgen.frontend import lists
from gradgen.frontend.aggregates import listed, run_text, sequence
from gradgen.frontend.evaluate import as_value
from gradgen.frontend.iterables import over_value
from gradgen.frontend.places import is_none
from gradgen.frontend.reader import Reader
from gradgen.frontend.special import no_more, special
from gradgen.frontend.values import Iteration, Once, Ref, Seq, Static, is_static, static_value
from gradgen.ir.nodes import Block, Const, Value

PLACES = "sort their places: sorted(range(len(items)), key=...)"
KEYS = "keys = np.array([key(item) for item in items])"
IN_ORDER = "ordered = [items[place] for place in np.argsort({sign}keys, kind='stable')]"
COLUMN = "column = [row[{place}] for row in rows]"
BY_KEYS = "order = np.argsort({sign}keys, kind='stable')"
BY_COLUMNS = "order = np.lexsort(({keys},))"
TUPLES = "ordered = [({parts},) for place in order]"
ONE = "one = ({parts},)"

Named = dict[str, Any]


@special(sorted)
def ordered(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Return a sorted list of what a sequence has."""
    key, reverse = kwargs.pop("key", Static(None)), kwargs.pop("reverse", Const(False))
    no_more(r, node, kwargs)
    if not is_static(reverse):
        r.refuse(node, "an order of sorting that is computed", "pass a constant")
    backwards = bool(static_value(reverse))
    given, width = args[0], 0
    if isinstance(given, Iteration | Once):
        given, width = _iterated(r, node, given)
    items = sequence(r, node, given)
    if isinstance(items, Seq):
        order = _known_order(r, node, items, key, backwards)
        if order is not None:
            return Seq([items.items[k] for k in order], list)
        tuples = _known_tuples(r, node, key, items, backwards)
        if tuples is not None:
            return tuples
    elif width:
        return _listed_tuples(r, node, key, items, width, backwards)
    v = lists.as_list(r, items, node)
    item = v.type.item
    if item is not None and item.kind == "list":
        r.refuse(node, "sorting of tuples or lists of computed numbers", PLACES)
    if not is_none(key):
        return _by_key(r, node, key, items, backwards)
    array = r.b.emit("sort", [lists.as_array(r, v, node)], span=r.span(node))
    plain = item is not None and item.weak
    out = r.b.append(
        "items", [array], [v.type], span=r.span(node), attrs={"plain": True} if plain else {}
    ).out
    return r.hold(lists.backwards(r, node, out) if backwards else out)


def _known_order(
    r: Reader, node: ast.AST, items: Seq, key: Any, backwards: bool
) -> list[int] | None:
    """Return the places of the items in order, None where the program computes it."""
    keys = items.items
    if not is_none(key):
        # A cycle by nature: the key is a function of the user's.
        from gradgen.frontend.calls import call_value

        keys = [call_value(r, node, key, [i], {}) for i in items.items]
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


def _by_key(r: Reader, node: ast.AST, key: Any, items: Seq | Ref, backwards: bool) -> Any:
    """Return the items in the order of what a function gives for each: a number."""
    keys = _keys(r, node, key, items)
    text = IN_ORDER.format(sign="-" if backwards else "")
    return run_text(r, node, text, "ordered", np=Static(np), keys=keys, items=items)


def _keys(r: Reader, node: ast.AST, key: Any, items: Any) -> Any:
    """Return the array of what a function gives for each item."""
    keys = run_text(r, node, KEYS, "keys", np=Static(np), key=key, items=items)
    if as_value(r, keys, node).type.rank != 1:
        r.refuse(node, "sorting by what is not known to be numbers", "return one number as the key")
    return keys


# --- tuples of numbers ------------------------------------------------------------------------


def _iterated(r: Reader, node: ast.AST, given: Iteration | Once) -> tuple[Any, int]:
    """Return the items of an iteration, and how many numbers each tuple has, 0 for others."""
    over = over_value(r, given, node)
    if isinstance(over, list):
        return Seq(over, list), 0
    with r.b.into(Block()):
        first = over.element(Const(0))
    return listed(r, node, over), len(_numbers(first))


def _numbers(item: Any) -> list[Any]:
    """Return the numbers of a tuple, which no other name can change; none for other items."""
    parts = item.items if isinstance(item, Seq) and item.kind is tuple else []
    return parts if all(isinstance(p, Value) and p.type.is_scalar for p in parts) else []


def _order(r: Reader, node: ast.AST, key: Any, items: Any, columns: Named, sign: str) -> Any:
    """Return the places of tuples in order: of a key, or of the first numbers that differ."""
    if not is_none(key):
        keys, text = _keys(r, node, key, items), BY_KEYS.format(sign=sign)
        return run_text(r, node, text, "order", np=Static(np), keys=keys)
    parts = ", ".join(f"{sign}np.array({name})" for name in reversed(columns))
    return run_text(r, node, BY_COLUMNS.format(keys=parts), "order", np=Static(np), **columns)


def _listed_tuples(
    r: Reader, node: ast.AST, key: Any, rows: Ref, width: int, backwards: bool
) -> Any:
    """Return as many tuples as there come, in order: a list of the graph."""
    columns = {
        f"part{place}": run_text(r, node, COLUMN.format(place=place), "column", rows=rows)
        for place in range(width)
    }
    order = _order(r, node, key, rows, columns, "-" if backwards else "")
    text = TUPLES.format(parts=", ".join(f"{name}[place]" for name in columns))
    return run_text(r, node, text, "ordered", order=order, **columns)


def _known_tuples(r: Reader, node: ast.AST, key: Any, items: Seq, backwards: bool) -> Seq | None:
    """Return tuples of known number in order; None where they are not all of alike numbers."""
    rows = [_numbers(item) for item in items.items]
    kinds = {tuple(part.type.kind for part in row) for row in rows}
    if len(kinds) != 1 or () in kinds:
        return None
    columns = {
        f"part{place}": Seq(list(column), list)
        for place, column in enumerate(zip(*rows, strict=True))
    }
    order = _order(r, node, key, items, columns, "-" if backwards else "")
    text = ONE.format(parts=", ".join(f"{name}[order[{{place}}]]" for name in columns))
    return Seq(
        [
            run_text(r, node, text.format(place=place), "one", order=order, **columns)
            for place in range(len(rows))
        ],
        list,
    )
