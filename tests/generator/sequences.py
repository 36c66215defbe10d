"""Random comprehensions, and expressions of lists that grow."""

from __future__ import annotations

from dataclasses import replace

from tests.generator import arrays, expressions
from tests.generator.kinds import SCALAR, Array, Grown, Int, Kind, Object, Record, Tally
from tests.generator.scope import Scope


def with_names(scope: Scope, **kinds: Kind) -> Scope:
    """Return the scope inside a comprehension or a lambda."""
    features = scope.features - {"walrus"}
    return replace(scope, names={**scope.names, **kinds}, features=features)


def loop_over(scope: Scope) -> tuple[str, Scope]:
    """Return the ``for`` part of a comprehension, and the scope of its element."""
    choose = scope.chooser
    vectors = [name for name, kind in scope.of_arrays() if len(kind.shape) == 1]
    options = ["range"] + ["vector", "enumerate", "zip"] * bool(vectors)
    count = choose.between(2, 3)
    match choose.pick(options):
        case "range":
            return f"for h in range({count})", with_names(scope, h=Int(0, count - 1))
        case "vector":
            return f"for z in {choose.pick(vectors)}", with_names(scope, z=SCALAR)
        case "zip":
            one, two = choose.pick(vectors), choose.pick(vectors)
            return f"for z, o in zip({one}, {two})", with_names(scope, z=SCALAR, o=SCALAR)
    name = choose.pick(vectors)
    (length,) = next(kind.shape for found, kind in scope.of_arrays() if found == name)
    inside = with_names(scope, h=Int(0, length - 1), z=SCALAR)
    return f"for h, z in enumerate({name})", inside


def sum_over(scope: Scope, size: int) -> str:
    """Return a sum over a comprehension."""
    choose = scope.chooser
    loop, inside = loop_over(scope)
    test = f" if {expressions.condition(inside, 0)}" if choose.chance(0.25) else ""
    entry = expressions.scalar(inside, size - 1)
    listed = f"{entry} {loop}{test}"
    forms = [f"sum({listed})", f"sum([{listed}])", f"np.sum(np.array([{listed}]))"]
    if scope.has("generators"):
        reduced = choose.pick(("max", "min"))
        # Entries at a distance from each other: none of two is the largest.
        apart = f"{entry} + {choose.real(0.5, 3.0)}37 {loop}{test}"
        least = f"{choose.constant()}"
        forms += [f"{reduced}(({apart}), default={least})", f"math.fsum({listed})"]
        forms += [f"(1.0 if any({entry} > {choose.threshold()} {loop}) else {least})"]
    return choose.pick(forms)


def array_of(scope: Scope, length: int, size: int) -> str:
    """Return a vector made from a comprehension."""
    inside = with_names(scope, h=Int(0, length - 1))
    # A larger entry may hold an array that is made, and that one an entry again.
    entry = expressions.scalar(inside, 1 if size > 0 else 0)
    return f"np.array([{entry} for h in range({length})])"


def grown_atoms(scope: Scope) -> list[str]:
    """Return numbers made from lists that grew."""
    found = []
    for name, _ in scope.reached(Tally):
        found += [f"sum({name}.values())", f"{name}.get({scope.chooser.below(3)}, 0.3)"]
    for name, kind in scope.reached(Grown):
        if isinstance(kind.item, Grown):
            found += [
                f"sum(sum(row) for row in {name})",
                f"sum([len(row) for row in {name}]) * 0.1",
            ]
            continue
        if isinstance(kind.item, Object):
            found.append(f"sum(one.{field_of(kind.item)} for one in {name})")
            continue
        if isinstance(kind.item, Array):
            found += [f"np.sum({name}[-1])"] * bool(kind.least)
            found += [f"sum([np.sum(row) for row in {name}])"]
            found += [f"np.mean(np.stack({name}))", f"np.array({name}).sum()"] * bool(kind.least)
            continue
        found += [f"sum({name})", f"np.sum(np.array({name}))", f"0.1 * len({name})"]
        found += [f"{name}[-1]", f"{name}[0]", f"np.mean({name})"] * bool(kind.least)
        found.append(f"({name}[-1] if {name} else 0.4)")
        if scope.has("sorting"):
            found += [f"sum(sorted({name})[:2])"]
            found += [f"sorted({name})[0]", f"max({name})", f"min({name})"] * bool(kind.least)
    return found


def field_of(kind: Object) -> str:
    """Return a number among an object's attributes."""
    return next(name for name, part in kind.fields if part == SCALAR)


def length_tests(scope: Scope) -> list[tuple[float, str]]:
    """Return tests of the lengths of lists that grow."""
    lists = scope.reached(Grown)
    return [(1.0, f"len({name}) > {scope.chooser.between(0, 2)}") for name, _ in lists]


def item(scope: Scope, kind: Kind) -> str:
    """Return an item for a list of numbers or of arrays."""
    if isinstance(kind, Array):
        return arrays.operand(scope, kind.shape, 1)
    if isinstance(kind, Grown):
        twins = [name for name, other in scope.reached(Grown) if other == kind]
        if twins and scope.chooser.chance(0.2):
            return scope.chooser.pick(twins)
        return f"[{', '.join(item(scope, kind.item) for _ in range(kind.least))}]"
    if isinstance(kind, Object):
        return expressions.argument(scope, kind)
    if isinstance(kind, Record):
        return record(scope, kind)
    return expressions.scalar(scope, 1)


def record(scope: Scope, kind: Record) -> str:
    """Return a dict, list or tuple: one that there is, or one that is written out."""
    twins = [name for name, other in scope.reached(Record) if other == kind]
    if twins and scope.chooser.chance(0.3):
        return scope.chooser.pick(twins)
    texts = [item(scope, part) for part in kind.items]
    if kind.is_dict:
        pairs = zip(kind.keys, texts, strict=True)
        return "{" + ", ".join(f"{key!r}: {text}" for key, text in pairs) + "}"
    return f"[{', '.join(texts)}]" if kind.is_list else f"({', '.join(texts)})"
