"""Zeros that stay zero: an adjoint that is exactly zero must not meet an infinite derivative.

``0 * inf`` is NaN, so that where part of an adjoint is known to be zero, the share that an
operation takes of it is chosen by the same test (the "strong zero" of the automatic
differentiation literature).  Adjoints are zero in places behind an untaken arm of ``where``, behind
a branch that was not taken, and where only some entries of an array were read or kept.
"""

from __future__ import annotations

from typing import NamedTuple

from gradgen.diff.algebra import Algebra
from gradgen.ir.nodes import Const, Op, Value

HARMLESS = {"add", "sub", "neg", "pos", "np.add", "np.subtract", "negative", "positive", "float"}
# Operations whose derivative is infinite, or fails, at points where they have a value.
SINGULAR = {
    "div", "divide", "reciprocal", "pow", "power", "sqrt", "cbrt", "log", "log2", "log10", "log1p",
    "arcsin", "arccos", "arccosh", "arctanh", "asin", "acos", "acosh", "atanh",
}  # fmt: skip


class Mask(NamedTuple):
    """Where an adjoint is not zero: where ``test`` is ``taken``, or where it is not zero itself."""

    test: Value | None
    taken: bool = True
    whole: bool = False


class Zeros:
    """Remembers which adjoints are zero in places, and keeps them so."""

    def __init__(self, alg: Algebra) -> None:
        self.alg = alg
        self.masks: dict[Value, Mask] = {}

    def sparse(self, g: Value) -> None:
        """Note an adjoint of which only some entries can be other than zero."""
        if g.type.kind == "array":
            self.masks[g] = Mask(None)

    def read(self, before: Value | None, after: Value) -> None:
        """Note an adjoint to which what was read of a few entries has been added."""
        known = self.masks.get(before) if before is not None else Mask(None)
        if known == Mask(None):
            self.sparse(after)

    def branch(self, g: Value, test: Value, taken: bool) -> None:
        """Note an adjoint that only one side of a branch gives."""
        self.masks[g] = Mask(test, taken, whole=True)

    def hand_on(self, g: Value, to: Value) -> None:
        """Note that an adjoint is zero where another one is."""
        if g in self.masks:
            self.masks[to] = self.masks[g]

    def kept(self, op: Op, i: int, g: Value, share: Value) -> Value:
        """Return the share of an elementwise operation, zero where the adjoint ``g`` is."""
        if op.prim in ("where", "select"):
            self.masks[share] = Mask(op.inputs[0], i == 1)
            return share
        mask = self.masks.get(g)
        if mask is None or share is g:
            return share
        if self._matters(mask, op):
            share = self._chosen(mask, g, share)
        self.masks[share] = mask
        return share

    def _matters(self, mask: Mask, op: Op) -> bool:
        if mask.test is None or mask.whole:
            return _singular(op)
        return op.prim not in HARMLESS

    def _chosen(self, mask: Mask, g: Value, share: Value) -> Value:
        test = mask.test if mask.test is not None else self.alg.emit("ne", g, Const(0.0))
        if mask.taken:
            return self.alg.where(test, share, 0.0)
        return self.alg.where(test, 0.0, share)


def _singular(op: Op) -> bool:
    name = op.prim.rpartition(".")[2]
    by = op.inputs[1].const if len(op.inputs) > 1 and isinstance(op.inputs[1], Const) else None
    if name in ("div", "divide"):
        return not by
    if name in ("pow", "power") and by is not None:
        return not (float(by).is_integer() and by >= 1)
    return name in SINGULAR
