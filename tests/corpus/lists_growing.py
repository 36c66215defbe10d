"""Lists that grow by a number of items that the program finds out."""

from __future__ import annotations

import math

import numpy as np


def positive_squares(x):
    """An array of what passes a test."""
    kept = []
    for i in range(len(x)):
        if x[i] > 0.0:
            kept.append(x[i] * x[i])
    return np.sum(np.array(kept) * 2.0)


def decay_series(start, rate):
    """A list of states until they are small; its length, last item and sum are used."""
    states = []
    value = start
    while value > 0.1:
        states.append(value)
        value = value * rate
    weights = np.arange(len(states))
    return np.array(states) @ weights + states[-1] ** 2 + sum(states)


def recurrence_in_list(x):
    """Each item is made from the one before."""
    path = [x[0]]
    for _ in range(5):
        path.append(np.sin(path[-1]) * x[1])
    total = 0.0
    for k, value in enumerate(path):
        total += value * k
    return total + sum(path)


def fibonacci_like(a, b):
    """Each item is made from the two before."""
    seq = [a, b]
    for k in range(2, 9):
        seq.append(0.5 * seq[k - 1] + math.sin(seq[k - 2]))
    return seq[-1] * seq[4]


def hidden_states(w, x):
    """Arrays in a list: stacked, joined, and one picked."""
    states = []
    h = x
    for _ in range(3):
        h = np.tanh(w @ h)
        states.append(h)
    stacked = np.stack(states, axis=1)
    return np.sum(stacked**2) + np.sum(np.concatenate(states) ** 3) + np.sum(np.array(states)[1])


def list_of_zeros(x):
    """A list made by repetition, filled by index."""
    out = [0.0] * len(x)
    for i in range(len(x)):
        out[i] = x[i] ** 2
    for i in range(1, len(x)):
        out[i] += out[i - 1]
    return np.mean(out) + sum(out[1:])


def front_and_back(x):
    """Insertions at the front, joined lists, reversal and pops."""
    front = []
    for v in x:
        front.insert(0, v * v)
    both = front + [x[0]]
    both += [x[1]]
    both.extend(front)
    both.reverse()
    first = both.pop(0)
    return np.sum(np.array(both) * np.arange(len(both))) * first


def extremes_of_list(x):
    """Builtin max and min of a list, and of an array."""
    terms = []
    for v in x:
        terms.append(v * v + 1.0)
    return max(terms) * min(terms) + max(x) - 2.0 * min(x)


def reversed_list(x):
    """A list run through backwards, and in pairs."""
    terms = []
    for v in x:
        terms.append(np.cos(v))
    total = 0.0
    for k, v in enumerate(reversed(terms)):
        total += v * (k + 1)
    for a, b in zip(terms, terms[1:]):
        total += a * b
    return total


