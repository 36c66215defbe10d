"""A random program in forward mode and compiled, against the complex step."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np

import gradgen
from tests.pytrees import leaves, same_bits, same_leaf
from tests.references import assert_trees_close, directions, float_argnums

MODES = ("second", "forward", "numba")
RTOL, COMPILED_RTOL = 1e-9, 1e-11


def forward_fault(program: Any, args: tuple[Any, ...], value: Any, gradient: Any) -> str:
    """Tell what is wrong with the value and the tangent of forward mode; empty if nothing is."""
    argnums = float_argnums(args)
    tangents = directions(args, argnums)
    got, tangent = gradgen.jvp(program, argnums=argnums)(copy.deepcopy(args), tangents)
    pairs = zip(leaves(gradient), leaves(tangents), strict=True)
    products = [np.ravel(np.asarray(g, float) * np.asarray(t, float)) for (_, g), (_, t) in pairs]
    terms = np.concatenate(products)
    if not same_leaf(got, value):
        return f"the value {got!r}, expected {value!r}"
    far = abs(tangent - np.sum(terms)) > RTOL * max(1.0, float(np.sum(np.abs(terms))))
    return f"the tangent {tangent!r}, expected {np.sum(terms)!r}" if far else ""


def compiled_fault(program: Any, args: tuple[Any, ...], value: Any, gradient: Any) -> str:
    """Tell what is wrong with the value and the gradient of compiled code."""
    given = copy.deepcopy(args)
    function = gradgen.value_and_grad(program, argnums=float_argnums(args), backend="numba")
    got, found = function(*given)
    if abs(got - value) > COMPILED_RTOL * max(1.0, abs(value)):
        return f"the value {got!r}, expected {value!r}"
    try:
        assert_trees_close(found, gradient, RTOL)
    except AssertionError as error:
        return str(error)
    return "" if same_bits(given, args) else "the caller's arguments were changed"


FAULTS = {"forward": forward_fault, "numba": compiled_fault}
