"""Convolutions and correlations of sequences and images.

In ``y = np.convolve(a, v)`` each is the other's linear map, whose transpose is a correlation:
``d_a = np.correlate(g, v, "valid")`` for the full result.  The other modes keep a part of that, so
that ``g`` is put back into its place first.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gradgen.ir.nodes import Value
from gradgen.ir.types import Type, array, fresh_dim, promote
from gradgen.rules.callables import scipy
from gradgen.rules.registry import rule
from gradgen.rules.shapes_of import Attrs


def convolve_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return a vector; its length depends on which operand is longer."""
    return array(promote(v.type for v in inputs), (fresh_dim(),))


def convolve_nd_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return an array of the first operand's rank."""
    t = inputs[0].type
    dtype = promote(v.type for v in inputs)
    if t.shape is None:
        return Type("any", dtype, None)
    return array(dtype, tuple(fresh_dim() for _ in t.shape))


def _full_convolution(g, a, v, mode):
    """Put a cotangent into its place in that of the full convolution."""
    if mode == "full":
        return g
    count, short = np.size(a) + np.size(v) - 1, min(np.size(a), np.size(v))
    start = (short - 1) // 2 if mode == "same" else short - 1
    full = np.zeros(count, dtype=complex) if np.iscomplexobj(g) else np.zeros(count)
    full[start : start + np.size(g)] = g
    return full


def _convolve_to_a(g, a, v, mode="full"):
    """Cotangent of the first sequence in ``np.convolve(a, v, mode)``."""
    full = _full_convolution(g, np.ravel(a), np.ravel(v), mode)
    return np.reshape(np.correlate(full, np.ravel(v), "valid"), np.shape(a))


def _convolve_to_v(g, a, v, mode="full"):
    """Cotangent of the second sequence in ``np.convolve(a, v, mode)``."""
    full = _full_convolution(g, np.ravel(a), np.ravel(v), mode)
    return np.reshape(np.correlate(full, np.ravel(a), "valid"), np.shape(v))


def _full_correlation(g, a, v, mode):
    """Put a cotangent into its place in that of the full correlation."""
    if mode == "full":
        return g
    count, short = np.size(a) + np.size(v) - 1, min(np.size(a), np.size(v))
    start = short - 1
    if mode == "same":
        # NumPy correlates the longer one with the shorter, and turns the result round.
        start = (short - 1) // 2 if np.size(a) >= np.size(v) else short // 2
    full = np.zeros(count, dtype=complex) if np.iscomplexobj(g) else np.zeros(count)
    full[start : start + np.size(g)] = g
    return full


def _correlate_to_a(g, a, v, mode="valid"):
    """Cotangent of the first sequence in ``np.correlate(a, v, mode)``."""
    full = np.convolve(_full_correlation(g, a, v, mode), v)
    return full[np.size(v) - 1 : np.size(v) - 1 + np.size(a)]


def _correlate_to_v(g, a, v, mode="valid"):
    """Cotangent of the second sequence in ``np.correlate(a, v, mode)``."""
    share = np.correlate(_full_correlation(g, a, v, mode), a, "valid")[::-1]
    return np.conj(share) if np.iscomplexobj(share) else share


def _signal_full(g, in1, in2, mode, late=0):
    """Put a cotangent into its place in that of the full result of ``scipy.signal``.

    Of the middles of an even length, ``late`` takes the second one.
    """
    if mode == "full":
        return g
    full = np.zeros([n + m - 1 for n, m in zip(np.shape(in1), np.shape(in2), strict=True)])
    place = []
    for n, m, k in zip(np.shape(in1), np.shape(in2), np.shape(g), strict=True):
        start = (m - 1 + late) // 2 if mode == "same" else min(n, m) - 1
        place.append(slice(start, start + k))
    full[tuple(place)] = g
    return full


def _signal_convolve_to_in1(g, in1, in2, mode="full"):
    """Cotangent of the first operand in ``scipy.signal.convolve(in1, in2, mode)``."""
    full = _signal_full(g, in1, in2, mode)
    return scipy.signal.correlate(full, in2, "valid")


def _signal_convolve_to_in2(g, in1, in2, mode="full"):
    """Cotangent of the second operand in ``scipy.signal.convolve(in1, in2, mode)``."""
    full = _signal_full(g, in1, in2, mode)
    return scipy.signal.correlate(full, in1, "valid")


def _signal_correlate_to_in1(g, in1, in2, mode="full"):
    """Cotangent of the first operand in ``scipy.signal.correlate(in1, in2, mode)``."""
    full = _signal_full(g, in1, in2, mode)
    return _middle(scipy.signal.convolve(full, in2), in1, in2)


