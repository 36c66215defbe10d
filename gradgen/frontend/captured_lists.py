"""Long lists that a function reads from outside, as a module's or an object's: loops stay loops.

Such a list is a list of the graph, and the text has it at its top.  What only constants subscript
is better taken apart: each number is then known.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradgen.errors import ArgumentError, UnsupportedError
from gradgen.frontend.arguments import Container, held_list, spec_of
from gradgen.frontend.captures import DeepCapture
from gradgen.frontend.classes import has_attributes
from gradgen.frontend.long_lists import LEAST, long_list
from gradgen.ir.nodes import Const, Function, Op, walk

if TYPE_CHECKING:
    from gradgen.frontend.reader import Reader


def captured_list(r: Reader, obj: list[Any] | tuple[Any, ...], captured: Any) -> Any:
    """Return a list from outside as one of the graph, None where it is to be taken apart.

    ``captured`` makes the value of a type for it.
    """
    if len(obj) < LEAST:
        return None
    try:
        spec = spec_of(obj)
    except ArgumentError:
        return None
    found = long_list(spec)
    if found is None or _has_objects(spec):
        return None
    value = captured(found.type)
    value.op.attrs["classes"] = found.classes
    r.captures.append(DeepCapture((obj,), 0, obj, "item"))
    r.book.kept_lists.add(id(obj))
    return held_list(r, value, found)


def _has_objects(spec: Any) -> bool:
    """Whether there are objects in a container, which a text cannot hold."""
    if not isinstance(spec, Container):
        return False
    return has_attributes(spec.kind) or any(map(_has_objects, spec.items))


def require_loops(function: Function) -> None:
    """Refuse lists from outside of which constants alone say which items are read.

    Raises
    ------
    UnsupportedError
        Where there is one.
    """
    kept = [op.out for op in function.body.ops if op.prim == "captured" and "classes" in op.attrs]
    asked = {v: [op for op in walk(function.body) if v in op.inputs] for v in kept}
    for v, ops in asked.items():
        if all(map(_reads_one, ops)):
            raise UnsupportedError("a list that no loop goes through", v.span)


def _reads_one(op: Op) -> bool:
    """Whether an operation reads one item of a list, which a constant names."""
    return op.prim == "load" and op.attrs["index"] == "i" and isinstance(op.inputs[1], Const)
