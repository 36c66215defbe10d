"""The short way of a call decides as the long way does: by types, shapes, and what is outside."""

from typing import Any

import numpy as np
import pytest

import gradgen

FACTOR = 3.0
OPTIONS = {"power": 2.0}


def scaled(x: Any, y: Any) -> Any:
    return np.sum(FACTOR * x * y)


def configured(x: float) -> float:
    return x ** OPTIONS["power"]


def divided(x: float, y: float) -> float:
    return x / y


def by(gradient: Any, *args: Any) -> Any:
    """Return what a gradient gives at the first and at the second call, which go two ways."""
    first, second = gradient(*args), gradient(*args)
    assert type(first) is type(second)
    np.testing.assert_array_equal(first, second)
    return second


def test_types_alternate() -> None:
    gradient = gradgen.grad(scaled)
    row = np.array([1.0, 2.0])
    for _ in range(3):
        assert by(gradient, 2.0, 5.0) == 15.0
        np.testing.assert_array_equal(by(gradient, row, 5.0), [15.0, 15.0])
        np.testing.assert_array_equal(by(gradient, row, row), [3.0, 6.0])
        narrow = by(gradient, row.astype(np.float32), row.astype(np.float32))
        assert narrow.dtype == np.float32
        assert by(gradient, np.ones((2, 2)), row).shape == (2, 2)
        assert by(gradient, np.ones((1, 2)), np.ones((3, 2))).tolist() == [[9.0, 9.0]]
        assert by(gradient, row, np.ones(1)).tolist() == [3.0, 3.0]
        assert by(gradient, np.array(2.0), 4).shape == ()


def test_a_changed_global_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    gradient = gradgen.grad(scaled)
    assert by(gradient, 1.0, 2.0) == 6.0
    monkeypatch.setitem(globals(), "FACTOR", 4.0)
    assert by(gradient, 1.0, 2.0) == 8.0
    monkeypatch.setitem(globals(), "FACTOR", 4)
    assert by(gradient, 1.0, 2.0) == 8.0


def test_a_changed_entry_of_a_dict_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    gradient = gradgen.grad(configured)
    assert by(gradient, 3.0) == 6.0
    monkeypatch.setitem(OPTIONS, "power", 3.0)
    assert by(gradient, 3.0) == 27.0


def test_a_failure_names_the_line_each_time() -> None:
    gradient = gradgen.grad(divided)
    assert by(gradient, 1.0, 2.0) == 0.5
    for _ in range(2):
        with pytest.raises(ZeroDivisionError) as caught:
            gradient(1.0, 0.0)
        assert any("test_quick.py" in note for note in caught.value.__notes__)


def test_the_source_is_that_of_the_last_call() -> None:
    gradient = gradgen.grad(scaled)
    for _ in range(2):
        gradient(2.0, 5.0)
        assert "x float" in gradient.source
        gradient(np.ones(2), 5.0)
        assert "x f64[n]" in gradient.source


def test_methods_of_two_objects() -> None:
    class Model:
        def __init__(self, scale: float) -> None:
            self.scale = scale

        @gradgen.grad
        def loss(self, x: float) -> float:
            return self.scale * x * x

    first, second = Model(1.0), Model(10.0)
    for _ in range(3):
        assert first.loss(3.0) == 6.0
        assert second.loss(3.0) == 60.0


def test_arguments_that_are_written_to_are_looked_at_each_time() -> None:
    def written(x: Any, y: Any) -> Any:
        x[0] = y[1] * x[0]
        return np.sum(x * y)

    gradient, x = gradgen.grad(written), np.array([1.0, 2.0, 3.0])
    for _ in range(2):
        np.testing.assert_array_equal(gradient(x, x.copy()), [2.0, 2.0, 3.0])
        with pytest.raises(gradgen.GradgenError, match="memory"):
            gradient(x, x[::-1])


def test_wrong_calls_fail_as_python_does() -> None:
    gradient = gradgen.grad(scaled)
    gradient(1.0, 2.0)
    with pytest.raises(TypeError):
        gradient(1.0)
    with pytest.raises(TypeError):
        gradient(1.0, 2.0, 3.0)


def cubed(x: Any) -> Any:
    return np.sum(x**3)


