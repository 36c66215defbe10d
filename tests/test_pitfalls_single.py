"""Single precision through loops, lists and products: a gradient has its argument's dtype."""

from __future__ import annotations

import numpy as np
import pytest

import gradgen
from tests.pitfalls import Pitfall, Pitfalls, check

case = Pitfalls()

F32 = np.array([0.6, -1.3, 2.1, 0.4], np.float32)
M32 = np.array([[0.5, -1.0, 2.0, 0.1], [1.5, 0.3, -0.4, 0.9]], np.float32)


@case("a loop that starts from a plain one", F32, 0.3)
def carried(x, s):
    h = np.tanh(x * s) + x.mean() * 2
    for i in range(2):
        h = h * x[i]
    return np.sum(h)


@case("a loop whose adjoint starts in double precision", F32, np.array([1.0, 2.0, 3.0, 4.0]))
def carried_from_double(x, w):
    h = x * 2
    for i in range(3):
        h = h * x[i]
    return np.sum(h * w)


@case("an array of Python numbers beside single ones is double, joined rows are single", F32, 0.7)
def of_both_kinds(x, p):
    mixed = np.array([p, p, x[0], 1.0])
    stacked = np.stack([x[1], p]) * np.einsum("i,->i", x[:2], p)
    return np.sum(mixed * x) + np.sum(stacked) + np.sum(np.r_[x, p, 0.25] ** 2)


@case("a loop without turns", M32)
def no_turns(m):
    total = 1.0
    for row in m[2:]:
        total = total * row.sum()
    return total * m.mean()


@case("lists of numbers", F32)
def lists(x):
    items, fixed, plain = list(x), tuple(x), x.tolist()
    items[0] = items[0] * 2.0
    ordered = sorted(x)
    while len(items) >= 2:
        plain[1] += items.pop(0) * items.pop()
    return fixed[1] * plain[2] + ordered[1] + plain[1]


@case("a product with a Python number is in double precision", F32, 0.7)
def dot_with_number(a, c):
    return np.sum(np.dot(a, c) ** 2) + np.sum(np.outer(a, c)) + np.sum(np.inner(c, a))


@case("an array that a loop replaces by its rows", M32)
def replaced_by_rows(m):
    k = 0
    while k < 2:
        k += 1
        for v in m:
            if k == 1:
                break
            v[2] -= 0.5 * v[0]
            m = np.stack([v, m[k % 2]])
    return np.sum(m * m)


@case("the builtin sum of arrays", M32, F32)
def sum_of_arrays(w, x):
    parts = []
    for row in w:
        parts.append(row * x)
    return np.sum(sum(parts) ** 2)


@case("an array that the turns of a loop assign, read entry by entry after it", M32.T.copy(), 2)
def assigned_in_turns(x, k):
    for turn in range(k + 1):
        if turn % 2:
            continue
        d = ((x[:, None, :] - x[:k][None]) ** 2).sum(-1)
    return sum(d[i, c] for i, c in enumerate(d.argmin(axis=1))) / len(x) + d[0, 1]


@case("soft clusters: the shares of each turn move the centres", M32.T.copy(), 2)
def soft_clusters(x, k):
    centres = x[:k].copy()
    for _ in range(3):
        d = ((x[:, None, :] - centres[None]) ** 2).sum(-1)
        share = np.exp(-d)
        share /= share.sum(1, keepdims=True)
        for c in range(k):
            centres[c] = (share[:, c][:, None] * x).sum(0) / share[:, c].sum()
    return sum(d[i, c] for i, c in enumerate(d.argmin(1))) / len(x)


def test_single_precision_in_the_other_modes():
    """Products and second derivatives have the dtype too."""
    for function, args in ((carried, (F32, 0.3)), (lists, (F32,)), (no_turns, (M32,))):
        x, *rest = args
        assert gradgen.hvp(function)(args, (x,)).dtype == np.float32
        _, pullback = gradgen.vjp(function)(x, *rest)
        assert np.asarray(pullback(1.0)).dtype == np.float32


@pytest.mark.parametrize("pitfall", case)
def test_single(pitfall: Pitfall) -> None:
    check(pitfall)


def test_single_factors_of_doubles_leave_their_adjoints_double() -> None:
    single = np.array([0.1, 0.2, 0.7], np.float32)

    def loss(w):
        product = float(np.sum(w * single))
        dot = float(w @ single)
        for i in range(3):
            product += 0.3 * float(w[i] * single[i])
        return 0.3 * product**2 + dot**3 + np.mean(w * single) * single[2]

    w = np.array([0.3, 0.9, -1.2])
    exact = single.astype(float)
    product = 1.3 * (w @ exact)
    expected = (0.6 * product * 1.3 + 3 * (w @ exact) ** 2 + exact[2] / 3) * exact
    np.testing.assert_allclose(gradgen.grad(loss)(w), expected, rtol=1e-14)
