"""Calls that NumPy itself refuses, whatever the sizes: what it raises is raised in their place.

NumPy is asked, by a call with small arrays of the same ranks.  That is done where a call names an
axis that does not fit, or would be refused here; what says another thing for other sizes is left.
"""

from __future__ import annotations

import ast
import types
import warnings
from collections.abc import Sequence
from typing import Any, NoReturn

import numpy as np

from gradgen.errors import UnsupportedError
from gradgen.frontend.lists import is_power
from gradgen.frontend.reader import Reader
from gradgen.frontend.values import Ref, Seq, Static
from gradgen.ir.nodes import Const, Value

AXES = ("axis", "axes", "axis1", "axis2", "axisa", "axisb", "axisc", "source", "destination")
# These are made of other calls, or compiled as they are: both would say another thing of arrays
# of too few axes.
ASKED_FIRST = frozenset((
    np.rot90, np.fliplr, np.flipud, np.hsplit, np.vsplit, np.dsplit, np.meshgrid, np.select,
    np.array_split, np.split, np.linalg.norm, np.linalg.det, np.linalg.slogdet, np.linalg.inv,
    np.linalg.cholesky, np.linalg.eigh, np.linalg.eigvalsh, np.linalg.solve, np.matmul,
    np.take_along_axis, np.tril, np.triu,
))  # fmt: skip
SPLITS = (np.split, np.array_split, np.hsplit, np.vsplit, np.dsplit)
SIZES = (1, 2, 3, 8)
PLAIN = (int, float, complex, str, slice, type, np.dtype, np.generic, types.EllipsisType)


class _Unknown(Exception):
    """An argument of which NumPy cannot be given a sample."""


def check_axes(
    r: Reader,
    node: ast.AST,
    function: Any,
    names: Sequence[str],
    args: list[Any],
    kwargs: dict[str, Any],
) -> None:
    """Raise what NumPy raises for axes that an array does not have, and for too few of them."""
    given = [a for n, a in zip(names, args, strict=False) if n in AXES]
    given += [a for n, a in kwargs.items() if n in AXES]
    fits = all(_fits(r, a, args) for a in given)
    if not _of_numpy(function) or (fits and not _asked_first(function)):
        return
    if any(function is split for split in SPLITS):
        # Into how many parts an array can be divided hangs on its length.
        args = [_few(a) if k == 1 else a for k, a in enumerate(args)]
        kwargs = {k: _few(a) if k == "indices_or_sections" else a for k, a in kwargs.items()}
    error = _raised(r, function, args, kwargs, len(args))
    if error is not None:
        r.fail(node, error)


def _few(parts: Any) -> Any:
    """Return one part in the place of any number of them that there can be."""
    many = isinstance(parts, Const) and isinstance(parts.const, int) and parts.const > 1
    return Const(1) if many else parts


def refuse_or_fail(
    r: Reader,
    node: ast.AST,
    function: Any,
    args: list[Any],
    kwargs: dict[str, Any],
    refusal: UnsupportedError,
) -> NoReturn:
    """Refuse a call, or raise what NumPy raises where it would not do it either."""
    error = _raised(r, function, args, kwargs) if _of_numpy(function) else None
    if error is None:
        raise refusal
    r.fail(node, error)


def _of_numpy(function: Any) -> bool:
    if isinstance(function, types.MethodDescriptorType):
        return function.__objclass__ is np.ndarray
    owner = getattr(function, "__self__", None)
    known = isinstance(function, np.ufunc) or isinstance(owner, np.ufunc)
    home = str(getattr(function, "__module__", None))
    return known or (home.partition(".")[0] == "numpy" and not home.startswith("numpy.random"))


def _asked_first(function: Any) -> bool:
    along = isinstance(getattr(function, "__self__", None), np.ufunc)
    return function.__name__ == "accumulate" if along else function in ASKED_FIRST


def _fits(r: Reader, axis: Any, args: list[Any]) -> bool:
    """Whether an axis is none, or one that the first array certainly has."""
    if isinstance(axis, Static) and axis.obj is None:
        return True
    first = args[0] if args else None
    rank = r.read(first).type.rank if isinstance(first, Ref | Value) else None
    if rank is None or not isinstance(axis, Const) or type(axis.const) is not int:
        return False
    return bool(-rank <= axis.const < rank)


def _raised(
    r: Reader, function: Any, args: list[Any], kwargs: dict[str, Any], numbers: int = 1
) -> Exception | None:
    """Return what NumPy raises for a call, if that is one thing for all sizes.

    Of its arguments, the first so many may be computed numbers: others are taken for options.
    """
    found: list[Exception] = []
    for size in SIZES:
        try:
            given = [_sample(r, a, size, k < numbers) for k, a in enumerate(args)]
            named = {k: _sample(r, v, size) for k, v in kwargs.items()}
        except _Unknown:
            return None
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                function(*given, **named)
        except (ValueError, IndexError, TypeError) as error:
            found.append(error)
        if not found or (type(found[-1]), str(found[-1])) != (type(found[0]), str(found[0])):
            return None
    return found[0] if len(found) == len(SIZES) else None


def _sample(r: Reader, value: Any, size: int, number: bool = False) -> Any:
    """Return an argument as it is, with small arrays in the place of what is computed."""
    if isinstance(value, Const):
        return value.const
    if isinstance(value, Static):
        obj = value.obj
        plain = obj is None or isinstance(obj, PLAIN) or _of_numpy(obj)
        if isinstance(obj, np.ndarray) and obj.size < 1000:
            return np.resize(obj, (size,) * obj.ndim)  # as long as the others
        if plain:
            return obj
    if isinstance(value, Seq) and value.grown is None and value.kind in (tuple, list):
        items = value.kind(_sample(r, item, size) for item in value.items)
        floats = any(isinstance(item, float) for item in items)
        return np.resize(np.array(items), size).tolist() if floats else items
    if not isinstance(value, Ref | Value):
        raise _Unknown
    if is_power(r.read(value)):
        raise _Unknown  # it may be an int
    t = r.read(value).type
    if number and t.is_scalar and t.kind in ("float", "int", "bool"):
        return {"float": float, "int": int, "bool": bool}[t.kind](1)
    if t.kind != "array" or t.rank is None or t.rank > 4:
        raise _Unknown
    if not t.dtype or t.dtype.startswith("complex"):
        raise _Unknown
    numbers = np.ones((size,) * t.rank)
    return (numbers + 3.0 * np.eye(size) if t.rank > 1 else numbers).astype(t.dtype)
