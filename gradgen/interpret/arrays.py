"""Operations on object arrays: by NumPy where it can, else spelled out here."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from functools import reduce
from typing import Any

import numpy as np

from gradgen.custom import on_grad
from gradgen.interpret.arguments import follow
from gradgen.interpret.numbers import Numbers
from gradgen.interpret.objects import as_array, elementwise, is_plain, lift
from gradgen.interpret.reductions import along, total
from gradgen.ir.nodes import Op, Value
from gradgen.ir.types import OPAQUE
from gradgen.rules import helpers
from gradgen.rules.callables import resolve
from gradgen.rules.registry import RULES

OPERATORS: dict[str, Callable[..., Any]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv,
    "//": operator.floordiv, "%": operator.mod, "**": operator.pow, "@": operator.matmul,
    "&": operator.and_, "|": operator.or_, "^": operator.xor, "~": operator.invert,
    "<<": operator.lshift, ">>": operator.rshift,
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
    "==": operator.eq, "!=": operator.ne, "not": operator.not_, "is": operator.is_,
    "is not": operator.is_not,
}  # fmt: skip


def by_numpy(op: Op, args: list[Any]) -> Any:
    """Call what the rule prints, on objects as on numbers."""
    rule = RULES[op.prim]
    if rule.form == "operator":
        if len(args) == 1 and rule.spelling in "+-":
            return operator.neg(args[0]) if rule.spelling == "-" else args[0]
        return OPERATORS[rule.spelling](*args)
    function = resolve(rule.spelling) or getattr(helpers, rule.spelling, None)
    if function is None:
        raise NotImplementedError("there is no rule for it here")
    match rule.form:
        case "sequence":
            return function(args, **op.attrs)
        case "shape":
            return function(tuple(args), **op.attrs)
        case "shaped":
            return function(args[0], tuple(args[1:]), **op.attrs)
    return function(*args, **op.attrs)


def matmul(n: Numbers, op: Op, args: list[Any]) -> Any:
    """Multiply matrices and vectors, each entry as one sum."""
    a, b = args
    if is_plain(a) and is_plain(b):
        return np.matmul(a, b)
    if np.ndim(a) == 0 or np.ndim(b) == 0:
        return elementwise(n, operator.mul, args)
    left = a[None, :] if a.ndim == 1 else a
    right = b[:, None] if b.ndim == 1 else b
    terms = elementwise(n, operator.mul, (left[..., :, :, None], right[..., None, :, :]))
    out = total(n, terms, axis=-2)
    out = out[..., 0] if b.ndim == 1 else out
    return (out[..., 0] if b.ndim == 1 else out[..., 0, :]) if a.ndim == 1 else out


def subscript(attrs: dict[str, Any], operands: Sequence[Any]) -> Any:
    """Return the key of ``a[key]`` from its spelling and the values of its entries."""
    rest, parts = iter(operands), iter(attrs.get("slices") or ())
    key: list[Any] = []
    for letter in attrs["index"]:
        match letter:
            case "n" | "e" | ":":
                key.append({"n": None, "e": Ellipsis, ":": slice(None)}[letter])
            case "s":
                key.append(slice(*(next(rest) if has else None for has in next(parts))))
            case _:
                key.append(next(rest))
    return tuple(key) if len(key) != 1 else key[0]


def load(n: Numbers, op: Op, args: list[Any]) -> Any:
    """Read through a subscript."""
    return args[0][subscript(op.attrs, args[1:])]


def view(n: Numbers, prim: str, base: Any, operands: list[Any], attrs: dict[str, Any]) -> Any:
    """Take one step from an array to a view of it."""
    if prim == "load":
        return base[subscript(attrs, operands)]
    op = Op(prim, [], [Value(OPAQUE)], attrs)
    return (
        SPECIAL[prim](n, op, [base, *operands])
        if prim in SPECIAL
        else by_numpy(op, [base, *operands])
    )


def store(n: Numbers, op: Op, args: list[Any]) -> Any:
    """Write through a subscript into a copy of the array; ``inc`` and ``add_at`` add."""
    base, value, *operands = args
    symbolic = not (is_plain(base) and is_plain(value))
    new = np.array(base, dtype=object if symbolic else None, copy=True, order="C")
    place = new
    for prim, count, attrs in op.attrs.get("path", ()):
        place = view(n, prim, place, operands[:count], attrs)
        operands = operands[count:]
    key = subscript(op.attrs, operands)
    if op.prim == "store":
        place[key] = value
        return new
    value = elementwise(n, operator.neg, (value,)) if op.attrs.get("sign") == "-" else value
    np.add.at(place, key, value)
    return new


def cast(n: Numbers, op: Op, args: list[Any]) -> Any:
    """Convert to a dtype; a float stays a number of many digits."""
    dtype = np.dtype(op.attrs["dtype"])
    if dtype.kind == "f":
        return elementwise(n, lambda v: v, args)
    return np.asarray(args[0]).astype(dtype)


def filled(n: Numbers, op: Op, args: list[Any]) -> Any:
    """Fill a shape with one value."""
    if op.prim == "full_like":
        return np.full_like(args[0], args[1], dtype=object)
    return np.full(tuple(args[1:]), args[0], dtype=object)


def linspace(n: Numbers, op: Op, args: list[Any]) -> Any:
    """Space numbers evenly, without the rounding of the grid."""
    start, stop = (n.number(v) for v in args[:2])
    count = args[2] if len(args) > 2 else 50
    out = np.empty(count, dtype=object)
    for k in range(count):
        out[k] = start + (stop - start) * k / max(count - 1, 1)
    return out


def arange(n: Numbers, op: Op, args: list[Any]) -> Any:
    """Count in steps, which have to be known."""
    grid = np.arange(*(v if is_plain(v) else n.constant(v) for v in args))
    return grid if all(map(is_plain, args)) else grid.astype(float)


def rounded(n: Numbers, op: Op, args: list[Any]) -> Any:
    """Round to the nearest integer; halves go up, NumPy's to the even one."""
    if op.attrs.get("decimals", 0) or len(args) > 1:
        raise NotImplementedError("rounding to decimals")
    return elementwise(n, lambda v: n.call("floor", v + n.number(0.5)), args)


