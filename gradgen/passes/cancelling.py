"""Maxima that cancel: those subtracted for safety in softmax, log-softmax and log-sum-exp.

If everything that is computed from ``m = max(z)`` comes out the same for ``m + c``, whatever ``c``
is, then its derivative by ``m`` is zero, and ``m`` may be held constant.  The proof is a degree for
each value: an ``added`` value gains ``k c``, a ``scaled`` one is multiplied by ``exp(k c)``, and
degree 0 is the same as before.  ``exp`` makes scaled of added values, ``log`` the reverse, sums
along the axis keep the degree, quotients and differences subtract it.  Where anything else is done
to a value whose degree is not 0, nothing is concluded.
"""

from __future__ import annotations

from typing import NamedTuple

from gradgen.ir.nodes import Block, Const, Function, Op, Value, blocks_of, uses
from gradgen.ir.types import may_be_one


class Degree(NamedTuple):
    """How a value answers to ``m + c``: ``kept`` if the axis of the maximum is still there."""

    scaled: bool
    k: int
    kept: bool


def hold_cancelling_maxima(function: Function) -> None:
    """Make the maxima that cancel operations without a derivative, in place."""
    for block in blocks_of(function.body):
        for k, op in enumerate(block.ops):
            if op.prim == "max" and _cancels(op, block, block.ops[k + 1 :]):
                op.prim = "cancelling_max"


def _cancels(op: Op, block: Block, following: list[Op]) -> bool:
    """Whether all that depends on a maximum ends in values of degree 0."""
    proof = _Proof(op)
    if proof.axis is None and op.attrs.get("axis") is not None:
        return False
    for reader in following:
        read = set(uses(Block(ops=[reader])))
        if not any(v in proof.moved for v in read):
            continue
        if len(reader.outputs) != 1 or reader.blocks or not proof.extend(reader):
            return False
    return not any(v in proof.moved for v in block.results)


class _Proof:
    """The degrees of what depends on one maximum."""

    def __init__(self, op: Op) -> None:
        axis, rank = op.attrs.get("axis"), op.inputs[0].type.rank
        self.whole = axis is None or rank == 1
        self.axis = axis % rank if isinstance(axis, int) and rank else None
        self.rank = rank
        kept = bool(op.attrs.get("keepdims")) or self.whole
        self.degrees = {op.out: Degree(False, 1, kept)}
        self.moved = {op.out}  # what has a degree other than 0

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
        if op.prim in ("add", "sub", "np.add", "np.subtract"):
            sign = -1 if op.prim.endswith(("sub", "subtract")) else 1
            return self._combined(op, degrees, sign, scaled=False)
        if op.prim in ("mul", "np.multiply", "div", "np.divide"):
            sign = -1 if op.prim.endswith(("div", "divide")) else 1
            return self._combined(op, degrees, sign, scaled=True)
        first = degrees[0]
        if first is None or any(degrees[1:]):
            return None
        if op.prim == "exp":
            return None if first.scaled else first._replace(scaled=True)
        if op.prim == "log":
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
        return None

    def _last(self) -> bool:
        return self.rank is not None and self.axis == self.rank - 1

    def _combined(
        self, op: Op, degrees: list[Degree | None], sign: int, scaled: bool
    ) -> Degree | None:
        """Return the degree of a sum of added values, or of a product of scaled ones."""
        a, b = degrees
        if any(d is not None and d.scaled != scaled for d in degrees):
            return None
        if a is not None and b is not None:
            return Degree(scaled, a.k + sign * b.k, a.kept) if self._aligned(op, a, b) else None
        known = a or b
        assert known is not None
        return self._beside(op, known._replace(k=known.k if a is not None else sign * known.k))

    def _aligned(self, op: Op, a: Degree, b: Degree) -> bool:
        """Whether each entry of one operand meets that of the other with the same ``c``."""
        if self.whole:
            return True
        one, two = (v.type.shape for v in op.inputs)
        if a.kept != b.kept or one is None or two is None or len(one) != len(two):
            return False
        pairs = list(zip(one, two, strict=True))
        if a.kept and self.axis is not None:
            del pairs[self.axis]
        return all(x == y or not (may_be_one(x) or may_be_one(y)) for x, y in pairs)

    def _beside(self, op: Op, degree: Degree) -> Degree | None:
        """Return a degree beside something independent, whose axes have to be the same."""
        if self.whole:
            return degree
        ranks = {v.type.rank for v in op.inputs if not isinstance(v, Const) and v.type.rank}
        want = self.rank if degree.kept else (self.rank or 0) - 1
        return degree if ranks <= {want} else None

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
        back = ":" * (self.axis or 0) + "n"
        if not degree.kept and index.rstrip(":") == back.rstrip(":"):
            return degree._replace(kept=True)
        return None


def _counts_rows(places: Value) -> bool:
    return places.op is not None and places.op.prim == "arange" and len(places.op.inputs) == 1
