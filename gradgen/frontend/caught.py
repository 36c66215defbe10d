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
from gradgen.errors import GradgenError
from gradgen.frontend.assigned import assigned_names
from gradgen.frontend.classes import found_in, is_users
from gradgen.frontend.evaluate import evaluate
from gradgen.frontend.hoisting import calls_in
from gradgen.frontend.jumps import SCOPES, Act, Check, Instead, Jump, Step, Throw
from gradgen.frontend.leaving import Run, rebuilt
from gradgen.frontend.objects import Method
from gradgen.frontend.points import Point
from gradgen.frontend.raising_calls import Body, body_of, expanded
from gradgen.frontend.reader import Reader
from gradgen.frontend.signals import Certain
from gradgen.frontend.special import special
from gradgen.frontend.values import Record, Seq, Static, is_static, static_value
from gradgen.ir.nodes import Block
from gradgen.syntax import located, names_in, nodes_in

MADE, ASKED = "exception made", "exception asked"  # names that no program has
Classes = tuple[type[BaseException], ...]
Handlers = list[list[tuple[str, Classes]]]


def classes_of(r: Reader, handler: ast.ExceptHandler) -> Classes:
    """Return what a handler catches."""
    value = Static(BaseException) if handler.type is None else evaluate(r, handler.type)
    held = static_value(value) if is_static(value) else None
    classes = held if isinstance(held, tuple) else (held,)
    if not all(isinstance(c, type) and issubclass(c, BaseException) for c in classes):
        r.refuse(handler, "except with a computed class", "name the class of the exception")
    return classes


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
    search = _Search(r, checks)
    search.run([s], [])
    if not search.jumps and not search.instead:
        return s
    r.frame.names[MADE] = Static(exception_made)
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


def kinds_of(s: ast.Try) -> list[str]:
    """Return the kinds of the jumps to the handlers of a ``try``, in their order."""
    return [f"raised {s.lineno}:{s.col_offset}:{k}" for k in range(len(s.handlers))]


def with_handlers(
    r: Reader, s: ast.Try, body: Run, ends: Sequence[Run], orelse: Run, rest: Point
) -> Point:
    """Return the place where a body begins whose jumps lead to the handlers, with these steps."""
    path, done = tuple(r.call_path), f"done {s.lineno}:{s.col_offset}"
    here = Point(s.finalbody, rest, done, path)
    for handler, kind, steps in reversed(list(zip(s.handlers, kinds_of(s), ends, strict=True))):
        here = Point([*_named(handler, kind), *steps, Jump(done, None)], here, kind, path)
    return Point([*body, *orelse, Jump(done, None)], here)


def _named(handler: ast.ExceptHandler, kind: str) -> list[Step]:
    """Return what gives the exception its name, if the handler asks for it."""
    name = handler.name
    if name is None or not _is_asked(handler):
        return []

    again = names_in(handler.body)

    def bind(r: Reader) -> None:
        r.bind(name, r.lookup(kind, handler))
        if kind not in again:  # later turns of a loop need not carry it
            del r.frame.names[kind]

    return [Act(bind)]


def _is_asked(handler: ast.ExceptHandler) -> bool:
    """Whether a handler asks for the exception, by its name or to raise it again."""
    named = handler.name is not None and handler.name in names_in(handler.body)
    return named or any(isinstance(n, ast.Raise) and n.exc is None for n in nodes_in(handler))


