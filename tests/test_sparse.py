"""Sparse Jacobians and Hessians: the entries of the dense ones, in few sweeps."""

from __future__ import annotations

import copy
import time
from typing import Any

import numpy as np
import pytest

import gradgen
from gradgen.sparse.colouring import column_colours, star_colours
from tests.cases import Case
from tests.tiers import corpus, one_in

sparse = pytest.importorskip("scipy.sparse")
X = np.linspace(-1.0, 1.2, 9)


def rosenbrock(x):
    s = 0.0
    for i in range(len(x) - 1):
        s += 100.0 * (x[i + 1] - x[i] ** 2) ** 2 + (1.0 - x[i]) ** 2
    return s


def rosenbrock_vector(x):
    return np.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2)


def arrow(x):
    return np.sum(x[1:] ** 2) * x[0] + np.exp(x[0])


def separable(x):
    return np.sum(np.sin(x) * x)


def heat(u):
    """The residual of a step of the heat equation, with a nonlinear source."""
    r = np.zeros(len(u))
    r[1:-1] = u[2:] - 2.0 * u[1:-1] + u[:-2] + np.exp(-(u[1:-1] ** 2))
    r[0], r[-1] = u[0], u[-1]
    return r


def gathered(x):
    """A mesh: each edge joins two nodes that a table names."""
    a, b = np.array([0, 1, 2, 3, 8]), np.array([4, 5, 6, 7, 0])
    return np.sum((x[a] - x[b]) ** 4)


def branching(x):
    s = 0.0
    for i in range(1, len(x)):
        if x[i] > 0.0:
            s += x[i] ** 2 * x[i - 1]
        else:
            s -= x[i] ** 3
    return s


def spectrum(x):
    return np.sum(np.abs(np.fft.rfft(x)[1:3]))


def written_after(x):
    """What is written to a result does not show in what it was made of."""
    y = np.sin(x)
    y[0] = 1.0
    y[1:] *= x[:-1]
    return np.sum(y * x)


def cut_lists(x):
    terms = [np.cos(v) for v in x]
    return sum(a * b for a, b in zip(terms, terms[1:]))


LOSSES_HERE = {rosenbrock: 3, rosenbrock_vector: 3, arrow: 2, separable: 1, gathered: 2,
               branching: 3}  # fmt: skip


@pytest.mark.parametrize("loss", LOSSES_HERE, ids=lambda f: f.__name__)
def test_hessian(loss: Any) -> None:
    made = gradgen.sparse_hessian(loss)
    got, dense = made(X), gradgen.hessian(loss)(X)
    np.testing.assert_allclose(got.toarray(), dense, rtol=1e-12, atol=1e-12)
    pattern = made.pattern(X)
    assert pattern.nnz < X.size**2 / 2
    assert star_colours(pattern).max() + 1 <= LOSSES_HERE[loss]


@pytest.mark.parametrize("loss", [spectrum, written_after, cut_lists], ids=lambda f: f.__name__)
def test_more_hessians(loss: Any) -> None:
    for made in (gradgen.sparse_hessian(loss), gradgen.sparse_jacobian(gradgen.grad(loss))):
        np.testing.assert_allclose(made(X).toarray(), gradgen.hessian(loss)(X), atol=1e-12)


def test_jacobian() -> None:
    made = gradgen.sparse_jacobian(heat)
    np.testing.assert_allclose(made(X).toarray(), gradgen.jacrev(heat)(X), rtol=1e-13)
    assert column_colours(made.pattern(X)).max() + 1 == 3
    assert made.pattern(X).nnz == 2 + 3 * (X.size - 2)


def camera(cam, points, weights):
    """A small bundle adjustment: each observation reads one camera and one point."""
    out = np.zeros((len(weights), 2))
    for k in range(len(weights)):
        c, p = cam[k % len(cam)], points[k % len(points)]
        d = p[:2] * c[0] + c[1:3] * p[2]
        out[k] = weights[k] * d / (1.0 + p[2] ** 2)
    return out, 1.0 - weights**2


def test_bundle() -> None:
    rng = np.random.default_rng(3)
    args = rng.normal(size=(4, 3)), rng.normal(size=(5, 3)), rng.normal(size=20)
    made = gradgen.sparse_jacobian(camera, argnums=(0, 1, 2))
    got = made(*args)
    residuals, weights = gradgen.jacrev(camera, argnums=(0, 1, 2))(*args)
    dense = [np.hstack([b.reshape(b.shape[0] * b.shape[1], -1) for b in residuals])]
    dense += [np.hstack([b.reshape(20, -1) for b in weights])]
    np.testing.assert_allclose(got.toarray(), np.vstack(dense), rtol=1e-12, atol=1e-13)
    assert np.all(np.diff(made.pattern(*args).indptr)[:40] <= 7)


