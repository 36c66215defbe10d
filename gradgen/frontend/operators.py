"""Python's operators and what they mean on values of the graph."""

from __future__ import annotations

import ast
import enum
import operator
import types
from typing import Any

import numpy as np

from gradgen.frontend import asked, lists, misfits, row_kinds, texts
from gradgen.frontend.arguments import any_items
from gradgen.frontend.branches import distribute
from gradgen.frontend.classes import MISSING, found_in
from gradgen.frontend.evaluate import as_value, options
from gradgen.frontend.exact_kinds import is_exact
from gradgen.frontend.lists import as_array, is_list
from gradgen.frontend.objects import class_of
from gradgen.frontend.operands import are_of_python, fail_as_python
from gradgen.frontend.reader import Reader
from gradgen.frontend.special_methods import overloaded
from gradgen.frontend.unbound import merged
from gradgen.frontend.values import Choice, LocalFunction, Map, Record, Ref, Seq, Static
from gradgen.ir import lengths
from gradgen.ir.nodes import Const, Value
from gradgen.ir.types import Type
from gradgen.library.collections import KnownSet
from gradgen.library.sets import ComputedSet

BINARY = {
    ast.Add: "add", ast.Sub: "sub", ast.Mult: "mul", ast.Div: "div", ast.Mod: "mod",
    ast.FloorDiv: "floordiv", ast.Pow: "pow", ast.MatMult: "matmul", ast.BitAnd: "bitand",
    ast.BitOr: "bitor", ast.BitXor: "bitxor", ast.LShift: "lshift", ast.RShift: "rshift",
}  # fmt: skip
COMPARE = {
    ast.Lt: "lt", ast.LtE: "le", ast.Gt: "gt", ast.GtE: "ge", ast.Eq: "eq", ast.NotEq: "ne",
    ast.Is: "is", ast.IsNot: "is_not",
}  # fmt: skip
UNARY = {ast.USub: "neg", ast.UAdd: "pos", ast.Not: "not", ast.Invert: "invert"}
FOLD = {
    "add": operator.add, "sub": operator.sub, "mul": operator.mul, "floordiv": operator.floordiv,
    "mod": operator.mod, "lshift": operator.lshift, "rshift": operator.rshift,
    "bitand": operator.and_, "bitor": operator.or_, "bitxor": operator.xor, "pow": operator.pow,
    "neg": operator.neg, "pos": operator.pos, "not": operator.not_,
    "lt": operator.lt, "le": operator.le, "gt": operator.gt, "ge": operator.ge,
    "eq": operator.eq, "ne": operator.ne, "is": operator.is_, "is_not": operator.is_not,
}  # fmt: skip
MOST_FOLDED = 1e15  # of literals: whole numbers are exact as floats
SHIFTS, MOST_SHIFTED = ("lshift", "rshift"), 64
SETS: dict[str, Any] = {
    "bitor": operator.or_, "bitand": operator.and_, "sub": operator.sub, "bitxor": operator.xor,
}  # fmt: skip
OF_SETS = {"bitor": "|", "bitand": "&", "sub": "-", "bitxor": "^"}


def binary(r: Reader, node: Any, left: Any, right: Any) -> Any:
    """Return ``left op right`` for a ``BinOp`` or ``AugAssign`` node."""
    prim = BINARY.get(type(node.op))
    if prim is None:
        r.refuse(node, f"the operator {type(node.op).__name__} is not supported")
    # A cycle by nature: what lists hold is read.
    from gradgen.frontend.records import expanded

    left, right = (expanded(r, r.settled(v), node) for v in (left, right))
    for meaning in (_of_choices, _of_sets, _of_objects, _of_lists, _of_texts):
        made = meaning(r, node, prim, left, right)
        if made is not None:
            return made
    if any(map(_has_no_operators, (left, right))) or are_of_python(r, left, right):
        fail_as_python(r, node, left, right)
    return _of_numbers(r, node, prim, left, right)


def _of_choices(r: Reader, node: Any, prim: str, left: Any, right: Any) -> Any:
    """Return what both options of a structure that the path chose give; None for others."""
    if chooses_structure(left):
        return distribute(r, node, left, lambda option: binary(r, node, option, right))
    if chooses_structure(right):
        return distribute(r, node, right, lambda option: binary(r, node, left, option))
    return None


