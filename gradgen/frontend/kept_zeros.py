"""Strong zeros in text that is read again: ``np.where(g != 0.0, g / r, 0.0)``.

So an adjoint stays zero beside an infinite slope (`gradgen.diff.zeros`).  Where ``g`` happens to be
zero and the slope is a number, though, as at a perfect fit, whose residuals are zero, ``1 / r`` is
the derivative by ``g``.  So the test is read wider: the share itself is taken wherever that is zero
as well.  Of numbers, ``g / r if g != 0.0 else 0.0``, the test says what has to hold for the share
to be a number, for it is not computed otherwise.
"""

from __future__ import annotations

from gradgen.frontend.reader import Reader
from gradgen.ir.nodes import Block, Const, Op, Value
from gradgen.rules.complexes import is_complex
from gradgen.rules.indexing import only_new_axes

SIGNS = ("neg", "negative", "np.negative", "pos", "float", "scalar")
PRODUCTS = ("mul", "np.multiply")
QUOTIENTS = ("div", "np.divide")
STEPS = (*SIGNS, *PRODUCTS, *QUOTIENTS, "pow", "power", "np.power", "where")
LIMIT = 200  # operations that are looked through
PLAIN = ("mul", "add", "sub", "neg", "pos", "float", "scalar", "abs", "max2", "min2")
LENGTHS = ("len", "dim", "size")
TESTS = ("eq", "ne", "lt", "le", "gt", "ge", "bitand", "bitor", "not")
POWERS = ("pow", "power", "np.power")
ROOTS = ("sqrt", "math.sqrt", "log", "math.log")


def widened(r: Reader, test: Value, chosen: Value, other: Value) -> list[Value]:
    """Return the inputs of a choice in an array, with a wider test where it keeps a zero."""
    factor = _asked(test)
    if factor is not None and isinstance(other, Const) and other.const == 0:
        share = _unguarded(r, chosen, test)
        if _is_linear_in(share, factor) or _is_linear_in(share, _without_axes(factor)):
            test = r.b.emit("bitor", [test, r.b.emit("eq", [share, Const(0.0)])])
            return [test, share, other]
    return [test, chosen, other]


def _unguarded(r: Reader, v: Value, test: Value) -> Value:
    """Return what a choice takes with what it divides by as it is: ones, elsewhere, keep quiet."""
    op = v.op
    if op is None or v.id < test.id or len(op.outputs) != 1 or op.prim not in STEPS:
        return v
    if op.prim == "where":
        guard = op.inputs[0] is test and isinstance(op.inputs[2], Const) and op.inputs[2].const == 1
        return op.inputs[1] if guard else v
    found = {w: _unguarded(r, w, test) for w in dict.fromkeys(op.inputs)}
    inputs = [found[w] for w in op.inputs]
    if all(a is b for a, b in zip(inputs, op.inputs, strict=True)):
        return v
    return r.b.emit(op.prim, inputs, span=op.span, **op.attrs)


def widen_test(r: Reader, op: Op) -> None:
    """Let a branch that keeps a zero be taken where its slope is a number."""
    factor = _factor(op)
    if factor is None:
        return
    block = op.blocks[0]
    with r.b.into(Block()) as before:
        needed = _Needed(r, block, factor)
        tests = needed.tests()
        if tests is None:
            return
        if not block.ops and block.results[0].type.is_scalar:  # the share was computed before
            tests = [r.b.emit("isfinite", block.results, span=op.span)]
        if not tests:
            return
        test = op.inputs[0]
        for each in tests[1:]:
            tests[0] = r.b.emit("bitand", [tests[0], each], span=op.span)
        test = r.b.emit("bitor", [test, tests[0]], span=op.span)
    at = r.b.block.ops.index(op)
    r.b.block.ops[at:at] = before.ops
    op.inputs[0] = test


def _factor(op: Op) -> Value | None:
    """Return the number that a branch asks for a zero of, and that its one result is linear in."""
    factor = _asked(op.inputs[0])
    if factor is None or not factor.type.is_scalar or len(op.outputs) != 1:
        return None
    (chosen,), (other,) = (b.results for b in op.blocks)
    zero = isinstance(other, Const) and other.const == 0
    return factor if zero and _is_linear_in(chosen, factor) else None


def _asked(test: Value) -> Value | None:
    """Return what a test compares with zero."""
    if test.op is None or test.op.prim not in ("ne", "np.ne"):
        return None
    v, zero = test.op.inputs
    asks = isinstance(zero, Const) and zero.const == 0 and not isinstance(v, Const)
    return v if asks and v.type.inexact and not is_complex(v) else None


def _without_axes(v: Value) -> Value:
    """Return what a value is but for axes of length 1 between its own."""
    return v.op.inputs[0] if v.op is not None and _adds_axes(v.op) else v


def _adds_axes(op: Op) -> bool:
    return op.prim == "load" and only_new_axes(op)


