"""Loops and functions that are marked to be run again in the reverse sweep."""

from __future__ import annotations

import math

import numpy as np

import gradgen
from gradgen import checkpoint


def recurrence(x, n):
    """A loop of scalars."""
    for t in checkpoint(range(n)):
        x = math.sin(x) + 0.1 * x * t
    return x


def recurrent_network(w, x):
    """A state that is an array, made anew at each turn."""
    h = np.zeros(len(w))
    for t in checkpoint(range(len(x))):
        h = np.tanh(w @ h + x[t])
    return np.sum(h * h)


def heat(k, u):
    """An argument written in place, in a loop inside the marked one."""
    for _ in checkpoint(range(9)):
        for i in range(1, len(u) - 1):
            u[i] += k * u[i] * (u[i - 1] - 2.0 * u[i] + u[i + 1])
    return np.sum(u[1:] ** 2)


def inner_only(x, n):
    """The inner one of two loops is marked."""
    total = 0.0
    for k in range(3):
        y = x + k
        for _ in checkpoint(range(n)):
            y = y * math.cos(y)
        total += y
    return total


def both(x, n):
    """Two loops inside each other are marked."""
    total = x
    for k in checkpoint(range(n)):
        for j in gradgen.checkpoint(range(k, n)):
            total = total * math.cos(total) + x * (k - j)
    return total


def until(x, tol):
    """A while loop, whose number of turns nobody knows."""
    y = x
    while checkpoint(abs(y * y - x) > tol):
        y = y - 0.01 * (y * y - x) / y
    return y


def leaves_early(x, n):
    """A for loop with break and continue."""
    for t in checkpoint(range(n)):
        if t % 3 == 1:
            continue
        x = x * 1.1 + 0.1 * math.sin(x)
        if x > 4.0:
            break
    else:
        x = x * x
    return x


def returns_from_while(x, n):
    """A while loop that is left by return."""
    k = 0
    while checkpoint(k < n):
        x = x + 0.2 * math.sin(x)
        if x > 2.5:
            return x * k
        k += 1
    return x * x


def over_rows(a, x):
    """A loop over the rows of an array, with their numbers."""
    for k, row in checkpoint(enumerate(a)):
        x = np.tanh(x * row) + k * 0.1
    return np.sum(x)


def backwards(x, n):
    """A range run through backwards."""
    for t in checkpoint(reversed(range(n))):
        x = math.sin(x * (t + 1))
    return x


def steps_of_three(x, start, stop):
    """A range with steps, up and down."""
    for t in checkpoint(range(start, stop, 3)):
        x = math.sin(x + 0.1 * t)
    for t in checkpoint(range(stop, start, -2)):
        x = math.cos(x + 0.1 * t)
    return x


def appended(x, n):
    """A list that grows, and whose last items are read."""
    values = [0.5 * x, x * x]
    for _ in checkpoint(range(n)):
        values.append(math.sin(values[-1]) * values[-2])
    return sum(values)


def trajectory(w, h0):
    """An array that holds all states."""
    h = np.zeros((8, len(h0)))
    h[0] = h0
    for t in checkpoint(range(7)):
        h[t + 1] = np.tanh(w @ h[t])
    return np.sum(h**2)


def several_states(q, p, n):
    """Two arrays that are carried, and change in turn."""
    energy = 0.0
    for t in checkpoint(range(n)):
        p = p - 0.1 * np.sin(q)
        q = q + 0.1 * p
        if t % 2:
            energy += np.sum(p * p)
    return energy + np.sum(q)


@checkpoint
def cell(h, w, x):
    """A layer of which only the inputs are kept."""
    a = w @ h + x
    b = np.tanh(a)
    return np.exp(-b * b) + b


def cells(w, x):
    """A marked function inside a loop."""
    h = np.zeros(len(w))
    for t in range(len(x)):
        h = cell(h, w, x[t])
    return np.sum(h * h)


def cells_in_checkpoint(w, x):
    """A marked function inside a marked loop."""
    h = np.zeros(len(w))
    for t in checkpoint(range(len(x))):
        h = cell(h, w, x[t])
    return np.sum(h * h)


def twice(w, x):
    """A marked function called outside of loops, and inside another one."""

    @checkpoint
    def block(h):
        return cell(cell(h, w, x), w, 0.5 * x)

    return np.sum(block(block(x)) * w[0])


@gradgen.checkpoint
def power_sum(x, n):
    """A marked function with a loop and an early return."""
    if n < 0:
        return x
    total = 0.0
    y = x
    for _ in range(n):
        y = y * math.sin(x)
        total += y * y
    return total


def with_loops(x, n):
    """Marked functions that have loops."""
    return power_sum(x, n) * power_sum(x * x, n) + power_sum(x, -1)


def few_states(x, n):
    """A loop whose state is kept three times, however long it is."""
    y = x * x
    for t in checkpoint(range(n), snapshots=3):
        x, y = math.sin(x + 0.1 * y), x * 0.9 + 0.01 * t
    return x + y


