"""The reverse sweep: one handler for each kind of node (Griewank and Walther, chapters 3 to 6).

Adjoints live in a map from forward values; a value without an entry has an adjoint of exactly
zero, so that nothing zero is ever emitted.  The sweep may read any forward value, even one born
inside a loop: ``diff.saves`` makes that legal afterwards, and it alone decides how.
"""

from __future__ import annotations

from gradgen.deep import deep
from gradgen.diff import custom, idioms
from gradgen.diff.activity import varied
from gradgen.diff.adjoints import Adjoints, Places, adjoint_type, share_type
from gradgen.diff.algebra import Algebra, is_constant, is_narrow
from gradgen.diff.branches import sweep_branch
from gradgen.diff.called import sweep_call
from gradgen.diff.conjugates import adjoint_of, conjugated, real_part
from gradgen.diff.formulas import emit_formula
from gradgen.diff.infinite import may_be_infinite
from gradgen.diff.list_items import sweep_append, sweep_pop
from gradgen.diff.loops import Loops
from gradgen.diff.missing import missing_values, read_for_sure
from gradgen.diff.nested import Nested
from gradgen.diff.nones import ask_for_lengths
from gradgen.diff.replaced import look_before_stores
from gradgen.diff.truncation import look_for_truncation
from gradgen.diff.wholes import wholes
from gradgen.diff.written import written
from gradgen.diff.zeros import DIVISIONS, Zeros
from gradgen.errors import UnsupportedError
from gradgen.ir.builder import Builder
from gradgen.ir.nodes import Block, Const, Function, Op, Undefined, Value
from gradgen.ir.types import has_joined_length
from gradgen.ir.words import noun
from gradgen.rules.complexes import is_complex
from gradgen.rules.indexing import load_accumulate, only_new_axes
from gradgen.rules.registry import RULES, Unknown

# The adjoint of a divisor where that of what it divides is ``g / b``, which is computed once.
DIVIDED_BEFORE = "-(g / b) * y"


def add_adjoint(function: Function, seeds: list[tuple[Value, Value]]) -> dict[Value, Value]:
    """Append the reverse sweep to a function; return the adjoints of its values.

    ``seeds`` are what it starts from: values of the function with their cotangents.
    """
    sweep = Reverse(function)
    for value, cotangent in seeds:
        sweep.accumulate(value, cotangent)
    sweep.operations(list(function.body.ops))
    sweep.name_temporaries()
    ask_for_lengths(function.body)
    return sweep.adj


