"""Which operations Numba compiles as NumPy's text has them.

The table was made by compiling each form of each operation in the rules' samples with Numba 0.68
(``tests/test_numba.py`` compiles one of each again).
"""

from __future__ import annotations

from collections.abc import Callable

from gradgen.ir.nodes import WRITES, Const, Op
from gradgen.ir.types import Type

PLAIN = {
    "T", "abs", "add", "angle", "append", "arange", "arccos", "arccosh", "arcsin",
    "arcsinh", "arctan", "arctan2", "arctanh", "argmax", "argmin", "astype", "bartlett", "bitand",
    "bitor", "bitxor", "blackman", "bool", "call", "cancelling_max", "captured", "cbrt", "ceil",
    "complex", "conj", "conjugate", "contains", "copy", "copysign", "cos", "cosh", "custom",
    "deg2rad", "degrees", "diag",
    "diag_view", "digitize", "dim", "div", "empty", "eq", "exp", "exp2", "expm1",
    "extend", "eye", "fabs", "fill", "fill_lists", "flatten", "floor", "fmax", "fmin", "fmod",
    "ge", "gt", "hamming", "hanning", "hypot", "imag", "index_of", "insert",
    "int", "invert", "is", "is_not", "isfinite", "isinf", "isnan",
    "isneginf", "isposinf", "item", "le", "leaf", "len", "list", "list_add", "load", "log",
    "log10", "log1p", "log2", "logaddexp", "logaddexp2", "logical_and", "logical_not",
    "logical_or", "logical_xor", "lt", "math.acos", "math.acosh", "math.asin", "math.asinh",
    "math.atan", "math.atan2", "math.atanh", "math.copysign", "math.cos",
    "math.cosh", "math.degrees", "math.erf", "math.erfc", "math.exp", "math.exp2", "math.expm1",
    "math.fabs", "math.gamma", "math.isfinite",
    "math.isinf", "math.isnan", "math.lgamma", "math.log", "math.log10", "math.log1p",
    "math.log2", "math.pow", "math.radians", "math.sin", "math.sinh", "math.sqrt", "math.tan",
    "math.tanh", "max2", "maximum", "min2", "minimum", "moveaxis", "mul", "ndim",
    "ne", "neg", "negative", "nextafter", "nonzero", "not", "np.abs", "np.add", "np.bitand",
    "np.bitor", "np.bitxor", "np.divide", "np.eq", "np.float32", "np.float64", "np.float_power",
    "np.ge", "np.gt", "np.int32", "np.int64", "np.invert", "np.le", "np.lt", "np.mod",
    "np.multiply", "np.ne", "np.power", "np.subtract", "ones", "ones_like", "outer", "places",
    "pop", "pos", "positive", "pow", "push", "rad2deg", "radians", "real", "reciprocal",
    "repeat_list", "reshape", "reshape_as", "rint", "round", "scalar", "select", "shape", "sign",
    "sin", "sinh", "size", "sqrt", "square", "stretch", "sub", "swapaxes",
    "take", "tan", "tanh", "transpose", "tri", "tril", "trips", "triu", "trunc", "where", "zeros",
    "zeros_as", "zeros_like", "zeros_list",
}  # fmt: skip


# Through these views compiled code writes to the array itself, whatever its layout.
VIEWS = ("load", "T", "swapaxes", "transpose", "moveaxis")


def is_native(op: Op) -> bool:
    """Whether Numba compiles an operation as it is printed."""
    if any(v.type.kind == "list" for v in (*op.inputs, *op.outputs)) and op.prim in PLAIN:
        return True
    if op.prim in SOMETIMES:
        return SOMETIMES[op.prim](op)
    return op.prim in PLAIN


def _types(op: Op) -> list[Type]:
    return [v.type for v in op.inputs]


def _alone(op: Op) -> bool:
    """Whether there are no options but those that say nothing."""
    quiet = {"axis": None, "keepdims": False}
    return all(k in quiet and v == quiet[k] for k, v in op.attrs.items())


def _arrays(op: Op) -> bool:
    return all(t.kind == "array" and t.rank for t in _types(op))


def _one_dtype(op: Op) -> bool:
    return len({t.dtype for t in _types(op)}) == 1 and "float" in op.inputs[0].type.dtype


def _matrices(op: Op) -> bool:
    """Whether these are matrices (and vectors) of floats of one dtype, without options."""
    small = all(t.rank in (1, 2) for t in _types(op))
    return _arrays(op) and small and _one_dtype(op) and not op.attrs


