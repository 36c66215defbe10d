"""What objects say of themselves in a text: by methods of their classes, or as dataclasses do."""

from __future__ import annotations

import ast
import collections
import dataclasses
import enum
import types
from typing import Any

import numpy as np

from gradgen.frontend.objects import Method, class_of
from gradgen.frontend.pointers import pointer
from gradgen.frontend.reader import Reader
from gradgen.frontend.special_methods import invoked, special_method
from gradgen.frontend.values import Choice, Record, Seq, Static
from gradgen.ir.nodes import Value

# Whose methods have the words of dataclasses and named tuples, and are not read.
MAKERS = (dataclasses.__file__, collections.__file__)
METHODS = {
    "str": ("__str__", "__repr__"),
    "repr": ("__repr__",),
    "format": ("__format__", "__str__", "__repr__"),
}


def told(r: Reader, node: ast.AST, value: Any, how: str, spec: Any = None) -> Any:
    """Return the text of an object for ``str``, ``repr`` or ``format``, None of anything else."""
    value = r.settled(value)
    if _tells_itself(value):
        from gradgen.frontend.branches import on_each  # a cycle by nature: they make texts

        return on_each(r, node, value, lambda one: _of_known(r, node, one, how, spec))
    known = isinstance(value, Record | Seq | Static) or _is_surely_object(value)
    kind = class_of(value) if known else None
    if kind is None or issubclass(kind, BaseException):
        return None
    for name in METHODS[how]:
        method = special_method(value, name)
        if method is not None and method.function.__code__.co_filename not in MAKERS:
            given = [Static("") if spec is None else spec] if name == "__format__" else []
            if spec is not None and not given:
                error = f"unsupported format string passed to {kind.__name__}.__format__"
                r.fail(node, TypeError(error))
            return invoked(r, node, value, name, *given)
    fields = _fields(kind)
    if fields is None or isinstance(value, Static) or spec is not None:
        return None
    return _listed(r, node, value, kind, fields)


def _is_surely_object(value: Any) -> bool:
    """Whether a value is the place of an object in lists, and is on no path None."""
    of = pointer(value)
    return bool(of) and of.sure  # type: ignore[union-attr]


def _tells_itself(value: Any) -> bool:
    """Whether something is a member of an enumeration or a dtype, which is known as a text."""
    if isinstance(value, Choice):
        return _tells_itself(value.then) and _tells_itself(value.other)
    return isinstance(value, Static) and isinstance(value.obj, np.dtype | enum.Enum)


def _of_known(r: Reader, node: ast.AST, value: Any, how: str, spec: Any) -> Any:
    if spec is not None and not isinstance(spec, Static):
        r.refuse(node, "a computed format of this", "write the format out")
    kind: Any = type(value.obj)
    if _is_read(kind.__format__):
        r.refuse(node, f"the __format__ of {kind.__name__}", "give it a __str__")
    called = kind.__repr__ if how == "repr" else kind.__str__
    own_format = how == "format" and kind.__format__ is not enum.Enum.__format__
    if _is_read(called) and not own_format:
        # A cycle by nature: its method is called.
        from gradgen.frontend.calls import call_value

        text = call_value(r, node, Method(value, called), [], {})
        return text if spec is None else _spelled_by(r, node, text, spec)
    if how != "format":
        return Static(called(value.obj))
    return _spelled_by(r, node, value, spec or Static(""))


def _is_read(method: Any) -> bool:
    """Whether a method was written by the user."""
    return isinstance(method, types.FunctionType) and method.__module__ != "enum"


def _spelled_by(r: Reader, node: ast.AST, value: Any, spec: Static) -> Static:
    if not isinstance(value, Static):
        r.refuse(node, "a format of a text with numbers in it", "write the text out there")
    try:
        return Static(format(value.obj, spec.obj))
    except (TypeError, ValueError) as error:
        r.fail(node, error)


def _fields(kind: Any) -> list[str] | None:
    """Return what a dataclass or a named tuple shows of itself, None for other classes."""
    if hasattr(kind, "_fields"):
        return list(kind._fields)
    if not dataclasses.is_dataclass(kind) or kind.__repr__ is object.__repr__:
        return None
    return [f.name for f in dataclasses.fields(kind) if f.repr]


def _listed(r: Reader, node: ast.AST, value: Any, kind: Any, fields: list[str]) -> Any:
    """Return ``Point(x=1.0, y=2.0)``, read as the f-string that says so."""
    from gradgen.frontend.aggregates import run_text

    of_tuple = isinstance(value, Seq)
    if isinstance(value, Value):
        # A cycle by nature: properties are called.
        from gradgen.frontend.pools import attribute

        items = {f: attribute(r, value, f, node) for f in fields}
    else:
        items = dict(zip(fields, value.items, strict=True)) if of_tuple else value.fields
    given, shown = {}, []
    for k, f in enumerate(fields):
        said = told(r, node, items[f], "repr")
        given[f"item{k}"] = items[f] if said is None else said
        shown.append(f"{f}={{item{k}{'!r' if said is None else ''}}}")
    name = kind.__name__ if of_tuple else kind.__qualname__
    return run_text(r, node, f"out = f'{name}({', '.join(shown)})'", "out", **given)
