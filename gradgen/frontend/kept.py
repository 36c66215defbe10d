"""Functions under `functools.lru_cache`: what they gave for known arguments is given again.

A result is a number or an array that stands in the text already, where every path to the second
call has computed it.  On other paths the function is read again, which gives the same.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from gradgen.frontend.outside import keep_unwritten
from gradgen.frontend.reader import Reader
from gradgen.frontend.values import Ref, is_static, static_value
from gradgen.ir.nodes import Value
from gradgen.syntax import nodes_in


def note(r: Reader, definition: Any) -> None:
    """Note a function that calls itself twice: without what it keeps, it would not end in time."""
    name = getattr(definition, "name", None)
    reads = [n for n in nodes_in(definition) if isinstance(n, ast.Name) and n.id == name]
    if len(reads) > 1:
        r.book.keeping.add(id(definition))


def require_known(r: Reader, node: ast.AST, definition: Any, bound: dict[str, Any]) -> None:
    """Refuse to call such a function at numbers that are not known, but may be at another try."""
    if id(definition) in r.book.keeping and all(map(_may_be_known, bound.values())):
        what = f"{definition.name!r} calls itself twice, at numbers that are not known"
        r.refuse(node, what, "keep the results in an array, and fill it in a loop")


def _may_be_known(value: Any) -> bool:
    return is_static(value) or (isinstance(value, Value) and value.type.kind == "int")


def result(
    r: Reader, function: Any, args: list[Any], kwargs: dict[str, Any], again: Callable[[], Any]
) -> Any:
    """Return what a function has given for known arguments, or what it gives now.

    A write to it would be seen by the next call with the same arguments, and is refused where that
    may compute it again.
    """
    known = not kwargs and all(map(is_static, args))
    key = (id(function), *(repr(static_value(a)) for a in args)) if known else None
    held = r.book.results.get(key)
    if held is not None and _stands(r, *held[1:]):
        found = held[0]
    else:
        found, held = again(), None
        number = isinstance(found, Value) and found.type.is_scalar
        if known and (number or isinstance(found, Ref)):
            ops = r.b.block.ops
            held = found, r.b.block, len(ops), ops[-1] if ops else None, function
            r.book.results[key] = held
    outermost = (r.b.around or [r.b.block])[0]
    if held is None or held[1] is not outermost:
        keep_unwritten(found, "a kept result")
    return found


def _stands(r: Reader, block: Any, count: int, last: Any, _: Any) -> bool:
    """Whether what a block held up to some operation comes before the present place."""
    if not any(block is b for b in (r.b.block, *r.b.around)):
        return False
    return count == 0 or (len(block.ops) >= count and block.ops[count - 1] is last)
