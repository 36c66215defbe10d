"""What a generated function returns: value, auxiliaries, gradients like their arguments."""

from __future__ import annotations

import ast
from typing import Any

from gradgen.diff.algebra import Algebra
from gradgen.diff.missing import missing_values
from gradgen.diff.structures import (
    Emit,
    aux_leaves,
    aux_tree,
    gradient_trees,
    tuple_of,
    value_tree,
)
from gradgen.ir.builder import Builder
from gradgen.ir.nodes import READ_ONLY, Const, Function, Leaf, Value, walk
from gradgen.passes.sharing import Sharing, is_view


def finish(function: Function, options: Any, adjoints: dict[Value, Value]) -> None:
    """Turn adjoints of leaves into results, and note how the ``return`` is spelled."""
    b = Builder(function.body, reverse=True)
    alg = Algebra(b)
    grads = {
        id(leaf): gradient_of(alg, leaf, adjoints.get(leaf.value))
        for leaf in function.leaves
        if leaf.active and options.mode != "value"
    }
    result = function.result
    kept = [value for value, _ in result["seeds"]] if _keeps_value(options) else []
    if not kept and result["loss"] in missing_values(function.body):
        # As in Python, a name that was never assigned is an error, though the gradient is known.
        b.append("assert", [alg.emit("is_not", result["loss"], Const(None))], [])
    aux = aux_values(function)
    unshare(function, alg, grads, kept)
    function.body.results = [*kept, *aux, *grads.values()]
    for v in kept:
        if v.op is not None and not v.name and v is result["loss"]:
            v.name, v.user = "value", True
    result["outputs"] = _outputs(function, options, grads)


def finish_tangents(
    function: Function, tangents: dict[Value, Value], keep_value: bool = True
) -> None:
    """Return the value (if it is wanted), its tangent in the same structure, and auxiliaries."""
    alg = Algebra(Builder(function.body, tangent=True))
    result = function.result
    values = [value for value, _ in result["seeds"]]
    moves = [_tangent(alg, v, tangents.get(v)) for v in values]
    kept = values if keep_value else []
    function.body.results = [*kept, *moves, *aux_values(function)]
    if len(kept) == 1 and values[0].op is not None and not values[0].name:
        values[0].name, values[0].user = "value", True

    def build(emit: Emit) -> ast.expr:
        found = list(function.body.results)
        rest = found[len(kept) : len(kept) + len(values)]
        items = (
            [value_tree(result["tree"], found[: len(kept)], emit, function)] if keep_value else []
        )
        items.append(value_tree(result["tree"], rest, emit, function))
        if result["aux"] is not None:
            rest = found[len(kept) + len(values) :]
            items.append(aux_tree(function, rest, emit))
        return items[0] if len(items) == 1 else tuple_of(items)

    result["outputs"] = build


def _tangent(alg: Algebra, v: Value, t: Value | None) -> Value:
    """Return the tangent of a result in its shape: a fresh array, a float for a float."""
    if t is None:
        return Const(0) if v.type.kind in ("int", "bool") else alg.zeros(v)
    t = alg.full(t, v)
    if v.type.kind == "float" and v.type.weak and not isinstance(t, Const):
        return alg.emit("float", t)
    foreign = t.op is None or t.op.prim in ("leaf", "stretch") or _is_read_only(t)
    if t.type.kind == "array" and foreign:
        return alg.emit("copy", t)
    return t


def _is_read_only(v: Value) -> bool:
    """Whether a value is a view that NumPy lets nobody write to."""
    while v.op is not None and v.op.prim not in READ_ONLY and is_view(v.op):
        v = v.op.inputs[0]
    return v.op is not None and v.op.prim in READ_ONLY


