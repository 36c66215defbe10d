"""Objects with an attribute that is None in some of them, a number, tuple or list in others."""

from __future__ import annotations

import math
from collections import namedtuple

import numpy as np

_A = [0.31, -0.72, 1.13, 0.58, -0.27]
_Y = [0.213, 1.317, 0.459, 1.102, 0.151, 0.937, 1.229, 0.506]
_X = [0.1, 0.9, 0.4, 0.7, 0.2, 0.55, 0.8, 0.33]
_P = [[0.3, -0.7], [1.1, 0.2], [0.9, 0.45], [-0.35, 0.65], [-1.2, 0.15]]


class Tree:
    def __init__(self, max_depth=2):
        self.max_depth = max_depth
        self.left = None
        self.right = None
        self.split = None
        self.value = None

    def train(self, X, y, depth=0):
        self.value = np.mean(y)
        if depth >= self.max_depth or len(y) <= 1:
            return
        best, best_t = np.inf, None
        for t in X:
            low, high = y[X < t], y[X >= t]
            if len(low) == 0 or len(high) == 0:
                continue
            cost = np.sum((low - low.mean()) ** 2) + np.sum((high - high.mean()) ** 2)
            if cost < best:
                best, best_t = cost, t
        if best_t is None:
            return
        self.split = best_t
        mask = X < best_t
        self.left = Tree(self.max_depth)
        self.left.train(X[mask], y[mask], depth + 1)
        self.right = Tree(self.max_depth)
        self.right.train(X[~mask], y[~mask], depth + 1)

    def predict(self, x):
        if self.split is None:
            return self.value
        return self.left.predict(x) if x < self.split else self.right.predict(x)


def trained(y, X):
    t = Tree()
    t.train(X, y)
    return sum((t.predict(v) - w) ** 2 for v, w in zip(X, y)) + t.predict(0.6)


class Choice:
    def __init__(self, feature=None, threshold=None, left=None, right=None, *, value=None):
        self.feature, self.threshold = feature, threshold
        self.left, self.right = left, right
        self.value = value


class Chooser:
    def __init__(self, max_depth):
        self.max_depth = max_depth
        self.root = None

    def fit(self, X, y):
        self.root = self.grown(X, y)

    def grown(self, X, y, depth=0):
        if depth >= self.max_depth or len(y) < 2:
            return Choice(value=np.mean(y))
        feature, threshold = self.best(X, y)
        mask = X[:, feature] <= threshold
        if np.all(mask):
            return Choice(value=np.mean(y))
        left = self.grown(X[mask], y[mask], depth + 1)
        return Choice(feature, threshold, left, self.grown(X[~mask], y[~mask], depth + 1))

    def best(self, X, y):
        gain, feature, threshold = -np.inf, None, None
        for k in range(X.shape[1]):
            for t in np.unique(X[:, k]):
                mask = X[:, k] <= t
                if np.all(mask):
                    continue
                low, high = y[mask], y[~mask]
                won = -(np.var(low) * len(low) + np.var(high) * len(high))
                if won > gain:
                    gain, feature, threshold = won, k, t
        return feature, threshold

    def predict(self, x, node):
        if node.value is not None:
            return node.value
        if x[node.feature] <= node.threshold:
            return self.predict(x, node.left)
        return self.predict(x, node.right)


def chosen_features(y, X):
    t = Chooser(2)
    t.fit(np.column_stack([X, X[::-1] ** 2]), y)
    return sum(w * t.predict(np.array([v, v * v]), t.root) for v, w in zip(X, y))


class Quad:
    def __init__(self, cx, cy, half):
        self.cx, self.cy, self.half = cx, cy, half
        self.mass = self.mx = self.my = 0.0
        self.body = None
        self.children = None

    def insert(self, x, y, m):
        if self.children is None and self.body is None:
            self.body = (x, y, m)
        else:
            if self.children is None:
                self.children = []
                q = self.half / 2
                for dx in (-q, q):
                    for dy in (-q, q):
                        self.children.append(Quad(self.cx + dx, self.cy + dy, q))
                bx, by, bm = self.body
                self.body = None
                self.child(bx, by).insert(bx, by, bm)
            self.child(x, y).insert(x, y, m)
        self.mx = (self.mx * self.mass + x * m) / (self.mass + m)
        self.my = (self.my * self.mass + y * m) / (self.mass + m)
        self.mass += m

    def child(self, x, y):
        return self.children[(2 if x > self.cx else 0) + (1 if y > self.cy else 0)]

    def potential(self, x, y, theta):
        if self.mass == 0.0:
            return 0.0
        d = math.sqrt((self.mx - x) ** 2 + (self.my - y) ** 2 + 0.01)
        if self.children is None or 2 * self.half / d < theta:
            return -self.mass / d
        return sum(c.potential(x, y, theta) for c in self.children)


def barnes_hut(p):
    root = Quad(0.0, 0.0, 2.0)
    for x, y in p:
        root.insert(x, y, 1.0 + x * x)
    return sum(root.potential(x, y, 0.5) for x, y in p)


class Item:
    def __init__(self, v):
        self.v = v
        self.mark = None
        self.pair = None
        self.kids = None
        self.next = None


def chain(x):
    head = None
    for v in x:
        item = Item(v)
        item.next = head
        head = item
    return head


def number_comes_and_goes(x):
    head, s, last = chain(x), 0.0, None
    p = head
    while p is not None:
        if p.v > 0:
            p.mark = p.v**2
        p = p.next
    p = head
    while p is not None:
        if p.mark is None:
            if last is not None:
                p.mark = last * 0.5
        elif p.mark > 1.0:
            p.mark = None
        else:
            last = p.mark
            p.mark += p.v
        p = p.next
    p = head
    while p is not None:
        s += (p.mark if p.mark is not None else 0.25) ** 2 + (p.mark or 0.1)
        p = p.next
    return s


Pair = namedtuple("Pair", "x y")


def tuples_handed_on(x):
    items = []
    for v in x:
        item = Item(v)
        if v > 0:
            item.pair = Pair(v, v * v)
        items.append(item)
    for one, other in zip(items, items[1:]):
        if other.pair is None:
            other.pair = one.pair
        elif one.pair is not None:
            one.pair, other.pair = other.pair, one.pair._replace(x=1.0 + one.v)
    s = 0.0
    for item in items:
        if item.pair is not None:
            a, b = item.pair
            s += a * b + item.pair.x**2 + item.v * item.pair[1]
    return s


def lists_handed_on(x):
    head = chain(x)
    p = head
    while p is not None:
        if p.v > 0:
            p.kids = [p.v, p.v**2]
        if p.next is not None and p.next.kids is None:
            p.next.kids = p.kids
        p = p.next
    s, p = 0.0, head
    while p:
        if p.kids is not None:
            p.kids[0] += 1.5 * p.v
            kids = p.kids
            kids.append(0.5)
            s += sum(p.kids) * len(kids)
            if p.v < -0.5:
                p.kids = None
        p = p.next
    return s + (0.0 if head.kids is None else head.kids[0])


_ON_X = ["number_comes_and_goes", "tuples_handed_on", "lists_handed_on"]
EXAMPLE_ARGS = {
    "trained": lambda: (np.array(_Y), np.array(_X)),
    "chosen_features": lambda: (np.array(_Y), np.array(_X)),
    "barnes_hut": lambda: (np.array(_P),),
    **{name: lambda: (np.array(_A),) for name in _ON_X},
}
