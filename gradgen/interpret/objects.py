"""Values of the interpreter: what is exact, and functions of numbers on object arrays."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from gradgen.interpret.numbers import Missing, Numbers

PLAIN = bool | int | np.bool_ | np.integer


def is_plain(x: Any) -> bool:
    """Whether a value is an integer, a truth value, or an array of them."""
    if isinstance(x, np.ndarray):
        return x.dtype.kind in "biu"
    return isinstance(x, PLAIN) or x is None or isinstance(x, str | slice)


def is_numeric(x: Any) -> bool:
    """Whether a value can be a case of a choice between numbers."""
    return not (x is None or isinstance(x, Missing | str | list | tuple | slice))


def lift(numbers: Numbers, x: Any) -> Any:
    """Return a value with its floats made numbers, and decided conditions made booleans."""
    if isinstance(x, float | np.floating):
        return numbers.number(float(x))
    if isinstance(x, np.bool_ | np.integer):
        return x.item()
    if not isinstance(x, np.ndarray):
        return x
    if x.dtype.kind == "f":
        return elementwise(numbers, numbers.number, (x.astype(object),), keep=True)
    if x.dtype == object and x.size and all(isinstance(v, bool) for v in x.flat):
        return x.astype(bool)
    return x


def elementwise(
    numbers: Numbers,
    function: Callable[..., Any],
    args: Sequence[Any],
    lifted: Sequence[int] | None = None,
    keep: bool = False,
) -> Any:
    """Apply a function of numbers with broadcasting.

    ``lifted`` says which arguments are to be made numbers first (all by default); ``keep`` asks
    for an array even where the shape is ().
    """
    chosen = range(len(args)) if lifted is None else lifted

    def on_numbers(*items: Any) -> Any:
        return function(*(numbers.number(v) if i in chosen else v for i, v in enumerate(items)))

    out = np.frompyfunc(on_numbers, len(args), 1)(*args)
    return np.asarray(out, dtype=object) if keep else out


def as_array(numbers: Numbers, x: Any) -> Any:
    """Return an object array of numbers."""
    return elementwise(numbers, lambda v: v, (np.asarray(x, dtype=object),), keep=True)