A, B = np.random.default_rng(4).normal(size=(2, 4, 3))
BY_AXES = {
    "cross": (lambda a: np.cross(a, B), 36),
    "einsum": (lambda a: np.einsum("ij,ij->i", a, B), 12),
    "einsum_of_two": (lambda a: np.einsum("ij,kj->ik", a, a), 84),
    "trace": (lambda a: np.einsum("ii->i", a[:3]), 3),
    "norm": (lambda a: np.linalg.norm(a, axis=1), 12),
    "outer": (lambda a: np.outer(a[:, 0], a[:, 1]), 32),
    "cumsum": (lambda a: np.cumsum(a, axis=0), 48),
    "logaddexp": (lambda a: np.logaddexp.reduce(a, axis=1), 12),
    "sort": (lambda a: np.sort(a, axis=1), 36),
}


@pytest.mark.parametrize("name", BY_AXES)
def test_patterns_by_axes(name: str) -> None:
    """Functions of rows join what is in a row, and no more."""
    function, count = BY_AXES[name]
    made = gradgen.sparse_jacobian(function)
    dense = gradgen.jacrev(function)(A)
    np.testing.assert_allclose(made(A).toarray(), dense.reshape(-1, A.size), rtol=1e-12)
    assert made.pattern(A).nnz == count
    # The second derivatives of what is made of them are all there.
    loss = gradgen.sparse_hessian(lambda a: np.sum(np.sin(function(a)) * np.sum(a[0])))
    expected = gradgen.hessian(lambda a: np.sum(np.sin(function(a)) * np.sum(a[0])))(A)
    np.testing.assert_allclose(loss(A).toarray(), expected.reshape(12, 12), rtol=1e-9, atol=1e-10)


def test_known_pattern() -> None:
    known = gradgen.sparse_hessian(rosenbrock).pattern(X)
    made = gradgen.sparse_hessian(rosenbrock, pattern=known)
    np.testing.assert_allclose(made(X).toarray(), gradgen.hessian(rosenbrock)(X), rtol=1e-12)
    with pytest.raises(gradgen.ArgumentError, match="columns"):
        gradgen.sparse_hessian(rosenbrock, pattern=np.eye(4))(X)
    for none in ("tridiagonal", np.ones(9)):
        with pytest.raises(gradgen.ArgumentError, match="the pattern is no matrix, but a"):
            gradgen.sparse_hessian(rosenbrock, pattern=none)(X)


def _neighbours(x: np.ndarray) -> np.ndarray:
    return x[1:] * x[:-1]


def _pairs(x: np.ndarray) -> float:
    return np.sum(x[1:] ** 2 * x[:-1] ** 2)


@gradgen.custom_vjp
def _squashed(x: np.ndarray) -> np.ndarray:
    return np.tanh(x)


_squashed.defvjp(lambda x: (np.tanh(x), x), lambda x, g: (g / np.cosh(x) ** 2,))


def _through_a_rule(x: np.ndarray) -> np.ndarray:
    return _squashed(x[1:] * x[:-1])


def _few_rows(x: np.ndarray) -> dict[str, Any]:
    return {"sum": np.sum(np.sin(x)), "count": 3, "part": x[:1] * x[1:2]}


@pytest.mark.parametrize("fn", [_through_a_rule, _squashed, _few_rows])
def test_rows_together_in_reverse(fn: Any) -> None:
    """Where forward mode has no rule, or more to do, the rows are found by sweeps back."""
    x = np.linspace(0.1, 1.0, 12)
    made = gradgen.sparse_jacobian(fn)
    found = made(x)
    reverse = gradgen.jacrev(fn)(x)
    parts = reverse.values() if isinstance(reverse, dict) else [reverse]
    dense = np.concatenate([np.reshape(part, (-1, 12)) for part in parts])
    np.testing.assert_allclose(found.toarray(), dense, rtol=1e-13, atol=1e-15)
    known = gradgen.sparse_jacobian(fn, pattern=made.pattern(x))
    assert np.array_equal(known(x).toarray(), found.toarray())


