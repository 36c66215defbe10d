"""Loops to blocks whose carried values are found by trial.

A loop's body is read until its guess of what is carried, and of which types, comes out as it went
in; operations of a failed trial are dropped with their block.  What is carried has a place: a name,
or the storage of an array, or a box, that stood before the loop and is written in it.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from gradgen.errors import UnsupportedError
from gradgen.frontend import links, row_kinds
from gradgen.frontend.covers import Cover, contents_template, with_unset
from gradgen.frontend.guesses import (
    Guess,
    Slot,
    adopt_entry,
    or_nothing,
    recalled,
    remember,
    take_in,
)
from gradgen.frontend.joins import identity
from gradgen.frontend.listed import end_turn, note_lists_inside
from gradgen.frontend.parts import contents, standing_for
from gradgen.frontend.reader import Reader
from gradgen.frontend.settling import Bounds, find_arrays, start_from_arrays
from gradgen.frontend.signals import Endless, Retry
from gradgen.frontend.state import State, at, restore, snapshot
from gradgen.frontend.templates import (
    Hole,
    Node,
    Same,
    Template,
    admits,
    classes,
    equal,
    names_of,
    put_places,
    rebuilt,
    types,
    values_of,
)
from gradgen.frontend.values import Box, Map, Poison, Record, Ref, Seq, Storage
from gradgen.ir.nodes import Block, Const, Op, Value, next_id

UNSETTLED, ONE_TYPE = "the types of the loop's variables do not settle", "give them one type each"


class Loop:
    """One trial of a loop body: what is carried, and what came out at each end."""

    def __init__(
        self,
        r: Reader,
        guess: Guess,
        entry: State,
        key: Any,
        counted: bool,
        unassigned: set[str],
    ) -> None:
        self.r, self.guess, self.entry, self.key, self.counted = r, guess, entry, key, counted
        self.unassigned = unassigned  # names that may stand for nothing, and be read
        self.ends: list[tuple[Block, State]] = []
        self.params: list[Value] = []
        self.held: dict[Slot, list[Any]] = {}
        self.placed: dict[Slot, Template] = {}
        self.counter: Value | None = None
        precise = key in r.precise
        self.cover = Cover(r, entry, self._stands_outside if precise else lambda value: False)

    def _stands_outside(self, value: Any) -> bool:
        """Whether a value is an array or box from before the loop, the same at every turn."""
        thing = identity(value)
        if thing is None or not self.entry.knows(thing):
            return False
        steps = value.steps if isinstance(value, Ref) else ()
        operands = [v for step in steps for v in step.operands]
        return all(isinstance(v, Const) or self.entry.knows(v) for v in operands)

    def finish(self, r: Reader, end: str) -> None:
        """End the current block: it carries the present values on."""
        block = r.b.block
        self.ends.append((block, snapshot(r)))
        block.results = self.values(snapshot(r))
        if self.counter is not None:
            block.results.append(self.counter)
        block.end = end

    def values(self, state: State) -> list[Value]:
        """Return what the slots carry in a state, which has to be the present one."""
        out: list[Value] = []
        for slot, template in self.templates():
            if isinstance(slot, Seq) and isinstance(template, Hole):
                self._require_still(slot)
                put_places(self.r, slot, template.type)
                value: Any = self.r.graph_list(slot)
            else:
                value = self.slot_value(slot, state)
            out += values_of(self.r, template, value)
        return out

    def _require_still(self, grown: Seq) -> None:
        """Refuse to carry a list that grows apart from its items, lists that the loop writes to."""
        for item in grown.items if grown.grown is None else ():
            if isinstance(item, Seq) and item.kind is list and item in self.guess.slots:
                raise UnsupportedError(
                    f"{grown.name or 'a list'!r} grows in a loop that writes to its items, lists",
                    self.r.b.span,
                    "copy the items with .copy() before, or keep the numbers in an array",
                )

    def templates(self) -> list[tuple[Slot, Template]]:
        """Return the slots that are carried, in order."""
        guess = self.guess
        return [(s, guess.templates[s]) for s in guess.slots if s in guess.templates]

    def slot_value(self, slot: Slot, state: State) -> Any:
        """Return what stands in a slot, None if nothing does."""
        if isinstance(slot, str):
            return state.names.get(slot)
        if isinstance(slot, Storage):
            return state.versions[slot]
        held, known = state.contents(self.r, slot), self.guess.templates.get(slot)
        if isinstance(slot, Record | Map) and isinstance(known, Node):
            held = with_unset(self.r, slot, held, [name for name, _ in known.items])
        return standing_for(slot, held, state.versions)

    def may_miss(self, slot: Slot) -> bool:
        """Whether a variable may have no value at the beginning of a turn, or after the loop."""
        if isinstance(slot, Box) or slot in self.unassigned:
            return slot in self.unassigned
        value = self.slot_value(slot, self.entry)
        return (value.value if isinstance(value, Ref) else value) in self.r.unsure

    def put(self, slot: Slot, value: Any) -> None:
        """Let a value stand in a slot."""
        r = self.r
        if isinstance(slot, str):
            r.frame.names[slot] = value
        elif isinstance(slot, Storage):
            r.versions[slot] = value
        else:
            r.load(slot, value.storage if isinstance(value, Ref) else contents(value))


def run_loop(
    r: Reader,
    node: ast.stmt,
    names: list[str],
    body: Callable[[Loop, Block], None],
    build: Callable[[list[Value], Loop], tuple[Op, Block]],
    counted: bool,
    turns: bool = False,
    bounds: Bounds | None = None,
) -> None:
    """Read a loop until the guess holds, then emit it with ``build(inits, loop)``.

    ``body`` reads one iteration into a block and ends it through ``loop.finish``.  ``turns``: there
    is at least one, so that what every turn assigns does not depend on what was before.
    ``bounds``: the range of its index, if it has one.
    """
    key = (*r.call_path, id(node))
    lives = r.frame.lives
    if turns:
        _hide(r, node)
    if bounds is not None:
        start_from_arrays(r, node, key, bounds, turns)
    entry = snapshot(r)
    if lives is not None:
        names = [
            n for n in names if not (lives.dead_at_turn(node, n) and lives.dead_after(node, n))
        ]
    guess = recalled(r, key, names)
    unassigned = {
        n
        for n in names
        if entry.names.get(n) is None
        and not (turns and lives is not None and lives.dead_at_turn(node, n))
    }
    adopt_entry(Loop(r, guess, entry, key, counted, unassigned))
    for _ in range(8 if key in r.short else 24):
        _start_again(r, entry)
        loop, block = Loop(r, guess, entry, key, counted, unassigned), Block()
        if not _read_turn(loop, block, node, body):
            # As if the loop had no turns; the function is read again when more is known.
            _start_again(r, entry)
            return
        if bounds is not None and r.book.compiled:
            find_arrays(loop, block)
        r.b.span, last = r.span(node), r.b.span  # what is refused is the loop
        revised = _revise(loop)
        r.b.span = last
        if not revised:
            break
    else:
        if key in r.short:
            raise Retry(set(), {key})
        r.refuse(node, UNSETTLED, ONE_TYPE)
    _require_covered(loop, node)
    _start_again(r, entry)
    remember(r, key, guess)
    inits = loop.values(entry) + ([Const(0)] if counted else [])
    op, _ = build(inits, loop)
    _bind_results(loop, op)


def _read_turn(
    loop: Loop, block: Block, node: ast.stmt, body: Callable[[Loop, Block], None]
) -> bool:
    """Read one turn into a block; say whether it comes to an end."""
    r = loop.r
    with r.b.into(block):
        _bind_params(loop, block)
        _hide(r, node)
        before, r.turn = r.turn, next_id()
        facts = r.facts  # what a turn finds out is not known without one
        try:
            body(loop, block)
        except Endless:
            return False
        finally:
            end_turn(r, r.turn, before)
            r.turn, r.facts = before, facts
    return True


def _require_covered(loop: Loop, node: ast.stmt) -> None:
    """Refuse a loop that would lose what stands in a slot at the end of a turn."""
    for state in (loop.entry, *(state for _, state in loop.ends)):
        with at(loop.r, state):
            for slot, template in loop.templates():
                value = loop.slot_value(slot, state)
                if value is None or isinstance(value, Poison) or admits(template, value):
                    continue
                name = slot if isinstance(slot, str) else slot.name
                what = repr(name) if name else "what a container or an object holds"
                loop.r.refuse(node, f"{what} cannot be carried from turn to turn", "use arrays")


def _start_again(r: Reader, entry: State) -> None:
    """Go back to before the loop, and forget what a trial made."""
    restore(r, entry)
    r.filled = {box: held for box, held in r.filled.items() if entry.knows(box)}
    r.forget(entry.knows)


def _bind_params(loop: Loop, block: Block) -> None:
    r, guess = loop.r, loop.guess
    for slot, error in guess.poison.items():
        loop.put(slot, error)
    for slot, template in loop.templates():
        params = _typed(types(template), names_of(template, _label(r, slot)))
        for p in params:
            p.user = bool(p.name) and isinstance(slot, str)
        if loop.may_miss(slot):
            r.unsure.update(params)
        loop.params += params
        _place(loop, slot, template, params)
    if loop.counted:
        param = Value(Const(0).type, "steps")
        param.type = type(param.type)("int", "int64", (), True)
        loop.params.append(param)
        loop.counter = r.b.emit("add", [param, Const(1)], "steps")
    block.params += loop.params
    links.apply_links(loop)


def _label(r: Reader, slot: Slot) -> str:
    """Return what a place is called: after the name that holds an object, if one does."""
    if isinstance(slot, str):
        return slot
    if isinstance(slot, Storage):
        return slot.name
    return next((name for name, held in r.frame.names.items() if held is slot), "")


def _hide(r: Reader, node: ast.AST) -> None:
    """Unbind the names that no turn reads before it assigns them."""
    lives, held = r.frame.lives, r.frame.names
    for name in [n for n in held if lives is not None and lives.dead_at_turn(node, n)]:
        del held[name]


def _typed(kinds: list[Any], names: list[str]) -> list[Value]:
    return [Value(type_, name) for type_, name in zip(kinds, names, strict=True)]


def _place(loop: Loop, slot: Slot, template: Template, values: list[Value]) -> None:
    """Put carried values into a slot."""
    if isinstance(slot, Storage):
        loop.put(slot, values[0])
        return
    held = [loop.r.hold(v) for v in values]
    for ref, tuples in zip(held, classes(template), strict=True):
        row_kinds.set_class(loop.r, ref, tuples)
        note_lists_inside(loop.r, ref)
    loop.held[slot], loop.placed[slot] = held, template
    loop.put(slot, rebuilt(loop.r, template, iter(held)))


# --- what came out ------------------------------------------------------------------------


def _revise(loop: Loop) -> bool:
    """Compare what came out with the guess; return whether the guess had to change."""
    r, guess, entry = loop.r, loop.guess, loop.entry
    changed = False
    for _, state in loop.ends:
        with at(r, state):
            for slot in list(guess.slots):
                changed |= _revise_slot(loop, slot, state)
        for s, v in entry.versions.items():
            if state.versions.get(s) is not v and s not in guess.templates:
                guess.slots.append(s)
                guess.templates[s] = Hole(v.type)
                changed = True
        for box in r.filled:
            held = entry.contents(r, box)
            if entry.knows(box) and box not in guess.slots and state.contents(r, box) is not held:
                guess.slots.append(box)
                changed = True
    changed |= links.revise_links(loop)
    for slot in list(guess.slots):
        changed |= take_in(loop, slot)
    if changed and guess.doubles(sum(len(types(t)) for _, t in loop.templates())):
        raise UnsupportedError(UNSETTLED, r.b.span, ONE_TYPE)  # it holds itself once more each time
    return changed


def _revise_slot(loop: Loop, slot: Slot, state: State) -> bool:
    guess = loop.guess
    value = loop.slot_value(slot, state)
    if value is None or slot in guess.poison:
        return False
    if isinstance(value, Poison):
        guess.poison[slot] = value
        guess.templates.pop(slot, None)
        return True
    old = guess.templates.get(slot)
    if isinstance(slot, Box):
        held = [loop.entry.contents(loop.r, slot), state.contents(loop.r, slot)]
        new = contents_template(loop.cover, slot, old, held)
    elif old is None:
        new = loop.cover.first(value)
    else:
        new = loop.cover.widen(old, value)
    new = or_nothing(loop, slot, new)
    if old is not None and equal(old, new):
        return False
    guess.templates[slot] = new
    guess.links = {link: None for link in guess.links if slot not in map(links.slot_of, link)}
    return old is not None or bool(types(new)) or not isinstance(new, Same)


def _bind_results(loop: Loop, op: Op) -> None:
    outputs = []
    for p in loop.params:
        out = Value(p.type, p.name, op.span)
        out.op, out.user = op, p.user
        if p in loop.r.unsure:
            loop.r.unsure.add(out)
        outputs.append(out)
    op.outputs = list(outputs)
    if loop.counted:
        op.attrs["steps"] = len(outputs) - 1
    for slot, error in loop.guess.poison.items():
        loop.put(slot, error)
    loop.held = {}
    for slot, template in loop.templates():
        count = len(types(template))
        mine, outputs = outputs[:count], outputs[count:]
        _place(loop, slot, template, mine)
    links.apply_links(loop)
