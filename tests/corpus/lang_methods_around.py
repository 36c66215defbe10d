"""Classes inside a loss whose methods read the names of the function around them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

_A = [0.7, 1.3, -0.4, 2.1, 0.9]


def local_class_nonlocal(x):
    calls = 0

    class F:
        def eval(self, v):
            nonlocal calls
            calls += 1
            return v**2 * calls

    f = F()
    return f.eval(x[0]) + f.eval(x[1]) + calls * x[2]


def local_class_inherit(x):
    k = x[0]

    class Base:
        def energy(self, r):
            return 0.5 * k * r**2

    class Spring(Base):
        def energy(self, r):
            return super().energy(r) + x[1] * r

    return sum(Spring().energy(v) for v in x[2:])


def local_class_late(x):
    gain = 1.0

    class A:
        def f(self, v):
            return gain * v

    a = A()
    y = a.f(x[0])
    gain = x[1]
    return y * a.f(x[2])


def loop_late(x):
    k = 1.0

    class A:
        def __init__(self, a):
            self.a = a

        def f(self):
            return self.a * k

    a = A(x[0])
    total = 0.0
    for i in range(len(x)):
        k = k * x[i]
        total += a.f()
    return total


def branch_late(x):
    k = x[0]

    class A:
        def f(self, v):
            return k * v

    a = A()
    if x[1] > 1:
        k = x[2] ** 2
    return a.f(x[3])


def array_written(x):
    w = np.zeros(5)

    class A:
        def put(self, i, v):
            w[i] += v

        def get(self):
            return np.sum(w**2)

    a = A()
    for i, v in enumerate(x):
        a.put(i, v**2)
        w[0] += 1
    return a.get() + w[2]


def list_appended(x):
    log = []

    class A:
        def rec(self, v):
            if v > 0:
                log.append(v)
            return len(log)

    a = A()
    t = 0.0
    for v in x:
        t += a.rec(v) * v
    return t + sum(u**2 for u in log)


def factory_used_inside(x):
    def run(k):
        class A:
            def f(self, v):
                return k * v

        a = A()
        return a.f(x[0]) + a.f(x[1])

    return run(x[2]) * run(x[3])


def pooled(x):
    g = x[0]

    class Node:
        def __init__(self, v, nxt):
            self.v, self.nxt = v, nxt

        def w(self):
            return g * self.v**2

    head = None
    for v in x:
        if v > 0:
            head = Node(v, head)
    t = 0.0
    while head is not None:
        t += head.w()
        g = g * 0.5
        head = head.nxt
    return t


def rec_method_unknown(x):
    s = x[0]

    class T:
        def walk(self, v, d):
            if v > 10:
                return v * s
            return self.walk(v * 2 + s, d + 1)

    return T().walk(x[1], 0)


def nonlocal_loop(x):
    total = 0.0

    class Acc:
        def add(self, v):
            nonlocal total
            total += v
            return self

    a = Acc()
    for v in x:
        if v > 0:
            a.add(v**2)
    total *= 2
    return total


def class_renamed(x):
    class A:
        k = 2.0

        def again(self):
            return A()

        def f(self):
            return x[0] * self.k

    B = A

    class A:
        k = 3.0

        def f(self):
            return x[1] ** 2 * self.k

    return B().f() * B().again().f()


def param_late(x, n=2):
    class P:
        def pw(self, v):
            return v**n

    p = P()
    a = p.pw(x[0])
    n = 3
    return a + p.pw(x[1])


def in_loop_def(x):
    t = 0.0
    for v in x:

        class P:
            def g(self):
                return v**2

        t += P().g()
    return t


def operators_(x):
    eps = x[0]

    @dataclass
    class V:
        a: float
        b: float

        def __add__(self, o):
            return V(self.a + o.a * eps, self.b + o.b)

        @property
        def n(self):
            return np.sqrt(self.a**2 + self.b**2 + eps**2)

        @staticmethod
        def zero():
            return V(eps, 0.0)

        @classmethod
        def of(cls, v):
            return cls(v, v * eps)

    return (V(x[1], x[2]) + V.of(x[3]) + V.zero()).n


def gen_method(x):
    c = x[0]

    class L:
        def __iter__(self):
            for v in x:
                yield v * c

    t = 0.0
    for v in L():
        c = c * 0.5
        t += v
    return t


def poly_list(x):
    k = x[0]

    class A:
        def f(self, v):
            return k * v

    class B:
        def f(self, v):
            return k + v

    objs = [A(), B(), A()]
    t = 0.0
    for i, o in enumerate(objs):
        t += o.f(x[i]) ** 2
    return t


def alias_rows(x):
    m = np.outer(x, x)
    row = m[1]

    class A:
        def set(self, v):
            row[:] = v

    a = A()
    a.set(x[0])
    row = m[2]
    a.set(x[1] ** 2)
    return np.sum(m**2)


def deep(x):
    a = x[0]

    def mid(b):
        class C:
            def f(self, v):
                return a * b * v

        def call(c):
            return c.f(x[1])

        return call(C())

    return mid(x[2]) + mid(x[3])


def rec_fun_uses_class2(x):
    s = x[1]

    class T:
        def f(self, v):
            return v * s

    t = T()

    def go(v):
        if v > 10:
            return v
        return go(t.f(v) + 2)

    return go(x[1])


_NAMES = [
    "local_class_nonlocal",
    "local_class_inherit",
    "local_class_late",
    "loop_late",
    "branch_late",
    "array_written",
    "list_appended",
    "factory_used_inside",
    "pooled",
    "rec_method_unknown",
    "nonlocal_loop",
    "class_renamed",
    "param_late",
    "in_loop_def",
    "operators_",
    "gen_method",
    "poly_list",
    "alias_rows",
    "deep",
    "rec_fun_uses_class2",
]
EXAMPLE_ARGS = {name: lambda: (np.array(_A),) for name in _NAMES}
