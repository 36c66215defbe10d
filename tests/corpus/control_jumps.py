"""Jumps out of loops of every kind: over containers, over ranges, nested, with ``else``."""

from __future__ import annotations

import numpy as np


def break_in_tuple(x):
    """Stops, skips and goes on in a loop over a tuple."""
    total = 0.0
    for k, w in enumerate((1.0, 2.0, 3.0)):
        if x[k] > 1.0:
            break
        if x[k] < -1.0:
            continue
        total += w * x[k] ** 2
    return total


def return_from_list(x):
    """Returns from a loop over a list."""
    for w in [1.0, 2.0, 3.0]:
        y = np.sum(x) * w
        if y > 4.0:
            return y * y
    return np.sum(x * x)


def return_from_nested_tuples(x):
    """Returns, stops and skips in two loops over tuples."""
    for w in (1.0, 2.0, 3.0):
        for v in (0.5, 1.5):
            if w * v * x[0] > 3.0:
                return w * x[1] + v
            if x[1] < 0.0:
                break
            if x[2] < 0.0:
                continue
            x = x * v
        x = x + w
    return np.sum(x)


def loop_else(x):
    """A search with ``else``."""
    for i in range(len(x)):
        if x[i] > 2.5:
            y = x[i] ** 2
            break
    else:
        y = np.sum(x)
    return y * x[0]


def while_else(x):
    """The ``else`` of a ``while`` that may be left before."""
    t, n = 1.0, 0
    while t * x[0] < 10.0:
        t = t * 2.0 + x[1]
        n += 1
        if n > 2:
            break
    else:
        t = t * x[2]
    return t


def else_jumps_outside(x):
    """The ``else`` of an inner loop jumps in the outer one."""
    total = 0.0
    for i in (0, 1, 2):
        for j in (0, 1):
            if x[i] * x[j] > 2.0:
                break
            total += x[i] * x[j]
        else:
            if total > 3.0:
                break
            continue
        total *= 1.5 * x[i]
    return total


def else_jumps_outside_ranges(x):
    """The same with ranges."""
    total = 0.0
    for i in range(len(x)):
        for j in range(2):
            if x[i] * x[j] > 2.0:
                break
            total += x[i] * x[j]
        else:
            if total > 3.0:
                break
            continue
        total *= 1.5 * x[i]
    else:
        total += x[0]
    return total


def tuple_in_range(x):
    """A loop over a tuple inside a range, with every jump."""
    total = 0.0
    for i in range(len(x)):
        for w in (1.0, 2.0):
            if x[i] * w > 2.0:
                break
            total += w * x[i]
            if total > 3.0:
                return total * x[i]
        else:
            total *= 1.1
    return total


def range_in_tuple(x):
    """A loop over a range inside a tuple, left by return."""
    total = 0.0
    for w in (1.0, 2.0):
        for i in range(len(x)):
            if x[i] * w > 2.5:
                return total * x[i] + 1.0
            total += x[i] * w
    return total * total


def jumps_in_branches(x):
    """Jumps in some arms of branches, code after them."""
    t = 0.0
    for i in range(3):
        if x[i] > 1.0:
            if x[i] > 2.0:
                break
            t += 1.0
        elif x[i] < -1.0:
            continue
        t += x[i] ** 2
        for c in "ab":
            if t > 4.0:
                continue
            t = t * 1.5 if c == "a" else t + x[0]
    else:
        t *= 2.0
        if t > 20.0:
            return t - x[1]
    return t * x[0]


def returns_on_some_paths(x):
    """Both sides of a branch may return, or go on."""
    if x[0] > 0.0:
        if x[1] > 3.0:
            return x[0]
        y = x[1] * 2.0
    else:
        y = x[2]
        if x[1] < 0.0:
            return y * y
    z = y * x[0]
    return z * z


def dict_items(x):
    """Skips and stops in a loop over the items of a dict."""
    parts = {"a": x[0], "b": x[1], "c": x[2]}
    s = 0.0
    for k, v in parts.items():
        if k == "b":
            continue
        if v < 0.0:
            s -= v
            continue
        s += v * v
        if s > 3.0:
            break
    return s


