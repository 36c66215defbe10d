"""Statements and expressions in the form in which one writes them by hand."""

from __future__ import annotations

import ast
import itertools
from copy import deepcopy
from typing import Any

from gradgen.deep import deep
from gradgen.emission import pieces
from gradgen.frontend.arguments import Container
from gradgen.frontend.classes import has_attributes
from gradgen.ir.nodes import Const, Value
from gradgen.ir.spelling import HOLE
from gradgen.ir.types import Type
from gradgen.library.records import RecordArray
from gradgen.syntax import names_in, nodes_in

Target = ast.Name | ast.Attribute | ast.Subscript


class Filling(ast.NodeTransformer):
    """Puts expressions in the place of names."""

    def __init__(self, values: dict[str, ast.expr]) -> None:
        self.values = values

    def visit_Name(self, node: ast.Name) -> ast.expr:
        """Return what stands for a name."""
        return self.values.get(node.id, node)

    def visit_ListComp(self, node: ast.ListComp) -> ast.AST:
        """Return a comprehension whose targets are not called like what is put into it."""
        return self._apart(node)

    def visit_GeneratorExp(self, node: ast.GeneratorExp) -> ast.AST:
        """Return a generator whose targets are not called like what is put into it."""
        return self._apart(node)

    def _apart(self, node: ast.ListComp | ast.GeneratorExp) -> ast.AST:
        taken = names_in(self.values.values())
        own, used = names_in(part.target for part in node.generators), taken | names_in([node])
        other = {}
        for name in sorted(own & taken):
            free = (f"{name}_{k}" for k in itertools.count(1))
            other[name] = ast.Name(next(n for n in free if n not in used), ast.Load())
            used.add(other[name].id)
        return self.generic_visit(Filling(dict(other)).generic_visit(node) if other else node)


def filled(tree: ast.AST, values: list[ast.expr]) -> Any:
    """Return a tree with expressions in its holes (see `gradgen.ir.spelling`)."""
    return Filling({f"{HOLE}{k}": v for k, v in enumerate(values)}).visit(deepcopy(tree))


def unpacking(spec: Any, names: dict[Any, str], path: tuple[Any, ...]) -> ast.expr | None:
    """Return the target that unpacks a tuple or list of leaves, None for other structures."""
    if not isinstance(spec, Container):
        if not path:
            return None
        return ast.Name(names.get(path, "_"), ast.Store())
    named = spec.kind in (dict, RecordArray) or has_attributes(spec.kind)
    if named or not spec.items:
        return None
    items = []
    for key, item in zip(spec.keys, spec.items, strict=True):
        target = unpacking(item, names, (*path, ("item", key)))
        if target is None:
            return None
        items.append(target)
    return ast.Tuple(items, ast.Store())


def assign(name: str, value: ast.expr, type_: Type | None = None) -> ast.stmt:
    """Return ``name = value``; for numbers ``name += x`` where that says the same."""
    target = ast.Name(name, ast.Store())
    if type_ is not None and type_.is_scalar and isinstance(value, ast.BinOp):
        same = isinstance(value.left, ast.Name) and value.left.id == name
        if same and isinstance(value.op, ast.Add | ast.Sub | ast.Mult | ast.Div):
            return ast.AugAssign(target, value.op, value.right)
    return ast.Assign([target], value)


def stored(e: ast.expr) -> Target:
    """Return an expression as the target of an assignment."""
    assert isinstance(e, Target)
    return ast.Name(e.id, ast.Store()) if isinstance(e, ast.Name) else e


def bool_op(op: ast.boolop, a: ast.expr, b: ast.expr) -> ast.expr:
    """Return ``a and b`` or ``a or b``, flat where ``b`` is of the same kind."""
    values = [a, *(b.values if isinstance(b, ast.BoolOp) and type(b.op) is type(op) else [b])]
    return ast.BoolOp(op, values)


