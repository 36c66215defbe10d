"""Finds which entries of the inputs each value depends on, and which meet in products.

This is forward mode with sets of entries in place of tangents (Griewank and Walther, "Evaluating
Derivatives", chapter 7: index domains, and nonlinear interaction domains).  What comes out is a
function of its own: loops stay loops, and of the user's computation only what decides indices,
branches and lengths is left.
"""

from __future__ import annotations

import ast
from typing import Any

from gradgen.diff.adjoints import adjoint_type
from gradgen.diff.forward import Forward
from gradgen.diff.idioms import found_in
from gradgen.diff.pairs import callees_of
from gradgen.diff.structures import value_tree
from gradgen.ir.nodes import Const, Function, Op, Undefined, Value, walk
from gradgen.rules.complexes import is_complex
from gradgen.rules.einsum import contraction_terms
from gradgen.rules.registry import RULES, Rule

# Operations that only move entries: they do the same to arrays of sets.
MOVES = {
    "load", "reshape", "reshape_as", "ravel", "flatten", "T", "transpose", "swapaxes", "moveaxis",
    "expand_dims", "squeeze", "broadcast_to", "flip", "roll", "copy", "concatenate", "stack",
    "repeat", "tile", "diag_view", "diagonal", "array", "list", "append", "insert", "pop", "extend",
    "windows", "repeat_list", "array_of_list", "items", "joined_list", "take_along_axis", "store",
    "stretch", "fill", "tril", "triu", "einsum_view",
}  # fmt: skip
SAME = {"astype", "asarray", "ascontiguousarray", "asfortranarray", "float", "np.float64",
        "np.float32", "item", "array0", "pos"}  # fmt: skip
# Linear, or linear on each piece, entry by entry: second derivatives are zero.
STRAIGHT = {"add", "sub", "neg", "np.add", "np.subtract", "np.negative", "abs", "np.abs", "fabs",
            "maximum", "minimum", "fmax", "fmin", "clip", "within", "py_max", "py_min"}  # fmt: skip
SUMS_OF_TWO = {"add", "sub", "neg", "np.add", "np.subtract", "np.negative"}
SUMS = {"sum", "mean", "nansum", "nanmean", "max", "min", "nanmax", "nanmin", "cancelling_max",
        "median"}  # fmt: skip
TIMES = {"mul", "np.multiply"}
OVER = {"div", "np.divide"}
OUTER = {"outer", "linalg.outer"}
CROSS = {"cross", "linalg.cross"}
CONVOLUTIONS = {"convolve", "correlate", "signal.convolve", "signal.convolve2d", "signal.correlate"}
PRODUCTS = {"matmul", "np.matmul", "dot"}