class Reverse:
    """The state of the sweep: adjoints so far, and guesses of what loops carry."""

    def __init__(self, function: Function) -> None:
        self.function = function
        self.varied = varied(function)
        look_for_truncation(function, self.varied)
        self.b = Builder(function.body, reverse=True)
        self.alg = Algebra(self.b)
        self.alg.wholes = wholes(function.body)
        self.alg.replaced = look_before_stores(function)
        self.adj = Adjoints()
        self.places = Places(function.body)
        self.nested = Nested(function.body)
        # The sweep begins where the function has come to its end.
        self.missing = missing_values(function.body, sure=read_for_sure(function.body))
        # Adjoints that may be the number 0.0 though their values are arrays.
        self.shapeless: set[Value] = set()
        # Carried adjoints of lists that every turn makes anew: zero before the last turn, but of
        # another turn's length.
        self.unfitted: set[Value] = set()
        self.certain = [leaf.value for leaf in function.leaves]
        self.certain += [v for op in function.body.ops for v in op.outputs if not op.blocks]
        self.temporaries: dict[Value, Value] = {}  # values without a name, by their adjoints
        self.zeros = Zeros(self.alg, may_be_infinite(function))
        self.loops = Loops(self)

    # --- accumulation ---------------------------------------------------------------------

    def accumulate(self, v: Value, g: Value) -> None:
        """Add a contribution to the adjoint of a value, in place where that is worth it."""
        if v not in self.varied or is_constant(g, 0) or isinstance(g, Undefined):
            return
        if v.type.is_scalar and g.type.kind == "any":
            g = self.b.emit("scalar", [g])
        g = self._number(v, self._precise(v, real_part(self.alg, g, v)))
        total = self.adj.get(v)
        if total is None:
            self.adj[v] = g
        elif "list" in (total.type.kind, g.type.kind):
            self.adj[v] = self.b.emit("list_add", [self.fitting(v, x) for x in (total, g)])
        elif self._is_buffer(total) and self._has_room(total, v, g):
            if g.op is not None and g.op.prim == "neg" and g.op.reverse:
                self.adj[v] = self.b.emit("inc", [total, g.op.inputs[0]], index="e", sign="-")
            else:
                self.adj[v] = self.b.emit("inc", [total, g], index="e", sign="+")
        else:
            self.adj[v] = self.alg.add(total, g)
        if total is not None:
            self.zeros.added(total, g, self.adj[v])
            self._note_shape(v, total, g)
        self.label(v)

    def _note_shape(self, v: Value, total: Value, g: Value) -> None:
        """Note a sum of which no share is known to have the shape of the value."""
        narrow = [x in self.shapeless or is_narrow(x, v) for x in (total, g)]
        if v.type.is_array and all(narrow) and not self.shapeless.isdisjoint((total, g)):
            self.shapeless.add(self.adj[v])

    def _remain_shapeless(self, g: Value, v: Value, share: Value) -> None:
        """Note a share that has no more of a shape than the cotangent it was made of."""
        if g in self.shapeless and v.type.is_array and share.type.shape is None:
            self.shapeless.add(share)

    def _number(self, v: Value, g: Value) -> Value:
        """Return a number for the adjoint of a number: an array without axes may be a view.

        What loops and branches hand on may be a number itself: one that stands for all entries.
        """
        if not v.type.is_scalar or g.type.kind != "array" or g.type.shape != ():
            return g
        joined = (g.op is None or g.op.blocks) and not is_complex(g)
        out = self.b.emit("float", [g]) if joined else self.b.emit("load", [g], index="")
        self.zeros.hand_on(g, out)
        return out

    def _precise(self, v: Value, g: Value) -> Value:
        """Widen what integers or single precision gave: later shares are added in its place."""
        kind, wanted = g.type.dtype, v.type.dtype
        known = wanted and v.type.inexact
        single = g.type.is_scalar and kind == "float32" and not (g.type.weak or v.type.weak)
        if not (g.type.kind == "array" or single):
            return g
        if kind in ("", "float64", wanted) or not known:
            return g
        wide = self.alg.cast(g, wanted)
        self.zeros.hand_on(g, wide)
        return wide

    def _has_room(self, total: Value, v: Value, g: Value) -> bool:
        """Whether a share fits into what there is: an argument may be narrow, or real."""
        return not is_narrow(total, v) and (is_complex(total) or not is_complex(g))

    def _is_buffer(self, total: Value) -> bool:
        if total.type.kind != "array" or not total.type.shape:
            return False
        own = ("zeros_as", "inc", "add_at", "store", "leaf")
        # A value of the user's stands for its adjoint where this is the same, as of half a square.
        users = total in self.places.place
        return not users and (total.op is None or total.op.prim in own)

    def label(self, v: Value) -> None:
        """Name an adjoint after its value: ``d_hidden``."""
        g = self.adj[v]
        if g.name or g.op is None or not g.op.reverse:
            return
        if v.name:
            g.call_after(v)
        elif v.op is not None and (not v.op.blocks or v.type.kind == "list"):
            self.temporaries.setdefault(g, v)

    def name_temporaries(self) -> None:
        """Name adjoints of values without a name after what computes these: ``d_product``."""
        for g, v in self.temporaries.items():
            g.name = g.name or f"d_{noun(v)}"

    # --- straight-line code ---------------------------------------------------------------

    def operations(self, ops: list[Op]) -> None:
        """Sweep operations backwards."""
        around = self.b.region
        for op in reversed(ops):
            self.b.span, self.b.region = op.span, op.region
            if op.prim == "if":
                sweep_branch(self, op, [self.adj.get(v) for v in op.outputs])
            elif op.prim in ("for", "while"):
                self.loops.sweep(op)
            else:
                self._plain(op)
        self.b.region = around

    def _plain(self, op: Op) -> None:
        """Sweep an operation without blocks."""
        for v in op.outputs:
            g = self.adj.get(v)
            if g in self.unfitted:
                self.adj[v] = self.fitting(v, g)
        if op.prim == "call":
            sweep_call(self, op)
        elif op.prim in ("append", "insert"):
            sweep_append(self, op)
        elif op.prim == "pop":
            sweep_pop(self, op)
        elif op.prim == "custom":
            self._custom(op)
        elif len(op.outputs) > 1:
            self._several(op)
        elif op.outputs and op.out in self.adj:
            self._operation(op, self.adj[op.out])

    def _operation(self, op: Op, g: Value) -> None:
        rule, forward = RULES[op.prim], op
        if rule.passive:
            return
        found = idioms.found_in(op)
        if found is not None and found.x in self.varied and self.zeros.admits(found, g):
            share = idioms.share(self.alg, op, found, g)
            share = self.zeros.grouped(op, found, g, share)
            self.accumulate(found.x, self._fitted(share, found.x, found.x))
            return
        shapeless = g in self.shapeless and op.out.type.shape is None
        if shapeless or (not rule.elementwise and (not rule.narrow or g in self.shapeless)):
            g = self.whole(g, op.out)
        g = self._doubled(op, g)
        op = conjugated(self.alg, op)
        for i, v in reversed(list(enumerate(forward.inputs))):
            if v not in self.varied or not rule.differentiable(i, forward.attrs):
                continue
            if op.prim == "load" and not only_new_axes(op):
                self._read(op, g)
            elif not _is_square(op):
                share = self._share(op, forward, g, i)
                if rule.elementwise:
                    share = self._fitted(share, v, forward.out)
                    self._remain_shapeless(g, v, share)
                self.accumulate(v, share)
            elif not i:
                share = self.alg.mul(self.alg.mul(2.0, g), op.inputs[0])
                self.accumulate(v, self.zeros.kept(op, i, g, share))
        if op.prim == "helper":
            raise UnsupportedError(f"the derivative of {op.attrs['function']}", op.span)

    def _doubled(self, op: Op, g: Value) -> Value:
        """Return the adjoint of a double as one, where a factor is single and would round it."""
        weak = g.type.is_scalar and g.type.weak and not op.out.type.weak
        kinds = {v.type.dtype for v in op.inputs if v.type.is_numeric}
        if not weak or op.out.type.dtype != "float64" or not kinds >= {"float32", "float64"}:
            return g
        one = isinstance(g, Const) and abs(g.const) in (0.0, 1.0)
        return g if one else self.b.emit("astype", [g], dtype="float64")

    def _share(self, op: Op, forward: Op, g: Value, i: int) -> Value:
        """Return what an operation's cotangent gives to one of its inputs, by the rule."""
        rule = RULES[op.prim]
        how = adjoint_of(rule, i, op)
        if i and op.prim in DIVISIONS and forward.inputs[0] in self.varied:
            how = how if _is_divided_by(g, op.out) else DIVIDED_BEFORE
        if isinstance(how, Unknown):
            what = f"{rule.spelling} by its argument {rule.params[i]!r} has no closed form and"
            self.alg.refuse(op, what, how.way_out)
        if callable(how):
            kind = share_type(forward.out, g) if rule.elementwise else adjoint_type(op.inputs[i])
            share = written(self.b, how, op, {"g": g}, kind)
            share = self.zeros.kept(op, i, g, share) if rule.elementwise else share
            return self.zeros.moved(op, g, share)
        if how is not None:
            return self.zeros.kept(op, i, g, emit_formula(self.alg, how, op, g))
        assert rule.vjp is not None
        share = rule.vjp(self.alg, op, g, i)
        if rule.elementwise:
            return self.zeros.kept(op, i, g, share)
        if op.prim == "store" and not i:
            self.zeros.sparse(share, op.inputs[2:])
            return share
        return self.zeros.moved(op, g, share)

    def _read(self, op: Op, g: Value) -> None:
        """Add the adjoint of a part to that of what it was read from, in place."""
        op = self.nested.through(op)
        v = op.inputs[0]
        before = self.adj.get(v)
        self.adj[v] = load_accumulate(self.alg, op, g, self.buffer(v))
        self.zeros.read(before, self.adj[v], op, g)
        self.label(v)

    def _several(self, op: Op) -> None:
        """Sweep an operation with several results."""
        rule = RULES[op.prim]
        found = [
            (name, v, self.adj.get(v)) for name, v in zip(rule.outputs, op.outputs, strict=True)
        ]
        if rule.passive or all(g is None for _, _, g in found):
            return
        seeds = {f"d_{name}": g and self.whole(g, v) for name, v, g in found}
        for i, v in reversed(list(enumerate(op.inputs))):
            how = rule.adjoint[i] if v in self.varied else None
            if callable(how):
                share = written(self.b, how, op, seeds, adjoint_type(v))
                fits = rule.elementwise and not is_constant(share, 0)
                self.accumulate(v, self.alg.fit(share, v, op.outputs[0]) if fits else share)

    def _fitted(self, share: Value, v: Value, out: Value) -> Value:
        """Return the share of an elementwise operation in the shape of its input."""
        fitted = self.alg.fit(share, v, out)
        self.zeros.summed(share, fitted)
        return fitted

    def _custom(self, op: Op) -> None:
        """Sweep a function with a rule of its own by that rule."""
        if not any(v in self.adj for v in op.outputs):
            return
        found = [(v, self.adj.get(v)) for v in op.outputs]
        seeds = [self.zeros_of(v) if g is None else self.whole(g, v) for v, g in found]
        for v, g in custom.shares(self.b, self.function, op, seeds, add_adjoint):
            self.accumulate(v, self.alg.fit(g, v, g))

    def buffer(self, v: Value) -> Value | None:
        """Return the adjoint of an array as something to add into, None if there is none yet."""
        total = self.adj.get(v)
        if total is None:
            return None
        total = self.fitting(v, total) if total in self.unfitted else self.whole(total, v)
        real = is_complex(v) and not is_complex(total)
        return self.alg.cast(total, v.type.dtype) if real else total

    def whole(self, g: Value, v: Value) -> Value:
        """Return a cotangent in the shape of its value."""
        return self.alg.full(g, v, stretch=g in self.shapeless)

    # --- blocks ---------------------------------------------------------------------------

    @deep
    def block(self, block: Block, seeds: list[Value | None]) -> None:
        """Sweep a block whose results have the adjoints ``seeds``."""
        ops = block.ops
        if block.end == "tail":
            sweep_branch(self, ops[-1], seeds)
            ops = ops[:-1]
        else:
            for v, g in zip(block.results, seeds, strict=True):
                if g is not None:
                    self.accumulate(v, self._as_long(v, g) if g in self.unfitted else g)
        self.operations(ops)

    def fitting(self, v: Value, g: Value) -> Value:
        """Return a cotangent of a list that has its length."""
        return self._as_long(v, g) if g in self.unfitted else self.alg.full(g, v)

    def _as_long(self, v: Value, g: Value) -> Value:
        """Return the adjoint of a list as it is, or as zeros where it has another length."""
        lengths = [self.b.emit("len", [x]) for x in (g, v)]
        with self.b.into(Block()) as zeros:
            zeros.results.append(self.alg.zeros(v))
        blocks = [Block(results=[g]), zeros]
        test = self.b.emit("eq", lengths)
        return self.b.append("if", [test], [g.type], [g.name], blocks=blocks).out

    # --- zeros ----------------------------------------------------------------------------

    def twin(self, v: Value) -> Value | None:
        """Return a value of the same shape that is never missing.

        Where lengths are joined, one symbol stands for several.
        """
        known = [] if v.type.kind != "array" or has_joined_length(v.type) else self.certain
        return next((u for u in known if u.type == v.type), None)

    def zeros_of(self, v: Value) -> Value:
        """Return a zero of a value's shape; where it may be missing, shaped as one that is not."""
        if v.type.is_array and v in self.missing:
            twin = self.twin(v)
            return Const(0.0) if twin is None else self.alg.zeros(twin)
        return self.alg.zeros(v)


def _is_divided_by(g: Value, y: Value) -> bool:
    """Whether a cotangent was divided by a value, as that of a logarithm: a product undoes it."""
    op = g.op.inputs[0].op if g.op is not None and g.op.prim == "neg" else g.op
    return op is not None and op.prim in DIVISIONS and op.inputs[1] is y


def _is_square(op: Op) -> bool:
    """Whether an operation multiplies something by itself, entry by entry or as a vector."""
    if op.prim == "mul":
        return op.inputs[0] is op.inputs[1]
    vectors = op.prim in ("matmul", "dot", "inner") and op.inputs[0].type.rank == 1
    return vectors and op.inputs[0] is op.inputs[1] and not is_complex(op.inputs[0])
