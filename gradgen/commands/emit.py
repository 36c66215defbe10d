"""Write the generated module to a file."""

from __future__ import annotations

import argparse
import sys

from gradgen.commands.options import add_mode, add_target, request_of


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    add_target(parser)
    add_mode(parser)
    parser.add_argument("-o", "--output", metavar="OUT.py", default="-",
                        help="where to; a file that gradgen did not write is left alone "
                        "(default: standard output)")  # fmt: skip


def run(arguments: argparse.Namespace) -> int:
    """Write the module."""
    program = request_of(arguments).program()
    if arguments.output == "-":
        sys.stdout.write(program.text)
        return 0
    from gradgen.emission.module import write

    write(program.text, arguments.output, program.function.captures)
    print(f"{program.name} is in {arguments.output}")
    return 0
