"""Prove the gradient at a point: differences, complex step, Taylor, SymPy; say what is near."""

from __future__ import annotations

import argparse
import dataclasses
import inspect
import json
import re
import sys
from typing import Any

from gradgen.commands.options import Request, add_target, request_of
from gradgen.commands.target import UsageError
from gradgen.errors import GradgenError

ALIASES = ("check",)
REPLAYED = "replay: every forward value that the reverse sweep reads is what it was"
PART = re.compile(r"(\w+)\[(\d+)\]")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    add_target(parser)
    parser.add_argument("--order", type=int, default=2, metavar="N",
                        help="derivatives up to this order (default: 2)")  # fmt: skip
    parser.add_argument("--seconds", type=float, default=6.0, metavar="S",
                        help="how long SymPy may take; 0 leaves it out (default: 6)")  # fmt: skip
    parser.add_argument("--json", action="store_true", help="print the proof as JSON")
    parser.add_argument("--short", action="store_true", help="leave out numbers and tables")
    parser.add_argument(
        "--replay",
        action="store_true",
        help="also run the graph twice, and compare every forward value that the sweep reads",
    )


def run(arguments: argparse.Namespace) -> int:
    """Print the proof; fail where something disagrees."""
    from gradgen.proof.prove import verify

    if arguments.order < 1:
        raise UsageError(f"--order {arguments.order}: it is 1 or more")
    request = request_of(arguments)
    args, fn = request.examples("verify"), request.function()
    if arguments.replay:
        _replay(request, args, fn)
        print(REPLAYED, file=sys.stderr if arguments.json else sys.stdout)
    options = request.options
    try:
        proof = verify(
            fn, args, _positions(request), has_aux=options.has_aux, order=arguments.order,
            seconds=arguments.seconds,
        )  # fmt: skip
    except GradgenError:
        raise
    except Exception as error:
        what = f"{type(error).__name__}: {error}"
        raise GradgenError(f"at these arguments {request.target.name} raises {what}") from error
    proof = dataclasses.replace(proof, function=request.target.name)
    if arguments.json:
        print(json.dumps(proof.as_dict(), indent=2, ensure_ascii=False))
    else:
        print(proof.text(short=arguments.short))
    return 0 if proof.ok else 1


def _replay(request: Request, args: tuple[Any, ...], fn: Any) -> None:
    """Raise where the reverse sweep reads what the forward sweep did not compute."""
    from gradgen.gradient import Gradient

    options = dataclasses.replace(request.options, check_replay=True)
    Gradient(fn, options)(*args)


def _positions(request: Request) -> tuple[int, ...]:
    """Return the differentiated arguments by position; ``args[1]`` is one of those of ``*args``."""
    names = list(inspect.signature(request.target.fn).parameters)
    parts = [str(n) for n in _chosen(request, names)]
    found = []
    for part in parts:
        star = PART.fullmatch(part)
        found.append(names.index(star[1]) + int(star[2]) if star else names.index(part))
    return tuple(found)


def _chosen(request: Request, names: list[str]) -> tuple[str, ...]:
    options = request.options
    given = (options.argnames,) if isinstance(options.argnames, str) else options.argnames
    if given is not None and any(PART.fullmatch(n) for n in given):
        return tuple(given)
    return options.selected(names)
