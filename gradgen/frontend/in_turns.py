"""Loops over generators whose bodies take turns with that of the loop, as they do in Python.

Where a generator and the loop over it see what the other one changes, a list of all that is
yielded is not the same.  There, the generator's body stands in the place of the loop, and the
loop's body in the place of each ``yield``: ``break`` is a jump behind all of it, ``continue`` one
behind the loop's body, ``return`` in the generator one behind the generator's.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Sequence
from typing import Any

from gradgen.deep import deep
from gradgen.errors import GradgenError
from gradgen.frontend.jumps import LOOPS, SCOPES, Act, Entry, Instead, Step, Throw, jumps_of
from gradgen.frontend.leaving import rebuilt
from gradgen.frontend.raising_calls import OTHER, OWN, Body, Callee, callee_of, known
from gradgen.frontend.reader import Reader
from gradgen.frontend.values import Called
from gradgen.syntax import every_node, located, nodes_in

Run = Sequence[ast.stmt]
YIELDS = (ast.Yield, ast.YieldFrom)
DEEPEST, MOST = 40, 300  # generators inside each other, and copies of a loop's body
WAY_OUT = "return a list instead, or let one of both keep what it changes to itself"


def steps_of(r: Reader, s: ast.For, called: Called) -> list[Step]:
    """Return a loop as the generator's body, with the loop's body where it yields."""
    beside = called.frame.parent is r.frame
    key = (id(s), id(called.definition), beside, "in turns")
    made = r.expansions.get(key)
    if made is None:
        _require_plain(r, s, called)
        made = r.expansions[key] = _Turns(r, s, called, len(r.expansions))
    if r.frame.lives is not None:
        r.frame.lives.add(s, made.steps)
    names = made.names.values()
    callee = Callee(called.definition, called.frame, (), ([], []))

    def enter(r: Reader) -> None:
        made.bind_free(r, callee, s)
        r.frame.names |= {made.names[name]: v for name, v in called.given.items()}
        r.frame.local_names |= {*names, *made.results}

    def leave(r: Reader) -> None:
        for name in names:
            r.frame.names.pop(name, None)

    return [Act(enter), *made.steps, Act(leave)]


def called_in_head(
    r: Reader, s: ast.For, inside: frozenset[ast.AST], checks: bool
) -> tuple[Any, Any] | None:
    """Return the definition of a generator that a loop calls and that raises, and what it becomes.

    That is for a loop in a ``try``: what the generator raises is a jump to a handler.  With
    ``checks``, it may raise by what it computes.
    """
    if not isinstance(s.iter, ast.Call):
        return None
    value = known(r, s.iter.func)
    try:
        callee = None if value is None else callee_of(r, s.iter, value, _is_generator)
        if callee is None or callee.definition in inside:
            return None
        nodes = every_node(callee.definition)
        if not checks and not any(isinstance(n, ast.Raise | ast.Assert) for n in nodes):
            return None
        beside = callee.frame.parent is r.frame
        key = (id(s), id(callee.definition), beside, "called in turns")
        if key not in r.expansions:
            called = Called(callee.definition, callee.frame, {}, (0, 0))
            _require_plain(r, s, called)
            made = _Turns(r, s, called, len(r.expansions))
            entry = ast.copy_location(Entry(s.iter, made), s.iter)
            r.expansions[key] = [entry, *made.steps]
    except GradgenError:
        return None  # what this says, it says when the loop is read
    return callee.definition, r.expansions[key]


def _is_generator(definition: Any) -> bool:
    return isinstance(definition, ast.FunctionDef) and first_yield_in(definition.body)


def _require_plain(r: Reader, s: ast.For, called: Called) -> None:
    """Refuse generators that are more than a run of statements with names of its own."""
    definition, way = called.definition, WAY_OUT
    if any(f.owner is not r for f in called.frame.outward() if f.owner is not None):
        r.refuse(s.iter, "a generator that takes turns with a recursive function", way)
    depth = getattr(s, "gradgen_depth", 0)
    copies = sum(1 for key in r.expansions if key[-1] == "in turns")
    if depth > DEEPEST or copies > MOST:
        r.refuse(s.iter, "a generator that calls itself, and takes turns with a loop", way)
    beside = called.frame.parent is r.frame
    inner = [*every_node(definition)][1:]
    for n in inner:
        other = isinstance(n, OTHER) and not isinstance(n, YIELDS)
        if other and not (beside and isinstance(n, ast.Nonlocal)):
            what = f"{type(n).__name__} in a generator that takes turns with a loop"
            r.refuse(n, what, way)
        if isinstance(n, ast.Name) and n.id in OWN:
            r.refuse(n, f"{n.id} in a generator that takes turns with a loop", way)
        if isinstance(n, ast.Try) and n.handlers and first_yield_in(n.body):
            r.refuse(n, "Try with a handler around a yield, in turns with a loop", way)
    shared = {name for f in called.frame.outward() for name in f.assigned_inside}
    names = {n.id for n in inner if isinstance(n, ast.Name)}
    if not beside and names & shared:
        what = f"a generator that reads {min(names & shared)!r}, which a function assigns"
        r.refuse(s.iter, what, way)


def first_yield_in(steps: Run) -> bool:
    """Whether statements yield."""
    return any(isinstance(n, YIELDS) for s in steps for n in nodes_in(s))


class _Turns(Body):
    """A generator's body for one loop, with the loop's body where it yields."""

    def __init__(self, r: Reader, s: ast.For, called: Called, key: int) -> None:
        self.r, self.loop, self.count, self.key = r, s, 0, key
        self.broken, self.skipped = f"broken in turns {key}", f"skipped in turns {key}"
        self.results: list[str] = []
        callee = Callee(called.definition, called.frame, (), ([], []))
        self.looped = self._jumping(s.body, False)
        super().__init__(r, callee, key, f" in turns {key}")
        steps: list[ast.stmt] = [rebuilt(self.block, self._yielding)]
        if hasattr(s, "gradgen_result"):
            result = ast.Assign([_store(s.gradgen_result)], ast.Name(self.result, ast.Load()))
            steps.append(located(result, s))
        steps += s.orelse
        kinds = (self.broken,) if self.broken in jumps_of(steps) else ()
        whole: list[ast.stmt] = [Instead(steps, kinds)] if kinds else steps
        self.steps = [located(one, s) for one in whole]

    def callee_of(self, r: Reader, node: ast.AST, value: Any) -> Callee | None:
        """Return the generator that is called."""
        return callee_of(r, node, value, _is_generator)

    def _jumping(self, steps: Run, looped: bool) -> list[ast.stmt]:
        """Return the loop's body with jumps of its own kinds."""
        return [self._jump(s, looped) for s in steps]

    @deep
    def _jump(self, s: ast.stmt, looped: bool) -> ast.stmt:
        if isinstance(s, ast.Break | ast.Continue):
            kind = self.broken if isinstance(s, ast.Break) else self.skipped
            return s if looped else located(Throw(kind), s)
        if isinstance(s, SCOPES) or not {"break", "continue"} & jumps_of([s]):
            return s

        def change(steps: Run, part: str) -> list[ast.stmt]:
            return self._jumping(steps, looped or (isinstance(s, LOOPS) and part == "body"))

        return rebuilt(s, change)

    @deep
    def _yielding(self, steps: Run, part: str) -> list[ast.stmt]:
        """Return the generator's statements with the loop's body in the place of each yield."""
        out: list[ast.stmt] = []
        for s in steps:
            if isinstance(s, SCOPES) or not any(isinstance(n, YIELDS) for n in nodes_in(s)):
                out += [] if isinstance(s, ast.Nonlocal) else [s]
            else:
                out += self._turn(s)
        return out or [ast.Pass()]

    def _turn(self, s: Any) -> list[ast.stmt]:
        match s:
            case ast.Expr(ast.Yield(value)):
                return self._given(s, value)
            case ast.Assign(targets, ast.Yield(value)):
                return [*self._given(s, value), _at(ast.Assign(targets, ast.Constant(None)), s)]
            case ast.Expr(ast.YieldFrom(value)):
                return [self._from(s, value)]
            case ast.Assign(targets, ast.YieldFrom(value)):
                loop = self._from(s, value)
                loop.gradgen_result = result = f"result {len(self.results)}{self.mark}"
                self.results.append(result)
                loop.iter.gradgen_turns = True  # its result is asked for
                none = ast.Assign([_store(result)], ast.Constant(None))
                taken = ast.Assign(targets, ast.Name(result, ast.Load()))
                return [_at(none, s), loop, _at(taken, s)]
        inner = [n for n in ast.iter_child_nodes(s) if isinstance(n, ast.expr)]
        if any(isinstance(n, YIELDS) for e in inner for n in nodes_in(e)):
            self.r.refuse(s, "yield in an expression", WAY_OUT)
        return [rebuilt(s, self._yielding)]

    def _given(self, s: ast.stmt, value: ast.expr | None) -> list[ast.stmt]:
        """Return what gives the loop an item, and runs its body."""
        given = ast.Assign([copy.deepcopy(self.loop.target)], value or ast.Constant(None))
        return [_at(given, s), *self._body(s)]

    def _body(self, s: ast.stmt) -> list[ast.stmt]:
        steps = copy.deepcopy(self.looped) if self.count else self.looped
        self.count += 1
        if self.skipped not in jumps_of(steps):
            return steps
        return [_at(Instead(steps, (self.skipped,)), s)]

    def _from(self, s: ast.stmt, value: ast.expr) -> Any:
        """Return the loop that ``yield from`` is."""
        target = copy.deepcopy(self.loop.target)
        loop: Any = _at(ast.For(target, value, self._body(s), []), s)
        loop.gradgen_depth = getattr(self.loop, "gradgen_depth", 0) + 1
        return loop


def _at(made: Any, s: ast.stmt) -> Any:
    """Return a new statement with the place of another one."""
    for n in nodes_in(made):
        if "lineno" in n._attributes and not hasattr(n, "lineno"):
            ast.copy_location(n, s)
            n.gradgen_source = s.gradgen_source  # type: ignore[attr-defined]
    return made


def _store(name: str) -> ast.Name:
    return ast.Name(name, ast.Store())
