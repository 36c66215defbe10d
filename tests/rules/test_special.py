"""Special functions against mpmath with 50 digits, and derivatives that have no closed form."""

from __future__ import annotations

from typing import Any

import mpmath
import numpy as np
import pytest
import scipy.special

import gradgen
from tests.rules.samples import loss_of

POSITIVE = (1e-12, 1e-5, 0.02, 0.7, 1.0, 2.5, 9.0, 31.0, 140.0)
ALL = (*POSITIVE, *(-p for p in POSITIVE))
SMALL = tuple(x for x in ALL if abs(x) < 20)
UNIT = (1e-12, 1e-6, 0.02, 0.3, 0.5, 0.8, 0.97, 1 - 1e-7)


def inverse(function: Any, start: Any) -> Any:
    return lambda x: mpmath.findroot(lambda t: function(t) - x, start(x))


def phi(x: Any) -> Any:
    return mpmath.erfc(-x / mpmath.sqrt(2)) / 2


# A function, what it is in mathematics, and where it is tried.
ONE: dict[str, tuple[Any, tuple[float, ...]]] = {
    "erf": (mpmath.erf, SMALL),
    "erfc": (mpmath.erfc, SMALL),
    "erfi": (mpmath.erfi, SMALL),
    "dawsn": (lambda x: mpmath.sqrt(mpmath.pi) / 2 * mpmath.exp(-x * x) * mpmath.erfi(x), SMALL),
    "erfinv": (mpmath.erfinv, UNIT),
    "ndtr": (phi, SMALL),
    "log_ndtr": (lambda x: mpmath.log(phi(x)), (*SMALL, -40.0, -300.0, -1e5, 30.0)),
    "expit": (lambda x: 1 / (1 + mpmath.exp(-x)), ALL),
    "log_expit": (lambda x: -mpmath.log(1 + mpmath.exp(-x)), ALL),
    "softplus": (lambda x: mpmath.log(1 + mpmath.exp(x)), ALL),
    "logit": (lambda x: mpmath.log(x / (1 - x)), UNIT),
    "exprel": (lambda x: mpmath.expm1(x) / x, ALL),
    "cosm1": (lambda x: mpmath.cos(x) - 1, SMALL),
    "exp1": (mpmath.e1, POSITIVE),
    "expi": (mpmath.ei, SMALL),
    "entr": (lambda x: -x * mpmath.log(x), POSITIVE),
    "spence": (lambda x: mpmath.re(mpmath.polylog(2, 1 - x)), (*POSITIVE, 1 + 1e-9)),
    "gamma": (mpmath.gamma, (*POSITIVE, -0.5, -3.2)),
    "gammaln": (lambda x: mpmath.log(abs(mpmath.gamma(x))), (*POSITIVE, -0.5, -3.2)),
    "rgamma": (mpmath.rgamma, (*POSITIVE[:-1], -0.5, -1.0, -3.0, -3.2)),
    "psi": (mpmath.psi, ()),
    "i0": (lambda x: mpmath.besseli(0, x), ALL),
    "i1": (lambda x: mpmath.besseli(1, x), ALL),
    "j0": (lambda x: mpmath.besselj(0, x), SMALL),
    "j1": (lambda x: mpmath.besselj(1, x), SMALL),
    "y0": (lambda x: mpmath.bessely(0, x), POSITIVE[1:]),
    "k0": (lambda x: mpmath.besselk(0, x), POSITIVE),
    "k1": (lambda x: mpmath.besselk(1, x), POSITIVE),
    "ellipk": (mpmath.ellipk, (*UNIT, -1e-9, -3.0, -200.0)),
    "ellipe": (mpmath.ellipe, (*UNIT, -1e-9, -3.0, -200.0)),
}  # fmt: skip


def below_t(n: Any, t: Any) -> Any:
    """Return Student's distribution function."""
    area = mpmath.betainc(n / 2, 0.5, n / (n + t * t), 1, True)
    return (1 + mpmath.sign(t) * area) / 2