def gradient_of(alg: Algebra, leaf: Leaf, g: Value | None) -> Value:
    """Return the gradient by a leaf in its type, from its adjoint (None: zero)."""
    v, t = leaf.value, leaf.value.type
    if t.kind == "float" and t.weak:
        if g is None:
            return Const(0.0)
        plain = g.type.weak and g.type.kind == "float" and not _may_be_numpy(g)
        return g if plain else alg.emit("float", g)
    if t.kind == "float":
        out = alg.emit(f"np.{t.dtype}", Const(0.0) if g is None else g)
    elif g is None:
        out = alg.zeros(v)
    elif t.kind == "any":
        out = alg.helper("_match", g, v)
        out.type = t
    elif t.shape == ():
        own = "float64" if g.type.weak or isinstance(g, Const) else g.type.dtype
        known = own in ("", t.dtype)
        out = alg.emit("fill", v, g if known else alg.emit(f"np.{t.dtype}", g))
    else:
        out = alg.full(g, v, stretch=g.type.rank is None)  # it may be a number on some path
    if t.kind == "array" and out.type.kind == "array" and out.type.dtype != t.dtype:
        out = alg.cast(out, t.dtype)
    if not out.name and out.op is not None and v.name:
        out.call_after(v)
        out.user = True
    return out


def _may_be_numpy(g: Value) -> bool:
    """Whether a float is computed from what may be no float: an item of an array, an integer."""
    work, seen = [g], {g}
    while work:
        op = work.pop().op
        if op is None or op.prim == "float":
            continue
        if op.reverse and op.prim in ("load", "pop"):
            return True
        if op.prim == "pow" and all(v.type.kind == "int" for v in op.inputs):
            return True  # an integer, where the exponent turns out not to be negative
        work += [v for v in op.inputs if v.type.is_scalar and v not in seen]
        seen.update(op.inputs)
    return False


def unshare(function: Function, alg: Algebra, grads: dict[Any, Value], kept: list[Value]) -> None:
    """Every gradient is a fresh array: no view of an argument, none of another gradient."""
    sharing = Sharing(function, stretched=False)
    foreign = {"leaf", "captured", "stretch"}
    outside = {
        sharing.root(o) for op in walk(function.body) if op.prim in foreign for o in op.outputs
    }
    seen: set[Value] = {sharing.root(v) for v in kept if not v.type.is_scalar}
    for key, g in grads.items():
        if g.type.is_scalar:
            continue
        root = sharing.root(g)
        if root in outside or root in seen or _is_read_only(g):
            copy = alg.emit("copy", g)
            copy.name, copy.user = g.name or "d", g.user
            if g.op is not None and g.op.prim in READ_ONLY:
                g.name = ""
            grads[key] = copy
        seen.add(root)


def aux_values(function: Function) -> list[Value]:
    """Return what the function returns beside its value."""
    reader, aux = function.result["reader"], function.result["aux"]
    if aux is None:
        return []
    reader.b.block = function.body
    return [reader.read(leaf) for leaf in aux_leaves(aux)]


# --- spelling -----------------------------------------------------------------------------


def _outputs(function: Function, options: Any, grads: dict[int, Value]) -> Any:
    result = function.result
    n_kept = len(result["seeds"]) if _keeps_value(options) else 0

    def build(emit: Emit) -> ast.expr:
        values = list(function.body.results)
        value: ast.expr = ast.Constant(None)
        if n_kept:
            value = value_tree(result["tree"], values[:n_kept], emit, function)
        beside = values[n_kept : len(values) - len(grads)]
        fresh = dict(zip(grads, values[len(values) - len(grads) :], strict=True))
        if options.mode == "value" and options.has_aux:
            return tuple_of([value, aux_tree(function, beside, emit)])
        if options.mode == "value":
            return value
        d = gradient_trees(function, options, fresh, emit)
        if not options.has_aux:
            return d if options.mode == "grad" else tuple_of([value, d])
        aux = aux_tree(function, beside, emit)
        if options.mode == "grad":
            return tuple_of([d, aux])
        return tuple_of([tuple_of([value, aux]), d])

    return build


def _keeps_value(options: Any) -> bool:
    return options.mode != "grad" or options.has_aux
