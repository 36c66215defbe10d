"""The line that a refusal has to point at, and its message."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from typing import Any

import pytest

import gradgen

MARK = re.compile(r"# here: (\S+)")


def marked_line(function: Callable[..., Any]) -> tuple[int, str]:
    """Return the line number that a refusal has to point at, and the word it has to hold."""
    lines, first = inspect.getsourcelines(function)
    for place, line in enumerate(lines):
        if found := MARK.search(line):
            return first + place, found.group(1)
    raise AssertionError("no marked line")


def refusal(function: Callable[..., Any], *args: Any, **options: Any) -> str:
    """Return the message with which gradgen refuses, at decoration or at the first call."""
    with pytest.raises(gradgen.GradgenError) as caught:
        gradgen.value_and_grad(function, **options)(*args)
    return str(caught.value)


def way_out(message: str) -> bool:
    """Tell whether a message ends with advice."""
    return "way out" in message.lower()
