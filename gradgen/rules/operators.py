"""Python's operators, and NumPy's functions of the same meaning."""

from __future__ import annotations

from typing import Any

from gradgen.ir import types
from gradgen.ir.nodes import Value
from gradgen.ir.types import Type
from gradgen.rules.elementwise import BOOL, INEXACT, NP_BOOL, NP_SAME, SAME
from gradgen.rules.registry import rule
from gradgen.rules.shapes_of import Attrs, elementwise


def arithmetic_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return the type of Python's arithmetic, in which truth values are whole numbers."""
    found: Type = SAME(inputs, attrs)
    if found.is_scalar and found.weak and found.dtype == "bool":
        return types.scalar("int64", True)
    return found


PYTHON = arithmetic_type

# A table: an entry is read along its lines.
# fmt: off
# name: (symbol, NumPy's functions, type, closed form, adjoints)
BINARY: dict[str, Any] = {
    "add": ("+", ["np.add"], PYTHON, "a + b", ("g", "g")),
    "sub": ("-", ["np.subtract"], PYTHON, "a - b", ("g", "-g")),
    "mul": ("*", ["np.multiply"], PYTHON, "a * b", ("g * b", "g * a")),
    "div": ("/", ["np.divide", "np.true_divide"], INEXACT, "a / b", ("g / b", "-g * y / b")),
    "mod": ("%", ["np.mod", "np.remainder"], PYTHON, "a - b * floor(a / b)",
            ("g", "-g * (a // b)")),
}
FORMS = ("(x23, y3)", "(x31, y3)", "(x, y3)", "(xe, y)", "(xf3, yf3)", "(xt23, ys23)", "(x0, y)")
BETWEEN = ("(x3, 0.7)", "(x, o3)", "(xf3, of3)", "(x31, o3)", "(x0, y)", "(x, p)")
for _name, (_symbol, _callables, _type, _closed, _adjoint) in BINARY.items():
    _entry: dict[str, Any] = {"adjoint": _adjoint, "cost": 1, "elementwise": True,
                              "closed": _closed}
    rule(_name, _type, spelling=_symbol, form="operator", **_entry)
    rule(_callables[0], elementwise("inexact" if _name == "div" else "same", weak=False),
         callables=_callables, params="x1, x2, /",
         samples=tuple(f"{_callables[0]}{f}" for f in (BETWEEN if _name == "mod" else FORMS)),
         **_entry)
rule("floordiv", PYTHON, spelling="//", form="operator", passive=True, elementwise=True, cost=0)
rule("np.floor_divide", elementwise(weak=False), callables=["np.floor_divide"],
     params="x1, x2, /", passive=True, elementwise=True, cost=1, at_kinks="zero everywhere",
     samples=("np.floor_divide(x3, y) * x3",))
rule("neg", PYTHON, spelling="-", form="operator", adjoint=("-g",), elementwise=True, cost=0,
     closed="-a")
rule("pos", PYTHON, spelling="+", form="operator", adjoint=("g",), elementwise=True, cost=0,
     closed="a")
rule("not", elementwise("bool", weak=True), spelling="not", form="operator", passive=True, cost=0)
rule("invert", PYTHON, spelling="~", form="operator", passive=True, elementwise=True, cost=1)

BITS = {
    "bitand": ("&", "np.bitwise_and"), "bitor": ("|", "np.bitwise_or"),
    "bitxor": ("^", "np.bitwise_xor"), "lshift": ("<<", "np.left_shift"),
    "rshift": (">>", "np.right_shift"),
}
for _name, (_symbol, _function) in BITS.items():
    _passive: dict[str, Any] = {"passive": True, "elementwise": True, "cost": 1}
    rule(_name, SAME, spelling=_symbol, form="operator", **_passive)
    rule(f"np.{_name}", NP_SAME, callables=[_function], params="x1, x2, /", **_passive)
rule("np.invert", NP_SAME, callables=["np.invert", "np.bitwise_not"], params="x, /", **_passive)

COMPARE = {
    "lt": ("<", "np.less"), "le": ("<=", "np.less_equal"), "gt": (">", "np.greater"),
    "ge": (">=", "np.greater_equal"), "eq": ("==", "np.equal"), "ne": ("!=", "np.not_equal"),
}
for _name, (_symbol, _function) in COMPARE.items():
    rule(_name, BOOL, spelling=_symbol, form="operator", **_passive)
    rule(f"np.{_name}", NP_BOOL, callables=[_function], params="x1, x2, /",
         samples=(f"x3 * {_function}(x3, y)", f"{_function}(x, y) * x + y"), **_passive)


def identity_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return the type of a test of identity: one truth value, of whatever is compared."""
    return types.BOOL


rule("is", identity_type, spelling="is", form="operator", passive=True, cost=0)
rule("is_not", identity_type, spelling="is not", form="operator", passive=True, cost=0)
