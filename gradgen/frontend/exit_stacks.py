"""``contextlib.ExitStack``: what is entered one after the other, as blocks inside each other."""

from __future__ import annotations

import ast
import contextlib
from collections.abc import Sequence
from typing import Any

from gradgen.frontend.liveness import MARK
from gradgen.frontend.raising_calls import known
from gradgen.frontend.reader import Reader
from gradgen.frontend.values import Static
from gradgen.syntax import located, names_in

Run = Sequence[ast.stmt]


def nested(r: Reader, s: ast.With) -> list[ast.stmt] | None:
    """Return the blocks that a stack stands for, None for what is none, or is asked elsewhere.

    The statements are the same trees each time.
    """
    call, target = s.items[0].context_expr, s.items[0].optional_vars
    if not isinstance(call, ast.Call) or call.args or call.keywords or len(s.items) > 1:
        return None
    held = known(r, call.func)
    named = target is None or isinstance(target, ast.Name)
    if not (isinstance(held, Static) and held.obj is contextlib.ExitStack and named):
        return None
    key = (id(s), "nested")
    if key not in r.expansions:
        name = target.id if isinstance(target, ast.Name) else ""
        made = _Nesting(name, f"{MARK}{len(r.expansions)} kept").steps(s.body)
        asked = name in names_in(made)
        r.expansions[key] = None if asked else [located(one, s) for one in made]
    out: list[ast.stmt] | None = r.expansions[key]
    return out


class _Nesting:
    def __init__(self, stack: str, mark: str) -> None:
        self.stack, self.mark, self.count = stack, mark, 0

    def steps(self, steps: Run) -> list[ast.stmt]:
        """Return statements with a block for each call on the stack that is a statement."""
        for k, s in enumerate(steps):
            call = s.value if isinstance(s, ast.Assign | ast.Expr) else None
            method = self._method(call)
            if not isinstance(call, ast.Call) or method == "":
                continue
            rest = [*steps[k + 1 :]] or [ast.copy_location(ast.Pass(), s)]
            if method == "enter_context" and len(call.args) == 1 and not call.keywords:
                return [*steps[:k], *self._entered(s, call.args[0], rest)]
            if method == "callback" and isinstance(s, ast.Expr) and call.args:
                return [*steps[:k], *self._called_back(call, rest)]
        return list(steps)

    def _method(self, call: Any) -> str:
        func = call.func if isinstance(call, ast.Call) else None
        if not isinstance(func, ast.Attribute) or not isinstance(func.value, ast.Name):
            return ""
        return func.attr if func.value.id == self.stack else ""

    def _entered(self, s: Any, manager: ast.expr, rest: Run) -> list[ast.stmt]:
        target = s.targets[0] if isinstance(s, ast.Assign) else None
        if isinstance(s, ast.Assign) and len(s.targets) > 1:
            return [s, *rest]
        block = ast.With([ast.withitem(manager, target)], self.steps(rest))
        return [ast.copy_location(block, s)]

    def _called_back(self, call: ast.Call, rest: Run) -> list[ast.stmt]:
        """Return a block that ends with a call of what is known where the stack is told of it."""
        before: list[ast.stmt] = []

        def kept(e: ast.expr) -> ast.expr:
            if isinstance(e, ast.Starred):
                return ast.Starred(kept(e.value), ast.Load())
            self.count += 1
            name = f"{self.mark} {self.count}"
            before.append(ast.Assign([ast.Name(name, ast.Store())], e))
            return ast.Name(name, ast.Load())

        function, *args = map(kept, call.args)
        named = [ast.keyword(k.arg, kept(k.value)) for k in call.keywords]
        last = ast.Expr(ast.Call(function, args, named))
        block = ast.Try(self.steps(rest), [], [], [last])
        return [located(one, call) for one in (*before, block)]