def endless(x):
    """``while True``, left by break and by return."""
    while True:
        x = x * x + 1.5
        if np.sum(x) > 40.0:
            return np.sum(x * x)
        if x[0] > 5.0:
            break
    return x[1]


def endless_return(x):
    """``while True``, left by return only; nothing follows."""
    t, n = x[0], 0
    while True:
        t = t * x[1] + 1.0
        n += 1
        if t > 4.0 or n > 5:
            return t * t


def three_levels(x):
    """Return from the innermost of three loops, inside branches and a ``with``."""
    total = 0.0
    for i in range(3):
        if x[i] > 0.0:
            with np.errstate(all="ignore"):
                for w in (0.5, 1.0):
                    j = 0
                    while j < 3:
                        j += 1
                        if x[i] * w * j > 3.0:
                            return total + x[i] * w * j
                        if x[i] * w > 1.2:
                            break
                        total += x[i] * w
        else:
            total -= x[i] ** 2
    return total * x[1]


def zero_trips(x, n):
    """Loops that may not run at all."""
    total, last = x[0], 0.0
    for i in range(n):
        last = x[i] * 2.0
        total += last
    for _ in ():
        total *= 3.0
    while n > 100:
        total = 0.0
    return total * x[1] + last


def after_break(x):
    """The loop's variable where the loop stopped."""
    for i in range(len(x)):
        if x[i] > 0.8:
            break
    return x[i] * (i + 1) + x[0]


def shared_tail(x):
    """Code that several jumps come to is not written twice."""
    total = 0.0
    for w in (1.0, 2.0, 3.0):
        if x[0] * w > 2.0:
            if x[1] > 1.0:
                break
            if x[2] > 1.0:
                continue
        total += w * np.sum(x)
    total *= x[0]
    return total + x[1]


def helper_with_jumps(x):
    """A helper with early returns, called in a loop."""

    def bounded(v, limits):
        for k, limit in enumerate(limits):
            if v < limit:
                return v * (k + 1)
        return limit * limit

    return sum_of(bounded, x)


def sum_of(f, x):
    """Sum a function over an array, stop at a large term."""
    total = 0.0
    for v in x:
        term = f(v, (0.5, 1.0, 2.0))
        if term > 3.5:
            return total - term
        total += term
    return total


def stores_and_jumps(x):
    """Stores into an array between jumps out of a loop over a tuple."""
    y = x.copy()
    for i, w in enumerate((1.0, 2.0, 3.0)):
        if y[i] > 1.0:
            y[0] = y[0] * w
            if y[0] > 5.0:
                return np.sum(y) * w
            continue
        y[i] += x[0] * w
        if y[i] < 0:
            break
    else:
        y *= 2.0
    return np.sum(y * y)


def dict_state_and_jumps(x):
    """A dict that is written to between jumps."""
    state = {"n": 0, "s": x[0]}
    for op in ("a", "b", "a", "c"):
        if op == "a":
            state["s"] = state["s"] * x[1]
            if state["s"] > 2.0:
                state["n"] += 1
                continue
        elif op == "b" and state["s"] < 0.5:
            break
        state["s"] += x[2]
    return state["s"] ** 2 + state["n"] * x[0]


def aliases_and_break(x):
    """Aliases made before a break."""
    a = x
    for w in (1.0, 2.0):
        if x[0] * w > 1.0:
            a = a * w
            break
        b = a
        b = b + w
        a = b if x[1] > 0.5 else a
    return np.sum(a * a)


def grown_and_left(x):
    """A list that grows between jumps, and a loop over it that returns."""
    ys = []
    for i in range(3):
        if x[i] < 0:
            continue
        if x[i] > 3:
            break
        ys.append(x[i] * x[i])
    else:
        ys.append(x[0])
    t = 0.0
    for v in ys:
        if v > 4.0:
            return t
        t += v * v
    return t


