"""Maxima that cancel: those subtracted for safety in softmax, log-softmax and log-sum-exp.

If everything that is computed from ``m = max(z)`` comes out the same for ``m + c``, whatever ``c``
is, then its derivative by ``m`` is zero, and ``m`` may be held constant.  The proof is a degree for
each value: an ``added`` value gains ``k c``, a ``scaled`` one is multiplied by ``exp(k c)``, and
degree 0 is the same as before.  ``exp`` makes scaled of added values, ``log`` the reverse, sums
along the axis keep the degree, quotients and differences subtract it.  Where anything else is done
to a value whose degree is not 0, nothing is concluded.

The proof never asks what ``m`` is.  So it serves for a number that a loop finds as well, as in
``if z[i] > m: m = z[i]``: what the loop carries is then held constant.  Loops that add up scaled
values, or store them in a new array, are followed.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import NamedTuple

from gradgen.diff.activity import carried
from gradgen.ir.nodes import Block, Const, Function, Op, Value, blocks_of, takes_all_turns, uses
from gradgen.ir.types import may_be_one
from gradgen.passes.rebinding import is_whole
from gradgen.passes.turns import Use, Uses

NOTHING = ("zeros", "zeros_like", "zeros_as", "empty", "empty_like")
CHOICES = ("if", "max2", "min2")
TESTS = ("gt", "ge", "lt", "le", "eq", "ne", "np.gt", "np.ge", "np.lt", "np.le", "isnan")
SUMS = ("add", "sub", "np.add", "np.subtract")


class Degree(NamedTuple):
    """How a value answers to ``m + c``: ``kept`` if the axis of the maximum is still there."""

    scaled: bool
    k: int
    kept: bool


def hold_cancelling_maxima(function: Function) -> None:
    """Make the maxima that cancel operations without a derivative, in place."""
    found_uses = functools.cache(lambda: Uses(function.body))
    for block in blocks_of(function.body):
        for k, op in enumerate(block.ops):
            if op.prim == "max" and _cancels(_of_maximum(op), block, k):
                op.prim = "cancelling_max"
            if op.prim == "for":
                params, _ = carried(op)
                found = [params[i] for i, v in enumerate(op.outputs)
                         if _is_chosen(op, i, found_uses)
                         and _cancels(_Proof(v), block, k)]  # fmt: skip
                op.attrs |= {"held": found} if found else {}


def _is_chosen(loop: Op, i: int, uses_of: Callable[[], Uses]) -> bool:
    """Whether a loop's result is a number that each turn chooses: as it was, or another.

    Nothing else in the loop may depend on it but through tests.
    """
    body = loop.blocks[-1]
    if loop.outputs[i].type.kind != "float" or body.end != "continue":
        return False
    end, p = body.results[i], carried(loop)[0][i]
    if end.op is None or end.op.prim not in CHOICES or loop.attrs.get("breaks"):
        return False
    reads = uses_of().of
    if len(reads.get(end, ())) != 1:
        return False
    return all(_keeps(use, end) for use in reads.get(p, ()))


def _keeps(use: Use, end: Value) -> bool:
    """Whether a read of a value is a test, or hands the value on to what it becomes."""
    op = end.op
    assert op is not None
    if use.op is not None:
        return use.op is op if op.prim != "if" else use.op.prim in TESTS
    return op.prim == "if" and use.block in op.blocks and op.outputs[use.place] is end


def _cancels(proof: _Proof | None, block: Block, at: int) -> bool:
    """Whether all that depends on a value of a block ends in values of degree 0."""
    if proof is None or not proof.follow(block.ops[at + 1 :]):
        return False
    return not any(v in proof.moved for v in block.results)


def _of_maximum(op: Op) -> _Proof | None:
    """Return the beginning of the proof for a maximum along an axis, or of a whole array."""
    axis, rank = op.attrs.get("axis"), op.inputs[0].type.rank
    whole = axis is None or rank == 1
    along = axis % rank if isinstance(axis, int) and rank else None
    if along is None and axis is not None:
        return None
    return _Proof(op.out, whole, along, rank, bool(op.attrs.get("keepdims")) or whole)


class _Proof:
    """The degrees of what depends on one value."""

    def __init__(
        self,
        v: Value,
        whole: bool = True,
        axis: int | None = None,
        rank: int | None = 0,
        kept: bool = True,
    ) -> None:
        self.whole, self.axis, self.rank = whole, axis, rank
        self.degrees = {v: Degree(False, 1, kept)}
        self.moved = {v}  # what has a degree other than 0
        self.nothing: set[Value] = set()  # what loops carry that begins with nothing

    def follow(self, ops: list[Op]) -> bool:
        """Find the degrees of the results of operations; tell whether anything can be said."""
        for op in ops:
            if not any(v in self.moved for v in uses(Block(ops=[op]))):
                continue
            if op.prim == "for" and self.whole:
                if not self._loop(op):
                    return False
            elif len(op.outputs) != 1 or op.blocks or not self.extend(op):
                return False
        return True

    def _loop(self, op: Op) -> bool:
        """Follow the turns of a loop, whose sums of scaled values begin with zero."""
        body, (params, inits) = op.blocks[-1], carried(op)
        if not takes_all_turns(op) or any(v in self.moved for v in op.inputs[:3]):
            return False
        begin = {p for p, v in zip(params, inits, strict=True) if self._is_nothing(v)}
        self.nothing |= begin
        assumed = [self.degrees.get(v) for v in inits]
        for _ in range(len(params) + 2):
            self._give(params, assumed)
            if not self.follow(body.ops):
                return False
            found = [self.degrees.get(v) for v in body.results]
            if found == assumed and not begin:
                self._give(op.outputs, assumed)
                return True
            for p, one, two in zip(params, assumed, found, strict=True):
                if one != two and (p not in begin or two is None or not two.scaled):
                    return False
            # From the second turn on they are what the first has made of them.
            self.nothing -= begin
            begin, assumed = set(), found
        return False

    def _give(self, values: list[Value], degrees: list[Degree | None]) -> None:
        for v, degree in zip(values, degrees, strict=True):
            if degree is not None:
                self.degrees[v] = degree
                self.moved.add(v)

    def extend(self, op: Op) -> bool:
        """Find the degree of an operation's result; tell whether anything can be said."""
        degree = self.of(op)
        if degree is None:
            return False
        if degree.k:
            self.degrees[op.out] = degree
            self.moved.add(op.out)
        return True

    def of(self, op: Op) -> Degree | None:
        """Return the degree of an operation's result, None where nothing can be said."""
        degrees = [self.degrees.get(v) for v in op.inputs]
        if is_whole(op):
            return self._replaced(op, degrees)
        if op.prim in ("store", "inc"):
            return self._stored(op, degrees)
        if op.prim in SUMS and self.whole and any(d is not None and d.scaled for d in degrees):
            return self._summed_up(op, degrees)
        if op.prim in SUMS:
            sign = -1 if op.prim.endswith(("sub", "subtract")) else 1
            return self._combined(op, degrees, sign, scaled=False)
        if op.prim in ("mul", "np.multiply", "div", "np.divide"):
            sign = -1 if op.prim.endswith(("div", "divide")) else 1
            return self._combined(op, degrees, sign, scaled=True)
        first = degrees[0]
        if first is None or any(degrees[1:]):
            return None
        if op.prim in ("exp", "math.exp"):
            return None if first.scaled else first._replace(scaled=True)
        if op.prim in ("log", "math.log"):
            return first._replace(scaled=False) if first.scaled else None
        if op.prim in ("neg", "negative"):
            return None if first.scaled else first._replace(k=-first.k)
        if op.prim == "sum" and first.scaled:
            return self._summed(op, first)
        if op.prim == "expand_dims":
            back = op.attrs.get("axis") in (self.axis, -1 if self._last() else self.axis)
            return first._replace(kept=True) if back and not first.kept and not self.whole else None
        if op.prim == "load":
            return self._loaded(op, first)
        return self._without_axis(op, first)

    def _without_axis(self, op: Op, degree: Degree) -> Degree | None:
        """Return the degree where the axis of the maximum, of length 1, is left out."""
        shape, rank = op.inputs[0].type.shape, self.rank
        if self.whole or not degree.kept or self.axis is None or not shape or len(shape) != rank:
            return None
        axis = op.attrs.get("axis")
        squeezed = op.prim == "squeeze" and isinstance(axis, int) and axis % rank == self.axis
        flat = op.prim in ("ravel", "flatten") and rank == 2 and shape[self.axis] == 1
        return degree._replace(kept=False) if squeezed or flat else None

    def _summed_up(self, op: Op, degrees: list[Degree | None]) -> Degree | None:
        """Return the degree of a sum of scaled values, all of one degree, or nothing."""
        found = {d for d, v in zip(degrees, op.inputs, strict=True)
                 if d is not None or not self._is_nothing(v)}  # fmt: skip
        return found.pop() if len(found) == 1 else None

    def _is_nothing(self, v: Value) -> bool:
        """Whether a value is zero, or an array that holds nothing else yet."""
        if isinstance(v, Const):
            return v.const == 0
        return v in self.nothing or (v.op is not None and v.op.prim in NOTHING)

    def _replaced(self, op: Op, degrees: list[Degree | None]) -> Degree | None:
        """Return the degree of an array all of which is written, or added to."""
        old, value = op.inputs[:2]
        if op.prim == "inc":
            sign = -1 if op.attrs.get("sign") == "-" else 1
            wide = old.type.rank == self.rank or self.whole
            return self._combined(op, degrees[:2], sign, scaled=False) if wide else None
        same = old.type.shape is not None and old.type.shape == value.type.shape
        return (degrees[1] or Degree(False, 0, True)) if same else None

    def _stored(self, op: Op, degrees: list[Degree | None]) -> Degree | None:
        """Return the degree of an array that holds nothing but scaled values of one degree."""
        array, value, *places = degrees
        t = op.inputs[0].type
        if not self.whole or any(places) or op.attrs.get("path") or t.kind != "array":
            return None
        if not t.dtype.startswith("float"):
            return None
        if value is None or not value.scaled:
            return None
        return (
            value if array == value or (array is None and self._is_nothing(op.inputs[0])) else None
        )

    def _last(self) -> bool:
        return self.rank is not None and self.axis == self.rank - 1

    def _combined(
        self, op: Op, degrees: list[Degree | None], sign: int, scaled: bool
    ) -> Degree | None:
        """Return the degree of a sum of added values, or of a product of scaled ones."""
        a, b = (self._in_front(d, op.inputs[1 - k]) for k, d in enumerate(degrees))
        if any(d is not None and d.scaled != scaled for d in degrees):
            return None
        if a is not None and b is not None:
            return Degree(scaled, a.k + sign * b.k, a.kept) if self._aligned(op, a, b) else None
        known = a or b
        assert known is not None
        other = op.inputs[1 if a is not None else 0]
        return self._beside(other, known._replace(k=known.k if a is not None else sign * known.k))

    def _in_front(self, degree: Degree | None, beside: Value) -> Degree | None:
        """Return a degree with the first axis put back, as NumPy does beside what has it."""
        lacks = degree is not None and not degree.kept and self.axis == 0 and not self.whole
        back = lacks and self.rank is not None and beside.type.rank == self.rank
        return degree._replace(kept=True) if back and degree is not None else degree

    def _aligned(self, op: Op, a: Degree, b: Degree) -> bool:
        """Whether each entry of one operand meets that of the other with the same ``c``."""
        if self.whole:
            return True
        one, two = (v.type.shape for v in op.inputs[:2])
        if a.kept != b.kept or one is None or two is None or self.rank is None:
            return False
        rank = self.rank if a.kept else self.rank - 1
        one, two = ((*[1] * (rank - len(s)), *s) for s in (one, two))
        pairs = list(zip(one, two, strict=True))
        if a.kept and self.axis is not None:
            del pairs[self.axis]
        return all(x == y or not (may_be_one(x) or may_be_one(y)) for x, y in pairs)

    def _beside(self, other: Value, degree: Degree) -> Degree | None:
        """Return a degree beside something independent, whose axes have to be the same."""
        if self.whole or isinstance(other, Const) or other.type.rank == 0:
            return degree
        want = self.rank if degree.kept else (self.rank or 0) - 1
        return degree if other.type.rank == want else None

    def _summed(self, op: Op, degree: Degree) -> Degree | None:
        if self.whole:
            return degree
        axis, keep = op.attrs.get("axis"), bool(op.attrs.get("keepdims"))
        if not degree.kept or not isinstance(axis, int) or self.rank is None:
            return None
        return degree._replace(kept=keep) if axis % self.rank == self.axis else None

    def _loaded(self, op: Op, degree: Degree) -> Degree | None:
        """Return the degree of picked entries: of each row one, or a new axis put back."""
        index = op.attrs["index"]
        if self.whole:
            return degree
        picked = index == "aa" and self.rank == 2 and self._last() and degree.kept
        if picked and _counts_rows(op.inputs[1]):
            return degree._replace(kept=False)
        if degree.kept and _takes_one(index, self.rank, self.axis):
            return degree._replace(kept=False)
        back = ":" * (self.axis or 0) + "n"
        if not degree.kept and index.rstrip(":") == back.rstrip(":"):
            return degree._replace(kept=True)
        return None


def _takes_one(index: str, rank: int | None, axis: int | None) -> bool:
    """Whether a subscript takes one place of an axis, and all of the others."""
    more = (rank or 0) - sum(c != "e" for c in index)
    if rank is None or more < 0 or index.count("e") > 1:
        return False
    whole = index.replace("e", ":" * more) if "e" in index else index + ":" * more
    return all(c == ("i" if k == axis else ":") for k, c in enumerate(whole))


def _counts_rows(places: Value) -> bool:
    return places.op is not None and places.op.prim == "arange" and len(places.op.inputs) == 1
