"""Importing this module fills the table of rules."""

from gradgen.rules import (
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
from gradgen.rules.registry import CALLABLES, METHODS, RULES

SOURCES = (
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
