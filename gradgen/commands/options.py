"""What several commands share: their options, example arguments, and the way to a program."""

from __future__ import annotations

import argparse
import dataclasses
import inspect
from collections.abc import Mapping
from typing import Any

import numpy as np

from gradgen.api import MODES
from gradgen.backends import BACKENDS
from gradgen.checkpoint import require_count
from gradgen.commands.target import Target, UsageError, find
from gradgen.dataclass import dataclass
from gradgen.errors import ArgumentError, GradgenError
from gradgen.frontend.selection import signature_of
from gradgen.jacobians import Jacobian
from gradgen.options import Options, byte_limit, require_compiled
from gradgen.pipeline import Program, run

Args = tuple[Any, ...]


def add_target(parser: argparse.ArgumentParser) -> None:
    """Add the function, and what says which derivative and which types."""
    parser.add_argument("function", metavar="FILE.py:FUNC", help="the function")
    parser.add_argument(
        "--wrt", metavar="NAMES",
        help="differentiate by these arguments (w,b); one name gives one gradient, several a tuple "
        "(default: the decorator's choice, else the first argument)",
    )  # fmt: skip
    parser.add_argument(
        "--example", metavar="EXPR",
        help="example arguments that give the types: a tuple, as an expression in the file's names "
        "and np (default: EXAMPLE_ARGS of the file, else annotations)",
    )  # fmt: skip
    parser.add_argument(
        "--backend", choices=BACKENDS,
        help="what the module is made for (default: the decorator's, else numpy)",
    )  # fmt: skip
    parser.add_argument("--has-aux", action="store_true", help="the function returns (loss, aux)")


def add_mode(parser: argparse.ArgumentParser) -> None:
    """Add the choice of what the generated function returns."""
    parser.add_argument(
        "--mode", choices=MODES,
        help="what the generated function returns (default: the decorator's, else value_and_grad)",
    )  # fmt: skip
    parser.add_argument(
        "--batch", metavar="NAMES",
        help="arguments that hold an example in each row, separated by commas: the results get an "
        "axis in front",
    )  # fmt: skip
    parser.add_argument(
        "--memory", metavar="LIMIT",
        help="run loops again where more than this would be kept for the reverse sweep, such as "
        "'100 MB'; 'recompute': always",
    )  # fmt: skip
    parser.add_argument(
        "--parallel", action="store_true",
        help="with --backend numba: loops whose turns meet only in sums in parts, each on a thread",
    )  # fmt: skip
    parser.add_argument(
        "--reassociate", action="store_true",
        help="with --backend numba: sums may be taken in another order than is written",
    )  # fmt: skip
    parser.add_argument(
        "--snapshots", metavar="N", type=int,
        help="keep the states of such loops at N turns, where they run to their end",
    )  # fmt: skip


@dataclass(frozen=True)
class Request:
    """What a command is to work on; ``args`` is None where nothing gives the types."""

    target: Target
    options: Options
    args: Args | None

    def program(self, until: str | None = None) -> Program:
        """Run the pipeline; a Jacobian goes in the direction with fewer seeds."""
        return self.directed(until)[0]

    def directed(self, until: str | None = None) -> tuple[Program, str]:
        """Run the pipeline; return with the program why a Jacobian goes in its direction."""
        fn = self.function()

        def made(options: Options) -> Program:
            return run(fn, self.args, options, until=until)

        if self.options.mode != "jacobian":
            return made(self.options), ""
        jacobian = Jacobian(fn, self.options)
        return jacobian.derive(made, self.args), jacobian.why

    def function(self) -> Any:
        """Return the function to differentiate: of a gradient, its generated function."""
        from gradgen.gradient import Gradient
        from gradgen.specialisation import Specialisation

        fn = self.target.fn
        if isinstance(fn, Gradient):
            return Specialisation(fn._program(self.args)).call
        return fn

    def examples(self, purpose: str) -> Args:
        """Return the example arguments.

        Raises
        ------
        UsageError
            If nothing gives any.
        """
        if self.args is None:
            raise UsageError(
                f"{purpose} needs example arguments",
                hint=f"add EXAMPLE_ARGS = {{{self.target.name!r}: (first, second, ...)}} to "
                f"{self.target.path}, or give --example '(first, second, ...)'",
            )
        return self.args


def request_of(arguments: argparse.Namespace) -> Request:
    """Return what the command line asks for."""
    target = find(arguments.function)
    return Request(target, options_of(target, arguments), example_args(target, arguments.example))


def options_of(target: Target, arguments: argparse.Namespace) -> Options:
    """Return the decorator's options, changed by those of the command line.

    Raises
    ------
    UsageError
        If an option has a value that is none of its own.
    """
    try:
        return _options_of(target, arguments)
    except ArgumentError as error:
        raise UsageError(error.message, hint=error.hint) from None


