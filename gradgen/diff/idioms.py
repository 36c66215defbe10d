"""Composite idioms: several operations whose derivative is one short expression.

Operation by operation, the sigmoid ``1 / (1 + exp(-x))`` multiplies 0 by infinity where ``exp``
overflows, and a norm that is spelled out divides 0 by 0 at the zero vector; a squared norm divides
by what it multiplied with.  The share of such a group is stated here as a whole, for both modes:

- ``1 / (1 + e)`` with ``e = exp(-x)``: ``e * y * y``, where an infinite ``e`` has no share;
- ``norm(x) ** 2``, ``norm(x) * norm(x)``: ``2 * x``;
- ``sqrt(sum(x ** 2))``, ``sqrt(x @ x)``: ``x / y``, 0 where ``y`` is, as of ``np.linalg.norm``;
- ``sqrt(x ** 2)``, ``sqrt(x * x)``: ``sign(x)``, as of ``abs``;
- ``sqrt(a * a + b ** 2)``, and sums of more squares: ``1 / (2 * y)`` of the sum, but finite where
  ``y`` is 0, so that the squares have no share there;
- these three with ``** 0.5`` for the root;
- ``mean(x ** 2)``: ``2 / n * x``;
- ``log(2 * np.pi * x)``, and other constant factors: ``1 / x``;
- ``e / sum(e)`` with ``e = exp(x)``, the softmax: ``y * (g - sum(g * y))`` of a cotangent ``g``.

The tests prove each with SymPy (``tests/test_idioms.py``).
"""

from __future__ import annotations

from typing import Any, NamedTuple

from gradgen.diff.algebra import Algebra, is_constant
from gradgen.ir.nodes import Const, Op, Value
from gradgen.rules.complexes import is_complex

DIV, ADD, NEG = ("div", "np.divide"), ("add", "np.add"), ("neg", "negative")
EXP, SQRT, PRODUCT = ("exp", "math.exp"), ("sqrt", "math.sqrt"), ("matmul", "np.matmul", "dot")
LOG, POWERS = ("log", "math.log"), ("pow", "np.power", "np.float_power")

# Groups of which each entry of the result depends on that entry of the argument alone.
ELEMENTWISE = ("sigmoid", "absolute", "distance", "logarithm")


class Found(NamedTuple):
    """A group of operations: its name, what it is a function of, and how that is reduced."""

    name: str
    x: Value
    attrs: dict[str, Any]


def found_in(op: Op) -> Found | None:
    """Return the group that an operation ends, None for most."""
    out = _sigmoid(op) or _squared_norm(op) or _norm(op) or _distance(op) or _mean_square(op)
    out = out or _logarithm(op) or _softmax(op)
    return None if out is None or is_complex(out.x) or out.x.type.shape is None else out


def share(alg: Algebra, op: Op, found: Found, g: Value) -> Value:
    """Return what the cotangent of the result contributes to that of ``x``."""
    if found.name == "sigmoid":
        return alg.mul(g, _slope(alg, op))
    if found.name == "logarithm":
        return alg.div(g, found.x)
    if found.name in ("absolute", "distance"):
        return _elementwise(alg, op, found, g)
    if found.name == "softmax":
        return _softmax_share(alg, op, found, g)
    return alg.mul(_spread(alg, found, _weight(alg, op, found, g)), found.x)


def tangent(alg: Algebra, op: Op, found: Found, t: Value) -> Value:
    """Return the tangent of the result, from that of ``x``."""
    if found.name == "sigmoid":
        return alg.mul(t, _slope(alg, op))
    if found.name == "logarithm":
        return alg.div(t, found.x)
    if found.name in ("absolute", "distance"):
        return _elementwise(alg, op, found, t)
    if found.name == "softmax":  # its derivative is symmetric
        return _softmax_share(alg, op, found, t)
    product = alg.mul(found.x, alg.full(t, found.x))
    total = product if found.x.type.is_scalar else alg.emit("sum", product, **found.attrs)
    return _weight(alg, op, found, total)


def _slope(alg: Algebra, op: Op) -> Value:
    """Return the derivative of the sigmoid, which keeps its digits on both sides."""
    total = op.inputs[1].op
    assert total is not None
    e = _other(total, 1)
    assert e is not None and e.op is not None
    if e.op.prim == "exp":  # math.exp raises an error rather than give an infinity
        most = 1e30 if e.type.dtype == "float32" else 1e300
        e = alg.emit("minimum", e, Const(most))
    return alg.mul(alg.mul(e, op.out), op.out)


def _elementwise(alg: Algebra, op: Op, found: Found, g: Value) -> Value:
    """Multiply by the derivative of a root of squares."""
    if found.name == "absolute":
        return alg.mul(g, alg.emit("sign", found.x))
    root = alg.where(alg.emit("eq", op.out, 0.0), 1.0, op.out)
    return alg.mul(0.5, alg.div(g, root))


def _weight(alg: Algebra, op: Op, found: Found, g: Value) -> Value:
    """Multiply by the derivative, but for the factor ``x``."""
    if found.name == "norm":
        return alg.div(g, alg.where(alg.emit("eq", op.out, 0.0), 1.0, op.out))
    twice = alg.mul(2.0, g)
    if found.name == "squared norm":
        return twice
    return alg.div(twice, alg.count(found.x, found.attrs.get("axis")))


def _softmax_share(alg: Algebra, op: Op, found: Found, g: Value) -> Value:
    """Multiply by the derivative of a softmax."""
    product = alg.mul(g, op.out)
    mean = alg.unreduce(
        alg.emit("sum", product, **found.attrs),
        op.out,
        found.attrs.get("axis"),
        bool(found.attrs.get("keepdims", False)),
    )
    return alg.mul(op.out, alg.sub(g, mean))


