"""The line at the top of a generated function that checks what its text relies on."""

from __future__ import annotations

import ast

from gradgen.emit import forms
from gradgen.emit.header import specialisation
from gradgen.ir.nodes import Function, Op, Value, walk
from gradgen.ir.types import Dim, Type
from gradgen.rules.registry import RULES


def guards(function: Function, name: str, names: dict[Value, str]) -> list[ast.stmt]:
    """Return the check of ranks and of lengths 1, where broadcasting was decided by them."""
    leaves = [op.out for op in function.body.ops if op.prim == "leaf"]
    arrays = [v for v in leaves if v.type.kind == "array"]
    stretched = _decided(function)
    tests = [_rank_test(names[v], v.type) for v in arrays]
    tests += [t for v in arrays for t in _length_tests(names[v], v.type, stretched)]
    tests += [_container_test(names[v]) for v in leaves if v.type.kind == "any"]
    if not tests:
        return []
    test = tests[0] if len(tests) == 1 else ast.BoolOp(ast.Or(), tests)
    message = ast.Constant(f"{name} is made for {specialisation(function)}; regenerate it")
    error = ast.Call(ast.Name("TypeError", ast.Load()), [message], [])
    return [ast.If(test, [ast.Raise(error, None)], [])]


def _rank_test(name: str, t: Type) -> ast.expr:
    rank = forms.call("np.ndim", [ast.Name(name, ast.Load())])
    return ast.Compare(rank, [ast.NotEq()], [ast.Constant(t.rank)])


def _container_test(name: str) -> ast.expr:
    kinds = ast.Tuple([ast.Name(k, ast.Load()) for k in ("list", "tuple", "dict")], ast.Load())
    return forms.call("isinstance", [ast.Name(name, ast.Load()), kinds])


def _length_tests(name: str, t: Type, decided: set[str]) -> list[ast.expr]:
    """Test that no length is 1, or that one is, where the text depends on it."""
    shape = ast.Attribute(ast.Name(name, ast.Load()), "shape", ast.Load())
    out: list[ast.expr] = []
    for k, d in enumerate(t.shape or ()):
        if d == 1 and isinstance(d, int):
            length = ast.Subscript(shape, ast.Constant(k), ast.Load())
            out.append(ast.Compare(length, [ast.NotEq()], [ast.Constant(1)]))
    if not out and any(isinstance(d, Dim) and d.name in decided for d in t.shape or ()):
        out.append(ast.Compare(ast.Constant(1), [ast.In()], [shape]))
    return out


def _decided(function: Function) -> set[str]:
    """Return the symbols of lengths that were taken as equal because neither is 1."""
    out: set[str] = set()
    for op in walk(function.body):
        if op.prim in RULES and RULES[op.prim].elementwise:
            _compare(op, out)
    return out


def _compare(op: Op, out: set[str]) -> None:
    shapes = [v.type.shape[::-1] for v in op.inputs if v.type.shape]
    for k in range(max(map(len, shapes), default=0)):
        dims = {s[k] for s in shapes if k < len(s)}
        if len(dims) > 1:
            out.update(d.name for d in dims if isinstance(d, Dim))
