"""Nodes and weights of Gaussian quadrature, for a number of nodes: constants."""

from __future__ import annotations

from gradgen.ir.nodes import Value
from gradgen.ir.types import Type, array
from gradgen.rules.registry import rule
from gradgen.rules.shapes_of import Attrs, length_of


def gauss_types(inputs: list[Value], attrs: Attrs) -> list[Type]:
    """Return two vectors of so many entries."""
    t = array("float64", (length_of(inputs[0]),))
    return [t, t]


def gauss(name: str, path: str, params: str) -> None:
    """Enter a function that gives nodes and weights."""
    call = f"{path}.{name}(3)"
    rule(name, gauss_types, callables=[f"{path}.{name}"], params=params, passive=True,
         outputs=("x", "w"), samples=(f"np.cos(x * {call}[0])", f"x3 @ {call}[1]"))  # fmt: skip


for _module, _name in (
    ("legendre", "leggauss"),
    ("chebyshev", "chebgauss"),
    ("hermite", "hermgauss"),
    ("hermite_e", "hermegauss"),
    ("laguerre", "laggauss"),
):
    gauss(_name, f"np.polynomial.{_module}", "deg")
