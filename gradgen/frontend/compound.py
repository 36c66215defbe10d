"""Statements that own statements: branches, loops and ``with``; what they lead to next."""

from __future__ import annotations

import ast
import contextlib
from collections.abc import Iterator, Sequence

from gradgen.frontend import lists, pointers
from gradgen.frontend.assigned import assigned_names
from gradgen.frontend.branches import condition, implied
from gradgen.frontend.checkpoints import marked_test
from gradgen.frontend.cursors import endless_loop, loop_of
from gradgen.frontend.flow import read, split, told
from gradgen.frontend.generators import asked_for, counting, filtered
from gradgen.frontend.growing import noting, over_growing
from gradgen.frontend.index_names import name_index
from gradgen.frontend.iterables import FEW
from gradgen.frontend.iteration import Noted, iteration_of, watch_early
from gradgen.frontend.jumps import Branch, Jump, Step, Unless, jumps_of
from gradgen.frontend.layouts import note_order
from gradgen.frontend.loops import Loop, run_loop
from gradgen.frontend.own_iterators import steps_of
from gradgen.frontend.parts import contents
from gradgen.frontend.points import Point, Turn
from gradgen.frontend.reader import Reader
from gradgen.frontend.signals import FOR, WHILE, Endless, InTurns, OwnIterator, WriteOut
from gradgen.frontend.state import restore, snapshot
from gradgen.frontend.targets import assign_to
from gradgen.frontend.turns import as_range, known_turns, turn_by_turn, while_decided, written_out
from gradgen.frontend.values import Called, Iteration, Lazy, Once, Ref
from gradgen.frontend.yielded import with_checks
from gradgen.ir import lengths
from gradgen.ir.builder import Builder
from gradgen.ir.nodes import Block, Const, Op, Value, replace_uses, walk
from gradgen.ir.types import integer

SHORT = 8  # turns of a loop that is written out where what its names share depends on the turn
LEAVE = "leave"  # the jump out of a loop whose test fails


def _beside_others(r: Reader, s: ast.For) -> list[ast.stmt] | None:
    """Return a loop over a generator that takes turns, and over other things at once."""
    if not r.book.turnwise and not r.book.stepwise:
        return None
    # A cycle by nature: a generator's body stands in the place of a call.
    from gradgen.frontend.abreast import beside_others

    return beside_others(r, s)


def in_turns(r: Reader, s: ast.For, called: Called) -> Sequence[Step]:
    """Return a loop over a generator that takes turns with it."""
    # A cycle by nature: a generator's body stands in the place of a call.
    from gradgen.frontend.in_turns import steps_of as turns_of

    return turns_of(r, s, called)


def if_statement(r: Reader, s: ast.If, rest: Point) -> Point | None:
    """Follow the side that is known, or read both."""
    test = condition(r, s.test)
    if len(s.body) == 1 and isinstance(s.body[0], ast.Raise) and not s.orelse:
        note_order(r, test)
    return split(r, s, test, s.body, s.orelse, rest)


# --- loops --------------------------------------------------------------------------------


def for_statement(r: Reader, s: ast.For, rest: Point) -> Point:
    """Read a loop over a range or an array once, and one over known items item by item."""
    for spelled_out in (counting, asked_for, loop_of, over_growing, _beside_others):
        steps = spelled_out(r, s)
        if steps is not None:
            return Point(steps, rest)
    s = filtered(r, s) or s
    count = len(r.yielding)
    try:
        with r.heading(s.iter):
            read = Noted()
            over = as_range(s) or iteration_of(r, s.iter, live=True, some=True, read=read)
            watch_early(r, read)
    except OwnIterator as found:
        return Point(steps_of(r, s, found.iterator), rest)
    except InTurns as found:
        return Point(in_turns(r, s, found.generator.called), rest)
    s = with_checks(r, s, count)
    if isinstance(over, list):
        return written_out(r, s, over, rest)
    if over.endless:
        return Point(endless_loop(r, s, over), rest)
    over = noting(r, s, over)
    turns = known_turns(over)
    key = (*r.call_path, id(s))
    if turns is not None and (not turns or id(s) in r.written_out or _worth(r, turns)):
        return turn_by_turn(r, s, over, turns, rest)
    if turns is not None and len(turns) <= SHORT and id(s) not in r.made:
        r.short.add(key)
    before, path = snapshot(r), list(r.call_path)
    frame = _LoopFrame(r, s)
    try:
        _counted(r, s, over, frame, turns)
    except WriteOut as found:
        if found.loop is not s or turns is None:
            raise
        restore(r, before)
        r.call_path[:] = path
        r.turned.add(id(s))
        return turn_by_turn(r, s, over, turns, rest)
    return frame.after(rest)


