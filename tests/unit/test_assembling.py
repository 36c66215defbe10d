"""Arguments that are unpacked: their lengths are known, and their adjoints made in one piece."""

from __future__ import annotations

import numpy as np
import pytest

import gradgen
from tests.cases import Case
from tests.references import complex_gradient

P = np.array([0.4, -1.1, 0.7])


def decay():
    case = Case("lang_unpacked", "decay")
    return case.function, case.args()


def test_text_is_the_users_line() -> None:
    loss, args = decay()
    text = gradgen.emit(loss, mode="grad", example_args=args)
    assert "    a, b, c = p  " in text
    assert "np.array([d_a, " in text
    assert "zeros" not in text and "raise ValueError" not in text


@pytest.mark.parametrize("backend", ["numpy", "numba"])
@pytest.mark.parametrize("length", [2, 4])
def test_wrong_lengths_raise_as_in_python(length: int, backend: str) -> None:
    if backend == "numba":
        pytest.importorskip("numba")
    loss, (p, x, y) = decay()
    other = np.ones(length)
    with pytest.raises(ValueError, match="values to unpack") as expected:
        loss(other, x, y)
    for first in (other, p):  # before and after a call that fits
        gradient = gradgen.grad(loss, backend=backend)
        if first is p:
            gradient(p, x, y)
        with pytest.raises(ValueError, match="values to unpack") as raised:
            gradient(other, x, y)
        assert str(raised.value).partition(", got")[0] == str(expected.value).partition(", got")[0]


def test_what_is_printed_before_the_error_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    def loss(p):
        print("so many:", len(p))
        a, b = p
        return a * b

    with pytest.raises(ValueError, match="too many values"):
        gradgen.grad(loss)(P)
    assert capsys.readouterr().out == "so many: 3\n"


def test_another_error_comes_first() -> None:
    def loss(p):
        if p[0] > 0:
            raise KeyError("positive")
        a, b = p
        return a * b

    with pytest.raises(KeyError, match="positive"):
        gradgen.grad(loss)(P)
    np.testing.assert_allclose(gradgen.grad(loss)(-P[:2]), [1.1, -0.4])


def test_batches_of_vectors() -> None:
    loss, (p, x, y) = decay()
    rows = np.array([p, p + 0.1, p - 0.2])
    together = gradgen.grad(loss, batch="p")(rows, x, y)
    np.testing.assert_allclose(together, [gradgen.grad(loss)(row, x, y) for row in rows])
    one = gradgen.grad(loss, batch="p")(rows[:1], x, y)
    np.testing.assert_allclose(one, together[:1])


def test_second_derivatives_read_the_text() -> None:
    loss, args = decay()
    once = gradgen.hessian(loss)(*args)
    assert once.shape == (3, 3)
    numeric = [
        (gradgen.grad(loss)(args[0] + h, *args[1:]) - gradgen.grad(loss)(args[0] - h, *args[1:]))
        / 2e-5
        for h in 1e-5 * np.eye(3)
    ]
    np.testing.assert_allclose(once, numeric, rtol=1e-6, atol=1e-8)
    np.testing.assert_allclose(gradgen.jacobian(gradgen.grad(loss))(*args), once, rtol=1e-12)


def test_first_shares_are_stored() -> None:
    def loss(x, k):
        return np.sum(x[1:] * x[:-1] ** 2) + x[k] * x[0]

    args = (P, 2)
    text = gradgen.emit(loss, mode="grad", example_args=args)
    assert "d_x[0] = x[k]" in text and "d_x[k] += x[0]" in text
    expected = complex_gradient(loss, args, (0,))[0]
    np.testing.assert_allclose(gradgen.grad(loss)(*args), expected, rtol=1e-12)
    for first in (lambda x: x[0] * x[0] + x[1], lambda x: np.sum(x[[0, 0, 1]]) + x[1]):
        expected = complex_gradient(first, (P,), (0,))[0]
        np.testing.assert_allclose(gradgen.grad(first)(P), expected, rtol=1e-12)