class Tracks(Forward):
    """The state of the sweep; ``second`` asks for what meets, too.

    ``squared`` are norms of which nothing but the square is used, a sum of squares.
    """

    def __init__(self, function: Function, given: dict[Value, Value], second: bool) -> None:
        super().__init__(function, given)
        self.second = second
        self.squared = _squared_norms(function) if second else set()

    def of(self, v: Value) -> Value:
        """Return the sets of a value, empty ones where it does not vary."""
        found = self.tangents.get(v)
        empty = v.op is not None and v.op.prim == "list" and not v.op.inputs
        if found is not None or isinstance(v, Undefined) or empty:
            return super().of(v)
        return Const(None) if v.type.is_scalar else self._call("_nothing", v, v)

    def _operation(self, op: Op) -> None:
        rule = RULES.get(op.prim)
        if rule is None or op.prim == "call":
            self._refuse(op, "a recursive function")
        if op.prim == "pop":
            super()._operation(op)
            return
        moving = [i for i, v in enumerate(op.inputs) if v in self.tangents]
        for v in op.outputs:
            if v in self.varied:
                self._note(v, self._sets(rule, op, moving, v))

    def _sets(self, rule: Rule, op: Op, moving: list[int], out: Value) -> Value:
        given = [self.tangents[op.inputs[i]] for i in moving]
        if out in self.squared:
            squares = self._call("_bend", op.inputs[0], *given)
            return self._call("_over", out, squares, **_only(op, "axis", "keepdims"))
        if any(v in self.squared for v in op.inputs):
            return given[0]
        if op.prim in ("inc", "add_at"):
            return self._added(op)
        if op.prim in SAME and len(given) == 1:
            return given[0]
        if op.prim in ("where", "select"):
            test, a, b = op.inputs
            return self.alg.where(test, self.of(a), self.of(b))
        if op.prim in MOVES or (op.prim == "pad" and op.attrs.get("reflect_type") != "odd"):
            attrs = {k: v for k, v in op.attrs.items() if k != "dtype"}
            types = [adjoint_type(out)]
            return self.b.append(op.prim, self._moved(rule, op), types, attrs=attrs).out
        if rule.elementwise:
            return self._elementwise(op, given, out)
        if op.prim == "interp" and moving == [0]:
            return given[0]  # linear between the knots
        if op.prim in ("py_sum", "sum_items"):
            return self._call("_summed", out, out, *given)
        if op.prim == "bincount" and moving == [1]:
            empty = self._call("_nothing", out, out)
            return self._call("_join_at", out, empty, op.inputs[0], given[0])
        if op.prim in CONVOLUTIONS and len(given) == 1:
            # What is shifted along the other goes backwards.
            backwards = {"backwards": True} if "correlate" in op.prim and moving == [1] else {}
            return self._call("_windows", out, out, given[0], op.inputs[1 - moving[0]], **backwards)
        if op.prim == "diff" and len(given) == 1:
            return self._call("_differences", out, *given, **_only(op, "axis"))
        deep = op.prim == "dot" and max((v.type.rank or 9) for v in op.inputs) > 2
        if op.prim in PRODUCTS and not deep and min((v.type.rank or 0) for v in op.inputs):
            sets = [self.tangents.get(v, Const(None)) for v in op.inputs]
            name = "_bend_product" if len(given) > 1 else "_product"
            return self._call(name, out, out, *sets)
        if moving == [0] and "axis" in rule.options and _is_reduction(op):
            name = "_over" if op.prim in SUMS else "_bend_over"
            return self._call(name, out, *given, **_only(op, "axis", "keepdims"))
        linear = rule.tangent == "linear" or (rule.tangent == "multilinear" and len(given) == 1)
        bend = "" if linear else "_bend"
        contraction = contraction_terms(op)
        if contraction is not None:
            sets = [self.tangents.get(v, Const(None)) for v in op.inputs]
            letters, kept = contraction
            return self._call(f"{bend}_einsum", out, out, *sets, letters=tuple(letters), kept=kept)
        if op.prim in OUTER:
            sets = [self.tangents.get(v, Const(None)) for v in op.inputs]
            return self._call(f"{bend}_outer", out, out, *sets)
        axis = op.attrs.get("axis", rule.defaults.get("axis"))
        if op.prim in CROSS and _of_rows(op):
            return self._call(f"{bend}_along", out, out, *given, axis=-1)
        found = self._by_axis(rule, op, out, axis) if moving == [0] else ""
        if found == "along":
            return self._call(f"{bend}_along", out, out, *given, axis=-1 if axis is None else axis)
        if found == "over":
            return self._call(f"{bend}_over", out, *given, axis=axis, **_only(op, "keepdims"))
        return self._call(f"{bend}_all", out, out, *given)

    def _by_axis(self, rule: Rule, op: Op, out: Value, axis: Any) -> str:
        """Return how a function goes along an axis: with a result there, or with that axis gone."""
        rank, left = op.inputs[0].type.rank, out.type.rank
        if "axis" not in rule.options or rule.form != "call" or not rank or left is None:
            return ""
        if left == rank and not op.attrs.get("keepdims"):
            return "along" if rank == 1 or isinstance(axis, int) else ""
        return "over"

    def _elementwise(self, op: Op, given: list[Value], out: Value) -> Value:
        # The absolute value of a complex number is no line.
        straight = op.prim in STRAIGHT and not any(map(is_complex, op.inputs))
        if straight or op.prim in SUMS_OF_TWO or (op.prim in TIMES and len(given) == 1):
            return self._joined(given, out)
        if op.prim in OVER and op.inputs[1] not in self.tangents:
            return given[0]
        if op.prim in TIMES and given[0] is not given[1]:
            return self._call("_meet", out, *given)
        return self._call("_bend", out, *dict.fromkeys(given))

    def _joined(self, given: list[Value], out: Value) -> Value:
        total = given[0]
        for p in given[1:]:
            total = self._call("_join", out, total, p)
        return total

    def _added(self, op: Op) -> Value:
        """Return sets with those of an increment joined in its place."""
        base, value, *operands = op.inputs
        if value not in self.tangents:
            return self.of(base)
        if op.prim == "add_at" and "path" not in op.attrs and op.attrs["index"] == "a":
            return self._call("_join_at", op.out, self.of(base), operands[0], self.of(value))
        if op.prim == "add_at":
            return self._call("_all", op.out, op.out, self.of(base), self.of(value))
        old, rest = self.alg.through_path(self.of(base), operands, op.attrs)
        attrs: dict[str, Any] = {k: op.attrs[k] for k in ("index", "slices") if k in op.attrs}
        if op.attrs["index"] != "e":
            old = self.b.emit("load", [old, *rest], **attrs)
        new = self._call("_join", old, old, self.of(value))
        attrs = {k: v for k, v in op.attrs.items() if k != "sign"}
        types = [adjoint_type(op.out)]
        return self.b.append("store", [self.of(base), new, *operands], types, attrs=attrs).out

    def _call(self, name: str, like: Value, *inputs: Value, **options: Any) -> Value:
        """Return a call of one of the recorder's functions."""
        records = self.second and name.startswith(("_bend", "_meet"))
        if not self.second:
            name = {"_bend": "_join", "_meet": "_join"}.get(name, name.replace("_bend_", "_"))
            if name == "_join" and len(inputs) != 2:
                return self._joined(list(inputs), like)
        attrs = {"function": name, "options": tuple(options.items())}
        prim = "record" if records else "helper"
        return self.b.append(prim, inputs, [adjoint_type(like)], attrs=attrs).out


