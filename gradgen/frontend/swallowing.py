"""Context managers that may swallow what their block raises: their ``__exit__`` may be true.

Such a block is read as the ``try`` that it stands for, whose handler asks the manager.
"""

from __future__ import annotations

import ast
import types
from typing import Any

from gradgen.frontend.classes import found_in
from gradgen.frontend.leaving import with_last
from gradgen.frontend.reader import Reader
from gradgen.frontend.source import source_of
from gradgen.frontend.values import Static
from gradgen.syntax import located, nodes_in


class Traceback:
    """The class of what stands for a traceback, of which nothing is asked."""


TRACEBACK = Traceback()


def may_swallow(kind: Any) -> bool:
    """Whether the ``__exit__`` of a class may return what is true, or raise something else."""
    exit_ = found_in(kind, "__exit__") if kind is not None else None
    if not isinstance(exit_, types.FunctionType):
        return False
    nodes = list(nodes_in(source_of(exit_).node))
    answers = [n.value for n in nodes if isinstance(n, ast.Return)]
    plain = all(v is None or (isinstance(v, ast.Constant) and not v.value) for v in answers)
    return not plain or any(isinstance(n, ast.Raise) for n in nodes)


def apart(r: Reader, s: ast.With) -> list[ast.stmt]:
    """Return a block of several managers as blocks inside each other."""
    made = r.expansions.get((id(s), "apart"))
    if made is None:
        inner = located(ast.With(s.items[1:], s.body), s)
        made = r.expansions[id(s), "apart"] = located(ast.With(s.items[:1], [inner]), s)
    return [made]


def as_try(r: Reader, s: ast.With) -> list[ast.stmt]:
    """Return the block of a manager as the ``try`` that it stands for."""
    # A cycle by nature: names that no program has are those of comprehensions.
    from gradgen.frontend.comprehensions import hidden

    names = [hidden(r, s, part) for part in ("manager", "raised", "traceback")]
    r.frame.names[names[2]] = Static(TRACEBACK)
    made = r.expansions.get((id(s), "swallowing"))
    if made is None:
        held, raised, traceback = (ast.Name(name, ast.Load()) for name in names)
        item = s.items[0]
        leave = ast.Attribute(held, "__exit__", ast.Load())
        enter = ast.Call(ast.Attribute(held, "__enter__", ast.Load()), [], [])
        target = item.optional_vars
        entered = ast.Expr(enter) if target is None else ast.Assign([target], enter)
        nothing: list[ast.expr] = [ast.Constant(None)] * 3
        quiet = [located(ast.Expr(ast.Call(leave, nothing, [])), s)]
        kind = ast.Attribute(raised, "__class__", ast.Load())
        asked = ast.Call(leave, [kind, raised, traceback], [])
        again = ast.If(ast.UnaryOp(ast.Not(), asked), [ast.Raise()], [])
        handler = ast.ExceptHandler(None, names[1], [again])
        inner: list[ast.stmt] = [ast.With(s.items[1:], s.body)] if s.items[1:] else s.body
        body = with_last(r, id(s), inner, quiet, raised=False)
        begun = ast.Assign([ast.Name(names[0], ast.Store())], item.context_expr)
        steps = [begun, entered, ast.Try([*body], [handler], quiet, [])]
        made = r.expansions[id(s), "swallowing"] = [located(one, s) for one in steps]
    return list(made)
