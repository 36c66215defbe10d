"""Zeros that stay zero: an adjoint that is exactly zero must not meet an infinite derivative.

``0 * inf`` is NaN, so that where part of an adjoint is known to be zero, the share that an
operation takes of it is chosen by the same test (the "strong zero" of the automatic
differentiation literature).  Adjoints are zero in places behind an untaken arm of ``where``, behind
a branch that was not taken, and where only some entries of an array were read or kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from gradgen.diff.algebra import Algebra
from gradgen.diff.idioms import ELEMENTWISE, Found
from gradgen.diff.positive import is_positive
from gradgen.ir.nodes import Block, Const, Op, Value

HARMLESS = {"add", "sub", "neg", "pos", "np.add", "np.subtract", "negative", "positive", "float"}
# Operations whose derivative is infinite, or fails, at points where they have a finite value.
STEEP = {
    "pow", "power", "float_power", "sqrt", "cbrt", "arcsin", "arccos", "arccosh", "asin", "acos",
    "acosh", "entr", "rel_entr", "kl_div", "spence", "ellipe", "lambertw", "betaincinv",
    "betainccinv", "gammaincinv", "gammainccinv",
}  # fmt: skip
ROOTS = {"pow", "power", "float_power", "sqrt", "cbrt"}  # steep at zero alone
# The same, also where they have no finite value, and nobody asks for it.
SINGULAR = STEEP | {
    "div",
    "divide",
    "reciprocal",
    "log",
    "log2",
    "log10",
    "log1p",
    "arctanh",
    "atanh",
}


# Operations that put entries elsewhere: what was read of none of them has an adjoint of zero.
MOVING = {
    "reshape", "reshape_as", "ravel", "flatten", "T", "transpose", "swapaxes", "moveaxis",
    "expand_dims", "squeeze", "flip", "roll", "tile", "repeat", "broadcast_to", "stack",
    "concatenate", "array", "pad", "diag", "diag_view", "diagonal", "tril", "triu", "sort",
    "partition", "take_along_axis", "joined_list", "array_of_list", "item", "array0",
}  # fmt: skip


# Operations that take some entries and leave others: what is left has an adjoint of zero.
PICKING = {
    "max", "min", "part.max", "part.min", "nanmax", "nanmin", "median", "nanmedian", "quantile",
    "nanquantile", "percentile", "nanpercentile", "part.sum", "part.mean", "part.prod", "trace",
    "maximum.accumulate", "minimum.accumulate", "diag_view", "diagonal", "tril", "triu",
    "take_along_axis", "np.maximum.accumulate", "np.minimum.accumulate", "np.maximum.reduceat",
    "np.minimum.reduceat",
}  # fmt: skip
# Operations that leave out what is not a number: what it is computed from may well be none either.
NUMBERS = {
    "nansum", "nanmean", "nanprod", "nanmax", "nanmin", "nanvar", "nanstd", "nancumsum",
    "nanmedian", "nanquantile", "nanpercentile",
}  # fmt: skip
ASKING = {"isnan", "isfinite", "isinf", "math.isnan", "math.isfinite", "math.isinf"}
# Operations that add entries up: what no sum was used of has an adjoint of zero, all of it.
ADDING = {"sum", "mean", "cumsum"}
# Operations that reduce entries to a number of which their derivative depends on all.
REDUCING = {"prod", "var", "std", "norm", "logsumexp", "nanprod", "nanvar", "nanstd"}
DIVISIONS = ("div", "np.divide")
PRODUCTS = ("mul", "np.multiply", *DIVISIONS)
EXTREMES = {"maximum", "minimum", "fmax", "fmin", "clip", "max2", "min2"}


class Mask(NamedTuple):
    """Where an adjoint is not zero: where ``test`` is ``taken``, or where it is not zero itself.

    ``outer``: what is zero besides, in the arm of another choice.
    """

    test: Value | None
    taken: bool = True
    whole: bool = False
    chosen: bool = False  # what is zero may stand beside any derivative, not only singular ones
    outer: Mask | None = None


class Zeros:
    """Remembers which adjoints are zero in places, and keeps them so."""

    def __init__(self, alg: Algebra, infinite: set[Value]) -> None:
        self.alg = alg
        self.infinite = infinite  # values that may be so
        self.masks: dict[Value, Mask] = {}
        # What the result divides by, or takes the logarithm of, by the block that does it.
        self.divided: dict[tuple[Block, Value], set[Op]] = {}

    def sparse(self, g: Value, places: Sequence[Value] = ()) -> None:
        """Note an adjoint of which only some entries, those at places, can be other than zero."""
        if g.type.kind in ("array", "any"):
            self.masks[g] = Mask(None, chosen=any(map(asks_for_numbers, places)))

    def read(self, before: Value | None, after: Value, op: Op, g: Value) -> None:
        """Note an adjoint to which that of what ``op`` reads at some places has been added."""
        if before is None or before in self.masks:
            self.sparse(after, op.inputs[1:])
            asked = [self.masks[v] for v in (before, g) if v in self.masks]
            if after in self.masks and any(map(_strict, asked)):
                self.masks[after] = Mask(None, chosen=True)

    def added(self, one: Value, two: Value, total: Value) -> None:
        """Note a sum of two adjoints: it can be zero where both can, but not both arms."""
        masks = [self.masks[g] for g in (one, two) if g in self.masks]
        if len(masks) == 2 and _complete(*masks):
            if masks[0].outer is not None:
                self.masks[total] = masks[0].outer
        elif len(masks) == 2:
            same = masks[0] == masks[1]
            self.masks[total] = masks[0] if same else Mask(None, chosen=any(map(_strict, masks)))

    def joined(self, sides: list[Value], out: Value) -> None:
        """Note an adjoint that two paths give: it can be zero where either can."""
        masks = [self.masks[g] for g in sides if g in self.masks]
        if masks:
            self.masks[out] = Mask(None, chosen=any(map(_strict, masks)))

    def carried(self, start: Value | None, through: Value) -> None:
        """Note an adjoint that a loop carries and that starts from none, or from a sparse one."""
        known = Mask(None) if start is None else self.masks.get(start)
        if known is not None and not known.whole:
            self.masks[through] = Mask(None, chosen=_strict(known))

    def left(self, end: Value, through: Value) -> None:
        """Note an adjoint that leaves a loop, whose tests do not: it is zero where its end was."""
        if end in self.masks:
            self.masks[through] = Mask(None, chosen=_strict(self.masks[end]))

    def branch(self, given: Value, g: Value, test: Value, taken: bool) -> None:
        """Note an adjoint that only one side of a branch gives, in places or everywhere."""
        chosen, mask = asks_for_numbers(test), self.masks.get(given)
        if mask is None or mask.whole:
            self.masks[g] = Mask(test, taken, whole=True, chosen=chosen)
        else:
            self.masks[g] = Mask(None, chosen=chosen or _strict(mask))

    def hand_on(self, g: Value, to: Value) -> None:
        """Note that an adjoint is zero where another one is."""
        if g in self.masks:
            self.masks[to] = self.masks[g]

    def moved(self, op: Op, g: Value, share: Value) -> Value:
        """Return the share of an operation that moves entries, or picks or reduces them."""
        mask = self.masks.get(g)
        if mask is not None and op.prim in REDUCING and _strict(mask):
            return self.reduced(g, share, op.inputs[0], op.attrs)
        if op.prim in NUMBERS:
            self.masks[share] = Mask(None, chosen=True)
            if share.op is not None and share.op.prim == "where":
                test, one, _ = share.op.inputs
                self.masks[share] = Mask(test, not (isinstance(one, Const) and one.const == 0))
        elif op.prim in PICKING:
            self.sparse(share, op.inputs[1:])
        elif self._hands_on(op, mask, share):
            self.summed(g, share)
        return share

    def _hands_on(self, op: Op, mask: Mask | None, share: Value) -> bool:
        if op.prim in ADDING:
            return mask is not None and (mask.whole or _strict(mask))
        return (op.prim in MOVING or op.prim == "load") and share.type.kind in ("array", "any")

    def admits(self, found: Found, g: Value) -> bool:
        """Whether a group's share may be taken: a softmax mixes entries, chosen ones or not."""
        return found.name != "softmax" or g not in self.masks or not _strict(self.masks[g])

    def grouped(self, op: Op, found: Found, g: Value, share: Value) -> Value:
        """Return the share of a group of operations that have one derivative."""
        if found.name == "logarithm":
            return self.kept(op, 0, g, share)
        if found.name == "softmax":
            if g in self.masks:
                self.masks[share] = Mask(None)
            return share
        if found.name not in ELEMENTWISE:
            return self.reduced(g, share, found.x, found.attrs)
        mask = self.masks.get(g)
        if mask is not None:
            share = self._chosen(mask, g, share) if _strict(mask) else share
            self.masks[share] = mask
        return share

    def reduced(self, g: Value, share: Value, of: Value, attrs: dict[str, Any]) -> Value:
        """Return the share of a reduction of ``of``, zero for what its result is not used of."""
        mask = self.masks.get(g)
        if mask is None or not _strict(mask):
            return share
        wide = self.alg.unreduce(g, of, attrs.get("axis"), bool(attrs.get("keepdims", False)))
        out = zero_where_zero(self.alg, wide, share)
        self.masks[out] = Mask(None, chosen=True)
        return out

    def summed(self, g: Value, to: Value) -> None:
        """Note an adjoint that is a sum of another one over axes: zero if all of it is."""
        mask = self.masks.get(g)
        if mask is not None and to is not g:
            self.masks[to] = mask if mask.whole else Mask(None, chosen=_strict(mask))

    def kept(self, op: Op, i: int, g: Value, share: Value) -> Value:
        """Return the share of an elementwise operation, zero where the adjoint ``g`` is."""
        if op.prim in ("where", "select"):
            around = self.masks.get(g)  # zero for another reason, too, as in the arm of a choice
            known = around is None or (op.prim == "where" and around.outer is None)
            one = Mask(op.inputs[0], i == 1, outer=around)
            self.masks[share] = one if known else Mask(None, chosen=True)
            return share
        if op.prim == "nan_to_num" and share.op is not None:
            self.masks[share] = Mask(share.op.inputs[0])
            return share
        if meets(op, i, self.infinite):
            return zero_where_zero(self.alg, g, share)
        mask = self.masks.get(g)
        self._divided(op, mask)
        if op.prim in EXTREMES and share is not g:
            mask = self.masks.setdefault(share, mask or Mask(None))
            return share
        if mask is None or share is g:
            return share
        if self._matters(mask, op):
            share = self._chosen(mask, g, share, op)
        self.masks[share] = mask
        return share

    def _matters(self, mask: Mask, op: Op) -> bool:
        if _strict(mask):
            return op.prim not in HARMLESS
        at = _infinite_at_zero(op)
        roots = op.prim.rpartition(".")[2] in ROOTS
        if not _singular(op) or ((at or roots) and is_positive(at or op.inputs[0])):
            return False
        return not (at and self.divided.get((self.alg.b.block, at)))

    def _divided(self, op: Op, mask: Mask | None) -> None:
        """Note what the result itself divides by: where that is zero, it has no value anyway.

        Loops are swept more than once, and what they carry may turn out to be zero in places.
        """
        at = _infinite_at_zero(op)
        if at is None:
            return
        ops = self.divided.setdefault((self.alg.b.block, at), set())
        if mask is None:
            ops.add(op)
        else:
            ops.discard(op)

    def _chosen(self, mask: Mask, g: Value, share: Value, op: Op | None = None) -> Value:
        if mask.test is None:
            return zero_where_zero(self.alg, g, share)
        arms = (share, 0.0) if mask.taken else (0.0, share)
        share = self.alg.where(mask.test, *arms)
        outer = mask.outer
        if outer is None or not (_strict(outer) if op is None else self._matters(outer, op)):
            return share
        return self._chosen(outer, g, share, op)