def _options_of(target: Target, arguments: argparse.Namespace) -> Options:
    gradient = getattr(target.made, "value_and_grad", target.made)
    options = gradient.options if gradient is not None else Options()
    if arguments.has_aux:
        options = dataclasses.replace(options, has_aux=True)
    if getattr(arguments, "backend", None):
        options = dataclasses.replace(options, backend=arguments.backend)
    if getattr(arguments, "parallel", False):
        require_compiled("parallel", options.backend)
        options = dataclasses.replace(options, parallel=True)
    if getattr(arguments, "reassociate", False):
        require_compiled("reassociate", options.backend)
        options = dataclasses.replace(options, reassociate=True)
    if getattr(arguments, "mode", None):
        options = dataclasses.replace(options, mode=arguments.mode)
    if getattr(arguments, "batch", None):
        rows = tuple(n.strip() for n in arguments.batch.split(",") if n.strip())
        _check_names("--batch", target, rows)
        options = dataclasses.replace(options, batch=rows)
    if getattr(arguments, "memory", None) is not None:
        options = dataclasses.replace(options, memory=byte_limit(arguments.memory))
    if getattr(arguments, "snapshots", None) is not None:
        require_count("snapshots", arguments.snapshots)
        options = dataclasses.replace(options, snapshots=arguments.snapshots)
    if arguments.wrt is not None:
        names = tuple(n.strip() for n in arguments.wrt.split(",") if n.strip())
        _check_names("--wrt", target, names)
        chosen = names[0] if len(names) == 1 and not arguments.wrt.endswith(",") else names
        options = dataclasses.replace(options, argnums=0, argnames=chosen)
    return options


def _check_names(option: str, target: Target, names: tuple[str, ...]) -> None:
    parameters = inspect.signature(target.fn).parameters
    known = list(parameters)
    inner = signature_of(target.fn).parameters
    kinds = {p.kind: name for name, p in inner.items()}
    rest = kinds.get(inspect.Parameter.VAR_POSITIONAL)
    more = inspect.Parameter.VAR_KEYWORD in kinds
    unknown = [n for n in names if not (more or n in known or n.partition("[")[0] == rest)]
    if unknown or not names:
        what = f"no argument {unknown[0]!r}" if unknown else "no argument without a name"
        hint = f"it has {', '.join(known)}" if known else ""
        raise UsageError(f"{option}: {target.name!r} has {what}", hint=hint)


# --- example arguments --------------------------------------------------------------------


def example_args(target: Target, expression: str | None) -> Args | None:
    """Return the arguments that give the types, defaults filled in; None if nothing gives any."""
    given = _given(target, expression)
    if given is None:
        return None
    signature = inspect.signature(target.fn)
    try:
        bound = signature.bind(*given)
    except TypeError as error:
        what = f"the example arguments do not fit {target.name}{signature}"
        raise UsageError(f"{what}: {error}") from None
    bound.apply_defaults()
    return bound.args


def _given(target: Target, expression: str | None) -> Args | None:
    if expression is not None:
        return _as_args(_evaluated(target, expression), "--example")
    examples = getattr(target.module, "EXAMPLE_ARGS", None)
    if examples is not None and not isinstance(examples, Mapping):
        raise UsageError(f"EXAMPLE_ARGS of {target.path} is not a dict", hint=_FORM)
    for name in (target.name, target.name.rpartition(".")[2]):
        if examples is not None and name in examples:
            return _as_args(_called(examples[name], f"EXAMPLE_ARGS[{name!r}]"), "EXAMPLE_ARGS")
    gradient = getattr(target.made, "value_and_grad", target.made)
    example = getattr(gradient, "example_args", None)
    return None if example is None else _as_args(_called(example, "example_args"), "example_args")


_FORM = 'EXAMPLE_ARGS = {"loss": (first, second, ...)}, or a function that returns the tuple'


def _called(example: Any, where: str) -> Any:
    if not callable(example):
        return example
    try:
        return example()
    except Exception as error:
        raise GradgenError(f"{where} raises {type(error).__name__}: {error}") from error


def _evaluated(target: Target, expression: str) -> Any:
    """Return the value of the expression that the user gave, in the names of the user's file."""
    try:
        return eval(expression, {"np": np, **vars(target.module)})
    except Exception as error:
        what = f"--example {expression!r} raises {type(error).__name__}"
        raise UsageError(f"{what}: {error}") from error


def _as_args(value: Any, where: str) -> Args:
    if isinstance(value, tuple) and not hasattr(value, "_fields"):
        return value
    if where == "--example":
        return (value,)
    raise UsageError(f"{where} gives a {type(value).__name__}, not a tuple", hint=_FORM)
