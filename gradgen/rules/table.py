"""Importing this module fills the table of rules: all of them, those of SciPy too."""

import gradgen.rules.of_numpy
import gradgen.rules.of_scipy  # noqa: F401
from gradgen.rules.registry import CALLABLES, METHODS, RULES

__all__ = ["CALLABLES", "METHODS", "RULES"]
