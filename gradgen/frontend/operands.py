"""What Python's operators make of operands that have none: the exception that Python raises.

NumPy takes a list for the array that it stands for, where the other operand is one of its own.
Between a list and a list, or a literal, nobody asks NumPy.
"""

from __future__ import annotations

import ast
from typing import Any

import numpy as np

from gradgen.frontend import row_kinds
from gradgen.frontend.evaluate import as_value
from gradgen.frontend.lists import is_list
from gradgen.frontend.reader import Reader
from gradgen.frontend.values import LocalFunction, Map, Record, Ref, Seq, Static
from gradgen.ir.nodes import Const, Value
from gradgen.library.collections import KnownSet
from gradgen.library.sets import ComputedSet

LISTS = (list, tuple, range)


def are_of_python(r: Reader, *operands: Any) -> bool:
    """Whether none of several operands is NumPy's, and one is a list, a tuple or a range."""
    if r.frame.source.generated:
        return False  # there, a list may stand for an array
    listed = [_is_list(r, v) for v in operands]
    return any(listed) and all(
        one or _is_pythons(v) for one, v in zip(listed, operands, strict=True)
    )


def is_added_up(r: Reader, node: ast.AST, old: Any, value: Any) -> bool:
    """Whether ``old += value`` of a list is a sum of arrays: Python asks the array first.

    The sum is a new array, and the list stays what it is.
    """
    if r.frame.source.generated or not isinstance(value, Value | Ref):
        return False
    t = r.read(value).type
    if _is_list(r, old) and t.kind == "any":
        types = "give types: example arguments or annotations"
        r.refuse(node, "a list += what may be a number or an array", types)
    return _is_list(r, old) and (t.kind == "array" or (t.is_scalar and not t.weak))


def _is_list(r: Reader, value: Any) -> bool:
    if isinstance(value, Seq):
        return value.kind in (list, tuple)
    if row_kinds.is_range(value):
        return True
    return is_list(r, value) or (isinstance(value, Static) and type(value.obj) in LISTS)


def _is_pythons(value: Any) -> bool:
    """Whether a value is a number of Python, and not of NumPy: a literal, or what was given."""
    if isinstance(value, Const):
        known = type(value.const) in (int, float, bool)
        return known and not value.type.points  # these stand for objects
    given = isinstance(value, Value) and value.op is not None and value.op.prim == "leaf"
    return given and value.type.is_scalar and value.type.weak


def fail_as_python(r: Reader, node: Any, *operands: Any, op: ast.AST | None = None) -> None:
    """Raise what Python raises for an operator of things of which one has none."""
    code = compile(ast.fix_missing_locations(_tree(op or node.op, node)), "<operands>", "exec")
    given = [_one_like(r, node, v) for v in operands]
    try:
        # The tree is one operator between two names of ours: nothing of the user's text.
        exec(code, dict(zip("ab", given, strict=False)))
    except TypeError as error:
        r.fail(node, error)


def _tree(op: Any, node: ast.AST) -> ast.Module:
    """Return an operator of the names ``a`` and ``b`` as a program."""
    a, b = ast.Name("a", ast.Load()), ast.Name("b", ast.Load())
    if isinstance(node, ast.AugAssign):
        return ast.Module([ast.AugAssign(ast.Name("a", ast.Store()), op, b)], [])
    done: ast.expr = ast.BinOp(a, op, b) if isinstance(op, ast.operator) else ast.UnaryOp(op, a)
    done = ast.Compare(a, [op], [b]) if isinstance(op, ast.cmpop) else done
    return ast.Module([ast.Expr(done)], [])


def _one_like(r: Reader, node: ast.AST, value: Any) -> Any:
    """Return something of the class that a value has, such as 1 for a number."""
    if isinstance(value, Map):
        return {}
    if isinstance(value, LocalFunction):
        return _one_like
    if row_kinds.is_range(value):
        return range(0)
    if isinstance(value, Record):
        if value.kind in (KnownSet, ComputedSet):
            return set()
        return type(value.kind.__name__, (), {})()
    if isinstance(value, Seq):
        return value.kind() if value.kind in (tuple, list) else ()
    if isinstance(value, Static):
        return value.obj
    v = as_value(r, value, node)
    if isinstance(v, Const) and v.const is None:
        return None
    if v.type.is_scalar and v.type.weak:
        return {"float": 1.0, "int": 1, "bool": True, "complex": 1j}[v.type.kind]
    if v.type.kind == "list":
        return () if row_kinds.is_tuple_or_row(r, value) else []
    return np.ones((), v.type.dtype or "float64")[()]
