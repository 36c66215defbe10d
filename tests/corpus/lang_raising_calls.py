"""Functions that raise, called where that is caught."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


class NotConvergedError(Exception):
    def __init__(self, message, last):
        super().__init__(message)
        self.last = last


class NoDescentError(Exception):
    pass


class Solver:
    def __init__(self, tolerance, most):
        self.tolerance, self.most, self.calls = tolerance, most, 0

    def step(self, f, x):
        slope = (f(x + 0.001) - f(x - 0.001)) / 0.002
        if abs(slope) < 0.01:
            raise ValueError("flat")
        return x - f(x) / slope

    def solve(self, f, x):
        self.calls += 1
        for turn in range(self.most):
            new = self.step(f, x)
            if abs(new - x) < self.tolerance:
                return new
            x = new
        raise NotConvergedError(f"not after {turn}", last=x)


def methods_with_a_callback(x):
    """The method raises, and another one that it calls; the handler asks how far it came."""
    total, solver = 0.0, Solver(1e-9, 7)
    for v in x:
        try:
            root = solver.solve(lambda z: z * z * z - 3.0 * v * z - 1.0, 1.0)
        except NotConvergedError as error:
            root = 0.5 * error.last * v
        except ValueError:
            root = v
        total += root * root
    return total + solver.calls * x[0]


def _checked(v):
    if v < 0.0:
        raise ValueError("negative")
    return v


def several_in_one(x):
    """Operands before a call come first; names are those of the function, not the loop's."""

    def f(v, w=2.0):
        total = _checked(v - 0.25) * w
        return total if w > 1.0 else [total * i for i in range(3)][2]

    total = 0.0
    for i, v in enumerate(x):
        try:
            total += i * v + f(v) ** 2 + f(v, w=v)
        except ValueError:
            total -= v
            continue
        total += 0.1 * v * v
    return total


def _store(a, i, v):
    a[i] = v
    if a.sum() > 4.0:
        raise NoDescentError
    assert a[i] > 0.01, "small"
    return 2.0 * a[i]


def writes_before_it_raises(x):
    """What was written stays; what stands before the call is read before that."""
    x, y = x.copy(), 0.0
    for i in range(len(x)):
        try:
            y += x[0] * 1.5 + _store(x, i, x[i] * x[i])
        except NoDescentError:
            y += x[i]
            break
        except AssertionError:
            y *= x[i]
    return y + np.sum(x)


def tries_again(x):
    """A step is halved until the function does not raise: two results, in a loop."""

    def attempt(step):
        y = x - 2.0 * step * x
        size = np.sum(y * y)
        if size > 0.5 * np.sum(x * x):
            raise NoDescentError("no descent")
        return y, size

    step = 1.0
    while True:
        try:
            y, size = attempt(step)
            break
        except NoDescentError:
            step *= 0.7
    return size + np.sum(y)


@dataclass
class Tank:
    level: float
    most: float = 2.0

    def add(self, q):
        if self.level + q > self.most:
            raise ValueError(f"{self.level} and {q}")
        self.level += q


def through_handlers(x):
    """A function catches, and raises another error from it; an object is changed until then."""

    def low(v):
        if v < -0.6:
            raise NoDescentError
        return _checked(v) * v

    def high(v):
        try:
            return 2.0 * low(v)
        except NoDescentError as error:
            raise LookupError(str(error)) from error

    tank, spilled = Tank(0.5), 0.0
    for v in x:
        try:
            y = high(v)
            tank.add(y)
        except LookupError:
            spilled += v
        except ValueError:
            spilled += tank.level * v
        else:
            spilled += 0.1
        finally:
            spilled *= 1.1
    return tank.level * spilled


def counted_by_what_raises(x):
    """What is called in a try assigns names of the function around, and may raise after that."""
    best, count = 0.1, 0

    def update(v):
        nonlocal best, count
        count += 1
        if v.real > 0.8:
            raise ValueError(f"at {count}")
        if v.real > np.real(best):
            best = v * 1.0
        return best

    total = 0.0
    for v in x:
        try:
            total += update(v) * 2
        except ValueError as error:
            print(error)
            best += v**2
        finally:
            count += 1
    return best**2 + total * count


def asserted_of_all_entries(x):
    try:
        assert np.all(np.real(x) < 0.8), "out of range"
        return np.sum(x)
    except AssertionError as error:
        print(error)
        return np.sum(x**2)


def roots_of(x):
    if np.any(x < -0.3):
        least = int(np.argmin(x))
        raise ValueError(f"negative entry {x[least]:.2f} at {least}")
    return np.sqrt(np.maximum(x, 0) + 0.01)


def says_which_entry(x):
    try:
        total = roots_of(x).T.sum()
    except ValueError as error:
        print("instead:", error)
        total = np.sum(x**2)
    else:
        total *= 2
    return total


def least_of_few(x):
    try:
        k = np.argmin(x[x > 1.8])
        return x[k] ** 2
    except ValueError as error:
        print(error)
        return np.sum(x**3)


def factors_with_jitter(x):
    matrix, jitter, n = np.outer(x, x) - 0.2 * np.eye(len(x)), 0.1, len(x)
    for attempt in range(8):
        lower = np.zeros((n, n))
        try:
            for i in range(n):
                for j in range(i + 1):
                    rest = matrix[i, j] - lower[i, :j] @ lower[j, :j]
                    if i == j:
                        rest += jitter
                        if rest <= 0:
                            raise ArithmeticError("not positive definite")
                        lower[i, j] = np.sqrt(rest)
                    else:
                        lower[i, j] = rest / lower[j, j]
            break
        except ArithmeticError:
            print("again", attempt)
            jitter *= 4
    return np.sum(np.log(np.diag(lower))) + lower[-1, 0]


_NAMES = [
    "says_which_entry",
    "least_of_few",
    "factors_with_jitter",
    "counted_by_what_raises",
    "asserted_of_all_entries",
    "methods_with_a_callback",
    "several_in_one",
    "writes_before_it_raises",
    "tries_again",
    "through_handlers",
]
EXAMPLE_ARGS = {name: lambda: (np.array([0.7, 1.3, -0.4, 2.1]),) for name in _NAMES}
MORE_ARGS = {name: [lambda: (np.array([0.2, 0.4, -0.9, 0.3, 1.5]),)] for name in _NAMES}
