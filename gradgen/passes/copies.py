"""Copies where a store in place would be seen by a later read of the old value.

Up to here values are immutable.  This pass makes every ``store`` executable in place: for each one
it looks for a value in the same memory that was made before and is read after; such a value, or the
store's target, gets a copy.  Arguments count as read at the very end, so that the caller's arrays
are unharmed.

One sweep in program order: what the memory of a value is depends on what comes before, but inside
loops, which are gone through again after each repair.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from gradgen.diff.activity import carried
from gradgen.diff.missing import missing_values
from gradgen.diff.unassigned import carrying_none, start_from, start_from_none
from gradgen.errors import UnsupportedError
from gradgen.ir.nodes import (
    GROWS,
    READ_ONLY,
    Block,
    Const,
    Function,
    Op,
    Undefined,
    Value,
    blocks_of,
    walk,
    written_inputs,
)
from gradgen.ir.order import made_in_rows
from gradgen.ir.types import Type
from gradgen.passes.lifetimes import Lifetimes, Use, is_source
from gradgen.passes.memory import REPEATED, Memory, depth
from gradgen.passes.row_growth import row_of
from gradgen.passes.rows import into_rows, take_apart
from gradgen.passes.sharing import is_view

# How many repairs of lists there may be, more for each store, and for one store alone: those of
# lists inside lists may not come to an end.
MANY, MORE, MANY_FOR_ONE = 100, 4, 40
SUMMED = ("matmul", "np.matmul", "dot", "inner", "vdot", "einsum", "tensordot")


def insert_copies(function: Function) -> None:
    """Insert the copies that make all stores executable in place."""
    take_apart(function)
    if any(map(written_inputs, walk(function.body))):
        _Sweep(function).run()


class _Sweep:
    """The state of the sweep.

    ``holders`` lists, for each object, the values that may be it and that are read later on;
    ``inside``, those inside the loop or branch that the sweep is in.
    """

    def __init__(self, function: Function) -> None:
        self.top, self.native = function.body, function.native
        self.memory = Memory()
        self.lives = Lifetimes(function.body)
        self.holders: dict[Value, list[Value]] = {}
        self.inside: dict[Value, list[Value]] = {}
        self.now = 0.0
        self.repairs_left = MANY + MORE * sum(map(len, self.lives.stores.values()))
        self.repairs: Counter[Op] = Counter()
        self.missing = missing_values(function.body, placed=False) | carrying_none(function.body)
        self.unsure: list[Value] = []

    def run(self) -> None:
        """Go through the top block, an operation after the other."""
        for op in list(self.top.ops):
            self.now = self.lives.position[id(op)]
            if op.blocks:
                self._region(op)
            elif written_inputs(op):
                while self._fix(op, self.top):
                    pass
            if not op.blocks:
                self.memory.find(op)
            self._hold(op.outputs, self.holders)
        if self.unsure and self.native:
            start_from(self.top, self.unsure, self.missing, lambda: Undefined(unread=True))
        elif self.unsure:
            start_from_none(self.top, self.unsure, self.missing)

    def _region(self, op: Op) -> None:
        """Repair all stores inside a loop or branch."""
        self.memory.find(op)
        stores = [(s, b) for b in _blocks(op) for s in self.lives.stores.get(b, ())]
        stores.sort(key=lambda pair: self.lives.position[id(pair[0])])
        if stores:
            self._look_inside(op)
        k = 0
        while k < len(stores):
            if self._fix(*stores[k]):
                self.memory.find(op)
                self._look_inside(op)
            else:
                k += 1
        self.inside = {}
        # What may not be written to at all stays so after the region.
        sources = [v for b in _blocks(op) for o in b.ops for v in o.outputs if is_source(v)]
        self._hold(sources, self.holders)

    def _look_inside(self, op: Op) -> None:
        self.inside = {}
        for block in _blocks(op):
            self._hold(block.params, self.inside)
            for inner in block.ops:
                self._hold(inner.outputs, self.inside)

    def _hold(self, values: Iterable[Value], holders: dict[Value, list[Value]]) -> None:
        for v in values:
            for o in self.memory.of(v):
                holders.setdefault(o, []).append(v)

    def _fix(self, op: Op, block: Block) -> bool:
        """Repair the first conflict of a store; return whether there was one."""
        return any(self._fix_input(op, k, block) for k in written_inputs(op))

    def _fix_input(self, op: Op, k: int, block: Block) -> bool:
        near: dict[Value, bool] = {}  # whether the store is into the value itself
        if op.inputs[k].type.kind != "list" or into_rows(op):
            for o in self.memory.of(op.inputs[k]):
                if o.op is not None and o.op.prim in READ_ONLY:
                    self._copy_result(o, 0.0)
                    return True
        at = self.lives.position[id(op)]
        for o in self.memory.of(op.inputs[k]):
            for holders in (self.holders, self.inside):
                if o in holders:
                    alive = [u for u in holders[o] if self.lives.end(u) > at]
                    holders[o] = [u for u in alive if o in self.memory.of(u)]
                    near |= {u: near.get(u, False) or _holds(u, o) for u in holders[o]}
        back = self._puts_back(op, block)
        for u in sorted(near, key=lambda u: u.id):
            concerned = self._concerns(u, op.inputs[k], into_rows(op))
            but = back if back is not None and u is back.inputs[0] else None
            if concerned and self.lives.disturbs(op, block, u, near[u], but):
                if op.inputs[k].type.kind == "list":
                    self._count_repair(op)
                self._repair(u, op, k, block)
                return True
        if self._is_read_beside(op, k):
            self._copy_input(op, k, block, into_rows(op) > 0)
            return True
        return False

    def _is_read_beside(self, op: Op, k: int) -> bool:
        """Whether what a call writes to may be another of its arguments, too.

        One adjoint may be that of an argument and of a result, and a sweep adds to the former.
        """
        written = op.inputs[k]
        return op.prim == "call" and any(
            j != k
            and not (self.memory.of(v) & self.memory.of(written)) <= {REPEATED}
            and self._concerns(v, written, into_rows(op))
            for j, v in enumerate(op.inputs)
        )

    def _puts_back(self, op: Op, block: Block) -> Op | None:
        """Return the store that puts a row, which grows, back where it stands in one place."""
        reads = self.lives.uses.get(op.outputs[-1], ())
        if self.native or op.prim not in GROWS or len(reads) != 1 or reads[0][1] is not block:
            return None
        store = reads[0][2]
        if store is None or row_of(store) is not op:
            return None
        return store if REPEATED not in self.memory.of(store.inputs[0]) else None

    def _count_repair(self, op: Op) -> None:
        """Refuse a store into a list that no number of copies makes safe."""
        self.repairs_left -= 1
        self.repairs[op] += 1
        if self.repairs_left < 0 or self.repairs[op] > MANY_FOR_ONE:
            raise UnsupportedError(
                "a list inside lists is written to where copies of it may be read",
                op.span,
                "keep the numbers in an array",
            )

    def _concerns(self, u: Value, written: Value, below: int) -> bool:
        """Whether a value sees what an operation writes; of a list, it and lists around it do.

        The list that is written into stands ``below`` others, in ``written``.
        """
        if written.type.kind != "list":
            return True
        most = depth(written.type)
        if u.type.kind != "list" or 0 < depth(u.type) < most - below:
            return False
        shared = (self.memory.of(u) & self.memory.of(written)) - {REPEATED}
        depths = [self.memory.depth(o) for o in shared]
        return any(most - below <= d <= most or d < 0 for d in depths)

    # --- repairs --------------------------------------------------------------------------

    def _repair(self, u: Value, op: Op, k: int, block: Block) -> None:
        view = u.op is not None and u is not op.inputs[k] and is_view(u.op)
        if into_rows(op) and view and depth(u.type) > 1:
            view = False
        if view or (u.op is not None and u.op.prim == "stretch"):
            self._copy_result(u, self.lives.position[id(op)])
            return
        if op.prim in GROWS and self._copy_where_held(op, k, block):
            return
        loop = self.lives.loop_between(u, block)
        # What is popped counts as nobody else's, so that a copy must not share its lists.
        popped = op.prim == "pop" and depth(op.inputs[k].type) > 1
        rows = into_rows(op) > 0 or popped
        if loop is None or not self._copy_init(loop, op.inputs[k], rows):
            self._copy_input(op, k, block, rows)

    def _copy_where_held(self, op: Op, k: int, block: Block) -> bool:
        """Copy a list that grows where a branch puts it into another one, and not each time."""
        written = {o for o in self.memory.of(op.inputs[k]) if o.type.kind == "list"} - {REPEATED}
        for near in block.ops:
            for inner in _branches(near):
                for holder in self.lives.stores.get(inner, ()):
                    if holder.prim == "append" and self._holds_anew(holder.inputs[1], written):
                        self._copy_input(holder, 1, inner, depth(holder.inputs[1].type) > 1)
                        return True
        return False

    def _holds_anew(self, v: Value, written: set[Value]) -> bool:
        """Whether a value may be one of the objects, and is no copy that was made of it."""
        copied = v.op is not None and v.op.prim == "copy"
        return not copied and not written.isdisjoint(self.memory.of(v))

    def _copy_input(self, op: Op, k: int, block: Block, rows: bool) -> None:
        """Let an operation read a copy, made right before it."""
        copy = copy_op(op.inputs[k], op, rows)
        if op.blocks and op.inputs[k] in self.missing:
            # A loop may start from what no path has assigned: so it does from the copy.
            copy.attrs |= {} if self.native else {"may_be_none": True}
            self.unsure.append(op.inputs[k])
        at = next(j for j, o in enumerate(block.ops) if o is op)
        block.ops.insert(at, copy)
        self.lives.made(copy, self.lives.position[id(op)] - 0.5, block)
        self.lives.redirect(op, k, copy.out)
        self._made(copy, block)

    def _copy_result(self, u: Value, until: float) -> None:
        """Copy a view (or a broadcast) right where it is made.

        Sums of the user's go through memory as it lies there: those that come before the store,
        which is at ``until``, read the view itself, so that the value keeps its bits.
        """
        assert u.op is not None
        at, block, _ = self.lives.defined[u]
        summed = [
            (op, k)
            for place, b, op in self.lives.uses.get(u, ())
            if op is not None and b is block and place < until and op.prim in SUMMED
            for k, v in enumerate(op.inputs)
            if v is u and not op.reverse
        ]
        copy = copy_op(u, u.op)
        copy.out.name, copy.out.user = u.name, u.user
        u.name, u.user = "", False
        self.lives.hand_over(u, copy.out)
        block.ops.insert(next(j for j, o in enumerate(block.ops) if o is u.op) + 1, copy)
        self.lives.made(copy, at + 0.25, block)
        for op, k in summed:
            self.lives.redirect(op, k, u)
        self._made(copy, block)

    def _copy_init(self, loop: Op, written: Value, rows: bool) -> bool:
        """Let the loop start from a copy of what it would write to."""
        params, inits = carried(loop)
        target, on_list = self.memory.of(written), written.type.kind == "list"
        skip = 3 if loop.prim == "for" else 0
        for k, (p, init) in enumerate(zip(params, inits, strict=True)):
            if p.type.is_scalar or p not in target or (p.type.kind == "list") != on_list:
                continue
            if isinstance(init, Undefined) or (isinstance(init, Const) and init.const is None):
                continue
            made = init.op is not None and init.op.prim == "copy"
            made = made and bool(init.op and init.op.attrs.get("rows")) >= rows
            if made and len(self.lives.uses.get(init, ())) == 1:
                continue
            self._copy_input(loop, skip + k, self.lives.owner[loop.blocks[0]][1], rows)
            return True
        return False

    def _made(self, copy: Op, block: Block) -> None:
        """Find anew what may be which object, as a copy is apart from what it was made from."""
        self.memory.find(copy)
        work = [self._at_top((0.0, block, copy))]
        while work:
            op = work.pop()
            if op is None or (op is not copy and self.lives.position[id(op)] >= self.now):
                continue
            before = [self.memory.of(v) for v in op.outputs]
            self.memory.find(op)
            for v, old in zip(op.outputs, before, strict=True):
                if op is copy or self.memory.of(v) != old:
                    self._hold([v], self.holders)
                    uses = self.lives.uses.get(v, ())
                    work += dict.fromkeys(self._at_top(use) for use in uses)

    def _at_top(self, use: Use) -> Op | None:
        """Return the operation of the top block that a read is in."""
        chain = self.lives.chain(use[1])
        return self.lives.owner[chain[1]][0] if len(chain) > 1 else use[2]


def _blocks(op: Op) -> Iterator[Block]:
    for b in op.blocks:
        yield from blocks_of(b)


def _branches(op: Op) -> Iterator[Block]:
    """Yield the blocks of a branch, and of branches in it."""
    for b in op.blocks if op.prim == "if" else ():
        yield b
        for inner in b.ops:
            yield from _branches(inner)


def _holds(u: Value, o: Value) -> bool:
    """Whether an object is a value's own: a broadcast is a view of another one."""
    return o is u or u.op is None or u.op.prim != "stretch"


def copy_op(v: Value, near: Op, rows: bool = False) -> Op:
    """Return a copy; of a list in which rows are written to, with copies of the lists inside."""
    t = v.type
    out = Value(Type(t.kind, t.dtype, t.shape, item=t.item), v.name, near.span)
    out.user = v.user
    # A sum of a matrix goes through memory: the user's function must find it as it was laid out.
    laid_out = t.kind == "array" and t.rank != 1 and not near.reverse and not made_in_rows(v)
    attrs: dict[str, object] = {"order": "K"} if laid_out else {}
    if rows:
        attrs["rows"] = True
    op = Op("copy", [v], [out], attrs, near.span, [], near.reverse)
    out.op = op
    return op
