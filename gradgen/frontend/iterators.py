"""Iterations that ``itertools`` and NumPy make."""

from __future__ import annotations

import ast
import functools
import itertools
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from gradgen.frontend import lists
from gradgen.frontend.callables import from_library
from gradgen.frontend.cursors import named_cursor, part_of, slice_taken
from gradgen.frontend.evaluate import as_value, evaluate
from gradgen.frontend.indices import Index
from gradgen.frontend.iterables import (
    Late,
    Over,
    Thunk,
    as_positions,
    counted,
    current,
    over_later,
    over_value,
)
from gradgen.frontend.iteration import (
    Given,
    builder,
    iteration_of,
    note_read,
    require_no_arrays,
    unchanged_by,
    watch,
)
from gradgen.frontend.reader import Reader
from gradgen.frontend.subscripts import load_index
from gradgen.frontend.values import Iteration, Record, Ref, Seq, Static
from gradgen.ir.nodes import Block, Const, Value
from gradgen.library.iterators import counted_up


@builder(itertools.product)
def _product(given: Given) -> Over:
    repeat = given.constant(given.value(len(given.node.args), "repeat", Const(1)), "repeat")
    overs = given.overs() * repeat
    few = [v if isinstance(v, list) else counted(given.r, v) for v in overs]
    if any(isinstance(v, Iteration) for v in few):
        return _nested(given, overs)
    return [Seq(list(items)) for items in itertools.product(*map(given.known, few))]


def _nested(given: Given, overs: list[Over]) -> Iteration:
    """Return the iteration over all combinations of entries, the last of which vary fastest."""
    r = given.r
    parts = [_as_now(r, _by_position(given, given.require_pure(v))) for v in overs]
    lengths = [p.length for p in parts]

    def element(i: Value) -> Seq:
        places = _unravelled(r, lengths, i)
        return Seq([p.element(k) for p, k in zip(parts, places, strict=True)])

    arrays = tuple(ref for p in parts for ref in p.arrays)
    return Iteration(_total(r, lengths), element, arrays=arrays)


@builder(itertools.chain)
def _chain(given: Given) -> Over:
    return _chained(given, given.overs())


@builder(itertools.chain.from_iterable)
def _chain_of_items(given: Given) -> Over:
    r, node = given.r, given.node
    outer = given.over()
    outer = counted(r, outer) if isinstance(outer, Iteration) else outer
    if isinstance(outer, list):
        find = over_later if given.late else over_value
        inner = [current(r, i, node) for i in outer]
        note_read(given.read, inner)
        with r.heading(None):  # the loop at hand runs over more than one of these
            return _chained(given, [find(r, i, node) for i in inner])
    if given.read is not None:
        given.read.early += given.read.values
    return _listed(given, FLAT, over=outer)


FLAT = "out = []\nfor inner in over:\n    for item in inner:\n        out.append(item)"
EACH = "for item in over{k}:\n    out.append(item)"


def watch_numbers(r: Reader, over: Over) -> None:
    """Have a loop refused that writes to numbers which its iterator has read before their turn."""
    if isinstance(over, list):
        watch(r, [item.box for item in over if isinstance(item, Late) and r.visible(item.box)])
        return
    with r.b.into(Block()):
        first = over.element(Const(0))
    if not isinstance(first, Ref):
        watch(r, list(over.arrays))


def _chained(given: Given, overs: list[Over]) -> Over:
    """Return the items of one iteration after the other: a list, where they cannot be counted."""
    few = [v if isinstance(v, list) else counted(given.r, v, late=True) for v in overs]
    if not any(isinstance(over, Iteration) for over in few):
        return [item for over in few if isinstance(over, list) for item in over]
    if given.read is not None:
        if given.read.in_turn and any(isinstance(over, Iteration) and over.arrays for over in few):
            return _one_after_the_other(given, few)
        given.read.early += given.read.values
    text = "\n".join(["out = []", *(EACH.format(k=k) for k in range(len(few)))])
    node = given.node
    named = {
        f"over{k}": Seq([current(given.r, item, node) for item in v], list)
        if isinstance(v, list)
        else v
        for k, v in enumerate(few)
    }
    return _listed(given, text, **named)


