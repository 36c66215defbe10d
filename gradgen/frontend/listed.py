"""Arrays and lists that are items of lists of the graph, and so have more than one holder.

What a list of the graph holds is noted as sharing (``Reader.entangle``), loops and branches
included: a list with the arrays that went into it, and with a token for all its items, which a
copy or slice of it has too; what comes out of a list, with all that the list may hold.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NoReturn

from gradgen.errors import UnsupportedError
from gradgen.frontend.parts import leaves, parts
from gradgen.frontend.sameness import same_steps
from gradgen.frontend.signals import Retry
from gradgen.frontend.values import Box, Choice, Ref, Seq, Step, Storage
from gradgen.ir.lengths import may_be_negative
from gradgen.ir.nodes import Value
from gradgen.ir.types import Type

if TYPE_CHECKING:
    from gradgen.frontend.reader import Reader
    from gradgen.frontend.sharing import Thing

INSIDE = Storage("inside a list")  # what a list is noted with that is itself an item
PUT = Storage("put into a list")  # the same of one that did not come out of a list
SHARED = Storage("shared items")  # what a list is noted with whose items may have other holders
HELD = Storage("shared arrays")  # the same of arrays alone
MIXED = Storage("lists inside")  # what a list is noted with that got such items

TOKENS = (INSIDE, PUT, SHARED, HELD)


def contain(r: Reader, items: Storage, value: Any) -> None:
    """Note that a list holds a value from now on."""
    for source in _copied_from(r, value):
        r.entangle(items, source, set())
        r.entangle(items, SHARED, set())
    for leaf, age in _references(r, value):
        if not _fresh(r, leaf, age):
            _share(r, items, leaf.storage, leaf.storage.lists)
        if leaf.storage.lists and not leaf.steps:
            for one in filter(is_list, r.reach(leaf.storage)):  # it may be any of them
                r.entangle(one, INSIDE, set())
                r.entangle(one, PUT, set())
            r.entangle(items, MIXED, set())
            if HELD in r.objects(leaf.storage):
                r.entangle(items, HELD, set())
            r.members[items] = r.members.get(items, set()) | {leaf.storage}
        elif leaf.storage is not items:
            r.entangle(items, leaf.storage, set())


def _copied_from(r: Reader, value: Any) -> list[Box]:
    """Return the lists of which one or another goes into a list, as a copy of its items."""
    if isinstance(value, Choice):
        return [*_copied_from(r, value.then), *_copied_from(r, value.other)]
    if not isinstance(value, Seq) or value.grown is not None:
        return []
    seen = [o for o in r.objects(value) if isinstance(o, Seq) and o.kind is list and r.visible(o)]
    inside = [found for _, item in parts(value) for found in _copied_from(r, item)]
    return [*sorted(seen, key=lambda o: o.id), *inside]


def _references(r: Reader, value: Any) -> list[tuple[Ref, int]]:
    """Return the arrays and lists of the graph in a value, and the ids that tell their age."""
    if isinstance(value, Ref):
        return [(value, value.storage.id)]
    if isinstance(value, Seq) and value.grown is not None:
        return [(r.graph_list(value), value.id)]
    inside = (
        [value.then, value.other] if isinstance(value, Choice) else [x for _, x in parts(value)]
    )
    return [found for part in inside for found in _references(r, part)]


def _fresh(r: Reader, leaf: Ref, age: int) -> bool:
    """Whether this is the first time that an array or list goes into a list.

    What was made before the loop would go into it at each turn.  Names that hold it are seen when
    the item is written to.
    """
    others = r.objects(leaf.storage) - {leaf.storage, MIXED, r.tokens.get(leaf.storage)}
    if leaf.storage.lists:  # what is in it stays in it alone; that arrays do not, is handed on
        others &= {*TOKENS} - {HELD}
    known = any(leaf.storage in r.objects(o) for o in r.entangled if o is not leaf.storage)
    old = age < r.turn or leaf.storage.outside
    return not (leaf.steps or old or others or known)


def _share(r: Reader, items: Storage, thing: Storage, of_lists: bool) -> None:
    """Note that an item of a list has another holder, and so has it in the lists that hold it.

    ``of_lists``: what has another holder is a list, or is not known to be an array.
    """
    mine = r.objects(thing) - {INSIDE, PUT, MIXED}
    lists = [o for o in r.entangled if is_list(o) and r.objects(o) & mine]
    lists += [o for o, inside in r.members.items() if inside & mine]
    writes = [r.item_writes, *([r.inner_writes] if of_lists else [])]
    # What was written before there was another holder has been seen, unless a turn does it again.
    written = {o for found in writes for o, turn in found.items() if turn or r.inner}
    for one in (items, *([thing] if thing.lists else []), *lists):
        if written & {one, *r.objects(one)}:
            refuse(r, thing, items)
        r.entangle(one, SHARED if of_lists else HELD, set())


def contain_items(r: Reader, items: Storage, source: Any, apart: bool = True) -> None:
    """Note that a list holds the items of another list, or the rows of an array.

    ``apart``: the other list goes on as well.
    """
    if not isinstance(source, Ref):
        contain(r, items, source)
        return
    kept = r.versions[items].type.item if items in r.versions else None
    given = _item_type(r, source)
    if any(item is not None and item.is_scalar for item in (kept, given)):
        return  # numbers are copied
    found = _items(r, source)
    if apart and found and source.storage.lists:
        _share(r, items, source.storage, given is None or given.kind != "array")
    for thing in found:
        r.entangle(items, thing, set())


def _item_type(r: Reader, source: Ref) -> Type | None:
    """Return the type of the items of a list, or of a list in it; None where it is not known."""
    t: Type | None = r.versions[source.storage].type
    for _ in source.steps:
        t = None if t is None else t.item
    return None if t is None else t.item


def require_distinct(r: Reader, items: Storage, of_list: bool) -> None:
    """Refuse a write to an item of a list that may have other holders.

    ``of_list``: the item is a list that grows or shrinks, so that arrays in it stay as they are.
    """
    seen: list[Thing] = [
        o for o in r.reach(items) if isinstance(o, Storage) and not o.lists and r.visible(o)
    ]
    seen = visible_members(r, items) if of_list else seen + visible_members(r, items)
    shared = {SHARED} if of_list else {SHARED, HELD}
    if seen or shared & r.objects(items):
        refuse(r, seen[0] if seen else Storage("an item"), items)
    (r.inner_writes if of_list else r.item_writes)[items] = r.turn


def end_turn(r: Reader, turn: int, outer: int) -> None:
    """Note that what a turn of a loop wrote to is written to in a turn of the loop around it."""
    for writes in (r.item_writes, r.inner_writes):
        writes.update({o: outer for o, found in writes.items() if found == turn})


def require_unheld(r: Reader, items: Storage, new: Value) -> None:
    """Refuse to replace or move items of a list while a name stands for the place of one.

    ``new``: the list afterwards; what comes in at the end leaves the others where they are.
    """
    held = [v for v in r.held_references() if v.storage is items and v.steps]
    longer = new.op is not None and new.op.prim in ("append", "extend")
    if any(not longer or any(map(may_be_negative, v.steps[0].operands)) for v in held):
        _refuse_held(r, items)


def go_with(r: Reader, items: Ref, place: Value, popped: Any) -> None:
    """Let names that stand for a place of a list go on with its item, which leaves the list."""
    steps = (*items.steps, Step("load", (place,), {"index": "i"}))
    for name, held in r.frame.names.items():
        if _stands_inside(held, items) and same_steps(held.steps, steps):
            r.frame.names[name] = popped


def _refuse_held(r: Reader, items: Storage) -> NoReturn:
    raise UnsupportedError(
        f"{items.name or 'a list'!r} changes while a name holds an item that is written to",
        r.b.span,
        "copy the item with .copy(), or read it again after the change",
    )


def let_go(r: Reader, items: Ref, place: Step) -> None:
    """Let names that stand for an item of a list go on with it when another takes its place.

    In a list of lists, names that may stand for it do, too: they keep what they hold now, and a
    write to it is refused from then on.
    """
    steps = (*items.steps, place)
    held = {n: v for n, v in r.frame.names.items() if _stands_inside(v, items)}
    names = [n for n, v in held.items() if same_steps(v.steps, steps)]
    if names:
        item = r.hold(r.read(r.frame.names[names[0]]))
        item = taken(r, item, items, popped=True)
        r.frame.names.update(dict.fromkeys(names, item))
    if items.steps:
        for name in held.keys() - set(names):
            r.frame.names[name] = taken(r, r.hold(r.read(held[name])), items)
        if any(_stands_inside(v, items) for v in r.held_references()):
            _refuse_held(r, items.storage)


def _stands_inside(value: Any, items: Ref) -> bool:
    """Whether a value is a place in a list, or in another list of the same list of lists."""
    inside = isinstance(value, Ref) and value.storage is items.storage
    return inside and len(value.steps) > len(items.steps)


def taken(
    r: Reader, value: Any, source: Ref, popped: bool = False, place: tuple[int, ...] = ()
) -> Any:
    """Note that a value comes out of a list, and return it."""
    if not isinstance(value, Ref):
        return value
    more = r.objects(source.storage) - {source.storage, r.tokens.get(source.storage)}
    if popped and not more & {SHARED, HELD}:
        _link(r, value.storage, source.storage, more)
        return value
    if value.storage.lists:
        r.entangle(value.storage, INSIDE, set())
    if place:
        r.picks.setdefault(value.storage, set()).add(place)
    r.picks.setdefault(value.storage, set()).update(r.picks.get(source.storage, ()))
    for thing in _items(r, source):
        r.entangle(value.storage, thing, set())
    return value


def _link(r: Reader, popped: Storage, items: Storage, more: set[Thing]) -> None:
    """Note which names may stand for what has just left a list, where it had no other holder."""
    token = r.tokens.get(items)
    inside = {thing for one in (items, *more) for thing in r.members.get(one, ())}
    read = {thing for thing in r.entangled if token is not None and token in r.objects(thing)}
    others = sorted((inside | read | more) - {items, popped}, key=lambda thing: thing.id)
    seen = r.visible_of(others)
    link = Storage()
    link.lists = popped.lists
    for thing in (popped, *seen) if seen else ():
        r.entangle(thing, link, set())


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
    found = [o for o in r.objects(source.storage) if not is_list(o) and o not in TOKENS]
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
    arrays = [thing for thing in r.objects(items) if not is_list(thing)]
    for thing in r.visible_of(sorted(arrays, key=lambda o: o.id)):
        refuse(r, thing, items)
    for inner in visible_members(r, items):
        refuse(r, inner, items)


def hand_members(r: Reader, old: Thing, new: Thing, known: Callable[[Any], bool]) -> None:
    """Note that what stands for a list holds the lists that it held, those that are known."""
    held = {m for one in r.objects(old) for m in r.members.get(one, ()) if known(m)}
    if held and isinstance(new, Storage):
        r.members[new] = r.members.get(new, set()) | held


def visible_members(r: Reader, items: Storage) -> list[Thing]:
    """Return the lists that names stand for and that may be items of a list."""
    held = {m for one in r.objects(items) for m in r.members.get(one, ())}
    token = r.tokens.get(items)
    for thing in r.entangled if token is not None else ():
        mine = r.objects(thing)
        if not isinstance(thing, Storage) or not thing.lists or thing is items:
            continue
        if {token, INSIDE} <= mine:
            held.add(thing)  # it was read from the list, and no view
    if MIXED in r.objects(items):
        held |= _members_of_some_list(r, items)
    return r.visible_of(sorted(held, key=lambda m: m.id))


def note_lists_inside(r: Reader, carried: Any) -> None:
    """Note that a list which a loop carries may hold lists that names stand for."""
    item = carried.value.type.item if isinstance(carried, Ref) else None
    if item is not None and item.kind == "list":
        r.entangle(carried.storage, MIXED, set())


def _members_of_some_list(r: Reader, items: Storage) -> set[Storage]:
    """Return the lists that are items of a list, a loop or a branch having left open of which.

    What came out of a list has the token of that one.
    """
    lists = [o for o in r.entangled if isinstance(o, Storage) and o.lists and o is not items]
    inside = {o for o in lists if PUT in r.objects(o)}
    holders = {o: [h for h, members in r.members.items() if o in members] for o in inside}
    return {o for o in inside if not holders[o] or not all(map(r.visible, holders[o]))}


def refuse(r: Reader, thing: Thing, items: Thing | None) -> NoReturn:
    """Refuse to write to what a list may hold; first, ask for choices of its items.

    Then, for loops of few turns to be written out: a list of known length has known items.
    """
    places = r.picks.get(thing, set()) | (r.picks.get(items, set()) if items else set())
    if not r.precise.covers(places):
        raise Retry(places)
    if r.short:
        raise Retry(set(), r.short)
    where = repr(items.name) if items is not None and items.name else "a list"
    raise UnsupportedError(
        f"{thing.name or 'this'!r} may be an item of {where}, where a write would be seen too",
        r.b.span,
        "copy it with .copy() before it goes into the list, or before writing to it",
    )
