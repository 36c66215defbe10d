"""Comprehensions and generator expressions.

Over containers of known length they are written out; over ranges, arrays and lists that grow they
are read as the loop that they stand for, with targets under names of their own (``i 3``: what
follows the space tells scopes apart, and is not shown).
"""

from __future__ import annotations

import ast
import contextlib
import copy
from collections.abc import Callable
from typing import Any

from gradgen.errors import UnsupportedError
from gradgen.frontend import lists, text_items
from gradgen.frontend.branches import condition
from gradgen.frontend.evaluate import evaluate
from gradgen.frontend.flow import read_statements
from gradgen.frontend.identities import key_of
from gradgen.frontend.iterables import FEW, Perhaps, counted, current
from gradgen.frontend.iteration import Noted, iteration_of, watch_early
from gradgen.frontend.reader import Reader
from gradgen.frontend.signals import FOR, InTurns, OwnIterator
from gradgen.frontend.state import go_back, has_effects, place, restore, snapshot
from gradgen.frontend.tables import made_dict, refuse_key
from gradgen.frontend.targets import assign_to
from gradgen.frontend.values import (
    Generator,
    Iteration,
    Map,
    Ref,
    Seq,
    Static,
    is_static,
    static_value,
)
from gradgen.ir.nodes import Block, Const, Value
from gradgen.syntax import located, nodes_in

Comprehension = ast.ListComp | ast.GeneratorExp | ast.SetComp | ast.DictComp
ITEMS, TOTAL, FLAG, HEAD = "items", "total", "found", "head"


class Computed(Exception):
    """The number of items is not known before the program runs."""


def read(r: Reader, node: Any) -> Any:
    """Return the list, dict or set that a comprehension makes."""
    zeros = _zeros_of_list(r, node)
    if zeros is not None:
        return zeros
    known = written_out(r, node, few=bool(r.book.effort & FOR))
    if known is not None:
        return known
    if text_items.makes_texts(r, node):
        return text_items.of_comprehension(r, node)
    if isinstance(node, ast.SetComp):
        return _set(r, node, collected(r, as_list(r, node)))
    if isinstance(node, ast.DictComp):
        return keyed(r, node)
    before, start, path = snapshot(r), place(r), list(r.call_path)
    refused: UnsupportedError | None = None
    try:
        out = collected(r, node)
        if not any(id(n) in r.turned for n in nodes_in(r.expansions[id(node), "append"])):
            return out
    except UnsupportedError as error:
        # Functions, dicts and the like have no place in a list of the graph.
        refused = error
    restore(r, before)
    go_back(r, start)
    r.call_path[:] = path
    known = written_out(r, node, few=True)
    if known is None and refused is not None:
        raise refused
    return collected(r, node) if known is None else known


def generator(r: Reader, node: ast.GeneratorExp) -> Generator:
    """Return a generator, to be run by what takes it."""
    return Generator(node)


def begun(r: Reader, node: ast.GeneratorExp, behind: list[ast.AST]) -> Generator:
    """Return a generator whose head is evaluated here, where that has effects, as in Python.

    What stands ``behind`` it in a call is evaluated before any of its items.
    """
    head = node.generators[0].iter
    acting = any(isinstance(n, ast.Call | ast.NamedExpr) for a in behind for n in nodes_in(a))
    if not acting or not has_effects(r, lambda: evaluate(r, head)):
        return Generator(node)
    name = hidden(r, node, HEAD)
    r.frame.names[name] = r.lasting(evaluate(r, head))
    made = r.expansions.get((id(node), "begun"))
    if made is None:
        first, *rest = node.generators
        read = located(ast.Name(name, ast.Load()), head)
        first = ast.comprehension(first.target, read, first.ifs, first.is_async)
        made = ast.copy_location(ast.GeneratorExp(node.elt, [first, *rest]), node)
        r.expansions[id(node), "begun"] = made
    assert isinstance(made, ast.GeneratorExp)
    return Generator(made)


def forget_head(r: Reader, node: ast.GeneratorExp) -> None:
    """Forget the head of a generator that was evaluated before its items, if it was."""
    r.frame.names.pop(r.expansions.get((id(node), HEAD), ""), None)