def few_states_in_place(k, u, n):
    """An array written in place, kept twice; each turn is a part."""
    for _ in checkpoint(range(2, n), snapshots=2, segment=1):
        for i in range(1, len(u) - 1):
            u[i] += k * u[i] * (u[i - 1] - 2.0 * u[i] + u[i + 1])
    return np.sum(u[1:] ** 2)


def few_states_backwards(x, n):
    """A range with steps, backwards, in parts of two turns."""
    for t in checkpoint(reversed(range(1, n, 3)), snapshots=1, segment=2):
        x = math.sin(x * (t + 1))
    return x


def few_states_of_rows(a, x):
    """The rows of an array, in a loop inside another."""
    total = 0.0
    for scale in range(1, 3):
        h = x * scale
        for k, row in checkpoint(enumerate(a), snapshots=2):
            h = np.tanh(h * row) + k * 0.1
        total += np.sum(h)
    return total


def few_states_of_a_list(x, n):
    """A list that grows, kept as a whole."""
    values = [0.5 * x, x * x]
    for _ in checkpoint(range(n), snapshots=2):
        values.append(math.sin(values[-1]) * values[-2])
    return values[-1] + values[-2]


EXAMPLE_ARGS = {
    "recurrence": lambda: (0.5, 23),
    "recurrent_network": lambda: (0.5 * np.eye(3) + 0.1, np.arange(15.0).reshape(5, 3) / 9.0),
    "heat": lambda: (0.1, np.linspace(0.5, 1.5, 7) ** 2),
    "inner_only": lambda: (0.4, 6),
    "both": lambda: (0.4, 5),
    "until": lambda: (2.0, 1e-3),
    "leaves_early": lambda: (0.4, 50),
    "returns_from_while": lambda: (0.4, 90),
    "over_rows": lambda: (np.linspace(0.1, 1.2, 12).reshape(4, 3), np.array([0.3, -0.2, 0.9])),
    "backwards": lambda: (0.3, 8),
    "steps_of_three": lambda: (0.3, 2, 19),
    "appended": lambda: (0.7, 9),
    "trajectory": lambda: (0.4 * np.eye(2) + 0.3, np.array([0.5, -0.2])),
    "several_states": lambda: (np.array([0.3, 0.8]), np.array([0.1, -0.4]), 11),
    "cells": lambda: (0.5 * np.eye(3) + 0.1, np.arange(15.0).reshape(5, 3) / 9.0),
    "cells_in_checkpoint": lambda: (0.5 * np.eye(3) + 0.1, np.arange(15.0).reshape(5, 3) / 9.0),
    "twice": lambda: (0.5 * np.eye(3) + 0.1, np.array([0.2, 0.4, -0.3])),
    "with_loops": lambda: (0.6, 7),
    "few_states": lambda: (0.6, 70),
    "few_states_in_place": lambda: (0.1, np.linspace(0.5, 1.5, 6) ** 2, 12),
    "few_states_backwards": lambda: (0.6, 29),
    "few_states_of_rows": lambda: (
        np.linspace(0.1, 1.2, 36).reshape(12, 3),
        np.array([0.3, -0.2, 0.9]),
    ),
    "few_states_of_a_list": lambda: (0.7, 21),
}
MORE_ARGS = {
    "recurrence": [lambda: (0.5, 0), lambda: (0.5, -4), lambda: (0.5, 1), lambda: (0.5, 16)],
    "until": [lambda: (1.0, 1e-3)],
    "leaves_early": [lambda: (0.4, 0), lambda: (0.4, 3), lambda: (5.0, 9), lambda: (0.01, 6)],
    "returns_from_while": [lambda: (0.4, 0), lambda: (0.4, 3), lambda: (2.6, 3)],
    "backwards": [lambda: (0.3, 0), lambda: (0.3, 1)],
    "steps_of_three": [lambda: (0.3, 5, 5), lambda: (0.3, 9, 2), lambda: (0.3, -3, 30)],
    "appended": [lambda: (0.7, 0), lambda: (0.7, 1)],
    "several_states": [lambda: (np.array([0.3, 0.8]), np.array([0.1, -0.4]), 0)],
    "with_loops": [lambda: (0.6, 0), lambda: (0.6, -3), lambda: (0.6, 2)],
    "few_states": [lambda: (0.6, 0), lambda: (0.6, 1), lambda: (0.6, 2), lambda: (0.6, 9)],
    "few_states_in_place": [lambda: (0.1, np.linspace(0.5, 1.5, 6), k) for k in (0, 3, 4, 5)],
    "few_states_backwards": [lambda: (0.6, 0), lambda: (0.6, 2), lambda: (0.6, 9)],
    "few_states_of_a_list": [lambda: (0.7, 0), lambda: (0.7, 1), lambda: (4.23, 21)],
    "few_states_of_rows": [lambda: (np.linspace(0.8, 1.2, 45).reshape(15, 3), np.full(3, 0.1))],
}
