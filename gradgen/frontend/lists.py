"""Lists that grow: what Python's operators and methods on them are in the graph."""

from __future__ import annotations

import ast
import functools
from collections.abc import Sequence
from typing import Any, NoReturn

from gradgen.frontend import beside_none, row_kinds
from gradgen.frontend.describing import describe
from gradgen.frontend.entries import literal
from gradgen.frontend.evaluate import as_value, options
from gradgen.frontend.listed import SHARED, contain, contain_items, go_with, taken
from gradgen.frontend.pointers import as_word, holds_words, is_list_row, is_none_itself
from gradgen.frontend.reader import Reader
from gradgen.frontend.signals import Grown, Retry, Turnwise, WriteOut
from gradgen.frontend.text_values import as_held
from gradgen.frontend.values import (
    Choice,
    Iteration,
    LocalFunction,
    Map,
    Record,
    Ref,
    Seq,
    Static,
    Step,
)
from gradgen.ir.lengths import may_be_negative
from gradgen.ir.nodes import Const, Value
from gradgen.ir.types import Type, join

BESIDE = "give each tuple of a list items of the same kinds, as floats by float()"
SUBSCRIPT = "use an array, or a constant subscript"  # the way out of one that is computed


def is_list(r: Reader, value: Any) -> bool:
    """Whether a value is a list of the graph."""
    return isinstance(value, Ref) and r.read(value).type.kind == "list"


def as_array(r: Reader, v: Value, node: ast.AST) -> Value:
    """Return a number or array as it is, a list as the array that NumPy makes of it."""
    return r.b.emit("array_of_list", [v], span=r.span(node)) if v.type.kind == "list" else v


def as_places(r: Reader, v: Value, node: ast.AST) -> Value:
    """Return a list as the array that it is as a subscript: of integers, also where it is empty."""
    item = v.type.innermost
    if v.type.kind == "list" and (item is None or item.kind == "int"):
        return r.b.emit("array_of_list", [v], span=r.span(node), dtype="int64")
    return as_array(r, v, node)


def as_list(r: Reader, value: Any, node: ast.AST) -> Value:
    """Return the items of a container or array as a list of the graph."""
    if isinstance(value, Seq):
        return r.b.emit("list", [as_item(r, i, node) for i in value.items], span=r.span(node))
    v = as_value(r, value, node)
    if v.type.kind == "list":
        return v
    if v.type.is_scalar:
        r.refuse(node, f"the items of a {describe(value)}", "use a list, a tuple or an array")
    return r.b.emit("items", [v], span=r.span(node))


def over_list(r: Reader, ref: Ref, node: ast.AST) -> Iteration:
    """Return the iteration over a list, which must not change its length meanwhile."""
    key = ref.storage, len(ref.steps)
    before = r.resized.get(key, 0)

    def element(i: Value) -> Any:
        if r.resized.get(key, 0) != before:
            changed_meanwhile(r, node, "a loop over a list whose length changes in the loop")
        return item(r, ref, i, node)

    return Iteration(literal(r, r.b.emit("len", [r.read(ref)])), element, arrays=(ref,))


def changed_meanwhile(r: Reader, node: ast.AST, what: str) -> NoReturn:
    """Have a loop over a list that changes its length counted, or refuse what is no such loop.

    Raises
    ------
    Turnwise
        Where the head of a loop is the list, or counts its items, at the first time.  A deque must
        not change: Python raises then.
    """
    key = (id(node), id(Grown))
    if key not in r.book.turnwise and id(node) not in r.made and not row_kinds.any_queue(r):
        raise Turnwise(key)
    r.refuse(node, what, "loop over a copy, list(...)")


def holds_nothing(r: Reader, ref: Ref) -> bool:
    """Whether nothing was put into a list of the graph, as far as is known."""
    t = r.read(ref).type
    return t.kind == "list" and t.item is None


def item(r: Reader, ref: Ref, i: Value, node: ast.AST) -> Any:
    """Return ``items[i]``; where it is written to, as a place in the list."""
    place = (*r.call_path, id(node))
    if place in r.precise or place in r.rows:
        return r.view(ref, "load", [i], {"index": "i"})
    items = r.read(ref)
    if r.inner and holds_nothing(r, ref):
        error = IndexError("list index out of range")
        error.add_note("an item of a list that a function which calls itself may have filled")
        r.fail(node, error)
    value = r.b.emit("load", [items, i], span=r.span(node), index="i")
    return taken(r, r.hold(value), ref, place=place)