def _one_after_the_other(given: Given, overs: list[Over]) -> Iteration:
    """Return the iteration that reads each item when the loop comes to it: it may be written to."""
    # A cycle by nature: branches evaluate their tests.
    from gradgen.frontend.branches import choose

    r, node = given.r, given.node
    parts = [_by_position(given, over) for over in overs]
    lengths = [part.length for part in parts]

    def element(i: Value, k: int = 0) -> Any:
        if k == len(parts) - 1:
            return parts[k].element(i)
        here = r.b.emit("lt", [i, lengths[k]])
        after = lambda: element(r.b.emit("sub", [i, lengths[k]]), k + 1)  # noqa: E731
        return choose(r, node, here, lambda: parts[k].element(i), after)

    total = functools.reduce(lambda a, b: r.b.emit("add", [a, b]), lengths)
    return Iteration(total, element, arrays=tuple(ref for p in parts for ref in p.arrays))


def _by_position(given: Given, over: Over) -> Iteration:
    """Return the iteration over the same items by their positions, few ones as a list."""
    if isinstance(over, Iteration):
        return as_positions(given.r, over)
    items = lists.as_list(given.r, Seq(given.known(over)), given.node)
    return lists.over_list(given.r, lists.held(given.r, items, *over), given.node)


def _listed(given: Given, text: str, **values: Any) -> Over:
    """Return the iteration over a list that some statements make."""
    # A cycle by nature: statements loop over iterations.
    from gradgen.frontend.aggregates import run_text

    return over_value(given.r, run_text(given.r, given.node, text, "out", **values), given.node)


def _as_now(r: Reader, over: Iteration) -> Iteration:
    """Return the iteration over items as they are now, whatever is written to arrays later."""
    then = {ref.storage: r.versions[ref.storage] for ref in over.arrays}

    def element(i: Value) -> Any:
        now = {storage: r.versions[storage] for storage in then}
        r.versions.update(then)
        try:
            return over.element(i)
        finally:
            r.versions.update(now)

    return replace(over, element=element)


def _pairs(given: Given, over: Iteration, diagonal: int) -> Iteration:
    """Return the iteration over pairs of items, in the order of the entries of a triangle."""
    from gradgen.frontend.aggregates import run_text

    over = _as_now(given.r, over)
    r, node = given.r, given.node
    text = "out = np.triu_indices(n, k)"
    named = {"np": Static(np), "n": over.length, "k": Const(diagonal)}
    places = run_text(r, node, text, "out", **named).items
    count = r.b.emit("len", [r.read(places[0])])

    def element(i: Value) -> Seq:
        index = Index()
        index.spelling, index.operands = "i", [i]
        return Seq([over.element(load_index(r, place, index)) for place in places])

    return Iteration(count, element, arrays=over.arrays)


FIRST_DIAGONAL = {itertools.combinations: 1, itertools.combinations_with_replacement: 0}


def _chosen(make: Callable[..., Any]) -> Callable[[Given], Over]:
    def build(given: Given) -> Over:
        size = given.value(1, "r", None)
        over = given.over()
        if isinstance(over, Iteration) and isinstance(counted(given.r, over), Iteration):
            pairs = isinstance(size, Const) and size.const == 2
            if pairs and make in FIRST_DIAGONAL:
                return _pairs(given, as_positions(given.r, over), FIRST_DIAGONAL[make])
        items = given.known(over)
        more = [] if size is None else [given.constant(size, "size")]
        return [Seq(list(group)) for group in make(items, *more)]

    return build


for _make in (
    itertools.combinations,
    itertools.combinations_with_replacement,
    itertools.permutations,
):
    builder(_make)(_chosen(_make))


@builder(itertools.pairwise)
def _pairwise(given: Given) -> Over:
    r, over = given.r, given.require_pure(given.over())
    if isinstance(over, list):
        return [Seq(list(pair)) for pair in itertools.pairwise(over)]
    at = as_positions(r, over)
    watch_numbers(r, over)

    def pair(i: Value) -> Seq:
        return Seq([at.element(i), at.element(r.b.emit("add", [i, Const(1)]))])

    return Iteration(r.b.emit("sub", [at.length, Const(1)]), pair, arrays=at.arrays)


SUMS = "out.append(total)\nfor item in rest:\n    total = {step}\n    out.append(total)"


