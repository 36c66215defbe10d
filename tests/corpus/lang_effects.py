"""Losses that print, log and count; texts as keys and messages."""

# ruff: noqa: UP031
from __future__ import annotations

import logging
import math

import numpy as np

log = logging.getLogger(__name__)


def print_order(a):
    print("start")
    s = 0.0
    for i, v in enumerate(a):
        if v < 0:
            print("skip", i)
            continue
        s += v * v
        print("added", i, "of", len(a))
    print("end", s)
    return s


def print_before_early_return(x):
    if x > 0:
        print("positive", x)
        return x * x
    print("negative")
    return -x


def print_array_before_store(a):
    print("before", a)
    a[0] = 5.0 * a[1]
    print("after", a)
    return np.sum(a**2)


def print_empty_and_options(x):
    print()
    print("a", 1, 2.5, None, True, sep="-", end=";\n")
    print("x:", x, end="")
    print(flush=True)
    return x * 3


def f_strings(x, n):
    y = x * n
    print(f"x={x}, y={y:.3f}, n={n:03d}, {'yes' if n > 1 else 'no'} {x!r:>10} {{braces}} {n + 1}")
    return y * y


def f_string_debug(x):
    y = x * 2
    print(f"{y=} {x + y = :.2f}")
    return y


def percent_and_format(x):
    print("%.3f and %s" % (x, "text"))
    print("{:.2f} {name}".format(x, name="n"))
    return x**2


def print_in_while(x):
    n = 0
    while x > 1:
        x /= 2
        n += 1
        print(n, x)
    return x * x


def print_in_helper_loop(a):
    def f(v, depth):
        print("  " * depth + str(depth))
        return v * v + depth

    return sum(f(v, i) for i, v in enumerate(a))


def print_unused_computation(x):
    y = math.exp(x)
    print("unused", y)
    return x * 2


def print_objects(x):
    d = {"a": 1, "b": x}
    t = (1, 2.0, x)
    print(d, t, [x, x * 2])
    return x * d["b"]


def logging_levels(x):
    log.debug("x=%f", x)
    log.info("x=%s n=%d", x, 3)
    if x > 0.5:
        log.warning("large %.2f", x)
    logging.error("plain")
    return x**2


def logging_in_loop(a):
    s = 0.0
    for i, v in enumerate(a):
        s += v**2
        if i % 2:
            log.info("step %d: %g", i, s)
    return s


def verbose_option(a, verbose=True):
    s = np.sum(a**2)
    if verbose:
        print("sum", s)
    return s


def assert_message(x):
    assert x > 0, f"bad {x}"
    return x * x


def counter_local(a):
    calls = {"n": 0}

    def f(v):
        calls["n"] += 1
        return v * v

    s = sum(f(v) for v in a)
    print("calls", calls["n"])
    return s * calls["n"]


def progress_modulo(a):
    s = 0.0
    for k in range(10):
        s = s * 0.5 + a[k % 4]
        if k % 3 == 0:
            print(f"iter {k:2d} loss {s:8.4f}")
    return s**2


def history_list_printed(a):
    hist = []
    w = a.copy()
    for k in range(3):
        w = w * 0.9
        hist.append(float(np.sum(w**2)))
    print([round(h, 3) for h in hist])
    return hist[-1]


def string_key_built(p):
    s = 0.0
    for i in range(2):
        s += p["w" + str(i)] * p[f"b{i}"]
    return s


def name_in_message(p):
    for name, v in p.items():
        print(f"{name:>5}: {v:.2f}")
    return p["a"] * p["b"]


def print_between_stores(a):
    for i in range(3):
        a[i] = a[i] * a[i + 1]
        print(i, a[i], a[i + 1])
    return np.sum(a)


def exception_message(x):
    if x < 0:
        raise ValueError("negative: %g" % x)
    return math.sqrt(x)


def print_shape_in_loop(m):
    h = m
    for k in range(2):
        h = np.tanh(h @ m.T @ m)
        print(f"layer {k}: {h.shape}, norm {np.linalg.norm(h):.3f}")
    return np.sum(h**2)


def pass_through_identity(x):
    def debug(v, name="v"):
        print(name, "=", v)
        return v

    return debug(x * 2, "double") * debug(x)


def _normal(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


EXAMPLE_ARGS = {
    "print_order": lambda: (_normal(4),),
    "print_before_early_return": lambda: (0.7,),
    "print_array_before_store": lambda: (_normal(4),),
    "print_empty_and_options": lambda: (0.7,),
    "f_strings": lambda: (0.7, 3),
    "f_string_debug": lambda: (0.7,),
    "percent_and_format": lambda: (0.7,),
    "print_in_while": lambda: (9.7,),
    "print_in_helper_loop": lambda: (_normal(4),),
    "print_unused_computation": lambda: (0.7,),
    "print_objects": lambda: (0.7,),
    "logging_levels": lambda: (0.7,),
    "logging_in_loop": lambda: (_normal(4),),
    "verbose_option": lambda: (_normal(4),),
    "assert_message": lambda: (0.7,),
    "counter_local": lambda: (_normal(4),),
    "progress_modulo": lambda: (_normal(4),),
    "history_list_printed": lambda: (_normal(4),),
    "string_key_built": lambda: ({"w0": 0.7, "b0": 1.1, "w1": 0.2, "b1": 0.4},),
    "name_in_message": lambda: ({"a": 0.7, "b": 1.1},),
    "print_between_stores": lambda: (_normal(4),),
    "exception_message": lambda: (0.7,),
    "print_shape_in_loop": lambda: (_normal(2, 2),),
    "pass_through_identity": lambda: (0.7,),
}

MORE_ARGS = {
    "print_before_early_return": [lambda: (-0.7,)],
    "logging_levels": [lambda: (0.2,)],
}