def _signal_correlate_to_in2(g, in1, in2, mode="full"):
    """Cotangent of the second operand in ``scipy.signal.correlate(in1, in2, mode)``."""
    full = _signal_full(g, in1, in2, mode)
    return np.flip(scipy.signal.correlate(full, in1, "valid"))


def _correlate2d_to_in1(g, in1, in2, mode="full"):
    """Cotangent of the first image in ``scipy.signal.correlate2d(in1, in2, mode)``."""
    full = _signal_full(g, in1, in2, mode, 1)
    return _middle(scipy.signal.convolve(full, in2), in1, in2)


def _correlate2d_to_in2(g, in1, in2, mode="full"):
    """Cotangent of the second image in ``scipy.signal.correlate2d(in1, in2, mode)``."""
    full = _signal_full(g, in1, in2, mode, 1)
    return np.flip(scipy.signal.correlate(full, in1, "valid"))


def _middle(full, in1, in2):
    """Return the part in the shape of ``in1`` that begins where ``in2`` ends."""
    place = tuple(
        slice(m - 1, m - 1 + n) for n, m in zip(np.shape(in1), np.shape(in2), strict=True)
    )
    return full[place]


def _polymul_to_a1(g, a1, a2):
    """Cotangent of the first polynomial in ``np.polymul(a1, a2)``."""
    return _polymul_share(_after_zeros(g, a1, a2), a1, a2)


def _polymul_to_a2(g, a1, a2):
    """Cotangent of the second polynomial in ``np.polymul(a1, a2)``."""
    return _polymul_share(_after_zeros(g, a1, a2), a2, a1)


def _polymul_share(full, mine, other):
    """Cotangent of a polynomial that is multiplied by another; a number is one of degree 0."""
    if np.ndim(mine) == 0:
        return np.sum(full * other)
    return full * other if np.ndim(other) == 0 else np.correlate(full, other, "valid")


def _polymul_tangent(t_a1, t_a2, y, a1, a2):
    """Tangent of ``y = np.polymul(a1, a2)``, without the leading coefficients that it drops."""
    dropped = np.size(a1) + np.size(a2) - 1 - np.size(y)
    if t_a1 is None:
        return np.convolve(a1, t_a2)[dropped:]
    if t_a2 is None:
        return np.convolve(t_a1, a2)[dropped:]
    return (np.convolve(t_a1, a2) + np.convolve(a1, t_a2))[dropped:]


def _after_zeros(g, a1, a2):
    """Put zeros before a cotangent, for leading coefficients that NumPy drops where they are 0."""
    full = np.zeros(np.size(a1) + np.size(a2) - 1)
    full[np.size(full) - np.size(g) :] = g
    return full


