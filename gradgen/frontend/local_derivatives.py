"""Derivatives of functions that are defined inside the loss: ``gradgen.grad(lambda z: a * z)(x)``.

The local function becomes one of its own.  What it reads around it becomes parameters, and the
local functions that it calls stand in it.
"""

from __future__ import annotations

import ast
import copy
import linecache
import types
from typing import Any

from gradgen.digests import digest
from gradgen.frontend.derivatives import NOT_SPARSE, SPARSE
from gradgen.frontend.describing import describe
from gradgen.frontend.gradients import LocalGradient
from gradgen.frontend.parameters import bind_arguments
from gradgen.frontend.parts import parts
from gradgen.frontend.reader import Reader
from gradgen.frontend.scopes import bound_names, free_names, meaning
from gradgen.frontend.unpacking import sequence_items
from gradgen.frontend.values import Box, LocalFunction, Map, Seq, Static, is_static, static_value
from gradgen.syntax import nodes_in, parts_of

# What these return takes other arguments than the function does, or is no number or array.
OUTERMOST = ("jvp", "hvp", "vjp")


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
    if isinstance(args[0], LocalGradient) and args[0].maker.__name__ in OUTERMOST:
        what = f"{obj.__name__} of gradgen.{args[0].maker.__name__} of a local function"
        r.refuse(node, what, "write a function that calls it, and differentiate that")
    if isinstance(args[0], LocalFunction | LocalGradient):
        return LocalGradient(obj, args[0], options)
    if not isinstance(args[0], Static):
        r.refuse(node, f"the gradient of a {describe(args[0])}", "give a function that calls it")
    return Static(obj(args[0].obj, **options))


def call_local_gradient(
    r: Reader, node: ast.AST, made: LocalGradient, args: list[Any], kwargs: dict[str, Any]
) -> Any:
    """Differentiate a local function: the names it reads around it become parameters."""
    from gradgen.frontend.calls import call_value

    chain = [made]
    while isinstance(chain[-1].function, LocalGradient):
        chain.append(chain[-1].function)
    fn: Any = chain[-1].function
    pushes = made.maker.__name__ in ("jvp", "hvp") and bool(args)
    given = sequence_items(r, args[0], node) if pushes else args
    bound = bind_arguments(r, node, fn.node, given, kwargs, fn.defaults, fn.kw_defaults)
    twin = Twin(r, node, fn, bound)
    gradient: Any = twin.function()
    for each in reversed(chain):
        gradient = each.maker(gradient, **_by_name(each.options, list(twin.params)))
    if hasattr(gradient, "pushed"):
        primals = Seq([*twin.params.values(), *twin.outer.values()])
        return call_value(r, node, Static(gradient), [primals, args[1]], {})
    return call_value(r, node, Static(gradient), [], {**twin.params, **twin.outer})


def _by_name(options: dict[str, Any], names: list[str]) -> dict[str, Any]:
    """Return options that choose the arguments by their names."""
    if "argnames" in options:
        return options
    nums = options.get("argnums", 0)
    chosen = names[nums] if isinstance(nums, int) else tuple(names[k] for k in nums)
    return {**{k: v for k, v in options.items() if k != "argnums"}, "argnames": chosen}


