"""Random simple statements: assignments of every kind, aliases, swaps and containers."""

from __future__ import annotations

from tests.generator import arrays, expressions, objects, places, sequences, sorting, stores, tables
from tests.generator.kinds import FLAG, SCALAR, Array, Grown, Int, Kind, Record, Scalar
from tests.generator.scope import Scope


def simple(scope: Scope) -> list[str]:
    """Return a simple statement, at times a pair that belongs together."""
    makers = [(4, assign_number), (2, update_number), (2, assign_array), (5, stores.store)]
    if scope.has("aliases"):
        makers += [(3, alias)]
    if scope.has("functions"):
        makers += [(2, procedure)]
    if scope.has("swaps"):
        makers += [(1.5, swap), (1, unpack)]
    if scope.has("containers"):
        makers += [(2, container), (3, replace_item)]
    if scope.has("lists"):
        makers += [(1, start_list), (3, grow)]
    if scope.has("flags"):
        makers += [(1, flag)]
    if scope.has("sorting"):
        makers += [(1.5, sorting.sort_list)]
    if scope.has("dicts"):
        makers += [(3, tables.update), (1, tables.tally)]
    if scope.has("tables"):
        makers += [(1.5, tables.of_functions)]
    if scope.classes:
        makers += [(3, objects.start), (2, replace_item)]
    if scope.classes and scope.has("lists"):
        makers += [(1, objects.written)]
    if scope.has("places"):
        makers += [(4, places.statement)]
    if scope.has("deletions"):
        makers += [(1, delete)]
    if scope.has("assertions"):
        makers += [(0.7, assertion)]
    return scope.chooser.weighted(makers)(scope) or assign_number(scope)


def delete(scope: Scope) -> list[str]:
    """Return a ``del`` of a name or of an item."""
    choose = scope.chooser
    kept = {*scope.guarded, *scope.fixed, *scope.captured}
    names = [name for name, _ in [*scope.of(Scalar), *scope.of(Array)] if name not in kept]
    lists = [(n, k) for n, k in scope.of(Grown) if n not in scope.guarded]
    if lists and choose.chance(0.4):
        name, kind = choose.pick(lists)
        place = choose.pick(("0", "-1", ":1"))
        return [f"if len({name}) > {kind.least}:", f"    del {name}[{place}]"]
    if len(names) < 2:
        return []
    name = choose.pick(names)
    del scope.names[name]
    return [f"del {name}"]


def assertion(scope: Scope) -> list[str]:
    """Return an ``assert`` of what is certain."""
    choose = scope.chooser
    options = [f"{name} < 1e9" for name, _ in scope.of(Scalar)]
    for name, kind in scope.of_arrays():
        options += [f"{name}.shape == {kind.shape!r}", f"len({name}) == {kind.shape[0]}"]
        options += [f"np.all({name} < 1e9)"]
    options += [f"len({name}) >= {kind.least}" for name, kind in scope.of(Grown)]
    options += [f"{kind.low} <= {name} <= {kind.high}" for name, kind in scope.of(Int)]
    if not options:
        return []
    said = choose.pick(("", ", 'out of bounds'", f", f'bad: {{{choose.constant()}}}'"))
    return [f"assert {choose.pick(options)}{said}"]


def assign_number(scope: Scope) -> list[str]:
    """Return an assignment of a number."""
    value = stores.bounded(scope, expressions.scalar(scope, 3))
    return [f"{scope.bind(SCALAR)} = {value}"]


def update_number(scope: Scope) -> list[str]:
    """Return an augmented assignment of a number."""
    names = [name for name, kind in scope.of(Scalar) if scope.may_bind(name, kind)]
    if not names:
        return []
    return [stores.update(scope, scope.chooser.pick(names), expressions.scalar(scope, 2))]


