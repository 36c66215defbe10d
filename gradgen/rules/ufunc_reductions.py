"""Reductions by ufuncs in any order of the entries: distances, logarithms of sums, extremes.

A reduction may leave entries out, ``where=``, and begin with a value, ``initial=``.
"""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

from typing import Any

import numpy as np

from gradgen.ir.nodes import Value
from gradgen.ir.types import Type
from gradgen.rules.parts import (
    _among,
    _extreme_part_tangent,
    _extreme_to_a,
    _extreme_to_initial,
)
from gradgen.rules.registry import rule
from gradgen.rules.shapes_of import Attrs, inexact_of, of_shape, reduced_shape


def _reduced(dtype_of: Any) -> Any:
    """Return the type rule of a reduction along axis 0, unless told otherwise."""

    def type_rule(inputs: list[Value], attrs: Attrs) -> Type:
        t = inputs[0].type
        shape = reduced_shape(t.shape, attrs.get("axis", 0), bool(attrs.get("keepdims", False)))
        return of_shape(dtype_of(t.dtype), shape)

    return type_rule


def _over(v, array, axis, keepdims):
    """Return a result, or its cotangent, as it stands against the entries."""
    kept = axis is None or keepdims or np.ndim(array) == 1
    return v if kept else np.expand_dims(v, axis)


def _total(shares, t_initial, share_of_initial, axis, keepdims):
    """Add up the shares of the entries, and that of the value begun with."""
    total = 0.0 if shares is None else np.sum(shares, axis=axis, keepdims=keepdims)
    return total if t_initial is None else total + share_of_initial * t_initial


# --- distances ------------------------------------------------------------------------------


def _some(y):
    """Return a distance, one in place of zero: what it is divided into is zero, too."""
    return np.where(y == 0.0, 1.0, y)


def _hypot_reduce_to_array(g, y, array, where, axis, keepdims):
    """Cotangent of ``np.hypot.reduce``: along the entries, over the distance."""
    quotient = _over(g / _some(y), array, axis, keepdims)
    return _among(quotient * array, where)


def _hypot_reduce_to_initial(g, y, initial):
    """Cotangent of what a distance begins with."""
    return np.sum(g * (initial / _some(y)))


def _hypot_reduce_tangent(t_array, t_initial, y, array, initial, where, axis, keepdims):
    """Tangent of ``np.hypot.reduce``."""
    shares = None
    if t_array is not None:
        shares = _among(array / _over(_some(y), array, axis, keepdims) * t_array, where)
    first = None if t_initial is None else initial / _some(y)
    return _total(shares, t_initial, first, axis, keepdims)


# --- logarithms of sums -----------------------------------------------------------------------


def _finite(y):
    """Return a logarithm of a sum, zero where nothing is summed."""
    return np.where(np.isneginf(y), 0.0, y)


def _logaddexp_reduce_to_array(g, y, array, where, axis, keepdims):
    """Cotangent of ``np.logaddexp.reduce``: a softmax times that of the result."""
    g, y = _over(g, array, axis, keepdims), _over(y, array, axis, keepdims)
    return _among(g * np.exp(array - _finite(y)), where)


def _logaddexp_reduce_to_initial(g, y, initial):
    """Cotangent of what it begins with."""
    return np.sum(g * np.exp(initial - _finite(y)))


def _logaddexp_reduce_tangent(t_array, t_initial, y, array, initial, where, axis, keepdims):
    """Tangent of ``np.logaddexp.reduce``."""
    shares = None
    if t_array is not None:
        shares = _among(np.exp(array - _finite(_over(y, array, axis, keepdims))) * t_array, where)
    first = None if t_initial is None else np.exp(initial - _finite(y))
    return _total(shares, t_initial, first, axis, keepdims)


def _logaddexp2_reduce_to_array(g, y, array, where, axis, keepdims):
    """Cotangent of ``np.logaddexp2.reduce``."""
    g, y = _over(g, array, axis, keepdims), _over(y, array, axis, keepdims)
    return _among(g * np.exp2(array - _finite(y)), where)


def _logaddexp2_reduce_to_initial(g, y, initial):
    """Cotangent of what it begins with."""
    return np.sum(g * np.exp2(initial - _finite(y)))


def _logaddexp2_reduce_tangent(t_array, t_initial, y, array, initial, where, axis, keepdims):
    """Tangent of ``np.logaddexp2.reduce``."""
    shares = None
    if t_array is not None:
        shares = _among(np.exp2(array - _finite(_over(y, array, axis, keepdims))) * t_array, where)
    first = None if t_initial is None else np.exp2(initial - _finite(y))
    return _total(shares, t_initial, first, axis, keepdims)


# A table: an entry is read along its lines.
# fmt: off
REDUCE = "{}, axis=0, dtype=None, out=None, keepdims=False, initial?, where?"
FORMS = ("(x4)", "(x23)", "(x23, 1)", "(x234, axis=-2)", "(x23, axis=1, keepdims=True)",
         "(x23, axis=None)", "(x1)", "(x234, axis=(2, 0))", "(x4, initial=y)",
         "(x23, axis=1, initial=y, where=k23)")
SOME = ("(x23, where=k23)", "(x23, axis=(0, 1), where=k23)", "(x0)")


def _reduce(ufunc: str, dtype_of: Any, first: str, adjoint: Any, **more: Any) -> None:
    name = f"np.{ufunc}.reduce"
    forms = FORMS if ufunc.startswith("f") else FORMS + SOME
    rule(name, _reduced(dtype_of), callables=[name], params=REDUCE.format(first), adjoint=adjoint,
         samples=tuple(name + form for form in forms), **more)


_reduce("hypot", inexact_of, "array",
        (_hypot_reduce_to_array, _hypot_reduce_to_initial, None),
        tangent=_hypot_reduce_tangent, at_kinks="0 at distance 0")
_reduce("logaddexp", inexact_of, "array",
        (_logaddexp_reduce_to_array, _logaddexp_reduce_to_initial, None),
        tangent=_logaddexp_reduce_tangent, at_kinks="0 where all are -inf")
_reduce("logaddexp2", inexact_of, "array",
        (_logaddexp2_reduce_to_array, _logaddexp2_reduce_to_initial, None),
        tangent=_logaddexp2_reduce_tangent, at_kinks="0 where all are -inf")
for _ufunc in ("fmax", "fmin"):
    _reduce(_ufunc, str, "a", (_extreme_to_a, _extreme_to_initial, None),
            tangent=_extreme_part_tangent, at_kinks="ties share evenly, the initial value too")
