"""Calls of Python's builtins and of ``math`` whose arguments need a reading of their own."""

from __future__ import annotations

import ast
import builtins
import functools
import itertools
import math
import types
from typing import Any

import numpy as np

from gradgen.frontend import asked, row_kinds
from gradgen.frontend.arguments import any_items
from gradgen.frontend.bindings import check_numbers, emit
from gradgen.frontend.branches import truth
from gradgen.frontend.describing import describe
from gradgen.frontend.evaluate import as_value
from gradgen.frontend.exact_kinds import is_exact
from gradgen.frontend.indices import without_none
from gradgen.frontend.iterables import as_positions
from gradgen.frontend.lists import as_array, is_list, is_power
from gradgen.frontend.operands import are_of_python, fail_as_python
from gradgen.frontend.operators import arithmetic
from gradgen.frontend.places import is_none as is_missing
from gradgen.frontend.pointers import is_none, pointer, row_of_argument
from gradgen.frontend.reader import Reader
from gradgen.frontend.records import expanded
from gradgen.frontend.special import callee_name, in_places, no_more, special
from gradgen.frontend.texts import converted, of_texts
from gradgen.frontend.unbound import number_there
from gradgen.frontend.values import (
    Generator,
    Iteration,
    Lazy,
    LocalFunction,
    Map,
    Once,
    Record,
    Ref,
    Seq,
    SliceValue,
    Static,
    is_static,
    static_value,
)
from gradgen.ir.nodes import Const, Value
from gradgen.ir.types import Type
from gradgen.library.collections import STANDS_FOR
from gradgen.rules.complexes import is_complex
from gradgen.rules.registry import RULES

ITERATORS = (types.GeneratorType, map, filter, zip, enumerate, reversed, range, itertools.chain)
# What a number or an array may be; of numbers, np.where makes arrays without axes.
NUMBERS: tuple[type, ...] = (
    *(bool, int, float, complex, np.ndarray),
    *(np.dtype(k).type for k in "?lfdFD"),
)
DICT_VIEWS: tuple[type, ...] = (type(dict[str, int]().values()), type(dict[str, int]().items()))


