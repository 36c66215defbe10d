"""Ranges that are no loop's: their integers and parts, and ranges that lists stand for."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Any

from gradgen.frontend.indices import index_of, subscript_value
from gradgen.frontend.reader import Reader
from gradgen.frontend.values import Iteration, Ref, Seq, SliceValue
from gradgen.ir.nodes import Const


def item(r: Reader, node: ast.Subscript, over: Iteration) -> Any:
    """Return an integer or a part of a range; the part of a computed one is a list."""
    key, bounds = subscript_value(r, node.slice), over.bounds or ()
    parts: Sequence[Any] = key.parts if isinstance(key, SliceValue) else (key,)
    turned = isinstance(key, SliceValue) and tuple(parts[:2]) == (None, None)
    if bounds and turned and isinstance(parts[-1], Const) and parts[-1].const == -1:
        return Iteration(None, over.element, over.bounds, not over.backwards)
    known = all(p is None or isinstance(p, Const) for p in (*bounds, *parts))
    if not bounds or not known:
        return _of_list(r, node, over, key)
    whole = range(*(v.const for v in bounds))  # type: ignore[attr-defined]
    whole = whole[::-1] if over.backwards else whole
    if not isinstance(key, SliceValue):
        try:
            return Const(whole[key.const])
        except IndexError as error:
            r.fail(node, error)
    part = whole[slice(*(p.const if isinstance(p, Const) else None for p in parts))]
    ends = (Const(part.start), Const(part.stop), Const(part.step))
    return Iteration(None, over.element, ends)


def _of_list(r: Reader, node: ast.Subscript, over: Iteration, key: Any) -> Any:
    # A cycle by nature: subscripts of lists are read where those of ranges are.
    from gradgen.frontend.subscripts import load_index

    if not over.bounds:
        r.refuse(node, "a subscript of a computed range", "write the range out")
    return load_index(r, as_list(r, node, over), index_of(r, key, node.slice), node)


def as_list(r: Reader, node: ast.AST, over: Iteration) -> Ref:
    """Return the integers of a range as a list of the graph, which is refused as a text."""
    # A cycle by nature: loops of comprehensions are read by calls.
    from gradgen.frontend.aggregates import run_text

    r.book.made.note(range)
    made = run_text(r, node, "places = [place for place in a]", "places", a=over)
    return r.graph_list(made) if isinstance(made, Seq) else made
