"""Loops over ``itertools.count``, frozen dataclasses that compute a field."""

import functools
import itertools
import math
import operator
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np


def counted_to_convergence(w, b):
    z = np.zeros(2)
    for k in itertools.count():
        new = np.tanh(0.4 * w @ z + b)
        if np.max(np.abs((new - z).real)) < 1e-2 or k >= 50:
            break
        z = new
    return new @ new * (k + 1)


def counted_from(x):
    total = 0.0
    for k in itertools.count(2, 3):
        if k % 2:
            continue
        for j in itertools.count(1):
            if j > k:
                break
            total += x[0] ** j / k
        if k > 8:
            return total * x[1] + k
    return total


def counted_floats(x):
    total = 0.0
    for t in itertools.count(x[0], 0.5):
        total += np.sin(t)
        if t.real > 2.0:
            break
    return total * t


@dataclass(frozen=True)
class Normal:
    mu: Any
    sigma: Any
    scale: Any = field(init=False)

    def __post_init__(self):
        object.__setattr__(self, "scale", 1.0 / (self.sigma * math.sqrt(2.0 * math.pi)))

    def pdf(self, x):
        return self.scale * np.exp(-0.5 * ((x - self.mu) / self.sigma) ** 2)

    def __mul__(self, other):
        v = 1.0 / (1.0 / self.sigma**2 + 1.0 / other.sigma**2)
        return Normal(v * (self.mu / self.sigma**2 + other.mu / other.sigma**2), np.sqrt(v))


def frozen_with_field(a, b, c):
    g = functools.reduce(operator.mul, [Normal(a, b), Normal(c, 1.3), Normal(0.0, 1.0)])
    return g.pdf(0.3) + replace(g, mu=a).pdf(c)


def loop_name_of_array(x):
    y = 2 * (x * 1.1)
    for x in y:
        last = x * x
    return x * last + np.sum(y**2)


EXAMPLE_ARGS = {
    "counted_to_convergence": lambda: (np.array([[0.5, -0.2], [0.3, 0.4]]), np.array([0.3, 0.8])),
    "counted_from": lambda: (np.array([0.7, 1.2]),),
    "counted_floats": lambda: (np.array([0.7]),),
    "frozen_with_field": lambda: (0.8, 0.6, 0.5),
    "loop_name_of_array": lambda: (np.array([0.3, -0.8, 0.5]),),
}
