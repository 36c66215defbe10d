"""What a Python name can stand for while a function is read.

Numbers are graph values.  Arrays are references into a storage, as in Python, so that an alias or
a view sees what is written through another name; each storage has one newest version, a graph
value.  Containers exist only here: the graph sees their leaves.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from gradgen.errors import GradgenError
from gradgen.ir.nodes import Const, Value

_ids = itertools.count()


class Storage:
    """The memory of one array or list.

    ``contiguous``: in C order, so that reshape is a view; ``outside``: captured, not to be written.
    """

    __slots__ = ("contiguous", "id", "name", "outside")

    def __init__(self, name: str = "", contiguous: bool = False, outside: bool = False) -> None:
        self.id = next(_ids)
        self.name = name
        self.contiguous = contiguous
        self.outside = outside


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """One step from an array to a view of it; ``maybe``: NumPy may copy instead."""

    prim: str
    operands: tuple[Value, ...]
    attrs: dict[str, Any]
    maybe: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Ref:
    """A name's hold on an array: a storage, a way through views, the value when it was bound."""

    storage: Storage
    steps: tuple[Step, ...]
    value: Value
    version: Value


@dataclass(slots=True, eq=False)
class Seq:
    """A tuple or list of known length (``kind`` is the class, for named tuples too)."""

    items: list[Any]
    kind: Any = tuple


@dataclass(slots=True, eq=False)
class Map:
    """A dict with known keys (``unknown``: a parameter whose further keys show when read)."""

    items: dict[Any, Any]
    unknown: Any = None


@dataclass(slots=True, eq=False)
class Record:
    """An object whose attributes are known: a dataclass argument."""

    kind: Any
    fields: dict[str, Any]


@dataclass(slots=True, eq=False)
class Static:
    """A Python object that is known before the program runs: a module, function, string, dtype."""

    obj: Any


@dataclass(slots=True, eq=False)
class LocalFunction:
    """A function or lambda defined inside the function that is read; names bind late."""

    node: Any
    frame: Any
    defaults: list[Any]
    kw_defaults: list[Any]


@dataclass(slots=True, eq=False)
class BoundMethod:
    """A method of an array or a container, not yet called."""

    owner: Any
    name: str


@dataclass(slots=True, eq=False)
class Iteration:
    """Something to loop over: ``length`` and the element at an index, built on demand."""

    length: Any
    element: Callable[[Value], Any]
    bounds: tuple[Value, Value, Value] | None = None
    backwards: bool = False


@dataclass(slots=True, eq=False)
class Poison:
    """A name that must not be read any more; the error says why."""

    error: GradgenError


@dataclass(frozen=True, slots=True, eq=False)
class UnknownShape:
    """The shape of an array of unknown rank: its entries are asked for one by one."""

    array: Value


@dataclass(slots=True, eq=False)
class SliceValue:
    """``start:stop:step`` inside a subscript."""

    parts: tuple[Value | None, Value | None, Value | None]


@dataclass(slots=True, eq=False)
class Frame:
    """The names of one function activation; ``anonymous`` is its result, which the caller names."""

    source: Any
    names: dict[str, Any]
    globals: dict[str, Any]
    cells: dict[str, Any] = field(default_factory=dict)
    parent: Frame | None = None
    local_names: frozenset[str] = frozenset()
    anonymous: str = ""


def leaves(value: Any) -> list[Any]:
    """Return the graph values and references inside a container value, in order."""
    if isinstance(value, Value | Ref):
        return [value]
    if isinstance(value, Seq):
        return [leaf for item in value.items for leaf in leaves(item)]
    if isinstance(value, Map):
        return [leaf for item in value.items.values() for leaf in leaves(item)]
    if isinstance(value, Record):
        return [leaf for item in value.fields.values() for leaf in leaves(item)]
    return []


def rebuild(value: Any, new: list[Any]) -> Any:
    """Return a container value with its leaves replaced, in order (``new`` is consumed)."""
    if isinstance(value, Value | Ref):
        return new.pop(0)
    if isinstance(value, Seq):
        return Seq([rebuild(item, new) for item in value.items], value.kind)
    if isinstance(value, Map):
        return Map({k: rebuild(item, new) for k, item in value.items.items()})
    if isinstance(value, Record):
        return Record(value.kind, {k: rebuild(item, new) for k, item in value.fields.items()})
    return value


def same_structure(a: Any, b: Any) -> bool:
    """Whether two values have the same containers around their leaves."""
    if isinstance(a, Value | Ref) and isinstance(b, Value | Ref):
        return True
    if type(a) is not type(b):
        return False
    if isinstance(a, Seq):
        return (
            a.kind is b.kind
            and len(a.items) == len(b.items)
            and all(map(same_structure, a.items, b.items))
        )
    if isinstance(a, Map | Record):
        x, y = (v.items if isinstance(v, Map) else v.fields for v in (a, b))
        return list(x) == list(y) and all(same_structure(x[k], y[k]) for k in x)
    if isinstance(a, Static):
        return same_object(a.obj, b.obj)
    return a is b


def same_object(a: Any, b: Any) -> bool:
    """Whether two static objects are interchangeable."""
    plain = (str, int, float, bool, bytes, type(None), tuple)
    return a is b or (type(a) is type(b) and isinstance(a, plain) and a == b)


def is_static(value: Any) -> bool:
    """Whether a value is known before the program runs."""
    if isinstance(value, Const):
        return True
    if isinstance(value, Seq):
        return all(map(is_static, value.items))
    return isinstance(value, Static)


def static_value(value: Any) -> Any:
    """Return the Python object of a static value."""
    if isinstance(value, Const):
        return value.const
    if isinstance(value, Seq):
        return value.kind(map(static_value, value.items))
    assert isinstance(value, Static)
    return value.obj
