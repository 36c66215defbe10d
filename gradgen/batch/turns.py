"""Jacobians a sweep at a time: a loop over the seeds, where they cannot go through one together.

What the loop repeats is the text of a product with the derivative, ``jvp`` or ``vjp``, read again.
"""

from __future__ import annotations

from typing import Any

from gradgen.batch.basis import Basis, make_basis
from gradgen.batch.blocks import Blocks, return_columns, return_rows
from gradgen.diff.algebra import Algebra
from gradgen.diff.rerun import DONE_ONCE, copy_op, repeatable
from gradgen.diff.structures import gradient_leaves
from gradgen.errors import UnsupportedError
from gradgen.ir.builder import Builder
from gradgen.ir.nodes import Block, Const, Function, Op, Value, walk
from gradgen.ir.types import integer

COTANGENT = "d_value"
SHOWN = ("effect",)  # what is printed is so once, not for every seed


def columns_by_turns(function: Function, product: Function, options: Any) -> None:
    """Turn a function into its Jacobian, a column for each turn of a loop.

    ``product`` is the graph of what returns the tangent.
    """
    active = [leaf for leaf in function.leaves if leaf.active]
    alg = Algebra(Builder(function.body, tangent=True))
    chosen = function.result["active"]
    moved = {(leaf.param, leaf.path): leaf.value for leaf in product.leaves}
    stand_ins = {
        id(leaf): moved[f"t_{s.label}", leaf.path[len(s.path) :]]
        for s in chosen for leaf in active if s.holds(leaf)
    }  # fmt: skip
    values = [leaf.value for leaf in active]
    basis = make_basis(alg, values, "t_", [stand_ins[id(leaf)] for leaf in active])
    values = [v for v, _ in function.result["seeds"]]
    moves = [v for v, _ in product.result["seeds"]]
    rows = _in_turn(function, product, alg, basis, list(zip(values, moves, strict=True)))
    return_columns(function, options, Blocks(alg, basis, rows), values, moves)


def rows_by_turns(function: Function, product: Function, options: Any) -> None:
    """Turn a function into its Jacobian, a row for each turn of a loop.

    ``product`` is the graph of what returns the gradient.
    """
    alg = Algebra(Builder(function.body, reverse=True))
    values = [v for v, _ in function.result["seeds"]]
    stand_ins = [leaf.value for leaf in product.leaves if leaf.param == COTANGENT]
    basis = make_basis(alg, values, "d_", stand_ins)
    chosen = map(id, gradient_leaves(function))
    by_leaf = dict(zip(chosen, (v for v, _ in product.result["seeds"]), strict=True))
    active = [leaf for leaf in function.leaves if leaf.active]
    grads = [by_leaf[id(leaf)] for leaf in active]
    pairs = list(zip([leaf.value for leaf in active], grads, strict=True))
    rows = _in_turn(function, product, alg, basis, pairs)
    return_rows(function, options, Blocks(alg, basis, rows), values, grads)


def _in_turn(
    function: Function,
    product: Function,
    alg: Algebra,
    basis: Basis,
    pairs: list[tuple[Value, Value]],
) -> dict[Value, Value]:
    """Append the loop; return the rows of each result.

    ``pairs`` are a value of the function and the result of the product that is shaped like it.
    """
    size, before = basis.size, list(function.body.ops)
    assert size is not None
    _require_repeatable(product)
    function.captures |= product.captures
    for op in walk(Block(ops=before)):
        # What it may raise, the loop raises: it is done if something reads it.
        op.tangent = op.tangent or op.prim not in DONE_ONCE
    for rows in basis.rows:
        rows.name += "_seeds"
    moving = [(v, w) for v, w in pairs if not isinstance(w, Const)]
    starts = [_empty(alg, v, w, size) for v, w in moving]
    turn = Value(integer(), "k")
    block = Block(params=[turn, *(Value(s.type, s.name) for s in starts)], end="continue")
    with alg.b.into(block):
        copies = _copies(function, product, alg, basis, turn)
        for (_, w), rows in zip(moving, block.params[1:], strict=True):
            stored = alg.b.emit("store", [rows, copies.get(w, w), turn], index="i")
            block.results.append(stored)
    outputs = [Value(s.type, s.name) for s in starts]
    loop = Op("for", [Const(0), size, Const(1), *starts], outputs, {}, None, [block])
    loop.reverse, loop.tangent = alg.b.reverse, alg.b.tangent
    for v in outputs:
        v.op = loop
    function.body.ops.append(loop)
    return {w: out for (_, w), out in zip(moving, outputs, strict=True)}


def _empty(alg: Algebra, v: Value, result: Value, size: Value) -> Value:
    """Return an array with a row for each seed."""
    lengths = [alg.dim(v, k) for k in range(v.type.rank or 0)]
    dtype: dict[str, Any] = {"dtype": "float32"} if v.type.dtype == "float32" else {}
    rows = alg.emit("zeros", size, *lengths, **dtype)
    rows.name, rows.user = f"{result.name or 'd_value'}_rows", True
    return rows


def _copies(
    function: Function, product: Function, alg: Algebra, basis: Basis, turn: Value
) -> dict[Value, Value]:
    """Copy what the product does into the loop, for the seed whose turn it is."""
    mine = {(leaf.param, leaf.path): leaf.value for leaf in function.leaves}
    given: dict[Value, Value] = {}
    for v, rows in zip(basis.stand_ins, basis.rows, strict=True):
        row = alg.load(rows, [turn], "i")
        weak = v.type.is_scalar and v.type.weak
        given[v] = alg.emit("float", row) if weak else row
        given[v].name, given[v].user = v.name, True
    for leaf in product.leaves:
        if leaf.value not in given:
            # Else the tangent of what has none, an integer.
            known = mine.get((leaf.param, leaf.path))
            given[leaf.value] = alg.zeros(leaf.value) if known is None else known
    block = alg.b.block
    block.ops += [
        copy_op(op, given, reverse=alg.b.reverse, without=SHOWN)
        for op in product.body.ops
        if op.prim not in (*SHOWN, "leaf")
    ]
    for op in walk(Block(ops=block.ops)):
        op.reverse, op.tangent = alg.b.reverse, alg.b.tangent
    return given


def _require_repeatable(product: Function) -> None:
    """Refuse to draw random numbers anew for each seed."""
    for op in walk(product.body):
        if not repeatable(op):
            raise UnsupportedError(
                "random numbers in a Jacobian whose seeds go through one after the other",
                op.span,
                "draw them before, and pass them",
            )