# The same of several arguments: the place that is differentiated, and points.
SEVERAL: list[tuple[str, Any, int, tuple[float, ...]]] = [
    ("boxcox", lambda x, p: mpmath.expm1(p * mpmath.log(x)) / p, 1, (2.5, 1e-9)),
    ("boxcox", lambda x, p: mpmath.expm1(p * mpmath.log(x)) / p, 1, (0.3, 4.0)),
    ("inv_boxcox", lambda y, p: mpmath.exp(mpmath.log1p(p * y) / p), 1, (0.7, 1e-10)),
    ("inv_boxcox", lambda y, p: mpmath.exp(mpmath.log1p(p * y) / p), 0, (0.7, 0.5)),
    ("pseudo_huber", lambda d, r: d**2 * (mpmath.sqrt(1 + (r / d) ** 2) - 1), 0, (1.3, 1e-4)),
    ("pseudo_huber", lambda d, r: d**2 * (mpmath.sqrt(1 + (r / d) ** 2) - 1), 1, (1.3, 1e6)),
    ("betainc", lambda a, b, x: mpmath.betainc(a, b, 0, x, True), 2, (2.5, 0.7, 1e-8)),
    ("betainc", lambda a, b, x: mpmath.betainc(a, b, 0, x, True), 2, (300.0, 200.0, 0.61)),
    ("gammainc", lambda a, x: mpmath.gammainc(a, 0, x, True), 1, (0.3, 1e-9)),
    ("gammainc", lambda a, x: mpmath.gammainc(a, 0, x, True), 1, (400.0, 390.0)),
    *(("gammainc", lambda a, x: mpmath.gammainc(a, 0, x, True), 0, at) for at in (
        (0.02, 1e-9), (0.3, 0.2), (0.3, 5.0), (4.0, 3.9), (7.0, 0.01), (90.0, 140.0))),
    ("gammaincc", lambda a, x: mpmath.gammainc(a, x, mpmath.inf, True), 0, (400.0, 390.0)),
    *(("betainc", lambda a, b, x: mpmath.betainc(a, b, 0, x, True), k, at) for k in (0, 1)
      for at in ((0.02, 0.3, 1e-9), (0.7, 1.5, 0.5), (1.5, 0.7, 0.5), (3.0, 0.5, 0.999),
                 (40.0, 60.0, 0.31), (0.7, 300.0, 0.01))),
    *(("stdtr", below_t, 0, at) for at in ((0.3, -4.0), (2.5, 1e-3), (7.0, 100.0), (40.0, 1.7))),
    ("ellipkinc", mpmath.ellipf, 1, (0.9, 1e-7)),
    ("ellipkinc", mpmath.ellipf, 1, (4.1, 0.6)),
    ("ellipeinc", mpmath.ellipe, 1, (0.9, -1e-7)),
    ("ellipeinc", mpmath.ellipe, 1, (4.1, 0.6)),
    ("kv", mpmath.besselk, 1, (2.5, 1e-3)),
    ("ive", lambda v, x: mpmath.exp(-abs(x)) * mpmath.besseli(v, x), 1, (1.5, 400.0)),
    ("hyp2f1", mpmath.hyp2f1, 3, (0.5, 1.5, 2.5, 0.999)),
    ("eval_legendre", mpmath.legendre, 1, (4.0, 1.0)),
    ("expn", mpmath.expint, 1, (1.0, 1e-6)),
    ("owens_t", lambda h, a: mpmath.quad(
        lambda t: mpmath.exp(-h * h * (1 + t * t) / 2) / (1 + t * t), [0, a]
    ) / (2 * mpmath.pi), 0, (2.0, 0.6)),
    ("agm", mpmath.agm, 0, (3.0, 3.0 + 1e-9)),
    ("binom", mpmath.binomial, 1, (5.0, 7.0)),
    ("binom", mpmath.binomial, 0, (2.0, 5.0)),
]  # fmt: skip


def gradient(name: str, at: tuple[float, ...], place: int) -> float:
    """Return the partial derivative that gradgen gives."""
    names = ("p", "o", "u", "c")[: len(at)]
    loss = loss_of(f"scipy.special.{name}({', '.join(names)})", names)
    return float(gradgen.grad(loss, argnums=place)(*at)) / float(np.cos(1.0))


def check(name: str, exact: Any, at: tuple[float, ...], place: int) -> None:
    with mpmath.workdps(50):
        numbers = [mpmath.mpf(x) for x in at]
        step = mpmath.mpf(10) ** -15 * max(abs(numbers[place]), mpmath.mpf(10) ** -6)
        sides = [
            exact(*(x + s * step if k == place else x for k, x in enumerate(numbers)))
            for s in (2, 1, -1, -2)
        ]
        slope = (8 * (sides[1] - sides[2]) - sides[0] + sides[3]) / (12 * step)
        expected = float(mpmath.re(slope))
    np.testing.assert_allclose(gradient(name, at, place), expected, 1e-9, 1e-14)


@pytest.mark.parametrize("name", ONE)
def test_one_argument(name: str) -> None:
    exact, places = ONE[name]
    for x in places:
        check(name, exact, (x,), 0)


@pytest.mark.parametrize(("name", "exact", "place", "at"), SEVERAL)
def test_several_arguments(name: str, exact: Any, place: int, at: tuple[float, ...]) -> None:
    check(name, exact, at, place)


def order(v, x):
    return scipy.special.kv(v, x)


def degree(x, n):
    return scipy.special.eval_hermite(n, x)


def test_no_closed_form() -> None:
    """An order is refused by its name, and may be a constant."""
    with pytest.raises(gradgen.UnsupportedError, match=r"by its argument .* closed form") as caught:
        gradgen.grad(order)(1.5, 0.7)
    assert "constant" in str(caught.value)
    assert gradgen.grad(order, argnums=1)(1.5, 0.7) != 0.0


def test_degree_as_argument() -> None:
    """A degree that comes as an int takes no derivative."""
    np.testing.assert_allclose(gradgen.grad(degree)(0.3, 3), 24 * 0.3**2 - 12)
