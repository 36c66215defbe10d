"""Matrix equations and systems of special structure in SciPy.

The adjoint of a linear equation is the one with the transposed matrices (V. Simoncini,
"Computational methods for linear matrix equations", 2016); that of Riccati's equation is the
Lyapunov equation of the closed loop.
"""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np

from gradgen.ir.nodes import Value
from gradgen.ir.types import Type, promote
from gradgen.rules.callables import scipy
from gradgen.rules.helpers import _transposed
from gradgen.rules.registry import rule
from gradgen.rules.shapes_of import Attrs, inexact_of, of_shape, refuse_unless


def like_last_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return the shape of the last input, as floats."""
    refuse_unless(
        all(v.type.rank in (2, None) for v in inputs), "a stack of equations", "use a loop"
    )
    return of_shape(inexact_of(promote([v.type for v in inputs])), inputs[-1].type.shape)


def sylvester_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return the shape of the right side, of which there may be a stack."""
    one_rank = len({v.type.rank for v in inputs}) == 1
    refuse_unless(one_rank, "a stack of some matrices of an equation", "use a loop")
    return of_shape(inexact_of(promote([v.type for v in inputs])), inputs[-1].type.shape)


def _sylvester_to_a(g, y, a, b):
    """Cotangent of ``a`` in ``a @ y + y @ b = q``."""
    return -(scipy.linalg.solve_sylvester(_transposed(a), _transposed(b), g) @ _transposed(y))


def _sylvester_to_b(g, y, a, b):
    """Cotangent of ``b`` in ``a @ y + y @ b = q``."""
    return -(_transposed(y) @ scipy.linalg.solve_sylvester(_transposed(a), _transposed(b), g))


def _sylvester_to_q(g, a, b):
    """Cotangent of ``q`` in ``a @ y + y @ b = q``."""
    return scipy.linalg.solve_sylvester(_transposed(a), _transposed(b), g)


def _sylvester_tangent(t_a, t_b, t_q, y, a, b):
    """Tangent of the solution ``y`` of ``a @ y + y @ b = q``."""
    change = np.zeros(y.shape) if t_q is None else t_q
    if t_a is not None:
        change = change - t_a @ y
    if t_b is not None:
        change = change - y @ t_b
    return scipy.linalg.solve_sylvester(a, b, change)


def _lyapunov_to_a(g, y, a):
    """Cotangent of ``a`` in ``a @ y + y @ a.T = q``."""
    d_q = scipy.linalg.solve_continuous_lyapunov(a.T, g)
    return -(d_q @ y.T + d_q.T @ y)


def _lyapunov_to_q(g, a):
    """Cotangent of ``q`` in ``a @ y + y @ a.T = q``."""
    return scipy.linalg.solve_continuous_lyapunov(a.T, g)


def _lyapunov_tangent(t_a, t_q, y, a):
    """Tangent of the solution ``y`` of ``a @ y + y @ a.T = q``."""
    change = np.zeros(y.shape) if t_q is None else t_q
    if t_a is not None:
        change = change - t_a @ y - y @ t_a.T
    return scipy.linalg.solve_continuous_lyapunov(a, change)


def _discrete_to_a(g, y, a, method):
    """Cotangent of ``a`` in ``y = a @ y @ a.T + q``."""
    d_q = scipy.linalg.solve_discrete_lyapunov(a.T, g, method)
    return d_q @ a @ y.T + d_q.T @ a @ y


def _discrete_to_q(g, a, method):
    """Cotangent of ``q`` in ``y = a @ y @ a.T + q``."""
    return scipy.linalg.solve_discrete_lyapunov(a.T, g, method)


def _discrete_tangent(t_a, t_q, y, a, method):
    """Tangent of the solution ``y`` of ``y = a @ y @ a.T + q``."""
    change = np.zeros(y.shape) if t_q is None else t_q
    if t_a is not None:
        change = change + t_a @ y @ a.T + a @ y @ t_a.T
    return scipy.linalg.solve_discrete_lyapunov(a, change, method)


