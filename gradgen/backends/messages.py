"""Texts: what is printed, and the messages of exceptions.  They are made in Python."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from gradgen.backends import python_calls
from gradgen.emission import pieces
from gradgen.emission.printer import Docstring
from gradgen.emission.statements import Filling
from gradgen.ir.nodes import Op, Value
from gradgen.ir.spelling import HOLE
from gradgen.syntax import nodes_in

if TYPE_CHECKING:
    from gradgen.backends.lowering import Lowering

TEXTS = ("effect", "assert", "raise_if")


def lower(op: Op, lowering: Lowering) -> None:
    """Have a printed function do what the operation says, or make its message."""
    op.attrs.pop("unpacks", None)  # arrays are not unpacked
    text, holes = op.attrs.get("text"), op.inputs[1:]
    if not text or not all(python_calls.can_pass(v.type) for v in holes):
        return
    statement = ast.parse(text).body[0]
    if isinstance(statement, ast.Raise) and isinstance(statement.exc, ast.Call):
        statement.exc.args = [_message(a, holes, lowering) for a in statement.exc.args]
    elif isinstance(statement, ast.Expr):
        said = op.prim == "effect"
        statement.value = _message(statement.value, holes, lowering, said)
    op.attrs["text"] = ast.unparse(statement)


def _message(e: ast.expr, holes: list[Value], lowering: Lowering, said: bool = False) -> ast.expr:
    """Return the call of the function that makes a message (or says it)."""
    if isinstance(e, ast.Constant | ast.Name) and not said:
        return e
    read = [k for k in range(len(holes)) if f"{HOLE}{k}" in {n.id for n in _names(e)}]
    params = python_calls.letters(len(read))
    filled = {f"{HOLE}{k}": _name(p) for k, p in zip(read, params, strict=True)}
    body = Filling(filled).visit(e)
    base = "_say" if said else "_message"
    plain = lowering.function(f"{base}_in_python", lambda name: _plain(name, params, body, said))
    lowering.plain.add(plain)
    name = lowering.function(base, lambda name: _compiled(name, params, plain, said))
    return pieces.call(name, [_name(f"{HOLE}{k}") for k in read])


def _names(e: ast.expr) -> list[ast.Name]:
    return [n for n in nodes_in(e) if isinstance(n, ast.Name)]


def _name(text: str) -> ast.expr:
    return ast.Name(text, ast.Load())


def _function(name: str, params: list[str], body: list[ast.stmt]) -> ast.FunctionDef:
    args = ast.arguments([], [ast.arg(p) for p in params], None, [], [], None, [])
    return ast.FunctionDef(name, args, body, [], None)


def _plain(name: str, params: list[str], e: ast.expr, said: bool) -> ast.FunctionDef:
    last: ast.stmt = ast.Expr(e) if said else ast.Return(pieces.call("str", [e]))
    doc = "Say this, in Python." if said else "Make this message, in Python."
    return _function(name, params, [Docstring(doc), last])


def _compiled(name: str, params: list[str], plain: str, said: bool) -> ast.FunctionDef:
    call = pieces.call(plain, [_name(p) for p in params])
    doc = Docstring(f"Call ``{plain}``: Numba does not make texts.")
    if said:
        block = python_calls.object_mode([], [ast.Expr(call)])
        return _function(name, params, [doc, block])
    declared = [ast.keyword("text", ast.Constant("unicode_type"))]
    assign = ast.Assign([ast.Name("text", ast.Store())], call)
    block = python_calls.object_mode(declared, [assign])
    return _function(name, params, [doc, block, ast.Return(_name("text"))])
