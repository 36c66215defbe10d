"""What each operation of the graph is on numbers of another kind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gradgen.errors import UnsupportedError
from gradgen.interpret.arrays import SPECIAL, by_numpy, ones_own
from gradgen.interpret.matrices import MATRICES, several
from gradgen.interpret.numbers import BASE, Numbers
from gradgen.interpret.objects import as_array, elementwise, is_plain, lift
from gradgen.interpret.reductions import REDUCTIONS
from gradgen.ir.nodes import Op
from gradgen.rules.registry import RULES

FAILURES = (TypeError, ValueError, AttributeError, IndexError, NotImplementedError, RecursionError)
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
    "float": lambda n, a=0.0: a,
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
    "within": lambda n, a, low, high: n.call("minimum", n.call("maximum", a, low), high),
    "isnan": lambda n, a: False,
    "isinf": lambda n, a: False,
    "isfinite": lambda n, a: True,
}
COMPARISONS = ("lt", "le", "gt", "ge", "eq", "ne")
LOGIC = {"logical_not": "not", "logical_and": "and", "logical_or": "or", "logical_xor": "xor"}


def evaluate(numbers: Numbers, op: Op, args: list[Any]) -> list[Any]:
    """Return the results of an operation that owns no blocks.

    Raises
    ------
    UnsupportedError
        Where the operation has no meaning on these numbers.
    """
    try:
        if op.prim == "custom":
            found = ones_own(op, args)
        elif len(op.outputs) > 1 and not all(map(is_plain, args)):
            found = several(numbers, op, args)
        else:
            found = [_evaluate(numbers, op, args)]
        return [lift(numbers, x) for x in found]
    except FAILURES as error:
        name = RULES[op.prim].spelling if op.prim in RULES else op.prim
        raise UnsupportedError(
            f"{name or op.prim} cannot be evaluated on {numbers.kind}: {error}",
            op.span,
            "write it with other operations, or leave its argument out of argnums",
        ) from error


def _evaluate(numbers: Numbers, op: Op, args: list[Any]) -> Any:
    name = op.prim.removeprefix("np.").removeprefix("math.")
    name = SYNONYMS.get(name, name)
    inexact = op.out.type.dtype in ("", "float64", "float32")
    symbolic = any(not is_plain(a) for a in args)
    if op.prim == "not" and isinstance(args[0], list):
        return not args[0]
    special = SPECIAL.get(name) or MATRICES.get(name)
    if special is not None:
        return special(numbers, op, args)
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
            return REDUCTIONS[name](numbers, as_array(numbers, args[0]), **op.attrs)
    plain = getattr(numbers, "plain", None)
    if symbolic and plain is not None and op.prim in RULES and RULES[op.prim].passive:
        # Where things are, and in what order: decided as at a point.
        args = [plain(a) for a in args]
    return by_numpy(op, args)
