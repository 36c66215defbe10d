"""Calls that make sets, dicts and the containers of collections."""

from __future__ import annotations

import ast
import collections
from typing import Any

from gradgen.frontend import list_rows, row_kinds
from gradgen.frontend.aggregates import Args, Options, copied, run_text, sequence
from gradgen.frontend.arguments import any_items
from gradgen.frontend.classes import MISSING, found_in
from gradgen.frontend.entries import literal_items
from gradgen.frontend.places import is_none
from gradgen.frontend.reader import Reader
from gradgen.frontend.records import expanded
from gradgen.frontend.special import callee_name, no_more, special
from gradgen.frontend.tables import filled, is_table, made_dict, refuse_more
from gradgen.frontend.unbound import merged
from gradgen.frontend.values import (
    Map,
    Record,
    Seq,
    Static,
    is_static,
    static_value,
)
from gradgen.ir.nodes import Const
from gradgen.library.chain_maps import ChainedDicts
from gradgen.library.collections import KnownCounter, KnownSet
from gradgen.library.queues import LimitedDeque
from gradgen.library.sets import ComputedSet

FEW = 64  # numbers in a range of which a set is known


@special(dict.fromkeys, listed=False)
def _from_keys(r: Reader, node: ast.AST, args: Args, kwargs: Options) -> Any:
    """Read a dict with one value for all keys."""
    no_more(r, node, kwargs)
    keys = sequence(r, node, args[0])
    if not is_static(keys):
        r.refuse(node, "a dict with keys that are computed", "use a list, or constant keys")
    value = args[1] if len(args) > 1 else Static(None)
    return made_dict(r, node, dict.fromkeys(static_value(keys), value))


@special(set)
def _set(r: Reader, node: ast.AST, args: Args, kwargs: Options) -> Any:
    if args and (copied := _copied(r, node, args[0])) is not None:
        return copied
    return known_set(r, node, sequence(r, node, args[0]) if args else Seq([]))


def _copied(r: Reader, node: ast.AST, given: Any) -> Any:
    """Return a copy of a set of computed values, None for anything else."""
    if not isinstance(given, Record) or given.kind is not ComputedSet:
        return None
    return run_text(r, node, "out = a.copy()", "out", a=given)


def known_set(r: Reader, node: ast.AST, items: Any) -> Any:
    """Return a set as an object that can be written to: of what is known, if all sets can be."""
    # A cycle by nature: objects are made by calls.
    from gradgen.frontend.construction import construct

    r.book.has_sets = True
    texts = not r.book.words and isinstance(items, Seq) and any(map(_is_text, items.items))
    kind = ComputedSet if r.book.computed_sets and not texts else KnownSet
    return construct(r, node, kind, [items], {})


def _is_text(item: Any) -> bool:
    return isinstance(item, Static) and isinstance(item.obj, str)


@special(collections.Counter)
def _counter(r: Reader, node: ast.AST, args: Args, kwargs: Options) -> Any:
    from gradgen.frontend.construction import construct

    return construct(r, node, KnownCounter, [*args, *([Map(kwargs)] if kwargs else [])], {})


@special(collections.ChainMap)
def _chain_map(r: Reader, node: ast.AST, args: Args, kwargs: Options) -> Any:
    from gradgen.frontend.construction import construct

    if any(map(_makes_items, args)):
        what = "a defaultdict in a ChainMap, which makes items where others have them"
        r.refuse(node, what, "use a dict")
    return construct(r, node, ChainedDicts, args, kwargs)


def _makes_items(given: Any) -> bool:
    """Whether this is a ``defaultdict``."""
    if is_table(given):
        return not is_none(given.fields["factory"])
    return isinstance(given, Map) and given.factory is not None


def _members(r: Reader, node: ast.AST, given: Any) -> Any:
    """Return what is in a set that is made of something: of a short range, each number."""
    if row_kinds.is_range(given) and all(isinstance(v, Const) for v in given.bounds):
        numbers = range(*(v.const for v in given.bounds))
        if len(numbers) <= FEW:
            return Seq([Const(k) for k in numbers])
    return sequence(r, node, given)


