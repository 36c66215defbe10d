"""Random places in a matrix: tuples of two integers, or None, which names, lists and dicts hold."""

from __future__ import annotations

from dataclasses import replace

from tests.generator import expressions, stores
from tests.generator.choices import indented
from tests.generator.kinds import SCALAR, Array, Int, Links, Place, Shape, Trail
from tests.generator.scope import Scope


def statement(scope: Scope) -> list[str]:
    """Return a statement that chooses a place, keeps one, or stores at one."""
    makers = [(2, assign), (2, start_trail), (2, keep), (3, store), (2, found), (2, walk)]
    return scope.chooser.weighted(makers)(scope)


def written(scope: Scope, shape: Shape) -> str:
    """Return a place that is written out, or computed from integers."""
    choose = scope.chooser
    parts = []
    for length in shape:
        inside = [name for name, kind in scope.of(Int) if 0 <= kind.low and kind.high < length]
        parts.append(choose.pick([*inside, str(choose.below(length))]))
    return f"({', '.join(parts)})"


def sure(scope: Scope, shape: Shape) -> list[str]:
    """Return what is a place in a matrix, and not None."""
    found = [name for name, kind in scope.of(Place) if kind == Place(shape)]
    return found + [f"{name}[-1]" for name, kind in scope.of(Trail) if kind.shape == shape]


def one(scope: Scope, shape: Shape) -> str:
    """Return a place."""
    options = sure(scope, shape)
    near = [f"({p}[0], ({p}[1] + 1) % {shape[1]})" for p in options]
    return scope.chooser.pick([written(scope, shape), *options, *near])


def assign(scope: Scope) -> list[str]:
    """Return an assignment of a place, or of None on some path."""
    choose, shape = scope.chooser, scope.lengths
    text, kind = one(scope, shape), Place(shape)
    if choose.chance(0.5):
        test = expressions.condition(scope, 0)
        other = choose.pick(("None", one(scope, shape)))
        text = f"{text} if {test} else {other}"
        kind = Place(shape, other == "None")
    elif choose.chance(0.2):
        text, kind = "None", Place(shape, True)
    return [f"{scope.bind(kind)} = {text}"]


def start_trail(scope: Scope) -> list[str]:
    """Return a list of places."""
    texts = [one(scope, scope.lengths) for _ in range(scope.chooser.between(1, 2))]
    return [f"{scope.bind(Trail(scope.lengths))} = [{', '.join(texts)}]"]


def keep(scope: Scope) -> list[str]:
    """Return a statement that makes a list of places longer or shorter, or keeps one in a dict."""
    choose = scope.chooser
    trails = [(name, kind) for name, kind in scope.of(Trail) if name not in scope.guarded]
    links = [(name, kind) for name, kind in scope.of(Links) if name not in scope.guarded]
    if links and choose.chance(0.5):
        name, links_of = choose.pick(links)
        value = one(scope, links_of.shape)
        return [f"{name}[{written(scope, links_of.shape)}] = {value}"]
    if not trails:
        return start_links(scope)
    name, kind = choose.pick(trails)
    if choose.chance(0.2):
        return [f"if len({name}) > 1:", f"    {name}.pop()"]
    return [f"{name}.append({one(scope, kind.shape)})"]


def start_links(scope: Scope) -> list[str]:
    """Return a dict from places to places."""
    choose, shape = scope.chooser, scope.lengths
    pairs = [f"{written(scope, shape)}: {written(scope, shape)}" for _ in range(choose.below(3))]
    return [f"{scope.bind(Links(shape))} = {{{', '.join(pairs)}}}"]


def store(scope: Scope) -> list[str]:
    """Return a store at a place."""
    choose = scope.chooser
    arrays = [(name, kind) for name, kind in scope.of_arrays() if len(kind.shape) == 2]
    if not arrays:
        return assign(scope)
    name, kind = choose.pick(arrays)
    value = expressions.scalar(scope, 1)
    maybe = [n for n, place in scope.of(Place) if place == Place(kind.shape, True)]
    if maybe and choose.chance(0.5):
        place = choose.pick(maybe)
        return [
            f"if {place} is not None:",
            f"    {stores.update(scope, f'{name}[{place}]', value)}",
        ]
    return [stores.update(scope, f"{name}[{one(scope, kind.shape)}]", value)]