def _of_sets(r: Reader, node: Any, prim: str, left: Any, right: Any) -> Any:
    """Return what the operators of sets give for types, flags, views of dicts and sets."""
    if prim == "bitor" and all(map(_is_class, (left, right))):
        return Static(left.obj | right.obj)
    if prim in SETS and all(map(is_flag, (left, right))):
        return _of_flags(r, node, prim, left, right)
    if prim not in OF_SETS:
        return None
    if any(row_kinds.is_view(r, v) for v in (left, right)):
        return _of_views(r, node, prim, left, right)
    if not is_set(left) or not is_made_set(right):
        return None
    frozen = _frozen(r, prim, left, right)
    return binary(r, node, made_set(r, node, left), right) if frozen is None else frozen


def _of_objects(r: Reader, node: Any, prim: str, left: Any, right: Any) -> Any:
    """Return what methods of a class, or fractions, make of an operator; None for others."""
    if class_of(left) or class_of(right):
        done = overloaded(r, node, left, right)
        if done is not MISSING:
            return done
    if not is_exact(left) and not is_exact(right):
        return None
    # A cycle by nature: fractions become floats beside floats.
    from gradgen.frontend.exact_numbers import combined

    return combined(r, node, left, right)


def _of_lists(r: Reader, node: Any, prim: str, left: Any, right: Any) -> Any:
    """Return a list times a number, and what containers make together; None for others."""
    listed = [isinstance(v, Seq) or is_list(r, v) for v in (left, right)]
    if prim == "mul" and any(listed):
        pair = (left, right) if listed[0] else (right, left)
        repeated = _times(r, node, *pair)
        if repeated is not None:
            return repeated
    if prim == "add" and all(listed):
        _require_one_class(r, node, left, right)
    joined = _joined(r, node, prim, left, right)
    if joined is not None:
        return joined
    grown = is_list(r, left) or is_list(r, right)
    if prim == "add" and grown and not _arrays(left, right):
        return lists.joined(r, node, left, right)
    return None


def _is_text(value: Any) -> bool:
    """Whether a value is a text, whichever of several it is."""
    return all(map(texts.is_text, options(value)))


def _of_texts(r: Reader, node: Any, prim: str, left: Any, right: Any) -> Any:
    """Return two texts in a row, or one a number of times; None for others."""
    if not _is_text(left) and not (_is_text(right) and prim in ("add", "mul")):
        return None
    floats = (isinstance(v, Value) and v.type.kind == "float" for v in (left, right))
    if prim == "mul" and any(floats):
        r.fail(node, TypeError("can't multiply sequence by non-int of type 'float'"))
    return texts.joined(r, node, left, right)


def _of_numbers(r: Reader, node: Any, prim: str, left: Any, right: Any) -> Any:
    a, b = (as_array(r, as_value(r, v, node), node) for v in (left, right))
    if prim == "matmul" and (a.type.rank == 0) != (b.type.rank == 0):
        misfits.check_axes(r, node, np.matmul, (), [left, right], {})
    if r.b.reverse and prim == "mul" and _is_one(a) and b.type.inexact:
        return r.hold(b, inputs=[right])  # in an adjoint that a rule states
    return r.hold(arithmetic(r, prim, a, b, node), inputs=[left, right])


def is_flag(value: Any) -> bool:
    """Whether a value is a known member of an ``enum.Flag``, whose operators are no numbers'."""
    if isinstance(value, Choice):
        return is_flag(value.then) and is_flag(value.other)
    return isinstance(value, Static) and isinstance(value.obj, enum.Flag)


def _of_flags(r: Reader, node: ast.AST, prim: str, left: Any, right: Any) -> Any:
    for chosen, work in (
        (left, lambda option: _of_flags(r, node, prim, option, right)),
        (right, lambda option: _of_flags(r, node, prim, left, option)),
    ):
        if isinstance(chosen, Choice):
            return distribute(r, node, chosen, work)
    return Static(SETS[prim](left.obj, right.obj))


