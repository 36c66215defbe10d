"""Losses that lean on the language: containers, helpers, closures, lambdas, jumps."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

DECAY = 0.9


def recurrence(x, rate, steps=12):
    """A logistic map carried through a loop, with a decaying sum."""
    total = 0.0
    for k in range(steps):
        x = rate * x * (1.0 - x)
        total = DECAY * total + math.sin(x) * (k + 1)
    return total


def ridge(params, x, y, strength):
    """Ridge regression with parameters in a dict."""
    prediction = x @ params["w"] + params["b"]
    penalty = strength * np.sum(params["w"] ** 2)
    return np.sum((prediction - y) ** 2) / len(y) + penalty


@dataclass
class Layer:
    """Weights of one layer."""

    w: np.ndarray
    b: np.ndarray


class Oscillator(NamedTuple):
    """A damped oscillator."""

    stiffness: float
    damping: float


def dataclass_layer(layer, x, y):
    """Squared error of a layer held in a dataclass."""
    out = np.tanh(x @ layer.w + layer.b)
    return ((out - y) ** 2).mean()


def namedtuple_oscillator(oscillator, start):
    """Energy of an oscillator after some explicit steps."""
    position = start
    velocity = 0.0
    for _ in range(20):
        force = -oscillator.stiffness * position - oscillator.damping * velocity
        velocity = velocity + 0.05 * force
        position = position + 0.05 * velocity
    return 0.5 * velocity**2 + 0.5 * oscillator.stiffness * position**2


def nested_containers(model, x):
    """A network whose parameters are a list of tuples in a dict."""
    h = x
    for w, b in model["layers"]:
        h = np.tanh(h @ w + b)
    return model["scale"] * np.sum(h**2)


def _softplus(x, beta=1.0):
    return np.log1p(np.exp(beta * x)) / beta


def _centred(x):
    return x - np.mean(x)


def helper_functions(x):
    """Helpers with default and keyword arguments."""
    return np.sum(_softplus(_centred(x), beta=2.0) * _softplus(x))


def _make_closure(matrix, power):
    def closure(x):
        """A loss that closes over a matrix and a float."""
        y = matrix @ x
        return np.sum(np.sin(y) * y) + power * np.sum(x**2)

    return closure


closure = _make_closure(np.array([[1.0, 0.5, -0.3], [0.2, -1.0, 0.4]]), 0.25)


softmax_spread = lambda x: np.sum(np.exp(x - np.max(x))) * np.prod(x)


def local_function(x, a):
    """A function defined inside the loss."""

    def bend(v, k):
        return v * v * k + np.sin(v)

    return np.sum(bend(x, a)) + bend(a, 2.0)


def early_return(x, y):
    """Leaves early on one side of a condition."""
    if x > y:
        return x * x * y
    z = x * y
    if z < 0.0:
        return math.exp(z)
    return math.sin(z) + y


def break_continue(x, limit):
    """A sum that skips and stops."""
    total = 0.0
    for i in range(len(x)):
        if x[i] < 0.0:
            continue
        total += x[i] * x[i]
        if total > limit:
            break
        total *= 1.1
    return total


def enumerate_zip(x, y, z):
    """Loops over enumerate and zip."""
    total = 0.0
    for i, (a, b) in enumerate(zip(x, y)):
        total += (i + 1) * a * b
    for k, row in enumerate(z):
        total += np.sum(row**2) * (k + 0.5)
    return total


def _normal(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


def _positive(*shape, seed=0):
    return np.random.default_rng(seed).uniform(0.5, 1.5, size=shape)


EXAMPLE_ARGS = {
    "recurrence": lambda: (0.3, 2.5),
    "ridge": lambda: ({"w": _normal(3), "b": 0.4}, _normal(6, 3, seed=1), _normal(6, seed=2), 0.1),
    "dataclass_layer": lambda: (
        Layer(_normal(3, 2), _normal(2, seed=1)),
        _normal(5, 3, seed=2),
        _normal(5, 2, seed=3),
    ),
    "namedtuple_oscillator": lambda: (Oscillator(2.0, 0.3), 1.2),
    "nested_containers": lambda: (
        {
            "layers": [(_normal(3, 4), _normal(4, seed=1)), (_normal(4, 2, seed=2), _normal(2))],
            "scale": 1.5,
        },
        _normal(5, 3, seed=4),
    ),
    "helper_functions": lambda: (_normal(5),),
    "closure": lambda: (_normal(3),),
    "softmax_spread": lambda: (_positive(4),),
    "local_function": lambda: (_normal(4), 0.7),
    "early_return": lambda: (0.4, 1.3),
    "break_continue": lambda: (np.array([0.5, -1.0, 0.8, 1.1, 0.9, 3.0]), 2.0),
    "enumerate_zip": lambda: (_normal(4), _normal(4, seed=1), _normal(3, 2, seed=2)),
}

MORE_ARGS = {
    "early_return": [lambda: (1.3, 0.4), lambda: (-0.5, 0.8)],
    "break_continue": [lambda: (np.array([0.5, 0.6]), 2.0), lambda: (np.array([-1.0]), 2.0)],
}
