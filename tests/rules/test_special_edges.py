"""What is documented of special functions and distributions at the ends of their domains."""

from __future__ import annotations

import numpy as np
import pytest

import gradgen
from tests.rules.samples import loss_of

INF, NAN = np.inf, np.nan
# A call, the numbers it gets as p, o and u, and the partial derivatives by them.
EDGES: list[tuple[str, tuple[float, ...], tuple[float, ...]]] = [
    ("erfinv(p)", (1.0,), (INF,)),
    ("erfcinv(p)", (0.0,), (-INF,)),
    ("ndtri(p)", (0.0,), (INF,)),
    ("logit(p)", (0.0,), (INF,)),
    ("logit(p)", (1.0,), (INF,)),
    ("log1p(p)", (-1.0,), (INF,)),
    ("cbrt(p)", (0.0,), (INF,)),
    ("entr(p)", (0.0,), (INF,)),
    ("zeta(p)", (1.0,), (-INF,)),
    ("zeta(p, 2.0)", (1.0,), (-INF,)),
    ("zeta(p, 2.0)", (0.5,), (NAN,)),
    ("exp1(p)", (0.0,), (-INF,)),
    ("expi(p)", (0.0,), (INF,)),
    ("spence(p)", (0.0,), (-INF,)),
    ("spence(p)", (1.0,), (-1.0,)),
    ("exprel(p)", (0.0,), (0.5,)),
    ("i0e(p)", (0.0,), (0.0,)),
    ("i1e(p)", (0.0,), (0.5,)),
    ("k0(p)", (0.0,), (-INF,)),
    ("y0(p)", (0.0,), (INF,)),
    ("ellipk(p)", (0.0,), (np.pi / 8,)),
    ("ellipe(p)", (0.0,), (-np.pi / 8,)),
    ("ellipk(p)", (1.0,), (INF,)),
    ("rgamma(p)", (-2.0,), (2.0,)),
    ("sinc(p)", (0.0,), (0.0,)),
    ("sici(p)[0]", (0.0,), (1.0,)),
    ("sici(p)[1]", (0.0,), (INF,)),
    ("shichi(p)[0]", (0.0,), (1.0,)),
    ("lambertw(p).real", (0.0,), (1.0,)),
    ("xlogy(p, o)", (0.0, 2.0), (np.log(2.0), 0.0)),
    ("xlogy(p, o)", (0.0, 0.0), (0.0, 0.0)),
    ("xlog1py(p, o)", (0.0, -1.0), (0.0, 0.0)),
    ("rel_entr(p, o)", (0.0, 2.0), (-INF, 0.0)),
    ("kl_div(p, o)", (0.0, 2.0), (-INF, 1.0)),
    ("kl_div(p, o)", (0.0, 0.0), (-INF, 1.0)),
    ("huber(p, o)", (1.5, 1.5), (0.0, 1.5)),
    ("boxcox(p, o)", (2.0, 0.0), (0.5, np.log(2.0) ** 2 / 2)),
    ("inv_boxcox(p, o)", (2.0, 0.0), (np.exp(2.0), -2.0 * np.exp(2.0))),
    ("gammainc(1.0, p)", (0.0,), (1.0,)),
    ("gammainc(0.5, p)", (0.0,), (INF,)),
    ("gammainc(2.0, p)", (0.0,), (0.0,)),
    ("betainc(1.0, 3.0, p)", (0.0,), (3.0,)),
    ("betainc(3.0, 1.0, p)", (1.0,), (3.0,)),
    ("eval_legendre(3, p)", (1.0,), (6.0,)),
    ("eval_legendre(4, p)", (-1.0,), (-10.0,)),
    ("expn(2, p)", (0.0,), (-INF,)),
    ("logsumexp(np.array([p, o]))", (-INF, -INF), (0.0, 0.0)),
    ("logsumexp(np.array([p, o]))", (-INF, 1.0), (0.0, 1.0)),
    ("logsumexp(np.array([p, o]))", (1e300, 1.0), (1.0, 0.0)),
    ("expit(p)", (-800.0,), (0.0,)),
    ("log_expit(p)", (-800.0,), (1.0,)),
    ("softplus(p)", (800.0,), (1.0,)),
    ("factorial(p)", (-0.5,), (0.0,)),
]


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.filterwarnings("ignore::gradgen.GradgenWarning")
@pytest.mark.parametrize("form", [float, np.array, np.atleast_1d], ids=lambda f: f.__name__)
@pytest.mark.parametrize(("call", "at", "partials"), EDGES)
def test_edges(call: str, at: tuple, partials: tuple, form: type) -> None:
    if form is np.atleast_1d and "np.array" in call:
        pytest.skip("a call of numbers")
    names = ("p", "o", "u")[: len(at)]
    loss = loss_of(f"scipy.special.{call}", names)
    got = gradgen.grad(loss, argnums=tuple(range(len(at))))(*map(form, at))
    for one, expected in zip(got, partials, strict=True):
        np.testing.assert_allclose(np.ravel(one)[0] / np.cos(1.0), expected, 1e-12)


DENSITIES = [
    ("expon.logpdf(p)", 0.0, -1.0),
    ("expon.logpdf(p)", -0.1, 0.0),
    ("uniform.logpdf(p)", 1.5, 0.0),
    ("gamma.logpdf(p, 2.0)", -1.0, 0.0),
    ("gamma.pdf(p, 2.0)", -1.0, 0.0),
    ("beta.logpdf(p, 2.0, 3.0)", 1.5, 0.0),
    ("pareto.logpdf(p, 2.0)", 0.5, 0.0),
    ("laplace.logpdf(p)", 0.0, 0.0),
    ("truncnorm.logpdf(p, -1.0, 1.0)", 2.0, 0.0),
    ("norm.logcdf(p)", -1e5, 1e5),
    ("poisson.logpmf(2, p)", 4.0, -0.5),
    ("poisson.logpmf(-1, p)", 4.0, 0.0),
    ("poisson.pmf(1.5, p)", 4.0, 0.0),
]


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.filterwarnings("ignore::gradgen.GradgenWarning")
@pytest.mark.parametrize(("call", "at", "partial"), DENSITIES)
def test_support(call: str, at: float, partial: float) -> None:
    loss = loss_of(f"scipy.stats.{call}", ("p",))
    np.testing.assert_allclose(gradgen.grad(loss)(at) / np.cos(1.0), partial, 1e-9)
