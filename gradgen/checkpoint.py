"""The marker of what is run again in the reverse sweep instead of being kept: ``checkpoint``."""

from __future__ import annotations

import types
from typing import Any, TypeVar

from gradgen.errors import ArgumentError

T = TypeVar("T")
MARK = "__gradgen_checkpoint__"


def checkpoint(what: T, *, snapshots: int | None = None, segment: int | None = None) -> T:
    """Mark a loop or a function: its gradient runs it again instead of keeping what it computed.

    Outside a gradient this does nothing: the loop runs over the same, the function computes the
    same.

    Parameters
    ----------
    what : iterable, bool or function
        What a ``for`` loop runs over, the test of a ``while`` loop, or a function (as a
        decorator).  A loop of ``n`` turns keeps what is carried from turn to turn about
        ``sqrt(n)`` times, and runs again from there, part by part, backwards.  Of a function,
        nothing but its arguments is kept.
    snapshots : int, optional
        Of a ``for`` loop: how often the state may be kept at most.  Parts are then run again more
        than once, as few times as possible (the binomial schedule).
    segment : int, optional
        How many turns a part of a ``for`` loop has; about ``sqrt(n)`` by default.

    Returns
    -------
    iterable, bool or function
        The same; a function as a copy that knows that it is marked.

    Examples
    --------
    >>> def loss(x, n):
    ...     for t in gradgen.checkpoint(range(n)):
    ...         x = np.sin(x) + 0.1
    ...     return x

    Notes
    -----
    Without ``snapshots``, each turn is run twice.  See Griewank and Walther, *Evaluating
    Derivatives*, chapter 12, and *Algorithm 799: revolve* (2000); for the two levels Chen, Xu,
    Zhang and Guestrin, *Training deep nets with sublinear memory cost* (2016).
    """
    for name, count in (("snapshots", snapshots), ("segment", segment)):
        if count is not None:
            require_count(name, count)
    if isinstance(what, types.FunctionType):
        return marked(what)  # type: ignore[return-value]
    if isinstance(what, staticmethod | classmethod):
        kind = type(what).__name__
        raise ArgumentError(f"gradgen.checkpoint is above @{kind}", hint=f"put @{kind} above it")
    if callable(what):
        raise ArgumentError(
            f"gradgen.checkpoint of {what!r}, which is no Python function",
            hint="mark a function that calls it",
        )
    return what


def require_count(name: str, count: Any) -> None:
    """Refuse what is no positive integer.

    Raises
    ------
    ArgumentError
        For anything else.
    """
    if not isinstance(count, int) or isinstance(count, bool) or count < 1:
        raise ArgumentError(f"{name}={count!r} is not a positive integer", hint="give 1 or more")


def marked(fn: types.FunctionType) -> types.FunctionType:
    """Return a copy of a function that is marked."""
    out = types.FunctionType(
        fn.__code__, fn.__globals__, fn.__name__, fn.__defaults__, fn.__closure__
    )
    out.__kwdefaults__ = fn.__kwdefaults__
    out.__annotations__ = fn.__annotations__
    out.__doc__, out.__module__, out.__qualname__ = fn.__doc__, fn.__module__, fn.__qualname__
    out.__dict__.update(fn.__dict__)
    setattr(out, MARK, True)
    return out


def is_marked(fn: Any) -> bool:
    """Whether a function is marked."""
    return isinstance(fn, types.FunctionType) and MARK in fn.__dict__
