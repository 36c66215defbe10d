"""What the tables say of distributions, against SymPy: all of it follows from the log density."""

from __future__ import annotations

from typing import Any

import pytest
import sympy

from gradgen.diff.closed import to_sympy
from gradgen.rules.distributions import CONTINUOUS, DISCRETE, Continuous, Discrete

Z = sympy.Symbol("z", real=True)
# Numbers inside every support: of z, and of shapes by their names.
PLACES = [sympy.Rational(3, 7), sympy.Rational(2, 5)]
SHAPES = {
    "a": "1.7", "b": "2.3", "c": "1.4", "s": "0.8", "df": "3.1", "kappa": "1.9", "nu": "1.3",
    "mu": "0.9", "dfn": "3.7", "dfd": "5.2",
}  # fmt: skip
ENDS = {"a": "-1.2", "b": "1.3"}  # of the truncated normal distribution
NUMBERS = {"n": "5", "p": "0.3", "mu": "1.7"}


def values_of(law: Continuous) -> dict[str, Any]:
    """Return what the names of a distribution's formulas stand for."""
    values = {name: sympy.Symbol(name, real=True) for name in law.shapes} | {"z": Z}
    for name, formula in law.let.items():
        values[name] = to_sympy(formula, values)
    if law.name == "truncnorm":
        low, high, at = (to_sympy(f"ndtr({name})", values) for name in ("a", "b", "z"))
        values["F"] = (at - low) / (high - low)
    return values


def is_zero(difference: Any, law: Continuous, place: Any) -> bool:
    """Whether an expression is zero with 50 digits at a place."""
    place = place + 1 if law.name == "pareto" else place
    numbers = ENDS if law.name == "truncnorm" else SHAPES
    at = {Z: place} | {
        s: sympy.Rational(numbers[s.name]) for s in difference.free_symbols if s is not Z
    }
    return abs(sympy.N(difference.subs(at).doit(), 50, maxn=400)) < 1e-45


@pytest.mark.parametrize("place", PLACES, ids=str)
@pytest.mark.parametrize("law", CONTINUOUS, ids=lambda law: law.name)
def test_continuous(law: Continuous, place: Any) -> None:
    """Score, scale and shapes come from the log density, probabilities from its integral."""
    values = values_of(law)
    density = to_sympy(law.density, values)
    score = to_sympy(law.score, values)
    assert is_zero(score - density.diff(Z), law, place)
    assert is_zero(to_sympy(law.by_scale, values) + 1 + Z * score, law, place)
    for name, formula in law.shapes.items():
        slope = to_sympy(formula, values) - density.diff(values[name])
        assert is_zero(slope, law, place), name
    for name, formula in law.cumulative.items():
        slope = to_sympy(formula, values).diff(Z) - sympy.exp(density).diff(values[name])
        assert is_zero(slope, law, place), name


def test_hazard_of_the_normal_distribution() -> None:
    law = next(law for law in CONTINUOUS if law.hazard)
    less = to_sympy("log(ndtr(z))", {"z": Z})
    assert is_zero(to_sympy(law.hazard, {"z": Z}) - less.diff(Z), law, PLACES[0])


@pytest.mark.parametrize("law", DISCRETE, ids=lambda law: law.name)
def test_discrete(law: Discrete) -> None:
    """Shapes are derivatives of the log probability; those of sums are sums of derivatives."""
    first = 1 if law.name == "geom" else 0
    for name, formula in law.shapes.items():
        if formula is None:
            continue
        symbol = sympy.Symbol(name, positive=True)
        total = sympy.Integer(0)
        for k in range(first, 2 if law.name == "bernoulli" else 5):
            values = {n: sympy.Rational(NUMBERS[n]) for n in law.shapes}
            values |= {name: symbol, "k": sympy.Integer(k)}
            at = {symbol: sympy.Rational(NUMBERS[name])}
            log = to_sympy(law.density, values)
            slope = to_sympy(formula, values) - log.diff(symbol)
            assert abs(sympy.N(slope.subs(at), 50, maxn=400)) < 1e-45, (name, k)
            if name in law.cumulative:
                total += sympy.exp(log).diff(symbol)
                rest = total - to_sympy(law.cumulative[name], values)
                assert abs(sympy.N(rest.subs(at), 50, maxn=400)) < 1e-45, (name, k)
