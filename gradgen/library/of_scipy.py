"""Importing this module adds to what is read as what it does that which SciPy alone has."""

from gradgen.library import (  # noqa: F401  (these fill the tables)
    distances,
    filters,
    hermite,
    initial_values,
    interpolators,
    quadrature,
    simpson,
    trajectories,
)
