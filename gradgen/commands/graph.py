"""Print or draw the operation graph of the function."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from gradgen.commands.options import Request, add_target, request_of
from gradgen.graph.graph import FORMATS, SUFFIXES, Graph, write_text


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    add_target(parser)
    parser.add_argument("--format", choices=FORMATS, help="default: by OUT's suffix, else text")
    parser.add_argument("-o", "--output", metavar="OUT", type=Path,
                        help="a file: .svg, .dot or .txt (default: standard output)")  # fmt: skip
    parser.add_argument("--values", action="store_true", help="with each value and its adjoint "
                        "at the example arguments")  # fmt: skip


def run(arguments: argparse.Namespace) -> int:
    """Print the graph or write it to a file."""
    suffix = arguments.output.suffix.lower() if arguments.output is not None else ".txt"
    form = arguments.format or SUFFIXES.get(suffix, "text")
    text = _graph(request_of(arguments), arguments.values).render(form)
    if arguments.output is None:
        sys.stdout.write(text)
        return 0
    write_text(arguments.output, text)
    print(f"the graph is in {arguments.output}")
    return 0


def _graph(request: Request, values: bool) -> Graph:
    if values:
        from gradgen.graph.annotate import annotated

        return annotated(request.function(), request.examples("--values"), request.options)
    return Graph(request.program(until="parse").forward)