def _is_reduction(op: Op) -> bool:
    """Whether axes go: the result has fewer entries."""
    return RULES[op.prim].tangent == "reduction" or op.prim in SUMS


def _squared_norms(function: Function) -> set[Value]:
    """Return norms that are only squared."""
    found: dict[Value, bool] = {}
    for op in walk(function.body):
        group = found_in(op)
        square = group is not None and group.name == "squared norm"
        for v in op.inputs:
            if v.op is not None and v.op.prim == "norm":
                found[v] = square and found.get(v, True)
        for block in op.blocks:
            found |= dict.fromkeys(block.results, False)
    found |= dict.fromkeys(function.body.results, False)
    return {v for v, square in found.items() if square}


def _of_rows(op: Op) -> bool:
    """Whether the vectors of a cross product, and the result's, are along the last axis."""
    given = (op.attrs.get("axis"), *(op.attrs.get(f"axis{k}") for k in "abc"))
    rank = max(v.type.rank or 0 for v in op.inputs)
    return op.out.type.rank == rank > 0 and all(axis in (None, -1) for axis in given)


def _only(op: Op, *names: str) -> dict[str, Any]:
    return {k: op.attrs[k] for k in names if k in op.attrs}


def finish_tracks(function: Function) -> None:
    """Return the sets of the value's entries, in its structure."""

    def build(emit: Any) -> ast.expr:
        if not function.body.results:
            return ast.Constant(None)
        tracks = list(function.body.results)
        return value_tree(function.result["tree"], tracks, emit, function)

    function.result["outputs"] = build


def add_tracks(function: Function, second: bool) -> None:
    """Turn a function into one of its sets of entries, in place."""
    given = function.result["tangents"]
    sweep = Tracks(function, given, second)
    sweep.block(function.body)
    for op in walk(function.body):
        if op.prim == "fill" and op.derived:
            op.attrs.pop("dtype", None)  # sets have none
    seeds = [v for v, _ in function.result["seeds"]]
    # What meets is noted as it meets, except that in a recursive function it only does where the
    # function is called: the results keep the calls alive.
    noted = second and not any(c.moving for c in callees_of(function))
    function.body.results = [] if noted else [sweep.of(v) for v in seeds]
