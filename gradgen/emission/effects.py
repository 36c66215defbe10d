"""What raises, and what is done for its effect alone, as the user wrote it."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from gradgen.emission.statements import filled
from gradgen.ir.nodes import Const, Op

if TYPE_CHECKING:
    from gradgen.emission.writer import Writer


def assertion(writer: Writer, op: Op) -> list[ast.stmt]:
    """Return an assert with the user's message."""
    text = op.attrs.get("text")
    message = writer.note(_filled(writer, op, text).value) if text else None
    return [ast.Assert(writer.expr(op.inputs[0]), message)]


def raise_if(writer: Writer, op: Op) -> list[ast.stmt]:
    """Return what raises the user's error, under its test if it has one."""
    test = op.inputs[0]
    raised = writer.note(_filled(writer, op, op.attrs["text"]))
    if isinstance(test, Const) and test.const:
        return [raised]
    return [ast.If(writer.expr(test), [raised], [])]


def effect(writer: Writer, op: Op) -> list[ast.stmt]:
    """Return a statement of the user's that is there for what it does."""
    made = _filled(writer, op, op.attrs["text"])
    named = isinstance(made, ast.Expr) and isinstance(made.value, ast.Name | ast.Constant)
    if named and op.inputs[-1] not in writer.function.raised_for:
        return []  # it has been computed under its name, which is there on every path
    return [writer.note(made)]


def _filled(writer: Writer, op: Op, text: str) -> Any:
    """Return a statement whose holes are filled with the inputs after the first."""
    return filled(ast.parse(text).body[0], [writer.expr(v) for v in op.inputs[1:]])


EFFECTS: dict[str, Callable[[Writer, Op], list[ast.stmt]]] = {
    "assert": assertion, "raise_if": raise_if, "effect": effect,
}  # fmt: skip
