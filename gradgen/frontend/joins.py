"""What a name stands for after two paths have met.

Equal things stay; two numbers or arrays become one output of the ``if``; containers of one
structure are joined item by item; anything else is a ``Choice``, and what is done with it later is
done on each path.  Two arrays that others can still see are joined as values at first.  Only if one
of them is written to, the function is read again with a choice between them in that place.
"""

from __future__ import annotations

import ast
import functools
from dataclasses import replace
from typing import Any

from gradgen.errors import Span, UnsupportedError
from gradgen.frontend import pointers, row_kinds, unbound
from gradgen.frontend.branches import implied
from gradgen.frontend.class_defaults import begin_with
from gradgen.frontend.classes import MISSING, found_in
from gradgen.frontend.listed import contain_items, hand_members, related
from gradgen.frontend.numbered import numbered
from gradgen.frontend.objects import Method
from gradgen.frontend.parts import contents, keyed, parts, same_class, with_parts
from gradgen.frontend.reach import reached
from gradgen.frontend.reader import Reader
from gradgen.frontend.sameness import interchangeable
from gradgen.frontend.sharing import Notes
from gradgen.frontend.state import State, at
from gradgen.frontend.values import (
    OTHER_KEYS,
    BoundMethod,
    Box,
    Choice,
    LocalFunction,
    Map,
    Poison,
    Record,
    Ref,
    Seq,
    SomeKeys,
    Step,
    Storage,
    Text,
    Texts,
)
from gradgen.ir.nodes import Block, Const, Op, Undefined, Value, nothing
from gradgen.ir.types import join

ABSENT = None


DECIDED = 6  # how deep choices in choices are looked for that a side decides


