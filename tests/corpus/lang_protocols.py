"""Layers, kernels, meters: objects that hold and call each other."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field

import numpy as np


class Kernel(ABC):
    @abstractmethod
    def __call__(self, d): ...

    def gram(self, x):
        return self(x[:, None] - x[None, :])


class RBF(Kernel):
    def __init__(self, ell):
        self.ell = ell

    def __call__(self, d):
        return np.exp(-0.5 * (d / self.ell) ** 2)


class Sum(Kernel):
    def __init__(self, *parts):
        self.parts = parts

    def __call__(self, d):
        return sum(p(d) for p in self.parts)


def kernel_algebra(l1, l2, x):
    k = Sum(RBF(l1), RBF(l2))
    return np.sum(k.gram(x))


class Module:
    def parameters(self):
        return [v for v in vars(self).values() if isinstance(v, np.ndarray)]


class Dense(Module):
    def __init__(self, w, b, activation=None):
        self.w, self.b = w, b
        self.activation = activation or (lambda v: v)

    def __call__(self, x):
        return self.activation(x @ self.w + self.b)


class Sequential:
    def __init__(self, *layers):
        self.layers = layers

    def __call__(self, x):
        for layer in self.layers:
            x = layer(x)
        return x

    def __iter__(self):
        return iter(self.layers)

    def __len__(self):
        return len(self.layers)

    def __getitem__(self, i):
        return self.layers[i]


def sequential_model(w1, w2, x, y):
    net = Sequential(Dense(w1, np.zeros(3), np.tanh), Dense(w2, np.zeros(1)))
    reg = sum(np.sum(l.w**2) for l in net)
    return np.mean((net(x)[:, 0] - y) ** 2) + 0.1 * reg / len(net) + net[0].w[0, 0]


class Spring:
    stiffness = 2.0
    count = 0

    def energy(self, d):
        return 0.5 * self.stiffness * d**2


class StiffSpring(Spring):
    stiffness = 10.0

    def energy(self, d):
        base = super().energy(d)
        return base + 0.1 * d**4


def class_attributes(x):
    s, t = Spring(), StiffSpring()
    t.stiffness = x
    return s.energy(x) + t.energy(x) * Spring.stiffness


@dataclass
class Hyper:
    lr: float = 0.1
    momentum: float = 0.9
    steps: int = 3

    def __post_init__(self):
        self.decay = self.lr * self.momentum


def post_init(x):
    h = Hyper(lr=x)
    w = 1.0
    for _ in range(h.steps):
        w -= h.lr * w * h.momentum + h.decay
    return w**2


def getattr_setattr(x):
    h = Hyper(lr=x)
    setattr(h, "lr", getattr(h, "lr") * 2)
    return h.lr * getattr(h, "missing", 3.0) + hasattr(h, "momentum")


class Linear:
    def __init__(self, w):
        self.w = w
        self.cache = None

    def forward(self, x):
        self.cache = x
        return self.w * x

    def backward(self, g):
        return g * self.w, g * self.cache


def manual_backprop(w1, w2, x):
    layers = [Linear(w1), Linear(w2)]
    h = x
    for layer in layers:
        h = np.tanh(layer.forward(h))
    g = 1.0
    grads = []
    for layer in reversed(layers):
        g, gw = layer.backward(g)
        grads.append(gw)
    return h + sum(gw**2 for gw in grads)


class Welford:
    def __init__(self):
        self.n = 0
        self.mean = 0.0
        self.m2 = 0.0

    def push(self, v):
        self.n += 1
        d = v - self.mean
        self.mean += d / self.n
        self.m2 += d * (v - self.mean)

    def variance(self):
        if self.n < 2:
            return 0.0
        return self.m2 / (self.n - 1)


def welford(a):
    s = Welford()
    for v in a:
        if v > -1.0:
            s.push(v)
    return s.variance() + s.mean**2


@dataclass
class State:
    pos: float
    vel: float
    trace: list = field(default_factory=list)

    def step(self, dt):
        self.vel -= dt * self.pos
        self.pos += dt * self.vel
        self.trace.append(self.pos)


def object_in_dict(x):
    objs = {"a": State(x, 1.0), "b": State(2 * x, x)}
    for s in objs.values():
        s.step(0.1)
    objs["a"].vel = objs["b"].pos
    return objs["a"].vel * objs["a"].pos


def object_swap(x, y):
    p, q = State(x, y), State(y, x)
    if x > 0:
        p, q = q, p
    p.pos = p.pos * 3
    return p.pos * p.vel - q.pos


def object_chosen_by_data(x, y):
    p, q = State(x, y), State(y, x)
    best = p if x > y else q
    best.vel = best.pos**2
    return p.vel + 2 * q.vel


def hasattr_of_numbers(x, y):
    """What a number has, whichever class it is of, and what an array has."""
    total = 2.0 * x.itemsize + x.nbytes / x.size
    for v in (x, y):
        total += np.sum(v**2) / len(v) if hasattr(v, "__len__") else v**3
    return total * y


def hasattr_of_array(x):
    return np.sum(x * x) if hasattr(x, "shape") and not hasattr(x, "items") else x


def _normal(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


class Counted:
    """A list that counts how often it is read and written."""

    def __init__(self, values):
        self.values, self.reads, self.writes = values, 0, 0

    def __getitem__(self, k):
        self.reads += 1
        return self.values[k]

    def __setitem__(self, k, value):
        self.writes += 1
        self.values[k] = value


def item_of_object_updated(x):
    one, two = Counted([x, 2 * x]), Counted([3 * x, x])
    chosen = one if x > 0.5 else two
    chosen[1] += x * x
    one[0] *= chosen[1]
    total = one.values[0] * one.reads + two.values[1] * two.writes
    return total + chosen.writes * chosen.values[1]


EXAMPLE_ARGS = {
    "item_of_object_updated": lambda: (0.7,),
    "hasattr_of_numbers": lambda: (_normal(3), 0.7),
    "hasattr_of_array": lambda: (_normal(3),),
    "kernel_algebra": lambda: (0.7, 1.1, _normal(3)),
    "sequential_model": lambda: (
        _normal(2, 3),
        _normal(3, 1, seed=1),
        _normal(4, 2, seed=2),
        _normal(4, seed=3),
    ),
    "class_attributes": lambda: (0.7,),
    "post_init": lambda: (0.7,),
    "getattr_setattr": lambda: (0.7,),
    "manual_backprop": lambda: (0.7, 1.1, 0.4),
    "welford": lambda: (_normal(5),),
    "object_in_dict": lambda: (0.7,),
    "object_swap": lambda: (0.7, 1.1),
    "object_chosen_by_data": lambda: (0.7, 1.1),
}

ARGNUMS = {
    "sequential_model": (0, 1),
}

MORE_ARGS = {
    "item_of_object_updated": [lambda: (0.3,)],
    "welford": [lambda: (_normal(5) - 9,), lambda: (_normal(5, seed=1) + 9,)],
    "object_swap": [lambda: (-0.7, 1.1)],
    "object_chosen_by_data": [lambda: (1.7, 1.1)],
}
