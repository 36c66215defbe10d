"""Moments of the distributions of ``scipy.stats``: mean, variance, deviation and entropy.

A table of their derivatives by the shape parameters, for the distribution in standard form (N. L.
Johnson, S. Kotz, N. Balakrishnan, "Continuous Univariate Distributions"); by place and scale they
are the same for all.
"""

from __future__ import annotations

from dataclasses import field

from gradgen.dataclass import dataclass
from gradgen.diff.algebra import Algebra
from gradgen.diff.formulas import emit_expression
from gradgen.ir.nodes import Const, Op, Value
from gradgen.rules.densities import FLOAT, HOLD, vjp
from gradgen.rules.distributions import CONTINUOUS, DISCRETE
from gradgen.rules.registry import rule


@dataclass(frozen=True, slots=True)
class Moments:
    """Derivatives by the shape parameters, by name; ``at`` are arguments for the samples."""

    at: str
    mean: dict[str, str] = field(default_factory=dict)
    var: dict[str, str] = field(default_factory=dict)
    entropy: dict[str, str] = field(default_factory=dict)


_POLE = "where({0} > {1}, {2}, 0.0)"  # a moment that is infinite has no derivative

# fmt: off
MOMENTS = {
    "gamma": Moments("o", {"a": "1.0"}, {"a": "1.0"}, {"a": "1.0 + (1.0 - a) * polygamma(1, a)"}),
    "chi2": Moments("o", {"df": "1.0"}, {"df": "2.0"},
                    {"df": "0.5 + (0.5 - 0.25 * df) * polygamma(1, 0.5 * df)"}),
    "beta": Moments("o, p", {"a": "b / (a + b) ** 2", "b": "-a / (a + b) ** 2"},
                    {"a": "y * (1.0 / a - 2.0 / (a + b) - 1.0 / (a + b + 1.0))",
                     "b": "y * (1.0 / b - 2.0 / (a + b) - 1.0 / (a + b + 1.0))"},
                    {"a": "(a + b - 2.0) * polygamma(1, a + b) - (a - 1.0) * polygamma(1, a)",
                     "b": "(a + b - 2.0) * polygamma(1, a + b) - (b - 1.0) * polygamma(1, b)"}),
    "t": Moments("2.0 + o", {"df": "0.0"},
                 {"df": _POLE.format("df", "2.0", "-2.0 / (df - 2.0) ** 2")},
                 {"df": "0.25 * (df + 1.0) * (polygamma(1, 0.5 * df + 0.5) "
                        "- polygamma(1, 0.5 * df)) + 0.5 / df"}),
    "lognorm": Moments("o", {"s": "s * y"},
                       {"s": "2.0 * s * exp(s * s) * (2.0 * exp(s * s) - 1.0)"}, {"s": "1.0 / s"}),
    "invgamma": Moments("2.0 + o", {"a": _POLE.format("a", "1.0", "-1.0 / (a - 1.0) ** 2")},
                        {"a": _POLE.format("a", "2.0", "-y * (2.0 / (a - 1.0) + 1.0 / (a - 2.0))")},
                        {"a": "1.0 - (a + 1.0) * polygamma(1, a)"}),
    "pareto": Moments("2.0 + o", {"b": _POLE.format("b", "1.0", "-1.0 / (b - 1.0) ** 2")},
                      {"b": _POLE.format("b", "2.0",
                                         "y * (1.0 / b - 2.0 / (b - 1.0) - 1.0 / (b - 2.0))")},
                      {"b": "-1.0 / (b * b) - 1.0 / b"}),
    "weibull_min": Moments("o", {"c": "-y * psi(1.0 + 1.0 / c) / (c * c)"},
                           {"c": "2.0 * (gamma(1.0 + 1.0 / c) ** 2 * psi(1.0 + 1.0 / c) "
                                 "- gamma(1.0 + 2.0 / c) * psi(1.0 + 2.0 / c)) / (c * c)"},
                           {"c": "0.5772156649015329 / (c * c) - 1.0 / c"}),
}
COUNTS = {
    "bernoulli": Moments("u", {"p": "1.0"}, {"p": "1.0 - 2.0 * p"}, {"p": "log1p(-p) - log(p)"}),
    "binom": Moments("5, u", {"p": "n"}, {"p": "n * (1.0 - 2.0 * p)"}),
    "poisson": Moments("p", {"mu": "1.0"}, {"mu": "1.0"}),
    "geom": Moments("u", {"p": "-1.0 / (p * p)"}, {"p": "(p - 2.0) / p ** 3"}),
    "nbinom": Moments("o, u", {"n": "(1.0 - p) / p", "p": "-n / (p * p)"},
                      {"n": "(1.0 - p) / (p * p)", "p": "n * (p - 2.0) / p ** 3"}),
}
# fmt: on
KINDS = ("mean", "var", "std", "entropy")


