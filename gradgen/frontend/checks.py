"""Checks before what may raise by itself in a ``try``: the path is taken that Python takes.

``y = a / b`` becomes a test of ``b``, from which a jump leads to the handler, and the division.
What is evaluated before it stands before the test.
"""

from __future__ import annotations

import ast
import math
import types
from collections.abc import Callable
from typing import Any

import numpy as np

from gradgen.frontend import branches
from gradgen.frontend.conditions import (
    LINALG,
    MATH,
    PAIRS,
    absent,
    beyond,
    division,
    emptied,
    missing,
    nothing_in,
    of_int,
    of_linalg,
    of_math,
    overflow,
    power,
)
from gradgen.frontend.evaluate import evaluate
from gradgen.frontend.flow import split
from gradgen.frontend.hoisting import HEADS, hoisted, operands_of
from gradgen.frontend.jumps import Check, Sure, Token
from gradgen.frontend.liveness import MARK
from gradgen.frontend.objects import Method
from gradgen.frontend.points import Point
from gradgen.frontend.raising_calls import known
from gradgen.frontend.reader import Reader
from gradgen.frontend.said import PLACE, POPPED, STORED, python_says
from gradgen.frontend.values import BoundMethod, LocalFunction, Seq, Static
from gradgen.ir.nodes import walk
from gradgen.syntax import located, nodes_in

Catches = Callable[[type[BaseException]], bool]
RAISED = (np.linalg.LinAlgError, ZeroDivisionError, ValueError, OverflowError, IndexError, KeyError)
PLAIN = (ast.Name, ast.Constant, ast.Attribute, ast.expr_context)
DIVISIONS = (ast.Div, ast.FloorDiv, ast.Mod)


# Methods of lists, by their names and how many arguments there are; the last text says by which
# expression Python is asked what it says.
METHODS: dict[tuple[str, int], list[tuple[Any, type[Exception], str]]] = {
    ("pop", 0): [(emptied, IndexError, POPPED)],
    ("pop", 1): [(emptied, IndexError, POPPED), (missing, KeyError, "")],
    ("popleft", 0): [(emptied, IndexError, "deque().popleft()")],
    ("remove", 1): [(absent, ValueError, "[].remove(b)")],
    ("index", 1): [(absent, ValueError, "[].index(b)")],
    **{
        (name, 0): [(nothing_in, ValueError, f"np.{name}([])")]
        for name in ("max", "min", "argmax", "argmin")
    },
}
# What raises of nothing, and how it says so.
EXTREMES: dict[Any, str] = {
    max: "max([])", min: "min([])", np.max: "np.max([])", np.min: "np.min([])",
    np.argmax: "np.argmax([])", np.argmin: "np.argmin([])",
}  # fmt: skip
OF_INT = [
    (of_int("a != a"), ValueError, "int(a)"),
    (of_int("abs(a) == inf"), OverflowError, "int(a)"),
]
SAYS = f"{MARK} says"


def hidden(kind: type[BaseException]) -> str:
    """Return a name for an exception that no name of the user's can be."""
    return f"{MARK} {kind.__name__}"


def name_exceptions(r: Reader) -> None:
    """Give the exceptions of checks their names."""
    r.frame.names |= {hidden(kind): Static(kind) for kind in RAISED}
    r.frame.names[SAYS] = Static(python_says)


def checked(r: Reader, s: Any, catches: Catches) -> list[ast.stmt]:
    """Return a statement with checks before it; nothing if it needs none."""
    made_of = _Checked(r, catches)
    key = (id(s), "checks", *map(catches, RAISED), *made_of.functions(s))
    if key not in r.expansions:
        r.expansions[key] = made_of.statement(s)
    made: list[ast.stmt] = r.expansions[key]
    return made


def risky(r: Reader, catches: Catches) -> Callable[[ast.AST], bool]:
    """Return what says of an expression whether it may raise what is caught, or calls what may."""
    checks = _Checked(r, catches)

    def may_raise(node: Any) -> bool:
        if checks.risk(node):
            return True
        value = known(r, node.func) if isinstance(node, ast.Call) else None
        held = value.obj if isinstance(value, Static) else value
        return isinstance(held, LocalFunction | Method | types.FunctionType)

    return may_raise


def check(r: Reader, s: Check, rest: Point) -> Point | None:
    """Read a check: the jump is taken where what follows would raise."""
    assert isinstance(s.test, ast.Tuple)
    r.checked.discard(s.of)
    found = s.find(r, s, [evaluate(r, e) for e in s.test.elts])
    if found is None:
        return rest
    r.checked.add(s.of)
    return split(r, s, branches.truth(r, found, s.test), s.body, [], rest)


def sure(r: Reader, s: Sure, rest: Point) -> Point | None:
    """Read what was checked, and note its operations."""
    # A cycle by nature: statements are read.
    from gradgen.frontend.statements import HANDLERS

    block, before = r.b.block, len(r.b.block.ops)
    following = HANDLERS[type(s.step)](r, s.step, rest)
    if r.checked.intersection(s.checks):
        for op in block.ops[before:]:
            r.sure_ops.add(op)
            r.sure_ops.update(inner for b in op.blocks for inner in walk(b))
    return following


