"""What came out of a sweep with all seeds: the blocks of a Jacobian, and how they are returned."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from gradgen.batch.basis import Basis, size_of
from gradgen.dataclass import dataclass
from gradgen.diff.algebra import Algebra
from gradgen.diff.results import aux_values, unshare
from gradgen.diff.structures import (
    aux_tree,
    gradient_leaves,
    gradient_trees,
    tuple_of,
    value_tree,
)
from gradgen.errors import UnsupportedError
from gradgen.ir.nodes import Const, Function, Value

Emit = Callable[[Value], ast.expr]


@dataclass(frozen=True, slots=True)
class Blocks:
    """The rows of results, by what they are derivatives of, taken apart by inputs and outputs.

    ``rows`` has, for a tangent or a gradient, those of all seeds; what is not in it is zero.
    """

    alg: Algebra
    basis: Basis
    rows: dict[Value, Value]

    def _part(self, v: Value, k: int) -> Value | None:
        """Return the rows of a result that belong to one of the seeds, None where all are zero."""
        if self.basis.size is None:
            return self.rows.get(v, v)
        if v not in self.rows:
            return None
        rows, seeded = self.rows[v], self.basis.of[k]
        start = self.basis.starts[k]
        if seeded.type.shape == ():
            return self.alg.load(rows, [start], "i")
        if len(self.basis.of) == 1:
            return rows
        return self.alg.slice_axis(rows, 0, start, self.alg.add(start, size_of(self.alg, seeded)))

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
        unknown = output.type.rank is None
        laid_out = part is not None and argument.type.rank in (0, 1)  # whatever the output's axes
        if unknown and not laid_out:
            raise UnsupportedError(
                "a Jacobian of what may be a number or an array, by the path that was taken",
                output.span,
                "return arrays of one rank on all paths",
            )
        if part is None:
            return self._zeros(output, argument)
        if not argument.type.shape:
            return part
        if unknown:
            part = self.alg.emit("moveaxis", part, source=0, destination=-1)
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


def return_columns(
    function: Function, options: Any, blocks: Blocks, values: list[Value], moves: list[Value]
) -> None:
    """Return the Jacobian, or its diagonal, of which the tangents ``moves`` are the columns."""
    active = [leaf for leaf in function.leaves if leaf.active]
    if options.mode == "jacdiag":
        by_leaf = own_outputs(function, values)
        diagonals = {
            (0, j): blocks.diagonal(moves[by_leaf[id(leaf)]], j) for j, leaf in enumerate(active)
        }
        return_parts(function, options, blocks.alg, diagonals)
        return
    columns = {
        (i, j): blocks.column(values[i], t, j)
        for i, t in enumerate(moves)
        for j in range(len(active))
    }
    return_parts(function, options, blocks.alg, columns)


def own_outputs(function: Function, values: list[Value]) -> dict[int, int]:
    """Return, by leaf, which of the outputs is the gradient by it, of a function that returns that.

    Leaves are in the parameters' order, gradients in that of ``argnums``.
    """
    floats = [i for i, v in enumerate(values) if v.type.inexact]
    mine = [id(leaf) for leaf in gradient_leaves(function) if leaf.active]
    return dict(zip(mine, floats, strict=True))


def return_rows(
    function: Function, options: Any, blocks: Blocks, values: list[Value], grads: list[Value]
) -> None:
    """Return the Jacobian of which the gradients ``grads`` by the leaves are the rows."""
    active = [leaf for leaf in function.leaves if leaf.active]
    rows = {
        (i, j): blocks.row(active[j].value, g, i)
        for i in range(len(values))
        for j, g in enumerate(grads)
    }
    return_parts(function, options, blocks.alg, rows)


def return_parts(
    function: Function, options: Any, alg: Algebra, parts: dict[tuple[int, int], Value]
) -> None:
    """Return the parts in the structure of the value, and in each that of the arguments."""
    active = [leaf for leaf in function.leaves if leaf.active]
    whole = len(parts) == 1 and options.mode != "jacdiag"
    for (_, j), v in parts.items():
        if v.op is not None and not v.name and not isinstance(v, Const):
            name = (
                function.result.get("title", "jacobian")
                if whole
                else f"d_{active[j].value.name or 'value'}"
            )
            v.name, v.user = name, True
    unshare(function, alg, parts, [])
    aux = aux_values(function)
    places = list(parts)
    function.body.results = [*parts.values(), *aux]

    def build(emit: Emit) -> ast.expr:
        results = function.body.results
        found = dict(zip(places, results, strict=False))

        def one(i: int) -> ast.expr:
            mine = {id(leaf): found[i, j] for j, leaf in enumerate(active)}
            return gradient_trees(function, options, mine, emit)

        if options.mode == "jacdiag":
            made = one(0)
        else:
            count = len(function.result["seeds"])
            made = value_tree(function.result["tree"], list(range(count)), one, function)
        if not options.has_aux:
            return made
        return tuple_of([made, aux_tree(function, results[len(places) :], emit)])

    function.result["outputs"] = build
