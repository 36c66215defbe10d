"""Branches and loops to statements, what they carry included."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING

from gradgen.diff.activity import carried
from gradgen.emission.folding import LIMIT, is_expression
from gradgen.emission.statements import (
    assign,
    drop_last_continue,
    flags_first,
    negated,
    range_of,
    tail_if,
)
from gradgen.ir.nodes import Block, Const, Op, Value
from gradgen.syntax import names_in, nodes_in

if TYPE_CHECKING:
    from gradgen.emission.writer import Writer


def branch(writer: Writer, op: Op) -> list[ast.stmt]:
    """Return a branch, or the expression it was in the source."""
    test = writer.expr(op.inputs[0])
    if _is_choice(writer, op):
        return [assign(writer.names[op.out], writer.note(writer.choice(op, test)))]
    sides = []
    for b in op.blocks:
        body = writer.block(b)
        if b.end == "yield":
            body += writer.moves(zip(op.outputs, b.results, strict=True), b)
        elif b.end != "tail":
            body += _end(writer, b)
        sides.append(body)
    then, other = sides
    if op.blocks[0].end != "yield":
        return tail_if(test, then, other)
    if not then:
        if not other:
            return []
        return [ast.If(negated(test), other, [])]
    return flags_first(test, then, other)


def _is_choice(writer: Writer, op: Op) -> bool:
    """Whether a branch was an expression in the source, and is short enough to be one."""
    style = op.attrs.get("style")
    if not style or not is_expression(op, writer.folded) or op.out not in writer.names:
        return False
    return style in ("and", "or") or sum(len(b.ops) for b in op.blocks) < LIMIT // 2


def _end(writer: Writer, block: Block) -> list[ast.stmt]:
    """Carry the values of an iteration's end into the loop's variables, and jump."""
    loop = writer.loops[-1]
    moves = writer.moves(zip(carried(loop)[0], block.results, strict=True), block)
    jump: ast.stmt = ast.Break() if block.end == "break" else ast.Continue()
    return [*moves, jump]


def counted_loop(writer: Writer, op: Op) -> list[ast.stmt]:
    """Return a loop over a range."""
    body, index = op.blocks[0], op.blocks[0].params[0]
    params, inits = carried(op)
    out = writer.moves(zip(params, inits, strict=True))
    bounds = [writer.expr(v) for v in op.inputs[:3]]
    asked = writer.names[index] != "_" or not _counts_up(op)  # which turn it is
    backwards = bool(op.attrs.get("backwards")) and asked
    over: ast.expr = range_of(bounds, op.inputs[:3], backwards)
    if _assigned(out) & names_in([over]):
        # What is carried takes the name of what the bounds were read from.
        turns = ast.Name(_unused(writer, "turns"), ast.Load())
        out, over = [assign(turns.id, over), *out], turns
    loop = ast.For(ast.Name(writer.names[index], ast.Store()), over, _body(writer, op, body), [])
    loop.gradgen_parts = op.attrs.get("parts")  # type: ignore[attr-defined]
    return [*out, loop, *writer.moves(zip(op.outputs, params, strict=True))]


def _unused(writer: Writer, hint: str) -> str:
    """Return a name that no value has."""
    taken = set(writer.names.values())
    while hint in taken:
        hint += "_"
    return hint


def while_loop(writer: Writer, op: Op) -> list[ast.stmt]:
    """Return a loop with a test, which stands in its body where it takes statements."""
    test_block, body = op.blocks
    params, inits = carried(op)
    out = writer.moves(zip(params, inits, strict=True))
    _share(writer, test_block.params, params)
    tests = writer.block(test_block)
    test = writer.expr(test_block.results[0])
    statements = _body(writer, op, body)
    if tests:
        stop = ast.If(negated(test), [ast.Break()], [])
        statements, test = [*tests, stop, *statements], ast.Constant(True)
    loop = ast.While(test, statements, [])
    return [*out, loop, *writer.moves(zip(op.outputs, params, strict=True))]


def _share(writer: Writer, twins: list[Value], params: list[Value]) -> None:
    """Let the test read the loop's own variables."""
    for twin, p in zip(twins, params, strict=True):
        writer.names[twin] = writer.names[p]


def _body(writer: Writer, op: Op, body: Block) -> list[ast.stmt]:
    writer.loops.append(op)
    out = writer.block(body)
    if body.end != "tail":
        out += _end(writer, body)
    writer.loops.pop()
    while out and isinstance(out[-1], ast.Continue):
        out.pop()
    drop_last_continue(out)
    return out or [ast.Pass()]


def _assigned(statements: list[ast.stmt]) -> set[str]:
    """Return the names that assignments bind."""
    nodes = [n for s in statements for n in nodes_in(s)]
    return {n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}


def _counts_up(loop: Op) -> bool:
    """Whether a loop goes up from 0 by 1."""
    start, _, step = loop.inputs[:3]
    return (
        isinstance(start, Const) and isinstance(step, Const) and (start.const, step.const) == (0, 1)
    )


CONTROL: dict[str, Callable[[Writer, Op], list[ast.stmt]]] = {
    "if": branch, "for": counted_loop, "while": while_loop,
}  # fmt: skip