def _is_linear_in(v: Value, factor: Value) -> bool:
    """Whether a value is a multiple of another one, and not that itself."""
    count = 0
    while v is not factor:
        op, count = v.op, count + 1
        if op is None or count > LIMIT:
            return False
        on = [w for w in op.inputs if _depends(w, factor)]
        if len(on) != 1 or not _is_linear(op, on[0]):
            return False
        v = on[0]
    return count > 0


def _is_linear(op: Op, on: Value) -> bool:
    """Whether an operation is a multiple of one of its inputs."""
    if op.prim in PRODUCTS or op.prim in SIGNS or _adds_axes(op):
        return True
    return op.prim in QUOTIENTS and op.inputs[0] is on and op.inputs[1] is not on


def _depends(v: Value, on: Value) -> bool:
    """Whether a value is computed from another one, as far as can be seen, or perhaps."""
    work, seen = [v], {v}
    while work:
        w = work.pop()
        if w is on or len(seen) > LIMIT:
            return True
        if w.op is not None and w.id > on.id:
            if w.op.blocks and not _only_chooses(w.op):
                return True
            new = [u for u in _read(w.op) if u not in seen]
            work += new
            seen.update(new)
    return False


class _Needed:
    """What has to hold for nothing in a block to fail, or to be anything but a number."""

    def __init__(self, r: Reader, block: Block, factor: Value) -> None:
        self.r, self.block, self.factor = r, block, factor
        self.known: dict[Value, Value] = {}  # what is computed before the block, too
        self.asked: dict[Value, Value] = {}  # by what it is asked of

    def tests(self) -> list[Value] | None:
        """Return the tests, None where it is not known what has to hold."""
        for op in self.block.ops:
            if self.r.frame.source.generated and _is_guard(op):
                continue  # what is read here was assigned where it is swept
            if op.prim in QUOTIENTS:
                found = self._positive(op.inputs[1])
            elif op.prim in POWERS or op.prim in ROOTS:
                found = self._positive(op.inputs[0], signed=True)
            else:
                plain = op.prim in (*PLAIN, *LENGTHS, *TESTS)
                found = plain or _is_item(op) or _only_chooses(op)
            if not found or len(op.outputs) != 1 or not op.out.type.is_scalar:
                return None
        for v in self._others():
            self.asked[v] = self.r.b.emit("isfinite", [v])
        return list(self.asked.values())

    def _positive(self, v: Value, signed: bool = False) -> bool:
        """Ask whether a value, or its size, is above zero; return whether it can be asked."""
        if isinstance(v, Const):
            return v.const > 0 if signed else v.const != 0
        if v in self.asked or (v.op is not None and v.op.prim in ROOTS[:2] and v in self._inside()):
            return True
        if v.op is not None and _only_chooses(v.op):
            sides = [u for b in v.op.blocks for u in b.results]
            return all(self._positive(u, signed) for u in sides)
        known = self._before(v)
        if known is None:
            return False
        size = known if signed or _is_root(v) else self.r.b.emit("abs", [known])
        self.asked[v] = self.r.b.emit("gt", [size, Const(0.0)])
        return True

    def _inside(self) -> set[Value]:
        return {v for op in self.block.ops for v in op.outputs}

    def _before(self, v: Value) -> Value | None:
        """Return a value of the block as it is computed before it, None where that may fail."""
        if v in self.known or v not in self._inside():
            return self.known.get(v, v)
        op = v.op
        if op is None or not (op.prim in (*PLAIN, *LENGTHS) or _is_item(op)):
            return None
        inputs = [self._before(w) for w in op.inputs]
        if any(w is None for w in inputs):
            return None
        self.known[v] = self.r.b.emit(op.prim, inputs, span=op.span, **op.attrs)
        return self.known[v]

    def _others(self) -> list[Value]:
        """Return what the block reads and nothing is asked of: it is to be a number."""
        items = {op.out for op in self.block.ops if _is_item(op)}
        read = dict.fromkeys(v for op in self.block.ops for v in _read(op))
        known = {*(self._inside() - items), *self.asked, self.factor}
        asked = [v for v in read if v not in known and not isinstance(v, Const)]
        found = [self._before(v) for v in asked if v.type.is_scalar and v.type.inexact]
        return [v for v in found if v is not None]


def _read(op: Op) -> list[Value]:
    """Return what an operation reads, the sides of a branch as well."""
    return [*op.inputs, *(v for b in op.blocks for v in b.results)]


def _only_chooses(op: Op) -> bool:
    """Whether a branch computes nothing: it is one value or another."""
    return op.prim == "if" and len(op.outputs) == 1 and not any(b.ops for b in op.blocks)


def _is_guard(op: Op) -> bool:
    """Whether an operation asks whether a name was assigned, or raises where it was not."""
    return bool(op.attrs.get("guards")) or op.prim == "is"


def _is_item(op: Op) -> bool:
    """Whether an operation reads an entry of an array by the indices of loops, as what was kept."""
    plain = op.prim == "load" and op.inputs[0].type.kind == "array" and op.out.type.is_scalar
    return plain and all(isinstance(v, Const) or v.op is None for v in op.inputs[1:])


def _is_root(v: Value) -> bool:
    return v.op is not None and v.op.prim in ROOTS[:2]
