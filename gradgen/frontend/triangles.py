"""Calls of ``np.tril`` and ``np.triu``: the diagonal may be computed."""

from __future__ import annotations

import ast
from typing import Any

import numpy as np

from gradgen.frontend.bindings import call_rule
from gradgen.frontend.callables import from_library
from gradgen.frontend.evaluate import as_value
from gradgen.frontend.lists import as_array
from gradgen.frontend.places import argument
from gradgen.frontend.reader import Reader
from gradgen.frontend.special import callee_name, no_more, special
from gradgen.frontend.values import is_static
from gradgen.ir.nodes import Const, Value
from gradgen.library import shapes
from gradgen.rules.registry import RULES


@special(np.tril, np.triu)
def _triangle(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    name, k = callee_name(node), argument(r, node, args, kwargs, 1, "k")
    no_more(r, node, kwargs)
    k = Const(0) if k is None else k
    if is_static(k):
        return call_rule(r, node, RULES[name], [args[0]], {"k": k})
    function = shapes.lower if name == "tril" else shapes.upper
    return from_library(r, node, function, [args[0], k, _zero_like(r, node, args[0])], {})


def _zero_like(r: Reader, node: ast.AST, value: Any) -> Value:
    """Return what stands beside the entries that are kept, of the dtype that they have."""
    dtype = as_array(r, as_value(r, value, node), node).type.dtype
    if not dtype:
        return r.b.emit("zeros_like", [as_value(r, value, node)], span=r.span(node))
    return Const(False) if dtype == "bool" else Const(0)
