"""Writes through subscripts, and updates in place: of arrays through views, and of containers."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Any

from gradgen.frontend.branches import distribute, on_each
from gradgen.frontend.classes import MISSING
from gradgen.frontend.describing import describe
from gradgen.frontend.evaluate import as_value, evaluate
from gradgen.frontend.flat_places import in_its_array
from gradgen.frontend.identities import key_of
from gradgen.frontend.indices import Index, index_of, parse_index, subscript_value
from gradgen.frontend.listed import contain, let_go, require_unseen
from gradgen.frontend.lists import as_array, as_item, check_store, is_list, kept_in_list
from gradgen.frontend.objects import class_of
from gradgen.frontend.operators import binary
from gradgen.frontend.overlapping import require_apart, require_in_step
from gradgen.frontend.parts import contents
from gradgen.frontend.picks import picked
from gradgen.frontend.pointers import Lists
from gradgen.frontend.reader import Reader
from gradgen.frontend.records import expanded
from gradgen.frontend.sameness import interchangeable, same_steps
from gradgen.frontend.signals import Retry
from gradgen.frontend.special_methods import invoked, special_method
from gradgen.frontend.subscripts import container_item, item_at, load_index
from gradgen.frontend.tables import refuse_key
from gradgen.frontend.values import (
    Box,
    Choice,
    Map,
    Ref,
    Seq,
    Static,
    Step,
    Storage,
    is_static,
    static_value,
)
from gradgen.ir.nodes import READ_ONLY, Const, Value
from gradgen.ir.types import may_be_one
from gradgen.rules.places import index_shape, may_repeat, surely_fits
from gradgen.rules.registry import RULES

WHOLE = ({"index": "e"}, {"index": ":"})  # a[...] and a[:]
CHANGED = "an item of what changes while something is added to it"


def store(r: Reader, node: ast.Subscript, value: Any) -> None:
    """Perform ``owner[index] = value``."""
    with in_its_array(r, node, value) as target:
        store_into(r, target, _owner(r, target), value)


def _owner(r: Reader, node: ast.Subscript) -> Any:
    """Return what a store goes to; rows on the way to it are places in their lists."""
    row = node.value
    while isinstance(row, ast.Subscript):
        r.rows.add((*r.call_path, id(row)))
        row = row.value
    before, r.writes_through = r.writes_through, r.frame.source.generated
    try:
        return evaluate(r, node.value)
    finally:
        r.writes_through = before


def store_into(r: Reader, node: ast.Subscript, owner: Any, value: Any) -> None:
    """Perform the store into an evaluated owner."""
    owner = expanded(r, owner, node)
    if isinstance(owner, Choice):
        distribute(r, node, owner, lambda option: store_into(r, node, option, value))
    elif isinstance(node.slice, ast.Slice) and _is_any_list(r, owner):
        # A cycle by nature: the items of what is stored may be read by subscripts.
        from gradgen.frontend.list_slices import store_slice

        store_slice(r, node, owner, subscript_value(r, node.slice), value)
    elif isinstance(owner, Ref):
        index = parse_index(r, node.slice, owner)
        if is_list(r, owner) and _is_there(owner, index, value):
            return
        value = kept_in_list(r, value, node) if is_list(r, owner) else value
        if isinstance(value, Ref):
            require_in_step(r, node, owner, index, value)
            if isinstance(node.value, ast.Attribute) and node.value.attr == "flat":
                require_apart(r, node, owner, value, "a store into .flat")
        new = as_item(r, value, node) if is_list(r, owner) else as_value(r, value, node)
        write(r, node, owner, index, new, "store")
        if is_list(r, owner):
            contain(r, owner.storage, value)
    elif class_of(owner) and special_method(owner, "__setitem__"):
        invoked(r, node, owner, "__setitem__", subscript_value(r, node.slice), value)
    else:
        key = None if isinstance(node.slice, ast.Slice) else evaluate(r, node.slice)
        store_item(r, node, owner, key, value)


def _is_any_list(r: Reader, owner: Any) -> bool:
    known = isinstance(owner, Seq) and owner.kind is list
    return known or (is_list(r, owner) and not owner.steps)


def _is_there(items: Ref, index: Index, value: Any) -> bool:
    """Whether a value is the very item that a list has at this place."""
    if not isinstance(value, Ref) or value.storage is not items.storage:
        return False
    place = Step("load", tuple(index.operands), index.attrs)
    return same_steps(value.steps, (*items.steps, place))


def store_item(r: Reader, node: ast.AST, owner: Any, key: Any, value: Any) -> None:
    """Replace an item of a list or dict."""
    owner = r.settled(owner)
    if isinstance(owner, Ref):
        _store_computed(r, node, owner, key, value)
    elif isinstance(owner, Map) or (isinstance(owner, Seq) and owner.kind is list):
        on_each(r, node, key, lambda k: set_item(r, node, owner, k, value))
    else:
        if isinstance(owner, Static) and owner.obj is None:
            r.fail(node, TypeError("'NoneType' object does not support item assignment"))
        r.refuse(node, f"a store into a {describe(owner)}", "build a new one, or use a list")


def set_item(r: Reader, node: ast.AST, owner: Any, key: Any, value: Any) -> None:
    """Replace the item at an evaluated key."""
    key = key_of(r, key)
    if isinstance(key, Choice):
        on_each(r, node, key, lambda k: set_item(r, node, owner, k, value))
        return
    if not is_static(key):
        if isinstance(owner, Map):
            what = f"a store at a computed key of a {describe(owner)}"
            refuse_key(r, node, owner, key, what)
        grown = picked(r, node, owner, key)
        if not isinstance(grown, Ref):
            on_each(r, node, grown, lambda k: set_item(r, node, owner, k, value))
            return
        _store_computed(r, node, grown, key, value)
        return
    k = static_value(key)
    if isinstance(owner, Map):
        r.fill(owner, {**owner.items, k: value})
        return
    items = list(owner.items)
    try:
        items[k] = value
    except (IndexError, TypeError) as error:
        r.fail(node, error)
    r.fill(owner, items)


def _store_computed(r: Reader, node: ast.AST, items: Ref, key: Any, value: Any) -> None:
    """Replace an item of a list of the graph."""
    value = kept_in_list(r, value, node)
    write(r, node, items, index_of(r, key, node), as_item(r, value, node), "store")
    contain(r, items.storage, value)


def write(
    r: Reader, node: ast.AST, owner: Ref, index: Index, value: Value, prim: str, **attrs: Any
) -> None:
    """Emit a store or in-place addition through a reference, and note the new version."""
    base = r.versions[owner.storage]
    if base.type.kind == "list" and not owner.steps:
        check_store(r, node, base, index.spelling, prim, value)
    if prim == "store" and base.type.kind == "list" and r.read(owner).type.kind == "list":
        let_go(r, owner, Step("load", tuple(index.operands), index.attrs))
    for step in owner.steps:
        if step.prim in READ_ONLY:
            r.refuse(
                node,
                f"a write into what {RULES[step.prim].spelling} returns: NumPy makes it read-only",
                "copy it first with .copy()",
            )
    r.b.span = r.span(node)
    if value.type.kind == "list" and r.read(owner).type.kind != "list":
        value = as_array(r, value, node)
    value = _of_rank(r, node, owner, index, value)
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
            check_store(r, node, old, index.spelling, prim, value)
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
    if where in WHOLE and steps and steps[-1].prim == "load":
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


def _of_rank(r: Reader, node: ast.AST, owner: Ref, index: Index, value: Value) -> Value:
    """Drop leading axes of length 1, which a store takes; raise where they have another length."""
    target = r.read(owner).type
    shape = target.shape
    if not value.type.rank or shape is None or target.kind == "list":
        return value
    place = index_shape(shape, index.spelling, index.slices, index.operands)
    surplus = 0 if place is None else value.type.rank - len(place)
    if surplus <= 0:
        return value
    what = "setting an array element with a sequence."
    error = ValueError("could not broadcast input array into fewer axes" if place else what)
    for k, length in enumerate((value.type.shape or ())[:surplus]):
        if not may_be_one(length):
            r.fail(node, error)
        if length != 1 and not r.frame.source.generated:
            other = r.b.emit("ne", [r.b.emit("dim", [value], axis=k), Const(1)])
            attrs = {"text": f"raise ValueError({str(error)!r})"}
            r.b.append("raise_if", [other], [], span=r.span(node), attrs=attrs)
    return r.b.emit("load", [value, *[Const(0)] * surplus], index="i" * surplus)


def augmented(r: Reader, node: ast.AugAssign, target: ast.Subscript) -> None:
    """Perform ``owner[index] op= value``."""
    with in_its_array(r, target) as place:
        _augmented(r, node, place, _owner(r, place))


def _augmented(r: Reader, node: ast.AugAssign, target: ast.Subscript, owner: Any) -> None:
    # A cycle by nature: an item of a list may be an array, which is written to as by a name.
    from gradgen.frontend.statements import updated

    owner = expanded(r, owner, node)
    if isinstance(owner, Choice):
        distribute(r, node, owner, lambda option: _augmented(r, node, target, option))
    elif isinstance(target.slice, ast.Slice) and _is_any_list(r, owner):
        # A slice of a list is a new list: what changed in it has to be put back.
        new = updated_item(r, node, _part(r, target, owner))
        store_into(r, target, r.settled(owner), new)
    elif isinstance(owner, Ref):
        _augmented_array(r, node, target, owner)
    elif class_of(owner) and special_method(owner, "__getitem__"):
        key = subscript_value(r, target.slice)
        old = invoked(r, target, owner, "__getitem__", key)
        new = updated_item(r, node, old)
        if invoked(r, target, owner, "__setitem__", key, new) is MISSING:
            r.refuse(target, f"a store into a {describe(owner)}", "give its class a __setitem__")
    elif isinstance(target.slice, ast.Slice):
        r.refuse(target, f"a store into a {describe(owner)}", "build a new one, or use a list")
    else:
        key = key_of(r, evaluate(r, target.slice))
        if isinstance(owner, Map) and isinstance(key, Value) and not is_static(key):
            key = picked(r, target, owner, key)
        old = on_each(r, target, key, lambda k: item_at(r, target, owner, k))
        held = contents(owner) if isinstance(owner, Seq | Map) else None
        value = evaluate(r, node.value)
        replaced = _is_replaced(r, node, owner, key, old, held)
        new = updated(r, node, old, value, replaced)
        if new is not old or replaced:
            store_item(r, target, owner, key, new)


def _part(r: Reader, target: ast.Subscript, owner: Any) -> Any:
    """Return a slice of a list."""
    if isinstance(owner, Ref):
        return load_index(r, owner, parse_index(r, target.slice, owner))
    return container_item(r, target, owner)


def _is_replaced(r: Reader, node: ast.AST, owner: Any, key: Any, old: Any, held: Any) -> bool:
    """Whether another item has taken a place while what is added to the old one was computed."""
    if held is None or contents(owner) is held or not isinstance(old, Ref | Box | Choice):
        return False
    now: Any = contents(owner)
    k: Any = static_value(key) if is_static(key) else None
    if isinstance(now, dict | list) and is_static(key):
        there = k in now if isinstance(now, dict) else -len(now) <= k < len(now)
        return not there or not interchangeable(r.settled(now[k]), old)
    read = r.picks.get(now, set()) if isinstance(now, Storage) else set()
    if read and not r.precise.covers(read):
        raise Retry(read)  # what is added has read the list at a computed place, and nothing else
    r.refuse(node, CHANGED, "compute what is added in a statement before")


def updated_item(r: Reader, node: ast.AugAssign, old: Any) -> Any:
    """Return the new value of an item, or ``old`` itself where it is written to."""
    # A cycle by nature: an item of a list may be an array, which is written to as by a name.
    from gradgen.frontend.statements import updated

    return updated(r, node, old, evaluate(r, node.value))


def _augmented_array(r: Reader, node: ast.AugAssign, target: ast.Subscript, owner: Ref) -> None:
    """Additions need neither the old value nor a clear of its adjoint."""
    index = parse_index(r, target.slice, owner)
    if is_list(r, owner) and index.spelling == "i" and _of_arrays(r.read(owner)):
        _augmented_item(r, node, r.view(owner, "load", index.operands, index.attrs))
        return
    if is_list(r, owner) and index.spelling == "i" and _of_lists(r.read(owner)):
        updated_item(r, node, load_index(r, owner, index))
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
        if is_asked_whether_it_fits(r, owner, index, value):
            sign = "+" if isinstance(node.op, ast.Add) else "-"
            write(r, node, owner, index, value, "inc", sign=sign)
            return
        new = as_value(r, binary(r, node, load_index(r, owner, index), value), node)
        write(r, node, owner, index, new, "store")
        return
    whole_array = index.attrs == WHOLE[1] and not is_list(r, owner)
    old = owner if whole_array else load_index(r, owner, index)
    given = evaluate(r, node.value)
    asked = is_asked_whether_it_fits(r, owner, index, as_value(r, given, node))
    new = as_value(r, binary(r, node, old, given), node)
    write(r, node, owner, index, new, "store", augmented=asked)


def is_asked_whether_it_fits(r: Reader, owner: Ref, index: Index, value: Value) -> bool:
    """Whether ``a[i] += v`` raises where it has to; Numba's, of arrays, does not ask."""
    shape = r.read(owner).type.shape
    if not r.book.compiled or not value.type.rank or shape is None:
        return True
    place = index_shape(shape, index.spelling, index.slices, index.operands)
    return place is None or surely_fits(value.type.shape or (), place)


def _of_arrays(items: Value) -> bool:
    return items.type.item is not None and items.type.item.kind == "array"


def _of_lists(items: Value) -> bool:
    """Whether the items of a list are places of lists, which are written to there."""
    item = items.type.item
    return item is not None and item.of is not None and isinstance(item.of.kind, Lists)


def _augmented_item(r: Reader, node: ast.AugAssign, item: Any) -> None:
    """Write to an array in a list as by a name."""
    from gradgen.frontend.statements import updated

    since = versions_of(r, item)
    value = evaluate(r, node.value)
    require_same_item(r, node, item, since)
    updated(r, node, item, value)


def versions_of(r: Reader, item: Any) -> Value | None:
    """Return the list of the graph that an array is an item of, as it is now; None for others."""
    inside = isinstance(item, Ref) and item.steps and item.storage.lists
    return r.versions.get(item.storage) if inside else None


def require_same_item(r: Reader, node: ast.AST, item: Any, since: Value | None) -> None:
    """Refuse to add to an item whose list was written to since: another may have its place."""
    if since is not None and r.versions.get(item.storage) is not since:
        r.refuse(node, CHANGED, "compute what is added in a statement before")


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
