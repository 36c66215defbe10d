"""Generated modules compared with files that a person has read.

``pytest --update-golden`` rewrites them; read the difference before committing it.
"""

from __future__ import annotations

from pathlib import Path

import pytest

import gradgen
from tests.cases import Case

GOLDEN = Path(__file__).parent / "golden"
CHOSEN = [
    Case("losses", "linear_regression"),
    Case("losses", "logistic_regression"),
    Case("losses", "mlp_squared"),
    Case("losses", "mlp_cross_entropy"),
    Case("losses", "rosenbrock_loop"),
    Case("losses", "rosenbrock_vector"),
    Case("losses", "product"),
    Case("losses", "huber"),
    Case("losses", "rnn"),
    Case("losses", "newton_root"),
    Case("python_losses", "ridge"),
    Case("python_losses", "early_return"),
    Case("mutation", "nested_update"),
    Case("mutation", "store_in_branch"),
    Case("mutation_views", "heat_in_place"),
    Case("control_jumps", "tuple_in_range"),
    Case("control_jumps", "loop_else"),
    Case("control_statements", "walrus_in_while"),
    Case("control_statements", "guarded"),
    Case("control_statements", "match_computed"),
    Case("recursion", "recursive_loss"),
    Case("recursion", "deep_network"),
    Case("recursion", "quadrature"),
    Case("lang_row_stores", "table"),
    Case("lang_unpacked", "decay"),
    Case("lang_unpacked", "of_logarithms"),
    Case("lang_stepped_iterators", "pairs_by_next"),
    Case("lang_letters", "aligned"),
    Case("lang_computed_slices", "network"),
    Case("lang_computed_slices", "all_lags"),
    Case("lang_computed_slices", "convolved"),
    Case("lang_optional_keys", "over_items"),
    Case("lang_sorted_pairs", "groups_in_order"),
    Case("lang_open_dicts", "trades_with_exits"),
    Case("lang_finance", "savings"),
    Case("checkpoints", "recurrence"),
    Case("checkpoints", "heat"),
    Case("checkpoints", "until"),
    Case("checkpoints", "leaves_early"),
    Case("checkpoints", "cells_in_checkpoint"),
    Case("checkpoints", "few_states"),
]
# For these, the text for Numba too.
COMPILED = [
    Case("losses", "mlp_cross_entropy"),
    Case("mutation_views", "heat_in_place"),
    Case("recursion", "recursive_loss"),
    Case("control_statements", "guarded"),
]


def emitted(case: Case, typed: bool) -> str:
    """Return the generated module of a case."""
    given = case.args() if typed else None
    return gradgen.emit(case.function, argnums=case.argnums, example_args=given)


def compare(text: str, path: Path, update: bool) -> None:
    """Compare a text with a file, or write the file."""
    if update:
        path.write_text(text)
    assert path.exists(), f"{path.name} is missing; run pytest --update-golden"
    assert text == path.read_text()


@pytest.mark.parametrize("case", CHOSEN, ids=lambda case: case.name)
def test_typed_text(case: Case, pytestconfig: pytest.Config) -> None:
    update = pytestconfig.getoption("--update-golden")
    compare(emitted(case, typed=True), GOLDEN / f"{case.name}.py", update)


def test_generic_text(pytestconfig: pytest.Config) -> None:
    update = pytestconfig.getoption("--update-golden")
    text = emitted(CHOSEN[0], typed=False)
    compare(text, GOLDEN / f"{CHOSEN[0].name}_generic.py", update)


@pytest.mark.parametrize("case", COMPILED, ids=lambda case: case.name)
def test_text_for_numba(case: Case, pytestconfig: pytest.Config) -> None:
    update = pytestconfig.getoption("--update-golden")
    args = case.args()
    text = gradgen.emit(case.function, argnums=case.argnums, example_args=args, backend="numba")
    compare(text, GOLDEN / f"{case.name}_numba.py", update)


def test_no_stale_files() -> None:
    expected = {f"{case.name}.py" for case in CHOSEN} | {f"{CHOSEN[0].name}_generic.py"}
    expected |= {f"{case.name}_numba.py" for case in COMPILED}
    assert {path.name for path in GOLDEN.glob("*.py")} == expected
