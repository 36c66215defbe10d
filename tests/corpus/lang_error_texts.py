"""Handlers that print, return or ask what Python itself said when it raised."""

from __future__ import annotations

import logging
import math

import numpy as np


class BadEntryError(Exception):
    pass


def skipped_entries(x):
    total = 0.0
    for i in range(len(x)):
        try:
            total += 1.0 / float(x[i])
        except ZeroDivisionError as e:
            print("skipped", i, e)
    return total * total


def root_or_message(v):
    try:
        return math.sqrt(v), None
    except ValueError as e:
        return 0.0, str(e)


def messages_counted(x):
    total, failed = 0.0, 0
    for v in x:
        y, message = root_or_message(float(v))
        if message is not None:
            print(f"{failed}: {message}")
            failed += 1
        total += y
    return total * total * (1 + failed)


def places_and_keys(x, places):
    weights = {"a": 2.0, "b": 3.0}
    rows = [1.0, 2.0]
    total = 0.0
    for k in places:
        try:
            total += x[k] ** 2
        except IndexError as e:
            print("array:", e)
        try:
            total += rows[k] * x[0]
        except IndexError as e:
            print("list:", e.args[0], type(e).__name__)
            total += x[1] ** 3
    for name in ("a", "c", "b"):
        try:
            total += weights[name] * x[0] ** 2
        except KeyError as e:
            print("missing", e, e.args, repr(e))
    return total


def asked_what_it_says(x):
    total = 0.0
    for v in x:
        try:
            total += math.acos(float(v))
        except ValueError as e:
            if "domain" in str(e) or "range" in str(e):
                total += v**2
    return total * total


def wrapped(x):
    try:
        r = float(x[0]) / float(x[1])
    except ZeroDivisionError as e:
        raise ValueError(f"bad ratio: {e}") from e
    return r * r


def too_large(x):
    total = 0.0
    for v in x:
        try:
            total += float(v) ** 2 + math.exp(float(v)) + float(v) ** -1
        except (OverflowError, ZeroDivisionError) as e:
            logging.warning("lost: %s", e)
            print(type(e).__name__, e, e.args)
            total += v
    return total


def broadly(x):
    try:
        v = float(x[0]) ** 3 / float(x[1])
    except Exception as e:
        print(f"failed with {e!r}: {e}")
        v = float(x[0])
    return v * v


def in_a_dict(x):
    def root(v):
        try:
            return {"ok": True, "value": math.sqrt(v - 1.0)}
        except ValueError as e:
            return {"ok": False, "value": v * v, "error": str(e)}

    r = root(float(x[0]))
    if not r["ok"]:
        print("failed:", r["error"])
    return r["value"] * x[1]


def stack_and_matrix(x):
    stack, total = [x[0]], 0.0
    for k in range(3):
        try:
            v = stack.pop()
        except IndexError as e:
            print(str(e).upper())
            v = x[1]
        total += v**2 * (k + 1)
    a = np.array([[x[0], x[1]], [x[1], x[2]]])
    try:
        return total + np.sum(np.linalg.inv(a))
    except np.linalg.LinAlgError as e:
        print("inverse:", e)
        return total + np.sum(a**2)


def of_its_own(x):
    total = 0.0
    for i, v in enumerate(x):
        try:
            if v < 0:
                raise BadEntryError("negative", i)
            total += int(v) * v**2
        except BadEntryError as e:
            print("own:", e, e.args[1])
            total -= v
        except (ValueError, OverflowError) as e:
            print("whole:", e)
    return total


def attempt(fn, *args, default=0.0):
    try:
        return fn(*args), ""
    except (ValueError, ArithmeticError) as e:
        return default, f"{type(e).__name__}: {e}"


def attempts(x):
    total = 0.0
    for v in x:
        y, first = attempt(math.log, float(v))
        z, second = attempt(lambda a, b: a / b, float(v), float(v) - 2.0, default=v)
        u, third = attempt(pow, float(v), -1)
        if first or second or third:
            print(first, second, third)
        total += y * y + z + u
    return total


EXAMPLE_ARGS = {
    "attempts": lambda: (np.array([1.5, -2.0]),),
    "skipped_entries": lambda: (np.array([1.0, 2.0, 0.5]),),
    "messages_counted": lambda: (np.array([1.0, -2.0, 0.5]),),
    "places_and_keys": lambda: (np.array([1.5, -2.0]), [0, 1, 2, -3]),
    "asked_what_it_says": lambda: (np.array([0.5, 2.0]),),
    "wrapped": lambda: (np.array([1.5, -2.0]),),
    "too_large": lambda: (np.array([1.5, 2.0, 0.5]),),
    "broadly": lambda: (np.array([1.5, -2.0]),),
    "in_a_dict": lambda: (np.array([0.5, 2.0]),),
    "stack_and_matrix": lambda: (np.array([2.0, 4.0, 3.0]),),
    "of_its_own": lambda: (np.array([2.3, -4.2, 3.6]),),
}
MORE_ARGS = {
    "in_a_dict": [lambda: (np.array([1.5, 2.0]),)],
}
