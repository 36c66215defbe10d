"""What the sweep of a recursive function reads of its forward part: given, computed, or popped."""

from __future__ import annotations

from gradgen.diff.activity import ends
from gradgen.diff.carry import reverse_builder
from gradgen.diff.keeping import saved_name
from gradgen.diff.saves import Planner
from gradgen.diff.twins import use_shape_twins
from gradgen.ir.builder import Builder
from gradgen.ir.nodes import Block, Callee, Leaf, Op, Stack, Value, walk
from gradgen.ir.types import Type
from gradgen.passes.sharing import Sharing


class StackPlanner(Planner):
    """Makes forward values readable in a sweep that is a function of its own.

    A value is pushed where its block ends, and popped where the mirrored block begins: after and
    before all calls in the block, which push and pop on the same lists.
    """

    def __init__(self, callee: Callee, sharing: Sharing, swept: Block, taken: set[str]) -> None:
        super().__init__(callee.function)
        self.taken = taken
        self.callee, self.sharing, self.swept = callee, sharing, swept
        self._index_block(swept)
        self.mirror[self.top] = swept
        self.known = dict(self.resolved)
        self.position = {leaf.value: k for k, leaf in enumerate(callee.function.leaves)}

    def inner_forward(self, v: Value) -> bool:
        """Whether a value is made by the forward part, and is no argument."""
        home = self.home.get(v)
        if home is None or home is self.swept:
            return False
        if home is self.top:
            return v.op is not None and v.op.prim != "leaf"
        return not self.owner[home][0].reverse

    # --- what is read ---------------------------------------------------------------------

    def arguments_read(self, needs: dict[Callee, set[int]]) -> set[int]:
        """Return the positions of the arguments that the sweep reads.

        ``needs`` are those of the sweeps that it calls, as far as they are known.
        """
        out: set[int] = set()
        seen: set[Value] = set()
        work = list(self.swept.results)
        for op in walk(self.swept):
            work += self._inputs(op, needs)
            for b in op.blocks:
                work += b.results
        while work:
            v = work.pop()
            if v in seen:
                continue
            seen.add(v)
            if v in self.position:
                out.add(self.position[v])
            elif self.inner_forward(v):
                made = v.op
                if made is not None and not made.blocks and self._can_recompute(v):
                    work += made.inputs
        return out

    def _inputs(self, op: Op, needs: dict[Callee, set[int]]) -> list[Value]:
        if op.prim != "call" or op.attrs.get("part") != "backward":
            return op.inputs
        wanted = needs[op.attrs["callee"]]
        n = op.attrs["given"]
        return [*(op.inputs[k] for k in sorted(wanted)), *op.inputs[n:]]

    def _can_recompute(self, v: Value, depth: int = 0) -> bool:
        """Whether arguments and cheap operations give a value again (what is popped does not)."""
        resolved, self.resolved = self.resolved, self.known
        try:
            return super()._can_recompute(v, depth)
        finally:
            self.resolved = resolved

    def _is_counter(self, v: Value) -> bool:
        """Return False: what a recursive function counts in loops is pushed, as others are."""
        return False

    # --- how it is read -------------------------------------------------------------------

    def run(self) -> list[object]:  # type: ignore[override]
        """Resolve what the sweep reads, and give it its parameters."""
        use_shape_twins(self.swept, self.inner_forward)
        needed: dict[Value, None] = {}
        for op in walk(self.swept):
            needed.update({v: None for v in op.inputs if self.inner_forward(v)})
            for b in op.blocks:
                needed.update({v: None for v in b.results if self.inner_forward(v)})
        needed.update({v: None for v in self.swept.results if self.inner_forward(v)})
        for v in sorted(needed, key=lambda v: v.id):
            self.resolve(v)
        self._rewrite(self.swept)
        self.swept.results = [self.resolved.get(v, v) for v in self.swept.results]
        self._parameters()
        return []

    def _rewrite(self, block: Block) -> None:
        for op in walk(block):
            op.inputs = [self.resolved.get(v, v) for v in op.inputs]
            for b in op.blocks:
                b.results = [self.resolved.get(v, v) for v in b.results]

    def _resolve(self, v: Value) -> Value:
        home = self.home[v]
        if home is not self.top:
            op, _ = self.owner[home]
            if op.prim == "for" and v is home.params[0]:
                return self._index(op, home)
        if v.op is not None and v.op.prim == "captured":
            return self._recompute(v)
        if self._can_recompute(v):
            return self._recompute(v)
        return self._push(v)

    def note(self, v: Value, how: str, reason: str) -> None:
        """Nothing is told of what is computed again."""

    def _push(self, v: Value) -> Value:
        name = base = saved_name(v)
        k = 1
        while name in self.taken:
            k += 1
            name = f"{base}_{k}"
        self.taken.add(name)
        stack = Stack(name, Type("list", item=v.type))
        self.callee.stacks.append(stack)
        here, there = (self._stack_leaf(b, stack) for b in (self.top, self.swept))
        home = self.home[v]
        # What is handed back, a caller may let grow.
        kept = self.sharing.never_written(v) and v.type.kind != "list"
        copied = not (v.type.is_scalar or kept)
        for end in ends(home):
            b = Builder(end)
            b.span = v.span
            item = b.copy(v, v.name) if copied else v
            end.ops.append(Op("push", [here, item], [], {}, v.span))
        b = reverse_builder()
        made_by_call = v.op is not None and v.op.prim == "call"
        label = v.name or ("result" if made_by_call else base.removesuffix("_saved"))
        out = b.append("take", [there], [v.type], [label], v.span).out
        out.user = v.user
        return self.placed(self.mirror[home], out)

    def _stack_leaf(self, block: Block, stack: Stack) -> Value:
        out = Value(stack.type, stack.name)
        out.user = True
        attrs = {"param": stack.name, "path": (), "stack": stack, "owned": True}
        out.op = Op("leaf", [], [out], attrs)
        block.ops.insert(0, out.op)
        self.home[out] = block
        if block is self.swept:
            self.inserted[block] = self.inserted.get(block, 0) + 1
        return out

    def _parameters(self) -> None:
        """Give the sweep its own parameters: arguments it reads, and adjoints of results."""
        c = self.callee
        assert c.backward is not None
        mapping: dict[Value, Value] = {}
        leaves = []
        for k in c.needs:
            old = c.function.leaves[k]
            out = Value(old.value.type, old.param, old.value.span)
            out.user = True
            out.op = Op("leaf", [], [out], {"param": old.param, "path": ()}, old.value.span)
            mapping[old.value] = out
            leaves.append(Leaf(old.param, (), out))
        self.swept.ops[:0] = [leaf.value.op for leaf in leaves if leaf.value.op is not None]
        for op in walk(self.swept):
            op.inputs = [mapping.get(v, v) for v in op.inputs]
            for b in op.blocks:
                b.results = [mapping.get(v, v) for v in b.results]
        self.swept.results = [mapping.get(v, v) for v in self.swept.results]
        for seed in c.seeds:
            assert seed.op is not None
            leaves.append(Leaf(seed.op.attrs["param"], (), seed))
        c.backward.leaves = leaves
        c.backward.params = [(leaf.param, leaf.value.type) for leaf in leaves]
