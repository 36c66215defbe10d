"""Names that stand for nothing at first, or for arrays of one length or another."""

import numpy as np


def first_turn_assigns(x, n):
    for k in range(n):
        if k == 0:
            c = x
        else:
            c = c * x
    return c


def running_maximum(a, n):
    for k in range(n):
        if k == 0 or a[k] > best:  # noqa: F821
            best = a[k] * a[k]
    return best


def array_from_a_later_turn(x, a, n):
    s = 0.0
    k = 0
    while k < n:
        if k == 1:
            c = np.sin(x * a)
        elif k > 1:
            s += np.sum(x * c * c)
            c = c * x
        k += 1
    return s


def list_from_a_later_turn(x, a, n):
    s = 0.0
    k = 0
    while k < n:
        if k == 1:
            c = [v * x for v in a]
        elif k > 1:
            s += x * c[0] * c[-1]
            c.append(x * k)
        k += 1
    return s


def list_of_the_last_inner_turn(x, a):
    n = 0
    while n < 3:
        n += 1
        for y in a[1:]:
            k = [a[n] - y]
        if np.cos(k[0]) < 0.9:
            x = x * k[0]
            k.append(np.sum(a))
    return x


def one_of_three_views(x, a, b, n):
    for k in range(n):
        if k == 1:
            c = a[1:]
        elif k == 2:
            c = b[1:]
        elif k == 3:
            c = a[:-1]
        if k > 1:
            c *= x
    return np.sum(a * a) + np.sum(b * b) + (np.sum(c * c) if n > 1 else 0.0)


def view_of_one_of_several(x, a):
    for _ in range(3):
        for _ in range(3):
            b = a[:-1]
        else:
            for _ in range(0, 3, 2):
                a = np.sin(a[0:] + 0.7)
        a += x
    a[1:] -= np.sin(b)
    return np.sum(a * a) + np.sum(b * b)


def array_swapped_in_a_while(b):
    for _ in range(1, 3):
        for _ in range(2, 0, -2):
            pair, w = (b.sum(), np.ones(3))
        else:
            k = 0
            while k < 3:
                k += 1
                w, b = (b, w)
                b[0] += w.sum() * pair
    return pair


def index_that_was_an_array(a):
    c = a
    for c in range(len(a)):
        w = np.ones(3) * a[c]
    w[c] += c * a[0]
    return np.sum(w * a)


def array_of_another_length(x, y):
    while True:
        if x > 0.03:
            break
        x = y
        a = np.array([x for _ in range(3)])[:]
    for _ in range(3):
        w = np.ones((3, 2)) * y
        for a in w:
            pass
    return np.sum(a * y)


def list_of_another_length(m, n):
    for j in range(1, 3):
        items = [0.5]
        k = 0
        while k < 2:
            k += 1
            items.append(m[k, j])
    x = np.mean(items) * items[1]
    for _ in range(n, 1, -1):
        items = [0.5, m[0, 0]]
    return x + sum(items)


def list_read_and_replaced(m, n):
    for j in range(1, 3):
        items = [0.5]
        for k in range(2):
            items.append(m[k, j])
    s = 0.0
    for k in range(n):
        s += items[k] * items[-1]
        items = [0.5, m[0, 0] * k]
    return s * sum(items)


def row_of_an_array_written_to(m, a, n):
    for k in range(n, 4, 2):
        items = [a[0] * k]
    if items[0] > 5.0:
        while True:
            m -= 2.0
    for _ in range(k, 1, -1):
        for u, _ in zip(m, a):
            pass
        m[1] += 0.5 * a[1]
    return np.sum(u * u)


def rows_of_two_lengths(a, n):
    kept = a[a > 0.0]
    total = 0.0
    for i in range(n):
        if i > 0:
            total += i * np.sum(row**2)  # noqa: F821
        row = kept * a[0] if i % 2 else np.concatenate((kept, kept * 2.0))
    return total


def row_of_one_or_more(a, n):
    kept = a[a > 0.0]
    row = kept
    for i in range(n):
        row = kept if i % 2 else np.concatenate((kept, kept * 2.0))
    return np.sum(row * kept**2)


