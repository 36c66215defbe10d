"""A user's function re-run on complex numbers, for complex-step derivatives.

The function's code is kept; its globals and closure are replaced by copies in which ``numpy``,
``math`` and a few builtins are stand-ins that stay analytic in the real part: comparisons and
selections look at the real part alone, constructors make complex arrays.
"""

from __future__ import annotations

import builtins
import cmath
import math
import sys
import types
from collections.abc import Callable
from typing import Any

import numpy as np


class NotAnalytic(Exception):
    """Raised where a function cannot be followed into the complex plane."""


class ComplexArray(np.ndarray):
    """A complex array whose methods act on the analytic continuation of the real ones."""

    def astype(self, dtype: Any, *args: Any, **kwargs: Any) -> Any:
        """Keep the imaginary part when the target is a float type."""
        if np.issubdtype(np.dtype(dtype), np.inexact):
            return self.copy()
        return np.asarray(self.real).astype(dtype, *args, **kwargs)

    def var(self, axis: Any = None, *, ddof: int = 0, keepdims: bool = False) -> Any:
        """Return the variance without the conjugate that NumPy takes."""
        return analytic_var(self, axis=axis, ddof=ddof, keepdims=keepdims)

    def std(self, axis: Any = None, *, ddof: int = 0, keepdims: bool = False) -> Any:
        """Return the root of the analytic variance."""
        return np.sqrt(analytic_var(self, axis=axis, ddof=ddof, keepdims=keepdims))

    def item(self, *args: Any) -> Any:
        """Return a NumPy scalar, since a Python complex cannot be compared."""
        return np.complex128(super().item(*args))


def is_complex(value: Any) -> bool:
    """Tell whether a value carries an imaginary part."""
    return np.iscomplexobj(value)


def as_complex(value: Any) -> Any:
    """Return a float or float array as its complex stand-in, anything else unchanged."""
    if isinstance(value, np.ndarray):
        is_float = np.issubdtype(value.dtype, np.inexact)
        return value.astype(complex, copy=False).view(ComplexArray) if is_float else value
    return np.complex128(value) if isinstance(value, float | np.inexact) else value


def analytic_abs(value: Any) -> Any:
    """Return the value with the sign of its real part taken off."""
    return np.where(np.real(value) < 0, -value, value) if np.ndim(value) else flip(value)


def flip(value: Any) -> Any:
    """Return a scalar with the sign of its real part taken off."""
    return -value if np.real(value) < 0 else value


def analytic_var(value: Any, axis: Any = None, ddof: int = 0, keepdims: bool = False) -> Any:
    """Return the variance as a polynomial, without a conjugate."""
    value = np.asanyarray(value)
    centred = value - value.mean(axis=axis, keepdims=True)
    total = (centred * centred).sum(axis=axis, keepdims=keepdims)
    kept = np.ones(value.shape).sum(axis=axis, keepdims=keepdims)
    return total / (kept - ddof)


def analytic_std(value: Any, axis: Any = None, ddof: int = 0, keepdims: bool = False) -> Any:
    """Return the standard deviation through the analytic variance."""
    return np.sqrt(analytic_var(value, axis, ddof, keepdims))


