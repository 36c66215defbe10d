"""Derivatives of many examples at once: ``batch=`` names the arguments that hold one a row.

The function is read and differentiated for one example; then its leaves get the batch axis, and all
that depends on them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from gradgen.batch.lengths import lengths_of
from gradgen.batch.sweep import Sweep
from gradgen.batch.turns import COTANGENT
from gradgen.diff.algebra import Algebra
from gradgen.errors import UnbatchedError
from gradgen.frontend.arguments import Container
from gradgen.ir.builder import Builder
from gradgen.ir.nodes import Block, Const, Function, Op, Value, replace_uses
from gradgen.ir.types import Type, fresh_dim, integer
from gradgen.passes.dce import remove_dead
from gradgen.seen import drawn_by


def seed_specs(function: Function, whole: dict[str, Any], names: Sequence[str]) -> dict[str, Any]:
    """Return the specs of the seeds of all examples, which are parameters behind the others.

    There is a cotangent for each example; a tangent is like its argument, which holds an example in
    each row, or is the same for all.
    """
    params, found = dict(function.params), {}
    if COTANGENT in params and COTANGENT not in whole:
        counts = [shape[0] for n in names for shape in _shapes(whole[n])]
        found[COTANGENT] = _stacked(params[COTANGENT], counts[0] if counts else fresh_dim())
    for chosen in function.result["active"]:
        name = f"t_{chosen.label}"
        if chosen.name in names and name in params and name not in whole:
            found[name] = whole[chosen.name]
            if chosen.path:
                found[name] = found[name].items[found[name].keys.index(chosen.key)]
    return found


def _shapes(spec: Any) -> list[Any]:
    """Return the shapes of the arrays in a spec."""
    if isinstance(spec, Container):
        return [shape for item in spec.items for shape in _shapes(item)]
    return [spec.shape] if isinstance(spec, Type) and spec.shape else []


def _stacked(spec: Any, count: Any) -> Any:
    """Return the spec of what holds one such value in each row."""
    if isinstance(spec, Container):
        return replace(spec, items=tuple(_stacked(item, count) for item in spec.items))
    if isinstance(spec, Type) and spec.shape is not None and spec.is_numeric:
        return Type("array", spec.dtype or "float64", (count, *spec.shape))
    return spec


def batch_examples(
    function: Function, whole: dict[str, Any], names: Sequence[str], generated: bool = False
) -> None:
    """Give the leaves of the batched parameters their axis, and what depends on them, in place.

    ``generated``: the function is a derivative, read from its text.
    """
    drawn = drawn_by(function)
    if drawn is not None:
        raise UnbatchedError(
            "a number that is drawn anew for each example has no batched form",
            drawn.span,
            "loop over the examples, one call each",
        )
    # Names that a turn of a loop assigns in one arm, and nothing reads, are no obstacle then.
    remove_dead(function)
    given, size, rest = _with_axis(function, whole, names)
    function.body.ops += rest
    results = list(function.body.results)
    sweep = Sweep(function, given, size, generated=generated)
    sweep.arguments = _of_example(function, given)
    sweep.run()
    with sweep.b.into(function.body):
        function.body.results = [sweep.lifted(v, v.type) for v in results]
    function.result["seeds"] = [(sweep.of(v), g) for v, g in function.result["seeds"]]


def examples_by_turns(
    function: Function, whole: dict[str, Any], names: Sequence[str], why: UnbatchedError
) -> None:
    """Put what a function of one example does into a loop over the examples, in place.

    The function is a derivative, read from its text; ``why`` it has no batched form is raised where
    what it returns cannot be stacked, either.
    """
    results = list(function.body.results)
    if any(not (v.type.is_scalar or v.type.is_array) for v in results):
        raise why
    given, size, rest = _with_axis(function, whole, names)
    arguments = _of_example(function, given)
    outside, turn = Builder(function.body), Value(integer(), "k")
    starts = [_start(outside, v, size, arguments, given) for v in results]
    block = Block(params=[turn, *(Value(s.type, s.name) for s in starts)], end="continue")
    inside = Builder(block)
    rows = {
        old: inside.emit("load", [new, turn], f"{old.name}_k", index="i")
        for old, new in given.items()
    }
    block.ops += rest
    replace_uses(block, rows)
    block.results = [
        _keep(inside, p, rows.get(v, v), turn)
        for v, p in zip(results, block.params[1:], strict=True)
    ]
    outputs = [Value(s.type, s.name) for s in starts]
    loop = outside.append("for", [Const(0), size, Const(1), *starts], [v.type for v in outputs],
                          [v.name for v in outputs], blocks=[block])  # fmt: skip
    function.body.results = [
        outside.emit("array_of_list", [v]) if v.type.kind == "list" else v for v in loop.outputs
    ]
    function.result["seeds"] = [(v, Const(0.0)) for v in function.body.results]


def _start(
    b: Builder, v: Value, size: Value, arguments: list[Value], given: dict[Value, Value]
) -> Value:
    """Return what the turns put a result in: an array, where the arguments say its lengths."""
    name, dims = f"{v.name}_rows" if v.name else "rows", None
    if v.type.kind == "array" and v.type.rank and v.type.dtype in ("float64", "float32"):
        dims = lengths_of(Algebra(b), v.type, arguments, given)
    if dims is None:
        return b.append("list", [], [Type("list", item=v.type)], [name]).out
    dtype: dict[str, Any] = {"dtype": "float32"} if v.type.dtype == "float32" else {}
    rows = b.emit("zeros", [size, *dims], name, **dtype)
    rows.user = True
    return rows


def _keep(b: Builder, rows: Value, v: Value, turn: Value) -> Value:
    """Put the result of a turn to the others."""
    if rows.type.kind == "list":
        return b.append("append", [rows, v], [rows.type], [rows.name]).out
    return b.emit("store", [rows, v, turn], rows.name, index="i")


def _of_example(function: Function, given: dict[Value, Value]) -> list[Value]:
    """Return the arguments of one example, in order."""
    ones = {new: old for old, new in given.items()}
    return [ones.get(leaf.value, leaf.value) for leaf in function.leaves]


def _with_axis(
    function: Function, whole: dict[str, Any], names: Sequence[str]
) -> tuple[dict[Value, Value], Value, list[Op]]:
    """Give the batched parameters their axis, and drop what follows them.

    Returns
    -------
    dict, Value, list
        The leaves with the axis by those of one example, how many examples there are, and all the
        operations that followed.
    """
    given: dict[Value, Value] = {}
    batched = [leaf for leaf in function.leaves if leaf.param in names]
    for leaf in batched:
        given[leaf.value] = leaf.value = _batched_leaf(leaf.value, whole[leaf.param], leaf.path)
    ops = function.body.ops
    for op in ops:
        if op.prim == "leaf" and op.attrs["param"] in names and op.out not in given:  # a seed
            given[op.out] = _batched_leaf(op.out, whole[op.attrs["param"]], op.attrs["path"])
    new = [given[op.out].op if op.prim == "leaf" and op.out in given else op for op in ops]
    leaves = [op for op in new if op is not None and op.prim == "leaf"]
    # Those that nothing reads say how many examples there are, all the same.
    leaves += [v.op for v in given.values() if v.op is not None and v.op not in leaves]
    function.body.ops = leaves
    size = _size(
        Builder(function.body),
        [(v.op.attrs["param"], v) for v in given.values() if v.op is not None],
    )
    function.params = [(n, whole[n] if n in names else spec) for n, spec in function.params]
    return given, size, [op for op in ops if op.prim != "leaf"]


def _batched_leaf(old: Value, spec: Any, path: tuple[Any, ...]) -> Value:
    """Return the parameter's value as it is given: with the axis."""
    for _, key in path:
        spec = spec.items[spec.keys.index(key)]
    new = Value(spec, old.name, old.span)
    assert old.op is not None
    new.op, new.user = Op("leaf", [], [new], {**old.op.attrs, "type": spec}, old.op.span), old.user
    return new


def _size(b: Builder, leaves: list[tuple[str, Value]]) -> Value:
    """Return how many examples there are, after asking that all arrays hold as many."""
    (first, array), *others = leaves
    size = b.emit("len", [array])
    for name, other in others:
        differs = b.emit("ne", [b.emit("len", [other]), size])
        what = f"the batches of {first!r} and {name!r} differ in length"
        b.append("raise_if", [differs], [], attrs={"text": f"raise ValueError({what!r})"})
    return size