def as_list(r: Reader, node: ast.GeneratorExp | ast.ListComp | ast.SetComp) -> ast.ListComp:
    """Return the list of what a generator gives, the same tree each time."""
    made = r.expansions.get((id(node), "list"))
    if made is None:
        made = ast.copy_location(ast.ListComp(node.elt, node.generators), node)
        r.expansions[id(node), "list"] = made
    assert isinstance(made, ast.ListComp)
    return made


# --- scopes ---------------------------------------------------------------------------------


def in_scope(r: Reader, node: Any) -> Any:
    """Return a comprehension with its targets renamed, the same tree each time."""
    made = r.expansions.get((id(node), "scope"))
    if made is None:
        made = copy.deepcopy(node)
        names = {
            n.id: f"{n.id} {len(r.expansions)}"
            for part in made.generators
            for n in nodes_in(part.target)
            if isinstance(n, ast.Name)
        }
        first = made.generators[0].iter
        made.generators[0].iter = ast.Constant(None)
        made = Renamer(names).visit(made)
        made.generators[0].iter = first
        r.expansions[id(node), "scope"] = made
    return made


class Renamer(ast.NodeTransformer):
    """Renames names, except where an inner scope has its own of the same name."""

    def __init__(self, names: dict[str, str]) -> None:
        self.names = names

    def visit_Name(self, node: ast.Name) -> ast.Name:
        """Return a name as it is called now."""
        return ast.copy_location(ast.Name(self.names.get(node.id, node.id), node.ctx), node)

    def visit_Lambda(self, node: ast.Lambda) -> ast.Lambda:
        """Rename what is no parameter."""
        spec = node.args
        spec.defaults = [self.visit(d) for d in spec.defaults]
        spec.kw_defaults = [None if d is None else self.visit(d) for d in spec.kw_defaults]
        own = {a.arg for a in nodes_in(spec) if isinstance(a, ast.arg)}
        node.body = self._without(own).visit(node.body)
        return node

    def _without(self, own: set[str]) -> Renamer:
        return type(self)({k: v for k, v in self.names.items() if k not in own})

    def _inner(self, node: Any) -> Any:
        own = {
            n.id
            for part in node.generators
            for n in nodes_in(part.target)
            if isinstance(n, ast.Name)
        }
        first = self.visit(node.generators[0].iter)
        node.generators[0].iter = ast.Constant(None)
        node = self._without(own).generic_visit(node)
        node.generators[0].iter = first
        return node

    def visit(self, node: ast.AST) -> Any:
        """Rename what is not a target of a comprehension."""
        kinds = (ast.ListComp, ast.GeneratorExp, ast.SetComp, ast.DictComp)
        if isinstance(node, kinds) and not isinstance(node.generators[0].iter, ast.Constant):
            return self._inner(node)
        return super().visit(node)


def leave_scope(r: Reader, scoped: Any) -> None:
    """Forget the targets of a comprehension, unless a function made in it may read them."""
    if any(isinstance(n, ast.Lambda) for n in nodes_in(scoped)):
        return
    for part in scoped.generators:
        for n in nodes_in(part.target):
            if isinstance(n, ast.Name):
                r.frame.names.pop(n.id, None)


# --- written out ----------------------------------------------------------------------------


def written_out(r: Reader, node: Any, few: bool = False) -> Any:
    """Return the container of a comprehension, None where its items cannot be counted.

    ``few``: loops of few known turns are written out too, as they are for keys of dicts and sets.
    """
    few = few or isinstance(node, ast.DictComp | ast.SetComp)
    scoped = in_scope(r, node)
    before, start, depth = snapshot(r), place(r), len(r.call_path)
    try:
        return _container(r, scoped, few)
    except Computed:
        restore(r, before)
        go_back(r, start)
        del r.call_path[depth:]
        return None
    finally:
        leave_scope(r, scoped)


def _container(r: Reader, node: Any, few: bool) -> Any:
    if isinstance(node, ast.DictComp) and id(node) in r.book.tabled:
        return keyed(r, node)
    if isinstance(node, ast.DictComp):
        pairs: dict[Any, Any] = {}

        def enter() -> None:
            key = key_of(r, evaluate(r, node.key))
            if not is_static(key):
                owner = Map({}, made=id(node))
                refuse_key(r, node.key, owner, key, "a dict key that is computed")
            pairs[static_value(key)] = evaluate(r, node.value)

        _each(r, node, 0, enter, few)
        return made_dict(r, node, pairs)
    out: list[Any] = []
    _each(r, node, 0, lambda: out.append(_item(r, node)), few)
    return _set(r, node, Seq(out, list)) if isinstance(node, ast.SetComp) else Seq(out, list)


