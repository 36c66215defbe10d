"""Iterations over one thing or another, by the path."""

from __future__ import annotations

import ast
import functools
from collections.abc import Callable
from typing import Any

from gradgen.frontend.arguments import every_item
from gradgen.frontend.branches import choose
from gradgen.frontend.indices import Index
from gradgen.frontend.lists import as_list, held, is_list, over_list
from gradgen.frontend.pointers import holds_words, is_none_itself
from gradgen.frontend.possible import possible
from gradgen.frontend.reader import Reader
from gradgen.frontend.subscripts import load_index
from gradgen.frontend.unbound import raise_where
from gradgen.frontend.values import (
    Choice,
    Iteration,
    Map,
    Ref,
    Seq,
    Static,
    plain,
)
from gradgen.ir.nodes import Const, Value

NOT_ITERABLE = TypeError("'NoneType' object is not iterable")


def chooses_arrays(value: Any) -> bool:
    """Whether a value is one array or another, by the path."""
    options = (value.then, value.other) if isinstance(value, Choice) else ()
    return bool(options) and all(isinstance(o, Ref) or chooses_arrays(o) for o in options)


def over_chosen(
    r: Reader, value: Choice, node: ast.AST, over: Callable[[Reader, Any, ast.AST], Any]
) -> Iteration | list[Any]:
    """Return the iteration over one thing or another: two containers of as many items.

    ``over`` gives the iteration over a value that is known to be one.
    """
    known = without_none(r, value, node)
    if known is not value:
        return over(r, known, node)
    one, two = (over(r, option, node) for option in (value.then, value.other))
    _watch(r, value)
    if isinstance(one, list) and isinstance(two, list) and len(one) == len(two):
        return [Choice(value.test, a, b) for a, b in zip(one, two, strict=True)]
    nested = any(isinstance(r.settled(side), Choice) for side in (value.then, value.other))
    grows = _may_grow(r, value)
    columns = None
    if nested or not grows:
        columns = _columns_chosen(r, _by_keys(r, value, node, over), node)
    if columns is not None:
        return columns
    grown = _grown(r, value, node) if grows else None
    if isinstance(grown, Ref):
        return over_list(r, grown, node)
    beside = _beside_arrays(r, value, node)
    if chooses_arrays(beside):
        return over(r, beside, node)
    r.refuse(node, "a loop over a container or another, by the path", "loop on each path")


def without_none(r: Reader, value: Choice, node: ast.AST) -> Any:
    """Return what a choice is where it is not None, and raise what Python raises where it is."""
    known = r.settled(value)
    if not isinstance(known, Choice) or not any(map(is_none_itself, _options(r, known))):
        return known
    if _may_be_none(r, known, r.facts):
        raise_where(r, NOT_ITERABLE, r.read(_asked(r, known)), r.span(node))
    return _but_none(r, known)


def _may_be_none(r: Reader, value: Any, known: dict[Value, bool]) -> bool:
    """Whether a choice is None on a path that goes with what is known."""
    if isinstance(value, Choice):
        sides = ((value.then, True), (value.other, False))
        return any(_may_be_none(r, o, {**known, value.test: holds}) for o, holds in sides)
    return is_none_itself(value) and possible(known)


def _asked(r: Reader, value: Any) -> Any:
    """Return the truth of ``value is None``."""
    value = r.settled(value)
    if isinstance(value, Choice):
        return Choice(value.test, _asked(r, value.then), _asked(r, value.other))
    return Const(is_none_itself(value))


def _but_none(r: Reader, value: Any) -> Any:
    """Return what a choice is on those paths on which it is not None; None if there are none."""
    value = r.settled(value)
    if not isinstance(value, Choice):
        return value
    then, other = _but_none(r, value.then), _but_none(r, value.other)
    if is_none_itself(then) or is_none_itself(other):
        return other if is_none_itself(then) else then
    return Choice(value.test, then, other)


def _beside_arrays(r: Reader, value: Choice, node: ast.AST) -> Any:
    """Return a choice of arrays and of lists of numbers, with the latter as lists of the graph."""
    options = [o for o in _options(r, value) if not isinstance(o, Ref)]
    if not all(isinstance(o, Seq) and o.kind in (list, tuple) for o in options):
        return None
    if not all(isinstance(i, Value) and i.type.is_scalar for o in options for i in o.items):
        return None
    return _on_paths(r, value, node, lambda o: _grown(r, o, node) if isinstance(o, Seq) else o)


def _watch(r: Reader, value: Choice) -> None:
    """Have a loop refused that writes to the containers, of which the items are copied before."""
    # A cycle by nature: what a generator yields is looped over.
    from gradgen.frontend.yielded import Seen

    given = {str(k): option for k, option in enumerate(_options(r, value))}
    r.yielding.append(Seen(r, ast.Pass(), r.frame, given, deep=False))


