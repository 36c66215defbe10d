"""Views with the axes in another order, spelled by that order for compiled code."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import gradgen.rules.table  # noqa: F401  (fills the table of rules)
from gradgen.backends.axes import order_axes
from gradgen.ir.nodes import Op, Value
from gradgen.ir.types import array

A = np.arange(24.0).reshape(2, 3, 4)

VIEWS: list[tuple[str, dict[str, Any]]] = [
    ("swapaxes", {"axis1": 0, "axis2": 2}), ("swapaxes", {"axis1": -1, "axis2": 1}),
    ("swapaxes", {"axis1": 1, "axis2": 1}), ("transpose", {"axes": (1, 2, 0)}),
    ("transpose", {"axes": (0, -1, 1)}), ("transpose", {}), ("transpose", {"axes": None}),
    ("moveaxis", {"source": 2, "destination": 0}), ("moveaxis", {"source": 0, "destination": -1}),
    ("moveaxis", {"source": (0, 1), "destination": (-1, 0)}),
]  # fmt: skip


def spelled(prim: str, attrs: dict[str, Any]) -> np.ndarray:
    return A.T if prim == "T" else A.transpose(attrs["axes"])


@pytest.mark.parametrize(("prim", "attrs"), VIEWS)
def test_a_view_is_the_same_by_its_order(prim: str, attrs: dict[str, Any]) -> None:
    expected = getattr(np, prim)(A, **attrs)
    value = Value(array("float64", (2, 3, 4)))
    op = Op(prim, [value], [Value(array("float64", expected.shape))], dict(attrs))
    order_axes(op)
    assert np.array_equal(spelled(op.prim, op.attrs), expected)
    # Behind a view of another rank, the order is left as it is.
    path = (("T", 0, {}), (prim, 0, attrs), ("load", 1, {"index": "i"}), (prim, 0, attrs))
    store = Op("store", [value, value], [value], {"index": "i", "path": path})
    order_axes(store)
    _, (prim_by_order, _, by_order), _, last = store.attrs["path"]
    assert np.array_equal(spelled(prim_by_order, by_order), expected)
    assert last == (prim, 0, attrs)
