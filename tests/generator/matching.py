"""Random ``match`` statements: values, sequences, mappings, objects, guards and captures."""

from __future__ import annotations

from collections.abc import Callable

from tests.generator import blocks, expressions
from tests.generator.choices import indented
from tests.generator.kinds import SCALAR, Array, Flag, Int, Kind, Object, Record, Scalar
from tests.generator.scope import Scope

# A pattern, written over the scope of its block.
Pattern = Callable[[Scope], str]


def match(scope: Scope) -> list[str]:
    """Return a ``match`` statement."""
    makers = [(4, by_value), (3, by_sequence), (2, by_record), (1, by_text)]
    if scope.classes:
        makers.append((4, by_object))
    subject, patterns, is_total = scope.chooser.weighted(makers)(scope)
    lines, reached = [f"match {subject}:"], []
    for place, pattern in enumerate(patterns):
        inner = scope.branch()
        head = pattern(inner)
        ends = is_total and place == len(patterns) - 1
        if not ends and head != "_" and scope.chooser.chance(0.35):
            head += f" if {expressions.condition(inner)}"
        body, left = blocks.block(inner, 2)
        lines += indented([f"case {head}:", *indented(body)])
        reached += [] if left else [inner]
    if not is_total:
        reached.append(scope.branch())
    if reached:
        scope.join(*reached)
    return lines


def fixed(text: str) -> Pattern:
    """Return a pattern without captures."""
    return lambda inner: text


def capture(inner: Scope, kind: Kind, taken: list[str]) -> str:
    """Return a name that a pattern binds, or the wildcard."""
    if inner.chooser.chance(0.15):
        return "_"
    name = inner.bind_free(kind)
    while name in taken:
        name = f"extra_{next(inner.serials)}"
    taken.append(name)
    inner.names[name] = kind
    return name


def captures(*kinds: Kind | str, form: str) -> Pattern:
    """Return a pattern that captures values of kinds, texts as they are."""

    def pattern(inner: Scope) -> str:
        taken: list[str] = []
        return form.format(
            *(kind if isinstance(kind, str) else capture(inner, kind, taken) for kind in kinds)
        )

    return pattern


def by_value(scope: Scope) -> tuple[str, list[Pattern], bool]:
    """Return a subject that is an integer or a bool, and patterns for it."""
    choose = scope.chooser
    ints, flags = scope.of(Int), scope.of(Flag)
    if flags and (not ints or choose.chance(0.3)):
        patterns = [fixed("True"), fixed("False")]
        return choose.pick(flags)[0], patterns, False
    if not ints:
        return by_sequence(scope)
    name, kind = choose.pick(ints)
    subject, low, high = choose.pick(
        (
            (name, kind.low, kind.high),
            (f"{name} % 3", 0, 2),
            (f"{name} + 1", kind.low + 1, kind.high + 1),
        )
    )
    one, two = choose.between(low, high), choose.between(low, high)
    patterns = [fixed(str(one)), fixed(f"{two} | {high + 1}")]
    whole = captures(Int(low, high), form="{0}")
    last = choose.pick((None, fixed("_"), whole))
    return subject, [*patterns[: choose.between(1, 2)], *([last] if last else [])], bool(last)


def by_sequence(scope: Scope) -> tuple[str, list[Pattern], bool]:
    """Return a tuple or a list, and patterns for it."""
    choose = scope.chooser
    records = [
        (name, record)
        for name, record in scope.of(Record)
        if not record.is_dict and all(isinstance(item, Scalar | Array) for item in record.items)
    ]
    ints = [name for name, _ in scope.of(Int)]
    if records and choose.chance(0.6):
        name, record = choose.pick(records)
        holes = [f"{{{place}}}" for place in range(len(record.items))]
        whole = captures(*record.items, form=f"[{', '.join(holes)}]")
        rest = captures(record.items[0], form="({0}, *_)")
        return name, [choose.pick((whole, rest)), choose.pick((whole, rest, fixed("_")))], True
    value, second = expressions.scalar(scope, 2), expressions.scalar(scope, 1)
    if not ints:
        pair = captures(SCALAR, SCALAR, form="({0}, {1})")
        return f"({value}, {second})", [pair, pair], True
    name = choose.pick(ints)
    low = captures("0", SCALAR, form="({0}, {1})")
    other = captures("1 | 2", SCALAR, form="[{0}, {1}]")
    last = choose.pick((fixed("_"), captures(SCALAR, form="(_, {0})")))
    return f"({name}, {value})", [low, other, last], True


def by_record(scope: Scope) -> tuple[str, list[Pattern], bool]:
    """Return a dict, and patterns for it."""
    choose = scope.chooser
    records = [
        (name, record)
        for name, record in scope.of(Record)
        if record.is_dict and all(isinstance(item, Scalar | Array) for item in record.items)
    ]
    if not records:
        value, kind = expressions.scalar(scope, 2), choose.pick(("'rise'", "'fall'"))
        known = captures("'rise'", SCALAR, form="{{'kind': {0}, 'size': {1}}}")
        other = captures(SCALAR, form="{{'size': {0}}}")
        return f"{{'kind': {kind}, 'size': {value}}}", [known, other], True
    name, record = choose.pick(records)
    key, item = record.keys[0], record.items[0]
    missing = captures(SCALAR, form="{{'missing': {0}}}")
    known = captures(item, form=f"{{{{{key!r}: {{0}}}}}}")
    rest = captures(item, form=f"{{{{{key!r}: {{0}}, **others}}}}")
    return name, [choose.pick((missing, known)), choose.pick((known, rest))], True


def by_text(scope: Scope) -> tuple[str, list[Pattern], bool]:
    """Return a string chosen by a test, and patterns for it."""
    test = expressions.condition(scope)
    patterns = [fixed("'up'"), scope.chooser.pick((fixed("'down' | 'flat'"), fixed("_")))]
    return f"'up' if {test} else 'down'", patterns, True


def by_object(scope: Scope) -> tuple[str, list[Pattern], bool]:
    """Return an object, and patterns of its class and others."""
    choose = scope.chooser
    things = scope.reached(Object)
    if not things:
        return by_sequence(scope)
    name, thing = choose.pick(things)
    field, kind = choose.pick(thing.fields)
    if not isinstance(kind, Scalar | Array):
        field, kind = "level", SCALAR
    patterns = [captures(kind, form=f"{thing.cls}({field}={{0}})"), fixed(f"{thing.cls}()")]
    if thing.form != "class" and all(isinstance(k, Scalar | Array) for _, k in thing.fields):
        holes = ", ".join(f"{{{place}}}" for place in range(len(thing.fields)))
        patterns.append(captures(*(k for _, k in thing.fields), form=f"{thing.cls}({holes})"))
    others = [fixed(f"{other.cls}()") for other in scope.classes if other.cls != thing.cls]
    return name, [*others[: choose.below(2)], choose.pick(patterns), choose.pick(patterns)], True
