"""Short rows in the sweep: vectors of three numbers, whose length a test has made known."""

from pathlib import Path

import numpy as np
import pytest

import gradgen
from tests.long_programs import loaded
from tests.references import complex_gradient

RNG = np.random.default_rng(5)
P, Q, W = RNG.normal(size=(3, 4, 3))


def torque(p, q, w):
    z = p - q
    lever = np.cross(z, w) * np.exp(z[:, :1])
    for _ in range(2):
        lever = lever + np.cross(lever, w) / np.sqrt(np.sum(lever**2, axis=1, keepdims=True))
    return np.sum(lever[:, 0] ** 2)


def turning(p, w):
    v = np.cross(p * p, w)
    return np.sum(np.cross(v, p) ** 2)


@pytest.mark.parametrize("like", [(4, 3), (1, 3), (4, 1), (3,)])
def test_lengths_that_a_test_makes_known(like: tuple[int, ...]) -> None:
    """The text has no sums for what cannot be stretched, and gradients have their shapes."""
    args = (P, RNG.normal(size=like), W)
    found = gradgen.grad(torque, argnums=(0, 1, 2))(*args)
    for mine, other in zip(found, complex_gradient(torque, args, (0, 1, 2)), strict=True):
        assert mine.shape == other.shape
        np.testing.assert_allclose(mine, other, rtol=1e-10, atol=1e-12)


def test_text_of_short_rows() -> None:
    text = gradgen.emit(torque, mode="grad", argnums=(0, 1, 2), example_args=(P, Q, W))
    reverse = text.partition("--- reverse")[2]
    assert "_unbroadcast" not in text and "@ np.ones((3, 1))" in reverse
    assert "np.sum(" not in reverse and "np.cross" not in reverse
    assert text.count("if z.shape[1] != 3:") == 1
    assert "1 in p.shape + q.shape" in text  # which the text takes to be equal


def test_crosses_are_those_of_numpy() -> None:
    """Written out, they are the same to the last bit, and can be differentiated again."""
    text = gradgen.emit(torque, mode="grad", argnums=(0, 1, 2), example_args=(P, Q, W))
    namespace: dict = {}
    exec(text, namespace)
    assert (namespace["_crossed"](P, W) == np.cross(P, W)).all()
    assert (namespace["_crossed"](P[0], W[0]) == np.cross(P[0], W[0])).all()


def test_written_out_crosses_are_read_again(tmp_path: Path) -> None:
    """The derivative of a text's gradient is that of the user's function."""
    text = gradgen.emit(turning, mode="grad", example_args=(np.ones((4, 3)), W))
    assert "_crossed(" in text
    first = loaded(text.replace("turning_grad", "loss"), tmp_path)
    rows = gradgen.jacobian(first)(P, W)
    np.testing.assert_allclose(rows, gradgen.hessian(turning)(P, W), rtol=1e-12, atol=1e-14)
