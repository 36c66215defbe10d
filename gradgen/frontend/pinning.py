"""Specs that pin lengths and whole numbers to what a call has.

A module is made for arrays of any length and for any whole numbers.  Where that is refused, as
for a list of objects whose number is not known, it is made for the lengths and numbers at hand:
what counts, picks or stops by them is then known while the function is read.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from gradgen.frontend.arguments import Container, part_of
from gradgen.ir.types import Type

LONGEST = 64  # a longer axis keeps its length open: nothing that long is written out


def pinned(spec: Any, value: Any) -> Any:
    """Return the spec of an argument with the lengths and whole numbers that it has."""
    if isinstance(spec, Container):
        items = tuple(
            pinned(s, part_of(value, spec.kind, key))
            for key, s in zip(spec.keys, spec.items, strict=True)
        )
        return dataclasses.replace(spec, items=items)
    if not isinstance(spec, Type):
        return spec
    if spec.kind == "array" and spec.shape is not None:
        lengths = zip(spec.shape, np.shape(value), strict=True)
        shape = tuple(n if n <= LONGEST else d for d, n in lengths)
        return dataclasses.replace(spec, shape=shape)
    return dataclasses.replace(spec, value=int(value)) if is_whole(spec) else spec


def is_whole(spec: Type) -> bool:
    """Whether a spec is that of a Python int or bool."""
    return spec.kind in ("int", "bool") and spec.weak
