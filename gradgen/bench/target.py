"""What is measured: a built-in problem at a size, or a function of the user's file."""

from __future__ import annotations

import argparse
import copy
import inspect
from collections.abc import Callable
from typing import Any, SupportsFloat

import numpy as np

from gradgen.bench.problems import Problem, named
from gradgen.commands.options import request_of
from gradgen.dataclass import dataclass
from gradgen.errors import UnsupportedError
from gradgen.interpret.arguments import flatten, is_inexact

Spec = dict[str, Any]


@dataclass(frozen=True)
class Target:
    """A loss with its arguments; ``spec`` is what another process needs to find it again."""

    name: str
    fn: Callable[..., Any]
    args: tuple[Any, ...]
    argnums: tuple[int, ...]
    spec: Spec

    @property
    def inputs(self) -> int:
        """How many numbers the gradient is by."""
        leaves = [leaf for k in self.argnums for _, leaf in flatten(self.args[k])]
        return sum(getattr(leaf, "size", 1) for leaf in leaves if is_inexact(leaf))


def of_problem(problem: Problem, size: int) -> Target:
    """Return a built-in problem at a size."""
    spec = {"problem": problem.name, "size": size}
    return Target(problem.name, problem.fn, problem.args(size), problem.argnums, spec)


def of_file(place: str, wrt: str | None = None, example: str | None = None) -> Target:
    """Return the function ``FILE.py:FUNC`` with its example arguments.

    Raises
    ------
    UsageError
        Where there is no such file, function or example, or ``wrt`` names no argument.
    """
    given = argparse.Namespace(function=place, wrt=wrt, example=example, has_aux=False)
    request = request_of(given)
    args = request.examples("a comparison")
    if request.options.has_aux:
        raise UnsupportedError(
            f"{request.target.name!r} returns (loss, aux)",
            hint="compare a function of the loss alone",
        )
    parameters = inspect.signature(request.target.fn).parameters
    names = list(parameters)
    # The functions are called by position; what is keyword-only keeps its default.
    args = args[: sum(p.kind is not p.KEYWORD_ONLY for p in parameters.values())]
    argnums = tuple(names.index(name) for name in request.options.selected(names))
    _check_can_be_measured(request.target.name, request.function(), args)
    spec = {"file": place, "wrt": wrt, "example": example}
    return Target(request.target.name, request.function(), args, argnums, spec)


def _check_can_be_measured(name: str, fn: Callable[..., Any], args: tuple[Any, ...]) -> None:
    """Refuse a function that returns no number, or cannot be evaluated twice on its arguments."""
    given = copy.deepcopy(args)
    result = fn(*given)
    if np.ndim(result) or not isinstance(result, SupportsFloat):
        shape = np.shape(result)
        what = f"an array of shape {shape}" if shape else f"a {type(result).__name__}"
        raise UnsupportedError(
            f"{name!r} returns {what}, and gradients are compared, of one number",
            hint="compare a function that reduces it, for example with np.sum",
        )
    pairs = zip(flatten(args), flatten(given), strict=True)
    if not all(np.array_equal(a, b, equal_nan=is_inexact(a)) for (_, a), (_, b) in pairs):
        raise UnsupportedError(
            f"{name!r} writes into its arguments, so that no two evaluations are alike",
            hint="let it copy the argument first",
        )


def of_spec(spec: Spec) -> Target:
    """Return the target that a specification describes."""
    if "problem" in spec:
        return of_problem(named(spec["problem"]), spec["size"])
    return of_file(spec["file"], spec["wrt"], spec["example"])
