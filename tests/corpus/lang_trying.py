"""``try`` around what surely raises, or surely does not, ``finally`` and ``suppress``."""

from __future__ import annotations

import contextlib
import logging

import numpy as np

OPTIONS = {"rate": 0.5, "kind": "square"}


def missing_option(x):
    """An option is not there; another is."""
    try:
        rate = OPTIONS["rate"]
    except KeyError:
        rate = 100.0
    else:
        rate = 2.0 * rate
    try:
        scale = OPTIONS["scale"]
        rate = 50.0
    except (KeyError, AttributeError):
        scale = 3.0
    return scale * rate * x[0] ** 2


def item(held, key, default):
    try:
        return held[key]
    except (KeyError, IndexError):
        return default


def returns_from_it(x):
    """A helper returns from the body, and from the handler."""
    held = {"a": x[0] ** 2, "b": x[1]}
    return item(held, "a", 1.0) * item(held, "z", x[2]) + item([x[3]], 1, 0.5) * item((x[1],), 0, 2)


def missing_module(x):
    """A module that is not installed."""
    try:
        import not_installed_anywhere as fast

        y = fast.square(x)
    except ImportError as error:
        y = x**2
        assert error.name == "not_installed_anywhere"
    finally:
        scale = 2.0
    return np.sum(y) * scale


class Model:
    """Has no bias."""

    weight = 1.5


def missing_attribute(x):
    """An attribute, asked for in each turn of a loop."""
    model, s = Model(), 0.0
    for v in x:
        try:
            s = s * 0.5 + model.weight * v
            s += model.bias
        except AttributeError:
            continue
        s = 1000.0
    return s


def texts(x):
    """Numbers that are read from texts."""
    try:
        n = int("abc")
    except ValueError:
        n = 2
    try:
        k = float("2.5")
    except ValueError:
        k = 1.0
    return x[0] ** n * k


def at_last(x):
    """What stands under ``finally`` comes after the body, in each turn."""
    s = 0.0
    for v in x:
        try:
            s += v**2
        finally:
            s *= x[1]
    return s


def suppressed(x):
    """The block ends where it raises."""
    out = []
    for key in ("rate", "other", "kind"):
        with contextlib.suppress(KeyError):
            out.append(OPTIONS[key] if key == "kind" else OPTIONS[key] * x[0] ** 2)
            out[-1] = 1.0 if key == "kind" else out[-1] + x[1]
    with contextlib.suppress(KeyError), np.errstate(all="ignore"):
        y = x[2] ** 3 * x[3]
    return sum(out) * y


def by_path(x):
    """Under a test, one way to a handler and one past it."""
    held = {"a": x[0]}
    if x[1] > 0.0:
        try:
            w = held["a"] ** 2
        except KeyError:
            w = 5.0
    else:
        try:
            w = held["b"]
        except KeyError:
            w = x[2] * x[3]
    return w * x[0]


def jumps_past_finally(x):
    """Jumps out of a block, its last steps first, the inner ones before the outer ones."""
    s = 0.0

    def doubled(a):
        try:
            try:
                return a * s
            finally:
                a = x[1]
        finally:
            print("left with", a)

    for v in x:
        try:
            if v < -0.5:
                continue
            if v > 1.25:
                break
            s += v**2
        finally:
            s += 0.1 * v
    return doubled(x[0]) + s**2


def changed_after_return(x):
    """What is returned is written to by the last steps."""

    def scaled(y):
        try:
            return y
        finally:
            y[0] = x[1] * x[2]

    return np.sum(scaled(x * x) * x)


def handled_and_left(x):
    """A handler returns past the last steps."""
    held = {"a": x[0]}
    try:
        v = held["b"]
    except KeyError:
        return held["a"] ** 2 * x[1]
    finally:
        print("read")
    return v


class Span:
    """Counts how often a block was left."""

    def __init__(self, name):
        self.name, self.times = name, 0

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.times += 1
        print("leaving", self.name)


def left_by_jumps(x):
    """Blocks of context managers that are left by jumps."""
    each, s = Span("each"), 1.0
    for v in x:
        with each:
            if v > 1.0:
                s *= v * each.times
                continue
            s += v
    with Span("outer") as outer, Span("inner"):
        for v in x:
            if v < 0.0:
                return s * v**2 * (1 + outer.times)
    return s * each.times


def logarithm_or_itself(x):
    try:
        y = np.log(x[0])
    except ArithmeticError:
        y = x[0]
    return y * x[1]


def stored_and_printed(x):
    a, s = x * 1.0, x[0]
    for i in range(3):
        try:
            a[i] *= 2.0
            s += a[i]
            print(f"{i:d} {s:.2f} {float(a[i]):.3f}", s, end="|")
            if s > 1.0:
                raise ValueError("too large")
            s *= x[3]
        except ValueError as error:
            print(error)
            s -= a[i] * x[1]
    return s * np.sum(a)


def shifted_until_positive(x):
    """Try shifts until a number is positive; what is told meanwhile does not raise."""
    log = logging.getLogger("corpus")
    tried = 1.0
    for shift in (0.0, 0.5, 9.0):
        with contextlib.suppress(ValueError):
            low = x[2] * tried + shift
            if low < 0.0:
                raise ValueError(low)
            log.debug("a shift of %.1f is enough", shift)
            break
        log.debug("a shift of %.1f is not", shift)
        tried += shift + x[0]
    return np.log(low) * tried


_A = [[0.7, 1.3, -0.4, 2.1], [1.2, -0.9, 0.8, 0.3]]
_NAMES = [
    "missing_option",
    "returns_from_it",
    "missing_module",
    "missing_attribute",
    "texts",
    "at_last",
    "suppressed",
    "by_path",
    "jumps_past_finally",
    "changed_after_return",
    "handled_and_left",
    "left_by_jumps",
    "logarithm_or_itself",
    "stored_and_printed",
    "shifted_until_positive",
]
EXAMPLE_ARGS = {name: lambda: (np.array(_A[0]),) for name in _NAMES}
MORE_ARGS = {name: [lambda: (np.array(_A[1]),)] for name in _NAMES}
