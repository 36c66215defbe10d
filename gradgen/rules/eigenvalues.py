"""Eigenvalues and eigenvectors of matrices of any kind, and roots of polynomials.

The adjoints are after M. B. Giles (2008) and M. Seeger et al., "Auto-differentiating linear
algebra" (2017); that of roots is by the implicit function theorem.  Before version 2.5, what NumPy
gives for real numbers is real where no result is complex, so that its type depends on the values.
A function is therefore read with complex results first, of which real parts, sizes and the like
may be used; where it cannot be read so, with real ones, and the derivative refuses others.
"""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import numpy as np

from gradgen.ir.nodes import Value
from gradgen.ir.types import Type, fresh_dim
from gradgen.rules.factorizations import _over_gaps, _turns, values_type
from gradgen.rules.fourier import SINGLE
from gradgen.rules.linalg import square_type
from gradgen.rules.registry import printed, printed_like, rule
from gradgen.rules.shapes_of import Attrs, inexact_of, of_shape, refuse_unless

REAL = "np.diag([1.0, 3.0, 7.0]) + 0.2 * m33"  # its eigenvalues are real
REAL_STACK = "np.diag([1.0, 3.0, 7.0]) + 0.2 * m233"
TURNING = "np.array([[0.5, -2.0, 0.1], [1.5, 0.3, 0.2], [0.1, 0.2, 3.0]]) + 0.1 * m33"
REFUSES = "an error where complex values of real numbers are used as real ones"
# From NumPy 2.5 on, the results for real matrices are complex too.
ALWAYS_COMPLEX = np.linalg.eigvals(np.eye(1)).dtype.kind == "c"
_reading: ContextVar[Reading | None] = ContextVar("reading", default=None)


class Reading:
    """Whether functions are read with complex results, and whether there was one."""

    def __init__(self, as_complex: bool) -> None:
        self.as_complex, self.met = as_complex, False


def being_read() -> bool:
    """Whether it is settled how functions are read: in the course of a reading."""
    return _reading.get() is not None


@contextmanager
def results(as_complex: bool) -> Iterator[Reading]:
    """Have functions be read with results of this kind."""
    reading = Reading(as_complex)
    token = _reading.set(reading)
    try:
        yield reading
    finally:
        _reading.reset(token)


def _as_complex() -> bool:
    reading = _reading.get()
    if reading is None or ALWAYS_COMPLEX:
        return ALWAYS_COMPLEX
    reading.met = True
    return reading.as_complex


def or_complex(name: str) -> Callable[[Attrs], str]:
    """Return what says which operation a call is: the one of complex results, where they are."""
    return lambda options: name if _as_complex() else ""


def eig_types(inputs: list[Value], attrs: Attrs) -> list[Type]:
    """Return the types of eigenvalues and eigenvectors."""
    return [values_type(inputs, attrs), square_type(inputs, attrs)]


def complex_eig_types(inputs: list[Value], attrs: Attrs) -> list[Type]:
    """Return the types of eigenvalues and eigenvectors, which may be complex."""
    return [_complex(t) for t in eig_types(inputs, attrs)]


def complex_values_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return the type of eigenvalues, which may be complex."""
    return _complex(values_type(inputs, attrs))


def _complex(t: Type) -> Type:
    return of_shape("complex64" if t.dtype in SINGLE else "complex128", t.shape)


def scipy_values_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return the type of eigenvalues as SciPy has them, of one matrix each."""
    what = "eigenvalues of a pair of matrices, or homogeneous ones,"
    known = attrs.get("b") is None and not attrs.get("homogeneous_eigvals")
    refuse_unless(known, what, "take those of np.linalg.solve(b, a)")
    return complex_values_type(inputs, attrs)


def scipy_eig_types(inputs: list[Value], attrs: Attrs) -> list[Type]:
    """Return the types of eigenvalues and eigenvectors as SciPy has them."""
    known = not attrs.get("left") and attrs.get("right", True)
    refuse_unless(known, "scipy.linalg.eig with left=True or right=False",
                  "use scipy.linalg.eig(a), or scipy.linalg.eigvals(a)")  # fmt: skip
    scipy_values_type(inputs, attrs)
    return complex_eig_types(inputs, attrs)


@printed_like("v")
def _complex_eig_to_a(d_w, d_v, w, v):
    """Cotangent of the matrix in ``w, v = np.linalg.eig(a)``, whose columns have length 1.

    The largest entry of a complex column is real.
    """
    inner = np.zeros_like(v)
    v_h = np.conj(np.swapaxes(v, -1, -2))
    if d_v is not None:
        along = np.sum(np.conj(v) * d_v, axis=-2, keepdims=True)
        d_v = d_v - v * np.real(along)
        if np.iscomplexobj(v):
            d_v = d_v - _largest(v) * (1j * np.imag(along))
        turn = v_h @ d_v
        inner = _over_gaps(turn * (1.0 - np.eye(w.shape[-1])), np.conj(w), d_v)
    if d_w is not None:
        inner = inner + np.eye(w.shape[-1]) * np.expand_dims(d_w, -2)
    return np.linalg.solve(v_h, inner @ v_h)


