"""Which array a name stands for depends on the turn, and names are written to in between."""

import numpy as np


def swapped_in_the_third_arm(a, b):
    for i in range(len(a)):
        if a[0] > 5.0:
            pass
        elif b[i] > 0.0:
            a[1] += 2.0
        else:
            a, b = b, a
    return np.sum(a * a) + 2.0 * np.sum(b)


def bound_to_the_other_in_one_arm(a, b):
    q = 0.0
    for i in range(len(a)):
        if a[0] > 5.0:
            b[:] += 0.5
        elif b[i] > 0.0:
            q, b = (0.5 * a[i], a)
        else:
            b[0] *= a[1]
    return np.sum(a * a) + 2.0 * np.sum(b * b) + q


def array_or_number(x, a):
    if x > 0.0:
        c = a
    else:
        a = 0.7 * x
        c = a
    a **= 2
    return np.sum(a * a) + np.sum(c)


def array_or_number_by_the_turn(x):
    a = np.zeros(3)
    for n in range(3):
        if x > 0.5 * n:
            t = a
        else:
            t = 0.5 * x
        a[n] -= 0.5 * x
    return np.sum(t * a)


def last_item_appended_again(x, a):
    out = [a * x]
    for r in (0.5, 2.0, 1.5):
        if r > 1.0:
            out.append(out[-1])
        else:
            out.append(a * r)
    out[2][:] = out[0] * x
    return np.sum(out[1] * out[-1])


def argument_appended_and_written(x, a):
    out = [a]
    for n in range(3):
        out[-1][n] = x * out[0][n]
        out.append(a)
    return np.sum(out[1] * out[-1])


def one_row_many_times(x):
    rows = []
    row = x * 1.0
    for i in range(3):
        row[0] = i * x[1]
        rows.append(row)
    rows[1][1] *= 2.0
    return np.sum(np.array(rows) ** 2)


def views_in_a_list_written(x):
    rows = []
    for i in range(3):
        rows.append(x[i : i + 1])
    rows[0] *= 2.0
    rows[-1][0] = rows[0][0] * x[1]
    return np.sum(x * x)


def rows_of_an_array_that_is_replaced(m):
    k = 0
    while k < 2:
        k += 1
        for v in m:
            if k == 1:
                break
            v[2] -= 0.5 * v[0]
            m = np.stack([v, m[k % 2]])
    return np.sum(m * m)


def replaced_in_a_while_that_tests_it(m, x):
    for v in m:
        k = 0
        while k < 2 and m[0, 0] < 5.0:
            k += 1
            v[2] -= 0.5 * x
            m = m + 0.1371 * x
    return np.sum(m * m)


def one_of_three_tested(a, b, c, x, n):
    w = a
    while np.sum(w) < 4.6:
        n += 1
        if n == 2:
            w = b
        elif n == 3:
            w = c
        w += x
    return np.sum(a * b * c) + np.sum(w * w)


def _matrix():
    return np.array([[0.34, 0.33, -1.06], [0.38, -1.12, -0.81]])


def swapped_at_some_turns(a, b, n):
    row = b.copy()
    k = 0
    while k < 2 and row[0] < 3.0:
        k += 1
        b *= abs(a[k] + 0.3)
    k = 0
    while True:
        k += 1
        if k > 2 or not a[n] + row[1] < 2.5:
            break
        if k % 2 == 0:
            if n < k:
                b, a = a, b
                b = row[::-1] - b[n]
    return np.sum(a**3) + np.sum(b * b * a)


EXAMPLE_ARGS = {
    "swapped_at_some_turns": lambda: (
        np.array([1.2, 0.77, 0.98]),
        np.array([0.02, -0.3, 0.99]),
        1,
    ),
    "swapped_in_the_third_arm": lambda: (np.array([0.3, 0.4, 0.9]), np.array([0.3, -0.4, 0.9])),
    "bound_to_the_other_in_one_arm": lambda: (np.array([0.3, 0.4, 0.9]), np.array([-0.3, 0.4, 1])),
    "array_or_number": lambda: (0.5, np.array([0.3, 0.4, 0.9])),
    "array_or_number_by_the_turn": lambda: (0.7,),
    "last_item_appended_again": lambda: (0.7, np.array([0.3, 0.4])),
    "rows_of_an_array_that_is_replaced": lambda: (_matrix(),),
    "replaced_in_a_while_that_tests_it": lambda: (_matrix(), 0.7),
    "one_of_three_tested": lambda: (
        np.array([0.3, 0.4]),
        np.array([0.2, 0.1]),
        np.array([0.1, 0.9]),
        0.5,
        0,
    ),
    "one_row_many_times": lambda: (np.array([0.3, 0.4, -0.8]),),
    "views_in_a_list_written": lambda: (np.array([0.3, 0.4, -0.8]),),
    "argument_appended_and_written": lambda: (0.7, np.array([0.3, 0.4, -0.8])),
}
MORE_ARGS = {
    "swapped_in_the_third_arm": [
        lambda: (np.array([6.0, 0.4, 0.9]), np.array([0.3, -0.4, 0.9])),
        lambda: (np.array([1.0, 0.4, 0.9]), np.array([-0.3, -0.4, 0.9])),
    ],
    "bound_to_the_other_in_one_arm": [
        lambda: (np.array([6.0, 0.4, 0.9]), np.array([0.3, -0.4, 0.9])),
    ],
    "array_or_number": [lambda: (-0.5, np.array([0.3, 0.4, 0.9]))],
    "array_or_number_by_the_turn": [lambda: (1.7,), lambda: (0.2,)],
}
