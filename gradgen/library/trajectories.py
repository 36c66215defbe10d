"""Initial value problems that SciPy solves in steps of its own choice, and their derivatives.

The value is SciPy's.  The derivative is that of the solution itself, not of the steps: the equation
is solved once more by steps of Dormand's and Prince's method (E. Hairer, S. P. Norsett, G. Wanner,
*Solving Ordinary Differential Equations I*, II.4), to ten digits, whose lengths are constants.
"""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

from types import SimpleNamespace

import numpy as np

from gradgen.custom import stop_gradient
from gradgen.library.initial_values import A45, C45, E45, of_columns
from gradgen.library.registry import reads

TOLERANCE = 1e-10


def solved_by_odeint(func, y0, t, args, **options):
    """Stand for SciPy's solution."""
    raise NotImplementedError


def stands_for(value, same):
    """Stand for the first of two values, whose derivative is that of the second."""
    raise NotImplementedError


def solved_by_ivp(fun, first, last, y0, t_eval, args, **options):
    """Stand for the times and states that SciPy finds."""
    raise NotImplementedError


@reads(
    "scipy.integrate.odeint",
    samples=(
        "scipy.integrate.odeint(lambda y, t: -p * y, x3, np.cumsum(u3), rtol=1e-11, atol=1e-11)",
        "scipy.integrate.odeint(lambda y, t, a, b: [y[1], -a * np.sin(y[0]) - b * t], [x, y], "
        "np.array([0.0, 0.4, 1.0]), args=(p, u), rtol=1e-11, atol=1e-11)[-1]",
        "scipy.integrate.odeint(lambda t, y, m: m @ y, x3, np.array([0.5, 0.2]), (0.3 * m33,), "
        "tfirst=True, rtol=1e-11, atol=1e-11)",
        "scipy.integrate.odeint(lambda y, t: y * np.cos(p * t), x, [0.0, u], rtol=1e-11, "
        "atol=1e-11)[:, 0]",
    ),
)
def odeint(
    func, y0, t, args=(), Dfun=None, col_deriv=0, full_output=0, ml=None, mu=None, rtol=None,
    atol=None, tcrit=None, h0=0.0, hmax=0.0, hmin=0.0, ixpr=0, mxstep=0, mxhnil=0, mxordn=12,
    mxords=5, printmessg=0, tfirst=False,
):  # fmt: skip
    """Solve an equation as SciPy does; the derivative is that of the solution, to ten digits."""
    start = np.atleast_1d(np.asarray(y0, dtype=float))
    times = np.asarray(t, dtype=float)
    more = args if isinstance(args, tuple) else (args,)
    found = solved_by_odeint(
        func, start, times, more, rtol=rtol, atol=atol, h0=h0, hmax=hmax, hmin=hmin, mxstep=mxstep,
        mxordn=mxordn, mxords=mxords, tfirst=tfirst,
    )  # fmt: skip
    return stands_for(found, _states(func, start, times, more, tfirst))


def solve_ivp_exactly(
    fun, t_span, y0, method="RK45", t_eval=None, dense_output=False, events=None, vectorized=False,
    args=None, *, rtol=1e-3, atol=1e-6, first_step=None, max_step=np.inf, min_step=0.0,
):  # fmt: skip
    """Solve an equation as ``scipy.integrate.solve_ivp`` does by its implicit and high methods."""
    first, last = t_span
    start = np.asarray(y0, dtype=float)
    more = args or ()
    rate = of_columns(fun) if vectorized else fun
    t, found = solved_by_ivp(
        rate, first, last, start, t_eval, more, method=method, rtol=rtol, atol=atol,
        first_step=first_step, max_step=max_step, min_step=min_step,
    )  # fmt: skip
    begin = np.array([first], dtype=float)
    if t_eval is None:
        # The times between are SciPy's choice, and constants.
        times = np.concatenate((begin, t[1:-1], np.array([last], dtype=float)))
        states = _states(rate, start, times, more, True)
    else:
        times = np.asarray(t_eval)
        states = _states(rate, start, np.concatenate((begin, times)), more, True)[1:]
    return SimpleNamespace(t=times, y=stands_for(found, states.T), success=True, status=0)


def _states(func, start, times, args, tfirst):
    """Return the states at all times, each a whole number of steps from the one before."""
    y, states = start, [start]
    part, before = 0.01, 1.0
    for k in range(1, len(times)):
        span = times[k] - times[k - 1]
        length = stop_gradient(abs(span))
        if length > 0.0:
            part, before = part * before / length, length
        done = 0.0
        while done < 1.0:
            step = min(part, 1.0 - done) if length > 0.0 else 1.0
            h = step * span
            slopes = np.zeros((7, len(start)))
            for s in range(7):
                at = times[k - 1] + (done + C45[s] * step) * span
                here = y + np.dot(slopes[:s].T, A45[s, :s]) * h
                slopes[s] = func(at, here, *args) if tfirst else func(here, at, *args)
            new = y + h * np.dot(slopes[:-1].T, A45[-1])
            scale = TOLERANCE * (1.0 + np.maximum(np.abs(y), np.abs(new)))
            error = stop_gradient(np.max(np.abs(np.dot(slopes.T, E45) * h) / scale))
            if error < 1.0:
                y = new
                done = 1.0 if step >= 1.0 - done else done + step
                part = part if step < part else step * _longer(error)
            else:
                part = step * _longer(error)
                if part < 1e-12:
                    raise ValueError("the derivative of the solution needs too short steps")
        states.append(y)
    return np.stack(states)


def _longer(error):
    """Return by how much the next step may be longer; after what is no number, it is shorter."""
    if error > 0.0:
        return min(10.0, max(0.2, 0.9 * error**-0.2))
    return 10.0 if error == 0.0 else 0.2
