"""Compare the gradient with SymPy's, differences and the complex step; `gradgen bench --help`."""

from __future__ import annotations

import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add nothing: `gradgen.bench` reads its own arguments."""


def run(arguments: argparse.Namespace) -> int:
    """Run the comparison of the built-in set."""
    from gradgen.bench.cli import main

    return main([])
