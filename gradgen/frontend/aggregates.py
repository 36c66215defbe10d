"""Builtins that take sequences: sums, extremes, tests, and containers made of their items."""

from __future__ import annotations

import ast
import functools
import math
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from gradgen.frontend import comprehensions, lists, row_kinds
from gradgen.frontend.branches import chain, choose, truth
from gradgen.frontend.callables import borrowed, from_library
from gradgen.frontend.evaluate import as_value
from gradgen.frontend.flow import read_statements
from gradgen.frontend.iterables import counted, current, of_known_length, over_value, takes_turns
from gradgen.frontend.objects import class_of
from gradgen.frontend.places import at
from gradgen.frontend.pointers import holds_words
from gradgen.frontend.raising import NEVER, returned
from gradgen.frontend.reader import Reader
from gradgen.frontend.signals import FOR, InTurns, OwnIterator
from gradgen.frontend.special import callee_name, no_more, special
from gradgen.frontend.state import acts, has_effects, place, since
from gradgen.frontend.unbound import raise_where
from gradgen.frontend.values import (
    Generator,
    Iteration,
    Lazy,
    Record,
    Ref,
    Seq,
    Static,
    is_static,
    plain,
    static_value,
)
from gradgen.ir.nodes import Const
from gradgen.ir.types import join
from gradgen.library import polynomials, python
from gradgen.library.dicts import ComputedDict
from gradgen.rules.complexes import is_complex
from gradgen.syntax import located, names_in, nodes_in

Args = list[Any]
Options = dict[str, Any]


def sequence(r: Reader, node: ast.AST, value: Any) -> Seq | Ref:
    """Return what a builtin runs over: items of known number, an array or a list that grows."""
    if isinstance(value, Generator | Lazy):
        # A cycle by nature: generators are comprehensions, which loop.
        from gradgen.frontend.generators import all_items_of

        value = all_items_of(r, node, value)
    if isinstance(value, Ref):
        return value
    try:
        with r.heading(node):
            over = over_value(r, value, node)
    except InTurns as turns:
        return sequence(r, node, turns.generator)
    except OwnIterator as found:
        out = run_text(r, node, "out = [item for item in items]", "out", items=found.iterator)
        assert isinstance(out, Seq | Ref)
        return out
    if isinstance(over, list):
        return Seq([r.settled(current(r, item, node)) for item in over], list)
    return listed(r, node, over)


def listed(r: Reader, node: ast.AST, over: Iteration) -> Seq | Ref:
    """Return the items of an iteration as a list, which grows where their number is not known."""
    out = run_text(r, node, "out = [item for item in over]", "out", over=over)
    assert isinstance(out, Seq | Ref)
    return out


def run_text(r: Reader, node: ast.AST, text: str, result: str, **values: Any) -> Any:
    """Read statements in the reader's own words, with some names bound; return another."""
    key = (id(node), text)
    if key not in r.expansions:
        tree = ast.parse(text)
        names = names_in([tree])
        mine = {n: f"{n} {len(r.expansions)}" for n in sorted(names)}
        for n in nodes_in(tree):
            if isinstance(n, ast.Name):
                n.id = mine.get(n.id, n.id)
            if "lineno" in n._attributes:
                ast.copy_location(n, node)
        r.expansions[key] = tree.body, mine
    body, mine = r.expansions[key]
    builtins = {f.__name__: Static(f) for f in (range, len, min) if f.__name__ in mine}
    for name, value in {**builtins, **values}.items():
        r.frame.names[mine[name]] = value
    read_statements(r, body)
    out = returned(r, r.frame.names.get(mine[result], NEVER))
    for name in mine.values():
        r.frame.names.pop(name, None)
    return out


# --- sums -----------------------------------------------------------------------------------


