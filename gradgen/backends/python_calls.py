"""Operations that Numba does not have run in NumPy, between the compiled loops.

For each one a small function is printed whose body is Numba's object mode: it takes numbers and
arrays, calls NumPy, and hands back a result whose dtype and rank are checked, since Numba itself
would take the bytes of any other array for those of the declared one.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Sequence

from gradgen.emission import forms, pieces
from gradgen.emission.printer import Docstring
from gradgen.ir.nodes import Const, Op, Value
from gradgen.ir.types import Type
from gradgen.rules.registry import RULES

SCALARS = {"float": "float64", "int": "int64", "bool": "boolean", "complex": "complex128"}
READ = {"load": "a[...]", "winners": "_winners", "draw": "numpy.random"}
LETTERS = "abcdefghijklmnop"


def can_pass(t: Type) -> bool:
    """Whether a value of a type can go into Python and back."""
    return can_enter(t) and (t.is_scalar or t.rank != 0)


def can_enter(t: Type) -> bool:
    """Whether a value of a type can go into Python; an array without axes cannot come back."""
    return t.is_scalar or (t.kind == "array" and bool(t.dtype) and t.rank is not None)


def in_python(op: Op, name: str, read: Collection[Value]) -> ast.FunctionDef:
    """Return the function that does an operation in NumPy; it takes what is not a literal.

    What is not in ``read`` of its results, 0 stands for: it may be of any type.
    """
    params = parameters(op.inputs)
    operands = [
        pieces.constant(v) if isinstance(v, Const) else ast.Name(params[v], ast.Load())
        for v in op.inputs
    ]
    call = forms.op_expression(op, operands)
    rule = RULES[op.prim]
    called = rule.spelling or op.attrs.get("function", "") or READ.get(op.prim, op.prim)
    doc = f"Call ``{called}``, which Numba does not have, in Python."
    results = [name for name, _ in zip(("y", "z", "u", "v", "w"), op.outputs, strict=False)]
    types = [v.type if v in read else None for v in op.outputs]
    return function(name, list(params.values()), call, types, results, doc)


def parameters(values: Sequence[Value]) -> dict[Value, str]:
    """Return the names of the parameters for the values that are not literals."""
    free = dict.fromkeys(v for v in values if not isinstance(v, Const))
    return dict(zip(free, letters(len(free)), strict=True))


def letters(count: int) -> list[str]:
    """Return as many names for parameters, letters as far as there are any."""
    return [LETTERS[k] if k < len(LETTERS) else f"a{k}" for k in range(count)]


def function(
    name: str,
    params: list[str],
    call: ast.expr,
    types: Sequence[Type | None],
    results: list[str],
    doc: str,
) -> ast.FunctionDef:
    """Return a function that evaluates an expression in object mode, and checks its results."""
    targets: list[ast.expr] = [ast.Name(r, ast.Store()) for r in results]
    target = targets[0] if len(targets) == 1 else ast.Tuple(targets, ast.Store())
    made = [_exact(r, t) for r, t in zip(results, types, strict=True)]
    if len(results) == 1:
        body: list[ast.stmt] = [ast.Assign([target], _exact(call, types[0]))]
    else:
        checks = [ast.Assign([t], e) for t, e in zip(targets, made, strict=True)]
        body = [ast.Assign([target], call), *checks]
    declared = [
        ast.keyword(r, ast.Constant(_declared(t))) for r, t in zip(results, types, strict=True)
    ]
    loads: list[ast.expr] = [ast.Name(r, ast.Load()) for r in results]
    value = loads[0] if len(loads) == 1 else ast.Tuple(loads, ast.Load())
    block = object_mode(declared, body)
    args = ast.arguments([], [ast.arg(p) for p in params], None, [], [], None, [])
    return ast.FunctionDef(name, args, [Docstring(doc), block, ast.Return(value)], [], None)


def object_mode(declared: list[ast.keyword], body: list[ast.stmt]) -> ast.With:
    """Return a block that runs in Python."""
    mode = pieces.call("numba.objmode", [])
    mode.keywords = declared
    return ast.With([ast.withitem(mode, None)], body)


def _exact(value: ast.expr | str, t: Type | None) -> ast.expr:
    """Return a result as what is declared for it, or an error; 0 for one that nothing reads."""
    if t is None:
        return ast.Constant(0)
    e = ast.Name(value, ast.Load()) if isinstance(value, str) else value
    if t.kind == "int":
        return pieces.call("_whole", [e])
    if t.is_scalar:
        return ast.Call(ast.Name(t.kind, ast.Load()), [e], [])
    dtype = pieces.dotted(f"np.{'bool_' if t.dtype == 'bool' else t.dtype}")
    return pieces.call("_exactly", [e, dtype, ast.Constant(t.rank)])


def _declared(t: Type | None) -> str:
    if t is None:
        return SCALARS["int"]
    if t.is_scalar:
        return SCALARS[t.kind]
    axes = ", ".join([":"] * ((t.rank or 1) - 1) + ["::1"])
    return f"{'boolean' if t.dtype == 'bool' else t.dtype}[{axes}]"


def write_in_python(op: Op, name: str) -> ast.FunctionDef:
    """Return the function that does a store in NumPy; arrays are passed by reference."""
    params = parameters(op.inputs)
    base, value, *index = (
        pieces.constant(v) if isinstance(v, Const) else ast.Name(params[v], ast.Load())
        for v in op.inputs
    )
    where = forms.target(op, base, index)
    if op.prim == "add_at":
        at = "np.subtract.at" if op.attrs.get("sign") == "-" else "np.add.at"
        place = [where.value, pieces.index_object(where.slice), value]
        statement: ast.stmt = ast.Expr(pieces.call(at, place))
    elif op.prim == "inc":
        sign = ast.Sub() if op.attrs.get("sign") == "-" else ast.Add()
        statement = ast.AugAssign(where, sign, value)
    else:
        statement = ast.Assign([where], value)
    free = list(parameters(op.inputs).values())
    args = ast.arguments([], [ast.arg(p) for p in free], None, [], [], None, [])
    doc = Docstring("Write to these places, in Python.")
    return ast.FunctionDef(name, args, [doc, object_mode([], [statement])], [], None)