def test_inside_a_loss_they_are_refused() -> None:
    made = gradgen.sparse_hessian(_pairs)
    losses = (
        lambda x: np.sum(made(x)),
        lambda x: np.sum(gradgen.sparse_hessian(_pairs)(x)),
        lambda x: np.sum(gradgen.sparse_jacobian(_neighbours)(x)),
    )
    for loss in losses:
        with pytest.raises(gradgen.UnsupportedError, match="a sparse matrix inside") as caught:
            gradgen.grad(loss)(np.ones(3))
        assert "gradgen.hessian" in str(caught.value) and "test_sparse.py" in str(caught.value)


def test_starred_arguments() -> None:
    def product(*xs: np.ndarray) -> np.ndarray:
        return xs[0] * np.sin(xs[1])

    a, b = np.array([1.0, 2.0]), np.array([0.3, 0.4])
    found = gradgen.sparse_jacobian(product, argnums=(0, 1))(a, b)
    expected = np.hstack([np.diag(np.sin(b)), np.diag(a * np.cos(b))])
    np.testing.assert_allclose(found.toarray(), expected, rtol=1e-14)
    by_a, by_b = gradgen.jacobian(product, argnums=(0, 1))(a, b)
    np.testing.assert_allclose(np.hstack([by_a, by_b]), expected, rtol=1e-14)


def test_one_triangle_is_enough_of_a_hessian() -> None:
    x = np.linspace(1.0, 2.0, 6)
    found = gradgen.sparse_hessian(_pairs)
    expected = found(x).toarray()
    for part in (sparse.tril, sparse.triu, sparse.coo_array):
        given = gradgen.sparse_hessian(_pairs, pattern=part(found.pattern(x)))
        assert np.array_equal(given(x).toarray(), expected)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_a_pattern_that_leaves_entries_out_is_refused(dtype: Any) -> None:
    x = np.linspace(1.0, 2.0, 6, dtype=dtype)
    for made in (
        gradgen.sparse_jacobian(_neighbours, pattern=sparse.eye(5, 6)),
        gradgen.sparse_hessian(_pairs, pattern=sparse.eye(6)),
        gradgen.sparse_hessian(_pairs, pattern=sparse.eye(6, k=1) + sparse.eye(6, k=-1)),
    ):
        with pytest.raises(gradgen.ArgumentError, match="leaves out entries of row 0"):
            made(x)


def _moving(x):
    k = int(3.0 * x[0]) % 3
    return np.array([x[k] ** 2, x[1] * x[2]])


def _bent_by_sign(x):
    return x[0] ** 2 + x[1] ** 2 if x[0] > 0.0 else x[0] * x[1] ** 2


def test_a_given_pattern_is_compared_at_every_call() -> None:
    """Which entries there are depends on values here: a pattern that was right need not be so."""
    x = np.array([0.1, 2.0, 3.0])
    for make, loss, later in (
        (gradgen.sparse_jacobian, _moving, np.array([0.5, 2.0, 3.0])),
        (gradgen.sparse_hessian, _bent_by_sign, -x),
    ):
        made = make(loss, pattern=make(loss).pattern(x))
        np.testing.assert_allclose(made(x).toarray(), make(loss)(x).toarray())
        with pytest.raises(gradgen.ArgumentError, match="leaves out entries of row 0"):
            made(later)


def test_sweeps_are_compiled() -> None:
    pytest.importorskip("numba")
    made = gradgen.sparse_hessian(rosenbrock, backend="numba")
    assert np.array_equal(made(X).toarray(), gradgen.sparse_hessian(rosenbrock)(X).toarray())
    assert "njit" in made.source and "njit" not in made.pattern_source


def test_pattern_text_has_no_arithmetic() -> None:
    made = gradgen.sparse_hessian(rosenbrock)
    made(X)
    text = made.pattern_source
    assert "for i in range(len(x) - 1):" in text and "100.0" not in text
    assert text.count("_bend(") == 1  # x[i] alone is within x[i + 1] beside x[i]


def test_bands_need_no_search() -> None:
    """Where the widest row is full, no colouring has fewer colours than it has entries."""
    for below, above in ((1, 1), (2, 2), (0, 3)):
        band = sparse.diags_array(
            [np.ones(9 - abs(k)) for k in range(-below, above + 1)],
            offsets=list(range(-below, above + 1)),
        )
        assert np.array_equal(
            column_colours(sparse.csr_array(band)), np.arange(9) % (below + above + 1)
        )
    corner = sparse.lil_array((60, 60))
    corner[30, :] = corner[:, 30] = 1.0
    corner.setdiag(1.0)
    assert star_colours(sparse.csr_array(corner)).max() + 1 == 2


