"""Compare the gradient with differences and, where it is valid, the complex step."""

from __future__ import annotations

import argparse
import dataclasses
import inspect
from typing import Any

from gradgen.commands.options import Request, add_target, request_of
from gradgen.commands.target import UsageError
from gradgen.errors import GradgenError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    add_target(parser)
    parser.add_argument(
        "--replay",
        action="store_true",
        help="also run the graph twice, and compare every forward value that the sweep reads",
    )


def run(arguments: argparse.Namespace) -> int:
    """Print what the check found; fail where the gradient disagrees."""
    from gradgen.checking import check

    request = request_of(arguments)
    if request.options.has_aux:
        raise UsageError("check takes functions that return the loss alone")
    args, fn = request.examples("check"), request.function()
    if arguments.replay:
        _replay(request, args, fn)
    try:
        report = check(fn, args, _positions(request))
    except GradgenError:
        raise
    except Exception as error:
        what = f"{type(error).__name__}: {error}"
        raise GradgenError(f"at these arguments {request.target.name} raises {what}") from error
    print(report)
    return 0 if report.ok else 1


def _replay(request: Request, args: tuple[Any, ...], fn: Any) -> None:
    """Raise where the reverse sweep reads what the forward sweep did not compute."""
    from gradgen.gradient import Gradient

    options = dataclasses.replace(request.options, check_replay=True)
    Gradient(fn, options)(*args)
    print("replay: every forward value that the reverse sweep reads is what it was")


def _positions(request: Request) -> tuple[int, ...]:
    names = list(inspect.signature(request.target.fn).parameters)
    return tuple(names.index(name) for name in request.options.selected(names))
