"""Print the generated module, or with --stage the graph after a stage of the pipeline."""

from __future__ import annotations

import argparse
import sys

from gradgen.commands import highlight
from gradgen.commands.options import add_mode, add_target, request_of
from gradgen.stages import STAGES


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    add_target(parser)
    add_mode(parser)
    parser.add_argument("--stage", choices=STAGES, help="print the graph after this stage instead")
    parser.add_argument("--color", choices=highlight.CHOICES, default="auto",
                        help="colour the module (default: on a terminal)")  # fmt: skip


def run(arguments: argparse.Namespace) -> int:
    """Print the module or the graph."""
    program = request_of(arguments).program(arguments.stage)
    if arguments.stage is not None:
        sys.stdout.write(program.stages[arguments.stage])
    elif highlight.wanted(arguments.color):
        sys.stdout.write(highlight.highlight(program.text))
    else:
        sys.stdout.write(program.text)
    return 0
