"""Signs of the reverse sweep, and of tangents, move to where they read best, and cost nothing.

- A sign before a product with a literal is the literal's: ``-(2.0 * x)`` is ``-2.0 * x``; so with
  a quotient.
- A sign inside a sum or a transposition moves out of it: ``np.sum(-x)`` is ``-np.sum(x)``.
- What is added with a sign is subtracted: ``d + -0.5 * x`` is ``d - 0.5 * x``, and ``-y + d`` is
  ``d - y``.

Each gives the same bits, but for the sign of a zero.
"""

from __future__ import annotations

from gradgen.ir.nodes import Const, Function, Op, Value, blocks_of, uses, walk

# Operations that give the opposite for the opposite.
ODD = ("sum", "T", "transpose", "expand_dims", "reshape", "ravel", "diag", "diag_view", "diagonal")

PRODUCTS = ("mul", "div", "matmul")


def join_signs(function: Function) -> None:
    """Give signs of derivatives to literals and to sums, in place."""
    count = uses(function.body)
    gone: set[int] = set()
    for op in walk(function.body):
        if op.derived:
            _move_out(op, count)
            _give_to_literal(op, count, gone)
    for op in walk(function.body):
        if op.derived and op.prim in ("add", "inc"):
            _exchange(op, count, gone)
            _subtract(op, count, gone)
    for block in blocks_of(function.body) if gone else ():
        block.ops = [op for op in block.ops if id(op) not in gone]


def _move_out(op: Op, count: dict[Value, int]) -> None:
    """Exchange an operation and the sign that it is applied to."""
    minus = op.inputs[0].op if op.prim in ODD else None
    if minus is None or not _is_own(minus, "neg", count) or len(op.inputs) != 1:
        return
    minus.prim, minus.attrs = op.prim, op.attrs
    minus.out.type, minus.out.name = op.out.type, ""
    op.prim, op.attrs = "neg", {}


def _give_to_literal(op: Op, count: dict[Value, int], gone: set[int]) -> None:
    product = op.inputs[0].op if op.prim == "neg" else None
    if product is None or product.prim not in ("mul", "div") or id(product) in gone:
        return
    factor, value = product.inputs
    if not _is_own(product, product.prim, count):
        return
    if isinstance(factor, Const) and type(factor.const) is float:
        op.prim, op.inputs = product.prim, [Const(-factor.const), value]
        gone.add(id(product))


def _exchange(op: Op, count: dict[Value, int], gone: set[int]) -> None:
    """Turn ``-a + b`` into ``b - a``, also where ``1.0 *`` makes floats of whole numbers first."""
    first = op.inputs[0].op if op.prim == "add" else None
    if first is not None and _is_own(first, "mul", count) and op.inputs[1].type.is_array:
        one, whole = first.inputs
        wide = op.inputs[1].type.dtype == op.out.type.dtype and not whole.type.inexact
        if wide and isinstance(one, Const) and one.const == 1.0:
            op.inputs[0], first = whole, whole.op
    if first is not None and _is_own(first, "neg", count) and id(first) not in gone:
        gone.add(id(first))
        op.prim, op.inputs = "sub", [op.inputs[1], first.inputs[0]]


def _subtract(op: Op, count: dict[Value, int], gone: set[int]) -> None:
    """Turn the addition of something with a sign into a subtraction."""
    if op.prim == "sub" or (op.prim == "inc" and op.attrs.get("sign") not in ("+", "-")):
        return
    added = op.inputs[1]
    term = added.op
    if _is_negative(added):
        assert isinstance(added, Const)
        op.inputs[1] = Const(-added.const)
    elif term is not None and _is_own(term, "neg", count) and id(term) not in gone:
        op.inputs[1] = term.inputs[0]
        gone.add(id(term))
    elif not _turn_leading(added, count, gone):
        return
    if op.prim == "add":
        op.prim = "sub"
    else:
        op.attrs = op.attrs | {"sign": "-" if op.attrs["sign"] == "+" else "+"}


def _turn_leading(v: Value, count: dict[Value, int], gone: set[int]) -> bool:
    """Take the sign of the leading factor of a product away; say whether there was one."""
    while v.op is not None and v.op.prim in PRODUCTS and _is_own(v.op, v.op.prim, count):
        first = v.op.inputs[0]
        if isinstance(first, Const):
            if _is_negative(first):
                v.op.inputs[0] = Const(-first.const)
            return _is_negative(first)
        if first.op is not None and _is_own(first.op, "neg", count) and id(first.op) not in gone:
            v.op.inputs[0] = first.op.inputs[0]
            gone.add(id(first.op))
            return True
        v = first
    return False


def _is_negative(v: Value) -> bool:
    return isinstance(v, Const) and type(v.const) is float and v.const < 0.0


def _is_own(op: Op, prim: str, count: dict[Value, int]) -> bool:
    """Whether this is an operation of a derivative, for one reader."""
    return op.prim == prim and op.derived and count.get(op.out) == 1
