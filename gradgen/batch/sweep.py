"""Carries a batch axis through a graph: many tangents, cotangents or examples in one sweep.

The axis comes first, so that NumPy broadcasts what has it against what has it not.  Loops stay
loops and branches stay branches: they carry the axis along.  An operation is rewritten by
``batch.operations``; one that NumPy can't do for all at once is done for each, one by one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NoReturn

from gradgen.batch.align import aligned
from gradgen.batch.callees import batch_call, batch_callees, functions_of, is_batched
from gradgen.batch.lists import lifted_list
from gradgen.batch.operations import rewrite
from gradgen.batch.spread import batched_inputs, batched_values
from gradgen.deep import deep
from gradgen.diff.activity import carried, ends
from gradgen.diff.algebra import Algebra
from gradgen.diff.missing import missing_values
from gradgen.errors import UnbatchedError
from gradgen.ir.builder import Builder
from gradgen.ir.nodes import Block, Const, Function, Op, Undefined, Value, walk
from gradgen.ir.raising import DOMAINS
from gradgen.ir.types import Type, array
from gradgen.passes.dce import EFFECTS
from gradgen.passes.sharing import Sharing

# Of an arm that is done for all examples, these would be done for the others, too.
KEPT = (*EFFECTS, "while", "call")
SHAPED = ("zeros_as", "zeros_like")
ZEROS = (*SHAPED, "zeros")


def may_raise(op: Op) -> bool:
    """Whether Python's own arithmetic raises where NumPy's goes on."""
    divides = op.prim in ("div", "mod", "floordiv", "pow") and not op.reverse
    return op.prim in DOMAINS or (divides and all(v.type.weak for v in op.inputs))


class Sweep:
    """The state of the sweep: what stands for the values that have got the axis.

    Parameters
    ----------
    function : Function
        The graph; ``run()`` gives all that depends on some values the axis.
    given : mapping
        From values of the graph to what stands in their place: values with an axis more.
    size : Value
        The length of the axis, an integer.
    batched : set of Value, optional
        The values that get the axis, in this function and in those that it calls.
    generated : bool
        Whether the function is generated text, which reads no name that has no value.

    Attributes
    ----------
    arguments : list of Value
        Those of one example, where the axis counts examples: there may be none.

    Raises
    ------
    UnbatchedError
        Where a branch or a number of turns depends on what has the axis.
    """

    def __init__(
        self,
        function: Function,
        given: Mapping[Value, Value],
        size: Value,
        batched: set[Value] | None = None,
        generated: bool = False,
    ) -> None:
        self.function, self.size, self.generated = function, size, generated
        self.b = Builder(function.body)
        self.alg = Algebra(self.b)
        if batched is None:
            batched = batched_values(functions_of(function), given)
        self.batched = batched
        self.new: dict[Value, Value] = dict(given)
        self.sharing = Sharing(function)
        self.missing = set() if generated else missing_values(function.body)
        self.arguments: list[Value] = []
        self.hollow: set[Value] = set()  # arrays that loops carry, and that may not be there yet

    def run(self) -> None:
        """Go through the function, and through those that it calls."""
        self.block(self.function.body)
        batch_callees(self)

    @deep
    def block(self, block: Block) -> None:
        """Go through a block, which is built anew."""
        ops, block.ops = block.ops, []
        with self.b.into(block):
            self._run(ops)
        if block.end == "yield":
            block.results = [self.of(v) for v in block.results]

    def _run(self, ops: list[Op]) -> None:
        """Do operations at the end of the current block."""
        for op in ops:
            self.b.span, self.b.region = op.span, op.region
            self.b.reverse, self.b.tangent = op.reverse, op.tangent
            if op.prim in ("for", "while"):
                self._loop(op)
            elif op.prim == "if" and op.inputs[0] in self.batched:
                self._both_arms(op)
            elif op.prim == "if":
                self._branch(op)
            elif op.prim == "call" and is_batched(op, self.batched):
                batch_call(self, op)
            elif any(v in self.batched for v in op.inputs):
                self._operation(op)
            else:
                op.inputs = [self.of(v) for v in op.inputs]
                self.b.block.ops.append(op)

    def of(self, v: Value) -> Value:
        """Return what stands for a value now."""
        return self.new.get(v, v)

    # --- control flow ---------------------------------------------------------------------

    def _branch(self, op: Op) -> None:
        op.inputs = [self.of(v) for v in op.inputs]
        moving = [k for k, v in enumerate(op.outputs) if v in self.batched]
        olds = [[*inner.results] for inner in op.blocks]
        for inner in op.blocks:
            self.block(inner)
        self.b.block.ops.append(op)
        for inner, old in zip(op.blocks, olds, strict=True):
            if inner.end == "yield":
                self._lift_results(inner, old, moving)
        op.outputs = [self.twin(v, op) if v in self.batched else v for v in op.outputs]
        for inner in op.blocks:
            if inner.end == "yield":
                pairs = zip(op.outputs, inner.results, strict=True)
                self.hollow |= {out for out, v in pairs if v in self.hollow}
        if moving:
            op.attrs.pop("style", None)

    def _both_arms(self, op: Op) -> None:
        """Do what both arms do, and take from each what its examples want."""
        for inner in op.blocks:
            if inner.end != "yield" or any(o.prim in KEPT or may_raise(o) for o in walk(inner)):
                self.refuse(op, "a branch that leaves a loop, or may raise, by example,")
        for inner in op.blocks:
            self._run(inner.ops)
        test, (then, other) = op.inputs[0], op.blocks
        for out, a, b in zip(op.outputs, then.results, other.results, strict=True):
            if any(v in self.missing or (isinstance(v, Undefined) and not self._unread(v))
                   for v in (a, b)):  # fmt: skip
                # What Python raises for one example has no place in what is done for all.
                self.refuse(op, "a name that only some examples assign")
            if isinstance(a, Undefined) or isinstance(b, Undefined):
                kept = b if isinstance(a, Undefined) else a
                self.new[out] = self.lifted(kept, kept.type)
                continue
            rank = out.type.rank
            if (
                rank is None
                or not out.type.is_numeric
                or a.type.rank != rank
                or b.type.rank != rank
            ):
                self.refuse(op, "a branch whose arms give different kinds of things")
            arms = [self.of(v) for v in (a, b)]
            if not self.hollow.isdisjoint(arms):
                self.refuse(op, "an array that only some examples assign")
            made = self.b.emit("where", [aligned(self, test, rank), *arms])
            made.name, made.user = out.name, out.user
            self.new[out] = made

    def _unread(self, v: Undefined) -> bool:
        return v.unread or self.generated

    def _loop(self, op: Op) -> None:
        params, inits = carried(op)
        moving = [k for k, p in enumerate(params) if p in self.batched]
        self._unbatched(op, op.inputs[: len(op.inputs) - len(inits)], "a number of turns")
        first = len(op.inputs) - len(inits)
        starts = [
            self.lifted(self._begun(v, params[k]), params[k].type) if k in moving else self.of(v)
            for k, v in enumerate(inits)
        ]
        op.inputs = [*map(self.of, op.inputs[:first]), *starts]
        self.b.block.ops.append(op)
        for inner in op.blocks:
            inner.params = [self.twin(p, None) if p in self.batched else p for p in inner.params]
        for p, v in zip(params, starts, strict=True):
            if isinstance(v, Undefined) and p.type.is_numeric:
                self.hollow.add(self.of(p))
        if op.prim == "while":
            self._unbatched(op, op.blocks[0].results, "a number of turns")
        finals = [(end, [*end.results]) for end in ends(op.blocks[-1])]
        for inner in op.blocks:
            self.block(inner)
        for end, old in finals:
            self._lift_results(end, old, moving)
        op.outputs = [self.twin(v, op) if v in self.batched else v for v in op.outputs]

    def _begun(self, start: Value, param: Value) -> Value:
        """Return what a loop begins with: for a number that is not there yet, zero.

        What is derived reads it for no example that has not assigned it.
        """
        number = isinstance(start, Undefined) and param.type.kind == "float"
        return Const(0.0) if number and self.generated else start

    def _lift_results(self, end: Block, old: list[Value], moving: list[int]) -> None:
        with self.b.into(end):
            end.results = [
                self.lifted(v, v.type) if k in moving else self.of(v) for k, v in enumerate(old)
            ]

    def twin(self, v: Value, op: Op | None) -> Value:
        """Return a new value that stands for another, with the axis."""
        twin = Value(self.typed(v.type), v.name, v.span)
        twin.op, twin.user = op, v.user
        self.new[v] = twin
        return twin

    def _unbatched(self, op: Op, values: list[Value], what: str) -> None:
        """Refuse what decides for all examples and is not the same for all."""
        if any(v in self.batched for v in values):
            self.refuse(op, f"{what} that is not the same for all")

    # --- operations -----------------------------------------------------------------------

    def _operation(self, op: Op) -> None:
        if not op.outputs:
            self.refuse(op, "a check or a side effect")
        op.inputs = [v if v in self.batched else self.of(v) for v in op.inputs]
        made = rewrite(self, op) if batched_inputs(op, self.batched) else [self._of_shape(op)]
        for old, new in zip(op.outputs, made, strict=True):
            if old.name and not new.name and new.op is not None and not isinstance(new, Const):
                new.name, new.user = old.name, old.user
            self.new[old] = new

    def _of_shape(self, op: Op) -> Value:
        """Return what reads the shape of one example."""
        v = next(v for v in op.inputs if v in self.batched)
        if v.type.kind == "list":
            return self.b.emit(op.prim, [self.of(u) for u in op.inputs], **op.attrs)
        if op.prim == "len":
            return self.b.emit("dim", [self.of(v)], axis=1)
        if op.prim == "dim":
            return self.b.emit("dim", [self.of(v)], axis=op.attrs.get("axis", 0) + 1)
        if op.prim in SHAPED and v.type.rank:
            lengths = [self.alg.dim(self.of(v), k + 1) for k in range(v.type.rank)]
            return self.b.emit("zeros", lengths, **_dtype(op.out.type))
        one = self.alg.load(self.of(v), [Const(0)], "i")
        return self.b.emit(op.prim, [one if u is v else self.of(u) for u in op.inputs], **op.attrs)

    # --- shapes ---------------------------------------------------------------------------

    def typed(self, t: Type) -> Type:
        """Return a type with the axis in front."""
        if t.kind == "list":
            return Type("list", item=None if t.item is None else self.typed(t.item))
        if t.shape is None:
            return t
        return array(t.dtype, (self.length, *t.shape))

    @property
    def length(self) -> int:
        """The length of the axis in types."""
        return self.size.const if isinstance(self.size, Const) else self.size.type.value  # type: ignore[return-value]

    def lifted(self, v: Value, t: Type) -> Value:
        """Return a value with the axis: repeated along it where it has none."""
        if v in self.batched or isinstance(v, Undefined):
            return self.of(v)
        v = self.of(v)
        if v.type.kind == "list":
            return lifted_list(self, v)
        if isinstance(v, Const) or (v.op is not None and v.op.prim in ZEROS):
            shaped = v.op is not None and v.op.prim in SHAPED
            shape = v.op.inputs[0] if shaped and v.op is not None else v
            return self._filled(v if isinstance(v, Const) else Const(0.0), shape, t)
        if v.type.is_scalar:
            return self.b.emit("full", [v, self.size])
        row = self.alg.emit("expand_dims", v, axis=0)
        rows = self.alg.emit("repeat", row, self.size, axis=0)
        rows.type = self.typed(t)
        return rows

    def _filled(self, value: Const, like: Value, t: Type) -> Value:
        """Return an array of one number in the shape of a batch."""
        rank = like.type.rank if t.shape is None else len(t.shape)
        if rank is None:
            self.refuse(like.op, "zeros of unknown rank")
        if rank and like.type.rank != rank:
            self.refuse(like.op, "a number that becomes an array")
        lead, dtype = 1 if like in self.batched else 0, _dtype(t)
        made = like.op
        if made is not None and made.prim == "zeros" and len(made.inputs) == rank:
            lengths = [self.size, *made.inputs]
        else:
            lengths = [self.size, *(self.alg.dim(self.of(like), k + lead) for k in range(rank))]
        if value.const == 0:
            return self.b.emit("zeros", lengths, **dtype)
        return self.b.emit("full", [value, *lengths], **dtype)

    def refuse(self, op: Op | None, what: str) -> NoReturn:
        """Refuse a batch."""
        raise UnbatchedError(
            f"{what} has no batched form",
            op.span if op is not None else self.b.span,
            "loop over the examples, one call each",
        )


def _dtype(t: Type) -> dict[str, Any]:
    """Return the option of what makes an array of a type."""
    return {} if t.dtype == "float64" else {"dtype": t.dtype}
