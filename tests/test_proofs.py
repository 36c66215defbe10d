"""Every loss of the corpus has its derivatives proved: no false alarm, both orders, both modes."""

from __future__ import annotations

import pytest

from gradgen.proof.prove import verify
from tests.cases import CONTROL, FUNCTIONS, LANGUAGE, LOSSES, MUTATION, NUMPY_OPS, Case, cases

REST = tuple(m for m in (*CONTROL, *FUNCTIONS, *LANGUAGE, *MUTATION, *NUMPY_OPS))
# The two modes do the same multiplications in another order.
DOT = 1e-13


def proved(case: Case) -> None:
    if case.may_be_refused:
        pytest.skip("may be refused")
    proof = verify(case.function, case.args(), case.argnums, seconds=0)
    assert proof.ok, str(proof)
    forward = proof.part("forward mode")
    assert forward is not None
    single = any(getattr(leaf, "dtype", None) == "float32" for leaf in case.args())
    if forward.ok is not None and not single:
        assert forward.data["error"] <= DOT, forward.summary


@pytest.mark.parametrize("case", cases(LOSSES))
def test_losses(case: Case) -> None:
    proved(case)


@pytest.mark.slow
@pytest.mark.parametrize("case", cases(REST)[::3])
def test_corpus(case: Case) -> None:
    proved(case)
