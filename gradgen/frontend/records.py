"""Tuples and dicts in lists whose length depends on the path: rows of lists side by side.

A tuple of things of different kinds, or a dict, that goes into such a list is moved to lists of the
graph, one for each of its items, as objects are (`frontend.pools`); what goes into the list is its
place in these.  Where it is asked for something, it is put together again (`expanded`): a dict as
one whose new items are written back.
"""

from __future__ import annotations

import ast
import functools
from typing import TYPE_CHECKING, Any

from gradgen.errors import UnsupportedError
from gradgen.frontend import row_items
from gradgen.frontend.evaluate import options
from gradgen.frontend.late_keys import keep_late_keys, late_items, require_something
from gradgen.frontend.pointers import (
    Dicts,
    Lists,
    Row,
    Tuples,
    as_number,
    is_known_word,
    is_list_row,
    is_none,
    is_none_itself,
    is_word,
    null,
    pointer,
    points_anywhere,
)
from gradgen.frontend.pools import held, moved_early, new_row, own, set_item
from gradgen.frontend.unbound import may_miss, raise_where
from gradgen.frontend.values import Choice, Map, Record, Ref, Seq, Static
from gradgen.ir.nodes import Const, Op, Value
from gradgen.ir.types import Pointer

if TYPE_CHECKING:
    from gradgen.frontend.reader import Reader

# How tuples of floats and whole numbers are rows: one of constants alone is like others of its
# length, or what a heap begins with, `(0, start)`, of which the first one is a float.
LIKE_OTHERS, RANKED = 1, 2
NUMBERS = ("float", "int", "bool")
NONE = "none"
WAY_OUT = "append a copy, as in items.append(dict(item))"


def as_row(r: Reader, value: Any, node: ast.AST) -> Any:
    """Return what goes into a list: a dict, a tuple of different kinds, or None, as a place."""
    value = r.settled(value)
    if is_none_itself(value):
        beside_numbers = r.book.words or id(node) in r.book.none_beside_numbers
        return value if beside_numbers else null(made_by=id(node))
    if points_anywhere(value):
        return as_number(value)
    if isinstance(value, Choice) and _is_row_or_none(r, value):
        return _chosen_row(r, value, node)
    if isinstance(value, Map):
        return _dict_row(r, node, value)
    if isinstance(value, Record) and value.kind in (r.book.pooled or ()):
        return moved_early(r, node, value)
    if isinstance(value, Seq) and value.kind is not list and not _plain(r, value):
        return _tuple_row(r, node, value)
    return value


def _is_row_or_none(r: Reader, value: Choice) -> bool:
    """Whether the path decides whether this is None, or a tuple, dict or object that is a row."""
    some = [r.settled(v) for v in options(value)]
    rows = [v for v in some if not is_none_itself(v)]
    return 0 < len(rows) < len(some) and all(
        isinstance(v, Map)
        or (isinstance(v, Record) and v.kind in (r.book.pooled or ()))
        or (isinstance(v, Seq) and v.kind is not list and not _of_whole_numbers(r, v))
        for v in rows
    )


def _chosen_row(r: Reader, value: Choice, node: ast.AST) -> Any:
    """Return the place of one of several rows, new or not, and -1 for None."""
    # A cycle by nature: branches put what their sides make together.
    from gradgen.frontend.branches import choose

    def side(one: Any) -> Any:
        one = r.settled(one)
        if isinstance(one, Choice):
            return _chosen_row(r, one, node)
        return _tuple_row(r, node, one) if isinstance(one, Seq) else as_row(r, one, node)

    then, other = (functools.partial(side, v) for v in (value.then, value.other))
    return choose(r, node, value.test, then, other)


def _of_whole_numbers(r: Reader, value: Seq) -> bool:
    """Whether a tuple holds whole numbers alone: it may stand beside None as it is."""
    return _plain(r, value) and set(_pattern(r, value)) == {"int"}


def _plain(r: Reader, value: Seq) -> bool:
    """Whether a tuple holds numbers alone, or arrays alone: it may be a list in a list."""
    leaves = [i for i in value.items if isinstance(i, Value | Ref) and not pointer(i)]
    kinds = {r.read(i).type.kind in NUMBERS for i in leaves}
    alike = value.kind is tuple and len(leaves) == len(value.items) and len(kinds) < 2
    if not alike or not r.book.apart or kinds != {True}:
        return alike
    return len(set(_pattern(r, value))) < 2 and _known_pattern(r, value) is None


