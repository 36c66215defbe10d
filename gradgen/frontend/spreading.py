"""What may not be evaluated of an expression, as statements, where it can raise what is caught.

``y = a / b if t else 0.0`` becomes an ``if``, as do ``and`` and ``or``; the test of a ``while``
stands in its body; a comprehension becomes the loop that it stands for.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Callable, Collection, Sequence
from typing import Any

from gradgen.frontend.comprehensions import in_scope
from gradgen.frontend.hoisting import HEADS, hoisted, operands_of
from gradgen.frontend.liveness import MARK
from gradgen.frontend.raising_calls import known
from gradgen.frontend.reader import Reader
from gradgen.frontend.values import Static
from gradgen.syntax import located, nodes_in

# Builtins that take all that a generator gives, one after the other, before they do anything else.
TAKE_ALL = (sum, list, tuple, sorted, min, max)
TAKE_SOME: dict[Any, bool] = {any: True, all: False}  # and those that stop at what they look for


def spread(r: Reader, s: Any, risky: Callable[[ast.AST], bool]) -> list[ast.stmt]:
    """Return statements in which all that may raise is surely evaluated; nothing if it is.

    ``risky`` says whether an expression may raise what is caught.  The statements are the same
    trees each time.
    """
    if isinstance(s, ast.While):
        found: Collection[ast.AST] = {s.test} if _raises(s.test, risky) else ()
    else:
        head = getattr(s, HEADS.get(type(s), ""), None)
        found = _found(r, head, risky) if head is not None else ()
    if not found:
        return []
    key = (id(s), "spread", *sorted(map(id, found)))
    if key not in r.expansions:
        name = f"{MARK}{len(r.expansions)} ended"
        made = _of_while(s, name) if isinstance(s, ast.While) else _Spreading(r).statement(s, found)
        r.expansions[key] = [located(one, s) for one in made]
    out: list[ast.stmt] = r.expansions[key]
    return out


def _raises(node: ast.AST, risky: Callable[[ast.AST], bool]) -> bool:
    return any(risky(n) for n in nodes_in(node))


def _of_while(s: ast.While, name: str) -> list[ast.stmt]:
    """Return a loop with its test in its body; under a name, whether that has ended it."""
    test = ast.UnaryOp(ast.Not(), s.test)
    if not s.orelse:
        return [ast.While(ast.Constant(True), [ast.If(test, [ast.Break()], []), *s.body], [])]
    stop = ast.If(test, [_assigned(name, ast.Constant(True)), ast.Break()], [])
    loop = ast.While(ast.Constant(True), [stop, *s.body], [])
    return [_assigned(name, ast.Constant(False)), loop, ast.If(_read(name), s.orelse, [])]


def _found(r: Reader, head: ast.AST, risky: Callable[[ast.AST], bool]) -> set[ast.AST]:
    """Return what is surely evaluated and has parts that may raise, and may not be evaluated."""
    taken = {n.args[0] for n in _sure(head) if _takes(r, n, TAKE_ALL)}
    return {
        n
        for n in _sure(head)
        if (
            isinstance(n, ast.ListComp | ast.DictComp)
            or n in taken
            or _takes(r, n, (*TAKE_SOME,))
            or _parts(n)
        )
        and any(_raises(part, risky) for part in _parts(n) or [n])
    }


def _parts(node: Any) -> list[ast.AST]:
    """Return the operands that may not be evaluated."""
    match node:
        case ast.IfExp():
            return [node.body, node.orelse]
        case ast.BoolOp():
            return [*node.values[1:]]
        case ast.Compare():
            return [*node.comparators[1:]]
    return []


def _takes(r: Reader, node: Any, functions: Sequence[Any]) -> bool:
    """Whether this is a call of one of some builtins with a generator expression alone."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
        return False
    if not node.args or not isinstance(node.args[0], ast.GeneratorExp):
        return False
    value = known(r, node.func) if hasattr(builtins, node.func.id) else None
    held = value.obj if isinstance(value, Static) else None
    some = any(held is f for f in TAKE_SOME)
    plain = not some or len(node.args[0].generators) == 1
    return plain and any(held is f for f in functions)


def _sure(node: ast.AST) -> list[Any]:
    """Return what is surely evaluated of an expression, innermost first."""
    return [*(n for operand in operands_of(node) for n in _sure(operand)), node]


