"""The state of reading a function: names, storages and the graph built so far.

Reading is abstract interpretation: each expression evaluates to a value of ``frontend.values``,
and what cannot be decided before the program runs becomes an operation.  The handlers are spread
over ``statements``, ``expressions``, ``subscripts``, ``calls`` and ``control``; they all take the
``Reader`` first.
"""

from __future__ import annotations

import ast
import builtins
import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, NoReturn

from gradgen.errors import Span, UnsupportedError
from gradgen.frontend import (
    attribute_dicts,
    beside_none,
    celled,
    layouts,
    listed,
    outside,
    pointers,
    row_kinds,
    unbound,
)
from gradgen.frontend.captures import Capture, cell_value
from gradgen.frontend.classes import MISSING
from gradgen.frontend.describing import describe, reads_on, runs_once
from gradgen.frontend.parts import contents, name_lists, parts, refill
from gradgen.frontend.precise import Precise
from gradgen.frontend.sharing import Place, Sharing, Thing
from gradgen.frontend.signals import Certain, Retry, Stepwise
from gradgen.frontend.taken_for_numbers import entry_before_a_write
from gradgen.frontend.values import (
    Around,
    Box,
    Choice,
    Frame,
    Generator,
    Map,
    Poison,
    Record,
    Ref,
    Seq,
    Static,
    Storage,
)
from gradgen.ir.builder import Builder
from gradgen.ir.nodes import Block, Const, Value

WAY_OUT = "compute it outside the differentiated function and pass the result as an argument"


