"""What is raised inside of a ``try`` and caught by a handler of it, or of one around it.

It is found before the body is read, by the syntax and by what names stand for there: which
statements raise, in what is called too, and which handler that leads to.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Any

from gradgen.deep import deep
from gradgen.errors import GradgenError
from gradgen.frontend.assigned import assigned_names
from gradgen.frontend.evaluate import evaluate
from gradgen.frontend.hoisting import calls_in
from gradgen.frontend.jumps import SCOPES, Check, Instead
from gradgen.frontend.raising_calls import Body, body_of, expanded
from gradgen.frontend.reader import Reader
from gradgen.frontend.signals import Certain
from gradgen.frontend.values import Seq, Static, is_static, static_value
from gradgen.ir.nodes import Block
from gradgen.syntax import located, names_in, nodes_in

ASKED = "exception asked"  # a name that no program has
MISSED = (KeyError, IndexError, TypeError)  # what a subscript may raise itself
Run = Sequence[ast.stmt]
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


def kinds_of(s: ast.Try) -> list[str]:
    """Return the kinds of the jumps to the handlers of a ``try``, in their order."""
    return [f"raised {s.lineno}:{s.col_offset}:{k}" for k in range(len(s.handlers))]


def is_asked(handler: ast.ExceptHandler) -> bool:
    """Whether a handler asks for the exception, by its name or to raise it again."""
    named = handler.name is not None and handler.name in names_in(handler.body)
    return named or any(isinstance(n, ast.Raise) and n.exc is None for n in nodes_in(handler))


class Search:
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
        self.learnt: dict[str, Any] = {}  # names that are given objects: what they stood for

    @deep
    def run(self, steps: Run, around: Handlers, inside: str = "") -> None:
        """Search statements, with the handlers ``around`` them, ``inside`` of which they stand."""
        for s in steps:
            if around and isinstance(s, ast.Assign):
                self._learn(s)
            if self.checks and around and self._is_spread(s, around, inside):
                continue
            if isinstance(s, ast.With) and around and (made := self._replaced(s)) is not None:
                self.instead[s] = made
                self.run(made, around, inside)
                continue
            if around and self._is_spelled_out(s, around, inside):
                continue
            if isinstance(s, ast.For) and around and self._in_turns(s, around, inside):
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

    def _is_spelled_out(self, s: ast.stmt, around: Handlers, inside: str) -> bool:
        """Search what objects call for a statement, if something there raises what is caught."""
        # As the checks: few programs need this.
        from gradgen.frontend.implicit_calls import spelled_out

        made = spelled_out(self.r, s)
        before = len(self.jumps)
        for one in made:  # an ``if`` without what it decides, which is searched only once
            self.run([ast.If(one.test, [], []) if isinstance(one, ast.If) else one], around, inside)
        if len(self.jumps) == before:
            return False
        self.instead[s] = made
        if isinstance(made[-1], ast.If):
            self.run(made[-1:], around, inside)
        return True

    def _learn(self, s: ast.stmt) -> None:
        """Let a name stand for the object that a statement gives it, for what follows."""
        from gradgen.frontend.implicit_calls import object_given

        found = object_given(self.r, s)
        if found is not None:
            name, value = found
            self.learnt.setdefault(name, self.r.frame.names.get(name))
            self.r.frame.names[name] = value

    def forget(self) -> None:
        """Let names stand for what they stood for before the search."""
        for name, value in self.learnt.items():
            if value is None:
                del self.r.frame.names[name]
            else:
                self.r.frame.names[name] = value

    def _replaced(self, s: ast.With) -> list[ast.stmt] | None:
        """Return the handlers that a block of ``contextlib`` stands for, if it does."""
        # A cycle by nature: a block may be a ``try``.
        from gradgen.frontend.contexts import replaced

        return replaced(self.r, s)

    def _in_turns(self, s: ast.For, around: Handlers, inside: str) -> bool:
        """Search the body of a generator that a loop runs over, if what it raises is caught."""
        # A cycle by nature: a generator's body stands in the place of a loop.
        from gradgen.frontend.in_turns import called_in_head

        found = called_in_head(self.r, s, self.inside, self.checks)
        if found is None:
            return False
        before, known = self.inside, len(self.jumps)
        self.inside |= {found[0]}
        self.run(found[1], around, inside)
        self.inside = before
        if len(self.jumps) > known:
            self.instead[s] = found[1]
        return s in self.instead

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
        items = not any(_kind(kind, around) for kind in MISSED)
        for call in calls_in(s):
            body = body_of(self.r, call, self.inside, items)
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
        self.asked |= {k for k, h in zip(kinds, s.handlers, strict=True) if is_asked(h)}
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
