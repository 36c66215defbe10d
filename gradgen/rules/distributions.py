"""Probability distributions of ``scipy.stats``: a table of log densities by their derivatives.

What follows from a density is the same for all of them, and in ``rules.densities``.  Formulas are
in ``z = (x - loc) / scale``, the shape parameters by their names, what ``let`` defines, and for
the cumulative ones in ``F``, the probability of less.
"""

from __future__ import annotations

from dataclasses import field

from gradgen.dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Continuous:
    """A continuous distribution of standard form, to be moved and stretched.

    ``density`` is the log density, from which SymPy proves the others (``tests/rules``): ``score``
    is the derivative of the log density by ``z``, ``by_scale`` what ``scale`` gives for
    ``scale=1``, ``shapes`` the derivatives by the shape parameters, ``cumulative`` those of the
    probability where there is a closed form, and ``inside`` says where the density is not zero.
    ``hazard`` is the derivative of the log probability of less, where the quotient of densities
    loses digits.  ``at`` are arguments for samples: the letter of ``x``, shapes, place and scale.
    Of what is rarely used, there is one for each function: its ``calls`` are ``few``.
    """

    name: str
    density: str
    score: str
    by_scale: str
    at: tuple[str, str, str]
    shapes: dict[str, str] = field(default_factory=dict)
    inside: str = ""
    let: dict[str, str] = field(default_factory=dict)
    cumulative: dict[str, str] = field(default_factory=dict)
    hazard: str = ""
    calls: str = "all"


@dataclass(frozen=True, slots=True)
class Discrete:
    """A distribution of counts, which have no derivative: ``shapes`` by the parameters in ``k``.

    None stands for a parameter that is a count, too.  ``density`` is the log of a probability.
    """

    name: str
    density: str
    shapes: dict[str, str | None]
    at: tuple[str, str]
    cumulative: dict[str, str] = field(default_factory=dict)


POSITIVE = ("p", "", "x - 2.0, p")

_F_SHIFT = (  # the density of "f" times z
    "exp(xlogy(0.5 * dfn, dfn * z / s) + 0.5 * dfd * log(dfd / s) - betaln(0.5 * dfn, 0.5 * dfd))"
)

