"""Operations of SciPy that call a function of the user's: their values, without a derivative.

The derivative is that of a value which stands beside it (``library.trajectories``).
"""

from __future__ import annotations

from typing import Any

from gradgen.diff.algebra import Algebra
from gradgen.ir.nodes import Const, Op, Value
from gradgen.ir.types import FLOAT, Type, array, fresh_dim
from gradgen.rules.registry import printed, rule
from gradgen.rules.shapes_of import Attrs, same_type


def states_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return the state at each time."""
    start, times = inputs[0].type.shape, inputs[1].type.shape
    assert start is not None and times is not None
    return array("float64", (times[0], start[0]))


def _of_second(alg: Algebra, op: Op, g: Value, i: int) -> Value:
    """Hand the cotangent on to the second of two values."""
    return g if i == 1 else Const(0.0)


def _second_moves(alg: Algebra, op: Op, tangents: list[Value | None]) -> Value:
    """Return the tangent of the second of two values."""
    return tangents[1] or Const(0.0)


def times_type(inputs: list[Value], attrs: Attrs) -> list[Type]:
    """Return the types of the times and states."""
    start = inputs[2].type.shape
    assert start is not None
    count = inputs[3].type.shape[0] if attrs["asked"] and inputs[3].type.shape else fresh_dim()
    return [array("float64", (count,)), array("float64", (start[0], count))]


@printed
def _times_and_states(solution):
    """Return what SciPy has found, where it has reached the end."""
    if not solution.success:
        raise RuntimeError(solution.message)
    return solution.t, solution.y


_KEPT: dict[str, Any] = {"form": "special", "cost": 3}
rule("odeint", states_type, spelling="scipy.integrate.odeint", passive=True, **_KEPT)
rule(
    "solve_ivp",
    times_type,
    spelling="scipy.integrate.solve_ivp",
    outputs=("t", "y"),
    passive=True,
    **_KEPT,
)
rule(
    "weighted_quad",
    lambda inputs, attrs: [FLOAT, FLOAT],
    spelling="scipy.integrate.quad",
    outputs=("integral", "error"),
    passive=True,
    **_KEPT,
)
rule("stands_for", same_type, alias="view", vjp=_of_second, jvp=_second_moves, **_KEPT)