def held(r: Reader, value: Value, *sources: Any) -> Ref:
    """Return a hold on a list of what other lists, containers and arrays hold."""
    out = r.hold(value)
    assert isinstance(out, Ref)
    for source in sources:
        contain_items(r, out.storage, source)
    return out


def picked_from(
    r: Reader, node: ast.AST, owner: Seq, key: Value, refused: bool = True
) -> Ref | None:
    """Return the items of a container as a list of the graph, to be subscripted by ``key``.

    Where they differ in kind, that is refused, or else None.

    Raises
    ------
    WriteOut
        Where the items differ in kind, and the key comes from a loop of few turns.
    """
    if key.type.kind in ("int", "any") and alike(r, owner):
        if owner.kind is list:
            return r.graph_list(owner)
        return like(r, owner, held(r, as_list(r, owner, node), owner))
    write_out(r, [key])
    if not refused:
        return None
    r.refuse(
        node,
        f"a computed subscript of a {describe(owner)}",
        SUBSCRIPT,
    )


def write_out(r: Reader, values: list[Value]) -> None:
    """Ask for a loop of few turns to be written out, if its index is behind one of the values."""
    work = list(values)
    while work:
        v = work.pop()
        if v in r.short_loops:
            raise WriteOut(r.short_loops[v])
        work += v.op.inputs if v.op is not None and not v.op.blocks else []


def alike(r: Reader, owner: Seq) -> bool:
    """Whether all items are numbers, or arrays of one type."""
    if r.book.words and owner.items and all(map(holds_words, owner.items)):
        return True
    if not owner.items or not all(isinstance(i, Value | Ref) for i in owner.items):
        return False
    types = [r.read(i).type for i in owner.items]
    if all(t.is_scalar for t in types):
        return True
    return types[0].kind in ("array", "list") and all(t == types[0] for t in types)


def resize(r: Reader, owner: Ref, new: Value) -> None:
    """Put a longer or shorter list in the place of one."""
    key = owner.storage, len(owner.steps)
    r.resized[key] = r.resized.get(key, 0) + 1
    replace(r, owner, new)


def replace(r: Reader, owner: Ref, new: Value) -> None:
    """Let a list hold other items: an item of a list is one of a new version of that."""
    whole = _with_item(r, r.versions[owner.storage], owner.steps, new)
    r.update(owner, whole, of_list=True)


def _with_item(r: Reader, items: Value, steps: Sequence[Step], new: Value) -> Value:
    if not steps:
        return new
    where = steps[0]
    if steps[1:]:
        old = r.b.emit("load", [items, *where.operands], **where.attrs)
        new = _with_item(r, old, steps[1:], new)
    return r.b.emit("store", [items, new, *where.operands], **where.attrs)


def as_item(r: Reader, value: Any, node: ast.AST) -> Value:
    """Return what goes into a list: containers as lists of their own."""
    value = kept_in_list(r, value, node)
    if r.book.words and holds_words(value):
        value = as_word(value)
    for one in options(value):
        row_kinds.note(r, one)
    if isinstance(value, Choice) and beside_none.is_one(value):
        return beside_none.as_item(r, value, lambda one: as_item(r, one, node))
    if isinstance(value, Choice) and any(map(is_none_itself, options(value))):
        r.refuse(node, "None beside other things in a list of unknown length",
                 "append a number that stands for it, such as math.nan")  # fmt: skip
    if _is_chosen_tuple(value):
        return _chosen_item(r, value, node)
    if isinstance(value, LocalFunction | Record | Map):
        around = r.open_loops[-1] if r.open_loops else None
        if around is not None:
            raise WriteOut(around)
        r.refuse(
            node,
            f"a {describe(value)} in a list of unknown length",
            "loop over a range(n) with n known",
        )
    for one in options(value):
        if isinstance(one, Seq) and one.kind is list and r.visible(one):
            r.graph_list(one)  # a list that a name stands for, not a copy of it
    if isinstance(value, Seq) and value.grown is not None:
        return r.read(value)
    if is_list_row(value):
        return r.read(value)  # what goes in is its place
    if not isinstance(value, Seq):
        return as_value(r, value, node)
    kinds = {r.read(i).type.kind for i in value.items if isinstance(i, Value | Ref)}
    if {"array", "any"} & kinds and len(kinds) > 1:
        r.refuse(node, "numbers and arrays together in an item of a list", "keep a list of each")
    return as_list(r, value, node)


def _is_chosen_tuple(value: Any) -> bool:
    """Whether a value is one of several tuples, of which some may be items of lists."""
    some = options(value) if isinstance(value, Choice) else []
    made = [one for one in some if isinstance(one, Seq)]
    rows = all(isinstance(one, Seq) or (isinstance(one, Ref) and one.storage.lists) for one in some)
    return bool(made) and rows and all(one.kind is tuple for one in made)


