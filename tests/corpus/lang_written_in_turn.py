"""Loops over arrays and objects that the body writes to, in loops of its own, before their turn."""

from __future__ import annotations

import numpy as np


class Cell:
    def __init__(self, table):
        self.table = table


def over_a_tuple(m, r):
    for cell in (r, m):
        for _ in range(3):
            m *= np.sin(cell[1, 2])
    return np.sum(m * m)


def over_a_named_list(m, r):
    pair = [r, m]
    for cell in pair:
        k = 0
        while k < 3:
            m *= np.sin(cell[1, 2])
            k += 1
    return np.sum(m * m)


def over_a_dict(m, r):
    for cell in {"a": r, "b": m}.values():
        for _ in range(2):
            m *= 1.0 + 0.1 * cell[0, 0]
    return np.sum(m * m)


def zipped(m, r):
    for a, cell in zip([1.0, 2.0], [r, m], strict=True):
        for _ in range(3):
            m *= np.sin(cell[1, 2]) * a
    return np.sum(m * m)


def over_objects(m, r):
    for cell in (Cell(r), Cell(m), Cell(r[:2])):
        for _ in range(2):
            m *= 1.0 + 0.1 * cell.table[0, 0]
            cell.table[1] += 0.1
    return np.sum(m * m)


def until_a_break(m, r):
    out = []
    for cell in (r, m, m.T):
        for _ in range(3):
            m *= np.cos(cell[1, 2])
            if cell[0, 0] > 1.2:
                break
        else:
            out.append(np.sum(cell))
            continue
        out.append(cell[0, 0])
        break
    return sum(out) + np.sum(m)


def nested(m, r):
    for a in (r, m):
        for b in (m, r):
            for _ in range(2):
                a *= 1.0 + 0.1 * b[0, 0]
    return np.sum(m * r)


def mapped(m, r):
    for value in map(lambda q: q[0, 1], [r, m]):
        for _ in range(2):
            m *= 1.0 + 0.1 * value
    return np.sum(m * m)


def generated(m, r):
    for value in (q[0, 1] for q in (r, m)):
        for _ in range(2):
            m *= 1.0 + 0.1 * value
    return np.sum(m * m)


def _args():
    rng = np.random.default_rng(5)
    return 0.5 + rng.uniform(size=(3, 3)), 0.5 + rng.uniform(size=(3, 3))


NAMES = ["over_a_tuple", "over_a_named_list", "over_a_dict", "zipped", "mapped", "generated"]
EXAMPLE_ARGS = dict.fromkeys([*NAMES, "over_objects", "until_a_break", "nested"], _args)