class Join:
    """The meeting of the two sides of an ``if``."""

    def __init__(
        self,
        r: Reader,
        op: Op,
        node: ast.AST,
        before: State,
        after: tuple[State, State],
        notes: list[Notes],
    ) -> None:
        self.r, self.op, self.before, self.after, self.notes = r, op, before, after, notes
        self.span: Span | None = op.span
        self.node = node
        self.key = (*r.call_path, id(node))
        self.precise = self.key in r.precise
        self.origins: list[tuple[Any, Any, int]] = []  # what was made, from what, on which side
        self._sent: dict[Value, Value] = {}
        self._out: set[tuple[int, Box]] = set()

    @functools.cached_property
    def facts(self) -> dict[bool, dict[Value, bool]]:
        """What is decided on each side, by the truth of the test there."""
        return {side: implied(self.op.inputs[0], side) for side in (True, False)}

    # --- names, storages, boxes -----------------------------------------------------------

    def run(self) -> None:
        """Bring the reader to the state after the ``if``."""
        r, (a, b) = self.r, self.after
        for storage in self.before.versions:
            x, y = a.versions[storage], b.versions[storage]
            if x is not y:
                r.versions[storage] = self.output(x, y, storage.name)
        for box in list(r.filled):
            self._box(box)
        names = {}
        for name in dict.fromkeys([*a.names, *b.names]):
            names[name] = self.merge(a.names.get(name), b.names.get(name), name)
        r.frame.names.update(names)
        self._entangle()
        self._adopt_new()

    def _box(self, box: Box) -> None:
        r, (a, b) = self.r, self.after
        if not self.before.knows(box):
            return
        x, y = a.contents(r, box), b.contents(r, box)
        r.load(box, x if x is y else self._contents(box, x, y))

    def _contents(self, box: Box, x: Any, y: Any) -> Any:
        if isinstance(box, Record):
            keys = list(dict.fromkeys([*x, *y]))
            return {k: self._attribute(box, k, x.get(k), y.get(k)) for k in keys}
        if isinstance(box, Map) and list(x) == list(y):
            return {k: self.merge(x[k], y[k], "") for k in x}
        if isinstance(x, list) and isinstance(y, list) and len(x) == len(y):
            return [self.merge(p, q, "") for p, q in zip(x, y, strict=True)]
        if isinstance(box, Seq):
            return self._grown(box)
        return self._other_keys(box, x, y)

    def _attribute(self, box: Record, name: str, x: Any, y: Any) -> Any:
        """Join an attribute, which one path may not have set."""
        if x is not ABSENT and y is not ABSENT:
            return self.merge(x, y, name)
        if found_in(box.kind, name) is not MISSING:
            begin_with(self.r, box.kind, name, box.given)
            what = "is set on one path, and on another it is the class's"
            return conflict(name, what, self.span, "set it in __init__, or on each path")
        x, y = (nothing(name) if v is ABSENT else v for v in (x, y))
        return self._choice(x, y)

    def _grown(self, box: Seq) -> Any:
        """Join lists of different lengths: as lists of the graph."""
        self._require_own_items(box)
        lists = []
        storage = Storage(box.name)
        storage.lists = True
        for state, block in zip(self.after, self.op.blocks, strict=True):
            with at(self.r, state), self.r.b.into(block):
                items = self.r.graph_list(box)
                lists.append(self.r.read(items))
                contain_items(self.r, storage, items, apart=False)
                # A name bound to it on this side goes on with the list of that side.
                self.r.entangle(storage, items.storage, {self.key})
        self.r.versions[storage] = self.output(lists[0], lists[1], "")
        return storage

    def _require_own_items(self, box: Seq) -> None:
        """Refuse lists of lists whose items have other holders: they would become copies.

        In generated text such items are mostly tuples of the user's, and are not written to.
        """
        generated = self.r.frame.source.generated
        for state in self.after:
            with at(self.r, state):
                for _, item in parts(box):
                    if isinstance(item, Seq) and item.kind is list and self.r.held_apart(item, box):
                        if generated:
                            item.outside = "an item of two lists"
                            continue
                        raise UnsupportedError(
                            f"{box.name or 'a list'!r} has another length on another path, and "
                            "its items are lists that stand elsewhere too",
                            self.span,
                            "copy the items with .copy() before",
                        )

    def _other_keys(self, box: Box, x: dict[Any, Any], y: dict[Any, Any]) -> dict[Any, Any]:
        """Join dicts of different keys: what one lacks may be missing, and the order is unknown."""
        what, hint = "has other keys on another path", "give it all its keys before"
        error = conflict(box.name or "a dict", what, self.span, hint)
        joined = {}
        order = unbound.order_of(x, y)
        for k in dict.fromkeys([*x, *y] if order is None else order):
            if k in x and k in y and k is not OTHER_KEYS:
                joined[k] = self.merge(x[k], y[k], "")
            elif k is not OTHER_KEYS:
                joined[k] = self._choice(x.get(k, nothing(str(k))), y.get(k, nothing(str(k))))
        some = SomeKeys(error.error)
        known = [held.get(OTHER_KEYS, some) for held in (x, y)]
        lost = order is None or not all(isinstance(note, SomeKeys) for note in known)
        return {**joined, OTHER_KEYS: error if lost else some}

    # --- values ---------------------------------------------------------------------------

    def merge(self, x: Any, y: Any, name: str) -> Any:
        """Return what stands where one path has ``x`` and the other ``y``."""
        if x is y:
            return x
        x, y = self._decided(x, True), self._decided(y, False)
        x, y = pointers.alike(x, y)
        if x is y or isinstance(x, Poison):
            return y if isinstance(x, SomeKeys) and isinstance(y, Poison) else x
        if isinstance(y, Poison):
            return y
        if x is ABSENT or y is ABSENT:
            return self._one_sided(x, y, name)
        if _are_methods(x, y):
            return BoundMethod(self.merge(x.owner, y.owner, ""), x.name)
        if not isinstance(x, Value) and interchangeable(x, y):
            return self._one_of(x, y)
        if _is_deleted(x) or _is_deleted(y):
            return self._choice(x, y)  # the text's variable still has its value
        if isinstance(x, Value | Ref) and isinstance(y, Value | Ref):
            return self._leaf(x, y, name)
        if self._grown_lists(x, y):
            return self._lists(x, y, name)
        if same_class(x, y) and not (self.precise and self._shared(x, y)):
            items = [self._parts(*pair) for pair in zip(self.after, (x, y), strict=True)]
            if [k for k, _ in items[0]] == [k for k, _ in items[1]]:
                pairs = zip(*items, strict=True)
                made = with_parts(x, [(k, self.merge(p, q, "")) for (k, p), (_, q) in pairs])
                self.origins += [(made, x, 0), (made, y, 1)]
                return made
        return self._choice(x, y, name)

    def _decided(self, value: Any, side: bool, within: int = 0) -> Any:
        """Return a value as it is known on a side: choices decided where their test is there."""
        while isinstance(value, Choice) and value.test in self.facts[side]:
            value = value.then if self.facts[side][value.test] else value.other
        if not isinstance(value, Choice) or within == DECIDED:
            return value
        then, other = (self._decided(o, side, within + 1) for o in (value.then, value.other))
        same = then is value.then and other is value.other
        return value if same else Choice(value.test, then, other)

    def _parts(self, state: State, value: Any) -> list[tuple[Any, Any]]:
        return keyed(state.contents(self.r, value)) if isinstance(value, Box) else parts(value)

    def _one_of(self, x: Any, y: Any) -> Any:
        """Return one of two that are the same thing: not what was read of it on one side."""
        if not isinstance(x, Ref) or self.before.knows(x.value):
            return x
        return y if self.before.knows(y.value) else Ref(x.storage, x.steps, x.value, Undefined())

    def _grown_lists(self, x: Any, y: Any) -> bool:
        """Whether these are lists of which one is of unknown length, and none other has items."""
        if isinstance(x, Ref) or isinstance(y, Ref):
            made, grown = (x, y) if isinstance(y, Ref) else (y, x)
            fresh = isinstance(made, Seq) and made.kind is list and not self.before.knows(made)
            return fresh and isinstance(grown, Ref) and grown.storage.lists
        if not (isinstance(x, Seq) and isinstance(y, Seq) and x.kind is y.kind is list):
            return False
        held = [s.contents(self.r, box) for s, box in zip(self.after, (x, y), strict=True)]
        return any(isinstance(h, Storage) for h in held) and not any(map(keyed, held))

    def _lists(self, x: Seq | Ref, y: Seq | Ref, name: str) -> Any:
        """Join two lists of the graph, each of its own side."""
        if self.precise and self._shared(x, y):
            return self._choice(x, y)
        items: list[Ref] = []
        values: list[Value] = []
        for state, block, box in zip(self.after, self.op.blocks, (x, y), strict=True):
            with at(self.r, state), self.r.b.into(block):
                items.append(self.r.graph_list(box) if isinstance(box, Seq) else box)
                values.append(self.r.read(items[-1]))
        if join(values[0].type, values[1].type) is None:
            return self._choice(x, y)
        out = self.r.hold(self.output(values[0], values[1], name))
        for side, (state, ref) in enumerate(zip(self.after, items, strict=True)):
            if ref.storage in state.versions:
                with at(self.r, state):
                    contain_items(self.r, out.storage, ref, apart=False)
            self.origins.append((out, ref, side))
        return out

    def _one_sided(self, x: Any, y: Any, name: str) -> Any:
        known, at_side = (y, 1) if x is ABSENT else (x, 0)
        if isinstance(known, Const) and self.r.frame.source.generated:
            return known  # such a text reads no name where it has no value
        x, y = (nothing(name) if v is ABSENT else v for v in (x, y))
        if isinstance(known, Value | Ref):
            if self.precise and isinstance(known, Ref) and self._shared(known, None):
                return self._choice(x, y)
            return self._leaf(x, y, name)
        if name in self.r.frame.local_names:
            return self._choice(x, y)
        return self._export(known, at_side)

    def _leaf(self, x: Value | Ref, y: Value | Ref, name: str) -> Any:
        if self.precise and self._shared(x, y):
            return self._choice(x, y)
        types = [leaf.value.type if isinstance(leaf, Ref) else leaf.type for leaf in (x, y)]
        if join(*types) is None:
            return self._choice(x, y)
        values = []
        for leaf, state, block in zip((x, y), self.after, self.op.blocks, strict=True):
            values.append(self._read(leaf, state, block))
        label = "" if name == self.r.frame.anonymous else name
        held = self.r.hold(self.output(values[0], values[1], label))
        tuples = {row_kinds.is_tuple(leaf) for leaf in (x, y) if not isinstance(leaf, Undefined)}
        row_kinds.set_class(self.r, held, tuples.pop() if len(tuples) == 1 else None)
        self.origins += [(held, x, 0), (held, y, 1)]
        return held

    def _read(self, leaf: Value | Ref, state: State, block: Block) -> Value:
        keep, self.r.versions = self.r.versions, state.versions
        with self.r.b.into(block):
            value = self.r.read(leaf)
        self.r.versions = keep
        return value

    def _shared(self, x: Any, y: Any) -> bool:
        things = [identity(v) for v in (x, y)]
        return any(thing is not None and self.before.knows(thing) for thing in things)

    def _choice(self, x: Any, y: Any, name: str = "") -> Choice:
        test = self.op.inputs[0]
        while isinstance(x, Choice) and x.test is test:
            x = x.then
        while isinstance(y, Choice) and y.test is test:
            y = y.other
        sides = (self._export(x, 0), self._export(y, 1))
        for k, raw in enumerate((x, y)):
            rest = sides[1 - k]
            again = self._again(raw, sides[k], rest, k) if isinstance(rest, Choice) else None
            if again is not None:
                return again
        made = Choice(test, *sides)
        return numbered(self, made, Choice(test, x, y), name) or made

    def _again(self, raw: Any, made: Any, rest: Choice, side: int) -> Any:
        """Return a side's choice that leads to the other side's on that side; None if it cannot.

        What stood there before is then in it once, so that paths do not double with each branch.
        """
        if made is rest or not isinstance(made, Choice):
            return rest if made is rest else None
        options = ((raw.then, made.then), (raw.other, made.other))
        for k, (inside, outside) in enumerate(options):
            found = self._again(inside, outside, rest, side)
            if found is not None:
                tests = [raw.test, Const(k == 0)]
                test = self.output(tests[side], tests[1 - side], "")
                return Choice(test, *((found, made.other) if k == 0 else (made.then, found)))
        return None

    # --- what leaves a side ---------------------------------------------------------------

    def _export(self, value: Any, side: int) -> Any:
        """Return a value of one side as it can be used after the ``if``."""
        if isinstance(value, Value):
            return self._send(value, side)
        if isinstance(value, Ref):
            steps = tuple(self._export_step(step, side) for step in value.steps)
            # No version: it is read through the storage, which goes on with its own value.
            same = isinstance(value.version, Undefined) and steps == value.steps
            return value if same else Ref(value.storage, steps, value.value, Undefined())
        if isinstance(value, BoundMethod | Method):
            owner = self._export(value.owner, side)
            return value if owner is value.owner else replace(value, owner=owner)
        if isinstance(value, Text | Texts):
            return type(value)(value.spelled, [self._send(v, side) for v in value.holes])
        if isinstance(value, Choice):
            then, other = (self._export(v, side) for v in (value.then, value.other))
            test = self._send(value.test, side)
            if test is value.test and then is value.then and other is value.other:
                return value
            which = value.which and (self._send(value.which[0], side), value.which[1])
            return Choice(test, then, other, which)
        if isinstance(value, LocalFunction) and parts(value):
            return with_parts(value, [(k, self._export(v, side)) for k, v in parts(value)])
        if isinstance(value, Box) and not self.before.knows(value):
            if (side, value) in self._out:
                return value  # it may hold itself, as in self.state = self.idle
            self._out.add((side, value))
            held = self.after[side].contents(self.r, value)
            if not isinstance(held, Storage):
                items = [(k, self._export(item, side)) for k, item in keyed(held)]
                held = dict(items) if isinstance(held, dict) else [item for _, item in items]
            self.r.load(value, held)
        return value

    def _export_step(self, step: Step, side: int) -> Step:
        operands = tuple(self._send(v, side) for v in step.operands)
        return step if operands == step.operands else replace(step, operands=operands)

    def _send(self, value: Value, side: int) -> Value:
        if isinstance(value, Const | Undefined) or self.before.knows(value):
            return value
        if value not in self._sent:
            unread = Undefined(unread=True)
            x, y = (value, unread) if side == 0 else (unread, value)
            self._sent[value] = self.output(x, y, value.name)
        return self._sent[value]

    def _adopt_new(self) -> None:
        """Arrays made on one side, which a choice may still hold, go on with their values."""
        known = self.r.versions
        made = [
            (storage, value, side)
            for side, state in enumerate(self.after)
            for storage, value in state.versions.items()
            if storage not in known
        ]
        kept = self._in_choices() if made else set()
        for storage, value, side in made:
            known[storage] = self._send(value, side) if storage in kept else value

    def _in_choices(self) -> set[Storage]:
        found: set[Storage] = set()
        stack = list(self.r.frame.names.values()) + [contents(b) for b in self.r.filled]
        seen: set[int] = set()
        while stack:
            value = stack.pop()
            if isinstance(value, Ref):
                found.add(value.storage)
            elif isinstance(value, Storage):
                found.add(value)
            elif isinstance(value, Choice):
                stack += [value.then, value.other]
            elif isinstance(value, Box) and id(value) not in seen:
                seen.add(id(value))
                stack += [item for _, item in parts(value)] + [contents(value)]
            elif isinstance(value, BoundMethod | Method):
                stack.append(value.owner)
            elif isinstance(value, LocalFunction):
                stack += [item for _, item in parts(value)]
        return found

    def output(self, x: Value, y: Value, name: str) -> Value:
        """Add an output to the ``if``."""
        out = add_output(self.op, x, y, name, self.span)
        if any(v in self.r.unsure or (isinstance(v, Undefined) and not v.unread) for v in (x, y)):
            self.r.unsure.add(out)
        return out

    def _entangle(self) -> None:
        """Remember what may share memory with its sources, while others can see them."""
        seen: dict[Any, Any] = {}
        stays = functools.cache(self._still_held)
        for held, source, side in self.origins:
            made, old = identity(held), identity(source)
            if made is None or old is None:
                continue
            causes = {self.key, *self.r.causes.get(old, ())}
            hand_members(self.r, old, made, self.before.knows)
            for thing, objects in self._reached(old, side):
                if self.before.knows(thing) or (thing is not made and id(thing) in stays()):
                    self.r.entangle(made, thing, causes, objects)
                same = thing in seen and related(made, seen[thing], {thing})
                if same and seen[thing] is not made:
                    self.r.entangle(made, seen[thing], causes)
                seen[thing] = made

    def _still_held(self) -> dict[int, Any]:
        """Return what names lead to: one may stand for what a side made, another for a copy."""
        held = [v for frame in self.r.frames() for v in frame.names.values()]
        return reached([v for v in held if not _is_function(v)])

    def _reached(self, old: Any, side: int) -> list[tuple[Any, set[Any]]]:
        """Return what a thing of one side may be, with what this may be: as it is known there."""
        with self.r.looking_back(self.notes[side]):
            return [(thing, self.r.objects(thing)) for thing in self.r.reach(old)]


