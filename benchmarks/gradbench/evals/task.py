"""What an eval gives the tool: functions that are timed, with the ways into and out of JSON."""

from __future__ import annotations

import types
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

import gradgen

Backend = Literal["numpy", "numba"]
Function = Callable[..., Any]
PACKAGE = "benchmarks."


def plain(result: Any) -> Any:
    """Return a result as JSON has it: numbers, and lists of them."""
    if isinstance(result, np.ndarray | np.generic):
        return result.tolist()
    return result


@dataclass(frozen=True)
class Task:
    """A function of the protocol: only ``run`` is timed, on what ``decode`` makes of the input."""

    run: Function
    decode: Callable[[Any], tuple[Any, ...]]
    encode: Callable[[Any], Any] = plain


def numbers(values: Any, *shape: int) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Return numbers of JSON as an array; the shape says what an empty list is."""
    array = np.array(values, dtype=np.float64)
    return array.reshape(shape) if shape else array


def whole(values: Any) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Return whole numbers of JSON as an array."""
    return np.array(values, dtype=np.int64)


def styled(backend: Backend, arrays: Function, loops: Function) -> Function:
    """Return the loss in the style that suits the backend."""
    return loops if backend == "numba" else arrays


def value(loss: Function, backend: Backend) -> Function:
    """Return the loss itself, compiled where its gradient is."""
    return compiled(loss) if backend == "numba" else loss


def gradient(loss: Function, backend: Backend, argnums: Any = 0) -> Function:
    """Return the gradient that gradgen generates."""
    made: Function = gradgen.grad(loss, argnums=argnums, backend=backend)
    return made


def compiled(loss: Function, known: dict[Function, Any] | None = None) -> Function:
    """Return a plain function compiled by Numba, with the plain functions that it calls."""
    import numba

    known = {} if known is None else known
    if loss in known:
        return known[loss]
    space: dict[str, Any] = dict(loss.__globals__)
    copied = types.FunctionType(loss.__code__, space, loss.__name__, loss.__defaults__)
    made: Function = numba.njit(error_model="numpy")(copied)
    known[loss] = made
    for name in loss.__code__.co_names:
        found = space.get(name)
        if isinstance(found, types.FunctionType) and found.__module__.startswith(PACKAGE):
            space[name] = compiled(found, known)
    return made
