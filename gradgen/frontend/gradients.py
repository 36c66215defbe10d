"""What stands for derivatives inside a loss: ``gradgen.grad(f)`` of a local function, pullbacks."""

from __future__ import annotations

from typing import Any

from gradgen.dataclass import dataclass
from gradgen.frontend.values import LocalFunction

# What makes derivatives, by modules.
MAKERS = {
    "gradgen.api": ("grad", "value_and_grad", "differentiable"),
    "gradgen.products": ("vjp", "jvp", "hvp"),
    "gradgen.jacobians": ("jacobian", "jacfwd", "jacrev", "hessian", "hessian_diag"),
    "gradgen.sparse.api": ("sparse_jacobian", "sparse_hessian"),
}


def is_maker(obj: Any) -> bool:
    """Whether this is a function that makes a derivative."""
    names = MAKERS.get(getattr(obj, "__module__", None) or "", ())
    return getattr(obj, "__name__", "") in names


@dataclass(slots=True, eq=False)
class LocalGradient:
    """``gradgen.grad(f)`` of a function that is defined inside the one that is read.

    ``function``: that function, or a derivative of it, of which this is one.
    """

    maker: Any
    function: LocalFunction | LocalGradient
    options: dict[str, Any]


@dataclass(slots=True, eq=False)
class LocalPullback:
    """The second result of ``gradgen.vjp(f)(x)`` inside a loss."""

    gradient: Any
    args: list[Any]
    kwargs: dict[str, Any]
