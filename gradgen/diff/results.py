"""What a generated function returns: value, auxiliaries, gradients like their arguments."""

from __future__ import annotations

import ast
import dataclasses
import types
from collections.abc import Callable
from typing import Any

from gradgen.diff.algebra import Algebra, is_narrow
from gradgen.diff.missing import missing_values
from gradgen.emission import pieces
from gradgen.emission.hidden import parameter
from gradgen.errors import UnsupportedError
from gradgen.frontend.arguments import Container, Opaque
from gradgen.frontend.classes import has_attributes
from gradgen.frontend.selection import Selected
from gradgen.frontend.values import Map, Record, Ref, Seq, Static, leaves
from gradgen.ir.builder import Builder
from gradgen.ir.nodes import Const, Function, Leaf, Value, walk
from gradgen.passes.sharing import Sharing

Emit = Callable[[Value], ast.expr]


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
        items = [value_tree(result["tree"], found[: len(kept)], emit)] if keep_value else []
        items.append(value_tree(result["tree"], rest, emit))
        if result["aux"] is not None:
            items.append(value_tree(result["aux"], found[len(kept) + len(values) :], emit))
        return items[0] if len(items) == 1 else tuple_of(items)

    result["outputs"] = build


def _tangent(alg: Algebra, v: Value, t: Value | None) -> Value:
    """Return the tangent of a result in its shape: a fresh array, a float for a float."""
    if t is None:
        return alg.zeros(v)
    t = alg.full(t, v)
    if v.type.kind == "float" and v.type.weak and not isinstance(t, Const):
        return alg.emit("float", t)
    if t.type.kind == "array" and (t.op is None or t.op.prim in ("leaf", "stretch")):
        return alg.emit("copy", t)
    return t


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
        out = alg.full(g, v) if is_narrow(g, v) else g
    if t.kind == "array" and out.type.kind == "array" and out.type.dtype != t.dtype:
        out = alg.cast(out, t.dtype)
    if not out.name and out.op is not None and v.name:
        out.name, out.user = f"d_{v.name}", True
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
    sharing = Sharing(function)
    foreign = {"leaf", "captured", "stretch"}
    outside = {
        sharing.root(o) for op in walk(function.body) if op.prim in foreign for o in op.outputs
    }
    seen: set[Value] = {sharing.root(v) for v in kept if not v.type.is_scalar}
    for key, g in grads.items():
        if g.type.is_scalar:
            continue
        root = sharing.root(g)
        if root in outside or root in seen:
            copy = alg.emit("copy", g)
            copy.name, copy.user = g.name or "d", g.user
            grads[key] = copy
        seen.add(root)


def aux_values(function: Function) -> list[Value]:
    """Return what the function returns beside its value."""
    reader, aux = function.result["reader"], function.result["aux"]
    if aux is None:
        return []
    reader.b.block = function.body
    return [reader.read(leaf) for leaf in leaves(aux)]


# --- spelling -----------------------------------------------------------------------------


def _outputs(function: Function, options: Any, grads: dict[int, Value]) -> Any:
    result = function.result
    n_kept = len(result["seeds"]) if _keeps_value(options) else 0

    def build(emit: Emit) -> ast.expr:
        values = list(function.body.results)
        value = value_tree(result["tree"], values[:n_kept], emit) if n_kept else ast.Constant(None)
        aux_leaves = values[n_kept : len(values) - len(grads)]
        fresh = dict(zip(grads, values[len(values) - len(grads) :], strict=True))
        if options.mode == "value" and options.has_aux:
            return tuple_of([value, value_tree(result["aux"], aux_leaves, emit)])
        if options.mode == "value":
            return value
        d = gradient_trees(function, options, fresh, emit)
        if not options.has_aux:
            return d if options.mode == "grad" else tuple_of([value, d])
        aux = value_tree(result["aux"], aux_leaves, emit)
        if options.mode == "grad":
            return tuple_of([d, aux])
        return tuple_of([tuple_of([value, aux]), d])

    return build


