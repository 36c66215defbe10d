"""Lengths of what may be None on another path: lists, and arrays, which have no truth value."""

import ast

import numpy as np
import pytest

from gradgen.emission.list_forms import list_or_nothing
from gradgen.ir.nodes import Op, Value
from gradgen.ir.types import Type, array, integer, scalar

LIST = Type("list", item=scalar("float64"))


@pytest.mark.parametrize(
    ("of", "held", "expected"),
    [
        (LIST, [0.5, 1.5], 2),
        (LIST, None, 0),
        (array("float64", (None,)), np.ones(3), 3),
        (array("float64", (None,)), None, 0),
    ],
)
def test_length_of_what_may_be_none(of, held, expected):
    op = Op("len", [Value(of, "x")], [Value(integer())], {"unsure": True})
    e = list_or_nothing(op, ast.Name("x", ast.Load()))
    assert len(eval(ast.unparse(e), {"x": held})) == expected
