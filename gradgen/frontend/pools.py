"""Objects whose number or links depend on the path: rows of lists side by side.

Where an object cannot be taken apart once and for all, as the node of a tree that grows by
comparisons, each attribute of its class is a list of the graph, and the object is its place in
these lists (`frontend.pointers`).  An attribute that is a text, a function or another thing known
while reading is a number, too, which says which of these it is; one that is a tuple is several
lists.
"""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Iterator
from dataclasses import field
from typing import TYPE_CHECKING, Any

from gradgen.dataclass import dataclass
from gradgen.frontend import beside_none, lists, perhaps_none, row_items, row_kinds
from gradgen.frontend.class_defaults import begin_with
from gradgen.frontend.classes import MISSING, found_in, is_users
from gradgen.frontend.evaluate import options
from gradgen.frontend.listed import contain
from gradgen.frontend.parts import parts
from gradgen.frontend.perhaps_none import Parts, is_place
from gradgen.frontend.pointers import (
    ROW,
    Codes,
    Row,
    as_number,
    class_of_row,
    holds_words,
    is_none_itself,
    pointer,
    row_in_place_of,
    row_type,
    told,
    told_code,
)
from gradgen.frontend.sameness import same_object
from gradgen.frontend.signals import Retry
from gradgen.frontend.unbound import raise_where
from gradgen.frontend.values import Choice, Record, Ref, Seq, Static, Storage
from gradgen.ir.nodes import Const, Value
from gradgen.ir.types import NOTHING, Type, join
from gradgen.library.collections import STANDS_FOR

if TYPE_CHECKING:
    from gradgen.frontend.reader import Reader


@dataclass(slots=True)
class Kinds:
    """The classes of the user's objects: of those that a program makes, and that it is given."""

    made: set[type] = field(default_factory=set)
    given: set[type] = field(default_factory=set)
    listed: set[type] = field(default_factory=set)  # of those made, what could not be in a list
    uneven: bool = False  # whether lists of numbers beside lists are made

    def to_pool(self) -> list[tuple[set[type], frozenset[type]]]:
        """Return of which classes the objects may be rows of lists, in the order of trial.

        The second ones stay objects: those that hold the lists, where rows cannot do so.
        """
        everything = self.made | self.given
        tried = [set(self.made)] + [everything] * (everything != self.made)
        others = frozenset(self.made - self.listed)
        alone = [(set(self.listed), others)] if others else []
        return [*((kinds, frozenset[type]()) for kinds in tried), *alone]


# --- the lists ----------------------------------------------------------------------------


def begin(r: Reader) -> None:
    """Make the lists, all empty, under names that no name of the user's can be."""
    r.book.pool_frame = r.frame
    for kind, names in r.book.columns.items():
        for name, item in names.items():
            if _is_known(item):
                continue
            column = Seq([], list, name=_label(kind, name))
            made = r.graph_list(column)
            if r.book.typed and isinstance(item, Type):
                made.value.type = Type("list", item=item)
            r.frame.names[_hidden_name(r, kind, name)] = column


def _is_known(item: Any) -> bool:
    """Whether an attribute needs no list: it is taken apart, or the same in all objects."""
    one = isinstance(item, Codes) and len(item.known) < 2 and not item.kept
    return isinstance(item, Parts) or one


def _label(kind: Any, name: Any) -> str:
    return re.sub(r"\W", "_", f"{kind.__name__.strip('_').lower()}_{_spelled(name)}")


def _spelled(name: Any) -> str:
    return name if isinstance(name, str) else f"{_spelled(name[0])}_{name[1]}"


def _hidden_name(r: Reader, kind: Any, name: Any) -> str:
    """Return a name that no name of the user's can be, nor that of another list."""
    number = list(r.book.columns).index(kind)
    return f" {_label(kind, name)} {number}.{name!r}"