def _worth(r: Reader, turns: Sequence[int]) -> bool:
    """Whether a loop that could be read once is written out, as it was refused otherwise."""
    return bool(r.book.effort & FOR) and len(turns) <= FEW


class _LoopFrame:
    """What surrounds a loop that is read once: its flags, and what follows it."""

    def __init__(self, r: Reader, s: ast.For | ast.While) -> None:
        self.r, self.s = r, s
        exits, jumps = r.frame.exits, jumps_of(s.body)
        self.flags: dict[str, str] = {"break": "", LEAVE: ""}
        self.carried: list[str] = []
        if s.orelse and "break" in jumps:
            self.flags["break"] = exits.flag("break", s)
            r.frame.names[self.flags["break"]] = Const(False)
            self.carried.append(self.flags["break"])
        self.thrown = sorted(jumps - {"break", "continue", "return"})
        for kind in self.thrown:
            self.flags[kind] = exits.flag(kind, s)
            r.frame.names[self.flags[kind]] = Const(False)
            self.carried.append(self.flags[kind])
        self.returns = "return" in jumps
        # A comprehension in a lambda has no exits: there is no statement that could leave it.
        self.before = r.frame.names.get(exits.returned) if exits is not None else None
        if self.returns:
            self.flags["return"] = exits.returned
            r.frame.names.setdefault(exits.returned, Const(False))
            self.carried += [exits.result, exits.returned]
        self.breaks = bool(jumps - {"continue"})

    def names(self, *heads: ast.expr) -> list[str]:
        """Return the names that a turn may assign."""
        inside = assigned_names([*map(ast.Expr, heads), *self.s.body])
        return list(dict.fromkeys([*self.carried, *inside, *self._used_up()]))

    def _used_up(self) -> list[str]:
        """Return the iterators from before the loop, which a turn may use up.

        The test of a ``while`` and the local functions that a turn calls may do so, too.
        """
        held = self.r.frame.names
        return [name for name, value in held.items() if isinstance(value, Once | Lazy)]

    def turn(self, trial: Loop, steps: Sequence[Step]) -> None:
        """Read one turn to its ends."""
        stop = Turn(trial, "break", self.flags, None)
        read(self.r, Point(steps, Turn(trial, "continue", {}, stop)))

    def told(self) -> list[Branch]:
        """Return the jumps that lead further than behind the loop, each under its test."""
        r, s = self.r, self.s
        out = [told(r, s, kind, self.flags[kind], None) for kind in self.thrown]
        if self.returns:
            out.append(told(r, s, "return", r.frame.exits.returned, self.before))
        return out

    def after(self, rest: Point) -> Point:
        """Return the place behind the loop: jumps that go on from here, then its ``else``."""
        r, s = self.r, self.s
        steps: list[Step] = [*self.told()]
        if self.flags["break"]:
            broken = r.frame.names.pop(self.flags["break"])
            steps.append(Branch(s, broken, [], s.orelse))
        else:
            steps += s.orelse
        return Point(steps, rest) if steps else rest


def _counted(
    r: Reader, s: ast.For, over: Iteration, frame: _LoopFrame, turns: Sequence[int] | None
) -> None:
    few = turns is not None and len(turns) <= FEW
    kept: list[Block] = []
    bounds = over.bounds or (Const(0), over.length, Const(1))

    def body(trial: Loop, block: Block) -> None:
        kept.append(block)
        index = Value(integer(), "")
        index.type = integer(lengths.of_index(index.id, *bounds))
        if few:
            r.short_loops[index] = s
        block.params.insert(0, index)
        r.open_loops.append(s if few else None)
        r.counters.append("")
        try:
            r.b.span = r.span(s.target)
            if r.inner and any(lists.holds_nothing(r, ref) for ref in over.arrays):
                raise Endless(s)  # a recursive function, which may yet be given a list of more
            element = over.element(index)
            name_index(r, s, over, index, element)
            assign_to(r, s.target, element)
            frame.turn(trial, s.body)
        finally:
            r.open_loops.pop()
            r.counters.pop()

    def build(inits: list[Value], trial: Loop) -> tuple[Op, Block]:
        breaks = any(end.end == "break" for end, _ in trial.ends)
        attrs = {"backwards": over.backwards, "breaks": breaks}
        attrs |= over.marked or {}
        inputs = [*bounds, *inits]
        op = r.b.append("for", inputs, [], span=r.span(s), attrs=attrs, blocks=[kept[-1]])
        return op, kept[-1]

    with _named(r, s, over.arrays):
        names = frame.names(s.target)
        run_loop(r, s, names, body, build, frame.breaks, bool(turns), bounds)


