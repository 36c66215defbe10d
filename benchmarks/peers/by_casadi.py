"""CasADi, as its virtual machine runs it: expressions of matrices, or of scalars if those are few.

What it has no word for (a loop of unknown length) is left out.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import casadi as ca
import numpy as np

from benchmarks.peers.prepared import NotThere, Prepared
from benchmarks.peers.workloads import WRT

Expression = Any
# Beyond this many nodes an expression takes minutes to build.
MOST = 400_000


def hello(x: Expression) -> Expression:
    """Return the square of a number."""
    return x * x


def lse(x: Expression) -> Expression:
    """Return the logarithm of a sum of exponentials."""
    return ca.logsumexp(x)


def llsq(x: Expression, n: int) -> Expression:
    """Return half the squared distance of a polynomial from the sign function."""
    t = np.linspace(-1.0, 1.0, n)
    signs = np.sign(np.arange(n) - 0.5 * (n - 1))
    return 0.5 * ca.sumsqr(np.vander(t, x.numel(), increasing=True) @ x - signs)


def kmeans(centroids: Expression, points: Any) -> Expression:
    """Return the cost of a clustering: the least distance of each point, all points mapped."""
    k, d = centroids.shape
    c, p = ca.SX.sym("c", k, d), ca.SX.sym("p", d)
    least = ca.mmin(ca.sum2((c - ca.repmat(p.T, k, 1)) ** 2))
    return _summed(ca.Function("f", [c, p], [least]), [centroids], [points])


def gmm(
    alpha: Expression, mu: Expression, q: Expression, low: Expression, x: Any, gamma: float, m: int
) -> Expression:
    """Return the log likelihood of a mixture of Gaussians, all points mapped."""
    n, d = x.shape
    k = alpha.numel()
    if k * d * d > MOST // 100:
        raise NotThere("the expression of one point is too large")
    inner = [ca.SX.sym("i", *part.shape) for part in (alpha, mu, q, low)]
    e = ca.SX.sym("x", d)
    beta = []
    for c in range(k):
        away = e - inner[1][c, :].T
        y = [ca.exp(inner[2][c, j]) * away[j] for j in range(d)]
        p = 0
        for j in range(d):
            for r in range(j + 1, d):
                y[r] += inner[3][c, p] * away[j]
                p += 1
        beta.append(inner[0][c] + ca.sum2(inner[2][c, :]) - 0.5 * ca.sumsqr(ca.vertcat(*y)))
    point = ca.Function("f", [*inner, e], [_log_sum_exp(ca.vertcat(*beta))])
    whole = _summed(point, [alpha, mu, q, low], [x]) - n * ca.logsumexp(alpha)
    prior = -0.5 * gamma**2 * (ca.sum1(ca.sum2(ca.exp(2.0 * q))) + ca.sumsqr(low))
    prior += m * ca.sum1(ca.sum2(q))
    return whole + prior - 0.5 * n * d * math.log(2.0 * math.pi)


def _log_sum_exp(values: Expression) -> Expression:
    top = ca.mmax(values)
    return top + ca.log(ca.sum1(ca.exp(values - top)))


def ba(
    cams: Expression,
    points: Expression,
    weights: Expression,
    feats: Any,
    cam_of: Any,
    point_of: Any,
) -> Expression:  # fmt: skip
    """Return half the sum of squares of a bundle adjustment, all observations mapped."""
    cam, point, w, feat = (ca.SX.sym("v", n) for n in (11, 3, 1, 2))
    z, r = point - cam[3:6], cam[:3]
    theta = ca.sqrt(ca.sumsqr(r))
    a = r / theta
    turned = z * ca.cos(theta) + ca.cross(a, z) * ca.sin(theta)
    y = turned + a * ca.dot(a, z) * (1.0 - ca.cos(theta))
    flat = y[:2] / y[2]
    rr = ca.sumsqr(flat)
    errors = w * (cam[6] * flat * (1.0 + cam[9] * rr + cam[10] * rr**2) + cam[7:9] - feat)
    loss = 0.5 * (ca.sumsqr(errors) + (1.0 - w**2) ** 2)
    own = ca.Function("f", [cam, point, w, feat], [loss])
    rows = [cams[cam_of.tolist(), :].T, points[point_of.tolist(), :].T, weights.T, feats.T]
    return ca.sum2(own.map(len(point_of))(*rows))


def lstm(main: Expression, extra: Expression, state: Any, sequence: Any) -> Expression:
    """Return the loss of a diagonal LSTM: one step, folded over the text."""
    layers, b = len(state) // 2, state.shape[1]
    rows, outer = ca.SX.sym("m", *main.shape), ca.SX.sym("e", *extra.shape)
    s, total, pair = ca.SX.sym("s", *state.shape), ca.SX.sym("t"), ca.SX.sym("p", 2, b)
    v, new = pair[0, :] * outer[0, :], []
    for i in range(layers):
        h = s[2 * i, :]
        linear = [
            (v if g % 2 == 0 else h) * rows[2 * i, g * b : (g + 1) * b]
            + rows[2 * i + 1, g * b : (g + 1) * b]
            for g in range(4)
        ]
        f, g, o = (1.0 / (1.0 + ca.exp(-part)) for part in linear[:3])
        cell = s[2 * i + 1, :] * f + g * ca.tanh(linear[3])
        v = o * ca.tanh(cell)
        new += [v, cell]
    y = v * outer[1, :] + outer[2, :]
    won = ca.sum2(pair[1, :] * (y - ca.log(2.0 + ca.sum2(ca.exp(y)))))
    step = ca.Function("f", [ca.veccat(s, total), pair, rows, outer],
                       [ca.veccat(ca.vertcat(*new), total + won)])  # fmt: skip
    turns = len(sequence) - 1
    pairs = np.concatenate([sequence[t : t + 2] for t in range(turns)], axis=1)
    start = ca.DM([*np.ravel(state, order="F"), 0.0])
    last = step.fold(turns)(start, pairs, ca.repmat(main, 1, turns), ca.repmat(extra, 1, turns))
    return -last[-1] / (b * turns)


def ode(x: Expression, steps: int) -> Expression:
    """Return the sum of the final state: one step, folded."""
    n, h = x.numel(), 2.0 / steps
    y, factors = ca.MX.sym("y", n), ca.MX.sym("x", n)

    def slope(at: Expression) -> Expression:
        return factors * ca.vertcat(1.0, at[:-1])

    k1 = slope(y)
    k2 = slope(y + 0.5 * h * k1)
    k3 = slope(y + 0.5 * h * k2)
    k4 = slope(y + h * k3)
    step = ca.Function("f", [y, factors], [y + h * (k1 + 2.0 * k2 + 2.0 * k3 + k4) / 6.0])
    return ca.sum1(step.fold(steps)(ca.DM.zeros(n), ca.repmat(x, 1, steps)))


def det(a: Expression, n: int) -> Expression:
    """Return a determinant by minors."""
    if math.factorial(n) > MOST // 10:
        raise NotThere("the expression is too large")

    def minors(row: int, columns: tuple[int, ...]) -> Expression:
        if not columns:
            return 1.0
        total: Expression = 0.0
        for j, column in enumerate(columns):
            below = minors(row + 1, columns[:j] + columns[j + 1 :])
            total = total + (-1.0) ** j * a[row * n + column] * below
        return total

    return minors(0, tuple(range(n)))


def _summed(own: Any, shared: list[Expression], mapped: list[Any]) -> Expression:
    """Return the sum of a function over the rows of what is mapped; the rest is shared."""
    reduced = own.map("all", "serial", len(mapped[0]), list(range(len(shared))), [])
    return ca.sum2(reduced(*shared, *(part.T for part in mapped)))


ABSENT = {
    "ht": "not written for it",
    "particle": "an expression has no loop of unknown length",
}
# Few scalars, where an expression of scalars is quicker than one of matrices.
SCALAR = ("hello", "det")


def prepare(name: str, args: tuple[Any, ...]) -> Prepared:
    """Return the workload as CasADi functions of what is differentiated."""
    if name in ABSENT:
        raise NotThere(ABSENT[name])
    loss: Callable[..., Any] = globals()[name]
    kind = ca.SX if name in SCALAR else ca.MX
    shapes = [np.shape(args[k]) for k in WRT[name]]
    symbols = [kind.sym(f"v{k}", *(shape or (1, 1))) for k, shape in enumerate(shapes)]
    expression = loss(*symbols, *args[len(symbols) :])
    value = ca.Function("value", symbols, [expression])
    slopes = ca.gradient(expression, ca.veccat(*symbols)) if len(symbols) == 1 else None
    if slopes is None:
        slope = [ca.gradient(expression, symbol) for symbol in symbols]
    else:
        slope = [ca.reshape(slopes, symbols[0].shape)]
    gradient = ca.Function("gradient", symbols, slope)
    given = [ca.DM(args[k]) for k in range(len(symbols))]

    def call() -> list[Any]:
        found = gradient.call(given)
        return [np.reshape(part.full(), shape) for part, shape in zip(found, shapes, strict=True)]

    return Prepared(lambda: value.call(given)[0], call)
