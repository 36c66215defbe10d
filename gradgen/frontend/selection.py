"""What is differentiated: parameters, and parts of ``*args`` and ``**kwargs``, by choice."""

from __future__ import annotations

import functools
import inspect
from typing import Any

from gradgen.dataclass import dataclass
from gradgen.frontend.source import is_quieted
from gradgen.ir.nodes import Leaf
from gradgen.options import Options

STARS = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)


@dataclass(frozen=True, slots=True)
class Selected:
    """One differentiated argument: a parameter, or what ``key`` leads to in a starred one."""

    name: str
    key: Any = None

    @property
    def path(self) -> tuple[Any, ...]:
        """The way from the parameter to the argument."""
        return () if self.key is None else (("item", self.key),)

    def __str__(self) -> str:
        """Return the argument as the function's body would spell it."""
        return self.name if self.key is None else f"{self.name}[{self.key!r}]"

    def holds(self, leaf: Leaf) -> bool:
        """Whether a leaf of the function is in it."""
        return leaf.param == self.name and leaf.path[: len(self.path)] == self.path

    @property
    def label(self) -> str:
        """The argument as part of a name."""
        return self.name if self.key is None else f"{self.name}_{self.key}"


def signature_of(fn: Any) -> inspect.Signature:
    """Return the parameters as a call sees them, not those of a function that ``fn`` wraps."""
    while isinstance(fn, functools._lru_cache_wrapper) or is_quieted(fn):
        fn = fn.__wrapped__
    return inspect.signature(fn, follow_wrapped=False)


def parameter_positions(fn: Any) -> dict[str, int]:
    """Return where a function that a wrapper stands for takes each argument."""
    if not hasattr(fn, "__wrapped__"):
        return {}
    names = inspect.signature(fn).parameters
    return {name: k for k, name in enumerate(names)}


def select(
    options: Options, parameters: list[inspect.Parameter], specs: Any, positions: dict[str, int]
) -> list[Selected]:
    """Return the differentiated arguments.

    Numbers count arguments as a call by position has them, so that they go on into ``*args``;
    names are those of parameters, of arguments that ``**kwargs`` takes, and ``args[0]`` for those
    that ``*args`` takes.  ``positions`` are further names of arguments by position: those of the
    function that a wrapper hands them to.
    """
    stars = {p.kind: p.name for p in parameters if p.kind in STARS}
    plain = [p.name for p in parameters if p.kind not in STARS]
    if not stars:
        return [Selected(name) for name in options.selected(plain)]
    by_position = [Selected(p.name) for p in parameters if p.kind not in (*STARS, p.KEYWORD_ONLY)]
    rest = stars.get(inspect.Parameter.VAR_POSITIONAL)
    if rest is not None:
        by_position += [Selected(rest, k) for k in specs[rest].keys]
    more = stars.get(inspect.Parameter.VAR_KEYWORD)
    named = {k: Selected(more, k) for k in specs[more].keys} if more is not None else {}
    for name, k in positions.items():
        if k == len(by_position) and name in named:
            by_position.append(named[name])
    if options.argnames is None:
        where = {str(s): s for s in by_position}
        return [where[name] for name in options.selected(list(where))]
    by_name = {name: Selected(name) for name in [*plain, *stars.values()]}
    for name, k in positions.items():
        if k < len(by_position):
            by_name.setdefault(name, by_position[k])
    spelled = {str(s): s for s in by_position}
    by_name = named | spelled | by_name
    return [by_name[name] for name in options.selected(list(by_name))]
