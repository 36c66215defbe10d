"""Specs that pin lengths and whole numbers to what a call has.

A module is made for arrays of any length and for any whole numbers.  Where that is refused, as
for a list of objects whose number is not known, it is made for the lengths and numbers at hand:
what counts, picks or stops by them is then known while the function is read.  Where that is refused
too, it is made for the entries of the integer arrays, as for a dict whose keys are labels.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np

from gradgen.frontend.arguments import Container, part_of
from gradgen.frontend.entries import LONGEST, entries_of
from gradgen.ir.types import Length, Type


def pinned(spec: Any, value: Any) -> Any:
    """Return the spec of an argument with the lengths and whole numbers that it has."""
    return _each_leaf(spec, value, _exact)


def _exact(spec: Type, value: Any) -> Type:
    if spec.kind == "array" and spec.shape is not None:
        lengths = zip(spec.shape, np.shape(value), strict=True)
        shape = tuple(n if n <= LONGEST else _long(d) for d, n in lengths)
        return dataclasses.replace(spec, shape=shape)
    return dataclasses.replace(spec, value=int(value)) if is_whole(spec) else spec


def _long(length: Length) -> Length:
    """Return a length that is left open, with what it is not less than."""
    return length if isinstance(length, int) else dataclasses.replace(length, least=LONGEST + 1)


def with_entries(specs: dict[str, Any], values: dict[str, Any]) -> dict[str, Any]:
    """Return pinned specs in which short arrays of whole numbers have their entries too.

    They are left as they are beside single precision, where NumPy's integers and Python's differ.
    """
    if any_single(specs):
        return specs
    return {n: _each_leaf(spec, values[n], _with_entries) for n, spec in specs.items()}


def _with_entries(spec: Type, value: Any) -> Type:
    if spec.kind != "array" or spec.inexact or not np.ndim(value) or np.size(value) > LONGEST:
        return spec
    return dataclasses.replace(spec, entries=entries_of(value))


def _each_leaf(spec: Any, value: Any, change: Callable[[Type, Any], Type]) -> Any:
    """Return a spec in which numbers and arrays are changed, by the values that they stand for."""
    if isinstance(spec, Container):
        items = tuple(
            _each_leaf(s, part_of(value, spec.kind, key), change)
            for key, s in zip(spec.keys, spec.items, strict=True)
        )
        return dataclasses.replace(spec, items=items)
    return change(spec, value) if isinstance(spec, Type) else spec


def any_single(specs: dict[str, Any]) -> bool:
    """Whether any argument is of single precision."""
    return any(map(_is_single, specs.values()))


def _is_single(spec: Any) -> bool:
    if isinstance(spec, Container):
        return any(map(_is_single, spec.items))
    return isinstance(spec, Type) and spec.dtype in ("float32", "complex64")


def is_whole(spec: Type) -> bool:
    """Whether a spec is that of a Python int or bool."""
    return spec.kind in ("int", "bool") and spec.weak
