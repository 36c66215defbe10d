"""Say what is differentiated, what is saved for the reverse sweep, and why."""

from __future__ import annotations

import argparse
import sys

from gradgen.commands.options import add_mode, add_target, request_of
from gradgen.explain import explain


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    add_target(parser)
    add_mode(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print the explanation."""
    program, why = request_of(arguments).directed()
    sys.stdout.write(f"Swept {why}.\n" * bool(why) + explain(program))
    return 0