def zero_where_zero(alg: Algebra, g: Value, share: Value) -> Value:
    """Return a share of an adjoint or a tangent, zero where that is, whatever the slope is."""
    asked = g.op.inputs[0] if g.op is not None and g.op.prim == "neg" else g
    return alg.where(alg.emit("ne", asked, Const(0.0)), share, 0.0)


def meets(op: Op, i: int, infinite: set[Value]) -> bool:
    """Whether the derivative of a product or a quotient by an input may be infinite."""
    if op.prim not in PRODUCTS or not infinite:
        return False
    return op.inputs[1 - i] in infinite and not (op.prim in DIVISIONS and i == 0)


def asks_for_numbers(test: Value) -> bool:
    """Whether a test, or places, come from asking what is a number, as ``~np.isnan(x)`` does."""
    work, seen = [test], {test}
    while work:
        op = work.pop().op
        if op is None or op.blocks:
            continue
        itself = op.prim in ("eq", "ne") and op.inputs[0] is op.inputs[1]
        if op.prim in ASKING or itself:
            return True
        new = [v for v in op.inputs if v not in seen and v.type.dtype in ("bool", "int64")]
        work += new
        seen.update(new)
    return False


def _complete(a: Mask, b: Mask) -> bool:
    """Whether two adjoints are those of both arms of a choice: everything was chosen."""
    one = a.test is not None and a.test is b.test and a.taken != b.taken
    return one and a.outer == b.outer