def _pattern(r: Reader, value: Seq) -> tuple[str, ...]:
    """Return which items of a tuple are floats, and which are whole numbers.

    What nothing is known of stands beside floats: most of it is computed.
    """
    read = [r.read(i).type.kind if isinstance(i, Value | Ref) else "" for i in value.items]
    read = ["text" if _is_text(i) else kind for i, kind in zip(value.items, read, strict=True)]
    read = [NONE if is_none_itself(i) else kind for i, kind in zip(value.items, read, strict=True)]
    read = ["float" if kind == "any" else kind for kind in read]
    first = "float" if r.book.apart == RANKED and _are_constants(value) else read[0]
    return tuple("int" if kind == "bool" else kind for kind in (first, *read[1:]))


def _are_constants(value: Seq) -> bool:
    return all(isinstance(i, Const) and type(i.const) is int for i in value.items)


def _known_pattern(r: Reader, value: Seq) -> Any:
    """Return that of other tuples which fits a tuple: a constant 0 is a float where these are."""
    mine = _pattern(r, value)
    if r.book.apart == RANKED and _are_constants(value):
        return (value.kind, len(mine), mine)
    fitting = [
        key
        for key in r.book.tuples
        if len(key) == 3
        and key[0] is value.kind
        and len(key[2]) == len(mine)
        and all(map(_fits, key[2], mine, value.items))
    ]
    return max(fitting, key=lambda key: key[2].count("float"), default=None)


def _fits(known: str, mine: str, item: Any) -> bool:
    """Whether an item of one kind may stand where tuples have one of another: None beside all."""
    if known == mine or (known == "float" and mine == "int" and isinstance(item, Const)):
        return True
    return NONE in (known, mine) and {known, mine} <= {NONE, *NUMBERS}


def _tuple_row(r: Reader, node: ast.AST, value: Seq) -> Value:
    made_of: Any = (value.kind, len(value.items))
    key, texts = made_of, tuple(map(_is_text, value.items))
    if r.book.apart:
        key = _known_pattern(r, value) or (*made_of, _pattern(r, value))
    kind = r.book.tuples.setdefault((key, texts) if any(texts) else key, Tuples(*made_of))
    fields = getattr(value.kind, "_fields", [str(k) for k in range(len(value.items))])
    items = _with_rows(r, node, value, dict(zip(fields, value.items, strict=True)))
    row = new_row(r, node, kind, items)
    if any(isinstance(i, Map) for i in value.items):
        r.rename(value, row)
        _require_alone(r, node, value)
    return row


def _is_text(item: Any) -> bool:
    """Whether an item is a text, or one of several: such tuples are unlike those of numbers."""
    return all(is_known_word(v) or is_word(v) for v in options(item))


def _with_rows(
    r: Reader, node: ast.AST, holder: Map | Seq, items: dict[Any, Any]
) -> dict[Any, Any]:
    """Return the items of a dict or tuple, with the dicts among them moved into lists."""
    return {k: _dict_row(r, node, v, holder) if isinstance(v, Map) else v for k, v in items.items()}


def _require_alone(
    r: Reader, node: ast.AST, value: Map | Seq, holder: Map | Seq | None = None
) -> None:
    """Refuse to move what other names hold, but for those that hold it through its holder."""
    if r.held_apart(value, holder) if holder is not None else r.visible(value):
        r.refuse(node, "a dict that something else holds, in such a list", WAY_OUT)


