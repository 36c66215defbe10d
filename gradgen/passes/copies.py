"""Copies where a store in place would be seen by a later read of the old value.

Up to here values are immutable.  This pass makes every ``store`` executable in place: for each one
it looks for a value in the same memory that was made before and is read after; such a value, or the
store's target, gets a copy.  Arguments count as read at the very end, so that the caller's arrays
are unharmed.
"""

from __future__ import annotations

from gradgen.deep import deep
from gradgen.diff.activity import carried
from gradgen.ir.nodes import GROWS, WRITES, Block, Function, Op, Value, replace_uses
from gradgen.ir.types import Type
from gradgen.passes.memory import Memory, is_view

SOURCES = ("leaf", "captured", "stretch")


def insert_copies(function: Function) -> None:
    """Insert the copies that make all stores executable in place."""
    for _ in range(400):
        if not _Checker(function).fix_one():
            return
    raise AssertionError("copy insertion does not settle")


class _Checker:
    def __init__(self, function: Function) -> None:
        self.function = function
        self.memory = Memory(function)
        self.position: dict[int, int] = {}
        self.defined: dict[Value, tuple[int, Block]] = {}
        self.uses: dict[Value, list[tuple[int, Block]]] = {}
        self.owner: dict[Block, tuple[Op, Block]] = {}
        self.stores: list[tuple[Op, Block]] = []
        self.count = 0
        self._number(function.body)

    @deep
    def _number(self, block: Block) -> None:
        for p in block.params:
            self._define(p, block)
        for op in block.ops:
            self.count += 1
            self.position[id(op)] = self.count
            for v in op.inputs:
                self._use(v, block)
            if op.prim in WRITES or op.prim in GROWS:
                self.stores.append((op, block))
            for inner in op.blocks:
                self.owner[inner] = (op, block)
                self._number(inner)
            self.count += 1
            for v in op.outputs:
                self._define(v, block)
        self.count += 1
        for v in block.results:
            self._use(v, block)

    def _define(self, v: Value, block: Block) -> None:
        self.defined[v] = (self.count, block)

    def _use(self, v: Value, block: Block) -> None:
        self.uses.setdefault(v, []).append((self.count, block))

    def fix_one(self) -> bool:
        """Repair the first conflict; return whether there was one."""
        if not self.stores:
            return False
        holders: dict[Value, list[Value]] = {}
        for v, objects in self.memory.objects.items():
            for o in objects:
                holders.setdefault(o, []).append(v)
        for op, block in self.stores:
            near = {u: None for o in self.memory.of(op.inputs[0]) for u in holders.get(o, ())}
            for u in sorted(near, key=lambda u: u.id):
                if self._conflicts(u, op, block):
                    self._repair(u, op, block)
                    return True
        return False

    def _conflicts(self, u: Value, op: Op, block: Block) -> bool:
        at = self.position[id(op)]
        if u not in self.defined or self.defined[u][0] >= at or u in op.outputs:
            return False
        on_list = op.inputs[0].type.kind == "list"
        if on_list and not (u.type.kind == "list" and self._same_list(u, op.inputs[0])):
            return False
        if u.op is not None and u.op.prim in SOURCES:
            return True
        return any(self._after(u, use, at, block) for use in self.uses.get(u, ()))

    def _same_list(self, u: Value, v: Value) -> bool:
        shared = self.memory.of(u) & self.memory.of(v)
        return any(o.type.kind == "list" for o in shared)

    def _after(self, u: Value, use: tuple[int, Block], at: int, block: Block) -> bool:
        """Whether a read of ``u`` can follow the store at position ``at`` in ``block``."""
        born = self._chain(self.defined[u][1])
        store_chain, use_chain = self._chain(block), self._chain(use[1])
        common = [b for b in store_chain if b in use_chain]
        if any(
            self.owner[b][0].prim in ("for", "while") and b not in born
            for b in common
            if b in self.owner
        ):
            return True
        for b, c in self._split(store_chain, use_chain):
            if self.owner[b][0] is self.owner[c][0]:
                return self.owner[b][0].prim == "while" and b not in born and c not in born
        return use[0] > at

    def _split(self, a: list[Block], b: list[Block]) -> list[tuple[Block, Block]]:
        k = 0
        while k < min(len(a), len(b)) and a[k] is b[k]:
            k += 1
        return [(a[k], b[k])] if k < min(len(a), len(b)) else []

    def _chain(self, block: Block) -> list[Block]:
        chain = [block]
        while block in self.owner:
            block = self.owner[block][1]
            chain.append(block)
        return chain[::-1]

    def _repair(self, u: Value, op: Op, block: Block) -> None:
        view = u.op is not None and u is not op.inputs[0] and is_view(u.op)
        if view or (u.op is not None and u.op.prim == "stretch"):
            self._copy_result(u)
            return
        loop = self._loop_between(u, block)
        if loop is not None and self._copy_init(loop, op):
            return
        at = next(k for k, o in enumerate(block.ops) if o is op)
        copy = _copy_op(op.inputs[0], op)
        block.ops.insert(at, copy)
        op.inputs[0] = copy.out

    def _copy_result(self, u: Value) -> None:
        """Copy a view (or a broadcast) right where it is made."""
        assert u.op is not None
        block = self.defined[u][1]
        copy = _copy_op(u, u.op)
        copy.out.name, copy.out.user = u.name, u.user
        u.name, u.user = "", False
        replace_uses(self.function.body, {u: copy.out})
        copy.inputs = [u]
        at = next(k for k, o in enumerate(block.ops) if o is u.op)
        block.ops.insert(at + 1, copy)

    def _loop_between(self, u: Value, block: Block) -> Op | None:
        """Return the outermost loop around the store that does not enclose ``u``'s definition."""
        born = self._chain(self.defined[u][1])
        for b in self._chain(block):
            if b not in born and b in self.owner and self.owner[b][0].prim in ("for", "while"):
                return self.owner[b][0]
        return None

    def _copy_init(self, loop: Op, op: Op) -> bool:
        """Let the loop start from a copy of what it would write to."""
        params, inits = carried(loop)
        target, on_list = self.memory.of(op.inputs[0]), op.inputs[0].type.kind == "list"
        skip = 3 if loop.prim == "for" else 0
        for k, (p, init) in enumerate(zip(params, inits, strict=True)):
            if p.type.is_scalar or p not in target or (p.type.kind == "list") != on_list:
                continue
            if init.op is not None and init.op.prim == "copy" and len(self.uses.get(init, ())) == 1:
                continue
            block = self._block_of(loop)
            copy = _copy_op(init, loop)
            copy.reverse = loop.reverse
            block.ops.insert(next(i for i, o in enumerate(block.ops) if o is loop), copy)
            loop.inputs[skip + k] = copy.out
            return True
        return False

    def _block_of(self, op: Op) -> Block:
        return self.owner[op.blocks[0]][1]


def _copy_op(v: Value, near: Op) -> Op:
    t = v.type
    out = Value(Type(t.kind, t.dtype, t.shape, item=t.item), v.name, near.span)
    out.user = v.user
    op = Op("copy", [v], [out], {}, near.span, [], near.reverse)
    out.op = op
    return op