class Reader(Sharing):
    """Reads statements into the graph; see the module's docstring."""

    def __init__(self, block: Block) -> None:
        super().__init__()
        self.b = Builder(block)
        self.versions: dict[Storage, Value] = {}
        self.filled: dict[Box, Any] = {}
        self.precise = Precise()
        self.rows: set[Place] = set()  # reads of lists in lists that are on the way to a store
        self.writes_through = False  # whether a store of a generated text goes through views
        self.written_out: frozenset[int] = frozenset()
        self.short: set[Place] = set()
        self.made: set[int] = set()  # loops of comprehensions, which are not written out
        self.turned: set[int] = set()  # loops written out, as something in them asked for it
        self.facts: dict[Value, bool] = {}
        self.compared: set[Any] = set()  # kinds of tuples in lists that are compared around here
        self.captures: list[Capture] = []
        self.remembered: set[tuple[int, Any, int]] = set()
        self.arrays: dict[str, Any] = {}
        self.top = block
        self.short_loops: dict[Value, ast.AST] = {}
        self.letters: dict[int, tuple[Any, Value]] = {}  # choices of letters, and their codes
        self.codes: dict[tuple[Block, str], Value] = {}  # those of whole texts
        self.open_loops: list[ast.AST | None] = []  # those around; None for one of many turns
        self.counters: list[str] = []  # what the indices of those are called
        self.expansions: dict[Any, Any] = {}
        self.yielding: list[Any] = []  # what generators could read that were listed for a loop
        self.tokens: dict[Thing, Storage] = {}
        self.asked: dict[Any, None] = {}  # of arguments: see `frontend.asked`
        self.given: dict[int, tuple[str, tuple[Any, ...]]] = {}  # boxes in arguments: ways there
        self.given_lists: dict[Thing, int] = {}  # lists of the graph that such were made
        self.given_writes: set[int] = set()  # those that are written to, or may be
        self.others: set[Box] = set()  # lists and dicts that are a deque, say, in Python
        self.lists_made: set[Storage] = set()  # lists that are one in Python, too
        # Lists whose items were written to, and lists of lists that grew or shrank: in which
        # turn of a loop that is not over, 0 for none.
        self.item_writes: dict[Thing, int] = {}
        self.inner_writes: dict[Thing, int] = {}
        self.turn = 0  # what is made in the present turn of a loop has a greater id
        self.resized: dict[tuple[Storage, int], int] = {}  # by list, and depth of the item in it
        self.outside: dict[int, Any] = {}
        self.loop_guesses: dict[tuple[int, ...], Any] = {}
        self.call_path: list[int] = []
        self.notes: list[str] = []
        self.book: Any = None
        self.activations: list[Any] = []
        self.incomplete = False
        self.head: Any = None  # what the loop that begins runs over, while this is found out
        self.inner = False  # whether a recursive function is read by itself
        self.pinned = False  # whether lengths and whole numbers are those of one call
        self.entries: Any = None  # what is known of integer arrays, where they are pinned too
        self.unsure: set[Value] = set()  # variables that not all paths assign
        self.checked: set[Any] = set()  # the checks that were made of what a `try` catches
        self.sure_ops: set[Any] = set()  # operations that raise nothing behind them
        self.class_starts: set[tuple[type, str]] = set()  # attributes that all paths assign

    @contextlib.contextmanager
    def heading(self, head: ast.AST | None) -> Iterator[None]:
        """Find out what a loop, or what stands for one, runs over; None: what is in that."""
        around, self.head = self.head, head
        try:
            yield
        finally:
            self.head = around

    # --- errors ---------------------------------------------------------------------------

    def span(self, node: ast.AST) -> Span:
        """Return the place of a node in the source being read."""
        source = getattr(node, "gradgen_source", self.frame.source)
        if source.ours and source.here is None:
            if self.frame.source.here is None and self.b.span is not None:
                return self.b.span  # what our own code left to be done is done in this statement
            source = self.frame.source
        span: Span = source.span(node)
        if self.frame.call is None:
            return span
        known, called = self.frame.spans.get(id(span), (None, None))
        if known is not span or called.call is not self.frame.call:
            called = replace(span, call=self.frame.call)
            self.frame.spans[id(span)] = span, called
        return called

    def refuse(self, node: ast.AST, message: str, hint: str = "") -> NoReturn:
        """Raise the error for what has no derivative here."""
        raise UnsupportedError(message, self.span(node), hint or WAY_OUT)

    def fail(self, node: ast.AST, error: Exception) -> NoReturn:
        """Raise what Python raises at a node, when it comes to it."""
        raise Certain(error, self.span(node), self.b.block) from None

    # --- names ----------------------------------------------------------------------------

    def lookup(self, name: str, node: ast.AST) -> Any:
        """Return what a name means: here, in enclosing functions, globals or builtins."""
        frame: Frame | None = self.frame
        while frame is not None:
            if frame.shared is not None and name in frame.shared.fields:
                return self._found(frame.shared.fields[name], name, frame, node)
            if name in frame.names:
                found = self._found(frame.names[name], name, frame, node)
                if runs_once(found):
                    frame.names[name] = self._used_up(name, node, found)
                return found
            if name in frame.local_names:
                if self.turn:  # of a loop, which is read again once a turn has assigned it
                    self.fail(node, unbound.unassigned(name, frame is not self.frame))
                raise UnsupportedError(
                    f"{name!r} is read before it is assigned",
                    self.span(node),
                    "assign it on every path that leads here",
                )
            if name in frame.cells:
                cell = frame.cells[name]
                if cell_value(cell) is MISSING:
                    self.fail(node, unbound.unassigned(name, True))
                return self.wrap(cell.cell_contents, cell, name, node)
            if frame.parent is None:
                return self._global(frame, name, node)
            frame = frame.parent
        raise AssertionError(name)

    def _used_up(self, name: str, node: ast.AST, value: Any) -> Poison:
        message = f"{name!r} is an iterator, and was looped over before"
        hint = "make it a list, or call zip, enumerate ... again"
        error = UnsupportedError(message, self.span(node), hint)
        return Poison(error, getattr(value, "made", 0))

    def only_asked(self, node: ast.AST, value: Any) -> None:
        """Take note that an iterator was asked what it is, and not looped over."""
        if isinstance(node, ast.Name) and runs_once(value) and node.id in self.frame.names:
            self.frame.names[node.id] = value

    def _found(self, value: Any, name: str, frame: Frame, node: ast.AST) -> Any:
        """Return what a name of a frame stands for, which it does for sure from here on."""
        if isinstance(value, Poison):
            raise Stepwise(value.made) if value.made else value.error
        free = frame is not self.frame
        found = unbound.found(self, self.settled(value), unbound.unassigned(name, free), node)
        if not free and name in frame.names and unbound.may_miss(value):
            frame.names[name] = found
        return found

    def _global(self, frame: Frame, name: str, node: ast.AST) -> Any:
        if name in frame.globals:
            return self.wrap(frame.globals[name], frame.globals, name, node)
        if hasattr(builtins, name):
            self.remember(frame.globals, name, None)  # that no global stands before it
            return Static(getattr(builtins, name))
        self.refuse(node, f"the name {name!r} is not defined", "define it before differentiating")

    def shared_names(self, name: str) -> Record | None:
        """Return what holds a name that inner functions assign, too; None for other names."""
        frame: Frame | None = self.frame
        if name in self.frame.outer_names:
            frame = self.frame.parent
            while frame is not None and name not in frame.assigned_inside:
                frame = frame.parent
        if frame is None:
            raise UnsupportedError(
                f"a write into {name!r}, which stands outside the function",
                self.b.span,
                "pass it as an argument, or return the value instead",
            )
        if name not in frame.assigned_inside:
            return None
        if frame.owner is not self:
            celled.require(self.book.celled, frame, name)
            raise UnsupportedError(
                f"a recursive function assigns {name!r} of a function around it",
                self.b.span,
                "pass it as an argument and return it",
            )
        return frame.shared

    def bind(self, name: str, value: Any) -> None:
        """Assign to a name of the current frame; the first name a value gets is kept as a hint."""
        value = self.lasting(value)
        self._note_iterators(value)
        if name == self.frame.anonymous or name[0] == " ":
            self.frame.names[name] = value
            return
        hint = name.partition(" ")[0]
        if isinstance(value, Value) and value.op is not None and not value.name:
            value.name, value.user = hint, True
        if isinstance(value, Ref):
            inner = value.value
            if inner.op is not None and not inner.name:
                inner.name, inner.user = hint, True
            if not value.storage.name:
                value.storage.name = hint
        if isinstance(value, Box) and not value.name:
            value.name = hint
            name_lists(value)
        shared = self.shared_names(name)
        if shared is not None:
            self.fill(shared, {**shared.fields, name: value})
        else:
            self.frame.names[name] = value

    def _note_iterators(self, value: Any) -> None:
        """Note that something is kept that reads an array later, whatever names stand for it."""
        held = [value, *(item for _, item in parts(value))]
        self.reads_later = self.reads_later or any(map(reads_on, held))

    def lasting(self, value: Any) -> Any:
        """Return a value that gets a name: a generator is run later, by the names around it."""
        if not isinstance(value, Generator):
            return value
        # A cycle by nature: generators are comprehensions, which read.
        from gradgen.frontend.generators import held

        return held(self, value)

    def wrap(self, obj: Any, holder: Any, key: Any, node: ast.AST, name: str = "") -> Any:
        """Return the value of an object found outside the function, and remember where."""
        return outside.wrap(self, obj, holder, key, node, name)

    def remember(self, holder: Any, key: Any, obj: Any) -> None:
        """Note that what is generated holds as long as ``obj`` is found there."""
        outside.remember(self, holder, key, obj)

    # --- arrays ---------------------------------------------------------------------------

    def hold(self, value: Value, contiguous: bool = False, inputs: Sequence[Any] = (None,)) -> Any:
        """Return a reference to a new storage with this value; scalars stay plain values.

        ``inputs`` is what an operation was made of, where its layout follows theirs.
        """
        if value.type.is_scalar or value.type.kind == "opaque":
            return value
        storage = Storage(value.name, contiguous or layouts.made_in_c_order(value, inputs))
        storage.lists = value.type.kind == "list"
        self.versions[storage] = value
        return Ref(storage, (), value, value)

    def read(self, value: Any) -> Value:
        """Return the graph value that a number or reference has now."""
        if isinstance(value, Value):
            return value
        if isinstance(value, Choice):
            # A cycle by nature: what is chosen is read, and may be a choice again.
            from gradgen.frontend.chosen_values import read_choice

            return read_choice(self, value)
        if isinstance(value, Seq) and value.kind is list:
            return self._listed(value) if value.grown is None else self.versions[value.grown]
        if not isinstance(value, Ref):
            if isinstance(value, Record):
                self.book.kinds.listed.add(value.kind)
            what = f"a {describe(value)} in a list whose length depends on the path"
            way = "keep lists of numbers side by side, one for each part of an item"
            raise UnsupportedError(what, self.b.span, way)
        base = self.versions[value.storage]
        if base is value.version:
            return value.value
        out = base
        for step in value.steps:
            layouts.require_sure(self, value.storage, step)
            if (
                step.prim == "load"
                and out.type.kind == "any"
                and set(step.attrs["index"]) & set("ia")
            ):
                return entry_before_a_write(self, value)
            out = self.b.emit(step.prim, [out, *step.operands], **step.attrs)
        return out

    def settled(self, value: Any) -> Any:
        """Return a value as it is known on this path: choices decided where their test is."""
        while isinstance(value, Choice) and value.test in self.facts:
            value = value.then if self.facts[value.test] else value.other
        value = value.owner if isinstance(value, Around) else value
        if isinstance(value, Record) and pointers.ROW in value.fields:
            return pointers.row_in_place_of(self, value)
        if isinstance(value, Seq) and value.grown is not None:
            return self.graph_list(value)
        if isinstance(value, Map) and (value.row is not None or value in self.book.moved):
            # A cycle by nature: what lists hold of a dict is read.
            from gradgen.frontend.records import as_now

            return as_now(self, value)
        return value

    def truth_of(self, test: Value) -> Value:
        """Return a test as True or False: a branch may ask a number, or how long a list is."""
        known = isinstance(test, Const) or test.type.kind == "bool"
        return test if known else self.b.emit("bool", [test])

    def view(self, ref: Ref, prim: str, operands: list[Value], attrs: dict[str, Any]) -> Any:
        """Return a view of what a reference holds; an element, where that is a number."""
        return layouts.view(self, ref, prim, operands, attrs)

    def update(self, ref: Ref, value: Value, of_list: bool = False) -> None:
        """Make ``value`` the newest version of a storage, after checking who shares it.

        ``of_list``: items of a list, which may itself be one of a list, come, go or move.
        """
        storage = ref.storage
        if storage.outside:
            kind = "list" if storage.lists else "array"
            raise UnsupportedError(
                f"a write into the {kind} {storage.name!r}, which stands outside the function",
                self.b.span,
                f"pass the {kind} as an argument, or write into a copy of it",
            )
        self.require_alone(storage)
        mine = self.objects(storage) if self.given_lists else ()
        self.given_writes |= {self.given_lists[s] for s in mine if s in self.given_lists}
        if storage.lists:
            if ref.steps:
                listed.require_distinct(self, storage, of_list)
            else:
                listed.require_unheld(self, storage, value)
        for step in ref.steps:
            layouts.require_sure(self, storage, step)
        value.name = value.name or storage.name
        self.versions[storage] = value

    # --- boxes ----------------------------------------------------------------------------

    def fill(self, box: Box, held: Any) -> None:
        """Replace the contents of a list, dict or object, after checking who shares it."""
        if box.outside:
            # A cycle by nature: readers read class statements.
            from gradgen.frontend.class_attributes import write_into

            write_into(self, box)
            raise UnsupportedError(
                f"a write into {box.outside!r}, which stands outside the function",
                self.b.span,
                "pass it as an argument, or build a new one",
            )
        if isinstance(box, Map):
            self.require_no_view(box, self.b.span)
            held = unbound.in_order(self, box.items, held)
        if box.row is not None:
            # A cycle by nature: lists that hold a dict are written to.
            from gradgen.frontend.records import write_back

            assert isinstance(box, Map)
            write_back(self, box, held)
            return
        if isinstance(box, Map) and box.attributes_of is not None:
            owner = box.attributes_of
            self.fill(owner, attribute_dicts.fields_written(box, held))
            owner.dicts.append(box)
        elif isinstance(box, Record) and box.dicts:
            attribute_dicts.outdate(self, box, held)
        self.require_alone(box)
        if box.given:
            self.given_writes.add(box.id)
        self.load(box, held)

    def load(self, box: Box, held: Any) -> None:
        """Set the contents of a box, and remember what it was made with."""
        self.filled.setdefault(box, contents(box))
        refill(box, held)
        if isinstance(held, dict):
            self._note_iterators(box)

    def graph_list(self, box: Seq) -> Ref:
        """Make a list one of the graph, which can grow in loops, and return its reference."""
        if box.grown is None:
            for item in box.items:
                if isinstance(item, Seq) and item.kind is list:
                    self.graph_list(item)
            value = self._listed(box)
            storage = Storage(box.name)
            storage.lists, storage.outside = True, bool(box.outside)
            if box.given:
                self.given_lists[storage] = box.id
            self.versions[storage] = value
            items = box.items
            self.load(box, storage)
            self.stand_in(storage, box)
            for item in items:
                listed.contain(self, storage, item)
        storage = contents(box)
        value = self.versions[storage]
        return Ref(storage, (), value, value)

    def _listed(self, box: Seq) -> Value:
        return self.b.emit("list", [self._as_item(item) for item in box.items], box.name)

    def _as_item(self, item: Any) -> Value:
        """Return the graph value of an item of a list of the graph: of a tuple, a list."""
        row_kinds.note(self, item)
        if isinstance(item, Static) and item.obj is None:
            return Const(None)
        if isinstance(item, Choice) and not self.book.words and beside_none.is_one(item):
            row_kinds.note(self, Static(None))
            return beside_none.as_item(self, item, self._as_item)
        if self.book.words and pointers.holds_words(item):
            return self.read(pointers.as_word(item))
        if isinstance(item, Seq) and item.kind is tuple:
            held = [self._as_item(part) for part in item.items]
            if len({part.type.is_scalar for part in held}) < 2:
                return self.b.emit("list", held)
        return self.read(item)

    # --- who shares memory ----------------------------------------------------------------

    def require_alone(self, thing: Thing) -> None:
        """Refuse a write that another name may see on some paths; first, ask for choices."""
        listed.require_outside(self, thing)
        others = self.reach(thing)[1:]
        seen = self.visible_among(others)
        for other in [t for t in others if t.outside or t in seen]:
            if listed.is_list(thing) != listed.is_list(other) and not self._as_deep(thing, other):
                if listed.is_list(other):
                    listed.refuse(self, thing, other)
                continue
            copied = isinstance(thing, Storage) and not thing.lists
            if copied and self.frame.source.generated and not self.visible_to_callers(other):
                continue  # the pass `copies` has seen to it that nothing here reads the old value
            places = {
                p for t in (thing, other) for d in (self.causes, self.picks) for p in d.get(t, ())
            }
            if not self.precise.covers(places):
                raise Retry(places)
            loops = places & self.short or self.short
            if loops:
                raise Retry(places, loops)
            raise UnsupportedError(
                f"{thing.name or 'this array'!r} may share memory with "
                f"{other.name or 'another name'!r} here, depending on the path taken",
                self.b.span,
                "copy one of them with .copy() before writing to it",
            )

    def _as_deep(self, thing: Thing, other: Thing) -> bool:
        """Whether a list of the graph may be a list that was taken apart: no item of it is."""
        if not (isinstance(other, Seq) and other.kind is list and isinstance(thing, Storage)):
            return False
        held, item = other.items, self.versions[thing].type.item
        rows = item is not None and item.kind == "list"
        return not held or rows == any(isinstance(v, Seq) or _is_list(v) for v in held)


def _is_list(value: Any) -> bool:
    return isinstance(value, Ref) and value.storage.lists