def negated(test: ast.expr) -> ast.expr:
    """Return ``not test``, without a double negation."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return test.operand
    return ast.UnaryOp(ast.Not(), test)


def flags_first(test: ast.expr, then: list[ast.stmt], other: list[ast.stmt]) -> list[ast.stmt]:
    """Return an ``if``; a side that only clears flags does so before it, as a default."""
    for wanted, side, default in ((test, then, other), (negated(test), other, then)):
        names = [name for name in map(_cleared, default) if name]
        if not names or len(names) < len(default) or not _assigns(side, names):
            continue
        used = [n for part in (test, *side) for n in nodes_in(part) if isinstance(n, ast.Name)]
        if any(n.id in names and isinstance(n.ctx, ast.Load) for n in used):
            continue
        stores = [n.id for n in used]
        rest = [s for s in side if not ((name := _cleared(s)) and stores.count(name) == 1)]
        return [*default, *([ast.If(wanted, rest, [])] if rest else [])]
    return [ast.If(test, then, other)]


def _assigns(side: list[ast.stmt], names: list[str]) -> bool:
    """Whether a side gives all of these names a value: else they keep that of before there."""
    targets = [t for s in side if isinstance(s, ast.Assign) for t in s.targets]
    found = names_in(targets)
    return found >= set(names)


def _cleared(s: ast.stmt) -> str:
    """Return the name that a statement sets to False, "" for others."""
    if isinstance(s, ast.Assign) and isinstance(s.value, ast.Constant) and s.value.value is False:
        target = s.targets[0]
        return target.id if isinstance(target, ast.Name) else ""
    return ""


def _jumps(body: list[ast.stmt]) -> bool:
    return bool(body) and isinstance(body[-1], ast.Break | ast.Continue)


def _is_long(body: list[ast.stmt]) -> bool:
    """Whether the rest of a loop's body is better left where it is, after a ``continue``."""
    return len(body) > 6 or any(isinstance(s, ast.If) for s in body)


def tail_if(test: ast.expr, then: list[ast.stmt], other: list[ast.stmt]) -> list[ast.stmt]:
    """Return an ``if`` that ends a loop's body: after a jump no ``else`` is needed."""
    if len(then) == 1 and isinstance(then[0], ast.Continue) and not _is_long(other):
        return [ast.If(negated(test), other, [])]
    if len(other) == 1 and isinstance(other[0], ast.Continue):
        return [ast.If(test, then, [])]
    if len(other) == 1 and isinstance(other[0], ast.Break):
        return [ast.If(negated(test), other, []), *then]
    if _jumps(then):
        return [ast.If(test, then, []), *other]
    return [ast.If(test, then, other)]


@deep
def drop_last_continue(body: list[ast.stmt]) -> None:
    """Drop a ``continue`` at the very end of a loop's body, which says nothing."""
    if not body or not isinstance(body[-1], ast.If):
        return
    last = body[-1]
    for side in (last.body, last.orelse):
        while side and isinstance(side[-1], ast.Continue):
            side.pop()
        drop_last_continue(side)
    if not last.body:
        if last.orelse:
            last.test, last.body, last.orelse = negated(last.test), last.orelse, []
        else:
            body.pop()


def range_of(bounds: list[ast.expr], values: list[Value], backwards: bool) -> ast.expr:
    """Spell a range, or the same backwards."""
    start, stop, step = bounds
    unit = values[2].const if isinstance(values[2], Const) else None
    if backwards and unit in (1, -1):
        first, last = _shifted(stop, -unit), _shifted(start, -unit)
        step = ast.Constant(1) if unit == -1 else pieces.literal(-1)
        return _call_range(first, last, step, -unit)
    plain = _call_range(start, stop, step, unit)
    return pieces.call("reversed", [plain]) if backwards else plain


def _call_range(start: ast.expr, stop: ast.expr, step: ast.expr, unit: int | None) -> ast.expr:
    if unit != 1:
        return pieces.call("range", [start, stop, step])
    if isinstance(start, ast.Constant) and start.value == 0:
        return pieces.call("range", [stop])
    return pieces.call("range", [start, stop])


def _shifted(e: ast.expr, k: int) -> ast.expr:
    """Return ``e + k``, folded where ``e`` is a number or a sum with one: ``n - 1 - i``."""
    number = _integer(e)
    if number is not None:
        return pieces.literal(number + k)
    if isinstance(e, ast.BinOp) and isinstance(e.op, ast.Add | ast.Sub):
        tail = _integer(e.right)
        if tail is not None:
            k += tail if isinstance(e.op, ast.Add) else -tail
            e = e.left
        elif _ends_in_number(e.left):
            return ast.BinOp(_shifted(e.left, k), e.op, e.right)
    if k == 0:
        return e
    return ast.BinOp(e, ast.Add() if k > 0 else ast.Sub(), ast.Constant(abs(k)))


def _ends_in_number(e: ast.expr) -> bool:
    """Whether an expression is a sum of which one term, behind the first, is a whole number."""
    if not isinstance(e, ast.BinOp) or not isinstance(e.op, ast.Add | ast.Sub):
        return False
    return _integer(e.right) is not None or _ends_in_number(e.left)


def _integer(e: ast.expr) -> int | None:
    if isinstance(e, ast.Constant) and type(e.value) is int:
        return e.value
    if (
        isinstance(e, ast.UnaryOp)
        and isinstance(e.op, ast.USub)
        and isinstance(e.operand, ast.Constant)
    ):
        return -e.operand.value if type(e.operand.value) is int else None
    return None
