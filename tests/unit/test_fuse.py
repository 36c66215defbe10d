"""Loops fused with their mirrors, counters counted back, and work moved into branches."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import gradgen
from gradgen.passes.dce import remove_dead
from gradgen.passes.fuse import fuse_loops
from gradgen.passes.turns import Uses, in_any_order
from gradgen.pipeline import Options, run
from tests.corpus import loop_sums, recursion
from tests.corpus.loop_sums import (
    APART,
    BACK,
    COUNTED,
    FLIPPED,
    FUSED,
    LEAVING,
    UNEVEN,
    ZEROS,
    X,
    lists_in_branch,
    nearest,
    points_apart,
    roots,
    squares,
)
from tests.references import complex_gradient

BOTH = "forward and reverse"


def loss_of(name: str) -> Callable[..., Any]:
    """Return a loss of the corpus by its name."""
    return getattr(loop_sums, name)  # type: ignore[no-any-return]


@pytest.mark.parametrize("name", FUSED)
def test_fused(name: str) -> None:
    text = gradgen.emit(loss_of(name), mode="grad", example_args=(X,))
    assert text.count(f"# --- {BOTH}") == 1
    assert "# reverse of this turn" in text


@pytest.mark.parametrize("name", APART)
def test_left_apart(name: str) -> None:
    assert BOTH not in gradgen.emit(loss_of(name), mode="grad", example_args=(X,))


@pytest.mark.parametrize("backend", ["numpy", "numba"])
@pytest.mark.parametrize(
    "name", [*FUSED, *ZEROS, *LEAVING, *FLIPPED, *BACK, *UNEVEN, *COUNTED, *APART]
)
def test_value_and_gradient(name: str, backend: str) -> None:
    loss = loss_of(name)
    if backend == "numba":
        pytest.importorskip("numba")
    value, gradient = gradgen.value_and_grad(loss, backend=backend)(X)
    if backend == "numpy":
        assert value == loss(X)  # to the bit
    np.testing.assert_allclose(value, loss(X), rtol=1e-14)
    (expected,) = complex_gradient(loss, (X,), (0,))
    np.testing.assert_allclose(gradient, expected, rtol=1e-12)


def test_nothing_is_kept_between_turns() -> None:
    text = gradgen.emit(nearest, mode="value_and_grad", example_args=(X,))
    assert "below_saved = np.empty(len(x), dtype=bool)" in text
    inside = text.split("for i in range(5)")[1]
    assert "np.empty" not in inside


def test_second_derivatives() -> None:
    """The sum is one of functions of one entry each: its Hessian is diagonal."""
    one = np.sin(X) ** 2 + 2.0 * X * np.sin(2.0 * X) + X**2 * np.cos(2.0 * X)
    np.testing.assert_allclose(gradgen.hessian(squares)(X), np.diag(one), rtol=1e-12, atol=1e-15)


def test_before_and_after() -> None:
    program = run(squares, (X,), Options(), until="adjoint")
    remove_dead(program.function)
    loops = [op for op in program.function.body.ops if op.prim == "for"]
    assert [op.reverse for op in loops] == [False, True]
    assert in_any_order(loops[1], Uses(program.function.body))
    (fused,) = fuse_loops(program.function)
    loops = [op for op in program.function.body.ops if op.prim == "for"]
    assert loops == [fused.op]
    assert len(fused.op.blocks[0].results) == len(fused.op.outputs)


def test_what_is_zero_on_one_side_is_done_on_the_other() -> None:
    """The adjoint of a minimum goes back through one of the distances."""
    text = gradgen.emit(points_apart, mode="grad", example_args=(np.ones((3, 2)), np.ones((4, 2))))
    back = text.split("# reverse of this turn")[1]
    assert back.index("if below_saved[j]:") < back.index("for c in range")
    assert "else:" not in back


@pytest.mark.parametrize("backend", ["numpy", "numba"])
def test_numbers_of_what_is_moved(backend: str) -> None:
    if backend == "numba":
        pytest.importorskip("numba")
    rng = np.random.default_rng(3)
    args = rng.normal(size=(3, 2)), rng.normal(size=(6, 2))
    got = gradgen.grad(points_apart, argnums=(0, 1), backend=backend)(*args)
    for a, b in zip(got, complex_gradient(points_apart, args, (0, 1)), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-12)
    (expected,) = complex_gradient(lists_in_branch, (X,), (0,))
    np.testing.assert_allclose(gradgen.grad(lists_in_branch, backend=backend)(X), expected)


def test_zero_meets_no_infinite_derivative() -> None:
    """On the side without an adjoint nothing is multiplied: no 0 * inf."""
    x = np.array([0.0, 0.25])
    gradient = gradgen.grad(roots)(x)
    np.testing.assert_allclose(gradient, [0.0, 6.0])


@pytest.mark.parametrize("name", COUNTED)
def test_counted_back(name: str) -> None:
    text = gradgen.emit(loss_of(name), mode="grad", example_args=(X,))
    kept = [line.split()[0] for line in text.splitlines() if "_saved = " in line]
    assert not {"at_saved", "twice_saved", "n_saved", "up_saved"} & set(kept)
    assert ("mod_saved" in kept) == (name == "two_ways")


def test_value_and_adjoint_of_a_recursion_in_one_sweep() -> None:
    """The adjoint of each minor is known before it is computed: nothing is saved."""
    a = recursion.EXAMPLE_ARGS["determinant"]()[0]
    text = gradgen.emit(recursion.determinant, mode="grad", example_args=(a,))
    assert "def minors_both(a, row, used, d_value, d_a):" in text
    assert "_saved" not in text and "np.zeros" not in text.split("def determinant_grad")[0]
    inverse = np.linalg.inv(a)  # Jacobi's formula
    det = np.linalg.det(a)
    expected = 2.0 * det * inverse.T
    expected[0, 0] += 2.0 * a[0, 0]
    np.testing.assert_allclose(gradgen.grad(recursion.determinant)(a), expected, rtol=1e-12)


def test_two_sweeps_where_the_adjoint_comes_later() -> None:
    text = gradgen.emit(recursion.deep_network, mode="grad", example_args=deep())
    assert "_both" not in text and "layers_backward(" in text


def deep() -> tuple[Any, ...]:
    """Return the arguments of the recursive network."""
    args: tuple[Any, ...] = recursion.EXAMPLE_ARGS["deep_network"]()
    return args


@pytest.mark.parametrize("name", LEAVING)
def test_nothing_is_chosen_twice_by_one_test(name: str) -> None:
    text = gradgen.emit(loss_of(name), mode="grad", example_args=(X,))
    assert "0.0 if" not in text and text.count("returned:") == 1


@pytest.mark.parametrize("name", [*FLIPPED, *BACK])
def test_mirrored_loops_go_forwards_where_they_may(name: str) -> None:
    text = gradgen.emit(loss_of(name), mode="grad", example_args=(X,))
    assert BOTH not in text
    assert (", -1)" in text.split("--- reverse")[1]) == (name in BACK)


@pytest.mark.parametrize("name", [*UNEVEN, *BACK])
def test_compiled_loops_go_forwards_where_nothing_is_popped(name: str) -> None:
    for backend in ("numpy", "numba"):
        text = gradgen.emit(loss_of(name), mode="grad", example_args=(X,), backend=backend)
        back = ", -1)" in text.split("--- reverse")[1]
        assert back == (backend == "numpy" or name in BACK)


def one_after_another(x):
    """The second loop needs the first one's sum, and its mirror stands before the first one's."""
    s = 0.0
    for k in (1.0, 2.0, 3.0):
        for _ in range(3):
            s += sum([x[0], k * x[1] * x[1]])
    return s


def test_loops_one_after_another() -> None:
    value, gradient = gradgen.value_and_grad(one_after_another)(X)
    assert value == one_after_another(X)
    np.testing.assert_allclose(gradient, [9.0, 36.0 * X[1], 0.0, 0.0], rtol=1e-14)