def _of_views(r: Reader, node: Any, prim: str, left: Any, right: Any) -> Any:
    """Return the set that an operator makes of the keys or items of a dict, and what has others."""
    if not all(row_kinds.is_view(r, v) or class_of(v) or is_set(v) for v in (left, right)):
        fail_as_python(r, node, left, right)
    return as_sets(r, node, OF_SETS[prim], left, right)


def as_sets(r: Reader, node: ast.AST, symbol: str, left: Any, right: Any) -> Any:
    """Return what an operator or comparison of two sets gives, for what has their items."""
    # A cycle by nature: the text has operators.
    from gradgen.frontend.aggregates import run_text

    text = f"out = set(a) {symbol} set(b)"
    return run_text(r, node, text, "out", set=Static(set), a=left, b=right)


def is_set(value: Any) -> bool:
    """Whether a value is a set of what is known."""
    return isinstance(value, Static) and isinstance(value.obj, set | frozenset)


def _frozen(r: Reader, prim: str, left: Static, right: Any) -> Static | None:
    """Return what a frozen set and a set of what is known make: a frozen set, as in Python."""
    held = r.settled(right.fields["held"]) if class_of(right) is KnownSet else None
    if not isinstance(left.obj, frozenset) or not isinstance(held, Static):
        return None
    return Static(SETS[prim](left.obj, held.obj))


def made_set(r: Reader, node: ast.AST, known: Any) -> Any:
    """Return a known set as one that the function makes."""
    # A cycle by nature: a set is made by a call.
    from gradgen.frontend.aggregates import run_text

    return run_text(r, node, "out = set(a)", "out", set=Static(set), a=known)


def is_made_set(value: Any) -> bool:
    """Whether a value is a set that the function makes, which is read as an object with a list."""
    return isinstance(value, Record) and value.kind in (ComputedSet, KnownSet)


def _require_one_class(r: Reader, node: Any, left: Any, right: Any) -> None:
    """Raise what Python raises for a tuple plus a list, and a list plus a tuple."""
    if r.frame.source.generated:
        return  # there, tuples in lists are lists
    if {row_kinds.is_tuple_or_row(r, v) for v in (left, right)} == {True, False}:
        fail_as_python(r, node, left, right)


def _has_no_operators(value: Any) -> bool:
    """Whether something is neither a number nor what NumPy takes for numbers."""
    if isinstance(value, Record):
        return class_of(value) is not None and found_in(value.kind, "__array__") is MISSING
    known = value.obj if isinstance(value, Static) else 0
    known = value.const if isinstance(value, Const) else known
    return isinstance(value, Map | LocalFunction) or known is None


def _is_one(v: Value) -> bool:
    return isinstance(v, Const) and type(v.const) is float and v.const == 1.0


def _is_class(value: Any) -> bool:
    return isinstance(value, Static) and isinstance(value.obj, type | types.UnionType)


def chooses_structure(value: Any) -> bool:
    """Whether something else than numbers and arrays can be chosen, so that paths part."""
    if not isinstance(value, Choice):
        return False
    return any(
        chooses_structure(o) if isinstance(o, Choice) else not is_plain(o)
        for o in (value.then, value.other)
    )


def is_plain(value: Any) -> bool:
    """Whether a value is a number, an array or a constant: no list of the graph."""
    if isinstance(value, Ref):
        return not value.storage.lists
    return isinstance(value, Value) or (isinstance(value, Static) and not is_set(value))


def _arrays(*values: Any) -> bool:
    return any(isinstance(v, Ref) and v.value.type.kind != "list" for v in values)


def _joined(r: Reader, node: ast.AST, prim: str, left: Any, right: Any) -> Any:
    """Return the sum of two lists or tuples, the union of two dicts or sets; None for others."""
    if prim == "add" and isinstance(left, Seq) and isinstance(right, Seq):
        for one in (left, right):
            asked.note(r, one, asked.CLASS)  # arrays would be added up
            asked.note(r, one, asked.COUNT)
        return Seq([*left.items, *right.items], left.kind)
    if prim == "bitor" and isinstance(left, Map) and isinstance(right, Map):
        return Map(merged(r, any_items(r, node, left), any_items(r, node, right)))
    sets = prim in SETS and all(map(is_set, (left, right)))
    return Static(SETS[prim](left.obj, right.obj)) if sets else None