class _Search:
    """Finds what is raised and caught inside of some statements, and the kinds of the jumps."""

    def __init__(self, r: Reader, checks: bool) -> None:
        self.r, self.checks = r, checks
        self.jumps: dict[ast.stmt, str] = {}
        self.again: dict[ast.stmt, str] = {}  # raise alone: the handler that it stands in
        self.asked: set[str] = set()  # the handlers that ask for what was raised
        self.names: dict[str, str | None] = {}  # what handlers call it
        self.classes: dict[str, set[type[BaseException]]] = {}
        self.inside: frozenset[ast.AST] = frozenset()  # the functions in whose bodies this is
        self.instead: dict[ast.stmt, list[ast.stmt]] = {}  # bodies in the place of calls
        self.bodies: list[Body] = []

    @deep
    def run(self, steps: Run, around: Handlers, inside: str = "") -> None:
        """Search statements, with the handlers ``around`` them, ``inside`` of which they stand."""
        for s in steps:
            if self.checks and around and self._is_spread(s, around, inside):
                continue
            if isinstance(s, ast.With) and around and (made := self._replaced(s)) is not None:
                self.instead[s] = made
                self.run(made, around, inside)
                continue
            bodies = self._called(s, around, inside) if around else {}
            if bodies:
                self.instead[s] = expanded(self.r, s, bodies)
                *before, s = self.instead[s]
                for one in before if self.checks else ():
                    if not isinstance(one, Instead):  # the bodies have been searched
                        self._checked(one, around, inside)
            if self.checks and around:
                s = self._checked(s, around, inside)
            if isinstance(s, ast.Raise | ast.Assert):
                self._raise(s, around, inside)
            elif isinstance(s, ast.Try):
                self._try(s, around, inside)
            elif not isinstance(s, SCOPES):
                for run in _runs(s):
                    self.run(run, around, inside)

    def _replaced(self, s: ast.With) -> list[ast.stmt] | None:
        """Return the handlers that a block of ``contextlib`` stands for, if it does."""
        # A cycle by nature: a block may be a ``try``.
        from gradgen.frontend.contexts import replaced

        return replaced(self.r, s)

    def _is_spread(self, s: ast.stmt, around: Handlers, inside: str) -> bool:
        """Search what a statement becomes so that all that may raise is surely evaluated."""
        # As the checks: few programs need this.
        from gradgen.frontend.checks import risky
        from gradgen.frontend.spreading import spread

        made = spread(self.r, s, risky(self.r, lambda kind: _kind(kind, around) is not None))
        if made:
            self.instead[s] = made
            self.run(made, around, inside)
        return bool(made)

    def _checked(self, s: ast.stmt, around: Handlers, inside: str) -> ast.stmt:
        """Put checks before a statement that may raise what is caught; return what it becomes."""
        from gradgen.frontend.checks import checked

        made = checked(self.r, s, lambda kind: _kind(kind, around) is not None)
        if not made:
            return s
        self.instead[s] = made
        for one in made[:-1]:
            if isinstance(one, Check):
                self.run(one.body, around, inside)
        return made[-1]

    def _called(self, s: ast.stmt, around: Handlers, inside: str) -> dict[ast.Call, Body]:
        """Return bodies for those calls in a statement that raise what is caught."""
        found: dict[ast.Call, Body] = {}
        for call in calls_in(s):
            body = body_of(self.r, call, self.inside)
            if body is None:
                continue
            before, known = self.inside, len(self.jumps)
            self.inside |= {body.definition}
            self.run([body.block], around, inside)
            self.inside = before
            if len(self.jumps) > known:
                found[call] = body
        self.bodies += found.values()
        return found

    def _raise(self, s: ast.Raise | ast.Assert, around: Handlers, inside: str) -> None:
        again = bool(inside) and isinstance(s, ast.Raise) and self._is_again(s, inside)
        one = _raised(self.r, s)
        raised = {one} if one is not None else set()
        if again:
            raised = self.classes.get(inside, set())
        kinds = {kind: {c for c in raised if _kind(c, around) == kind}
                 for kind in (_kind(c, around) for c in raised)}  # fmt: skip
        if again and (len(kinds) > 1 or not {*kinds} - {None}):
            self._raise_again(s, inside, kinds)
            return
        kind = next(iter(kinds)) if len(kinds) == 1 else None
        if kind is None:
            return
        self.jumps[s] = kind
        self.classes.setdefault(kind, set()).update(raised)
        if again:
            self.again[s] = inside
            self.asked |= {inside} & self.asked if kind not in self.asked else {inside}

    def _raise_again(
        self, s: ast.stmt, inside: str, kinds: dict[str | None, set[type[BaseException]]]
    ) -> None:
        """Let a handler raise again what nothing here catches, or what only some of it does."""
        self.asked.add(inside)
        self.r.frame.names[ASKED] = Static(isinstance)
        caught = sorted((kind, classes) for kind, classes in kinds.items() if kind is not None)
        key = (id(s), "again", *(kind for kind, _ in caught))
        if key not in self.r.expansions:
            jumps = [located(ast.Raise(), s) for _ in caught]
            made: list[ast.stmt] = [ast.Raise(_read(inside), None)]
            for jump, (kind, _) in zip(jumps, caught, strict=True):
                test = ast.Call(_read(ASKED), [_read(inside), _read(f"{inside} as {kind}")], [])
                made = [ast.If(test, [jump], made)]
            self.r.expansions[key] = jumps, [located(one, s) for one in made]
        jumps, self.instead[s] = self.r.expansions[key]
        for jump, (kind, classes) in zip(jumps, caught, strict=True):
            self.jumps[jump], self.again[jump] = kind, inside
            self.classes.setdefault(kind, set()).update(classes)
            ordered = sorted(classes, key=lambda c: c.__qualname__)
            self.r.frame.names[f"{inside} as {kind}"] = Seq([Static(c) for c in ordered], tuple)

    def _is_again(self, s: ast.Raise, inside: str) -> bool:
        """Whether a handler raises what it has caught, by its name or without."""
        name = self.names.get(inside)
        return s.exc is None or (isinstance(s.exc, ast.Name) and s.exc.id == name)

    def _try(self, s: ast.Try, around: Handlers, inside: str) -> None:
        kinds = kinds_of(s)
        own = [(k, classes_of(self.r, h)) for k, h in zip(kinds, s.handlers, strict=True)]
        self.asked |= {k for k, h in zip(kinds, s.handlers, strict=True) if _is_asked(h)}
        self.run(s.body, [*around, own], inside)
        for kind, handler in zip(kinds, s.handlers, strict=True):
            kept = handler.name not in assigned_names(handler.body)
            self.names[kind] = handler.name if kept else None
            self.run(handler.body, around, kind)
        self.run(s.orelse, around, inside)
        self.run(s.finalbody, around, inside)


