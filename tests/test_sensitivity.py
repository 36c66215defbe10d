"""The checks themselves are checked: take one reverse statement out, and they must notice."""

from __future__ import annotations

import ast
import copy
import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.cases import CONTROL, LOSSES, MUTATION, Case, cases, value_and_gradient
from tests.checks import run_text
from tests.pytrees import leaves
from tests.references import assert_trees_close, reference_gradient

MARK = "# --- reverse"
# The shares that may stay unnoticed, for the corpus's arguments leave some adjoints at zero and
# some branches untaken: as measured; to be lowered when arguments are better, never raised.
ALLOWED_SURVIVORS = {"losses": 0.01, "mutation": 0.025, "control": 0.075}
# Here a statement can go without changing the gradient: what is subtracted before exp or to centre
# has no part in the result, an iteration has converged, a stored value is lost again, a value is
# restored for the last trip alone, where it still stands.
IDLE = {
    "mlp_cross_entropy",
    "attention",
    "weighted_statistics",
    "newton_root",
    "overwritten_unread",
    "over_constants",
    "return_from_loop",
    "return_from_nested_loop",
}
# A place is cleared, or an array copied, in case it is read or written again; it need not be.
PRECAUTION = re.compile(r" = 0\.0$|\.copy\(\)$")


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


def survives(text: str, args: tuple, expected: tuple, rtol: float) -> bool:
    """Tell whether a damaged text still passes for right."""
    try:
        with time_limit(2.0):
            _, gradient = run_text(text, args)
        if len(list(leaves(gradient))) != len(list(leaves(expected))):
            return False
        assert_trees_close(gradient, expected, rtol)
    except Exception:
        return False
    return True


def survivors_of(case: Case, text: str) -> tuple[int, list[str]]:
    """Return how many statements there were, and those that nothing misses."""
    references = [
        (args, *reference_gradient(case.function, args, case.argnums))
        for args in [case.args(), *case.more_args()]
    ]
    tried, missed = 0, []
    for removed, damaged in without_one(text):
        tried += 1
        if all(survives(damaged, copy.deepcopy(args), *known) for args, *known in references):
            if not PRECAUTION.search(removed):
                missed.append(f"{case.name}: {removed}")
    return tried, missed


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    "name, modules", [("losses", LOSSES), ("mutation", MUTATION), ("control", CONTROL)]
)
def test_missing_statements_are_noticed(name: str, modules: tuple[str, ...]) -> None:
    tried, survivors = 0, []
    for case in [param.values[0] for param in cases(modules)]:
        if case.may_be_refused or case.name in IDLE:
            continue
        function = value_and_gradient(case)
        function(*case.args())
        text = function.source
        if MARK in text:
            count, missed = survivors_of(case, text)
            tried, survivors = tried + count, survivors + missed
    assert tried > 100
    assert len(survivors) <= ALLOWED_SURVIVORS[name] * tried, "\n".join(survivors)
