"""Complex numbers: parts, conjugates, and which operations take them.

The cotangent of a complex value ``z`` is ``dL/dRe(z) + 1j * dL/dIm(z)`` for the real loss L, so
that ``y = f(z)`` with f analytic gives ``d_z = d_y * conj(f'(z))``.  All analytic functions here
are real on the real axis, so that ``conj(f'(z)) = f'(conj(z))``: the adjoint of real numbers
serves, read at the conjugates of inputs and result.  A real input takes the real part.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradgen.ir.nodes import Value
from gradgen.ir.types import COMPLEX, Type
from gradgen.rules.registry import RULES, rule
from gradgen.rules.shapes_of import Attrs, of_shape, real_of

if TYPE_CHECKING:
    from gradgen.diff.algebra import Algebra
    from gradgen.ir.nodes import Op

# Adjoints that use inputs or result, and are those of analytic functions.
ANALYTIC = {
    "mul", "np.multiply", "div", "np.divide", "pow", "np.power", "square", "reciprocal", "exp",
    "expm1", "exp2", "log", "log2", "log10", "log1p", "sqrt", "sin", "cos", "tan", "arcsin",
    "arccos", "arctan", "sinh", "cosh", "tanh", "arcsinh", "arccosh", "arctanh", "matmul",
    "np.matmul", "dot", "outer", "inner", "solve", "inv", "einsum", "tensordot", "kron",
    "multi_dot", "matrix_power", "cross", "linalg.cross", "det", "prod", "cumprod", "part.prod",
    "nanprod", "matvec", "scipy.linalg.det", "scipy.linalg.inv",
}  # fmt: skip
# Adjoints that are right for complex cotangents as they stand.
LINEAR = {
    "add", "np.add", "sub", "np.subtract", "neg", "negative", "pos", "positive", "sum", "mean",
    "cumsum", "trace", "where", "select", "reshape", "reshape_as", "ravel", "flatten", "T",
    "transpose", "swapaxes", "moveaxis", "expand_dims", "squeeze", "broadcast_to", "flip", "roll",
    "astype", "copy", "asarray", "ascontiguousarray", "asfortranarray", "array0", "item",
    "load", "store", "inc", "add_at", "winners", "concatenate", "stack", "array",
    "repeat", "tile", "pad", "tril", "triu",
    "diff", "diag", "diagonal", "zeros_like", "ones_like", "empty_like", "full", "full_like",
    "zeros_as", "unbroadcast", "stretch", "fill", "scalar", "helper", "list", "append", "insert",
    "pop", "extend", "array_of_list", "items", "joined_list", "pieces", "list_add", "repeat_list",
    "zeros_list", "fill_lists", "take_along_axis", "dim", "len", "size", "ndim", "eq", "ne",
    "np.eq", "np.ne", "isnan", "isfinite", "isinf", "leaf", "captured", "trips", "is", "is_not",
    "isreal", "iscomplex",
    "real", "imag", "conj", "conjugate", "abs", "np.abs", "angle", "complex", "argsort", "part.sum",
    "part.mean", "nansum", "nanmean", "vdot", "vecdot", "linalg.vecdot", "vecmat", "cholesky",
    "stop_gradient", "eigh", "eigvalsh", "svd", "svd_s", "svdvals", "convolve", "correlate",
    "slogdet", "pinv", "sort",
}  # fmt: skip


def is_complex(v: Value) -> bool:
    """Whether a value is certainly complex."""
    return v.type.dtype.startswith("complex")


def of_complex(prim: str) -> str:
    """Say how an operation takes complex numbers: ``analytic``, ``linear`` or not at all."""
    known = RULES[prim].of_complex
    if known:
        return known
    return "analytic" if prim in ANALYTIC else "linear" if prim in LINEAR else ""


def real_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return the input's type with a real dtype."""
    t = inputs[0].type
    if t.is_scalar:
        return of_shape(real_of(t.dtype), ())
    return Type(t.kind, real_of(t.dtype), t.shape)


def angle_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return the input's shape with a real dtype."""
    t = real_type(inputs, attrs)
    return of_shape(t.dtype, ()) if t.rank == 0 else t


def complex_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return Python's complex number."""
    return COMPLEX


def conj_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return the input's type; NumPy makes a number of its own of what has no axes."""
    t = inputs[0].type
    return of_shape(t.dtype, ()) if t.rank == 0 else t


def imag_vjp(alg: Algebra, op: Op, g: Value, i: int) -> Value:
    """``1j * g``; nothing of a real number."""
    return alg.emit("mul", 1j, g) if is_complex(op.inputs[0]) else alg.zero_like(op.inputs[0])


def conj_vjp(alg: Algebra, op: Op, g: Value, i: int) -> Value:
    """``conj(g)``."""
    return alg.conj(g) if is_complex(g) else g


def angle_vjp(alg: Algebra, op: Op, g: Value, i: int) -> Value:
    """``1j * g * z / abs(z) ** 2``, 0 at 0; nothing of a real number."""
    z = op.inputs[0]
    if not is_complex(z):
        return alg.zero_like(z)
    size = alg.emit("np.abs", z)
    squared = alg.mul(size, size)
    safe = alg.where(alg.emit("eq", squared, 0.0), 1.0, squared)
    if op.attrs.get("deg"):
        g = alg.emit("rad2deg", g)
    return alg.mul(alg.div(g, safe), alg.emit("mul", 1j, z))


def parts_vjp(alg: Algebra, op: Op, g: Value, i: int) -> Value:
    """``g.real`` and ``g.imag``."""
    return alg.emit("imag" if i else "real", g)


PARTS = "linear in the parts of complex numbers, not in these"
# A table: an entry is read along its lines.
# fmt: off
_PART: dict[str, Any] = {"params": "val", "form": "special", "alias": "view", "cost": 0,
                         "elementwise": True, "unproved": PARTS}
rule("real", real_type, callables=["np.real"], adjoint=("g",), tangent="linear", **_PART,
     samples=("np.real(x3 + 1j * y3)", "(x3 * (2.0 + 1j)).real", "np.real([x, 1j * y])"))
rule("imag", real_type, callables=["np.imag"], vjp=imag_vjp, tangent="linear", **_PART,
     samples=("np.imag((x3 + 1j * y3) ** 2)", "np.exp(1j * x).imag"))
_CONJ: dict[str, Any] = {"params": "x", "vjp": conj_vjp, "elementwise": True, "cost": 1,
                         "unproved": PARTS, "tangent": "linear"}
rule("conj", conj_type, callables=["np.conj"], methods=["conj", "conjugate"], **_CONJ,
     samples=("((x3 + 1j * y3) * np.conj(y3 - 2j * x3)).imag", "np.conj(x3)",
              "(xf3 * np.conj(x + 2j)).imag"))
rule("conjugate", lambda inputs, attrs: inputs[0].type, form="special", **_CONJ,
     samples=("(xf3 * (x + 2j)).imag", "(xf3 / (x + 1j * y).conjugate()).imag"))
rule("angle", angle_type, callables=["np.angle"], params="z, deg=False", vjp=angle_vjp,
     elementwise=True, at_kinks="0 at 0 and of real numbers", unproved="not analytic",
     samples=("np.angle(x3 + 1j * y3)", "np.angle(y3 - 1j * x3, deg=True)"))
rule("complex", complex_type, callables=["complex"], params="real, imag", vjp=parts_vjp, cost=1,
     elementwise=True, unproved=PARTS, tangent="linear", samples=("(complex(x, y) ** 2).imag",))