def _times(r: Reader, node: ast.AST, items: Any, count: Any) -> Any:
    """Return a list or tuple a number of times, None where NumPy multiplies its entries."""
    unknown = isinstance(count, Ref) and r.read(count).type.kind == "any"
    if unknown or (isinstance(count, Value) and count.type.kind == "any"):
        types = "give types: example arguments or annotations"
        r.refuse(node, "a list times what may be a number or an array", types)
    if not isinstance(count, Value):
        return None
    if isinstance(count, Const) and isinstance(count.const, int) and isinstance(items, Seq):
        return Seq(items.items * count.const, items.kind)
    count = lists.whole(r, count)
    if lists.is_power(count):
        what = "a list times an integer to a power that may be negative"
        r.refuse(node, what, "make the power an int: int(2**n)")
    if count.type.kind not in ("int", "bool"):
        r.fail(node, TypeError("can't multiply sequence by non-int of type 'float'"))
    return lists.repeated(r, node, items, count)


def _left_alone(prim: str, a: Value, b: Value) -> Value | None:
    """Return the operand that a zero or a one leaves as it is: a rule's text is not the user's."""
    neutral = {"add": 0, "sub": 0, "mul": 1, "div": 1}.get(prim)
    sides = [(a, b), (b, a)] if prim in ("add", "mul") else [(a, b)]
    for v, other in sides:
        known = isinstance(other, Const) and type(other.const) in (int, float)
        if not known or other.const != neutral:  # type: ignore[attr-defined]
            continue
        whole = type(other.const) is int and neutral == 0  # type: ignore[attr-defined]
        if v.type.dtype.startswith(("float", "int") if whole else "float"):
            return v
    return None


def _short(prim: str, a: Value, b: Value) -> Const | None:
    """Return what a literal float and a whole number make, such as a loop's, if it is as short."""
    if not isinstance(a, Const) or not isinstance(b, Const) or prim not in ("add", "sub", "mul"):
        return None
    kinds = {type(a.const), type(b.const)}
    if kinds != {int, float} or a.text or b.text or a.type.points or b.type.points:
        return None
    if max(abs(a.const), abs(b.const)) > MOST_FOLDED:
        return None
    made = FOLD[prim](float(a.const), float(b.const))  # type: ignore[operator]
    as_short = len(repr(made)) <= max(len(repr(a.const)), len(repr(b.const)))
    return Const(made) if as_short else None


def _is_defined(prim: str, a: int, b: int) -> bool:
    """Whether an operator of integers has a whole result, and not one of a million digits."""
    if prim == "pow":
        return 0 <= b <= MOST_SHIFTED and abs(a) ** b <= MOST_FOLDED
    return 0 <= b <= MOST_SHIFTED if prim in SHIFTS else b != 0 or prim not in ("mod", "floordiv")


def arithmetic(r: Reader, prim: str, a: Value, b: Value, node: ast.AST) -> Value:
    """Emit an operator, folded where both operands are integer constants."""
    ints = all(isinstance(v, Const) and type(v.const) is int for v in (a, b))
    ints = ints and not (a.type.points or b.type.points)  # these stand for objects
    if ints and prim in FOLD and _is_defined(prim, a.const, b.const):  # type: ignore[attr-defined]
        return Const(FOLD[prim](a.const, b.const))  # type: ignore[attr-defined,operator]
    if not r.b.reverse and not r.b.tangent and (short := _short(prim, a, b)) is not None:
        return short
    if r.b.reverse or r.b.tangent:
        same = _left_alone(prim, a, b)
        if same is not None:
            return same
    out = r.b.emit(prim, [a, b], span=r.span(node))
    if out.type.kind == "int" and prim in ("add", "sub", "mul", "floordiv"):
        length = lengths.combined(prim, a.type.value, b.type.value)
        out.type = Type("int", out.type.dtype, (), out.type.weak, length)
    return out
