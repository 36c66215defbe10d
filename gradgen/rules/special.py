"""Special functions of ``scipy.special``, after the NIST Handbook of Mathematical Functions."""

from __future__ import annotations

from gradgen.rules.registry import rule
from gradgen.rules.shapes_of import elementwise

INEXACT = elementwise("inexact", weak=False)

rule(
    "expit", INEXACT, callables=["scipy.special.expit"], params="a", elementwise=True,
    adjoint=("g * y * (1.0 - y)",), domain="x",
)  # fmt: skip
