"""The check of a gradient against differences and the complex step."""

from __future__ import annotations

import numpy as np
import pytest

import gradgen
from gradgen.checking import check

X = np.array([0.3, -1.2, 2.0])


def smooth(x, scale):
    return scale * np.sum(np.exp(-x * x) * np.sin(x))


def with_abs(x):
    return np.sum(np.abs(x) * x * x)


def hinge(x):
    return np.sum(np.maximum(x, 0.0))


def in_place(x):
    x[0] = x[0] * x[1]
    return np.sum(x * x)


def nested(p):
    return p["a"] * np.sum(p["b"][1] ** 2)


def rough(x):
    return np.sum(np.floor(x * 1e5)) * 1e-5


def test_right_gradient():
    report = check(smooth, (X, 0.5), argnums=(0, 1))
    assert report.ok
    assert report.entries == 4
    assert "complex step     worst relative error" in str(report)
    assert report.worst is not None and report.worst.error < 1e-14
    assert "agrees" in str(report)


def test_wrong_gradient_names_the_entry(monkeypatch):
    def wrong(fn, argnums):
        def value_and_gradient(x, scale):
            value, (gradient,) = right(smooth, argnums=(0,))(x, scale)
            gradient[1] *= 1.001
            return value, (gradient,)

        return value_and_gradient

    right = gradgen.value_and_grad
    monkeypatch.setattr(gradgen, "value_and_grad", wrong)
    report = check(smooth, (X, 0.5))
    assert not report.ok
    assert report.worst is not None and report.worst.name == "x[1]"
    assert report.worst.error == pytest.approx(1e-3, rel=1e-2)
    assert "DISAGREES in 1 of 3 entries" in str(report)
    assert "difference   1e-05" in str(report)


def test_complex_step_is_left_out_where_it_is_not_valid():
    report = check(with_abs, (X,))
    assert report.ok
    assert report.complex_note == "not valid here: the function is not analytic"


def test_a_kink_takes_any_slope_between():
    report = check(hinge, (np.array([0.0, 1.0, -1.0]),))
    assert report.ok
    kinks = [entry for entry in report.checked if entry.kink]
    assert [entry.name for entry in kinks] == ["x[0]"]
    assert kinks[0].one_sided == pytest.approx((0.0, 1.0))


def test_arguments_stay_what_they_were():
    x = X.copy()
    assert check(in_place, (x,)).ok
    np.testing.assert_array_equal(x, X)


def test_containers_are_spelled():
    report = check(nested, ({"a": 2.0, "b": [np.ones(2), X]},))
    assert report.ok
    names = {entry.name for entry in report.checked}
    assert names == {
        "p['a']",
        *(f"p['b'][{k}][{i}]" for k, n in ((0, 2), (1, 3)) for i in range(n)),
    }


def test_steps_that_disagree_with_the_derivative():
    report = check(rough, (X,))
    assert not report.ok


def test_large_gradients_are_sampled():
    report = check(hinge, (np.linspace(-1.0, 1.0, 1000),), max_entries=20)
    assert report.ok
    assert len(report.checked) == 20
    assert "entries checked  20 of 1000 (at random)" in str(report)


def test_single_precision():
    assert check(smooth, (X.astype(np.float32), 0.5)).ok


def test_nothing_to_check():
    with pytest.raises(gradgen.ArgumentError):
        check(hinge, (np.array([], dtype=float),))