def _long_sums(given: Given, over: Iteration) -> Over:
    """Return the running totals of items whose number is not known, as a list that grows."""
    r = given.r
    how = given.value(1, "func", Static(None))
    first = given.value(len(given.node.args), "initial", None)
    text = SUMS.format(step="total + item" if _is_none(how) else "step(total, item)")
    named = {"step": how, "rest": over, "first": first}
    if first is None or _is_none(first):
        over = as_positions(r, over)
        after = lambda i: over.element(r.b.emit("add", [i, Const(1)]))  # noqa: E731
        rest = Iteration(r.b.emit("sub", [over.length, Const(1)]), after, arrays=over.arrays)
        ones = Iteration(Const(1), over.element, arrays=over.arrays)
        named |= {"rest": rest, "some": r.b.emit("gt", [over.length, Const(0)]), "ones": ones}
        lines = "\n    ".join(["if some:", "for total in ones:", "    pass", *text.split("\n")])
        text = f"out = []\n{lines}"
    else:
        text = f"out = []\ntotal = first\n{text}"
    return _listed(given, text, **{name: v for name, v in named.items() if name in text})


def _is_none(value: Any) -> bool:
    return isinstance(value, Static) and value.obj is None


@builder(itertools.accumulate)
def _accumulate(given: Given) -> Over:
    from gradgen.frontend.calls import call_value
    from gradgen.frontend.operators import binary

    r, node = given.r, given.node
    over = given.require_pure(given.over()) if given.late else given.over()
    watch_numbers(r, over)
    few = over if isinstance(over, list) else counted(r, over, late=True)
    if isinstance(few, Iteration):
        return _long_sums(given, few)
    items = given.known(few)
    how = given.value(1, "func", None)
    first = given.value(len(node.args), "initial", None)
    how = None if _is_none(how) else how
    first = None if _is_none(first) else first
    plus = ast.copy_location(ast.BinOp(node, ast.Add(), node), node)

    def step(a: Any, b: Any) -> Any:
        return binary(r, plus, a, b) if how is None else call_value(r, node, how, [a, b], {})

    run = lambda: list(itertools.accumulate(items, step, initial=first))  # noqa: E731
    made = unchanged_by(r, node, _source(over), run)
    if given.live and len(made) > 1:
        require_no_arrays(r, node, made)
    return made


def _source(over: Over) -> Any:
    """Return the list of which an iteration finds the items in their turns, if it does."""
    items = over if isinstance(over, list) else []
    return next((v.box for v in items if isinstance(v, Late)), None)


@builder(itertools.starmap)
def _starmap(given: Given) -> Over:
    from gradgen.frontend.calls import call_value
    from gradgen.frontend.unpacking import sequence_items

    r, node = given.r, given.node
    over = iteration_of(r, node.args[1], given.live, late=given.late, read=given.read)
    function = evaluate(r, node.args[0])
    note_read(given.read, [function])

    def result(item: Any) -> Any:
        return call_value(r, node, function, sequence_items(r, item, node), {})

    if isinstance(over, list) and given.late:
        # The function is called when the loop comes to its turn.
        return [Thunk(lambda v=v: result(current(r, v, node)), v) for v in over]  # type: ignore[misc]
    if isinstance(over, list):
        return [result(current(r, item, node)) for item in over]
    return Iteration(over.length, lambda i: result(over.element(i)), arrays=over.arrays)


@builder(itertools.islice)
def _islice(given: Given) -> Over:
    it = named_cursor(given.r, given.node.args[0])
    if it is not None and "state" not in it.fields:
        return slice_taken(given.r, it, given.node, _parts(given), given.live)
    bounds = [given.constant(evaluate(given.r, a), "bound") for a in given.node.args[1:]]
    over = given.over()
    if isinstance(over, Iteration) and not over.endless and not over.calls:
        few = counted(given.r, over, late=True)
        if isinstance(few, Iteration):
            return part_of(given.r, as_positions(given.r, few), _parts(given))
    if isinstance(over, Iteration) and over.endless:
        parts = slice(*bounds)
        each = [functools.partial(over.element, Const(k)) for k in range(parts.stop or 0)]
        # Items that are passed over are taken, too, and in their order.
        over = (
            [one() for one in each]
            if parts.start or parts.step
            else [Thunk(one, None) for one in each]
        )
    return list(itertools.islice(given.later(over), *bounds))


