"""What is measured: a built-in problem at a size, or a function of the user's file."""

from __future__ import annotations

import importlib.util
import inspect
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gradgen.bench.problems import Problem, named
from gradgen.errors import ArgumentError
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


def of_file(place: str, wrt: str | None = None) -> Target:
    """Return the function ``FILE.py:FUNC`` with the arguments that its module gives.

    Raises
    ------
    ArgumentError
        Where there is no such file, function or example, or ``wrt`` names no argument.
    """
    path, _, name = place.rpartition(":")
    if not path:
        raise ArgumentError(f"{place!r} names no function", hint="write FILE.py:FUNCTION")
    module = _load(Path(path))
    fn = getattr(module, name, None)
    if not callable(fn):
        raise ArgumentError(f"{path} has no function {name!r}")
    fn = inspect.unwrap(fn)
    examples = getattr(module, "EXAMPLE_ARGS", {})
    if name not in examples:
        raise ArgumentError(
            f"{path} gives no example arguments for {name!r}",
            hint=f'add EXAMPLE_ARGS = {{"{name}": (first, second, ...)}} to it',
        )
    args = examples[name]
    args = tuple(args() if callable(args) else args)
    return Target(name, fn, args, _argnums(fn, args, wrt), {"file": place, "wrt": wrt})


def of_spec(spec: Spec) -> Target:
    """Return the target that a specification describes."""
    if "problem" in spec:
        return of_problem(named(spec["problem"]), spec["size"])
    return of_file(spec["file"], spec["wrt"])


def _load(path: Path) -> Any:
    if not path.is_file():
        raise ArgumentError(f"there is no file {path}")
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        raise ArgumentError(f"{path} is not a Python file")
    module = importlib.util.module_from_spec(spec)
    # A module may import its neighbours, as it could if it were run as a script.
    sys.path.insert(0, str(path.resolve().parent))
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def _argnums(fn: Callable[..., Any], args: tuple[Any, ...], wrt: str | None) -> tuple[int, ...]:
    if wrt is None:
        return (0,)
    names = list(inspect.signature(fn).parameters)[: len(args)]
    wanted = [w.strip() for w in wrt.split(",")]
    unknown = [w for w in wanted if w not in names]
    if unknown:
        raise ArgumentError(f"no argument is called {', '.join(unknown)}; there are {names}")
    return tuple(names.index(w) for w in wanted)
