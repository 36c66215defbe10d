"""``zip``: several things at once, which end with the shortest; groups of one, and columns."""

from __future__ import annotations

import ast
import functools
from typing import Any

from gradgen.frontend.evaluate import evaluate
from gradgen.frontend.iterables import (
    Late,
    Over,
    Perhaps,
    Thunk,
    as_positions,
    current,
    over_value,
    places,
    shorter,
)
from gradgen.frontend.iteration import Given, builder, iteration_of, watch
from gradgen.frontend.lists import alike, as_list, held, over_list
from gradgen.frontend.reader import Reader
from gradgen.frontend.state import has_effects
from gradgen.frontend.unbound import is_there
from gradgen.frontend.values import (
    Choice,
    Iteration,
    Lazy,
    Once,
    Ref,
    Seq,
    is_static,
    static_value,
)
from gradgen.ir.nodes import Const, Undefined, Value
from gradgen.ir.types import least_length

SHORTER = "zip of a container with what may be shorter"
WAY_OUT = "cut the container to its length before, or loop over the zip"


@builder(zip)
def _zip(given: Given) -> Over:
    strict = given.value(len(given.node.args), "strict", Const(False))
    if not is_static(strict):
        given.refuse("zip with a computed strict", "pass a constant")
    known = _groups(given)
    if known is None:
        known = _columns(given)
    if known is not None:
        return known
    if not given.live:
        _require_quiet(given)
    return zipped(
        given.r, given.node, given.overs(given.some), bool(static_value(strict)), given.some
    )


def _require_quiet(given: Given) -> None:
    """Refuse generators with effects, which ``zip`` asks in turn, and no more than it needs."""
    r, count = given.r, len(given.r.yielding)
    for arg in given.node.args if len(given.node.args) > 1 else ():
        if isinstance(arg, ast.GeneratorExp):
            items = functools.partial(iteration_of, r, arg, False, given.some, given.late)
            if has_effects(r, items):
                what = "zip of a generator whose items have effects"
                given.refuse(what, "loop over the zip, or make a list of the generator before")
            del r.yielding[count:]


def _groups(given: Given) -> Over | None:
    """Return the groups that ``zip(it, it)`` or ``zip(*[it] * n)`` takes from one iterator."""
    from gradgen.frontend.cursors import in_groups, is_cursor, step_by_step
    from gradgen.frontend.unpacking import sequence_items

    r, args = given.r, given.node.args
    names = {a.id if isinstance(a, ast.Name) else "" for a in args}
    if len(args) == 1 and isinstance(args[0], ast.Starred):
        rows = evaluate(r, args[0].value)
        items = sequence_items(r, rows, args[0]) if isinstance(rows, Seq) else []
    elif len(args) > 1 and len(names) == 1 and "" not in names:
        items = [evaluate(r, args[0])] * len(args)
    else:
        return None
    if len(items) < 2 or any(item is not items[0] for item in items):
        return None
    if isinstance(items[0], Once | Lazy):
        step_by_step(r, items[0], given.node)
    return in_groups(r, items[0], len(items), given.node) if is_cursor(items[0]) else None


def _columns(given: Given) -> Over | None:
    """Return the columns that ``zip(*rows)`` gives, for rows of unknown number; else None."""
    r, args = given.r, given.node.args
    if len(args) != 1 or not isinstance(args[0], ast.Starred):
        return None
    rows = evaluate(r, args[0].value)
    if not isinstance(rows, Ref) or r.read(rows).type.kind not in ("list", "array"):
        return None
    over = over_value(r, rows, given.node)
    if not isinstance(over, Iteration) or isinstance(over.length, Const):
        return None
    # A cycle by nature: the columns are read as a comprehension, which loops.
    from gradgen.frontend.aggregates import run_text

    shortest = "out = min([len(row) for row in rows]) if len(rows) else 0"
    column = "out = [row[j] for row in rows]"
    return Iteration(
        run_text(r, given.node, shortest, "out", rows=rows),
        lambda j: run_text(r, given.node, column, "out", rows=rows, j=j),
    )


