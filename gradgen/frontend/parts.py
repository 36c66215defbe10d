"""What containers, objects and functions hold, taken apart and put together again."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from gradgen.frontend.values import Box, Choice, LocalFunction, Map, Record, Ref, Seq, Storage
from gradgen.ir.nodes import Value


def contents(box: Box) -> Any:
    """Return what a box holds: items, fields, or the storage of a list that has grown."""
    if isinstance(box, Record):
        return box.fields
    if isinstance(box, Seq):
        return box.items if box.grown is None else box.grown
    assert isinstance(box, Map)
    return box.items


def refill(box: Box, new: Any) -> None:
    """Replace what a box holds; only the reader does so, which keeps account."""
    if isinstance(box, Record):
        box.fields = new
    elif isinstance(box, Seq):
        grown = isinstance(new, Storage)
        box.items, box.grown = ([], new) if grown else (new, None)
    else:
        assert isinstance(box, Map)
        box.items = new


def name_lists(box: Box) -> None:
    """Name the lists that a dict or set with computed keys is after it."""
    for field, word in vars(getattr(box, "kind", object)).get("SHOWN_AS", ()):
        inner = contents(box)[field]
        for held in (inner, getattr(inner, "grown", None), getattr(inner, "storage", None)):
            if isinstance(held, Box | Storage):  # the path may choose among others
                held.name = box.name + word


def standing_for(box: Box, held: Any, versions: dict[Storage, Value]) -> Any:
    """Return contents of a box as a value of their own: a box apart, or a list of the graph."""
    if isinstance(held, Storage):
        return Ref(held, (), versions[held], versions[held])
    return with_parts(box, keyed(held))


def parts(value: Any) -> list[tuple[Any, Any]]:
    """Return the keys and items of a box, in order, or a function's defaults; else nothing."""
    if isinstance(value, LocalFunction):
        return list(enumerate([*value.defaults, *value.kw_defaults]))
    return keyed(contents(value)) if isinstance(value, Box) else []


def keyed(held: Any) -> list[tuple[Any, Any]]:
    """Return the keys and items in the contents of a box."""
    if isinstance(held, list | tuple):
        return list(enumerate(held))
    return list(held.items()) if isinstance(held, dict) else []


def with_parts(like: Any, items: list[tuple[Any, Any]]) -> Any:
    """Return a new box of the same class, or the function, with these keys and items."""
    if isinstance(like, LocalFunction):
        values, count = [item for _, item in items], len(like.defaults)
        return replace(like, defaults=values[:count], kw_defaults=values[count:])
    if isinstance(like, Seq):
        return Seq([item for _, item in items], like.kind, joined=True)
    if isinstance(like, Map):
        return Map(dict(items), like.unknown, like.factory, made=like.made, joined=True)
    assert isinstance(like, Record)
    return Record(like.kind, dict(items), joined=True)


def same_class(a: Any, b: Any) -> bool:
    """Whether two values are boxes of the same class, or one function with other defaults."""
    if isinstance(a, LocalFunction) and isinstance(b, LocalFunction):
        return a.node is b.node and a.frame is b.frame and a.held is b.held
    if type(a) is not type(b) or not isinstance(a, Box):
        return False
    return getattr(a, "kind", None) is getattr(b, "kind", None)


def leaves(value: Any) -> list[Any]:
    """Return the graph values and references inside a value, in order."""
    stack, found = [value], list[Any]()
    while stack:
        v = stack.pop()
        if isinstance(v, (Value, Ref)):
            found.append(v)
        elif isinstance(v, Choice):
            stack += (v.other, v.then)
        elif isinstance(v, (Box, LocalFunction)):
            stack += [item for _, item in reversed(parts(v))]
    return found


def boxes_in(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[tuple[Any, ...], Box]]:
    """Return the lists of known length, dicts and objects in a value, and the ways to them."""
    if isinstance(value, Choice):
        return [*boxes_in(value.then, path), *boxes_in(value.other, path)]
    grows = isinstance(value, Seq) and (value.kind is not list or value.grown is not None)
    mine = [(path, value)] if isinstance(value, Box) and not grows else []
    return mine + [found for k, item in parts(value) for found in boxes_in(item, (*path, k))]


def boxes_at(value: Any, path: tuple[Any, ...]) -> list[Box | Ref]:
    """Return the boxes and lists of the graph that may stand at the end of a way."""
    if isinstance(value, Choice):
        return [*boxes_at(value.then, path), *boxes_at(value.other, path)]
    if not path:
        listed = isinstance(value, Ref) and value.storage.lists
        return [value] if listed or isinstance(value, Box) else []
    return boxes_at(_part_at(value, path[0]), path[1:])


def _part_at(value: Any, key: Any) -> Any:
    """Return the item of a box, or the default of a function, with a key: None without it."""
    if isinstance(value, Box):
        held = contents(value)
        if isinstance(held, dict):
            return held.get(key)
        if isinstance(held, list | tuple) and isinstance(key, int):
            return held[key] if 0 <= key < len(held) else None
    return dict(parts(value)).get(key)
