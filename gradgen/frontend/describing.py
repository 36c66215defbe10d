"""What a value is called in messages, and how often it is read."""

from __future__ import annotations

from typing import Any

from gradgen.frontend.values import (
    KINDS,
    Choice,
    Cursor,
    Lazy,
    Map,
    Once,
    Record,
    Ref,
    Seq,
    Static,
)
from gradgen.ir.nodes import Value

# What the user wrote, by the classes that are read in its place.
READ_FOR = {
    "ComputedSet": "set of computed values", "ComputedDict": "dict with computed keys",
    "LimitedDeque": "deque", "KnownSet": "set", "KnownCounter": "Counter",
    "RecordArray": "array of records", "RecordRow": "record",
    "ChainedDicts": "ChainMap", "Pair": "list", "Triple": "list", "Quadruple": "list",
}  # fmt: skip


def runs_once(value: Any) -> bool:
    """Whether something is used up when it is looped over."""
    if isinstance(value, Choice):
        return runs_once(value.then) or runs_once(value.other)
    return isinstance(value, Once | Lazy)


def reads_on(value: Any) -> bool:
    """Whether something is an iterator, which reads what it runs over as it goes on."""
    return runs_once(value) or (isinstance(value, Record) and value.kind is Cursor)


def describe(value: Any) -> str:
    """Name a value's kind for a message."""
    if isinstance(value, Static):
        return _describe_object(value.obj)
    if isinstance(value, Seq):
        return f"{value.kind.__name__} of {len(value.items)} items"
    if isinstance(value, Map):
        return "dict"
    if isinstance(value, Record) and value.kind is Cursor:
        return "iterator"
    if isinstance(value, Record):
        return READ_FOR.get(value.kind.__name__, value.kind.__name__)
    if isinstance(value, Value | Ref):
        type_ = value.type if isinstance(value, Value) else value.value.type
        return "number or an array" if type_.kind == "any" else str(type_)
    return KINDS.get(type(value).__name__, type(value).__name__)


def _describe_object(obj: Any) -> str:
    """Name an object by its class, and by its name or text where that is short and no address."""
    kind, text = type(obj).__name__, repr(getattr(obj, "__name__", obj))
    plain = hasattr(obj, "__name__") or text != object.__repr__(obj)
    return f"{kind} {text}" if plain and len(text) <= 60 and "\n" not in text else f"{kind} object"
