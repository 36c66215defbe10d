"""Classes with methods, inheritance, constructors of several kinds."""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass, replace

import numpy as np


class Linear:
    def __init__(self, w, b):
        self.w = w
        self.b = b

    def __call__(self, x):
        return x @ self.w + self.b

    def penalty(self):
        return np.sum(self.w**2)


def object_inside(w, b, x, y):
    model = Linear(w, b)
    r = model(x) - y
    return r @ r + 0.1 * model.penalty()


def object_argument(model, x, y):
    return np.mean((model(x) - y) ** 2) + model.penalty()


def passive_object_argument(scale, model, x):
    return scale * np.sum(model(x)) + scale**2


class Counter:
    def __init__(self):
        self.total = 0.0
        self.n = 0

    def add(self, v):
        self.total += v
        self.n += 1

    @property
    def mean(self):
        return self.total / self.n


def accumulator_object(a):
    c = Counter()
    for v in a:
        c.add(v * v)
    return c.mean * c.n**2


class Particle:
    def __init__(self, x, v):
        self.x, self.v = x, v

    def step(self, force, dt):
        self.v = self.v + dt * force(self.x)
        self.x = self.x + dt * self.v


def particle_sim(x0, v0, k):
    p = Particle(x0, v0)
    for _ in range(10):
        p.step(lambda x: -k * x, 0.1)
    return p.x**2 + p.v**2


class Shape:
    factor = 2.0

    def area(self):
        raise NotImplementedError

    def score(self):
        return self.factor * self.area()


class Square(Shape):
    def __init__(self, s):
        self.s = s

    def area(self):
        return self.s**2


class Disc(Shape):
    factor = 3.0

    def __init__(self, r):
        self.r = r

    def area(self):
        return math.pi * self.r**2


def polymorphic(a, b):
    shapes = [Square(a), Disc(b), Square(a * b)]
    return sum(s.score() for s in shapes)


class Base:
    def __init__(self, a):
        self.a = a

    def value(self, x):
        return self.a * x


class Derived(Base):
    def __init__(self, a, c):
        super().__init__(a)
        self.c = c

    def value(self, x):
        return super().value(x) + self.c * x**2


def inheritance_super(a, c, x):
    d = Derived(a, c)
    return d.value(x) ** 2


@dataclass
class Params:
    w: np.ndarray
    b: float
    name: str = "p"

    @property
    def norm(self):
        return np.sqrt(np.sum(self.w**2) + self.b**2)

    def predict(self, x):
        return x @ self.w + self.b


def dataclass_replace(p, x):
    q = replace(p, b=p.b * 2)
    return np.sum(q.predict(x)) * p.b


class Poly:
    def __init__(self, coef):
        self.coef = coef

    def __call__(self, x):
        r = 0.0
        for c in self.coef[::-1]:
            r = r * x + c
        return r

    @staticmethod
    def kernel(d):
        return math.exp(-d * d)

    @classmethod
    def monomial(cls, n, a):
        return cls([0.0] * n + [a])


def class_method(a, x):
    return Poly.monomial(2, a)(x) + x


def callable_object(coef, x):
    p = Poly(coef)
    return p(p(x))


def object_aliases(x):
    a = Particle(x, 1.0)
    b = a
    b.x = b.x * 2
    return a.x * b.v + a.v


def object_passed_to_helper(x):
    def kick(p, dv):
        p.v += dv
        return p

    p = Particle(x, x)
    q = kick(p, x * x)
    return p.v * q.x


def _normal(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


class Filter:
    def __init__(self, a):
        self.a = a
        self.state = 0.0

    def step(self, x, gain=1.0, *, leak=0.0):
        self.state = self.a * self.state + gain * x - leak
        return self.state

    loud = functools.partialmethod(step, gain=2.0)
    unit = functools.partialmethod(step, 1.0, leak=0.25)


class Quiet(Filter):
    def step(self, x, gain=1.0, *, leak=0.0):  # what is filled in the base class is the base's
        return 0.0 * x


def methods_with_arguments_given(x, a):
    """``functools.partialmethod``: called on objects, kept, and with what is given replaced."""
    f, g = Filter(a), Quiet(a * 0.5)
    kept = {"loud": f.loud, "unit": g.unit}
    total = 0.0
    for v in x:
        total += kept["loud"](v) * f.loud(v, leak=a) + g.unit(gain=v)
    return total + kept["unit"]() * f.state * g.loud(x[0], gain=0.5)


class Scaled:
    def __init__(self, scale=1.0, **rest):
        super().__init__(**rest)
        self.scale = scale

    @property
    def area(self):
        return self.scale**2


class Coloured:
    def __init__(self, alpha=1.0, **rest):
        super().__init__(**rest)
        self.alpha = alpha

    def ink(self):
        return self.alpha * self.area


class Ring(Scaled, Coloured):
    def __init__(self, inner, outer, **rest):
        super().__init__(**rest)
        self.inner, self.outer = inner, outer

    @property
    def area(self):
        return super().area * math.pi * (self.outer**2 - self.inner**2)

    @area.setter
    def area(self, v):
        self.outer = math.sqrt(v / (math.pi * self.scale**2) + self.inner**2)


def every_class_calls_the_next(inner, outer, scale):
    """The last ``super().__init__(**rest)`` is that of object."""
    a, b = Ring(inner, outer, scale=scale, alpha=0.5), Ring(0.5 * inner, outer)
    b.area = 0.8 * a.area
    return a.ink() + b.ink() * b.outer


EXAMPLE_ARGS = {
    "every_class_calls_the_next": lambda: (0.5, 1.2, 0.9),
    "methods_with_arguments_given": lambda: (_normal(3), 0.4),
    "object_inside": lambda: (_normal(3), 0.4, _normal(6, 3, seed=1), _normal(6, seed=2)),
    "object_argument": lambda: (
        Linear(np.array([0.3, 0.4, -0.2]), 0.4),
        _normal(6, 3),
        _normal(6, seed=1),
    ),
    "passive_object_argument": lambda: (
        0.7,
        Linear(np.array([0.3, 0.4, -0.2]), 0.4),
        _normal(6, 3),
    ),
    "accumulator_object": lambda: (_normal(5),),
    "particle_sim": lambda: (0.7, 0.1, 1.4),
    "polymorphic": lambda: (0.7, 1.1),
    "inheritance_super": lambda: (0.7, 1.1, 0.4),
    "dataclass_replace": lambda: (Params(np.array([0.3, 0.4, -0.2]), 0.4), _normal(6, 3)),
    "class_method": lambda: (0.7, 1.1),
    "callable_object": lambda: (_normal(3), 0.4),
    "object_aliases": lambda: (0.7,),
    "object_passed_to_helper": lambda: (0.7,),
}

ARGNUMS = {
    "object_inside": (0, 1),
    "object_argument": (0,),
    "passive_object_argument": (0,),
    "dataclass_replace": (0,),
}