def test_containers_and_integers() -> None:
    def loss(p, k):
        return p["a"][0] * p["b"] + np.sum(p["a"][k:] ** 3)

    p = {"a": np.array([1.0, 2.0, 3.0]), "b": 0.5, "n": 3}
    got = gradgen.sparse_hessian(loss)(p, 1).toarray()
    expected = np.diag([0.0, 12.0, 18.0, 0.0])
    expected[0, 3] = expected[3, 0] = 1.0
    np.testing.assert_allclose(got, expected)


def pairs_of_halves(x):
    """A recursive function that splits an array and multiplies neighbours."""
    if len(x) == 1:
        return x[0] ** 2
    middle = len(x) // 2
    left, right = x[:middle], x[middle:]
    return pairs_of_halves(left) + pairs_of_halves(right) + np.sin(left[-1] * right[0])


def layers(x, depth):
    """A recursive function whose name in the module, and whose sums, could be others."""
    if depth == 0:
        return x
    return layers(np.tanh(x - np.mean(x[:2])), depth - 1)


def test_recursive_functions() -> None:
    """The called function has the pattern of its own arguments, not a dense one."""
    x = np.linspace(-1.0, 1.5, 13)
    made = gradgen.sparse_hessian(lambda x: pairs_of_halves(x))
    np.testing.assert_allclose(made(x).toarray(), gradgen.hessian(pairs_of_halves)(x), rtol=1e-12)
    band = np.abs(np.subtract.outer(np.arange(13), np.arange(13))) <= 1
    assert np.array_equal(made.pattern(x).toarray(), band)
    assert "pairs_of_halves_pattern(" in made.pattern_source
    rows = gradgen.sparse_jacobian(layers)
    np.testing.assert_allclose(rows(x, 2).toarray(), gradgen.jacfwd(layers)(x, 2), rtol=1e-12)
    reached = (np.arange(13) < 2) | np.eye(13, dtype=bool)
    assert np.array_equal(rows.pattern(x, 2).toarray(), reached)


def random_graph(seed: int, n: int) -> Any:
    half = sparse.random_array((n, n), density=0.1, rng=np.random.default_rng(seed))
    return sparse.csr_array((half + half.T + sparse.eye_array(n)).astype(bool))


@pytest.mark.parametrize("seed", range(8))
def test_star_colouring(seed: int) -> None:
    """Neighbours differ, and no path of four has two colours."""
    pattern = random_graph(seed, 25)
    c, dense = star_colours(pattern), pattern.toarray()
    near = [np.flatnonzero(row & (np.arange(25) != k)) for k, row in enumerate(dense)]
    for v in range(25):
        for w in near[v]:
            assert c[v] != c[w]
            for x in near[w]:
                for y in near[x]:
                    if len({v, w, x, y}) == 4:
                        assert len({c[v], c[w], c[x], c[y]}) > 2


def test_star_colouring_beside_a_hub() -> None:
    """A variable that meets all others, in a chain of them: the time is linear."""
    n = 50_000
    at = np.arange(n)
    rows = np.concatenate([at, at[1:], np.zeros(n, int)])
    columns = np.concatenate([at, at[:-1], at])
    half = sparse.csr_array((np.ones(len(rows)), (rows, columns)), shape=(n, n))
    begun = time.process_time()
    assert star_colours(sparse.csr_array((half + half.T) != 0)).max() + 1 == 4
    assert time.process_time() - begun < 20.0


@pytest.mark.parametrize("seed", range(4))
def test_column_colouring(seed: int) -> None:
    pattern = random_graph(seed, 25)
    c = column_colours(pattern)
    for row in pattern.toarray():
        used = c[np.flatnonzero(row)]
        assert len(set(used)) == len(used)


@pytest.mark.parametrize("case", one_in(40, corpus()))
def test_corpus(case: Case) -> None:
    """The sparse forms are the dense ones: no entry is missing."""
    args, k = case.args(), case.argnums[0]
    if not isinstance(args[k], np.ndarray) or not args[k].size:
        pytest.skip("the first argument is no array")
    try:
        dense = gradgen.hessian(case.function, argnums=k)(*copy.deepcopy(args))
        got = gradgen.sparse_hessian(case.function, argnums=k)(*copy.deepcopy(args)).toarray()
    except gradgen.GradgenError as error:
        pytest.skip(str(error).splitlines()[0])
    tolerances = (1e-3, 1e-4) if args[k].dtype == np.float32 else (1e-9, 1e-10)
    np.testing.assert_allclose(got, dense.reshape(got.shape), *tolerances)
