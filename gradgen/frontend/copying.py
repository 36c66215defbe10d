"""Copies that Python's ``copy`` makes: of what a container holds, or of all of it."""

from __future__ import annotations

import ast
import copy
import enum
from typing import Any

from gradgen.frontend.aggregates import copied
from gradgen.frontend.arguments import every_item
from gradgen.frontend.bindings import call_rule
from gradgen.frontend.branches import on_each
from gradgen.frontend.describing import describe
from gradgen.frontend.lists import is_list
from gradgen.frontend.objects import class_of
from gradgen.frontend.outside import note_answer
from gradgen.frontend.parts import parts, with_parts
from gradgen.frontend.pointers import class_of_row, pointer, row_of_argument
from gradgen.frontend.pools import fields_of, row_of
from gradgen.frontend.reader import Reader
from gradgen.frontend.records import expanded
from gradgen.frontend.special import callee_name, no_more, special
from gradgen.frontend.special_methods import special_method
from gradgen.frontend.values import Box, Map, Record, Ref, Static
from gradgen.ir.nodes import Value
from gradgen.ir.types import Type
from gradgen.rules.registry import RULES

COPYING = ("copy", "deepcopy", "getstate", "setstate", "reduce", "reduce_ex")
PLAIN = (int, float, complex, bool, str, bytes, type(None), type)


@special(copy.copy, copy.deepcopy)
def _copy(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Read ``copy.copy`` and ``copy.deepcopy``."""
    no_more(r, node, kwargs)
    deep = callee_name(node) == "deepcopy"
    return on_each(r, node, args[0], lambda value: _copied(r, node, value, deep, {}))


def deep_copy(r: Reader, node: ast.AST, value: Any) -> Any:
    """Return what ``copy.deepcopy`` gives."""
    return on_each(r, node, value, lambda one: _copied(r, node, one, True, {}))


def _copied(r: Reader, node: ast.AST, value: Any, deep: bool, done: dict[int, Any]) -> Any:
    """Return a copy; what is met twice is copied once, as in Python (``done``, by identity)."""
    value = r.settled(value) if deep else expanded(r, r.settled(value), node)
    if row_of_argument(value) and not deep:
        return Record(class_of_row(value), fields_of(r, value, node))
    if pointer(value) and not deep:
        return row_of(r, node, Record(class_of_row(value), fields_of(r, value, node)))
    if pointer(value):
        r.refuse(node, f"a deep copy of a {describe(value)} by the path", "make a new one")
    if isinstance(value, Value) or (isinstance(value, Static) and isinstance(value.obj, PLAIN)):
        return value
    key = id(value.storage) if isinstance(value, Ref) and not value.steps else id(value)
    if key not in done:
        done[key] = _new(r, node, value, deep, done)
    return done[key]


def _copied_too(t: Type) -> bool:
    """Whether a list's items are copied with it: arrays, lists, and objects in lists."""
    return t.item is not None and not (t.item.is_scalar and t.item.of is None)


def _new(r: Reader, node: ast.AST, value: Any, deep: bool, done: dict[int, Any]) -> Any:
    if is_list(r, value) and not (deep and _copied_too(r.read(value).type)):
        return copied(r, node, value)
    if isinstance(value, Ref) and not is_list(r, value):
        return call_rule(r, node, RULES["copy"], [value], {})
    value = _of_outside(r, node, value)
    known = isinstance(value, Box) and not is_list(r, value)
    own = class_of(value) and any(special_method(value, f"__{n}__") for n in COPYING)
    if not known or own:
        r.refuse(node, f"a copy of a {describe(value)}", "copy its parts one by one")
    if isinstance(value, Map):
        every_item(r, node, value)
    assert isinstance(value, Box)
    inner = parts(value)
    if deep:
        inner = [(k, _copied(r, node, item, True, done)) for k, item in inner]
    out = with_parts(value, inner)
    out.joined = False
    return out


def _of_outside(r: Reader, node: ast.AST, value: Any) -> Any:
    """Return an object from outside with its attributes, of which a copy is an object here."""
    kind = class_of(value)
    attributes = getattr(value.obj, "__dict__", None) if isinstance(value, Static) else None
    slots = any("__slots__" in vars(c) for c in kind.__mro__) if kind else True
    if slots or attributes is None or isinstance(value.obj, enum.Enum):
        return value
    note_answer(r, names_held, value.obj)
    fields = {k: r.wrap(v, value.obj, k, node) for k, v in attributes.items()}
    return Record(kind, fields)


def names_held(obj: Any) -> tuple[str, ...]:
    """Return the names of an object's attributes."""
    return tuple(vars(obj))
