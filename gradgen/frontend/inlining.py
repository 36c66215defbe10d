"""Calls of functions that are read: their bodies at the place of the call."""

from __future__ import annotations

import ast
import copy
import functools
import inspect
import types
from typing import Any

from gradgen.checkpoint import is_marked
from gradgen.frontend import bindings, celled, checkpoints, kept, opened, recursion, recursive_names
from gradgen.frontend.assigned import assigned_names
from gradgen.frontend.branches import distribute
from gradgen.frontend.callables import borrowed
from gradgen.frontend.evaluate import evaluate, is_number, options
from gradgen.frontend.flow import Exits, read_body
from gradgen.frontend.given_out import NOTED
from gradgen.frontend.liveness import Liveness
from gradgen.frontend.nonlocals import share_names
from gradgen.frontend.operators import chooses_structure
from gradgen.frontend.parameters import bind_arguments
from gradgen.frontend.raising import returned
from gradgen.frontend.reader import Reader
from gradgen.frontend.source import source_of
from gradgen.frontend.values import Choice, Frame, LocalFunction, Record, Static
from gradgen.frontend.yielded import first_yield, generator
from gradgen.rules.registry import LIKE
from gradgen.syntax import every_node, names_in, nodes_in

MAX_DEPTH = 40


def inline_function(
    r: Reader, node: ast.AST, fn: types.FunctionType, args: list[Any], kwargs: dict[str, Any]
) -> Any:
    """Read a function's body at the place of a call."""
    if fn.__name__ == "_object" and isinstance(args[0], Static) and bindings.is_helper(fn):
        return Record(args[0].obj, kwargs)
    prim = bindings.HELPER_PRIMS.get(fn.__name__)
    if prim is not None and bindings.is_helper(fn):
        taken = inspect.signature(fn).bind(*args, **kwargs).args
        return bindings.call_helper(r, node, prim, list(taken))
    module, inside = fn.__module__ or "", r.frame.source.here is not None
    if module.startswith("gradgen." if inside else "gradgen.library."):
        if fn.__name__ in LIKE and module.startswith("gradgen.rules."):
            return bindings.call_printed(r, node, fn, args, kwargs)
        return inline_local(r, node, borrowed(fn, r.span(node)), args, kwargs)
    frame, defaults, kw_defaults = frame_of(r, node, fn)
    definition = frame.source.node
    if opened.generator_of(fn) is not None:
        definition = opened.opening(r, definition)
    with checkpoints.region(r, is_marked(fn)):
        return _inline(r, node, definition, frame, defaults, kw_defaults, args, kwargs)


def frame_of(
    r: Reader, node: ast.AST, fn: types.FunctionType
) -> tuple[Frame, list[Any], list[Any]]:
    """Return a frame for a call of a function, and its defaults, by place and by name."""
    fn = opened.generator_of(fn) or fn
    source = source_of(fn)
    for key in ("__code__", "__defaults__", "__kwdefaults__"):
        r.remember(fn, key, getattr(fn, key))
    frame = Frame(source, {}, fn.__globals__)
    frame.cells = dict(zip(fn.__code__.co_freevars, fn.__closure__ or (), strict=True))
    if frame.cells and r.book.cells:
        # A cycle by nature: class statements evaluate what the classes extend.
        from gradgen.frontend.local_classes import follow

        follow(r, node, frame)
    spec = source.node.args
    names = [a.arg for a in (*spec.posonlyargs, *spec.args)]
    given = dict(zip(reversed(names), reversed(fn.__defaults__ or ()), strict=False))
    defaults = [r.wrap(given[n], given, n, node) for n in names if n in given]
    kw_names = [a.arg for a in spec.kwonlyargs]
    kw = fn.__kwdefaults__ or {}
    kw_defaults = [r.wrap(kw[n], kw, n, node) if n in kw else None for n in kw_names]
    return frame, defaults, kw_defaults


def inline_local(
    r: Reader, node: ast.AST, fn: LocalFunction, args: list[Any], kwargs: dict[str, Any]
) -> Any:
    """Read the body of a function that is defined inside the one that is read."""
    if fn.kept:
        again = functools.partial(_inline_local, r, node, fn, args, kwargs)
        return kept.result(r, fn, args, kwargs, again)
    return _inline_local(r, node, fn, args, kwargs)


def _inline_local(
    r: Reader, node: ast.AST, fn: LocalFunction, args: list[Any], kwargs: dict[str, Any]
) -> Any:
    frame = Frame(fn.frame.source, {}, fn.frame.globals, {}, fn.frame)
    with checkpoints.region(r, fn.marked):
        defaults, kw_defaults = recursive_names.defaults_at(r, fn, node)
        return _inline(r, node, fn.node, frame, defaults, kw_defaults, args, kwargs)


def inline_definition(
    r: Reader, node: ast.AST, definition: ast.FunctionDef, frame: Frame, args: list[Any]
) -> Any:
    """Call a function that is given as a tree."""
    return _inline(r, node, definition, frame, [], [], args, {})


def _inline(
    r: Reader,
    node: ast.AST,
    definition: Any,
    frame: Frame,
    defaults: list[Any],
    kw_defaults: list[Any],
    args: list[Any],
    kwargs: dict[str, Any],
) -> Any:
    r.hand_over([*args, *kwargs.values()])
    args, kwargs = [*map(r.lasting, args)], {k: r.lasting(v) for k, v in kwargs.items()}
    frame.names = bind_arguments(r, node, definition, args, kwargs, defaults, kw_defaults)
    if first_yield(definition) is not None:
        frame.owner = r
        run = functools.partial(_entered, r, node, frame=frame)
        return generator(r, node, definition, frame, run)
    return _on_each_path(r, node, definition, frame)


