"""Queues and stacks of lists, whose first or last item has a name while the queue changes."""

from __future__ import annotations

from collections import deque

import numpy as np


def _uniform(n, seed=5):
    return np.random.default_rng(seed).uniform(0.5, 1.5, n)


def first_in_first_out(bought, prices, sold):
    lots = deque()
    gain = 0.0
    for quantity, price, need in zip(bought, prices, sold, strict=True):
        lots.append([quantity, price])
        while need > 1e-12 and lots:
            lot = lots[0]
            take = min(need, lot[0])
            gain += take * (price * 1.1 - lot[1])
            lot[0] -= take
            need -= take
            if lot[0] <= 1e-12:
                lots.popleft()
    return gain + sum(q * p for q, p in lots)


def name_dead_in_a_branch(x):
    lots = []
    for v in x:
        lots.append([v, 1.0])
    s = 0.0
    while lots:
        lot = lots[0]
        lot[0] *= 0.5
        s += lot[0]
        if lot[0] < 0.3:
            lots.pop(0)
    return s


def written_after_it_was_popped(x, need):
    lots = [[x[0], 1.0]]
    s = 0.0
    while need > 0.05 and lots:
        lot = lots[0]
        lot[0] *= 0.5
        need *= 0.6
        s += lot[0]
        if lot[0] <= 0.3:
            lots.pop(0)
            s += lot[0]
            lot[0] = 7.0 * x[1]
            s += lot[0]
    return s


def read_after_the_loop(x, need):
    lots = [[v, 1.0] for v in x]
    last = lots[0]
    while need > 0.05 and lots:
        last = lots[0]
        last[0] *= 0.5
        need *= 0.6
        if last[0] <= 0.3:
            lots.pop(0)
    return last[0] * 3 + sum(v for v, _ in lots)


def appended_while_the_first_has_a_name(x, need):
    queue = [[x[0], x[1]]]
    s = 0.0
    while need > 0.05:
        need *= 0.6
        head = queue[0]
        head[0] += need
        head[1] *= 0.9
        queue.append([head[0], head[1] * need])
        queue[-1][0] += queue[0][1]
        if head[0] > 1.0:
            queue.pop(0)
        s += queue[-1][0]
    return s + sum(a * b for a, b in queue)


def popped_and_appended_again(x, need):
    rows = []
    for v in x:
        rows.append([v, 1.0])
    i = 0
    s = 0.0
    while need > 0.05 and len(rows) > 1:
        need *= 0.6
        row = rows[i]
        row[0] *= 1.5
        taken = rows.pop(i)
        taken[1] += row[0]
        s += row[1]
        rows.append(row)
        row[1] *= 0.5
        s += rows[-1][1]
    return s


def array_written_after_it_was_popped(x, need):
    rows = []
    for v in x:
        rows.append(np.array([v, 2 * v]))
    s = 0.0
    while need > 0.05 and rows:
        need *= 0.6
        row = rows[0]
        row *= 1.5
        s += row[0]
        if s > 1.5:
            rows.pop(0)
            row[0] = 5.0
        s += row.sum()
    return s


def one_list_at_two_places(x, need):
    a = [x[0], 1.0]
    lots = [a, [x[1], 2.0], a]
    s = 0.0
    while need > 0.05 and lots:
        lot = lots[0]
        lot[0] *= 0.5
        need *= 0.6
        s += lots[-1][0]
        if lot[0] <= 0.3:
            lots.pop(0)
    return s


def place_that_moves(x, need):
    queue = [[x[0], x[1]]]
    s = 0.0
    while need > 0.05:
        need *= 0.6
        last = queue[-1]
        last[0] += need
        queue.append([last[0], need])
        last[1] *= 2.0
        s += queue[0][0]
    return s + sum(a * b for a, b in queue)


EXAMPLE_ARGS = {
    "first_in_first_out": lambda: (1.0 + _uniform(4), 5 + _uniform(4, 6), _uniform(4, 7)),
    "name_dead_in_a_branch": lambda: (_uniform(4),),
    "written_after_it_was_popped": lambda: (_uniform(3), 0.8),
    "read_after_the_loop": lambda: (_uniform(3), 0.8),
    "appended_while_the_first_has_a_name": lambda: (_uniform(3), 0.8),
    "popped_and_appended_again": lambda: (_uniform(3), 0.8),
    "array_written_after_it_was_popped": lambda: (_uniform(3), 0.8),
    "one_list_at_two_places": lambda: (_uniform(3), 0.8),
    "place_that_moves": lambda: (_uniform(3), 0.8),
}

MAY_BE_REFUSED = ("one_list_at_two_places", "place_that_moves")
