"""What the special functions and the constants of formulas are to SymPy."""

from __future__ import annotations

from functools import cache
from typing import Any


@cache
def special_functions() -> dict[str, Any]:
    """Return special functions by the names that formulas have for them."""
    import sympy as s

    families = (_powers, _normal, _gammas, _bessels, _hypergeometric, _masses)
    return {name: value for family in families for name, value in family(s).items()}


def _powers(s: Any) -> dict[str, Any]:
    """Return powers, exponentials, and the logistic function."""
    return {
        "expit": lambda x: 1 / (1 + s.exp(-x)),
        "expm1": lambda x: s.exp(x) - 1, "log1p": lambda x: s.log(1 + x),
        "exprel": lambda x: (s.exp(x) - 1) / x, "expint": s.expint, "ei": s.Ei,
        "xlogy": lambda x, y: x * s.log(y), "xlog1py": lambda x, y: x * s.log(1 + y),
        "polylog": s.polylog, "lambertw": s.LambertW, "isfinite": lambda x: s.true,
    }  # fmt: skip


def _normal(s: Any) -> dict[str, Any]:
    """Return errors, and the normal distribution."""

    def below(x: Any) -> Any:
        return s.erfc(-x / s.sqrt(2)) / 2

    def density(x: Any) -> Any:
        return s.exp(-(x**2) / 2) / s.sqrt(2 * s.pi)

    return {
        "erfc": s.erfc, "erfi": s.erfi, "erfinv": s.erfinv, "ndtr": below,
        "log_ndtr": lambda x: s.log(below(x)),
        "_normal_hazard": lambda z: density(z) / below(z),
        "scipy.stats.truncnorm.pdf": lambda x, a, b, *_: density(x) / (below(b) - below(a)),
    }  # fmt: skip


def _gammas(s: Any) -> dict[str, Any]:
    """Return the gamma function and its kin, and the slopes of integrals by their shapes."""
    return {
        "psi": lambda x: s.polygamma(0, x), "zeta": s.zeta, "betaln": _betaln,
        "gammaln": s.loggamma, "_rgamma_slope": lambda x: -s.polygamma(0, x) / s.gamma(x),
        "lowergamma": s.lowergamma, "uppergamma": s.uppergamma,
        "incomplete_beta": lambda a, b, x: x**a * s.hyper([a, 1 - b], [a + 1], x) / a,
        "_gammainc_slope": _gamma_slope(s), "_betainc_slope": _beta_slope(s),
        "_stdtr_slope": _student_slope(s),
    }  # fmt: skip


def _betaln(a: Any, b: Any) -> Any:
    import sympy as s

    return s.loggamma(a) + s.loggamma(b) - s.loggamma(a + b)


def _gamma_slope(s: Any) -> Any:
    class GammaSlope(s.Function):  # type: ignore[misc]
        """The derivative of an incomplete gamma function by its shape, by its own derivative."""

        def fdiff(self, argindex: int = 2) -> Any:
            a, x = self.args
            assert argindex == 2
            density = s.exp((a - 1) * s.log(x) - x - s.loggamma(a))
            return density * (s.log(x) - s.polygamma(0, a))

    return GammaSlope


def _beta_slope(s: Any) -> Any:
    import mpmath

    class BetaSlope(s.Function):  # type: ignore[misc]
        """The same of an incomplete beta function; the last argument is one less the third."""

        def fdiff(self, argindex: int = 3) -> Any:
            a, b, x, y = self.args
            assert argindex > 2
            density = s.exp((a - 1) * s.log(x) + (b - 1) * s.log(y) - _betaln(a, b))
            slope = s.log(x) - s.polygamma(0, a) + s.polygamma(0, a + b)
            return density * slope if argindex == 3 else s.Integer(0)

        def _eval_evalf(self, prec: int) -> Any:
            with mpmath.workprec(3 * min(prec, 200)):  # more would take minutes
                a, b, x, _ = (v._to_mpmath(600) for v in self.args)
                slope = mpmath.diff(lambda t: mpmath.betainc(t, b, 0, x, regularized=True), a)
            return s.Float(slope, precision=prec)

    return BetaSlope


