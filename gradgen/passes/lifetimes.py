"""When values are made and read: what a store in place may disturb.

Every operation has a position; the blocks inside it lie between its inputs and its outputs.
Copies that are inserted later get positions between those there are.
"""

from __future__ import annotations

from gradgen.deep import deep
from gradgen.ir.nodes import Block, Op, Value, written_inputs

SOURCES = ("leaf", "captured", "stretch")
FOREVER = float("inf")
# Where a value is read or defined: position, block, and the operation (None at a block's end).
Use = tuple[float, Block, Op | None]


def is_source(v: Value) -> bool:
    """Whether a value comes from outside and is not to be written to."""
    return v.op is not None and v.op.prim in SOURCES and not v.op.attrs.get("owned")


class Lifetimes:
    """Where each value of a function is defined and read, and which blocks lie around."""

    def __init__(self, top: Block) -> None:
        self.position: dict[int, float] = {}
        self.defined: dict[Value, Use] = {}
        self.uses: dict[Value, list[Use]] = {}
        self.owner: dict[Block, tuple[Op, Block]] = {}
        self.stores: dict[Block, list[Op]] = {}
        self._ends: dict[Value, float] = {}
        self._chains: dict[Block, list[Block]] = {}
        self._last: dict[Block, float] = {}
        self._count = 0.0
        self._number(top)

    @deep
    def _number(self, block: Block) -> None:
        for p in block.params:
            self.defined[p] = (self._count, block, None)
        for op in block.ops:
            self._count += 1
            self.position[id(op)] = self._count
            for v in op.inputs:
                self.uses.setdefault(v, []).append((self._count, block, op))
            if written_inputs(op):
                self.stores.setdefault(block, []).append(op)
            for inner in op.blocks:
                self.owner[inner] = (op, block)
                self._number(inner)
            self._count += 1
            for v in op.outputs:
                self.defined[v] = (self._count, block, op)
        self._count += 1
        for v in block.results:
            self.uses.setdefault(v, []).append((self._count, block, None))
        self._last[block] = self._count

    # --- changes --------------------------------------------------------------------------

    def made(self, copy: Op, at: float, block: Block) -> None:
        """Note a new operation at a position: it reads, and its result is there right after."""
        self.position[id(copy)] = at
        for v in copy.inputs:
            self.uses.setdefault(v, []).append((at, block, copy))
            self._ends.pop(v, None)
        self.defined[copy.out] = (at + 0.125, block, copy)

    def redirect(self, op: Op, k: int, new: Value) -> None:
        """Let an operation read another value."""
        old, at = op.inputs[k], self.position[id(op)]
        use = next(use for use in self.uses[old] if use[2] is op)
        self.uses[old].remove(use)
        self.uses.setdefault(new, []).append((at, use[1], op))
        op.inputs[k] = new
        for v in (old, new):
            self._ends.pop(v, None)

    def hand_over(self, old: Value, new: Value) -> None:
        """Let a value take over all reads of another."""
        self.uses[new] = self.uses.pop(old, [])
        for _, block, op in self.uses[new]:
            if op is None:
                block.results = [new if v is old else v for v in block.results]
            else:
                op.inputs = [new if v is old else v for v in op.inputs]
        for v in (old, new):
            self._ends.pop(v, None)

    # --- questions ------------------------------------------------------------------------

    def chain(self, block: Block) -> list[Block]:
        """Return the blocks around a block, outermost first, and itself."""
        if block not in self._chains:
            around = self.chain(self.owner[block][1]) if block in self.owner else []
            self._chains[block] = [*around, block]
        return self._chains[block]

    def end(self, v: Value) -> float:
        """Return a position after which no store can disturb a value.

        A read inside a loop that the value comes into from outside happens until the loop ends.
        """
        if v not in self._ends:
            source = is_source(v)
            born = self.chain(self.defined[v][1])
            reads = (self._until(use, born) for use in self.uses.get(v, ()))
            self._ends[v] = FOREVER if source else max(reads, default=0.0)
        return self._ends[v]

    def _until(self, use: Use, born: list[Block]) -> float:
        for b in self.chain(use[1]):
            if b not in born and b in self.owner and self.owner[b][0].prim in ("for", "while"):
                return self._last[self.owner[b][0].blocks[-1]]
        return use[0]

    def disturbs(
        self, op: Op, block: Block, u: Value, own: bool = True, but: Op | None = None
    ) -> bool:
        """Whether a store in place would be seen by a later read of a value in its memory.

        ``own``: the store is into the value itself, which from outside is not to be written to;
        ``but``: what reads it to no harm.
        """
        at = self.position[id(op)]
        if u not in self.defined or u in op.outputs:
            return False
        if own and is_source(u):
            return True  # one that is made behind the store comes to it in the next iteration
        if self.defined[u][0] >= at:
            return False
        reads = (use for use in self.uses.get(u, ()) if but is None or use[2] is not but)
        return any(self._after(u, use, at, block) for use in reads)

    def _after(self, u: Value, use: Use, at: float, block: Block) -> bool:
        """Whether a read of ``u`` can follow the store at position ``at`` in ``block``."""
        born = self.chain(self.defined[u][1])
        store_chain, use_chain = self.chain(block), self.chain(use[1])
        k = 0
        while k < min(len(store_chain), len(use_chain)) and store_chain[k] is use_chain[k]:
            b = store_chain[k]
            if b not in born and b in self.owner and self.owner[b][0].prim in ("for", "while"):
                return True
            k += 1
        if k < min(len(store_chain), len(use_chain)):
            b, c = store_chain[k], use_chain[k]
            if self.owner[b][0] is self.owner[c][0]:
                return self.owner[b][0].prim == "while" and b not in born and c not in born
        return use[0] > at

    def loop_between(self, u: Value, block: Block) -> Op | None:
        """Return the outermost loop around a block that does not enclose ``u``'s definition."""
        born = self.chain(self.defined[u][1])
        for b in self.chain(block):
            if b not in born and b in self.owner and self.owner[b][0].prim in ("for", "while"):
                return self.owner[b][0]
        return None
