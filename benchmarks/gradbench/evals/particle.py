"""particle: where between two charges a particle has to start, by derivatives of derivatives."""

import math

import gradgen
from benchmarks.gradbench.evals.descent import argmin, slope_of
from benchmarks.gradbench.evals.task import Task

MODES = ("rr", "ff", "fr", "rf")


def potential(x, y, w):
    """Return the potential of charges at (10, 10 - w) and (10, 0)."""
    near = math.sqrt((x - 10.0) ** 2 + (y - (10.0 - w)) ** 2)
    far = math.sqrt((x - 10.0) ** 2 + y**2)
    return 1.0 / near + 1.0 / far


push = gradgen.jvp(potential, argnums=(0, 1))


def forward(x, y, w):
    """Return both derivatives, each by forward mode."""
    _, first = push((x, y, w), (1.0, 0.0))
    _, second = push((x, y, w), (0.0, 1.0))
    return first, second


INNER = {"r": gradgen.grad(potential, argnums=(0, 1)), "f": forward}


def flight(slope):
    """Return the loss: the square of where the particle meets the axis."""

    def particle(w):
        x, y, vx, vy = 0.0, 8.0, 0.75, 0.0
        while True:
            px, py = slope(x, y, w)
            new_x, new_y = x + 0.1 * vx, y + 0.1 * vy
            if new_y <= 0.0:
                tau = -new_y / vy
                return (new_x + tau * vx) ** 2
            x, y = new_x, new_y
            vx, vy = vx - 0.1 * px, vy - 0.1 * py

    return particle


def tasks(backend):
    """Return the functions of the protocol, named by the outer mode and the inner one."""
    return {modes: Task(best_start(modes, backend), decode) for modes in MODES}


def best_start(modes, backend):
    """Return the function from a start to the best one."""
    outer, inner = modes
    slope = slope_of(flight(INNER[inner]), outer, backend, 1)
    return lambda start: argmin(lambda x: slope(*x), (start,))[0]


def decode(data):
    """Return the arguments: where the descent starts."""
    return (float(data["w"]),)