def found(scope: Scope) -> list[str]:
    """Return a search of the place of an extreme."""
    choose, shape = scope.chooser, scope.lengths
    arrays = [name for name, kind in scope.of_arrays() if kind.shape == shape]
    free = [name for name in ("i", "j", "k") if name not in {**scope.names, **scope.fixed}]
    if not arrays or len(free) < 2:
        return assign(scope)
    (i, j), name = free[:2], choose.pick(arrays)
    # A name that stood for a place before the loop would stay one where no entry is taken.
    best = scope.bind(Place(shape, True), fresh=True)
    test = f"{name}[{i}, {j}] {choose.pick('<>')} {name}[{best}]"
    limit = f"if {name}[{i}, {j}] > {choose.threshold()}"
    inner = [f"if {best} is None or {test}:", f"    {best} = ({i}, {j})"]
    body = [f"{limit}:", *indented(inner)] if choose.chance(0.4) else inner
    lines = [f"{best} = None", f"for {i} in range({shape[0]}):"]
    return lines + indented([f"for {j} in range({shape[1]}):", *indented(body)])


def walk(scope: Scope) -> list[str]:
    """Return a walk through a matrix that notes where it came from, and goes back."""
    choose, shape = scope.chooser, scope.lengths
    arrays = [name for name, kind in scope.of_arrays() if kind.shape == shape]
    totals = [name for name, kind in scope.of(SCALAR.__class__) if scope.may_bind(name, kind)]
    if not arrays or not totals:
        return start_trail(scope)
    name, total = choose.pick(arrays), choose.pick(totals)
    links, spot = scope.bind(Links(shape), True), scope.bind(Place(shape, True), fresh=True)
    new = scope.bind(Place(shape), fresh=True)
    inside = replace(scope.body(), names={**scope.names, spot: Place(shape)})
    test = expressions.condition(inside, 0)
    down, right = (f"min({spot}[0] + 1, {shape[0] - 1})", f"min({spot}[1] + 1, {shape[1] - 1})")
    kept = "" if choose.chance(0.5) else f" and {name}[{spot}] > {choose.threshold()}"
    return [
        f"{new} = {links_start(scope, shape)}",
        f"{links}, {spot} = {{{new}: None}}, {new}",
        f"for _ in range({choose.between(1, 3)}):",
        f"    {new} = ({down}, {spot}[1]) if {test} else ({spot}[0], {right})",
        f"    if {new} not in {links}{kept}:",
        f"        {links}[{new}] = {spot}",
        f"        {spot} = {new}",
        f"while {spot} is not None:",
        f"    {total} += {choose.constant()} * {name}[{spot}]",
        f"    {spot} = {links}[{spot}]",
    ]


def links_start(scope: Scope, shape: Shape) -> str:
    """Return where a walk begins."""
    return scope.chooser.pick(["(0, 0)", written(scope, shape), *sure(scope, shape)])


def atoms(scope: Scope) -> list[str]:
    """Return numbers that are read at places, or made from places."""
    numbers: list[str] = []
    matrices = [(name, kind) for name, kind in scope.of_arrays() if len(kind.shape) == 2]
    for name, kind in scope.of(Place):
        inside = [text for text, array in matrices if array == Array(kind.shape)]
        if kind.maybe:
            numbers += [f"({text}[{name}] if {name} is not None else 0.4)" for text in inside]
        else:
            numbers += [f"{text}[{name}]" for text in inside]
            numbers += [f"{text}[{name}[0], {name}[1]]" for text in inside]
            numbers.append(f"0.1 * {name}[1]")
    for name, trail in scope.of(Trail):
        inside = [text for text, array in matrices if array == Array(trail.shape)]
        numbers += [f"sum({text}[c] for c in {name})" for text in inside]
        numbers += [f"sum([{text}[i0, j0] for i0, j0 in {name}])" for text in inside]
        numbers += [f"0.1 * len({name})", f"0.1 * {name}[0][1]"]
    for name, links in scope.of(Links):
        key = written(scope, links.shape)
        numbers += [f"0.1 * len({name})", f"(0.3 if {key} in {name} else 0.7)"]
    return numbers


def tests(scope: Scope) -> list[tuple[float, str]]:
    """Return tests of places."""
    texts: list[str] = []
    for name, kind in scope.of(Place):
        other = one(scope, kind.shape)
        texts += [f"{name} {scope.chooser.pick(('==', '!='))} {other}"]
        texts += [f"{name} is {scope.chooser.pick(('', 'not '))}None"] * kind.maybe
        texts += [f"{name} in {t}" for t, trail in scope.of(Trail) if trail.shape == kind.shape]
        texts += [f"{name} in {t}" for t, links in scope.of(Links) if links.shape == kind.shape]
    return [(0.7, text) for text in texts]