class _Checked:
    """Puts checks before a statement."""

    def __init__(self, r: Reader, catches: Catches) -> None:
        self.r, self.catches, self.count = r, catches, 0

    def functions(self, s: Any) -> list[int]:
        """Return which functions a statement calls, of those that are known: names may vary."""
        head = getattr(s, HEADS.get(type(s), ""), None)
        calls = [n for n in _nodes(head) if isinstance(n, ast.Call)] if head else []
        values = [known(self.r, n.func) for n in calls]
        stars = [n.value for call in calls for n in call.args if isinstance(n, ast.Starred)]
        counts = [_count(known(self.r, n)) for n in stars]
        return [*(id(v.obj) if isinstance(v, Static) else 0 for v in values), *counts]

    def statement(self, s: Any) -> list[ast.stmt]:
        """Return the statements that one becomes, none where it stays as it is."""
        part = HEADS.get(type(s), "")
        head = getattr(s, part, None)
        risks = {n: risk for n in _nodes(head) if (risk := self.risk(n))} if head else {}
        out: list[ast.stmt] = []
        if risks:
            *out, s = hoisted(s, risks, lambda n: self._name(), lambda n, now: self._parts(now))
        last = self._update(s) or self._store(s)
        made = [*out, *(last or [s])] if risks or last else []
        return [located(one, s) for one in made]

    def risk(self, node: Any) -> Any:
        """Return how to find whether an expression raises, and what; None if it does not."""
        match node:
            case ast.BinOp(op=op):
                return self._operator(op)
            case ast.Call(keywords=[]):
                plain = self._unstarred(node)
                return plain and self._function(plain)
            case ast.Subscript(ctx=ast.Load()):
                return self._subscript(node)
        return None

    def _unstarred(self, node: ast.Call) -> ast.Call | None:
        """Return a call with the items of what is starred; None where these are not known."""
        args: list[ast.expr] = []
        for arg in node.args:
            if not isinstance(arg, ast.Starred):
                args.append(self._listed(node, arg))
                continue
            count = _count(known(self.r, arg.value)) if isinstance(arg.value, ast.Name) else -1
            if count < 0:
                return None
            places = [ast.Constant(k) for k in range(count)]
            args += [ast.Subscript(arg.value, place, ast.Load()) for place in places]
        return ast.copy_location(ast.Call(node.func, args, []), node)

    def _listed(self, node: ast.Call, arg: ast.expr) -> ast.expr:
        """Return an argument, as a list where it is a generator of what the largest is asked of."""
        if not isinstance(arg, ast.GeneratorExp) or len(node.args) > 1:
            return arg
        value = known(self.r, node.func)
        held = value.obj if isinstance(value, Static) else None
        if not any(held is f for f in EXTREMES):
            return arg
        return ast.copy_location(ast.ListComp(arg.elt, arg.generators), arg)

    def _function(self, node: ast.Call) -> Any:
        value = known(self.r, node.func)
        if isinstance(value, BoundMethod) and isinstance(node.func, ast.Attribute):
            found = METHODS.get((node.func.attr, len(node.args)), [])
            return [risk for risk in found if self.catches(risk[1])]
        held = value.obj if isinstance(value, Static) else None
        if isinstance(held, types.BuiltinFunctionType) and held in MATH and len(node.args) == 1:
            test, kind = MATH[held]
            says = f"math.{held.__name__}(a)"
            return [(of_math(test), kind, says)] if self.catches(kind) else None
        if held is divmod and len(node.args) == 2:
            return self._operator(ast.Mod(), "divmod(a, b)")
        if held is pow and len(node.args) == 2:
            return self._operator(ast.Pow(), "pow(a, b)")
        if len(node.args) == 1 and self.catches(ValueError) and any(held is f for f in EXTREMES):
            return [(nothing_in, ValueError, EXTREMES[held])]
        if held is math.pow and self.catches(OverflowError):
            return None
        if isinstance(held, types.BuiltinFunctionType) and len(node.args) == 2:
            says = f"math.{held.__name__}(a, b)"
            pairs = [(of_math(test), kind, says) for test, kind in PAIRS.get(held, [])]
            return [risk for risk in pairs if self.catches(risk[1])]
        if held is int and len(node.args) == 1:
            return [risk for risk in OF_INT if self.catches(risk[1])]
        if held is not None and any(held is fn for fn in LINALG):
            prim, said = LINALG[held]
            error = np.linalg.LinAlgError
            return [(of_linalg(prim), error, said)] if self.catches(error) else None
        return None

    def _operator(self, op: ast.operator, says: str = "") -> Any:
        says = says or ast.unparse(ast.BinOp(ast.Name("a"), op, ast.Name("b")))
        if isinstance(op, DIVISIONS) and self.catches(ZeroDivisionError):
            return [(division, ZeroDivisionError, says)]
        if not isinstance(op, ast.Pow):
            return None
        found = (power, ZeroDivisionError, says), (overflow, OverflowError, says)
        return [risk for risk in found if self.catches(risk[1])]

    def _subscript(self, node: ast.Subscript) -> Any:
        if any(isinstance(n, ast.Slice) for n in nodes_in(node.slice)):
            return None
        says = PLACE if isinstance(node.ctx, ast.Load) else STORED
        finds = (beyond, IndexError, says), (missing, KeyError, "")
        return [found for found in finds if self.catches(found[1])]

    def _parts(self, now: Any) -> tuple[list[ast.stmt], str]:
        """Return the statements that check and compute an expression, and the result's name."""
        risks = self.risk(now)
        names = ("left", "right") if isinstance(now, ast.BinOp) else ("value", "slice")
        steps: list[ast.stmt] = []
        made: ast.expr
        if isinstance(now, ast.Call):
            made, operands = self._call(now, steps)
        else:
            operands = [self._named(getattr(now, n), steps) for n in names]
            fields = {**dict(ast.iter_fields(now)), **dict(zip(names, operands, strict=True))}
            made = type(now)(**fields)
        result = self._name()
        step = ast.Assign([ast.Name(result, ast.Store())], ast.copy_location(made, now))
        steps += _checks(operands, risks, step)
        return [located(one, now) for one in steps], result

    def _call(self, now: ast.Call, steps: list[ast.stmt]) -> tuple[ast.expr, list[ast.expr]]:
        """Return a call of named operands, and these: with what a method is asked of."""
        now = self._unstarred(now) or now
        if not isinstance(now.func, ast.Attribute) or isinstance(known(self.r, now.func), Static):
            operands = [self._named(arg, steps) for arg in now.args]
            return ast.Call(now.func, operands, []), operands
        operands = [self._named(e, steps) for e in (now.func.value, *now.args)]
        method = ast.Attribute(operands[0], now.func.attr, ast.Load())
        return ast.Call(method, operands[1:], []), operands

    def _update(self, s: Any) -> list[ast.stmt] | None:
        """Return ``x /= y`` with a check."""
        if not isinstance(s, ast.AugAssign) or not isinstance(s.target, ast.Name):
            return None
        risks = self._operator(s.op)
        if not risks:
            return None
        steps: list[ast.stmt] = []
        value = self._named(s.value, steps)
        old, step = ast.Name(s.target.id, ast.Load()), ast.AugAssign(s.target, s.op, value)
        return [*steps, *_checks([old, value], risks, located(step, s))]

    def _store(self, s: Any) -> list[ast.stmt] | None:
        """Return ``x[i] = y`` or ``x[i] += y`` with a check."""
        one = s.targets[0] if isinstance(s, ast.Assign) and len(s.targets) == 1 else None
        target = s.target if isinstance(s, ast.AugAssign) else one
        risks = self._subscript(target) if isinstance(target, ast.Subscript) else None
        if one is not None and risks:  # a dict takes any key
            risks = [risk for risk in risks if risk[1] is IndexError]
        if not risks:
            return None
        assert isinstance(target, ast.Subscript)
        steps: list[ast.stmt] = []
        value = self._named(s.value, steps)
        operands = [self._named(n, steps) for n in (target.value, target.slice)]
        made = ast.Subscript(operands[0], operands[1], ast.Store())
        step = ast.Assign([made], value) if one is not None else ast.AugAssign(made, s.op, value)
        return [*steps, *_checks(operands, risks, located(step, s))]

    def _named(self, node: Any, steps: list[ast.stmt]) -> Any:
        if all(isinstance(n, PLAIN) for n in nodes_in(node)):
            return node
        name = self._name()
        steps.append(ast.Assign([ast.Name(name, ast.Store())], node))
        return ast.Name(name, ast.Load())

    def _name(self) -> str:
        self.count += 1
        return f"{MARK}{len(self.r.expansions)} check {self.count}"