def test_calls_of_one_number_follow_its_type() -> None:
    gradient = gradgen.grad(cubed)
    other = gradgen.grad(cubed)
    for _ in range(3):
        assert by(gradient, 2.0) == 12.0
        assert "x float" in gradient.source
        assert type(by(gradient, np.float32(2.0))) is type(other(np.float32(2.0)))
        assert by(gradient, np.array([2.0])).tolist() == [12.0]
        assert "x float" not in gradient.source
        assert gradient(x=2.0) == 12.0
        assert "x float" in gradient.source


def test_a_call_of_one_number_fails_each_time() -> None:
    def inverse(x: float) -> float:
        return 1.0 / x

    gradient = gradgen.grad(inverse)
    assert by(gradient, 2.0) == -0.25
    for _ in range(2):
        with pytest.raises(ZeroDivisionError) as caught:
            gradient(0.0)
        assert any("test_quick.py" in note for note in caught.value.__notes__)
        with pytest.raises(gradgen.GradgenError):
            gradient("a")
        assert gradient(2.0) == -0.25


class Scaled:
    def __init__(self, by: float) -> None:
        self.by = by

    @gradgen.grad
    def loss(self, x: float) -> float:
        return self.by * x * x


def test_bound_methods_keep_their_own() -> None:
    two, three = Scaled(2.0), Scaled(3.0)
    first, second = two.loss, three.loss
    for _ in range(3):
        assert (first(1.0), second(1.0)) == (4.0, 6.0)
    two.by = 5.0
    assert (first(1.0), second(1.0)) == (10.0, 6.0)


def halved(x: float) -> float:
    return 0.5 * x * x


def thirds(x: float, k: float = 3.0) -> float:
    return x * x / k


def of_halves(x: Any, y: float) -> Any:
    return halved(x[0]) + halved(x[1]) * y + thirds(x[0])


def test_a_changed_function_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    gradient = gradgen.grad(of_halves)
    x = np.array([3.0, 2.0])
    assert by(gradient, x, 2.0).tolist() == [5.0, 4.0]
    with monkeypatch.context() as other:
        other.setattr(thirds, "__defaults__", (6.0,))
        assert by(gradient, x, 2.0).tolist() == [4.0, 4.0]
    assert by(gradient, x, 2.0).tolist() == [5.0, 4.0]
    with monkeypatch.context() as other:
        other.setitem(globals(), "halved", lambda x: x * x)
        assert by(gradient, x, 2.0).tolist() == [8.0, 8.0]
    assert by(gradient, x, 2.0).tolist() == [5.0, 4.0]


def test_an_argument_of_any_kind_may_come_first() -> None:
    """The first argument has a name inside, which is no name outside."""

    def scaled_by(first: float, quick: float = 2.0) -> float:
        return first * first * quick

    gradient = gradgen.grad(scaled_by)
    for _ in range(2):
        assert gradient(3.0) == gradient(first=3.0) == gradient(3.0, quick=2.0) == 12.0
        assert gradient(3.0, 1.0) == gradient(quick=1.0, first=3.0) == 6.0
    for args, kwargs in ((), {}), ((1.0,), {"first": 1.0}), ((1.0, 2.0, 3.0), {}):
        with pytest.raises(gradgen.ArgumentError, match="does not fit"):
            gradient(*args, **kwargs)


def test_compiled_functions_are_called_at_once() -> None:
    """Where the module's own function does no more than call the compiled one."""
    pytest.importorskip("numba")

    def square(x: float) -> float:
        return x * x

    def product(x: Any, y: float) -> float:
        return y * np.sum(x * x)

    one = gradgen.value_and_grad(square, backend="numba")
    assert by(one, 3.0) == (9.0, 6.0)
    assert one._recent.call is not one.specialise((3.0,)).call
    two = gradgen.grad(product, argnums=(0, 1), backend="numba")
    for _ in range(2):
        of_row, of_number = two(np.array([1.0, 2.0]), 0.5)
        np.testing.assert_array_equal(of_row, [1.0, 2.0])
        assert of_number == 5.0


def test_compiled_errors_name_the_line_when_called_at_once() -> None:
    pytest.importorskip("numba")

    def entry(x: Any, k: int) -> float:
        return x[k] * x[k]

    gradient = gradgen.grad(entry, backend="numba")
    row = np.array([1.0, 2.0])
    for _ in range(2):
        gradient(row, 1)
    with pytest.raises(IndexError) as long:
        gradgen.grad(entry, backend="numba")(row, 5)
    with pytest.raises(IndexError) as short:
        gradient(row, 5)
    assert short.value.__notes__ == long.value.__notes__
