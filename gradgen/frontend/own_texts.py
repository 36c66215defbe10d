"""What objects say of themselves in a text: by methods of their classes, or as dataclasses do."""

from __future__ import annotations

import ast
import collections
import dataclasses
from typing import Any

from gradgen.frontend.objects import class_of
from gradgen.frontend.reader import Reader
from gradgen.frontend.special_methods import invoked, special_method
from gradgen.frontend.values import Record, Seq, Static

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
    kind = class_of(value) if isinstance(value, Record | Seq | Static) else None
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
    items = dict(zip(fields, value.items, strict=True)) if of_tuple else value.fields
    given, shown = {}, []
    for k, f in enumerate(fields):
        said = told(r, node, items[f], "repr")
        given[f"item{k}"] = items[f] if said is None else said
        shown.append(f"{f}={{item{k}{'!r' if said is None else ''}}}")
    name = kind.__name__ if of_tuple else kind.__qualname__
    return run_text(r, node, f"out = f'{name}({', '.join(shown)})'", "out", **given)
