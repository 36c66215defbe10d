"""Recursion as deep as the user's program: now and then it goes on with a stack of its own.

Python limits the depth of calls of each thread by itself.  A program may nest more deeply than
that (an ``if`` with a thousand ``elif``), and the limit is the user's to set; so a deep recursion
continues in a thread that does nothing else, while this one waits.
"""

from __future__ import annotations

import contextvars
import functools
import threading
from collections.abc import Callable
from typing import Any, TypeVar

Callback = TypeVar("Callback", bound=Callable[..., Any])
LEVELS = 30


class _Here(threading.local):
    level = 0


_here = _Here()


def deep(function: Callback) -> Callback:
    """Let a recursive function, or one of several that call each other, go to any depth."""

    @functools.wraps(function)
    def at_depth(*args: Any, **kwargs: Any) -> Any:
        if _here.level >= LEVELS:
            return _elsewhere(function, args, kwargs)
        _here.level += 1
        try:
            return function(*args, **kwargs)
        finally:
            _here.level -= 1

    return at_depth  # type: ignore[return-value]


def _elsewhere(function: Callable[..., Any], args: Any, kwargs: Any) -> Any:
    """Call a function in a new thread; its result or its exception is ours."""
    results: list[Any] = []
    errors: list[BaseException] = []
    context = contextvars.copy_context()

    def work() -> None:
        try:
            results.append(context.run(function, *args, **kwargs))
        except BaseException as error:
            errors.append(error)

    thread = threading.Thread(target=work, name="gradgen", daemon=True)
    thread.start()
    thread.join()
    if errors:
        raise errors.pop()
    return results.pop()
