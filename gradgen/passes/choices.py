"""Choices inside a choice by the same test: the sweep asks once.

The adjoint of ``np.where(m, f(x), g(x))`` is zero where the other arm was taken, and each further
step keeps it so.  Inside ``where(m, ...)`` these tests are known; and two choices by one test,
added, are one: ``where(m, d_f, d_g)``.
"""

from __future__ import annotations

from gradgen.deep import deep
from gradgen.diff.algebra import Algebra
from gradgen.ir.builder import Builder
from gradgen.ir.nodes import Block, Function, Op, Value, blocks_of, uses
from gradgen.rules.registry import RULES

CHOICES = ("where", "select")
ARITHMETIC = {"mul": "mul", "np.multiply": "mul", "div": "div", "neg": "neg"}


def ask_once(function: Function) -> None:
    """Simplify choices of the sweep inside choices by the same test, in place."""
    count = uses(function.body)
    for block in blocks_of(function.body):
        if any(op.prim in CHOICES and op.derived for op in block.ops):
            _Block(block, count).run()


class _Block:
    def __init__(self, block: Block, count: dict[Value, int]) -> None:
        self.block, self.count = block, count
        self.new = Builder(Block())
        self.alg = Algebra(self.new)

    def run(self) -> None:
        """Go through the operations in order; what is made stands before what needs it."""
        ops: list[Op] = []
        for op in self.block.ops:
            if op.derived and len(op.outputs) == 1:
                self.new.block = Block()
                self.new.reverse, self.new.tangent = op.reverse, op.tangent
                self.new.span, self.new.region = op.span, op.region
                self._simplify(op)
                ops += self.new.block.ops
            ops.append(op)
        self.block.ops = ops

    def _simplify(self, op: Op) -> None:
        if op.prim == "add":
            self._join(op)
        if op.prim in CHOICES:
            test = op.inputs[0]
            arms = [self._arm(op.inputs[k], test, k) for k in (1, 2)]
            if arms != op.inputs[1:]:
                self._become(op, op.prim, [test, *arms])

    def _join(self, op: Op) -> None:
        """Make one choice of the sum of two."""
        one, two = (v.op for v in op.inputs)
        if one is not None and two is not None and self._have_one_test(one, two):
            sums = [self._sum(one.inputs[k], two.inputs[k]) for k in (1, 2)]
            self._become(op, one.prim, [one.inputs[0], *sums])

    def _have_one_test(self, one: Op, two: Op) -> bool:
        """Whether both are choices by the same test, of the sweep's own."""
        if one is two or one.prim != two.prim or one.prim not in CHOICES:
            return False
        ours = all(o.derived and self.count.get(o.out, 1) == 1 for o in (one, two))
        return ours and one.inputs[0] is two.inputs[0]

    @deep
    def _sum(self, a: Value, b: Value) -> Value:
        """Return the sum of two arms, in which there may be choices by one test again."""
        if a.op is None or b.op is None or not self._have_one_test(a.op, b.op):
            return self.alg.add(a, b)
        test, *arms = a.op.inputs
        sums = [self._sum(*pair) for pair in zip(arms, b.op.inputs[1:], strict=True)]
        return self.new.emit(a.op.prim, [test, *sums])

    def _become(self, op: Op, prim: str, inputs: list[Value]) -> None:
        """Turn an operation into a choice, if that has the same type."""
        if RULES[prim].type(inputs, {}) == op.out.type:
            op.prim, op.inputs, op.attrs = prim, inputs, {}
        else:
            self.new.block.ops.clear()

    @deep
    def _arm(self, v: Value, test: Value, k: int) -> Value:
        """Return what a value is where a test went one way: ``k`` as the arm's place."""
        op = v.op
        if op is None or not op.derived:
            return v
        if op.prim in CHOICES and op.inputs[0] is test:
            return self._arm(op.inputs[k], test, k)
        rule = RULES.get(op.prim)
        plain = rule is not None and rule.elementwise and len(op.outputs) == 1
        if not plain or self.count.get(v, 1) != 1:  # what is made here is read once
            return v
        inputs = [self._arm(x, test, k) for x in op.inputs]
        if inputs == op.inputs:
            return v
        if op.prim in ARITHMETIC:
            return getattr(self.alg, ARITHMETIC[op.prim])(*inputs)
        return self.new.emit(op.prim, inputs, v.name, op.span, **op.attrs)
