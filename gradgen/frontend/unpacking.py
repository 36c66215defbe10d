"""What is unpacked: the items of containers and of arrays, and how many there have to be."""

from __future__ import annotations

import ast
from typing import Any, NoReturn

from gradgen.frontend import asked
from gradgen.frontend.arguments import Refine, every_item, is_unknown_leaf
from gradgen.frontend.branches import on_each
from gradgen.frontend.chosen_iterables import chooses_arrays
from gradgen.frontend.describing import describe
from gradgen.frontend.iterables import (
    as_positions,
    counted,
    current,
    over_value,
    require_stepwise,
)
from gradgen.frontend.objects import class_of
from gradgen.frontend.reader import Reader
from gradgen.frontend.records import expanded
from gradgen.frontend.signals import Unpacked
from gradgen.frontend.unbound import unpackable
from gradgen.frontend.values import (
    Choice,
    Generator,
    Iteration,
    Lazy,
    Map,
    Once,
    Record,
    Ref,
    Seq,
    Static,
    UnknownShape,
    plain,
)
from gradgen.ir.nodes import Const, Op, Value
from gradgen.ir.types import Dim
from gradgen.passes.dce import EFFECTS


def sequence_items(r: Reader, value: Any, node: ast.AST, count: int | None = None) -> list[Any]:
    """Return the items of something that is unpacked into ``count`` names."""
    value = r.settled(expanded(r, value, node))  # a list that has grown is one of the graph
    if isinstance(value, UnknownShape) and count is not None:
        return [r.b.emit("dim", [value.array], axis=k) for k in range(count)]
    if isinstance(value, Once) and isinstance(value.over, list):
        return [current(r, item, node) for item in over_value(r, value, node)]  # type: ignore[union-attr]
    if isinstance(value, Generator | Lazy):
        # A cycle by nature: generators are comprehensions, which unpack.
        from gradgen.frontend.generators import all_items_of

        return sequence_items(r, all_items_of(r, node, value), node, count)
    if isinstance(value, Seq):
        asked.note(r, value, asked.COUNT)
        require_stepwise(value.items)
        return list(value.items)
    if isinstance(value, Record) or class_of(value):
        over = over_value(r, value, node)  # by its class's __iter__
        if isinstance(over, list):
            return [current(r, item, node) for item in over]
        return sequence_items(r, over, node, count)
    if isinstance(value, Map):
        return [plain(k) for k in every_item(r, node, value)]
    if isinstance(value, Static) and isinstance(value.obj, tuple | list | str):
        return [plain(o) for o in value.obj]
    unknown = is_unknown_leaf(value)
    if unknown and count is not None:
        raise Refine(unknown, ("unpack", count))
    if isinstance(value, Ref) and value.steps and value.value.type.kind == "any":
        r.refuse(node, "unpacking of what an unknown argument contains", "give example arguments")
    if isinstance(value, Ref | Once | Iteration) or (chooses_arrays(value) and count is not None):
        return entries(r, value, node, count)
    if isinstance(value, Choice):
        there = unpackable(r, value, node)
        if there is not value:
            return sequence_items(r, there, node, count)
        if _counted_on_a_path(r, value) and count is not None:
            return _on_each_path(r, value, node, count)
        both = [sequence_items(r, o, node, count) for o in (value.then, value.other)]
        if len(both[0]) == len(both[1]):
            return [Choice(value.test, a, b) for a, b in zip(*both, strict=True)]
    if count is not None and isinstance(value, Static) and value.obj is None:
        r.fail(node, TypeError("cannot unpack non-iterable NoneType object"))
    r.refuse(node, f"unpacking of a {describe(value)}", "unpack a tuple, a list or an array")


def _counted_on_a_path(r: Reader, value: Any) -> bool:
    """Whether a list of the graph, or an unknown value, is chosen on some path.

    Only there its items are counted, or asked for.
    """
    if isinstance(value, Choice):
        return any(_counted_on_a_path(r, r.settled(side)) for side in (value.then, value.other))
    return isinstance(value, Value | Ref) and r.read(value).type.kind in ("list", "any")