def any_shape(scope: Scope) -> tuple[int, ...]:
    """Return a shape: mostly one that is there already."""
    shapes = [kind.shape for _, kind in scope.of_arrays()] + [scope.lengths[:1], scope.lengths]
    return scope.chooser.pick(shapes)


def assign_array(scope: Scope) -> list[str]:
    """Return an assignment of a new array."""
    shape = any_shape(scope)
    value = arrays.computed(scope, shape, 2)
    return [f"{scope.bind(Array(shape))} = {value}"]


def alias(scope: Scope) -> list[str]:
    """Return a name for an array that has one already, or for a part of it."""
    targets = scope.of_arrays()
    if not targets:
        return []
    name, kind = scope.chooser.pick(targets)
    options = [(name, kind.shape)] * 4 + arrays.sure_parts(scope, name, kind.shape)
    if scope.has("choice"):
        twins = [other for other, found in targets if found == kind]
        test = expressions.condition(scope, 0)
        options += [(f"{name} if {test} else {scope.chooser.pick(twins)}", kind.shape)]
    text, shape = scope.chooser.pick(options)
    return [f"{scope.bind(Array(shape))} = {text}"]


def procedure(scope: Scope) -> list[str]:
    """Return a call of a function for what it writes; its result is kept if it has one."""
    options = scope.of_callables()
    if not options:
        return []
    name, kind = scope.chooser.pick(options)
    called = expressions.called(scope, name, kind)
    if kind.result is None or scope.chooser.chance(0.15):
        return [called]
    return [f"{scope.bind(kind.result)} = {called}"]


def bindable(scope: Scope) -> list[tuple[str, Kind]]:
    """Return the names of numbers and arrays that may be bound to something alike."""
    found = [*scope.of(Scalar), *scope.of(Array)]
    return [(name, kind) for name, kind in found if scope.may_bind(name, kind)]


def swap(scope: Scope) -> list[str]:
    """Return a swap of two names, or a rotation of three."""
    options = bindable(scope)
    if not options:
        return []
    name, kind = scope.chooser.pick(options)
    twins = [other for other, found in options if found == kind and other != name]
    if not twins:
        return []
    other, third = scope.chooser.pick(twins), scope.chooser.pick(twins)
    if third != other and scope.chooser.chance(0.5):
        return [f"{name}, {other}, {third} = {other}, {third}, {name}"]
    return [f"{name}, {other} = {other}, {name}"]


def unpack(scope: Scope) -> list[str]:
    """Return an assignment of several names at once."""
    choose = scope.chooser
    records = [(n, r) for n, r in scope.of(Record) if not r.is_dict and storable(r)]
    if records and choose.chance(0.5):
        name, record = choose.pick(records)
        targets = [scope.bind(item) for item in record.items]
        return (
            [f"{', '.join(targets)} = {name}"]
            if len(set(targets)) == len(targets)
            else [f"{', '.join(['_'] * len(targets))} = {name}"]
        )
    vectors = [(n, k) for n, k in scope.of_arrays() if len(k.shape) == 1 and k.shape[0] > 1]
    if vectors and choose.chance(0.3):
        name, kind = choose.pick(vectors)
        rest = Record(tuple(range(kind.shape[0] - 1)), (SCALAR,) * (kind.shape[0] - 1), True)
        others, one = scope.bind(rest), scope.bind(SCALAR)
        if one != others:
            return [f"{one}, *{others} = {name}"]
    first, second = expressions.scalar(scope, 2), arrays.operand(scope, scope.lengths[:1], 1)
    return [f"{scope.bind(SCALAR)}, {scope.bind(Array(scope.lengths[:1]))} = {first}, {second}"]


def storable(record: Record) -> bool:
    """Tell whether all items are numbers or arrays."""
    return all(isinstance(item, Scalar | Array) for item in record.items)


