"""Words for values without a name of the user's: what a temporary is called in the text."""

from __future__ import annotations

import re

from gradgen.ir.nodes import Const, Op, Value

WHAT = {
    "call": "result", "take": "item",
    "load": "item", "T": "transposed", "mul": "product", "add": "total", "sub": "difference",
    "div": "quotient", "matmul": "product", "neg": "negated", "zeros_as": "zeros",
    "inc": "total", "gt": "above", "lt": "below", "ge": "at_least", "le": "at_most",
    "eq": "equal", "ne": "unequal", "if": "chosen", "expand_dims": "column", "stretch": "stretched",
    "fill": "filled", "len": "n", "dim": "n", "unbroadcast": "summed", "pow": "power",
    "where": "chosen", "select": "chosen", "not": "negated", "captured": "constant",
    "field": "item", "list": "items", "repeat_list": "items", "array_of_list": "stacked",
    "min2": "smaller", "max2": "larger", "leaf": "leaf", "diag_view": "diagonal", "pop": "item",
    "winners": "last",
}  # fmt: skip


def describe(v: Value) -> str:
    """Name a temporary after its operation and what it is applied to: ``d_`` for an adjoint."""
    op, what = v.op, noun(v)
    plain = op is None or op.again or not op.derived or not v.type.inexact
    if op is None or plain or op.prim == "helper" or _applied_to(op) or _is_users(op):
        return what
    return f"d_{what}" if op.reverse else f"t_{what}"


def _is_users(op: Op) -> bool:
    """Whether an operation of the sweep is one of the user's values alone: no adjoint is in it."""
    if op.blocks or op.prim == "call" or any(isinstance(v, Const) for v in op.inputs):
        return False
    return bool(op.inputs) and all(v.op is None or not v.op.derived for v in op.inputs)


def noun(v: Value) -> str:
    """Name a temporary after its operation, as one of the user's function."""
    op = v.op
    if op is None:
        return "carried"
    if op.prim == "field" and isinstance(op.attrs["key"][1], str):
        return re.sub(r"\W", "_", f"{op.inputs[0].name or 'item'}_{op.attrs['key'][1]}")
    if op.prim in ("for", "while"):
        return "items" if v.type.kind == "list" else "final"
    what = WHAT.get(op.prim, op.prim.rsplit(".", 1)[-1])
    if v.type.kind == "int" and op.prim in ("sub", "add"):
        return "last" if op.prim == "sub" else "place"
    if op.prim == "ne" and isinstance(op.inputs[1], Const) and op.inputs[1].const == 0:
        return "nonzero"
    if op.attrs.get("style") in ("and", "or"):
        return "both" if op.attrs["style"] == "and" else "either"
    if op.prim == "helper":
        return str(op.attrs.get("hint") or op.attrs["function"]).strip("_")
    source = _applied_to(op)
    return f"{what}_{source}" if source else what


def _applied_to(op: Op) -> str:
    """Return the user's name for what a well-known function is applied to, if there is one."""
    if op.prim not in ("exp", "log", "sqrt", "tanh", "sin", "cos", "abs"):
        return ""
    return next((i.name for i in op.inputs if i.name and i.user), "")
