"""``with``: context managers that do nothing to numbers, and those that can be read."""

from __future__ import annotations

import ast
import contextlib
import functools
from collections.abc import Sequence
from typing import Any

import numpy as np

from gradgen.frontend.callables import require_quiet
from gradgen.frontend.calls import call_value
from gradgen.frontend.classes import is_users
from gradgen.frontend.comprehensions import hidden
from gradgen.frontend.evaluate import evaluate
from gradgen.frontend.exit_stacks import nested
from gradgen.frontend.jumps import Act, Step, is_thrown, jumps_of
from gradgen.frontend.leaving import with_last
from gradgen.frontend.objects import Method, class_of
from gradgen.frontend.opened import generator_of, is_opened, is_opening
from gradgen.frontend.points import Point
from gradgen.frontend.raising_calls import known
from gradgen.frontend.reader import Reader
from gradgen.frontend.source import source_of
from gradgen.frontend.special import special
from gradgen.frontend.special_methods import invoked, special_method
from gradgen.frontend.swallowing import apart, as_try, may_swallow
from gradgen.frontend.targets import assign_to
from gradgen.frontend.values import LocalFunction, Record, Seq, Static, is_static, static_value
from gradgen.syntax import located, names_in

CLASSES = "classes"  # of the exceptions that a manager suppresses
HARMLESS = (np.errstate, np.printoptions, contextlib.nullcontext)


def with_statement(r: Reader, s: ast.With, rest: Point) -> Point:
    """Enter a block whose context managers have no effect on numbers, or can be read."""
    made = replaced(r, s)
    if made is not None:
        return Point(made, rest)
    managers: list[tuple[ast.expr, Any]] = []
    for item in s.items:
        call = item.context_expr
        manager = _manager(r, call)
        if manager is not None:
            managers.insert(0, (call, manager))
            block = is_opened(manager)
            held = manager.fields["value"] if block else invoked(r, call, manager, "__enter__")
            if item.optional_vars is not None:
                assign_to(r, item.optional_vars, held)
            continue
        target = evaluate(r, call.func) if isinstance(call, ast.Call) else None
        if not (isinstance(target, Static) and target.obj in HARMLESS):
            if isinstance(target, Static) and target.obj is contextlib.ExitStack:
                way = "write a `with` for each context, and try: ... finally: for a callback"
                r.refuse(s, "contextlib.ExitStack", way)
            names = "only np.errstate, np.printoptions and contextlib.nullcontext are known"
            r.refuse(s, "this context manager", f"{names} to be harmless")
        if target.obj is np.errstate and isinstance(call, ast.Call):
            require_quiet(r, call)
        if item.optional_vars is not None:
            assert isinstance(call, ast.Call)
            null = target.obj is contextlib.nullcontext and call.args
            held = evaluate(r, call.args[0]) if null else Static(None)
            assign_to(r, item.optional_vars, held)
    return Point(_with_exits(r, s, managers), rest) if managers else Point(s.body, rest)


def _swallowing(r: Reader, s: ast.With) -> list[ast.stmt] | None:
    """Return the ``try`` of a block whose first manager may swallow exceptions; None for others."""
    swallow = [may_swallow(_class_of_manager(r, item.context_expr)) for item in s.items]
    if not any(swallow):
        return None
    return as_try(r, s) if swallow[0] else apart(r, s)


def _class_of_manager(r: Reader, node: ast.expr) -> Any:
    """Return the class of a context manager, as far as it is known without a call."""
    if isinstance(node, ast.Name | ast.Attribute):
        return class_of(evaluate(r, node))
    made = known(r, node.func) if isinstance(node, ast.Call) else None
    kind = made.obj if isinstance(made, Static) else None
    return kind if isinstance(kind, type) and is_users(kind) else None


def _with_exits(r: Reader, s: ast.With, managers: list[tuple[ast.expr, Any]]) -> Sequence[Step]:
    """Return a block with the calls of ``__exit__`` at its end, and before each jump out of it."""
    if not jumps_of(s.body):
        return [*s.body, *(Act(functools.partial(_leave, node=n, manager=m)) for n, m in managers)]
    if any(is_thrown(kind) for kind in jumps_of(s.body)):
        _require_no_questions(r, managers)
    exits: list[ast.stmt] = []
    function = hidden(r, s, "leave")
    r.bind(function, Static(_end_of_block))
    for node, manager in managers:
        name = hidden(r, node, "manager")
        r.bind(name, manager)
        call = ast.Call(ast.Name(function, ast.Load()), [ast.Name(name, ast.Load())], [])
        exits.append(located(ast.Expr(call), node))
    return [*with_last(r, id(s), s.body, exits, raised=False), *exits]


