"""Powers, clipping, casts and the operations that only the transformations themselves make."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradgen.ir.lengths import may_be_negative
from gradgen.ir.nodes import Const, Value
from gradgen.ir.types import BOOL, INT, Type, integer, least_length
from gradgen.rules.registry import rule
from gradgen.rules.shapes_of import Attrs, elementwise, of_shape, reduction, same_type

if TYPE_CHECKING:
    from gradgen.diff.algebra import Algebra
    from gradgen.ir.nodes import Op


def pow_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Type of ``a ** b``: an int to a negative power is a float, to another one an int."""
    a, b = inputs
    if a.type.kind == "int" and b.type.kind == "int":
        several = not isinstance(b, Const)
        below = Type("float", "float64", weak=True, kinds=several)
        return below if may_be_negative(b) else integer()
    return elementwise()(inputs, attrs)


def pow_vjp(alg: Algebra, op: Op, g: Value, i: int) -> Value:
    """``g * b * a ** (b - 1)`` by the base, ``g * y * log(a)`` by the exponent."""
    a, b = op.inputs
    if i == 1:
        return alg.mul(alg.mul(g, op.out), alg.emit("log", _for_logarithm(alg, a)))
    if isinstance(b, Const):
        return alg.mul(g, _constant_power(alg, op, a, b.const))
    if b.type.kind == "int" and not may_be_negative(b) and a.type.inexact:
        return alg.mul(g, alg.mul(b, alg.emit("pow", a, _one_less(alg, b))))
    nothing = alg.emit("eq", b, 0.0)
    if not b.type.inexact:
        less_one, base = alg.sub(b, alg.where(nothing, 0.0, 1.0)), a
    else:  # not 0 for the exponent 0: what it gives is differentiated by the exponent
        less_one, base = alg.sub(b, 1.0), _one_for_zero_power(alg, a, nothing)
    return alg.mul(alg.mul(g, b), alg.emit("np.power", alg.floating(base), less_one))


def _one_less(alg: Algebra, b: Value) -> Value:
    """``b - 1`` of a whole number that is not negative, but 0 for 0."""
    more = b.op.inputs[1] if b.op is not None and b.op.prim == "add" else None
    if isinstance(more, Const) and more.const == 1:
        assert b.op is not None
        less = b.op.inputs[0]
        return alg.emit("max2", less, Const(0)) if may_be_negative(less) else less
    least = None if b.type.value is None else least_length(b.type.value)
    less = alg.sub(b, 1)
    return less if least else alg.emit("max2", less, Const(0))


def _one_for_zero_power(alg: Algebra, a: Value, nothing: Value) -> Value:
    """Return the base, or 1 where it is 0 and so is its exponent: 0 ** -1 divides by zero."""
    if isinstance(a, Const):
        return a if a.const else Const(1.0)
    return alg.where(alg.emit("bitand", alg.emit("eq", a, 0.0), nothing), 1.0, a)


def _for_logarithm(alg: Algebra, a: Value) -> Value:
    """Return the base, or 1 for 0: a power of 0 does not change with its exponent.

    A power of a negative number is none but at whole exponents: its derivative is NaN, as the
    logarithm is.
    """
    if isinstance(a, Const):
        return a if a.const else Const(1.0)
    return alg.where(alg.emit("eq", a, 0.0), 1.0, a)


def _constant_power(alg: Algebra, op: Op, a: Value, p: float) -> Value:
    """``p * a ** (p - 1)``, in the shortest form, and without 0 ** -1 on Python floats."""
    if p == 0:
        return alg.zero_like(a)
    if p == 1:
        return Const(1.0)
    if p == 2:
        return alg.mul(Const(2.0), a)
    safe = p > 1 and (p == int(p) or not a.type.weak)
    prim = op.prim if safe or not (a.type.weak or a.type.kind == "any") else "np.power"
    return alg.mul(Const(p), alg.emit(prim, a, Const(p - 1)))


def clip_vjp(alg: Algebra, op: Op, g: Value, i: int) -> Value:
    """All of the cotangent goes to the value inside and at the bounds, else to the bound.

    Of bounds that are the wrong way round, NumPy gives the upper one.
    """
    a, low, high = op.inputs
    if i == 1:
        test = alg.emit("lt", a, low)
        if not _in_order(low, high):
            test = alg.emit("logical_and", test, alg.emit("le", low, high))
        return alg.where(test, g, 0.0)
    if i == 2:
        raised = a if _in_order(low, high) else alg.emit("maximum", a, low)
        return alg.where(alg.emit("gt", raised, high), g, 0.0)
    tests = [alg.emit(p, a, v) for p, v in (("ge", low), ("le", high)) if v.type.is_numeric]
    if not tests:
        return g
    inside = tests[0] if len(tests) == 1 else alg.emit("logical_and", *tests)
    return alg.where(inside, g, 0.0)