def zipped(
    r: Reader, node: ast.AST, parts: list[Over], strict: bool = False, some: bool = False
) -> Over:
    """Return the iteration over several things at once, which ends with the shortest.

    ``some``: its items may be ``Perhaps``.
    """
    if not parts:
        return []
    if any(isinstance(item, Perhaps) for p in parts if isinstance(p, list) for item in p):
        return _some_missing(r, node, parts, strict)
    bounded = [p for p in parts if isinstance(p, list) or not p.endless]
    if not bounded:
        return _all_endless(parts)
    lengths = [_length(r, p) for p in bounded]
    if strict and len(bounded) < len(parts):
        r.fail(node, ValueError("zip() argument 1 is shorter than an endless one"))
    if strict:
        _require_equal(r, node, lengths)
    length = lengths[0]
    if not strict and not all(isinstance(n, Const) for n in lengths):
        parts = [_as_list(r, node, p) for p in parts]
    if any(isinstance(p, list) for p in parts):
        count = min(n.const for n in lengths if isinstance(n, Const))
        _require_no_more(r, node, parts, count)
        items = [Seq([_item(r, p, k) for p in parts]) for k in range(count)]
        if strict or not count:
            return items
        return _as_far_as(r, node, items, lengths, some)
    _require_no_more(r, node, parts, None)
    for other in lengths[1:]:
        length = shorter(r, length, other)
    arrays = [as_positions(r, p) for p in parts if isinstance(p, Iteration)]
    read = tuple(ref for p in arrays for ref in p.arrays)
    return Iteration(length, lambda i: Seq([p.element(i) for p in arrays]), arrays=read)


def _as_far_as(
    r: Reader, node: ast.AST, items: list[Seq], lengths: list[Any], some: bool
) -> list[Any]:
    """Return items of known number, which end where something of a computed length does.

    An array of the caller's is taken to be as long as they are many; a call in which it is not has
    a text of its own, for its lengths.
    """
    open_ = [n for n in lengths if not isinstance(n, Const)]
    short = [n for n in open_ if not _is_as_long(r, n, len(items))]
    if not short:
        return items
    length = functools.reduce(functools.partial(shorter, r), short)
    if not some and all(n.type.value is not None for n in short):
        # Where the lengths of the call are known, how many items there are is known, too.
        r.refuse(node, SHORTER, WAY_OUT)
    if not some:
        few = r.b.emit("lt", [length, Const(len(items))])
        _fail(r, node, few, f"{SHORTER}: {WAY_OUT}", "NotImplementedError")
        return items
    left = [r.b.emit("lt", [Const(k), length]) for k in range(len(items))]
    return [
        Perhaps(item, functools.partial(Choice, test, item, Undefined()))
        for item, test in zip(items, left, strict=True)
    ]


def _some_missing(r: Reader, node: ast.AST, parts: list[Over], strict: bool) -> list[Any]:
    """Return the items of a dict with some keys that may be missing, and what stands beside them.

    The others are asked for by the place that an item has among those that are there.
    """
    here = [k for k, p in enumerate(parts) if isinstance(p, list)
            and any(isinstance(item, Perhaps) for item in p)]  # fmt: skip
    if len(here) > 1 or strict:
        r.refuse(node, "zip of dicts of which some keys may be missing", "loop over one of them")
    items = parts[here[0]]
    assert isinstance(items, list)
    others = {k: _by_place(r, node, p) for k, p in enumerate(parts) if k != here[0]}
    ends = [p.length for p in others.values() if not p.endless]
    length = functools.reduce(functools.partial(shorter, r), ends) if ends else None
    out = []
    for place, item in places(r, items):
        there = is_there(r, item.now()) if isinstance(item, Perhaps) else Const(True)
        if length is not None:
            before = r.b.emit("lt", [place, length])
            there = before if isinstance(there, Const) else r.b.emit("bitand", [there, before])
        found = item.item if isinstance(item, Perhaps) else item
        held = [
            found if k == here[0] else Thunk(functools.partial(others[k].element, place), None)
            for k in range(len(parts))
        ]
        whole = Seq(held)
        out.append(Perhaps(whole, functools.partial(Choice, there, whole, Undefined())))
    return out


