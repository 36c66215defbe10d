"""Calls: operations with rules, and callables with their own reading."""

from __future__ import annotations

import ast
import enum
import functools
import re
import sys
import types
from typing import Any

import numpy as np

from gradgen.checkpoint import checkpoint
from gradgen.custom import custom_jvp, custom_vjp
from gradgen.errors import SourceError, UnsupportedError
from gradgen.frontend import (
    bindings,
    comprehensions,
    kept,
    known,
    misfits,
    outside,
    picks,
    text_items,
)
from gradgen.frontend.arguments import every_item
from gradgen.frontend.array_arguments import arrays_for_lists, made_arrays
from gradgen.frontend.branches import distribute
from gradgen.frontend.callables import from_library, getter
from gradgen.frontend.classes import MISSING, is_users, library_folders
from gradgen.frontend.construction import (
    construct,
    fill_anew,
    initialises_fields,
    named_tuple_method,
    plain_tuple,
)
from gradgen.frontend.custom import call_custom
from gradgen.frontend.describing import describe
from gradgen.frontend.effects import call_effect, spelling_of
from gradgen.frontend.evaluate import evaluate
from gradgen.frontend.exact_kinds import makes_exact
from gradgen.frontend.gradients import LocalGradient, LocalPullback, is_maker
from gradgen.frontend.identities import note_any_order
from gradgen.frontend.inlining import inline_function, inline_local
from gradgen.frontend.iteration import made, makes_iteration
from gradgen.frontend.objects import Method, TupleNew, class_of
from gradgen.frontend.opened import generator_of
from gradgen.frontend.operators import chooses_structure
from gradgen.frontend.outputs import call_into, out_of, placed_out, without_none
from gradgen.frontend.parameters import binding_error
from gradgen.frontend.places import is_none
from gradgen.frontend.pointers import is_list_row, pointer
from gradgen.frontend.reader import Reader
from gradgen.frontend.records import expanded
from gradgen.frontend.sections import method_handlers
from gradgen.frontend.source import is_quieted, source_of
from gradgen.frontend.special import (
    METHOD_PLACES,
    SPECIAL,
    by_place,
    check_method_call,
    in_places,
)
from gradgen.frontend.special_methods import invoked
from gradgen.frontend.spread_calls import extreme, items_by_star, spread_arguments, wanted_by_star
from gradgen.frontend.texts import method_of_text, of_expression
from gradgen.frontend.ufunc_axes import call_laid_out, laid_out
from gradgen.frontend.ufunc_calls import plain_call
from gradgen.frontend.values import (
    BoundMethod,
    Choice,
    Frozen,
    Generator,
    Lazy,
    LocalFunction,
    Map,
    Record,
    Ref,
    Seq,
    Static,
    is_static,
    static_value,
)
from gradgen.ir.nodes import Value
from gradgen.library import READ_AS, READ_METHODS
from gradgen.rules.callables import PENDING, resolve
from gradgen.rules.registry import CALLABLES, METHODS, RULES

PENDING.append("gradgen.frontend.of_scipy")
# Builtins that ask an object's class.
ASKED = {
    id(f): f"__{f.__name__}__"
    for f in (len, abs, float, int, bool, iter, next, reversed, round, hash)
}


# The code of what ``functools.singledispatch`` makes, whose first argument's class chooses.
_DISPATCHING = functools.singledispatch(lambda value: value).__code__  # type: ignore[attr-defined]


def call(r: Reader, node: ast.Call) -> Any:
    """Return the value of a call."""
    callee = evaluate(r, node.func)
    effect = spelling_of(callee.obj) if isinstance(callee, Static) else ""
    if effect:
        return call_effect(r, node, effect)
    if isinstance(callee, Static) and makes_iteration(callee) and callee.obj is not checkpoint:
        return made(r, node)
    return called(r, node, callee)


def called(r: Reader, node: ast.Call, callee: Any) -> Any:
    """Return the value of a call of an evaluated callee."""
    note_any_order(node, callee)
    found = extreme(r, node, callee)
    if found is not None:
        return found
    args, kwargs = call_arguments(r, node, callee)
    r.b.span = r.span(node)
    out = call_value(r, node, callee, args, kwargs)
    for a in node.args:
        if isinstance(a, ast.GeneratorExp):
            comprehensions.forget_head(r, a)
    return out