def riccati_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return the shape of ``a``; what SciPy balances with ``e`` may not solve the equation."""
    balanced = "e" in attrs.get("keyed", ()) and attrs.get("balanced", True)
    what = (
        "solve_continuous_are with e and balancing, after which SciPy may solve another equation,"
    )
    refuse_unless(not balanced, what, "give balanced=False")
    like_last_type(inputs, attrs)
    return of_shape(inexact_of(promote([v.type for v in inputs])), inputs[0].type.shape)


def _gain(y, b, r, e, s):
    """Return the gain ``k`` of the solution: the closed loop is ``a - b @ k``."""
    inner = b.T @ y if e is None else b.T @ y @ e
    return np.linalg.solve(r, inner if s is None else inner + s.T)


def _riccati_to_q(g, y, a, b, r, e, s):
    """Cotangent of ``q`` in ``a.T @ y @ e + e.T @ y @ a - k.T @ r @ k + q = 0``, ``k`` the gain."""
    loop = a - b @ _gain(y, b, r, e, s)
    if e is None:
        d_q = scipy.linalg.solve_continuous_lyapunov(loop, -g)
    else:
        right = np.linalg.solve(e, np.linalg.solve(e, g).T).T
        d_q = scipy.linalg.solve_continuous_lyapunov(np.linalg.solve(e, loop), -right)
    return 0.5 * (d_q + d_q.T)


def _riccati_to_a(g, y, a, b, r, e, s):
    """Cotangent of ``a`` in Riccati's equation."""
    d_q = _riccati_to_q(g, y, a, b, r, e, s)
    return 2.0 * (y @ d_q if e is None else y @ e @ d_q)


def _riccati_to_b(g, y, a, b, r, e, s):
    """Cotangent of ``b`` in Riccati's equation."""
    return -(_riccati_to_a(g, y, a, b, r, e, s) @ _gain(y, b, r, e, s).T)


def _riccati_to_r(g, y, a, b, r, e, s):
    """Cotangent of ``r`` in Riccati's equation."""
    gain = _gain(y, b, r, e, s)
    return gain @ _riccati_to_q(g, y, a, b, r, e, s) @ gain.T


def _riccati_to_e(g, y, a, b, r, e, s):
    """Cotangent of ``e`` in Riccati's equation."""
    loop = a - b @ _gain(y, b, r, e, s)
    return 2.0 * (y @ loop @ _riccati_to_q(g, y, a, b, r, e, s))


def _riccati_to_s(g, y, a, b, r, e, s):
    """Cotangent of ``s`` in Riccati's equation."""
    return -2.0 * (_riccati_to_q(g, y, a, b, r, e, s) @ _gain(y, b, r, e, s).T)


def _with_weights(change, t_q, t_r, gain):
    """Add to the change of Riccati's equation that of its symmetric weights."""
    if t_q is not None:
        change = change + 0.5 * (t_q + t_q.T)
    if t_r is not None:
        change = change + gain.T @ (0.5 * (t_r + t_r.T)) @ gain
    return change


def _riccati_tangent(t_a, t_b, t_q, t_r, t_e, t_s, y, a, b, r, e, s):
    """Tangent of the solution ``y`` of Riccati's equation."""
    gain = _gain(y, b, r, e, s)
    loop = a - b @ gain
    left = y if e is None else e.T @ y
    change = np.zeros(y.shape)
    if t_a is not None:
        change = change + left @ t_a
    if t_b is not None:
        change = change - left @ t_b @ gain
    if t_e is not None:
        change = change + t_e.T @ y @ loop
    if t_s is not None:
        change = change - t_s @ gain
    change = _with_weights(change + change.T, t_q, t_r, gain)
    if e is None:
        return scipy.linalg.solve_continuous_lyapunov(loop.T, -change)
    right = np.linalg.solve(e.T, np.linalg.solve(e.T, change).T)
    return scipy.linalg.solve_continuous_lyapunov(np.linalg.solve(e.T, loop.T), -right)


def _discrete_gain(y, a, b, r, s):
    """Return the gain ``k`` of the solution in discrete time: the closed loop is ``a - b @ k``."""
    inner = b.T @ y @ a
    return np.linalg.solve(r + b.T @ y @ b, inner if s is None else inner + s.T)


def _in_steps_to_q(g, y, a, b, r, s):
    """Cotangent of ``q`` in ``y = a.T @ y @ (a - b @ k) - s @ k + q``, ``k`` the gain."""
    loop = a - b @ _discrete_gain(y, a, b, r, s)
    return scipy.linalg.solve_discrete_lyapunov(loop, 0.5 * (g + g.T))


def _in_steps_to_a(g, y, a, b, r, s):
    """Cotangent of ``a`` in Riccati's equation in discrete time."""
    loop = a - b @ _discrete_gain(y, a, b, r, s)
    return 2.0 * (y @ loop @ _in_steps_to_q(g, y, a, b, r, s))


