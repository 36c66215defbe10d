"""Losses that make and use objects: methods, inheritance, properties, operators."""

from __future__ import annotations

import dataclasses
import enum
import functools
import math
from collections import namedtuple
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import NamedTuple

import numpy as np


class Vector:
    """Has the operators of a plane vector."""

    scale = 3.0

    def __init__(self, x, y):
        self.x = x
        self.y = y

    def __add__(self, other):
        return Vector(self.x + other.x, self.y + other.y)

    def __iadd__(self, other):
        self.x = self.x + other.x
        return self

    def __mul__(self, other):
        if isinstance(other, Vector):
            return self.x * other.x + self.y * other.y
        return Vector(self.x * other, self.y * other)

    __rmul__ = __mul__

    def __matmul__(self, other):
        return self.x * other.x - self.y * other.y

    def __neg__(self):
        return Vector(-self.x, -self.y)

    def __getitem__(self, k):
        return self.x if k == 0 else self.y

    def __setitem__(self, k, value):
        if k == 0:
            self.x = value
        else:
            self.y = value

    def __len__(self):
        return 2

    def __iter__(self):
        return iter((self.x, self.y))

    def __call__(self, t):
        return self.x * t + self.y

    def __eq__(self, other):
        return self.x == other.x and self.y == other.y

    def __contains__(self, t):
        return self.x < t

    def __abs__(self):
        return math.sqrt(self.x**2 + self.y**2)

    def __bool__(self):
        return self.x > 0.0

    @property
    def norm2(self):
        """The square of the length."""
        return self.x**2 + self.y**2

    @staticmethod
    def unit(t):
        """Return a unit vector."""
        return Vector(math.cos(t), math.sin(t))

    @classmethod
    def diagonal(cls, t):
        """Return a vector of equal parts."""
        return cls(t, t)


class Base:
    """Counts its calls."""

    factor = 2.0

    def __init__(self, a):
        self.a = a
        self.calls = 0

    def apply(self, x):
        """Scale."""
        self.calls += 1
        return self.a * x * self.factor

    def twice(self, x):
        """Apply in two ways."""
        return self.apply(x) + self.apply(x * x) * self.calls


class Child(Base):
    """Extends both methods."""

    factor = 5.0

    def __init__(self, a, b):
        super().__init__(a)
        self.b = b

    def apply(self, x):
        """Scale and shift."""
        return super().apply(x) + self.b


@dataclass
class Parameters:
    """Has every kind of field."""

    a: float
    b: float = 2.0
    seen: list = field(default_factory=list)
    d: float = field(init=False, default=7.0)

    def __post_init__(self):
        self.product = self.a * self.b

    def at(self, x):
        """Evaluate."""
        self.seen.append(x)
        return self.a * x + self.product


@dataclass(frozen=True)
class Frozen:
    """Cannot be changed."""

    a: float
    b: float = 1.0

    @property
    def total(self):
        """The sum."""
        return self.a + self.b


class Pair(NamedTuple):
    """Has methods."""

    a: float
    b: float = 4.0

    def area(self):
        """Multiply."""
        return self.a * self.b


Point = namedtuple("Point", ["u", "v"])


class Kind(enum.Enum):
    """What to compute."""

    SQUARE = "square"
    LINE = "line"


class Level(enum.IntEnum):
    """A number with a name."""

    LOW = 1
    HIGH = 3


class Layer:
    """A callable with a function inside."""

    def __init__(self, w, b, activation):
        self.w, self.b, self.activation = w, b, activation

    def __call__(self, x):
        return self.activation(self.w * x + self.b)

    def loss(self, x):
        """Square the error."""
        return (self(x) - 1.0) ** 2


class Momentum:
    """Keeps a velocity."""

    def __init__(self, rate):
        self.rate = rate
        self.velocity = 0.0

    def step(self, w, g):
        """Return the next point."""
        self.velocity = 0.9 * self.velocity + g
        return w - self.rate * self.velocity


class Temperature:
    """Has a setter and a cached property."""

    def __init__(self, celsius):
        self._celsius = celsius

    @property
    def fahrenheit(self):
        """The same on another scale."""
        return self._celsius * 1.8 + 32.0

    @fahrenheit.setter
    def fahrenheit(self, value):
        self._celsius = (value - 32.0) / 1.8

    @functools.cached_property
    def kelvin(self):
        """The same from another zero."""
        return self._celsius + 273.15


outer_layer = Layer(2.0, 1.0, math.tanh)
FACTORS = {Kind.SQUARE: 2.0, Kind.LINE: 5.0}


def operators_of_objects(x):
    """All operators of a class."""
    v = Vector(x, 2.0) + Vector(1.0, x)
    w = 2.0 * v * 3.0
    total = (v @ w) + (-v)[0] + v[1] * len(v) + v(x) + abs(w) + v * w
    v[1] = x * x
    v += w
    return total + v.norm2 * Vector.scale + v.scale


