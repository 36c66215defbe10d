"""Calls of what makes or applies functions: partial, reduce, operators, gradients in a loss."""

from __future__ import annotations

import ast
import builtins
import dataclasses
import functools
import hashlib
import inspect
import linecache
import operator
import types
from typing import Any

from gradgen.errors import Span
from gradgen.frontend.classes import MISSING, found_in
from gradgen.frontend.evaluate import evaluate
from gradgen.frontend.iterables import plain
from gradgen.frontend.layouts import perhaps_shared
from gradgen.frontend.objects import Method, replaced, super_of
from gradgen.frontend.reader import Reader, describe
from gradgen.frontend.source import Source, source_of
from gradgen.frontend.special import special
from gradgen.frontend.values import (
    Frame,
    LocalFunction,
    Map,
    Record,
    Ref,
    Seq,
    Static,
    is_static,
    static_value,
)
from gradgen.ir.nodes import Const
from gradgen.library import python
from gradgen.library.registry import SHARING


@dataclasses.dataclass(frozen=True, slots=True)
class Borrowed(Source):
    """The source of a library function: every place in it is that of the call."""

    here: Span

    def span(self, node: ast.AST) -> Span:
        """Return the place of the call."""
        return self.here


def from_library(r: Reader, node: ast.AST, fn: Any, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Read a call of a function of ``frontend.library`` at the place of the call."""
    # A cycle by nature: a library function is read as any other call.
    from gradgen.frontend.calls import call_value

    out = call_value(r, node, borrowed(fn, r.span(node)), args, kwargs)
    if fn not in SHARING:
        return out
    first = args[0] if args else kwargs.get(next(iter(inspect.signature(fn).parameters)))
    return perhaps_shared(r, first, out, fn.__name__)


def borrowed(fn: Any, here: Span) -> LocalFunction:
    """Return one of gradgen's own functions, to be read as if it stood at a place of the user's."""
    found = source_of(fn)
    frame = Frame(Borrowed(found.node, found.path, found.lines, here), {}, fn.__globals__)
    named = [a.arg for a in found.node.args.kwonlyargs]
    kw = fn.__kwdefaults__ or {}
    defaults = list(map(plain, fn.__defaults__ or ()))
    return LocalFunction(
        found.node, frame, defaults, [plain(kw[n]) if n in kw else None for n in named]
    )


@special(functools.reduce)
def _reduce(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    if len(args) == 2 and isinstance(args[1], Seq) and args[1].items:
        first, *rest = args[1].items
        args = [args[0], Seq(rest), first]
    fn = python.reduce if len(args) == 3 else python.reduce_from_first
    return from_library(r, node, fn, args, kwargs)


@special(functools.lru_cache)
def _lru_cache(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    if args and is_function(args[0]):
        return args[0]
    return from_library(r, node, python.lru_cache, args, kwargs)


@special(getattr)
def _getattr(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    from gradgen.frontend.attributes import attribute

    if not isinstance(args[1], Static) or not isinstance(args[1].obj, str):
        r.refuse(node, "getattr with a name that is computed", "use a constant name")
    if len(args) == 3:
        known = _hasattr(r, node, args[:2], {})
        return attribute(r, args[0], args[1].obj, node) if known.const else args[2]
    return attribute(r, args[0], args[1].obj, node)


@special(callable)
def _callable(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    return Static(is_function(args[0]))


@special(hasattr)
def _hasattr(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    name = args[1].obj if isinstance(args[1], Static) else None
    if not isinstance(name, str) or not isinstance(args[0], Record | Static):
        r.refuse(node, f"hasattr of a {describe(args[0])}", "test outside the loss")
    if isinstance(args[0], Static):
        return Const(hasattr(args[0].obj, name))
    return Const(name in args[0].fields or found_in(args[0].kind, name) is not MISSING)


@special(setattr)
def _setattr(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    from gradgen.frontend.attributes import set_attribute

    if not isinstance(args[1], Static) or not isinstance(args[1].obj, str):
        r.refuse(node, "setattr with a name that is computed", "use a constant name")
    set_attribute(r, args[0], args[1].obj, args[2], node)
    return Static(None)


@special(vars)
def _vars(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    if len(args) != 1 or not isinstance(args[0], Record):
        r.refuse(node, "vars of this")
    return Map(dict(args[0].fields))


@special(iter)
def _iter(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    if len(args) != 1 or not isinstance(args[0], Seq | Map | Ref):
        r.refuse(node, f"iter of a {describe(args[0])}", "loop over the thing itself")
    return args[0]


special(super)(super_of)
special(dataclasses.replace)(replaced)


def is_function(value: Any) -> bool:
    """Whether a value can be called."""
    return isinstance(value, LocalFunction | Method) or (
        isinstance(value, Static) and callable(value.obj)
    )


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


def decorated(r: Reader, decorators: list[ast.expr], function: Any) -> Any:
    """Return what the decorators of a local function make of it."""
    from gradgen.frontend.calls import call_value

    made = [(d, evaluate(r, d)) for d in decorators]
    for node, decorator in reversed(made):
        function = call_value(r, node, decorator, [function], {})
    return function


# --- gradients of functions inside a loss -------------------------------------------------


@dataclasses.dataclass(slots=True, eq=False)
class LocalGradient:
    """``gradgen.grad(f)`` of a function that is defined inside the one that is read."""

    maker: Any
    function: LocalFunction
    options: dict[str, Any]


def gradient_maker(
    r: Reader, node: ast.AST, obj: Any, args: list[Any], kwargs: dict[str, Any]
) -> Any:
    """Return the value of ``gradgen.grad(f, ...)`` inside a loss."""
    bad = next((k for k, v in kwargs.items() if not is_static(v)), None)
    if bad is not None:
        r.refuse(node, f"the option {bad!r} is computed", "use a constant")
    options = {k: static_value(v) for k, v in kwargs.items()}
    if len(args) != 1:
        r.refuse(node, f"{obj.__name__} of {len(args)} functions", "give one function")
    if isinstance(args[0], LocalFunction):
        return LocalGradient(obj, args[0], options)
    if not isinstance(args[0], Static):
        r.refuse(node, f"the gradient of a {describe(args[0])}", "give a function")
    return Static(obj(args[0].obj, **options))


def call_local_gradient(
    r: Reader, node: ast.AST, made: LocalGradient, args: list[Any], kwargs: dict[str, Any]
) -> Any:
    """Differentiate a local function: the names it reads around it become parameters."""
    from gradgen.frontend.calls import bind_arguments, call_value

    fn = made.function
    if fn.node.args.vararg or fn.node.args.kwarg:
        r.refuse(node, "the gradient of a local function of *args", "name its parameters")
    bound = bind_arguments(r, node, fn.node, args, kwargs, fn.defaults, fn.kw_defaults)
    statics: dict[str, Any] = {}
    outer: dict[str, Any] = {}
    for name in _free_names(fn.node, set(bound)):
        value = _around(r, fn, name)
        if isinstance(value, Static):
            statics[name] = value.obj
        elif isinstance(value, LocalFunction | LocalGradient):
            r.refuse(node, f"the gradient of a function that calls the local {name!r}",
                     "define it at the top of the module")  # fmt: skip
        elif value is not None:
            outer[name] = value
    twin = _twin(fn, tuple(bound), tuple(outer), statics)
    names = list(bound)
    options = dict(made.options)
    if "argnames" not in options:
        nums = options.pop("argnums", 0)
        one = isinstance(nums, int)
        options["argnames"] = names[nums] if one else tuple(names[k] for k in nums)
    gradient = Static(made.maker(twin, **options))
    return call_value(r, node, gradient, [], {**bound, **outer})


def _free_names(node: Any, bound: set[str]) -> list[str]:
    body = [node.body] if isinstance(node, ast.Lambda) else node.body
    found = [n for s in body for n in ast.walk(s) if isinstance(n, ast.Name)]
    mine = bound | {n.id for n in found if isinstance(n.ctx, ast.Store)}
    mine |= {n.arg for s in body for n in ast.walk(s) if isinstance(n, ast.arg)}
    return list(dict.fromkeys(n.id for n in found if n.id not in mine))


def _around(r: Reader, fn: LocalFunction, name: str) -> Any:
    """Return what a free name means to a local function now, None for builtins and the unknown."""
    if name not in fn.frame.globals and hasattr(builtins, name) and not _is_local(fn.frame, name):
        return None
    keep, r.frame = r.frame, fn.frame
    try:
        return r.lookup(name, fn.node)
    finally:
        r.frame = keep


def _is_local(frame: Frame | None, name: str) -> bool:
    while frame is not None:
        if name in frame.names or name in frame.local_names or name in frame.cells:
            return True
        frame = frame.parent
    return False


def _twin(
    fn: LocalFunction, names: tuple[str, ...], outer: tuple[str, ...], statics: dict[str, Any]
) -> types.FunctionType:
    """Return a local function as one of its own, with what it reads around it as parameters."""
    name = getattr(fn.node, "name", "inner")
    body = [ast.Return(fn.node.body)] if isinstance(fn.node, ast.Lambda) else fn.node.body
    spec = ast.arguments([], [ast.arg(n) for n in (*names, *outer)], None, [], [], None, [])
    tree = ast.FunctionDef(name, spec, body, [])
    text = ast.unparse(ast.fix_missing_locations(ast.Module([tree], []))) + "\n"
    digest = hashlib.sha256(text.encode()).hexdigest()[:12]
    filename = f"<gradgen {name} {digest}>"
    linecache.cache[filename] = (len(text), None, text.splitlines(keepends=True), filename)
    namespace: dict[str, Any] = {"__name__": "gradgen.generated", **statics}
    exec(compile(text, filename, "exec", dont_inherit=True), namespace)
    made: types.FunctionType = namespace[name]
    return made
