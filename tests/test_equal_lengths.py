"""Lengths that a function wants equal: a short text where they are, the right number elsewhere."""

from __future__ import annotations

import inspect

import numpy as np
import pytest

import gradgen
from gradgen.freshness import check_file
from tests.checks import load_module
from tests.references import complex_gradient


def trapezoid(y, x):
    return np.sum(0.5 * (y[1:] ** 2 + y[:-1]) * (x[1:] - x[:-1]))


def springs(u, x, k):
    return np.sum(k * np.diff(u) ** 2 / np.diff(x))


def stored(u, c):
    v = np.zeros(len(u))
    v[1:] = c[1:] ** 2
    w = u.copy()
    w[:-1] += c[1:] * u[1:]
    return np.sum(v * u) + np.sum(w**3)


def stencil(u, a, f):
    lap = u[2:, 1:-1] + u[:-2, 1:-1] + u[1:-1, 2:] + u[1:-1, :-2] - 4 * u[1:-1, 1:-1]
    return np.sum((a[1:-1, 1:-1] * lap - f) ** 2)


def sliced(p, x):
    return np.sum((p[:3] * x + p[3:6]) ** 2 * p[-2:-1])


def layers(p, x):
    w = np.reshape(p[:6], (2, 3))
    return np.sum(np.tanh(x @ w + p[6:9]) @ p[9:12] * x[:, 0])


def columns(m, t):
    return np.sum((m[1:, :2] - m[:-1, 2:4] * t[:2]) ** 2)


def joined(x, y):
    padded = np.concatenate((x[:1], y * x[1:], x[-2:]))
    return np.sum(padded**3 * np.arange(1.0, len(padded) + 1))


# Lengths of the arguments: those that are meant, another time, and such as stretch a slice.
CALLS = {
    trapezoid: [[5, 5], [2, 5], [5, 2], [2, 2], [7, 7]],
    springs: [[5, 5, 4], [2, 5, 4], [2, 2, 1], [5, 5, 1], [3, 3, 2]],
    stored: [[4, 4], [5, 2], [3, 3]],
    sliced: [[8, 3], [6, 3], [4, 3], [9, 1]],
    layers: [[12, (4, 2)], [14, (3, 2)]],
    columns: [[(4, 4), 2], [(3, 4), 5], [(4, 3), 2], [(2, 5), 1]],
    joined: [[5, 4], [2, 1], [1, 0], [3, 2]],
    stencil: [[(5, 6), (5, 6), (3, 4)], [(5, 5), (3, 3), (3, 3)], [(4, 4), (4, 4), (2, 2)]],
}


def arguments(lengths, seed=0):
    rng = np.random.default_rng(seed)
    return tuple(rng.normal(size=n) + np.arange(np.prod(n)).reshape(n) for n in lengths)


@pytest.mark.parametrize("backend", ["numpy", pytest.param("numba", marks=pytest.mark.slow)])
@pytest.mark.parametrize("loss", CALLS)
def test_calls_of_all_lengths_in_turn(loss, backend):
    every = tuple(range(len(CALLS[loss][0])))
    gradient = gradgen.grad(loss, argnums=every, backend=backend)
    push = gradgen.jvp(loss, argnums=every, backend=backend)
    for lengths in [*CALLS[loss], *CALLS[loss]]:
        args, moves = arguments(lengths), arguments(lengths, 1)
        wanted = complex_gradient(loss, args, every)
        for found, d in zip(gradient(*args), wanted, strict=True):
            np.testing.assert_allclose(found, d, rtol=1e-11, atol=1e-11)
        along = sum(np.sum(d * t) for d, t in zip(wanted, moves, strict=True))
        assert push(args, moves)[1] == pytest.approx(along, rel=1e-11)


@pytest.mark.parametrize("loss", CALLS)
def test_second_order(loss):
    product = gradgen.hvp(loss)
    for lengths in CALLS[loss]:
        (x, *rest), (move, *_) = arguments(lengths), arguments(lengths, 1)
        sides = [complex_gradient(loss, (x + s * 1e-4 * move, *rest), (0,))[0] for s in (1, -1)]
        wanted = (sides[0] - sides[1]) / 2e-4
        np.testing.assert_allclose(product((x, *rest), move), wanted, rtol=1e-5, atol=1e-5)


def text(loss, lengths=None, **options):
    made = gradgen.grad(loss, argnums=tuple(range(len(CALLS[loss][0]))), **options)
    made(*arguments(lengths or CALLS[loss][0]))
    return made.source


def test_the_text_sums_nothing_back_and_says_what_it_is_made_for():
    found = text(springs)
    assert "_unbroadcast" not in found
    assert "Specialised to:  u f64[n+1]  x f64[n+1]  k f64[n]" in found
    assert "len(u) != len(x)" in found and "len(x) != len(k) + 1" in found
    assert "u.shape != a.shape" in text(stencil) and "len(a) != len(f) + 2" in text(stencil)
    assert "_unbroadcast" in text(springs, [5, 5, 1]) + text(trapezoid, [2, 5])


