"""Reads through subscripts: entries, slices and views of arrays, items of containers."""

from __future__ import annotations

import ast
from typing import Any, NoReturn

import numpy as np

from gradgen.frontend import asked, ranges, unbound
from gradgen.frontend.arguments import Refine, is_unknown_leaf
from gradgen.frontend.branches import distribute, on_each
from gradgen.frontend.describing import describe
from gradgen.frontend.evaluate import evaluate
from gradgen.frontend.identities import key_of
from gradgen.frontend.indices import Index, index_of, parse_index, subscript_value
from gradgen.frontend.letters import letter
from gradgen.frontend.listed import taken
from gradgen.frontend.lists import held, is_list, item, like
from gradgen.frontend.objects import class_of
from gradgen.frontend.picks import picked
from gradgen.frontend.reader import Reader
from gradgen.frontend.records import expanded
from gradgen.frontend.special_methods import invoked, special_method
from gradgen.frontend.values import (
    Choice,
    GlobalNames,
    Iteration,
    Map,
    Record,
    Ref,
    Seq,
    SliceValue,
    Static,
    UnknownShape,
    is_static,
    static_value,
)
from gradgen.ir.nodes import Const, Value
from gradgen.rules.places import is_basic


def load(r: Reader, node: ast.Subscript, owner: Any) -> Any:
    """Return ``owner[index]``."""
    if isinstance(owner, Choice):
        return distribute(r, node, owner, lambda option: load(r, node, option))
    owner = expanded(r, owner, node)
    if isinstance(owner, Static) and (owner.obj is np.s_ or owner.obj is np.index_exp):
        value = subscript_value(r, node.slice)
        tupled = owner.obj is np.index_exp and not isinstance(value, Seq)
        return Seq([value]) if tupled else value
    if isinstance(owner, Static) and (owner.obj is np.mgrid or owner.obj is np.ogrid):
        # A cycle: grids are read as calls, and these read subscripts.
        from gradgen.frontend.constructor_calls import grid

        return grid(r, node, subscript_value(r, node.slice), owner.obj is np.ogrid)
    if isinstance(owner, Static) and (owner.obj is np.r_ or owner.obj is np.c_):
        # A cycle, as above.
        from gradgen.frontend.shape_calls import joined

        return joined(r, node, subscript_value(r, node.slice), owner.obj is np.c_)
    if class_of(owner) and special_method(owner, "__getitem__"):
        return invoked(r, node, owner, "__getitem__", subscript_value(r, node.slice))
    if isinstance(owner, Seq | Map | Record | Static):
        return container_item(r, node, owner)
    if isinstance(owner, UnknownShape):
        return _length(r, node, owner)
    if isinstance(owner, Iteration):
        return ranges.item(r, node, owner)
    unknown = is_unknown_leaf(owner)
    if unknown and isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str):
        raise Refine(unknown, ("key", node.slice.value))
    numpys = isinstance(owner, Value) and owner.type.is_scalar and not owner.type.weak
    if numpys and isinstance(node.slice, ast.Tuple) and not node.slice.elts:
        return owner
    if numpys and ast.unparse(node.slice) == "...":
        return r.hold(r.b.emit("array0", [owner]), True)
    if numpys and (new := _new_axes(node.slice)):
        return r.hold(r.b.emit("expand_dims", [owner], axis=tuple(range(new))))
    if not isinstance(owner, Ref):
        r.refuse(node, f"a {describe(owner)} cannot be subscripted")
    index = parse_index(r, node.slice, owner)
    return load_index(r, owner, index, node)


def _new_axes(index: ast.expr) -> int:
    """Return how many axes a subscript makes that makes axes alone, else 0."""
    parts = index.elts if isinstance(index, ast.Tuple) else [index]
    new = [ast.unparse(part) in ("None", "np.newaxis", "numpy.newaxis") for part in parts]
    rest = [part for part, made in zip(parts, new, strict=True) if not made]
    return sum(new) if all(ast.unparse(part) == "..." for part in rest) else 0


def _length(r: Reader, node: ast.Subscript, shape: UnknownShape) -> Value:
    key = evaluate(r, node.slice)
    if not isinstance(key, Const):
        r.refuse(node, "a computed subscript of a shape")
    return r.b.emit("dim", [shape.array], axis=key.const)


