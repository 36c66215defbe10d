"""Long programs, memory, threads, processes, and results that share memory."""

from __future__ import annotations

import gc
import linecache
import math
import multiprocessing
import pickle
import sys
import threading
import tracemalloc
import weakref

import numpy as np
import pytest

import gradgen
from tests.pitfalls import Pitfalls

case = Pitfalls()


def _from_text(text, x, expected):
    import pathlib
    import tempfile

    path = pathlib.Path(tempfile.mkdtemp()) / "pit_long.py"
    path.write_text(text)
    space = {"__name__": "pit_long"}
    exec(compile(text, str(path), "exec"), space)
    limit = sys.getrecursionlimit()
    d = gradgen.grad(space["f"])(x)
    assert sys.getrecursionlimit() == limit
    if expected is None:
        h = 1e-6
        expected = (space["f"](x + h) - space["f"](x - h)) / (2 * h)
    assert math.isclose(d, expected, rel_tol=1e-6), (d, expected)


X = np.array([0.6, -1.3, 2.1, 0.4])


@gradgen.value_and_grad
def decorated_loss(x):
    return np.sum(x * x)


def module_loss(x):
    return np.sum(x * x)


module_grad = gradgen.grad(module_loss)


@case("an array as result", X, outcome="refused", words=("sum",))
def array_result(x):
    return x * x


def test_long_expression():
    """An expression of 2,000 terms."""
    terms = " + ".join(f"x * {k}.0" for k in range(2000))
    _from_text(f"def f(x):\n    return {terms}\n", 2.0, sum(range(2000)))


def test_many_statements():
    """A function of 1,500 statements."""
    body = "".join(f"    y = y * 1.001 + x * {k % 7}.0\n" for k in range(1500))
    _from_text(f"def f(x):\n    y = x\n{body}    return y\n", 0.5, None)


def test_deep_nesting():
    """Calls nested 60 deep."""
    nested = "math.sin(" * 60 + "x" + ")" * 60
    _from_text(f"import math\ndef f(x):\n    return {nested}\n", 0.5, None)


def test_long_loop():
    """A loop of 200,000 steps in bounded memory."""

    def f(x):
        s = x
        for i in range(200_000):
            s = s * 0.99999 + x * 1e-6 * s
        return s

    g = gradgen.grad(f)
    g(0.5)
    tracemalloc.start()
    d = g(0.5)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    h = 1e-6
    assert math.isclose(d, (f(0.5 + h) - f(0.5 - h)) / (2 * h), rel_tol=1e-6)
    assert peak < 40e6, peak


@pytest.mark.usefixtures("small_heap")
def test_nothing_kept():
    """Nothing is kept between calls."""

    def f(x):
        a = x * x
        for i in range(50):
            a[i % len(a)] *= 1.01
        return np.sum(a)

    g = gradgen.grad(f)
    x = np.ones(10000)
    g(x)
    grown = []
    for _ in range(3):  # what else runs in this process may take memory once
        gc.collect()
        tracemalloc.start()
        before = tracemalloc.get_traced_memory()[0]
        for _ in range(20):
            g(x)
        gc.collect()
        grown.append(tracemalloc.get_traced_memory()[0] - before)
        tracemalloc.stop()
    assert min(grown) < 20000, grown


@pytest.mark.usefixtures("small_heap")
def test_gradients_collected():
    """Gradient functions and their lines are freed."""

    def make(c):
        def f(x):
            return c * x * x

        return gradgen.grad(f)

    before = sum(1 for k in linecache.cache if "gradgen" in k)
    refs = []
    for k in range(20):
        g = make(float(k))
        g(1.0)
        refs.append(weakref.ref(g))
    del g
    gc.collect()
    assert sum(r() is not None for r in refs) <= 1
    assert sum(1 for k in linecache.cache if "gradgen" in k) - before <= 2


def test_bounded_cache():
    """Many types of arguments do not fill the memory."""

    def f(x, k):
        return x * k

    g = gradgen.grad(f)
    for k in range(40):
        assert g(1.0, float(k)) == k
    assert len(getattr(g, "_cache", ())) < 40


def test_threads():
    """Eight threads with one gradient function."""

    def f(x):
        s = 0.0
        a = x * 1.0
        for i in range(1, len(x)):
            a[i] = a[i - 1] * x[i] + np.sin(a[i])
            while s < a[i]:
                s = s + 0.5 * x[0]
        return np.sum(a * a) + s

    xs = [np.linspace(0.5, 1.0 + 0.1 * k, 6 + k) for k in range(8)]
    expected = [gradgen.grad(f)(x) for x in xs]
    g = gradgen.grad(f)
    wrong = []

    def work(k):
        for _ in range(30):
            if not np.array_equal(g(xs[k]), expected[k]):
                wrong.append(k)

    threads = [threading.Thread(target=work, args=(k,)) for k in range(8)]
    [t.start() for t in threads]
    [t.join() for t in threads]
    assert not wrong


