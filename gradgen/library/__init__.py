"""Functions of the standard library, NumPy and SciPy that are read as what they do."""

from gradgen.library import (  # noqa: F401  (these fill the tables)
    array_sets,
    calculus,
    coefficients,
    complex_functions,
    fits,
    fourier,
    grids,
    insertion,
    iterators,
    linalg,
    polynomials,
    python,
    sampled,
    shapes,
    statistics,
    windows,
)
from gradgen.library.registry import READ_AS, READ_METHODS, READINGS, reads
from gradgen.rules.callables import PENDING

PENDING.append("gradgen.library.of_scipy")

__all__ = ["READINGS", "READ_AS", "READ_METHODS", "reads"]
