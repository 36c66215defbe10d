"""Generators that take turns with the loop over them: each sees what the other one changes."""

from __future__ import annotations

import numpy as np


class Solver:
    def __init__(self, x):
        self.u = x.copy()
        self.t = 0.0

    def run(self, n):
        for k in range(n):
            self.u = self.u + 0.1 * np.sin(self.u)
            self.t += 0.1
            yield k


class Sampler:
    def __init__(self, x):
        self.x = x
        self.calls = 0
        self.total = 0.0

    def __iter__(self):
        for v in self.x:
            self.calls += 1
            self.total = self.total + v
            yield v * self.calls


def list_whole(x):
    log = []

    def gen():
        for v in x:
            log.append(v * 2)
            yield v**2

    l = list(gen())
    return sum(l) * sum(log) + len(log)


def sum_whole(x):
    acc = np.zeros(6)

    def gen():
        for i, v in enumerate(x):
            acc[i] = v
            yield v**2

    return sum(gen()) * acc[2]


def any_early(x):
    def gen():
        for v in x:
            print("look", f"{v:.2f}")
            yield v > 0.9

    if any(gen()):
        return np.sum(x**2)
    return np.sum(x)


def any_early_write(x):
    seen = []

    def gen():
        for v in x:
            seen.append(v)
            yield v > 0.9

    if any(gen()):
        return sum(s**2 for s in seen)
    return np.sum(x)


def in_a_comprehension(x):
    calls = [0]

    def gen():
        for v in x:
            calls[0] += 1
            yield v

    l = [v * calls[0] for v in gen()]
    return sum(l) + calls[0]


def genexp_over(x):
    calls = [0]

    def gen():
        for v in x:
            calls[0] += 1
            yield v

    return sum(v * calls[0] for v in gen()) * calls[0]


def enumerate_turns(x):
    u = x.copy()

    def gen():
        for i in range(5):
            yield u[i]

    s = 0.0
    for i, v in enumerate(gen(), 1):
        u[i] += 0.2 * v
        s += v**2
    return s


def zip_turns(x):
    u = x.copy()

    def gen():
        for i in range(5):
            yield i, u[i]

    s = 0.0
    for (i, v), w in zip(gen(), x[1:4]):
        u[i + 1] += w * v
        s += v**2
    return s + np.sum(u)


def continue_else(x):
    n = 0

    def gen():
        nonlocal n
        for v in x:
            n += 1
            yield v

    s = 0.0
    for v in gen():
        if v < 0.5:
            continue
        s += v * n
    else:
        s *= 2.0
    return s


def break_else(x):
    n = 0

    def gen():
        nonlocal n
        for v in x:
            n += 1
            yield v
            n += 10

    s = 0.0
    for v in gen():
        for k in range(2):
            if v * k > 1.0:
                break
            s += v * k
        if s > 1.0:
            break
        s += v * n
    else:
        s *= 2.0
    return s * n


def return_inside(x):
    n = [0]

    def gen():
        for v in x:
            n[0] += 1
            yield v

    s = 0.0
    for v in gen():
        s += v**2
        if s > 1.2:
            return s * n[0]
    return s


def two_yields(x):
    state = {"k": 1.0}

    def gen():
        for v in x:
            state["k"] = state["k"] * 1.1
            yield v
            if v > 0.5:
                yield v * state["k"]
        yield 5.0 * state["k"]

    s = 0.0
    for v in gen():
        s += v * v
        state["k"] += 0.1
    return s * state["k"]


def yield_from_value(x):
    tr = []

    def inner(lo, hi):
        s = 0.0
        for i in range(lo, hi):
            tr.append(x[i])
            s += x[i]
            yield x[i] ** 2
        return s

    def outer():
        a = yield from inner(0, 3)
        b = yield from inner(3, 6)
        yield a * b

    s = 0.0
    for v in outer():
        s += v * len(tr)
    return s


def while_schedule(x):
    hist = [2.0]

    def steps():
        k = 0
        while hist[-1] > 0.3 and k < 20:
            k += 1
            yield k

    u = x[0] + 1.0
    for k in steps():
        u = u - 0.3 * (u - x[1])
        hist.append((u - x[1]) ** 2 + 0.1)
    return u**2 + sum(hist)


def of_a_solver(x):
    s = Solver(x)
    total = 0.0
    for k in s.run(5):
        total += np.sum(s.u**2) * s.t
        if k == 2:
            s.u = s.u * 0.5
    return total + s.t


def of_a_solver_left(x):
    s = Solver(x)
    for k in s.run(50):
        if np.sum(s.u) > 6.0:
            break
    return np.sum(s.u**2) + s.t


def helper_loop(x):
    log = []

    def consume(it):
        t = 0.0
        for v in it:
            t += v * len(log)
        return t

    def gen():
        for v in x:
            log.append(v)
            yield v**2

    return consume(gen()) + sum(log)