class Twin:
    """A local function as one of its own, with what it reads around it as further parameters.

    ``params``: its arguments by name, ``outer``: the further ones; ``statics``: constants.
    """

    def __init__(self, r: Reader, node: ast.AST, fn: LocalFunction, bound: dict[str, Any]) -> None:
        self.r, self.node = r, node
        self.statics: dict[str, Any] = {}
        self.outer: dict[str, Any] = {}
        self.known: dict[str, Any] = {}
        self.taken = bound_names(fn.node) | set(bound)
        self.before: list[ast.stmt] = []
        self.params = self._params(fn.node.args, bound)
        self.name = getattr(fn.node, "name", "inner")
        self.body = _statements(self._freed(fn))

    def function(self) -> types.FunctionType:
        """Return the function, with a text that can be read."""
        spec = _arguments([*self.params, *self.outer])
        tree = ast.FunctionDef(self.name, spec, [*self.before, *self.body], [])
        text = ast.unparse(ast.fix_missing_locations(ast.Module([tree], []))) + "\n"
        filename = f"<gradgen {self.name} {digest(text)}>"
        linecache.cache[filename] = (len(text), None, text.splitlines(keepends=True), filename)
        namespace: dict[str, Any] = {"__name__": "gradgen.generated", **self.statics}
        exec(compile(text, filename, "exec", dont_inherit=True), namespace)
        made: types.FunctionType = namespace[self.name]
        made.__gradgen_held__ = frozenset(self.outer)  # type: ignore[attr-defined]
        return made

    def _params(self, spec: ast.arguments, bound: dict[str, Any]) -> dict[str, Any]:
        """Return the arguments by name, those of ``*args`` one by one."""
        params: dict[str, Any] = {}
        for name, value in bound.items():
            if spec.vararg and name == spec.vararg.arg:
                items = {
                    self._fresh(f"{name}_{k}"): item
                    for k, item in enumerate(sequence_items(self.r, value, self.node))
                }
                self.before.append(_assigned(name, ast.Tuple([*map(_read, items)], ast.Load())))
                params |= items
            elif spec.kwarg and name == spec.kwarg.arg:
                if not isinstance(value, Map) or value.items:
                    self._refuse("the gradient of a local function of **kwargs",
                                 "name its parameters")  # fmt: skip
                self.before.append(_assigned(name, ast.Dict([], [])))
            else:
                params[name] = value
        return params

    def _freed(self, fn: LocalFunction) -> Any:
        """Return a definition that reads what is around it by the names of the twin."""
        if fn.held is not None or _assigns_around(fn.node):
            self._refuse("the gradient of a function that sets what stands around it",
                         "let it return what it computes")  # fmt: skip
        inside = bound_names(fn.node)
        names = {}
        for name in free_names(fn.node, inside):
            value = meaning(self.r, fn, name)
            if value is not None:
                names[name] = self._name_of(name, value, inside)
        return _Renamed(names).visit(copy.deepcopy(fn.node))

    def _name_of(self, name: str, value: Any, inside: set[str]) -> str:
        """Return the name of a value in the twin, which no name of a function inside hides."""
        for known, held in self.known.items():
            if _same(held, value) and known not in inside:
                return known
        name = self._fresh(name, inside)
        self.known[name] = value
        if isinstance(value, LocalFunction):
            self._define(name, value)
        elif isinstance(value, LocalGradient):
            self._derive(name, value)
        elif isinstance(value, Static):
            self.statics[name] = value.obj
        else:
            if _holds_functions(value):
                self._refuse(f"the gradient of a function that reads the functions in {name!r}",
                             "give each a name of its own")  # fmt: skip
            self.outer[name] = value
        return name

    def _define(self, name: str, fn: LocalFunction) -> None:
        """Put a local function into the twin, which calls it."""
        found = self._freed(fn)
        spec = found.args
        named = [*spec.posonlyargs, *spec.args][-len(fn.defaults) :] if fn.defaults else []
        spec.defaults = [
            _read(self._name_of(f"{name}_{a.arg}", value, set()))
            for a, value in zip(named, fn.defaults, strict=True)
        ]
        spec.kw_defaults = [
            None if value is None else _read(self._name_of(f"{name}_{a.arg}", value, set()))
            for a, value in zip(spec.kwonlyargs, fn.kw_defaults, strict=True)
        ]
        for n in nodes_in(spec):
            if isinstance(n, ast.arg):
                n.annotation = None
        self.before.append(ast.FunctionDef(name, spec, _statements(found), []))

    def _derive(self, name: str, made: LocalGradient) -> None:
        """Put a derivative of a local function into the twin."""
        maker = self._name_of(made.maker.__name__, Static(made.maker), set())
        function = self._name_of(f"{name}_of", made.function, set())
        options = [
            ast.keyword(k, _read(self._name_of(f"{name}_{k}", Static(v), set())))
            for k, v in made.options.items()
        ]
        self.before.append(_assigned(name, ast.Call(_read(maker), [_read(function)], options)))

    def _fresh(self, name: str, inside: Any = ()) -> str:
        count, found = 0, name
        while found in self.taken or found in inside:
            count += 1
            found = f"{name}_{count}"
        self.taken.add(found)
        return found

    def _refuse(self, what: str, way_out: str) -> None:
        self.r.refuse(self.node, what, way_out)


class _Renamed(ast.NodeTransformer):
    """Gives names that are read others."""

    def __init__(self, names: dict[str, str]) -> None:
        self.names = names

    def visit_Name(self, node: ast.Name) -> ast.Name:
        return ast.Name(self.names.get(node.id, node.id), node.ctx)


def _same(a: Any, b: Any) -> bool:
    if isinstance(a, Static) and isinstance(b, Static):
        return a.obj is b.obj
    return a is b


def _holds_functions(value: Any) -> bool:
    """Whether a container has functions in it that are defined inside the loss."""
    return isinstance(value, Box) and any(
        isinstance(part, LocalFunction | LocalGradient) or _holds_functions(part)
        for _, part in parts(value)
    )


def _assigns_around(definition: Any) -> bool:
    """Whether a function assigns names of the code around it, by ``nonlocal`` or ``global``."""
    todo = [definition.body] if isinstance(definition, ast.Lambda) else list(definition.body)
    while todo:
        node = todo.pop()
        if isinstance(node, ast.Nonlocal | ast.Global):
            return True
        if not isinstance(node, ast.FunctionDef | ast.Lambda | ast.ClassDef):
            todo += parts_of(node)
    return False


def _statements(definition: Any) -> list[ast.stmt]:
    if isinstance(definition, ast.Lambda):
        return [ast.Return(definition.body)]
    body: list[ast.stmt] = definition.body
    return body


def _arguments(names: list[str]) -> ast.arguments:
    return ast.arguments([], [ast.arg(n) for n in names], None, [], [], None, [])


def _assigned(name: str, value: ast.expr) -> ast.stmt:
    return ast.Assign([ast.Name(name, ast.Store())], value)


def _read(name: str) -> ast.expr:
    return ast.Name(name, ast.Load())