@contextlib.contextmanager
def _named(r: Reader, s: ast.For, arrays: Sequence[Ref]) -> Iterator[None]:
    """Let what is looped over have names of its own: a store in the body may reach it."""
    hidden = [f"looped over {s.lineno}:{s.col_offset}:{k}" for k in range(len(arrays))]
    r.frame.names.update(zip(hidden, arrays, strict=True))
    yield
    for name in hidden:
        r.frame.names.pop(name, None)


def while_statement(r: Reader, s: ast.While, rest: Point) -> Point:
    """Read a ``while`` loop; a test that assigns moves into the body."""
    r.book.whiles.add(id(s))
    if r.book.effort & WHILE or id(s) in r.book.unlike:
        here = while_decided(r, s, rest)
        if here is not None:
            return here
    frame = _LoopFrame(r, s)
    kept: list[tuple[Block, Block]] = []

    def body(trial: Loop, block: Block) -> None:
        test_block, known = _test(r, s, trial)
        steps: list[Step] = list(s.body)
        if test_block is None:
            test_block = _always(trial)
            steps = [Unless(s.test, LEAVE), *steps]
        kept.append((test_block, block))
        if isinstance(test_block.results[0], Const) and not test_block.results[0].const:
            steps = [Jump(LEAVE, None)]
        before, r.facts = r.facts, {**r.facts, **known}
        frame.turn(trial, steps)
        r.facts = before

    def build(inits: list[Value], trial: Loop) -> tuple[Op, Block]:
        test_block, block = kept[-1]
        attrs = {"checkpoint": True} if marked else {}
        blocks = [test_block, block]
        op = r.b.append("while", inits, [], span=r.span(s), attrs=attrs, blocks=blocks)
        return op, block

    marked = marked_test(r, s.test)
    always = isinstance(s.test, ast.Constant) and bool(s.test.value)
    run_loop(r, s, frame.names(s.test), body, build, counted=True, turns=always)
    if always and "break" not in jumps_of(s.body):
        return _endless(r, frame, rest)
    return frame.after(rest)


def _endless(r: Reader, frame: _LoopFrame, rest: Point) -> Point:
    """Go on behind a loop that is left by ``return``, and by what is raised and caught, only."""
    told = frame.told()
    return Point([*told[:-1], *told[-1].then], rest) if told else rest


def _test(r: Reader, s: ast.While, trial: Loop) -> tuple[Block | None, dict[Value, bool]]:
    """Read a test into a block of its own, and what it tells of objects.

    There is no block if it has effects on names or arrays.
    """
    before = snapshot(r)
    block = Block(params=[_twin(p) for p in trial.params])
    with r.b.into(block):
        test = condition(r, s.test)
    block.results = [test]
    same = all(r.frame.names.get(name) is v for name, v in before.names.items())
    same = same and all(r.versions[storage] is v for storage, v in before.versions.items())
    same = same and all(before.contents(r, box) is contents(box) for box in r.filled)
    if not same or len(r.frame.names) != len(before.names):
        restore(r, before)
        return None, {}
    facts = pointers.kept(implied(test, True))
    again = _told_apart_again(r, block)
    replace_uses(block, dict(zip(trial.params, block.params, strict=True)) | again)
    return block, facts


def _told_apart_again(r: Reader, block: Block) -> dict[Value, Value]:
    """Repeat in a test what tells at the head of a turn which option a name stands for."""
    read = {v for op in walk(block) for v in op.inputs}
    read |= {v for op in walk(block) for b in op.blocks for v in b.results} | {*block.results}
    again: dict[Value, Value] = {}
    copies = Builder(Block())
    for op in r.b.block.ops:
        if len(op.outputs) == 1 and op.out in read and not op.blocks:
            again[op.out] = copies.append(
                op.prim, op.inputs, [op.out.type], [op.out.name], op.span, op.attrs
            ).out
    block.ops[:0] = copies.block.ops
    return again


def _always(trial: Loop) -> Block:
    return Block(params=[_twin(p) for p in trial.params], results=[Const(True)])


def _twin(p: Value) -> Value:
    twin = Value(p.type, p.name, p.span)
    twin.user = p.user
    return twin
