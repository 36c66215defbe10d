"""Exceptions that a loss raises and catches by itself: control flow by ``raise``."""

from __future__ import annotations

import contextlib

import numpy as np


class Infeasible(Exception):
    pass


class Excess(Exception):
    def __init__(self, by, *, weight=1.0):
        super().__init__(f"too much by {by}")
        self.by, self.weight = by, weight

    def penalty(self):
        return self.weight * self.by**2


def skips_and_breaks(x):
    """Two handlers, ``else`` and ``finally``, with jumps of the loop around."""
    s = 0.0
    for v in x:
        try:
            if v < -0.5:
                raise Infeasible
            if v < 0.0:
                raise ValueError("negative")
            s += v
        except ValueError:
            s -= 2.0 * v
            continue
        except Infeasible:
            s += v**2
            break
        else:
            s *= 1.1
        finally:
            s += 0.1
    return s


def out_of_two_loops(x):
    """The jump leaves both loops; the handler reads where it was."""
    s, a = 0.0, np.outer(x, x)
    try:
        for i in range(len(x)):
            for j in range(len(x)):
                if a[i, j] > 1.2:
                    raise Infeasible(f"entry {i}, {j}")
                s += a[i, j] * (i + j)
    except Infeasible:
        s = 2.0 * s + a[i, j] ** 3
    return s


def says_how_much(x):
    """The handler asks the exception, and throws it on."""
    s = 0.0
    try:
        for k, v in enumerate(x):
            try:
                if v > 1.0:
                    raise Excess(v - 1.0, weight=2.0)
                assert v > -0.5, "far below"
                s += v
            except Excess as error:
                s += error.penalty()
                if k > 2:
                    raise
            except AssertionError:
                s -= v
    except Excess as last:
        return s * last.by + last.weight
    return s


def returned_by_handler(v, log):
    try:
        if v < 0.0:
            raise Infeasible
        out = 2.0 * v
    except Infeasible:
        out = v**3
        return out
    finally:
        log.append(out)
        out = 100.0
    return v


def last_steps_once(x):
    """``finally`` inside ``finally``: each is done once on every way out."""
    log, out = [], []
    for v in x:
        try:
            try:
                if v < 0.0:
                    raise Infeasible
                if v > 1.0:
                    continue
                out.append(v)
            except Infeasible:
                out.append(v * v)
                if v < -0.8:
                    break
            finally:
                out.append(0.5 * v)
        finally:
            out.append(returned_by_handler(v, log))
    return sum(o * (k + 1) for k, o in enumerate(out)) + sum(log) * len(log)


def left_in_blocks(x):
    """Through a block, by ``suppress``, from a ``match`` and from a ``while``."""
    s, i = 1.0, 0
    while True:
        try:
            if i >= len(x):
                raise StopIteration
            match i:
                case 1:
                    raise Infeasible
                case 2 if x[i] < 0.0:
                    raise KeyError("two")
            s += x[i]
        except (Infeasible, KeyError):
            s *= x[i]
        except StopIteration:
            break
        with contextlib.suppress(Infeasible):
            s += 0.1
            if x[i] > 1.0:
                raise Infeasible
            s += x[i] ** 2
        i += 1
    return s


class Account:
    def __init__(self, balance):
        self.balance = balance

    def withdraw(self, amount):
        if amount > self.balance:
            raise Infeasible
        self.balance -= amount


def methods_of_items(x):
    """What raises is a method of an item: under a key, at a computed place, by a choice."""
    named = {"a": Account(x[0]), "b": Account(x[1])}
    listed = [Account(x[2] ** 2), Account(x[3])]
    failed = 0.0
    for i, v in enumerate(x):
        name = "a" if v > 0 else "b"
        try:
            named[name].withdraw(v * 0.3)
            listed[i % 2].withdraw(v * v)
            named["b"].withdraw(0.1 * v)
        except Infeasible:
            failed += v
    return named["a"].balance * listed[0].balance + named["b"].balance * failed


class Ledger:
    def __init__(self, balance):
        self.balance, self.entries = balance, []

    def book(self, amount):
        if self.balance + amount < 0:
            raise Infeasible(amount)
        self.balance += amount
        self.entries.append(("booked", amount))


def booked_entries(x):
    """What an object holds is written at its own place, which raises nothing."""
    ledger = Ledger(x[0] ** 2)
    for v in x:
        try:
            ledger.book(-v * v)
        except Infeasible:
            ledger.book(v)
    return ledger.balance + sum(v**2 for name, v in ledger.entries if name == "booked")


_NAMES = [
    "booked_entries",
    "methods_of_items",
    "skips_and_breaks",
    "out_of_two_loops",
    "says_how_much",
    "last_steps_once",
    "left_in_blocks",
]
EXAMPLE_ARGS = {name: lambda: (np.array([0.7, 1.3, -0.4, 2.1]),) for name in _NAMES}
MORE_ARGS = {name: [lambda: (np.array([0.2, 0.4, -0.9, 0.3, 1.5]),)] for name in _NAMES}
