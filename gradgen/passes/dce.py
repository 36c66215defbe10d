"""Dead code: what no result and no effect needs goes, carried variables of loops included.

An operation of the user's that raises for some values stays, as in a function that is not
differentiated: the gradient alone must not be a number where there is no value.  So does all that
may raise in a loop that nothing but an exception ends.
"""

from __future__ import annotations

from gradgen.deep import deep
from gradgen.diff.activity import carried, ends
from gradgen.diff.missing import missing_values
from gradgen.ir.nodes import Block, Callee, Const, Function, Op, Value, walk
from gradgen.ir.raising import DIVISIONS, DOMAINS, RANGES, raised_by
from gradgen.rules.indexing import load_type
from gradgen.rules.places import surely_fits
from gradgen.rules.registry import RULES

EFFECTS = ("assert", "raise_if", "effect", "push", "take", "draw", "record")
ACTS = ("assert", "raise_if", "effect", "draw")  # of these, what the user wrote
CONTRACTIONS = {"matmul", "np.matmul", "np.dot", "dot", "inner"}


def may_raise(op: Op, missing: set[Value]) -> bool:
    """Whether an operation fails for some arguments of its types."""
    if op.prim == "pop":
        return True
    if op.prim in ("store", "inc"):
        return _may_not_fit(op)
    if op.prim == "interp":
        return op.inputs[1].type.shape != op.inputs[2].type.shape
    rule = RULES.get(op.prim)
    if rule is None or not (rule.elementwise or op.prim in CONTRACTIONS):
        return False
    if op.prim in DOMAINS or op.prim in RANGES or any(v in missing for v in op.inputs):
        return True
    shapes = [v.type.shape or () for v in op.inputs]
    if op.prim in CONTRACTIONS:
        return len({d for shape in shapes for d in shape[-2:]}) > 1
    for k in range(1, 1 + max(map(len, shapes), default=0)):
        if len({s[-k] for s in shapes if len(s) >= k and s[-k] != 1}) > 1:
            return True
    return False


def calls_what_acts(op: Op, known: set[Callee] | None = None) -> bool:
    """Whether this calls a recursive function that prints, draws or raises."""
    callee = op.attrs.get("callee") if op.prim == "call" else None
    known = set() if known is None else known
    if callee is None or callee.function is None or callee in known:
        return False
    if op.attrs.get("part") == "backward":
        return False
    known.add(callee)
    inside = list(walk(callee.function.body))
    return any(op.prim in ACTS or calls_what_acts(op, known) for op in inside)


def _may_not_fit(op: Op) -> bool:
    """Whether what a store writes may have another shape than where it is written to."""
    base, value = op.inputs[0].type, op.inputs[1].type
    if base.kind == "list" or "path" in op.attrs or "m" in op.attrs["index"]:
        return False
    if value.kind == "any" and base.shape is not None:
        return set(op.attrs["index"]) != {"i"} or len(op.attrs["index"]) < len(base.shape)
    place = load_type([op.inputs[0], *op.inputs[2:]], op.attrs).shape
    return place is not None and not surely_fits(value.shape or (), place)


# How many inputs an operation reads that reads others in its blocks.
READ_AT_ONCE = {"for": 3, "while": 0}


def never_ends(op: Op) -> bool:
    """Whether this is a loop without an end: ``while True`` without a ``break``."""
    if op.prim != "while" or not isinstance(op.blocks[0].results[0], Const):
        return False
    return bool(op.blocks[0].results[0].const) and all(e.end != "break" for e in ends(op.blocks[1]))


def remove_dead(function: Function) -> None:
    """Remove dead operations, branch outputs and carried variables, in place."""
    marker = _Marker(function.body)
    for v in function.body.results:
        marker.value(v)
    marker.run()
    for op in _divisions(function.body, marker.live_ops):
        marker.op(op)
    marker.run()
    _sweep(function.body, marker)


def _divisions(body: Block, live: set[int]) -> list[Op]:
    """Return dead divisions of Python's own numbers, by what nothing else is surely divided by.

    What is live divides by the same later, which is as good where nothing else raises before.
    """
    found = [(op, by) for op in walk(body) if (by := _divisor(op)) is not None]
    done = {by for op, by in found if id(op) in live}
    out: list[Op] = []
    by_of, others = dict(found), False
    for op in reversed(list(walk(body)) if len(done) < len(found) else []):
        raised = raised_by(op) if id(op) in live or op in by_of else frozenset()
        if id(op) in live:
            others = others or bool(raised - {"IndexError", "ZeroDivisionError"})
        elif raised and (others or by_of[op] not in done):
            out.append(op)
    return out


