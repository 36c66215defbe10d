"""Generators: what is looped over once, and what loops over it.

Where a builtin takes a generator expression, it is run in place.  One that gets a name, goes to a
function or is returned is a small function of its own, as in Python: what its first ``for`` runs
over is found where it stands, everything else when it is run.
"""

from __future__ import annotations

import ast
import itertools
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from gradgen.errors import GradgenError
from gradgen.frontend import comprehensions
from gradgen.frontend.assigned import assigned_names
from gradgen.frontend.cursors import made_later
from gradgen.frontend.evaluate import evaluate
from gradgen.frontend.iterables import (
    Over,
    Thunk,
    as_positions,
    current,
    over_later,
    over_value,
    require_no_turns,
    takes_turns,
)
from gradgen.frontend.reader import Reader
from gradgen.frontend.signals import Certain, Raised, Sifted, Turnwise
from gradgen.frontend.state import has_effects, restore, snapshot
from gradgen.frontend.values import (
    Frame,
    Generator,
    Iteration,
    Lazy,
    LocalFunction,
    Record,
    Static,
)
from gradgen.syntax import located

Args = list[Any]
Options = dict[str, Any]
OVER = "iterated"  # the parameter of a generator's function
KEPT = "item kept"  # what passes a filter: a name that no program has


def all_items_of(r: Reader, node: ast.AST, value: Generator | Lazy) -> Any:
    """Run a generator to its end, where that is what Python does here; return its items."""
    if isinstance(value, Lazy) and takes_turns(r, value):
        from gradgen.frontend.aggregates import run_text

        text = "out = []\nfor item in items:\n    out.append(item)"
        return run_text(r, node, text, "out", items=value)
    return items_of(r, value)


def items_of(r: Reader, value: Generator | Lazy) -> Any:
    """Run a generator and return its items, as a list."""
    if isinstance(value, Lazy):
        return value.items()
    return comprehensions.read(r, comprehensions.as_list(r, value.node))


def held(r: Reader, value: Generator) -> Lazy | Record:
    """Return a generator that is run later, maybe elsewhere: its names bind late."""
    node = value.node
    part = node.generators[0]
    first = evaluate(r, part.iter)
    if isinstance(first, Generator):
        first = held(r, first)
    frame = r.frame

    def call(kind: str, given: Any) -> Any:
        # A cycle by nature: a generator is called as a function.
        from gradgen.frontend.inlining import inline_local

        made: Any = _in_turns(r, node) if kind == "in turns" else _function(r, node, kind)
        return inline_local(r, node, LocalFunction(made, frame, [], []), [given], {})

    def each() -> Over:
        over = over_later(r, first, node)
        if isinstance(over, list):
            return [thunk(r, item, node, lambda v: call("one", v)) for item in over]
        at = as_positions(r, over)
        one = lambda i: call("one", at.element(i))  # noqa: E731
        return Iteration(at.length, one, arrays=at.arrays, calls=True)

    def items() -> Any:
        # A cycle by nature: a function with ``yield`` reads generators.
        from gradgen.frontend.yielded import Seen, may_raise

        function, key = _function(r, node, "all"), (id(node), id(Sifted))
        around = Frame(frame.source, {}, frame.globals, {}, frame)
        seen = Seen(r, function, around, {OVER: first}, None if counted else key)
        block, count = r.b.block, len(r.b.block.ops)
        made = call("all", first)
        if not counted:
            seen.raises = may_raise(block.ops[count:])
            r.yielding.append(seen)
        return made

    counted = len(node.generators) == 1 and not part.ifs
    noted = (id(node), id(Sifted)) in r.book.turnwise and id(node) not in r.book.stepwise
    if not counted and (noted or acts_when_run(r, lambda: call("all", first))):
        out = call("in turns", r.lasting(first))
        return replace(out, made=id(node)) if isinstance(out, Lazy) else out
    return made_later(r, lazy(r, items, each if counted else None, node), node)


