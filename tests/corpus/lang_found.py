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


EXAMPLE_ARGS = {
    "last_of_inner_range": lambda: (np.array([0.4, -0.9, 1.3]),),
    "inner_index_kept": lambda: (np.array([[0.57, 0.94, -0.69], [0.13, 0.8, -0.21]]),),
    "read_in_one_arm": lambda: (0.3,),
}
MORE_ARGS = {"read_in_one_arm": [lambda: (0.9,)]}
