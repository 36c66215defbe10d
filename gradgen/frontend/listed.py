"""Arrays and lists that are items of lists of the graph, and so have more than one holder.

What a list of the graph holds is noted as sharing (``Reader.entangle``), loops and branches
included: a list with the arrays that went into it, and with a token for all its items, which a
copy or slice of it has too; what comes out of a list, with all that the list may hold.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

from gradgen.errors import UnsupportedError
from gradgen.frontend.signals import Retry
from gradgen.frontend.values import Ref, Storage, leaves

if TYPE_CHECKING:
    from gradgen.frontend.reader import Reader, Thing

INSIDE = Storage("inside a list")  # what a list is noted with that is itself an item
MIXED = Storage("lists inside")  # what a list is noted with that got such items


def contain(r: Reader, items: Storage, value: Any) -> None:
    """Note that a list holds a value from now on."""
    for leaf in leaves(value):
        if not isinstance(leaf, Ref):
            continue
        if leaf.storage.lists:
            r.entangle(leaf.storage, INSIDE, set())
            r.entangle(items, MIXED, set())
        else:
            r.entangle(items, leaf.storage, set())


def contain_items(r: Reader, items: Storage, source: Any) -> None:
    """Note that a list holds the items of another list, or the rows of an array."""
    for thing in _items(r, source):
        r.entangle(items, thing, set())


def taken(r: Reader, value: Any, source: Ref, popped: bool = False) -> Any:
    """Note that a value comes out of a list, and return it."""
    if not isinstance(value, Ref):
        return value
    more = r.objects(source.storage) - {source.storage, r.tokens.get(source.storage)}
    if popped and not more:
        return value
    if value.storage.lists:
        r.entangle(value.storage, INSIDE, set())
    for thing in _items(r, source):
        r.entangle(value.storage, thing, r.causes.get(source.storage, set()))
    return value


def _items(r: Reader, source: Any) -> list[Thing]:
    if not isinstance(source, Ref):
        return [leaf.storage for leaf in leaves(source) if isinstance(leaf, Ref)]
    if not source.storage.lists:
        return [source.storage]
    item = r.versions[source.storage].type.item
    if item is not None and item.is_scalar:
        return []
    if source.storage not in r.tokens:
        r.tokens[source.storage] = Storage()
        r.entangle(source.storage, r.tokens[source.storage], set())
    found = [o for o in r.objects(source.storage) if not is_list(o) and o is not INSIDE]
    return sorted(found, key=lambda o: o.id)


def is_list(thing: Thing) -> bool:
    """Whether this is the storage of a list of the graph."""
    return isinstance(thing, Storage) and thing.lists


def related(thing: Thing, other: Thing, shared: set[Thing]) -> bool:
    """Whether sharing matters between two things: lists of the same items are not one list."""
    if is_list(thing) and is_list(other):
        return any(map(is_list, shared))
    return bool(shared)


def require_outside(r: Reader, thing: Thing) -> None:
    """Refuse to change a list that is an item of another one."""
    if INSIDE in r.objects(thing) and is_list(thing):
        refuse(r, thing, None)


def require_unseen(r: Reader, items: Storage) -> None:
    """Refuse to write to an item of a list, in place, where a name may stand for that item."""
    item = r.versions[items].type.item
    if item is not None and item.is_scalar:
        return
    for thing in sorted(r.objects(items), key=lambda o: o.id):
        if not is_list(thing) and r.visible(thing):
            refuse(r, thing, items)


def refuse(r: Reader, thing: Thing, items: Thing | None) -> NoReturn:
    """Refuse to write to what a list may hold; first, ask for choices of its items."""
    places = r.causes.get(thing, set()) | (r.causes.get(items, set()) if items else set())
    if places - r.precise:
        raise Retry(places)
    where = repr(items.name) if items is not None and items.name else "a list"
    raise UnsupportedError(
        f"{thing.name or 'this'!r} may be an item of {where}, where a write would be seen too",
        r.b.span,
        "copy it with .copy() before it goes into the list, or before writing to it",
    )
