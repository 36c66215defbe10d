"""Methods of lists and dicts: of known structure, or lists of the graph."""

from __future__ import annotations

import ast
from typing import Any

from gradgen.frontend import asked, lists, pointers, words
from gradgen.frontend.aggregates import copied, run_text, sequence
from gradgen.frontend.arguments import any_items, every_item
from gradgen.frontend.bindings import call_rule
from gradgen.frontend.branches import distribute, on_each
from gradgen.frontend.callables import from_library
from gradgen.frontend.collection_calls import dict_of
from gradgen.frontend.describing import describe
from gradgen.frontend.entries import KEYS
from gradgen.frontend.identities import key_of
from gradgen.frontend.iterables import Perhaps, over_sequence
from gradgen.frontend.method_calls import method, sort_array
from gradgen.frontend.ordering import ordered, sort_in_place
from gradgen.frontend.outside import is_own
from gradgen.frontend.picks import NO_KEY, by_number, chosen_or_none, numbers_in
from gradgen.frontend.reader import Reader
from gradgen.frontend.row_kinds import is_view
from gradgen.frontend.special import special
from gradgen.frontend.tables import refuse_key
from gradgen.frontend.unbound import found, is_there, may_miss, merged, or_else
from gradgen.frontend.values import (
    Box,
    Choice,
    Map,
    Ref,
    Seq,
    Static,
    is_static,
    plain,
    static_value,
)
from gradgen.ir.nodes import Const, Value, nothing
from gradgen.library import finding, queues
from gradgen.library.iterators import insert_within
from gradgen.rules.registry import RULES


@method("items", "keys", "values")
def _dict_view(
    r: Reader, node: ast.AST, owner: Any, args: list[Any], kwargs: dict[str, Any]
) -> Any:
    assert isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    items = over_sequence(r, node, owner, node.func.attr)
    if items is None:
        r.refuse(node, f"the method {node.func.attr!r} of a {describe(owner)}")
    view = (
        present(r, node, items) if any(isinstance(i, Perhaps) for i in items) else Seq(items, list)
    )
    if node.func.attr == "keys":
        r.key_views.append(view)
    elif isinstance(view, Seq):
        r.views.append((view, owner))
    return view


def present(r: Reader, node: ast.AST, items: list[Any]) -> Any:
    """Return the list of those items of a dict that are there."""
    lines, named = ["out = []"], {}
    for k, item in enumerate(items):
        there = isinstance(item, Perhaps)
        if isinstance(item, Perhaps):
            named[f"there{k}"], named[f"item{k}"] = is_there(r, item.now()), item.item
        else:
            named[f"item{k}"] = item
        lines.append(f"if there{k}: out.append(item{k})" if there else f"out.append(item{k})")
    return run_text(r, node, "\n".join(lines), "out", **named)


@method("get")
def _get(r: Reader, node: ast.AST, owner: Any, args: list[Any], kwargs: dict[str, Any]) -> Any:
    wanted = key_of(r, args[0])
    if isinstance(owner, Map) and isinstance(wanted, Choice):
        return distribute(r, node, wanted, lambda k: _get(r, node, owner, [k, *args[1:]], kwargs))
    if isinstance(owner, Map) and by_number(owner, wanted):
        chosen = chosen_or_none(r, node, owner, wanted)
        return on_each(r, node, chosen, lambda k: _got(r, node, owner, k, args[1:]))
    if isinstance(owner, Map) and pointers.is_word(wanted):
        return words.got(r, node, owner, wanted, args[1] if len(args) > 1 else Static(None))
    if not isinstance(owner, Map) or not is_static(wanted):
        what = f"the method 'get' of a {describe(owner)}, at a computed key"
        refuse_key(r, node, owner, wanted, what)
    return _got(r, node, owner, wanted, args[1:])


def _got(r: Reader, node: ast.AST, owner: Map, wanted: Any, other: list[Any]) -> Any:
    """Return the item at a known key, or the default; `NO_KEY`: at none that the dict has."""
    default = other[0] if other else Static(None)
    if wanted is NO_KEY:
        return default
    key = static_value(wanted)
    asked.note(r, owner, ("in", key))
    held = owner.items if key in owner.items else any_items(r, node, owner)
    return or_else(held.get(key, default), default)


@method("append")
def _append(r: Reader, node: ast.AST, owner: Any, args: list[Any], kwargs: dict[str, Any]) -> Any:
    if isinstance(owner, Seq) and owner.kind is list:
        r.fill(owner, [*owner.items, lists.kept_in_list(r, args[0], node)])
        return Static(None)
    if not isinstance(owner, Ref):
        r.refuse(node, f"append to a {describe(owner)}", "append to a list, or fill an array")
    lists.append(r, node, owner, args[0])
    return Static(None)