def _by_place(r: Reader, node: ast.AST, part: Over) -> Iteration:
    # A cycle by nature: iterators that keep their place are zipped.
    from gradgen.frontend.cursors import begun

    found: Iteration = begun(r, part, node).fields["over"]
    return found


def _is_as_long(r: Reader, length: Value, count: int) -> bool:
    """Whether a length is one of an argument's that may be taken to be no less than a number."""
    known, meetings = length.type.value, r.book.meetings
    if isinstance(known, int):
        return known >= count
    if known is None:
        return False
    if (least_length(known) or 0) >= count:
        return True
    return meetings is not None and bool(meetings.require_least(known, count))


def _require_no_more(r: Reader, node: ast.AST, parts: list[Over], count: int | None) -> None:
    """Refuse a further item with effects, which ``zip`` takes before it meets the end of another.

    The first of the parts that ends is not asked for one, nor are those behind it.  ``count``: how
    many turns there are, None where the program finds it out.
    """
    for k, part in enumerate(parts[:-1]):
        if isinstance(part, list):
            if len(part) == count:
                return
            after = part[count or 0]
            more = isinstance(after, Thunk | Seq) and has_effects(
                r, functools.partial(current, r, after, node)
            )
        else:
            following = parts[k + 1]
            if isinstance(following, Iteration) and _same_length(part.length, following.length):
                return
            more = part.calls and has_effects(r, functools.partial(part.element, Const(count or 0)))
        if more:
            r.refuse(
                node,
                "zip of what has effects and what may be shorter: Python asks it once more",
                "make a list of it before, or put it last",
            )


def _same_length(one: Value | None, other: Value | None) -> bool:
    if one is other or one is None or other is None:
        return one is other
    return one.type.value is not None and one.type.value == other.type.value


def _as_list(r: Reader, node: ast.AST, part: Over) -> Over:
    """Return items of known number as a list of the graph, where they are alike.

    What else is looped over may end before they do, which the program finds out.
    """
    if not isinstance(part, list) or any(isinstance(item, Thunk) for item in part):
        return part
    watch(r, [item.box for item in part if isinstance(item, Late) and r.visible(item.box)])
    items = Seq([current(r, item, node) for item in part], list)
    return over_list(r, held(r, as_list(r, items, node), items), node) if alike(r, items) else part


def _all_endless(parts: list[Over]) -> Iteration:
    ends = [p for p in parts if isinstance(p, Iteration)]
    return Iteration(None, lambda i: Seq([p.element(i) for p in ends]), endless=True)


def _length(r: Reader, over: Over) -> Any:
    return Const(len(over)) if isinstance(over, list) else as_positions(r, over).length


def _item(r: Reader, part: Over, k: int) -> Any:
    if isinstance(part, list):
        return part[k]
    one = functools.partial(as_positions(r, part).element, Const(k))
    return one() if part.bounds else Thunk(one, Seq(list(part.arrays)))


def _require_equal(r: Reader, node: ast.AST, lengths: list[Any]) -> None:
    for k, other in enumerate(lengths[1:], 2):
        first = lengths[0]
        same = first.type.value is not None and first.type.value == other.type.value
        both = isinstance(first, Const) and isinstance(other, Const)
        before = "argument 1" if k == 2 else f"arguments 1-{k - 1}"
        if both and first.const != other.const:
            order = "shorter" if other.const < first.const else "longer"
            r.fail(node, ValueError(f"zip() argument {k} is {order} than {before}"))
        if not same and not both:
            for prim, order in (("lt", "shorter"), ("gt", "longer")):
                differs = r.b.emit(prim, [other, first])
                _fail(r, node, differs, f"zip() argument {k} is {order} than {before}")


def _fail(r: Reader, node: ast.AST, test: Value, message: str, kind: str = "ValueError") -> None:
    attrs = {"text": f"raise {kind}({message!r})"}
    r.b.append("raise_if", [test], [], span=r.span(node), attrs=attrs)
