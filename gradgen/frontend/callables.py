"""Calls of what makes or applies functions: partial, reduce, operators, gradients in a loss."""

from __future__ import annotations

import ast
import dataclasses
import functools
import operator
import types
from typing import Any

import numpy as np

from gradgen.errors import Span
from gradgen.frontend import asked, class_attributes, kept, outside, row_kinds, unbound
from gradgen.frontend.attribute_dicts import attributes_as_dict
from gradgen.frontend.classes import MISSING, found_in
from gradgen.frontend.construction import replaced
from gradgen.frontend.describing import describe
from gradgen.frontend.evaluate import evaluate
from gradgen.frontend.gradients import LocalGradient, LocalPullback
from gradgen.frontend.identities import identity_of
from gradgen.frontend.objects import Method, class_of, delete_attribute, set_attribute_of, super_of
from gradgen.frontend.pointers import class_of_row
from gradgen.frontend.pools import fields_of
from gradgen.frontend.reader import Reader
from gradgen.frontend.source import NOT_QUIET, not_quiet, source_of
from gradgen.frontend.special import Handler, special
from gradgen.frontend.values import (
    BoundMethod,
    Choice,
    Frame,
    Generator,
    GlobalNames,
    Lazy,
    LocalFunction,
    Map,
    Once,
    Record,
    Ref,
    Seq,
    Static,
    plain,
    static_value,
)
from gradgen.ir.nodes import Const, Value, nothing
from gradgen.ir.types import Type
from gradgen.library import python, registry
from gradgen.library.collections import STANDS_FOR

CALLED = (LocalFunction, Method, BoundMethod, LocalGradient, LocalPullback)
NOT_CALLED = (Value, Ref, Seq, Map, Generator, Lazy, Once)  # numbers, containers and iterators
ITERATORS: tuple[type, ...] = (types.GeneratorType, map, filter, zip, enumerate, type(iter([])))