def _runs(s: ast.stmt) -> list[Run]:
    """Return the statements inside of one, run by run."""
    cases = getattr(s, "cases", [])
    return [getattr(s, "body", []), getattr(s, "orelse", []), *(case.body for case in cases)]


def _kind(raised: type[BaseException], around: Handlers) -> str | None:
    """Return the jump to the innermost handler that catches a class."""
    for handlers in reversed(around):
        for kind, classes in handlers:
            if issubclass(raised, classes):
                return kind
    return None


def _raised(r: Reader, s: ast.Raise | ast.Assert) -> type[BaseException] | None:
    """Return the class of what a statement raises, None where that is not known."""
    if isinstance(s, ast.Assert):
        return AssertionError
    named = s.exc.func if isinstance(s.exc, ast.Call) else s.exc
    if named is None or any(not isinstance(n, ast.Name | ast.Attribute) for n in _parts(named)):
        return None
    try:
        with r.b.into(Block()):
            value = evaluate(r, named)
    except (GradgenError, Certain):
        return None  # a name that is not there yet
    held = static_value(value) if is_static(value) else None
    return held if isinstance(held, type) and issubclass(held, BaseException) else None


def _read(name: str) -> ast.Name:
    return ast.Name(name, ast.Load())


def _parts(node: ast.AST) -> list[ast.AST]:
    return [n for n in nodes_in(node) if not isinstance(n, ast.expr_context)]


class _Jumping:
    """Puts jumps to handlers in the place of what raises."""

    def __init__(self, search: _Search) -> None:
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
        if isinstance(s.exc, ast.Call):
            return ast.Call(made, [s.exc.func, *s.exc.args], s.exc.keywords)
        return ast.Call(made, [s.exc], [])


def exception_made(kind: type, *args: Any) -> Any:
    """Stand for an exception that a handler asks for."""
    raise NotImplementedError


@special(exception_made, listed=False)
def _exception_made(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Return an exception: an object that nobody prints, with what it was made of."""
    # A cycle by nature: its class may have an `__init__` of its own.
    from gradgen.frontend.calls import call_value

    kind: Any = static_value(args[0])
    made = Record(kind, {"args": Seq(args[1:])})
    init = found_in(kind, "__init__")
    if is_users(kind) and isinstance(init, types.FunctionType):
        call_value(r, node, Method(made, init), args[1:], kwargs)
    return made