def _column(r: Reader, node: ast.AST, kind: Any, name: Any) -> Ref:
    """Return the list that holds an attribute of all objects of a class."""
    frame, label = r.book.pool_frame, _hidden_name(r, kind, name)
    if frame.owner is r:
        return r.graph_list(frame.names[label])
    return r.bring_in(frame, label, node)  # type: ignore[attr-defined]


def storages(r: Reader, tuples: bool) -> set[Storage]:
    """Return the lists that hold what tuples are made of, which only grow; or those of objects."""
    frame = r.book.pool_frame
    held = frame.names.items() if frame is not None and frame.owner is r else ()
    columns = [v for name, v in held if name.startswith(" ") and isinstance(v, Seq)]
    tupled = {id(v) for name, v in held if name.startswith(" tuple_")}
    return {r.graph_list(v).storage for v in columns if (id(v) in tupled) == tuples}


def _learn(r: Reader, kind: Any, name: Any, item: Any) -> None:
    """Note what an attribute holds, and ask for everything to be read again."""
    r.book.columns.setdefault(kind, {})[name] = item
    if item is not None:
        r.book.hints.clear()  # recursive functions may have taken the list for one of other things
    raise Retry(set())


def row_of(r: Reader, node: ast.AST, made: Record) -> Value:
    """Move an object that was just made into the lists, and return its place."""
    kind: Any = made.kind
    if r.visible(made):
        r.refuse(node, f"a {kind.__name__} that its own __init__ hands on, by the path",
                 "hand it on after it is made")  # fmt: skip
    return new_row(r, node, kind, made.fields)


def early_row(r: Reader, node: ast.AST, made: Record) -> Value:
    """Return the place of an object that went into a list before its ``__init__`` was done."""
    if r.visible(made):
        kind: Any = made.kind
        r.refuse(node, f"a {kind.__name__} that its own __init__ hands on, twice",
                 "hand it on after it is made")  # fmt: skip
    return row_in_place_of(r, made)


def moved_early(r: Reader, node: ast.AST, made: Record) -> Value:
    """Move an object into the lists that something holds while it is made: ``items.append(self)``.

    It has all its attributes by then; what holds the object finds its place from here on.
    """
    row = new_row(r, node, made.kind, made.fields)
    r.fill(made, {ROW: row})
    return row


def new_row(r: Reader, node: ast.AST, kind: Any, fields: dict[Any, Any]) -> Value:
    """Put the attributes of a new object into the lists of its class, and return its place."""
    known = r.book.columns.setdefault(kind, {})
    for name in fields:
        if name not in known:
            _learn(r, kind, name, None)
    for name in own(known):
        if name not in fields:
            r.refuse(node, f"the attribute {name!r} is not set in each new {kind.__name__}",
                     "set it in __init__")  # fmt: skip
    for name, value in fields.items():
        _prepared(r, node, kind, name, value)
    first = next((n for n, item in known.items() if not _is_known(item)), None)
    if first is None:
        _keep_codes(known)
        r.refuse(node, f"objects of {kind.__name__}, of which no numbers are kept, by the path",
                 "give them a number")  # fmt: skip
    place = r.b.emit("len", [r.read(_column(r, node, kind, first))], span=r.span(node))
    place.type = row_type(kind)
    for name, value in fields.items():
        _appended(r, node, kind, name, value)
    return place


def _keep_codes(known: dict[Any, Any]) -> None:
    """Ask for the numbers of what is one thing in all objects, where nothing else is kept."""
    for item in known.values():
        if isinstance(item, Codes):
            item.kept = True
            raise Retry(set())


def own(known: dict[Any, Any]) -> list[Any]:
    """Return the attributes of a class, without the parts of those that are tuples."""
    inside = {(n, k) for n, i in known.items() if isinstance(i, Parts) for k in range(i.length)}
    return [name for name in known if name not in inside]


