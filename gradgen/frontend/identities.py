"""What depends on which object something is: `id`, and the objects in a set, in some order."""

from __future__ import annotations

import ast
import builtins
import dataclasses
import enum
import math
import types
from collections.abc import Iterator
from typing import Any

from gradgen.frontend.classes import found_in
from gradgen.frontend.describing import describe
from gradgen.frontend.entries import literal
from gradgen.frontend.evaluate import options
from gradgen.frontend.objects import class_of
from gradgen.frontend.reader import Reader
from gradgen.frontend.values import (
    Alike,
    Choice,
    Itself,
    Record,
    Seq,
    Static,
    Text,
    is_static,
    static_value,
)
from gradgen.ir.nodes import Const, Value
from gradgen.library.collections import KnownSet
from gradgen.library.sets import ComputedSet
from gradgen.syntax import nodes_in

FEW_KEYS = 64  # among which paths may decide
# What gives the same for a set in any order, but for the last bits of a sum.
IN_ANY_ORDER = (sum, min, max, any, all, sorted, len, set, frozenset, math.fsum)


# Calls that do nothing but give a result, by how they are spelled.
PURE = frozenset((
    "abs", "all", "any", "float", "fsum", "frozenset", "int", "len", "list", "max", "min", "round",
    "set", "sorted", "sqrt", "sum", "tuple",
))  # fmt: skip


class Identity(Itself):
    """What `id` gives for an object: it is good for comparisons, and as a key."""


def identity_of(r: Reader, owner: Any, node: ast.AST) -> Static:
    """Return what stands for `id(owner)`."""
    if not _is_told_apart(owner):
        r.refuse(node, f"id of a {describe(owner)}", "compare by `is`, or give objects a number")
    return Static(Identity(owner))


def key_of(r: Reader, value: Any) -> Any:
    """Return a key of a dict as a constant, a choice of these, or an object; else as it is."""
    value = literal(r, value)
    if isinstance(value, Text):
        # A cycle by nature: what is known of texts may be keys.
        from gradgen.frontend.chosen_texts import chosen_text

        return chosen_text(r, value)
    if _is_told_apart(value) and is_by_identity(value):
        return Static(Itself(value))
    if isinstance(value, Record) and fields_compared(value.kind):
        held = key_of(r, Seq([value.fields[name] for name in fields_compared(value.kind)]))
        known = all(map(is_static, options(held)))
        return _alike(value, held, isinstance(held, Choice)) if known else value
    several = isinstance(value, Seq) and issubclass(value.kind, tuple) and not is_static(value)
    return _opened(r, value) if several else value


def _alike(owner: Record, held: Any, chosen: bool) -> Any:
    """Return an object as a key, or as a choice of keys, each of an object of its own."""
    if isinstance(held, Choice):
        return Choice(held.test, _alike(owner, held.then, True), _alike(owner, held.other, True))
    if chosen:
        names = fields_compared(owner.kind)
        fields = {**owner.fields, **dict(zip(names, held.items, strict=True))}
        owner = Record(owner.kind, fields, joined=True)
    return Static(Alike(owner, static_value(held)))


def fields_compared(kind: Any) -> list[str]:
    """Return the fields by which objects of a class are keys, where these alone decide."""
    params = getattr(kind, "__dataclass_params__", None)
    if params is None or not (params.frozen and params.eq):
        return []
    methods = (found_in(kind, name) for name in ("__eq__", "__hash__"))
    own = all(isinstance(m, types.FunctionType) and is_made(m) for m in methods)
    return [f.name for f in dataclasses.fields(kind) if f.compare] if own else []


def is_made(function: types.FunctionType) -> bool:
    """Whether a method was written by ``dataclasses``, not by the user."""
    return function.__code__.co_filename == "<string>"


def _opened(r: Reader, key: Seq) -> Any:
    """Return a tuple of which paths decide between few constants as a choice of tuples."""
    items = [_by_path(key_of(r, r.settled(item))) for item in key.items]
    chosen = [options(item) for item in items]
    known = all(is_static(one) for several in chosen for one in several)
    few = known and math.prod(map(len, chosen)) <= FEW_KEYS
    return _tuples(items, key.kind) if few else key


def _by_path(number: Any) -> Any:
    """Return a number that is one of two constants, by a path, as a choice of these."""
    op = number.op if isinstance(number, Value) and number.type.weak else None
    if op is None or op.prim != "if":
        return number
    ends = [b.results[op.outputs.index(number)] for b in op.blocks]
    alike = all(isinstance(end, Const) for end in ends)
    return Choice(op.inputs[0], ends[0], ends[1]) if alike else number


