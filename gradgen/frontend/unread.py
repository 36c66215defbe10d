"""What nobody reads, but what may raise: it stays in the text, as it raises in Python.

This is for statements alone, ``np.linalg.cholesky(k)`` or ``a = np.zeros(n)`` for a name that is
never asked; of what a function returns and its caller drops, nothing is kept for its errors.
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
        inputs, attrs = [Const(True), r.read(value)], {"text": KEPT}
        r.b.append("effect", inputs, [], span=r.span(node), attrs=attrs)


def _may_raise(op: Op) -> bool:
    if op.blocks:
        return any(_may_raise(inner) for b in op.blocks for inner in b.ops)
    if op.prim in MADE:
        return any(may_be_negative(n) for n in op.inputs if n.type.kind == "int")
    return op.prim in RESHAPED or bool(raised_by(op))
