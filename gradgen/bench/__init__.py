"""Comparison of gradgen with SymPy, differences and the complex step: ``gradgen bench``."""

from gradgen.bench.cli import main

__all__ = ["main"]
