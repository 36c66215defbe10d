"""What loops inside each other count is a formula of their indices: no turn hands it to the next.

The position in a packed triangle, ``p += 1`` in two loops, is at the start of row ``j`` what all
rows before it have added up to, ``j * (2 * d - j - 1) // 2``.  Then the sweep need not count back,
its loops go either way, and entries that follow each other are seen to do so.  Sums of the inner
loops' turns are those of arithmetic progressions.
"""

from __future__ import annotations

from math import lcm
from typing import NamedTuple

from gradgen.deep import deep
from gradgen.diff.activity import carried
from gradgen.diff.missing import missing_values
from gradgen.ir.builder import Builder
from gradgen.ir.limits import Limits, Unproven
from gradgen.ir.nodes import Block, Const, Function, Op, Value, blocks_of, made_in, replace_uses
from gradgen.ir.polynomials import Polynomial, Term
from gradgen.ir.types import Dim

ARITHMETIC = {"add": Polynomial.__add__, "sub": Polynomial.__sub__, "mul": Polynomial.__mul__}


def write_out_counters(function: Function) -> None:
    """Replace what nested loops count by formulas of their indices, in place."""
    numbers, missing = _Numbers(), missing_values(function.body)
    for block in list(blocks_of(function.body)):
        for op in [op for op in block.ops if op.prim == "for"]:
            numbers.enter(op)
            for k in reversed(range(len(carried(op)[0]))):
                _write_out(function, block, op, k, numbers, missing)


class _Numbers:
    """Whole numbers of the graph as polynomials; ``values`` are what their names stand for."""

    def __init__(self) -> None:
        self.natural: set[str] = set()
        self.limits = Limits(self.natural)
        self.values: dict[str, Value] = {}
        self.known: dict[Value, Polynomial] = {}

    def enter(self, loop: Op) -> None:
        """Take in a loop's index, where its steps are of one."""
        start, stop, step = loop.inputs[:3]
        index = loop.blocks[0].params[0]
        if index in self.known or not isinstance(step, Const) or step.const != 1:
            return
        name = self.limits.index(self.of(start), self.of(stop) - 1)
        self.values[name], self.known[index] = index, Polynomial.of(name)

    @deep
    def of(self, v: Value) -> Polynomial:
        """Return a number as a polynomial of lengths, indices, and what is not looked into."""
        if v not in self.known:
            self.known[v] = self._made(v)
        return self.known[v]

    def _made(self, v: Value) -> Polynomial:
        op = v.op
        if isinstance(v, Const) and type(v.const) is int:
            return Polynomial.of(v.const)
        if op is not None and op.prim in ARITHMETIC and v.type.kind == "int":
            return ARITHMETIC[op.prim](*map(self.of, op.inputs))
        if op is not None and op.prim in ("len", "dim"):
            return self._length(v, op)
        return self._atom(f"v{v.id}", v)

    def _length(self, v: Value, op: Op) -> Polynomial:
        shape, axis = op.inputs[0].type.shape, op.attrs.get("axis", 0)
        length = shape[axis] if shape and isinstance(axis, int) and axis < len(shape) else None
        if isinstance(length, int):
            return Polynomial.of(length)
        known = isinstance(length, Dim) and not length.fresh and not length.offset
        name = str(length) if known else f"v{v.id}"
        self.natural.add(name)
        return self._atom(name, v)

    def _atom(self, name: str, v: Value) -> Polynomial:
        self.values.setdefault(name, v)
        return Polynomial.of(name)

    def never_negative(self, p: Polynomial) -> bool:
        """Whether a number is zero at least, in every turn of the loops that it is of."""
        try:
            return all(q.never_negative(self.natural) for q in self.limits.least(p))
        except Unproven:
            return False


class _Count(NamedTuple):
    """What a loop has added to a counter before a turn, and what it adds in all of them."""

    before: Polynomial
    total: Polynomial


class _Counter(NamedTuple):
    """A place among what a loop carries, the block that the loop is in, and how it counts."""

    block: Block
    loop: Op
    place: int
    adds: _Count


def _write_out(
    function: Function, block: Block, loop: Op, k: int, numbers: _Numbers, missing: set[Value]
) -> None:
    """Write a counter of a loop out, if loops inside count on."""
    param, out = carried(loop)[0][k], loop.outputs[k]
    if param.type.kind != "int" or {param, out, loop.inputs[3 + k]} & missing:
        return
    found = _Search(numbers)
    if found.count(block, loop, k) is None or len(found.counters) < 2:
        return
    inside = made_in(loop.blocks[0])
    polynomials = (p for c in found.counters for p in (c.adds.before, c.adds.total))
    names = {n for p in polynomials for n in p.names()}
    if not any(numbers.values[n] in inside for n in names if not n.startswith("#")):
        for counter in found.counters:
            _replace(function, counter, numbers)


