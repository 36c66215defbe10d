"""The command line: reads the arguments, runs one of ``gradgen.commands``, reports errors."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from gradgen import __version__
from gradgen.commands import COMMANDS
from gradgen.commands.target import UsageError, imported_files
from gradgen.errors import GradgenError

CHECKS = ("check-stale", "verify", "check")
DESCRIPTION = "Differentiate a Python function: write its gradient as a readable NumPy module."


def parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    out = argparse.ArgumentParser(prog="gradgen", description=DESCRIPTION)
    out.add_argument("--version", action="version", version=f"gradgen {__version__}")
    commands = out.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, module in COMMANDS.items():
        text = (module.__doc__ or "").splitlines()[0]
        aliases = getattr(module, "ALIASES", ())
        sub = commands.add_parser(name, help=text, description=text, aliases=aliases)
        module.add_arguments(sub)
        sub.set_defaults(run=module.run)
    return out


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; return the exit status.

    Parameters
    ----------
    argv : sequence of str, optional
        The arguments; by default those of the process.

    Returns
    -------
    int
        0; 1 where gradgen refuses or a check fails; 2 for bad arguments or a missing file.
    """
    arguments = list(sys.argv[1:] if argv is None else argv)
    if arguments[:1] == ["bench"]:
        return _bench(arguments[1:])
    try:
        options = parser().parse_args(arguments)
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else 2
    _accept_any_text()
    try:
        try:
            return _run(options)
        except BrokenPipeError:
            _drop_output()
            # What a check finds is its status, too: nobody reads the rest of its output.
            return _run(options) if options.command in CHECKS else 0
    except UsageError as error:
        return _report(error, 2)
    except GradgenError as error:
        return _report(error, 1)
    except KeyboardInterrupt:
        print("\ngradgen: interrupted", file=sys.stderr)
        return 130


def _run(options: argparse.Namespace) -> int:
    with imported_files():
        status: int = options.run(options)
    sys.stdout.flush()
    return status


def _bench(arguments: list[str]) -> int:
    from gradgen.bench.cli import main as bench

    try:
        return bench(arguments)
    except BrokenPipeError:
        _drop_output()
        return 0


def _report(error: GradgenError, status: int) -> int:
    sys.stdout.flush()
    print(f"gradgen: {error}", file=sys.stderr)
    return status


def _accept_any_text() -> None:
    """Print a mark that the terminal's encoding lacks as ``?`` instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


def _drop_output() -> None:
    """Keep Python from flushing into a closed pipe at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