def quantified(name: str) -> Callable[[Numbers, Op, list[Any]], Any]:
    """Return ``any`` or ``all``, also of conditions that are not decided."""

    def over(n: Numbers, op: Op, args: list[Any]) -> Any:
        if is_plain(args[0]):
            return by_numpy(op, args)
        conditions = np.asarray(args[0], dtype=object)
        return along(conditions, function=lambda row: n.logic(name, *row), **op.attrs)

    return over


def stacked(n: Numbers, op: Op, args: list[Any]) -> Any:
    """Make one array of equal parts."""
    if all(is_plain(a) for a in args) and not op.out.type.inexact:
        return np.array(args)
    return np.stack([as_array(n, a) for a in args])


def extreme(name: str) -> Callable[[Numbers, Op, list[Any]], Any]:
    """Return the largest or smallest of the items of a list or an array."""

    def over(n: Numbers, op: Op, args: list[Any]) -> Any:
        items = args[0] if len(args) == 1 else args
        return reduce(lambda a, b: n.call(name, n.number(a), n.number(b)), items)

    return over


def sort(n: Numbers, op: Op, args: list[Any]) -> Any:
    """Put numbers in order, which is known where they are, or are decided as at a point."""
    plain = getattr(n, "plain", None)
    if is_plain(args[0]) or plain is None:
        return by_numpy(op, args)
    axis = op.attrs.get("axis", -1)
    values = args[0].ravel() if axis is None else args[0]
    along_axis = -1 if axis is None else axis
    order = np.argsort(plain(values), axis=along_axis, kind="stable")
    return np.take_along_axis(values, order, axis=along_axis)


def clipped(n: Numbers, op: Op, args: list[Any]) -> Any:
    """Limit numbers from both sides; None is no limit."""
    value, low, high = (*args, None, None)[:3]
    for name, limit in (("maximum", low), ("minimum", high)):
        if limit is not None:
            value = elementwise(n, lambda a, b, name=name: n.call(name, a, b), (value, limit))
    return value


def ones_own(op: Op, args: list[Any]) -> list[Any]:
    """Return the results of a function with a rule: what it computes, without the rule."""
    if op.attrs["custom"].function.fun is on_grad:
        raise NotImplementedError("what an adjoint goes through is no derivative")
    return args[: len(op.outputs)]


SPECIAL: dict[str, Callable[[Numbers, Op, list[Any]], Any]] = {
    "matmul": matmul,
    "dot": matmul,
    "vdot": lambda n, op, a: matmul(n, op, [np.ravel(v) for v in a]),
    "load": load,
    "store": store,
    "inc": store,
    "add_at": store,
    "places": lambda n, op, a: np.array(op.attrs["entries"]),
    "astype": cast,
    "full": filled,
    "full_like": filled,
    "linspace": linspace,
    "arange": arange,
    "round": rounded,
    "py_round": rounded,
    "rint": rounded,
    "any": quantified("or"),
    "all": quantified("and"),
    "array": stacked,
    "clip": clipped,
    "within": clipped,
    "py_max": extreme("maximum"),
    "py_min": extreme("minimum"),
    "sort": sort,
    "trips": lambda n, op, a: len(range(*map(int, a))),
    "nonzero": lambda n, op, a: np.nonzero(a[0])[op.attrs["axis"]],
    "T": lambda n, op, a: np.transpose(a[0]),
    "dim": lambda n, op, a: np.shape(a[0])[op.attrs.get("axis", 0)],
    "size": lambda n, op, a: np.size(a[0]),
    "ndim": lambda n, op, a: np.ndim(a[0]),
    "reshape_as": lambda n, op, a: np.reshape(a[0], np.shape(a[1])),
    "flatten": lambda n, op, a: np.array(a[0]).ravel(),
    "copy": lambda n, op, a: a[0].copy() if isinstance(a[0], np.ndarray) else a[0],
    "asarray": lambda n, op, a: a[0],
    "item": lambda n, op, a: np.asarray(a[0], dtype=object).item(),
    "scalar": lambda n, op, a: np.asarray(a[0], dtype=object).item(),
    "py_sum": lambda n, op, a: sum(a[0]) if len(a[0]) else 0,
    "sum_items": lambda n, op, a: sum(a),
    "list": lambda n, op, a: list(a),
    "extend": lambda n, op, a: [*a[0], *a[1]],
    "repeat_list": lambda n, op, a: [a[0]] * a[1],
    "array_of_list": lambda n, op, a: stacked(n, op, a[0]),
    "items": lambda n, op, a: list(a[0]),
    "joined_list": lambda n, op, a: np.concatenate(a[0], **op.attrs),
    "len": lambda n, op, a: len(a[0]),
    "field": lambda n, op, a: lift(n, follow(a[0], (op.attrs["key"],))),
    "append": lambda n, op, a: [*a[0], a[1]],
}
