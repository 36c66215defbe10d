"""Loops that are written out, one turn after the other."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Any

from gradgen.frontend.branches import condition
from gradgen.frontend.iterables import Late, Perhaps, Thunk, current, require_still
from gradgen.frontend.jumps import Act, Again, Step, Unless
from gradgen.frontend.points import Point
from gradgen.frontend.reader import Reader
from gradgen.frontend.state import restore, snapshot
from gradgen.frontend.targets import assign_to
from gradgen.frontend.unbound import is_there
from gradgen.frontend.values import Choice, Iteration, Map, Record, Ref, Seq
from gradgen.ir.nodes import Block, Const
from gradgen.syntax import nodes_in

LEAST = 3  # numbers in a row that are read as a range, and not written out


def known_turns(over: Iteration) -> Sequence[int] | None:
    """Return the positions or integers that a loop runs over, None if they are not known."""
    bounds = [v for v in over.bounds or (Const(0), over.length, Const(1)) if isinstance(v, Const)]
    if len(bounds) < 3:
        return None
    turns = range(*(v.const for v in bounds))
    return turns[::-1] if over.backwards else turns


def as_range(s: ast.For) -> Iteration | None:
    """Return ``for d in (-1, 0, 1)`` as the loop over a range that it is; None for others.

    Nor where a turn passes the number on, or raises to it: there it is of use that it is known.
    """
    if not isinstance(s.iter, ast.Tuple | ast.List) or not isinstance(s.target, ast.Name):
        return None
    try:
        steps = [ast.literal_eval(e) for e in s.iter.elts]
    except ValueError:
        return None
    if len(steps) < LEAST or any(type(n) is not int for n in steps) or steps[0] == steps[1]:
        return None
    apart = steps[1] - steps[0]
    span = range(steps[0], steps[-1] + (1 if apart > 0 else -1), apart)
    if list(span) != steps or not _is_reckoned_with(s.body, s.target.id):
        return None
    bounds = (Const(span.start), Const(span.stop), Const(span.step))
    return Iteration(None, lambda i: i, bounds)


def _is_reckoned_with(body: list[ast.stmt], name: str) -> bool:
    """Whether a name is only added, multiplied, compared, and a part of subscripts."""
    inside = [n for s in body for n in nodes_in(s)]
    uses: set[ast.AST] = {n for n in inside if isinstance(n, ast.Name) and n.id == name}
    for n in inside:
        if isinstance(n, ast.BinOp) and isinstance(n.op, ast.Add | ast.Sub | ast.Mult):
            uses -= {n.left, n.right}
        elif isinstance(n, ast.Compare):
            uses -= {n.left, *n.comparators}
        elif isinstance(n, ast.Subscript):
            uses -= {n.slice, *(n.slice.elts if isinstance(n.slice, ast.Tuple) else ())}
    return not uses


def turn_by_turn(
    r: Reader, s: ast.For, over: Iteration, turns: Sequence[int], rest: Point
) -> Point:
    """Return the place before the first of the turns of a loop whose positions are known."""
    return _chained(r, s, [[_turn(s.target, over, k)] for k in turns], rest)


def _turn(to: ast.expr, over: Iteration, k: int) -> Act:
    return Act(lambda r: assign_to(r, to, over.element(Const(k))))


def written_out(r: Reader, s: ast.For, items: list[Any], rest: Point) -> Point:
    """Return the place before the first item; the others follow it."""
    last = items[-1:]  # a list that grew in the last turn would not have ended here
    last = [item.item if isinstance(item, Perhaps) else item for item in last]
    check = [Act(lambda r: require_still(r, Seq(last), s.iter), silent=True)]
    # What the next items are has a name: the body may write to it in a loop of its own.
    hidden = f"items of {s.lineno}:{s.col_offset}"
    boxes = [box for item in items for box in _boxes(item)]
    if boxes:
        r.frame.names[hidden] = Seq(boxes)
        rest = Point([Act(lambda r: r.frame.names.pop(hidden, None), silent=True)], rest)
    return _chained(r, s, [_head(s, item, k) for k, item in enumerate(items)], rest, check)


def _boxes(item: Any) -> list[Any]:
    """Return the arrays and containers that an item is, or is found in."""
    if isinstance(item, Perhaps | Thunk):
        return _boxes(item.item if isinstance(item, Perhaps) else item.held)
    if isinstance(item, Late):
        return [item.box]
    if isinstance(item, Seq):
        return [box for part in item.items for box in _boxes(part)]
    return [item] if isinstance(item, Ref | Record | Map) else []


def _chained(
    r: Reader, s: ast.For, turns: list[list[Step]], rest: Point, check: Sequence[Act] = ()
) -> Point:
    r.book.write_turns(len(turns))
    path = tuple(r.call_path)
    end = Point((), rest, "break", path)
    here = Point([*check, *s.orelse], end, "continue", path, outside=True)
    for k in reversed(range(len(turns))):
        here = Point([*turns[k], *s.body], here, "continue", (*path, k))
    here.arrive(r)
    return here


def _head(s: ast.For, item: Any, k: int) -> list[Step]:
    """Return what a turn begins with; it has none where the item is missing."""
    if not isinstance(item, Perhaps):
        return [_binding(s, item)]
    name = f"there {s.lineno}:{s.col_offset}:{k}"

    def ask(r: Reader) -> None:
        r.frame.names[name] = is_there(r, item.now())

    test = ast.copy_location(ast.Name(name, ast.Load()), s.iter)
    return [Act(ask), Unless(test, "continue"), _binding(s, item.item)]


def _binding(s: ast.For, item: Any) -> Act:
    return Act(lambda r: assign_to(r, s.target, current(r, item, s.iter)))


def while_decided(r: Reader, s: ast.While, rest: Point) -> Point | None:
    """Return where a ``while`` loop leads whose test is known, None where it is not."""
    path = tuple(r.call_path)
    return _decided(r, Again(s, path, 0), Point((), rest, "break", path))


def again(r: Reader, step: Again, rest: Point) -> Point:
    """Go on with a ``while`` loop of which some turns are written out."""
    here = _decided(r, step, rest)
    return Point([step.node], rest, outside=True) if here is None else here


def _decided(r: Reader, step: Again, rest: Point) -> Point | None:
    """Return the next turn where the test is known to hold, what follows where it does not.

    Where the path decides it, as what kind of node a tree has here, it stands before the turn.
    """
    before = snapshot(r)
    with r.b.into(Block()) as block:
        test = condition(r, step.node.test)
    head: list[Step] = []
    if not isinstance(test, Const):
        restore(r, before)
        if step.node.orelse or not _asks_for_kind(r, step.node.test):
            return None
        head = [Unless(step.node.test, "break")]
    else:
        r.b.block.ops += block.ops
        if not test.const:
            return Point(step.node.orelse, rest, outside=True)
    r.book.write_turns(1)
    following = Again(step.node, step.path, step.turn + 1)
    path = (*step.path, step.turn)
    turn = [*head, *step.node.body]
    here = Point(turn, Point([following], rest, "continue", step.path), path=path)
    here.arrive(r)
    return here


def _asks_for_kind(r: Reader, test: ast.expr) -> bool:
    """Whether a test reads a name that is a container on one path and none on another."""
    names = [n.id for n in ast.walk(test) if isinstance(n, ast.Name)]
    chosen = [r.settled(r.frame.names.get(name)) for name in names]
    return any(isinstance(v, Choice) and len(_kinds(r, v)) == 2 for v in chosen)


def _kinds(r: Reader, value: Any) -> set[bool]:
    """Return whether what the path chooses is a container, for all that it may be."""
    value = r.settled(value)
    if isinstance(value, Choice):
        return _kinds(r, value.then) | _kinds(r, value.other)
    return {isinstance(value, Map | Record | Seq)}
