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


def shrink_last(w):
    w[2] *= 0.7
    return 0.5 * w[0]


def element_read_before_what_is_added(a):
    a[-1] -= shrink_last(a)
    a[1:] += shrink_last(a)
    return np.sum(a * a)


def shape_changes_in_loop(a):
    v = np.full(2, 0.5)
    for n in range(3):
        v = v * a[n]
        a = v if n == 2 else a * 0.9
    return np.sum(a)


def list_left_behind(x, a):
    items = [x, x * x]
    if a[3] < 0.2337:
        for k in range(3, 0, -2):
            items.append(a[k])
        else:
            return 0.5 * x
    return sum(items) * a[0]


def row_sums_in_one_branch(a, m):
    if not m[2][2] > 0.0237:
        return np.dot(m.sum(axis=1), a)
    return 0.7


def row_kept_after_loop(x, m):
    for j in range(2):
        m[:] *= 1.0 + x
        pair = (m[j], x)
    return pair[0][j] * pair[1]


def lists_of_two_branches(x, a, n, c):
    if c > 0:
        h = []
        for k in range(n):
            h.append(a * k)
    else:
        h = []
    h.append(a * x)
    return np.sum(h[0] * h[-1]) + np.sum(a)


def everything_changed_by_what_is_added(x, a):
    def helper(u):
        u[0] = x
        return u[1] * 2.0

    a[...] += helper(a)
    a[:] -= helper(a[::-1])
    return np.sum(a * a)


def whole_in_one_branch(x, a):
    if x > 0.5:
        a = a[:]
    return x * sum(z * z for z in a)


def test_of_a_loop_that_is_over(x):
    for j in range(0, 2, 2):
        x = np.sin(np.tanh(0.3) if j == 0 else x / (1.5 + x**2))
    return x


def quotient_after_a_loop(x):
    q = x / (1.5 + x**2)
    for j in range(1, 3):
        q = np.sin(0.3 if j == 0 else q)
    return q


def sum_of_what_else_is_returned(m, a):
    r = m[0, 1]
    t = np.sum([r for _ in a])
    if a[1] > 0.0:
        return 0.5 * a[0]
    return t + r


def sums_by_turn_or_not(m, a):
    total = 0.0
    for k in range(3):
        r = m[0, k]
        t = 0.0
        for v in a:
            t += r * v
        total += 0.5 * a[0] if a[k] > 0.0 else t * r + r
    return total


def last_of_a_loop_or_less(a):
    for last in a:
        pass
    if last > 0.5:
        return 0.5
    return last


def row_of_either_loop(x, m):
    if x < 0.0:
        for row in m:
            pass
    for row in m:
        for k in range(-2, 1):
            m[k] = 0.5 * x
    return np.sum(row * m[-1])


class Scaled:
    """An object to call, whose arguments have short names."""

    def __init__(self, level):
        self.level = level

    def __call__(self, r, node=0.5):
        return self.level * r + node


def called_by_keywords(x):
    scaled = Scaled(x)
    return scaled(r=x * x) * scaled(node=x, r=2.0)


EXAMPLE_ARGS = {
    "last_of_a_loop_or_less": lambda: (np.array([0.3, 0.9]),),
    "row_of_either_loop": lambda: (0.7, np.array([[0.3, 0.9], [1.2, 0.4], [0.1, 0.2]])),
    "sum_of_what_else_is_returned": lambda: (np.eye(3) - 0.4, np.array([0.3, -0.9, 0.2])),
    "sums_by_turn_or_not": lambda: (np.eye(3) - 0.4, np.array([0.3, -0.9, 0.2])),
    "called_by_keywords": lambda: (0.7,),
    "last_of_inner_range": lambda: (np.array([0.4, -0.9, 1.3]),),
    "inner_index_kept": lambda: (np.array([[0.57, 0.94, -0.69], [0.13, 0.8, -0.21]]),),
    "read_in_one_arm": lambda: (0.3,),
    "return_from_reversed": lambda: (0.36,),
    "break_in_reversed": lambda: (0.22, np.array([0.3, 0.8, 1.2, -0.3])),
    "whole_changed_while_looped_over": lambda: (np.array([0.48, 0.35, 0.68]),),
    "other_name_changed_while_looped_over": lambda: (np.array([0.48, 0.35, 0.68]),),
    "length_of_range": lambda: (0.36, 4),
    "element_read_before_what_is_added": lambda: (np.array([-0.55, 1.11, -0.2]),),
    "shape_changes_in_loop": lambda: (np.array([-0.55, 1.11, -0.2]),),
    "list_left_behind": lambda: (-0.6, np.array([0.73, -0.42, 0.96, 1.01])),
    "row_sums_in_one_branch": lambda: (np.array([1.15, 0.7, -0.3]), np.eye(3) - 0.4 * np.ones(3)),
    "lists_of_two_branches": lambda: (0.7, np.array([0.3, 0.4]), 3, 1),
    "everything_changed_by_what_is_added": lambda: (0.7, np.array([0.3, 0.4, -0.9])),
    "whole_in_one_branch": lambda: (0.7, np.array([0.3, 0.4])),
    "quotient_after_a_loop": lambda: (0.7,),
    "test_of_a_loop_that_is_over": lambda: (0.7,),
    "row_kept_after_loop": lambda: (0.19, np.array([[-0.1, 0.15, 0.08], [0.23, 1.18, 0.71]])),
}
MORE_ARGS = {
    "last_of_a_loop_or_less": [lambda: (np.array([0.9, 0.3]),)],
    "row_of_either_loop": [lambda: (-0.7, np.array([[0.3, 0.9], [1.2, 0.4], [0.1, 0.2]]))],
    "sum_of_what_else_is_returned": [lambda: (np.eye(3) - 0.4, np.array([0.3, 0.9, 0.2]))],
    "lists_of_two_branches": [lambda: (0.7, np.array([0.3, 0.4]), 3, -1)],
    "whole_in_one_branch": [lambda: (0.2, np.array([0.3, 0.4]))],
    "read_in_one_arm": [lambda: (0.9,)],
    "list_left_behind": [lambda: (-0.6, np.array([0.73, -0.42, 0.96, 0.01]))],
    "row_sums_in_one_branch": [
        lambda: (np.array([1.15, 0.7, -0.3]), -0.4 * np.ones((3, 3))),
    ],
}