def acts_when_run(r: Reader, work: Callable[[], Any]) -> bool:
    """Whether all items of an iterator, as far as they can be listed, have effects."""
    before, count = snapshot(r), len(r.yielding)
    try:
        return has_effects(r, work)
    except (GradgenError, Certain, Raised):  # what this says, it says when something asks for them
        restore(r, before)
        return False
    finally:
        del r.yielding[count:]


def lazy(r: Reader, items: Any, each: Any, node: ast.AST, read: Args | None = None) -> Lazy:
    """Return an iterator that is asked later; with ``each``, for one item after the other."""
    turns = (id(node), id(Sifted)) if each is None else None
    return Lazy(items, each, r.frame, id(node), read=read or [], turns=turns)


def _function(r: Reader, node: Any, kind: str) -> ast.Lambda:
    """Return the function that a generator is: of what it runs over, or of one item of that."""
    made = r.expansions.get((id(node), kind))
    if made is None:
        first, *rest = node.generators
        over: ast.expr = ast.Name(OVER, ast.Load())
        if kind == "one":
            over = ast.Tuple([over], ast.Load())
        parts = [ast.comprehension(first.target, over, first.ifs, 0), *rest]
        body: ast.expr = ast.ListComp(node.elt, parts)
        if kind == "one":
            body = ast.Subscript(body, ast.Constant(0), ast.Load())
        spec = ast.arguments([], [ast.arg(OVER)], None, [], [], None, [])
        made = located(ast.Lambda(spec, body), node)
        r.expansions[id(node), kind] = made
    assert isinstance(made, ast.Lambda)
    return made


def _in_turns(r: Reader, node: ast.GeneratorExp | ast.ListComp) -> ast.FunctionDef:
    """Return a generator expression as the function with ``yield`` that it is."""
    made = r.expansions.get((id(node), "in turns of its own"))
    if made is None:
        scoped = comprehensions.in_scope(r, node)
        body: ast.stmt = ast.Expr(ast.Yield(scoped.elt))
        for k, part in reversed([*enumerate(scoped.generators)]):
            for test in reversed(part.ifs):
                body = ast.If(test, [body], [])
            over = part.iter if k else ast.Name(OVER, ast.Load())
            body = ast.For(part.target, over, [body], [])
        spec = ast.arguments([], [ast.arg(OVER)], None, [], [], None, [])
        made = located(ast.FunctionDef("generator", spec, [body], [], None), node)
        r.expansions[id(node), "in turns of its own"] = made
    assert isinstance(made, ast.FunctionDef)
    return made


def filtered(r: Reader, s: ast.For) -> ast.For | None:
    """Return a loop over a generator with a filter as a loop with an ``if``; None for others."""
    node = _of_filter(r, s) or s.iter
    if not isinstance(node, ast.GeneratorExp) or len(node.generators) > 1:
        return None
    if not node.generators[0].ifs:
        return None
    made = r.expansions.get((id(s), "filtered"))
    if made is None:
        scoped = comprehensions.in_scope(r, node)
        part = scoped.generators[0]
        body: list[ast.stmt] = [ast.Assign([s.target], scoped.elt), *s.body]
        for test in reversed(part.ifs):
            body = [ast.If(test, body, [])]
        made = located(ast.For(part.target, part.iter, body, s.orelse), s)
        r.expansions[id(s), "filtered"] = made
    assert isinstance(made, ast.For)
    return made


def _of_filter(r: Reader, s: ast.For) -> ast.expr | None:
    """Return ``filter(test, items)`` in a loop's head as a generator; None for anything else."""
    match s.iter:
        case ast.Call(ast.Name() as function, [test, items], []):
            callee = evaluate(r, function)
        case _:
            return None
    lasts = isinstance(test, ast.Name) and test.id not in assigned_names(s.body)
    nothing = isinstance(test, ast.Constant) and test.value is None
    if not isinstance(callee, Static) or callee.obj is not filter:
        return None
    if not (lasts or nothing or isinstance(test, ast.Lambda)):
        return None
    made = r.expansions.get((id(s), "filter"))
    if made is None:
        read, store = (ast.Name(KEPT, c) for c in (ast.Load(), ast.Store()))
        asked = read if nothing else ast.Call(test, [read], [])
        part = ast.comprehension(store, items, [asked], 0)
        made = located(ast.GeneratorExp(read, [part]), s.iter)
        r.expansions[id(s), "filter"] = made
    assert isinstance(made, ast.expr)
    return made