def _require_no_questions(r: Reader, managers: list[tuple[ast.expr, Any]]) -> None:
    """Refuse managers that ask which exception has left their block, where one may have."""
    for node, manager in managers:
        if is_opened(manager) and not static_value(manager.fields["always"]):
            what = "steps after a yield without finally, which an exception leaves out"
            r.refuse(node, what, "put them into try ... finally")
        exit_ = special_method(manager, "__exit__")
        if exit_ is None:
            continue
        if _asks(source_of(exit_.function).node):
            what = "a context manager that asks for the exception, which a handler here catches"
            r.refuse(node, what, "test with if before the block")


def _asks(definition: Any) -> bool:
    """Whether an ``__exit__`` reads what it is told of the exception."""
    spec = definition.args
    asked = [*spec.posonlyargs, *spec.args][1:]
    names = {a.arg for a in [*asked, spec.vararg] if a is not None}
    return bool(names & names_in([definition]))


def _end_of_block(manager: Any) -> None:
    """Stand for the end of a block of a context manager; this is read, and never called."""


@special(_end_of_block, listed=False)
def _read_end(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    _leave(r, node, args[0])
    return Static(None)


def replaced(r: Reader, s: ast.With) -> list[ast.stmt] | None:
    """Return the statements that a block of `contextlib` stands for, None for others."""
    suppressed = _suppressed(r, s)
    if suppressed is not None:
        return [suppressed]
    return nested(r, s) or _swallowing(r, s)


def _suppressed(r: Reader, s: ast.With) -> ast.Try | None:
    """Return the ``try`` that ``with contextlib.suppress(...)`` stands for, None for others."""
    call = s.items[0].context_expr
    target = known(r, call.func) if isinstance(call, ast.Call) else known(r, call)
    if isinstance(target, Record) and target.kind is contextlib.suppress:
        classes: ast.expr = ast.Attribute(call, CLASSES, ast.Load())
    elif isinstance(call, ast.Call) and not call.keywords and _is_suppress(target):
        classes = ast.Tuple(call.args, ast.Load())
    else:
        return None
    made = r.expansions.get((id(s), "suppressed"))
    if made is None:
        body: list[ast.stmt] = [ast.With(s.items[1:], s.body)] if len(s.items) > 1 else s.body
        handler = ast.ExceptHandler(classes, None, [ast.Pass()])
        made = located(ast.Try(body, [handler], [], []), s)
        r.expansions[id(s), "suppressed"] = made
    assert isinstance(made, ast.Try)
    return made


def _is_suppress(value: Any) -> bool:
    return isinstance(value, Static) and value.obj is contextlib.suppress


@special(contextlib.suppress, listed=False)
def _suppress(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Return a manager that a ``with`` takes later, with the classes of what it suppresses."""
    kind: Any = contextlib.suppress
    return Record(kind, {CLASSES: Seq(args)})


def _manager(r: Reader, node: ast.expr) -> Any:
    """Return a context manager that is an object of a class of the user's, None for others."""
    if isinstance(node, ast.Call):
        made = evaluate(r, node.func)
        if isinstance(made, Static) and any(made.obj is harmless for harmless in HARMLESS):
            return None  # np.printoptions is itself one under contextlib.contextmanager
        if _opens(made):
            return evaluate(r, node)
        if not (isinstance(made, Static) and isinstance(made.obj, type) and is_users(made.obj)):
            return None
    manager = evaluate(r, node)
    if not class_of(manager) or not special_method(manager, "__enter__"):
        return None
    return manager


def _opens(made: Any) -> bool:
    """Whether a function, or a method, is one under ``contextlib.contextmanager``."""
    function = made.function if isinstance(made, Method) else made
    if isinstance(function, LocalFunction):
        return is_opening(function.node)
    return generator_of(function.obj if isinstance(function, Static) else function) is not None


def _leave(r: Reader, node: ast.AST, manager: Any) -> None:
    """Call ``__exit__`` as after a block in which nothing was raised."""
    if is_opened(manager):
        call_value(r, node, manager.fields["leave"], [], {})
        return
    nothing = Static(None)
    swallows = invoked(r, node, manager, "__exit__", nothing, nothing, nothing)
    if not is_static(swallows) or static_value(swallows):
        r.refuse(node, "a context manager that swallows exceptions", "test with if what can fail")
