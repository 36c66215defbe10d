"""The lowering to Numba: what it cannot compile becomes what it can.

The pass goes over the final graph.  An operation that Numba has stays; one that is worth a loop
becomes the call of a function written for its rank and axes (``loops``); the rest calls NumPy
(``python_calls``).  What is left, values whose type is not known, Numba's own inference decides.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from pathlib import Path

from gradgen.backends import gathers, lists, loops, messages, python_calls, slow_to_compile
from gradgen.backends.axes import order_axes
from gradgen.backends.failures import WAY_OUT
from gradgen.backends.list_items import lay_out_items, type_lists
from gradgen.backends.native import is_native
from gradgen.backends.overlaps import read_before_writing
from gradgen.backends.unsettled import settle
from gradgen.backends.vectors import maps_in_vectors
from gradgen.emission.printable import definitions_of
from gradgen.errors import UnsupportedError
from gradgen.ir.nodes import WRITES, Const, Function, Op, Value, blocks_of, walk
from gradgen.ir.types import scalar
from gradgen.ir.words import describe
from gradgen.passes.dce import never_ends
from gradgen.passes.maps_apart import MAPS
from gradgen.rules.registry import RULES
from gradgen.syntax import nodes_in

LOOPS = {**loops.LOOPS, **lists.LOOPS, **slow_to_compile.LOOPS}
# What compiled code has by another name: of integers, with checks; of a single number.
OF_INTEGERS = {
    "floordiv": "_floor_divide",
    "mod": "_remainder",
    "lshift": "_shift_left",
    "rshift": "_shift_right",
    "pow": "_power",
}
# What grows from turn to turn, and would wrap around without a word.
GROWING = {"mul": "_times", "add": "_plus"}
# What Numba makes integers of that are not there, where a float is too large.
OF_FLOATS = {"int": "_int", "math.trunc": "_int", "math.floor": "_floor", "math.ceil": "_ceil"}
OF_NUMBERS = {
    "erf": "math.erf", "erfc": "math.erfc", "gamma": "math.gamma", "gammaln": "math.lgamma",
    "special.expm1": "math.expm1", "special.log1p": "math.log1p", "expit": "_expit",
    "math.fmod": "np.fmod",
}  # fmt: skip
LACKED = ("choice", "gumbel")  # what Numba's generators of random numbers do not draw
FILLS = {"full": 0, "fill": 1, "stretch": 1}  # what takes a number to fill an array with, and where
SMALL = ("bool", "int8", "uint8", "int16", "uint16")
HELPERS = str(Path(__file__).with_name("helpers.py"))


def lower_to_numba(function: Function, others: list[Function]) -> None:
    """Lower the final graph of a function, and of the recursive functions that it calls."""
    _require_types(function)
    function.helpers |= definitions_of(HELPERS)
    lowering = Lowering(function)
    for f in (function, *others):
        f.native = True
        settle(f)
        _refuse_new_generators(f)
        _refuse_callbacks(f)
        _refuse_endless_loops(f)
        type_lists(f)
    lay_out_items([function, *others])
    for f in (function, *others):
        read_before_writing(f)
        for op in walk(f.body):
            _spell_power(op)
        for block in blocks_of(f.body):
            block.ops = [each for op in block.ops for each in (*_before(op), op)]
        lowering.carried = _carried(f)
        lowering.maps = maps_in_vectors(f.body)
        lowering.read = {v for op in walk(f.body) for v in op.inputs}
        lowering.read |= {v for block in blocks_of(f.body) for v in block.results}
        for op in walk(f.body):
            lowering.lower(op)
    _keep_float32(function)


def _refuse_new_generators(function: Function) -> None:
    """Refuse generators that each turn of a loop makes anew: Numba makes none, nor old ones."""
    old = ("legacy_generator", "python_generator")
    for op in (op for op in walk(function.body) if op.prim in old):
        what = f"{RULES[op.prim].spelling} has no lowering to Numba"
        raise UnsupportedError(what, op.span, f"use np.random.default_rng; {WAY_OUT}")
    loops = [op for op in walk(function.body) if op.prim in ("for", "while")]
    for op in (op for loop in loops for op in walk(loop.blocks[-1]) if op.prim == "generator"):
        raise UnsupportedError(
            "np.random.default_rng in a loop has no lowering to Numba",
            op.span,
            f"make the generator before the loop; {WAY_OUT}",
        )


def _refuse_callbacks(function: Function) -> None:
    """Refuse what SciPy calls back: a compiled function cannot hand it one."""
    for op in walk(function.body):
        if "callee" in op.attrs and op.prim != "call":
            what = f"{RULES[op.prim].spelling} has no lowering to Numba"
            raise UnsupportedError(what, op.span, WAY_OUT)


def _refuse_endless_loops(function: Function) -> None:
    """Refuse loops that nothing ends but an exception of an operation: Numba asks for a way out."""
    for op in walk(function.body):
        if never_ends(op) and not any(o.prim in ("assert", "raise_if") for o in walk(op.blocks[1])):
            raise UnsupportedError(
                "a loop without an end has no lowering to Numba",
                op.span,
                f"end it with `break`, `return` or `raise`; {WAY_OUT}",
            )


def _carried(function: Function) -> set[Value]:
    """Return what loops carry to their next turn."""
    loops = (op for op in walk(function.body) if op.prim in ("for", "while"))
    return {v for op in loops for b in blocks_of(op.blocks[-1]) for v in b.results}


def _is_long(const: object) -> bool:
    return type(const) is int and not -(2**63) <= const < 2**63


def _of_integers(op: Op) -> bool:
    """Whether these are integers, none of them a literal."""
    return all(v.type.kind == "int" and not isinstance(v, Const) for v in op.inputs)


def _spell_power(op: Op) -> None:
    """Spell powers of arrays so that 0 to a negative one is infinite, and a root is NumPy's."""
    if op.prim not in ("pow", "np.power") or not isinstance(op.inputs[1], Const):
        return
    a, by = op.inputs[0].type, op.inputs[1].const
    if a.kind == "array" and a.rank and a.dtype in ("float64", "float32"):
        if type(by) is int and by < 0:
            op.inputs[1] = Const(float(by))
        elif by == 0.5:
            op.prim, op.inputs = "sqrt", [op.inputs[0]]