def from_library(r: Reader, node: ast.AST, fn: Any, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Read a call of a function of ``frontend.library`` at the place of the call."""
    # A cycle by nature: a library function is read as any other call.
    from gradgen.frontend.calls import call_value

    return call_value(r, node, borrowed(fn, r.span(node)), args, kwargs)


def borrowed(fn: Any, here: Span) -> LocalFunction:
    """Return one of gradgen's own functions, to be read as if it stood at a place of the user's."""
    found = source_of(fn)
    frame = Frame(dataclasses.replace(found, here=here), {}, fn.__globals__)
    named = [a.arg for a in found.node.args.kwonlyargs]
    kw = fn.__kwdefaults__ or {}
    defaults = list(map(plain, fn.__defaults__ or ()))
    return LocalFunction(
        found.node, frame, defaults, [plain(kw[n]) if n in kw else None for n in named]
    )


@special(registry.refused, listed=False)
def _refused(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    what, way_out = map(static_value, args)
    r.refuse(node, what, way_out)


@special(functools.reduce)
def _reduce(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    from gradgen.frontend.iteration import unchanged_by

    source = args[1] if len(args) > 1 else None
    if len(args) == 2 and isinstance(args[1], Seq) and args[1].items:
        first, *rest = args[1].items
        args = [args[0], Seq(rest), first]
    fn = python.reduce if len(args) == 3 else python.reduce_from_first
    if len(args) == 2 and isinstance(args[1], Once | Lazy | Generator):
        turns = isinstance(args[1], Lazy) and args[1].called is not None
        fn = python.reduce_in_turns if turns else python.reduce_iterator
    run = functools.partial(from_library, r, node, fn, args, kwargs)
    return unchanged_by(r, node, source, run) if isinstance(source, Seq) else run()


@special(functools.lru_cache, functools.cache)
def _cached(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Read a function whose results are kept."""
    if not args or not is_function(args[0]):
        return from_library(r, node, python.lru_cache, args, kwargs)
    function = args[0]
    if not isinstance(function, LocalFunction):
        return function
    kept.note(r, function.node)
    return dataclasses.replace(function, kept=True)


@special(python.named_after, listed=False)
def _named_after(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Give a function the name of the one that it wraps."""
    function, wrapped, assigned = args
    if not isinstance(function, LocalFunction) or "__name__" not in static_value(assigned):
        return function
    named = function.held is not None and "__name__" in function.held.fields
    if named or (kwargs and function.wrapped is not None):
        r.refuse(node, "a function that is given a name twice", "give it one name")
    if kwargs:  # in place, whatever holds it
        function.wrapped = wrapped
        return function
    return dataclasses.replace(function, wrapped=wrapped)


def _by_each_name(r: Reader, node: ast.AST, args: list[Any], read: Handler) -> Any:
    """Read a call for each name of an attribute that the path may have chosen."""
    # A cycle by nature: branches join what functions are.
    from gradgen.frontend.branches import on_each

    return on_each(r, node, args[1], lambda name: read(r, node, [args[0], name, *args[2:]], {}))


def _known_name(r: Reader, node: ast.AST, args: list[Any], what: str) -> str:
    """Return the name of an attribute that a call is given."""
    if not isinstance(args[1], Static) or not isinstance(args[1].obj, str):
        r.refuse(node, f"{what} with a name that is computed", "use a constant name")
    return args[1].obj


@special(getattr)
def _getattr(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    from gradgen.frontend.attributes import attribute

    if isinstance(args[1], Choice):
        return _by_each_name(r, node, args, _getattr)
    name = _known_name(r, node, args, "getattr")
    if len(args) == 3:
        known = _hasattr(r, node, args[:2], {})
        if not isinstance(known, Const):
            held = class_attributes.held if isinstance(args[0], Static) else _field
            return unbound.or_else(held(r, args[0], name, node), args[2])
        return attribute(r, args[0], name, node) if known.const else args[2]
    return attribute(r, args[0], name, node)


NUMBERS: dict[str, tuple[type, ...]] = {
    "float": (float, np.float64, np.float32),
    "int": (int, np.int64, np.int32),
    "bool": (bool, np.bool_),
}


@special(object.__setattr__, listed=False)
def _set_field(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Read how frozen dataclasses set what they compute in ``__post_init__``."""
    owner, name, value = args
    if not isinstance(owner, Record) or not isinstance(name, Static):
        r.refuse(node, "object.__setattr__ of what is no object of a class", "use a constant name")
    set_attribute_of(r, owner, name.obj, value, node, plain=True)
    return Static(None)


@special(id)
def _id(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Read which object something is, which is known."""
    return identity_of(r, args[0], node)


@special(callable)
def _callable(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    value = args[0]
    row = class_of_row(value)
    kind = row or (value.kind if isinstance(value, Record) else None)
    if row is not None and found_in(row, "__call__") is not MISSING:
        r.refuse(node, "callable of what may be None", "ask whether it is None")
    if isinstance(kind, type):
        return Static(found_in(kind, "__call__") is not MISSING)
    if not is_function(value) and not isinstance(value, (*NOT_CALLED, Static)):
        r.refuse(node, f"callable of a {describe(value)}", "test outside the loss")
    return Static(is_function(value))


def _classes_of(t: Type) -> tuple[type, ...]:
    """Return the classes of which a number may be, or what is a number or an array."""
    if t.kind == "any" and t.dtype:
        return (*(kind for kinds in NUMBERS.values() for kind in kinds), np.ndarray)
    return NUMBERS.get(t.kind, ())


@special(hasattr)
def _hasattr(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    name = args[1].obj if isinstance(args[1], Static) else None
    kind: Any = class_of(args[0])
    if isinstance(name, str) and kind in STANDS_FOR:
        box = args[0] if isinstance(args[0], Record) else Record(kind, {})
        return _all_have(r, node, row_kinds.classes_of_box(r, box), name, "a dict")
    if isinstance(name, str) and class_of_row(args[0]):
        held = name in fields_of(r, args[0], node)
        return Const(held or found_in(class_of_row(args[0]), name) is not MISSING)
    if isinstance(name, str) and isinstance(args[0], Value | Ref | Seq | Map):
        return _class_has(r, node, args[0], name)
    if isinstance(args[0], Generator | Lazy | Once):
        found = {hasattr(kind, str(name)) for kind in ITERATORS}
        if len(found) == 1:
            return Const(found.pop())
    if not isinstance(name, str) or not isinstance(args[0], Record | Static):
        r.refuse(node, f"hasattr of a {describe(args[0])}", "test outside the loss")
    if isinstance(args[0], Static):
        outside.note_answer(r, hasattr, args[0].obj, name)
        if hasattr(args[0].obj, name):
            return Const(True)
        return unbound.is_there(r, class_attributes.held(r, args[0], name, node))
    asked.note(r, args[0], ("hasattr", name))
    if found_in(args[0].kind, name) is not MISSING:
        return Const(True)
    return unbound.is_there(r, _field(r, args[0], name, node))


def _class_has(r: Reader, node: ast.AST, value: Any, name: str) -> Const:
    """Tell whether a number, an array or a container has an attribute: its class knows."""
    # A cycle by nature: what builtins do is read with these.
    from gradgen.frontend.builtin_calls import class_of_value

    what = f"hasattr of a {describe(value)}"
    if isinstance(value, Value | Ref) and (
        r.read(value).type.of or row_kinds.may_be_none(r, value)
    ):
        r.refuse(node, what, "test outside the loss")
    if isinstance(value, Map):
        kinds = {dict, *row_kinds.dicts_made(r)}
    else:
        kinds = set(_classes_of(r.read(value).type)) if isinstance(value, Value | Ref) else set()
        if len({hasattr(kind, name) for kind in kinds}) != 1:
            kinds = {class_of_value(r, node, value, "hasattr")}
    return _all_have(r, node, kinds, name, f"a {describe(value)}")


def _all_have(r: Reader, node: ast.AST, kinds: set[type], name: str, what: str) -> Const:
    """Tell whether what may be of several classes has an attribute, if they agree."""
    found = {hasattr(kind, name) for kind in kinds}
    if len(found) > 1:
        r.refuse(node, f"hasattr of {what}", "test outside the loss")
    return Const(found.pop())


def _field(r: Reader, owner: Record, name: str, node: ast.AST) -> Any:
    """Return what an object holds under a name, or nothing."""
    return r.settled(owner.fields.get(name, nothing(name)))


@special(setattr)
def _setattr(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    from gradgen.frontend.attributes import set_attribute

    if isinstance(args[1], Choice):
        return _by_each_name(r, node, args, _setattr)
    set_attribute(r, args[0], _known_name(r, node, args, "setattr"), args[2], node)
    return Static(None)


@special(delattr)
def _delattr(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    if isinstance(args[1], Choice):
        return _by_each_name(r, node, args, _delattr)
    delete_attribute(r, args[0], _known_name(r, node, args, "delattr"), node)
    return Static(None)


@special(globals)
def _globals(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Read the names of the module, which are asked for one by one."""
    return Record(GlobalNames, {})


def global_named(r: Reader, node: ast.AST, key: Any) -> Any:
    """Return what ``globals()[key]`` is."""
    frame = [*r.frame.outward()][-1]
    if not isinstance(key, Static) or not isinstance(key.obj, str):
        r.refuse(node, "globals() with a name that is computed", "use a dict of the functions")
    if key.obj not in frame.globals:
        r.fail(node, KeyError(key.obj))
    return r.wrap(frame.globals[key.obj], frame.globals, key.obj, node)


@special(vars)
def _vars(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    if len(args) != 1 or not isinstance(args[0], Record):
        r.refuse(node, "vars of this")
    return attributes_as_dict(r, node, args[0])


@special(iter)
def _iter(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    if len(args) != 1 or not isinstance(args[0], Seq | Map | Ref):
        r.refuse(node, f"iter of a {describe(args[0])}", "loop over the thing itself")
    return args[0]


special(super)(super_of)
special(dataclasses.replace)(replaced)


def is_function(value: Any) -> bool:
    """Whether a value can be called."""
    if isinstance(value, Static):
        return callable(value.obj)
    return isinstance(value, CALLED)


def getter(r: Reader, node: ast.AST, obj: Any) -> Any:
    """Return what an ``itemgetter``, ``attrgetter`` or ``methodcaller`` does, None for others."""
    if not isinstance(obj, operator.itemgetter | operator.attrgetter | operator.methodcaller):
        return None
    reduced: Any = obj.__reduce__()
    maker, args = reduced[:2]
    if maker not in python.READ:
        return None
    wrapped = [r.wrap(a, args, k, node) for k, a in enumerate(args)]
    return from_library(r, node, python.READ[maker], wrapped, {})


def require_quiet(r: Reader, call: ast.Call) -> None:
    """Refuse an ``np.errstate`` under which NumPy raises, or calls something: it is not printed."""
    for option in call.keywords:
        value = evaluate(r, option.value)
        text = value.obj if isinstance(value, Static) else None
        if isinstance(text, str) and text in NOT_QUIET:
            r.refuse(call, *not_quiet(text))


def _quiets(r: Reader, decorator: ast.expr) -> bool:
    """Whether a decorator is a call of ``np.errstate``, which changes no number."""
    made = evaluate(r, decorator.func) if isinstance(decorator, ast.Call) else None
    if not isinstance(decorator, ast.Call) or not isinstance(made, Static):
        return False
    if made.obj is not np.errstate:
        return False
    require_quiet(r, decorator)
    return True


def decorated(r: Reader, decorators: list[ast.expr], function: Any) -> Any:
    """Return what the decorators of a local function make of it."""
    from gradgen.frontend.calls import call_value

    made = [(d, evaluate(r, d)) for d in decorators if not _quiets(r, d)]
    for node, decorator in reversed(made):
        function = call_value(r, node, decorator, [function], {})
    return function
