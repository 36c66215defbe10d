"""Functions of the standard library, NumPy and SciPy that are read as what they do."""

from gradgen.library import (
    calculus,
    coefficients,
    fourier,
    grids,
    linalg,
    polynomials,
    python,
    sampled,
    statistics,
)
from gradgen.library.registry import READ_AS, READ_METHODS, READINGS, reads

SOURCES = (calculus, coefficients, fourier, grids, linalg, polynomials, python, sampled, statistics)
__all__ = ["READINGS", "READ_AS", "READ_METHODS", "SOURCES", "reads"]