@special(sum)
def _sum(r: Reader, node: ast.AST, args: Args, kwargs: Options) -> Any:
    start = args[1] if len(args) > 1 else kwargs.get("start", Const(0))
    from_zero = isinstance(start, Const) and start.const == 0 and type(start.const) is int
    if isinstance(args[0], Generator):
        known = comprehensions.written_out(
            r, comprehensions.as_list(r, args[0].node), bool(r.book.effort & FOR)
        )
        if known is None:
            total = comprehensions.summed(r, args[0].node, as_value(r, start, node))
            if total is not None:
                return total
            known = comprehensions.collected(r, args[0].node)
        args = [known]
    items = sequence(r, node, args[0])
    if isinstance(items, Seq):
        return _sum_of_items(r, node, items, start, from_zero)
    v = as_value(r, items, node)
    if v.type.rank is None and v.type.kind != "list":
        r.refuse(node, f"the builtin sum of a {v.type}", "use np.sum")
    if not from_zero:
        text = "total = start\nfor item in over:\n    total = total + item"
        return run_text(r, node, text, "total", start=start, over=items)
    return r.hold(r.b.emit("py_sum", [v], span=r.span(node)))


def _sum_of_items(r: Reader, node: ast.AST, items: Seq, start: Any, from_zero: bool) -> Any:
    if all(map(is_static, items.items)) and is_static(start):
        return plain(sum(map(static_value, items.items), static_value(start)))
    alone = not any(isinstance(i, Seq) or class_of(i) for i in (start, *items.items))
    first = [] if from_zero or not alone else [as_value(r, start, node)]
    values = first + [as_value(r, i, node) for i in items.items] if alone else []
    # From Python 3.14 on, sum adds Python's complex numbers with a compensation.
    as_they_come = any(
        is_complex(v) and not (v.type.weak and sys.version_info >= (3, 14)) for v in values
    )
    scalars = bool(values) and all(v.type.is_scalar for v in values)
    if ((from_zero and alone) or scalars) and not as_they_come:
        return r.hold(r.b.emit("sum_items", values, span=r.span(node)))
    from gradgen.frontend.operators import binary

    total, plus = start, located(ast.BinOp(ast.Constant(0), ast.Add(), ast.Constant(0)), node)
    for item in items.items:
        total = binary(r, plus, total, item)
    return total


# --- extremes -------------------------------------------------------------------------------

BEST = """
best = first
best_key = key(best)
for item in rest:
    item_key = key(item)
    if item_key {sign} best_key:
        best = item
        best_key = item_key
"""

# Of the keys of a dict: each is read where it stands, so that the dict is known to have it.
BEST_KEY = BEST.replace("first", "items[0]", 1).replace(
    "for item in rest:\n", "for place in range(1, len(items)):\n    item = items[place]\n"
)


def _listed_before(r: Reader, node: ast.AST, given: Any, key: Any) -> Seq | Ref:
    """Return the items of which one is chosen; a key is asked for behind each of them."""
    if _is_none(key):
        return sequence(r, node, given)
    # A cycle by nature: generators are read as functions.
    from gradgen.frontend.yielded import taken_singly

    if isinstance(given, Lazy) and takes_turns(r, given):
        what = f"{callee_name(node)} with a key of a generator with effects"
        r.refuse(node, what, "make a list of it before")
    with taken_singly(r, node):
        return sequence(r, node, given)


@special(max, min)
def _extremum(r: Reader, node: ast.AST, args: Args, kwargs: Options) -> Any:
    # A cycle by nature: what a loop runs over may have a largest item.
    from gradgen.frontend.iteration import unchanged_by

    name = callee_name(node)
    key, default = kwargs.pop("key", Static(None)), kwargs.pop("default", None)
    no_more(r, node, kwargs)
    if not args:
        r.fail(node, TypeError(f"{name} expected at least 1 argument, got 0"))
    start = place(r)
    keys = _keys_of(r, args[0], key) if len(args) == 1 else None
    items = keys or (_listed_before(r, node, args[0], key) if len(args) == 1 else Seq(args))
    listed = place(r)
    if isinstance(items, Ref) and r.read(items).type.rank not in (0, 1):
        r.refuse(node, f"{name} of an array of rank over 1", f"use np.{name}")
    best = functools.partial(_best_or, r, node, name, items, key, default, bool(keys))
    out = unchanged_by(r, node, args[0], best) if len(args) == 1 else best()
    done = since(r, start)
    if acts(done[: listed - start]) and acts(done[listed - start :]):
        what = f"{name} with a key that has effects, of a generator with effects"
        r.refuse(node, what, "make a list of it before")
    return out


