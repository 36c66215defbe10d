"""Which jumps leave a run of statements, by their syntax."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from typing import Any

from gradgen.dataclass import dataclass
from gradgen.deep import deep

LOOPS = (ast.For, ast.While)
SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)
KINDS: dict[type[ast.stmt], str] = {
    ast.Return: "return",
    ast.Break: "break",
    ast.Continue: "continue",
}
NONE: frozenset[str] = frozenset()


class Throw(ast.stmt):
    """A statement that jumps to the handler of an exception, by the kind of its jump."""

    _fields = ("kind",)

    def __init__(self, kind: str = "") -> None:
        super().__init__()
        self.kind = kind


class Instead(ast.stmt):
    """A function's body in the place of a call of it; jumps of its own kind lead behind it."""

    _fields = ("body",)

    def __init__(
        self, body: list[ast.stmt] | None = None, gradgen_kinds: tuple[str, ...] = ()
    ) -> None:
        super().__init__()
        self.body, self.gradgen_kinds = body or [], gradgen_kinds


class Entry(ast.stmt):
    """A statement that gives the parameters of a function their values; ``of`` is its body."""

    _fields = ("call",)

    def __init__(self, call: Any = None, of: Any = None) -> None:
        super().__init__()
        self.call, self.of = call, of


class Check(ast.If):
    """A test of whether what follows raises; ``body`` does so in its stead.

    ``test`` is the tuple of the operands; ``of`` is noted where it was made.
    """

    _fields = ("test", "body", "orelse", "find", "of")

    def __init__(
        self, test: Any = None, body: Any = (), orelse: Any = (), find: Any = None, of: Any = None
    ) -> None:
        super().__init__(test, [*body], [*orelse])
        self.find, self.of = find, of


class Sure(ast.stmt):
    """A statement that raises nothing that the checks before it would not have found."""

    _fields = ("step", "checks")

    def __init__(self, step: Any = None, checks: tuple[Token, ...] = ()) -> None:
        super().__init__()
        self.step, self.checks = step, checks


class Token:
    """Stands for one check."""


@dataclass(frozen=True, slots=True, eq=False)
class Act:
    """A step that only changes the reader's state; ``silent``: not even that, it is a check."""

    run: Callable[[Any], object]
    silent: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Jump:
    """A jump of some kind; ``flag`` is the value that says so, on paths that have to be told."""

    kind: str
    flag: Any


@dataclass(frozen=True, slots=True, eq=False)
class Branch:
    """An ``if`` whose test has been read."""

    node: ast.AST
    test: Any
    then: Sequence[Step]
    other: Sequence[Step]


@dataclass(frozen=True, slots=True, eq=False)
class Unless:
    """A jump where a test fails, which is read in its place."""

    test: ast.expr
    kind: str


@dataclass(frozen=True, slots=True, eq=False)
class Again:
    """The further turns of a ``while`` loop of which ``turn`` turns are written out."""

    node: ast.While
    path: tuple[int, ...]
    turn: int


@dataclass(frozen=True, slots=True, eq=False)
class Cases:
    """The cases of a ``match`` that are still open for a subject.

    ``read``: items of lists that patterns have asked for, by the list and their place.
    """

    node: ast.Match
    subject: Any
    cases: Sequence[ast.match_case]
    read: dict[Any, Any]


Step = ast.stmt | Act | Jump | Branch | Unless | Again | Cases


def is_thrown(kind: str) -> bool:
    """Whether a kind of jump is that to the handler of an exception, or behind the handlers."""
    return " " in kind


@deep
def jumps_of(steps: Sequence[Step]) -> frozenset[str]:
    """Return the kinds of jumps that can leave these steps (inner loops keep their own)."""
    out: frozenset[str] = NONE
    for step in steps:
        out |= _jumps_of_step(step)
    return out


