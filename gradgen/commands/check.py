"""Compare the gradient with differences and, where it is valid, the complex step."""

from __future__ import annotations

import argparse
import inspect

from gradgen.commands.options import Request, add_target, request_of
from gradgen.commands.target import UsageError
from gradgen.errors import GradgenError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    add_target(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print what the check found; fail where the gradient disagrees."""
    from gradgen.checking import check

    request = request_of(arguments)
    if request.options.has_aux:
        raise UsageError("check takes functions that return the loss alone")
    args, fn = request.examples("check"), request.function()
    try:
        report = check(fn, args, _positions(request))
    except GradgenError:
        raise
    except Exception as error:
        what = f"{type(error).__name__}: {error}"
        raise GradgenError(f"at these arguments {request.target.name} raises {what}") from error
    print(report)
    return 0 if report.ok else 1


def _positions(request: Request) -> tuple[int, ...]:
    names = list(inspect.signature(request.target.fn).parameters)
    return tuple(names.index(name) for name in request.options.selected(names))
