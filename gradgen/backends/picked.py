"""Names that hold the index of a turn that a loop has picked, or a negative number before.

``last_j = -1``, then ``last_j = j`` in some turns: behind ``if last_j >= 0`` it is an index of that
loop, whichever it is.
"""

from __future__ import annotations

import ast
from collections import Counter

from gradgen.syntax import nodes_in


def picked(body: list[ast.stmt]) -> set[str]:
    """Return the names that only get negative literals, and in one place another name's value."""
    nodes = [n for s in body for n in nodes_in(s)]
    stores = Counter(n.id for n in nodes if isinstance(n, ast.Name) and _is_store(n))
    negative: Counter[str] = Counter()
    taken: Counter[str] = Counter()
    for s in nodes:
        if not isinstance(s, ast.Assign) or len(s.targets) != 1:
            continue
        target = s.targets[0]
        if isinstance(target, ast.Name):
            negative[target.id] += _is_negative(s.value)
            taken[target.id] += isinstance(s.value, ast.Name)
    return {n for n, count in stores.items()
            if taken[n] == 1 and negative[n] == count - 1}  # fmt: skip


def picked_as(index: str, body: list[ast.stmt]) -> set[str]:
    """Return the names that are given the index of a loop in its body."""
    found = [n for s in body for n in nodes_in(s) if isinstance(n, ast.Assign)]
    given = [s.targets[0] for s in found if isinstance(s.value, ast.Name) and s.value.id == index]
    return {t.id for t in given if isinstance(t, ast.Name)}


def _is_store(n: ast.Name) -> bool:
    return isinstance(n.ctx, ast.Store)


def _is_negative(e: ast.expr) -> bool:
    try:
        value = ast.literal_eval(e)
    except ValueError:
        return False
    return type(value) is int and value < 0
