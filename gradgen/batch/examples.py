"""Derivatives of many examples at once: ``batch=`` names the arguments that hold one a row.

The function is read and differentiated for one example; then its leaves get the batch axis, and all
that depends on them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from gradgen.batch.sweep import Sweep
from gradgen.errors import ArgumentError
from gradgen.frontend.arguments import Container
from gradgen.ir.builder import Builder
from gradgen.ir.nodes import Block, Function, Op, Value
from gradgen.ir.types import Type, scalar


def batch_names(batch: Sequence[int | str], names: Sequence[str]) -> tuple[str, ...]:
    """Return the names of the batched parameters.

    Raises
    ------
    ArgumentError
        If there is no such parameter.
    """
    out = []
    for k in batch:
        known = k in names if isinstance(k, str) else -len(names) <= k < len(names)
        if not known:
            raise ArgumentError(
                f"batch={tuple(batch)!r}, but there is no parameter {k!r}",
                hint=f"the parameters are {', '.join(names) or 'none at all'}",
            )
        out.append(k if isinstance(k, str) else names[k])
    return tuple(dict.fromkeys(out))


def of_one(specs: dict[str, Any], batch: Sequence[int | str]) -> dict[str, Any]:
    """Return the specs of one example."""
    names = batch_names(batch, list(specs))
    return {n: _row(spec, n) if n in names else spec for n, spec in specs.items()}


def rows_open(
    exact: dict[str, Any], specs: dict[str, Any], batch: Sequence[int | str]
) -> dict[str, Any]:
    """Return pinned specs with the number of examples, and what each holds, left open."""
    names = batch_names(batch, list(specs))
    return {n: _open(spec, specs[n]) if n in names else spec for n, spec in exact.items()}


def _open(exact: Any, spec: Any) -> Any:
    if isinstance(exact, Container):
        items = tuple(_open(e, s) for e, s in zip(exact.items, spec.items, strict=True))
        return replace(exact, items=items)
    if isinstance(exact, Type) and exact.kind == "array" and exact.shape:
        return replace(exact, shape=(spec.shape[0], *exact.shape[1:]), entries=None)
    return spec


def _row(spec: Any, name: str) -> Any:
    if isinstance(spec, Container):
        return replace(spec, items=tuple(_row(item, name) for item in spec.items))
    if isinstance(spec, Type) and spec.kind == "array" and spec.shape:
        if len(spec.shape) == 1:
            return scalar(spec.dtype)
        return replace(spec, shape=spec.shape[1:])
    raise ArgumentError(
        f"{name!r} is batched, but holds {spec if isinstance(spec, Type) else 'no array'}",
        hint="give arrays whose first axis counts the examples",
    )


def batch_examples(function: Function, whole: dict[str, Any], batch: Sequence[int | str]) -> None:
    """Give the leaves of the batched parameters their axis, and what depends on them, in place."""
    names = batch_names(batch, [n for n in whole if n in dict(function.params)])
    given: dict[Value, Value] = {}
    for leaf in function.leaves:
        if leaf.param in names:
            given[leaf.value] = leaf.value = _batched_leaf(leaf.value, whole[leaf.param], leaf.path)
    ops = [given[op.out].op if op.prim == "leaf" and op.out in given else op
           for op in function.body.ops]  # fmt: skip
    head = Block()
    size = _size(Builder(head), list(given.values()))
    at = sum(op is not None and op.prim == "leaf" for op in ops)
    function.body.ops = [*[op for op in ops if op is not None]]
    function.body.ops[at:at] = head.ops
    results = list(function.body.results)
    sweep = Sweep(function, given, size)
    sweep.run()
    with sweep.b.into(function.body):
        function.body.results = [sweep.lifted(v, v.type) for v in results]
    function.params = [(n, whole[n] if n in names else spec) for n, spec in function.params]
    function.result["seeds"] = [(sweep.of(v), g) for v, g in function.result["seeds"]]


def _batched_leaf(old: Value, spec: Any, path: tuple[Any, ...]) -> Value:
    """Return the parameter's value as it is given: with the axis."""
    for _, key in path:
        spec = spec.items[spec.keys.index(key)]
    new = Value(spec, old.name, old.span)
    assert old.op is not None
    new.op, new.user = Op("leaf", [], [new], {**old.op.attrs, "type": spec}, old.op.span), old.user
    return new


def _size(b: Builder, leaves: list[Value]) -> Value:
    """Return how many examples there are, after asking that all arrays hold as many."""
    size = b.emit("len", [leaves[0]])
    for other in leaves[1:]:
        same = b.emit("eq", [b.emit("len", [other]), size])
        b.append("assert", [same], [], attrs={"text": "'the batches differ in length'"})
    return size
