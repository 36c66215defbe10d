"""Random numbers: drawn once, in the user's order, and constant for every derivative.

A draw is never dropped, repeated or moved past another.  Parameters that the derivative would have
to go through are refused: ``loc + scale * standard draw`` says how the numbers depend on them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradgen.ir.nodes import Value
from gradgen.ir.types import Type, array, scalar
from gradgen.rules.registry import rule
from gradgen.rules.shapes_of import Attrs, length_of

if TYPE_CHECKING:
    from gradgen.diff.algebra import Algebra
    from gradgen.ir.nodes import Op

# What says how the numbers depend on their parameters, with the same numbers drawn.
WAYS = {
    "normal": "loc + scale * rng.standard_normal(size)",
    "uniform": "low + (high - low) * rng.random(size)",
    "exponential": "scale * rng.exponential(size=size)",
}


def draw_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return an array of the lengths asked for, a number where there are none."""
    lengths = inputs[len(inputs) - attrs["lengths"] :] if attrs["lengths"] else []
    if attrs["sized"]:
        return array(attrs["dtype"], tuple(map(length_of, lengths)))
    return scalar(attrs["dtype"], attrs["dtype"] == "float64")


def draw_vjp(alg: Algebra, op: Op, g: Value, i: int) -> Value:
    """Refuse: a number that is drawn is a constant."""
    function = op.attrs["function"]
    scaled = WAYS.get(function.rpartition(".")[2], WAYS["normal"])
    way = f"draw standard numbers and scale them, as in {scaled}"
    return alg.refuse(op, f"{function} by its parameters", way)


def generator_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return the type of what is no number."""
    return Type("any", "", None)


_KEPT: dict[str, Any] = {"form": "special", "cost": 3}
rule("generator", generator_type, spelling="np.random.default_rng", passive=True, params="seed?",
     samples=("x3 * np.random.default_rng(7).normal(size=3)",
              "x3 * np.random.default_rng(7).uniform(-1.0, 1.0, x3.shape)",
              "x * np.random.default_rng(n).standard_normal() * np.random.default_rng(3).random()",
              "x3[np.random.default_rng(1).integers(0, 3, size=5)]",
              "x3[np.random.default_rng(1).permutation(3)]"))  # fmt: skip
rule("draw", draw_type, spelling="draw", vjp=draw_vjp, **_KEPT)
