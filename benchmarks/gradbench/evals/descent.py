"""The gradient descent of particle and saddle: their known answers depend on its every step."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import gradgen
from benchmarks.gradbench.evals.task import Backend, Function

ENOUGH = 1e-5
FIRST = 1e-5
Point = tuple[float, ...]
Slope = Callable[[Point], tuple[float, Point]]


def norm(x: Point) -> float:
    """Return the Euclidean norm."""
    return math.sqrt(sum(v * v for v in x))


def argmin(slope: Slope, start: Point) -> Point:
    """Return where the descent from ``start`` stops; ``slope`` gives value and gradient."""
    x, eta, lucky = start, FIRST, 0
    fx, g = slope(x)
    while norm(g) > ENOUGH:
        if lucky == 10:
            eta, lucky = 2.0 * eta, 0
            continue
        moved = tuple(a - eta * b for a, b in zip(x, g, strict=True))
        if norm(tuple(a - b for a, b in zip(moved, x, strict=True))) <= ENOUGH:
            break
        f_moved, g_moved = slope(moved)
        if f_moved < fx:
            x, fx, g, lucky = moved, f_moved, g_moved, lucky + 1
        else:
            eta, lucky = 0.5 * eta, 0
    return x


def slope_of(loss: Function, mode: str, backend: Backend, inputs: int) -> Function:
    """Return value and gradient by the first arguments, in reverse (r) or forward (f)."""
    wrt = tuple(range(inputs))
    if mode == "r":
        made: Function = gradgen.value_and_grad(loss, argnums=wrt, backend=backend)
        return made
    push = gradgen.jvp(loss, argnums=wrt, backend=backend)
    seeds = [tuple(1.0 if i == k else 0.0 for i in wrt) for k in wrt]

    def forward(*args: Any) -> tuple[float, Point]:
        pushed = [push(args, seed) for seed in seeds]
        return pushed[0][0], tuple(tangent for _, tangent in pushed)

    return forward