@special(math.log)
def _log(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    if kwargs:
        r.fail(node, TypeError("math.log() takes no keyword arguments"))
    return emit(r, node, RULES["math.log_base" if len(args) == 2 else "math.log"], args, {})


@special("cmath.log")
def _complex_log(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    if kwargs or not 1 <= len(args) <= 2:
        r.fail(node, TypeError("cmath.log takes a number, and a base"))
    logs = [as_value(r, emit(r, node, RULES["cmath.log"], [a], {}), node) for a in args]
    return r.hold(arithmetic(r, "div", logs[0], logs[1], node)) if logs[1:] else logs[0]


@special(pow)
def _power(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    names = ("base", "exp", "mod")
    given = [*args, *(kwargs.pop(n) for n in names[len(args) :] if n in kwargs)]
    if kwargs or len(given) != 2:
        if len(given) == 3 and is_static(Seq(given)):
            return Const(pow(*map(static_value, given)))
        r.refuse(node, "pow with three arguments", "compute it outside")
    if are_of_python(r, *given):
        fail_as_python(r, node, *given, op=ast.Pow())
    return emit(r, node, RULES["pow"], given, {})


@special(float)
def _float(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    return _number(r, node, float, args, kwargs)


@special(int)
def _int(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    return _number(r, node, int, args, kwargs)


@special(bool)
def _bool(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    if not args and not kwargs:
        return Const(False)
    contained = len(args) == 1 and isinstance(args[0], Seq | Map | Static | Record)
    contained = contained or (len(args) == 1 and is_list(r, args[0]))
    contained = contained or (len(args) == 1 and row_kinds.is_range(args[0]))
    if contained and isinstance(node, ast.Call):
        found = truth(r, args[0], node)
        if isinstance(found, Const) or found.type.kind == "bool":
            return found
        args = [found]  # of a list, how long it is
    return emit(r, node, RULES["bool"], args, kwargs)


def _number(r: Reader, node: ast.AST, kind: type, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Read a conversion to a number: of a number, or of text that is known."""
    if not args and not kwargs:
        return Const(kind())
    said = bool(args) and isinstance(args[0], Static) and isinstance(args[0].obj, str | bytes)
    text = said or (bool(args) and is_exact(args[0]))
    if text and all(map(is_static, [*args, *kwargs.values()])):
        named = {k: static_value(v) for k, v in kwargs.items()}
        return of_texts(r, node, kind, args, named)
    if len(args) == 1 and isinstance(args[0], Static) and args[0].obj is None:
        try:
            kind(None)
        except TypeError as error:
            r.fail(node, error)
    if args:
        check_numbers(r, node, [as_value(r, args[0], node)])
    return emit(r, node, RULES[kind.__name__], args, kwargs)


@special(complex)
def _complex(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Read a complex number made of its parts."""
    parts = [*args, *([kwargs.pop("imag")] if "imag" in kwargs else [])]
    if len(parts) == 1 and not kwargs:
        parts.append(Const(0.0))
    if kwargs or len(parts) != 2 or any(is_complex(as_value(r, p, node)) for p in parts):
        r.refuse(node, "complex() of these arguments", "give the real and the imaginary part")
    return emit(r, node, RULES["complex"], parts, {})


@special(divmod)
def _divmod(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    if are_of_python(r, *args):
        fail_as_python(r, node, *args, op=ast.FloorDiv())
    a, b = (as_array(r, as_value(r, v, node), node) for v in args)
    return Seq([r.hold(arithmetic(r, prim, a, b, node)) for prim in ("floordiv", "mod")])


@special("logging.getLogger")
def _logger(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    if not all(map(is_static, args)):
        r.refuse(node, "a logger of a computed name", "name it by a constant")
    import logging  # it is there: it was called

    return Static(logging.getLogger(*map(static_value, args)))


@special(str, repr, format)
def _text(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    return converted(r, node, callee_name(node), args)


def _of_what_is_known(function: Any) -> None:
    """Enter a builtin that makes texts of whole numbers, or whole numbers of texts."""

    @special(function, listed=function is not str.maketrans)
    def read(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
        """Read what it makes of a letter or whole number that is known."""
        args = [_if_known(a) for a in args]
        if not all(map(is_static, args)):
            r.refuse(node, f"{function.__name__} of what is not known", "use constants")
        return of_texts(r, node, function, args, {})


def _if_known(value: Any) -> Any:
    """Return a dict of known items, as the letters of ``str.maketrans``, as Python's own."""
    if (
        isinstance(value, Map)
        and value.unknown is None
        and all(map(is_static, value.items.values()))
    ):
        return Static({k: static_value(v) for k, v in value.items.items()})
    return value


for _function in (ord, chr, bin, oct, hex, str.maketrans):
    _of_what_is_known(_function)


@special(len)
def _len(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    value = expanded(r, args[0], node)
    if isinstance(value, Map):
        return number_there(r, any_items(r, node, value))
    if isinstance(value, Seq):
        asked.note(r, value, asked.COUNT)
        return Const(len(value.items))
    if isinstance(value, Static):
        try:
            return Const(len(value.obj))
        except TypeError as error:
            r.fail(node, error)
    if isinstance(value, Iteration):
        return as_positions(r, value).length
    v = as_value(r, value, node)
    d = v.type.shape[0] if v.type.shape else None
    return Const(d) if isinstance(d, int) else r.b.emit("len", [v])


PYTHONS: dict[str, type] = {"float": float, "int": int, "bool": bool, "complex": complex}


@special(isinstance)
def instance_test(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Read ``isinstance``, which the types decide."""
    # A cycle by nature: objects are made by calls.
    from gradgen.frontend.objects import Method

    kinds = args[1].obj if isinstance(args[1], Static) else static_value(args[1])
    value = args[0]
    asked.note(r, value, asked.CLASS)
    if isinstance(node, ast.Call) and node.args:
        r.only_asked(node.args[0], value)
    wanted = kinds if isinstance(kinds, tuple) else (kinds,)
    unlike = {issubclass(kind, kinds) for kind in (list, *row_kinds.STAND_INS)} == {True, False}
    asks = unlike and row_kinds.kind_of(r, node, value) is list
    if asks and (other := row_kinds.taken_for_lists(r)):
        what = f"isinstance of what may be a list or a {other}"
        r.refuse(node, what, "test outside the loss")
    if pointer(value):
        there = is_none(r, node, value, negated=True)
        of = pointer(value).kind  # type: ignore[union-attr]
        kind = getattr(of, "kind", of) or type(None)
        mine = issubclass(STANDS_FOR.get(kind, kind), kinds)
        if mine == issubclass(type(None), kinds):
            return Const(mine)
        return there if mine else is_none(r, node, value)
    if isinstance(value, LocalFunction) and functools.partial in wanted:
        r.refuse(node, "isinstance of what may be a functools.partial", "test outside the loss")
    if row_kinds.is_view(r, value):
        found = {issubclass(kind, kinds) for kind in DICT_VIEWS}
        if len(found) > 1:
            r.refuse(node, "isinstance of a view of a dict", "make a list of it first")
        return Const(found.pop())
    if isinstance(value, Seq):
        return Const(issubclass(value.kind, kinds))
    if isinstance(value, Map | Record):
        return _box_test(r, node, value, kinds)
    if isinstance(value, SliceValue):
        return Const(issubclass(slice, kinds))
    if isinstance(value, Static):
        return Const(isinstance(value.obj, kinds))
    if isinstance(value, LocalFunction):
        return Const(issubclass(types.FunctionType, kinds))
    if isinstance(value, Generator | Lazy | Once | Iteration):
        return _iterator_test(r, node, value, kinds)
    if isinstance(value, Method):
        return Const(issubclass(types.MethodType, kinds))
    if isinstance(value, Value | Ref) and _is_none_of(r.read(value).type, kinds):
        return Const(False)
    if isinstance(value, Value | Ref) and _is_one_of(r.read(value).type, kinds):
        return Const(True)
    found = {issubclass(kind, kinds) for kind in _classes_on_paths(r, value)}
    if len(found) == 1:
        return Const(found.pop())
    return Const(issubclass(class_of_value(r, node, value, "isinstance"), kinds))


@special(issubclass)
def _subclass_test(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Read ``issubclass`` of classes that are known."""
    if not all(map(is_static, args)):
        r.refuse(node, "issubclass of classes that depend on the path", "ask it on each path")
    try:
        return Const(issubclass(*map(static_value, args)))
    except TypeError as error:
        r.fail(node, error)


def _classes_on_paths(r: Reader, value: Any) -> list[type]:
    """Return the classes of a number that the path chooses, none where one is not known."""
    op = value.op if isinstance(value, Value) and value.type.kinds else None
    if op is None or op.prim != "if":
        return []
    out: list[type] = []
    for block in op.blocks:
        if block.end == "yield":
            end = block.results[op.outputs.index(value)]
            found = _classes_on_paths(r, end) if end.type.kinds else _class_of_number(r, end)
            if not found:
                return []
            out += found
    return out


def _class_of_number(r: Reader, v: Value) -> list[type]:
    """Return the class of a number of one kind, none where it may be something else."""
    if v.type.kind not in PYTHONS or v.type.of is not None or row_kinds.may_be_none(r, v):
        return []
    return [PYTHONS[v.type.kind] if v.type.weak else np.dtype(v.type.dtype).type]


def _is_none_of(t: Type, kinds: Any) -> bool:
    """Whether a number, or what may be an array, is surely no instance, whatever it is."""
    return bool(t.kinds or t.kind == "any") and not any(issubclass(k, kinds) for k in NUMBERS)


def _is_one_of(t: Type, kinds: Any) -> bool:
    """Whether what may be an array or a number is surely an instance, whatever it is."""
    return t.kind == "any" and all(issubclass(k, kinds) for k in NUMBERS)


def _box_test(r: Reader, node: ast.AST, value: Map | Record, kinds: Any) -> Const:
    """Read ``isinstance`` of a dict or an object; a dict may be one of another class."""
    if isinstance(value, Record) and issubclass(value.kind, kinds):
        return Const(True)  # what stands for another class is asked so by our own library
    found = {issubclass(kind, kinds) for kind in row_kinds.classes_of_box(r, value)}
    if len(found) > 1:
        r.refuse(node, "isinstance of what may be a dict of another class", "test outside the loss")
    return Const(found.pop())


def _iterator_test(r: Reader, node: ast.AST, value: Any, kinds: Any) -> Const:
    """Read ``isinstance`` of a range or an iterator: of the latter, which one is not kept."""
    of_range = isinstance(value, Iteration) and value.bounds and not value.backwards
    found = {issubclass(kind, kinds) for kind in ((range,) if of_range else ITERATORS)}
    if len(found) > 1:
        r.refuse(node, f"isinstance of a {describe(value)}", "make a list of it first")
    return Const(found.pop())


def class_of_value(r: Reader, node: ast.AST, value: Any, what: str) -> type:
    """Return the class of a number, an array or a list."""
    v, kind = as_value(r, value, node), row_kinds.kind_of(r, node, value)
    if kind is not None:
        return kind
    if v.type.kind == "any":
        r.refuse(node, f"{what} of a value of unknown type", "give example arguments")
    if v.type.kinds:
        what = f"{what} of a number that may be one of several kinds, such as an int or a float"
        r.refuse(node, what, "make it one kind, by float(...), where it is made")
    classes = {**PYTHONS, "array": np.ndarray, "list": list}
    if v.type.is_scalar and not v.type.weak:
        return np.dtype(v.type.dtype).type
    return classes[v.type.kind]


@special(builtins.round)
def _round(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    given, named = in_places(("number", "ndigits"), args, kwargs)
    no_more(r, node, named)
    values = [as_value(r, a, node) for a in given]
    if values[0].type.rank:
        r.fail(node, TypeError("type numpy.ndarray doesn't define __round__ method"))
    if len(values) > 1 and values[1].type.kind == "float" and not is_power(values[1]):
        r.fail(node, TypeError("'float' object cannot be interpreted as an integer"))
    return r.b.emit("py_round", values)


@special(slice)
def _slice(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    given = [None, *args] if len(args) == 1 else args
    ends = without_none(r, node, [*given, None][:3])
    start, stop, step = (None if is_missing(a) else as_value(r, a, node) for a in ends)
    return SliceValue((start, stop, step))


@special(type)
def _type(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    # A cycle by nature: properties are called.
    from gradgen.frontend.attributes import attribute

    for value in args[:1]:
        asked.note(r, value, asked.CLASS)
    if len(args) == 1 and (row := row_of_argument(args[0])):
        return Static(row.kind)
    if pointer(args[0]):
        return attribute(r, args[0], "__class__", node)
    if row_kinds.may_be_queue(r, args[0]) and (other := row_kinds.taken_for_lists(r)):
        r.refuse(node, f"type of what may be a list or a {other}", "test outside the loss")
    if len(args) == 1 and isinstance(args[0], Record):
        return Static(row_kinds.class_of_box(r, node, args[0]))
    if len(args) == 1 and isinstance(args[0], Seq):
        return Static(args[0].kind)
    if len(args) == 1 and isinstance(args[0], Value | Ref):
        return Static(class_of_value(r, node, args[0], "type"))
    if len(args) == 1 and isinstance(args[0], Static):
        return Static(type(args[0].obj))
    r.refuse(node, f"type of a {describe(args[0])}")
