"""Objects of several classes, dataclasses with methods, objects as arguments."""

from __future__ import annotations

import types
from dataclasses import dataclass, field

import numpy as np


class Box:
    def __init__(self, v):
        self.v = v


class Bag:
    def __init__(self):
        self.items = []
        self.total = 0.0

    def add(self, v):
        self.items.append(v)
        self.total += v
        return self

    def last(self):
        return self.items[-1]


class Animal:
    legs = 4

    def __init__(self, w):
        self.w = w

    def load(self):
        return self.w / self.legs

    def scaled(self, k):
        return type(self)(self.w * k)


class Bird(Animal):
    legs = 2

    def __init__(self, w, span):
        super().__init__(w)
        self.span = span

    def load(self):
        return super().load() + self.span

    def scaled(self, k):
        return Bird(self.w * k, self.span)


def polymorphic_loop(x, y):
    s = 0.0
    for a in [Animal(x), Bird(y, x), Animal(x * y)]:
        s += a.load() ** 2 * (2 if isinstance(a, Bird) else 1)
    return s


def polymorphic_by_data(x, y):
    a = Animal(x) if x > 0.5 else Bird(y, x)
    return a.load() * a.scaled(2.0).load()


@dataclass
class P:
    x: float
    v: float = 0.0
    tags: list = field(default_factory=list)

    def __post_init__(self):
        self.e = 0.5 * self.v**2

    def kick(self, dv):
        self.v += dv
        self.e = 0.5 * self.v**2
        self.tags.append(self.e)


def dataclass_post_init(x):
    p = P(x, x * 2)
    p.kick(x)
    p.kick(-0.5)
    return p.e + sum(p.tags) + p.x


@dataclass(frozen=True)
class Frozen:
    a: float
    b: np.ndarray

    def with_a(self, a):
        return Frozen(a, self.b)


def frozen_chain(x, a):
    f = Frozen(x, a)
    for k in range(3):
        f = f.with_a(f.a * 2 + f.b[k])
    return f.a**2 + np.sum(f.b)


def closure_over_object(x):
    b = Box(x)

    def tick():
        b.v = b.v * 2 + x
        return b.v

    s = tick() + tick()
    b.v = 1.0 * x
    return s + tick()


def object_in_tuple_state(a):
    s = (Box(a[0]), Box(a[1]))
    for k in range(3):
        s[0].v += s[1].v * 0.5
        s = (s[1], s[0])
    return s[0].v * s[1].v


def object_selected_in_loop(a):
    bs = [Box(a[0]), Box(a[1]), Box(a[2])]
    best = bs[0]
    for b in bs:
        if b.v > best.v:
            best = b
    best.v = best.v**2
    return bs[0].v + 2 * bs[1].v + 3 * bs[2].v


def setattr_loop(x):
    b = Box(x)
    for name in ("p", "q"):
        setattr(b, name, b.v * (2 if name == "p" else 3))
    return getattr(b, "p") * getattr(b, "q")


def vars_loop(x):
    b = Box(x)
    b.w = x * 2
    return sum(vars(b).values()) + b.__dict__["v"]


def argument_object(model, x):
    model.v = model.v * 2
    return model.v * x + model.v**2


def argument_object_array(model):
    w = model.v
    w[0] = w[1] * 3
    model.v = w * 2
    return np.sum(model.v**2)


def argument_nested_objects(model):
    return model.v.v**2 * 3.0


def method_as_function(a):
    b = Bag()
    f = b.add
    for v in a:
        f(v)
    return b.total**2


def dict_next_trip(x):
    p, q = {"v": x}, {"v": 2 * x}
    for k in range(3):
        p["v"] = q["v"] * x + k
        p, q = q, p
    return p["v"] + 3 * q["v"]


def objects_swapped(x):
    p, q = Box(x), Box(2 * x)
    for k in range(3):
        p.v = q.v * x + k
        p, q = q, p
    return p.v + 3 * q.v


def objects_swapped_conditionally(a):
    p, q = Box(a[0]), Box(a[1])
    for v in a:
        p.v += v
        if p.v > q.v:
            p, q = q, p
    return p.v + 3 * q.v


def _normal(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


def _positive(*shape, seed=0):
    return np.abs(_normal(*shape, seed=seed)) + 0.5


class Layer:
    def __init__(self, weight):
        self.weight = weight

    def __call__(self, x):
        return x * self.weight

    def shifted(self, x):
        return x + self.weight


def layers_and_functions(x):
    """Functions and methods are told apart from objects that can be called."""
    parts = [Layer(x[0]), np.tanh, lambda v: v * v, Layer(x[1]).shifted]
    h, weights = x, 0.0
    for part in parts:
        if isinstance(part, Layer):
            weights += part.weight
        elif isinstance(part, (types.FunctionType, types.MethodType)):
            weights *= 2.0
        h = part(h)
    return h.sum() * weights


EXAMPLE_ARGS = {
    "polymorphic_loop": lambda: (0.7, 1.1),
    "polymorphic_by_data": lambda: (0.7, 1.1),
    "dataclass_post_init": lambda: (0.7,),
    "frozen_chain": lambda: (0.7, _normal(4)),
    "closure_over_object": lambda: (0.7,),
    "object_in_tuple_state": lambda: (_normal(4),),
    "object_selected_in_loop": lambda: (_normal(4),),
    "setattr_loop": lambda: (0.7,),
    "vars_loop": lambda: (0.7,),
    "argument_object": lambda: (Box(0.7), 1.1),
    "argument_object_array": lambda: (Box(_normal(4)),),
    "argument_nested_objects": lambda: (Box(Box(0.7)),),
    "method_as_function": lambda: (_normal(4),),
    "dict_next_trip": lambda: (0.7,),
    "objects_swapped": lambda: (0.7,),
    "objects_swapped_conditionally": lambda: (_normal(4),),
    "layers_and_functions": lambda: (np.array([0.7, 1.2, 0.4]),),
}

MORE_ARGS = {
    "polymorphic_by_data": [lambda: (0.3, 1.1)],
    "object_selected_in_loop": [lambda: (-_normal(4),), lambda: (_positive(4),)],
}
