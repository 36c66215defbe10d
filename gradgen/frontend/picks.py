"""Items of containers at keys that the program computes.

A list of numbers, or of arrays that are only read, is a list of the graph.  Where an item may be
written to, or the items differ in kind, the key is one constant or another by the path, and what
is done with the item is done on each path.
"""

from __future__ import annotations

import ast
import enum
from typing import Any

from gradgen.frontend import pointers, words
from gradgen.frontend.arguments import every_item
from gradgen.frontend.branches import choose
from gradgen.frontend.describing import describe
from gradgen.frontend.evaluate import as_value, options
from gradgen.frontend.lists import SUBSCRIPT, picked_from, write_out
from gradgen.frontend.parts import leaves
from gradgen.frontend.reader import Reader
from gradgen.frontend.tables import refuse_key
from gradgen.frontend.values import Choice, Map, Ref, Seq, Static, Text
from gradgen.ir.lengths import may_be_negative
from gradgen.ir.nodes import Const, Value

FEW = 16  # items among which paths may part
NO_KEY = Static("none of the keys that a dict has")


def picked(r: Reader, node: ast.AST, owner: Any, key: Any) -> Ref | Choice:
    """Return a container as a list of the graph, or else the key as a choice of constants."""
    if isinstance(owner, Static) and owner.obj is None:
        r.fail(node, TypeError("'NoneType' object is not subscriptable"))
    if isinstance(owner, Map) and pointers.is_word(key) and owner.unknown is None:
        return words.chosen_key(r, node, owner, key)
    numbered = isinstance(owner, Seq) and owner.grown is None and isinstance(key, Value)
    if numbered and key.type.kind == "bool" and key.type.weak and len(owner.items) > 1:
        return Choice(key, Const(1), Const(0))
    few = numbered and key.type.kind == "int" and 0 < len(owner.items) <= FEW
    if numbered and not owner.items and key.type.kind == "int":
        r.fail(node, IndexError(f"{owner.kind.__name__} index out of range"))
    place = (*r.call_path, id(node))
    if isinstance(owner, Map) and owner.items and by_number(owner, key):
        return _chosen_number(r, node, owner, key)
    if few and place in r.precise:
        return chosen_key(r, node, owner, key)
    if not isinstance(owner, Seq) or not isinstance(key, Value):
        write_out(r, numbers_in(key))
        what = f"a computed subscript of a {describe(owner)}"
        if isinstance(owner, Map):
            refuse_key(r, node, owner, key, what)
        r.refuse(node, what, SUBSCRIPT)
    items = picked_from(r, node, owner, key, refused=not few)
    if items is None:
        return chosen_key(r, node, owner, key)
    if few:
        r.picks.setdefault(items.storage, set()).add(place)
    return items


def by_number(owner: Map, key: Any) -> bool:
    """Whether a key is a computed number, and those of a dict are few numbers, all known."""
    if not isinstance(key, Value) or isinstance(key, Const):
        return False
    numbers = all(isinstance(k, int | float) for k in owner.items)
    return numbers and key.type.is_scalar and owner.unknown is None and len(owner.items) <= FEW


def _chosen_number(r: Reader, node: ast.AST, owner: Map, key: Value) -> Any:
    """Return a key as a choice of those that a dict has, after a test that it is one."""
    # A cycle by nature: comparisons may be of what containers hold.
    from gradgen.frontend.aggregates import run_text

    if owner.factory is not None:  # as lists of keys and items, it gets what it has not
        refuse_key(r, node, owner, key, "a computed key of a defaultdict, which may make an item")
    text = "if key not in keys:\n    raise missing(key)\nout = 0"
    known: list[Any] = [Const(k) for k in owner.items]
    run_text(r, node, text, "out", key=key, keys=Seq(list(known)), missing=Static(KeyError))
    return _one_of(r, key, known)


def chosen_or_none(r: Reader, node: ast.AST, owner: Map, key: Value) -> Any:
    """Return a computed number as a choice of the keys that a dict has, and `NO_KEY`."""
    return _one_of(r, key, [*map(Const, every_item(r, node, owner)), NO_KEY])


