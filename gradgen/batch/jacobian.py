"""Jacobians in one sweep: unit tangents, or unit cotangents, as a batch.

Forward (``jacfwd``) the batch has a row for each entry of the inputs, in reverse (``jacrev``) one
for each entry of the outputs (Griewank and Walther, "Evaluating Derivatives", vector modes).
"""

from __future__ import annotations

from typing import Any

from gradgen.batch.basis import Basis, make_basis
from gradgen.batch.blocks import Blocks, return_columns, return_rows
from gradgen.batch.sweep import Sweep
from gradgen.diff.algebra import Algebra
from gradgen.diff.forward import add_tangents
from gradgen.diff.results import gradient_of
from gradgen.diff.reverse import add_adjoint
from gradgen.ir.builder import Builder
from gradgen.ir.nodes import Block, Const, Function, Value, replace_uses


def jacobian_forward(function: Function, options: Any) -> None:
    """Turn a function into its Jacobian, a sweep forward with a tangent for each input entry."""
    active = [leaf for leaf in function.leaves if leaf.active]
    block = Block()
    basis = make_basis(Algebra(Builder(block, tangent=True)), [leaf.value for leaf in active], "t_")
    at = sum(op.prim == "leaf" for op in function.body.ops)
    function.body.ops[at:at] = block.ops
    pairs = zip(basis.of, basis.stand_ins, strict=True)
    tangents = add_tangents(function, dict(pairs), units=True)
    values = [v for v, _ in function.result["seeds"]]
    alg = Algebra(Builder(function.body, tangent=True))
    moves = [alg.full(tangents[v], v) if v in tangents else alg.zeros(v) for v in values]
    blocks = Blocks(alg, basis, _swept(function, basis, moves))
    return_columns(function, options, blocks, values, moves)


def jacobian_reverse(function: Function, options: Any) -> dict[Value, Value]:
    """Turn a function into its Jacobian, a sweep back with a cotangent for each output entry."""
    values = [v for v, _ in function.result["seeds"]]
    active = [leaf for leaf in function.leaves if leaf.active]
    block = Block()
    basis = make_basis(Algebra(Builder(block, reverse=True)), values, "d_")
    last = function.body.ops[-1:]
    adjoints = add_adjoint(function, list(zip(values, basis.stand_ins, strict=True)))
    alg = Algebra(Builder(function.body, reverse=True))
    grads = [gradient_of(alg, leaf, adjoints.get(leaf.value)) for leaf in active]
    at = function.body.ops.index(last[0]) + 1 if last else 0  # the sweep may look before stores
    function.body.ops[at:at] = block.ops
    blocks = Blocks(alg, basis, _swept(function, basis, grads))
    return_rows(function, options, blocks, values, grads)
    return adjoints


def _swept(function: Function, basis: Basis, results: list[Value]) -> dict[Value, Value]:
    """Let the unit vectors take their places; return what became of the results."""
    function.body.results = list(results)
    given = dict(zip(basis.stand_ins, basis.rows, strict=True))
    if basis.size is None:
        replace_uses(function.body, given)
        return {v: given.get(v, v) for v in results}
    sweep = Sweep(function, given, basis.size or Const(1))
    sweep.run()
    return {v: sweep.new[v] for v in results if v in sweep.new}
