"""What random programs that failed once came down to."""

import numpy as np


def last_of_inner_range(a):
    for s in a:
        for n in range(1, 4):
            s = s * n
    return n * np.sum(a * a) * s


def inner_index_kept(m):
    for k in range(2):
        for n in range(-2, 1):
            t = m[n, n]
        m = np.stack([m[n], m[n] * t])
    return t * np.sum(m)


def read_in_one_arm(x):
    for j in range(-2, 1):
        factor = 1.0 + j * x
    else:
        return (x if factor > 0.5 else factor) if x > 0.5 else factor * factor


def return_from_reversed(x):
    for i in reversed(range(3)):
        return np.tanh(x) * (i + 1)
    return 0.3 * x


def break_in_reversed(x, a):
    t = 0.0
    for i in range(3):
        for j in reversed(range(i, 4, 2)):
            t = t + np.sin(a[j] * t + x) * i
            if t > 1.5:
                break
            t = t * a[j]
        for j in reversed(range(i, 4)):
            t = t + np.cos(a[j] * t + x) * i
            if t > 1.4:
                break
    return t


def whole_changed_while_looped_over(a):
    y = 0.0
    for k, s in enumerate(a):
        y = y * 0.5 + s
        a -= 0.3 * s
    return y * k


def other_name_changed_while_looped_over(a):
    total = 0.0
    b = a
    for s, t in zip(a, a[::-1]):
        b *= 0.5
        b = b - t
        total = total + s * t
    return total


def length_of_range(x, n):
    turns = range(1, n)
    for k in turns:
        x = np.sin(x) * len(turns) + k
    return x


EXAMPLE_ARGS = {
    "last_of_inner_range": lambda: (np.array([0.4, -0.9, 1.3]),),
    "inner_index_kept": lambda: (np.array([[0.57, 0.94, -0.69], [0.13, 0.8, -0.21]]),),
    "read_in_one_arm": lambda: (0.3,),
    "return_from_reversed": lambda: (0.36,),
    "break_in_reversed": lambda: (0.22, np.array([0.3, 0.8, 1.2, -0.3])),
    "whole_changed_while_looped_over": lambda: (np.array([0.48, 0.35, 0.68]),),
    "other_name_changed_while_looped_over": lambda: (np.array([0.48, 0.35, 0.68]),),
    "length_of_range": lambda: (0.36, 4),
}
MORE_ARGS = {"read_in_one_arm": [lambda: (0.9,)]}
