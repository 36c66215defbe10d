"""What operators and built-in functions ask of objects: their special methods."""

from __future__ import annotations

import ast
import dataclasses
import inspect
import types
from collections.abc import Sequence
from typing import Any

from gradgen.frontend.classes import MISSING, found_in
from gradgen.frontend.objects import Method, class_of
from gradgen.frontend.reader import Reader
from gradgen.frontend.values import Seq, Static

OPERATORS = {
    ast.Add: "add", ast.Sub: "sub", ast.Mult: "mul", ast.Div: "truediv", ast.FloorDiv: "floordiv",
    ast.Mod: "mod", ast.Pow: "pow", ast.MatMult: "matmul", ast.BitAnd: "and", ast.BitOr: "or",
    ast.BitXor: "xor", ast.LShift: "lshift", ast.RShift: "rshift",
}  # fmt: skip


COMPARISONS = {
    ast.Lt: ("__lt__", "__gt__"), ast.LtE: ("__le__", "__ge__"), ast.Gt: ("__gt__", "__lt__"),
    ast.GtE: ("__ge__", "__le__"), ast.Eq: ("__eq__", "__eq__"), ast.NotEq: ("__ne__", "__ne__"),
}  # fmt: skip


SIGNS = {ast.USub: "__neg__", ast.UAdd: "__pos__", ast.Invert: "__invert__"}


# Methods of `Sequence` that go through `__getitem__`, as Python does where there are none.
AS_WITHOUT = (Sequence.__iter__, Sequence.__contains__, Sequence.__reversed__)


def special_method(value: Any, name: str) -> Any:
    """Return a method such as ``__add__`` of an object of the user's classes, None if it has none.

    A method that Python or a dataclass made is not one, nor is one that does what is done without.
    """
    kind = class_of(value)
    if kind is None:
        return None
    # One that stands outside the function is a list as it is, not spelled out.
    outside = isinstance(value, Static)
    found = inspect.getattr_static(kind, name, MISSING) if outside else found_in(kind, name)
    own = isinstance(found, types.FunctionType) and found not in AS_WITHOUT
    return Method(value, found) if own else None


def overloaded(r: Reader, node: Any, left: Any, right: Any) -> Any:
    """Return ``left op right`` as the objects' classes define it; ``MISSING`` if they do not."""
    name = OPERATORS.get(type(node.op), "")
    if isinstance(node, ast.AugAssign):
        done = invoked(r, node, left, f"__i{name}__", right)
        if done is not MISSING:
            return done
    tries = [(left, f"__{name}__", right), (right, f"__r{name}__", left)]
    for owner, method, other in _in_order(left, right, tries, f"__r{name}__"):
        done = invoked(r, node, owner, method, other)
        if done is not MISSING:
            return done
    return MISSING


def _in_order(left: Any, right: Any, tries: list[Any], reflected: str) -> list[Any]:
    """Return whose method Python asks first: the right one's, where its class refines the left's.

    Of two objects of one class, the reflected method is not asked at all.
    """
    one, other = class_of(left), class_of(right)
    if one is None or other is None or not issubclass(other, one):
        return tries
    if one is other:
        return tries[:1]
    refined = not reflected or found_in(other, reflected) is not found_in(one, reflected)
    return tries[::-1] if refined else tries


def compared(r: Reader, node: ast.AST, op: ast.cmpop, left: Any, right: Any) -> Any:
    """Return a comparison as the objects' classes define it; ``MISSING`` if they do not."""
    names = COMPARISONS.get(type(op))
    if names is None:
        return MISSING
    tries = [(left, names[0], right), (right, names[1], left)]
    if class_of(left) is not class_of(right):
        tries = _in_order(left, right, tries, "")
    for owner, name, other in tries:
        method = special_method(owner, name)
        if method is not None and method.function.__code__.co_filename == "<string>":
            return _fieldwise(r, node, op, left, right)
        done = invoked(r, node, owner, name, other)
        if done is not MISSING:
            return done
    return _unequal(r, node, left, right) if isinstance(op, ast.NotEq) else MISSING


def _unequal(r: Reader, node: Any, left: Any, right: Any) -> Any:
    """Return what ``!=`` is for a class that says only what ``==`` is; ``MISSING`` for others."""
    # A cycle by nature: comparisons are of objects, too.
    from gradgen.frontend.branches import negated, truth

    done = compared(r, node, ast.Eq(), left, right)
    return done if done is MISSING else negated(r, truth(r, done, node))


def fields_in_order(kind: Any) -> list[str]:
    """Return the fields by which objects of a dataclass are ordered, none where they are not."""
    if not dataclasses.is_dataclass(kind) or not kind.__dataclass_params__.order:  # type: ignore[union-attr]
        return []
    return [f.name for f in dataclasses.fields(kind) if f.compare]


def _fieldwise(r: Reader, node: Any, op: ast.cmpop, left: Any, right: Any) -> Any:
    """Compare two objects of one dataclass as the tuples of their fields."""
    kind = class_of(left)
    if kind is None or class_of(right) != kind:
        return MISSING
    from gradgen.frontend.attributes import attribute
    from gradgen.frontend.branches import chain
    from gradgen.frontend.comparisons import compare_two

    fields = fields_in_order(kind)
    if fields and not isinstance(op, ast.Eq):
        one, other = (Seq([attribute(r, o, n, node) for n in fields]) for o in (left, right))
        return compare_two(r, node, op, one, other)
    names = [f.name for f in dataclasses.fields(kind) if f.compare]
    tests = [
        lambda n=n: compare_two(
            r, node, ast.Eq(), attribute(r, left, n, node), attribute(r, right, n, node)
        )
        for n in names
    ]
    return chain(r, node, tests, stop_on=False)


def invoked(r: Reader, node: ast.AST, owner: Any, name: str, /, *args: Any, **kwargs: Any) -> Any:
    """Return what a special method gives; ``MISSING`` if the object has none."""
    from gradgen.frontend.calls import call_value

    method = special_method(owner, name)
    if method is None:
        return MISSING
    out = call_value(r, node, method, list(args), kwargs)
    return MISSING if isinstance(out, Static) and out.obj is NotImplemented else out


def object_truth(r: Reader, value: Any, node: ast.AST) -> Any:
    """Return what the truth of an object is asked of, None if every such object is true."""
    done = invoked(r, node, value, "__bool__")
    if done is MISSING:
        done = invoked(r, node, value, "__len__")
    return None if done is MISSING else done
