"""``with``: context managers that do nothing to numbers, and those that can be read."""

from __future__ import annotations

import ast
import contextlib
import functools
from typing import Any

import numpy as np

from gradgen.frontend.classes import is_users
from gradgen.frontend.comprehensions import located
from gradgen.frontend.evaluate import evaluate
from gradgen.frontend.jumps import Act, Step, jumps_of
from gradgen.frontend.objects import class_of, invoked, special_method
from gradgen.frontend.points import Point
from gradgen.frontend.reader import Reader
from gradgen.frontend.targets import assign_to
from gradgen.frontend.values import Static, is_static, static_value

HARMLESS = (np.errstate, np.printoptions, contextlib.nullcontext)


def with_statement(r: Reader, s: ast.With, rest: Point) -> Point:
    """Enter a block whose context managers have no effect on numbers, or can be read."""
    suppressed = _suppressed(r, s)
    if suppressed is not None:
        return Point([suppressed], rest)
    exits: list[Step] = []
    for item in s.items:
        call = item.context_expr
        manager = _manager(r, s, call)
        if manager is not None:
            exits.insert(0, Act(functools.partial(_leave, node=item.context_expr, manager=manager)))
            held = invoked(r, call, manager, "__enter__")
            if item.optional_vars is not None:
                assign_to(r, item.optional_vars, held)
            continue
        target = evaluate(r, call.func) if isinstance(call, ast.Call) else None
        if not (isinstance(target, Static) and target.obj in HARMLESS):
            names = "only np.errstate, np.printoptions and contextlib.nullcontext are known"
            r.refuse(s, "this context manager", f"{names} to be harmless")
        if item.optional_vars is not None:
            assert isinstance(call, ast.Call)
            null = target.obj is contextlib.nullcontext and call.args
            held = evaluate(r, call.args[0]) if null else Static(None)
            assign_to(r, item.optional_vars, held)
    return Point([*s.body, *exits] if exits else s.body, rest)


def _suppressed(r: Reader, s: ast.With) -> ast.Try | None:
    """Return the ``try`` that ``with contextlib.suppress(...)`` stands for, None for others."""
    call = s.items[0].context_expr
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name | ast.Attribute):
        return None
    target = evaluate(r, call.func)
    plain = not call.keywords and not any(isinstance(a, ast.Starred) for a in call.args)
    if not (isinstance(target, Static) and target.obj is contextlib.suppress and plain):
        return None
    made = r.expansions.get((id(s), "suppressed"))
    if made is None:
        body: list[ast.stmt] = [ast.With(s.items[1:], s.body)] if len(s.items) > 1 else s.body
        handler = ast.ExceptHandler(ast.Tuple(call.args, ast.Load()), None, [ast.Pass()])
        made = located(ast.Try(body, [handler], [], []), s)
        r.expansions[id(s), "suppressed"] = made
    assert isinstance(made, ast.Try)
    return made


def _manager(r: Reader, s: ast.With, node: ast.expr) -> Any:
    """Return a context manager that is an object of a class of the user's, None for others."""
    if isinstance(node, ast.Call):
        made = evaluate(r, node.func)
        if not (isinstance(made, Static) and isinstance(made.obj, type) and is_users(made.obj)):
            return None
    manager = evaluate(r, node)
    if not class_of(manager) or not special_method(manager, "__enter__"):
        return None
    if jumps_of(s.body):
        r.refuse(
            s, "a jump out of a with block", "assign the result, and return it after the block"
        )
    return manager


def _leave(r: Reader, node: ast.expr, manager: Any) -> None:
    """Call ``__exit__`` as after a block in which nothing was raised."""
    nothing = Static(None)
    swallows = invoked(r, node, manager, "__exit__", nothing, nothing, nothing)
    if not is_static(swallows) or static_value(swallows):
        r.refuse(node, "a context manager that swallows exceptions", "test with if what can fail")
