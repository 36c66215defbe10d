"""Tangents against adjoints: both say the same of a sample's derivative in a direction."""

from __future__ import annotations

import numpy as np
import pytest
import scipy

import gradgen
from gradgen.diff.forward import OTHERS
from gradgen.rules.complexes import LINEAR
from gradgen.rules.registry import RULES
from tests.cases import value_and_gradient
from tests.rules.samples import Sample

SECTIONS = ("linalg", "factorizations", "orthogonal", "norms", "least_squares", "scipy_linalg",
            "scipy_spectra", "matrix_functions", "matrix_equations", "polar", "structured",
            "lu")  # fmt: skip
STATED = [
    pytest.param(Sample(rule.name, expression), id=expression)
    for rule in RULES.values()
    if rule.section.rpartition(".")[2] in SECTIONS and not rule.passive
    for expression in rule.samples[:3]
]


@pytest.mark.parametrize("sample", STATED)
def test_tangent_is_the_gradient_in_a_direction(sample: Sample) -> None:
    rng = np.random.default_rng(3)
    args = sample.args()
    chosen = [args[k] for k in sample.argnums]
    along = tuple(rng.normal(size=a.shape) if isinstance(a, np.ndarray) else 0.7 for a in chosen)
    _, gradient = value_and_gradient(sample)(*args)
    _, tangent = gradgen.jvp(sample.function, argnums=sample.argnums)(args, along)
    expected = sum(float(np.sum(g * t)) for g, t in zip(gradient, along, strict=True))
    single = any(getattr(a, "dtype", None) == np.float32 for a in chosen)
    np.testing.assert_allclose(tangent, expected, 1e-4 if single else 1e-9, 1e-9)


def test_every_operation_has_a_tangent() -> None:
    """What has a derivative in reverse mode has one in forward mode."""
    without = [
        rule.name
        for rule in RULES.values()
        if (rule.adjoint or rule.vjp or rule.closed)
        and not (rule.elementwise or rule.tangent or rule.jvp)
        and (rule.name not in LINEAR or rule.name in OTHERS)
    ]
    assert without == []


def test_a_derivative_without_closed_form_is_refused_in_forward_mode() -> None:
    def loss(x: np.ndarray, q: float) -> float:
        return float(np.sum(scipy.special.jv(q, x)))

    with pytest.raises(gradgen.UnsupportedError, match="argument 'x1'"):
        gradgen.jvp(loss, argnums=(0, 1))((np.arange(4.0), 0.3), (np.ones(4), 1.0))
