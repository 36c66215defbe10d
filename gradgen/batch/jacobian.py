"""Jacobians in one sweep: unit tangents, or unit cotangents, as a batch.

Forward (``jacfwd``) the batch has a row for each entry of the inputs, in reverse (``jacrev``) one
for each entry of the outputs (Griewank and Walther, "Evaluating Derivatives", vector modes).
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from gradgen.batch.sweep import Sweep
from gradgen.diff.adjoints import adjoint_type
from gradgen.diff.algebra import Algebra
from gradgen.diff.forward import add_tangents
from gradgen.diff.results import gradient_of, gradient_trees, unshare, value_tree
from gradgen.diff.reverse import add_adjoint
from gradgen.errors import UnsupportedError
from gradgen.ir.builder import Builder
from gradgen.ir.nodes import Block, Const, Function, Leaf, Value, replace_uses
from gradgen.ir.types import fresh_dim, integer

Emit = Callable[[Value], ast.expr]


@dataclass(frozen=True, slots=True)
class Basis:
    """The unit vectors of several numbers and arrays together: a row for each entry.

    ``stand_ins`` are what the derivative is made with, ``rows`` what takes their place; ``size`` is
    the number of rows, None where there is one number in all and nothing is to be batched.
    """

    of: Sequence[Value]
    stand_ins: list[Value]
    rows: list[Value]
    starts: list[Value]
    size: Value | None


def jacobian_forward(function: Function, options: Any) -> None:
    """Turn a function into its Jacobian, a sweep forward with a tangent for each input entry."""
    active = [leaf for leaf in function.leaves if leaf.active]
    block = Block()
    basis = _basis(Algebra(Builder(block, tangent=True)), [leaf.value for leaf in active], "t_")
    at = sum(op.prim == "leaf" for op in function.body.ops)
    function.body.ops[at:at] = block.ops
    pairs = zip(basis.of, basis.stand_ins, strict=True)
    tangents = add_tangents(function, dict(pairs))
    values = [v for v, _ in function.result["seeds"]]
    alg = Algebra(Builder(function.body, tangent=True))
    moves = [alg.full(tangents[v], v) if v in tangents else alg.zeros(v) for v in values]
    batch = _swept(function, alg, basis, moves)
    if options.mode == "jacdiag":
        _finish_diagonal(function, options, batch, moves, active)
        return
    parts = {
        (i, j): batch.column(values[i], t, j)
        for i, t in enumerate(moves)
        for j in range(len(active))
    }
    _finish(function, options, batch, parts, active)


def jacobian_reverse(function: Function, options: Any) -> dict[Value, Value]:
    """Turn a function into its Jacobian, a sweep back with a cotangent for each output entry."""
    values = [v for v, _ in function.result["seeds"]]
    active = [leaf for leaf in function.leaves if leaf.active]
    block = Block()
    basis = _basis(Algebra(Builder(block, reverse=True)), values, "d_")
    at = len(function.body.ops)
    adjoints = add_adjoint(function, list(zip(values, basis.stand_ins, strict=True)))
    alg = Algebra(Builder(function.body, reverse=True))
    grads = [gradient_of(alg, leaf, adjoints.get(leaf.value)) for leaf in active]
    function.body.ops[at:at] = block.ops
    batch = _swept(function, alg, basis, grads)
    parts = {
        (i, j): batch.row(active[j].value, g, i)
        for i in range(len(values))
        for j, g in enumerate(grads)
    }
    _finish(function, options, batch, parts, active)
    return adjoints


# --- seeds --------------------------------------------------------------------------------


def _basis(alg: Algebra, values: list[Value], prefix: str) -> Basis:
    """Make the unit vectors of all entries of some values."""
    for v in values:
        if v.type.shape is None:
            raise UnsupportedError(
                "the Jacobian of arrays of unknown rank is not supported",
                v.span,
                "call it first, or give example arguments",
            )
    names = [f"{prefix}{v.name or 'value'}" for v in values]
    stand_ins = [Value(adjoint_type(v), n) for v, n in zip(values, names, strict=True)]
    if len(values) == 1 and values[0].type.shape == ():
        one: Value = Const(1.0)
        if values[0].type.kind == "array":
            one = alg.emit("array0", one)
        return Basis(values, stand_ins, [one], [Const(0)], None)
    sizes = [_size(alg, v) for v in values]
    starts: list[Value] = [Const(0)]
    for size in sizes:
        starts.append(alg.add(starts[-1], size))
    total = starts.pop()
    if not isinstance(total, Const) and total.type.value is None:
        total.type = integer(fresh_dim())
    unit = alg.emit("eye", total)
    rows = []
    for v, size, start, name in zip(values, sizes, starts, names, strict=True):
        row = _rows(alg, v, unit, total, start, size if len(values) > 1 else None)
        row.name, row.user = name, True
        rows.append(row)
    return Basis(values, stand_ins, rows, starts, total)


def _size(alg: Algebra, v: Value) -> Value:
    """Return how many entries there are."""
    if v.type.is_scalar:
        return Const(1)
    return alg.dim(v, 0) if v.type.rank == 1 else alg.emit("size", v)


def _rows(
    alg: Algebra, v: Value, unit: Value, total: Value, start: Value, size: Value | None
) -> Value:
    """Return the columns of the unit matrix that are a value's, in its shape."""
    if v.type.shape == ():
        return alg.load(unit, [start], ":i")
    if size is not None:
        unit = alg.slice_axis(unit, 1, start, alg.add(start, size))
    if v.type.dtype == "float32":
        unit = alg.cast(unit, "float32")
    if v.type.rank == 1:
        return unit
    return alg.emit("reshape", unit, total, *(alg.dim(v, k) for k in range(v.type.rank or 0)))


