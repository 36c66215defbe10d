"""Random blocks: branches and loops of every form, nested, with jumps and ``else``."""

from __future__ import annotations

import itertools
from dataclasses import replace

from tests.generator import (
    arrays,
    expressions,
    functions,
    matching,
    objects,
    statements,
    tables,
)
from tests.generator.choices import indented
from tests.generator.kinds import SCALAR, Array, Function, Grown, Int, Kind, Record
from tests.generator.scope import Scope

DEEPEST = 3


def block(scope: Scope, most: int = 3) -> tuple[list[str], bool]:
    """Return one to ``most`` statements, and whether the end is left by a jump."""
    lines: list[str] = []
    for _ in range(scope.chooser.between(1, most)):
        if scope.depth < DEEPEST and scope.chooser.chance(0.3):
            lines += compound(scope)
        else:
            lines += statements.simple(scope)
    if scope.depth and scope.has("jumps") and scope.chooser.chance(0.08):
        return [*lines, *jump(scope)], True
    return lines, False


def compound(scope: Scope) -> list[str]:
    """Return a branch or a loop."""
    makers = [(4, branch), (5, for_loop), (1.5, while_loop)]
    if scope.has("jumps"):
        makers += [(2, guard)]
    if scope.has("closures"):
        makers += [(2, functions.local_function)]
    if scope.has("match"):
        makers += [(2, matching.match)]
    if scope.has("contexts"):
        makers += [(1.5, context)]
    return scope.chooser.weighted(makers)(scope)


def context(scope: Scope) -> list[str]:
    """Return a ``with``: the statements in it are done as if it were not there."""
    settings = scope.chooser.pick(("all='ignore'", "divide='ignore', invalid='ignore'"))
    lines: list[str] = []
    for _ in range(scope.chooser.between(1, 3)):
        if scope.depth < DEEPEST and scope.chooser.chance(0.3):
            lines += compound(scope)
        else:
            lines += statements.simple(scope)
    return [f"with np.errstate({settings}):", *indented(lines)]


def jump(scope: Scope) -> list[str]:
    """Return a jump out of the block."""
    options = ["return"] + ["break", "continue"] * (2 if scope.in_loop else 0)
    chosen = scope.chooser.pick(options)
    return [chosen] if chosen != "return" else [returned(scope)]


def returned(scope: Scope) -> str:
    """Return a ``return`` statement of the kind that the function has."""
    return f"return {wanted(scope, scope.result)}" if scope.result else "return"


def wanted(scope: Scope, kind: Kind) -> str:
    """Return an expression of a kind; an array may be one that others know."""
    if isinstance(kind, Array):
        return arrays.operand(scope, kind.shape, 1)
    return expressions.scalar(scope, 2)


def test_of(scope: Scope) -> str:
    """Return a test, which may keep a number under a name."""
    if scope.has("walrus") and scope.chooser.chance(0.3):
        value, limit = expressions.scalar(scope, 2), scope.chooser.threshold()
        return f"({scope.bind(SCALAR)} := {value}) {scope.chooser.pick('<>')} {limit}"
    return expressions.condition(scope)


def guard(scope: Scope) -> list[str]:
    """Return a conditional jump."""
    test = test_of(scope)
    inner = scope.branch()
    before = statements.simple(inner) if scope.chooser.chance(0.4) else []
    return [f"if {test}:", *indented([*before, *jump(inner)])]


def branch(scope: Scope) -> list[str]:
    """Return an ``if`` with any number of ``elif``, and with or without ``else``."""
    choose = scope.chooser
    count = choose.weighted(((5, 1), (4, 2), (1.5, 3)))
    has_else = count > 1 and choose.chance(0.8)
    lines, reached = [], []
    for place in range(count):
        head = "if" if place == 0 else "elif"
        test = expressions.condition(scope) if place else test_of(scope)
        inner = scope.branch()
        body, left = block(inner, 2)
        is_else = has_else and place == count - 1
        lines += ["else:" if is_else else f"{head} {test}:", *indented(body)]
        reached += [] if left else [inner]
    if not has_else:
        reached.append(scope.branch())
    if reached:
        scope.join(*reached)
    return lines