def _item(r: Reader, node: Any) -> Any:
    value = evaluate(r, node.elt)
    return lists.kept_in_list(r, value, node) if isinstance(node, ast.ListComp) else value


def _set(r: Reader, node: ast.SetComp, items: Any) -> Any:
    # A cycle by nature: what is made of items loops over them.
    from gradgen.frontend.collection_calls import known_set

    return known_set(r, node, items)


def _each(r: Reader, node: Any, depth: int, work: Callable[[], object], few: bool) -> None:
    """Do the work once for each combination of items that passes the filters."""
    if depth == len(node.generators):
        work()
        return
    part = node.generators[depth]
    if part.is_async:
        r.refuse(part.target, "async is not supported", "use a plain comprehension")
    count = len(r.yielding)
    try:
        with r.heading(part.iter):
            read = Noted(in_turn=False)
            over = iteration_of(r, part.iter, some=True, read=read)
            watch_early(r, read)
    except (OwnIterator, InTurns):
        raise Computed from None
    if isinstance(over, list) and any(isinstance(item, Perhaps) for item in over):
        raise Computed
    if isinstance(over, Iteration) and (few or over.bounds):
        over = counted(r, over, FEW if few else 1, late=True)  # a range of one turn is no loop
    if not isinstance(over, list):
        raise Computed
    r.book.write_turns(len(over))
    listed = r.yielding[count:]
    for k, item in enumerate(over):
        for one in listed:
            one.require_same(r, part.iter)
        r.call_path.append(k)
        assign_to(r, part.target, current(r, item, part.iter))
        if _passes(r, part.ifs):
            _each(r, node, depth + 1, work, few)
        r.call_path.pop()


def _passes(r: Reader, tests: list[ast.expr]) -> bool:
    for test in tests:
        known = condition(r, test)
        if not is_static(known):
            raise Computed
        if not static_value(known):
            return False
    return True


# --- as loops -------------------------------------------------------------------------------


def collected(r: Reader, node: Any) -> Ref:
    """Return the list that the loop of a comprehension appends to."""
    name = hidden(r, node, ITEMS)
    r.frame.names[name] = r.hold(r.b.emit("list", [], span=r.span(node)))
    call = ast.Attribute(ast.Name(name, ast.Load()), "append", ast.Load())
    run_loops(r, node, "append", lambda e: ast.Expr(ast.Call(call, [e], [])))
    out = r.frame.names.pop(name)
    assert isinstance(out, Ref)
    return out


def keyed(r: Reader, node: ast.DictComp) -> Any:
    """Return the dict to which the loop of a comprehension gives keys, on some paths."""
    name = hidden(r, node, "pairs")
    r.frame.names[name] = made_dict(r, node, {})

    def enter(made: ast.DictComp) -> ast.stmt:
        place = ast.Subscript(ast.Name(name, ast.Load()), made.key, ast.Store())
        return ast.Assign([place], made.value)

    run_loops(r, node, "keyed", enter)
    return r.frame.names.pop(name)


def summed(r: Reader, node: Any, start: Value) -> Value | None:
    """Return the sum that the loop of a comprehension adds up, None where ``sum`` differs.

    Python's ``sum`` adds floats with a compensation (from 3.12 on), but NumPy's as they come.
    """
    key = (*r.call_path, id(node), -1)
    if key in r.expansions:
        return None
    name = hidden(r, node, TOTAL)
    before, block = snapshot(r), Block()
    with r.b.into(block):
        r.frame.names[name] = start

        def add(e: ast.expr) -> ast.stmt:
            total = ast.BinOp(ast.Name(name, ast.Load()), ast.Add(), e)
            return ast.Assign([ast.Name(name, ast.Store())], total)

        run_loops(r, node, "sum", add)
        out = r.frame.names.pop(name)
    if isinstance(out, Value) and out.type.is_scalar and not (out.type.weak and out.type.inexact):
        r.b.block.ops += block.ops
        return out
    restore(r, before)
    r.expansions[key] = None
    return None


