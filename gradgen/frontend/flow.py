"""Control flow while it is read: which place comes next, and where the sides of a branch meet.

What is decided before the program runs is followed, and leaves no trace.  At an ``if`` that only
the running program decides, the code behind it moves into the side that comes to it, up to the
place where both sides are again; where both come to the same code before, they meet there, and
flags say which jumps are under way.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from typing import Any

from gradgen.deep import deep
from gradgen.frontend.branches import assuming, fork, implied
from gradgen.frontend.jumps import (
    Act,
    Branch,
    Jump,
    Step,
    always_jumps,
    always_raises,
    is_thrown,
    jumps_of,
)
from gradgen.frontend.points import (
    End,
    Meeting,
    Point,
    Turn,
    cut,
    divided,
    exits,
    jump,
    links,
    reached,
    target,
)
from gradgen.frontend.reader import Reader
from gradgen.frontend.signals import Endless
from gradgen.frontend.state import restore, snapshot
from gradgen.frontend.values import Static
from gradgen.ir.nodes import Block, Const, Value

FLAGS = {"return": "returned", "break": "broken", "continue": "skipped"}
DEEP = 10  # branches around code that moved into a side; further in, flags keep the text flat


class Exits:
    """The names of a function's result and of its flags, distinct from those in use."""

    def __init__(self, taken: set[str]) -> None:
        self.taken = taken
        self.result, self.returned = self._fresh("value"), self._fresh("returned")
        self.flags: dict[tuple[int, str], str] = {}
        self.block: Block | None = None  # what every path through the function reads
        self.depth = 0

    def _fresh(self, name: str) -> str:
        while name in self.taken:
            name += "_"
        self.taken.add(name)
        return name

    def flag(self, kind: str, node: ast.AST) -> str:
        """Return the flag for jumps of one kind at one statement."""
        if kind == "return":
            return self.returned
        key = (id(node), kind)
        if key not in self.flags:
            self.flags[key] = self._fresh(FLAGS.get(kind, kind.partition(" ")[0]))
        return self.flags[key]


@deep
def read(r: Reader, here: Point) -> None:
    """Read from a place to the end of its chain."""
    # A cycle by nature: statements own blocks, which are read from here.
    from gradgen.frontend.statements import step

    while not isinstance(here, End):
        if here.empty:
            assert here.then is not None
            here = here.then
            if not isinstance(here, End):
                here.arrive(r)
            continue
        following = step(r, here.steps[here.at], here.after_step())
        if following is None:
            return
        here = following
    here.arrive(r)


def split(
    r: Reader, node: ast.AST, test: Value, then: Sequence[Step], other: Sequence[Step], rest: Point
) -> Point | None:
    """Read both sides of a branch; return where to go on (None: the block has ended)."""
    if isinstance(test, Const):
        return Point(then if test.const else other, rest)
    for side, kept, wanted in ((then, other, True), (other, then, False)):
        if _raises(side, kept, rest):
            _guard(r, node, test, [*side, *rest.rest], wanted)
            return Point(kept, rest)
    if not jumps_of(then) and not jumps_of(other):
        forget = Act(lambda r: _forget_dead(r, node))
        here = _meet(r, node, test, ([*then, forget], [*other, forget]), rest, rest)
        _forget_dead(r, node)
        return here
    if _is_flag(then, other, rest):
        jump(r, rest, then[0].kind, test)  # type: ignore[union-attr]
        return target(rest, then[0].kind)  # type: ignore[union-attr]
    where = _meeting_place(then, other, rest)
    if r.frame.exits.depth >= DEEP and not isinstance(where, Turn):
        rest, where = _near(then, other, rest, where)
    return _meet(r, node, test, (then, other), rest, where)


def _forget_dead(r: Reader, branch: ast.AST) -> None:
    """Unbind the names that nothing reads after a branch that no jump leaves."""
    lives = None if r.reads_later else r.frame.lives
    for name in [n for n in r.frame.names if lives is not None and lives.dead_after(branch, n)]:
        del r.frame.names[name]


def _raises(side: Sequence[Step], kept: Sequence[Step], rest: Point) -> bool:
    """Whether one side ends in an exception, and only that one."""
    if always_raises(side):
        return True
    return always_jumps(kept) and always_raises([*side, *rest.rest])


def _guard(r: Reader, node: ast.AST, test: Value, failing: Sequence[Step], wanted: bool) -> None:
    """Read a side that ends in an exception; the other one goes on without a branch."""
    before, path = snapshot(r), list(r.call_path)
    with r.b.into(Block()) as block, assuming(r, test, wanted):
        read(r, Point(failing, Meeting({})))
    restore(r, before)
    r.facts = {**r.facts, **implied(test, not wanted)}
    r.call_path[:] = path
    last = block.ops[-1]
    if len(block.ops) == 1 and last.prim == "raise_if":
        failed = test if wanted else r.b.emit("not", [test])
        r.b.append("raise_if", [failed, *last.inputs[1:]], [], span=last.span, attrs=last.attrs)
        return
    blocks = [block, Block()] if wanted else [Block(), block]
    r.b.append("if", [test], [], span=r.span(node), blocks=blocks)


