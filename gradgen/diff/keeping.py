"""Keeps forward values for the reverse sweep: in rows of an array, on a stack, or past branches."""

from __future__ import annotations

from typing import Any

from gradgen.dataclass import dataclass
from gradgen.diff.carry import Carrier, add_branch_output, reverse_builder
from gradgen.diff.missing import missing_values
from gradgen.diff.nones import perhaps_none, rows_perhaps_none
from gradgen.diff.rows import Row, row_plan
from gradgen.ir.builder import Builder
from gradgen.ir.nodes import GROWS, WRITES, Block, Const, Function, Op, Undefined, Value, walk
from gradgen.ir.types import Type, array, integer
from gradgen.ir.words import noun
from gradgen.passes.sharing import Sharing, is_view
from gradgen.rules.shapes_of import length_of


@dataclass(frozen=True, slots=True)
class Saved:
    """How one forward value reaches the reverse sweep, for ``explain``.

    ``loops`` are those in which it is kept, outermost first; ``again``: in what is run again;
    ``times``: how often it is kept, where that is known at once.
    """

    value: Value
    where: Any
    how: str
    reason: str
    loops: tuple[Op, ...] = ()
    again: bool = False
    times: int | None = None


class Keeper(Carrier):
    """Stores what has to be kept, reads it back, and records why.

    With ``lists``, Python's own numbers go on stacks.  ``unsure`` are values kept where they may be
    missing, ``stands_for`` what is kept in place of another value.
    """

    def __init__(self, function: Function, top: Block | None = None, lists: bool = False) -> None:
        super().__init__(function, top)
        self.function, self.lists = function, lists
        self.again = top is not None and top is not function.body
        self.records: list[Saved] = []
        self.buffers: list[tuple[Value, Value]] = []
        self.sharing = Sharing(function)
        self.missing = missing_values(function.body, placed=False)
        self.none = perhaps_none(function.body) | rows_perhaps_none(function.body)
        self.unsure: list[Value] = []
        self.stands_for: dict[Value, Value] = {}
        # What is run again appends to lists that it was given.
        grows = (op for op in walk(function.body) if op.reverse and op.prim in (*GROWS, *WRITES))
        self.grown = {self.sharing.root(op.inputs[0]) for op in grows}

    def resolve(self, v: Value) -> Value:
        """Return a value that the mirror of ``v``'s block can read."""
        raise NotImplementedError

    def note(self, v: Value, how: str, reason: str) -> None:
        """Record how a value reaches the sweep, and why that way."""
        owner, _ = self.owner[self.home[v]]
        loops = tuple(op for op, _ in self.loops(self.home[v]))
        self.records.append(Saved(v, owner.span, how, reason, loops, self.again))

    def export(self, v: Value) -> Value:
        """Carry a value out of branches; on the other side it stays undefined."""
        self.note(v, "alive", "no loop encloses it: the variable is still there")
        value = v
        for op, block in reversed(self.path(self.home[v])):
            value = add_branch_output(op, block, value, Undefined())
            self.home[value] = self.owner[block][1]
        return value

    def save(self, v: Value) -> Value:
        """Keep a value in each turn: in a row of an array, or on a stack."""
        path = self.path(self.home[v])
        numbers = v.type.is_scalar and v.type.dtype and v not in self.missing | self.none
        lengths = self._lengths(v, path[0][0]) if self._is_state(v, turn=True) else []
        plain = numbers or lengths
        rows = row_plan(path, self.inner, self.home, self.missing) if plain else None
        if v in self.missing:
            self.unsure.append(v)
        reason = "how often the loop runs is not known before, or the value is an array"
        if rows is not None and self._on_list(v):
            reason = "a list is quicker than an array for Python's own numbers"
        elif rows is not None:
            self.note(
                v, "row", self._why(v, "the loop bounds give the size of an array to keep it in")
            )
            return self._save_rows(v, path, rows, lengths)
        self.note(v, "stack", self._why(v, reason))
        return self._save_stack(v, path)

    def _on_list(self, v: Value) -> bool:
        """Whether a number that could have a row of an array goes on a list.

        Not where the mirrored loops go forwards, or on one side of a branch only: lists are popped
        from the end, all that was pushed.
        """
        mirror = self.mirror[self.home[v]]
        by_place = ("flipped", "sunk")
        found = any(op.attrs.get(how) for op, _ in self.path(mirror) for how in by_place)
        return self.lists and v.type.weak and not found

    def _why(self, v: Value, reason: str) -> str:
        """Say of a state what it is kept for, where that is to run something again."""
        again = self._is_state(v)
        return "what follows is run again from there" if again else reason

    def _is_state(self, v: Value, turn: bool = False) -> bool:
        """Whether something is run again that begins with a value; with ``turn``, a turn."""
        regions = [op.region for op in self.home[v].ops if op.region is not None]
        return v.op is None and any(r.turn or not turn for r in regions)

    def _lengths(self, v: Value, loop: Op) -> list[Value]:
        """Return the lengths of an array where arguments, or numbers before a loop, have them."""
        if v.type.kind != "array" or v in self.missing | self.none:
            return []
        b = Builder(Block())
        before = self.top.ops[: self.top.ops.index(loop)]
        known = {u.type.value: u for op in reversed(before) for u in op.outputs if u.type.value}
        places = {d: (leaf.value, k) for leaf in reversed(self.function.leaves)
                  for k, d in enumerate(leaf.value.type.shape or ())}  # fmt: skip
        found: list[Value | None] = []
        for d in v.type.shape or ():
            if isinstance(d, int) or d not in places:
                found.append(Const(d) if isinstance(d, int) else known.get(d))
                continue
            whole, axis = places[d]
            prim, attrs = ("dim", {"axis": axis}) if axis else ("len", {})
            found.append(b.append(prim, [whole], [integer(d)], attrs=attrs).out)
        self.insert_before(loop, b.block.ops)
        return [u for u in found if u is not None] if None not in found else []

    def _save_rows(
        self, v: Value, path: list[tuple[Op, Block]], rows: list[Row], lengths: list[Value]
    ) -> Value:
        b = Builder(Block())
        extents = [*(row.extent(b) for row in rows), *lengths]
        attrs = {} if v.type.dtype == "float64" else {"dtype": v.type.dtype}
        b.span = v.span
        buffer = b.append(
            "empty",
            extents,
            [array(v.type.dtype, tuple(map(length_of, extents)))],
            [saved_name(v)],
            attrs=attrs,
        ).out
        self.insert_before(path[0][0], b.block.ops)

        def update(old: Value, at: Builder) -> Value:
            operands = [row.place(at) for row in rows]
            index = "i" * len(rows)
            stored = self.stands_for.get(v, v)
            return at.emit("store", [old, stored, *operands], buffer.name, index=index)

        final = self.thread(path, buffer, v, update)
        self.buffers.append((buffer, final))
        indices = [row.place(reverse_builder(), self.resolve(row.block.params[0])) for row in rows]
        return self.load(v, final, indices)

    def load(self, v: Value, array: Value, indices: list[Value]) -> Value:
        """Read a value from an array or a list of lists, at the head of the mirrored block."""
        r = reverse_builder()
        while array.type.kind == "list" and array.type.item is not None and len(indices) > 1:
            attrs = {"index": "i"}
            array = r.append("load", [array, indices[0]], [array.type.item], attrs=attrs).out
            indices = indices[1:]
        index = {"index": "i" * len(indices)}
        value = r.append("load", [array, *indices], [v.type], [spoken(v)], v.span, index).out
        value.user = v.user
        return self.placed(self.mirror[self.home[v]], value)

    def _save_stack(self, v: Value, path: list[tuple[Op, Block]]) -> Value:
        b = Builder(Block())
        b.span = v.span
        start = b.append("list", [], [Type("list", item=v.type)], [saved_name(v)]).out
        self.insert_before(path[0][0], b.block.ops)
        item = self.stands_for.get(v, v)
        shared = not self.sharing.never_written(item) or v.type.kind == "list"
        asked = v in self.missing and not (self.function.native and v.type.is_scalar)
        asked = asked or (v in self.none and v.type.kind == "list")
        unsure: dict[str, Any] = {"unsure": True} if asked else {}
        copied = shared or unsure or self._holds_more(item)
        if v in self.none and v.type.kind in ("array", "any"):
            unsure = {"may_be_none": True}

        def push(old: Value, at: Builder) -> Value:
            new = at.copy(item, **unsure) if copied else item
            return at.append("append", [old, new], [start.type], [start.name]).out

        final = self.thread(path, start, v, push)
        popped: list[Value] = []
        mirror = self.mirror[self.home[v]]
        mirror_path = self.path(mirror)
        for op, _ in mirror_path:
            if op.attrs.pop("flipped", False):  # what was pushed last is popped first
                op.attrs["backwards"] = not op.attrs["backwards"]

        def pop(old: Value, at: Builder) -> Value:
            op = at.append("pop", [old], [v.type, old.type], [spoken(v), start.name], v.span)
            op.attrs |= {"own": True} if copied and v.type.kind != "list" else {}
            op.outputs[0].user = v.user
            item = op.outputs[0]
            if item.type.kind == "list" and self.sharing.root(v) in self.grown:
                item = at.emit("copy", [item], spoken(v))
            popped.append(item)
            return op.outputs[1]

        self.thread(mirror_path, final, None, pop)
        return popped[0]

    def _holds_more(self, v: Value) -> bool:
        """Whether a value is a row of an array that a turn makes, and that nothing else keeps.

        Kept as it is, the row would keep all of the array.
        """
        op = v.op
        if op is None or op.prim != "load" or v.type.kind != "array":
            return False
        if "i" not in op.attrs["index"] or not is_view(op):
            return False
        whole = op.inputs[0]
        while whole.op is not None and is_view(whole.op):
            whole = whole.op.inputs[0]
        kept = any(s.value is whole and s.how == "stack" for s in self.records)
        inside = whole in self.home and bool(self.loops(self.home[whole]))
        return whole.type.kind == "array" and inside and not kept


def spoken(v: Value) -> str:
    """Return what a value is called, without a name after its operation: it is no adjoint."""
    return v.name or noun(v)


def saved_name(v: Value) -> str:
    """Name what keeps a value after the value."""
    if v.op is not None and v.op.prim == "call" and not v.name:
        return f"{v.op.attrs['callee'].name}_saved"
    return f"{spoken(v)}_saved"
