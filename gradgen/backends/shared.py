"""Functions of one text share what Numba compiles: a loss derived again is not compiled again."""

from __future__ import annotations

import types
import weakref
from typing import Any

# The first function of each text: it lives as long as any that shares its module does.
FIRST: weakref.WeakValueDictionary[str, types.FunctionType] = weakref.WeakValueDictionary()


def twin(function: types.FunctionType, space: dict[str, Any]) -> types.FunctionType:
    """Return a function of the same code, with defaults of its own, that reads names in a space."""
    made = types.FunctionType(function.__code__, space, function.__name__, function.__defaults__)
    made.__kwdefaults__ = function.__kwdefaults__
    return made
