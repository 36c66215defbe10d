"""Initial value problems: the Runge-Kutta methods of ``scipy.integrate.solve_ivp``, step by step.

E. Hairer, S. P. Norsett, G. Wanner, *Solving Ordinary Differential Equations I*, II.4 (steps and
their lengths); J. R. Dormand and P. J. Prince (1980) and P. Bogacki and L. F. Shampine (1989) for
the coefficients; L. F. Shampine (1986) for values inside a step.  What is differentiated is what
SciPy computes, the lengths of its steps too.
"""

# mypy: disable-error-code="no-untyped-def,assignment"

from __future__ import annotations

from types import SimpleNamespace

import numpy as np

from gradgen.library.registry import reads

# The last row of each A is that of the step itself.
A45 = np.array([
    [0, 0, 0, 0, 0, 0], [1 / 5, 0, 0, 0, 0, 0], [3 / 40, 9 / 40, 0, 0, 0, 0],
    [44 / 45, -56 / 15, 32 / 9, 0, 0, 0],
    [19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729, 0, 0],
    [9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656, 0],
    [35 / 384, 0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84],
])  # fmt: skip
C45 = np.array([0, 1 / 5, 3 / 10, 4 / 5, 8 / 9, 1, 1])
E45 = np.array([-71 / 57600, 0, 71 / 16695, -71 / 1920, 17253 / 339200, -22 / 525, 1 / 40])
P45 = np.array([
    [1, -8048581381 / 2820520608, 8663915743 / 2820520608, -12715105075 / 11282082432],
    [0, 0, 0, 0],
    [0, 131558114200 / 32700410799, -68118460800 / 10900136933, 87487479700 / 32700410799],
    [0, -1754552775 / 470086768, 14199869525 / 1410260304, -10690763975 / 1880347072],
    [0, 127303824393 / 49829197408, -318862633887 / 49829197408, 701980252875 / 199316789632],
    [0, -282668133 / 205662961, 2019193451 / 616988883, -1453857185 / 822651844],
    [0, 40617522 / 29380423, -110615467 / 29380423, 69997945 / 29380423],
])  # fmt: skip
A23 = np.array([[0, 0, 0], [1 / 2, 0, 0], [0, 3 / 4, 0], [2 / 9, 1 / 3, 4 / 9]])
C23 = np.array([0, 1 / 2, 3 / 4, 1])
E23 = np.array([5 / 72, -1 / 12, -1 / 9, 1 / 8])
P23 = np.array([[1, -4 / 3, 5 / 9], [0, 1, -2 / 3], [0, 4 / 3, -8 / 9], [0, -1, 1]])


@reads(
    "scipy.integrate.solve_ivp",
    samples=(
        "scipy.integrate.solve_ivp(lambda t, s: -p * s, (0.0, 1.0), x3).y[:, -1]",
        "scipy.integrate.solve_ivp(lambda t, y, a: [y[1], -a * y[0]], [0, y], [x, 1.0], "
        "t_eval=np.array([0.1, 0.5, 0.8]), args=(p,), rtol=1e-6).y",
        "scipy.integrate.solve_ivp(lambda t, y: np.cos(t) * y, (1.0, x), x3, 'RK23').y[:, -1]",
        "scipy.integrate.solve_ivp(lambda t, y, a: -a * y * t, (0.0, p), x3, 'Radau', args=(u,), "
        "rtol=1e-10, atol=1e-10).y[:, -1]",
        "scipy.integrate.solve_ivp(lambda t, y: [y[1], -p * y[0]], (0.0, 1.0), [x, y], 'DOP853', "
        "[0.3, 1.0], rtol=1e-11, atol=1e-11).y",
    ),
)
def solve_ivp(
    fun, t_span, y0, method="RK45", t_eval=None, dense_output=False, events=None, vectorized=False,
    args=None, *, rtol=1e-3, atol=1e-6, first_step=None, max_step=np.inf,
):  # fmt: skip
    """Solve an equation by the steps of a Runge-Kutta method, RK45 or RK23."""
    rate = of_columns(fun) if vectorized else fun
    if method == "RK45":
        return _solved(rate, t_span, y0, t_eval, dense_output, args or (), rtol, atol, first_step,
                       max_step, A45, C45, E45, P45, -0.2)  # fmt: skip
    return _solved(rate, t_span, y0, t_eval, dense_output, args or (), rtol, atol, first_step,
                   max_step, A23, C23, E23, P23, -0.3333333333333333)  # fmt: skip


def of_columns(fun):
    """Return a function of one state from one of several states, which are columns."""
    return lambda t, y, *args: np.ravel(fun(t, y[:, None], *args))


