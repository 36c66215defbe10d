"""What a function asks of its arguments besides their numbers: keys, lengths, classes, axes.

The answers have decided what was generated, so a text on its own tests that they are the same.
"""

from __future__ import annotations

from typing import Any

from gradgen.frontend.reader import Reader
from gradgen.frontend.values import Box, Ref
from gradgen.ir.nodes import Value

COUNT, CLASS, RANK, NONE = "count", "class", "rank", "none"


def note(r: Reader, value: Any, question: Any) -> None:
    """Note what was asked: which keys or how many items there are, the class, the axes, or None.

    A pair asks whether there is a certain key, or an attribute of that name.  What the library asks
    for is its own affair: its functions take numbers of any class.
    """
    if str(r.frame.globals.get("__name__", "")).startswith("gradgen.") and question != COUNT:
        return
    place = r.given.get(value.id) if isinstance(value, Box) else _leaf(value)
    if place is not None:
        r.asked[*place, question] = None


def _leaf(value: Any) -> tuple[str, tuple[Any, ...]] | None:
    held = value.value if isinstance(value, Ref) and not value.steps else value
    op = held.op if isinstance(held, Value) else None
    return (op.attrs["param"], op.attrs["path"]) if op is not None and op.prim == "leaf" else None
