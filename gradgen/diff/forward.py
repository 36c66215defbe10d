"""Forward mode: the tangent of each value beside the value itself, in one sweep and without tapes.

Every operation is followed by what it does to tangents (Griewank and Walther, chapter 3); loops and
branches carry tangents along.  A value without a tangent does not vary: its tangent is zero, and
is written down only where something needs it.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable
from typing import Any, NoReturn

from gradgen.deep import deep
from gradgen.diff import idioms
from gradgen.diff.activity import carried, ends, varied
from gradgen.diff.adjoints import adjoint_type, share_type
from gradgen.diff.algebra import Algebra
from gradgen.diff.behind import behind_rules
from gradgen.diff.conjugates import adjoint_of
from gradgen.diff.custom import tangents_of
from gradgen.diff.formulas import emit_formula
from gradgen.diff.gaps import find_gaps
from gradgen.diff.infinite import may_be_infinite
from gradgen.diff.missing import missing_values
from gradgen.diff.truncation import look_for_truncation
from gradgen.diff.written import inputs_by_name, written, written_several
from gradgen.diff.zeros import DIVISIONS, PICKING, is_power, is_steep, meets, zero_where_zero
from gradgen.errors import UnsupportedError
from gradgen.ir.builder import Builder
from gradgen.ir.nodes import GROWS, WRITES, Block, Const, Function, Op, Undefined, Value
from gradgen.ir.order import made_in_rows
from gradgen.ir.types import Type, has_fresh_length
from gradgen.passes.shapes import READS
from gradgen.rules.complexes import LINEAR, is_complex
from gradgen.rules.indexing import needs_rows
from gradgen.rules.registry import RULES, Rule, Unknown

# Inputs that are numbers even where they are integers; others are lengths and places.
NUMBERS = {
    "list": range(10**6), "complex": (0, 1), "append": (0, 1), "insert": (0, 1), "extend": (0, 1),
    "store": (0, 1), "inc": (0, 1), "add_at": (0, 1), "list_add": (0, 1), "full": (0,),
    "full_like": (1,), "repeat_list": (0,), "pop": (0,),
}  # fmt: skip
OTHERS = {"abs", "np.abs", "angle", "helper"}  # take complex numbers, and are not linear
PHASED = {"eigh", "svd"}  # their complex vectors are found but for their phases
# Dtypes of a tangent, by that of its value, that not all that may be written to it fits into.
NARROWER = {
    "complex128": ("float64", "float32", "complex64"),
    "complex64": ("float64", "float32"),
    "float64": ("float32",),
}
# What a complex number does to the tangents of its absolute value and its angle.
PARTS = {"abs": "real", "np.abs": "real", "angle": "imag"}


def add_tangents(
    function: Function, given: dict[Value, Value], units: bool = False
) -> dict[Value, Value]:
    """Put the tangent of each value that varies behind it, in place; return these tangents.

    ``given`` are the tangents of the differentiated leaves; ``units``: they will be unit vectors.
    """
    sweep = Forward(function, given, units)
    sweep.block(function.body)
    return sweep.tangents


class Forward:
    """The state of the sweep: the tangents so far."""

    def __init__(self, function: Function, given: dict[Value, Value], units: bool = False) -> None:
        self.function = function
        self.b = Builder(function.body, tangent=True)
        self.alg = Algebra(self.b)
        self.varied = varied(function)
        look_for_truncation(function, self.varied)
        self.varied -= behind_rules(function)
        self.missing = missing_values(function.body)
        self.tangents = dict(given)
        seeds = [v for v in given if v.type.shape != () or (units and len(given) > 1)]
        self.gaps = find_gaps(function, self.varied, seeds)
        self.infinite = may_be_infinite(function)

    @deep
    def block(self, block: Block) -> None:
        """Go through a block, which is built anew with tangents in it."""
        ops, block.ops = block.ops, []
        here: list[Value] = []  # lists whose tangents are there in this block only
        with self.b.into(block):
            for op in ops:
                self.b.span = op.span
                if op.prim in ("for", "while"):
                    self._loop(op)
                    continue
                if op.prim == "call" and op.attrs["callee"].moving:
                    self._recursion(op)
                    continue
                here += self._before_write(op)
                block.ops.append(op)
                if op.prim == "if":
                    self._if(op)
                elif op.prim != "leaf" and any(v in self.varied for v in op.outputs):
                    self._operation(op)
        for v in here:
            del self.tangents[v]

    def _before_write(self, op: Op) -> list[Value]:
        """Make a tangent for a list that has none while it is as it was before a write."""
        base = op.inputs[0] if op.prim in (*WRITES, *GROWS) else None
        if base is None or base.type.kind != "list" or base in self.tangents:
            return []
        if not any(v in self.varied for v in op.outputs):
            return []
        self.tangents[base] = self.of(base)
        return [base]

    def straight(self, ops: list[Op]) -> None:
        """Append the tangents of operations without blocks, which stay where they are."""
        for op in ops:
            self.b.span = op.span
            if op.prim != "leaf" and any(v in self.varied for v in op.outputs):
                self._operation(op)

    def of(self, v: Value) -> Value:
        """Return the tangent of a value, an exact zero where it does not vary."""
        if isinstance(v, Undefined):
            return Undefined(v.unread)
        found = self.tangents.get(v)
        if found is None and v.op is not None and v.op.prim == "list" and not v.op.inputs:
            name = f"t_{v.name}" if v.name else ""
            return self.b.append("list", [], [v.type], [name], attrs=v.op.attrs).out
        return self._zeros(v) if found is None else self.alg.full(found, v)

    def _zeros(self, v: Value) -> Value:
        """Return a zero of a value's shape; where it may be missing, shaped as one that is not."""
        if v.type.kind == "array" and v in self.missing and not has_fresh_length(v.type):
            sure = [leaf.value for leaf in self.function.leaves]
            sure += [u for op in self.function.body.ops if not op.blocks for u in op.outputs]
            v = next((u for u in sure if u.type == v.type), v)
        return self.alg.zeros(v)

    def _note(self, v: Value, t: Value) -> None:
        """Take a value for the tangent of another, and name it after that: ``t_hidden``."""
        t = self.alg.full(t, v)
        if t.type.kind == "array" and t.type.dtype in NARROWER.get(v.type.dtype, ()):
            t = self.alg.cast(t, v.type.dtype)  # what is written to the value is to fit
        if v.name and not t.name and t.op is not None and not isinstance(t, Const):
            t.call_after(v, "t")
        self.tangents[v] = t

    # --- control flow ---------------------------------------------------------------------

    def _if(self, op: Op) -> None:
        for inner in op.blocks:
            self.block(inner)
        for k, v in enumerate(list(op.outputs)):
            if v not in self.varied:
                continue
            for inner in op.blocks:
                with self.b.into(inner):
                    inner.results.append(self.of(inner.results[k]))
            op.outputs.append(self._carried(v, op))
        op.attrs.pop("style", None)

    def _carried(self, v: Value, op: Op | None) -> Value:
        """Return a new value for the tangent of what a branch or a loop hands on."""
        t = Value(adjoint_type(v), "", v.span)
        t.call_after(v, "t")
        t.op = op
        self.tangents[v] = t
        return t

    def _loop(self, op: Op) -> None:
        params, inits = carried(op)
        moving = [k for k, p in enumerate(params) if p in self.varied]
        op.inputs = [*op.inputs, *(self.of(inits[k]) for k in moving)]
        self.b.block.ops.append(op)
        for inner in op.blocks:
            first = 1 if op.prim == "for" else 0
            inner.params += [self._carried(inner.params[first + k], None) for k in moving]
        for inner in op.blocks:
            self.block(inner)
        for end in ends(op.blocks[-1]):
            with self.b.into(end):
                end.results += [self.of(end.results[k]) for k in moving]
        op.outputs += [self._carried(op.outputs[k], op) for k in moving]

    # --- operations -----------------------------------------------------------------------

    def _operation(self, op: Op) -> None:
        if op.prim == "custom":
            found = tangents_of(self.b, self.function, op, self.of, self.tangents)
            for v, t in zip(op.outputs, found, strict=True):
                self._note(v, t)
            return
        rule = RULES.get(op.prim)
        if rule is None:
            self._refuse(op, "a recursive function")
        if op.prim == "pop":
            types = [adjoint_type(v) for v in op.outputs]
            done = self.b.append("pop", self._moved(rule, op), types)
            for v, t in zip(op.outputs, done.outputs, strict=True):
                self._note(v, t)
        elif len(op.outputs) > 1:
            self._several(rule, op)
        else:
            self._note(op.out, self._tangent(rule, op))

    def _recursion(self, op: Op) -> None:
        """Hand the tangents of its arguments to a recursive function, and take those back."""
        callee = op.attrs["callee"]
        op.inputs += [self.of(op.inputs[k]) for k in callee.moving]
        self.b.block.ops.append(op)
        for v in [op.outputs[k] for k in callee.varying]:
            t = Value(adjoint_type(v), f"t_{v.name or 'result'}", v.span)
            t.op, t.user = op, v.user
            op.outputs.append(t)
            if v in self.varied:
                self.tangents[v] = t

    def _tangent(self, rule: Rule, op: Op) -> Value:
        if op.prim in ("inc", "add_at") and op.inputs[1] not in self.tangents:
            return self.of(op.inputs[0])
        found = idioms.found_in(op)
        if found is not None and found.x in self.tangents:
            return idioms.tangent(self.alg, op, found, self.tangents[found.x])
        if rule.jvp is not None:
            moving = self._moving(rule, op)
            given = [self.of(v) if i in moving else None for i, v in enumerate(op.inputs)]
            return rule.jvp(self.alg, op, given)
        if callable(rule.tangent):
            self._refuse_unknown(rule, op)
            return written(self.b, rule.tangent, op, self._named(op), adjoint_type(op.out))
        if op.prim in ("where", "select"):
            test, a, b = op.inputs
            return self.alg.where(test, self._or_zero(a), self._or_zero(b))
        if op.prim in PARTS and is_complex(op.inputs[0]):
            return self._part(op)
        if rule.tangent == "multilinear":
            return self._each(op)
        if rule.elementwise and rule.tangent is None:
            if rule.of_complex == "linear" and any(map(is_complex, op.inputs)):
                # Its adjoint has conjugates in it, which a tangent has not.
                self._refuse(op, f"{rule.spelling} of complex numbers")
            if op.prim in DIVISIONS and self._moving(rule, op) == [0, 1]:
                return self._of_quotient(rule, op)
            if _is_square(op):
                return self.alg.mul(2.0, self._share(rule, op, 0))
            return self._sum(self._share(rule, op, i) for i in self._moving(rule, op))
        if rule.tangent == "linear" or (op.prim in LINEAR and op.prim not in OTHERS):
            return self.b.emit(op.prim, self._placed(op, self._moved(rule, op)), **op.attrs)
        if rule.tangent == "reduction" and self._moving(rule, op) == [0]:
            return self._reduced(rule, op)
        self._refuse(op, rule.spelling or rule.name)

    def _placed(self, op: Op, moved: list[Value]) -> list[Value]:
        """Let the tangent of an array lie in memory as what writes to it through views needs."""
        if op.prim in WRITES and needs_rows(op) and not made_in_rows(moved[0]):
            moved[0] = self.alg.emit("copy", moved[0])
        return moved

    def _refuse_unknown(self, rule: Rule, op: Op) -> None:
        for i in self._moving(rule, op) if rule.adjoint else ():
            if isinstance(adjoint_of(rule, i, op), Unknown):
                name = rule.params[i]
                self._refuse(op, f"{rule.spelling} by its argument {name!r}, in closed form,")

    def _reduced(self, rule: Rule, op: Op) -> Value:
        """Return the sums of the partials, a cotangent of ones sent back, times the tangent."""
        a, one = op.inputs[0], Const(1.0)
        ones = one if rule.narrow else self.alg.full(one, op.out)
        partials = self._sent_back(rule, op, 0, ones, adjoint_type(a))
        share = self.alg.mul(partials, self.alg.full(self.tangents[a], a))
        if op.prim in PICKING and a.op is not None and is_steep(a.op):
            share = zero_where_zero(self.alg, partials, share)
        if is_complex(a) and not is_complex(op.out):
            # Partials are cotangents of the parts, real and imaginary.
            turned = self.alg.conj(partials)
            share = self.alg.emit("real", self.alg.mul(turned, self.alg.full(self.tangents[a], a)))
        if a.type.is_scalar:
            return share
        attrs = {k: v for k, v in op.attrs.items() if k in ("axis", "keepdims")}
        return self.alg.emit("sum", share, **attrs)

    def _several(self, rule: Rule, op: Op) -> None:
        if op.prim in PHASED and any(map(is_complex, op.outputs)):
            self._refuse(op, f"the vectors of {rule.spelling} of complex numbers, of any phase,")
        if not callable(rule.tangent):
            self._refuse(op, rule.spelling or rule.name)
        found = written_several(self.b, rule.tangent, op, self._named(op))
        for v, t in zip(op.outputs, found, strict=True):
            if v in self.varied:
                self._note(v, t)

    def _moving(self, rule: Rule, op: Op) -> list[int]:
        return [
            i
            for i, v in enumerate(op.inputs)
            if v in self.tangents and rule.differentiable(i, op.attrs)
        ]

    def _share(self, rule: Rule, op: Op, i: int) -> Value:
        """Return what one input adds to the tangent of an elementwise result."""
        t = self.tangents[op.inputs[i]]
        if _is_square(op):
            return self.alg.mul(t, op.inputs[0])
        share = self._sent_back(rule, op, i, t, share_type(op.out, t))
        if op.inputs[i] in self.gaps and (is_steep(op) if not i else is_power(op)):
            return zero_where_zero(self.alg, t, share)
        if meets(op, i, self.infinite):
            return self.alg.where(self.alg.emit("isinf", op.out), 0.0, share)
        return share

    def _of_quotient(self, rule: Rule, op: Op) -> Value:
        """Return the tangent of a quotient both of whose inputs vary, by one division."""
        a, b = op.inputs
        if any(meets(op, i, self.infinite) for i in (0, 1)):
            return self._sum(self._share(rule, op, i) for i in (0, 1))
        of_b = self.alg.mul(self.tangents[b], op.out)
        above = self.alg.sub(self.tangents[a], of_b)
        return self.alg.div(above, b) if op.prim == "div" else self.alg.quotient(above, b)

    def _sent_back(self, rule: Rule, op: Op, i: int, g: Value, type_: Type) -> Value:
        """Return what the adjoint by an input makes of ``g``."""
        self._refuse_unknown(rule, op)
        how = adjoint_of(rule, i, op)
        if isinstance(how, str):
            return emit_formula(self.alg, how, op, g)
        if callable(how):
            return written(self.b, how, op, {"g": g}, type_)
        if rule.vjp is None:
            self._refuse(op, rule.spelling or rule.name)
        return rule.vjp(self.alg, op, g, i)

    def _sum(self, shares: Iterable[Value]) -> Value:
        zero: Value = Const(0.0)
        return functools.reduce(self.alg.add, shares, zero)

    def _each(self, op: Op) -> Value:
        """Return the sum over the inputs of the operation with the tangent in place of one."""
        rule = RULES[op.prim]
        out = []
        for i in self._moving(rule, op):
            inputs = list(op.inputs)
            inputs[i] = self.of(op.inputs[i])
            out.append(self.b.emit(op.prim, inputs, **op.attrs))
        return self._sum(out)

    def _moved(self, rule: Rule, op: Op) -> list[Value]:
        """Return the inputs with tangents in place of all that can have one."""
        numbers = range(10**6) if rule.form == "sequence" else NUMBERS.get(op.prim, ())
        kept = READS.get(op.prim)

        def moves(i: int, v: Value) -> bool:
            # Where each input's adjoint is stated, one that has none is a length or a place; of
            # the others, integers may be.
            number = v.type.inexact or bool(rule.adjoint)
            return i in numbers or (i != kept and number and rule.differentiable(i, op.attrs))

        return [self.of(v) if moves(i, v) else v for i, v in enumerate(op.inputs)]

    def _named(self, op: Op) -> dict[str, Any]:
        return {
            f"t_{n}": self.alg.full(self.tangents[v], v) if v in self.tangents else None
            for n, v in inputs_by_name(op).items()
        }

    def _or_zero(self, v: Value) -> Value:
        return self.tangents.get(v, Const(0.0))

    def _part(self, op: Op) -> Value:
        """Return the tangent of the absolute value or the angle of a complex number."""
        z = op.inputs[0]
        turned = self.alg.mul(self.alg.conj(z), self.tangents[z])
        part = self.alg.emit(PARTS[op.prim], turned)
        size = self.alg.emit("np.abs", z)
        if op.prim == "angle":
            size = self.alg.mul(size, size)
            part = self.alg.emit("rad2deg", part) if op.attrs.get("deg") else part
        safe = self.alg.where(self.alg.emit("eq", size, 0.0), 1.0, size)
        return self.alg.div(part, safe)

    def _refuse(self, op: Op | None, what: str) -> NoReturn:
        raise UnsupportedError(
            f"forward mode through {what} is not supported",
            op.span if op is not None else self.b.span,
            "use vjp, grad or jacobian",
        )


def _is_square(op: Op) -> bool:
    return op.prim == "mul" and op.inputs[0] is op.inputs[1]
