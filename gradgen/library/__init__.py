"""Functions of the standard library, NumPy and SciPy that are read as what they do."""

from gradgen.library import (  # noqa: F401  (these fill the tables)
    calculus,
    coefficients,
    distances,
    filters,
    fourier,
    grids,
    hermite,
    initial_values,
    insertion,
    interpolators,
    linalg,
    polynomials,
    python,
    quadrature,
    sampled,
    shapes,
    simpson,
    statistics,
    trajectories,
    windows,
)
from gradgen.library.registry import READ_AS, READ_METHODS, READINGS, reads

__all__ = ["READINGS", "READ_AS", "READ_METHODS", "reads"]