def _total(op: Op) -> bool:
    """Whether an array is reduced to one number."""
    return _alone(op) and len(op.inputs) == 1 and _arrays(op)


def _joins(op: Op) -> bool:
    axis = op.attrs.get("axis", 0)
    ranks = {t.rank for t in _types(op)}
    known = _arrays(op) and len(ranks) == 1 and "dtype" not in op.attrs
    return known and isinstance(axis, int) and len({t.dtype for t in _types(op)}) == 1


def _of_numbers(op: Op) -> bool:
    return all(t.is_scalar for t in _types(op))


def _converts(op: Op) -> bool:
    """Whether a number is converted that Numba converts: not a truth value."""
    return all(t.is_scalar and t.kind != "bool" for t in _types(op))


def _whole(op: Op) -> bool:
    """Whether this is of integers: a float may be too large, or not a number."""
    return all(t.kind == "int" for t in _types(op))


def _sorts(op: Op) -> bool:
    kind = op.attrs.get("kind")
    known = op.inputs[0].type.rank == 1 and set(op.attrs) <= {"axis", "kind"}
    return known and op.attrs.get("axis", -1) in (-1, 0) and kind is None


def _shifts(op: Op) -> bool:
    """Whether a shift is by a known number of places that there are."""
    by = op.inputs[1]
    return isinstance(by, Const) and 0 <= by.const < 63


def _divides(op: Op) -> bool:
    """Whether a division is of floats, or by a number that is not zero."""
    by = op.inputs[1]
    if not all(t.is_scalar and t.kind in ("int", "bool") for t in _types(op)):
        return True
    return isinstance(by, Const) and by.const != 0


def _powers(op: Op) -> bool:
    """Whether a power is of floats, or a small one of an integer that varies."""
    a, by = op.inputs
    if any(t.kind not in ("int", "bool") for t in _types(op)):
        return True
    return not isinstance(a, Const) and isinstance(by, Const) and 0 <= by.const <= 3


def _loads(op: Op) -> bool:
    base, index = op.inputs[0].type, op.attrs["index"]
    if base.kind == "list":
        return True
    if base.rank == 0:
        return False
    masks = [v for v in op.inputs[1:] if v.type.kind == "array" and v.type.dtype == "bool"]
    if masks:
        return False
    if "a" not in index:
        return True
    return index.count("a") == 1 and "n" not in index and "e" not in index and "i" not in index


def _writes(op: Op) -> bool:
    index, base = op.attrs["index"], op.inputs[0].type
    if base.kind == "list":
        return True
    if op.prim == "add_at" or "n" in index or base.rank == 0:
        return False
    if any(prim not in VIEWS for prim, *_ in op.attrs.get("path", ())):
        return False
    if "m" in index:
        return False
    if "a" not in index:
        return True
    return index == "a" and base.rank == 1 and op.prim == "store"


SOMETIMES: dict[str, Callable[[Op], bool]] = {
    **dict.fromkeys(
        ("det", "inv", "cholesky", "slogdet", "matmul", "dot", "eigvalsh", "eigh", "solve"),
        _matrices,
    ),
    **dict.fromkeys(("sum", "mean", "prod", "max", "min", "var", "std", "any", "all"), _total),
    **dict.fromkeys(("cumsum", "cumprod", "count_nonzero"), _total),
    "diff": lambda op: set(op.attrs) <= {"n"},  # along the last axis, and nothing before or after
    # Of matrices, Numba takes them for arrays that do not fit.
    **dict.fromkeys(("isclose", "allclose"), _of_numbers),
    "math.hypot": lambda op: len(op.inputs) == 2,
    "argmax": _total,
    "argmin": _total,
    "concatenate": _joins,
    "stack": _joins,
    "array": _of_numbers,
    "full": lambda op: op.inputs[0].type.is_scalar,
    "float": _converts,
    **dict.fromkeys(("int", "math.floor", "math.ceil", "math.trunc"), _whole),
    "clip": _arrays,
    "within": _arrays,
    "sort": _sorts,
    "argsort": _sorts,
    "ravel": _arrays,
    "flip": lambda op: _arrays(op) and op.attrs.get("axis") is None,
    "expand_dims": lambda op: _arrays(op) and isinstance(op.attrs["axis"], int),
    "interp": lambda op: len(op.inputs) == 3 and op.attrs.get("period") is None,
    "lshift": _shifts,
    "rshift": _shifts,
    "floordiv": _divides,
    "mod": _divides,
    "pow": _powers,
    "load": _loads,
    "linspace": lambda op: _of_numbers(op) and not op.attrs,
    **dict.fromkeys(WRITES, _writes),
}
