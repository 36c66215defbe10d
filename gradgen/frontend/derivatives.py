"""Derivatives inside a loss: ``gradgen.grad(f)(x)``, ``jvp``, ``vjp``, ``hessian`` and their kin.

What is generated for the types at hand is read at the place of the call, as any function is.
"""

from __future__ import annotations

import ast
import dataclasses
import hashlib
import linecache
import types
from typing import Any

from gradgen.errors import GradgenError
from gradgen.frontend.arguments import Container, spec_of_value
from gradgen.frontend.parameters import bind_arguments, binding_error
from gradgen.frontend.reader import Reader, describe
from gradgen.frontend.scopes import free_names, meaning
from gradgen.frontend.unpacking import sequence_items
from gradgen.frontend.values import LocalFunction, Seq, Static, is_static, static_value
from gradgen.ir.types import Type

MAKERS = {
    "gradgen.api": ("grad", "value_and_grad", "differentiable"),
    "gradgen.products": ("vjp", "jvp", "hvp"),
    "gradgen.jacobians": ("jacobian", "jacfwd", "jacrev", "hessian", "hessian_diag"),
    "gradgen.sparse.api": ("sparse_jacobian", "sparse_hessian"),
}
SPARSE = "a sparse matrix inside a function that is differentiated"
NOT_SPARSE = "use gradgen.jacobian, gradgen.hessian, or products such as gradgen.hvp there"


def is_maker(obj: Any) -> bool:
    """Whether this is a function that makes a derivative."""
    names = MAKERS.get(getattr(obj, "__module__", None) or "", ())
    return getattr(obj, "__name__", "") in names


def inline_derivative(
    r: Reader, node: ast.AST, obj: Any, args: list[Any], kwargs: dict[str, Any]
) -> Any:
    """Inline what a derivative generates for the types of these arguments."""
    from gradgen.frontend.calls import call_value
    from gradgen.frontend.inlining import inline_function

    if hasattr(obj, "sparse"):
        r.refuse(node, SPARSE, NOT_SPARSE)
    if hasattr(obj, "pushed"):
        return _push(r, node, obj, args, kwargs)
    if hasattr(obj, "pulled"):
        value = _generated(r, node, obj.pulled, args, kwargs)
        pullback = LocalPullback(obj, list(args), dict(kwargs))
        found = inline_function(r, node, value, args, kwargs)
        if not obj.options.has_aux:
            return Seq([found, pullback])
        items = sequence_items(r, found, node)
        return Seq([items[0], pullback, items[1]])
    made = _generated(r, node, obj, args, kwargs)
    if isinstance(made, types.FunctionType):
        return inline_function(r, node, made, args, kwargs)
    return call_value(r, node, Static(made), args, kwargs)