def container(scope: Scope) -> list[str]:
    """Return a new list, tuple or dict of numbers and arrays, or an alias of one."""
    choose = scope.chooser
    records = scope.of(Record)
    if records and choose.chance(0.2):
        name, record = choose.pick(records)
        return [f"{scope.bind(record)} = {name}"]
    vector = Array(scope.lengths[:1])
    items: tuple[Kind, ...] = choose.pick(
        ((SCALAR, SCALAR), (SCALAR, vector), (vector, vector), (SCALAR,) * 3, (vector, SCALAR))
    )
    if scope.has("nested containers") and choose.chance(0.4):
        parts = choose.pick(((SCALAR, vector), (SCALAR, SCALAR)))
        inner = choose.pick((Record(("left", "right"), parts), Record((0, 1), parts, True)))
        items = choose.pick(((inner, inner), (SCALAR, inner), (inner, vector)))
    texts = [sequences.item(scope, item) for item in items]
    form = choose.pick(("list", "list", "tuple", "dict", "dict"))
    if form == "dict":
        keys = ("left", "right", "extra")[: len(items)]
        text = ", ".join(f"{key!r}: {text}" for key, text in zip(keys, texts, strict=True))
        return [f"{scope.bind(Record(keys, items))} = {{{text}}}"]
    record = Record(tuple(range(len(items))), items, form == "list")
    opening, closing = "[]" if form == "list" else "()"
    return [f"{scope.bind(record)} = {opening}{', '.join(texts)}{closing}"]


def replace_item(scope: Scope) -> list[str]:
    """Return a replacement or an update of an item or an attribute."""
    choose = scope.chooser
    lists = [(name, r) for name, r in scope.of(Record) if r.is_even and r.is_list and storable(r)]
    if lists and choose.chance(0.4):
        name, record = choose.pick(lists)
        target, kind = f"{name}[{arrays.position(scope, len(record.items))}]", record.items[0]
        if choose.chance(0.3):
            other = f"{name}[{arrays.position(scope, len(record.items))}]"
            return [f"{target}, {other} = {other}, {target}"]
    elif places := scope.places():
        target, kind = choose.pick(places)
    else:
        return []
    if isinstance(kind, Array):
        value = arrays.operand(scope, kind.shape, 1)
        return [f"{target} = {value}" if choose.chance(0.6) else f"{target} += {value}"]
    return [stores.update(scope, target, expressions.scalar(scope, 2))]


def start_list(scope: Scope) -> list[str]:
    """Return a list that may grow."""
    options: list[Kind] = [SCALAR, SCALAR, Array(scope.lengths[:1])]
    if scope.has("nested lists"):
        options += [Grown(SCALAR, scope.chooser.below(3))] * 2
    item = scope.chooser.pick(options)
    if scope.chooser.chance(0.5):
        return [f"{scope.bind(Grown(item, 0))} = []"]
    first = sequences.item(scope, item)
    return [f"{scope.bind(Grown(item, 1))} = [{first}]"]


def grow(scope: Scope) -> list[str]:
    """Return a statement that makes a list longer, or replaces an item."""
    choose = scope.chooser
    lists = [(n, k) for n, k in scope.reached(Grown) if n not in scope.guarded]
    if not lists:
        return start_list(scope)
    name, kind = choose.pick(lists)
    value = sequences.item(scope, kind.item)
    if kind.least and choose.chance(0.15):
        return [f"{name}[-1] = {value}"]
    if kind.item == SCALAR and choose.chance(0.15):
        loop, inside = sequences.loop_over(scope)
        return [f"{name}.extend([{expressions.scalar(inside, 1)} {loop}])"]
    if kind.item == SCALAR and kind.least < 2 and choose.chance(0.1):
        return [f"if len({name}) > {kind.least + 1}:", f"    {name}.pop()"]
    return [f"{name}.append({value})"]


def flag(scope: Scope) -> list[str]:
    """Return an assignment of a bool."""
    test = expressions.condition(scope, 1)
    return [f"{scope.bind(FLAG)} = {test}"]
