"""The gradients that were written by hand for `benchmarks`, against differences of the losses."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.gradbench import losses
from benchmarks.hand import NUMPY, numba_gradients
from tests.references import difference_gradient, precise_gradient


def arguments(name: str) -> tuple:
    random = np.random.default_rng(11)
    normal, uniform = random.normal, random.uniform
    bones = 22
    parents = np.array([-1, *(0 if b % 4 == 1 else b - 1 for b in range(1, bones))])
    return {
        "hello": ((0.7,), (0,)),
        "lse": ((normal(size=9),), (0,)),
        "llsq": ((normal(size=5), 8), (0,)),
        "kmeans": ((normal(size=(3, 2)), normal(size=(20, 2))), (0,)),
        "gmm": (
            (normal(size=3), uniform(size=(3, 4)), normal(size=(3, 4)), normal(size=(3, 6)),
             normal(size=(7, 4)), 1.3, 2), (0, 1, 2, 3),
        ),
        "ba": (
            (0.2 * normal(size=(3, 11)) * AXES, normal(size=(4, 3)) + np.array([0.0, 0.0, 6.0]),
             uniform(size=10), normal(size=(10, 2)), np.arange(10) % 3, np.arange(10) % 4),
            (0, 1, 2),
        ),
        "ht": (
            (normal(size=26), normal(size=(15, 4)), uniform(size=(15, bones)), parents,
             *(normal(size=(2, bones, 4, 4)) * LAST_ROW + LAST),
             normal(size=(6, 3)), random.integers(0, 15, size=6)), (0,),
        ),
        "lstm": (
            (uniform(size=(4, 12)), uniform(size=(3, 3)), uniform(size=(4, 3)),
             1.0 * random.integers(0, 2, size=(5, 3))), (0, 1),
        ),
        "ode": ((uniform(size=6), 4), (0,)),
        "det": ((normal(size=16), 4), (0,)),
        "particle": ((0.2,), (0,)),
    }[name]  # fmt: skip


# One camera is not turned.
AXES = np.ones((3, 11))
AXES[1, :3] = 0.0
# Places of a bone are motions: their last rows are 0, 0, 0, 1.
LAST_ROW = np.array([[1.0], [1.0], [1.0], [0.0]])
LAST = np.zeros((4, 4))
LAST[3, 3] = 1.0


@pytest.mark.parametrize("name", NUMPY)
def test_by_hand_in_numpy(name: str) -> None:
    args, argnums = arguments(name)
    value, gradient = NUMPY[name](*args)
    assert np.isclose(value, getattr(losses, name)(*args), rtol=1e-13)
    # The number of steps of a flight jumps: differences have to be tiny.
    derive = precise_gradient if name == "particle" else difference_gradient
    expected = derive(getattr(losses, name), args, argnums)
    got = gradient if len(argnums) > 1 else (gradient,)
    for k, part in zip(argnums, got, strict=True):
        np.testing.assert_allclose(part, expected[k], rtol=1e-8, atol=1e-8)


@pytest.mark.parametrize("name", NUMPY)
def test_by_hand_for_numba(name: str) -> None:
    """Written apart from those for NumPy, with another order of sums and other things kept."""
    pytest.importorskip("numba")
    args, argnums = arguments(name)
    args = (*args, 0.1) if name == "particle" else args
    got, expected = numba_gradients()[name](*args), NUMPY[name](*args)[1]
    pairs = zip(got, expected, strict=True) if len(argnums) > 1 else [(got, expected)]
    for part, right in pairs:
        scale = max(1.0, float(np.max(np.abs(right))))
        np.testing.assert_allclose(part, right, rtol=1e-12, atol=1e-12 * scale)