def swaps_in_list(x):
    """Items exchanged in place."""
    items = list(x)
    n = len(items)
    for i in range(n // 2):
        items[i], items[n - 1 - i] = items[n - 1 - i], 2.0 * items[i]
    return np.dot(np.array(items), np.arange(1.0, n + 1.0))


def bubble_sorted(x):
    """A sort written out over a list."""
    items = x.tolist()
    for i in range(len(items)):
        for j in range(len(items) - 1 - i):
            if items[j] > items[j + 1]:
                items[j], items[j + 1] = items[j + 1], items[j]
    return items[0] * items[1] + items[-1] ** 2


def stack_machine(x):
    """Pushes and pops whose number depends on the values."""
    stack = [1.0]
    for v in x:
        if v > 0.0:
            stack.append(v * stack[-1])
        elif len(stack) > 1:
            top = stack.pop()
            stack[-1] = stack[-1] + 0.5 * top
    return sum(stack)


def two_lists(x):
    """A value goes to one list or the other."""
    low, high = [], []
    for v in x:
        if v < 0.5:
            low.append(v)
        else:
            high.append(v * v)
    return np.mean(np.array(low)) * np.mean(np.array(high)) + np.var(high)


def queue(x):
    """A queue from which the first is taken, until it is empty."""
    waiting = x.tolist()
    total = 0.0
    while waiting:
        item = waiting.pop(0)
        total = 0.9 * total + item
        if item > 1.0:
            waiting.append(0.5 * item)
    return total


def sorted_values(x):
    """Sorted lists, both ways."""
    up = sorted(x)
    down = sorted([x[0] * 3.0, x[1], x[2] ** 2], reverse=True)
    return up[0] + 2.0 * up[1] + down[0] * down[2]


def list_in_branch(x, flag):
    """A list that grows on one path only."""
    terms = [x[0]]
    if x[1] > flag:
        for v in x:
            terms.append(v * x[1])
    return sum(terms) * np.max(terms)


def sum_of_arrays(w, x):
    """The builtin sum of arrays in a list."""
    parts = []
    for row in w:
        parts.append(row * x)
    return np.sum(sum(parts) ** 2)


def square_of_lists(x):
    """A list of lists that becomes a matrix, and one entry of it."""
    rows = []
    for i in range(len(x)):
        row = []
        for j in range(len(x)):
            row.append(x[i] * x[j] + j)
        rows.append(row)
    return np.sum(np.array(rows) ** 2) + rows[1][2]


def two_at_a_time(x):
    """A list that grows by displays."""
    items = []
    for v in x:
        items += [v, v * v]
    return np.dot(items, np.arange(len(items)))


def picked_coefficients(coefficients, x):
    """A list argument whose items a loop's index picks."""
    total = 0.0
    for i in range(len(coefficients)):
        total += coefficients[i] * x**i
    return total


def layers_of_two_kinds(weights, biases, x):
    """Lists of arrays of different shapes, picked by the index."""
    for i in range(len(weights)):
        x = weights[i] @ x + biases[i]
        if i < len(weights) - 1:
            x = np.tanh(x)
    return np.sum(x)


def _vector():
    return (np.array([0.7, -0.4, 1.3, 0.2]),)


EXAMPLE_ARGS = {
    "positive_squares": _vector,
    "decay_series": lambda: (2.0, 0.7),
    "recurrence_in_list": _vector,
    "fibonacci_like": lambda: (0.4, 1.1),
    "hidden_states": lambda: (np.eye(2) * 0.5 + 0.1, np.array([0.3, 0.4])),
    "list_of_zeros": _vector,
    "front_and_back": _vector,
    "extremes_of_list": _vector,
    "reversed_list": _vector,
    "swaps_in_list": _vector,
    "bubble_sorted": _vector,
    "stack_machine": _vector,
    "two_lists": _vector,
    "queue": _vector,
    "sorted_values": _vector,
    "list_in_branch": lambda: (np.array([0.7, 0.4, 1.3]), 0.1),
    "square_of_lists": _vector,
    "two_at_a_time": _vector,
    "picked_coefficients": lambda: ([0.3, 0.5, -0.2], 1.5),
    "layers_of_two_kinds": lambda: (
        [np.array([[0.3, 0.1], [0.2, -0.4], [0.1, 0.1]]), np.array([[0.5, 0.6, 0.2]])],
        [np.array([0.1, 0.2, 0.3]), np.array([0.5])],
        np.array([1.0, 2.0]),
    ),
    "sum_of_arrays": lambda: (np.array([[0.3, -0.8], [1.1, 0.5]]), np.array([0.6, -1.2])),
}
MORE_ARGS = {
    "stack_machine": [lambda: (np.array([0.5, 0.7, -1.0, 1.5, -0.3]),)],
    "list_in_branch": [lambda: (np.array([0.7, 0.05, 1.3]), 0.1)],
    "positive_squares": [lambda: (np.array([-0.7, -0.4]),)],
}
ARGNUMS = {"list_in_branch": (0,)}