def _dict_row(r: Reader, node: ast.AST, value: Map, holder: Map | Seq | None = None) -> Value:
    """Move a dict into lists; names that stand for it stand for its place from here on."""
    if value.row is not None:
        return value.row[0]
    require_unmoved(r, value)
    keys = tuple(value.items)
    simple = value.unknown is None and value.factory is None and not value.outside
    if not simple or not keys or not all(isinstance(k, str) for k in keys):
        r.refuse(node, "a dict without keys, or not with texts for keys, in such a list",
                 "keep an array with a place for each key, or two lists: keys, items")  # fmt: skip
    if any(map(may_miss, value.items.values())):
        r.refuse(node, "a dict that has some keys on one path, in such a list",
                 "give it all its keys before")  # fmt: skip
    if len(r.reach(value)) > 1 or value.joined:
        r.refuse(node, "a dict that is one or another by the path, in such a list", WAY_OUT)
    if value.id < r.turn:  # another turn may have put it there before
        r.refuse(node, "a dict from before the loop, in such a list", WAY_OUT)
    kind = r.book.tuples.setdefault(frozenset(keys), Dicts(keys))
    if kind.keys != keys:
        r.refuse(node, "dicts with their keys in different orders, in such a list",
                 "write their keys in one order")  # fmt: skip
    items = _with_rows(r, node, value, value.items) | dict.fromkeys(kind.late, Static(None))
    r.require_no_view(value, r.span(node))
    row = new_row(r, node, kind, items)
    r.book.moved[value] = r.b.block.ops[-1]
    r.rename(value, row)
    _require_alone(r, node, value, holder)
    return row


def require_unmoved(r: Reader, value: Map) -> None:
    """Refuse to use what was moved to lists and is held by something that has no name.

    That is so on the ways here that come by the operation which put it there: the other side of its
    branch does not.
    """
    put = r.book.moved.get(value)
    if put is not None and _has_happened(r, put):
        what = "a dict that is used here by another way than its name, after it went into a list"
        raise UnsupportedError(what, r.b.span, WAY_OUT)


def _has_happened(r: Reader, put: Op) -> bool:
    stack = [r.b.block, *r.b.around]
    while stack:
        for op in stack.pop().ops:
            if op is put:
                return True
            known = r.facts.get(op.inputs[0]) if op.prim == "if" else None
            stack += op.blocks if known is None else op.blocks[:1] if known else op.blocks[1:]
    return False


def expanded(r: Reader, value: Any, node: ast.AST) -> Any:
    """Return a tuple or dict that is kept in lists as one; anything else as it is."""
    if isinstance(value, Map):
        require_unmoved(r, value)
    if isinstance(value, Choice) and all(is_list_row(v) for v in options(value)):
        value = r.read(value)
    found = pointer(value)
    if found is not None and isinstance(found.kind, Row):
        return row_items.expanded(r, value, found.kind, node)
    if found is not None and isinstance(found.kind, Lists):
        # A cycle by nature: what lists are made of is read.
        from gradgen.frontend.list_rows import opened

        return opened(r, value, node)
    if found is None or not isinstance(found.kind, Tuples | Dicts):
        return value
    names = own(r.book.columns[found.kind])
    _require_there(r, value, found, node)
    if isinstance(found.kind, Dicts):
        items = {name: held(r, value, name, node) for name in found.kind.keys}
        return Map(items | late_items(r, value, found.kind, node), row=(value, node))
    return Seq([held(r, value, name, node) for name in names], found.kind.kind)


def _require_there(r: Reader, value: Value, found: Pointer, node: ast.AST) -> None:
    """Raise where a tuple or dict that is asked for something is None, once on each path."""
    none = is_none(r, node, value)
    if isinstance(none, Const) and not none.const:
        return
    kind = "dict" if isinstance(found.kind, Dicts) else "tuple"
    raise_where(r, TypeError(f"'NoneType' object is no {kind}"), none, r.span(node))
    r.facts = {**r.facts, value: True}


def tuples_of(value: Any) -> set[Tuples]:
    """Return the kinds of tuples kept in lists of which a value may be one."""
    found = [pointer(v) for v in options(value)]
    return {t.kind for t in found if t is not None and isinstance(t.kind, Tuples)}


def as_now(r: Reader, value: Map) -> Map:
    """Return a dict as it is now: one that is kept in lists is read from there again."""
    if value.row is None:
        require_unmoved(r, value)
        return value
    found = expanded(r, *value.row)
    assert isinstance(found, Map)
    return found


def write_back(r: Reader, box: Map, items: dict[Any, Any]) -> None:
    """Let a dict that is kept in lists hold other items, under the same keys."""
    assert box.row is not None
    row, node = box.row
    found = pointer(row)
    assert found is not None
    if list(items) != list(box.items):
        keep_late_keys(r, node, found.kind, box, items)
    for name, value in items.items():
        if value is not box.items[name]:
            require_something(r, node, found.kind, name, value)
            set_item(r, row, name, value, node)
