"""Arguments as they come: one thing in two places, arrays that share memory, and empty ones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from gradgen.errors import ArgumentError, Span
from gradgen.frontend.classes import attributes_of, has_attributes, is_taken_apart

Way = tuple[str, tuple[Any, ...]]  # the name of an argument, and the steps to a part of it


def require_apart(
    names: Sequence[str],
    values: Sequence[Any],
    written: frozenset[Way],
    span: Span,
    outside: Sequence[tuple[str, Any]] = (),
) -> None:
    """Refuse what stands in two places of the arguments, if the function writes to it in one.

    That is one list, dict or object, or arrays that share memory.  ``span``: the function's place;
    ``outside``: what else the function reads, and what that is called.

    Raises
    ------
    ArgumentError
        If a write would be seen in the other place.
    """
    parts = [part for n, v in zip(names, values, strict=True) for part in _parts(n, v)]
    changed = [(k, text, one) for k, (text, way, one) in enumerate(parts) if way in written]
    for k, text, one in changed:
        for j, (other, _, two) in enumerate(parts):
            how = _shared(one, two)
            if j == k or not how:
                continue
            first, second = (text, other) if k < j else (other, text)
            raise ArgumentError(
                f"{first} and {second} {how}, and the function writes to {text}",
                span,
                "pass a copy of one of them",
            )
        for other, two in outside:
            how = _shared(one, two)
            if how:
                raise ArgumentError(
                    f"the argument {text} and {other}, which the function reads from outside, "
                    f"{how}, and it writes to {text}",
                    span,
                    "pass a copy as the argument",
                )


def _shared(one: Any, two: Any) -> str:
    """Return in which words two things are one, if they are."""
    if not (isinstance(one, np.ndarray) and isinstance(two, np.ndarray)):
        return "are the same thing" if one is two else ""
    shared = np.may_share_memory(one, two) and np.shares_memory(one, two)
    return "share memory" if shared else ""


def _parts(name: str, value: Any) -> Iterator[tuple[str, Way, Any]]:
    """Yield the arrays, lists, dicts and objects in an argument: expression, way, and what it is.

    What refers back to an object around it is left out.
    """
    todo: list[tuple[str, tuple[Any, ...], Any, tuple[int, ...]]] = [(name, (), value, ())]
    while todo:
        text, steps, one, above = todo.pop()
        by_attribute = has_attributes(type(one)) and is_taken_apart(type(one))
        if id(one) in above or not (by_attribute or isinstance(one, tuple | list | dict)):
            if isinstance(one, np.ndarray):
                yield text, (name, steps), one
            continue
        if not isinstance(one, tuple):
            yield text, (name, steps), one
        held = attributes_of(one) if by_attribute else one
        pairs = list(held.items() if isinstance(held, dict) else enumerate(held))
        for key, item in reversed(pairs):
            inner = f"{text}.{key}" if by_attribute else f"{text}[{key!r}]"
            step = ("attr" if by_attribute else "item", key)
            todo.append((inner, (*steps, step), item, (*above, id(one))))


def require_entries(names: Sequence[str], values: Sequence[Any], error: Exception) -> None:
    """Say which argument is empty, after a division by a length, or a stack of rows, failed.

    Raises
    ------
    ArgumentError
        If one is.
    """
    why = "the function divides by its length"
    if not isinstance(error, ZeroDivisionError):
        if "need at least one array to stack" not in str(error):
            return
        why = "what is stacked has no rows then"
    for name, value in zip(names, values, strict=True):
        for text, _, a in _parts(name, value):
            if isinstance(a, np.ndarray) and a.size == 0:
                raise ArgumentError(
                    f"{text} is an empty array, and {why}",
                    hint="skip empty batches, or pass at least one entry",
                )