def conditions_on_objects(x):
    """Equality, truth, membership, iteration."""
    v = Vector.unit(x) + Vector.diagonal(x)
    total = 0.0
    for part in v:
        total = total + part * part * x
    if v == Vector(1.0, 2.0):
        total = total * 2.0
    if v:
        total = total + x
    if not Vector(-x, x):
        total = total * x
    return total * 2.0 if 5.0 in v else total


def inherited(x):
    """Methods found by the order of base classes."""
    return Child(x, 3.0 * x).twice(x) + Base(2.0).twice(x)


def dataclasses_of_all_kinds(x):
    """Defaults, factories, fields that are not arguments, frozen ones."""
    p = Parameters(x)
    first = Frozen(x, b=x)
    second = dataclasses.replace(first, a=3.0 * x)
    total = p.at(x) + p.at(x * x) + p.seen[1] * p.d + first.total * second.total
    return total + 1.0 if first == second else total


def named_tuples(x):
    """Methods, replacement, conversion."""
    n = Pair(x)
    m = n._replace(a=x * x)
    as_dict = m._asdict()
    u, v = Point(v=x, u=m.b)
    return n.area() * m.area() + as_dict["a"] + n.b + m[0] * u * v


def enums(x):
    """Members as options, as keys, as numbers."""
    return by_kind(x) * by_kind(x, Kind.SQUARE)


def by_kind(x, kind=Kind.LINE):
    """Chooses by a member."""
    if kind == Kind.SQUARE:
        y = x * x
    elif kind is Kind.LINE:
        y = 2.0 * x
    else:
        y = 0.0
    picked = {Level.LOW: x, Level.HIGH: 2.0 * x}[Level.HIGH]
    return y * FACTORS[kind] + x * Level.HIGH + x**Level.HIGH + picked * Level(1)


def callable_layers(x):
    """Objects that are called, from outside and made here."""
    layers = [Layer(x, 1.0, math.sin), Layer(2.0, x, lambda t: t * x), outer_layer]
    h = x
    for layer in layers:
        h = layer(h)
    method = outer_layer.loss
    return h + method(x)


def optimiser(x):
    """An object with a state in a loop."""
    momentum, w = Momentum(0.1), x
    for _ in range(5):
        w = momentum.step(w, 2.0 * w * x)
    return w * momentum.velocity


def setters(x):
    """Properties that are assigned, and kept."""
    t = Temperature(x)
    t.fahrenheit = t.fahrenheit * x
    extra = getattr(t, "missing", 2.0) if hasattr(t, "_celsius") else 0.0
    return t._celsius * t.kelvin + t.kelvin * extra


def object_in_branch(x):
    """One object or another."""
    v = Vector(x, 1.0)
    if x > 0.5:
        v = Vector(x * 2.0, x)
    else:
        v.x = 3.0 * x
    return v * v


def object_in_loop(x):
    """An object that is replaced and written to at every turn."""
    v = Vector(x, 1.0)
    for i in range(4):
        v = v + Vector(x, i * x)
        v.y *= 0.5
    return v.norm2


def namespaces(x):
    """A bag of names."""
    bag = SimpleNamespace(a=x, b=2.0)
    bag.c = bag.a * bag.b
    bag.a += x * x
    return bag.c * bag.a


class Network:
    """Holds arrays."""

    def __init__(self, w, v):
        self.w, self.v = w, v
        self.hidden = None

    def forward(self, x):
        """Evaluate, and keep the hidden layer."""
        self.hidden = np.tanh(self.w @ x)
        return self.v @ self.hidden


def network(w, v, x):
    """An object of arrays."""
    net = Network(w, v)
    out = net.forward(x)
    net.hidden[0] = 0.5
    return out**2 + np.sum(net.hidden**2)


EXAMPLE_ARGS = {
    "operators_of_objects": lambda: (1.3,),
    "conditions_on_objects": lambda: (0.7,),
    "inherited": lambda: (0.9,),
    "dataclasses_of_all_kinds": lambda: (1.1,),
    "named_tuples": lambda: (0.8,),
    "enums": lambda: (1.2,),
    "callable_layers": lambda: (0.6,),
    "optimiser": lambda: (0.7,),
    "setters": lambda: (1.5,),
    "object_in_branch": lambda: (0.8,),
    "object_in_loop": lambda: (0.8,),
    "namespaces": lambda: (1.4,),
    "network": lambda: (
        np.array([[0.3, -0.2], [0.5, 0.1], [-0.4, 0.9]]),
        np.array([1.0, -0.5, 0.7]),
        np.array([0.6, -1.1]),
    ),
}

MORE_ARGS = {
    "conditions_on_objects": [lambda: (-0.7,), lambda: (5.5,)],
    "object_in_branch": [lambda: (0.2,)],
}