class _Spreading:
    """Puts what may not be evaluated before a statement."""

    def __init__(self, r: Reader) -> None:
        self.r, self.count = r, 0

    def statement(self, s: Any, found: Collection[ast.AST]) -> list[ast.stmt]:
        return hoisted(s, found, lambda n: self._name(), self._instead)

    def _name(self) -> str:
        self.count += 1
        return f"{MARK}{len(self.r.expansions)} part {self.count}"

    def _instead(self, node: Any, now: Any) -> tuple[list[ast.stmt], str]:
        """Return the statements that compute an expression, and the result's name."""
        result = self._name()
        match now:
            case ast.IfExp():
                then, other = _assigned(result, now.body), _assigned(result, now.orelse)
                steps: list[ast.stmt] = [ast.If(now.test, [then], [other])]
            case ast.BoolOp():
                steps = self._joined(result, now.values, isinstance(now.op, ast.And))
            case ast.Compare():
                steps = self._compared(result, now)
            case ast.Call(func=ast.Name(id=name)):
                steps = self._searched(result, node.args[0], name == "any")
            case ast.DictComp():
                steps = self._keyed(result, node)
            case _:
                steps = self._collected(result, node)
        return steps, result

    def _joined(self, result: str, values: list[ast.expr], wanted: bool) -> list[ast.stmt]:
        """Return ``and``, or ``or``: a value is asked for where those before it are true."""
        first, *rest = values
        steps: list[ast.stmt] = [_assigned(result, first)]
        if rest:
            test: ast.expr = _read(result)
            test = test if wanted else ast.UnaryOp(ast.Not(), test)
            steps.append(ast.If(test, self._joined(result, rest, wanted), []))
        return steps

    def _compared(self, result: str, node: ast.Compare) -> list[ast.stmt]:
        """Return a chain of comparisons, each one asked for where those before it hold."""
        names = [self._name() for _ in node.comparators]
        out: list[ast.stmt] = []
        left, steps = node.left, out
        for k, (op, right) in enumerate(zip(node.ops, node.comparators, strict=True)):
            steps.append(_assigned(names[k], right))
            steps.append(_assigned(result, ast.Compare(left, [op], [_read(names[k])])))
            left = _read(names[k])
            if k + 1 < len(names):
                inner: list[ast.stmt] = []
                steps.append(ast.If(_read(result), inner, []))
                steps = inner
        return out

    def _searched(self, result: str, node: ast.GeneratorExp, wanted: bool) -> list[ast.stmt]:
        """Return ``any`` or ``all`` as a loop that stops at what it looks for."""
        scoped = in_scope(self.r, node)
        test = scoped.elt if wanted else ast.UnaryOp(ast.Not(), scoped.elt)
        found: list[ast.stmt] = [_assigned(result, ast.Constant(wanted)), ast.Break()]
        loop = _loops(scoped.generators, [ast.If(test, found, [])])
        return [_assigned(result, ast.Constant(not wanted)), loop]

    def _collected(self, result: str, node: ast.ListComp | ast.GeneratorExp) -> list[ast.stmt]:
        """Return a comprehension as loops that append."""
        scoped = in_scope(self.r, node)
        call = ast.Call(ast.Attribute(_read(result), "append", ast.Load()), [scoped.elt], [])
        empty = ast.List([], ast.Load())
        return [_assigned(result, empty), _loops(scoped.generators, [ast.Expr(call)])]

    def _keyed(self, result: str, node: ast.DictComp) -> list[ast.stmt]:
        """Return a dict that loops fill."""
        scoped = in_scope(self.r, node)
        place = ast.Subscript(_read(result), scoped.key, ast.Store())
        empty = ast.Dict([], [])
        filled = ast.Assign([place], scoped.value)
        return [_assigned(result, empty), _loops(scoped.generators, [filled])]


def _loops(generators: list[ast.comprehension], steps: list[ast.stmt]) -> ast.stmt:
    for part in reversed(generators):
        for test in reversed(part.ifs):
            steps = [ast.If(test, steps, [])]
        steps = [ast.For(part.target, part.iter, steps, [])]
    return steps[0]


def _read(name: str) -> ast.Name:
    return ast.Name(name, ast.Load())


def _assigned(name: str, value: ast.expr) -> ast.Assign:
    return ast.Assign([ast.Name(name, ast.Store())], value)
