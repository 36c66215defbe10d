"""Functions that are imported when they are called for the first time.

The first gradient in a process should not wait for what few programs need. Where one function
needs another now and then, an import inside it does; tables take what `later` returns.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from functools import cache
from typing import Any


def later(module: str, name: str) -> Callable[..., Any]:
    """Return a function that stands for one of a module of gradgen."""

    @cache
    def found() -> Callable[..., Any]:
        function: Callable[..., Any] = getattr(importlib.import_module(f"gradgen.{module}"), name)
        return function

    def called(*args: Any, **kwargs: Any) -> Any:
        return found()(*args, **kwargs)

    called.__name__ = name
    return called
