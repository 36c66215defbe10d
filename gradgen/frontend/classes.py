"""Which classes are the user's, and what they hold."""

from __future__ import annotations

import dataclasses
import enum
import functools
import os
import sys
import types
from typing import Any

from gradgen.library.containers import DictObject, ExceptionObject, ListObject, MissingDictObject
from gradgen.library.records import RecordArray

MISSING = object()
_MADE_BY_CLASS_STATEMENT = 1 << 9


@functools.lru_cache(maxsize=1)
def library_folders() -> tuple[str, ...]:
    """Return the folders that hold libraries, not the user's code."""
    import sysconfig  # the first gradient should not wait for it

    paths = sysconfig.get_paths()
    return tuple({paths[k] + os.sep for k in ("stdlib", "purelib", "platlib")})


@functools.lru_cache(maxsize=1024)
def is_users(kind: type) -> bool:
    """Whether a class can be read: made by a ``class`` statement, and not a library's."""
    if not kind.__flags__ & _MADE_BY_CLASS_STATEMENT or issubclass(kind, enum.Enum):
        return False
    if kind.__module__.startswith("gradgen.library."):
        return True  # what stands for a class of another library
    if any(c.__module__.partition(".")[0] == "gradgen" for c in kind.__mro__):
        return False
    file = getattr(sys.modules.get(kind.__module__), "__file__", None) or ""
    return dataclasses.is_dataclass(kind) or not file.startswith(library_folders())


def is_taken_apart(kind: type) -> bool:
    """Whether an argument of this class becomes a structure of its attributes."""
    if dataclasses.is_dataclass(kind) or kind is types.SimpleNamespace:
        return True
    if not is_users(kind) or issubclass(kind, tuple | list | dict | type | BaseException):
        return False
    plain = ("__getattribute__", "__setattr__", "__delattr__")
    return all(getattr(kind, n) is getattr(object, n) for n in plain) and "__slots__" not in {
        n for c in kind.__mro__ for n in vars(c)
    }


def has_attributes(kind: Any) -> bool:
    """Whether items of a structure are attributes of an object, not items of a container."""
    return kind not in (list, dict, RecordArray) and not issubclass(kind, tuple)


def attributes_of(value: Any) -> dict[str, Any]:
    """Return the attributes of an object that is taken apart, in order."""
    if dataclasses.is_dataclass(value):
        names = [f.name for f in dataclasses.fields(value)]
        more = [n for n in getattr(value, "__dict__", {}) if n not in names]
        return {n: getattr(value, n) for n in (*names, *more)}
    return dict(vars(value))


def found_in(kind: type, name: str, after: type | None = None) -> Any:
    """Return what a class or its bases hold under a name (behind one of them, for ``super``)."""
    order = kind.__mro__
    if after is not None:
        order = order[order.index(after) + 1 :]
    held = (_spelled_out(c, kind) for c in order)
    return next((v[name] for v in held if name in v), MISSING)


def own_method(kind: Any, name: str) -> bool:
    """Whether a class of the user's says itself what a name means, and not one that it extends."""
    owner = next((c for c in kind.__mro__ if name in vars(c)), None)
    return owner is not None and is_users(owner)


def makes_plain(kind: Any) -> bool:
    """Whether a class of named tuples makes them of their items, one by one."""
    owner = next(c for c in kind.__mro__ if "__new__" in vars(c))
    return owner is not tuple and "_fields" in vars(owner)


SPELLED_OUT: dict[type, type] = {list: ListObject, dict: DictObject}


def _spelled_out(kind: type, of: type) -> Any:
    """Return what a class in the order ``of`` one says; of Python's own, what is read."""
    plain: Any = kind
    if issubclass(kind, BaseException) and not is_users(plain):
        return vars(ExceptionObject)
    if kind is dict and hasattr(of, "__missing__"):
        return {**vars(DictObject), **vars(MissingDictObject)}
    return vars(SPELLED_OUT.get(kind, kind))


def extended(kind: type) -> type | None:
    """Return ``list`` or ``dict``, if a class extends that and nothing else of a library."""
    *own, base = kind.__mro__[:-1]
    plain = base in SPELLED_OUT and all(map(is_users, own)) and kind.__new__ is base.__new__
    return base if plain else None
