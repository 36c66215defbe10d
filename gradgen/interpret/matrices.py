"""Determinants, inverses and factors of small matrices of objects, by their formulas."""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from gradgen.interpret.numbers import Numbers
from gradgen.interpret.objects import as_array, is_plain
from gradgen.ir.nodes import Op

# A determinant has so many factorial terms.
MOST_ROWS = 5
Function = Callable[[Numbers, Op, list[Any]], Any]


def _of_matrices(function: Callable[..., Any]) -> Function:
    """Return a function of matrices of plain numbers, of objects, and of stacks of either."""

    def over(n: Numbers, op: Op, args: list[Any]) -> Any:
        if all(map(is_plain, args)):
            return getattr(np.linalg, op.prim)(*args, **op.attrs)
        a, *rest = (as_array(n, v) for v in args)
        if op.attrs or a.shape[-1] > MOST_ROWS:
            raise NotImplementedError(f"matrices of more than {MOST_ROWS} rows, or with options")
        if a.ndim == 2:
            return function(n, a, *rest)
        if rest and rest[0].ndim != a.ndim:
            raise NotImplementedError("a stack of matrices beside another number of axes")
        each = zip(a, *rest, strict=True)
        return np.stack([as_array(n, over(n, op, list(parts))) for parts in each])

    return over


def _det(n: Numbers, a: Any) -> Any:
    """Expand along the rows; what two products share is computed once."""
    size = len(a)

    @functools.cache
    def minor(row: int, columns: tuple[int, ...]) -> Any:
        if row == size:
            return n.number(1)
        terms = [
            (-1) ** k * a[row, c] * minor(row + 1, columns[:k] + columns[k + 1 :])
            for k, c in enumerate(columns)
        ]
        return functools.reduce(operator.add, terms)

    return minor(0, tuple(range(size)))


def _inv(n: Numbers, a: Any) -> Any:
    det, size = _det(n, a), len(a)
    out = np.empty((size, size), dtype=object)
    for i in range(size):
        for j in range(size):
            rest = np.delete(np.delete(a, j, axis=0), i, axis=1)
            out[i, j] = (-1) ** (i + j) * _det(n, rest) / det
    return out


def _solve(n: Numbers, a: Any, b: Any) -> Any:
    terms = _inv(n, a)[:, :, None] * (b[:, None] if b.ndim == 1 else b)[None, :, :]
    out = functools.reduce(operator.add, np.moveaxis(terms, 1, 0))
    return out[:, 0] if b.ndim == 1 else out


def _cholesky(n: Numbers, a: Any) -> Any:
    size = len(a)
    out = np.full((size, size), n.number(0), dtype=object)
    for j in range(size):
        for i in range(j, size):
            rest = functools.reduce(
                operator.sub, (out[i, k] * out[j, k] for k in range(j)), a[i, j]
            )
            out[i, j] = n.call("sqrt", rest) if i == j else rest / out[j, j]
    return out


def _slogdet(n: Numbers, op: Op, a: Any) -> list[Any]:
    det = _det(n, a)
    return [n.call("sign", det), n.call("log", n.call("abs", det))]


def _svd(n: Numbers, op: Op, a: Any) -> list[Any]:
    """Return the values and vectors at the point, where these are held constant.

    What is made of them has to be the same whatever they are: it is proved for these.
    """
    made, plain = op.inputs[0].op, getattr(n, "plain", None)
    if made is None or made.prim != "stop_gradient" or plain is None:
        raise NotImplementedError("singular values have no formula")
    return list(np.linalg.svd(plain(a), **op.attrs))


SEVERAL: dict[str, Callable[[Numbers, Op, Any], list[Any]]] = {"slogdet": _slogdet, "svd": _svd}


def several(n: Numbers, op: Op, args: list[Any]) -> list[Any]:
    """Return the results of a function of one small matrix that has several."""
    a = as_array(n, args[0])
    if op.prim not in SEVERAL:
        raise NotImplementedError("it has several results, and no formula")
    if a.ndim != 2 or a.shape[-1] > MOST_ROWS:
        raise NotImplementedError(f"stacks, or matrices of more than {MOST_ROWS} rows")
    return SEVERAL[op.prim](n, op, a)


MATRICES: dict[str, Function] = {
    "det": _of_matrices(_det),
    "inv": _of_matrices(_inv),
    "solve": _of_matrices(_solve),
    "cholesky": _of_matrices(_cholesky),
}