# --- results ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Batch:
    """What came out of a sweep, and how it is taken apart."""

    alg: Algebra
    basis: Basis
    new: dict[Value, Value]

    def _part(self, v: Value, k: int) -> Value | None:
        """Return the rows of a result that belong to one of the seeds, None where all are zero."""
        if self.basis.size is None:
            return self.new.get(v, v)
        if v not in self.new:
            return None
        rows, seeded = self.new[v], self.basis.of[k]
        start = self.basis.starts[k]
        if seeded.type.shape == ():
            return self.alg.load(rows, [start], "i")
        if len(self.basis.of) == 1:
            return rows
        return self.alg.slice_axis(rows, 0, start, self.alg.add(start, _size(self.alg, seeded)))

    def row(self, argument: Value, g: Value, k: int) -> Value:
        """Return the derivative of output ``k`` by an argument, of a sweep back."""
        output, part = self.basis.of[k], self._part(g, k)
        if part is None:
            return self._zeros(output, argument)
        if output.type.rank in (0, 1):
            return part
        return self.alg.emit("reshape", part, *self._lengths(output, argument))

    def column(self, output: Value, t: Value, k: int) -> Value:
        """Return the derivative of an output by argument ``k``, of a sweep forward."""
        argument, part = self.basis.of[k], self._part(t, k)
        if part is None:
            return self._zeros(output, argument)
        if not argument.type.shape:
            return part
        if output.type.shape:
            two = output.type.rank == 1
            part = self.alg.emit("T", part) if two else self.alg.emit(
                "moveaxis", part, source=0, destination=-1)  # fmt: skip
        if argument.type.rank == 1:
            return part
        return self.alg.emit("reshape", part, *self._lengths(output, argument))

    def diagonal(self, t: Value, k: int) -> Value:
        """Return the derivative of each entry of an output by the same entry of input ``k``."""
        v, part = self.basis.of[k], self._part(t, k)
        if part is None:
            return self._zeros(v)
        if v.type.shape == ():
            return part
        if v.type.rank != 1:
            size = self.alg.emit("size", v)
            part = self.alg.emit("reshape", part, size, size)
        entries = self.alg.emit("diagonal", part)
        if v.type.rank == 1:
            return entries
        return self.alg.emit("reshape", entries, *self._lengths(v))

    def _lengths(self, *values: Value) -> list[Value]:
        return [self.alg.dim(v, k) for v in values for k in range(v.type.rank or 0)]

    def _zeros(self, *values: Value) -> Value:
        lengths = self._lengths(*values)
        return self.alg.emit("zeros", *lengths) if lengths else Const(0.0)


def _swept(function: Function, alg: Algebra, basis: Basis, results: list[Value]) -> Batch:
    """Let the unit vectors take their places; ``alg`` takes the results apart."""
    function.body.results = list(results)
    given = dict(zip(basis.stand_ins, basis.rows, strict=True))
    sweep = Sweep(function, given, basis.size or Const(1))
    if basis.size is None:
        replace_uses(function.body, given)
        made = {v: given.get(v, v) for v in results}
    else:
        sweep.run()
        made = {v: sweep.new[v] for v in results if v in sweep.new}
    return Batch(alg, basis, made)


def _finish_diagonal(
    function: Function, options: Any, batch: Batch, moves: list[Value], active: list[Leaf]
) -> None:
    """Return the diagonals in the structure of the arguments."""
    values = [v for v, _ in function.result["seeds"]]
    mine = [t for v, t in zip(values, moves, strict=True) if v.type.inexact]
    pairs = enumerate(zip(active, mine, strict=True))
    parts = {id(leaf): batch.diagonal(t, j) for j, (leaf, t) in pairs}
    for leaf in active:
        v = parts[id(leaf)]
        if v.op is not None and not v.name:
            v.name, v.user = f"d_{leaf.value.name or 'value'}", True
    unshare(function, batch.alg, parts, [])
    keys = list(parts)
    function.body.results = list(parts.values())

    def build(emit: Emit) -> ast.expr:
        found = dict(zip(keys, function.body.results, strict=True))
        return gradient_trees(function, options, found, emit)

    function.result["outputs"] = build


def _finish(
    function: Function, options: Any, batch: Batch, parts: dict[Any, Value], active: list[Leaf]
) -> None:
    """Return the parts in the structure of the value, and in each that of the arguments."""
    for (_, j), v in parts.items():
        if v.op is not None and not v.name and not isinstance(v, Const):
            alone = len(parts) == 1
            v.name, v.user = "jacobian" if alone else f"d_{active[j].value.name or 'value'}", True
    unshare(function, batch.alg, parts, [])
    places = list(parts)
    function.body.results = list(parts.values())

    def build(emit: Emit) -> ast.expr:
        found = dict(zip(places, function.body.results, strict=True))

        def one(i: int) -> ast.expr:
            mine = {id(leaf): found[i, j] for j, leaf in enumerate(active)}
            return gradient_trees(function, options, mine, emit)

        count = len(function.result["seeds"])
        return value_tree(function.result["tree"], list(range(count)), one)

    function.result["outputs"] = build
