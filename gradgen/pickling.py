"""How gradient functions are pickled: by what they were made from, or by the name they stand under.

A decorator takes the name of its function, which is then found only through it.
"""

from __future__ import annotations

import operator
import sys
import types
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gradgen.gradient import Differentiable, Gradient


def reduced(made: Gradient) -> Any:
    """Return what a gradient function is made of again: what ``__reduce__`` returns."""
    fn, receiver = made.__wrapped__, made._receiver
    found = _under_its_name(fn)
    if found is made:
        return fn.__qualname__
    stands_for_it = getattr(found, "__wrapped__", None) is fn
    if stands_for_it and receiver is not None:
        path = fn.__name__ if _is_like(found, made) else f"{fn.__name__}.{made.options.mode}"
        return operator.attrgetter(path), (receiver,)
    if stands_for_it:
        return made.made_again(found)
    return made.made_again(fn if receiver is None else types.MethodType(fn, receiver))


def reduced_whole(made: Differentiable) -> Any:
    """Return what a function that knows its gradient is found by: its name, or its object's."""
    fn: Any = made.__wrapped__
    if isinstance(fn, types.MethodType):
        return operator.attrgetter(fn.__name__), (fn.__self__,)
    return fn.__qualname__


def _under_its_name(fn: Any) -> Any:
    """Return what stands under a function's name now; an object has none."""
    found: Any = sys.modules.get(getattr(fn, "__module__", ""))
    for part in getattr(fn, "__qualname__", "").split("."):
        found = getattr(found, part, None)
    return found


def _is_like(found: Any, made: Gradient) -> bool:
    """Whether it is a method's derivative that stands under the name, and not the method itself."""
    return type(found) is type(made)
