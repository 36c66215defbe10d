"""Generators that yield what they, or the loops over them, write to afterwards."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from tests.pitfalls import Pitfall, Pitfalls, check

case = Pitfalls()

X = np.array([0.9, 1.2, 2.1])
W = np.array([1.0, 2.0, 4.0])


@case("buffer in a loop", X)
def buffer_in_a_loop(x):
    def gen():
        buf = np.zeros(3)
        for i in range(3):
            buf[i] = x[i] * (i + 1)
            yield buf

    s = 0.0
    for b in gen():
        s += b.sum()
    return s


@case("buffer numbered", X)
def buffer_numbered(x):
    def gen():
        buf = np.zeros(3)
        for i in range(3):
            buf[i] = x[i] * (i + 1)
            yield buf

    s = 0.0
    for i, b in enumerate(gen()):
        s += b.sum() * (i + 1)
    return s


@case("buffer summed", X)
def buffer_summed(x):
    def gen():
        buf = np.zeros(3)
        for i in range(3):
            buf[i] = x[i] * (i + 1)
            yield buf

    return sum(b.sum() for b in gen())


@case("list that grows", X)
def list_that_grows(x):
    def gen():
        buf = []
        for i in range(3):
            buf.append(x[i] * (i + 1))
            yield buf

    return sum(sum(b) for b in gen())


@case("list written to", X)
def list_written_to(x):
    def gen():
        buf = [0.0, 0.0]
        for i in range(3):
            buf[i % 2] += x[i] * (i + 1)
            yield buf

    s = 0.0
    for b in gen():
        s += b[0] * b[1]
    return s + sum(b[0] for b in gen()) + max(b[1] for b in gen())


@case("dict written to", X)
def dict_written_to(x):
    def gen():
        d = {"a": 0.0}
        for v in x:
            d["a"] += v
            yield d

    s = 0.0
    for d in gen():
        s += d["a"] ** 2
    return s + sum(d["a"] for d in gen()) + sum([d["a"] for d in gen()])


@case("buffer in a comprehension", X)
def buffer_in_a_comprehension(x):
    def gen():
        buf = np.zeros(3)
        for i in range(3):
            buf[i] = x[i] * (i + 1)
            yield buf

    return np.array([b.sum() for b in gen()]) @ W


@case("buffer in a tuple", X, outcome="either")
def buffer_in_a_tuple(x):
    def gen():
        buf = np.zeros(3)
        for i in range(3):
            buf[i] = x[i] * (i + 1)
            yield (i, buf)

    return sum((b.sum() * i for i, b in gen())) + sum(
        (b @ w for (i, b), w in zip(gen(), np.outer(x, x)))
    )


@case("buffer asked for", X, outcome="either")
def buffer_asked_for(x):
    def gen():
        buf = np.zeros(3)
        for i in range(3):
            buf[i] = x[i] * (i + 1)
            yield buf[:2]

    it = gen()
    s = next(it).sum()
    s += next(it).sum()
    return s


@case("object written to", X)
def object_written_to(x):
    class S:
        def __init__(self):
            self.v = 0.0

    def gen():
        o = S()
        for v in x:
            o.v += v
            yield o

    s = 0.0
    for o in gen():
        s += o.v**2
    return s + sum(o.v for o in gen())


@case("buffer through itertools", X, outcome="either")
def buffer_through_itertools(x):
    def gen():
        buf = np.zeros(3)
        for i in range(3):
            buf[i] = x[i] * (i + 1)
            yield buf

    s = 0.0
    for b in map(lambda b: b * 2, gen()):
        s += b.sum()
    for b in filter(lambda b: b[0] > 0, gen()):
        s += b.sum()
    for b, c in itertools.pairwise(gen()):
        s += b.sum() * c[1]
    for b in itertools.islice(gen(), 2):
        s += b.sum()
    for b in itertools.chain(gen(), gen()):
        s += b.sum()
    return s


@case("iterator of a class", X)
def iterator_of_a_class(x):
    class It:
        def __init__(self):
            self.buf = np.zeros(3)

        def __iter__(self):
            for i in range(3):
                self.buf[i] += x[i]
                yield self.buf

    s = 0.0
    for b in It():
        s += b.sum()
    return s + sum(b.sum() for b in It())


@case("buffer in a while", X)
def buffer_in_a_while(x):
    def gen(n):
        buf = np.zeros(3)
        i = 0
        while i < n:
            buf[i % 3] += x[i % 3]
            i += 1
            yield buf

    s = 0.0
    for b in gen(5):
        s += b.sum()
    return s + sum(b.sum() for b in gen(7)) + any(b.sum() > 3 for b in gen(4))


@case("loop writes to the item", X)
def loop_writes_to_the_item(x):
    def gen():
        buf = x.copy()
        for i in range(3):
            yield buf
            buf = buf + 0
            yield (buf * 2)

    s = 0.0
    for b in gen():
        s += b.sum()
        b *= 2
    return s


@case("same item again", X)
def same_item_again(x):
    def gen():
        buf = x.copy()
        for i in range(3):
            yield buf

    s = 0.0
    for b in gen():
        b *= 2
        s += b.sum()
    return s


@case("item read later", X)
def item_read_later(x):
    def gen():
        buf = x.copy()
        yield buf
        yield (buf[0] * W)
        yield (buf[1] * W)

    s = 0.0
    for b in gen():
        b[0] += 2
        s += b.sum()
    return s


@case("same item by a count", X, outcome="either")
def same_item_by_a_count(x):
    def gen(n):
        buf = x.copy()
        for i in range(n):
            yield buf

    s = 0.0
    for b in gen(3):
        b *= 2
        s += b.sum()
    return s


@case("same item many times", X)
def same_item_many_times(x):
    def gen():
        buf = x.copy()
        for i in range(20):
            yield buf

    s = 0.0
    for b in gen():
        b *= 1.1
        s += b.sum()
    return s


@case("list read later", X)
def list_read_later(x):
    def gen():
        box = [x[0]]
        for i in range(3):
            yield box
            s = box[0]
            yield [s * 2]

    s = 0.0
    for b in gen():
        b[0] += 1
        s += b[0]
    return s


@case("new rows", X)
def new_rows(x):
    def gen(n):
        i = 0
        while i < n:
            row = x * i
            yield row
            i += 1

    s = 0.0
    for b in gen(len(x)):
        b += 1
        s += b.sum()
    return s


@case("sum of the item later", X)
def sum_of_the_item_later(x):
    def gen():
        buf = x.copy()
        yield buf
        t = buf.sum()
        yield (x * t)

    s = 0.0
    for b in gen():
        b[0] += 2
        s += b.sum()
    return s


@case("dict read later", X)
def dict_read_later(x):
    def gen():
        st = {"a": x[0]}
        for v in x:
            yield st
            yield {"a": st["a"] * v}

    s = 0.0
    for d in gen():
        d["a"] += 1
        s += d["a"]
    return s


@case("weights of epochs", X)
def weights_of_epochs(x):
    def epochs(n):
        w = x.copy()
        for e in range(n):
            yield (e, w)
            w *= 0.9

    s = 0.0
    for e, w in epochs(3):
        s += (e + 1) * w @ W
        w[0] += 0.5
    return s + w[1]


@case("batches written to", X)
def batches_written_to(x):
    def batches(a, k):
        for i in range(0, len(a), k):
            yield a[i : i + k]

    a = x.copy()
    s = 0.0
    for b in batches(a, 2):
        s += b.sum() ** 2
        a[-1] = s
    for b in batches(a, 2):
        b *= 2
    return s + a @ W


@case("permutations in place", X)
def permutations_in_place(x):
    def perms(n):
        p = list(range(n))
        yield p
        for i in range(n - 1):
            p[i], p[i + 1] = (p[i + 1], p[i])
            yield p

    s = 0.0
    for p in perms(3):
        s += sum((x[i] * (k + 1) for k, i in enumerate(p))) ** 2
    return s + sum(x[p[0]] for p in perms(3))


@case("any and all call a function with effects until they know", X)
def asked_until_known(x):
    asked = []

    def large(v):
        asked.append(v)
        return v > 1.0

    found = any(map(large, x)) + all(map(large, x)) + any(map(large, x[::-1]))
    return sum(v * (k + 1) for k, v in enumerate(asked)) + found


@case("a buffer that another generator hands on", X)
def handed_on(x):
    def inner():
        buf = np.zeros(3)
        for i in range(3):
            buf[i] = x[i]
            yield buf

    def outer():
        yield from inner()
        yield x

    s = 0.0
    for b in outer():
        s += b.sum()
    return s + sum(b.sum() for b in outer())


@case("subsets in one list that grows and shrinks", X, outcome="either")
def subsets(x):
    def chosen(n):
        cur = []

        def rec(i):
            if i == n:
                yield cur
                return
            yield from rec(i + 1)
            cur.append(i)
            yield from rec(i + 1)
            cur.pop()

        yield from rec(0)

    s = 0.0
    for c in chosen(3):
        t = 1.0
        for i in c:
            t *= x[i]
        s += t * (1 + len(c))
    return s


@case("permutations of a list in place, recursively", X)
def permuted(x):
    def perm(a, k=0):
        if k == len(a):
            yield a
        for i in range(k, len(a)):
            a[k], a[i] = a[i], a[k]
            yield from perm(a, k + 1)
            a[k], a[i] = a[i], a[k]

    return sum(p[0] * p[1] ** 2 for p in perm(list(x)))


@case("zip asks a generator with effects in turn", X, outcome="either")
def zipped_with_effects(x):
    said = []

    def tell(v):
        said.append(v)
        return v

    pairs = list(zip((tell(v) for v in x), [tell(2 * v) for v in x], strict=True))
    few = dict(zip([1, 2], (tell(v) for v in x), strict=False))
    return sum(v * (k + 1) for k, v in enumerate(said)) + pairs[1][0] + few[2]


@pytest.mark.parametrize("pitfall", case)
def test_right_or_refused(pitfall: Pitfall) -> None:
    check(pitfall)
