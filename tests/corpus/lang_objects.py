"""Dataclasses, named tuples, methods of objects from outside."""

from __future__ import annotations

import math
from collections import namedtuple
from dataclasses import dataclass
from math import sqrt
from typing import NamedTuple

import numpy as np


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


def dataclass_argument(p, x, y):
    return np.sum((p.predict(x) - y) ** 2) + p.norm


def dataclass_inside(w, x):
    p = Params(w, 0.5)
    q = Params(w=p.w * 2, b=p.b * w[0], name="q")
    return np.sum(p.predict(x) * q.predict(x))


@dataclass(frozen=True)
class Option:
    strike: float
    rate: float = 0.02
    vol: float = 0.2
    expiry: float = 1.0

    def d1(self, s):
        return (math.log(s / self.strike) + (self.rate + 0.5 * self.vol**2) * self.expiry) / (
            self.vol * math.sqrt(self.expiry)
        )


def _ncdf(x):
    return 0.5 * (1 + math.erf(x / math.sqrt(2)))


def black_scholes(spot, option):
    d1 = option.d1(spot)
    d2 = d1 - option.vol * math.sqrt(option.expiry)
    return spot * _ncdf(d1) - option.strike * math.exp(-option.rate * option.expiry) * _ncdf(d2)


class Config(NamedTuple):
    lam: float
    power: int = 2


def namedtuple_config(w, cfg):
    return np.sum(np.abs(w) ** cfg.power) * cfg.lam


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


def static_method(a, b):
    return Poly.kernel(a - b) * a


class Model:
    def __init__(self, lam):
        self.lam = lam
        self.calls = 0

    def loss(self, w, x, y):
        return np.mean((x @ w - y) ** 2) + self.lam * (w @ w)


MODEL = Model(0.3)


def bound_method_global(w, x, y):
    return MODEL.loss(w, x, y) * MODEL.lam


Point = namedtuple("Point", "x y")


def namedtuple_points(p, q):
    return sqrt((p.x - q.x) ** 2 + (p.y - q.y) ** 2)


def namedtuple_created(x, y):
    p = Point(x, y)
    q = Point(x=p.y * 2, y=p.x)
    return p.x * q.x + q[1] ** p[1]


def _normal(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


EXAMPLE_ARGS = {
    "dataclass_argument": lambda: (
        Params(np.array([0.3, 0.4, -0.2]), 0.4),
        _normal(6, 3),
        _normal(6, seed=1),
    ),
    "dataclass_inside": lambda: (np.array([0.3, 0.4, -0.2]), _normal(6, 3)),
    "black_scholes": lambda: (1.1, Option(1.0)),
    "namedtuple_config": lambda: (_normal(5), Config(0.3, 3)),
    "static_method": lambda: (0.7, 1.1),
    "bound_method_global": lambda: (_normal(3), _normal(6, 3, seed=1), _normal(6, seed=2)),
    "namedtuple_points": lambda: (Point(0.7, 1.1), Point(0.1, 0.4)),
    "namedtuple_created": lambda: (0.7, 1.1),
}

ARGNUMS = {
    "dataclass_argument": (0,),
    "dataclass_inside": (0,),
    "black_scholes": (0, 1),
    "namedtuple_config": (0, 1),
    "bound_method_global": (0,),
}
