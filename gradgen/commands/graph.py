"""Print or draw the operation graph of the function."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from gradgen.commands.options import Request, add_target, request_of
from gradgen.commands.target import UsageError
from gradgen.graph.graph import FORMATS, Graph, form_of


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    add_target(parser)
    parser.add_argument("--format", choices=FORMATS, help="what to print (default: text)")
    parser.add_argument("-o", "--output", metavar="OUT", type=Path, help="write a file; its suffix "
                        "says what: .svg, .dot or .txt")  # fmt: skip
    parser.add_argument("--values", action="store_true", help="with each value and its adjoint "
                        "at the example arguments")  # fmt: skip


def run(arguments: argparse.Namespace) -> int:
    """Print the graph or write it to a file."""
    output = arguments.output
    if output is not None and arguments.format not in (None, form_of(output)):
        raise UsageError(f"--format {arguments.format} does not fit the suffix of {output}")
    graph = _graph(request_of(arguments), arguments.values)
    if output is None:
        sys.stdout.write(graph.render(arguments.format or "text"))
        return 0
    graph.save(output)
    print(f"the graph is in {output}")
    return 0


def _graph(request: Request, values: bool) -> Graph:
    if values:
        from gradgen.graph.annotate import annotated

        return annotated(request.function(), request.examples("--values"), request.options)
    return Graph(request.program(until="parse").forward)
