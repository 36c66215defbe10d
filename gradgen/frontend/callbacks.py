"""Functions that SciPy calls: they are printed as functions of the module, with all that they read.

Such a function is read by itself, as a recursive one is: the numbers of the functions around it
come in as parameters.  SciPy is given them as its ``args``.
"""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import ast
import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np

from gradgen.frontend.callables import from_library
from gradgen.frontend.objects import Method
from gradgen.frontend.reader import Reader
from gradgen.frontend.recursive_bodies import parameter
from gradgen.frontend.recursive_names import InnerReader, outer_leaves
from gradgen.frontend.recursive_states import Reading, Widened, leaf_type
from gradgen.frontend.structure import Structure, flatten, names_of_leaves, rebuild
from gradgen.frontend.values import Frame, LocalFunction, Ref, Seq
from gradgen.ir.nodes import (
    Block,
    Callee,
    Const,
    Function,
    Leaf,
    Undefined,
    Value,
    blocks_of,
    made_in,
)
from gradgen.ir.types import Type


def slope(func, first, second, args):
    """Return what a function gives, as an array."""
    return np.asarray(func(first, second, *args), dtype=float)


def number(func, x, args):
    """Return what a function gives, as a number."""
    return float(func(x, *args))


def callback(
    r: Reader,
    node: ast.AST,
    func: Any,
    params: list[tuple[str, Type]],
    args: Any,
    called: Any = slope,
) -> tuple[Callee, list[Value]]:
    """Read a function of some values and further arguments, and return it with what these are.

    ``called`` says how many there are, and what SciPy is to be given.
    """
    held, with_held = held_by(func)
    structure, given = flatten(r, Seq([args, held]), node)
    state = Reading(node, node, r.frame, {"args": structure})
    state.callee.name = name_of(func)
    state.types = [t for _, t in params] + [leaf_type(r, leaf) for leaf in given]
    for _ in range(60):
        try:
            _read(r, node, state, with_held, params, structure, called)
            break
        except Widened:
            continue
    else:
        r.refuse(node, "a function whose arguments do not settle", "pass them as args=")
    r.book.states[id(state)] = state
    given = [*given, *outer_leaves(r, node, state)]
    return state.callee, [r.read(leaf) for leaf in given]


def name_of(func: Any) -> str:
    """Return how a function is called in the module."""
    obj = func.node if isinstance(func, LocalFunction) else getattr(func, "obj", None)
    name = getattr(obj, "name", getattr(obj, "__name__", ""))
    return name if name.isidentifier() else "slope"


def _read(
    outer: Reader,
    node: ast.AST,
    state: Reading,
    with_held: Callable[[Any], Any],
    params: list[tuple[str, Type]],
    structure: Structure,
    called: Any,
) -> None:
    block, leaves = Block(), list[Leaf]()
    r = InnerReader(block, outer, state)
    frame = Frame(outer.frame.source, {}, outer.frame.globals, {}, None)
    frame.owner, frame.path = r, (id(node),)
    r.frame, r.leaves, r.b.span = frame, leaves, outer.span(node)
    kinds = iter(state.types)
    own = [parameter(r, leaves, name, next(kinds)) for name, _ in params]
    names = names_of_leaves(structure, "args")
    more = [parameter(r, leaves, _plain(name), next(kinds)) for name in names]
    for key, o in state.outer.items():
        labels = names_of_leaves(o.structure, o.name.strip())
        mine = [parameter(r, leaves, n, t) for n, t in zip(labels, o.types, strict=True)]
        r.imported[key] = rebuild(o.structure, iter(mine))
    given, held = rebuild(structure, iter(more)).items
    made = from_library(r, node, called, [with_held(held), *own, given], {})
    if any(isinstance(h, Ref) and r.versions[h.storage] is not h.value for h in r.held):
        outer.refuse(node, "a function that writes to its arguments", "return new values")
    block.results = [r.read(made)]
    _require_own(outer, node, block)
    written = [(leaf.param, leaf.value.type) for leaf in leaves]
    function = Function(state.callee.name, written, leaves, block, outer.span(node))
    function.captures = r.arrays
    state.callee.function = function


def held_by(func: Any) -> tuple[Any, Callable[[Any], Any]]:
    """Return what a function holds (defaults, its object), and what makes it of other values."""
    if isinstance(func, Method):
        return Seq([func.owner]), lambda held: Method(held.items[0], func.function)
    if isinstance(func, LocalFunction):
        count = len(func.defaults)
        return Seq([*func.defaults, *func.kw_defaults]), lambda held: dataclasses.replace(
            func, defaults=held.items[:count], kw_defaults=held.items[count:], at_hand=True
        )
    return Seq([]), lambda held: func


def _require_own(r: Reader, node: ast.AST, block: Block) -> None:
    """Refuse a function that holds numbers in another way: they are not known in the module."""
    own = made_in(block)
    read = (
        v for b in blocks_of(block) for v in (*b.results, *(u for op in b.ops for u in op.inputs))
    )
    if any(v not in own and not isinstance(v, Const | Undefined) for v in read):
        r.refuse(node, "a function that holds computed numbers", "pass them as args=")


def _plain(name: str) -> str:
    return name if name.isidentifier() else "value"