def analytic_norm(value: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:
    """Return the Euclidean norm, or the 1-norm of vectors, without a conjugate."""
    if ord == 1 and (axis is not None or np.ndim(value) == 1):
        return np.sum(analytic_abs(value), axis=axis, keepdims=keepdims)
    if ord not in (None, 2, "fro") or (ord == 2 and axis is None and np.ndim(value) > 1):
        raise NotAnalytic(f"norm of order {ord}")
    return np.sqrt(np.sum(value * value, axis=axis, keepdims=keepdims))


def select(pick: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """Return an elementwise maximum or minimum that compares real parts."""

    def chosen(left: Any, right: Any) -> Any:
        result = np.where(pick(np.real(left), np.real(right)), left, right)
        return result if np.ndim(result) else result[()]

    return chosen


def analytic_clip(value: Any, low: Any, high: Any) -> Any:
    """Return the clipped value, chosen by real parts."""
    low = -np.inf if low is None else low
    high = np.inf if high is None else high
    return select(np.less)(select(np.greater)(value, low), high)


def analytic_hypot(*values: Any) -> Any:
    """Return the root of the sum of squares."""
    return np.sqrt(sum(value * value for value in values))


def analytic_atan2(y: Any, x: Any) -> Any:
    """Return the angle with its derivative, from the real angle and the imaginary step."""
    real_y, real_x = np.real(y), np.real(x)
    slope = real_x * np.imag(y) - real_y * np.imag(x)
    return np.arctan2(real_y, real_x) + 1j * slope / (real_x**2 + real_y**2)


def analytic_erf(value: Any) -> Any:
    """Return the error function with its derivative along the imaginary step."""
    real = float(np.real(value))
    slope = 2.0 / math.sqrt(math.pi) * math.exp(-real * real)
    return np.complex128(complex(math.erf(real), slope * float(np.imag(value))))


def constructor(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a NumPy constructor that makes complex arrays where it would make float ones."""

    def construct(*args: Any, **kwargs: Any) -> Any:
        return as_complex(function(*args, **kwargs))

    return construct


def real_part_of(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that sees the real parts of its arguments alone."""

    def on_real(*args: Any, **kwargs: Any) -> Any:
        real = [np.real(arg) if is_complex(arg) else arg for arg in args]
        return function(*real, **kwargs)

    return on_real


NUMPY_STAND_INS: dict[str, Callable[..., Any]] = {
    "abs": analytic_abs,
    "absolute": analytic_abs,
    "fabs": analytic_abs,
    "var": analytic_var,
    "std": analytic_std,
    "maximum": select(np.greater_equal),
    "minimum": select(np.less_equal),
    "clip": analytic_clip,
    "hypot": analytic_hypot,
    "arctan2": analytic_atan2,
    "logaddexp": lambda a, b: np.log(np.exp(a) + np.exp(b)),
    "deg2rad": lambda a: a * (np.pi / 180.0),
    "radians": lambda a: a * (np.pi / 180.0),
    "rad2deg": lambda a: a * (180.0 / np.pi),
    "degrees": lambda a: a * (180.0 / np.pi),
}
CONSTRUCTORS = "zeros ones empty full eye zeros_like ones_like empty_like full_like array asarray"
REAL_ONLY = "sign floor ceil round rint isnan isfinite argmax argmin argsort"
for _name in CONSTRUCTORS.split():
    NUMPY_STAND_INS[_name] = constructor(getattr(np, _name))
for _name in REAL_ONLY.split():
    NUMPY_STAND_INS[_name] = real_part_of(getattr(np, _name))


class LinearAlgebra:
    """``numpy.linalg`` with an analytic norm."""

    norm = staticmethod(analytic_norm)

    def __getattr__(self, name: str) -> Any:
        return getattr(np.linalg, name)


class ComplexNumpy:
    """``numpy`` with the stand-ins."""

    linalg = LinearAlgebra()

    def __getattr__(self, name: str) -> Any:
        return NUMPY_STAND_INS.get(name) or getattr(np, name)


def scalar(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a ``cmath`` function that answers with a NumPy scalar."""
    return lambda *args: np.complex128(function(*args))


MATH_STAND_INS: dict[str, Callable[..., Any]] = {
    "fabs": analytic_abs,
    "erf": analytic_erf,
    "hypot": analytic_hypot,
    "atan2": analytic_atan2,
    "pow": lambda a, b: np.complex128(a) ** b,
    "log1p": lambda a: np.log1p(np.complex128(a)),
    "expm1": lambda a: np.expm1(np.complex128(a)),
    "log2": lambda a: np.log2(np.complex128(a)),
    "radians": lambda a: a * (math.pi / 180.0),
    "degrees": lambda a: a * (180.0 / math.pi),
    "floor": real_part_of(math.floor),
    "ceil": real_part_of(math.ceil),
}
for _name in "exp log log10 sqrt sin cos tan asin acos atan sinh cosh tanh".split():
    MATH_STAND_INS[_name] = scalar(getattr(cmath, _name))


class ComplexMath:
    """``math`` with the stand-ins."""

    def __getattr__(self, name: str) -> Any:
        return MATH_STAND_INS.get(name) or getattr(math, name)


BUILTINS = dict(vars(builtins)) | {
    "abs": analytic_abs,
    "float": lambda value: value if is_complex(value) else float(value),
    "int": lambda value: int(np.real(value)),
    "round": real_part_of(round),
}


def has_methods(value: Any) -> bool:
    """Tell whether a class, or the class of an object, has methods written by hand.

    Their globals are the real ones, so that they cannot be followed into the complex plane.
    """
    kind = value if isinstance(value, type) else type(value)
    here = getattr(sys.modules.get(kind.__module__), "__file__", None)
    return any(
        code is not None and code.co_filename == here
        for base in kind.__mro__
        for code in map(code_of, vars(base).values())
    )


def code_of(part: Any) -> types.CodeType | None:
    """Return the code of a method of any kind."""
    part = getattr(part, "fget", None) or getattr(part, "__func__", part)
    return getattr(part, "__code__", None)


def names_in(code: types.CodeType) -> set[str]:
    """Return the names that a code object and those inside it look up."""
    inner = [const for const in code.co_consts if isinstance(const, types.CodeType)]
    return set(code.co_names).union(*map(names_in, inner))


# Functions of these modules mean the same for complex numbers.
AS_IT_IS = ("numpy", "gradgen.checkpoint")


def reached(function: types.FunctionType) -> list[Any]:
    """Return the globals that a function and the functions among them use."""
    found: list[Any] = []
    pending = [function]
    while pending:
        current = pending.pop()
        for name in sorted(names_in(current.__code__)):
            value = current.__globals__.get(name)
            if any(value is one for one in found):
                continue
            found.append(value)
            if isinstance(value, types.FunctionType) and not value.__module__.startswith(AS_IT_IS):
                pending.append(value)
    return found


def stand_in(value: Any, namespaces: dict[int, dict[str, Any]]) -> Any:
    """Return what takes the place of a global or closure value."""
    if value is np:
        return ComplexNumpy()
    if value is np.linalg:
        return LinearAlgebra()
    if value is math:
        return ComplexMath()
    if isinstance(value, types.FunctionType) and not value.__module__.startswith(AS_IT_IS):
        return complexify(value, namespaces)
    name = str(getattr(value, "__name__", ""))
    if not name:
        return value
    if isinstance(value, types.BuiltinFunctionType) and value is vars(math).get(name):
        return MATH_STAND_INS.get(name, value)
    if name and value is vars(np.linalg).get(name):
        return getattr(LinearAlgebra(), name)
    return NUMPY_STAND_INS.get(name, value) if value is vars(np).get(name) else value


def complexify(
    function: types.FunctionType, namespaces: dict[int, dict[str, Any]] | None = None
) -> types.FunctionType:
    """Return the function with stand-ins in its globals and closure."""
    if namespaces is None:
        namespaces = {}
        if any(map(has_methods, reached(function))):
            raise NotAnalytic("methods cannot be followed")
    old = function.__globals__
    if id(old) not in namespaces:
        new = namespaces[id(old)] = {"__builtins__": BUILTINS}
        new.update({name: stand_in(value, namespaces) for name, value in globals_of(old)})
    cells = tuple(types.CellType() for _ in function.__closure__ or ())
    clone = types.FunctionType(
        function.__code__, namespaces[id(old)], function.__name__, function.__defaults__, cells
    )
    clone.__kwdefaults__ = function.__kwdefaults__
    for cell, given in zip(cells, function.__closure__ or (), strict=True):
        # A recursive function stands in its own closure.
        itself = given.cell_contents is function
        cell.cell_contents = clone if itself else stand_in(given.cell_contents, namespaces)
    return clone


def globals_of(namespace: dict[str, Any]) -> list[tuple[str, Any]]:
    """Return the globals that a function may use, without the module's own dunder names."""
    return [(name, value) for name, value in namespace.items() if not name.startswith("__")]


def analytic_module(text: str) -> dict[str, Any]:
    """Run a module's text with stand-ins from the start, so that its classes have them too."""

    def stand_in_import(name: str, *args: Any, **kwargs: Any) -> Any:
        return stand_in(builtins.__import__(name, *args, **kwargs), {})

    namespace = {
        "__name__": "analytic_module",
        "__builtins__": BUILTINS | {"__import__": stand_in_import},
    }
    exec(compile(text, "<analytic module>", "exec", dont_inherit=True), namespace)
    return namespace