def _columns_chosen(r: Reader, value: Choice, node: ast.AST) -> Iteration | None:
    """Return the iteration over lists of numbers, or of tuples of them, of which a path has one.

    Texts are as numbers where they are values of the graph; a dict is the list of its keys.

    Each place in the tuples has a list of its own, as in the edges of a graph and their weights.
    """
    options = _options(r, value)
    rows = [row for option in options if isinstance(option, Seq) for row in option.items]
    widths = {len(row.items) if isinstance(row, Seq) else 0 for row in rows}
    if len(widths) != 1 or not all(isinstance(option, Seq) for option in options):
        return None
    width = widths.pop()
    if any(row.kind is not tuple for row in rows if isinstance(row, Seq)):
        return None
    numbers = [part for row in rows for part in (row.items if width else [row])]
    if not all(map(functools.partial(_fits_column, r), numbers)):
        return None
    chosen = _on_paths(r, value, node, lambda option: _columns(r, option, width, node))
    seen = [(option, option.items) for option in options]

    def element(i: Value) -> Any:
        if any(option.items is not items or option.grown for option, items in seen):
            r.refuse(node, "the loop's body changes what the loop runs over", "loop over a copy")
        index = Index()
        index.spelling, index.operands = "i", [i]
        parts = [load_index(r, column, index) for column in chosen.items]
        return Seq(parts) if width else parts[0]

    return Iteration(r.b.emit("len", [r.read(chosen.items[0])]), element)


def _fits_column(r: Reader, part: Any) -> bool:
    words = r.book.words and holds_words(part)
    return words or (isinstance(part, Value) and part.type.is_scalar)


def _by_keys(
    r: Reader, value: Any, node: ast.AST, over: Callable[[Reader, Any, ast.AST], Any]
) -> Any:
    """Return a choice of dicts and sets as one of what a loop over them runs over, in order."""
    value = r.settled(value)
    if isinstance(value, Choice):
        sides = (_by_keys(r, option, node, over) for option in (value.then, value.other))
        return Choice(value.test, *sides)
    if isinstance(value, Static) and isinstance(value.obj, set | frozenset):
        return Seq(over(r, value, node), list)
    if r.book.words and isinstance(value, Map):
        return Seq([plain(k) for k in every_item(r, node, value)], list)
    return value


def _options(r: Reader, value: Any) -> list[Any]:
    value = r.settled(value)
    if isinstance(value, Choice):
        return [*_options(r, value.then), *_options(r, value.other)]
    return [value]


def _on_paths(r: Reader, value: Any, node: ast.AST, work: Callable[[Any], Any]) -> Any:
    """Return ``work`` of what a choice is, done on each path."""
    value = r.settled(value)
    if not isinstance(value, Choice):
        return work(value)
    sides = [functools.partial(_on_paths, r, o, node, work) for o in (value.then, value.other)]
    return choose(r, node, value.test, sides[0], sides[1])


def _columns(r: Reader, rows: Seq, width: int, node: ast.AST) -> Seq:
    """Return the columns of a list of tuples, or the list of numbers, as lists of the graph."""
    parts = [[row.items[k] for row in rows.items] for k in range(width)] or [rows.items]
    return Seq([_grown(r, Seq(part, list), node) for part in parts])


def _may_grow(r: Reader, value: Any) -> bool:
    """Whether a list of the graph can stand for a value, on each path."""
    value = r.settled(value)
    if isinstance(value, Choice):
        return all(_may_grow(r, side) for side in (value.then, value.other))
    return isinstance(value, Seq) or is_list(r, value)


def _grown(r: Reader, value: Any, node: ast.AST) -> Any:
    value = r.settled(value)
    if isinstance(value, Choice):
        _list_rows(r, value)
        then, other = (functools.partial(_grown, r, o, node) for o in (value.then, value.other))
        return choose(r, node, value.test, then, other)
    return held(r, as_list(r, value, node), value)


def differ_in_length(r: Reader, value: Any) -> bool:
    """Whether a value is one of several lists, of which the path decides how long each is."""
    if not isinstance(value, Choice):
        return False
    held = [o for o in _options(r, value) if not is_none_itself(o)]
    known = {len(o.items) if isinstance(o, Seq) else None for o in held}
    return (len(known) > 1 or len(held) < len(_options(r, value))) and all(
        isinstance(o, Seq) or is_list(r, o) for o in held
    )


def as_one_list(r: Reader, value: Any, node: ast.AST) -> Any:
    """Return one of several lists of numbers, as long as the path says, as a list of the graph."""
    value = r.settled(value)
    if not differ_in_length(r, value) or not _may_grow(r, value):
        return value
    return _grown(r, value, node)


def _list_rows(r: Reader, value: Any) -> None:
    """Make rows lists of the graph before the paths part, so that they are the same on each."""
    if isinstance(value, Choice):
        _list_rows(r, value.then)
        _list_rows(r, value.other)
    for row in value.items if isinstance(value, Seq) else ():
        if isinstance(row, Seq) and row.kind is list:
            r.graph_list(row)