def _is_inverse(power: Value) -> bool:
    """Whether a power of an integer is meant to be negative, and so gives a float in Python."""
    if isinstance(power, Const):
        return type(power.const) is int and power.const < 0
    return power.type.kind == "int" and power.op is not None and power.op.prim == "neg"


def _before(op: Op) -> list[Op]:
    """Return what NumPy does to an operation's inputs by itself, which it takes in their place."""
    return [*_narrowed(op), *_numbered(op)]


def _narrowed(op: Op) -> list[Op]:
    """Give Python's numbers the dtype of single precision that they meet, as NumPy does."""
    rule = RULES.get(op.prim)
    if rule is None or not rule.elementwise or any(v.type.dtype != "float32" for v in op.outputs):
        return []
    made: list[Op] = []
    for k, v in enumerate(op.inputs):
        if v.type.is_scalar and v.type.weak and v.type.kind in ("float", "int"):
            if op.prim == "pow" and k and v.type.kind == "int":
                continue
            narrow = Value(scalar("float32"), v.name, v.span)
            narrow.op = Op("np.float32", [v], [narrow], {}, op.span, reverse=op.reverse)
            made.append(narrow.op)
            op.inputs[k] = narrow
    return made


def _numbered(op: Op) -> list[Op]:
    """Take the number out of an array without axes with which another one is filled."""
    at = FILLS.get(op.prim)
    v = None if at is None else op.inputs[at]
    if at is None or v is None or v.type.kind != "array" or v.type.shape != () or not v.type.dtype:
        return []
    number = Value(scalar(v.type.dtype), v.name, v.span)
    number.op = Op("load", [v], [number], {"index": ""}, op.span, reverse=op.reverse)
    op.inputs[at] = number
    return [number.op]