def _prepared(r: Reader, node: ast.AST, kind: Any, name: Any, value: Any) -> None:
    """See to it that the lists of an attribute can take a value; if not, all is read again."""
    item = r.book.columns[kind].get(name)
    values = [r.settled(v) for v in options(r.settled(value))]
    if isinstance(item, Parts):
        if any(map(is_none_itself, values)):
            _learn(r, kind, name, perhaps_none.tuple_type(r, kind, name, item))
        for v in values:
            if isinstance(v, Seq) and v.kind is item.kind is tuple and len(v.items) != item.length:
                _learn_length(r, kind, name, item)
            if not isinstance(v, Seq) or (v.kind, len(v.items)) != (item.kind, item.length):
                refuse_kinds(r, node, name)
            for k, part in enumerate(v.items):
                _prepared(r, node, kind, (name, k), part)
    elif isinstance(item, Codes):
        for v in values:
            if not isinstance(v, Static):
                refuse_kinds(r, node, name)
            if not any(same_object(v.obj, o.obj) for o in item.known):
                item.known.append(v)
                raise Retry(set())
    elif r.book.words and any(map(holds_words, values)):
        return
    elif any(isinstance(v, Static) and v.obj is not None for v in values):
        _learn(r, kind, name, Codes([]))
    elif isinstance(first := values[0], Seq) and first.kind is not list and not _is_kept(item):
        _learn_parts(r, kind, name, first)


def _learn_parts(r: Reader, kind: Any, name: Any, value: Seq) -> None:
    known = r.book.columns[kind]
    for k, v in enumerate(map(r.settled, value.items)):
        known.setdefault((name, k), r.read(v).type if isinstance(v, Value | Ref) else None)
    _learn(r, kind, name, Parts(value.kind, len(value.items)))


def _learn_length(r: Reader, kind: Any, name: Any, item: Parts) -> None:
    """Note that an attribute holds tuples of any length, as ``path + (k,)``: a list each."""
    known = r.book.columns[kind]
    for k in range(item.length):
        known.pop((name, k), None)
    _learn(r, kind, name, Type("list"))


def _is_kept(item: Any) -> bool:
    """Whether an attribute holds tuples as they are: beside None, or of any length."""
    return is_place(item) or (isinstance(item, Type) and item.kind == "list")


def refuse_kinds(r: Reader, node: ast.AST, name: Any) -> None:
    """Refuse an attribute that no list can hold."""
    what = f"the attribute {name!r} of objects by the path is of several kinds"
    if not isinstance(name, str) or name.isdigit():
        what = "an item of tuples in such a list, which is of several kinds or lengths"
    r.refuse(node, what, "give it one kind of value")


def _appended(r: Reader, node: ast.AST, kind: Any, name: Any, value: Any) -> None:
    """Put the attribute of a new object at the end of its lists."""
    for part, v in _columns(r, node, kind, name, value):
        column = _column(r, node, kind, part)
        lists.append(r, node, column, _storable(r, node, column, v, kind, part))


def _columns(
    r: Reader, node: ast.AST, kind: Any, name: Any, value: Any
) -> Iterator[tuple[Any, Any]]:
    """Yield the lists that an attribute is held in, by name, and what of a value goes there."""
    item = r.book.columns[kind][name]
    if isinstance(item, Parts):
        for k, part in enumerate(_tuple_in(r, node, name, value)):
            yield from _columns(r, node, kind, (name, k), part)
    elif not _is_known(item):
        yield name, value


def _tuple_in(r: Reader, node: ast.AST, name: Any, value: Any) -> list[Any]:
    value = r.settled(value)
    if not isinstance(value, Seq):
        refuse_kinds(r, node, name)
    return list(value.items)