def _in_steps_to_b(g, y, a, b, r, s):
    """Cotangent of ``b`` in Riccati's equation in discrete time."""
    return -(_in_steps_to_a(g, y, a, b, r, s) @ _discrete_gain(y, a, b, r, s).T)


def _in_steps_to_r(g, y, a, b, r, s):
    """Cotangent of ``r`` in Riccati's equation in discrete time."""
    gain = _discrete_gain(y, a, b, r, s)
    return gain @ _in_steps_to_q(g, y, a, b, r, s) @ gain.T


def _in_steps_to_s(g, y, a, b, r, s):
    """Cotangent of ``s`` in Riccati's equation in discrete time."""
    return -2.0 * (_in_steps_to_q(g, y, a, b, r, s) @ _discrete_gain(y, a, b, r, s).T)


def _in_steps_tangent(t_a, t_b, t_q, t_r, t_s, y, a, b, r, s):
    """Tangent of the solution ``y`` of Riccati's equation in discrete time."""
    gain = _discrete_gain(y, a, b, r, s)
    loop = a - b @ gain
    change = np.zeros(y.shape)
    if t_a is not None:
        change = change + loop.T @ y @ t_a
    if t_b is not None:
        change = change - loop.T @ y @ t_b @ gain
    if t_s is not None:
        change = change - t_s @ gain
    change = _with_weights(change + change.T, t_q, t_r, gain)
    return scipy.linalg.solve_discrete_lyapunov(loop.T, change)


def _samples(name: str, *calls: str) -> tuple[str, ...]:
    return tuple(f"scipy.linalg.{name}({call})" for call in calls)


SPD = "m33 @ m33.T"
# A table: an entry is read along its lines.
# fmt: off
rule("solve_sylvester", sylvester_type, callables=["scipy.linalg.solve_sylvester"],
     params="a, b, q", adjoint=(_sylvester_to_a, _sylvester_to_b, _sylvester_to_q),
     tangent=_sylvester_tangent,
     samples=_samples("solve_sylvester", "m33, m44[:2, :2], x32", "m33, m33, s33",
                      "m233, m233, m233"))
rule("solve_continuous_lyapunov", like_last_type, params="a, q", tangent=_lyapunov_tangent,
     callables=["scipy.linalg.solve_continuous_lyapunov", "scipy.linalg.solve_lyapunov"],
     adjoint=(_lyapunov_to_a, _lyapunov_to_q),
     samples=_samples("solve_continuous_lyapunov", "m33, s33", "m33, q=m33"))
rule("solve_discrete_lyapunov", like_last_type, params="a, q, method=None",
     callables=["scipy.linalg.solve_discrete_lyapunov"], tangent=_discrete_tangent,
     adjoint=(_discrete_to_a, _discrete_to_q),
     samples=_samples("solve_discrete_lyapunov", "0.2 * m33, s33", "0.2 * m33, m33, 'bilinear'"))
rule("solve_continuous_are", riccati_type, callables=["scipy.linalg.solve_continuous_are"],
     params="a, b, q, r, *, balanced=True, e?, s?", tangent=_riccati_tangent,
     adjoint=(_riccati_to_a, _riccati_to_b, _riccati_to_q, _riccati_to_r, _riccati_to_e,
              _riccati_to_s),
     at_kinks="that of the symmetric part of q and r",
     samples=_samples("solve_continuous_are", f"m33, x32, {SPD}, np.eye(2) + x23 @ x23.T",
                      f"m33, m33, {SPD}, {SPD}, balanced=False",
                      f"m33, m33, {SPD}, {SPD}, e=4.0 * m33, balanced=False",
                      f"m33, m33, {SPD}, {SPD}, s=0.1 * m33",
                      f"m33, m33, {SPD}, {SPD}, s=0.1 * s33, e=4.0 * m33, balanced=False"))
rule("solve_discrete_are", riccati_type, callables=["scipy.linalg.solve_discrete_are"],
     params="a, b, q, r, *, balanced=True, s?", tangent=_in_steps_tangent,
     adjoint=(_in_steps_to_a, _in_steps_to_b, _in_steps_to_q, _in_steps_to_r, _in_steps_to_s),
     at_kinks="that of the symmetric part of q and r",
     samples=_samples("solve_discrete_are", f"0.4 * m33, x32, {SPD}, np.eye(2) + x23 @ x23.T",
                      f"0.4 * m33, m33, {SPD}, {SPD}, s=0.1 * m33, balanced=False"))
# fmt: on
