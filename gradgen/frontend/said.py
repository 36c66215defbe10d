"""What Python says when it raises by itself, for handlers that print or return it.

Python itself is asked, with numbers of the same kinds, since each version of it says it in its way.
"""

from __future__ import annotations

import ast
import contextlib
import itertools
import math
from collections import deque
from typing import Any, NoReturn

import numpy as np

from gradgen.frontend import row_kinds
from gradgen.frontend.attributes import dimension
from gradgen.frontend.reader import Reader
from gradgen.frontend.special import special
from gradgen.frontend.texts import joined_text, spelled
from gradgen.frontend.values import Ref, Seq, Static, Text, static_value
from gradgen.ir.nodes import Const, Value

PLACE, POPPED, STORED = "x[k]", "x.pop(k)", "x[k] = y"  # what says how long something is
HUGE = 10**400  # no float is as large
TRIED: dict[str, tuple[Any, ...]] = {
    "int": (-2, -3, 0, 1, 5000, HUGE), "bool": (True, False),
    "float": (-2.0, -3.0, 0.0, 1.0, 5e-324, 5000.0, 1e300, math.inf, math.nan),
}  # fmt: skip
WAY_OUT = "write the message itself there"
KNOWN = {"math": math, "np": np, "deque": deque}


def python_says(source: str, kind: type, which: int, *operands: Any) -> Any:
    """Stand for an argument of the exception that an expression raises."""
    raise NotImplementedError


@special(python_says, listed=False)
def _python_says(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    source, kind, which = (static_value(a) for a in args[:3])
    values = [r.settled(v) for v in args[3:]]
    if source in (PLACE, POPPED, STORED):
        return _of_place(r, node, source, values)
    errors = _raised(source, kind, values)
    if not errors:
        _refuse(r, node, kind)
    said = {error.args[which] for _, error in errors}
    if len(said) == 1:
        return Static(said.pop())
    holes: list[Value] = []
    first = spelled(r, values[0], node, holes)
    parts = {tuple(str(error).split(repr(tried[0]))) for tried, error in errors}
    if len(parts) != 1:
        _refuse(r, node, kind)
    kept: list[ast.expr] = []
    for k, part in enumerate(parts.pop()):
        kept += [ast.FormattedValue(first, ord("r"), None)] if k else []
        kept.append(ast.Constant(part))
    return Text(ast.JoinedStr(kept), holes)


def _refuse(r: Reader, node: ast.AST, kind: type) -> NoReturn:
    r.refuse(node, f"the text of a {kind.__name__} of this", WAY_OUT)


def _raised(
    source: str, kind: type[BaseException], values: list[Any]
) -> list[tuple[Any, BaseException]]:
    """Return what an expression raises, of numbers of these kinds that it raises this for."""
    code = compile(source, "<said>", "eval")
    found = []
    for tried in itertools.product(*map(_like, values)):
        if ("**" in source or "pow" in source) and HUGE in tried:
            continue  # a power of it may take for ever
        try:
            with contextlib.suppress(TypeError), np.errstate(all="ignore"):
                # The expression is one of this package's own.
                eval(code, KNOWN | dict(zip("ab", tried, strict=False)))
        except kind as error:
            found.append((tried, error))
        except Exception:  # it raises something else of these
            continue
    return found


def _like(value: Any) -> tuple[Any, ...]:
    """Return numbers of the kind of a value; a constant itself."""
    if isinstance(value, Const):
        return (value.const,)
    return TRIED.get(value.type.kind, (None,)) if isinstance(value, Value) else (None,)


def _of_place(r: Reader, node: ast.AST, source: str, values: list[Any]) -> Any:
    """Return what is said of a place beyond the ends of a list, a tuple or an array."""
    owner, key = values if len(values) == 2 else (values[0], None)
    if isinstance(owner, Ref) and r.read(owner).type.kind != "list":
        return _of_axes(r, node, owner, key)
    if (other := row_kinds.taken_for_lists(r)) and row_kinds.may_be_queue(r, owner):
        r.refuse(node, f"the text of an IndexError of what may be a list or a {other}", WAY_OUT)
    tuples = row_kinds.is_tuple(owner)
    if tuples is None:
        r.refuse(node, "the text of an IndexError of what may be a list or a tuple", WAY_OUT)
    if source == POPPED:
        return _of_pop(r, node, owner, key)
    name = "tuple" if tuples else "list"
    return Static(f"{name}{' assignment' if source == STORED else ''} index out of range")


def _of_pop(r: Reader, node: ast.AST, owner: Any, place: Any) -> Any:
    empty, beyond = Static("pop from empty list"), Static("pop index out of range")
    if isinstance(owner, Seq):
        return beyond if owner.items and place is not None else empty
    if place is None:
        return empty
    holes: list[Value] = []
    count = spelled(r, r.b.emit("len", [r.read(owner)]), node, holes)
    chosen = ast.IfExp(count, ast.Constant(beyond.obj), ast.Constant(empty.obj))
    return Text(chosen, holes)


def _of_axes(r: Reader, node: ast.AST, owner: Ref, key: Any) -> Any:
    """Return what NumPy says: the first axis along which a place is out of bounds."""
    places = key.items if isinstance(key, Seq) else [key]
    array, holes = r.read(owner), list[Value]()
    said: ast.expr | None = None
    for axis, place in reversed(list(enumerate(places))):
        at = spelled(r, place, node, holes)
        size = spelled(r, dimension(r, array, axis), node, holes)
        one = joined_text("index ", at, f" is out of bounds for axis {axis} with size ", size)
        inside = ast.Compare(ast.UnaryOp(ast.USub(), size), [ast.LtE(), ast.Lt()], [at, size])
        said = one if said is None else ast.IfExp(inside, said, one)
    assert said is not None
    return Text(said, holes) if holes else Static(None)
