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
# How many statements of a case can go without changing the gradient, each of them looked at: a
# higher number means that the arguments are too poor, or that the text does needless work.
IDLE = {
    # Restored for the last trip alone, where it still stands.
    "convolution": 1, "branch_of_slices": 1, "none_before_first_turn": 1, "ping_pong_lists": 1,
    "loop_of_slices": 1, "returns_from_while": 2, "trajectory": 1, "range_in_tuple": 2,
    "endless_return": 1, "retries": 1, "return_from_loop": 1, "return_from_nested_loop": 1,
    "multiply_at_parts": 1, "returns_on_some_paths": 1, "appended": 1,
    # Subtracted before exp or to centre, which has no part in the result; an iteration converged.
    "weighted_statistics": 1, "attention": 1, "newton_root": 2,
    # Stored over before it is read, or times zero.
    "overwritten_unread": 1, "every_operator": 1, "chained_targets": 1, "element_swaps": 1,
    "computed_bounds": 1, "mask_augmented": 1, "out_of_reductions": 1, "put_into_matrix": 1,
    "placed_values": 1, "over_constants": 1, "stores_and_jumps": 1,
    # Zeros of an adjoint that nothing is added to on the path that is left.
    "alias_or_copy": 1, "optional_weight": 1, "named_views": 1, "none_or_array_in_loop": 2,
    "aliases_and_break": 2,
    # On a path that floats do not take: ties, equality, an empty loop whose sums are constants.
    "extremes_at_places": 1, "match_classes": 2, "else_jumps_outside": 2, "endless_helper": 3,
    # Loops run again: the length of a part, and lists that are kept for the next call.
    "inner_only": 1, "steps_of_three": 1, "with_loops": 5, "few_states_in_place": 1,
    "few_states_of_rows": 5,
}  # fmt: skip
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
@pytest.mark.parametrize("least, modules", [(250, LOSSES), (1800, MUTATION), (1250, CONTROL)])
def test_missing_statements_are_noticed(least: int, modules: tuple[str, ...]) -> None:
    tried, survivors = 0, []
    for case in [param.values[0] for param in cases(modules)]:
        if case.may_be_refused:
            continue
        function = value_and_gradient(case)
        function(*case.args())
        text = function.source
        if MARK in text:
            count, missed = survivors_of(case, text)
            tried += count
            survivors += missed if len(missed) > IDLE.get(case.name, 0) else []
    assert tried > least
    assert not survivors, "\n".join(survivors)