@special(frozenset)
def _frozen_set(r: Reader, node: ast.AST, args: Args, kwargs: Options) -> Any:
    if args and (copied := _copied(r, node, args[0])) is not None:
        return copied
    items = literal_items(r, _members(r, node, args[0])) if args else Seq([])
    if is_static(items):
        return Static(frozenset(static_value(items)))
    if not r.book.computed_sets:
        r.refuse(node, "a set of computed values", "use a list")
    return known_set(r, node, items)


@special(collections.defaultdict)
def _with_factory(r: Reader, node: ast.AST, args: Args, kwargs: Options) -> Any:
    """Read a dict that makes what is missing."""
    factory = None if not args or is_none(args[0]) else list_rows.factory(r, node, args[0])
    r.book.made.note(collections.defaultdict)
    return _of_another_class(r, _new_dict(r, node, args[1:], kwargs, factory))


@special(collections.deque)
def _deque(r: Reader, node: ast.AST, args: Args, kwargs: Options) -> Any:
    """Read a queue: a list, or an object that keeps to a limit."""
    limit = args[1] if len(args) > 1 else kwargs.pop("maxlen", Static(None))
    no_more(r, node, kwargs)
    if not is_none(limit):
        # A cycle by nature: objects are made by calls.
        from gradgen.frontend.construction import construct

        r.book.made.note(LimitedDeque)
        return construct(r, node, LimitedDeque, [args[0] if args else Seq([]), limit], {})
    r.book.made.note(collections.deque)
    queue = copied(r, node, args[0]) if args else Seq([], list)
    if isinstance(queue, Seq):
        r.others.add(queue)
    return queue


@special(collections.namedtuple)
def _named_tuple(r: Reader, node: ast.AST, args: Args, kwargs: Options) -> Any:
    """Read the definition of a class of named tuples."""
    if not all(map(is_static, [*args, *kwargs.values()])):
        r.refuse(node, "a named tuple with computed names or defaults", "name them by constants")
    named: dict[str, Any] = {"module": r.frame.globals.get("__name__")}
    named |= {k: static_value(v) for k, v in kwargs.items()}
    given = tuple(static_value(a) for a in args)
    key = (node, repr((given, named)))
    try:
        # One class for each reading: tuples are told apart by it.
        if key not in r.book.named_tuples:
            r.book.named_tuples[key] = collections.namedtuple(*given, **named)
    except (TypeError, ValueError) as error:
        r.fail(node, error)
    return Static(r.book.named_tuples[key])


@special(dict, collections.OrderedDict)
def _dict(r: Reader, node: ast.AST, args: Args, kwargs: Options) -> Map | Record:
    """Return the dict of another, or of pairs, and of keyword arguments."""
    made = _new_dict(r, node, args, kwargs, None)
    if callee_name(node) != "OrderedDict":
        return made
    r.book.made.note(collections.OrderedDict)
    return _of_another_class(r, made)


def _of_another_class(r: Reader, made: Map | Record) -> Map | Record:
    """Note that a dict is not shown as one."""
    if isinstance(made, Map):
        r.others.add(made)
    return made


def _new_dict(r: Reader, node: ast.AST, args: Args, kwargs: Options, factory: Any) -> Map | Record:
    if id(node) not in r.book.tabled:
        return made_dict(r, node, dict_of(r, node, args, kwargs).items, factory)
    keys = [*[None for _ in args], *map(Static, kwargs)]
    return filled(r, node, keys, [*args, *kwargs.values()], factory)


def dict_of(r: Reader, node: ast.AST, args: Args, kwargs: Options) -> Map:
    """Return the dict of another with known keys, or of pairs, and of keyword arguments."""
    args = [expanded(r, a, node) for a in args]
    if args and isinstance(args[0], Record) and found_in(args[0].kind, "keys") is not MISSING:
        text = "pairs = [(key, held[key]) for key in held.keys()]"
        args = [run_text(r, node, text, "pairs", held=args[0])]
    if args and not isinstance(args[0], Map):
        pairs = sequence(r, node, args[0])
        known = isinstance(pairs, Seq) and all(
            isinstance(p, Seq) and len(p.items) == 2 and is_static(p.items[0]) for p in pairs.items
        )
        if not known or not isinstance(pairs, Seq):
            refuse_more(r, node, "dict of something that is not a dict", "write the keys out")
        return Map({**{static_value(p.items[0]): p.items[1] for p in pairs.items}, **kwargs})
    return Map(merged(r, any_items(r, node, args[0]) if args else {}, kwargs))
