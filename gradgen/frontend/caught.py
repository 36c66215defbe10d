"""Exceptions that a function raises and catches by itself: ``raise`` is a jump to the handler.

Which handler it is, the classes say.  A ``try`` is made anew with a jump for each ``raise`` and
``assert`` in its body that one of its handlers catches; so are those inside it, all at once, since
what ``finally`` says comes before a jump out of a block and not before one inside.
"""

from __future__ import annotations

import ast
import types
from collections.abc import Sequence
from typing import Any

from gradgen.deep import deep
from gradgen.frontend.classes import found_in, is_users
from gradgen.frontend.jumps import SCOPES, Act, Jump, Step, Throw, always_jumps
from gradgen.frontend.leaving import Run, rebuilt
from gradgen.frontend.objects import Method
from gradgen.frontend.points import Point
from gradgen.frontend.reader import Reader
from gradgen.frontend.special import special
from gradgen.frontend.thrown import Search, is_asked, kinds_of
from gradgen.frontend.values import Choice, Record, Seq, Static, static_value
from gradgen.ir.nodes import Undefined
from gradgen.syntax import located, names_in, nodes_in

MADE, CAUSED = "exception made", "cause told"  # names that no program has
CAUSE = "__cause__"


def with_jumps(r: Reader, s: ast.Try, checks: bool = False) -> ast.Try:
    """Return a ``try`` with jumps for what it raises and catches; itself where there is none.

    ``checks``: before what may raise by itself, too.
    """
    if hasattr(s, "gradgen_kinds"):
        return s
    if checks:
        # Few programs need this, and the first gradient should not wait for it.
        from gradgen.frontend.checks import name_exceptions

        name_exceptions(r)
    search = Search(r, checks)
    try:
        search.run([s], [])
    finally:
        search.forget()
    if not search.jumps and not search.instead:
        return s
    r.frame.names |= {MADE: Static(exception_made), CAUSED: Static(cause_told)}
    key = (
        id(s),
        "caught",
        checks,
        tuple(search.jumps.values()),
        tuple(search.bodies),
        *map(id, search.instead.values()),
    )
    made = r.expansions.get(key)
    if made is None:
        made = r.expansions[key] = _Jumping(search).statement(s)[0]
    assert isinstance(made, ast.Try)
    return made


def with_handlers(
    r: Reader, s: ast.Try, body: Run, ends: Sequence[Run], orelse: Run, rest: Point
) -> Point:
    """Return the place where a body begins whose jumps lead to the handlers, with these steps."""
    path, done = tuple(r.call_path), f"done {s.lineno}:{s.col_offset}"
    here = Point(s.finalbody, rest, done, path)
    for handler, kind, steps in reversed(list(zip(s.handlers, kinds_of(s), ends, strict=True))):
        here = Point([*_named(handler, kind), *_and_go_on(steps, done)], here, kind, path)
    return Point(_and_go_on([*body, *orelse], done), here)


def _and_go_on(steps: Run, done: str) -> list[Step]:
    """Return steps that lead behind the handlers, if they do not all lead elsewhere."""
    return [*steps] if always_jumps(steps) else [*steps, Jump(done, None)]


def _named(handler: ast.ExceptHandler, kind: str) -> list[Step]:
    """Return what gives the exception its name, if the handler asks for it."""
    name = handler.name
    if name is None or not is_asked(handler):
        return []

    again = names_in(handler.body)

    def bind(r: Reader) -> None:
        if kind in r.frame.names:
            r.frame.names[kind] = _raised_here(r.frame.names[kind])
        r.bind(name, r.lookup(kind, handler))
        if kind not in again:  # later turns of a loop need not carry it
            del r.frame.names[kind]

    return [Act(bind)]


