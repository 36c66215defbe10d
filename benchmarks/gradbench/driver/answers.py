"""What each function has to answer, by means that share nothing with gradgen.

Gradients are closed forms or written by hand (`benchmarks.hand`); the Jacobians of ba and ht are
complex steps of the formulas of `residuals.py`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.gradbench.driver import residuals
from benchmarks.hand import arrays as hand

Data = dict[str, Any]
Answer = Callable[[Data], Any]


def _array(values: Any) -> hand.Array:
    return np.array(values, dtype=np.float64)


def _gmm(data: Data) -> tuple[float, tuple[hand.Array, ...]]:
    """Return value and gradients, with the constant that the prior is normalised by."""
    d, k, m, gamma = data["d"], data["k"], data["m"], data["gamma"]
    alpha, mu, q, x = (_array(data[name]) for name in ("alpha", "mu", "q", "x"))
    low = _array(data["l"]).reshape(k, d * (d - 1) // 2)
    value, gradients = hand.gmm(alpha, mu, q, low, x, gamma, m)
    nu = d + m + 1
    of_gamma = math.prod(math.gamma(0.5 * (nu + 1 - j)) for j in range(1, d + 1))
    normal = gamma ** (nu * d) * 2.0 ** (-0.5 * nu * d)
    normal /= math.pi ** (0.25 * d * (d - 1)) * of_gamma
    return value + k * math.log(normal), gradients


def _ode_gradient(data: Data) -> hand.Array:
    x = _array(data["x"])
    last = np.zeros(len(x))
    last[-1] = 1.0
    return hand.ode_back(x, hand.ode_state(x, data["s"])[0], last)


def _det(data: Data) -> tuple[float, hand.Array]:
    """Return determinant and cofactors by elimination, which the tool may not use."""
    matrix = _array(data["A"]).reshape(data["ell"], -1)
    value = float(np.linalg.det(matrix))
    cofactors: hand.Array = value * np.linalg.inv(matrix).T.ravel()
    return value, cofactors


def _lstm(data: Data) -> tuple[float, tuple[hand.Array, hand.Array]]:
    names = ("main_params", "extra_params", "state", "sequence")
    return hand.lstm(*(_array(data[name]) for name in names))


def _gmm_gradients(data: Data) -> dict[str, Any]:
    return dict(zip(("alpha", "mu", "q", "l"), _gmm(data)[1], strict=True))


PARTICLE: dict[str, Answer] = dict.fromkeys(
    ("rr", "ff", "fr", "rf"), lambda data: 0.2071918746486116
)
SADDLE: dict[str, Answer] = dict.fromkeys(
    ("rr", "ff", "fr", "rf"), lambda data: np.full(4, 8.246324826140356e-06)
)
ANSWERS: dict[str, dict[str, Answer]] = {
    "lse": {
        "primal": lambda data: float(np.logaddexp.reduce(data["x"])),
        "gradient": lambda data: hand.softmax(_array(data["x"]))[1],
    },
    "llsq": {
        "primal": lambda data: hand.llsq(_array(data["x"]), data["n"])[0],
        "gradient": lambda data: hand.llsq(_array(data["x"]), data["n"])[1],
    },
    "kmeans": {
        "cost": lambda data: hand.kmeans(_array(data["centroids"]), _array(data["points"]))[0],
        "dir": lambda data: hand.kmeans_step(_array(data["centroids"]), _array(data["points"])),
    },
    "gmm": {"objective": lambda data: _gmm(data)[0], "jacobian": _gmm_gradients},
    "ba": {"objective": residuals.ba_objective, "jacobian": residuals.ba_jacobian},
    "ht": {"objective": residuals.ht_objective, "jacobian": residuals.ht_jacobian},
    "lstm": {
        "objective": lambda data: _lstm(data)[0],
        "jacobian": lambda data: np.concatenate([part.ravel() for part in _lstm(data)[1]]),
    },
    "ode": {
        "primal": lambda data: hand.ode_state(_array(data["x"]), data["s"])[1],
        "gradient": _ode_gradient,
    },
    "det": {"primal": lambda data: _det(data)[0], "gradient": lambda data: _det(data)[1]},
    "particle": PARTICLE,
    "saddle": SADDLE,
}
