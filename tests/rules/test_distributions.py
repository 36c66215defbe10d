"""Distributions at the ends of their support, far out, and with their parameters held."""

from __future__ import annotations

import math

import mpmath
import numpy as np
import pytest
import scipy.stats
from scipy.stats import norm

import gradgen
from tests.references import assert_gradient

PRIOR = scipy.stats.gamma(2.5, scale=1.5)


def outside(x, loc, scale):
    return np.sum(scipy.stats.gamma.logpdf(x, 2.0, loc, scale)[2:])


def impossible(rate):
    return np.sum(scipy.stats.poisson.pmf(np.array([2, -1]), rate))


def inside_mixture(x, loc, scale):
    return np.sum(np.exp(scipy.stats.expon.logpdf(x, loc, scale)) * x)


def far_below(x):
    return norm.logcdf(x)


def far_above(x):
    return norm.logsf(x, 1.0, 2.0)


def held(x, mu, sigma):
    return np.sum(norm(mu, scale=sigma).logpdf(x)) + norm(mu).cdf(x[0])


def held_counts(rate):
    law = scipy.stats.poisson(rate)
    return law.logpmf(3) + law.cdf(x=2)


def held_outside(x):
    return np.sum(PRIOR.logpdf(x)) + scipy.stats.beta(1.5, b=2.5).ppf(q=x[0] / 9.0)


def shape_of_cdf(kappa):
    return scipy.stats.vonmises.cdf(0.7, kappa)


def another(x):
    return scipy.stats.vonmises_line.logpdf(x, 2.0)


def drawn(x):
    return norm(x).rvs()


def held_vector(x, mean, root):
    law = scipy.stats.multivariate_normal(mean, root @ root.T + np.eye(3))
    return law.logpdf(x) + law.entropy() + np.sum(scipy.stats.multivariate_normal(cov=4.0).pdf(x))


def covariance(x, cov):
    return scipy.stats.multivariate_normal.logpdf(x, np.zeros(3), cov)


BOUNDS = scipy.stats.truncnorm(np.array([-1.0, -2.0, -3.0]), 3.0)


def held_bounds(x):
    return np.sum(BOUNDS.logpdf(x))


def split(p):
    return scipy.stats.multinomial.logpmf([2, 0, 1], 3, p)


X = np.array([0.7, 1.9, 0.4])
ROOT = np.array([[1.1, 0.2, -0.3], [0.4, 0.9, 0.5], [-0.2, 0.3, 1.4]])


def test_outside_the_support() -> None:
    """What is outside has the log density -inf, and no share in the derivative."""
    x = np.array([-1.0, 0.5, 2.0])
    got = gradgen.grad(outside, argnums=(0, 1, 2))(x, 0.1, 1.5)
    assert_gradient(outside, (x, 0.1, 1.5), got, (0, 1, 2))
    got = gradgen.grad(inside_mixture, argnums=(0, 1, 2))(x, 0.1, 1.5)
    assert_gradient(inside_mixture, (x, 0.1, 1.5), got, (0, 1, 2))
    assert_gradient(impossible, (1.7,), (gradgen.grad(impossible)(1.7),), (0,))


@pytest.mark.parametrize("x", [-3.0, -40.0, -1e4, -1e100, 0.0, 9.0, 40.0])
def test_tails_of_the_normal_distribution(x: float) -> None:
    """The slope of a logarithm keeps its digits where the probability underflows."""
    with mpmath.workdps(60):
        z = mpmath.mpf(x)
        if x < -1e3:
            exact = -z * (1 + 1 / z**2)
        else:
            exact = mpmath.npdf(z) / mpmath.ncdf(z)
    rtol = 1e-7 if x < -1e3 else 1e-13
    np.testing.assert_allclose(gradgen.grad(far_below)(x), float(exact), rtol)
    np.testing.assert_allclose(gradgen.grad(far_above)(1.0 - 2.0 * x), -0.5 * float(exact), 1e-7)


@pytest.mark.parametrize(
    ("loss", "args"),
    [
        (held, (X, 0.3, 1.2)),
        (held_counts, (2.2,)),
        (held_outside, (X,)),
        (held_vector, (X, X**2, ROOT)),
        (held_bounds, (X,)),
    ],
)
def test_parameters_held(loss, args) -> None:
    argnums = tuple(range(len(args)))
    value, got = gradgen.value_and_grad(loss, argnums=argnums)(*args)
    assert value == loss(*args)
    assert_gradient(loss, args, got, argnums)
    text = gradgen.emit(loss, argnums=argnums, example_args=args)
    assert "frozen" not in text and "scipy.stats." in text


@pytest.mark.parametrize(
    ("loss", "words"),
    [(shape_of_cdf, "'kappa' has no closed form"), (another, "no rule"), (drawn, "rvs")],
)
def test_refused(loss, words: str) -> None:
    with pytest.raises(gradgen.UnsupportedError, match=words):
        gradgen.grad(loss)(0.4)


def test_closed_end() -> None:
    """A support that has its end: the derivative from inside."""
    got = gradgen.grad(inside_mixture, argnums=2)(np.array([0.0]), 0.0, 2.0)
    assert math.isfinite(got)


def test_derivative_by_a_covariance_is_symmetric() -> None:
    cov = ROOT @ ROOT.T
    solved = np.linalg.solve(cov, X)
    got = gradgen.grad(covariance, argnums=1)(X, cov)
    np.testing.assert_allclose(got, 0.5 * (np.outer(solved, solved) - np.linalg.inv(cov)), 1e-10)
    np.testing.assert_allclose(got, got.T, 1e-12)


@pytest.mark.filterwarnings("ignore:Some rows of `p`")
def test_probabilities_off_the_simplex() -> None:
    """Where the probabilities sum to 1 each has its own share, else the last one is the rest."""
    np.testing.assert_allclose(gradgen.grad(split)(np.array([0.5, 0.25, 0.25])), [4.0, 0.0, 4.0])
    off = np.array([0.5, 0.2, 0.25])
    if np.isnan(split(off)):
        pytest.skip("SciPy 1.18 has no value there")
    assert_gradient(split, (off,), (gradgen.grad(split)(off),), (0,))
