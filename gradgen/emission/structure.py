"""Tests of what was asked of arguments besides their numbers: keys, lengths, classes, axes."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from gradgen.emission import pieces
from gradgen.emission.fixed import is_spelled, spelled
from gradgen.emission.hidden import parameter
from gradgen.emission.statements import unpacking
from gradgen.frontend import asked
from gradgen.frontend.arguments import Container, LongList
from gradgen.frontend.classes import has_attributes
from gradgen.ir.nodes import Function, Value
from gradgen.ir.types import Type

Place = tuple[str, tuple[Any, ...]]  # a parameter, and the steps from there


def structure_tests(function: Function, names: dict[Value, str]) -> list[ast.expr]:
    """Test the keys, lengths, classes and ranks that decided what was generated."""
    params, read = dict(function.params), _read(function, names)
    unpacked = _unpacked(function, read)
    tests: list[ast.expr] = []
    for name, path, question in function.asked:
        spec = params.get(name)
        for _, key in path:
            spec = _part(spec, key)
        place = pieces.access(parameter(name), path)
        if question == asked.COUNT and isinstance(spec, Container) and (name, path) not in unpacked:
            tests += _count_tests(place, spec)
        elif question == asked.NONE and isinstance(spec, Type):
            tests.append(ast.Compare(place, [ast.Is()], [ast.Constant(None)]))
        elif isinstance(question, tuple) and isinstance(spec, Container):
            tests += _presence_tests(place, spec, *question)
        elif question == asked.CLASS:
            tests += _class_tests(place, spec)
        elif question == asked.RANK and isinstance(spec, Type):
            tests += _rank_tests(place, spec, (name, path) in read)
    return tests


def _part(spec: Any, key: Any) -> Any:
    parts = dict(zip(spec.keys, spec.items, strict=True)) if isinstance(spec, Container) else {}
    return parts.get(key)


def _read(function: Function, names: dict[Value, str]) -> set[Place]:
    leaves = [op for op in function.body.ops if op.prim == "leaf" and op.out in names]
    return {(op.attrs["param"], op.attrs["path"]) for op in leaves}


def _unpacked(function: Function, read: set[Place]) -> set[Place]:
    """Return the tuples and lists whose length is tested by their unpacking."""
    out: set[Place] = set()
    for param, spec in function.params:
        mine = {path: "" for name, path in read if name == param}
        if mine and unpacking(spec, mine, ()) is not None:
            out |= {(param, path) for path in _sequences(spec, ())}
    return out


def _sequences(spec: Any, path: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    if isinstance(spec, Container):
        yield path
        for key, item in zip(spec.keys, spec.items, strict=True):
            yield from _sequences(item, (*path, ("item", key)))


def _count_tests(place: ast.expr, spec: Container) -> Iterator[ast.expr]:
    if spec.kind is dict and is_spelled(spec.keys):
        found = pieces.call("list", [place])
        yield ast.Compare(found, [ast.NotEq()], [spelled(list(spec.keys))])
    elif isinstance(spec.kind, type) and issubclass(spec.kind, tuple | list):
        count = pieces.call("len", [place])
        yield ast.Compare(count, [ast.NotEq()], [ast.Constant(len(spec.items))])


def _presence_tests(place: ast.expr, spec: Container, how: str, key: Any) -> Iterator[ast.expr]:
    """Test that there is a key or an attribute, or none, as there was."""
    there = key in spec.keys
    if how == "hasattr":
        found: ast.expr = pieces.call("hasattr", [place, ast.Constant(key)])
        yield ast.UnaryOp(ast.Not(), found) if there else found
    elif there and is_spelled(key):
        yield ast.Compare(spelled(key), [ast.NotIn()], [place])


def _class_tests(place: ast.expr, spec: Any) -> Iterator[ast.expr]:
    """Test the class of a container, an array or a number; of an object, by its name."""
    if isinstance(spec, Container) and has_attributes(spec.kind):
        name = ast.Attribute(pieces.call("type", [place]), "__name__", ast.Load())
        yield ast.Compare(name, [ast.NotEq()], [ast.Constant(spec.kind.__name__)])
    elif class_name := _class_name(spec):
        test = pieces.call("isinstance", [place, pieces.dotted(class_name)])
        yield ast.UnaryOp(ast.Not(), test)


def _class_name(spec: Any) -> str:
    if isinstance(spec, LongList):
        return spec.classes[0].__name__ if spec.classes else ""
    if isinstance(spec, Container):
        return spec.kind.__name__ if spec.kind in (tuple, list, dict, range) else ""
    if not isinstance(spec, Type) or spec.kind == "any":
        return ""
    if spec.is_array:
        return "np.ndarray"
    return spec.kind if spec.weak else f"np.{spec.dtype}"


def _rank_tests(place: ast.expr, t: Type, read: bool) -> Iterator[ast.expr]:
    """Test how many axes there are, where no test of all ranks does that."""
    tested = read and t.is_array
    if not tested and t.kind != "any" and t.rank is not None:
        yield ast.Compare(pieces.call("np.ndim", [place]), [ast.NotEq()], [ast.Constant(t.rank)])
