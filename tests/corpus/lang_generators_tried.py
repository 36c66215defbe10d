"""Loops over generators in a ``try`` that catches what the generators raise."""

from __future__ import annotations

import math

import numpy as np


def read(v, limit):
    for k, e in enumerate(v):
        if e > limit:
            raise ValueError(f"entry {k}")
        yield k, e


def raised_in_between(x):
    def checked():
        for v in x:
            if v > 1.0:
                raise ValueError("too large")
            yield v

    s = 0.0
    try:
        for v in checked():
            s += v**2
    except ValueError as e:
        print(e)
        s *= 2.0
    return s


def nothing_raised(x):
    def checked(limit):
        for v in x:
            if v > limit:
                raise ValueError("too large")
            yield v

    s = 0.0
    try:
        for v in checked(5.0):
            s += v**2
    except ValueError as e:
        s *= 2.0
    return s


def read_up_to_a_limit(x):
    s = 0.0
    for limit in (0.4, 1.0, 2.0):
        try:
            for k, e in read(x, limit):
                if k == 4:
                    break
                s += e * (k + 1)
        except ValueError as err:
            print(err)
            s = s * 0.5
    return s


def raised_by_the_loop(x):
    def gen():
        for v in x:
            if v < 0:
                raise KeyError("neg")
            yield v

    s = 0.0
    try:
        for v in gen():
            if v > 1.0:
                raise ValueError("big")
            s += v
    except (ValueError, KeyError):
        s = s**2
    return s


def roots_in_between(x):
    def roots():
        for v in x:
            yield math.sqrt(v - 0.5)

    s = 0.0
    try:
        for w in roots():
            s += w
    except ValueError:
        s -= 1.0 + x[1]
    return s


_NAMES = [
    "raised_in_between",
    "nothing_raised",
    "read_up_to_a_limit",
    "raised_by_the_loop",
    "roots_in_between",
]
EXAMPLE_ARGS = {name: lambda: (np.array([0.31, 0.92, 0.57, 1.23, 0.44, 0.78]),) for name in _NAMES}
MORE_ARGS = {name: [lambda: (np.array([0.7, 0.6, 0.9]),)] for name in _NAMES}