def _is_flag(then: Sequence[Step], other: Sequence[Step], rest: Point) -> bool:
    """Whether a branch would only set a flag by its test."""
    if other or len(then) != 1 or not isinstance(then[0], Jump):
        return False
    end = target(rest, then[0].kind)
    if not isinstance(end, Meeting) or not end.flags.get(then[0].kind):
        return False
    return all(p.silent for p in links(rest))


def _meeting_place(then: Sequence[Step], other: Sequence[Step], rest: Point) -> Point:
    """Return the first place with something to read to which both sides come, or where both end."""
    order = list(links(rest))
    place = {id(p): k for k, p in enumerate(order)}
    sides = [{place[id(p)] for p in reached(side, rest)} for side in (then, other)]
    goal = max(sides[0] | sides[1])
    for k in sorted(sides[0] & sides[1]):
        if k < goal and not order[k].silent:
            return order[k]
    return order[goal]


def _near(
    then: Sequence[Step], other: Sequence[Step], rest: Point, goal: Point
) -> tuple[Point, Point]:
    """Return the earliest place where sides can meet, in a chain that has it."""
    if other or len(then) != 1 or not isinstance(then[0], Jump):
        return rest, goal if rest.empty else rest
    stop = target(rest, then[0].kind)
    order, come_to = list(links(rest)), reached((), rest)
    for p in order[: order.index(goal)]:
        if p is stop and not p.silent:
            return rest, p
        for k, s in enumerate(p.rest if p in come_to or p is rest else ()):
            if jumps_of([s]) and not always_jumps([s]) and k + 1 < len(p.rest):
                return divided(rest, p, k + 1)
    return rest, goal


def _meet(
    r: Reader,
    node: ast.AST,
    test: Value,
    sides: tuple[Sequence[Step], Sequence[Step]],
    rest: Point,
    where: Point,
) -> Point | None:
    """Read both sides up to the place where they meet."""
    if isinstance(where, Turn):
        _end_turn(r, node, test, [Point(side, rest) for side in sides])
        return None
    kinds = exits(sides[0], rest, where) | exits(sides[1], rest, where)
    if isinstance(where, Meeting):
        kinds = frozenset()
    order = [*FLAGS, *sorted(filter(is_thrown, kinds))]
    names = {kind: r.frame.exits.flag(kind, node) for kind in order if kind in kinds}
    before = {name: r.frame.names.get(name) for name in names.values()}
    r.frame.names.update(dict.fromkeys(before, Const(False)))
    path = list(r.call_path)

    def side(steps: Sequence[Step]) -> Callable[[], None]:
        def run() -> None:
            r.call_path[:] = path
            read(r, Point(steps, cut(rest, where, names)))

        return run

    r.frame.exits.depth += bool(kinds or where is not rest)
    fork(r, node, test, side(sides[0]), side(sides[1]))
    r.frame.exits.depth -= bool(kinds or where is not rest)
    r.call_path[:] = path
    for point in links(rest):
        if isinstance(point, End):
            break
        point.arrive(r)
        if point is where:
            break
    return Point([told(r, node, kind, name, before[name]) for kind, name in names.items()], where)


def told(r: Reader, node: ast.AST, kind: str, name: str, before: Any) -> Branch:
    """Return the branch that jumps where a flag says so; the flag's name is given back."""
    flag = r.frame.names.pop(name)
    if before is not None:
        r.frame.names[name] = before
    return Branch(node, flag, [Jump(kind, flag)], [])


def _end_turn(r: Reader, node: ast.AST, test: Value, sides: list[Point]) -> None:
    """Read a branch whose sides end the turn of a loop themselves."""
    before, path = snapshot(r), list(r.call_path)
    op = r.b.append("if", [test], [], span=r.span(node))
    for k, (point, truth) in enumerate(zip(sides, (True, False), strict=True)):
        restore(r, before)
        r.call_path[:] = path
        try:
            with r.b.into(Block()) as block, assuming(r, test, truth):
                read(r, point)
        except Endless:
            # The function is read again when more is known; until then, the other side goes on.
            r.b.block.ops.remove(op)
            restore(r, before)
            r.call_path[:] = path
            read(r, sides[1 - k])
            return
        op.blocks.append(block)
    restore(r, before)
    r.call_path[:] = path
    r.b.block.end = "tail"


def read_statements(r: Reader, body: Sequence[ast.stmt]) -> None:
    """Read statements that no jump leaves."""
    read(r, Point(body, Meeting({})))


def read_body(r: Reader, body: Sequence[ast.stmt]) -> Any:
    """Read a function's body; return its result."""
    r.frame.exits.block = r.b.block
    end = Point((), Meeting({}), "return", tuple(r.call_path))
    falls = Point((), end)
    if "return" in jumps_of(body):
        implied = ast.fix_missing_locations(ast.copy_location(ast.Return(None), body[-1]))
        falls = Point([implied], end)
    read(r, Point(body, falls))
    return r.frame.names.get(r.frame.exits.result, Static(None))
