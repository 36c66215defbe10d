"""Objects, dicts and functions appended to lists in loops of few turns, which are written out."""

from __future__ import annotations

import numpy as np


class Particle:
    def __init__(self, pos, mass):
        self.pos = pos
        self.mass = mass

    def energy(self, other):
        return self.mass * other.mass / (1.0 + (self.pos - other.pos) ** 2)


def particles_appended(x):
    swarm = []
    for i in range(4):
        swarm.append(Particle(x[i], 1.0 + i))
    return sum(p.energy(q) for i, p in enumerate(swarm) for q in swarm[:i])


def functions_bind_late(x):
    functions = []
    for i in range(3):
        functions.append(lambda v: v * x[i])
        functions.append(lambda v, i=i: v + x[i] ** 2)
    return sum(f(1.5) * (k + 1) for k, f in enumerate(functions))


def layers_in_nested_loops(x):
    total = 0.0
    for k in range(2):
        layers = []
        for i in range(3):
            layers.append({"scale": x[i] * (k + 1), "shift": x[3]})
        h = 0.5
        for layer in layers:
            h = np.tanh(layer["scale"] * h + layer["shift"])
        total += h * h
    return total


X = np.array([0.7, -0.3, 1.2, 0.1])
EXAMPLE_ARGS = {
    "particles_appended": lambda: (X.copy(),),
    "functions_bind_late": lambda: (X.copy(),),
    "layers_in_nested_loops": lambda: (X.copy(),),
}
