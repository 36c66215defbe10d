"""List the operations that have a derivative, with rule, convention and arguments."""

from __future__ import annotations

import argparse
import inspect
import sys
import textwrap

import gradgen.pipeline  # noqa: F401  (fills the tables)
from gradgen.rules.listing import Row, as_markdown, rows


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument("name", nargs="?", default="", help="only what has this in its spelling")
    parser.add_argument("--markdown", action="store_true", help="the page of the documents")
    parser.add_argument("--source", action="store_true", help="with the functions of the rules")


def run(arguments: argparse.Namespace) -> int:
    """Print the list; 1 where nothing has the name."""
    if arguments.markdown:
        sys.stdout.write(as_markdown())
        return 0
    chosen = [r for r in rows() if any(arguments.name in s for s in r.spellings)]
    for row in chosen:
        print("\n".join(_lines(row)))
        for function in dict.fromkeys(row.functions if arguments.source else ()):
            print(textwrap.indent("\n" + inspect.getsource(function), "    "))
    if not chosen:
        print(f"no operation has {arguments.name!r} in its name", file=sys.stderr)
    return 0 if chosen else 1


def _lines(row: Row) -> list[str]:
    signature = f"({row.signature})" if row.signature else ""
    out = [", ".join(row.spellings) + signature, f"    {row.derivative or 'no derivative'}"]
    more = {"forward mode": row.forward, "at kinks": row.at_kinks, "complex": row.complex}
    return [*out, *(f"    {name}: {text}" for name, text in more.items() if text)]
