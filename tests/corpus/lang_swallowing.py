"""Context managers that swallow what their block raises, or raise something else."""

from __future__ import annotations

import numpy as np

_A = [0.7, 1.3, -0.4, 2.1, 0.9]


class Swallow:
    def __init__(self, *kinds):
        self.kinds = kinds
        self.caught = 0

    def __enter__(self):
        return self

    def __exit__(self, t, v, tb):
        if t is not None and issubclass(t, self.kinds):
            self.caught += 1
            return True
        return False


class Always:
    def __enter__(self):
        return self

    def __exit__(self, *exc):
        return True


class Only:
    def __init__(self):
        self.value = 0.0

    def __enter__(self):
        return self

    def __exit__(self, exc_type, exc, tb):
        if exc_type is ValueError:
            self.value = exc.args[0]
            return True


class ByIsinstance:
    log = 0.0

    def __enter__(self):
        return 2.0

    def __exit__(self, exc_type, exc, tb):
        return isinstance(exc, ArithmeticError)


class Plain:
    def __enter__(self):
        print("in")
        return self

    def __exit__(self, *a):
        print("out")


def swallow_cm(x):
    total = 0.0
    cm = Swallow(ValueError)
    for v in x:
        with cm:
            total += v
            if v < 0:
                raise ValueError("neg")
            total += v**2
    return total * (1 + cm.caught)


def always_swallow(x):
    y = x[0]
    with Always():
        y = y * 2
        if x[2] < 0:
            raise RuntimeError
        y = y * x[1]
    return y**2


def only(x):
    t = 0.0
    for v in x:
        with Only() as o:
            if v < 0:
                raise ValueError(v**2)
            if v > 10:
                raise KeyError("k")
            t += v
        t += 3 * o.value
    return t


def outer_catches(x):
    t = 0.0
    for v in x:
        try:
            with Only() as o:
                if v < 0:
                    raise ValueError(v**2)
                if v > 2:
                    raise KeyError("k")
                t += v
            t += o.value
        except KeyError:
            t += v**3
    return t


def returns_inside(x):
    def f(v):
        with Swallow(ValueError) as s:
            if v < 0:
                raise ValueError
            return v**2 + s.caught
        return v

    return sum(f(v) for v in x)


def jumps(x):
    t = 0.0
    s = Swallow(ValueError, KeyError)
    for v in x:
        with s:
            if v > 2:
                break
            if v > 1:
                continue
            if v < 0:
                raise KeyError("a")
            t += v**2
        t += v
    return t * (1 + s.caught)


def two(x):
    t = 0.0
    for v in x:
        with Plain(), Only() as o:
            if v < 0:
                raise ValueError(v)
            t += v**2
        t += o.value
    return t


def helper_raises(x):
    def f(v):
        if v < 0:
            raise ZeroDivisionError("z")
        return v**2

    t = 0.0
    for v in x:
        with ByIsinstance() as k:
            t += k * f(v)
        t += 0.5 * v
    return t


def division(x):
    t = 0.0
    for i in range(4):
        with ByIsinstance() as k:
            t += k / (i - 2) * x[i]
        t += x[i]
    return t


def not_raising(x):
    with Always():
        y = x * 2
    return np.sum(y**2)


def reraises(x):
    class Wrap:
        def __enter__(self):
            return self

        def __exit__(self, t, v, tb):
            if t is ValueError:
                raise KeyError("from exit")
            return False

    t = 0.0
    for v in x:
        try:
            with Wrap():
                if v < 0:
                    raise ValueError
                t += v
        except KeyError:
            t += v**2
    return t


def tb_asked(x):
    class W:
        def __enter__(self):
            return self

        def __exit__(self, t, v, tb):
            return tb is not None

    t = 0.0
    for v in x:
        with W():
            if v < 0:
                raise ValueError
            t += v
    return t


def nonlocal_exit(x):
    seen = 0.0

    class W:
        def __enter__(self):
            return self

        def __exit__(self, t, v, tb):
            nonlocal seen
            seen += 1.0 if t else 0.5
            return t is not None

    t = 0.0
    for v in x:
        with W():
            if v < 0:
                raise ValueError
            t += v
    return t * seen


def both_catch(x):
    t = 0.0
    for v in x:
        try:
            with Swallow(KeyError):
                if v < 0:
                    raise KeyError("k")
                if v > 2:
                    raise LookupError("l")
                t += v
            t += v**2
        except LookupError:
            t += 100.0 * v
    return t


def in_caught_function(x):
    def f(v):
        with Swallow(KeyError) as s:
            if v < 0:
                raise KeyError("k")
            if v > 2:
                raise LookupError("l")
            return v**2
        return v * s.caught * 2

    t = 0.0
    for v in x:
        try:
            t += f(v)
        except LookupError:
            t += 100.0 * v
    return t


def parameter(x):
    def f(cm, v):
        with cm:
            if v < 0:
                raise KeyError("k")
            return v**2
        return v**3

    return sum(f(Swallow(KeyError), v) for v in x) + f(Always(), x[2])


def attribute(x):
    class Box:
        def __init__(self):
            self.cm = Swallow(KeyError)

    b = Box()
    t = 0.0
    for v in x:
        with b.cm as c:
            if v < 0:
                raise KeyError("k")
            t += v**2
    return t * c.caught


def nested_swallow(x):
    t = 0.0
    a, b = Swallow(KeyError), Swallow(ValueError)
    for v in x:
        with a:
            with b:
                if v < 0:
                    raise KeyError("k")
                if v > 2:
                    raise ValueError("v")
                t += v**2
            t += 3 * v
    return t * (a.caught + 2 * b.caught)


_NAMES = [
    "swallow_cm",
    "always_swallow",
    "only",
    "outer_catches",
    "returns_inside",
    "jumps",
    "two",
    "helper_raises",
    "division",
    "not_raising",
    "reraises",
    "tb_asked",
    "nonlocal_exit",
    "both_catch",
    "in_caught_function",
    "parameter",
    "attribute",
    "nested_swallow",
]
EXAMPLE_ARGS = {name: lambda: (np.array(_A),) for name in _NAMES}
