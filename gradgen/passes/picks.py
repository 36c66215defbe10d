"""What a loop chooses last is found again by its index, not by going through all turns backwards.

A running minimum forgets what it was: of the turns that set it, only the last one's adjoint is not
zero.  The mirrored loop finds that turn first, and what it does in all others is to add zeros.

::

    for j in ...:                          for j in ...:
        below = d[j] < best                    if d[j] < best:
        below_saved[j] = below                     best = d[j]
        if below:                                  last_j = j
            best = d[j]            ->      # reverse
    # reverse                              if last_j >= 0:
    for j in reversed(...):                    ...  # with last_j
        if below_saved[j]:
            ...  # what d_best is a factor of
            d_best = 0.0
"""

from __future__ import annotations

from gradgen.deep import deep
from gradgen.ir.builder import Builder
from gradgen.ir.nodes import (
    Block,
    Const,
    Function,
    Op,
    Value,
    blocks_of,
    newest,
    replace_uses,
    same_value,
    walk,
)
from gradgen.ir.types import INT
from gradgen.passes.dce import EFFECTS
from gradgen.passes.turns import is_at_index

FACTORS = {"mul": (0, 1), "div": (0,), "neg": (0,)}  # zero where one of these inputs is
TERMS = ("add", "sub")  # zero where both inputs are


def pick_last(function: Function) -> None:
    """Replace mirrored loops of which one turn counts by that turn, in place."""
    for block in list(blocks_of(function.body)):
        for mirror in [op for op in block.ops if op.prim == "for" and op.reverse]:
            loop = mirror.attrs.get("mirror")
            if loop is not None and any(op is loop for op in block.ops):
                pick = _Pick(block, loop, mirror)
                if pick.fits():
                    pick.change()


class _Pick:
    """A loop, and its mirror in the same block, which looks for the last turn that was taken."""

    def __init__(self, block: Block, loop: Op, mirror: Op) -> None:
        self.block, self.loop, self.mirror = block, loop, mirror
        self.body, self.swept = loop.blocks[0], mirror.blocks[0]
        self.choice = mirror  # what a turn does if the loop's own was taken
        self.taken: Value | None = None  # the test of the loop's own choice

    # --- what is proved -------------------------------------------------------------------

    def fits(self) -> bool:
        """Whether all turns but the last taken one do nothing."""
        return self._loops_fit() and self._choice_fits() and self._others_add_zeros()

    def _loops_fit(self) -> bool:
        """Whether the mirror goes back through all turns, none of which has a negative index."""
        bounds = zip(self.loop.inputs[:3], self.mirror.inputs[:3], strict=True)
        if not all(same_value(a, b) for a, b in bounds):
            return False
        for op in (self.loop, self.mirror):
            start, _, step = (v.const if isinstance(v, Const) else None for v in op.inputs[:3])
            if start is None or start < 0 or step != 1 or op.region is not None:
                return False
            if op.blocks[0].end != "continue" or op.attrs.get("breaks"):
                return False
        return bool(self.mirror.attrs.get("backwards")) and not self.loop.attrs.get("backwards")

    def _choice_fits(self) -> bool:
        """Whether a turn asks first whether the loop's own turn has taken its choice."""
        if any(o.prim in EFFECTS or o.prim == "call" for o in walk(self.swept)):
            return False
        for op in self.swept.ops:
            if op.prim == "if" and all(side.end == "yield" for side in op.blocks):
                self.choice, self.taken = op, self._kept(op.inputs[0])
                if self.taken is not None:
                    return not op.blocks[1].ops
        return False

    def _kept(self, test: Value) -> Value | None:
        """Return the value of the loop's turn that is read, None where it is another one."""
        load = test.op
        if load is None or load.prim != "load" or load not in self.swept.ops:
            return None
        if not is_at_index(load, self.swept.params[:1]) or load.inputs[0].op is not self.loop:
            return None
        k = self.loop.outputs.index(load.inputs[0])
        store = self.body.results[k].op
        if store is None or store.prim != "store" or store not in self.body.ops:
            return None
        own = store.inputs[0] is self.body.params[k + 1] and is_at_index(
            store, self.body.params[:1]
        )
        return store.inputs[1] if own and store.inputs[1].type.kind == "bool" else None

    def _others_add_zeros(self) -> bool:
        """Whether a turn does nothing that is not taken, or in which the adjoints are cleared."""
        pairs = list(zip(self.swept.params[1:], self.swept.results, strict=True))
        cleared = {p for p, end in pairs if self._clears(p, end)}
        passed, after = _Zeros(set(), self.choice), _Zeros(cleared, None)
        return bool(cleared) and all(
            passed.leave(p, end) and (after.are(end) if p in cleared else after.leave(p, end))
            for p, end in pairs
        )

    def _clears(self, p: Value, end: Value) -> bool:
        """Whether an adjoint is zero after a turn that is taken, and what it was otherwise."""
        if p.type.kind != "float" or end.op is not self.choice:
            return False
        k = self.choice.outputs.index(end)
        taken, passed = (side.results[k] for side in self.choice.blocks)
        return is_zero(taken) and passed is p

    # --- what is done ---------------------------------------------------------------------

    def change(self) -> None:
        """Keep the index of the last turn that was taken, and reverse that one alone."""
        last = self._keep_index()
        b = Builder(Block(), reverse=True)
        b.span = self.mirror.span
        some = b.emit("ge", [last, Const(0)])
        inits = self.mirror.inputs[3:]
        at = self.swept.ops.index(self.choice)
        ops = [*self.swept.ops[:at], *self.choice.blocks[0].ops, *self.swept.ops[at + 1 :]]
        side = Block([], ops, "yield", list(self.swept.results))
        mapping = dict(zip(self.choice.outputs, self.choice.blocks[0].results, strict=True))
        mapping |= {self.swept.params[0]: last}
        mapping |= dict(zip(self.swept.params[1:], inits, strict=True))
        replace_uses(side, mapping)
        _drop_ones(side)
        made = Op("if", [some], self.mirror.outputs, {}, self.mirror.span,
                  [side, Block([], [], "yield", list(inits))], reverse=True)  # fmt: skip
        for v in made.outputs:
            v.op = made
        at = self.block.ops.index(self.mirror)
        self.block.ops[at : at + 1] = [*b.block.ops, made]

    def _keep_index(self) -> Value:
        """Let the loop carry the index of the last turn in which a choice was taken."""
        index = self.body.params[0]
        name = f"last_{index.name or 'turn'}"
        param, now, out = (Value(INT, name, self.loop.span) for _ in range(3))
        for v in (param, now, out):
            v.user = True  # a name of its own, beside that of the index
        tests = [op for op in self.body.ops if op.prim == "if" and op.inputs[0] is self.taken]
        if tests and all(side.end == "yield" for side in tests[-1].blocks):
            choice = tests[-1]
        else:
            assert self.taken is not None
            sides = [Block([], [], "yield", []) for _ in range(2)]
            choice = Op("if", [self.taken], [], {}, self.loop.span, sides, self.loop.reverse)
            self.body.ops.append(choice)
        choice.outputs.append(now)
        now.op = choice
        for side, v in zip(choice.blocks, (index, param), strict=True):
            side.results.append(v)
        self.loop.inputs.append(Const(-1))
        self.body.params.append(param)
        self.body.results.append(now)
        self.loop.outputs.append(out)
        out.op = self.loop
        return out