def _on_each_path(r: Reader, node: ast.AST, definition: Any, frame: Frame) -> Any:
    """Read a function, one that calls itself on each path with what its arguments are there."""
    inside = any(a.definition is definition for a in r.activations)
    for name, value in frame.names.items() if inside or id(definition) in r.book.recursive else ():
        if _is_no_number(value):

            def on_path(option: Any, name: str = name) -> Any:
                there = copy.copy(frame)
                there.names = {**frame.names, name: option}
                return _on_each_path(r, node, definition, there)

            return distribute(r, node, value, on_path)
    return _entered(r, node, definition, frame)


def _is_no_number(value: Any) -> bool:
    """Whether an argument is one thing or another by the path, and not one number or array."""
    if not isinstance(value, Choice):
        return False
    known = (o for o in options(value) if isinstance(o, Static))
    return chooses_structure(value) or not all(map(is_number, known))


def _entered(r: Reader, node: ast.AST, definition: Any, frame: Frame) -> Any:
    """Read a function's body in a frame that has its arguments."""
    given = {name: value for name, value in frame.names.items() if name != NOTED}
    if id(definition) in r.book.recursive:
        return recursion.call(r, node, definition, frame, given)
    recursion.decide(r, node, definition, frame, given)
    most = 2 * recursion.DEEPER if r.book.effort else 2 * MAX_DEPTH
    if len(r.call_path) > 2 * most:
        r.refuse(node, f"more than {most} calls inside each other", "write a loop")
    frame.owner, frame.path = r, (*r.call_path, id(node))
    closure = recursion.closure_of(frame)
    state = recursion.state_at(r, node, frame, given)
    activation = recursion.Activation(definition, given, r.b.depth, closure, state)
    caller, span = r.frame, r.b.span
    frame.caller, frame.call = caller, r.span(node)
    r.frame = frame
    r.call_path += [id(node), id(definition)]
    r.activations.append(activation)
    try:
        result = run_body(r, definition)
    finally:
        r.activations.pop()
        del r.call_path[-2:]
        r.frame, r.b.span = caller, span
    return returned(r, result)


def run_body(r: Reader, definition: Any) -> Any:
    """Read a function's body in the current frame and return its result."""
    if opened.is_opening(definition):
        r.frame.names[opened.MADE] = Static(opened.block_opened)
    if isinstance(definition, ast.Lambda) and _is_called_first(r):
        definition = _as_function(r, definition)  # what it raises is raised by a statement
    if isinstance(definition, ast.Lambda):
        # Comprehensions are read as loops, whose tests count how deep paths part.
        r.frame.exits = Exits(names_in([definition]))
        r.frame.local_names = frozenset(r.frame.names) | _walrus_names(definition)
        return evaluate(r, definition.body)
    refuse_generators(r, definition)
    r.frame.definition = definition
    definition = celled.as_read(r.book.celled, definition)
    names, assigned, lives = _syntax(definition)
    taken = names | set(r.frame.names)
    r.frame.local_names = assigned | frozenset(r.frame.names)
    share_names(r.frame, definition)
    r.frame.exits, r.frame.lives = Exits(taken), lives
    r.frame.anonymous = r.frame.exits.result if r.call_path else ""
    return read_body(r, definition.body)


def _is_called_first(r: Reader) -> bool:
    """Whether this is what is differentiated, or is called by that, a partial: by no statement."""
    caller = r.frame.caller
    return not r.call_path or (caller is not None and caller.exits is None)


def _walrus_names(node: ast.Lambda) -> frozenset[str]:
    """Return the names that ``:=`` makes a lambda's own, on whatever path."""
    found = (n.target for n in nodes_in(node.body) if isinstance(n, ast.NamedExpr))
    return frozenset(target.id for target in found)


def _as_function(r: Reader, node: ast.Lambda) -> ast.FunctionDef:
    """Return a lambda as a function that returns its value, the same tree each time."""
    made = r.expansions.get((id(node), "function"))
    if made is None:
        body: list[ast.stmt] = [ast.copy_location(ast.Return(node.body), node.body)]
        made = ast.copy_location(ast.FunctionDef("lambda", node.args, body, [], None), node)
        r.expansions[id(node), "function"] = made
    assert isinstance(made, ast.FunctionDef)
    return made


@functools.lru_cache(maxsize=512)
def _syntax(definition: ast.FunctionDef) -> tuple[set[str], frozenset[str], Liveness]:
    """Return the names in a function, those that it assigns, and where they are live.

    A function is read at each of its calls, and in each turn that is tried of loops around them.
    """
    names = {n.id for n in every_node(definition) if isinstance(n, ast.Name)}
    spec = definition.args
    first = next((a.arg for a in (*spec.posonlyargs, *spec.args)), "")
    return names, frozenset(assigned_names(definition.body)), Liveness(definition.body, first)


def refuse_generators(r: Reader, definition: ast.FunctionDef) -> None:
    """Refuse what makes a function other than a function."""
    if isinstance(definition, ast.AsyncFunctionDef):
        r.refuse(definition, "an async function")
    found = first_yield(definition)
    if found is not None:
        what = "yield from" if isinstance(found, ast.YieldFrom) else "yield"
        r.refuse(found, what, "return a list instead")
