"""The layout of arrays in memory, as far as it decides whether NumPy makes a view or a copy.

``reshape`` and its kin share memory with an array in C order; of others nobody knows here.  The
result of an operation is in C order if it is a vector, or if all arrays that go in are in C order.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from gradgen.frontend.values import Ref, Seq, Step
from gradgen.ir.nodes import Value
from gradgen.rules.registry import RULES

if TYPE_CHECKING:
    from gradgen.frontend.reader import Reader

ALWAYS = {"zeros", "ones", "empty", "full", "eye", "arange", "linspace", "array", "ravel"}
FOLLOWS = {"matmul", "concatenate", "stack", "copy", "zeros_like", "ones_like", "empty_like"}
KEEPS = {"reshape", "reshape_as", "ravel", "expand_dims", "squeeze", "asarray", "ascontiguousarray"}
# Integers, then one part of an axis without a step, then whole axes.
BLOCK = re.compile(r"i*s?:*e?")


def in_c_order(ref: Ref) -> bool:
    """Whether an array is certainly in C order."""
    return ref.storage.contiguous and all(map(_keeps_order, ref.steps))


def perhaps_shared(r: Reader, ref: Any, value: Any, name: str) -> Any:
    """Return a result that may share memory with an array: refused after a write to either."""
    if not isinstance(ref, Ref) or not isinstance(value, Ref):
        return value
    step = Step(name, (), {}, maybe=True)
    return Ref(ref.storage, (*ref.steps, step), value.value, r.versions[ref.storage])


def _keeps_order(step: Step) -> bool:
    if step.prim != "load":
        return step.prim in KEEPS and not step.maybe
    stepped = any(has_step for _, _, has_step in step.attrs.get("slices", ()))
    return not stepped and BLOCK.fullmatch(step.attrs["index"].replace("n", "")) is not None


def made_in_c_order(value: Value, inputs: Iterable[Any]) -> bool:
    """Whether the result of an operation on these is certainly in C order."""
    rule = RULES.get(value.op.prim) if value.op is not None else None
    if rule is None or (rule.alias and rule.name != "ravel") or value.type.kind != "array":
        return False
    if rule.name in ALWAYS or (value.type.rank == 1 and _fresh(value)):
        return True
    follows = rule.elementwise or rule.name in FOLLOWS
    return follows and all(map(_ordered, inputs))


def _fresh(value: Value) -> bool:
    assert value.op is not None
    return value.op.prim != "load" or bool(set(value.op.attrs["index"]) & set("am"))


def _ordered(value: Any) -> bool:
    if isinstance(value, Seq):
        return all(map(_ordered, value.items))
    return in_c_order(value) if isinstance(value, Ref) else isinstance(value, Value)