def _is_none(key: Any) -> bool:
    return is_static(key) and static_value(key) is None


def _keys_of(r: Reader, given: Any, key: Any) -> Ref | None:
    """Return the list of keys of a dict of which a function of the keys chooses one."""
    if not isinstance(given, Record) or given.kind is not ComputedDict or _is_none(key):
        return None
    names = r.settled(given.fields["names"])
    return names if isinstance(names, Ref) else None


def _best_or(
    r: Reader, node: ast.AST, name: str, items: Seq | Ref, key: Any, default: Any, of_dict: bool
) -> Any:
    """Return the largest or smallest item, or key of a dict, or a default where there is none."""
    if default is not None:
        if isinstance(items, Seq) and not items.items:
            return default
        if not isinstance(items, Seq):
            length = r.b.emit("len", [r.read(items)])
            return choose(
                r, node, length, lambda: _best(r, node, name, items, key, False, of_dict),
                lambda: default,
            )  # fmt: skip
    return _best(r, node, name, items, key, of_dict=of_dict)


def _best(
    r: Reader,
    node: ast.AST,
    name: str,
    items: Seq | Ref,
    key: Any,
    empty: bool = True,
    of_dict: bool = False,
) -> Any:
    """Return the largest or smallest item by a key; ``empty``: there may be none, which raises."""
    if isinstance(items, Seq) and not items.items:
        r.fail(node, ValueError(f"{name}() arg is an empty sequence"))
    if isinstance(key, Static) and key.obj is None:
        return _best_number(r, node, name, items, empty)
    if isinstance(items, Ref) and empty:
        _require_items(r, node, name, items)
    sign = ">" if name == "max" else "<"
    if isinstance(items, Ref) and of_dict:
        text = BEST_KEY.format(sign=sign)
        return run_text(r, node, text, "best", items=items, key=key)
    if isinstance(items, Seq):
        first, rest = items.items[0], Seq(items.items[1:], list)
    else:
        first, rest = _first_and_rest(r, node, items)
    text = BEST.format(sign=sign)
    return run_text(r, node, text, "best", first=first, rest=rest, key=key)


def _require_items(r: Reader, node: ast.AST, name: str, items: Ref) -> None:
    span = r.span(node)
    none = r.b.emit("eq", [r.b.emit("len", [r.read(items)]), Const(0)], span=span)
    raise_where(r, ValueError(f"{name}() arg is an empty sequence"), none, span)


def _first_and_rest(r: Reader, node: ast.AST, items: Ref) -> tuple[Any, Any]:
    both = run_text(r, node, "both = items[0], items[1:]", "both", items=items)
    return both.items[0], both.items[1]


def _better(r: Reader, node: ast.AST, name: str, one: Const, other: Const) -> Const:
    try:
        return Const((max if name == "max" else min)(one.const, other.const))
    except TypeError as error:
        r.fail(node, error)


def _best_number(r: Reader, node: ast.AST, name: str, items: Seq | Ref, empty: bool) -> Any:
    if isinstance(items, Ref):
        v = r.read(items)
        if v.type.kind != "list" and v.type.rank != 1:
            r.refuse(node, f"the builtin {name} of a {v.type}", f"use np.{name}")
        item = v.type.item
        if item is not None and (item.kind == "list" or item.of):  # compared as Python does
            return _best(r, node, name, items, borrowed(python.itself, r.span(node)), empty)
        return r.b.emit(f"py_{name}", [v], span=r.span(node))
    out, *rest = items.items
    if all(map(is_static, items.items)):
        best: Callable[..., Any] = max if name == "max" else min
        values = list(map(static_value, items.items))
        try:
            return items.items[best(range(len(values)), key=values.__getitem__)]
        except TypeError as error:
            r.fail(node, error)
    if any(isinstance(item, Seq | Record) or holds_words(item) for item in items.items):
        itself = borrowed(python.itself, r.span(node))
        return _best(r, node, name, items, itself)
    out = as_value(r, out, node)
    for item in rest:
        v = as_value(r, item, node)
        if isinstance(out, Const) and isinstance(v, Const):
            out = _better(r, node, name, out, v)
        else:
            both = join(out.type, v.type)
            out = r.b.emit(f"{name}2", [out, v], span=r.span(node))
            if both is not None and both.kinds:
                out.type = replace(out.type, kinds=True)
    return out


