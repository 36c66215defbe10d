"""Lists of tuples that are joined, halved and handed on by functions that call themselves."""

from __future__ import annotations

import numpy as np


def lower_and_upper_hull(points):
    def half(order):
        chain = []
        for i in order:
            x, y = points[i]
            while len(chain) >= 2:
                (ax, ay), (bx, by) = chain[-2], chain[-1]
                if (bx - ax) * (y - ay) - (by - ay) * (x - ax) > 0:
                    break
                chain.pop()
            chain.append((x, y))
        return chain

    order = sorted(range(len(points)), key=lambda i: points[i, 0])
    hull = half(order)[:-1] + half(order[::-1])[:-1]
    area = 0.0
    for k in range(len(hull)):
        (ax, ay), (bx, by) = hull[k - 1], hull[k]
        area += 0.5 * (ax * by - bx * ay)
    return area**2


def positive_rows_first(x):
    front, back = [], []
    for a, b in x:
        if a > 0:
            front.append((a, b))
        else:
            back.append((a, b))
    rows = front + back[:-1]
    return sum(k * a * b**2 for k, (a, b) in enumerate(rows))


def refined_mesh(x):
    def split(lo, hi):
        if hi - lo < 0.2:
            return [(lo, hi)]
        middle = 0.5 * (lo + hi) + 0.01 * x[1]
        left = split(lo, middle)
        left.extend(split(middle, hi))
        return left

    return sum((b - a) * np.sin(a * b) * x[0] for a, b in split(0.0, x[2]))


def powers_from_the_last(x):
    def rows(n):
        out = rows(n - 1) if n > 0 else []
        out.insert(0, [x[n], x[n] ** 2])
        return out

    return sum(k * q * i for i, (k, q) in enumerate(rows(int(2.2 * x[0] + 2))))


class Leaf:
    def __init__(self, key):
        self.key, self.left, self.right = key, None, None

    def put(self, key):
        if key < self.key:
            if self.left is None:
                self.left = Leaf(key)
            else:
                self.left.put(key)
        elif self.right is None:
            self.right = Leaf(key)
        else:
            self.right.put(key)

    def walk(self):
        out = self.left.walk() if self.left is not None else []
        out.append((self.key, self.key**2))
        if self.right is not None:
            out.extend(self.right.walk())
        return out


def tree_in_order(x):
    root = Leaf(x[0])
    for v in x[1:]:
        root.put(v)
    return sum(i * a * b for i, (a, b) in enumerate(root.walk()))


def chain_of_nodes(x):
    root = Leaf(x[0])
    for v in x[1:]:
        node = Leaf(v)
        node.left, root = root, node
    return sum(a * b for a, b in root.walk())


X = np.array([0.5, 0.3, 0.7, 0.2])
P = np.array([[0.5, 0.3], [-0.7, 0.2], [0.3, 0.8], [0.1, 0.25], [-0.2, -0.6]])
EXAMPLE_ARGS = {
    "lower_and_upper_hull": lambda: (P.copy(),),
    "positive_rows_first": lambda: (P.copy(),),
    "refined_mesh": lambda: (X.copy(),),
    "powers_from_the_last": lambda: (X.copy(),),
    "tree_in_order": lambda: (X.copy(),),
    "chain_of_nodes": lambda: (X.copy(),),
}