def gradient_trees(
    function: Function, options: Any, grads: dict[int, Value], emit: Emit
) -> ast.expr:
    """Spell the gradients in the structure of the arguments, several as a tuple."""
    trees = [_gradient_tree(function, s, grads, emit) for s in function.result["active"]]
    return trees[0] if options.single else tuple_of(trees)


def _keeps_value(options: Any) -> bool:
    return options.mode != "grad" or options.has_aux


def tuple_of(items: list[ast.expr]) -> ast.expr:
    """Return the expression of a tuple."""
    return ast.Tuple(items, ast.Load())


def _gradient_tree(
    function: Function, selected: Selected, grads: dict[int, Value], emit: Emit
) -> ast.expr:
    name, root = selected.name, selected.path
    leaves = {leaf.path: leaf for leaf in function.leaves if leaf.param == name}
    spec = function.result["specs"][name]
    here: ast.expr = parameter(name)
    if root:
        spec = spec.items[spec.keys.index(selected.key)]
        here = ast.Subscript(here, pieces.literal(selected.key), ast.Load())

    def build(spec: Any, path: tuple[Any, ...], here: ast.expr) -> ast.expr:
        if isinstance(spec, Opaque):
            return here
        if not isinstance(spec, Container):
            leaf = leaves[path]
            return emit(grads[id(leaf)]) if leaf.active else _passive(spec, here)
        by_attribute = has_attributes(spec.kind)
        items = []
        for key, item in zip(spec.keys, spec.items, strict=True):
            inner: ast.expr = (
                ast.Attribute(here, key, ast.Load())
                if by_attribute
                else ast.Subscript(here, pieces.literal(key), ast.Load())
            )
            items.append(build(item, (*path, ("attr" if by_attribute else "item", key)), inner))
        return _container(spec, items, here, by_attribute)

    return build(spec, root, here)


def _passive(spec: Any, here: ast.expr) -> ast.expr:
    """Return the gradient by an integer: zero."""
    if spec.is_scalar:
        return ast.Constant(0)
    return pieces.call("np.zeros_like", [here])


def _container(
    spec: Container, items: list[ast.expr], here: ast.expr, by_attribute: bool
) -> ast.expr:
    if spec.kind is dict:
        return ast.Dict([pieces.literal(k) for k in spec.keys], items)
    if spec.kind is tuple:
        return tuple_of(items)
    if spec.kind is list:
        return ast.List(items, ast.Load())
    maker = pieces.call("type", [here])
    if by_attribute:
        keywords = [ast.keyword(str(k), e) for k, e in zip(spec.keys, items, strict=True)]
        if _is_plain(spec):
            return ast.Call(maker, [], keywords)
        return ast.Call(ast.Name("_like", ast.Load()), [here], keywords)
    return ast.Call(maker, items, [])


def _is_plain(spec: Container) -> bool:
    """Whether a class takes its attributes by name and does nothing else with them."""
    kind = spec.kind
    if kind is types.SimpleNamespace:
        return True
    if not dataclasses.is_dataclass(kind) or hasattr(kind, "__post_init__"):
        return False
    known = tuple(f.name for f in dataclasses.fields(kind) if f.init)
    return known == spec.keys and kind.__init__.__code__.co_filename == "<string>"  # type: ignore[misc]


def value_tree(tree: Any, leaves: list[Any], emit: Callable[[Any], ast.expr]) -> ast.expr:
    """Spell a result: numbers and arrays, and the containers around them."""
    rest = list(leaves)

    def build(v: Any) -> ast.expr:
        if isinstance(v, Value | Ref):
            return emit(rest.pop(0))
        if isinstance(v, Seq) and v.kind in (tuple, list):
            items = [build(i) for i in v.items]
            return tuple_of(items) if v.kind is tuple else ast.List(items, ast.Load())
        if isinstance(v, Map):
            return ast.Dict(
                [pieces.literal(k) for k in v.items], [build(i) for i in v.items.values()]
            )
        if isinstance(v, Static) and isinstance(v.obj, str | type(None)):
            return ast.Constant(v.obj)
        kind = v.kind.__name__ if isinstance(v, Seq | Record) else type(v).__name__
        raise UnsupportedError(
            f"the result contains a {kind}", hint="return numbers, arrays, tuples or dicts"
        )

    return build(tree)