# --- tests ----------------------------------------------------------------------------------


FOUND = {  # what a generator yields after the first that tells is never computed
    True: "out = False\nfor item in items:\n    if item:\n        out = True\n        break",
    False: "out = True\nfor item in items:\n    if not item:\n        out = False\n        break",
}


@special(any, all)
def _tested(r: Reader, node: ast.AST, args: Args, kwargs: Options) -> Any:
    wanted = callee_name(node) == "any"
    tests: list[Callable[[], Any]] | None
    if isinstance(args[0], Generator):
        tests = comprehensions.tests_of(r, args[0].node, wanted)
        if tests is None:
            return comprehensions.tested(r, args[0].node, wanted)
    elif isinstance(args[0], Lazy) and _is_asked_singly(r, node, args[0]):
        return run_text(r, node, FOUND[wanted], "out", items=args[0])
    else:
        items = sequence(r, node, args[0])
        if not isinstance(items, Seq):
            text = f"{callee_name(node)}(item for item in items)"
            return run_text(r, node, f"out = {text}", "out", items=items, **{
                callee_name(node): Static(any if wanted else all)
            })  # fmt: skip
        tests = [lambda item=item: item for item in items.items]  # type: ignore[misc]
    if not tests:
        return Const(not wanted)
    assert isinstance(node, ast.expr)
    truths = [lambda t=t: _truth(r, t(), node) for t in tests]
    return chain(r, node, truths, stop_on=wanted)


def _is_asked_singly(r: Reader, node: ast.AST, items: Lazy) -> bool:
    """Whether items are found one by one: by a generator, or by a function with effects."""
    return items.called is not None or has_effects(r, lambda: sequence(r, node, items))


def _truth(r: Reader, value: Any, node: ast.AST) -> Any:
    assert isinstance(node, ast.expr)
    v = truth(r, value, node)
    return v if v.type.kind == "bool" else r.b.emit("bool", [v])


@special(math.prod, listed=False)
def _product(r: Reader, node: ast.AST, args: Args, kwargs: Options) -> Any:
    """Read ``math.prod`` of items, of an array or of a list as the loop that it is."""
    return from_library(r, node, polynomials.prod, [sequence(r, node, args[0])], kwargs)


# --- containers -----------------------------------------------------------------------------


@special(tuple, list)
def _container(r: Reader, node: ast.AST, args: Args, kwargs: Options) -> Any:
    kind = tuple if callee_name(node) == "tuple" else list
    if not args:
        return Seq([], kind)
    value = counted(r, args[0]) if isinstance(args[0], Iteration) else args[0]
    if isinstance(value, list):
        return Seq(value, kind)
    out = copied(r, node, value, kind)
    if isinstance(out, Ref) and kind is list:
        r.lists_made.add(out.storage)
    return out


def copied(r: Reader, node: ast.AST, value: Any, kind: type = list) -> Seq | Ref:
    """Return a list or tuple of what a container or array holds now."""
    items = sequence(r, node, value)
    if isinstance(items, Seq):
        return Seq(list(items.items), kind)
    v = r.read(items)
    count = v.type.shape[0] if v.type.rank == 1 and v.type.shape else None
    if kind is tuple and isinstance(count, int) and v.type.dtype.startswith("int"):
        return Seq([at(r, v, "i", Const(k)) for k in range(count)], tuple)  # a place, say
    if v.type.kind != "list":
        known = of_known_length(r, node, items, v)
        if known is not None:
            return Seq(known, kind)
    prim = "copy" if v.type.kind == "list" else "items"
    out = lists.held(r, r.b.emit(prim, [v], span=r.span(node)), items)
    row_kinds.set_class(r, out, kind is tuple)
    return out