def _jumps_of_step(step: Step) -> frozenset[str]:
    if isinstance(step, Act):
        return NONE
    if isinstance(step, Jump | Unless):
        return frozenset({step.kind})
    if isinstance(step, Again):
        return (jumps_of(step.node.body) - {"continue"}) | jumps_of(step.node.orelse)
    if isinstance(step, Branch):
        return jumps_of(step.then) | jumps_of(step.other)
    if isinstance(step, Cases):
        return jumps_of([s for case in step.cases for s in case.body])
    known = getattr(step, "gradgen_jumps", None)
    if known is None:
        known = step.gradgen_jumps = _jumps_of_statement(step)  # type: ignore[attr-defined]
    return known


def _jumps_of_statement(s: ast.stmt) -> frozenset[str]:
    if type(s) in KINDS:
        return frozenset({KINDS[type(s)]})
    if isinstance(s, Throw):
        return frozenset({s.kind})
    if isinstance(s, SCOPES):
        return NONE
    if isinstance(s, LOOPS):
        return (jumps_of(s.body) - {"break", "continue"}) | jumps_of(s.orelse)
    return jumps_of(_inner(s)) - frozenset(getattr(s, "gradgen_kinds", ()))


def _inner(s: ast.stmt) -> list[ast.stmt]:
    out: list[ast.stmt] = []
    for part in ("body", "orelse", "finalbody"):
        out += getattr(s, part, [])
    for part in ("handlers", "cases"):
        for inner in getattr(s, part, []):
            out += inner.body
    return out


@deep
def always_jumps(steps: Sequence[Step]) -> bool:
    """Whether no path through these steps falls out of their end."""
    for step in steps:
        known = getattr(step, "gradgen_always", None)
        if known is None:
            known = _always(step)
            if isinstance(step, ast.stmt):
                step.gradgen_always = known  # type: ignore[attr-defined]
        if known:
            return True
    return False


def _always(s: Step) -> bool:
    if isinstance(s, Jump | ast.Return | ast.Break | ast.Continue | ast.Raise | Throw):
        return True
    if isinstance(s, ast.With):
        return always_jumps(s.body)
    if isinstance(s, Instead):
        return always_jumps(s.body) and not jumps_of(s.body) & {*s.gradgen_kinds}
    if isinstance(s, ast.Try):
        caught = all(always_jumps(handler.body) for handler in s.handlers)
        return always_jumps(s.finalbody) or (caught and always_jumps([*s.body, *s.orelse]))
    if isinstance(s, ast.While):
        endless = isinstance(s.test, ast.Constant) and bool(s.test.value)
        return endless and "break" not in jumps_of(s.body)
    if isinstance(s, ast.If):
        return always_jumps(s.body) and always_jumps(s.orelse)
    if isinstance(s, Branch):
        return always_jumps(s.then) and always_jumps(s.other)
    if isinstance(s, ast.Match | Cases):
        return _complete(s.cases) and all(always_jumps(case.body) for case in s.cases)
    return False


def _complete(cases: Sequence[ast.match_case]) -> bool:
    """Whether one of the cases is always taken."""
    return bool(cases) and cases[-1].guard is None and _irrefutable(cases[-1].pattern)


def _irrefutable(pattern: ast.pattern) -> bool:
    return isinstance(pattern, ast.MatchAs) and (
        pattern.pattern is None or _irrefutable(pattern.pattern)
    )


@deep
def always_raises(steps: Sequence[Step]) -> bool:
    """Whether every path through these steps raises."""
    if jumps_of(steps):
        return False
    return any(_raises(step) for step in steps)


def _raises(s: Step) -> bool:
    if isinstance(s, ast.Raise):
        return True
    if isinstance(s, ast.With):
        return always_raises(s.body)
    if isinstance(s, ast.If):
        return always_raises(s.body) and always_raises(s.orelse)
    if isinstance(s, ast.Match | Cases):
        return _complete(s.cases) and all(always_raises(case.body) for case in s.cases)
    return False