def _tuples(items: list[Any], kind: Any) -> Any:
    k = next((k for k, item in enumerate(items) if isinstance(item, Choice)), None)
    if k is None:
        return Seq(items, kind)
    one = items[k]
    sides = (_tuples([*items[:k], side, *items[k + 1 :]], kind) for side in (one.then, one.other))
    return Choice(one.test, *sides)


def objects_of_set(r: Reader, value: Any) -> Seq | None:
    """Return the objects in a set, in the order in which they came there; None for other sets.

    Python's order is that of their addresses: no program can count on it.
    """
    if not isinstance(value, Record) or value.kind is not ComputedSet:
        return None
    held = r.settled(value.fields["items"])
    alike = isinstance(held, Seq) and held.grown is None
    return held if alike and all(map(is_by_identity, held.items)) else None


def note_any_order(node: ast.Call, callee: Any) -> None:
    """Mark what is looped over where the order does not matter: an argument of `max`, say."""
    free = isinstance(callee, Static) and any(callee.obj is f for f in IN_ANY_ORDER)
    if free or hasattr(node, "gradgen_in_any_order"):
        sums = isinstance(callee, Static) and callee.obj is sum
        loops = any(isinstance(n, ast.comprehension) for n in nodes_in(node))
        quiet = free and _calls_nothing(node) and not (sums and loops)
        for looped in (node, *_looped_over(node)):
            looped.gradgen_in_any_order = free  # type: ignore[attr-defined]
            looped.gradgen_quiet = quiet  # type: ignore[attr-defined]


def is_in_any_order(node: ast.AST) -> bool:
    """Whether the order does not matter in which something is looped over."""
    return getattr(node, "gradgen_in_any_order", False)


def is_quiet(node: ast.AST) -> bool:
    """Whether nothing tells in which order something is looped over: no key, no other call."""
    return getattr(node, "gradgen_quiet", False)


def _calls_nothing(node: ast.Call) -> bool:
    """Whether a call has no key, by which equal items differ, and calls what has no effects."""
    calls = [n for n in nodes_in(node) if isinstance(n, ast.Call)]
    if any(k.arg == "key" for n in calls for k in n.keywords):
        return False
    return all(ast.unparse(n.func).removeprefix("math.") in PURE for n in calls)


def _looped_over(node: ast.Call) -> Iterator[ast.expr]:
    for arg in node.args:
        yield arg
        if isinstance(arg, ast.GeneratorExp | ast.ListComp | ast.SetComp):
            yield from (part.iter for part in arg.generators)
        elif isinstance(arg, ast.Call) and isinstance(arg.func, ast.Name):
            function = getattr(builtins, arg.func.id, None)
            if function in (list, tuple, *IN_ANY_ORDER):
                yield from (arg, *_looped_over(arg))


def known_set_in_order(r: Reader, value: Any, node: ast.AST) -> Static | None:
    """Return what is known to be in a set, in Python's order; None for anything else.

    The order of texts is another one in each process: where it matters, that is refused.
    """
    as_made = True
    if isinstance(value, Record) and value.kind is KnownSet:
        made = value.fields["as_made"]
        as_made = isinstance(made, Const) and bool(made.const)
        value = r.settled(value.fields["held"])
    if not isinstance(value, Static) or not isinstance(value.obj, set | frozenset):
        return None
    items = value.obj
    if all(type(i) is int and 0 <= i < max(8, 2 * len(items)) for i in items):
        return Static(tuple(sorted(items)))  # each has its own place in Python's table
    seeded = any(map(_is_seeded, items))
    if len(items) < 2 or (as_made and not seeded):
        return Static(tuple(items))
    if not is_in_any_order(node):
        what = "a loop over a set of texts, whose order is another one in each process"
        if not seeded:
            what = "a loop over a set whose order follows from how it came to have its items"
        r.refuse(node, what, "loop over sorted(...) of it")
    return Static(tuple(sorted(items, key=repr)))


def _is_seeded(item: Any) -> bool:
    """Whether the hash of something depends on the process."""
    if isinstance(item, tuple | frozenset):
        return any(map(_is_seeded, item))
    return not isinstance(item, int | float | complex) or isinstance(item, enum.Enum)


def _is_told_apart(value: Any) -> bool:
    """Whether an object is no other one on any path, and under no other name."""
    made_here = isinstance(value, Record) and not value.given and not value.joined
    return made_here and class_of(value) is not None


def is_by_identity(item: Any) -> bool:
    """Whether an object is equal to itself alone, as a key."""
    kind = class_of(item) if isinstance(item, Record) else None
    return kind is not None and found_in(kind, "__hash__") is object.__hash__