def _storable(r: Reader, node: ast.AST, column: Ref, value: Any, kind: Any, name: Any) -> Any:
    """Return a value as an item of a list, after a test that it is of the others' kind."""
    item, known = r.read(column).type.item, r.book.columns[kind]
    if isinstance(known[name], Codes):
        return r.read(_code(known[name], r.settled(value)))
    value = r.settled(value)
    if is_place(known[name]):
        value = perhaps_none.place(r, node, value, name, known[name].of.kind)
    if perhaps_none.is_number(known[name]):
        if beside_none.is_one(value):
            row_kinds.note(r, Static(None))
            return beside_none.as_item(r, value, lambda one: lists.as_item(r, one, node))
    elif (wider := perhaps_none.wider_in(r, name, value)) is not None:
        _learn(r, kind, name, wider)
    value = as_number(value, item.of if item else None)
    new = lists.as_item(r, value, node)
    if item not in NOTHING and join(item, new.type) is None:
        wider = perhaps_none.type_beside_none(name, item, new.type)
        if wider is not None and not perhaps_none.is_number(known[name]):
            _learn(r, kind, name, wider)
        refuse_kinds(r, node, name)
    known[name] = (join(known[name], new.type) or new.type) if known[name] else new.type
    return value if isinstance(value, Ref | Seq) else new


def _code(table: Codes, value: Any) -> Any:
    """Return the number of a known thing, by the path."""
    if isinstance(value, Choice):
        return Choice(value.test, _code(table, value.then), _code(table, value.other))
    place = next(k for k, o in enumerate(table.known) if same_object(value.obj, o.obj))
    return Const(place, type=row_type(table))


def _decoded(r: Reader, table: Codes, number: Value) -> Any:
    out: Any = table.known[-1]
    for k in range(len(table.known) - 2, -1, -1):
        known = told_code(r, number, k)
        if known is None:
            code = Const(k, type=row_type(table))
            out = Choice(r.b.emit("eq", [number, code]), table.known[k], out)
        elif known:
            return table.known[k]
    return out


# --- what is asked of an object -----------------------------------------------------------


def attribute(r: Reader, owner: Value, name: Any, node: ast.AST) -> Any:
    """Return ``owner.name``."""
    # A cycle by nature: properties are called.
    from gradgen.frontend.objects import class_attribute_or_fallback, comes_first

    require_object(r, owner, name, node)
    kind: Any = class_of_row(owner)
    in_class = found_in(kind, name)
    if name in names_of(r, owner) and not comes_first(in_class):
        return held(r, owner, name, node)
    if name == "__class__":
        return Static(STANDS_FOR.get(kind, kind))
    if isinstance(in_class, functools.cached_property):
        r.refuse(node, f"the cached property {name!r} of objects by the path", "use a property")
    value = class_attribute_or_fallback(r, owner, kind, name, node)
    if value is not MISSING:
        return value
    r.refuse(node, f"{kind.__name__} has no attribute {name!r} here", "assign it in __init__")


def names_of(r: Reader, owner: Value) -> list[Any]:
    """Return the names or keys under which an object in lists holds something."""
    found = pointer(owner)
    assert found is not None
    if isinstance(found.kind, Row):
        return list(found.kind.keys)
    return own(r.book.columns.get(found.kind, {}))


def held(r: Reader, owner: Value, name: Any, node: ast.AST) -> Any:
    """Return what the lists hold of an object under a name."""
    found = pointer(owner)
    assert found is not None
    if isinstance(found.kind, Row):
        return row_items.item(r, owner, found.kind, name, node)
    kind, known = found.kind, r.book.columns[found.kind]
    item = known[name]
    if isinstance(item, Parts):
        inner = [held(r, owner, (name, k), node) for k in range(item.length)]
        return Seq(inner, item.kind)
    if _is_known(item):
        return item.known[0]
    column = _filled_column(r, node, kind, name)
    value = lists.item(r, column, owner, node)
    return _decoded(r, item, value) if isinstance(item, Codes) else value


def place_of(r: Reader, owner: Value, name: Any, node: ast.AST) -> Any:
    """Return a list that the lists hold of an object, as the place at which it is written to."""
    found = pointer(owner)
    assert found is not None
    column = _filled_column(r, node, found.kind, name)
    return r.view(column, "load", [owner], {"index": "i"})