def _raised_here(value: Any) -> Any:
    """Return what a handler has caught: on the way to it, something was raised."""
    if not isinstance(value, Choice):
        return value
    then, other = _raised_here(value.then), _raised_here(value.other)
    if isinstance(then, Undefined) or isinstance(other, Undefined):
        return other if isinstance(then, Undefined) else then
    return Choice(value.test, then, other)


class _Jumping:
    """Puts jumps to handlers in the place of what raises."""

    def __init__(self, search: Search) -> None:
        self.search = search

    @deep
    def run(self, steps: Run, part: str) -> list[ast.stmt]:
        return [made for s in steps for made in self.statement(s)]

    def statement(self, s: Any) -> list[Any]:
        """Return what a statement becomes."""
        steps = self.search.instead.get(s)
        if steps is not None:
            return [made for step in steps for made in self.statement(step)]
        kind = self.search.jumps.get(s)
        if kind is not None:
            return [located(made, s) for made in self._thrown(s, kind)]
        inside = not isinstance(s, SCOPES) and any(
            n in self.search.jumps or n in self.search.instead for n in nodes_in(s)
        )
        made = rebuilt(s, self.run) if inside else s
        if inside and isinstance(made, ast.Try):
            made.gradgen_kinds = kinds_of(made)  # type: ignore[attr-defined]
        return [made]

    def _thrown(self, s: Any, kind: str) -> list[ast.stmt]:
        """Return the jump, with the exception under the name of its kind if that is asked for."""
        thrown: list[ast.stmt] = [Throw(kind)]
        if kind in self.search.asked:
            value = self._exception(s)
            thrown.insert(0, ast.Assign([ast.Name(kind, ast.Store())], value))
        if isinstance(s, ast.Assert):
            return [ast.If(ast.UnaryOp(ast.Not(), s.test), thrown, [])]
        return thrown

    def _exception(self, s: Any) -> ast.expr:
        load = ast.Load()
        if s in self.search.again:
            return ast.Name(self.search.again[s], load)
        made = ast.Name(MADE, load)
        if isinstance(s, ast.Assert):
            return ast.Call(
                made, [ast.Name("AssertionError", load), *([s.msg] if s.msg else [])], []
            )
        found = _made(s.exc)
        if s.cause is None:
            return found
        cause = _made(s.cause) if isinstance(s.cause, ast.Call) else s.cause
        return ast.Call(ast.Name(CAUSED, load), [found, cause], [])


def _made(e: ast.expr) -> ast.Call:
    """Return the exception that an expression makes, or a class alone."""
    asked = [e.func, *e.args] if isinstance(e, ast.Call) else [e]
    return ast.Call(
        ast.Name(MADE, ast.Load()), asked, e.keywords if isinstance(e, ast.Call) else []
    )


def exception_made(kind: type, *args: Any) -> Any:
    """Stand for an exception that a handler asks for."""
    raise NotImplementedError


def cause_told(exception: Any, cause: Any) -> Any:
    """Stand for ``exception``, which is raised from ``cause``."""
    raise NotImplementedError


@special(cause_told, listed=False)
def _cause_told(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Return an exception with its cause: another one, its class, or None."""
    made, cause = args
    is_class = isinstance(cause, Static) and isinstance(cause.obj, type)
    if is_class and issubclass(cause.obj, BaseException):
        cause = _exception_made(r, node, [cause], {})
    if not isinstance(made, Record):
        r.refuse(node, "a cause of this exception", "raise it without from")
    r.fill(made, {**made.fields, CAUSE: cause})
    return made


@special(exception_made, listed=False)
def _exception_made(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Return an exception: an object that nobody prints, with what it was made of."""
    # A cycle by nature: its class may have an `__init__` of its own.
    from gradgen.frontend.calls import call_value

    kind: Any = static_value(args[0])
    made = Record(kind, {"args": Seq(args[1:]), CAUSE: Static(None)})
    init = found_in(kind, "__init__")
    if is_users(kind) and isinstance(init, types.FunctionType):
        call_value(r, node, Method(made, init), args[1:], kwargs)
    return made
