"""Calls with ``*items`` of a list whose length is not known: ``f(a, *items)``.

What the function's own parameters do not take goes on as the tuple of its ``*`` parameter. Where
it has none, the list has to have as many items as the function takes: the text tests for it.
"""

from __future__ import annotations

import ast
import types
from typing import Any

from gradgen.frontend.evaluate import evaluate
from gradgen.frontend.lists import is_list
from gradgen.frontend.objects import Method
from gradgen.frontend.parameters import Spread
from gradgen.frontend.reader import Reader
from gradgen.frontend.source import source_of
from gradgen.frontend.values import Iteration, LocalFunction, Once, Seq, Static
from gradgen.ir.nodes import Const

MISFIT = "raise TypeError(f'takes {wanted} arguments by *, but {{_value_0}} were given')"
WAY_OUT = "give the function the list itself"
VARARGS = 0x04  # the flag of code with a * parameter
FEW = "if len(items) < most:\n    raise error('too few arguments by *')\nout = items"


def spread_arguments(r: Reader, node: ast.Call, callee: Any) -> list[Any] | None:
    """Return the arguments by place of a call that ends with ``*items``; None for other calls."""
    if not node.args or not isinstance(node.args[-1], ast.Starred):
        return None
    if any(isinstance(a, ast.Starred) for a in node.args[:-1]):
        return None
    spec, bound = _parameters(callee)
    if spec is None or spec.vararg is None:
        return None
    given = [evaluate(r, a) for a in node.args[:-1]]
    items = r.settled(evaluate(r, node.args[-1].value))
    if not is_list(r, items):
        return [*given, *_known(r, items, node.args[-1])]
    named = [*spec.posonlyargs, *spec.args]
    missing = len(named) - bound - len(given)
    if missing > 0 and len(spec.defaults) > 0:
        what = "a call with a list of unknown length for parameters that have defaults"
        r.refuse(node, what, WAY_OUT)
    return [*given[: len(named) - bound], *_shared(r, node, items, given, missing)]


def wanted_by_star(node: ast.Call, callee: Any) -> int | None:
    """Return how many arguments ``*items`` has to give, None where the function leaves it open."""
    starred = [a for a in node.args if isinstance(a, ast.Starred)]
    if len(starred) != 1 or any(k.arg is None for k in node.keywords):
        return None
    names = _required(callee)
    if names is None:
        return None
    return len(names) - (len(node.args) - 1) - len({k.arg for k in node.keywords} & {*names})


def _required(callee: Any) -> list[str] | None:
    """Return the parameters by place, None of a function that could do with fewer or more."""
    if isinstance(callee, LocalFunction):
        spec = callee.node.args
        places = [a.arg for a in (*spec.posonlyargs, *spec.args)]
        return None if callee.kept or spec.vararg or spec.defaults else places
    function, bound = _function(callee)
    if function is None or function.__defaults__ or function.__code__.co_flags & VARARGS:
        return None
    return list(function.__code__.co_varnames[bound : function.__code__.co_argcount])


def items_by_star(r: Reader, node: ast.Starred, wanted: int | None) -> list[Any]:
    """Return the arguments that ``*items`` gives to a function that takes as many as are wanted."""
    # A cycle by nature: what is unpacked is looped over, and loops call functions.
    from gradgen.frontend.iterables import as_positions, over_value
    from gradgen.frontend.unpacking import sequence_items, sorted_number

    value = r.settled(evaluate(r, node.value))
    of_graph = is_list(r, value) and sorted_number(r.read(value)) is None
    if wanted is None or not (isinstance(value, Once) or of_graph):
        return sequence_items(r, value, node)
    over = over_value(r, value, node)
    if not isinstance(over, Iteration) or isinstance(over.length, Const):
        return sequence_items(r, value, node)
    over = as_positions(r, over)
    text = MISFIT.format(wanted=wanted)
    other = r.b.emit("ne", [over.length, Const(wanted)])
    r.b.append("raise_if", [other, over.length], [], span=r.span(node), attrs={"text": text})
    r.facts = {**r.facts, other: False}
    return [over.element(Const(k)) for k in range(wanted)]


def _known(r: Reader, items: Any, node: ast.Starred) -> list[Any]:
    from gradgen.frontend.unpacking import sequence_items

    return sequence_items(r, items, node)


def _parameters(callee: Any) -> tuple[ast.arguments | None, int]:
    """Return the parameters of a function that is read, and how many of them are given before."""
    if isinstance(callee, LocalFunction):
        return (None if callee.kept else callee.node.args), 0
    function, bound = _function(callee)
    if function is None or not function.__code__.co_flags & VARARGS:
        return None, 0
    return source_of(function).node.args, bound


def _function(callee: Any) -> tuple[types.FunctionType | None, int]:
    """Return a function from outside that is read, and how many arguments it has before a call."""
    function = callee.function if isinstance(callee, Method) else getattr(callee, "obj", None)
    if not isinstance(function, types.FunctionType) or not isinstance(callee, Method | Static):
        return None, 0
    if function.__module__.startswith("gradgen."):
        return None, 0
    return function, int(isinstance(callee, Method))


def _shared(r: Reader, node: ast.Call, items: Any, given: list[Any], missing: int) -> list[Any]:
    """Return the items that parameters take by themselves, and all others together."""
    if missing <= 0:
        first = Seq(given[len(given) + missing :], list)
        return [Spread(_read(r, node, "out = tuple([*first, *items])", items, first=first))]
    _require_items(r, node, items, missing)
    taken = [_read(r, node, "out = items[k]", items, k=Const(k)) for k in range(missing)]
    return [*taken, Spread(_read(r, node, "out = tuple(items[k:])", items, k=Const(missing)))]


def _require_items(r: Reader, node: ast.Call, items: Any, most: int) -> None:
    """Raise where a list has fewer items than a call needs."""
    _read(r, node, FEW, items, most=Const(most), error=Static(TypeError))


def _read(r: Reader, node: ast.Call, text: str, items: Any, **values: Any) -> Any:
    # A cycle by nature: statements call functions.
    from gradgen.frontend.aggregates import run_text

    return run_text(r, node, text, "out", items=items, **values, **{
        f.__name__: Static(f) for f in (tuple, max, min) if f"{f.__name__}(" in text
    })  # fmt: skip


def extreme(r: Reader, node: ast.Call, callee: Any) -> Any:
    """Return ``max(*items)`` or ``min(*items)`` of a list of unknown length; None for others."""
    known = isinstance(callee, Static) and any(callee.obj is f for f in (max, min))
    if not known or node.keywords:
        return None
    match node.args:
        case [ast.Starred(ast.Name() as name)]:
            items = r.settled(evaluate(r, name))
        case _:
            return None
    if not is_list(r, items):
        return None
    _require_items(r, node, items, 2)
    return _read(r, node, f"out = {callee.obj.__name__}(items)", items)