@method("pop")
def _pop(r: Reader, node: ast.AST, owner: Any, args: list[Any], kwargs: dict[str, Any]) -> Any:
    args = [key_of(r, a) for a in args[:1]] + args[1:]
    if isinstance(owner, Map) and is_static(args[0]):
        return _pop_key(r, node, owner, args)
    if isinstance(owner, Map) and isinstance(args[0], Choice):
        return distribute(r, node, args[0], lambda k: _pop(r, node, owner, [k, *args[1:]], kwargs))
    if isinstance(owner, Map):
        refuse_key(r, node, owner, args[0], "the method 'pop' of a dict, at a computed key")
    if _known(owner, *args):
        items = list(owner.items)
        try:
            item = items.pop(*map(static_value, args))
        except IndexError as error:
            r.fail(node, error)
        r.fill(owner, items)
        return item
    return lists.pop(r, node, _grown(r, node, owner), args)


@method("popleft")
def _popleft(r: Reader, node: ast.AST, owner: Any, args: list[Any], kwargs: dict[str, Any]) -> Any:
    return _pop(r, node, owner, [Const(0)], {})


@method("rotate")
def _rotate(r: Reader, node: ast.AST, owner: Any, args: list[Any], kwargs: dict[str, Any]) -> Any:
    return from_library(r, node, queues.rotate, [owner, *args], kwargs)


@method("extendleft")
def _extendleft(
    r: Reader, node: ast.AST, owner: Any, args: list[Any], kwargs: dict[str, Any]
) -> Any:
    text = "for item in items: queue.insert(0, item)"
    run_text(r, node, text, "queue", queue=owner, items=args[0])
    return Static(None)


@method("appendleft")
def _appendleft(
    r: Reader, node: ast.AST, owner: Any, args: list[Any], kwargs: dict[str, Any]
) -> Any:
    return _insert(r, node, owner, [Const(0), *args], {})


def _pop_key(r: Reader, node: ast.AST, owner: Map, args: list[Any]) -> Any:
    key, rest = static_value(args[0]), dict(any_items(r, node, owner))
    if key not in rest and len(args) > 1:
        return args[1]
    if key not in rest:
        r.fail(node, KeyError(key))
    item = rest.pop(key)
    r.fill(owner, rest)
    return or_else(item, args[1]) if len(args) > 1 else found(r, item, KeyError(key), node)


@method("popitem")
def _popitem(r: Reader, node: ast.AST, owner: Any, args: list[Any], kwargs: dict[str, Any]) -> Any:
    if not isinstance(owner, Map):
        r.refuse(node, f"the method 'popitem' of a {describe(owner)}")
    rest = dict(every_item(r, node, owner))
    if not rest:
        r.fail(node, KeyError("popitem(): dictionary is empty"))
    key = next(iter(rest)) if _is_first(args, kwargs) else next(reversed(rest))
    item = rest.pop(key)
    r.fill(owner, rest)
    return Seq([plain(key), item], tuple)


@method("move_to_end")
def _move_to_end(
    r: Reader, node: ast.AST, owner: Any, args: list[Any], kwargs: dict[str, Any]
) -> Any:
    wanted = key_of(r, args[0] if args else kwargs.pop("key"))
    if not isinstance(owner, Map) or not is_static(wanted):
        r.refuse(node, f"the method 'move_to_end' of a {describe(owner)}, at a computed key", KEYS)
    key, rest = static_value(wanted), dict(every_item(r, node, owner))
    if key not in rest:
        r.fail(node, KeyError(key))
    moved = {key: rest.pop(key)}
    r.fill(owner, {**moved, **rest} if _is_first(args[1:], kwargs) else {**rest, **moved})
    return Static(None)


def _is_first(args: list[Any], kwargs: dict[str, Any]) -> bool:
    """Whether ``last=False`` is given: the method means the first item of an ordered dict."""
    last = args[0] if args else kwargs.get("last", Const(True))
    return is_static(last) and not static_value(last)


def _known(owner: Any, *static: Any) -> bool:
    """Whether a method's owner is a list of known length, and its arguments are known."""
    return isinstance(owner, Seq) and owner.kind is list and all(map(is_static, static))