def _filled_column(r: Reader, node: ast.AST, kind: Any, name: Any) -> Ref:
    """Return the list that holds an attribute of all objects of a class, of which there are any."""
    column = _column(r, node, kind, name)
    if r.read(column).type.item in NOTHING:
        if not r.book.typed and r.book.columns[kind][name] is not None:
            r.book.typed = True
            raise Retry(set())
        r.fail(node, IndexError("list index out of range"))  # nothing was made yet
    return column


def fields_of(r: Reader, owner: Value, node: ast.AST) -> dict[Any, Any]:
    """Return what the lists hold of an object, by the names of its attributes."""
    require_object(r, owner, "__dict__", node)
    return {name: held(r, owner, name, node) for name in names_of(r, owner)}


def set_attribute(r: Reader, owner: Value, name: Any, value: Any, node: ast.AST) -> None:
    """Perform ``owner.name = value`` where the class leaves that to Python."""
    require_object(r, owner, name, node)
    row_items.require_unwritten(r, owner, node)
    kind: Any = class_of_row(owner)
    if name not in own(r.book.columns.get(kind, {})):
        begin_with(r, kind, name)
        r.refuse(node, f"the attribute {name!r} of a {kind.__name__} is set after it was made",
                 "set it in __init__, too")  # fmt: skip
    set_item(r, owner, name, value, node)


def set_item(r: Reader, owner: Value, name: Any, value: Any, node: ast.AST) -> None:
    """Let the lists hold something else of an object under a name."""
    # A cycle by nature: stores read attributes.
    from gradgen.frontend.indices import index_of
    from gradgen.frontend.stores import write

    row_items.require_unwritten(r, owner, node)
    found = pointer(owner)
    assert found is not None
    kind = found.kind
    _prepared(r, node, kind, name, value)
    for part, v in _columns(r, node, kind, name, value):
        column = _column(r, node, kind, part)
        itself = isinstance(v, Ref) and v.storage is column.storage and v.steps
        if itself and v.steps[-1].operands == (owner,):
            continue  # the very item, written to in place
        stored = _storable(r, node, column, v, kind, part)
        write(r, node, column, index_of(r, owner, node), lists.as_item(r, stored, node), "store")
        contain(r, column.storage, stored)


def require_object(r: Reader, owner: Value, name: Any, node: ast.AST) -> None:
    """Raise what Python raises where an object may be None, unless a test has told."""
    found = owner.type.of
    assert found is not None
    error = AttributeError(f"'NoneType' object has no attribute {name!r}")
    known = told(r, owner)
    if found.kind is None or known is False:
        r.fail(node, error)
    if isinstance(found.kind, Row):
        return  # its text raises the same
    if not found.sure and not known and not _is_guarded(r, owner):
        raise_where(r, error, r.b.emit("lt", [owner, Const(0)]), r.span(node))
        r.book.guards[owner] = r.b.block.ops[-1]


def _is_guarded(r: Reader, owner: Value) -> bool:
    """Whether the program has raised before, on every way here, where an object is None."""
    guard = r.book.guards.get(owner)
    return guard is not None and any(op is guard for b in (r.b.block, *r.b.around) for op in b.ops)


def adopted(r: Reader, node: ast.AST, value: Any) -> Any:
    """Return an argument with its objects in lists, where those of their class are kept so."""
    users = isinstance(value, Record) and is_users(value.kind)
    if users:
        r.book.kinds.given.add(value.kind)
    inside = {k: adopted(r, node, item) for k, item in parts(value)}
    if users and value.kind in (r.book.pooled or ()):
        return new_row(r, node, value.kind, inside)
    if r.book.pooled and inside:
        r.load(value, list(inside.values()) if isinstance(value, Seq) else inside)
    return value