def _student_slope(s: Any) -> Any:
    import mpmath

    def below(n: Any, t: Any) -> Any:
        area = mpmath.betainc(n / 2, 0.5, n / (n + t * t), 1, regularized=True)
        return (1 + mpmath.sign(t) * area) / 2

    class StudentSlope(s.Function):  # type: ignore[misc]
        """The same of Student's distribution by its degrees of freedom."""

        def fdiff(self, argindex: int = 2) -> Any:
            n, t = self.args
            assert argindex == 2
            scale = s.exp(-_betaln(s.Rational(1, 2), n / 2)) / s.sqrt(n)
            return s.diff(scale * (1 + t**2 / n) ** (-(n + 1) / 2), n)

        def _eval_evalf(self, prec: int) -> Any:
            with mpmath.workprec(3 * min(prec, 200)):
                n, t = (v._to_mpmath(600) for v in self.args)
                slope = mpmath.diff(lambda m: below(m, t), n)
            return s.Float(slope, precision=prec)

    return StudentSlope


def _bessels(s: Any) -> dict[str, Any]:
    """Return Bessel functions."""
    return {
        "besselj": s.besselj, "bessely": s.bessely, "besselk": s.besselk,
        "jv": s.besselj, "yv": s.bessely, "iv": s.besseli, "kv": s.besselk,
        "j0": lambda x: s.besselj(0, x), "j1": lambda x: s.besselj(1, x),
        "y0": lambda x: s.bessely(0, x), "y1": lambda x: s.bessely(1, x),
        "k0": lambda x: s.besselk(0, x),
        "k1": lambda x: s.besselk(1, x), "i1": lambda x: s.besseli(1, x),
        "special.i0": lambda x: s.besseli(0, x),
        "ive": lambda n, x: s.exp(-s.Abs(x)) * s.besseli(n, x),
        "kve": lambda n, x: s.exp(x) * s.besselk(n, x),
        "i0e": lambda x: s.exp(-s.Abs(x)) * s.besseli(0, x),
        "i1e": lambda x: s.exp(-s.Abs(x)) * s.besseli(1, x),
        "k0e": lambda x: s.exp(x) * s.besselk(0, x), "k1e": lambda x: s.exp(x) * s.besselk(1, x),
    }  # fmt: skip


def _hypergeometric(s: Any) -> dict[str, Any]:
    """Return elliptic and hypergeometric functions."""
    return {
        "elliptic_k": s.elliptic_k, "elliptic_f": s.elliptic_f, "elliptic_e": s.elliptic_e,
        "hyp0f1": lambda b, x: s.hyper([], [b], x),
        "hyp1f1": lambda a, b, x: s.hyper([a], [b], x),
        "hyp2f1": lambda a, b, c, x: s.hyper([a, b], [c], x),
    }  # fmt: skip


def _masses(s: Any) -> dict[str, Any]:
    """Return the probabilities of whole numbers that formulas ask for."""
    return {
        "scipy.stats.poisson.pmf": lambda k, mu, *_: mu**k * s.exp(-mu) / s.gamma(k + 1),
        "scipy.stats.binom.pmf": lambda k, n, p, *_: s.binomial(n, k) * p**k * (1 - p) ** (n - k),
    }  # fmt: skip


@cache
def constants() -> dict[float, Any]:
    """Return the numbers of formulas that stand for others, rounded: ``2 / sqrt(pi)`` is one."""
    import sympy as s

    root = s.sqrt(s.pi)
    known = [
        2 / root, root / 2, 1 / s.sqrt(2 * s.pi), s.sqrt(2 * s.pi), s.pi / 8, 1 / s.sqrt(2),
        s.sqrt(2 / s.pi), 1 / (2 * s.pi), 1 / (2 * s.sqrt(2 * s.pi)),
    ]  # fmt: skip
    return {round(float(value), 14): value for value in known}