def call_arguments(
    r: Reader, node: ast.Call, callee: Any = None
) -> tuple[list[Any], dict[str, Any]]:
    """Return the evaluated arguments of a call, stars unpacked."""
    spread = None if callee is None else spread_arguments(r, node, callee)
    wanted = None if callee is None else wanted_by_star(node, callee)
    args: list[Any] = spread or []
    for place, a in enumerate(node.args) if spread is None else ():
        if isinstance(a, ast.Starred):
            args += items_by_star(r, a, wanted)
        elif isinstance(a, ast.GeneratorExp):
            args.append(comprehensions.begun(r, a, [*node.args[place + 1 :], *node.keywords]))
        else:
            args.append(evaluate(r, a))
    kwargs: dict[str, Any] = {}
    for k in node.keywords:
        value = evaluate(r, k.value)
        value = expanded(r, value, k.value) if k.arg is None else value
        if k.arg is None and not isinstance(value, Map):
            r.refuse(k.value, "unpacking by ** of something that is not a dict with known keys")
        more = {k.arg: value} if k.arg is not None else every_item(r, k.value, value)
        twice = [name for name in more if name in kwargs]
        if twice:
            name = ast.unparse(node.func)
            what = f"{name}() got multiple values for keyword argument {twice[0]!r}"
            raise binding_error(r, node, what)
        kwargs.update(more)
    return args, kwargs


def call_value(
    r: Reader, node: ast.AST, callee: Any, args: list[Any], kwargs: dict[str, Any]
) -> Any:
    """Call a value with evaluated arguments."""
    args = [r.settled(a) for a in args]
    if isinstance(callee, Choice):
        return distribute(r, node, callee, lambda option: call_value(r, node, option, args, kwargs))
    if isinstance(callee, BoundMethod):
        return _method(r, node, callee, args, kwargs)
    if isinstance(callee, LocalFunction):
        return inline_local(r, node, callee, args, kwargs)
    if isinstance(callee, Method):
        return _call_object(r, node, callee.function, [callee.owner, *args], kwargs)
    if isinstance(callee, Record) and callee.kind is Frozen and "__call__" in callee.fields:
        return call_value(r, node, callee.fields["__call__"], args, kwargs)
    if isinstance(callee, Record | Seq) or pointer(callee):
        called = invoked(r, node, callee, "__call__", *args, **kwargs)
        if called is not MISSING:
            return called
    if isinstance(callee, LocalGradient):
        from gradgen.frontend.local_derivatives import call_local_gradient

        return call_local_gradient(r, node, callee, args, kwargs)
    if isinstance(callee, LocalPullback):
        from gradgen.frontend.derivatives import call_pullback

        return call_pullback(r, node, callee, args, kwargs)
    if isinstance(callee, Static):
        return _call_object(r, node, callee.obj, args, kwargs)
    r.refuse(node, f"a call of a {describe(callee)}", "call a function, a class or a method")


def _call_object(
    r: Reader, node: ast.AST, obj: Any, args: list[Any], kwargs: dict[str, Any]
) -> Any:
    if isinstance(obj, np.ufunc) and (kwargs or len(args) > obj.nin):
        if laid_out(obj, kwargs):
            again = functools.partial(_call_object, r, node, obj)
            return call_laid_out(r, node, obj, args, kwargs, again)
        args, kwargs = plain_call(r, node, obj, args, kwargs)
    out = out_of(r, node, obj, args, kwargs)
    if out is not None:
        again = functools.partial(_call_object, r, node, obj)
        return call_into(r, node, obj, out, args, kwargs, again)
    args, kwargs = without_none(obj, args, kwargs)
    asked = ASKED.get(id(obj))
    if asked is not None and len(args) == 1 and class_of(args[0]):
        done = invoked(r, node, args[0], asked)
        if done is not MISSING:
            return done
    if SPECIAL.of(obj) or CALLABLES.of(obj) or READ_AS.of(obj):
        return _call_known(r, node, obj, args, kwargs)
    return _call_foreign(r, node, obj, args, kwargs)


