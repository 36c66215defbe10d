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
from gradgen.ir.nodes import (
    GROWS,
    WRITES,
    Block,
    Const,
    Function,
    Op,
    Value,
    blocks_of,
    replace_uses,
    uses,
)
from gradgen.passes.dce import EFFECTS
from gradgen.rules.registry import RULES

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
        for other in (0, 1):
            places = _zero_places(op, other)
            if not _Sink(block, op, places, other, carrier, missing).run():
                for k in places if len(places) > 1 else ():
                    _Sink(block, op, [k], other, carrier, missing).run()


def _zero_places(op: Op, other: int) -> list[int]:
    """Return which results of a branch are zero on one side alone."""
    if any(side.end != "yield" for side in op.blocks):
        return []
    pairs = enumerate(zip(op.blocks[other].results, op.blocks[1 - other].results, strict=True))
    return [
        k for k, (a, b) in pairs
        if _is_zero(a) and not _is_zero(b) and op.outputs[k].type.is_scalar
    ]  # fmt: skip


def _reads(op: Op) -> set[Value]:
    return set(uses(Block(ops=[op])))


def _is_zero(v: Value) -> bool:
    return isinstance(v, Const) and v.const == 0 and type(v.const) is float


def _subtract(op: Op) -> None:
    """Turn the addition of what is negated into a subtraction, in place."""
    added = op.inputs[1].op if op.prim == "add" else None
    if added is not None and added.prim == "neg" and added.reverse:
        op.prim, op.inputs[1] = "sub", added.inputs[0]


