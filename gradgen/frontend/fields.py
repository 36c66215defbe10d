"""What ``dataclasses`` says of an object: its fields, and these as a dict or a tuple."""

from __future__ import annotations

import ast
import dataclasses
from typing import Any

from gradgen.frontend.copying import deep_copy
from gradgen.frontend.describing import describe
from gradgen.frontend.reader import Reader
from gradgen.frontend.special import callee_name, no_more, special
from gradgen.frontend.values import Map, Record, Seq, Static


@special(dataclasses.fields)
def _fields(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Read the fields of a dataclass or of an object of one."""
    no_more(r, node, kwargs)
    of = args[0].kind if isinstance(args[0], Record) else getattr(args[0], "obj", None)
    if not dataclasses.is_dataclass(of):
        r.refuse(node, f"the fields of a {describe(args[0])}", "give an object of a dataclass")
    return Static(dataclasses.fields(of))


@special(dataclasses.asdict, dataclasses.astuple)
def _taken_apart(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Read an object of a dataclass as a dict or tuple of copies."""
    no_more(r, node, kwargs)
    if not isinstance(args[0], Record) or not dataclasses.is_dataclass(args[0].kind):
        r.refuse(node, f"{callee_name(node)} of a {describe(args[0])}", "name the parts")
    return _apart(r, node, args[0], callee_name(node) == "asdict")


def _apart(r: Reader, node: ast.AST, value: Any, as_dict: bool) -> Any:
    """Return a copy in which dicts or tuples take the places of objects."""
    if isinstance(value, Record) and dataclasses.is_dataclass(value.kind):
        names = [f.name for f in dataclasses.fields(value.kind)]
        items = {n: _apart(r, node, value.fields[n], as_dict) for n in names}
        return Map(dict(items)) if as_dict else Seq(list(items.values()))
    if isinstance(value, Seq) and value.grown is None:
        return Seq([_apart(r, node, item, as_dict) for item in value.items], value.kind)
    if isinstance(value, Map) and value.unknown is None:
        return Map({k: _apart(r, node, v, as_dict) for k, v in value.items.items()})
    return deep_copy(r, node, value)