def _one_of(r: Reader, key: Value, known: list[Any]) -> Any:
    """Return the first of some constants that is a number, the last one if no other is."""
    out = known[-1]
    for k in reversed(known[:-1]):
        out = Choice(r.b.emit("eq", [key, k]), k, out)
    return out


def is_number_of_member(r: Reader, kind: type[enum.Enum], number: Any) -> bool:
    """Whether a number is computed, and members of few, all with a whole number, are asked for."""
    values = [member.value for member in kind]
    few = 0 < len(values) <= FEW and all(type(v) is int for v in values)
    plain = few and not issubclass(kind, enum.Flag) and "_missing_" not in vars(kind)
    value = r.settled(number)
    if isinstance(value, Const) or not isinstance(value, Value | Choice):
        return False
    return plain and all(isinstance(o, Value) and o.type.kind == "int" for o in options(value))


def chosen_member(r: Reader, node: ast.AST, kind: type[enum.Enum], number: Any) -> Any:
    """Return the member of an enum with a computed number, after a test that there is one."""
    # A cycle by nature: what a member's number is compared with may be in a container.
    from gradgen.frontend.aggregates import run_text

    members = list(kind)
    key = as_value(r, number, node)
    write_out(r, [key])
    said = f"f'{{n}} is not a valid {kind.__qualname__}'"
    text = f"if n not in known: raise invalid({said})\nout = 0"
    known = Seq([Const(m.value) for m in members])
    run_text(r, node, text, "out", n=key, known=known, invalid=Static(ValueError))
    out: Any = Static(members[-1])
    for member in reversed(members[:-1]):
        out = Choice(r.b.emit("eq", [key, Const(member.value)]), Static(member), out)
    return out


def numbers_in(key: Any) -> list[Value]:
    """Return the computed numbers that a key is made of: a number, a text, or a tuple."""
    behind = key.holes if isinstance(key, Text) else leaves(key)
    return [v for v in behind if isinstance(v, Value)]


def chosen_key(r: Reader, node: ast.AST, owner: Seq, key: Value) -> Any:
    """Return a position as a choice of constants, after a test that it is one."""
    count = len(owner.items)
    key = _from_start(r, node, key, count, owner.kind.__name__)
    out: Any = Const(count - 1)
    for k in reversed(range(count - 1)):
        out = Choice(r.b.emit("eq", [key, Const(k)]), Const(k), out)
    return out


def _from_start(r: Reader, node: ast.AST, key: Value, count: int, kind: str) -> Value:
    """Return a position counted from the start."""
    by = key.op.inputs[1] if key.op is not None and key.op.prim == "mod" else None
    if isinstance(by, Const) and 0 < by.const <= count:
        return key
    outside = _outside(r, node, key, count)
    if outside is not None:
        text = f"raise IndexError('{kind} index out of range')"
        r.b.append("raise_if", [outside], [], span=r.span(node), attrs={"text": text})
    return r.b.emit("mod", [key, Const(count)]) if may_be_negative(key) else key


def _outside(r: Reader, node: ast.AST, key: Value, count: int) -> Value | None:
    """Return whether a position is none of a container's, where that is not known."""

    def above() -> Value:
        return r.b.emit("ge", [key, Const(count)])

    def below() -> Value:
        return r.b.emit("lt", [key, Const(-count)])

    if _known_below(r, key, count):
        return below() if may_be_negative(key) else None
    if not may_be_negative(key):
        return above()
    test = above()
    out = choose(r, node, test, lambda: test, below, "or")
    assert isinstance(out, Value)
    return out


def _known_below(r: Reader, key: Value, count: int) -> bool:
    """Whether a test around this says that a position is less than a count."""
    known = [(test.op, truth) for test, truth in r.facts.items() if test.op is not None]
    less = [op for op, truth in known if (op.prim, truth) in (("lt", True), ("ge", False))]
    bounds = [op.inputs[1] for op in less if op.inputs[0] is key]
    return any(isinstance(bound, Const) and bound.const <= count for bound in bounds)