def _checks(operands: list[ast.expr], risks: Any, step: ast.stmt) -> list[ast.stmt]:
    """Return checks of some operands, and a statement that raises nothing behind them."""
    tokens = tuple(Token() for _ in risks)
    steps: list[ast.stmt] = []
    for (find, kind, says), of in zip(risks, tokens, strict=True):
        raised = ast.Name(hidden(kind), ast.Load())
        said = operands[1:2]  # a key
        if says:  # a power has a number for its error, and a text
            parts = range(1 + (find is overflow))
            asked = [[ast.Constant(says), raised, ast.Constant(k), *operands] for k in parts]
            said = [ast.Call(ast.Name(SAYS, ast.Load()), args, []) for args in asked]
        error = ast.Call(raised, said, [])
        steps.append(Check(ast.Tuple(operands, ast.Load()), [ast.Raise(error)], [], find, of))
    return [*steps, Sure(step=step, checks=tokens)]


def _count(value: Any) -> int:
    """Return how many items a container has, -1 where that is not known."""
    return len(value.items) if isinstance(value, Seq) and value.grown is None else -1


def _nodes(node: ast.AST) -> list[ast.AST]:
    """Return what is surely evaluated of an expression, innermost first."""
    return [*(n for operand in operands_of(node) for n in _nodes(operand)), node]
