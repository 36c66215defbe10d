"""Small expressions that printed forms are made of: dotted names, calls, literals, subscripts."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Any

from gradgen.ir.nodes import Const, Op, Value

Expr = ast.expr


def dotted(path: str) -> Expr:
    """Return the expression of a dotted name."""
    head, *rest = path.split(".")
    out: Expr = ast.Name(head, ast.Load())
    for part in rest:
        out = ast.Attribute(out, part, ast.Load())
    return out


def call(path: str, args: list[Expr], options: dict[str, Any] | None = None) -> ast.Call:
    """Return a call of a dotted name."""
    keywords = [ast.keyword(k, literal(v, k)) for k, v in (options or {}).items()]
    return ast.Call(dotted(path), args, keywords)


def literal(value: Any, key: str = "") -> Expr:
    """Return the expression of a plain Python object; non-finite floats by ``float("inf")``."""
    if key == "dtype":
        return dtype_expression(value)
    if isinstance(value, tuple | list):
        kind = ast.Tuple if isinstance(value, tuple) else ast.List
        return kind([literal(v) for v in value], ast.Load())
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return ast.Call(ast.Name("float", ast.Load()), [ast.Constant(repr(value))], [])
    if type(value) in (int, float) and (value < 0 or (value == 0 and str(value)[0] == "-")):
        return ast.UnaryOp(ast.USub(), ast.Constant(-value))
    return ast.Constant(value)


def nested(items: Any) -> Expr:
    """Return lists of literals."""
    if isinstance(items, list | tuple):
        return ast.List([nested(i) for i in items], ast.Load())
    return literal(items)


def dtype_expression(name: str) -> Expr:
    """Return the expression of a dtype."""
    plain = {"bool": "bool", "int64": "int", "float64": "float", "complex128": "complex"}
    return dotted(plain.get(name, f"np.{name}"))


def constant(v: Const) -> Expr:
    """Return the expression of a literal value."""
    return dotted(v.text) if v.text else literal(v.const)


def shape_tuple(operands: Sequence[Expr], lengths: Sequence[Value] = ()) -> Expr:
    """Return one length as it is, several as a tuple, all those of one array as its shape."""
    if len(operands) == 1:
        return operands[0]
    return _whole_shape(operands, lengths) or ast.Tuple(list(operands), ast.Load())


def _whole_shape(operands: Sequence[Expr], lengths: Sequence[Value]) -> Expr | None:
    """Return ``a.shape`` for all the lengths of ``a``, in order, that are spelled out."""
    first = lengths[0] if lengths else None
    if first is None or first.op is None or first.op.prim not in ("dim", "len"):
        return None
    a = first.op.inputs[0]
    e = operands[0].args[0] if isinstance(operands[0], ast.Call) else None
    if isinstance(operands[0], ast.Subscript) and isinstance(operands[0].value, ast.Attribute):
        e = operands[0].value.value
    if e is None or a.type.kind != "array" or a.type.rank != len(operands):
        return None
    base = ast.unparse(e)
    spelled = [ast.unparse(o) for o in operands]
    spelled[0] = spelled[0].replace(f"len({base})", f"{base}.shape[0]")
    return (
        shape_of(a, e) if spelled == [f"{base}.shape[{k}]" for k in range(len(spelled))] else None
    )


def shape_of(v: Value, e: Expr) -> Expr:
    """Return the shape of a value: an attribute where it is certainly an array."""
    if v.type.kind == "array":
        return ast.Attribute(e, "shape", ast.Load())
    return call("np.shape", [e])


def options_of(op: Op) -> dict[str, Any]:
    """Return the options that are printed."""
    return {k: v for k, v in op.attrs.items() if k != "keyed"}


def unless_none(e: Expr, nothing: Expr, something: Expr) -> Expr:
    """Return a choice by whether a value is None."""
    return ast.IfExp(ast.Compare(e, [ast.Is()], [ast.Constant(None)]), nothing, something)


def subscript(
    base: Expr, attrs: dict[str, Any], operands: list[Expr], store: bool = False
) -> ast.Subscript:
    """Return ``base[index]`` for a subscript spelled as in ``rules.indexing``."""
    entries: list[Expr] = []
    slices, rest = iter(attrs.get("slices", ())), list(operands)
    for c in attrs["index"]:
        if c == "n":
            entries.append(ast.Constant(None))
        elif c == "e":
            entries.append(ast.Constant(Ellipsis))
        elif c == ":":
            entries.append(ast.Slice(None, None, None))
        elif c == "s":
            parts = [rest.pop(0) if has else None for has in next(slices)]
            entries.append(ast.Slice(*parts))
        else:
            entries.append(rest.pop(0))
    index = entries[0] if len(entries) == 1 else ast.Tuple(entries, ast.Load())
    return ast.Subscript(base, index, ast.Store() if store else ast.Load())


def index_object(index: Expr) -> Expr:
    """Return a subscript as an argument: slices spelled out as objects."""
    if isinstance(index, ast.Tuple):
        return ast.Tuple([index_object(e) for e in index.elts], ast.Load())
    if not isinstance(index, ast.Slice):
        return index
    parts = [index.lower, index.upper, *([index.step] if index.step else [])]
    if index.lower is None and index.step is None:
        parts = [index.upper]
    return call("slice", [ast.Constant(None) if p is None else p for p in parts])


def _column(rows: Expr, way: tuple[Any, ...]) -> Expr:
    """Return the array of what is in the rows of a list."""
    if not way:
        return call("np.array", [rows])
    loop = ast.comprehension(ast.Name("row", ast.Store()), rows, [], 0)
    return call("np.array", [ast.ListComp(access(ast.Name("row", ast.Load()), way), [loop])])


def access(out: Expr, path: tuple[Any, ...]) -> Expr:
    """Return the reading of what a way through containers leads to."""
    for kind, key in path:
        if kind == "column":
            out = _column(out, key)
        elif kind == "attr":
            out = ast.Attribute(out, key, ast.Load())
        else:
            out = ast.Subscript(out, literal(key), ast.Load())
    return out
