"""saddle: the best answer to the best answer, by derivatives through a descent."""

import math

import gradgen
from benchmarks.gradbench.evals.descent import argmin, slope_of
from benchmarks.gradbench.evals.task import Task

MODES = ("rr", "ff", "fr", "rf")


def payoff(y0, y1, x0, x1):
    """Return what the second player wins: it answers ``x`` with ``y``."""
    return (x0 * x0 + x1 * x1) - (y0 * y0 + y1 * y1)


push = gradgen.jvp(payoff, argnums=(0, 1))


def forward(y0, y1, x0, x1):
    """Return both derivatives, each by forward mode."""
    _, first = push((y0, y1, x0, x1), (1.0, 0.0))
    _, second = push((y0, y1, x0, x1), (0.0, 1.0))
    return first, second


INNER = {"r": gradgen.grad(payoff, argnums=(0, 1)), "f": forward}


def answered(slope):
    """Return the loss: the payoff at the answer to ``x``, which a descent from ``start`` finds."""

    def worst(x0, x1, start0, start1):
        y0, y1, eta, lucky = start0, start1, 1e-5, 0
        best = payoff(y0, y1, x0, x1)
        g0, g1 = slope(y0, y1, x0, x1)
        while math.sqrt(g0 * g0 + g1 * g1) > 1e-5:
            if lucky == 10:
                eta, lucky = 2.0 * eta, 0
                continue
            new0, new1 = y0 + eta * g0, y1 + eta * g1
            if math.sqrt((new0 - y0) ** 2 + (new1 - y1) ** 2) <= 1e-5:
                break
            there = payoff(new0, new1, x0, x1)
            if there > best:
                y0, y1, best, lucky = new0, new1, there, lucky + 1
                g0, g1 = slope(y0, y1, x0, x1)
            else:
                eta, lucky = 0.5 * eta, 0
        return payoff(y0, y1, x0, x1)

    return worst


def tasks(backend):
    """Return the functions of the protocol, named by the outer mode and the inner one."""
    return {modes: Task(equilibrium(modes, backend), decode) for modes in MODES}


def equilibrium(modes, backend):
    """Return the function from a start to both players' choices."""
    outer, inner = modes
    slope = slope_of(answered(INNER[inner]), outer, backend, 2)
    answer_slope = slope_of(payoff, inner, backend, 2)

    def both(start):
        first = argmin(lambda x: slope(*x, *start), start)

        def against(y):
            won, gradient = answer_slope(*y, *first)
            return -won, tuple(-g for g in gradient)

        return [*first, *argmin(against, start)]

    return both


def decode(data):
    """Return the arguments: where the descents start."""
    return (tuple(float(v) for v in data["start"]),)
