"""Integers that are known although a call or an array of NumPy's stands around them.

``np.int64(1)`` is not the literal 1: among numbers it has a dtype of its own.  Where an axis, a
length or a number of times is asked for, it is as good as one.
"""

from __future__ import annotations

import enum
import inspect
import math
import operator
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from gradgen.frontend.reader import Reader
from gradgen.frontend.special import METHOD_PLACES, places_of
from gradgen.frontend.values import Ref, Seq, Static
from gradgen.ir.nodes import Const, Op, Value
from gradgen.library import READ_METHODS
from gradgen.rules.places import entries
from gradgen.rules.registry import METHODS, RULES, Rule

# Parameters that take integers, and whose dtype means nothing.
COUNTS = frozenset((
    "axis", "axes", "axis1", "axis2", "axisa", "axisb", "axisc", "source", "destination", "offset",
    "k", "n", "N", "M", "num", "ddof", "decimals", "kth", "shift", "indices_or_sections", "order",
    "shape", "newshape", "reps", "pad_width", "start", "ord", "nu",
))  # fmt: skip
# Methods that take any number of them.
EACH = ("transpose", "reshape", "resize")
FOLDS: dict[str, Callable[..., Any]] = {
    "int": int, "neg": operator.neg, "add": operator.add, "sub": operator.sub,
    "mul": operator.mul, "pow": lambda base, power: base**power if power >= 0 else None,
    "floordiv": operator.floordiv, "mod": operator.mod,
    "array0": int, "astype": int, "arange": lambda *bounds: list(range(*bounds)),
    "array": lambda *items: list(items), "math.factorial": math.factorial,
    "math.comb": math.comb, "math.perm": math.perm, "math.gcd": math.gcd, "math.lcm": math.lcm,
}  # fmt: skip


def in_call(
    r: Reader, names: Sequence[str], args: list[Any], kwargs: dict[str, Any]
) -> tuple[list[Any], dict[str, Any]]:
    """Return a call's arguments, with what is known of its counts in their place."""
    out = [_plain(r, a) if n in COUNTS else a for a, n in zip(args, names, strict=False)]
    named = {k: _plain(r, v) if k in COUNTS else v for k, v in kwargs.items()}
    return [*out, *args[len(out) :]], named


def without_enums(args: list[Any], kwargs: dict[str, Any]) -> tuple[list[Any], dict[str, Any]]:
    """Return the arguments of a call of NumPy's, with what members of enums are as literals."""
    return [*map(_member, args)], {k: _member(v) for k, v in kwargs.items()}


def _member(value: Any) -> Any:
    """Return an argument, as a number or text where it is an enum's member of that kind."""
    if isinstance(value, Seq) and value.grown is None:
        items = [_member(i) for i in value.items]
        same = all(a is b for a, b in zip(items, value.items, strict=True))
        return value if same else Seq(items, value.kind)
    if not isinstance(value, Static) or not isinstance(value.obj, enum.Enum):
        return value
    if isinstance(value.obj, str):
        return Static(str.__str__(value.obj))
    number = int if isinstance(value.obj, int) else float
    return Const(number(value.obj)) if isinstance(value.obj, number) else value


def names_of(obj: Any, rule: Rule | None, reading: Any) -> Sequence[str]:
    """Return the names of what a function takes, in order, as far as they take integers."""
    if rule is not None:
        return [p if p in rule.options else "" for p in rule.params]
    if reading is not None:
        return list(inspect.signature(reading).parameters)
    try:
        return places_of(obj)
    except TypeError:  # not hashable, and so none of NumPy's
        return ()


def names_of_method(name: str, count: int) -> Sequence[str]:
    """Return the names of what a method takes behind the array itself, as far as above."""
    if name in EACH:
        return ("axes",) * count
    if name in METHOD_PLACES:
        return METHOD_PLACES[name].split()
    rule = RULES[METHODS[name]] if name in METHODS else None
    return names_of(None, rule, READ_METHODS.get(name))[1:]


def _plain(r: Reader, value: Any) -> Any:
    """Return an argument, as literals where they are known."""
    if isinstance(value, Const | Static):
        return value
    if isinstance(value, Seq) and value.grown is None:
        items = [_plain(r, i) for i in value.items]
        same = all(a is b for a, b in zip(items, value.items, strict=True))
        return value if same else Seq(items, value.kind)
    if not isinstance(value, Value | Ref):
        return value
    found = known(r.read(value))
    return value if found is None else _literal(found)


def _literal(found: Any) -> Any:
    return Seq([_literal(i) for i in found]) if isinstance(found, list) else Const(found)


def known(v: Value) -> Any:
    """Return the integer, or the nested list of integers, that a value certainly is, else None."""
    if isinstance(v, Const):
        return v.const if type(v.const) is int else None
    op = v.op
    if op is not None and op.prim == "items":
        return known(op.inputs[0])
    if op is None or not v.type.dtype.startswith(("int", "uint")):
        return None
    if op.prim == "load" and set(op.attrs["index"]) <= {"i", "s", ":"}:
        return _part(op)
    if op.prim not in FOLDS or set(op.attrs) - {"dtype"}:
        return None
    inputs = [known(i) for i in op.inputs]
    flat = op.prim == "array" or all(type(i) is int for i in inputs)
    return FOLDS[op.prim](*inputs) if flat and None not in inputs else None


def _part(op: Op) -> Any:
    """Return what is known of an entry, or of a slice."""
    base, *bounds = map(known, op.inputs)
    if not isinstance(base, list) or None in bounds:
        return None
    rest = iter(bounds)
    index: list[Any] = []
    for letter, v in entries(op.attrs["index"], op.attrs.get("slices", ()), op.inputs[1:]):
        if letter == "s":
            index.append(slice(*(None if bound is None else next(rest) for bound in v)))
        else:
            index.append(slice(None) if v is None else next(rest))
    try:
        return np.array(base)[tuple(index)].tolist()
    except IndexError:
        return None