def _chosen_item(r: Reader, value: Choice, node: ast.AST) -> Value:
    """Return what goes into a list where the path decides which tuple it is."""
    # A cycle by nature: branches put what their sides make together.
    from gradgen.frontend.branches import choose

    then, other = (functools.partial(as_item, r, side, node) for side in (value.then, value.other))
    return r.read(choose(r, node, value.test, then, other))


def kept_in_list(r: Reader, value: Any, node: ast.AST) -> Any:
    """Return what goes into a list, where objects and tuples of all kinds are kept in others."""
    value = as_held(r, value, node)
    if r.book.pooled is None and not r.book.list_rows:
        return value
    # A cycle by nature: tuples are kept in lists.
    from gradgen.frontend.records import as_row

    return as_row(r, value, node)


def append(r: Reader, node: ast.AST, owner: Ref, value: Any) -> None:
    """``owner.append(value)``."""
    value = kept_in_list(r, value, node)
    items, item = r.read(owner), as_item(r, value, node)
    inner = items.type.item
    if r.book.compiled and inner is not None and (inner.kind, item.type.kind) == ("float", "int"):
        item = r.b.emit("float", [item])  # a compiled list is of the kind of its first item
    _tell_none(r, inner, item.type)
    resize(r, owner, r.b.emit("append", [items, item]))
    contain(r, owner.storage, value)


def extend(r: Reader, node: ast.AST, owner: Ref, more: Any) -> None:
    """``owner.extend(more)``, which is ``owner += more`` too."""
    if isinstance(more, Seq):
        for value in more.items:
            append(r, node, owner, value)
        return
    items = as_list(r, more, node)
    resize(r, owner, r.b.emit("extend", [r.read(owner), items]))
    contain_items(r, owner.storage, more)


def joined(r: Reader, node: ast.AST, left: Any, right: Any) -> Any:
    """``left + right`` of two lists of which at least one has grown."""
    for side in (left, right):
        if not isinstance(side, Seq) and not is_list(r, side):
            r.refuse(node, f"a list plus a {describe(side)}", "make an array of the list first")
    start = as_list(r, left, node)
    if isinstance(right, Seq):
        for value in right.items:
            start = r.b.emit("append", [start, as_item(r, value, node)], span=r.span(node))
    else:
        start = r.b.emit("extend", [start, r.read(right)], span=r.span(node))
    return like(r, left, held(r, start, left, right))


def like(r: Reader, source: Any, made: Ref) -> Ref:
    """Return a list that is a tuple in Python where the one that it is made of is one."""
    row_kinds.set_class(r, made, row_kinds.is_tuple_or_row(r, source))
    return made


def repeated(r: Reader, node: ast.AST, items: Any, count: Value) -> Any:
    """``[x] * n``: of a list whose length, or with a count that, is not known."""
    if isinstance(items, Ref) and isinstance(count, Const):
        made = r.b.emit("list", [])
        for _ in range(count.const):
            made = r.b.emit("extend", [made, r.read(items)], span=r.span(node))
        return like(r, items, held(r, made, *[items] * (count.const > 0)))
    if not isinstance(items, Seq) or len(items.items) != 1:
        what = "several items repeated a computed number of times"
        r.refuse(node, what, "append them in a loop")
    value = as_item(r, items.items[0], node)
    out = like(r, items, held(r, r.b.emit("repeat_list", [value, count], span=r.span(node)), items))
    if not value.type.is_scalar:
        r.entangle(out.storage, SHARED, set())  # its items are one thing
    return out


def pop(r: Reader, node: ast.AST, owner: Ref, places: list[Any]) -> Any:
    """``owner.pop()`` or ``owner.pop(k)``."""
    stack = r.read(owner)
    item_type = stack.type.item
    if item_type is None:
        hint = "keep lists of numbers side by side, one for each part of an item"
        r.refuse(node, "pop from a list that is empty, or of items that are not numbers", hint)
    inputs = [stack, *(as_value(r, k, node) for k in places)]
    if len(inputs) == 2 and isinstance(inputs[1], Const) and inputs[1].const == -1:
        inputs.pop()
    op = r.b.append("pop", inputs, [item_type, stack.type], ["", ""])
    popped = r.hold(op.outputs[0])
    go_with(r, owner, inputs[1] if inputs[1:] else Const(-1), popped)
    resize(r, owner, op.outputs[1])
    return taken(r, popped, owner, popped=True)