def load_index(r: Reader, owner: Ref, index: Index, node: ast.AST | None = None) -> Any:
    """Return an element, a view or a copy, as NumPy does."""
    if node is not None and index.spelling == "i" and is_list(r, owner):
        return item(r, owner, index.operands[0], node)
    if is_basic(index.spelling) and r.read(owner).type.kind != "list":
        return r.view(owner, "load", index.operands, index.attrs)
    value = r.b.emit("load", [r.read(owner), *index.operands], **index.attrs)
    if not is_list(r, owner):
        return r.hold(value)
    part = index.spelling in ("s", ":")
    return like(r, owner, held(r, value, owner)) if part else taken(r, r.hold(value), owner)


def container_item(r: Reader, node: ast.Subscript, owner: Any) -> Any:
    """Return an item, or a slice, of a container."""
    if isinstance(node.slice, ast.Slice) and isinstance(owner, Seq | Static):
        # A cycle: slices of containers may be lists, which are read by subscripts.
        from gradgen.frontend.list_slices import slice_of

        return slice_of(r, node, owner, node.slice)
    key = evaluate(r, node.slice)
    return on_each(r, node, key, lambda k: item_at(r, node, owner, k))


def item_at(r: Reader, node: ast.AST, owner: Any, key: Any) -> Any:
    """Return the item of a container at an evaluated key."""
    if isinstance(owner, Value):
        _fail_at_number(r, node, owner)
    if isinstance(owner, Seq | Static) and _is_slice(key):
        # A cycle: slices of containers may be lists, which are read by subscripts.
        from gradgen.frontend.list_slices import by_slice

        return by_slice(r, node, owner, key)
    if isinstance(owner, Record) and owner.kind is GlobalNames:
        from gradgen.frontend.callables import global_named  # which reads what is called

        return global_named(r, node, key)
    key = key_of(r, key)
    if isinstance(key, Choice):
        return on_each(r, node, key, lambda k: item_at(r, node, owner, k))
    if not is_static(key):
        return _computed_item(r, node, owner, key)
    k = static_value(key)
    if isinstance(owner, Map) and k not in owner.items and owner.unknown is not None:
        raise Refine(owner.unknown, ("key", k))
    if isinstance(owner, Map) and k not in owner.items and owner.factory is not None:
        # A cycle by nature: the factory is a function of the user's.
        from gradgen.frontend.calls import call_value

        r.fill(owner, {**owner.items, k: call_value(r, node, owner.factory, [], {})})
    if isinstance(owner, Map) and k in owner.items:
        return _found(r, node, owner, k)
    try:
        if isinstance(owner, Static):
            return r.wrap(owner.obj[k], owner.obj, k, node)
        if isinstance(owner, Seq) and isinstance(k, int) and k < 0:
            asked.note(r, owner, asked.COUNT)
        items: Any = owner.items if isinstance(owner, Seq | Map) else owner.fields
        return items[k]
    except IndexError as error:
        kind = owner.kind.__name__ if isinstance(owner, Seq) else ""
        r.fail(node, IndexError(f"{kind} index out of range") if kind else error)
    except (KeyError, TypeError) as error:
        r.fail(node, error)


def _is_slice(key: Any) -> bool:
    return isinstance(key, SliceValue) or (isinstance(key, Static) and type(key.obj) is slice)


def _found(r: Reader, node: ast.AST, owner: Map, key: Any) -> Any:
    """Return the item at a key that is there on some path at least."""
    item = r.settled(owner.items[key])
    if owner.factory is None or not unbound.may_miss(item):
        return unbound.found(r, item, KeyError(key), node)
    # A cycle by nature: the factory is a function of the user's.
    from gradgen.frontend.calls import call_value

    made = call_value(r, node, owner.factory, [], {})
    r.fill(owner, {**owner.items, key: unbound.or_else(item, made)})
    return owner.items[key]


def _fail_at_number(r: Reader, node: ast.AST, number: Value) -> NoReturn:
    """Raise what Python raises for a subscript of a number of its own."""
    if number.type.is_scalar and number.type.weak:
        r.fail(node, TypeError(f"'{number.type.kind}' object is not subscriptable"))
    r.refuse(node, f"an item of a {describe(number)}", "use two names, one for each kind of value")


def _computed_item(r: Reader, node: ast.AST, owner: Any, key: Any) -> Any:
    if isinstance(owner, Static) and isinstance(owner.obj, str) and isinstance(key, Value):
        of_text = letter(r, node, owner.obj, key)
        if of_text is not None:
            return of_text
    found = picked(r, node, owner, key)
    if isinstance(found, Ref):
        return load_index(r, found, index_of(r, key, node), node)
    return on_each(r, node, found, lambda k: item_at(r, node, owner, k))
