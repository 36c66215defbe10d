"""Importing gradgen stays light: the optional and the slow packages wait until they are used."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from tests.checks import ROOT

HEAVY = ("sympy", "mpmath", "numba", "scipy", "matplotlib")
# What only some programs need: rules of SciPy, what Numba takes, derivatives by rows.
LATER = ("gradgen.rules.of_scipy", "gradgen.backends.kernels", "gradgen.batch.sweep")
LATER += ("logging", "fractions", "tempfile")
# What only loops, branches and calls of other functions need.
LATER += ("gradgen.passes.fuse", "gradgen.passes.sinking", "gradgen.diff.snapshots")
LATER += ("gradgen.frontend.compound", "gradgen.frontend.generators", "gradgen.diff.joint")


def loaded_after(statements: str) -> set[str]:
    """Return the heavy packages loaded after some statements in a new process."""
    names = HEAVY + LATER
    program = f"{statements}\nimport sys\nprint(*[name for name in {names} if name in sys.modules])"
    ran = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return set(ran.stdout.split())


def test_import_loads_nothing_heavy() -> None:
    assert loaded_after("import gradgen") == set()


def test_first_gradient_loads_nothing_heavy() -> None:
    statements = (
        "import gradgen\n"
        "from tests.corpus import losses\n"
        "loss = gradgen.value_and_grad(losses.mlp_squared)\n"
        "loss(*losses.EXAMPLE_ARGS['mlp_squared']())"
    )
    assert loaded_after(statements) == set()


def gamma_met_later(x: float) -> float:
    """Meet SciPy inside the loss."""
    import scipy.special

    return float(scipy.special.gamma(x))


def test_what_scipy_has_is_known_when_scipy_comes_later() -> None:
    # The derivative of a gamma function is that function times another one.
    program = (
        "import gradgen\n"
        "from tests.test_import_time import gamma_met_later\n"
        "print(gradgen.grad(gamma_met_later)(3.0))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert float(ran.stdout) == pytest.approx(2.0 * (1.5 - np.euler_gamma), rel=1e-14)