def finish_loop(scope: Scope, head: str, body: list[str], inside: Scope | None) -> list[str]:
    """Return a loop's lines; ``inside`` is its scope where the body certainly runs to its end."""
    lines = [head, *indented(body)]
    jumps = any(line.strip().split(" ")[0] in ("break", "continue") for line in body)
    if inside is not None and not jumps:
        scope.names.update(
            {name: kind for name, kind in inside.names.items() if name not in scope.names}
        )
    if scope.has("loop else") and scope.chooser.chance(0.3):
        after = scope.branch()
        other, left = block(after, 2)
        lines += ["else:", *indented(other)]
        if not left:
            scope.join(scope.branch(), after)
    return lines


def for_loop(scope: Scope) -> list[str]:
    """Return a ``for`` over a range, arrays, lists or a container."""
    choose = scope.chooser
    makers = [(6, over_range)]
    if scope.has("iteration"):
        makers += [(4, over_arrays), (1, over_record), (1, over_grown)]
    if scope.has("dicts"):
        makers += [(2, tables.over_keys)]
    if scope.has("tables"):
        makers += [(1, tables.over_functions)]
    if scope.classes:
        makers += [(1, objects.listed)]
    text, targets, runs = choose.weighted(makers)(scope) or over_range(scope)
    forget = choose.below(3) if scope.has("reuse") else 0
    targets_bound = []
    inside_kinds: dict[str, Kind] = {}
    for kind in targets:
        name = target_name(scope, kind, targets_bound)
        targets_bound.append(name)
        inside_kinds[name] = kind
    for name in inside_kinds:
        scope.names.pop(name, None)
    inside = scope.body(forget)
    inside.names.update(inside_kinds)
    body, left = block(inside, 3)
    listed = ", ".join(targets_bound)
    listed = listed.replace(", ", ", (", 1) + ")" if "enumerate(zip" in text else listed
    return finish_loop(
        scope, f"for {listed} in {text}:", body, inside if runs and not left else None
    )


def target_name(scope: Scope, kind: Kind, taken: list[str]) -> str:
    """Choose the name of a loop variable, which may be in use already."""
    chosen = replace(scope, names=dict(scope.names), guarded=scope.guarded | set(taken))
    return chosen.bind(kind, fresh=not scope.chooser.chance(0.3))


def over_range(scope: Scope) -> tuple[str, list[Kind], bool]:
    """Return a range, the integers that it gives, and whether there are any."""
    choose = scope.chooser
    count = scope.lengths[0]
    outer = [(name, kind) for name, kind in scope.of(Int) if kind.low >= 0]
    options = [
        (f"range({count})", Int(0, count - 1), True),
        (f"range({count})", Int(0, count - 1), True),
        (f"range(1, {count})", Int(1, count - 1), True),
        (f"range({count - 1}, -1, -1)", Int(0, count - 1), True),
        (f"range({count - 1}, 0, -2)", Int(1, count - 1), True),
        (f"range(0, {count}, 2)", Int(0, count - 1), True),
        ("range(-2, 1)", Int(-2, 0), True),
        ("range(2, 2)", Int(0, 1), False),
        (f"reversed(range({count}))", Int(0, count - 1), True),
    ]
    vectors = [(n, k) for n, k in scope.of_arrays() if len(k.shape) == 1]
    for name, kind in vectors[:2]:
        options.append((f"range(len({name}))", Int(0, kind.shape[0] - 1), True))
        options.append((f"range({name}.shape[0] - 1)", Int(0, max(0, kind.shape[0] - 2)), False))
    for name, kind in outer:
        options += [(f"range({name})", Int(0, max(0, kind.high - 1)), False)] * 2
        if kind.high < count:
            options.append((f"range({name}, {count})", Int(kind.low, count - 1), True))
            options.append((f"range({name}, -1, -1)", Int(0, kind.high), True))
    text, kind, runs = choose.pick(options)
    return text, [kind], runs