def tests_of(r: Reader, node: Any, wanted: bool) -> list[Callable[[], Any]] | None:
    """Return the tests of ``any`` or ``all`` one by one, None where they cannot be counted."""
    scoped = in_scope(r, node)
    part = scoped.generators[0]
    before, start, count = snapshot(r), place(r), len(r.yielding)
    over = None
    with contextlib.suppress(OwnIterator, InTurns), r.heading(part.iter):
        single = len(scoped.generators) == 1
        over = iteration_of(r, part.iter, late=True) if single else None
    if not isinstance(over, list):
        restore(r, before)
        go_back(r, start)
        return None
    test = r.expansions.get((id(node), wanted))
    if test is None:
        ifs = part.ifs if wanted else [ast.UnaryOp(ast.Not(), t) for t in part.ifs]
        test = ast.BoolOp(ast.And() if wanted else ast.Or(), [*ifs, scoped.elt])
        test = located(test if ifs else scoped.elt, node)
        r.expansions[id(node), wanted] = test

    listed = r.yielding[count:]

    def run(item: Any, k: int) -> Any:
        for one in listed:
            one.require_same(r, part.iter)
        r.call_path.append(k)
        assign_to(r, part.target, current(r, item, part.iter))
        out = evaluate(r, test)
        leave_scope(r, scoped)
        r.call_path.pop()
        return out

    return [lambda k=k, item=item: run(item, k) for k, item in enumerate(over)]  # type: ignore[misc]


def tested(r: Reader, node: Any, wanted: bool) -> Value:
    """Return ``any`` (``wanted`` True) or ``all`` of a generator, which stops at the first."""
    name = hidden(r, node, FLAG)
    r.frame.names[name] = Const(not wanted)

    def test(e: ast.expr) -> ast.stmt:
        decided = e if wanted else ast.UnaryOp(ast.Not(), e)
        found: list[ast.stmt] = [ast.Assign([ast.Name(name, ast.Store())], ast.Constant(wanted))]
        if len(node.generators) == 1:
            return ast.If(decided, [*found, ast.Break()], [])
        open_ = ast.Name(name, ast.Load())
        still = ast.UnaryOp(ast.Not(), open_) if wanted else open_
        return ast.If(ast.BoolOp(ast.And(), [still, decided]), found, [])

    run_loops(r, node, "test", test)
    out = r.frame.names.pop(name)
    assert isinstance(out, Value)
    return out


def hidden(r: Reader, node: ast.AST, hint: str) -> str:
    """Return a name that no program has, the same each time."""
    return r.expansions.setdefault((id(node), hint), f"{hint} {len(r.expansions)}")


def run_loops(r: Reader, node: Any, key: str, innermost: Callable[[Any], ast.stmt]) -> None:
    """Read a comprehension as the loops that it stands for."""
    scoped = in_scope(r, node)
    body = r.expansions.get((id(node), key))
    if body is None:
        body = innermost(getattr(scoped, "elt", scoped))
        for part in reversed(scoped.generators):
            for test in reversed(part.ifs):
                body = ast.If(test, [body], [])
            body = ast.For(part.target, part.iter, [body], [])
        r.expansions[id(node), key] = located(body, node)
    for n in nodes_in(body):
        if isinstance(n, ast.For):
            r.made |= {id(n), id(n.iter)}
    read_statements(r, [body])
    leave_scope(r, scoped)


def _zeros_of_list(r: Reader, node: Any) -> Any:
    """Read ``[np.zeros_like(item) for item in items]`` as one operation."""
    import numpy as np

    if not isinstance(node, ast.ListComp) or len(node.generators) != 1:
        return None
    part, call = node.generators[0], node.elt
    if part.ifs or not (isinstance(call, ast.Call) and isinstance(part.target, ast.Name)):
        return None
    if len(call.args) != 1 or call.keywords or not isinstance(call.args[0], ast.Name):
        return None
    if call.args[0].id != part.target.id or not isinstance(part.iter, ast.Name):
        return None
    callee = evaluate(r, call.func)
    if not (isinstance(callee, Static) and callee.obj is np.zeros_like):
        return None
    over = evaluate(r, part.iter)
    return r.hold(r.b.emit("zeros_list", [r.read(over)])) if lists.is_list(r, over) else None
