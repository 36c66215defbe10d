"""Reverse mode as people write it: objects that know of what they were made, sorted by that."""

from __future__ import annotations

import math
from collections import defaultdict

import numpy as np


class Value:
    """Andrej Karpathy's micrograd, as it is told again and again."""

    def __init__(self, data, _children=(), _op=""):
        self.data = data
        self.grad = 0.0
        self._backward = lambda: None
        self._prev = set(_children)
        self._op = _op

    def __add__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data + other.data, (self, other), "+")

        def _backward():
            self.grad += out.grad
            other.grad += out.grad

        out._backward = _backward
        return out

    def __mul__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data * other.data, (self, other), "*")

        def _backward():
            self.grad += other.data * out.grad
            other.grad += self.data * out.grad

        out._backward = _backward
        return out

    def __pow__(self, other):
        assert isinstance(other, int | float)
        out = Value(self.data**other, (self,), f"**{other}")

        def _backward():
            self.grad += (other * self.data ** (other - 1)) * out.grad

        out._backward = _backward
        return out

    def tanh(self):
        t = math.tanh(self.data)
        out = Value(t, (self,), "tanh")

        def _backward():
            self.grad += (1 - t**2) * out.grad

        out._backward = _backward
        return out

    def backward(self):
        topo = []
        visited = set()

        def build_topo(v):
            if v not in visited:
                visited.add(v)
                for child in v._prev:
                    build_topo(child)
                topo.append(v)

        build_topo(self)
        self.grad = 1
        for v in reversed(topo):
            v._backward()

    def __sub__(self, other):
        return self + other * -1.0

    __radd__ = __add__
    __rmul__ = __mul__


class Leaf:
    def __init__(self, v):
        self.v = v
        self.inputs = []


class Sum:
    def __init__(self, *inputs):
        self.inputs = inputs


class Product(Sum):
    pass


def neuron(x):
    """The loss is made of a derivative: second derivatives come by the way."""
    w = [Value(x[0]), Value(x[1])]
    act = sum((wi * xi for wi, xi in zip(w, [1.0, -2.0], strict=True)), Value(x[2]))
    out = (act * act + act).tanh()
    out.backward()
    return w[0].grad * w[1].grad + out.data


def descent(x):
    """Steps of gradient descent, each with a graph of its own."""
    w, b = Value(x[0]), Value(x[1])
    for _ in range(3):
        loss = (w * 0.5 + b - x[2]) ** 2 + w * b * x[3]
        w.grad = b.grad = 0.0
        loss.backward()
        w.data -= 0.1 * w.grad
        b.data -= 0.1 * b.grad
    return w.data * b.data


def evaluated(root):
    """Evaluate a graph in the order of a depth-first search, each node once."""
    seen, order, values = [], [], {}
    stack = [(root, False)]
    while stack:
        node, done = stack.pop()
        if done:
            order.append(node)
        elif node not in seen:
            seen.append(node)
            stack.append((node, True))
            stack.extend((n, False) for n in node.inputs)
    for node in order:
        if isinstance(node, Leaf):
            value = node.v
        elif isinstance(node, Product):
            value = math.prod(values[id(n)] for n in node.inputs)
        else:
            value = sum(values[id(n)] for n in node.inputs)
        values[id(node)] = value
    return values[id(root)] * len(order)


def graph(x):
    """Nodes of several classes, told apart by what they are."""
    a, b = Leaf(x[0]), Leaf(x[1])
    p = Product(a, b)
    q = Sum(p, a, Leaf(x[2]))
    r = Product(q, p, q)
    return evaluated(r) * (2.0 if a == b else 3.0) + (x[3] if p in r.inputs else 0.0)


def of_a_set(x):
    """Objects in a set, which lose one of them; nothing depends on their order."""
    a, b, c = (Leaf(v * v) for v in x[:3])
    members = {a, b}
    members.add(c)
    members.add(a)
    before = max(n.v for n in members) * len(members)
    members.remove(b)
    for n in members:
        n.v *= x[3]
    return before + a.v * b.v * c.v * (b in members or 2.0)


def of_keys(x):
    """Objects as keys: of adjoints by node, of distances in a graph."""
    nodes = [Leaf(v * v + 0.1) for v in x]
    near = {nodes[0]: nodes[1:3], nodes[1]: [nodes[3]], nodes[2]: [nodes[3]]}
    dist = {n: 100.0 for n in nodes}
    dist[nodes[0]] = x[0]
    for n, others in near.items():
        for m in others:
            dist[m] = min(dist[m], dist[n] + n.v * m.v)
    weights = defaultdict(float)
    for n in near:
        weights[n] += n.v
        weights[nodes[3]] += dist[n]
    last = dist.pop(nodes[3])
    return last * sum(dist.values()) + sum(weights[n] * n.v for n in nodes)


_A = [[0.7, 1.3, -0.4, 0.9], [-0.2, 0.9, 0.8, 0.3]]
_NAMES = ["neuron", "descent", "graph", "of_a_set", "of_keys"]
EXAMPLE_ARGS = {name: lambda: (np.array(_A[0]),) for name in _NAMES}
MORE_ARGS = {name: [lambda: (np.array(_A[1]),)] for name in _NAMES}
