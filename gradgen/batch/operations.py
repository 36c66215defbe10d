"""How one operation is done for a whole batch: NumPy's own ways first, else one by one."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from gradgen.batch import arrays, lists, products, subscripts
from gradgen.batch.align import aligned, moved_axis
from gradgen.batch.lengths import lengths_of
from gradgen.ir.nodes import Op, Value
from gradgen.ir.types import Type
from gradgen.rules.registry import RULES, Rule

if TYPE_CHECKING:
    from gradgen.batch.sweep import Sweep

Handler = Callable[["Sweep", Op], "Value | None"]
HANDLERS: dict[str, Handler] = {**arrays.HANDLERS, **products.HANDLERS, **subscripts.HANDLERS,
                                **lists.HANDLERS}  # fmt: skip
# Functions of Python numbers, and those of arrays that do the same to each entry.
OF_ARRAYS = {"select": "where", "math.asin": "arcsin", "math.acos": "arccos", "math.atan": "arctan",
             "math.asinh": "arcsinh", "math.acosh": "arccosh", "math.atanh": "arctanh",
             "math.atan2": "arctan2", "math.pow": "np.power", "math.fabs": "np.abs",
             "abs": "np.abs", "not": "logical_not"}  # fmt: skip

# What of ``numpy.linalg`` takes a stack of matrices in place of one.
OF_STACKS = {"linalg.trace", "solve", "inv", "det", "slogdet", "matrix_power", "pinv", "cholesky",
             "eigh", "eigvalsh", "eig", "eigvals", "qr", "qr_r", "svd", "svd_s", "svdvals",
             "matrix_rank"}  # fmt: skip


def rewrite(s: Sweep, op: Op) -> list[Value]:
    """Return the results of an operation with the batch axis."""
    handler = HANDLERS.get(op.prim)
    rule = RULES.get(op.prim)
    if rule is None:
        s.refuse(op, "a recursive function")
    if any(v.type.kind == "list" for v in (*op.inputs, *op.outputs)) and handler is None:
        s.refuse(op, "what is done to a list")
    found: Any = None
    if handler is not None:
        found = handler(s, op)
    elif rule.elementwise:
        found = _elementwise(s, op)
    elif op.prim in OF_STACKS:
        found = _stacks(s, op)
    elif "axis" in rule.options and rule.form == "call":
        found = _along_axis(s, op)
    if found is None:
        found = _each(s, op)
    return found if isinstance(found, list) else [found]


def _elementwise(s: Sweep, op: Op) -> Value | list[Value] | None:
    rank = op.outputs[0].type.rank
    if rank is None or any(v.type.rank is None for v in op.inputs if v.type.is_numeric):
        return None
    prim = OF_ARRAYS.get(op.prim, op.prim)
    if prim.startswith("math."):
        prim = prim.removeprefix("math.")
    if prim not in RULES or not _of_entries(RULES[prim]):
        return None
    if prim != op.prim and len(op.inputs) != len(RULES[prim].params):
        return None  # math.hypot takes any number, and math.isclose is not np.isclose
    inputs = [aligned(s, v, rank) for v in op.inputs]
    if len(op.outputs) > 1:
        return s.b.emit_several(prim, inputs, **op.attrs)
    return s.b.emit(prim, inputs, **op.attrs)


def _of_entries(rule: Rule) -> bool:
    """Whether a function takes arrays: those of Python and its ``math`` take numbers."""
    if rule.spelling.startswith("math."):
        return False
    return rule.form != "call" or rule.spelling.startswith(("np.", "scipy.", "_"))


def _stacks(s: Sweep, op: Op) -> list[Value] | None:
    """Call a function of matrices with a stack of them."""
    if [i for i, v in enumerate(op.inputs) if v in s.batched] != [0]:
        return None
    if op.inputs[0].type.rank is None:
        return None
    inputs = [s.of(v) for v in op.inputs]
    if len(op.outputs) > 1:
        return s.b.emit_several(op.prim, inputs, **op.attrs)
    return [s.b.emit(op.prim, inputs, **op.attrs)]


def _along_axis(s: Sweep, op: Op) -> Value | None:
    """Call a function of an axis with that axis one further."""
    a, *rest = op.inputs
    rank = a.type.rank
    if a not in s.batched or not rank or any(v.type.is_array or v in s.batched for v in rest):
        return None
    rule = RULES[op.prim]
    axis = moved_axis(op.attrs.get("axis", rule.defaults.get("axis")), rank)
    if axis is None:
        if rank == 1:
            axis = 1
        elif rule.tangent == "reduction" or op.prim in ("sum", "mean", "any", "all"):
            axis = tuple(range(1, rank + 1))
        else:
            return None
    return s.b.emit(op.prim, [s.of(a), *rest], **{**op.attrs, "axis": axis})


def _each(s: Sweep, op: Op) -> Value:
    """Return the stack of what an operation does to each."""
    if len(op.outputs) != 1 or op.out.type.kind == "list":
        s.refuse(op, RULES[op.prim].spelling or op.prim)
    which = tuple(v in s.batched for v in op.inputs)
    inner = Op(op.prim, op.inputs, op.outputs, op.attrs, op.span, [], op.reverse, op.tangent)
    attrs = {"op": inner, "which": which}
    types = [_stacked_type(s, op.out.type)]
    # What no example gives has a shape, too.
    lengths = lengths_of(s.alg, op.out.type, s.arguments, s.new) if s.arguments else None
    more = [] if lengths is None else [s.size, *lengths]
    return s.b.append("each", [*map(s.of, op.inputs), *more], types, attrs=attrs).out


def _stacked_type(s: Sweep, t: Type) -> Type:
    return s.typed(t) if t.shape is not None else Type("any", t.dtype, None)