def moment_vjp(
    slopes: dict[str, str], kind: str, shapes: list[str], alg: Algebra, op: Op, g: Value, i: int
) -> Value:
    """Return the share of a shape parameter, of the place or of the scale."""
    loc = op.inputs[len(shapes)]
    scale = op.inputs[len(shapes) + 1] if len(op.inputs) > len(shapes) + 1 else Const(1.0)
    names = {"y": op.out, "loc": loc, "scale": scale}
    if i >= len(shapes):
        place = i == len(shapes)
        by_place = "1.0" if kind == "mean" else "0.0"
        by_scale = {"mean": "(y - loc) / scale", "entropy": "1.0 / scale", "var": "2.0 * y / scale"}
        text = by_place if place else by_scale.get(kind, "y / scale")
        return alg.mul(g, emit_expression(alg, text, names))
    if shapes[i] not in slopes:
        alg.refuse(op, f"{op.prim} by its argument {shapes[i]!r}", HOLD)
    # The table is of the standard form: so is its value there.
    standard = {"mean": "(y - loc) / scale", "var": "y / (scale * scale)",
                "std": "(y / scale) * (y / scale)"}  # fmt: skip
    names["y"] = emit_expression(alg, standard.get(kind, "y"), names)
    names |= dict(zip(shapes, op.inputs, strict=False))
    slope = emit_expression(alg, slopes[shapes[i]], names)
    stretch = {"mean": "scale", "var": "scale * scale", "std": "0.5 * scale * scale / y"}
    if kind in stretch:
        names["y"] = op.out
        slope = alg.mul(slope, emit_expression(alg, stretch[kind], names))
    return alg.mul(g, slope)


def enter(name: str, shapes: list[str], of: Moments, place: str, forms: tuple[str, ...]) -> None:
    """Enter the moments of one distribution."""
    for k, kind in enumerate(KINDS):
        slopes = of.var if kind == "std" else getattr(of, kind)
        if shapes and not slopes:
            continue
        call = f"scipy.stats.{name}.{kind}"
        rule(call, FLOAT, elementwise=True, callables=[call],
             params=", ".join([*shapes, place]), vjp=vjp(moment_vjp, slopes, kind, shapes),
             samples=tuple(f"{call}({form})" for form in forms[k % 2 :: 2]))  # fmt: skip


def _joined(*parts: str) -> str:
    return ", ".join(p for p in parts if p)


for _continuous in CONTINUOUS:
    if not _continuous.shapes or _continuous.name in MOMENTS:
        _of = MOMENTS.get(_continuous.name, Moments(""))
        _forms = (_joined(_of.at, "y, p"), _joined(_of.at, "x3, scale=p3"))
        without_mean = _continuous.name in ("cauchy", "levy", "halfcauchy")
        enter(_continuous.name, list(_continuous.shapes), _of, "loc?=0, scale?=1",
              () if without_mean else _forms)  # fmt: skip
for _discrete in DISCRETE:
    _of = COUNTS[_discrete.name]
    _forms = (_of.at, _joined(_of.at, "loc=2"))
    enter(_discrete.name, list(_discrete.shapes), _of, "loc?=0", _forms)