def insert(
    r: Reader, node: ast.AST, owner: Ref, place: Any, value: Any, within: bool = False
) -> None:
    """``owner.insert(place, value)``; ``within``: the place is not behind the end, nor negative."""
    value = kept_in_list(r, value, node)
    stack, entry = r.read(owner), as_item(r, value, node)
    where = as_value(r, place, node)
    if not (within or r.frame.source.generated or (isinstance(where, Const) and where.const == 0)):
        where = _place_in(r, node, stack, where)
    resize(r, owner, r.b.emit("insert", [stack, entry, where]))
    contain(r, owner.storage, value)


def _place_in(r: Reader, node: ast.AST, stack: Value, place: Value) -> Value:
    """Return the place of an item that is inserted, for the sweep to take it out there again."""
    span = r.span(node)
    count = r.b.emit("len", [stack], span=span)
    if isinstance(place, Const) and place.const < 0:
        return r.b.emit("max2", [r.b.emit("add", [count, place], span=span), Const(0)], span=span)
    if not isinstance(place, Const) and may_be_negative(place):
        # A cycle by nature: texts that stand for others are about lists, too.
        from gradgen.frontend.aggregates import run_text

        text = "at = max(place + count, 0) if place < 0 else min(place, count)"
        named = {"max": Static(max), "min": Static(min), "place": place, "count": count}
        return as_value(r, run_text(r, node, text, "at", **named), node)
    return r.b.emit("min2", [place, count], span=span)


def reverse(r: Reader, node: ast.AST, owner: Ref) -> None:
    """``owner.reverse()``."""
    replace(r, owner, backwards(r, node, r.read(owner)))


def backwards(r: Reader, node: ast.AST, items: Value) -> Value:
    """Return ``items[::-1]``."""
    slices = ((False, False, True),)
    return r.b.emit("load", [items, Const(-1)], span=r.span(node), index="s", slices=slices)


def check_store(
    r: Reader, node: ast.AST, items: Value, spelling: str, prim: str, new: Value
) -> None:
    """Refuse what cannot be stored into a list of the graph."""
    if spelling != "i":
        r.refuse(node, "a store into a slice of a list", "store item by item")
    inner = items.type.item
    if prim == "inc" and inner is not None and not inner.is_scalar:
        r.refuse(
            node,
            "an array in a list is changed in place",
            "store a new array: items[i] = items[i] + ...",
        )
    _tell_none(r, inner, new.type)
    objects = [t is not None and t.of is not None for t in (inner, new.type)]
    if any(objects) and inner is not None and join(inner, new.type) is None:
        what = "a list or a number beside objects, or beside None, in a list"
        r.refuse(node, what, "keep objects and numbers in lists of their own")
    whole_ones = inner is not None and inner.kind in ("int", "bool")
    if r.book.compiled and whole_ones and new.type.kind not in ("int", "bool", "any"):
        what = "a float in the place of an integer of a list: compiled lists hold one kind"
        r.refuse(node, what, "begin with floats, such as 0.0, or use the NumPy backend")


def _tell_none(r: Reader, inner: Type | None, new: Type) -> None:
    """Read again with None as itself in a list that held nothing else, if a number goes there."""
    held = None if inner is None else inner.of
    if held is not None and held.kind is None and held.made_by is not None and not new.points:
        r.book.none_beside_numbers.add(held.made_by)
        raise Retry(set())


def whole(r: Reader, v: Value) -> Value:
    """Return a number as an int where it can be one that stands beside floats in a list.

    Its type does not tell, but what is a place or a count in Python is an int.
    """
    return r.b.emit("int", [v]) if is_number_of_list(v) else v


def is_number_of_list(v: Value) -> bool:
    """Whether a float is made of numbers of lists, which hold the ints beside floats as floats."""
    return v.type.kind == "float" and _may_be_whole(v)


def is_power(v: Value) -> bool:
    """Whether a float is made of powers of integers, ints where these are not negative."""
    op = v.op
    if op is None or v.type.kind != "float":
        return False
    if op.prim in ("add", "sub", "mul", "neg", "mod", "floordiv"):
        return all(is_power(u) or u.type.kind == "int" for u in op.inputs)
    return op.prim == "pow" and all(u.type.kind == "int" for u in op.inputs)


def _may_be_whole(v: Value) -> bool:
    if v.type.kind in ("int", "bool"):
        return True
    op = v.op
    if op is None:
        return False
    if op.prim in ("add", "sub", "mul", "neg"):
        return all(map(_may_be_whole, op.inputs))
    return op.prim in ("load", "pop") and op.inputs[0].type.kind == "list"