class _Sink:
    """Moves what follows a branch for the sake of results that are zero on one side.

    ``zero`` are the values that are zero on the ``other`` side, ``kept`` the sums that stay there
    what they were, ``chosen`` what choices by the test of the branch are on this one, ``late`` what
    depends on all that and stays behind the branch.
    """

    def __init__(
        self,
        block: Block,
        op: Op,
        places: list[int],
        other: int,
        carrier: Carrier,
        missing: set[Value],
    ) -> None:
        self.block, self.op, self.other = block, op, other
        self.carrier, self.missing = carrier, missing
        self.zero = {op.outputs[k] for k in places}
        self.chosen: dict[Value, Value] = {}
        self.kept: dict[Value, Value] = {}
        self.between: dict[Value, Op] = {}
        self.late: set[Value] = set()
        self.moved: list[Op] = []
        self.behind: list[Op] = []
        self.apart = False

    def run(self) -> bool:
        """Move all that needs the results, if that is worth it and nothing has to stay."""
        if not self.zero:
            return False
        at = next(n for n, op in enumerate(self.block.ops) if op is self.op)
        following = self.block.ops[at + 1 :]
        if not all(map(self._take, following)):
            return False
        if not self.chosen and not any(op.prim == "for" for op in self.moved):
            return False
        if any(v in self.zero and not v.type.is_scalar for v in self._read_behind()):
            return False
        self._take_along(following)
        stay = {id(op) for op in (*self.moved, *self.behind, *self.between.values())}
        before = [op for op in following if id(op) not in stay]
        between = [op for op in following if op in self.between.values()]
        if self.apart:
            second = self._second()
            self.block.ops = [*self.block.ops[:at], *before, self.op, *between, second]
            self.op = second
        else:
            self.block.ops = [*self.block.ops[:at], *before, self.op]
            self.behind = [op for op in following if op in (*between, *self.behind)]
        self.block.ops += self.behind
        self._into(self.op.blocks[1 - self.other], self.op.blocks[self.other])
        return True

    def _take_along(self, following: list[Op]) -> None:
        """Move what only the moved operations read: on the other side it might not be defined."""
        stays = [self._origin(v) for v in self._read_behind()]
        readers: dict[Value, set[int]] = {v: {0} for v in (*stays, *self.block.results)}
        for op in following:
            for v in _reads(op):
                readers.setdefault(v, set()).add(id(op))
        moved = {id(op) for op in self.moved}
        placed = moved | {id(op) for op in (*self.behind, *self.between.values())}
        for op in reversed(following):
            plain = op.reverse and not op.blocks and op.region is None and op.prim in RULES
            if id(op) in placed or not plain or op.prim in EFFECTS or op.prim in (*WRITES, *GROWS):
                continue
            if op.outputs and all(readers.get(v, {0}) <= moved for v in op.outputs):
                moved.add(id(op))
        self.moved = [op for op in following if id(op) in moved]

    def _second(self) -> Op:
        """Return another branch by the same test, for what needs both sides of the first."""
        span = self.moved[0].span
        return Op("if", [self.op.inputs[0]], [], {}, span, [Block(), Block()], reverse=True)

    def _now(self, v: Value, results: dict[Value, Value]) -> Value:
        """Return what a choice between zero and something is on the side of the latter."""
        while v in self.chosen or v in results:
            v = self.chosen[v] if v in self.chosen else results[v]
        return v

    def _take(self, op: Op) -> bool:
        """Note where an operation belongs; tell whether one can go on."""
        read = _reads(op)
        if read & self.zero:
            free = op.reverse and op.region is None and not read & self.late
            if not free or not self._absorbs(op):
                return False
            self.moved.append(op)
            self.apart = self.apart or bool(read & self.between.keys())
        elif read & (self.late | self.kept.keys()):
            self.behind.append(op)
            self.late.update(op.outputs)
        elif read & (set(self.op.outputs) | self.between.keys()):
            self.between.update(dict.fromkeys(op.outputs, op))
        return True

    def _read_behind(self) -> list[Value]:
        """Return the results of what is moved that are read behind the branch."""
        read = {v for op in self.behind for v in _reads(op)} | set(self.block.results)
        return [v for op in self.moved for v in op.outputs if v in read]

    def _into(self, side: Block, other: Block) -> None:
        """Put the operations on their side; what is read of them behind becomes a result."""
        results: dict[Value, Value] = dict(zip(self.op.outputs, side.results, strict=True))
        others: dict[Value, Value] = dict(zip(self.op.outputs, other.results, strict=True))
        replace_uses(Block(ops=self.moved), {**results, **self.chosen})
        read_behind = self._read_behind()
        self._drop_sums_with_zero(results)
        for op in self.moved if self.chosen else ():
            _subtract(op)
        for op in self.moved:
            if op.prim == "for":
                op.attrs["sunk"] = True
        side.ops += [op for op in self.moved if op.prim != "select" or op.out not in self.chosen]
        rest = Block(ops=self.behind, results=self.block.results)
        for v in read_behind:
            out = Value(v.type, v.name, v.span)
            out.user, out.op = v.user, self.op
            self.op.outputs.append(out)
            replace_uses(rest, {v: out})
            side.results.append(self._now(v, results))
            stays = self._origin(v) if v in self.kept else Const(0.0)
            other.results.append(others.get(stays, stays))
        self.block.results = rest.results

    def _drop_sums_with_zero(self, results: dict[Value, Value]) -> None:
        """Let sums with what is zero on this side be the other share, by ``results``."""
        for op in list(self.moved):
            if op.prim != "add" or not any(map(_is_zero, op.inputs)):
                continue
            share = op.inputs[1] if _is_zero(op.inputs[0]) else op.inputs[0]
            if share.type == op.out.type:
                results[op.out] = share
                self.moved.remove(op)
                replace_uses(Block(ops=self.moved), {op.out: share})

    @deep
    def _absorbs(self, op: Op) -> bool:
        """Whether an operation gives zero, or leaves a sum as it was, where the result is zero."""
        if op.prim in LINEAR and any(op.inputs[k] in self.zero for k in LINEAR[op.prim]):
            self.zero.add(op.out)
            return op.out.type.is_scalar or op.out.type.kind == "array"
        if op.prim in SUMS:
            return self._absorbs_sum(op)
        if op.prim == "select":
            return self._absorbs_choice(op)
        if op.prim == "inc" and op.inputs[1] in self.zero and op.inputs[0] not in self.zero:
            self.kept[op.out] = op.inputs[0]
            return True
        return op.prim == "for" and self._absorbs_loop(op)

    def _absorbs_sum(self, op: Op) -> bool:
        zero = [v in self.zero or _is_zero(v) for v in op.inputs]
        if all(zero):
            self.zero.add(op.out)
            return True
        place = zero.index(False)
        signed = place == 1 and op.prim in ("sub", "np.subtract")
        if signed or op.inputs[place].type != op.out.type:
            return False
        self.kept[op.out] = op.inputs[place]
        return True

    def _absorbs_choice(self, op: Op) -> bool:
        """Whether a choice gives zero on the other side, by the test of the branch itself."""
        options = op.inputs[1:]
        zero = [v in self.zero or _is_zero(v) for v in options]
        if op.inputs[0] is self.op.inputs[0] and zero[self.other]:
            self.chosen[op.out] = options[1 - self.other]
        elif not all(zero) or op.inputs[0] in self.zero:
            return False
        self.zero.add(op.out)
        return True

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
