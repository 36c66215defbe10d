"""Classes that extend list or dict, as layers in a row and parameters by name."""

from __future__ import annotations

import numpy as np


class Dense:
    def __init__(self, weights, bias):
        self.weights, self.bias = weights, bias

    def __call__(self, h):
        return np.tanh(self.weights @ h + self.bias)


class Sequential(list):
    def __call__(self, h):
        for layer in self:
            h = layer(h)
        return h

    def penalty(self):
        return sum(np.sum(layer.weights**2) for layer in self)


def layers_in_a_row(w, b, h):
    net = Sequential([Dense(w, b), Dense(w.T, 2.0 * b)])
    net.append(Dense(w @ w, b))
    return np.sum(net(h) ** 2) + 0.1 * net.penalty() + len(net) * net[0].bias[0]


class Params(dict):
    def __init__(self, **values):
        super().__init__(**values)
        self.scale = 2.0

    def __getattr__(self, name):
        return self[name]

    def norm(self):
        return sum(np.sum(v**2) for v in self.values())


def parameters_by_name(x):
    p = Params(a=x[0], b=x[1:])
    p["c"] = p.a * p.scale
    p.update(d=p["c"] ** 2)
    total = p.norm() + p.get("e", 1.0)
    for name, value in p.items():
        if name in ("a", "d"):
            total += value**3
    return total


class Vec(list):
    def __add__(self, other):
        return Vec(a + b for a, b in zip(self, other, strict=True))

    def dot(self, other):
        return sum(a * b for a, b in zip(self, other, strict=True))


def vectors_as_lists(x):
    v, w = Vec([x[0], x[1]]), Vec(x[1:3])
    v[0] *= 2.0
    total = v + w
    return total.dot(w) + len(v) + max(total) * (x[1] in w) + sum(v * 2) * sum([x[2]] + w)


class History(list):
    def record(self, value):
        if value > 0.2:
            self.append(value)
        return self


def grows_by_path(x):
    history = History()
    for v in x:
        history.record(v * v).record(v)
    history.extend([x[0], 1.0])
    last = history.pop()
    return sum(history) * last + history[-1] ** 2 + len(history[1:])


class Powers(dict):
    def __init__(self, base):
        self.base = base

    def __missing__(self, k):
        self[k] = out = 1.0 if k == 0 else self[k - 1] * self.base
        return out


def powers_when_asked_for(x):
    p = Powers(x[0])
    return p[3] * x[1] + p[2] + len(p) * p.get(1, 0.0) + (x[2] if 5 in p else 0.0)


X = np.array([0.7, -0.3, 1.2])
EXAMPLE_ARGS = {
    "layers_in_a_row": lambda: (
        np.array([[0.3, -0.2], [0.1, 0.4]]), np.array([0.1, 0.2]), np.array([0.5, -0.6])
    ),
    "parameters_by_name": lambda: (X.copy(),),
    "vectors_as_lists": lambda: (X.copy(),),
    "grows_by_path": lambda: (X.copy(),),
    "powers_when_asked_for": lambda: (X.copy(),),
}  # fmt: skip
MORE_ARGS = {"grows_by_path": [lambda: (-X,), lambda: (0.1 * X,)]}