def lfilter_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return the shape of the signal."""
    t = inputs[2].type
    dtype = promote(v.type for v in inputs)
    return Type("any", dtype, None) if t.shape is None else array(dtype, t.shape)


def _lfilter_back(g, a, axis):
    """Run the recursion of a filter backwards in time."""
    return np.flip(scipy.signal.lfilter(np.ones(1), a, np.flip(g, axis), axis), axis)


def _lfilter_to_b(g, b, a, x, axis=-1):
    """Cotangent of the numerator of a filter."""
    back = np.moveaxis(_lfilter_back(g, a, axis), axis, -1)
    signal, n = np.moveaxis(x, axis, -1), np.shape(x)[axis]
    d_b = np.zeros(len(b))
    for k in range(min(len(b), n)):
        d_b[k] = np.sum(back[..., k:] * signal[..., : n - k])
    return d_b


def _lfilter_to_a(g, y, b, a, axis=-1):
    """Cotangent of the denominator of a filter."""
    return -_lfilter_to_b(g, a, a, y, axis)


def _lfilter_to_x(g, b, a, axis=-1):
    """Cotangent of the signal: the filter, run backwards in time."""
    return np.flip(scipy.signal.lfilter(b, a, np.flip(g, axis), axis), axis)


def _lfilter_tangent(t_b, t_a, t_x, y, b, a, x, axis):
    """Tangent of a filtered signal: ``a`` as a filter undoes what ``a`` does to it."""
    total = 0.0
    if t_b is not None:
        total = total + scipy.signal.lfilter(t_b, a, x, axis)
    if t_a is not None:
        total = total - scipy.signal.lfilter(t_a, a, y, axis)
    return total if t_x is None else total + scipy.signal.lfilter(b, a, t_x, axis)


# A table: an entry is read along its lines.
# fmt: off
_LINEAR: dict[str, Any] = {"tangent": "multilinear"}
rule("convolve", convolve_type, callables=["np.convolve"], params="a, v, mode=full",
     adjoint=(_convolve_to_a, _convolve_to_v), **_LINEAR,
     samples=("np.convolve(x5, y3)", "np.convolve(x3, x5)", "np.convolve(x5, y3, 'same')",
              "np.convolve(x5, y4, mode='same')", "np.convolve(x4, y5, mode='same')",
              "np.convolve(x5, y3, mode='valid')", "np.convolve(x3, y5, 'valid')",
              "np.convolve(x3, x1)",
              "np.convolve(x5 + 1j * y5, 2j * x3, 'valid').imag"))
rule("correlate", convolve_type, callables=["np.correlate"], params="a, v, mode=valid",
     adjoint=(_correlate_to_a, _correlate_to_v), **_LINEAR,
     samples=("np.correlate(x5, y3)", "np.correlate(x3, y5)", "np.correlate(x5, y3, 'full')",
              "np.correlate(x3, y4, mode='full')", "np.correlate(x5, y3, mode='same')",
              "np.correlate(x5, y4, mode='same')", "np.correlate(x4, y5, mode='same')",
              "np.correlate(x4, y6, mode='same')",
              "np.correlate(x5 + 1j * y5, y3 - 1j * x3, 'same').imag"))
rule("signal.convolve", convolve_nd_type, callables=["scipy.signal.convolve"],
     params="in1, in2, mode=full, method=auto", **_LINEAR,
     adjoint=(_signal_convolve_to_in1, _signal_convolve_to_in2),
     samples=("scipy.signal.convolve(x5, y3)", "scipy.signal.convolve(x5, y4, 'same')",
              "scipy.signal.convolve(x3, y5, mode='valid')",
              "scipy.signal.convolve(x44, y23, mode='same', method='direct')",
              "scipy.signal.convolve(x44, y23)"))
rule("signal.correlate", convolve_nd_type, callables=["scipy.signal.correlate"],
     params="in1, in2, mode=full, method=auto", **_LINEAR,
     adjoint=(_signal_correlate_to_in1, _signal_correlate_to_in2),
     samples=("scipy.signal.correlate(x5, y3)", "scipy.signal.correlate(x5, y4, 'same')",
              "scipy.signal.correlate(x44, y23, mode='valid')"))
rule("signal.convolve2d", convolve_nd_type, callables=["scipy.signal.convolve2d"],
     params="in1, in2, mode=full", fuller="scipy.signal.convolve2d", **_LINEAR,
     adjoint=(_signal_convolve_to_in1, _signal_convolve_to_in2),
     samples=("scipy.signal.convolve2d(x44, y23)", "scipy.signal.convolve2d(x44, y32, 'valid')",
              "scipy.signal.convolve2d(x44, y23, mode='same')"))
rule("signal.correlate2d", convolve_nd_type, callables=["scipy.signal.correlate2d"],
     params="in1, in2, mode=full", fuller="scipy.signal.correlate2d", **_LINEAR,
     adjoint=(_correlate2d_to_in1, _correlate2d_to_in2),
     samples=("scipy.signal.correlate2d(x44, y23)", "scipy.signal.correlate2d(x44, y32, 'valid')",
              "scipy.signal.correlate2d(x44, y23, mode='same')",
              "scipy.signal.correlate2d(x23, y44, 'valid')"))
rule("polymul", convolve_type, callables=["np.polymul"], params="a1, a2",
     adjoint=(_polymul_to_a1, _polymul_to_a2), tangent=_polymul_tangent,
     samples=("np.polymul(x3, y4)", "np.polymul(x3, x1)", "np.polymul(x5, y3)",
              "np.polymul(x3, [1, y])", "np.polymul([0.0, x, y], p3)",
              "np.polymul(x, y3)", "np.polymul(x3, y)", "np.polymul(x, y)"))
rule("lfilter", lfilter_type, callables=["scipy.signal.lfilter"], params="b, a, x, axis=-1",
     fuller="lfilter_from",
     adjoint=(_lfilter_to_b, _lfilter_to_a, _lfilter_to_x),
     tangent=_lfilter_tangent,
     samples=("scipy.signal.lfilter(x3, p3, y5)", "scipy.signal.lfilter(x1, p3, y23)",
              "scipy.signal.lfilter(np.array([0.3, x]), [1.0, u], y44, axis=0)"))
