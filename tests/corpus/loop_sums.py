"""Loops whose turns meet only in sums, and loops that look like it."""

import numpy as np

X = np.array([0.3, 0.5, 0.9, 0.4])
FUSED = ("squares", "nearest", "scratch", "late_total", "hinge", "scratch_rows")
ZEROS = ("sum_for_one_side", "two_loops_count")
LEAVING = ("trajectory", "trajectory_left")
FLIPPED = ("own_places", "log_of_sum_of_squares")
BACK = ("neighbours", "wrapped", "from_list")
UNEVEN = ("uneven",)
COUNTED = ("triangle", "strides", "counted_while", "two_ways")
APART = ("carries_on", "log_of_sum", "left_over", "left_columns", "read_later", "breaks", "prints")
NAMES = (*FUSED, *ZEROS, *LEAVING, *FLIPPED, *BACK, *UNEVEN, *COUNTED, *APART)
EXAMPLE_ARGS = {name: (lambda: (X.copy(),)) for name in NAMES}


def hinge(x):
    total = 0.0
    for i in range(4):
        margin = 1.0 - 2.0 * x[i]
        if margin > 0.0:
            for j in range(4):
                total += margin * x[j] * x[j]
    return total


def squares(x):
    total = 0.0
    for i in range(len(x)):
        e = np.sin(x[i]) * x[i]
        total += e * e
    return 0.5 * total


def nearest(x):
    total = 0.0
    for i in range(5):
        best = 1e9
        for j in range(len(x)):
            d = (x[j] - 0.3 * i) ** 2
            if d < best:
                best = d
        total += best
    return total


def scratch(x):
    y = np.empty(3)
    total = 0.0
    for i in range(4):
        for j in range(3):
            y[j] = np.exp(x[j]) * i
        for j in range(3):
            y[j] *= x[i]
        for j in range(3):
            total += y[j] * y[j]
    return total


def scratch_rows(x):
    y = np.empty((2, 3))
    total = 0.0
    for i in range(4):
        for j in range(2):
            for k in range(3):
                y[j, k] = np.exp(x[j]) * i
        for j in range(2):
            for k in range(3):
                y[j, k] *= x[i]
                total += y[j, k] * y[j, k]
    return total


def left_columns(x):
    """The last column is left as the turn before has it."""
    y = np.ones((2, 3))
    total = 0.0
    for i in range(4):
        for j in range(2):
            for k in range(2):
                y[j, k] = np.exp(x[j]) * i
        for j in range(2):
            for k in range(3):
                y[j, k] *= x[i]
                total += y[j, k] * y[j, k]
    return total


def late_total(x):
    total = 0.0
    for i in range(len(x)):
        total += x[i] ** 3
    scale = 2.0 * total
    for i in range(3):
        scale -= x[i] * x[i + 1]
    return scale + 1.0


def carries_on(x):
    y = 1.0
    for i in range(len(x)):
        y = np.sin(y) * x[i]
    return y


def log_of_sum(x):
    total = 0.0
    for i in range(len(x)):
        total += np.exp(x[i])
    return np.log(total)


def left_over(x):
    y = np.zeros(3)
    total = 0.0
    for i in range(4):
        for j in range(2):
            y[j] = x[i] * x[j]
        for j in range(3):
            total += y[j] * y[j]
        y[2] = x[i] ** 2
    return total


def read_later(x):
    y = np.empty(3)
    total = 0.0
    for i in range(4):
        for j in range(3):
            y[j] = x[i] * x[j]
        total += y[0] * y[1]
    return total + y[2] ** 3


def breaks(x):
    total = 0.0
    for i in range(len(x)):
        if x[i] > 0.7:
            break
        total += np.sin(x[i])
    return total


def prints(x):
    total = 0.0
    for i in range(len(x)):
        print(i)
        total += np.sin(x[i])
    return total


def triangle(x):
    y = np.zeros(4)
    for k in range(3):
        p = 0
        for i in range(4):
            for j in range(i):
                y[i] += np.sin(x[j] * y[j]) + x[(p + k) % 4] * y[j] + 0.1
                p += 1
    return np.sum(y * y)


