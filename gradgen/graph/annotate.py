"""The numbers under the boxes: what each value was, and its adjoint, at example arguments."""

from __future__ import annotations

import inspect
import math
import types
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from gradgen.errors import ArgumentError
from gradgen.graph.graph import Graph
from gradgen.graph.model import Note
from gradgen.ir.evaluate import MISSING, Frame, evaluate
from gradgen.ir.nodes import Block, Function, Op, Value

FEW = 5
DIGITS = 4


def annotated(fn: Callable[..., Any], args: Sequence[Any], options: Any = None) -> Graph:
    """Return the graph of a function with the values and adjoints at some arguments.

    Parameters
    ----------
    fn : function
        The user's function.
    args : sequence
        Its arguments; those at the end that have defaults may be left out.
    options : Options, optional
        What is differentiated.
    """
    from gradgen.pipeline import run

    values = complete(fn, args)
    program = run(fn, tuple(values.values()), options, until="adjoint")
    if isinstance(fn, types.MethodType):
        values = {fn.__func__.__code__.co_varnames[0]: fn.__self__, **values}
    function = program.function
    notes = notes_of(function, program.adjoints, evaluate(function, values))
    return Graph(forward_part(function), notes)


def forward_part(function: Function) -> Function:
    """Return a function without its reverse sweep."""
    body = Block(function.body.params, [op for op in function.body.ops if not op.reverse])
    body.results = [function.result["loss"]]
    return replace(function, body=body)


def complete(fn: Callable[..., Any], args: Sequence[Any]) -> dict[str, Any]:
    """Return all arguments by name, defaults filled in.

    Raises
    ------
    ArgumentError
        If there are too few or too many.
    """
    try:
        bound = inspect.signature(fn).bind(*args)
    except TypeError as error:
        name = getattr(fn, "__name__", "the function")
        raise ArgumentError(f"the example arguments do not fit {name!r}: {error}") from None
    bound.apply_defaults()
    return dict(bound.arguments)


def notes_of(function: Function, adjoints: dict[Value, Value], frame: Frame) -> dict[Value, Note]:
    """Return what to write under each forward value of a run.

    Inside a loop that is the value in its last turn; adjoints are those of values outside loops
    and branches.
    """
    from gradgen.diff.activity import varied

    active = varied(function)
    notes = {v: Note(_shown(turn, x), shape=_shape(x)) for turn, v, x in _forward(frame)}
    for v, x in frame.values.items():
        if v not in notes or v not in active:
            continue
        g = adjoints.get(v)
        try:
            adjoint = 0.0 if g is None else frame.read(g)
        except KeyError:
            continue
        notes[v] = replace(notes[v], adjoint=describe(_like(adjoint, x)))
    return notes


def _forward(frame: Frame, turns: int = 0) -> Iterator[tuple[int, Value, Any]]:
    """Yield the values of the forward sweep, those in loops at their last turn."""
    for v, x in frame.values.items():
        if v.op is None or not v.op.reverse:
            yield turns, v, x
    for op, runs in frame.inside.items():
        if not op.reverse and runs:
            yield from _forward(runs[-1], len(runs) if _is_loop(op) else turns)


def _is_loop(op: Op) -> bool:
    return op.prim in ("for", "while")


def _shown(turns: int, x: Any) -> str:
    return f"{describe(x)} (turn {turns})" if turns > 1 else describe(x)


def _like(adjoint: Any, value: Any) -> Any:
    """Return an adjoint in the shape of its value, for which it may stand as one number."""
    if isinstance(value, np.ndarray) and np.shape(adjoint) != value.shape:
        return np.broadcast_to(adjoint, value.shape)
    return adjoint


# --- numbers as text ------------------------------------------------------------------------


def describe(x: Any) -> str:
    """Return a number or array in a few words."""
    if x is MISSING:
        return "not assigned"
    if isinstance(x, np.ndarray):
        return _describe_array(x)
    if isinstance(x, list):
        return f"list of {len(x)}"
    if isinstance(x, bool | np.bool_ | int | np.integer | float | np.floating):
        return number(x)
    return type(x).__name__


def number(x: Any) -> str:
    """Return a number with few digits."""
    if isinstance(x, bool | np.bool_):
        return str(bool(x))
    if isinstance(x, int | np.integer):
        return str(int(x))
    if not math.isfinite(x):
        return str(float(x))
    return f"{float(x):.{DIGITS}g}".replace("e-0", "e-").replace("e+0", "e").replace("e+", "e")


def _describe_array(x: np.ndarray[Any, Any]) -> str:
    if x.size == 0:
        return "empty"
    if x.size <= FEW:
        return _entries(x.tolist())
    if x.dtype.kind == "b":
        return f"{np.count_nonzero(x)} of {x.size} true"
    finite = x[np.isfinite(x)]
    bad = x.size - finite.size
    if finite.size == 0:
        return "none finite"
    low, high = finite.min(), finite.max()
    if low == high and not bad:
        return f"{number(low)} everywhere"
    text = f"{number(low)} … {number(high)}  mean {number(finite.mean())}"
    return f"{text}  {bad} not finite" if bad else text


def _entries(x: Any) -> str:
    return f"[{', '.join(map(_entries, x))}]" if isinstance(x, list) else number(x)


def _shape(x: Any) -> str:
    """Return the shape of an array: ``64x10``."""
    return "x".join(map(str, x.shape)) if isinstance(x, np.ndarray) else ""


__all__ = ["annotated", "complete", "describe", "notes_of"]
