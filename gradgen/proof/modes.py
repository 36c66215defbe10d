"""Functions of derivatives: slopes along directions as functions that gradgen reads, at any order.

``slope_of(f, "rev", v)`` is ``x -> <gradient of f at x, v>``, ``slope_of(f, "fwd", v)`` the tangent
of ``f`` along ``v``.  Both are one number again, written as a small function around a generated
one, so that a derivative of them is a second derivative in one of the four mixes of modes.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

import gradgen
from gradgen.emission.module import load
from gradgen.errors import ArgumentError
from gradgen.gradient import Gradient
from gradgen.interpret.arguments import flatten, is_inexact, spell
from gradgen.proof.point import Point, Vector

MODES = ("rev", "fwd")


def base_of(point: Point) -> Callable[..., Any]:
    """Return the function as one of one number, for gradgen to read."""
    if point.plain and _named(point):
        return point.fn
    captures: dict[str, Any] = {"_f": point.fn}
    picked = "[0]" if point.has_aux else ""
    names = _names(point)
    call = f"_f({', '.join(names)}){picked}"
    if point.number:
        return _function("weighted", names, [f"return {call}"], captures)
    out = point.result(point.own_args())
    terms = []
    for k, ((path, leaf), weight) in enumerate(zip(flatten(out), point.weights, strict=True)):
        if np.any(weight):
            captures[f"_c{k}"] = _number(weight)
            part = spell(out, "y", path)
            terms.append(f"np.sum(_c{k} * {part})" if np.ndim(leaf) else f"_c{k} * {part}")
    body = [f"y = {call}", f"return {' + '.join(terms) or '0.0'}"]
    return _function("weighted", names, body, captures)


def slope_of(fn: Callable[..., Any], mode: str, point: Point, v: Vector) -> Callable[..., Any]:
    """Return the derivative along a direction as a function of the same arguments."""
    names = _names(point)
    if mode == "rev":
        return _reverse_slope(fn, point, names, v)
    if mode != "fwd":
        raise ArgumentError(f"there is no mode {mode!r}", hint="rev or fwd")
    made = generated(gradgen.jvp(fn, argnums=point.positions), point)
    captures: dict[str, Any] = {"_j": made}
    given = list(names)
    own = list(_parameters(made))
    for k, (place, tree) in enumerate(zip(point.positions, point.trees(v), strict=True)):
        captures[f"_t{k}"] = tree
        given.append(f"t_{own[place]}=_t{k}")
    return _function("slope", names, [f"return _j({', '.join(given)})[1]"], captures)


def _reverse_slope(
    fn: Callable[..., Any], point: Point, names: Sequence[str], v: Vector
) -> Callable[..., Any]:
    captures: dict[str, Any] = {"_g": gradgen.grad(fn, argnums=point.positions)}
    terms = []
    for k, tree in enumerate(point.trees(v)):
        for path, leaf in flatten(tree):
            own = is_inexact(leaf)
            if own and np.size(leaf):
                name = f"_v{len(captures)}"
                captures[name] = leaf
                part = spell(tree, f"d[{k}]", path)
                term = f"np.sum({name} * {part})" if isinstance(leaf, np.ndarray) else ""
                terms.append(term or f"{name} * {part}")
    body = [f"d = _g({', '.join(names)})", f"return {' + '.join(terms)}"]
    return _function("slope", names, body, captures)


def gradient_of(fn: Callable[..., Any], point: Point) -> Callable[[Vector], Vector]:
    """Return the gradient of a function of one number, by reverse mode, as one of a vector."""
    made = gradgen.grad(fn, argnums=point.positions)
    return lambda x: point.vector(made(*point.args_at(x, wide=not np.array_equal(x, point.x))))


def tangent_of(fn: Callable[..., Any], point: Point, w: Vector) -> Callable[[Vector], float]:
    """Return the derivative along a direction, by forward mode, as a function of a vector."""
    made = gradgen.jvp(fn, argnums=point.positions)
    trees = point.trees(w)

    def tangent(x: Vector) -> float:
        args = point.args_at(x, wide=not np.array_equal(x, point.x))
        return float(made(args, trees)[1])

    return tangent


def _names(point: Point) -> list[str]:
    """Return names of parameters: the user's, where each takes one argument."""
    if _named(point):
        return [n if not n.startswith("_") else f"a{k}" for k, n in enumerate(point.parameters)]
    return [f"a{k}" for k in range(len(point.parameters))]


def _named(point: Point) -> bool:
    return all(n.isidentifier() for n in point.parameters)


def generated(made: Gradient, point: Point) -> types.FunctionType:
    """Return the generated function that a derivative calls at the point."""
    return made.specialise(made.complete(point.own_args(), {})[0]).call


def _parameters(fn: types.FunctionType) -> tuple[str, ...]:
    return fn.__code__.co_varnames[: fn.__code__.co_argcount]


def _number(weight: Any) -> Any:
    return weight if isinstance(weight, np.ndarray) and weight.ndim else float(weight)


def _function(
    name: str, parameters: Sequence[str], body: Sequence[str], captures: dict[str, Any]
) -> Callable[..., Any]:
    lines = ["import numpy as np", "", "", f"def {name}({', '.join(parameters)}):"]
    text = "\n".join([*lines, *(f"    {line}" for line in body)]) + "\n"
    return load(text, name, captures)