@printed_like("v")
def _eig_to_a(d_w, d_v, w, v, a):
    """Cotangent of the matrix in ``w, v = np.linalg.eig(a)``, of the same kind."""
    _refuse_complex(w, a)
    return _complex_eig_to_a(d_w, d_v, w, v)


@printed_like("v")
def _largest(v):
    """Return one over the largest entry of each complex column, at its place; 0 elsewhere."""
    size = np.abs(v)
    first = np.argmax(size, axis=-2)
    row = np.expand_dims(np.arange(v.shape[-2]), -1)
    return np.where(row == np.expand_dims(first, -2), 1.0 / np.where(size > 0.0, v, 1.0), 0.0)


@printed
def _refuse_complex(w, a):
    """Refuse the derivative where values of a real matrix or polynomial are complex."""
    if not np.iscomplexobj(a) and np.any(np.imag(w) != 0.0):
        raise np.linalg.LinAlgError(
            "the derivative of complex values of real numbers, used as real ones, is not supported:"
            " take np.real or np.abs of them"
        )


def _eigvals_to_a(g, a):
    """Cotangent of the matrix in ``np.linalg.eigvals(a)``."""
    w, v = np.linalg.eig(a)
    return _eig_to_a(g, None, w, v, a)


def _complex_eigvals_to_a(g, a):
    """Cotangent of the matrix in ``np.linalg.eigvals(a)``."""
    w, v = np.linalg.eig(a)
    return _complex_eig_to_a(g, None, w, v)


@printed_like("v")
def _turned_and_scaled(inner, w, v):
    """Tangent of eigenvectors ``v`` where ``inner`` is the change of the matrix in their basis."""
    turn = v @ _turns(inner, w)
    turn = turn - v * np.real(np.sum(np.conj(v) * turn, axis=-2, keepdims=True))
    if np.iscomplexobj(v):
        turn = turn - v * (1j * np.imag(np.sum(_largest(v) * turn, axis=-2, keepdims=True)))
    return turn


def _complex_eig_tangent(t_a, w, v):
    """Tangents of ``w, v = np.linalg.eig(a)``."""
    inner = np.linalg.solve(v, t_a @ v)
    return np.sum(inner * np.eye(w.shape[-1]), axis=-1), _turned_and_scaled(inner, w, v)


def _eig_tangent(t_a, w, v, a):
    """Tangents of ``w, v = np.linalg.eig(a)``, of the same kind as ``a``."""
    _refuse_complex(w, a)
    return _complex_eig_tangent(t_a, w, v)


@printed
def _complex_eigvals_tangent(t_a, a):
    """Tangent of ``np.linalg.eigvals(a)``."""
    w, v = np.linalg.eig(a)
    return np.sum(np.linalg.solve(v, t_a @ v) * np.eye(w.shape[-1]), axis=-1)


@printed
def _eigvals_tangent(t_a, a):
    """Tangent of ``np.linalg.eigvals(a)``, of the same kind as ``a``."""
    _refuse_complex(np.linalg.eigvals(a), a)
    return _complex_eigvals_tangent(t_a, a)


def roots_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return as many numbers as there are roots; where all are real, they are so."""
    return of_shape(inexact_of(inputs[0].type.dtype), (fresh_dim(),))


def complex_roots_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return as many numbers as there are roots, which may be complex."""
    return _complex(roots_type(inputs, attrs))


def _roots_to_p(g, y, p):
    """Cotangent of the coefficients in ``y = np.roots(p)``, of the same kind."""
    _refuse_complex(y, p)
    return -(_over_slope(g, y, p) @ np.vander(y, len(p)))


def _complex_roots_to_p(g, y, p):
    """Cotangent of the coefficients in ``y = np.roots(p)``."""
    z, q = np.conj(y), np.conj(p)
    return -(_over_slope(g, z, q) @ np.vander(z, len(q)))


@printed
def _over_slope(g, y, p):
    """Divide by the derivative of a polynomial at its roots, which has to be other than zero."""
    powers = np.arange(len(p) - 1, 0, -1)
    slope = np.polyval(p[:-1] * powers, y)
    size = np.polyval(np.abs(p[:-1]) * powers, np.abs(y))
    if np.any(np.abs(slope) <= 1e-13 * size):
        raise np.linalg.LinAlgError("no derivative: a root of the polynomial is a multiple one")
    return g / slope


