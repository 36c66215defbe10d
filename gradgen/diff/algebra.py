"""Arithmetic on cotangents: operations that drop what is zero or one and undo broadcasting.

A cotangent may be narrower than its value (a scalar for a whole array, length 1 along an axis):
it then stands for its broadcast, and is stretched only where an operation needs all of it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NoReturn

from gradgen.errors import UnsupportedError
from gradgen.ir.builder import Builder
from gradgen.ir.nodes import Const, Op, Value
from gradgen.ir.types import Type, array, in_double, may_be_one
from gradgen.rules.places import may_repeat
from gradgen.rules.registry import PRINTABLE, RULES
from gradgen.rules.shapes_of import normal_axes

PRODUCTS = ("mul", "div", "neg")


def as_value(x: Any) -> Value:
    """Return a value of the graph, a constant for a number."""
    return x if isinstance(x, Value) else Const(x)


def is_constant(v: Value, number: float) -> bool:
    """Whether a value is this literal."""
    return isinstance(v, Const) and type(v.const) in (int, float) and v.const == number


def as_long(v: Value) -> Value:
    """Return the array that a value was made from entry by entry, which has its shape."""
    while v.op is not None and v.op.prim in RULES and RULES[v.op.prim].elementwise:
        arrays = [w for w in v.op.inputs if not w.type.is_scalar]
        if len(arrays) != 1 or arrays[0].type.kind != "array":
            break
        if arrays[0].type.shape != v.type.shape:
            break
        v = arrays[0]
    return v


def is_narrow(g: Value, like: Value) -> bool:
    """Whether a cotangent still has to be stretched to the shape of a value."""
    if "list" in (like.type.kind, g.type.kind):
        return g.type.kind != like.type.kind
    want, have = like.type.shape, g.type.shape
    if want is None:
        return g.type.is_scalar or isinstance(g, Const)
    if have is None:
        return False
    if len(have) < len(want):
        return True
    return any(h != w and may_be_one(h) for h, w in zip(have, want, strict=False))


def _leading(v: Value) -> Const | None:
    """Return the literal that a product of the sweep starts with, if it does."""
    op = v.op
    first = op.inputs[0] if op is not None and op.derived and op.prim == "mul" else None
    return first if isinstance(first, Const) else None


def _exact_product(a: Const, b: Const) -> bool:
    """Whether the product of two literals is surely not rounded, so that one may stand for both."""
    one, two = a.const, b.const
    if any(type(x) not in (int, float) or not 1e-100 < abs(x) < 1e100 for x in (one, two)):
        return False
    whole = all(float(x).is_integer() for x in (one, two)) and abs(one * two) < 2**53
    return whole or any(abs(math.frexp(x)[0]) == 0.5 for x in (one, two))


class Algebra:
    """Emits reverse-sweep operations into a builder's block."""

    def __init__(self, builder: Builder) -> None:
        self.b = builder
        self.replaced: dict[Op, Value] = {}  # by store: the old item of a list, or its length
        self.wholes: set[Value] = set()  # what may be of integers, though its type says floats

    def emit(self, prim: str, *inputs: Any, **attrs: Any) -> Value:
        """Emit an operation, leaving out options at their defaults."""
        defaults = RULES[prim].defaults
        attrs = {k: v for k, v in attrs.items() if k not in defaults or v != defaults[k]}
        return self.b.emit(prim, inputs, **attrs)

    def transposed(self, v: Value) -> Value:
        """Return ``v.T``; what is transposed already is turned back, also inside a product."""
        op = v.op
        if op is not None and op.prim == "T":
            return op.inputs[0]
        if op is not None and op.derived and op.prim == "matmul":
            a, b = op.inputs
            turned = any(u.op is not None and u.op.prim == "T" for u in (a, b))
            if turned and (a.type.rank, b.type.rank) == (2, 2):
                return self.emit("matmul", self.transposed(b), self.transposed(a))
        return self.emit("T", v)

    def refuse(self, op: Op, what: str, hint: str) -> NoReturn:
        """Raise the error for a derivative that has no rule."""
        raise UnsupportedError(f"the derivative of {what} is not supported", op.span, hint)

    # --- scalars and elementwise ----------------------------------------------------------

    def add(self, a: Any, b: Any) -> Value:
        """Return ``a + b``, dropping zeros."""
        a, b = as_value(a), as_value(b)
        if is_constant(a, 0):
            return b
        if is_constant(b, 0):
            return a
        if isinstance(a, Const) and isinstance(b, Const):
            return Const(a.const + b.const)
        if b.op is not None and b.op.prim == "neg" and b.op.derived:
            return self.emit("sub", a, b.op.inputs[0])
        return self.emit("add", a, b)

    def sub(self, a: Any, b: Any) -> Value:
        """Return ``a - b``, dropping zeros."""
        a, b = as_value(a), as_value(b)
        if is_constant(b, 0):
            return a
        return self.neg(b) if is_constant(a, 0) else self.emit("sub", a, b)

    def mul(self, a: Any, b: Any) -> Value:
        """Return ``a * b``, dropping ones and zeros and moving signs out."""
        a, b = as_value(a), as_value(b)
        if is_constant(a, 1):
            return self.inexact(b)
        if is_constant(b, 1) or (is_constant(a, 0) and a.type.kind == "float"):
            return a
        if is_constant(a, -1) or is_constant(b, -1):
            return self._negative(b if is_constant(a, -1) else a)
        if isinstance(a, Const) and isinstance(b, Const):
            return Const(a.const * b.const)
        for x, y in ((a, b), (b, a)):
            if x.op is not None and x.op.prim == "neg" and x.op.derived:
                return self.neg(self.mul(x.op.inputs[0], y))
        if isinstance(b, Const):
            a, b = b, a
        return self._one_factor(a, b) or self.emit("mul", a, b)

    def _one_factor(self, a: Value, b: Value) -> Value | None:
        """Return ``a * b`` with one literal for two that they start with, if both do."""
        one, two = a if isinstance(a, Const) else _leading(a), _leading(b)
        if one is None or two is None or not _exact_product(one, two):
            return None
        assert b.op is not None
        factor, rest = Const(one.const * two.const), b.op.inputs[1]
        if a is one:
            return self.mul(factor, rest)
        assert a.op is not None
        small, large = sorted((a.op.inputs[1], rest), key=lambda v: not v.type.is_scalar)
        return self.mul(self.mul(factor, small), large)

    def _negative(self, g: Value) -> Value:
        """Return ``-1.0 * g``, which is a float where ``g`` is a whole number."""
        if g.type.is_array and self._may_be_whole(g):
            return self.emit("mul", -1.0, g)
        return self.neg(self.inexact(g))

    def inexact(self, g: Value) -> Value:
        """Return a cotangent as a float, or as an array of floats."""
        if isinstance(g, Const):
            return Const(float(g.const)) if g.type.kind in ("int", "bool") else g
        if g.type.is_scalar:
            whole = g.type.kind in ("int", "bool") or g in self.wholes
            return self.emit("float", g) if whole else g
        return self.emit("mul", 1.0, g) if self._may_be_whole(g) else g

    def _may_be_whole(self, g: Value) -> bool:
        """Whether an array is one of integers, on some path at least."""
        return g in self.wholes or bool(g.type.dtype and not g.type.inexact)

    def div(self, a: Any, b: Any) -> Value:
        """Return ``a / b``, dropping a one and moving a sign out."""
        a, b = as_value(a), as_value(b)
        if is_constant(b, 1):
            return a
        if a.op is not None and a.op.prim == "neg" and a.op.derived:
            return self.neg(self.div(a.op.inputs[0], b))
        return self.emit("div", a, b)

    def quotient(self, a: Value, b: Value) -> Value:
        """Divide by what may be zero: infinity, as in NumPy, on Python floats too."""
        weak = all(v.type.is_scalar and v.type.weak for v in (a, b))
        unknown = any(v.type.kind == "any" for v in (a, b)) and not b.type.shape
        return self.emit("np.divide", a, b) if weak or unknown else self.div(a, b)

    def neg(self, a: Any) -> Value:
        """Return ``-a``, without a double sign."""
        a = as_value(a)
        if isinstance(a, Const):
            return Const(-a.const)
        if a.op is not None and a.op.prim == "neg" and a.op.derived:
            return a.op.inputs[0]
        if a.type.dtype == "bool":
            return self.emit("mul", -1.0, a)
        return self.emit("neg", a)

    def conj(self, a: Value) -> Value:
        """Return the conjugate; that of a Python number stays one, for float32 beside it."""
        if isinstance(a, Const):
            return Const(a.const.conjugate())
        return self.emit("conjugate" if a.type.is_scalar and a.type.weak else "conj", a)

    def where(self, test: Any, a: Any, b: Any) -> Value:
        """Choose elementwise; on scalars by a conditional expression."""
        values = [as_value(v) for v in (test, a, b)]
        scalar = all(v.type.is_scalar for v in values)
        return self.emit("select" if scalar else "where", *values)

    def floating(self, a: Value) -> Value:
        """Return a value whose powers are floating point."""
        return self.mul(1.0, a) if a.type.kind != "int" else self.emit("float", a)

    def cast(self, g: Value, dtype: str) -> Value:
        """Return a cotangent in a dtype; a Python number adapts by itself."""
        if g.type.is_scalar and g.type.weak:
            return g
        op = g.op
        if op is not None and op.derived and op.prim in PRODUCTS and dtype == "float64":
            # One factor is widened, before the product is rounded.
            own = [k for k, v in enumerate(op.inputs) if not (v.type.is_scalar and v.type.weak)]
            inputs = list(op.inputs)
            inputs[own[0]] = self.cast(inputs[own[0]], dtype)
            return self.emit(op.prim, *inputs)
        return self.emit("astype", g, dtype=dtype)

    def written(self, how: Any, op: Op, type: Type, **more: Any) -> Value:
        """Emit what a Python function of a rule says of an operation."""
        # A cycle: reading takes the whole front end, which knows the rules.
        from gradgen.diff.written import written

        PRINTABLE[how.__name__] = how
        return written(self.b, how, op, more, type)

    # --- shapes ---------------------------------------------------------------------------

    def dim(self, v: Value, axis: int) -> Value:
        """Return one length of a value: a constant, ``len``, or an entry of its shape."""
        d = v.type.shape[axis] if v.type.shape else None
        if isinstance(d, int):
            return Const(d)
        v = as_long(v)
        return self.emit("len", v) if axis == 0 else self.emit("dim", v, axis=axis)

    def count(self, v: Value, axis: Any) -> Value:
        """Return how many entries a reduction over ``axis`` takes together."""
        if v.type.shape is None:
            if axis is None:
                return self.emit("size", v)
            axes = axis if isinstance(axis, tuple) else (axis,)
        elif v.type.is_scalar:
            return Const(1.0)
        else:
            axes = normal_axes(axis, len(v.type.shape))
            if axis is None and len(axes) > 1:
                return self.emit("size", v)
        first, *others = [self.dim(v, k) for k in axes] or [Const(1)]
        total = self.inexact(first) if isinstance(first, Const) else first
        for length in others:
            total = self.mul(total, length)
        return total

    def zeros(self, like: Value) -> Value:
        """Return an exact zero of a value's full shape, that may be added to in place."""
        if like.type.is_scalar or (isinstance(like, Const) and like.const is None):
            return Const(0.0)
        if like.type.kind == "list":
            return self.emit("zeros_list", like)
        return self.emit("zeros_as", like)

    def zero_like(self, like: Value) -> Value:
        """Return a zero that broadcasts to any shape."""
        return Const(0.0)

    def unreduce(self, g: Value, a: Value, axis: Any, keepdims: bool) -> Value:
        """Give the cotangent of a reduction the rank of what was reduced (length 1 there)."""
        rank = a.type.rank
        if rank is None:
            if axis is not None and not keepdims:
                g = self.emit("expand_dims", g, axis=axis)
            return self.emit("stretch", a, g)
        axes = normal_axes(axis, rank)
        if keepdims or len(axes) == rank or rank == 0 or g.type.shape == ():
            return g
        # Leading axes come back by broadcasting, those that the cotangent lacks, too.  One of
        # unknown shape lacks none: it would have been stretched.
        kept = [k for k in range(rank) if k not in axes]
        lacks = 0 if g.type.shape is None else len(kept) - len(g.type.shape)
        first = kept[lacks]
        axes = tuple(k - first for k in axes if k > first)
        if not axes:
            return g
        return self.emit("expand_dims", g, axis=axes[0] if len(axes) == 1 else axes)

    def full(self, g: Value, like: Value, stretch: bool = False) -> Value:
        """Stretch a narrow cotangent to a value's full shape."""
        if not (stretch or is_narrow(g, like)) or like.type.is_scalar:
            return g
        if like.type.kind == "list":
            return self._full_list(g, like)
        if like.type.shape == ():
            return g
        if g.type.shape is None and g.type.dtype == like.type.dtype == "float32":
            return self.emit("fill", like, g, dtype="float32")  # it may be a number of Python's
        if g.type.shape is None or g.type.shape:
            return self.emit("stretch", like, g)
        double = g.type.dtype == "float64" and not g.type.weak
        single = like.type.dtype == "float32" and g.type.is_scalar and not double
        return self.emit("fill", like, g, **({"dtype": "float32"} if single else {}))

    def _full_list(self, g: Value, like: Value) -> Value:
        """Return a list of one cotangent as often as another list has items."""
        copies = self.emit("repeat_list", g, self.emit("len", like))
        item = like.type.item
        if item is not None and item.kind == "list":
            return self.emit("fill_lists", like, g)
        if item is None or not is_narrow(g, Value(item)):
            return copies
        return self.emit("list_add", self.zeros(like), copies)

    def reshape_like(self, g: Value, like: Value) -> Value:
        """Return a cotangent in the shape of a value."""
        if like.type.shape == () and (g.type.is_scalar or g.type.shape == ()):
            return g
        if like.type.is_scalar or like.type.shape == ():
            return self.emit("scalar", g)
        if like.type.rank == 1 and (g.type.rank or 0) > 1:
            flat = self.emit("ravel", g)
            flat.type = array(flat.type.dtype, like.type.shape)
            return flat
        return self.emit("reshape_as", g, like)

    def fit(self, p: Value, x: Value, y: Value) -> Value:
        """Sum a cotangent of ``y``'s shape over the axes along which ``x`` was broadcast."""
        xs, ys = x.type.shape, y.type.shape
        if x.type.is_scalar and (ys is None or ys) and not y.type.is_scalar:
            return self._total(p, y)
        if xs is None or ys is None:
            if isinstance(x, Const) or (xs is None and ys == ()):
                return p
            return self.emit("unbroadcast", self.full(p, y), x)
        if xs == ys:
            return p
        if p.type.shape and any(d != 1 and may_be_one(d) for d in p.type.shape):
            p = self.full(p, y)  # a length that is 1 or not is known only as the other's
        lead = len(ys) - len(xs)
        differ = [k for k in range(len(xs)) if xs[k] != ys[lead + k]]
        if any(xs[k] != 1 and may_be_one(xs[k]) for k in differ):
            whole = self.full(p, y, stretch=p.type.shape is None)
            return self.emit("unbroadcast", whole, x)
        ones = [lead + k for k in differ if xs[k] == 1]
        return self._sum_axes(p, y, list(range(lead)), ones)

    def _total(self, p: Value, y: Value) -> Value:
        if p.type.is_scalar:
            return self.mul(p, self.count(y, None))
        return self.emit("sum", self.full(p, y))

    def _sum_axes(self, p: Value, y: Value, lead: list[int], ones: list[int]) -> Value:
        """Sum over axes of ``y``; where ``p`` is narrow, multiply by the length instead."""
        ys, ps = y.type.shape, p.type.shape
        assert ys is not None
        if ps is None:
            p = self.full(p, y, stretch=True)
            ps = ys
        offset = len(ys) - len(ps)
        factor: Value = Const(1)
        for k in lead + ones:
            if (k < offset or (ps[k - offset] == 1)) and ys[k] != 1:
                factor = self.mul(factor, self.dim(y, k))
        keep = tuple(k - offset for k in ones if k >= offset and ps[k - offset] != 1)
        if keep:
            p = self.emit("sum", p, axis=keep[0] if len(keep) == 1 else keep, keepdims=True)
        drop = tuple(k - offset for k in lead if k >= offset)
        if drop:
            p = self.emit("sum", p, axis=drop[0] if len(drop) == 1 else drop)
        return self.mul(factor, p)

    # --- reads and writes -----------------------------------------------------------------

    def load(self, base: Value, operands: Sequence[Value], index: str) -> Value:
        """Return ``base[index]``."""
        return self.b.emit("load", [base, *operands], index=index)

    def through_path(
        self, base: Value, operands: Sequence[Value], at: dict[str, Any]
    ) -> tuple[Value, list[Value]]:
        """Read through the views of a store's path; return the operands left for its index too."""
        rest = list(operands)
        for prim, count, attrs in at.get("path", ()):
            base = self.b.emit(prim, [base, *rest[:count]], **attrs)
            rest = rest[count:]
        return base, rest

    def store_add(
        self,
        total: Value,
        g: Value,
        operands: Sequence[Value],
        index: str,
        slices: Any = (),
        path: Any = (),
    ) -> Value:
        """Add at an index, counting repeats of an integer index."""
        attrs: dict[str, Any] = {"path": path} if path else {}
        attrs["index"] = index
        if slices:
            attrs["slices"] = slices
        repeats = total.type.kind != "list" and may_repeat(index, slices, operands)
        if g.op is not None and g.op.prim == "neg" and g.op.derived:
            g, attrs["sign"] = g.op.inputs[0], "-"
        elif not repeats:
            attrs["sign"] = "+"
        return self.b.emit("add_at" if repeats else "inc", [total, g, *operands], **attrs)

    def slice_axis(self, g: Value, axis: int, start: Value, stop: Value | None) -> Value:
        """Return ``g[..., start:stop]`` along an axis."""
        has_start = not is_constant(start, 0)
        operands = [v for v, has in ((start, has_start), (stop, stop is not None)) if has and v]
        slices = ((has_start, stop is not None, False),)
        return self.b.emit("load", [g, *operands], index=":" * axis + "s", slices=slices)

    def add_slice(
        self, total: Value, g: Value, axis: int, start: Value | None, stop: Value | None, sign: str
    ) -> Value:
        """``total[..., start:stop] += g`` along an axis."""
        operands = [v for v in (start, stop) if v is not None]
        slices = ((start is not None, stop is not None, False),)
        return self.b.emit(
            "inc", [total, g, *operands], index=":" * axis + "s", slices=slices, sign=sign
        )

    def helper_of_entries(self, name: str, *inputs: Value) -> Value:
        """Call a helper that computes with each entry of inputs that broadcast."""
        type_ = in_double(RULES["add"].type(list(inputs), {}))
        return self.b.emit("helper", list(inputs), function=name, options=(), type=type_)

    def helper(self, name: str, *inputs: Value, **attrs: Any) -> Value:
        """Call a helper that is printed into the module."""
        like = {"_matmul_adjoint_a": 1, "_matmul_adjoint_b": 2}.get(name, 0)
        t = inputs[like].type
        type_ = in_double(Type(t.kind, t.dtype, t.shape))
        return self.b.emit(
            "helper", list(inputs), function=name, options=tuple(attrs.items()), type=type_
        )
