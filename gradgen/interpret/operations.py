"""The operations of the graph on object arrays: by NumPy where it can, else spelled out here."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from gradgen.errors import UnsupportedError
from gradgen.interpret.numbers import BASE, Missing, Numbers
from gradgen.interpret.reductions import REDUCTIONS, total
from gradgen.ir.nodes import Op, Value
from gradgen.ir.types import OPAQUE
from gradgen.rules.registry import RULES, resolve

PLAIN = bool | int | np.bool_ | np.integer
SYNONYMS = {
    "asin": "arcsin", "acos": "arccos", "atan": "arctan", "asinh": "arcsinh", "acosh": "arccosh",
    "atanh": "arctanh", "atan2": "arctan2", "fabs": "abs", "radians": "deg2rad",
    "degrees": "rad2deg", "negative": "neg", "positive": "pos", "power": "pow", "fmax": "maximum",
    "fmin": "minimum", "max2": "maximum", "min2": "minimum", "float64": "float",
    "float32": "float", "select": "where", "bitand": "logical_and", "bitor": "logical_or",
    "bitxor": "logical_xor", "invert": "logical_not", "not": "logical_not",
}  # fmt: skip
DERIVED: dict[str, Callable[..., Any]] = {
    "add": lambda n, a, b: a + b,
    "sub": lambda n, a, b: a - b,
    "mul": lambda n, a, b: a * b,
    "div": lambda n, a, b: a / b,
    "pow": lambda n, a, b: a**b,
    "mod": lambda n, a, b: a - b * n.call("floor", a / b),
    "floordiv": lambda n, a, b: n.call("floor", a / b),
    "neg": lambda n, a: -a,
    "pos": lambda n, a: a,
    "float": lambda n, a: a,
    "square": lambda n, a: a * a,
    "reciprocal": lambda n, a: 1 / a,
    "exp2": lambda n, a: n.number(2) ** a,
    "expm1": lambda n, a: n.call("exp", a) - 1,
    "log1p": lambda n, a: n.call("log", 1 + a),
    "log2": lambda n, a: n.call("log", a) / n.call("log", n.number(2)),
    "log10": lambda n, a: n.call("log", a) / n.call("log", n.number(10)),
    "log_base": lambda n, a, b: n.call("log", a) / n.call("log", b),
    "logaddexp": lambda n, a, b: n.call("log", n.call("exp", a) + n.call("exp", b)),
    "deg2rad": lambda n, a: a * n.call("pi") / 180,
    "rad2deg": lambda n, a: a * 180 / n.call("pi"),
    "erfc": lambda n, a: 1 - n.call("erf", a),
    "hypot": lambda n, a, b: n.call("sqrt", a * a + b * b),
    "ceil": lambda n, a: -n.call("floor", -a),
    "trunc": lambda n, a: n.call("sign", a) * n.call("floor", n.call("abs", a)),
    "clip": lambda n, a, low, high: n.call("minimum", n.call("maximum", a, low), high),
    "isnan": lambda n, a: False,
    "isinf": lambda n, a: False,
    "isfinite": lambda n, a: True,
}
COMPARISONS = ("lt", "le", "gt", "ge", "eq", "ne")
LOGIC = {"logical_not": "not", "logical_and": "and", "logical_or": "or", "logical_xor": "xor"}
OPERATORS: dict[str, Callable[..., Any]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv,
    "//": operator.floordiv, "%": operator.mod, "**": operator.pow, "@": operator.matmul,
    "&": operator.and_, "|": operator.or_, "^": operator.xor, "~": operator.invert,
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
    "==": operator.eq, "!=": operator.ne, "not": operator.not_, "is": operator.is_,
    "is not": operator.is_not,
}  # fmt: skip


def evaluate(numbers: Numbers, op: Op, args: list[Any]) -> Any:
    """Return the value of an operation that owns no blocks.

    Raises
    ------
    UnsupportedError
        Where the operation has no meaning on these numbers.
    """
    try:
        return lift(numbers, _evaluate(numbers, op, args))
    except (TypeError, ValueError, AttributeError, NotImplementedError, RecursionError) as error:
        name = RULES[op.prim].spelling if op.prim in RULES else op.prim
        raise UnsupportedError(
            f"{name or op.prim} cannot be evaluated on {type(numbers).__name__}: {error}",
            op.span,
            "write it with other operations, or leave its argument out of argnums",
        ) from error


def _evaluate(numbers: Numbers, op: Op, args: list[Any]) -> Any:
    name = op.prim.removeprefix("np.").removeprefix("math.")
    name = SYNONYMS.get(name, name)
    inexact = op.out.type.dtype in ("", "float64", "float32")
    symbolic = any(not is_plain(a) for a in args)
    if name in SPECIAL:
        return SPECIAL[name](numbers, op, args)
    if symbolic or (inexact and name != "where"):
        if name in BASE:
            return elementwise(numbers, lambda *a: numbers.call(name, *a), args)
        if name in DERIVED:
            return elementwise(numbers, lambda *a: DERIVED[name](numbers, *a), args)
        if name in COMPARISONS:
            return elementwise(numbers, lambda *a: numbers.compare(name, *a), args)
        if name in LOGIC:
            return elementwise(numbers, lambda *a: numbers.logic(LOGIC[name], *a), args, lifted=())
        if name == "where":
            return elementwise(numbers, numbers.choose, args, lifted=(1, 2))
        if name in REDUCTIONS:
            return REDUCTIONS[name](numbers, _as_array(numbers, args[0]), **op.attrs)
    return by_numpy(op, args)


def by_numpy(op: Op, args: list[Any]) -> Any:
    """Call what the rule prints, on objects as on numbers."""
    rule = RULES[op.prim]
    if rule.form == "operator":
        if len(args) == 1 and rule.spelling in "+-":
            return operator.neg(args[0]) if rule.spelling == "-" else args[0]
        return OPERATORS[rule.spelling](*args)
    function = resolve(rule.spelling)
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


def is_plain(x: Any) -> bool:
    """Whether a value is an integer, a truth value, or an array of them."""
    if isinstance(x, np.ndarray):
        return x.dtype.kind in "biu"
    return isinstance(x, PLAIN) or x is None or isinstance(x, str | slice)


def is_numeric(x: Any) -> bool:
    """Whether a value can be a case of a choice between numbers."""
    return not (x is None or isinstance(x, Missing | str | list | tuple | slice))


def lift(numbers: Numbers, x: Any) -> Any:
    """Return a value with its floats made numbers, and decided conditions made booleans."""
    if isinstance(x, float | np.floating):
        return numbers.number(float(x))
    if isinstance(x, np.bool_ | np.integer):
        return x.item()
    if not isinstance(x, np.ndarray):
        return x
    if x.dtype.kind == "f":
        return elementwise(numbers, numbers.number, (x.astype(object),), keep=True)
    if x.dtype == object and x.size and all(isinstance(v, bool) for v in x.flat):
        return x.astype(bool)
    return x


def elementwise(
    numbers: Numbers,
    function: Callable[..., Any],
    args: Sequence[Any],
    lifted: Sequence[int] | None = None,
    keep: bool = False,
) -> Any:
    """Apply a function of numbers with broadcasting.

    ``lifted`` says which arguments are to be made numbers first (all by default); ``keep`` asks
    for an array even where the shape is ().
    """
    chosen = range(len(args)) if lifted is None else lifted

    def on_numbers(*items: Any) -> Any:
        return function(*(numbers.number(v) if i in chosen else v for i, v in enumerate(items)))

    out = np.frompyfunc(on_numbers, len(args), 1)(*args)
    return np.asarray(out, dtype=object) if keep else out


def _as_array(numbers: Numbers, x: Any) -> Any:
    return elementwise(numbers, lambda v: v, (np.asarray(x, dtype=object),), keep=True)


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
    return _evaluate(n, Op(prim, [], [Value(OPAQUE)], attrs), [base, *operands])


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


def stacked(n: Numbers, op: Op, args: list[Any]) -> Any:
    """Make one array of equal parts."""
    if all(is_plain(a) for a in args) and not op.out.type.inexact:
        return np.array(args)
    return np.stack([_as_array(n, a) for a in args])


def clipped(n: Numbers, op: Op, args: list[Any]) -> Any:
    """Limit numbers from both sides; None is no limit."""
    value, low, high = (*args, None, None)[:3]
    for name, limit in (("maximum", low), ("minimum", high)):
        if limit is not None:
            value = elementwise(n, lambda a, b, name=name: n.call(name, a, b), (value, limit))
    return value


SPECIAL: dict[str, Callable[[Numbers, Op, list[Any]], Any]] = {
    "matmul": matmul,
    "dot": matmul,
    "vdot": lambda n, op, a: matmul(n, op, [np.ravel(v) for v in a]),
    "load": load,
    "store": store,
    "inc": store,
    "add_at": store,
    "astype": cast,
    "full": filled,
    "full_like": filled,
    "linspace": linspace,
    "arange": arange,
    "array": stacked,
    "clip": clipped,
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
    "py_sum": lambda n, op, a: total(n, _as_array(n, a[0]), axis=0),
    "list": lambda n, op, a: list(a),
    "append": lambda n, op, a: [*a[0], a[1]],
}