def chosen_or_whole(a, n):
    kept = a[a > 0.0]
    row = a if n > 2 else kept
    return np.sum(row * kept**2)


def row_of_the_last_turn(m):
    for row in m:
        m[1, 2] *= np.prod(row)
    return np.sum(m * m) + row[-1]


def assigned_on_one_side_and_read_behind(x):
    if x[0] > 1.0:
        y = x[1]
    else:
        w = x[2] ** 2
        y = w
    if x[0] <= 1.0:
        y = y * w
    return y


def running_table_of_the_last_turn(x, a):
    for power in range(1, 3):
        for k in range(len(a)):
            table = np.cumsum(np.ones((3, 3)) * x, axis=0) * float(a @ a)
        a[-1] *= 1.2 * power
    return np.sum(table[k] ** 2) * x


EXAMPLE_ARGS = {
    "assigned_on_one_side_and_read_behind": lambda: (np.array([0.3, 1.2, 0.7]),),
    "row_of_one_or_more": lambda: (np.array([0.5, -0.2, -0.7]), 1),
    "chosen_or_whole": lambda: (np.array([0.5, -0.2, -0.7]), 3),
    "rows_of_two_lengths": lambda: (np.array([0.5, -0.2, 0.7]), 3),
    "first_turn_assigns": lambda: (0.6, 3),
    "running_maximum": lambda: (np.array([0.4, 1.9, 0.3, 2.1]), 4),
    "array_from_a_later_turn": lambda: (0.7, np.array([0.4, -0.9]), 4),
    "list_from_a_later_turn": lambda: (0.7, np.array([0.4, -0.9]), 4),
    "list_of_the_last_inner_turn": lambda: (0.8, np.array([-0.43, 0.7, -0.52, 1.11])),
    "one_of_three_views": lambda: (0.7, np.array([1.0, 2.0, 3.0]), np.array([0.3, 0.4, 0.5]), 5),
    "array_swapped_in_a_while": lambda: (np.array([0.86, -0.83, -0.18]),),
    "index_that_was_an_array": lambda: (np.array([0.86, -0.83, -0.18]),),
    "array_of_another_length": lambda: (-0.48, 0.65),
    "list_of_another_length": lambda: (np.arange(9.0).reshape(3, 3) / 7.0, 3),
    "list_read_and_replaced": lambda: (np.arange(9.0).reshape(3, 3) / 7.0 + 0.1, 2),
    "row_of_an_array_written_to": lambda: (
        np.arange(6.0).reshape(3, 2) / 7.0,
        np.array([0.3, -0.4, 0.5]),
        0,
    ),
    "row_of_the_last_turn": lambda: (np.arange(6.0).reshape(2, 3) / 7.0 + 0.4,),
    "running_table_of_the_last_turn": lambda: (0.6, np.array([0.3, -0.4, 0.5])),
    "view_of_one_of_several": lambda: (0.7, np.array([0.3, 0.5, -0.4])),
}
MORE_ARGS = {
    "row_of_one_or_more": [lambda: (np.array([0.5, 0.2, -0.7]), 2)],
    "chosen_or_whole": [lambda: (np.array([0.5, 0.2, 0.7]), 1)],
    "rows_of_two_lengths": [
        lambda: (np.array([0.5, -0.2, 0.7]), 1),
        lambda: (np.array([0.5, -0.2, 0.7]), 4),
    ],
    "list_of_another_length": [lambda: (np.arange(9.0).reshape(3, 3) / 7.0, 0)],
    "list_read_and_replaced": [lambda: (np.arange(9.0).reshape(3, 3) / 7.0 + 0.1, 1)],
    "first_turn_assigns": [lambda: (0.6, 1)],
    "array_from_a_later_turn": [lambda: (0.7, np.array([0.4, -0.9]), 0)],
    "list_from_a_later_turn": [lambda: (0.7, np.array([0.4, -0.9]), 0)],
    "one_of_three_views": [
        lambda: (0.7, np.array([1.0, 2.0, 3.0]), np.array([0.3, 0.4, 0.5]), 3),
        lambda: (0.7, np.array([1.0, 2.0, 3.0]), np.array([0.3, 0.4, 0.5]), 0),
    ],
}