def _keep_float32(function: Function) -> None:
    """Give results their dtype: Numba's Python numbers widen what they meet, NumPy's do not."""
    for k, v in enumerate(function.body.results):
        if v.type.kind == "array" and v.type.dtype == "float32" and v.type.rank:
            narrow = Value(v.type, v.name, v.span)
            narrow.user = v.user
            narrow.op = Op("astype", [v], [narrow], {"dtype": "float32"}, reverse=True)
            function.body.ops.append(narrow.op)
            function.body.results[k] = narrow


def _require_types(function: Function) -> None:
    for leaf in function.leaves:
        if leaf.value.type.kind == "any":
            raise UnsupportedError(
                f"the type of {leaf.param!r} is not known, which compiled text is made for",
                function.span,
                f"give example_args, or annotate the parameters; {WAY_OUT}",
            )


class Lowering:
    """Lowers one operation after the other; functions that do the same are printed once."""

    def __init__(self, function: Function) -> None:
        self.helpers = function.helpers
        self.plain = function.plain_helpers
        self.made: dict[str, str] = {}
        self.carried: set[Value] = set()
        self.maps: set[Op] = set()
        self.read: set[Value] = set()

    def lower(self, op: Op) -> None:
        """Leave an operation, or turn it into the call of a printed function."""
        self._check(op)
        order_axes(op)
        if op.prim in GROWING and op.out in self.carried and _of_integers(op):
            as_call(op, GROWING[op.prim], op.inputs)
        elif op in self.maps:
            as_call(op, MAPS[op.prim], op.inputs)
        elif op.prim == "stop_gradient":
            as_call(op, "_constant", op.inputs)
        elif op.prim in messages.TEXTS:
            messages.lower(op, self)
        elif self._as_loops(op):
            return
        elif op.prim in RULES and not op.blocks and not is_native(op):
            self._otherwise(op)

    def _otherwise(self, op: Op) -> None:
        """Call what does the same in compiled code, else NumPy."""
        first = op.inputs[0].type if op.inputs else None
        if op.prim == "pow" and _is_inverse(op.inputs[1]):
            as_call(op, "_inverse_power", op.inputs)
        elif op.prim in OF_INTEGERS and all(v.type.is_scalar for v in op.inputs):
            as_call(op, OF_INTEGERS[op.prim], op.inputs)
        elif op.prim == "float" and first is not None and first.kind == "array" and not first.rank:
            as_call(op, "_number", op.inputs)
        elif op.prim == "squeeze" and op.out.type.rank == 0:
            op.prim, op.attrs = "reshape", {}
        elif op.prim in OF_FLOATS and first is not None and first.kind == "float":
            as_call(op, OF_FLOATS[op.prim], op.inputs)
        elif op.prim in OF_NUMBERS and first is not None and first.is_scalar:
            as_call(op, OF_NUMBERS[op.prim], op.inputs)
        elif op.prim in WRITES:
            self._write(op)
        else:
            self._python(op)

    def _check(self, op: Op) -> None:
        """Refuse what Numba would compile to something else."""
        if op.prim in ("pieces", "joined_list") and op.attrs.get("axis", 0) != 0:
            self._refuse(op, "joining the arrays of a list along another axis than the first")
        truths = [v for v in op.inputs if isinstance(v, Const) and isinstance(v.const, bool)]
        if op.prim in ("is", "is_not") and truths:
            self._refuse(op, "asking whether a truth value is Python's or NumPy's (`is True`)")
        if any(isinstance(v, Const) and _is_long(v.const) for v in op.inputs):
            self._refuse(op, "an integer of more than 64 bits")
        if _in_half_precision(op):
            what = (
                f"{RULES[op.prim].spelling} of truth values or small integers, in half precision,"
            )
            self._refuse(op, what)

    def _refuse(self, op: Op, what: str) -> None:
        raise UnsupportedError(f"{what} has no lowering to Numba", op.span, WAY_OUT)

    def _as_loops(self, op: Op) -> bool:
        """Call a function of loops instead of the operation, where there is one."""
        rows = lists.added_slice(op)
        if rows is not None:
            name = self.function("_add_slice", lambda name: _parsed(rows, name))
            op.attrs = {**op.attrs, "adds": name}
            return True
        if op.prim in LOOPS:
            return self._loop(op, LOOPS[op.prim])
        if op.prim == "load":
            return self._loop(op, gathers.gather)
        return op.prim in WRITES and self._scatter(op)

    def _scatter(self, op: Op) -> bool:
        """Call a function of loops instead of a store, where there is one."""
        found = gathers.scatter(op)
        if found is not None:
            base, text = found
            op.attrs = {"printed": self.function(base, lambda name: _parsed(text, name))}
        return found is not None

    def _loop(self, op: Op, make: Callable[[Op], loops.Found]) -> bool:
        """Call a function of loops instead of the operation, where there is one."""
        found = make(op)
        if found is None:
            return False
        base, text, inputs = found
        name = self.function(base, lambda name: _parsed(text, name))
        as_call(op, name, inputs)
        return True

    def _python(self, op: Op) -> None:
        """Call NumPy for the operation, where the types on both sides are known."""
        values = [v for v in op.inputs if not isinstance(v, Const)]
        enters = all(python_calls.can_enter(v.type) or _draws_items(op, v) for v in values)
        asked = [v for v in op.outputs if v in self.read] or op.outputs
        if not enters or not all(python_calls.can_pass(v.type) for v in asked):
            return
        called = op.attrs["function"] if op.prim == "helper" else op.prim.rpartition(".")[2]
        base = f"_{called.strip('_')}_in_python"
        name = self.function(base, lambda name: python_calls.in_python(op, name, asked))
        read = {n.id for n in nodes_in(self.helpers[name]) if isinstance(n, ast.Name)}
        self.plain |= {n for n in read if n.startswith("_")}
        as_call(op, name, list(python_calls.parameters(op.inputs)))

    def _write(self, op: Op) -> None:
        """Call NumPy for a store."""
        values = [v for v in op.inputs if not isinstance(v, Const)]
        if all(python_calls.can_pass(v.type) for v in values):
            base = f"_{op.prim}_in_python"
            name = self.function(base, lambda name: python_calls.write_in_python(op, name))
            op.attrs = {"printed": name}

    def function(self, base: str, make: Callable[[str], ast.FunctionDef]) -> str:
        """Return the name of a printed function: the same for what does the same."""
        body = ast.dump(make("_"))
        if body not in self.made:
            name, k = base, 1
            while name in self.helpers:
                name, k = f"{base}_{k}", k + 1
            self.helpers[name] = make(name)
            self.made[body] = name
        return self.made[body]


def as_call(op: Op, name: str, inputs: list[Value]) -> None:
    """Turn an operation into the call of a printed function."""
    hint = describe(op.outputs[0]) if op.outputs else ""
    op.attrs = {"function": name, "options": (), "hint": hint, "does": op.prim}
    op.prim, op.inputs = "helper", inputs


def _draws_items(op: Op, v: Value) -> bool:
    """Whether a draw is one that Numba's generators do not have, and ``v`` the generator."""
    kind = v.op.prim if v.op is not None else ""
    return op.prim == "draw" and op.attrs["function"] in LACKED and kind == "generator"


def _parsed(text: str, name: str) -> ast.FunctionDef:
    made = ast.parse(text).body[0]
    assert isinstance(made, ast.FunctionDef)
    made.name = name
    return made


def _in_half_precision(op: Op) -> bool:
    """Whether NumPy computes a function in half or single precision, by the dtype of its inputs."""
    rule = RULES.get(op.prim)
    if rule is None or not rule.elementwise or not rule.spelling.startswith("np."):
        return False
    if rule.spelling == "np.divide":
        return False  # of whole numbers in double precision
    floats = any(v.type.inexact for v in op.outputs)
    return floats and all(v.type.dtype in SMALL for v in op.inputs)