def endless_helper(x):
    """A helper that loops until it returns, called twice."""

    def f(v):
        while True:
            v = v * 0.5
            if v < 0.3:
                return v * v
            for k in (1, 2):
                if v < 0.4 * k:
                    return v * k

    return f(x[0] + 3) * f(x[1] * x[1] + 1) + x[2]


def match_in_while(x):
    """Cases that jump, in a while loop with else."""
    i = 0
    total = 0.0
    while i < 3 and total < 5.0:
        match i:
            case 0 | 1 if x[i] > 0.5:
                total += x[i] ** 2
            case 2:
                total *= x[i]
                if total > 1.0:
                    return total * x[0]
            case _:
                i += 2
                continue
        i += 1
    else:
        total += x[1]
    return total


def argmax_and_search(x):
    """The best entry, then a search that may return."""
    best, arg = -1e9, -1
    for i, v in enumerate(x):
        if v > best:
            best, arg = v, i
    if arg == 0:
        return best * 2
    for j in range(arg):
        if x[j] > 0 and (t := x[j] * best) > 0.5:
            return t * arg
    return best**2


def break_through_else(x):
    """A break passed on through the else of an inner loop."""
    r = 0.0
    for i in range(3):
        with np.errstate(divide="ignore"):
            if x[i] > 2:
                for _ in range(2):
                    r += x[i]
                    if r > 4:
                        break
                else:
                    continue
                break
        r = r * 1.1 + x[i] ** 2
    return r


_A = ([0.52, 0.71, 0.93], [2.01, 0.33, -2.11], [-1.53, 0.2, 0.4], [1.21, 1.63, 6.07])
_B = ([0.12, 0.23, 0.34], [3.03, 4.06, -3.05], [0.4, -0.3, 2.02], [1.3, 1.1, 0.9])
_NAMES = [
    "stores_and_jumps", "dict_state_and_jumps", "aliases_and_break",
    "grown_and_left", "endless_helper", "match_in_while",
    "argmax_and_search", "break_through_else",
    "break_in_tuple", "return_from_list", "return_from_nested_tuples", "loop_else", "while_else",
    "else_jumps_outside", "else_jumps_outside_ranges", "tuple_in_range", "range_in_tuple",
    "jumps_in_branches", "returns_on_some_paths", "dict_items", "endless", "endless_return",
    "three_levels", "after_break", "shared_tail", "helper_with_jumps",
]  # fmt: skip

EXAMPLE_ARGS = {name: lambda: (np.array(_A[0]),) for name in _NAMES}
MORE_ARGS = {name: [lambda p=p: (np.array(p),) for p in (*_A[1:], *_B)] for name in _NAMES}
EXAMPLE_ARGS["zero_trips"] = lambda: (np.array(_A[0]), 2)
# Found by trying many: they lead to the statements that those above leave out.
_C = {
    "stores_and_jumps": ([6.03, -4.05, 3.27], [2.41, -7.07, 1.39]),
    "aliases_and_break": ([0.3, 0.8, 0.4],),
    "endless_helper": ([-2.96, 1.43, -2.38], [-2.22, 5.96, 5.26]),
    "break_in_tuple": ([-0.35, -1.03, -2.91], [0.06, 2.93, 1.25]),
    "return_from_list": ([-0.71, 1.05, 1.14],),
    "return_from_nested_tuples": (
        [0.88, 0.03, -1.1], [-9.85, -1.05, 1.21], [3.9, 9.25, 8.16], [6.82, -2.14, -4.92],
    ),
    "else_jumps_outside": ([-1.88, 2.82, 0.82], [-0.68, -1.17, 0.23], [0.67, 1.0, 0.76]),
    "else_jumps_outside_ranges": ([-0.21, 1.68, 0.14],),
    "jumps_in_branches": ([1.19, 1.69, 1.63],),
    "returns_on_some_paths": ([-1.03, -0.03, 0.29],),
    "dict_items": ([-2.43, -10.35, -5.15],),
}  # fmt: skip
for _name, _points in _C.items():
    MORE_ARGS[_name] += [lambda p=p: (np.array(p),) for p in _points]
MORE_ARGS["zero_trips"] = [lambda: (np.array(_A[1]), 0)]
