"""What nobody reads, but what may raise: it stays in the text, as it raises in Python.

This is for statements alone, ``np.linalg.cholesky(k)`` or ``a = np.zeros(n)`` for a name that is
never asked; of what a function returns and its caller drops, nothing is kept for its errors.
In a sweep that is read again, it is for what the loss computes, too, where only its lengths are
asked there, as in ``np.ones((a @ x).shape)``, and are known.
"""

from __future__ import annotations

import ast
from typing import Any

from gradgen.frontend.reader import Reader
from gradgen.frontend.values import Ref
from gradgen.ir.lengths import may_be_negative
from gradgen.ir.nodes import Const, Op, Value
from gradgen.ir.raising import raised_by
from gradgen.ir.spelling import HOLE
from gradgen.passes.dce import may_raise
from gradgen.syntax import every_node

KEPT = f"{HOLE}0"  # the text of what stays
MADE = ("zeros", "ones", "full", "empty")
RESHAPED = ("reshape", "broadcast_to", "concatenate", "stack", "vstack", "hstack", "index_of")


def is_unread(r: Reader, target: ast.expr) -> bool:
    """Whether a name is never read in the function that assigns it."""
    if not isinstance(target, ast.Name) or not target.id.isidentifier():
        return False  # others are the reader's own
    key = (id(r.frame.source.node), "names read")
    if key not in r.expansions:
        nodes = every_node(r.frame.source.node)
        r.expansions[key] = {
            n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)
        } | {name for n in nodes if isinstance(n, ast.Nonlocal | ast.Global) for name in n.names}
    return target.id not in r.expansions[key]


def keep_what_raises(r: Reader, node: ast.AST, value: Any, since: int) -> None:
    """Keep a value that nobody reads, if an operation that made it ``since`` then may raise."""
    if r.book.compiled or not isinstance(value, Value | Ref):
        return
    if any(map(_may_raise, r.b.block.ops[since:])):
        _keep(r, node, r.read(value))


def keep_for_its_errors(r: Reader, node: ast.AST, v: Value, lengths: list[Value]) -> None:
    """Keep an array of a sweep whose lengths are asked, and known, if it may not be one."""
    asked = isinstance(node, ast.Attribute) and isinstance(node.value, ast.BinOp | ast.Call)
    if not asked or r.book.compiled or not r.span(node).swept:
        return
    made, known = v.op, all(isinstance(n, Const) for n in lengths)
    if known and made is not None and (made.prim in RESHAPED or may_raise(made, set())):
        _keep(r, node, v)


def _keep(r: Reader, node: ast.AST, v: Value) -> None:
    r.b.append("effect", [Const(True), v], [], span=r.span(node), attrs={"text": KEPT})


def _may_raise(op: Op) -> bool:
    if op.blocks:
        return any(_may_raise(inner) for b in op.blocks for inner in b.ops)
    if op.prim in MADE:
        return any(may_be_negative(n) for n in op.inputs if n.type.kind == "int")
    return op.prim in RESHAPED or bool(raised_by(op))