def counting(r: Reader, s: ast.For) -> list[ast.stmt] | None:
    """Return a loop over ``itertools.count`` as a ``while True`` that counts; None for others."""
    call = s.iter
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name | ast.Attribute):
        return None
    callee = evaluate(r, call.func)
    given: dict[str | None, ast.expr] = {k.arg: k.value for k in call.keywords}
    given.update(zip(("start", "step"), call.args, strict=False))
    step = given.pop("step", ast.Constant(1))
    counts = isinstance(callee, Static) and callee.obj is itertools.count
    if not counts or s.orelse or not isinstance(step, ast.Constant) or set(given) - {"start"}:
        return None
    made = r.expansions.get((id(s), "counting"))
    if made is None:
        base = s.target.id if isinstance(s.target, ast.Name) else "turn"
        name = f"next_{base}"
        while name in r.frame.names or name in r.frame.local_names:
            name += "_"
        start = given.get("start", ast.Constant(0))
        read, store = (ast.Name(name, c) for c in (ast.Load(), ast.Store()))
        body = [ast.Assign([s.target], read), ast.AugAssign(store, ast.Add(), step), *s.body]
        first = located(ast.Assign([store], start), s)
        loop = located(ast.While(ast.Constant(True), body, []), s)
        made = r.expansions[id(s), "counting"] = [first, loop]
    return list(made)


def asked_for(r: Reader, s: ast.For) -> list[ast.stmt] | None:
    """Return a loop over ``iter(f, last)`` as the ``while`` that calls ``f``; None for others."""
    match s.iter:
        case ast.Call(ast.Name() as function, [asked, last], []):
            callee = evaluate(r, function)
        case _:
            return None
    if not isinstance(callee, Static) or callee.obj is not iter:
        return None
    made = r.expansions.get((id(s), "asked"))
    if made is None:
        names = [comprehensions.hidden(r, s, part) for part in ("asked", "last", "given")]
        (call, end, item), (ask, stop, given) = (
            [ast.Name(n, c) for n in names] for c in (ast.Load(), ast.Store())
        )
        next_one = ast.NamedExpr(given, ast.Call(call, [], []))
        test = ast.UnaryOp(ast.Not(), ast.Compare(next_one, [ast.Eq()], [end]))
        loop = ast.While(test, [ast.Assign([s.target], item), *s.body], s.orelse)
        steps = [ast.Assign([ask], asked), ast.Assign([stop], last), loop]
        made = r.expansions[id(s), "asked"] = [located(one, s) for one in steps]
    return list(made)


def one_by_one(r: Reader, node: ast.AST, value: Generator | Lazy) -> Over:
    """Return what a loop runs over whose body comes between the items."""
    lazy = held(r, value) if isinstance(value, Generator) else value
    require_no_turns(r, lazy, node)
    if isinstance(lazy, Record):
        return over_value(r, lazy, node)
    if lazy.each is None and (lazy.frame is not r.frame or id(node) in r.made):
        return over_value(r, lazy.items(), node)  # the body assigns nothing that it reads
    if lazy.each is None and lazy.turns not in (None, *r.book.turnwise):
        raise Turnwise(lazy.turns)
    if lazy.each is None:
        r.refuse(node, "a loop over a generator with a filter", "make it a list, [...], or use if")
    return lazy.each()


def thunk(r: Reader, item: Any, node: ast.AST, work: Callable[[Any], Any]) -> Thunk:
    """Return what ``work`` makes of an item, where it is asked for."""
    return Thunk(lambda: work(current(r, item, node)), item)