def strides(x):
    y = 1.0
    at = 7
    for i in range(3):
        at -= 2
        y = y * x[at % 4] + np.sin(y)
        at += 1
        y *= x[at % 4]
    return y * at


def counted_while(x):
    y = 1.0
    n = 0
    twice = 0
    while y < 50.0:
        y = y * (1.0 + x[twice % 4]) + x[n % 4]
        n += 1
        twice += 2
    return y


def two_ways(x):
    y = 1.0
    up = 0
    odd = 0
    for i in range(5):
        if x[i % 4] > 0.45:
            odd += 1
        y = np.sin(y * x[up % 4]) + x[odd % 4] * y
        up += 3
    return y


def points_apart(centres, points):
    total = 0.0
    for i in range(points.shape[0]):
        best = 1e300
        for j in range(centres.shape[0]):
            d = 0.0
            for c in range(points.shape[1]):
                d += (points[i, c] - centres[j, c]) ** 2
            if d < best:
                best = d
        total += best
    return total


def lists_in_branch(x):
    """The inner loop's length varies from turn to turn: what it keeps is on a list."""
    total = 0.0
    for i in range(4):
        d = 1.0
        for j in range(i + 1):
            d = np.sin(d) * x[j]
        e = 0.0
        if d > 0.2:
            e = d
        total += e * x[i]
    return total


def roots(x):
    total = 0.0
    for i in range(2):
        r = 0.0
        for j in range(3):
            r += np.sqrt(x[i]) * 2.0
        if x[i] > 0.1:
            total += r
    return total


def trajectory(x):
    """What only a turn that goes on computes has its adjoint there alone."""
    y, v = 1.0, x[0]
    for _ in range(4):
        a = x[1] / (y * y + 1.0) - np.sqrt(y + 2.0) * x[2]
        if y + v < 0.0:
            return y * v * x[3]
        v = v + 0.4 * a
        y = y + 0.6 * v
    return y * v


def trajectory_left(x):
    """The same, left early."""
    return trajectory(np.array([1.0, 1.0, 4.0, 1.0]) * x)


def own_places(x):
    """Each turn has entries of its own; a later loop needs all of them."""
    a = x.copy()
    b = np.zeros((4, 2))
    for i in range(4):
        a[i] = np.sin(a[i]) * x[i]
        b[i, 0] = a[i] * a[i]
        b[i, 1] += 3.0 * b[i, 0] * x[0]
    return np.log(np.sum(a)) * np.sum(b)


def log_of_sum_of_squares(x):
    total = 0.0
    for i in range(4):
        total += x[i] ** 2 * np.exp(x[i])
    return np.log(total)


def neighbours(x):
    """Each turn reads what the one before wrote."""
    a = x.copy()
    for i in range(1, 4):
        a[i] = np.sin(a[i]) * a[i - 1]
    return np.log(np.sum(a))


def wrapped(x):
    """The first and the last turn write to one place."""
    a = x.copy()
    for i in range(-1, 4):
        a[i] = a[i] * a[i] + x[0]
    return np.log(np.sum(a))


def from_list(x):
    """What a turn keeps is an array, on a list, which is popped from the end."""
    a = np.zeros(4)
    for i in range(4):
        row = np.sin(x * i)
        row *= x
        a[i] = np.sum(row * row * row)
    return np.log(np.sum(a))


def uneven(x):
    """A turn's number is computed again from its indices, and so is in no order."""
    a = np.ones(4)
    for i in range(4):
        for k in range(i + 1):
            e = x[i] - 0.5 * x[k]
            a[k] += e * e * x[k]
    return np.log(np.sum(a))


def sum_for_one_side(x):
    """The adjoint of the array starts in the branch that needs it, and is zeros beside it."""
    s = sum([0.3 * z for z in x])
    if s > 10.0:
        return np.sin(s)
    return 2.0


def two_loops_count(x):
    """A place that two loops in a row count."""
    y = np.zeros(4)
    p = 0
    for i in range(3):
        for k in range(4):
            y[k] += np.sin(y[i]) * x[p % 4]
            p += 3
        for k in range(i + 1):
            y[i] += x[p % 4] * y[3] + 0.1
            p -= 2
    return np.sum(y * y)
