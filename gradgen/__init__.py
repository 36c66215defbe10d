"""Differentiates ordinary Python: writes the gradient of a function as a NumPy module."""

from typing import Any

__version__ = "0.1.0"

from gradgen.api import differentiable, emit, grad, value_and_grad
from gradgen.checkpoint import checkpoint
from gradgen.custom import custom_jvp, custom_vjp, on_grad, stop_gradient
from gradgen.errors import (
    ArgumentError,
    GradgenError,
    GradgenWarning,
    OutputError,
    ReplayError,
    SourceError,
    UnsupportedError,
)
from gradgen.gradient import Differentiable, Gradient

__all__ = [
    "ArgumentError",
    "Differentiable",
    "GradgenError",
    "GradgenWarning",
    "Gradient",
    "MismatchError",
    "OutputError",
    "ReplayError",
    "SourceError",
    "UnsupportedError",
    "check",
    "check_grads",
    "checkpoint",
    "custom_jvp",
    "custom_vjp",
    "differentiable",
    "emit",
    "fixed_point",
    "from_sympy",
    "grad",
    "hessian",
    "hessian_diag",
    "hvp",
    "implicit",
    "jacfwd",
    "jacobian",
    "jacrev",
    "jvp",
    "on_grad",
    "rule",
    "sparse_hessian",
    "sparse_jacobian",
    "stop_gradient",
    "to_sympy",
    "value_and_grad",
    "verify",
    "vjp",
]


def __getattr__(name: str) -> Any:
    """Import what few programs need, when it is asked for."""
    if name == "from_sympy":
        from gradgen.fromsympy.entry import from_sympy

        return from_sympy
    if name == "to_sympy":
        from gradgen.symbolic import to_sympy

        return to_sympy
    if name in ("check", "check_grads", "verify", "MismatchError"):
        from gradgen.proof import prove

        return getattr(prove, name)
    if name in ("vjp", "jvp", "hvp"):
        from gradgen import products

        return getattr(products, name)
    if name in ("jacobian", "jacfwd", "jacrev", "hessian", "hessian_diag"):
        from gradgen import jacobians

        return getattr(jacobians, name)
    if name in ("sparse_jacobian", "sparse_hessian"):
        from gradgen.sparse import api as sparse

        return getattr(sparse, name)
    if name in ("implicit", "fixed_point"):
        from gradgen import solutions

        return getattr(solutions, name)
    if name == "rule":
        import gradgen.rules.table  # noqa: F401  (fills the table)
        from gradgen.rules.users import rule

        return rule
    raise AttributeError(f"module 'gradgen' has no attribute {name!r}")
