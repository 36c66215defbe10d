"""Texts that are put together of texts among which the path chooses: ``f"{side}_{size}"`` as a key.

Such a text is an expression with tests in it; here it is a choice of all that it can be.
"""

from __future__ import annotations

import ast
import copy
from typing import Any

from gradgen.frontend.reader import Reader
from gradgen.frontend.texts import settled_text
from gradgen.frontend.values import Choice, Text
from gradgen.ir.nodes import Value
from gradgen.ir.spelling import HOLE

FEW = 64  # texts among which paths may decide


def chosen_text(r: Reader, text: Text) -> Any:
    """Return a text as a choice of constants, itself where it holds more than tests."""
    left = [FEW]
    return _opened(r, text.spelled, text.holes, left) or text


def _opened(r: Reader, e: ast.expr, holes: list[Value], left: list[int]) -> Any:
    """Return what an expression is, by its tests; None where there is more, or too much, in it."""
    inside = [n for n in ast.walk(e) if isinstance(n, ast.Name) and n.id.startswith(HOLE)]
    if not inside:
        left[0] -= 1
        return settled_text(e) if left[0] >= 0 else None
    asked = next((n.test for n in ast.walk(e) if isinstance(n, ast.IfExp)), None)
    if not isinstance(asked, ast.Name) or not asked.id.startswith(HOLE) or left[0] <= 0:
        return None
    test = holes[int(asked.id.removeprefix(HOLE))]
    sides = []
    for truth in (True, False):
        if r.facts.get(test, truth) is truth:
            taken = _Taken(holes, test, truth).visit(copy.deepcopy(e))
            sides.append(_opened(r, taken, holes, left))
    if any(side is None for side in sides):
        return None
    return sides[0] if len(sides) == 1 else Choice(test, *sides)


class _Taken(ast.NodeTransformer):
    """Puts the side of a test in the place of each choice by it."""

    def __init__(self, holes: list[Value], test: Value, truth: bool) -> None:
        self.holes, self.test, self.truth = holes, test, truth

    def visit_IfExp(self, node: ast.IfExp) -> Any:
        """Return the side that is taken."""
        asked = node.test
        hole = asked.id.removeprefix(HOLE) if isinstance(asked, ast.Name) else ""
        if hole.isdigit() and self.holes[int(hole)] is self.test:
            return self.visit(node.body if self.truth else node.orelse)
        return self.generic_visit(node)
