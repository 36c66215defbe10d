"""Functions of which the path has chosen one, many branches ago: a number says which one it is.

A state machine's ``self.state = self.idle`` is such a choice.  Each branch would double the tests
that lead to a function; as there are only a few functions, a number tells them apart.  So it is
with texts, as in ``state = "idle"``, where the tests have become many.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from gradgen.frontend.evaluate import options
from gradgen.frontend.objects import Method
from gradgen.frontend.sameness import interchangeable
from gradgen.frontend.state import at
from gradgen.frontend.values import Choice, LocalFunction, Static
from gradgen.ir.nodes import Const, Value

if TYPE_CHECKING:
    from gradgen.frontend.joins import Join
    from gradgen.frontend.reader import Reader

SHORT = 4  # fewer options are asked for by the tests that led to them
FEW = 12  # fewer texts, with what stands there twice, are asked for by these
Numbers = list[tuple[Any, int]]


def numbered(join: Join, made: Choice, raw: Choice, name: str) -> Choice | None:
    """Return a choice among functions by their numbers; None where its tests are few enough.

    ``made`` is what stands after the branch, and ``raw`` what stood at the ends of its two sides.
    """
    found = options(raw)
    if len(found) < SHORT or not (_are_functions(found) or _are_many_texts(found)):
        return None
    known = _numbers(raw)
    held = dict(zip((_number(known, f) for f in found), options(made), strict=True))
    if len(held) in (1, len(found)):
        return None
    ends: list[Value] = []
    for side, state, block in zip((raw.then, raw.other), join.after, join.op.blocks, strict=True):
        with at(join.r, state), join.r.b.into(block):
            ends.append(_which(join.r, join.node, side, known))
    which = join.output(ends[0], ends[1], f"{name}_kind" if name.isidentifier() else "which")
    numbers = tuple(sorted(held))
    out = held[numbers[-1]]
    for number in reversed(numbers[:-1]):
        is_it = join.r.b.emit("eq", [which, Const(number)], span=join.span)
        out = Choice(is_it, held[number], out)
    return Choice(out.test, out.then, out.other, (which, numbers))


def told_by(choice: Choice, which: Value, numbers: tuple[int, ...]) -> Choice:
    """Return a choice that is told by a number, with that, where it is one among functions."""
    if not _are_functions(options(choice)):
        return choice
    return Choice(choice.test, choice.then, choice.other, (which, numbers))


def _are_functions(found: list[Any]) -> bool:
    """Whether these are functions, or other things that are known, and not only the latter."""
    known = all(isinstance(f, Method | LocalFunction | Static) for f in found)
    return known and any(isinstance(f, Method | LocalFunction) for f in found)


def _are_many_texts(found: list[Any]) -> bool:
    """Whether these are texts, or None, that lead to many tests."""
    known = all(isinstance(f, Static) and isinstance(f.obj, str | None) for f in found)
    return known and len(found) >= FEW


def _numbers(raw: Choice) -> Numbers:
    """Return the functions with their numbers: those that they have already, and new ones."""
    known: Numbers = []
    inside: list[Any] = [raw]
    while inside and not known:
        value = inside.pop()
        if isinstance(value, Choice) and value.which is not None:
            known = list(zip(options(value), value.which[1], strict=True))
        elif isinstance(value, Choice):
            inside += [value.other, value.then]
    for function in options(raw):
        if not any(interchangeable(function, other) for other, _ in known):
            known.append((function, 1 + max((number for _, number in known), default=-1)))
    return known


def _number(known: Numbers, function: Any) -> int:
    return next(number for other, number in known if interchangeable(function, other))


def _which(r: Reader, node: ast.AST, value: Any, known: Numbers) -> Value:
    """Return the number of the function that a value is on the path that is taken."""
    # A cycle by nature: branches join what their sides leave.
    from gradgen.frontend.branches import choose

    if not isinstance(value, Choice):
        return Const(_number(known, value))
    numbers = tuple(_number(known, f) for f in options(value))
    if value.which is not None and numbers == value.which[1]:
        return value.which[0]
    sides = (value.then, value.other)
    then, other = (lambda side=side: _which(r, node, side, known) for side in sides)
    found: Value = choose(r, node, value.test, then, other)
    return found
