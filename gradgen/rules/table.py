"""Importing this module fills the table of rules."""

from gradgen.rules import (
    complexes,
    constructors,
    contractions,
    elementwise,
    extras,
    fourier,
    indexing,
    joins,
    linalg,
    lists,
    reductions,
    shapes,
    special,
)
from gradgen.rules.registry import CALLABLES, METHODS, RULES

SOURCES = (
    complexes,
    special,
    linalg,
    constructors,
    contractions,
    elementwise,
    extras,
    fourier,
    indexing,
    joins,
    lists,
    reductions,
    shapes,
)
__all__ = ["CALLABLES", "METHODS", "RULES", "SOURCES"]
