"""Keys of arguments: what a call looks up, to find the module that was made for such types.

Long lists are gone through by what is written in C: a list of ten thousand rows has a key for each
column, not one for each number.
"""

from __future__ import annotations

import dataclasses
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from operator import attrgetter, itemgetter
from typing import Any

import numpy as np

from gradgen.frontend.arguments import spec_of
from gradgen.frontend.classes import is_taken_apart
from gradgen.ir.types import known_dtype

# Classes whose objects all have one spec.
NUMBERS = {float, int, bool, np.float64, np.float32, np.int64, np.int32, np.bool_}


def key_of(value: Any) -> Any:
    """Return a cheap key of an argument: equal keys have equal specs."""
    kind = type(value)
    if kind is float or kind is int or kind is bool:
        return kind
    if kind is np.ndarray and value.dtype.names is None:
        shape = value.shape
        if 1 in shape:
            return value.dtype, tuple(n == 1 for n in shape)
        return value.dtype, len(shape)
    if kind is tuple or kind is list:
        return kind, len(value), _key_of_items(value)
    if kind is dict or kind is OrderedDict:
        return kind, tuple(value), *map(key_of, value.values())
    return spec_of(value)


def _key_of_items(items: Sequence[Any]) -> Any:
    """Return the key of the items of a list: of each column where they are alike, else of each."""
    kinds = set(map(type, items))
    if len(kinds) == 1:
        (kind,) = kinds
        if kind in NUMBERS:
            return kind
        found = None
        if issubclass(kind, tuple) or kind is list:
            found = _key_of_rows(items, kind)
        elif kind is dict:
            found = _key_of_dicts(items)
        elif len(items) > 1 and is_taken_apart(kind):
            found = _key_of_objects(items, kind)
        if found is not None:
            return found
    return tuple(map(key_of, items))


def _key_of_rows(rows: Sequence[Any], kind: type) -> Any:
    """Return the key of rows of one class and length, None where these differ, or are long."""
    lengths = set(map(len, rows))
    plain = kind is tuple or kind is list or hasattr(kind, "_fields")
    count = lengths.pop()
    if lengths or not plain or count > len(rows):
        return None
    return kind, count, *map(_key_of_items, _columns(rows, range(count)))


def _key_of_dicts(dicts: Sequence[Any]) -> Any:
    """Return the key of dicts that have the same keys in one order, None of others."""
    orders = set(map(tuple, dicts))
    names = orders.pop()
    if orders or len(names) > len(dicts):
        return None
    return dict, names, *map(_key_of_items, _columns(dicts, names))


def _key_of_objects(objects: Sequence[Any], kind: type) -> Any:
    """Return the key of objects of one class, None where they hold more than numbers and arrays."""
    held: list[Any] = list(map(vars, objects)) if hasattr(objects[0], "__dict__") else []
    orders = set(map(tuple, held))
    if len(orders) > 1:
        return None
    names = next(iter(orders), ())
    fields = [f.name for f in dataclasses.fields(kind)] if dataclasses.is_dataclass(kind) else []
    keys = [_key_of_attribute(list(map(attrgetter(n), objects))) for n in fields]
    keys += map(_key_of_attribute, _columns(held, [n for n in names if n not in fields]))
    return None if any(k is None for k in keys) else (kind, *fields, *names, *keys)


def _columns(rows: Sequence[Any], keys: Iterable[Any]) -> Iterator[list[Any]]:
    for key in keys:
        yield list(map(itemgetter(key), rows))


def _key_of_attribute(values: list[Any]) -> Any:
    """Return the key of an attribute of many objects, None of what only `spec_of` knows."""
    kinds = set(map(type, values))
    if len(kinds) == 1:
        (kind,) = kinds
        if kind in NUMBERS:
            return kind
        if kind is str:
            return kind, *values
        if kind is np.ndarray and all(map(known_dtype, {a.dtype for a in values})):
            return tuple(map(key_of, values))
    return None
