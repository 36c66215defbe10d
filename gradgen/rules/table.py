"""Importing this module fills the table of rules."""

from gradgen.rules import (
    constructors,
    contractions,
    elementwise,
    extras,
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
    special,
    linalg,
    constructors,
    contractions,
    elementwise,
    extras,
    indexing,
    joins,
    lists,
    reductions,
    shapes,
)
__all__ = ["CALLABLES", "METHODS", "RULES", "SOURCES"]
