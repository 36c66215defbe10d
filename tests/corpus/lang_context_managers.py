"""Functions under ``contextlib.contextmanager``: as decorators, methods and local functions."""

from __future__ import annotations

import contextlib

import numpy as np


@contextlib.contextmanager
def scaled(held, by):
    held["scale"] *= by
    try:
        yield held["scale"]
    finally:
        held["scale"] /= by


@contextlib.contextmanager
def doubled(v):
    yield 2.0 * v


class Layer:
    def __init__(self, weight):
        self.weight, self.training = weight, False

    @contextlib.contextmanager
    def mode(self, training=True):
        before, self.training = self.training, training
        try:
            yield self
        finally:
            self.training = before

    def __call__(self, v):
        return self.weight * v * (2.0 if self.training else 1.0)


def from_outside(x):
    held, layer = {"scale": x[0]}, Layer(x[1])
    with scaled(held, x[1]) as s, doubled(s) as d:
        t = s * held["scale"] + d
    with layer.mode() as trained:
        t += trained(x[2])
    with layer.mode(training=False):
        t *= layer(x[3])
    return t * held["scale"] + layer(1.0)


def temporary_values(x):
    """An array is written to in the block, and has its old values after it."""
    y = 1.0 * x

    @contextlib.contextmanager
    def temporarily(a, values):
        old = a.copy()
        a[:] = values
        try:
            yield a
        finally:
            a[:] = old

    with temporarily(y, x**2) as b:
        t = np.sum(b * y)
        y[0] = 3.0
        t += np.sum(b)
    return t * y[0]


class Stop(Exception):
    pass


def left_in_all_ways(x):
    """What is left to do is done where the block ends, jumps, returns or throws."""
    factor, log = 1.0, []

    @contextlib.contextmanager
    def times(by):
        nonlocal factor
        before, factor = factor, factor * by
        try:
            yield before
        finally:
            factor = before + 0.5
            log.append(by)

    def first_large(by):
        with times(by):
            for v in x:
                if v > 1.0:
                    return v * factor
        return by * factor

    s = 0.0
    for v in x:
        try:
            with times(v) as before:
                if v < -0.5:
                    raise Stop
                if v < 0.0:
                    continue
                s += v * factor + before
        except Stop:
            s += v**2
            break
    return s * factor + first_large(x[0]) + factor * sum(log)


_NAMES = ["from_outside", "temporary_values", "left_in_all_ways"]
EXAMPLE_ARGS = {name: lambda: (np.array([0.7, 1.3, -0.4, 2.1]),) for name in _NAMES}
MORE_ARGS = {
    "left_in_all_ways": [lambda: (np.array([0.2, 0.4, -0.9, 0.3, 1.5]),)],
}
