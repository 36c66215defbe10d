"""What only one side of a branch has an adjoint for is done on that side alone.

Where the other side gives exactly zero, all that the reverse sweep would do with it adds nothing:
products of it are zero, and sums stay what they were.  So these operations move into the branch,
loops included, and the other side has nothing to do: a minimum over a hundred distances sends its
adjoint back through one of them.
"""

from __future__ import annotations

from gradgen.deep import deep
from gradgen.diff.activity import carried
from gradgen.diff.carry import Carrier
from gradgen.diff.missing import missing_values
from gradgen.diff.rows import row_plan
from gradgen.ir.nodes import Block, Const, Function, Op, Value, blocks_of, replace_uses

# Operations whose result is zero where one of these inputs is.
LINEAR = {
    "mul": (0, 1), "np.multiply": (0, 1), "div": (0,), "np.divide": (0,), "neg": (0,),
    "negative": (0,), "pos": (0,), "float": (0,),
}  # fmt: skip
SUMS = ("add", "sub", "np.add", "np.subtract")


def sink_into_branches(function: Function) -> None:
    """Move what needs a branch's adjoint into the branch, in place."""
    pairs = [
        (block, op)
        for block in blocks_of(function.body)
        for op in block.ops
        if op.prim == "if" and op.reverse and len(op.blocks) == 2
    ]
    if not pairs:
        return
    carrier, missing = Carrier(function), missing_values(function.body)
    for block, op in pairs:
        for k in range(len(op.outputs)):
            _Sink(block, op, k, carrier, missing).run()


def _reads(op: Op) -> set[Value]:
    inner = [b for outer in op.blocks for b in blocks_of(outer)]
    within = (v for b in inner for v in (*b.results, *(u for o in b.ops for u in o.inputs)))
    return {*op.inputs, *within}


def _is_zero(v: Value) -> bool:
    return isinstance(v, Const) and v.const == 0 and type(v.const) is float


class _Sink:
    """Moves what follows a branch for the sake of one of its results.

    ``zero`` are the values that are zero where the result is, ``kept`` the sums that stay there
    what they were, ``late`` what depends on these and stays behind the branch.
    """

    def __init__(self, block: Block, op: Op, k: int, carrier: Carrier, missing: set[Value]) -> None:
        self.block, self.op, self.k = block, op, k
        self.carrier, self.missing = carrier, missing
        self.zero = {op.outputs[k]}
        self.kept: dict[Value, Value] = {}
        self.late: set[Value] = set()
        self.moved: list[Op] = []
        self.behind: list[Op] = []

    def run(self) -> None:
        """Move all that needs the result, if there is a loop among it and none that has to stay."""
        ends = [side.results[self.k] if side.end == "yield" else None for side in self.op.blocks]
        zeros = [end is not None and _is_zero(end) for end in ends]
        if zeros.count(True) != 1 or None in ends or not self.op.outputs[self.k].type.is_scalar:
            return
        at = next(n for n, op in enumerate(self.block.ops) if op is self.op)
        following = self.block.ops[at + 1 :]
        if not all(map(self._take, following)) or not any(op.prim == "for" for op in self.moved):
            return
        if any(v in self.zero and not v.type.is_scalar for v in self._read_behind()):
            return
        stay = {id(op) for op in (*self.moved, *self.behind)}
        before = [op for op in following if id(op) not in stay]
        self.block.ops = [*self.block.ops[:at], *before, self.op, *self.behind]
        self._into(*(self.op.blocks[zeros.index(z)] for z in (False, True)))

    def _take(self, op: Op) -> bool:
        """Note where an operation belongs; tell whether one can go on."""
        read = _reads(op)
        if read & self.zero:
            free = op.reverse and op.region is None and not read & self.late
            if not free or not self._absorbs(op):
                return False
            self.moved.append(op)
        elif read & (self.late | self.kept.keys() | set(self.op.outputs)):
            self.behind.append(op)
            self.late.update(op.outputs)
        return True

    def _read_behind(self) -> list[Value]:
        """Return the results of what is moved that are read behind the branch."""
        read = {v for op in self.behind for v in _reads(op)} | set(self.block.results)
        return [v for op in self.moved for v in op.outputs if v in read]

    def _into(self, side: Block, other: Block) -> None:
        """Put the operations on their side; what is read of them behind becomes a result."""
        results: dict[Value, Value] = dict(zip(self.op.outputs, side.results, strict=True))
        others: dict[Value, Value] = dict(zip(self.op.outputs, other.results, strict=True))
        replace_uses(Block(ops=self.moved), results)
        side.ops += self.moved
        rest = Block(ops=self.behind, results=self.block.results)
        for v in self._read_behind():
            out = Value(v.type, v.name, v.span)
            out.user, out.op = v.user, self.op
            self.op.outputs.append(out)
            replace_uses(rest, {v: out})
            side.results.append(v)
            stays = self._origin(v) if v in self.kept else Const(0.0)
            other.results.append(others.get(stays, stays))
        self.block.results = rest.results

    @deep
    def _absorbs(self, op: Op) -> bool:
        """Whether an operation gives zero, or leaves a sum as it was, where the result is zero."""
        if op.prim in LINEAR and any(op.inputs[k] in self.zero for k in LINEAR[op.prim]):
            self.zero.add(op.out)
            return op.out.type.is_scalar or op.out.type.kind == "array"
        if op.prim in SUMS:
            return self._absorbs_sum(op)
        if op.prim == "inc" and op.inputs[1] in self.zero and op.inputs[0] not in self.zero:
            self.kept[op.out] = op.inputs[0]
            return True
        return op.prim == "for" and self._absorbs_loop(op)

    def _absorbs_sum(self, op: Op) -> bool:
        zero = [v in self.zero or _is_zero(v) for v in op.inputs]
        if all(zero):
            self.zero.add(op.out)
            return True
        if zero == [False, True] and op.inputs[0].type == op.out.type:
            self.kept[op.out] = op.inputs[0]
            return True
        return False

    def _absorbs_loop(self, op: Op) -> bool:
        body = op.blocks[-1]
        if body.end != "continue" or any(v in self.zero for v in op.inputs[:3]):
            return False
        params, inits = carried(op)
        self.zero.update(
            p for p, v in zip(params, inits, strict=True) if v in self.zero or _is_zero(v)
        )
        for inner in body.ops:
            if _reads(inner) & self.zero and not self._absorbs(inner):
                return False
        if not self._in_reach(op):
            return False
        for p, v, end, out in zip(params, inits, body.results, op.outputs, strict=True):
            if p in self.zero and (end in self.zero or _is_zero(end)):
                self.zero.add(out)
            elif self._origin(end) is p and p not in self.zero:
                self.kept[out] = v
            else:
                return False
        return True

    def _origin(self, v: Value) -> Value:
        while v in self.kept:
            v = self.kept[v]
        return v

    def _in_reach(self, op: Op) -> bool:
        """Whether what the sweep reads of the mirrored turns can be found by their places.

        What is pushed on a list must be popped however the branch goes.
        """
        mirrored = op.attrs.get("mirror")
        if mirrored is None or mirrored.prim != "for" or mirrored.attrs.get("breaks"):
            return False
        inside = set(blocks_of(mirrored.blocks[-1]))
        for v in _reads(op):
            home = self.carrier.home.get(v)
            if home not in inside or isinstance(v, Const):
                continue
            number = v.type.is_scalar and v.type.dtype and v not in self.missing
            path = self.carrier.path(home)
            if not number or row_plan(path, self.carrier.inner, self.carrier.home) is None:
                return False
        return True