def pipeline_turns(x):
    log = []

    def src():
        for v in x:
            log.append(v)
            yield v

    def dbl(it):
        for v in it:
            log.append(2 * v)
            yield v * len(log)

    s = 0.0
    for v in dbl(src()):
        s += v * len(log)
    return s + sum(log)


def recursive_effects(x):
    order = []
    tree = (0, (1, None, (2, None, None)), (3, (4, None, None), None))

    def visit(t):
        if t is None:
            return
        order.append(t[0])
        yield x[t[0]]
        yield from visit(t[1])
        yield from visit(t[2])

    s = 0.0
    for v in visit(tree):
        s += v * len(order) ** 2
    return s + sum(order)


def nested_loops(x):
    grid = np.zeros((3, 3))

    def cells():
        for i in range(3):
            for j in range(3):
                yield i, j

    for i, j in cells():
        left = grid[i, j - 1] if j > 0 else x[i]
        up = grid[i - 1, j] if i > 0 else x[j]
        grid[i, j] = np.tanh(left + up)
    return np.sum(grid)


def gen_reads_grid(x):
    grid = np.zeros(6)

    def free():
        for i in range(6):
            if grid[i] == 0.0:
                yield i

    for i in free():
        grid[i] = x[i]
        if i + 2 < 6 and x[i] > 0.5:
            grid[i + 2] = x[i] ** 2
    return np.sum(grid**2)


def writes_outside(x):
    trace = np.zeros(6)

    def gen():
        v = 1.0
        for i in range(6):
            v = v * 0.7 + x[i]
            trace[i] = v
            yield v

    s = 0.0
    for v in gen():
        s += v**2
    return s + np.sum(trace**3)


def appends_outside(x):
    log = []

    def gen():
        for v in x:
            log.append(v * 2.0)
            yield np.sin(v)

    s = 0.0
    for v in gen():
        s += v * len(log)
    return s + sum(log)


def self_state(x):
    sampler = Sampler(x)
    s = 0.0
    for v in sampler:
        s += v * sampler.total
    return s + sampler.total**2 * sampler.calls


def printing_in_turns(x):
    def gen(n):
        for i in range(n):
            print("step", i)
            yield x[i] ** 2

    s = 0.0
    for v in gen(3):
        print("got")
        s += v
    return s


def break_early(x):
    def newton(v):
        z = v
        while True:
            z = 0.5 * (z + v / z)
            yield z

    s = 0.0
    for v in x:
        prev = v
        for z in newton(v):
            if abs(z - prev) < 1e-13:
                break
            prev = z
        s += z
    return s


def generator_with_try_finally(x):
    log = []

    def gen():
        try:
            for v in x:
                yield v**2
        finally:
            log.append("closed")

    s = 0.0
    for v in gen():
        s += v
    print(log)
    return s


def gen_writes_arg(x):
    buf = np.zeros(2)

    def steps(b):
        for i in range(3):
            b[0] = x[2 * i]
            b[1] = x[2 * i + 1]
            yield b

    s = 0.0
    for b in steps(buf):
        s += b[0] * b[1]
    return s + buf[0]


def return_value(x):
    def inner(lo, hi):
        s = 0.0
        for i in range(lo, hi):
            s += x[i]
            yield x[i] ** 2
        return s

    def outer():
        s1 = yield from inner(0, 3)
        s2 = yield from inner(3, 6)
        yield s1 * s2

    return sum(outer())


def changes_what_is_read(x):
    k = 1.0

    def scaled():
        for i in range(3):
            yield k * x * i

    s = 0.0
    for v in scaled():
        s += np.sum(v)
        k *= 2.0
    return s


def noted_until(x):
    log = []

    def noted():
        for i in range(6):
            log.append(i)
            yield x[i] * i

    return any(v > 2.0 for v in noted()) * len(log) * x[0]


def never_ends(x):
    def naturals():
        i = 0
        while True:
            yield i
            i += 1
            yield -i

    for i in naturals():
        if i * x[0] > 1.0:
            return i * x[0]
    return x[1]


_NAMES = [
    "changes_what_is_read",
    "noted_until",
    "never_ends",
    "list_whole",
    "sum_whole",
    "any_early",
    "any_early_write",
    "in_a_comprehension",
    "genexp_over",
    "enumerate_turns",
    "zip_turns",
    "continue_else",
    "break_else",
    "return_inside",
    "two_yields",
    "yield_from_value",
    "while_schedule",
    "of_a_solver",
    "of_a_solver_left",
    "helper_loop",
    "pipeline_turns",
    "recursive_effects",
    "nested_loops",
    "gen_reads_grid",
    "writes_outside",
    "appends_outside",
    "self_state",
    "printing_in_turns",
    "break_early",
    "generator_with_try_finally",
    "gen_writes_arg",
    "return_value",
]
EXAMPLE_ARGS = {name: lambda: (np.array([0.31, 0.92, 0.57, 1.23, 0.44, 0.78]),) for name in _NAMES}
MORE_ARGS = {name: [lambda: (np.array([0.7, 0.2, 1.1, 0.4, 0.6, 0.9]),)] for name in _NAMES}