def _curve(times, states, slopes, P, direction):
    """Return what gives states at times, by the polynomial of the step that each is in."""

    def sol(t):
        at = np.asarray(t)
        found = np.searchsorted(direction * times, direction * np.ravel(at))
        steps = np.clip(found - 1, 0, len(times) - 2)
        if np.ndim(at) == 0:
            k = steps[0]
            h = times[k + 1] - times[k]
            powers = np.cumprod(np.tile((at - times[k]) / h, np.shape(P)[1]))
            return h * np.dot(np.dot(slopes[k].T, P), powers) + states[k]
        values = np.zeros((np.shape(states)[1], len(at)))
        for k in range(len(times) - 1):
            inside = np.flatnonzero(steps == k)
            h = times[k + 1] - times[k]
            x = (at[inside] - times[k]) / h
            values[:, inside] = _within_step(x, h, slopes[k], P, states[k])
        return values

    return sol


def _within_step(x, h, slopes, P, y):
    """Return the states at parts ``x`` of a step from ``y``, by the polynomial of the step."""
    powers = np.cumprod(np.tile(x, (np.shape(P)[1], 1)), axis=0)
    return h * np.dot(np.dot(slopes.T, P), powers) + y[:, None]


def _rms(v):
    return np.linalg.norm(v) / v.size**0.5


def _solved(
    fun, t_span, y0, t_eval, dense, args, rtol, atol, first_step, max_step, A, C, E, P, exponent
):  # fmt: skip
    start, end = t_span
    t, y = float(start), np.asarray(y0, dtype=float)
    direction = 1.0 if end >= start else -1.0
    f = np.asarray(fun(t, y, *args), dtype=float)
    length = first_step
    if first_step is None:
        length = _first_length(fun, t, y, f, abs(end - start), direction, max_step, rtol, atol,
                               exponent, args)  # fmt: skip
    times, states, all_slopes = [t], [y], []
    if t_eval is not None:
        asked = np.asarray(t_eval)
        values = np.zeros((len(y), len(asked)))
        _require_inside(asked, start, end, direction)
        done = 0
    slopes = np.zeros((len(C), len(y)))
    while direction * (t - end) < 0.0:
        least = 10.0 * abs(np.nextafter(t, direction * np.inf) - t)
        length = min(max(length, least), max_step)
        accepted = rejected = False
        new, h, y_new = t, 0.0, y
        while not accepted:
            if length < least:
                raise ValueError("Required step size is less than spacing between numbers.")
            new = t + length * direction
            if direction * (new - end) > 0.0:
                new = float(end)
            h = new - t
            length = abs(h)
            slopes[0] = f
            for s in range(1, len(C)):
                slopes[s] = fun(t + C[s] * h, y + np.dot(slopes[:s].T, A[s, :s]) * h, *args)
            y_new = y + h * np.dot(slopes[:-1].T, A[-1])
            scale = atol + np.maximum(np.abs(y), np.abs(y_new)) * rtol
            error = _rms(np.dot(slopes.T, E) * h / scale)
            if error < 1.0:
                factor = min(10.0, 0.9 * error**exponent) if error > 0.0 else 10.0
                length = length * (min(1.0, factor) if rejected else factor)
                accepted = True
            else:
                length = length * max(0.2, 0.9 * error**exponent)
                rejected = True
        if t_eval is not None:
            upto = np.searchsorted(direction * asked, direction * new, side="right")
            x = (asked[done:upto] - t) / h
            values[:, done:upto] = _within_step(x, h, slopes, P, y)
            done = upto
        if dense:
            all_slopes.append(slopes.copy())
        t, y, f = new, y_new, slopes[-1].copy()
        times.append(t)
        states.append(y)
    sol = None
    if dense:
        sol = _curve(np.array(times), np.array(states), np.stack(all_slopes), P, direction)
    if t_eval is not None:
        return SimpleNamespace(t=asked, y=values, sol=sol, success=True, status=0)
    return SimpleNamespace(t=np.array(times), y=np.array(states).T, sol=sol, success=True, status=0)


def _require_inside(asked, start, end, direction):
    if np.any(asked < min(start, end)) or np.any(asked > max(start, end)):
        raise ValueError("Values in `t_eval` are not within `t_span`.")
    if np.any(direction * np.diff(asked) <= 0.0):
        raise ValueError("Values in `t_eval` are not properly sorted.")


def _first_length(fun, t, y, f, whole, direction, max_step, rtol, atol, exponent, args):
    """Return the length of the first step."""
    scale = atol + np.abs(y) * rtol
    size, slope = _rms(y / scale), _rms(f / scale)
    trial = 1e-6 if size < 1e-5 or slope < 1e-5 else 0.01 * size / slope
    trial = min(trial, whole)
    ahead = np.asarray(fun(t + trial * direction, y + trial * direction * f, *args), dtype=float)
    bend = _rms((ahead - f) / scale) / trial
    if slope <= 1e-15 and bend <= 1e-15:
        longer = max(1e-6, trial * 1e-3)
    else:
        longer = (0.01 / max(slope, bend)) ** -exponent
    return min(100.0 * trial, longer, whole, max_step)
