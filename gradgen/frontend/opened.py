"""Functions under ``contextlib.contextmanager``: what they do before their ``yield``, and after it.

The function is read as one that does what comes first, and returns what it yields together with a
function of what is left to do, which ends each way out of the block.
"""

from __future__ import annotations

import ast
import contextlib
import types
from typing import Any

from gradgen.frontend.assigned import assigned_names
from gradgen.frontend.jumps import jumps_of
from gradgen.frontend.reader import Reader
from gradgen.frontend.special import special
from gradgen.frontend.values import LocalFunction, Record
from gradgen.syntax import located, nodes_in

Run = list[ast.stmt]
LEAVE, MADE = "what is left to do", "block opened"  # names that no program has
WAY_OUT = "write a class with __enter__ and __exit__"
_HELPER = contextlib.contextmanager(lambda: iter(())).__code__


class ContextManager:
    """The class of what a ``with`` holds: what was yielded, and the function of what is left."""


def generator_of(fn: Any) -> types.FunctionType | None:
    """Return the function that ``contextlib.contextmanager`` was given; None for any other."""
    made = isinstance(fn, types.FunctionType) and fn.__code__ is _HELPER
    return fn.__wrapped__ if made else None


def is_opened(value: Any) -> bool:
    """Whether a value is what such a function gives."""
    return isinstance(value, Record) and value.kind is ContextManager


def is_opening(definition: Any) -> bool:
    """Whether a function was made of such a generator."""
    return isinstance(definition, ast.FunctionDef) and any(
        isinstance(s, ast.FunctionDef) and s.name == LEAVE for s in definition.body
    )


def opening(r: Reader, definition: Any) -> ast.FunctionDef:
    """Return a generator with one ``yield`` as a function that opens a block."""
    made = r.expansions.get((id(definition), "opening"))
    if made is None:
        made = r.expansions[id(definition), "opening"] = _opening(r, definition)
    assert isinstance(made, ast.FunctionDef)
    return made


def _opening(r: Reader, definition: ast.FunctionDef) -> ast.FunctionDef:
    before, found, after, last = _divided(r, definition, definition.body)
    if jumps_of([*before, *after, *last]):
        r.refuse(definition, "a context manager that returns around its yield", WAY_OUT)
    value: ast.expr = found.value or ast.Constant(None)
    rest = [*after, *last] or [ast.Pass()]
    declared = [n for n in nodes_in(definition) if isinstance(n, ast.Nonlocal)]
    outer = {name for n in declared for name in n.names}
    spec = definition.args
    given = [*spec.posonlyargs, *spec.args, *spec.kwonlyargs, spec.vararg, spec.kwarg]
    mine = {a.arg for a in given if a is not None} | {*assigned_names(before)} | outer
    shared = [name for name in assigned_names(rest) if name in mine]
    if shared:
        rest.insert(0, ast.Nonlocal(shared))
    none = ast.arguments([], [], None, [], [], None, [])
    leave = ast.FunctionDef(LEAVE, none, rest, [], None)
    held = [ast.Name(LEAVE, ast.Load()), ast.Constant(not after)]
    call = ast.Call(ast.Name(MADE, ast.Load()), [value, *held], [])
    body = [*before, leave, ast.Return(call)]
    made = ast.FunctionDef(definition.name, definition.args, body, [], None)
    return located(made, definition)


def _divided(r: Reader, definition: Any, steps: Run) -> tuple[Run, ast.Yield, Run, Run]:
    """Return what stands before the ``yield``, it, what comes after it, and what ``finally`` says.

    What comes after it is not done where an exception leaves the block.
    """
    for k, s in enumerate(steps):
        match s:
            case ast.Expr(ast.Yield() as found):
                return steps[:k], found, steps[k + 1 :], []
            case ast.Assign(targets, ast.Yield() as found):
                sent: ast.stmt = ast.Assign(targets, ast.Constant(None))
                return steps[:k], found, [sent, *steps[k + 1 :]], []
            case ast.Try(body, [], orelse, finalbody) if _yields(body):
                before, found, after, last = _divided(r, definition, body)
                after, last = [*after, *orelse], [*last, *finalbody]
                if steps[k + 1 :]:
                    after, last = [*after, *last, *steps[k + 1 :]], []
                return [*steps[:k], *before], found, after, last
        if _yields([s]):
            break
    what = "a context manager whose yield stands inside of another statement than try ... finally"
    r.refuse(definition, what, WAY_OUT)


def _yields(steps: Run) -> bool:
    return any(isinstance(n, ast.Yield | ast.YieldFrom) for s in steps for n in nodes_in(s))


def block_opened(value: Any, leave: Any, always: bool) -> Any:
    """Stand for what a block holds that has been opened."""
    raise NotImplementedError


@special(block_opened, listed=False)
def _read_opened(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    return Record(ContextManager, dict(zip(("value", "leave", "always"), args, strict=True)))


@special(contextlib.contextmanager)
def _context_manager(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Read the decorator, on a function that is defined inside the one that is read."""
    (function,) = args
    if not isinstance(function, LocalFunction):
        r.refuse(node, "contextmanager of a function from outside", "use it as a decorator there")
    made = opening(r, function.node)
    return LocalFunction(
        made, function.frame, function.defaults, function.kw_defaults, held=function.held
    )