def _divisor(op: Op) -> Value | None:
    """Return what must not be zero: the divisor, or the base of a negative power."""
    if op.prim in DIVISIONS:
        return op.inputs[1]
    by = op.inputs[1] if op.prim == "pow" else None
    return (
        op.inputs[0]
        if isinstance(by, Const) and not isinstance(by.const, complex) and by.const < 0
        else None
    )


class _Marker:
    def __init__(self, body: Block) -> None:
        self.live: set[Value] = set()
        self.live_ops: set[int] = set()
        self.work: list[Value] = []
        self.param_of: dict[Value, tuple[Op, int]] = {}
        self.parents: dict[int, Op] = {}
        self._index(body, None)
        missing = missing_values(body)
        endless = {id(inner) for op in walk(body) if never_ends(op) for inner in walk(op.blocks[1])}
        for op in walk(body):
            needed = op.prim in EFFECTS or op.attrs.get("stacks") or id(op) in endless
            swept = op.derived or op.repeats or (op.span is not None and op.span.swept)
            if needed or (not swept and (may_raise(op, missing) or calls_what_acts(op))):
                self.op(op)

    @deep
    def _index(self, block: Block, parent: Op | None) -> None:
        for op in block.ops:
            if parent is not None:
                self.parents[id(op)] = parent
            if op.prim in ("for", "while"):
                for k, p in enumerate(carried(op)[0]):
                    self.param_of[p] = (op, k)
                if op.prim == "while":
                    for k, p in enumerate(op.blocks[0].params):
                        self.param_of[p] = (op, k)
            for inner in op.blocks:
                self._index(inner, op)

    def value(self, v: Value) -> None:
        if v not in self.live:
            self.live.add(v)
            self.work.append(v)

    def run(self) -> None:
        while self.work:
            v = self.work.pop()
            if v in self.param_of:
                self._carried(*self.param_of[v])
            elif v.op is None:
                continue
            elif v.op.prim in ("for", "while"):
                self._carried(v.op, v.op.outputs.index(v))
            elif v.op.prim == "if":
                self.op(v.op)
                k = v.op.outputs.index(v)
                for b in v.op.blocks:
                    self.value(b.results[k])
            else:
                self.op(v.op)

    def op(self, op: Op) -> None:
        """Mark an operation, what it reads, and the operations that enclose it."""
        around: Op | None = op
        while around is not None and id(around) not in self.live_ops:
            self.live_ops.add(id(around))
            self._reads(around)
            around = self.parents.get(id(around))

    def _reads(self, op: Op) -> None:
        """Mark what an operation reads."""
        if op.attrs.get("part") == "backward":
            callee = op.attrs["callee"]
            if callee.stacks or not callee.settled:
                # What it pops, the forward call has pushed.
                self.op(op.attrs["mirror"])
        for v in op.inputs[: READ_AT_ONCE.get(op.prim)]:
            if v not in self.live:
                self.live.add(v)
                self.work.append(v)
        if op.prim == "while":
            self.value(op.blocks[0].results[0])
        if op.prim in ("for", "while"):
            self._tails(op.blocks[-1])

    @deep
    def _tails(self, block: Block) -> None:
        if block.end == "tail":
            self.op(block.ops[-1])
            for inner in block.ops[-1].blocks:
                self._tails(inner)

    def _carried(self, op: Op, k: int) -> None:
        self.op(op)
        params, inits = carried(op)
        self.value(params[k])
        self.value(op.outputs[k])
        self.value(inits[k])
        if op.prim == "while":
            self.value(op.blocks[0].params[k])
        for end in ends(op.blocks[-1]):
            self.value(end.results[k])


@deep
def _sweep(block: Block, marker: _Marker) -> None:
    block.ops = [op for op in block.ops if id(op) in marker.live_ops]
    for op in block.ops:
        if op.prim in ("for", "while"):
            _sweep_loop(op, marker)
        elif op.prim == "if" and op.outputs:
            keep = [k for k, v in enumerate(op.outputs) if v in marker.live]
            op.outputs = [op.outputs[k] for k in keep]
            for b in op.blocks:
                b.results = [b.results[k] for k in keep]
        for inner in op.blocks:
            _sweep(inner, marker)


def _sweep_loop(op: Op, marker: _Marker) -> None:
    params, inits = carried(op)
    keep = [k for k, p in enumerate(params) if p in marker.live]
    skip = 3 if op.prim == "for" else 0
    if "steps" in op.attrs:
        at = op.attrs["steps"]
        op.attrs["steps"] = keep.index(at) if at in keep else None
    op.inputs = op.inputs[:skip] + [inits[k] for k in keep]
    op.outputs = [op.outputs[k] for k in keep]
    for b in op.blocks:
        first = 1 if op.prim == "for" else 0
        b.params = b.params[:first] + [b.params[first + k] for k in keep]
    for end in ends(op.blocks[-1]):
        end.results = [end.results[k] for k in keep]
