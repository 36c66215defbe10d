"""Means and deviations of Python's ``statistics``, of lists of whole numbers.

Of an array of these, Python would make a NumPy integer again, and cut off the rest.
"""

from __future__ import annotations

import ast
from typing import Any

import numpy as np

from gradgen.frontend.bindings import call_rule
from gradgen.frontend.reader import Reader
from gradgen.frontend.special import Handler, special
from gradgen.frontend.values import Lazy, Ref, Seq, Static
from gradgen.ir.nodes import Value
from gradgen.rules.registry import RULES

WHOLE = ("int", "bool")


def _average(name: str) -> Handler:
    def read(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
        # A cycle by nature: an array is made of a list.
        from gradgen.frontend.calls import call_value

        if args and _holds_whole_numbers(r, args[0]):
            made = call_value(r, node, Static(np.array), args[:1], {"dtype": Static(float)})
            args = [made, *args[1:]]
        return call_rule(r, node, RULES[f"statistics.{name}"], args, kwargs)

    return read


def _holds_whole_numbers(r: Reader, data: Any) -> bool:
    """Whether a value is a list or a tuple of whole numbers, and of nothing else."""
    data = data.items() if isinstance(data, Lazy) else data
    if isinstance(data, Seq) and data.grown is None:
        items = [r.settled(item) for item in data.items]
        numbers = [item for item in items if isinstance(item, Value)]
        return bool(items) and len(numbers) == len(items) and {
            item.type.kind for item in numbers
        } <= {*WHOLE}  # fmt: skip
    if not isinstance(data, Seq | Ref):
        return False
    held = r.read(data).type
    return held.kind == "list" and held.item is not None and held.item.kind in WHOLE


for _name in ("mean", "variance", "pvariance", "stdev", "pstdev"):
    special(f"statistics.{_name}", listed=False)(_average(_name))