def over_arrays(scope: Scope) -> tuple[str, list[Kind], bool]:
    """Return one or two arrays to loop over, and what their items are."""
    choose = scope.chooser
    options = scope.of_arrays()
    if not options:
        return over_range(scope)
    (name, kind), (other, two) = choose.pick(options), choose.pick(options)
    item, second = part(kind), part(two)
    last = kind.shape[0] - 1
    if scope.has("sorting") and len(kind.shape) == 1 and choose.chance(0.3):
        if choose.chance(0.5):
            return f"sorted({name})", [item], True
        return f"sorted(zip({name}, {name}[::-1]))", [item, item], True
    if scope.has("pending") and item == second and choose.chance(0.4):
        return choose.pick(
            (
                (f"itertools.chain({name}, {other})", [item], True),
                (f"({name}[0], {other}[-1])", [item], True),
                (f"[{other}[-1], {name}[0], {other}[0]]", [item], True),
                (f"zip([{name}[0], {other}[0]], [{other}[-1], {name}[-1]])", [item, item], True),
            )
        )
    return choose.pick(
        (
            (name, [item], True),
            (f"{name}[::-1]", [item], True),
            (f"{name}[1:]", [item], kind.shape[0] > 1),
            (f"enumerate({name})", [Int(0, last), item], True),
            (f"zip({name}, {other})", [item, second], True),
            (f"reversed({name})", [item], True),
            (f"enumerate(zip({name}, {other}))", [Int(0, last), item, second], True),
        )
    )


def part(kind: Array) -> Kind:
    """Return what an array is made of along its first axis."""
    return Array(kind.shape[1:]) if len(kind.shape) > 1 else SCALAR


def over_record(scope: Scope) -> tuple[str, list[Kind], bool]:
    """Return a container to loop over, or one written out."""
    even = [
        (name, record)
        for name, record in scope.of(Record)
        if record.is_even and not isinstance(record.items[0], Function)
    ]
    if not even or scope.chooser.chance(0.3):
        texts = [expressions.atom(scope) for _ in range(scope.chooser.between(2, 3))]
        return f"({', '.join(texts)})", [SCALAR], True
    name, record = scope.chooser.pick(even)
    text = f"{name}.values()" if record.is_dict else scope.chooser.pick((name, f"reversed({name})"))
    return text, [record.items[0]], True


def over_grown(scope: Scope) -> tuple[str, list[Kind], bool]:
    """Return a list that grew to loop over; the body may not make the list itself longer."""
    lists = scope.reached(Grown)
    if not lists:
        return over_range(scope)
    name, kind = scope.chooser.pick(lists)
    if scope.has("generators") and scope.chooser.chance(0.5):
        many = Int(0, 9)
        return scope.chooser.pick(
            (
                (f"enumerate(list({name}))", [many, kind.item], False),
                (f"reversed({name}[:])", [kind.item], False),
                (f"zip({name}[:], {name}[1:])", [kind.item, kind.item], False),
                (f"{name}[1:]", [kind.item], False),
            )
        )
    return f"list({name})" if scope.chooser.chance(0.2) else f"{name}[:]", [kind.item], False


def while_loop(scope: Scope) -> list[str]:
    """Return a ``while`` whose count is bounded and whose end depends on values at times."""
    choose = scope.chooser
    taken = {*scope.guarded, *scope.names, *scope.fixed, *scope.captured}
    counter = next(f"n{place}" for place in itertools.count() if f"n{place}" not in taken)
    most = choose.between(2, 4)
    inside = scope.body(choose.below(2) if scope.has("reuse") else 0)
    test = expressions.condition(scope)
    guarded, counters = inside.guarded | {counter}, inside.counters | {counter}
    inside = replace(inside, guarded=guarded, counters=counters)
    inside.names[counter] = Int(1, most)
    step = [f"{counter} += 1"]
    form = choose.pick(("counted", "tested", "tested", "endless"))
    if form == "endless":
        step += [f"if {counter} > {most} or {test}:", "    break"]
        head = "while True:"
    else:
        head = f"while {counter} < {most}{f' and ({test})' if form == 'tested' else ''}:"
    body, _ = block(inside, 3)
    lines = finish_loop(scope, head, [*step, *body], None)
    if choose.chance(0.5):
        scope.names[counter] = Int(0, most + 1)
    return [f"{counter} = 0", *lines]