def _generated(r: Reader, node: ast.AST, obj: Any, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Return the generated function for the types of some arguments."""
    named = {k: spec_of_value(r, v) for k, v in kwargs.items()}
    specs = ([spec_of_value(r, a) for a in args], named)
    for known, types_before, made in r.book.derived:
        if known is obj and types_before == specs:
            return made
    try:
        made = obj.__gradgen_inline__(*specs, exact=r.pinned)
    except TypeError as error:
        if isinstance(error, GradgenError):
            raise
        raise binding_error(r, node, str(error)) from None
    r.book.derived.append((obj, specs, made))
    return made


# --- products with derivatives ------------------------------------------------------------


@dataclasses.dataclass(slots=True, eq=False)
class LocalPullback:
    """The second result of ``gradgen.vjp(f)(x)`` inside a loss."""

    gradient: Any
    args: list[Any]
    kwargs: dict[str, Any]


def call_pullback(
    r: Reader, node: ast.AST, made: LocalPullback, args: list[Any], kwargs: dict[str, Any]
) -> Any:
    """Return the product of a cotangent with the derivative."""
    from gradgen.frontend.inlining import inline_function

    if len(args) != 1 or kwargs:
        r.refuse(
            node, f"a pullback of {len(args)} cotangents", "give one, in the value's structure"
        )
    function = _generated(r, node, made.gradient, made.args, made.kwargs)
    found = inline_function(r, node, function, made.args, {**made.kwargs, "d_value": args[0]})
    return sequence_items(r, found, node)[1]


def _push(r: Reader, node: ast.AST, obj: Any, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Return value and tangent, or a Hessian-vector product: of ``f((x, y), tangents)``."""
    from gradgen.frontend.inlining import inline_function

    if len(args) != 2 or kwargs:
        r.refuse(node, "such a call of a forward derivative", "call it with (args, tangents)")
    primals = sequence_items(r, args[0], node)
    moves = _tangents(r, node, obj, primals, args[1])
    function = _generated(r, node, obj, primals, {})
    code = function.__code__
    only = code.co_varnames[code.co_argcount :][: code.co_kwonlyargcount]
    if only:  # the tangents are the last of the parameters by name
        named = dict(zip(only[-len(moves) :], moves, strict=True))
        return inline_function(r, node, function, primals, named)
    return inline_function(r, node, function, [*primals, *moves], {})


def _tangents(r: Reader, node: ast.AST, obj: Any, primals: list[Any], given: Any) -> list[Any]:
    """Return a tangent for each chosen argument: one alone may be in a tuple, as outside."""
    names = obj._names[obj._receiver is not None :]
    by_name = dict(zip(names, primals, strict=False))
    chosen = [by_name.get(name) for name in obj.options.selected(names)]
    alone = obj.options.single and not _is_wrapped(r, given, chosen[0])
    moves = [given] if alone else sequence_items(r, given, node)
    if len(moves) != len(chosen):
        r.refuse(node, f"{len(moves)} tangents for {len(chosen)} arguments", "give one for each")
    for t, v in zip(moves, chosen, strict=True):
        if v is not None and not _alike(spec_of_value(r, t), spec_of_value(r, v)):
            r.refuse(node, "a tangent that is not like its argument",
                     "give it the structure and the shapes of the argument")  # fmt: skip
    return moves


def _is_wrapped(r: Reader, given: Any, argument: Any) -> bool:
    """Whether a tuple has the tangent of an argument inside, which may be a tuple itself."""
    if not _is_tuple(given) or len(given.items) != 1:
        return False
    if not _is_tuple(argument):
        return True
    return _alike(spec_of_value(r, given.items[0]), spec_of_value(r, argument))


def _is_tuple(value: Any) -> bool:
    return isinstance(value, Seq) and issubclass(value.kind, tuple)


def _alike(a: Any, b: Any) -> bool:
    """Whether two specs have the same keys, and arrays of the same rank there."""
    if isinstance(a, Container) and isinstance(b, Container):
        items = dict(zip(b.keys, b.items, strict=True))
        return set(a.keys) == set(b.keys) and all(
            _alike(item, items[key]) for key, item in zip(a.keys, a.items, strict=True)
        )
    if isinstance(a, Type) and isinstance(b, Type):
        return a.rank is None or b.rank is None or a.rank == b.rank
    return not isinstance(a, Container | Type) and not isinstance(b, Container | Type)


# --- of functions defined inside ----------------------------------------------------------


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
    if obj.__module__ == "gradgen.sparse.api":
        r.refuse(node, SPARSE, NOT_SPARSE)
    bad = next((k for k, v in kwargs.items() if not is_static(v)), None)
    if bad is not None:
        r.refuse(node, f"the option {bad!r} is computed", "use a constant")
    options = {k: static_value(v) for k, v in kwargs.items()}
    if len(args) != 1:
        r.refuse(node, f"{obj.__name__} of {len(args)} functions", "give one function")
    if isinstance(args[0], LocalFunction):
        return LocalGradient(obj, args[0], options)
    if isinstance(args[0], LocalGradient):
        inner = args[0].maker.__name__
        what = f"{obj.__name__} of gradgen.{inner} of a function defined inside the loss"
        r.refuse(node, what, "gradgen.hessian has its second derivatives; for others define it at "
                 "the top of the module, with what it reads as arguments")  # fmt: skip
    if not isinstance(args[0], Static):
        r.refuse(node, f"the gradient of a {describe(args[0])}", "give a function")
    return Static(obj(args[0].obj, **options))


def call_local_gradient(
    r: Reader, node: ast.AST, made: LocalGradient, args: list[Any], kwargs: dict[str, Any]
) -> Any:
    """Differentiate a local function: the names it reads around it become parameters."""
    from gradgen.frontend.calls import call_value

    fn = made.function
    if fn.node.args.vararg or fn.node.args.kwarg:
        r.refuse(node, "the gradient of a local function of *args", "name its parameters")
    pushes = made.maker.__name__ in ("jvp", "hvp") and bool(args)
    given = sequence_items(r, args[0], node) if pushes else args
    bound = bind_arguments(r, node, fn.node, given, kwargs, fn.defaults, fn.kw_defaults)
    statics: dict[str, Any] = {}
    outer: dict[str, Any] = {}
    for name in free_names(fn.node, set(bound)):
        value = meaning(r, fn, name)
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
    gradient = made.maker(twin, **options)
    if hasattr(gradient, "pushed"):
        primals = Seq([*bound.values(), *outer.values()])
        return call_value(r, node, Static(gradient), [primals, args[1]], {})
    return call_value(r, node, Static(gradient), [], {**bound, **outer})


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
