"""How long a list of the graph is, where patterns ask for so many items: it is tested as it runs.

On the sides of such a test it is known, and with it what follows for the patterns after it.
"""

from __future__ import annotations

import ast
import functools
from collections.abc import Callable
from typing import Any

from gradgen.frontend.aggregates import run_text
from gradgen.frontend.reader import Reader
from gradgen.frontend.values import Ref
from gradgen.ir.nodes import Const, Value


def has_items(r: Reader, node: ast.AST, items: Ref, count: int, more: bool) -> Value:
    """Return whether a list has ``count`` items (``more``: or more); as a constant, if known."""
    version = r.read(items)
    tests = r.book.matched.setdefault(version, {})
    low, high, gaps = _known(r, tests)
    while low in gaps:
        low += 1
    if count in gaps and not more:
        return Const(False)
    if low == high or (more and low >= count) or high < count or (not more and low > count):
        return Const(low >= count if more else low == count)
    asked = tests.get((count, more))
    if asked is None or asked not in r.facts:
        length = r.b.emit("len", [version], span=r.span(node))
        asked = r.b.emit("ge" if more else "eq", [length, Const(count)], span=r.span(node))
        tests[count, more] = asked
    return asked


def _known(r: Reader, tests: dict[tuple[int, bool], Value]) -> tuple[int, float, set[int]]:
    """Return between which lengths a list is, and which it has not, by what is decided here."""
    low, high, gaps = 0, float("inf"), set()
    for (count, more), test in tests.items():
        holds = r.facts.get(test)
        if holds is None:
            continue
        if more and not holds:
            high = min(high, count - 1)
        elif holds:
            low, high = max(low, count), high if more else count
        else:
            gaps.add(count)
    return low, high, gaps


def parts(
    r: Reader, patterns: list[ast.pattern], items: Ref, so_far: dict[Any, Any]
) -> list[tuple[ast.pattern, Callable[[], Any]]]:
    """Return the items that patterns stand for, each to be read where it is first asked for.

    ``so_far``: those that were read before, for other patterns.
    """
    stars = [k for k, p in enumerate(patterns) if isinstance(p, ast.MatchStar)]
    star, count = stars[0] if stars else len(patterns), len(patterns)

    def read(k: int, name: str) -> Any:
        part = f"{k}:{k + 1 - count or ''}" if k == star else f"{k if k < star else k - count}"
        key = r.read(items), part
        if key not in so_far:
            text = f"{name} = items[{part}]"
            so_far[key] = run_text(r, patterns[k], text, name, items=items)
        return so_far[key]

    names = [getattr(p, "name", None) or "item" for p in patterns]
    return [(p, functools.partial(read, k, names[k])) for k, p in enumerate(patterns)]
