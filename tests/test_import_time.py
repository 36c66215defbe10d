"""Importing gradgen stays light: the optional and the slow packages wait until they are used."""

from __future__ import annotations

import subprocess
import sys

from tests.checks import ROOT

HEAVY = ("sympy", "mpmath", "numba", "scipy", "matplotlib")


def loaded_after(statements: str) -> set[str]:
    """Return the heavy packages loaded after some statements in a new process."""
    program = f"{statements}\nimport sys\nprint(*[name for name in {HEAVY} if name in sys.modules])"
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
