"""The functions of ``cmath`` that take numbers apart, spelled out."""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import math

from gradgen.library.registry import reads


@reads("cmath.phase", samples=("cmath.phase(x + 1j * p)", "cmath.phase((x + 1j * y) ** 2)"))
def phase(z):
    """Return ``math.atan2(z.imag, z.real)``."""
    return math.atan2(z.imag, z.real)


@reads("cmath.polar", samples=("cmath.polar(x + 1j * p)[1]", "cmath.polar(x + 1j * p)[0]"))
def polar(z):
    """Return the absolute value and the phase."""
    return abs(z), math.atan2(z.imag, z.real)


@reads("cmath.rect", samples=("cmath.rect(p, y).imag", "(cmath.rect(p, y) ** 2).real"))
def rect(r, phi, /):
    """Return the number of an absolute value and a phase."""
    return complex(r * math.cos(phi), r * math.sin(phi))