class _Search:
    """Finds out how a loop counts, and those inside it that count on: the outermost is first."""

    def __init__(self, numbers: _Numbers) -> None:
        self.numbers = numbers
        self.counters: list[_Counter] = []

    def count(self, block: Block, loop: Op, k: int) -> _Count | None:
        """Return what a loop adds to a counter, None if it does anything else with it."""
        numbers, body, (start, stop) = self.numbers, loop.blocks[0], loop.inputs[:2]
        numbers.enter(loop)
        index = numbers.known.get(body.params[0])
        attrs = loop.attrs
        unfit = attrs.get("breaks") or attrs.get("backwards") or attrs.get("steps") is not None
        if index is None or unfit or body.end != "continue":
            return None
        at = len(self.counters)
        turn = self._added(body, body.results[k], carried(loop)[0][k])
        (name,) = index.names()
        trips = numbers.of(stop) - numbers.of(start)
        if turn is None or turn.degree(name) > 1 or not numbers.never_negative(trips):
            return None
        before = _summed(turn, name, numbers.of(start))
        count = _Count(before, before.put(name, numbers.of(stop)))
        self.counters.insert(at, _Counter(block, loop, k, count))
        return count

    @deep
    def _added(self, body: Block, v: Value, param: Value) -> Polynomial | None:
        """Return what a value is more than a parameter of the turn, None where it is not known."""
        op = v.op
        if v is param:
            return Polynomial.of(0)
        if op is None or op not in body.ops or op.prim not in ("add", "for"):
            return None
        if op.prim == "add":
            a, b = op.inputs if isinstance(op.inputs[1], Const) else op.inputs[::-1]
            rest = self._added(body, a, param)
            by = b.const if isinstance(b, Const) and type(b.const) is int else None
            return None if rest is None or by is None else rest + by
        k = op.outputs.index(v)
        rest = self._added(body, op.inputs[3 + k], param)
        count = self.count(body, op, k) if rest is not None else None
        return None if rest is None or count is None else rest + count.total


def _summed(turn: Polynomial, name: str, start: Polynomial) -> Polynomial:
    """Return the sum of what is linear in an index over the turns before it."""
    base = turn.put(name, Polynomial.of(0))
    slope = turn.put(name, Polynomial.of(1)) - base
    at, half = Polynomial.of(name), Polynomial.one_over(2)
    return base * (at - start) + slope * (at * (at - 1) - start * (start - 1)) * half


def _replace(function: Function, counter: _Counter, numbers: _Numbers) -> None:
    """Let reads of a counter be reads of its formula; the loop no longer carries it."""
    block, loop, k, count = counter
    body, start = loop.blocks[0], loop.inputs[3 + k]
    param, out = carried(loop)[0][k], loop.outputs[k]
    first, after = (Builder(Block()) for _ in range(2))
    spelled = {
        old: _Spelling(builder, numbers, old).after(start, p)
        for builder, old, p in ((first, param, count.before), (after, out, count.total))
    }
    body.ops[:0] = first.block.ops
    at = block.ops.index(loop) + 1
    block.ops[at:at] = after.block.ops
    del loop.inputs[3 + k], body.params[1 + k], body.results[k], loop.outputs[k]
    replace_uses(function.body, spelled)


class _Spelling:
    """Makes operations of a polynomial, as one would write it."""

    def __init__(self, builder: Builder, numbers: _Numbers, counter: Value) -> None:
        self.builder, self.numbers = builder, numbers
        builder.span = counter.span
        self.counter = counter

    def after(self, start: Value, p: Polynomial) -> Value:
        """Return what is so much more than a number."""
        zero = isinstance(start, Const) and start.const == 0
        if p.names() and p.whole() == p and not self._factor(p):
            made = self._sum(p, None if zero else start)
        else:
            made = self._whole(p)
            made = made if zero else self.builder.emit("add", [start, made])
        if made.op is not None and made.op in self.builder.block.ops:
            made.name = self.counter.name
        return made

    def _factor(self, p: Polynomial) -> str:
        """Return an index by which all terms are multiplied."""
        common = set.intersection(*(set(t) for t in p.terms)) if len(p.terms) > 1 else set()
        return min((n for n in common if n.startswith("#")), default="")

    def _whole(self, p: Polynomial) -> Value:
        """Return a polynomial's value: an index times the rest, divided at the end."""
        by = lcm(*(c.denominator for c in p.terms.values()))
        p, factor = p.whole(), self._factor(p)
        if factor:
            rest = Polynomial({_without(t, factor): c for t, c in p.terms.items()})
            made = self.builder.emit("mul", [self.numbers.values[factor], self._sum(rest, None)])
        else:
            made = self._sum(p, None)
        return made if by == 1 else self.builder.emit("floordiv", [made, Const(by)])

    def _sum(self, p: Polynomial, made: Value | None) -> Value:
        """Return a sum of terms, those with a minus last, numbers behind the others."""
        terms = sorted(p.terms.items(), key=lambda term: (term[1] < 0, not term[0], term[0]))
        for t, c in terms:
            negative = c < 0 and made is not None
            v = self._term(t, int(-c if negative else c))
            made = v if made is None else self.builder.emit("sub" if negative else "add", [made, v])
        return Const(0) if made is None else made

    def _term(self, t: Term, c: int) -> Value:
        factors = [self.numbers.values[n] for n in t]
        made: Value | None = None if c == 1 and factors else Const(c)
        for v in factors:
            made = v if made is None else self.builder.emit("mul", [made, v])
        assert made is not None
        return made


def _without(t: Term, name: str) -> Term:
    at = t.index(name)
    return t[:at] + t[at + 1 :]