def _call_known(r: Reader, node: ast.AST, obj: Any, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Call what has a rule, or a reading of its own; for each choice that an argument may be."""
    if obj is not id:  # which one a list is, its place says
        args = [expanded(r, a, node) if is_list_row(a) else a for a in args]
        kwargs = {k: expanded(r, a, node) if is_list_row(a) else a for k, a in kwargs.items()}
    special, operation = SPECIAL.of(obj), CALLABLES.of(obj)
    k = next((k for k, a in enumerate(args) if chooses_structure(a)), None)
    shares = special is not None or (operation is not None and bool(RULES[operation].alias))
    if shares and args and isinstance(args[0], Choice):
        k = 0  # it may write to its first argument, or return a view of it
    if k is not None:
        return distribute(
            r,
            node,
            args[k],
            lambda o: _call_object(r, node, obj, [*args[:k], o, *args[k + 1 :]], kwargs),
        )
    module = str(getattr(obj, "__module__", None)).partition(".")[0]
    if (operation is not None and special is None) or module in ("numpy", "scipy"):
        args, kwargs = known.without_enums(args, kwargs)
    names = known.names_of(obj, RULES[operation] if operation else None, READ_AS.of(obj))
    args, kwargs = known.in_call(r, names, args, kwargs)
    misfits.check_axes(r, node, obj, names, args, kwargs)
    try:
        return _read_known(r, node, obj, args, kwargs)
    except UnsupportedError as refusal:
        misfits.refuse_or_fail(r, node, obj, args, kwargs, refusal)


def _read_known(r: Reader, node: ast.AST, obj: Any, args: list[Any], kwargs: dict[str, Any]) -> Any:
    special, operation = SPECIAL.of(obj), CALLABLES.of(obj)
    if operation is None or special is not None:
        args, kwargs = arrays_for_lists(r, node, obj, args, kwargs)
    if special is not None:
        node.__dict__["callee"] = getattr(obj, "__name__", type(obj).__name__)
        args, kwargs = by_place(r, node, obj, args, kwargs)
        return special(r, node, args, kwargs)
    if operation is not None:
        if obj is abs and args and isinstance(args[0], Seq):
            r.fail(node, TypeError(f"bad operand type for abs(): {describe(args[0])!r}"))
        if RULES[operation].elementwise and any(map(is_none, args)) and not kwargs:
            _fail_with_none(r, node, obj, args)
        return _call_operation(r, node, operation, args, kwargs)
    return from_library(r, node, READ_AS.of(obj), args, kwargs)


def _is_method_of(obj: types.MethodDescriptorType, owner: Any) -> bool:
    """Whether a method that stands for itself, such as ``np.ndarray.sum``, belongs to a value."""
    kind = obj.__objclass__
    if isinstance(owner, Ref):
        return kind is np.ndarray and owner.value.type.kind == "array"
    if isinstance(owner, Seq | Map):
        return kind is (dict if isinstance(owner, Map) else owner.kind)
    return isinstance(owner, Static) and type(owner.obj) is kind


def _fail_with_none(r: Reader, node: ast.AST, obj: Any, args: list[Any]) -> None:
    """Raise what a function of numbers raises for None in the place of one."""
    try:
        obj(*(None if is_none(a) else 1.0 for a in args))
    except TypeError as error:
        r.fail(node, error)


def _call_cached(
    r: Reader, node: ast.AST, obj: Any, args: list[Any], kwargs: dict[str, Any]
) -> Any:
    """Call what keeps its results by value: the function behind gives the same."""
    function = obj.__wrapped__
    if isinstance(function, types.FunctionType):
        kept.note(r, source_of(function).node)
    again = functools.partial(_call_object, r, node, function, args, kwargs)
    return kept.result(r, obj, args, kwargs, again)


def _call_foreign(
    r: Reader, node: ast.AST, obj: Any, args: list[Any], kwargs: dict[str, Any]
) -> Any:
    """Call what is not gradgen's to know: a function to read, or an object that leads to one."""
    if isinstance(obj, custom_vjp | custom_jvp):
        return call_custom(r, node, obj, args, kwargs)
    inline = getattr(obj, "__gradgen_inline__", None)
    if inline is not None and not isinstance(obj, type):
        from gradgen.frontend.derivatives import inline_derivative

        return inline_derivative(r, node, obj, args, kwargs)
    if is_maker(obj):
        from gradgen.frontend.local_derivatives import gradient_maker

        return gradient_maker(r, node, obj, args, kwargs)
    if isinstance(obj, functools._lru_cache_wrapper):
        return _call_cached(r, node, obj, args, kwargs)
    if is_quieted(obj):
        return _call_object(r, node, obj.__wrapped__, args, kwargs)
    if isinstance(obj, TupleNew) or obj is tuple.__new__:
        base = getattr(obj, "base", tuple)
        return plain_tuple(r, node, base, static_value(args[0]), args[1:], kwargs)
    if makes_exact(obj):
        from gradgen.frontend.exact_numbers import made  # few programs have such numbers

        return made(r, node, obj, args, kwargs)
    if isinstance(obj, types.MethodType):
        return _call_object(r, node, obj.__func__, [Static(obj.__self__), *args], kwargs)
    if isinstance(obj, functools.partial):
        held = [r.wrap(a, obj.args, k, node) for k, a in enumerate(obj.args)]
        named = {k: r.wrap(v, obj.keywords, k, node) for k, v in obj.keywords.items()}
        return _call_object(r, node, obj.func, [*held, *args], {**named, **kwargs})
    made = getter(r, node, obj)
    if made is not None:
        return call_value(r, node, made, args, kwargs)
    if isinstance(obj, types.MethodDescriptorType) and args and _is_method_of(obj, args[0]):
        from gradgen.frontend.attributes import attribute

        # ``np.ndarray.sum(x)`` is ``x.sum()``, and ``str.upper(s)`` is ``s.upper()``.
        return call_value(r, node, attribute(r, args[0], obj.__name__, node), args[1:], kwargs)
    if getattr(obj, "__module__", "") == "re" and isinstance(obj, types.FunctionType):
        return of_expression(r, node, obj, args, kwargs)
    if args and getattr(obj, "__code__", None) is _DISPATCHING:
        kind = _dispatched(r, node, args[0])
        outside.note_answer(r, obj.dispatch, kind)
        return _call_object(r, node, obj.dispatch(kind), args, kwargs)
    if isinstance(obj, types.FunctionType):
        if args and initialises_fields(obj, args[0]):
            return fill_anew(r, node, obj, args, kwargs)
        return _inline_foreign(r, node, obj, args, kwargs)
    if isinstance(obj, type) and issubclass(obj, BaseException) and not (is_users(obj) or kwargs):
        from gradgen.frontend.caught import exception_made  # few programs keep one

        return _call_known(r, node, exception_made, [Static(obj), *args], {})
    return _call_maker(r, node, obj, args, kwargs)


def _call_maker(r: Reader, node: ast.AST, obj: Any, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Call a class, a method of a text, or an object that can be called."""
    if isinstance(obj, type) and (is_users(obj) or obj is types.SimpleNamespace):
        return construct(r, node, obj, args, kwargs)
    if isinstance(obj, enum.EnumMeta):
        return _member(r, node, obj, args, kwargs)
    if isinstance(getattr(obj, "__self__", None), str):
        return method_of_text(r, node, obj, [_given_to_text(r, node, a) for a in args], kwargs)
    if isinstance(getattr(obj, "__self__", None), re.Match | re.Pattern):
        return of_expression(r, node, obj, args, kwargs)
    own_call = getattr(type(obj), "__call__", None)  # noqa: B004
    if isinstance(own_call, types.FunctionType):
        return _call_object(r, node, own_call, [Static(obj), *args], kwargs)
    _refuse_callee(r, node, obj)


def _given_to_text(r: Reader, node: ast.AST, value: Any) -> Any:
    from gradgen.frontend.aggregates import sequence

    if isinstance(node, ast.Call) and len(node.args) == 1:
        value = text_items.given(r, node.args[0], value)
    return sequence(r, node, value) if isinstance(value, Generator | Lazy) else value


def _call_operation(
    r: Reader, node: ast.AST, operation: str, args: list[Any], kwargs: dict[str, Any]
) -> Any:
    """Call an operation, or what the call is where it gives more than that takes."""
    kwargs = bindings.respelled(RULES[operation], args, kwargs)
    fuller = bindings.fuller(RULES[operation], args, kwargs) or operation
    if fuller not in RULES:
        return from_library(r, node, READ_AS.of(resolve(fuller)), args, kwargs)
    return bindings.call_rule(r, node, RULES[fuller], args, kwargs)


def _dispatched(r: Reader, node: ast.AST, value: Any) -> type:
    """Return the class by which ``functools.singledispatch`` chooses."""
    if isinstance(value, Map):
        return dict
    kind: type = call_value(r, node, Static(type), [value], {}).obj
    return kind


def _inline_foreign(
    r: Reader, node: ast.AST, fn: types.FunctionType, args: list[Any], kwargs: dict[str, Any]
) -> Any:
    """Inline a function; what fails inside a library is reported as the call of it."""
    own = generator_of(fn) or fn
    if not own.__code__.co_filename.startswith((*library_folders(), "<frozen ")):
        try:
            return inline_function(r, node, fn, args, kwargs)
        except SourceError as error:
            raise SourceError(error.message, error.span or r.span(node), error.hint) from None
    try:
        return inline_function(r, node, fn, args, kwargs)
    except (UnsupportedError, SourceError, TypeError):
        _refuse_callee(r, node, fn)


def _member(r: Reader, node: ast.AST, obj: Any, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Return the member of an enum that a value stands for."""
    if len(args) == 1 and not kwargs and picks.is_number_of_member(r, obj, args[0]):
        return picks.chosen_member(r, node, obj, args[0])
    if kwargs or not all(map(is_static, args)):
        r.refuse(node, f"a computed member of {obj.__name__}", "pass the member itself")
    try:
        return Static(obj(*map(static_value, args)))
    except ValueError as error:
        r.fail(node, error)


def _home(obj: Any) -> str:
    """Return where SciPy has a ufunc, '' for anything else: a ufunc says that it is NumPy's."""
    special = sys.modules.get("scipy.special")
    its_own = isinstance(obj, np.ufunc) and getattr(special, obj.__name__, None) is obj
    return "scipy.special" if its_own else ""


INSTEAD = {
    "numpy.nditer": "its order is that of memory: loop over np.ndenumerate(a), or over a.flat",
    "collections.ChainMap": "merge the dicts, the last one first: {**defaults, **given}",
}


def _refuse_callee(r: Reader, node: ast.AST, obj: Any) -> Any:
    if not callable(obj):
        r.fail(node, TypeError(f"{type(obj).__name__!r} object is not callable"))
    name = getattr(obj, "__qualname__", None) or getattr(obj, "__name__", type(obj).__name__)
    module = _home(obj) or getattr(obj, "__module__", "") or type(obj).__module__
    kept = sys.modules.get(type(getattr(obj, "__self__", None)).__module__)
    bound = isinstance(obj, types.BuiltinMethodType | types.MethodType)
    if kept is not None and bound and getattr(kept, obj.__name__, None) == obj:
        name, module = obj.__name__, kept.__name__  # of an object that the module keeps
    public = ".".join(part for part in module.split(".") if not part.startswith("_"))
    hint = "use NumPy operations that have rules, or compute it outside and pass it as an argument"
    if hasattr(obj, "py_func"):
        hint = f"call the Python function that was compiled, {name}.py_func"
    hint = INSTEAD.get(f"{public}.{name}", hint)
    if public == "scipy.optimize":
        hint = "write the iterations as a loop, in a function decorated with gradgen.implicit"
    if public == "time":
        hint = "read the clock around the call of the function or of its gradient, not inside"
    r.refuse(node, f"a call of {public or module}.{name}, for which there is no rule", hint)


def _method(
    r: Reader, node: ast.AST, method: BoundMethod, args: list[Any], kwargs: dict[str, Any]
) -> Any:
    # The arguments may have made a list one of the graph since it was looked up.
    owner, name = expanded(r, r.settled(method.owner), node), method.name
    if isinstance(owner, Ref) and owner.value.type.kind == "array":
        check_method_call(r, node, name, kwargs)
        args, kwargs = known.without_enums(args, kwargs)
    names = known.names_of_method(name, len(args))
    args, kwargs = known.in_call(r, names, args, kwargs)
    if isinstance(owner, Seq) and name in ("_replace", "_asdict"):
        return named_tuple_method(r, node, owner, name, kwargs)
    function = getattr(np, name, None)
    out = kwargs.pop("out", placed_out(function, [owner, *args]))
    if not is_none(out):
        return call_into(
            r,
            node,
            function,
            out,
            [owner, *args],
            kwargs,
            lambda given, named: _method(r, node, method, given[1:], named),
        )
    own = getattr(np.ndarray, name, None) if isinstance(owner, Ref) else None
    given = [owner, *args]
    misfits.check_axes(r, node, own, ("", *names), given, kwargs)
    try:
        return _read_method(r, node, owner, name, args, kwargs)
    except UnsupportedError as refusal:
        misfits.refuse_or_fail(r, node, own, given, kwargs, refusal)


def _read_method(
    r: Reader, node: ast.AST, owner: Any, name: str, args: list[Any], kwargs: dict[str, Any]
) -> Any:
    handler = method_handlers().get(name)
    if isinstance(owner, Ref) and r.read(owner).type.kind == "array":
        args, kwargs = made_arrays(r, node, args, kwargs)
    if handler is not None:
        args, kwargs = in_places(METHOD_PLACES.get(name, "").split(), args, kwargs)
        return handler(r, node, owner, args, kwargs)
    if isinstance(owner, Value | Ref) and name in METHODS:
        return _call_operation(r, node, METHODS[name], [owner, *args], kwargs)
    if isinstance(owner, Value | Ref) and name in READ_METHODS:
        return from_library(r, node, READ_METHODS[name], [owner, *args], kwargs)
    r.refuse(node, f"the method {name!r} of a {describe(owner)} has no rule")