def _spread(alg: Algebra, found: Found, g: Value) -> Value:
    keep = bool(found.attrs.get("keepdims", False))
    return alg.unreduce(g, found.x, found.attrs.get("axis"), keep)


# --- what they look like ----------------------------------------------------------------------


def _sigmoid(op: Op) -> Found | None:
    if op.prim not in DIV or not is_constant(op.inputs[0], 1):
        return None
    total = _made_by(op.inputs[1], ADD)
    e = total and _made_by(_other(total, 1), EXP)
    minus = e and _made_by(e.inputs[0], NEG)
    return Found("sigmoid", minus.inputs[0], {}) if minus else None


def _squared_norm(op: Op) -> Found | None:
    norm = _made_by(_squared(op), ("norm",))
    if norm is None or norm.attrs.get("ord") is not None:
        return None
    return Found("squared norm", norm.inputs[0], _axes(norm))


def _norm(op: Op) -> Found | None:
    if not _is_root(op):
        return None
    total = op.inputs[0].op
    if total is None:
        return None
    if total.prim in PRODUCT and total.inputs[0] is total.inputs[1]:
        x = total.inputs[0]
        return Found("norm", x, {}) if x.type.rank == 1 else None
    summed = _squares(total, ("sum",))
    return None if summed is None else Found("norm", summed, _axes(total))


def _is_root(op: Op) -> bool:
    """Whether this is a square root, or a power of one half."""
    return op.prim in SQRT or (op.prim in POWERS and is_constant(op.inputs[1], 0.5))


def _distance(op: Op) -> Found | None:
    total = op.inputs[0].op if _is_root(op) else None
    if total is None:
        return None
    x = _squared(total)
    if x is not None:
        return Found("absolute", x, {})
    return Found("distance", op.inputs[0], {}) if _is_sum_of_squares(total) else None


def _is_sum_of_squares(total: Op) -> bool:
    """Whether nothing but squares is added up: the sum is 0 where all of them are."""
    work = [total]
    while work:
        op = work.pop()
        terms = [v.op for v in op.inputs]
        if op.prim not in ADD or None in terms:
            return False
        work += [t for t in terms if t is not None and _squared(t) is None]
    return True


def _mean_square(op: Op) -> Found | None:
    x = _squares(op, ("mean",))
    return None if x is None else Found("mean square", x, _axes(op))


def _logarithm(op: Op) -> Found | None:
    """Find a constant factor, which moves a logarithm, but not its derivative."""
    product = _made_by(op.inputs[0], ("mul", "np.multiply")) if op.prim in LOG else None
    if product is None:
        return None
    x = next((v for v in product.inputs if not _of_literals(v)), None)
    alone = x is not None and any(_of_literals(v) for v in product.inputs)
    return Found("logarithm", x, {}) if x is not None and alone else None


def _softmax(op: Op) -> Found | None:
    e = _made_by(op.inputs[0], EXP) if op.prim in DIV else None
    if e is None or e.out.type.kind != "array":
        return None
    total, back = op.inputs[1].op, None
    if total is not None and total.prim in ("load", "expand_dims"):
        total, back = total.inputs[0].op, total
    summed = total if total is not None and total.prim == "sum" else None
    over = summed and _made_by(summed.inputs[0], EXP)
    if summed is None or over is None or over.inputs[0] is not e.inputs[0]:
        return None
    plain = set(summed.attrs) <= {"axis", "keepdims"}
    return Found("softmax", e.inputs[0], _axes(summed)) if plain and fits(summed, back) else None


def fits(summed: Op, back: Op | None) -> bool:
    """Whether the sums stand beside what they are sums of, the axis ``back`` in its place."""
    axis, rank = summed.attrs.get("axis"), summed.inputs[0].type.rank or 0
    if back is None:
        return bool(summed.attrs.get("keepdims")) or axis in (None, 0) or rank == 1
    if summed.attrs.get("keepdims") or not isinstance(axis, int):
        return False
    axis %= rank
    if back.prim == "expand_dims":
        given = back.attrs.get("axis")
        return isinstance(given, int) and given % rank == axis
    return str(back.attrs["index"]).rstrip(":") == ":" * axis + "n"


def _squares(op: Op, prims: tuple[str, ...]) -> Value | None:
    """Return ``x`` of a reduction of ``x ** 2``."""
    if op.prim not in prims or op.inputs[0].op is None or "dtype" in op.attrs:
        return None
    return _squared(op.inputs[0].op)


def _squared(op: Op) -> Value | None:
    """Return ``x`` of ``x ** 2``, ``x * x`` or ``np.square(x)``."""
    if op.prim in ("pow", "np.power") and is_constant(op.inputs[1], 2):
        return op.inputs[0]
    if op.prim in ("mul", "np.multiply") and op.inputs[0] is op.inputs[1]:
        return op.inputs[0]
    return op.inputs[0] if op.prim == "square" else None


def _axes(op: Op) -> dict[str, Any]:
    return {k: v for k, v in op.attrs.items() if k in ("axis", "keepdims")}


def _of_literals(v: Value) -> bool:
    """Whether a value is made of numbers in the source, as ``2 * np.pi`` is."""
    if isinstance(v, Const):
        return type(v.const) in (int, float)
    made = v.op is not None and v.op.prim in (*DIV, "mul", "np.multiply")
    return made and v.op is not None and all(map(_of_literals, v.op.inputs))


def _other(op: Op, number: float) -> Value | None:
    """Return the term that stands beside a number."""
    a, b = op.inputs
    return b if is_constant(a, number) else a if is_constant(b, number) else None


def _made_by(v: Value | None, prims: tuple[str, ...]) -> Op | None:
    return v.op if v is not None and v.op is not None and v.op.prim in prims else None
