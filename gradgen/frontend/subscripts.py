"""Subscripts: reads, writes and in-place updates through indices, slices and views."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Any

import numpy as np

from gradgen.frontend.arguments import Refine, is_unknown_leaf
from gradgen.frontend.branches import distribute, on_each
from gradgen.frontend.evaluate import as_value, evaluate, number
from gradgen.frontend.listed import contain, require_unseen, taken
from gradgen.frontend.lists import as_item, check_store, held, is_list, item
from gradgen.frontend.objects import class_of, invoked, special_method
from gradgen.frontend.operators import binary
from gradgen.frontend.picks import picked
from gradgen.frontend.reader import Reader, describe
from gradgen.frontend.values import (
    Choice,
    Iteration,
    Map,
    Record,
    Ref,
    Seq,
    SliceValue,
    Static,
    Step,
    UnknownShape,
    is_static,
    same_steps,
    static_value,
)
from gradgen.ir.nodes import Const, Value
from gradgen.rules.places import index_shape, is_basic, may_repeat
from gradgen.rules.registry import RULES


class Index:
    """A subscript taken apart: its spelling, its slices and its operands (see rules.indexing)."""

    def __init__(self) -> None:
        self.spelling = ""
        self.slices: list[tuple[bool, bool, bool]] = []
        self.operands: list[Value] = []

    @property
    def attrs(self) -> dict[str, Any]:
        """The attributes of an operation with this subscript."""
        out: dict[str, Any] = {"index": self.spelling}
        if self.slices:
            out["slices"] = tuple(self.slices)
        return out


def parse_index(r: Reader, node: ast.expr) -> Index:
    """Take a subscript apart, evaluating its operands in order."""
    return index_of(r, subscript_value(r, node), node)


def subscript_value(r: Reader, node: ast.expr) -> Any:
    """Evaluate what stands between the brackets."""
    if isinstance(node, ast.Tuple):
        items: list[Any] = []
        for entry in node.elts:
            starred = isinstance(entry, ast.Starred)
            value = subscript_value(r, entry.value if isinstance(entry, ast.Starred) else entry)
            if starred and not isinstance(value, Seq):
                r.refuse(entry, f"unpacking of a {describe(value)} in a subscript")
            items += value.items if starred else [value]
        return Seq(items)
    if isinstance(node, ast.Slice):
        parts = [None if p is None else number(r, p) for p in (node.lower, node.upper, node.step)]
        return SliceValue((parts[0], parts[1], parts[2]))
    return evaluate(r, node)


def index_of(r: Reader, value: Any, node: ast.AST) -> Index:
    """Take an evaluated subscript apart: a tuple stands for one entry an axis."""
    index = Index()
    if isinstance(value, Static) and isinstance(value.obj, tuple):
        value = Seq([Static(o) for o in value.obj])
    whole = isinstance(value, Seq) and issubclass(value.kind, tuple)
    for entry in value.items if whole else [value]:
        _add_entry(r, index, entry, node)
    return index


def _add_slice(index: Index, parts: Sequence[Value | None]) -> None:
    values = [None if isinstance(v, Const) and v.const is None else v for v in parts]
    present = [v for v in values if v is not None]
    index.spelling += "s" if present else ":"
    if present:
        index.slices.append((values[0] is not None, values[1] is not None, values[2] is not None))
        index.operands += present


def _add_entry(r: Reader, index: Index, value: Any, node: ast.AST) -> None:
    if isinstance(value, Static) and isinstance(value.obj, slice):
        parts = (value.obj.start, value.obj.stop, value.obj.step)
        _add_slice(index, [None if p is None else Const(p) for p in parts])
    elif isinstance(value, Static) and isinstance(value.obj, int):
        _add_entry(r, index, Const(value.obj), node)
    elif isinstance(value, SliceValue):
        _add_slice(index, value.parts)
    elif isinstance(value, Static) and value.obj is None:
        index.spelling += "n"
    elif isinstance(value, Static) and value.obj is Ellipsis:
        index.spelling += "e"
    elif _listed(value):
        index.spelling += "a"
        index.operands.append(r.b.emit("places", [], entries=_listed(value)))
    else:
        operand = as_value(r, value, node)
        index.spelling += _letter(r, operand, node)
        index.operands.append(operand)


def _listed(value: Any) -> tuple[Any, ...]:
    """Return the entries of a list of literal integers, () for anything else."""
    if not isinstance(value, Seq):
        return ()
    found = [
        v.const if isinstance(v, Const) and type(v.const) is int else _listed(v)
        for v in value.items
    ]
    return () if () in found else tuple(found)


def _letter(r: Reader, v: Value, node: ast.AST) -> str:
    if v.type.kind == "int":
        return "i"
    if v.type.kind == "any":
        return "m" if v.type.dtype == "bool" else "a"
    if v.type.kind == "array" and v.type.dtype == "bool":
        return "m"
    if v.type.kind == "array" and v.type.dtype.startswith(("int", "uint")):
        return "a"
    r.refuse(
        node, f"a subscript of type {v.type}", "index with integers, slices, or arrays of them"
    )


def load(r: Reader, node: ast.Subscript, owner: Any) -> Any:
    """Return ``owner[index]``."""
    if isinstance(owner, Choice):
        return distribute(r, node, owner, lambda option: load(r, node, option))
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
        return _container_item(r, node, owner)
    if isinstance(owner, UnknownShape):
        return _length(r, node, owner)
    if isinstance(owner, Iteration):
        return _range_item(r, node, owner)
    unknown = is_unknown_leaf(owner)
    if unknown and isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str):
        raise Refine(unknown, ("key", node.slice.value))
    numpys = isinstance(owner, Value) and owner.type.is_scalar and not owner.type.weak
    if numpys and isinstance(node.slice, ast.Tuple) and not node.slice.elts:
        return owner  # the one subscript of NumPy's numbers
    if not isinstance(owner, Ref):
        r.refuse(node, f"a {describe(owner)} cannot be subscripted")
    index = parse_index(r, node.slice)
    return load_index(r, owner, index, node)


def _range_item(r: Reader, node: ast.Subscript, over: Iteration) -> Any:
    """Return an integer or a part of a range."""
    key, bounds = subscript_value(r, node.slice), over.bounds or ()
    parts: Sequence[Any] = key.parts if isinstance(key, SliceValue) else (key,)
    turned = isinstance(key, SliceValue) and tuple(parts[:2]) == (None, None)
    if bounds and turned and isinstance(parts[-1], Const) and parts[-1].const == -1:
        return Iteration(None, over.element, over.bounds, not over.backwards)
    known = all(p is None or isinstance(p, Const) for p in (*bounds, *parts))
    if not bounds or not known:
        r.refuse(node, "a subscript of a computed range", "write the range out")
    whole = range(*(v.const for v in bounds))  # type: ignore[attr-defined]
    whole = whole[::-1] if over.backwards else whole
    if not isinstance(key, SliceValue):
        return Const(whole[key.const])
    part = whole[slice(*(p.const if isinstance(p, Const) else None for p in parts))]
    ends = (Const(part.start), Const(part.stop), Const(part.step))
    return Iteration(None, over.element, ends)


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
    return held(r, value, owner) if part else taken(r, r.hold(value), owner)


def _container_item(r: Reader, node: ast.Subscript, owner: Any) -> Any:
    if isinstance(node.slice, ast.Slice) and isinstance(owner, Seq | Static):
        # A cycle: slices of containers may be lists, which are read by subscripts.
        from gradgen.frontend.list_slices import slice_of

        return slice_of(r, node, owner, node.slice)
    key = evaluate(r, node.slice)
    return on_each(r, node, key, lambda k: item_at(r, node, owner, k))


def item_at(r: Reader, node: ast.AST, owner: Any, key: Any) -> Any:
    """Return the item of a container at an evaluated key."""
    if not is_static(key):
        return _computed_item(r, node, owner, key)
    k = static_value(key)
    if isinstance(owner, Map) and k not in owner.items and owner.unknown is not None:
        raise Refine(owner.unknown, ("key", k))
    if isinstance(owner, Map) and k not in owner.items and owner.factory is not None:
        # A cycle by nature: the factory is a function of the user's.
        from gradgen.frontend.calls import call_value

        r.fill(owner, {**owner.items, k: call_value(r, node, owner.factory, [], {})})
    try:
        if isinstance(owner, Static):
            return r.wrap(owner.obj[k], owner.obj, k, node)
        items: Any = owner.items if isinstance(owner, Seq | Map) else owner.fields
        return items[k]
    except IndexError as error:
        kind = owner.kind.__name__ if isinstance(owner, Seq) else ""
        r.fail(node, IndexError(f"{kind} index out of range") if kind else error)
    except (KeyError, TypeError) as error:
        r.fail(node, error)


def _computed_item(r: Reader, node: ast.AST, owner: Any, key: Any) -> Any:
    found = picked(r, node, owner, key)
    if isinstance(found, Ref):
        return load_index(r, found, index_of(r, key, node), node)
    return on_each(r, node, found, lambda k: item_at(r, node, owner, k))


def store(r: Reader, node: ast.Subscript, value: Any) -> None:
    """Perform ``owner[index] = value``."""
    store_into(r, node, evaluate(r, node.value), value)


def store_into(r: Reader, node: ast.Subscript, owner: Any, value: Any) -> None:
    """Perform the store into an evaluated owner."""
    if isinstance(owner, Choice):
        distribute(r, node, owner, lambda option: store_into(r, node, option, value))
    elif isinstance(node.slice, ast.Slice) and _is_any_list(r, owner):
        # A cycle by nature: the items of what is stored may be read by subscripts.
        from gradgen.frontend.list_slices import store_slice

        store_slice(r, node, owner, subscript_value(r, node.slice), value)
    elif isinstance(owner, Ref):
        index = parse_index(r, node.slice)
        if is_list(r, owner) and _is_there(owner, index, value):
            return
        new = as_item(r, value, node) if is_list(r, owner) else as_value(r, value, node)
        write(r, node, owner, index, new, "store")
        if is_list(r, owner):
            contain(r, owner.storage, value)
    elif class_of(owner) and special_method(owner, "__setitem__"):
        invoked(r, node, owner, "__setitem__", subscript_value(r, node.slice), value)
    else:
        store_item(r, node, owner, value)


def _is_any_list(r: Reader, owner: Any) -> bool:
    known = isinstance(owner, Seq) and owner.kind is list
    return known or (is_list(r, owner) and not owner.steps)


def _is_there(items: Ref, index: Index, value: Any) -> bool:
    """Whether a value is the very item that a list has at this place."""
    if not isinstance(value, Ref) or value.storage is not items.storage:
        return False
    place = Step("load", tuple(index.operands), index.attrs)
    return same_steps(value.steps, (*items.steps, place))


def store_item(r: Reader, node: ast.Subscript, owner: Any, value: Any) -> None:
    """Replace an item of a list or dict whose structure is known."""
    kinds = isinstance(owner, Map) or (isinstance(owner, Seq) and owner.kind is list)
    key = evaluate(r, node.slice) if kinds else None
    if kinds:
        on_each(r, node, key, lambda k: set_item(r, node, owner, k, value))
    else:
        if isinstance(owner, Static) and owner.obj is None:
            r.fail(node, TypeError("'NoneType' object does not support item assignment"))
        r.refuse(node, f"a store into a {describe(owner)}", "build a new one, or use a list")


def set_item(r: Reader, node: ast.AST, owner: Any, key: Any, value: Any) -> None:
    """Replace the item at an evaluated key."""
    if not is_static(key):
        grown = picked(r, node, owner, key)
        if not isinstance(grown, Ref):
            on_each(r, node, grown, lambda k: set_item(r, node, owner, k, value))
            return
        write(r, node, grown, index_of(r, key, node), as_item(r, value, node), "store")
        contain(r, grown.storage, value)
        return
    k = static_value(key)
    if isinstance(owner, Map):
        r.fill(owner, {**owner.items, k: value})
        return
    items = list(owner.items)
    try:
        items[k] = value
    except IndexError as error:
        r.fail(node, error)
    r.fill(owner, items)


def write(
    r: Reader, node: ast.AST, owner: Ref, index: Index, value: Value, prim: str, **attrs: Any
) -> None:
    """Emit a store or in-place addition through a reference, and note the new version."""
    base = r.versions[owner.storage]
    if base.type.kind == "list" and not owner.steps:
        check_store(r, node, base, index.spelling, prim)
    for step in owner.steps:
        if step.prim in READ_ONLY:
            r.refuse(
                node,
                f"a write into what {RULES[step.prim].spelling} returns: NumPy makes it read-only",
                "copy it first with .copy()",
            )
    r.b.span = r.span(node)
    value = _of_rank(r, owner, index, value)
    if base.type.kind == "list" and owner.steps:
        r.update(owner, _item_written(r, node, base, owner.steps, index, value, prim, attrs))
    else:
        r.update(owner, _written(r, base, owner.steps, index, value, prim, attrs))


def _item_written(
    r: Reader,
    node: ast.AST,
    base: Value,
    steps: Sequence[Step],
    index: Index,
    value: Value,
    prim: str,
    attrs: dict[str, Any],
) -> Value:
    """Return a list with a new version of an item, or of an item of an item."""
    old = r.b.emit("load", [base, *steps[0].operands], **steps[0].attrs)
    if old.type.kind == "list" and steps[1:]:
        new = _item_written(r, node, old, steps[1:], index, value, prim, attrs)
    else:
        if old.type.kind == "list":
            check_store(r, node, old, index.spelling, prim)
        new = _written(r, old, steps[1:], index, value, prim, attrs)
    return r.b.emit("store", [base, new, *steps[0].operands], **steps[0].attrs)


def _written(
    r: Reader,
    base: Value,
    steps: Sequence[Step],
    index: Index,
    value: Value,
    prim: str,
    attrs: dict[str, Any],
) -> Value:
    """Return the new version of an array, or of a list, after a write through views."""
    where, inner = index.attrs, [v for s in steps for v in s.operands]
    if where == {"index": "e"} and steps and steps[-1].prim == "load":
        steps, where = steps[:-1], steps[-1].attrs  # a[1:][...] is a[1:]
    path = tuple((s.prim, len(s.operands), s.attrs) for s in steps)
    attrs = {**attrs, **where, **({"path": path} if path else {})}
    return r.b.emit(prim, [base, value, *inner, *index.operands], **attrs)


def overwrite(r: Reader, node: ast.AST, owner: Ref, value: Value) -> None:
    """Replace all that an array holds by a value that was made for it."""
    base = r.versions[owner.storage]
    rule = RULES.get("" if value.op is None else value.op.prim)
    fresh = rule is not None and not rule.alias and rule.name != "load"
    vector = base.type.rank == 1 and base.type == value.type
    if owner.steps or not (vector and fresh):
        write(r, node, owner, whole(owner), value, "store")
    else:
        r.b.span = r.span(node)
        r.update(owner, value)


READ_ONLY = ("broadcast_to", "diagonal", "diag_view")


def _of_rank(r: Reader, owner: Ref, index: Index, value: Value) -> Value:
    """Drop leading axes of length 1, which a store takes."""
    target = r.read(owner).type
    shape = target.shape
    if not value.type.rank or shape is None or target.kind == "list":
        return value
    place = index_shape(shape, index.spelling, index.slices, index.operands)
    surplus = 0 if place is None else value.type.rank - len(place)
    return (
        r.b.emit("load", [value, *[Const(0)] * surplus], index="i" * surplus)
        if surplus > 0
        else value
    )


def augmented(r: Reader, node: ast.AugAssign, target: ast.Subscript) -> None:
    """Perform ``owner[index] op= value``."""
    _augmented(r, node, target, evaluate(r, target.value))


def _augmented(r: Reader, node: ast.AugAssign, target: ast.Subscript, owner: Any) -> None:
    if isinstance(owner, Choice):
        distribute(r, node, owner, lambda option: _augmented(r, node, target, option))
    elif isinstance(owner, Ref):
        _augmented_array(r, node, target, owner)
    else:
        # A cycle by nature: an item of a list may be an array, which is written to as by a name.
        from gradgen.frontend.statements import updated

        old = _container_item(r, target, owner)
        new = updated(r, node, old, evaluate(r, node.value))
        if new is not old:
            store_into(r, target, r.settled(owner), new)


def _augmented_array(r: Reader, node: ast.AugAssign, target: ast.Subscript, owner: Ref) -> None:
    """Additions need neither the old value nor a clear of its adjoint."""
    index = parse_index(r, target.slice)
    if is_list(r, owner) and index.spelling == "i" and _of_arrays(r.read(owner)):
        _augmented_item(r, node, r.view(owner, "load", index.operands, index.attrs))
        return
    if is_list(r, owner):
        require_unseen(r, owner.storage)
    once = not may_repeat(index.spelling, index.slices, index.operands)
    if isinstance(node.op, ast.Add | ast.Sub) and once:
        before = r.read(owner)
        value = as_value(r, evaluate(r, node.value), node)
        old = None if r.read(owner) is before else _read_before(r, node, r.hold(before), index)
        if old is not None:
            new = as_value(r, binary(r, node, old, value), node)
            write(r, node, owner, index, new, "store", augmented=True)
            return
        sign = "+" if isinstance(node.op, ast.Add) else "-"
        write(r, node, owner, index, value, "inc", sign=sign)
        return
    old = load_index(r, owner, index)
    new = binary(r, node, old, evaluate(r, node.value))
    write(r, node, owner, index, as_value(r, new, node), "store", augmented=True)


def _of_arrays(items: Value) -> bool:
    return items.type.item is not None and items.type.item.kind == "array"


def _augmented_item(r: Reader, node: ast.AugAssign, item: Any) -> None:
    """Write to an array in a list as by a name."""
    from gradgen.frontend.statements import updated

    updated(r, node, item, evaluate(r, node.value))


def _read_before(r: Reader, node: ast.AST, owner: Ref, index: Index) -> Any:
    """Return what Python reads before it evaluates what is added; None for a view, read after."""
    old = load_index(r, owner, index)
    if not (isinstance(old, Ref) and old.storage is owner.storage):
        return old
    if r.read(old).type.kind == "any" and set(index.spelling) <= {"i"}:
        r.refuse(
            node,
            "what is added writes to the array, and its entry may be a number or a row",
            "give types: example arguments or annotations",
        )
    return None


def whole(owner: Ref) -> Index:
    """Return the subscript ``[...]``."""
    index = Index()
    index.spelling = "e"
    return index
