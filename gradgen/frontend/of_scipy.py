"""Importing this module adds SciPy's calls to those with a reading of their own."""

from gradgen.frontend import (  # noqa: F401  (these fill the table)
    b_spline_calls,
    interpolation_calls,
    kernel_density_calls,
    moment_calls,
    scipy_calls,
)