def test_slices_of_an_argument_are_whole():
    found = text(layers)
    assert "_unbroadcast" not in found and "p f64[n>=9]" in found and "len(p) < 9" in found
    assert "_unbroadcast" not in text(columns) and "m.shape[1] < 4" in text(columns)
    product = gradgen.hvp(layers)
    product(arguments([12, (4, 2)]), np.ones(12))
    assert "_unbroadcast" not in product.source and product.source.count("raise") == 1


def test_many_lengths_are_learnt_together():
    def loss(ps, qs, v):
        total = 0.0
        for k, name in enumerate(ps):
            total = total + np.sum(ps[name][1:] * qs[name][:-1])
            total = total + np.sum(v[3 * k : 3 * k + 3] * v[:3])
        return total

    count = 250
    names = [f"part {k}" for k in range(count)]
    ps, qs = ({n: np.arange(4.0) + k for k, n in enumerate(names, j)} for j in (0, 1))
    gradient = gradgen.grad(loss)
    found = gradient(ps, qs, np.arange(3.0 * count))
    np.testing.assert_array_equal(found["part 9"], [0.0, *qs["part 9"][:-1]])
    assert "_unbroadcast" not in gradient.source


def test_a_text_alone_refuses_what_it_is_not_made_for():
    namespace = {}
    exec(text(trapezoid), namespace)
    with pytest.raises(TypeError, match=r"made for y f64\[n\]  x f64\[n\]"):
        namespace["trapezoid_grad"](*arguments([2, 5]))


def test_second_order_is_of_the_same_lengths():
    product = gradgen.hvp(trapezoid)
    product(arguments([5, 5]), np.ones(5))
    assert "_unbroadcast" not in product.source and product.source.count("raise") == 1
    jacobian = gradgen.jacobian(gradgen.grad(trapezoid, argnums=1))
    for lengths in ([5, 5], [2, 5], [5, 5]):
        y, x = arguments(lengths)
        wanted = [
            (complex_gradient(trapezoid, (y + h, x), (1,))[0]
             - complex_gradient(trapezoid, (y - h, x), (1,))[0]) / 2e-4
            for h in 1e-4 * np.eye(len(y))
        ]  # fmt: skip
        np.testing.assert_allclose(jacobian(y, x), np.transpose(wanted), rtol=1e-6, atol=1e-6)


def test_a_gradient_inside_a_loss_takes_the_lengths_as_they_come():
    inner = gradgen.grad(trapezoid)

    def outer(y, x):
        return np.sum(inner(y[:3], x) ** 2)

    gradient = gradgen.grad(outer)
    for lengths in ([5, 3], [5, 2], [2, 3]):
        y, x = arguments(lengths)

        def plain(v, x=x):
            return np.sum(complex_gradient(trapezoid, (v[:3], x), (0,))[0] ** 2)

        wanted = [(plain(y + h) - plain(y - h)) / 2e-4 for h in 1e-4 * np.eye(len(y))]
        np.testing.assert_allclose(gradient(y, x), wanted, rtol=1e-6, atol=1e-6)


def test_methods_containers_and_examples():
    class Rule:
        def __init__(self, x):
            self.x = x

        def loss(self, y):
            return trapezoid(y, self.x)

    def held(both):
        return trapezoid(both["y"], both["x"])

    gradient, of_dict = gradgen.grad(Rule.loss, argnums=1), gradgen.grad(held)
    for lengths in ([5, 5], [5, 2], [4, 4]):
        y, x = arguments(lengths)
        wanted = complex_gradient(trapezoid, (y, x), (0, 1))
        np.testing.assert_allclose(gradient(Rule(x), y), wanted[0], rtol=1e-11)
        np.testing.assert_allclose(of_dict({"y": y, "x": x})["x"], wanted[1], rtol=1e-11)
    for lengths in ([5, 5], [5, 2]):
        made = gradgen.grad(trapezoid, example_args=arguments(lengths))
        assert ("_unbroadcast" in made.source) == (lengths == [5, 2])


@pytest.mark.parametrize(
    ("of", "lengths"),
    [(springs, [5, 5, 4]), (springs, [5, 5, 1]), (columns, [(4, 4), 2]), (columns, [(4, 3), 2])],
)
def test_a_committed_text_is_fresh(tmp_path, monkeypatch, of, lengths):
    source = f"import numpy as np\n\n\n{inspect.getsource(of)}"
    (tmp_path / "losses.py").write_text(source)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    loss = load_module(tmp_path / "losses.py")
    loss = getattr(loss, of.__name__)
    gradgen.emit(loss, "out.py", example_args=arguments(lengths), argnums=(0, 1))
    assert check_file("out.py").ok