def _complex_roots_tangent(t_p, y, p):
    """Tangent of ``y = np.roots(p)``."""
    return -_over_slope(np.polyval(t_p, y), y, p)


def _roots_tangent(t_p, y, p):
    """Tangent of ``y = np.roots(p)``, of the same kind as ``p``."""
    _refuse_complex(y, p)
    return -_over_slope(np.polyval(t_p, y), y, p)


# A table: an entry is read along its lines.
# fmt: off
rule("eig", eig_types, callables=["np.linalg.eig"], params="a", outputs=("w", "v"),
     result=type(np.linalg.eig(np.eye(1))), adjoint=(_eig_to_a,), tangent=_eig_tangent,
     of_complex="linear", variant=or_complex("eig.complex"),
     at_kinks=f"{REFUSES}, and where vectors of equal ones matter",
     samples=(f"np.linalg.eig({REAL})[0]",
              f"np.abs(np.linalg.eig({REAL}).eigenvectors)",
              f"np.real(np.linalg.eig({REAL_STACK})[0])", f"np.abs(np.linalg.eig({TURNING})[1])",
              "np.imag(np.linalg.eig(m33 + 1j * s33)[0])",
              "np.real(np.linalg.eig(m233 + 1j * np.eye(3)[::-1])[1])"))
rule("eig.complex", complex_eig_types, spelling="np.linalg.eig", params="a", outputs=("w", "v"),
     result=type(np.linalg.eig(np.eye(1))), adjoint=(_complex_eig_to_a,),
     tangent=_complex_eig_tangent, of_complex="linear")
rule("eigvals", values_type, callables=["np.linalg.eigvals"], params="a",
     adjoint=(_eigvals_to_a,), tangent=_eigvals_tangent, of_complex="linear", at_kinks=REFUSES,
     variant=or_complex("eigvals.complex"),
     samples=(f"np.linalg.eigvals({REAL})", f"np.real(np.linalg.eigvals({REAL_STACK}))",
              f"np.imag(np.linalg.eigvals({TURNING}))", f"np.abs(np.linalg.eigvals({TURNING}))",
              "np.abs(np.linalg.eigvals(x44 + 0j))", "np.imag(np.linalg.eigvals(m33 - 1j * s33))"))
rule("eigvals.complex", complex_values_type, spelling="np.linalg.eigvals", params="a",
     adjoint=(_complex_eigvals_to_a,), tangent=_complex_eigvals_tangent, of_complex="linear")
rule("scipy.linalg.eigvals", scipy_values_type, callables=["scipy.linalg.eigvals"],
     params="a, b=None, overwrite_a=False, check_finite=True, homogeneous_eigvals=False",
     adjoint=(_complex_eigvals_to_a,), tangent=_complex_eigvals_tangent, of_complex="linear",
     samples=(f"np.real(scipy.linalg.eigvals({REAL}))", f"scipy.linalg.eigvals({TURNING}).imag",
              "np.abs(scipy.linalg.eigvals(m33 - 1j * s33))"))
rule("scipy.linalg.eig", scipy_eig_types, callables=["scipy.linalg.eig"],
     params="a, b=None, left=False, right=True, overwrite_a=False, overwrite_b=False, "
            "check_finite=True, homogeneous_eigvals=False",
     outputs=("w", "v"), adjoint=(_complex_eig_to_a,), tangent=_complex_eig_tangent,
     of_complex="linear", at_kinks="an error where vectors of equal values matter",
     samples=(f"np.real(scipy.linalg.eig({REAL})[0])", f"np.abs(scipy.linalg.eig({TURNING})[1])",
              "scipy.linalg.eig(m33 + 1j * s33, check_finite=False)[0].imag"))
rule("roots", roots_type, callables=["np.roots"], params="p", adjoint=(_roots_to_p,),
     tangent=_roots_tangent, of_complex="analytic", variant=or_complex("roots.complex"),
     at_kinks=f"{REFUSES}, and at multiple roots",
     samples=("np.roots(np.array([1.0, -6.0, 11.0, -6.0]) + 0.05 * x4)",
              "np.roots([p, -5.0, 1.0 + 0.1 * x])", "np.roots(x * np.array([1.0, 0.5, -2.0, 0]))",
              "np.abs(np.roots(p4))", "np.real(np.roots([1.0, 0.1 * x, p]))",
              "np.abs(np.roots(p4 + 0j))", "np.imag(np.roots(x3 + 1j * y3))"))
rule("roots.complex", complex_roots_type, spelling="np.roots", params="p",
     adjoint=(_complex_roots_to_p,), tangent=_complex_roots_tangent, of_complex="linear")
# fmt: on