def _parts(given: Given) -> tuple[Value, Value | None, Value]:
    """Return where a slice of an iterator starts and stops, and its step."""
    r, node = given.r, given.node
    held = [evaluate(r, a) for a in node.args[1:]]
    values = [None if _is_none(v) else as_value(r, v, node) for v in held]
    start, stop, step = (*values, None, None)[:3] if len(values) > 1 else (None, *values, None)
    return start or Const(0), stop, step or Const(1)


@builder(itertools.count)
def _count(given: Given) -> Iteration:
    r, node = given.r, given.node
    start = as_value(r, given.value(0, "start", Const(0)), node)
    step = as_value(r, given.value(1, "step", Const(1)), node)
    if not all(v.type.kind == "int" for v in (start, step)):
        # The numbers are added up one after the other, which rounds as Python does.
        made = from_library(r, node, counted_up, [start, step], {})
        assert isinstance(made, Record)
        return made.fields["over"]

    def element(i: Value) -> Value:
        if all(isinstance(v, Const) for v in (i, start, step)):
            return Const(start.const + i.const * step.const)  # type: ignore[attr-defined]
        return r.b.emit("add", [start, r.b.emit("mul", [i, step])])

    return Iteration(None, element, endless=True)


@builder(itertools.repeat)
def _repeat(given: Given) -> Over:
    r, node = given.r, given.node
    item = evaluate(r, node.args[0])
    times = given.value(1, "times", None)
    if times is None:
        return Iteration(None, lambda i: item, endless=True)
    count = as_value(r, times, node)
    if isinstance(count, Const):
        return [item] * count.const
    return Iteration(count, lambda i: item)


@builder(itertools.cycle)
def _cycle(given: Given) -> Iteration:
    # A cycle by nature: an item is picked by a subscript.
    from gradgen.frontend.aggregates import run_text

    r, over = given.r, given.require_pure(given.over())
    if isinstance(over, list):
        items = given.known(over)

        def one(i: Value) -> Any:
            if isinstance(i, Const):
                return items[i.const % len(items)]
            place = r.b.emit("mod", [i, Const(len(items))])
            return run_text(r, given.node, "out = items[k]", "out", items=Seq(items, list), k=place)

        return Iteration(None, one, endless=True) if items else Iteration(Const(0), one)
    at = as_positions(r, over)
    return Iteration(
        None,
        lambda i: at.element(r.b.emit("mod", [i, at.length])),
        arrays=at.arrays,
        endless=True,
    )


@builder(np.ndindex)
def _ndindex(given: Given) -> Over:
    r, node = given.r, given.node
    values = [evaluate(r, a.value if isinstance(a, ast.Starred) else a) for a in node.args]
    dims: list[Any] = []
    for value in values:
        dims += value.items if isinstance(value, Seq) else [value]
    lengths = [as_value(r, d, node) for d in dims]
    return Iteration(_total(r, lengths), lambda i: Seq(_unravelled(r, lengths, i)))


@builder(np.ndenumerate)
def _ndenumerate(given: Given) -> Over:
    r, node = given.r, given.node
    value = evaluate(r, node.args[0])
    v = as_value(r, value, node)
    if not isinstance(value, Ref) or v.type.rank is None:
        given.refuse("np.ndenumerate of an array of unknown rank", "give example arguments")
    lengths = [r.b.emit("dim", [v], axis=k) for k in range(len(v.type.shape or ()))]

    def element(i: Value) -> Seq:
        where, index = _unravelled(r, lengths, i), Index()
        index.spelling, index.operands = "i" * len(where), where
        return Seq([Seq(list(where)), load_index(r, value, index)])

    return Iteration(_total(r, lengths), element, arrays=(value,))


def _total(r: Reader, lengths: list[Value]) -> Value:
    total: Value = Const(1)
    for k, length in enumerate(lengths):
        total = length if k == 0 else r.b.emit("mul", [total, length])
    return total


def _unravelled(r: Reader, lengths: list[Value], i: Value) -> list[Value]:
    """Return the index at a position in C order."""
    out: list[Value] = []
    for length in reversed(lengths[1:]):
        out.insert(0, r.b.emit("mod", [i, length]))
        i = r.b.emit("floordiv", [i, length])
    return [i, *out]