def _grown(r: Reader, node: ast.AST, owner: Any) -> Ref:
    """Return the owner of a list's method as a list of the graph."""
    if isinstance(owner, Seq) and owner.kind is list:
        return r.graph_list(owner)
    if not lists.is_list(r, owner):
        assert isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        r.refuse(node, f"the method {node.func.attr!r} of a {describe(owner)}")
    assert isinstance(owner, Ref)
    return owner


@method("extend")
def _extend(r: Reader, node: ast.AST, owner: Any, args: list[Any], kwargs: dict[str, Any]) -> Any:
    more = sequence(r, node, args[0])
    if _known(owner) and isinstance(more, Seq):
        r.fill(owner, [*owner.items, *more.items])
    else:
        lists.extend(r, node, _grown(r, node, owner), more)
    return Static(None)


@method("insert")
def _insert(r: Reader, node: ast.AST, owner: Any, args: list[Any], kwargs: dict[str, Any]) -> Any:
    if _known(owner, args[0]):
        items = list(owner.items)
        items.insert(static_value(args[0]), args[1])
        r.fill(owner, items)
    else:
        lists.insert(r, node, _grown(r, node, owner), *args)
    return Static(None)


@special(insert_within, listed=False)
def _insert_within(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    owner, place, value = args
    if _known(owner, place):
        return _insert(r, node, owner, [place, value], kwargs)
    lists.insert(r, node, _grown(r, node, owner), place, value, within=True)
    return Static(None)


@method("reverse")
def _reverse(r: Reader, node: ast.AST, owner: Any, args: list[Any], kwargs: dict[str, Any]) -> Any:
    if _known(owner):
        r.fill(owner, owner.items[::-1])
    else:
        lists.reverse(r, node, _grown(r, node, owner))
    return Static(None)


@method("clear")
def _clear(r: Reader, node: ast.AST, owner: Any, args: list[Any], kwargs: dict[str, Any]) -> Any:
    if isinstance(owner, Map):
        r.fill(owner, {})
    elif _known(owner):
        r.fill(owner, [])
    else:
        lists.resize(r, _grown(r, node, owner), r.b.emit("list", []))
    return Static(None)


@method("sort")
def _sort(r: Reader, node: ast.AST, owner: Any, args: list[Any], kwargs: dict[str, Any]) -> Any:
    if not isinstance(owner, Seq) and not lists.is_list(r, owner):
        return sort_array(r, node, owner, args, kwargs)
    known = isinstance(owner, Seq) and owner.kind is list and owner.grown is None
    new = sort_in_place(r, node, owner, kwargs) if known else ordered(r, node, [owner], kwargs)
    if _known(owner) and isinstance(new, Seq):
        r.fill(owner, new.items)
    else:
        lists.replace(r, _grown(r, node, owner), r.read(new))
    return Static(None)


@method("update")
def _update(r: Reader, node: ast.AST, owner: Any, args: list[Any], kwargs: dict[str, Any]) -> Any:
    if not isinstance(owner, Map):
        r.refuse(node, f"the method 'update' of a {describe(owner)}")
    if args and isinstance(args[0], Choice):

        def on_path(one: Any) -> Any:
            return _update(r, node, owner, [one, *args[1:]], kwargs)

        return distribute(r, node, args[0], on_path)
    more = dict_of(r, node, args, kwargs).items
    r.fill(owner, merged(r, any_items(r, node, owner), more))
    return Static(None)


@method("copy")
def _copy(r: Reader, node: ast.AST, owner: Any, args: list[Any], kwargs: dict[str, Any]) -> Any:
    if isinstance(owner, Map):
        out = dict_of(r, node, [owner], {})
        out.factory = owner.factory
        return out
    if isinstance(owner, Seq) and owner.kind is tuple and not is_own(r.frame.globals):
        r.fail(node, AttributeError("'tuple' object has no attribute 'copy'"))
    if isinstance(owner, Seq) or lists.is_list(r, owner):
        return copied(r, node, owner)
    return call_rule(r, node, RULES["copy"], [owner, *args], kwargs)


@method("setdefault")
def _setdefault(
    r: Reader, node: ast.AST, owner: Any, args: list[Any], kwargs: dict[str, Any]
) -> Any:
    wanted = key_of(r, args[0])
    if isinstance(owner, Map) and isinstance(wanted, Choice):
        work = lambda k: _setdefault(r, node, owner, [k, *args[1:]], kwargs)  # noqa: E731
        return distribute(r, node, wanted, work)
    if not isinstance(owner, Map) or not is_static(wanted):
        what = f"the method 'setdefault' of a {describe(owner)}, at a computed key"
        refuse_key(r, node, owner, wanted, what)
    key = static_value(wanted)
    default = args[1] if len(args) > 1 else Static(None)
    held = owner.items if key in owner.items else any_items(r, node, owner)
    if may_miss(held.get(key, nothing(str(key)))):
        r.fill(owner, {**held, key: or_else(held.get(key, default), default)})
    return owner.items[key]


@method("isdisjoint")
def _isdisjoint(
    r: Reader, node: ast.AST, owner: Any, args: list[Any], kwargs: dict[str, Any]
) -> Any:
    """Read whether the keys of a dict are none of others."""
    if not is_view(r, owner):
        r.refuse(node, f"the method 'isdisjoint' of a {describe(owner)}")
    return run_text(r, node, "out = set(keys).isdisjoint(others)", "out",
                    set=Static(set), keys=owner, others=args[0])  # fmt: skip


@method("indices")
def _indices(r: Reader, node: ast.AST, owner: Any, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Read ``s.indices(n)`` of a slice: where it begins and ends in so many items, and its step."""
    if not isinstance(owner, Seq) or owner.kind is not tuple or len(owner.items) != 3:
        r.refuse(node, f"the method 'indices' of a {describe(owner)}")
    return from_library(r, node, finding.indices, [*owner.items, *args], kwargs)


@method("send")
def _send(r: Reader, node: ast.AST, owner: Any, args: list[Any], kwargs: dict[str, Any]) -> Any:
    from gradgen.frontend.resumed import send

    return send(r, owner, args[0], node)


@method("__getitem__")
def _getitem(r: Reader, node: ast.AST, owner: Any, args: list[Any], kwargs: dict[str, Any]) -> Any:
    return run_text(r, node, "out = owner[key]", "out", owner=owner, key=args[0])


@method("count")
def _count(r: Reader, node: ast.AST, owner: Any, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Read how often a list or tuple has an item."""
    if isinstance(owner, Seq) and is_static(owner) and is_static(args[0]):
        return Const(static_value(owner).count(static_value(args[0])))
    if not isinstance(owner, Seq) and not lists.is_list(r, owner):
        r.refuse(node, f"the method 'count' of a {describe(owner)}", "use np.sum(array == value)")
    return from_library(r, node, finding.count, [owner, *args], kwargs)


@method("remove")
def _remove(r: Reader, node: ast.AST, owner: Any, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Read the removal of the first item that is equal to a value."""
    if not isinstance(owner, Ref) and not (isinstance(owner, Seq) and owner.kind is list):
        r.refuse(node, f"the method 'remove' of a {describe(owner)}")
    return run_text(r, node, "out = items.pop(items.index(value))\nout = None", "out",
                    items=owner, value=args[0])  # fmt: skip


@method("index")
def _index(r: Reader, node: ast.AST, owner: Any, args: list[Any], kwargs: dict[str, Any]) -> Any:
    if isinstance(owner, Ref) and not lists.is_list(r, owner):
        r.refuse(node, "the method 'index' of an array", "use np.argmax(array == value)")
    if isinstance(owner, Seq) and is_static(owner) and all(map(is_static, args)):
        try:
            return Const(static_value(owner).index(*map(static_value, args)))
        except ValueError as error:
            r.fail(node, error)
    if isinstance(owner, Seq) and is_static(owner):
        lists.write_out(r, numbers_in(args[0]))  # in a loop of few turns, the place is known
    if len(args) > 1 or not _of_plain_items(r, owner, args[0]):
        return from_library(r, node, finding.index, [owner, *args], kwargs)
    items = _grown(r, node, owner)
    if isinstance(args[0], Choice):  # None on a path, say: it is not there
        return distribute(r, node, args[0], lambda option: _place(r, node, items, option))
    return _place(r, node, items, args[0])


def _place(r: Reader, node: ast.AST, items: Any, value: Any) -> Any:
    if pointers.is_none_itself(value):
        r.fail(node, ValueError("None is not in list"))
    return r.b.emit("index_of", [r.read(items), lists.as_item(r, value, node)])


def _of_plain_items(r: Reader, owner: Any, item: Any) -> bool:
    """Whether a list holds what Python's own method compares as the text does."""
    if isinstance(owner, Seq):
        known = owner.kind is list and not isinstance(item, Box)
        return known and all(isinstance(i, Value) for i in owner.items)
    if not lists.is_list(r, owner):
        return False
    of = r.read(owner).type.item  # of a list that is empty, as far as is known, there is none
    return of is None or not (of.of and pointers.by_value(of.of.kind))
