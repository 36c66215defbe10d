"""Importing this module fills the table of rules."""

from gradgen.rules import (
    complexes,
    constant,
    constructors,
    contractions,
    elementwise,
    extras,
    fourier,
    indexing,
    joins,
    linalg,
    lists,
    operators,
    pairs,
    reductions,
    several,
    shapes,
    special,
    special_orders,
    special_pairs,
    special_values,
)
from gradgen.rules.registry import CALLABLES, METHODS, RULES

SOURCES = (
    complexes,
    special,
    special_orders,
    special_pairs,
    linalg,
    constructors,
    contractions,
    elementwise,
    operators,
    pairs,
    constant,
    special_values,
    several,
    extras,
    fourier,
    indexing,
    joins,
    lists,
    reductions,
    shapes,
)
__all__ = ["CALLABLES", "METHODS", "RULES", "SOURCES"]
