"""Values that an expression holds, or an iterator has still to give, while something is written."""

from __future__ import annotations

import functools
import itertools

import numpy as np


def shrunk(a):
    a *= 0.9
    return a[0]


def raised(a):
    a += 0.1
    return a


def nothing(a):
    a += 0.1


def either(a, b, t):
    if t > 0:
        return a
    return b


def scaled(a, b):
    return np.sum(a * a) * b


def in_a_tuple(v, w, s):
    return np.sum((either(v, w, s), shrunk(v))[0] ** 2)


def in_a_sum(v, w, s):
    return np.sum((either(v, w, s) + shrunk(v)) ** 2) + np.sum((v if s > 0 else w) * shrunk(v))


def in_a_dict(v, w, s):
    return np.sum({"a": either(v, w, s), "b": shrunk(v)}["a"] ** 2)


def in_arguments(v, w, s):
    return scaled(either(v, w, s), shrunk(v)) + scaled(b=shrunk(w), a=either(w, v, s))


def in_a_product(v, w, s):
    return np.dot(either(v, w, s), either(w, v, shrunk(v)))


def in_a_subscript(v, w, s):
    return either(v, w, s)[int(shrunk(v) > 100.0)] ** 2


def in_assigned_names(v, w, s):
    a, b = either(v, w, s), shrunk(v)
    return np.sum(a * a * b)


def in_a_loop(v, w, s):
    total = 0.0
    for k, q in enumerate((either(v, w, s), v * shrunk(v), either(w, v, s))):
        v *= 0.9
        total += np.sum(q * q) * (k + 1)
    return total


def in_cases(v, w, s):
    match (either(v, w, s), shrunk(v)):
        case (a, b):
            return np.sum(a * a) * b


def in_a_list_of_calls(v, s):
    rows = [raised(z) for z in sorted([v, v[:, None][:, 0]], key=lambda q: q[1])]
    return np.sum(np.array(rows) ** 2) * s


def in_an_out(v, w, s):
    return np.sum(np.add(either(v, w, s), shrunk(v), out=w) * w)


def mapped_in_zip(v, s):
    total = 0.0
    for a, b in zip((s, s * s), map(shrunk, [v, v]), strict=True):
        total += a * b + np.sum(v**2)
    return total


def mapped_beside_rows(m, v):
    total = 0.0
    for _, row in zip(map(nothing, (v, v[::-1])), m, strict=False):
        total += row @ v
    return total


def mapped_in_comprehension(v, w):
    inner = sum(x * y for _ in map(nothing, (v, w)) for x, y in zip(v, w, strict=True))
    return inner + sum([q * np.sum(v) for q in map(shrunk, [v, v])])


def mapped_last(m, v):
    for _ in map(shrunk, (m[0], m[1])):
        v *= 0.5
    return np.sum(m**2) + np.sum(v**2)


def zipped_and_written(m, v):
    flat = m.ravel()
    total = sum(x + shrunk(m[2]) * y for x, y in zip(m[2], v, strict=True))
    flat[0] = v[0]
    return total + np.sum(m) * v[0]


def chained_and_written(v, w):
    total = 0.0
    for q in itertools.chain(w, v[:2], [v[2]]):
        v *= 0.9
        w[1:] *= 1.1
        total += q * q
    return total


def reduced(v, w, s):
    return functools.reduce(lambda acc, q: acc * shrunk(q), (either(v, w, s), v, w), s)


def views_chosen_in_turns(m, v):
    one, two = m[:, 1], m[:, 2]
    x = two
    for q in list(one):
        x[:] = np.cos(v) * q
        x = one
    return np.sum(m * np.arange(9.0).reshape(3, 3))


def rows_chosen_beside_a_list(m, v):
    one, two = m[1], m[2]
    kept = list(one)
    for q in range(len(kept)):
        x = one
        for _ in range(2):
            x[:] = np.cos(v) * kept[q]
            x = two
    return np.sum(m * np.arange(9.0).reshape(3, 3))


