"""Random numbers: drawn once, in the user's order, and constant for every derivative.

A draw is never dropped, repeated or moved past another.  Parameters that vary move and scale
standard numbers, outside of the draw (``frontend/random_calls.py``).
"""

from __future__ import annotations

from typing import Any

from gradgen.ir.nodes import Value
from gradgen.ir.types import Type, array, scalar
from gradgen.rules.registry import rule
from gradgen.rules.shapes_of import Attrs, length_of


def draw_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return an array of the lengths asked for, a number where there are none."""
    lengths = inputs[len(inputs) - attrs["lengths"] :] if attrs["lengths"] else []
    if attrs["sized"]:
        return array(attrs["dtype"], tuple(map(length_of, lengths)))
    return scalar(attrs["dtype"], attrs["dtype"] == "float64" or attrs.get("python", False))


def generator_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return the type of what is no number."""
    return Type("any", "", None)


_KEPT: dict[str, Any] = {"form": "special", "cost": 3}
rule("generator", generator_type, spelling="np.random.default_rng", passive=True, params="seed?",
     samples=("x3 * np.random.default_rng(7).normal(size=3)",
              "x3 * np.random.default_rng(7).uniform(-1.0, 1.0, x3.shape)",
              "x * np.random.default_rng(n).standard_normal() * np.random.default_rng(3).random()",
              "x3[np.random.default_rng(1).integers(0, 3, size=5)]",
              "x3[np.random.default_rng(1).permutation(3)]",
              "x3[np.random.default_rng(1).choice(3, size=4, p=[0.2, 0.5, 0.3])]",
              "np.random.default_rng(7).normal(x, y, size=3)",
              "np.random.default_rng(7).normal(x3, p3)",
              "np.random.default_rng(7).uniform(x23, 2.0 + p3)",
              "np.random.default_rng(7).exponential(p) * np.random.default_rng(2).uniform(x, 4)",
              "np.random.default_rng(7).normal(scale=pf3, size=(2, 3))"))  # fmt: skip
rule(
    "legacy_generator",
    generator_type,
    spelling="np.random.RandomState",
    passive=True,
    params="seed?",
    samples=(
        "x3 * np.random.RandomState(7).normal(size=3)",
        "x3 * np.random.RandomState(seed=n).rand(3) + np.random.RandomState(1).randn()",
        "np.random.RandomState(7).uniform(x, p, 2) * np.random.RandomState(2).random_sample()",
        "x3[np.random.RandomState(1).choice(3, 2, p=[0.2, 0.5, 0.3])]",
        "x3[np.random.RandomState(1).randint(3, size=4)]",
    ),
)
rule("python_generator", generator_type, spelling="random.Random", passive=True, params="seed?",
     samples=("x * random.Random(7).gauss(y, p) + random.Random(1).random()",
              "x3[random.Random(n).randint(0, 2)] * random.Random(2).uniform(x, 4.0)",
              "x * random.Random(3).expovariate(p) + random.Random(1).normalvariate(x, p)",
              "x3[random.Random(7).randrange(3)] * random.Random(4).uniform(1, 2)"))  # fmt: skip
rule("draw", draw_type, spelling="draw", passive=True, **_KEPT)
