"""Python's cycle collector, held off while graphs are made.

A graph and a syntax tree are all made of objects that stay, and point at each other.  The collector
would go through all of them again and again as there come to be more, and find nothing: for a
program of some thousand operations that takes as long as all the rest.
"""

from __future__ import annotations

import functools
import gc
from collections.abc import Callable
from typing import Any, TypeVar

Made = TypeVar("Made", bound=Callable[..., Any])


def uncollected(function: Made) -> Made:
    """Hold the collector off while a function runs, if it is on."""

    @functools.wraps(function)
    def held(*args: Any, **kwargs: Any) -> Any:
        if not gc.isenabled():
            return function(*args, **kwargs)
        gc.disable()
        try:
            return function(*args, **kwargs)
        finally:
            gc.enable()

    return held  # type: ignore[return-value]