def paired_numbers(v, s):
    total = 0.0
    for a, b in itertools.combinations(v, 2):
        v *= 0.9
        total += a * b * s
    for a, b in itertools.product(v, v[::-1]):
        v *= 0.9
        total += a * a * b
    for a in itertools.islice(v, 2):
        v *= 0.9
        total += a * a
    return total


def items_replaced(v, s):
    items = [v[0], v[1], s]
    later = enumerate(items)
    items[1] = v[1] * v[2]

    def halved():
        items[2] = items[2] * 0.5 + v[0]
        return items[2]

    total = sum(k * x * x for k, x in later)
    total += sum(x * halved() for x in items) + sum([x + halved() for x in items])
    total += sum(x * halved() for x, y in zip(items, items, strict=True))
    return total + sum(map(lambda x: x * halved(), items))


def values_replaced(v, s):
    table = {"a": v[0], "b": s}
    total = 0.0
    for x in table.values():
        table["b"] = table["b"] * x + 1.0
        total += x * x
    for x in list(table.values()):
        table["b"] = table["b"] * 0.5
        total += x
    return total + sum(x * table["b"] for x in table.values())


def mixed_and_written(v, s):
    total = 0.0
    for a, x in zip(([1.0], {"k": s}, v), v, strict=True):
        v *= 0.9
        total += x * x * len(a)
    return total * s


def bound_anew(v, s):
    before = v
    v += (v := v * s)
    return np.sum(v * before)


def lines_in_step(m, v):
    for k in range(3):
        m[k, k:] = m[k:, k]
        m[k] = m[:, k]
    m[:, 0] = m[0, :]
    m[1] = m[::-1, 2]
    v[1:] = v[:-1]
    v[::2] = v[::-2]
    v[:] = v[::-1]
    return np.sum(m**2 * np.arange(9.0).reshape(3, 3)) + np.sum(v**3)


def multiplied_at(v, s):
    w = v[::-1] if s > 0 else v
    np.multiply.at(w, [0, 1, 0], s)
    return np.sum(v**3)


def mapped_as_often_as_the_rest(v, s):
    """The shortest part comes first, or is the map itself: no item is asked for beyond the end."""
    calls = [s]

    def half(y):
        calls[0] += y
        return 0.5 * y

    total = sum(y * z for y, z in zip(map(half, [v[0], v[1]]), v))
    for z, y in zip([v[1], v[2]], map(half, v)):
        total += z * y
    for y, z in zip(map(np.sin, v), v[:2]):
        total += y * z
    return total * calls[0]


def _args(*shapes, s=None):
    def made():
        rng = np.random.default_rng(8)
        out = [0.5 + rng.uniform(size=shape) for shape in shapes]
        return (*out, s) if s is not None else tuple(out)

    return made


BY_PATH = [
    "in_a_tuple", "in_a_sum", "in_a_dict", "in_arguments", "in_a_product", "in_a_subscript",
    "in_assigned_names", "in_a_loop", "in_cases", "in_an_out", "reduced",
]  # fmt: skip
WRITTEN = [
    "paired_numbers", "items_replaced", "values_replaced", "mixed_and_written", "bound_anew",
]  # fmt: skip
EXAMPLE_ARGS = {
    **{name: _args(3, 3, s=0.7) for name in BY_PATH},
    "in_a_list_of_calls": _args(3, s=0.7),
    "mapped_in_zip": _args(3, s=0.7),
    "mapped_as_often_as_the_rest": _args(3, s=0.7),
    "mapped_beside_rows": _args((3, 3), 3),
    "mapped_in_comprehension": _args(3, 3),
    "mapped_last": _args((3, 3), 3),
    "zipped_and_written": _args((3, 3), 3),
    "chained_and_written": _args(3, 3),
    "lines_in_step": _args((3, 3), 3),
    "views_chosen_in_turns": _args((3, 3), 3),
    "rows_chosen_beside_a_list": _args((3, 3), 3),
    **{name: _args(3, s=0.7) for name in WRITTEN},
    "multiplied_at": _args(3, s=0.7),
}
MORE_ARGS = {name: [_args(3, 3, s=-0.7)] for name in BY_PATH}