def test_pickled():
    """Gradient functions are pickled by name."""
    for g in (module_grad, decorated_loss, gradgen.grad(module_loss, argnums=(0,))):
        h = pickle.loads(pickle.dumps(g))
        assert str(h(X)) == str(g(X))


class Scaled:
    """Methods whose derivatives are pickled with their object."""

    def __init__(self, k):
        self.k = k

    def loss(self, x):
        return self.k * np.sum(x * x)

    @gradgen.grad
    def slope(self, x):
        return self.k * np.sum(x * x)

    @gradgen.differentiable
    def both(self, x):
        return self.k * np.sum(x * x)

    @classmethod
    def of_class(cls, x):
        return np.sum(x * x)

    def __call__(self, x):
        return self.k * np.sum(x * x * x)


def squares(x):
    """An array for the Jacobians."""
    return x * x * x[0]


def test_pickled_in_all_modes():
    """What is pickled is the same derivative again: of its kind, and of its object."""
    scaled = Scaled(5.0)
    made = [gradgen.grad(scaled.loss), scaled.slope, scaled.both.grad, scaled.both]
    made += [gradgen.grad(scaled), gradgen.grad(Scaled.of_class), gradgen.jacobian(scaled.loss)]
    made += [gradgen.jacobian(squares), gradgen.jacrev(squares), gradgen.hessian(module_loss)]
    made += [gradgen.sparse_jacobian(squares), gradgen.sparse_hessian(module_loss)]
    calls = [(g, (X,)) for g in made]
    calls += [(gradgen.hvp(module_loss), ((X,), (X,))), (gradgen.jvp(scaled.loss), ((X,), (X,)))]
    for g, args in calls:
        again = pickle.loads(pickle.dumps(g))
        assert type(again) is type(g) and str(again(*args)) == str(g(*args)), g
    _, pullback = pickle.loads(pickle.dumps(gradgen.vjp(squares)))(X)
    assert str(pullback(X)) == str(gradgen.vjp(squares)(X)[1](X))
    sparse = gradgen.sparse_jacobian(squares, pattern=np.ones((X.size, X.size)))
    assert pickle.loads(pickle.dumps(sparse))._given is not None


def test_pool():
    """In a pool of processes."""
    with multiprocessing.get_context("fork").Pool(2) as pool:
        got = pool.map(module_grad, [X, 2 * X])
    assert np.allclose(got, [2 * X, 4 * X])


def test_pickled_error():
    """Errors travel between processes."""
    try:
        gradgen.grad(array_result)(X)
    except gradgen.GradgenError as error:
        again = pickle.loads(pickle.dumps(error))
        assert str(again) == str(error) and type(again) is type(error)


def test_deepcopy_of_gradient():
    """A gradient function can be copied."""
    import copy

    g = copy.deepcopy(module_grad)
    assert np.allclose(g(X), 2 * X) and np.allclose(copy.copy(decorated_loss)(X)[1], 2 * X)


def test_gradient_is_fresh():
    """A gradient shares no memory with anything."""
    w = np.array([1.0, 2.0, 3.0, 4.0])

    def f(x):
        return np.sum(w * x)

    g = gradgen.grad(f)
    d = g(X)
    d *= 100.0
    assert np.allclose(g(X), [1.0, 2.0, 3.0, 4.0]) and np.allclose(w, [1.0, 2.0, 3.0, 4.0])


def test_gradients_apart():
    """The gradients of two arguments do not share memory."""

    def f(x, y):
        return np.sum((x + y) ** 2)

    d_x, d_y = gradgen.grad(f, argnums=(0, 1))(X, X.copy())
    assert not np.shares_memory(d_x, d_y)
    d_x[0] = 99.0
    assert d_y[0] != 99.0


def test_gradient_is_not_argument():
    """The gradient of a product is not the other factor itself."""

    def f(x, y):
        return np.sum(x * y)

    y = X.copy()
    d = gradgen.grad(f)(X.copy(), y)
    assert not np.shares_memory(d, y)
    d_x, d_y = gradgen.grad(f, argnums=(0, 1))(X, y)
    assert not np.shares_memory(d_x, y) and not np.shares_memory(d_y, X)


def test_aux_is_fresh():
    """The auxiliary result does not share memory with an argument's copy."""

    def f(x):
        y = x * 2.0
        return np.sum(y * y), y

    d, y = gradgen.grad(f, has_aux=True)(X)
    assert np.allclose(y, 2 * X) and np.allclose(d, 8 * X)

    def g(x):
        return np.sum(x * x), x

    d, y = gradgen.grad(g, has_aux=True)(X)
    assert np.allclose(d, 2 * X) and np.array_equal(y, X)