def _is_function(value: Any) -> bool:
    """Whether a value is a local function, or one or another by the path."""
    if isinstance(value, Choice):
        return _is_function(value.then) and _is_function(value.other)
    return isinstance(value, LocalFunction)


def _are_methods(x: Any, y: Any) -> bool:
    """Whether two values are one method of lists, of which paths decide whose it is."""
    methods = isinstance(x, BoundMethod) and isinstance(y, BoundMethod) and x.name == y.name
    return methods and pointers.is_list_row(x.owner) and pointers.is_list_row(y.owner)


def _is_deleted(value: Any) -> bool:
    return isinstance(value, Undefined) and bool(value.name)


def identity(value: Any) -> Storage | Box | None:
    """Return what a value shares with its aliases."""
    if isinstance(value, Ref):
        return value.storage
    return value if isinstance(value, Box) else None


def add_output(op: Op, a: Value, b: Value, name: str, span: Any) -> Value:
    """Add an output to an ``if``, with its value on either side."""
    type_ = join(a.type, b.type)
    if type_ is None:
        raise UnsupportedError(f"{name!r} has different types on different paths", span)
    out = Value(type_, name, span)
    out.user = bool(name) and not name.startswith(" ")
    out.name = out.name.strip() if out.user else ""
    out.op = op
    for block, value in zip(op.blocks, (a, b), strict=True):
        block.results.append(value)
    op.outputs.append(out)
    return out


NAMES = "use a different name on each path, or the same kind of value"


def conflict(name: str, what: str, span: Any, hint: str = NAMES) -> Poison:
    """Return the value of a name whose use is refused, with the reason."""
    return Poison(UnsupportedError(f"{name!r} {what}", span, hint))
