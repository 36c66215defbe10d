"""The checks themselves are checked: take one reverse statement out, and they must notice."""

from __future__ import annotations

import ast
import signal
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest

from tests.cases import LOSSES, MUTATION, Case, cases, value_and_gradient
from tests.checks import run_text
from tests.pytrees import leaves
from tests.references import assert_trees_close, reference_gradient

MARK = "# --- reverse"
ALLOWED_SURVIVORS = 0.01


def reverse_statements(tree: ast.Module, first_line: int) -> Iterator[tuple[list[ast.stmt], int]]:
    """Yield (list of statements, place) of every assignment in the reverse section."""
    for node in ast.walk(tree):
        for field in ("body", "orelse"):
            statements = getattr(node, field, [])
            for place, statement in enumerate(statements if isinstance(statements, list) else []):
                if isinstance(statement, ast.Assign | ast.AugAssign | ast.Expr) and (
                    statement.lineno > first_line
                ):
                    yield statements, place


def without_one(text: str) -> Iterator[tuple[str, str]]:
    """Yield (statement, text without it) for every statement of the reverse section."""
    lines = text.splitlines()
    first = next(number for number, line in enumerate(lines, 1) if MARK in line)
    count = len(list(reverse_statements(ast.parse(text), first)))
    for number in range(count):
        tree = ast.parse(text)
        statements, place = list(reverse_statements(tree, first))[number]
        removed = ast.unparse(statements[place])
        statements[place] = ast.copy_location(ast.Pass(), statements[place])
        yield removed, ast.unparse(tree)


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Stop a damaged text that loops for ever."""

    def stop(*_: object) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0.0)
        signal.signal(signal.SIGALRM, before)


def survives(case: Case, text: str, expected: tuple, rtol: float) -> bool:
    """Tell whether a damaged text still passes for right."""
    try:
        with time_limit(2.0):
            _, gradient = run_text(text, case.args())
        if len(list(leaves(gradient))) != len(list(leaves(expected))):
            return False
        assert_trees_close(gradient, expected, rtol)
    except Exception:
        return False
    return True


@pytest.mark.slow
@pytest.mark.parametrize("modules", [LOSSES, MUTATION], ids=["losses", "mutation"])
def test_missing_statements_are_noticed(modules: tuple[str, ...]) -> None:
    tried, survivors = 0, []
    for param in cases(modules):
        case = param.values[0]
        text = value_and_gradient(case).source
        if MARK not in text:
            continue
        expected, rtol = reference_gradient(case.function, case.args(), case.argnums)
        for removed, damaged in without_one(text):
            tried += 1
            with warnings.catch_warnings(), np.errstate(all="ignore"):
                warnings.simplefilter("ignore")
                if survives(case, damaged, expected, rtol):
                    survivors.append(f"{param.id}: {removed}")
    assert tried > 100
    assert len(survivors) <= ALLOWED_SURVIVORS * tried, "\n".join(survivors)