# A table: an entry is read along its lines.
# fmt: off
CONTINUOUS = [
    Continuous("norm", "-0.5 * z * z - 0.5 * log(2.0 * pi)",
               "-z", "z * z - 1.0", ("x", "", "y, p"), hazard="_normal_hazard(z)"),
    Continuous("cauchy", "-log(pi) - log(1.0 + z * z)",
               "-2.0 * z / (1.0 + z * z)", "(z * z - 1.0) / (1.0 + z * z)",
               ("x", "", "y, p")),
    Continuous("laplace", "-abs(z) - log(2.0)",
               "-sign(z)", "abs(z) - 1.0", ("x", "", "y, p")),
    Continuous("logistic", "-z - 2.0 * log(1.0 + exp(-z))",
               "-tanh(0.5 * z)", "z * tanh(0.5 * z) - 1.0", ("x", "", "y, p")),
    Continuous("gumbel_r", "-z - exp(-z)",
               "exp(-z) - 1.0", "z * (1.0 - exp(-z)) - 1.0", ("x", "", "y, p")),
    Continuous("gumbel_l", "z - exp(z)",
               "1.0 - exp(z)", "z * (exp(z) - 1.0) - 1.0", ("x", "", "y, p")),
    Continuous("expon", "-z",
               "-1.0", "z - 1.0", POSITIVE, inside="z >= 0.0"),
    Continuous("halfnorm", "0.5 * log(2.0 / pi) - 0.5 * z * z",
               "-z", "z * z - 1.0", POSITIVE, inside="z >= 0.0"),
    Continuous("rayleigh", "log(z) - 0.5 * z * z",
               "1.0 / z - z", "z * z - 2.0", POSITIVE, inside="z > 0.0"),
    Continuous("uniform", "0.0",
               "0.0", "-1.0", ("u", "", "x, 3.0 * p"),
               inside="(z >= 0.0) & (z <= 1.0)"),
    Continuous("gamma", "(a - 1.0) * log(z) - z - loggamma(a)",
               "(a - 1.0) / z - 1.0", "z - a", ("p", "o", "x - 2.0, p"),
               {"a": "log(z) - psi(a)"}, "z > 0.0",
               cumulative={"a": "_gammainc_slope(a, z)"}),
    Continuous("invgamma", "-(a + 1.0) * log(z) - 1.0 / z - loggamma(a)",
               "(1.0 / z - a - 1.0) / z", "a - 1.0 / z", ("p", "o", "x - 2.0, p"),
               {"a": "-log(z) - psi(a)"}, "z > 0.0",
               cumulative={"a": "-_gammainc_slope(a, 1.0 / z)"}),
    Continuous("chi2", "(0.5 * df - 1.0) * log(z) - 0.5 * z - 0.5 * df * log(2.0) "
               "- loggamma(0.5 * df)",
               "(0.5 * df - 1.0) / z - 0.5", "0.5 * (z - df)", ("p", "o", "x - 2.0, p"),
               {"df": "0.5 * (log(0.5 * z) - psi(0.5 * df))"}, "z > 0.0",
               cumulative={"df": "0.5 * _gammainc_slope(0.5 * df, 0.5 * z)"}),
    Continuous("beta", "(a - 1.0) * log(z) + (b - 1.0) * log(1.0 - z) - betaln(a, b)",
               "(a - 1.0) / z - (b - 1.0) / (1.0 - z)", "(b - 1.0) * z / (1.0 - z) - a",
               ("u", "o, p", "x, 3.0 * p"),
               {"a": "log(z) - psi(a) + psi(a + b)", "b": "log1p(-z) - psi(b) + psi(a + b)"},
               "(z > 0.0) & (z < 1.0)",
               cumulative={"a": "_betainc_slope(a, b, z, 1.0 - z)",
                           "b": "-_betainc_slope(b, a, 1.0 - z, z)"}),
    Continuous("t", "-0.5 * (df + 1.0) * log(1.0 + z * z / df) - 0.5 * log(df) "
               "- betaln(0.5, 0.5 * df)",
               "-(df + 1.0) * z / (df + z * z)", "(df + 1.0) * z * z / (df + z * z) - 1.0",
               ("x", "o", "y, p"),
               {"df": "0.5 * (psi(0.5 * df + 0.5) - psi(0.5 * df) - log1p(z * z / df) "
                      "+ (z * z - 1.0) / (df + z * z))"},
               cumulative={"df": "_stdtr_slope(df, z)"}),
    Continuous("lognorm", "-0.5 * log(z) * log(z) / (s * s) - log(s * z) - 0.5 * log(2.0 * pi)",
               "-(1.0 + u / (s * s)) / z", "u / (s * s)", ("p", "o", "x - 2.0, p"),
               {"s": "(u * u / (s * s) - 1.0) / s"}, "z > 0.0", {"u": "log(z)"},
               {"s": "-0.3989422804014327 * u / (s * s) * exp(-0.5 * u * u / (s * s))"}),
    Continuous("weibull_min", "log(c) + (c - 1.0) * log(z) - z**c",
               "(c - 1.0 - c * w) / z", "c * (w - 1.0)", ("p", "o", "x - 2.0, p"),
               {"c": "1.0 / c + u * (1.0 - w)"}, "z > 0.0",
               {"u": "log(z)", "w": "exp(c * u)"}, {"c": "u * w * exp(-w)"}),
    Continuous("pareto", "log(b) - (b + 1.0) * log(z)",
               "-(b + 1.0) / z", "b", ("o", "p", "x - 2.0, 0.5 * p"),
               {"b": "1.0 / b - log(z)"}, "z >= 1.0",
               cumulative={"b": "log(z) * exp(-b * log(z))"}),
    Continuous("vonmises", "kappa * cos(z) - log(2.0 * pi * iv(0, kappa))",
               "-kappa * sin(z)", "kappa * z * sin(z) - 1.0", ("x", "o", "y, p"),
               {"kappa": "cos(z) - i1e(kappa) / i0e(kappa)"}),
    Continuous("skewnorm", "-0.5 * z * z - 0.5 * log(0.5 * pi) + log(ndtr(a * z))",
               "a * h - z", "z * z - 1.0 - a * z * h", ("x", "y", "y, p"),
               {"a": "z * h"}, let={"h": "_normal_hazard(a * z)"},
               cumulative={"a": "-exp(-0.5 * z * z * (1.0 + a * a)) / (pi * (1.0 + a * a))"}),
    Continuous("truncnorm", "-0.5 * z * z - 0.5 * log(2.0 * pi) - log(ndtr(b) - ndtr(a))",
               "-z", "z * z - 1.0", ("c", "-o, p", "x, p"),
               {"a": "low", "b": "-high"}, "(z >= a) & (z <= b)",
               {"low": "scipy.stats.truncnorm.pdf(a, a, b, 0, 1)",
                "high": "scipy.stats.truncnorm.pdf(b, a, b, 0, 1)"},
               {"a": "low * (F - 1.0)", "b": "-high * F"}),
    Continuous("maxwell", "0.5 * log(2.0 / pi) + 2.0 * log(z) - 0.5 * z * z",
               "2.0 / z - z", "z * z - 3.0", POSITIVE, inside="z > 0.0", calls="few"),
    Continuous("halfcauchy", "log(2.0 / pi) - log(1.0 + z * z)",
               "-2.0 * z / (1.0 + z * z)", "(z * z - 1.0) / (1.0 + z * z)", POSITIVE,
               inside="z >= 0.0", calls="few"),
    Continuous("hypsecant", "-log(pi) - log(cosh(z))",
               "-tanh(z)", "z * tanh(z) - 1.0", ("x", "", "y, p"), calls="few"),
    Continuous("moyal", "-0.5 * (z + exp(-z)) - 0.5 * log(2.0 * pi)",
               "0.5 * (exp(-z) - 1.0)", "0.5 * z * (1.0 - exp(-z)) - 1.0", ("x", "", "y, p"),
               calls="few"),
    Continuous("levy", "-0.5 * log(2.0 * pi) - 1.5 * log(z) - 0.5 / z",
               "(0.5 / z - 1.5) / z", "0.5 - 0.5 / z", POSITIVE, inside="z > 0.0", calls="few"),
    Continuous("wald", "-0.5 * log(2.0 * pi) - 1.5 * log(z) - 0.5 * (z - 1.0) * (z - 1.0) / z",
               "0.5 / (z * z) - 1.5 / z - 0.5", "0.5 * (1.0 + z - 1.0 / z)", POSITIVE,
               inside="z > 0.0", calls="few"),
    Continuous("chi", "(df - 1.0) * log(z) - 0.5 * z * z - (0.5 * df - 1.0) * log(2.0) "
               "- loggamma(0.5 * df)",
               "(df - 1.0) / z - z", "z * z - df", ("p", "o", "x - 2.0, p"),
               {"df": "log(z) - 0.5 * log(2.0) - 0.5 * psi(0.5 * df)"}, "z > 0.0",
               cumulative={"df": "0.5 * _gammainc_slope(0.5 * df, 0.5 * z * z)"}, calls="few"),
    Continuous("nakagami", "log(2.0) + nu * log(nu) - loggamma(nu) + (2.0 * nu - 1.0) * log(z) "
               "- nu * z * z",
               "(2.0 * nu - 1.0) / z - 2.0 * nu * z", "2.0 * nu * (z * z - 1.0)",
               ("p", "o", "x - 2.0, p"),
               {"nu": "log(nu) + 1.0 - psi(nu) + 2.0 * log(z) - z * z"}, "z > 0.0",
               cumulative={"nu": "_gammainc_slope(nu, nu * z * z) + z * z * exp(xlogy(nu - 1.0, "
                                 "nu * z * z) - nu * z * z - loggamma(nu))"}, calls="few"),
    Continuous("loggamma", "c * z - exp(z) - loggamma(c)",
               "c - exp(z)", "z * (exp(z) - c) - 1.0", ("x", "o", "y, p"),
               {"c": "z - psi(c)"}, cumulative={"c": "_gammainc_slope(c, exp(z))"}, calls="few"),
    Continuous("invgauss", "-0.5 * log(2.0 * pi) - 1.5 * log(z) "
               "- 0.5 * (z - mu) * (z - mu) / (z * mu * mu)",
               "(0.5 / z - 1.5) / z - 0.5 / (mu * mu)", "0.5 * (1.0 + z / (mu * mu) - 1.0 / z)",
               ("p", "o", "x - 2.0, p"), {"mu": "(z - mu) / (mu * mu * mu)"}, "z > 0.0",
               cumulative={"mu": "-2.0 / (mu * mu) "
                                 "* exp(2.0 / mu + log_ndtr(-(z / mu + 1.0) / sqrt(z)))"},
               calls="few"),
    Continuous("fisk", "log(c) + (c - 1.0) * log(z) - 2.0 * log(1.0 + z**c)",
               "(c - 1.0 - 2.0 * c * h) / z", "c * (2.0 * h - 1.0)", ("p", "o", "x - 2.0, p"),
               {"c": "1.0 / c + u * (1.0 - 2.0 * h)"}, "z > 0.0",
               {"u": "log(z)", "h": "1.0 / (1.0 + exp(-c * u))"}, {"c": "u * h * (1.0 - h)"},
               calls="few"),
    Continuous("lomax", "log(c) - (c + 1.0) * log(1.0 + z)",
               "-(c + 1.0) / (1.0 + z)", "(c * z - 1.0) / (1.0 + z)", ("p", "o", "x - 2.0, p"),
               {"c": "1.0 / c - log1p(z)"}, "z >= 0.0",
               cumulative={"c": "log1p(z) * exp(-c * log1p(z))"}, calls="few"),
    Continuous("powerlaw", "log(a) + (a - 1.0) * log(z)",
               "(a - 1.0) / z", "-a", ("u", "o", "x, 3.0 * p"), {"a": "1.0 / a + log(z)"},
               "(z > 0.0) & (z <= 1.0)", cumulative={"a": "log(z) * exp(a * log(z))"}, calls="few"),
    Continuous("gompertz", "log(c) + z - c * (exp(z) - 1.0)",
               "1.0 - c * exp(z)", "z * (c * exp(z) - 1.0) - 1.0", ("p", "o", "x - 2.0, 3.0 * p"),
               {"c": "1.0 / c - expm1(z)"}, "z >= 0.0",
               cumulative={"c": "expm1(z) * exp(-c * expm1(z))"}, calls="few"),
    Continuous("invweibull", "log(c) - (c + 1.0) * log(z) - z**(-c)",
               "(c * w - c - 1.0) / z", "c * (1.0 - w)", ("p", "o", "x - 2.0, p"),
               {"c": "1.0 / c + u * (w - 1.0)"}, "z > 0.0",
               {"u": "log(z)", "w": "exp(-c * u)"}, {"c": "u * w * exp(-w)"}, calls="few"),
    Continuous("betaprime", "(a - 1.0) * log(z) - (a + b) * log(1.0 + z) - betaln(a, b)",
               "(a - 1.0) / z - (a + b) / (1.0 + z)", "(a + b) * z / (1.0 + z) - a",
               ("p", "o, p", "x - 2.0, p"),
               {"a": "log(z) - log1p(z) - psi(a) + psi(a + b)",
                "b": "psi(a + b) - psi(b) - log1p(z)"}, "z > 0.0",
               cumulative={"a": "_betainc_slope(a, b, z / (1.0 + z), 1.0 / (1.0 + z))",
                           "b": "-_betainc_slope(b, a, 1.0 / (1.0 + z), z / (1.0 + z))"},
               calls="few"),
    Continuous("f", "0.5 * dfn * log(dfn) + 0.5 * dfd * log(dfd) + (0.5 * dfn - 1.0) * log(z) "
               "- 0.5 * (dfn + dfd) * log(dfd + dfn * z) - betaln(0.5 * dfn, 0.5 * dfd)",
               "(0.5 * dfn - 1.0) / z - 0.5 * (dfn + dfd) * dfn / s",
               "0.5 * (dfn + dfd) * dfn * z / s - 0.5 * dfn", ("p", "o, p", "x - 2.0, p"),
               {"dfn": "0.5 * (log(dfn * z / s) + 1.0 - (dfn + dfd) * z / s - psi(0.5 * dfn) "
                       "+ psi(0.5 * (dfn + dfd)))",
                "dfd": "0.5 * (log(dfd / s) + 1.0 - (dfn + dfd) / s - psi(0.5 * dfd) "
                       "+ psi(0.5 * (dfn + dfd)))"}, "z > 0.0", {"s": "dfd + dfn * z"},
               {"dfn": "0.5 * _betainc_slope(0.5 * dfn, 0.5 * dfd, dfn * z / s, dfd / s) "
                       f"+ {_F_SHIFT} / dfn",
                "dfd": "-0.5 * _betainc_slope(0.5 * dfd, 0.5 * dfn, dfd / s, dfn * z / s) "
                       f"- {_F_SHIFT} / dfd"}, calls="few"),
    Continuous("johnsonsu", "log(b) - 0.5 * log(2.0 * pi) - 0.5 * log(1.0 + z * z) "
               "- 0.5 * (a + b * arcsinh(z)) * (a + b * arcsinh(z))",
               "-r * b / sqrt(1.0 + z * z) - z / (1.0 + z * z)",
               "z * r * b / sqrt(1.0 + z * z) - 1.0 / (1.0 + z * z)", ("x", "y, p", "y, p"),
               {"a": "-r", "b": "1.0 / b - r * v"},
               let={"v": "arcsinh(z)", "r": "a + b * v"},
               cumulative={"a": "0.3989422804014327 * exp(-0.5 * r * r)",
                           "b": "0.3989422804014327 * v * exp(-0.5 * r * r)"}, calls="few"),
]
DISCRETE = [
    Discrete("bernoulli", "k * log(p) + (1.0 - k) * log(1.0 - p)",
             {"p": "k / p - (1.0 - k) / (1.0 - p)"}, ("k3", "u")),
    Discrete("binom", "k * log(p) + (n - k) * log(1.0 - p) + loggamma(n + 1.0) "
             "- loggamma(k + 1.0) - loggamma(n - k + 1.0)",
             {"n": None, "p": "k / p - (n - k) / (1.0 - p)"}, ("j3", "5, u"),
             {"p": "-n * scipy.stats.binom.pmf(floor(k), n - 1, p, 0)"}),
    Discrete("poisson", "k * log(mu) - mu - loggamma(k + 1.0)",
             {"mu": "k / mu - 1.0"}, ("j3", "p"),
             {"mu": "-scipy.stats.poisson.pmf(floor(k), mu, 0)"}),
    Discrete("geom", "log(p) + (k - 1.0) * log(1.0 - p)",
             {"p": "1.0 / p - (k - 1.0) / (1.0 - p)"}, ("j3", "u"),
             {"p": "floor(k) * exp((floor(k) - 1.0) * log1p(-p))"}),
    Discrete("nbinom", "n * log(p) + k * log(1.0 - p) + loggamma(k + n) "
             "- loggamma(k + 1.0) - loggamma(n)",
             {"n": "psi(k + n) - psi(n) + log(p)", "p": "n / p - k / (1.0 - p)"},
             ("j3", "o, u"),
             {"n": "_betainc_slope(n, floor(k) + 1.0, p, 1.0 - p)",
              "p": "exp((n - 1.0) * log(p) + floor(k) * log1p(-p) - betaln(n, floor(k) + 1.0))"}),
]
# fmt: on