def _in_order(low: Value, high: Value) -> bool:
    """Whether the bounds of a clip are certainly not the wrong way round."""
    return not (low.type.is_numeric and high.type.is_numeric)


def unbroadcast_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return the shape of ``x`` with the cotangent's dtype."""
    g, x = (v.type for v in inputs)
    return Type(x.kind, g.dtype, x.shape)


def unbroadcast_vjp(alg: Algebra, op: Op, g: Value, i: int) -> Value:
    """Broadcast ``g`` again: the adjoint of the sum over broadcast axes."""
    if i:
        return Const(0.0)
    return alg.full(g, op.inputs[0], stretch=True)


def stretch_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return an array of the shape of ``x`` with the cotangent's dtype, or the one asked for."""
    x, g = (v.type for v in inputs)
    return Type("array" if x.shape else "any", attrs.get("dtype", g.dtype), x.shape)


def stretch_vjp(alg: Algebra, op: Op, g: Value, i: int) -> Value:
    """``g`` summed over the axes along which the value was stretched."""
    if i == 0:
        return Const(0.0)
    return alg.fit(g, op.inputs[1], op.out)


# A table: an entry is read along its lines.
# fmt: off
_ARITHMETIC: dict[str, Any] = {"params": "x1, x2, /", "elementwise": True, "closed": "a**b"}
rule("pow", pow_type, spelling="**", form="operator", vjp=pow_vjp, **_ARITHMETIC)
rule("np.power", elementwise(weak=False), callables=["np.power", "np.pow"], vjp=pow_vjp,
     **_ARITHMETIC)
rule("np.float_power", elementwise("float64", weak=False), callables=["np.float_power"],
     vjp=pow_vjp, **_ARITHMETIC,
     samples=("np.float_power(p23, y3)", "np.float_power(x3, 3)", "np.float_power(pf3, 2.0)",
              "np.float_power(x3, j3)", "np.float_power(p, y)"))
rule("math.pow", elementwise("float64", weak=True), callables=["math.pow"], vjp=pow_vjp,
     **_ARITHMETIC)
rule("clip", elementwise(weak=False), callables=["np.clip"], params="a, a_min, a_max",
     elementwise=True, vjp=clip_vjp, cost=1, unproved="a choice by two tests",
     at_kinks="all to the value at a bound",
     samples=("np.clip(x23, -0.5, y3)", "np.clip(x3, None, 0.4)", "np.clip(x3, min=-0.5, max=0.4)",
              "x3.clip(-0.5)", "x3.clip(max=y)", "np.clip(xf3, -0.5, 0.5)", "np.clip(x, -0.2, u)",
              "np.clip(x23, 0.4, u3 - 0.5)", "np.clip(x23, 0.5 + u3, y3)"))
rule("within", elementwise(weak=False), spelling="np.clip", params="a, a_min, a_max",
     elementwise=True, adjoint=("g", "0.0", "0.0"), cost=1,
     unproved="the value is within its bounds but for rounding")
rule("unbroadcast", unbroadcast_type, spelling="_unbroadcast", params="g, x", vjp=unbroadcast_vjp,
     cost=1, alias="maybe")
rule("stretch", stretch_type, form="special", vjp=stretch_vjp, cost=1)
rule("fill", stretch_type, form="special", vjp=stretch_vjp, cost=1)
rule("zeros_as", lambda inputs, attrs: Type("array" if inputs[0].type.shape else "any",
     inputs[0].type.dtype or "float64", inputs[0].type.shape), form="special", passive=True)
rule("cancelling_max", reduction("same"), spelling="np.max", passive=True)
rule("stop_gradient", same_type, spelling="_stop_gradient", params="x", passive=True, cost=0,
     alias="view")
rule("custom", lambda inputs, attrs: [], form="special", cost=3)
rule("solution", lambda inputs, attrs: inputs[0].type, form="special", alias="view", cost=3)
rule("trips", lambda inputs, attrs: INT, form="special", passive=True, cost=1)
rule("stride", lambda inputs, attrs: INT, spelling="_stride", params="turns, free", passive=True,
     cost=3)
rule("indefinite", lambda inputs, attrs: BOOL, spelling="_indefinite", params="a", passive=True,
     cost=20)
rule("singular", lambda inputs, attrs: BOOL, spelling="_singular", params="a", passive=True,
     cost=20)
rule("captured", lambda inputs, attrs: attrs["type"], form="special", passive=True, cost=0)
rule("each", lambda inputs, attrs: attrs["type"], form="special")
rule("record", lambda inputs, attrs: attrs["type"], form="special")
rule("helper", lambda inputs, attrs: attrs["type"], form="special")
rule("scalar", lambda inputs, attrs: of_shape(inputs[0].type.dtype, ()), form="special", cost=0)
