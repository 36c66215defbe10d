"""Reductions of object arrays, each entry of the result from one list of numbers."""

from __future__ import annotations

import operator
from collections.abc import Callable
from functools import reduce
from typing import Any

import numpy as np

from gradgen.interpret.numbers import Numbers


def along(
    x: Any, axis: Any = None, keepdims: bool = False, *, function: Callable[[list[Any]], Any]
) -> Any:
    """Reduce some axes (None: all) by a function of the list of their entries."""
    axes = range(x.ndim) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    gone = sorted(k % x.ndim for k in axes)
    kept = [k for k in range(x.ndim) if k not in gone]
    rows = x.transpose(*kept, *gone).reshape(*(x.shape[k] for k in kept), -1)
    out = np.empty(rows.shape[:-1], dtype=object)
    for place in np.ndindex(out.shape):
        out[place] = function(list(rows[place]))
    if keepdims:
        return out.reshape(tuple(1 if k in gone else d for k, d in enumerate(x.shape)))
    return out if out.ndim else out[()]


def total(n: Numbers, x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """Sum over axes."""
    return along(x, axis, keepdims, function=n.total)


def mean(n: Numbers, x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """Mean over axes."""
    return along(x, axis, keepdims, function=lambda row: n.total(row) / len(row))


def var(n: Numbers, x: Any, axis: Any = None, ddof: int = 0, keepdims: bool = False) -> Any:
    """Variance over axes."""

    def of_row(row: list[Any]) -> Any:
        centre = n.total(row) / len(row)
        return n.total([(v - centre) * (v - centre) for v in row]) / (len(row) - ddof)

    return along(x, axis, keepdims, function=of_row)


def std(n: Numbers, x: Any, **options: Any) -> Any:
    """Return the standard deviation over axes."""
    return np.frompyfunc(lambda v: n.call("sqrt", v), 1, 1)(var(n, x, **options))


def norm(n: Numbers, x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:
    """Euclidean norm, and the 1-norm of vectors."""
    if ord == 1 and (axis is not None or x.ndim == 1):
        return along(
            x, axis, keepdims, function=lambda row: n.total([n.call("abs", v) for v in row])
        )
    if ord not in (None, 2, "fro") or (ord == 2 and axis is None and x.ndim > 1):
        raise NotImplementedError(f"norm of order {ord}")
    return along(
        x, axis, keepdims, function=lambda row: n.call("sqrt", n.total([v * v for v in row]))
    )


def extremum(name: str) -> Callable[..., Any]:
    """Return the reduction by ``maximum`` or ``minimum``."""

    def reduction(n: Numbers, x: Any, axis: Any = None, keepdims: bool = False) -> Any:
        return along(
            x, axis, keepdims, function=lambda row: reduce(lambda a, b: n.call(name, a, b), row)
        )

    return reduction


def product(n: Numbers, x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """Multiply over axes."""
    return along(x, axis, keepdims, function=lambda row: reduce(operator.mul, row, n.number(1)))


REDUCTIONS: dict[str, Callable[..., Any]] = {
    "sum": total, "mean": mean, "var": var, "std": std, "norm": norm, "prod": product,
    "max": extremum("maximum"), "min": extremum("minimum"),
}  # fmt: skip
