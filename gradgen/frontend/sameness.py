"""Whether two values are the same thing, and what is left of a way through views."""

from __future__ import annotations

from typing import Any

from gradgen.frontend.parts import parts, same_class
from gradgen.frontend.values import BoundMethod, LocalFunction, Poison, Ref, Static, Step
from gradgen.ir.nodes import Const, Undefined


def interchangeable(a: Any, b: Any) -> bool:
    """Whether two values are the same thing: one object, one constant, one view of one array."""
    # A cycle by nature: what methods are found on is compared with this.
    from gradgen.frontend.objects import Method

    if a is b:
        return True
    if isinstance(a, Static) and isinstance(b, Static):
        return same_object(a.obj, b.obj)
    if isinstance(a, Undefined) and isinstance(b, Undefined):
        return True
    if isinstance(a, Poison) and isinstance(b, Poison):
        return True  # either says why nothing can be read here
    if isinstance(a, Ref) and isinstance(b, Ref):
        return a.storage is b.storage and same_steps(a.steps, b.steps)
    if isinstance(a, LocalFunction) and isinstance(b, LocalFunction):
        pairs = zip(parts(a), parts(b), strict=False)
        return same_class(a, b) and all(_same_default(x, y) for (_, x), (_, y) in pairs)
    if isinstance(a, Method) and isinstance(b, Method):
        return a.function is b.function and interchangeable(a.owner, b.owner)
    if isinstance(a, BoundMethod) and isinstance(b, BoundMethod):
        return a.name == b.name and interchangeable(a.owner, b.owner)
    return False


def _same_default(a: Any, b: Any) -> bool:
    if isinstance(a, Const) and isinstance(b, Const):
        return same_object(a.const, b.const)
    return interchangeable(a, b)


def same_steps(a: tuple[Step, ...], b: tuple[Step, ...]) -> bool:
    """Whether two ways through views are the same."""
    return len(a) == len(b) and all(
        x is y or (x.prim == y.prim and x.attrs == y.attrs and _same_operands(x, y))
        for x, y in zip(a, b, strict=True)
    )


def _same_operands(a: Step, b: Step) -> bool:
    return len(a.operands) == len(b.operands) and all(
        x is y or (isinstance(x, Const) and isinstance(y, Const) and x.const == y.const)
        for x, y in zip(a.operands, b.operands, strict=True)
    )


def same_object(a: Any, b: Any) -> bool:
    """Whether two static objects are interchangeable."""
    plain = (str, int, float, bool, bytes, type(None), tuple)
    return a is b or (type(a) is type(b) and isinstance(a, plain) and a == b)


def composed(steps: tuple[Step, ...], step: Step) -> tuple[Step, ...]:
    """Return the way through one more view: a view of all is none, and turning twice undoes."""
    if step.maybe:
        return (*steps, step)
    kind = _turns(step)
    if kind == "whole":
        return steps
    if kind and steps and not steps[-1].maybe and same_steps(steps[-1:], (step,)):
        return steps[:-1]
    return (*steps, step)


def _turns(step: Step) -> str:
    """Tell a view of the whole array (``[:]``, ``[::1]``) and views that undo themselves."""
    if step.prim == "T":
        return "turned"
    if step.prim != "load" or set(step.attrs["index"]) - set(":es"):
        return ""
    ends, only_steps = _without_zeros(step)
    if not only_steps:
        return ""
    if all(v == 1 for v in ends):
        return "whole"
    return "turned" if all(v in (1, -1) for v in ends) else ""


def _without_zeros(step: Step) -> tuple[list[Any], bool]:
    """Return the steps of slices, and whether each is of a whole axis: ``0:`` is ``:``."""
    operands = iter([v.const if isinstance(v, Const) else v for v in step.operands])
    strides: list[Any] = []
    whole = True
    for has_start, has_stop, has_step in step.attrs.get("slices", ()):
        start = next(operands) if has_start else 0
        stop = next(operands) if has_stop else None
        stride = next(operands) if has_step else 1
        strides.append(stride)
        whole = whole and stop is None and type(start) is int and start == 0
        whole = whole and (not has_start or stride == 1)
    return strides, whole