def _strict(mask: Mask) -> bool:
    """Whether the adjoint is zero where a value was not chosen, whatever its derivative is."""
    return mask.chosen or (mask.test is not None and not mask.whole)


def is_steep(op: Op) -> bool:
    """Whether the derivative by the first input can be infinite where the value is finite."""
    by = _second(op)
    if is_power(op) and by is not None:
        return 0 < by < 1
    return op.prim.rpartition(".")[2] in STEEP


def is_power(op: Op) -> bool:
    """Whether this is a power: its derivative by the exponent is NaN for a negative base."""
    return op.prim.rpartition(".")[2] in ("pow", "power", "float_power")


def _infinite_at_zero(op: Op) -> Value | None:
    """Return the input that an operation has no finite value for where it is zero."""
    name = op.prim.rpartition(".")[2]
    if name in ("div", "divide"):
        return op.inputs[1]
    return op.inputs[0] if name in ("reciprocal", "log", "log2", "log10") else None


def _singular(op: Op) -> bool:
    name, by = op.prim.rpartition(".")[2], _second(op)
    if name in ("div", "divide"):
        return not by
    if is_power(op) and by is not None:
        return not (float(by).is_integer() and by >= 1)
    return name in SINGULAR


def _second(op: Op) -> Any:
    """Return the second input where it is a literal."""
    second = op.inputs[1] if len(op.inputs) > 1 else None
    return second.const if isinstance(second, Const) else None