def _on_each_path(r: Reader, value: Choice, node: ast.AST, count: int) -> list[Any]:
    """Return the items that are unpacked, on each path those of what is chosen there."""

    def items(option: Any) -> Seq:
        found = sequence_items(r, option, node, count)
        if len(found) != count:
            fail_to_unpack(r, node, len(found), count)
        return Seq(found)

    return sequence_items(r, on_each(r, node, value, items), node, count)


def fail_to_unpack(r: Reader, node: ast.AST, found: int, count: int, least: str = "") -> NoReturn:
    """Raise what Python does where there are too few or too many items."""
    few = "not enough" if found < count else "too many"
    got = f", got {found}" if found < count else ""
    r.fail(node, ValueError(f"{few} values to unpack (expected {least}{count}{got})"))


def entries(r: Reader, ref: Any, node: ast.AST, count: int | None) -> list[Any]:
    """Return what an array or iteration gives, after a test of how many there are."""
    over = over_value(r, ref, node)
    assert isinstance(over, Iteration)
    few = counted(r, over) if count is None or over.bounds else over
    if isinstance(few, list):
        return few
    over = as_positions(r, over)
    length = over.length
    if isinstance(length, Const):
        if count is not None and id(node) in r.book.unpacked and isinstance(ref, Ref):
            _check_count(r, r.b.emit("len", [r.read(ref)]), count, node)
        count = length.const
    elif count is None:
        count = sorted_number(r.read(ref)) if isinstance(ref, Ref) else None
        if count is None:
            what = "unpacking by * of an array of unknown length"
            r.refuse(node, what, "name each item, or slice")
    else:
        _learn_length(r, ref, count, node)
        _check_count(r, length, count, node)
    return [over.element(Const(k)) for k in range(count)]


def sorted_number(v: Value) -> int | None:
    """Return how many there are in a list that was written out and then sorted."""
    op = v.op
    while op is not None and _rearranges(op):
        op = op.inputs[0].op
    return len(op.inputs) if op is not None and op.prim == "list" else None


def _rearranges(op: Op) -> bool:
    if op.prim == "load":
        step = op.inputs[-1]
        backwards = op.attrs.get("slices") == ((False, False, True),)
        return backwards and isinstance(step, Const) and step.const == -1
    return op.prim in ("items", "sort", "array_of_list")


def _check_count(r: Reader, length: Value, count: int, node: ast.AST) -> None:
    """Raise as Python does where there are more items to unpack, or fewer."""
    other = r.b.emit("ne", [length, Const(count)])
    few = f"not enough values to unpack (expected {count}, got {{_value_0}})"
    many = f"too many values to unpack (expected {count})"
    text = f"raise ValueError({many!r} if _value_0 > {count} else f'{few}')"
    attrs = {"text": text, "unpacks": count}
    r.b.append("raise_if", [other, length], [], span=r.span(node), attrs=attrs)
    r.facts = {**r.facts, other: False}


def _learn_length(r: Reader, ref: Any, count: int, node: ast.AST) -> None:
    """Have the function read again where this is sure to be the first that could fail in it."""
    shape = r.read(ref).type.shape if isinstance(ref, Ref) else None
    length = shape[0] if shape else None
    if not (r.book.learns_lengths and isinstance(length, Dim) and length.offset == 0):
        return
    before = r.b.block.ops
    symbols = {d.name for op in before if op.prim == "leaf" for d in op.out.type.shape or ()
               if isinstance(d, Dim)}  # fmt: skip
    if length.name in symbols and not any(map(_may_fail, before)):
        raise Unpacked(length.name, count, node)


def _may_fail(op: Op) -> bool:
    return bool(op.blocks) or (op.prim in EFFECTS and "unpacks" not in op.attrs)
