"""Random signatures: positional-only and keyword-only parameters, ``*rest`` and ``**options``."""

from __future__ import annotations

from dataclasses import replace

from tests.generator import expressions
from tests.generator.kinds import SCALAR, Function
from tests.generator.scope import Scope

REST, OPTIONS = "rest", "options"
SETTINGS = ("scale", "shift")
OF_THE_REST = (
    "sum({rest})",
    "sum(v * v for v in {rest})",
    "max({rest}, default=0.3)",
    "({rest}[0] if {rest} else 0.4)",
    "(len({rest}) * 0.3)",
    "np.sum(np.array([0.2, *{rest}]))",
)
OF_THE_OPTIONS = (
    "{options}.get('scale', 0.6)",
    "sum({options}.values())",
    "({options}['shift'] if 'shift' in {options} else 1.1)",
    "(len({options}) * 0.2)",
)


def marked(scope: Scope, texts: list[str], kind: Function) -> tuple[list[str], Function, list[str]]:
    """Return parameters with marks among them, how they are called, and statements to begin with.

    What ``*rest`` and ``**options`` hold is looked at once, so that they may hold anything.
    """
    choose, listed = scope.chooser, list(texts)
    begun: list[str] = []
    if choose.chance(0.3):
        kind = replace(kind, only_place=choose.between(1, len(texts)))
    if kind.only_place < len(texts) and choose.chance(0.4):
        kind = replace(kind, only_name=choose.between(1, len(texts) - kind.only_place))
    if choose.chance(0.4) and not (kind.optional and not kind.only_name):
        kind = replace(kind, rest=True)
        begun.append(choose.pick(OF_THE_REST).format(rest=REST))
    if choose.chance(0.4):
        kind = replace(kind, options=True)
        begun.append(choose.pick(OF_THE_OPTIONS).format(options=OPTIONS))
    if kind.rest or kind.only_name:
        listed.insert(len(texts) - kind.only_name, f"*{REST}" if kind.rest else "*")
    if kind.only_place:
        listed.insert(kind.only_place, "/")
    if kind.options:
        listed.append(f"**{OPTIONS}")
    lines = [f"{scope.bind(SCALAR)} = {choose.constant()} * {text}" for text in begun]
    return listed, kind, lines


def arguments(scope: Scope, kind: Function, given: list[str]) -> list[str]:
    """Return the arguments of a call, some by name, and those beside the parameters."""
    choose = scope.chooser
    least, most = kind.only_place, len(kind.params) - kind.only_name
    more = [expressions.scalar(scope, 1) for _ in range(choose.below(4) if kind.rest else 0)]
    first = min(most, len(given))
    if not more and kind.names and choose.chance(0.25):
        first = choose.between(min(least, first), first)
    named = list(zip(kind.names[first : len(given)], given[first:], strict=True))
    if kind.options:
        named += [(n, expressions.scalar(scope, 1)) for n in SETTINGS if choose.chance(0.4)]
    places, names = [*given[:first], *more], [f"{name}={text}" for name, text in named]
    if names and choose.chance(0.3):
        names.reverse()
    if more and choose.chance(0.3):
        places = [*given[:first], f"*[{', '.join(more)}]"]
    elif len(places) > 1 and choose.chance(0.1):
        places = [f"*({', '.join(places)},)"]
    if named and choose.chance(0.15):
        names = [f"**{{{', '.join(f'{name!r}: {text}' for name, text in named)}}}"]
    return [*places, *names]