def _drop_ones(side: Block) -> None:
    """Leave out factors of one, which the adjoint of what is chosen often is."""
    mapping: dict[Value, Value] = {}
    for op in walk(side):
        if op.prim != "mul" or not op.derived:
            continue
        a, b = (newest(v, mapping) for v in op.inputs)
        for one, other in ((a, b), (b, a)):
            if isinstance(one, Const) and one.const == 1.0 and other.type.kind == "float":
                mapping[op.out] = other
                break
    replace_uses(side, mapping)


class _Zeros:
    """Says what is zero, and what stays as it is: some numbers are zero, or a choice not taken."""

    def __init__(self, zeros: set[Value], passed: Op | None) -> None:
        self.zeros, self.passed = zeros, passed

    def _ends(self, op: Op, k: int) -> list[Value] | None:
        """Return what a result of a choice may be, None where that is not known."""
        sides = op.blocks[1:] if op is self.passed else op.blocks
        return [side.results[k] for side in sides] if sides[0].end == "yield" else None

    @deep
    def are(self, v: Value) -> bool:
        """Whether a number is zero then."""
        op = v.op
        if v in self.zeros or is_zero(v) or op is None:
            return v in self.zeros or is_zero(v)
        if op.prim in FACTORS:
            return any(self.are(op.inputs[k]) for k in FACTORS[op.prim])
        if op.prim == "if":
            ends = self._ends(op, op.outputs.index(v))
            return ends is not None and all(map(self.are, ends))
        return op.prim in TERMS and all(map(self.are, op.inputs))

    @deep
    def leave(self, p: Value, v: Value) -> bool:
        """Whether a value is then what another one was before."""
        op = v.op
        if v is p or op is None:
            return v is p
        k = op.outputs.index(v)
        if op.prim == "inc" or op.prim in TERMS:
            return self.leave(p, op.inputs[0]) and self.are(op.inputs[1])
        if op.prim == "if":
            ends = self._ends(op, k)
            return ends is not None and all(self.leave(p, end) for end in ends)
        if op.prim != "for" or op.blocks[0].end != "continue":
            return False
        own, end = op.blocks[0].params[k + 1], op.blocks[0].results[k]
        return self.leave(p, op.inputs[k + 3]) and self.leave(own, end)


def is_zero(v: Value) -> bool:
    """Whether a value is the number zero."""
    return isinstance(v, Const) and v.const == 0
