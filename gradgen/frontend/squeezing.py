"""``np.squeeze`` without an axis, where it is open whether an axis has length one.

It takes away every axis of length one.  Where the lengths of arguments decide, the module is made
for those that leave the axis there: ``m[1:]`` of ``m f64[n>=3, k]``; any other call gets one for
the lengths that it has.  Where numbers decide, as for ``x[x > 0]``, the rank of the result is open,
too: the text takes it as it comes, or, where that is refused, raises an error for a length of one.
"""

from __future__ import annotations

import ast

from gradgen.frontend.reader import Reader
from gradgen.ir.nodes import Const, Value
from gradgen.ir.types import Length, may_be_one
from gradgen.rules.places import follows_from, is_of_one

WAY = "name the axes of length 1, as in np.squeeze(a, axis=0), or give example arguments"


def axes_to_squeeze(r: Reader, node: ast.AST, array: Value) -> tuple[int, ...] | None:
    """Return the axes of length one by name; None where NumPy finds them as the text runs."""
    shape = array.type.shape or ()
    unsure = [k for k, d in enumerate(shape) if not isinstance(d, int) and may_be_one(d)]
    if not unsure:
        return None
    left = [k for k in unsure if not _learn(r, shape[k])]
    if not all(is_pinned(r, shape[k]) for k in left) and not r.frame.source.generated:
        r.refuse(node, "np.squeeze where it is open whether a length is 1", WAY)
    if left and not (r.book.compiled or r.book.squeezes_surely):
        r.book.has_open_squeeze = True
        return None
    for k in left:
        _require_more(r, node, array, k)
    return tuple(k for k, d in enumerate(shape) if d == 1 or is_of_one(d))


def _learn(r: Reader, length: Length) -> bool:
    """Let an argument be long enough for its axis to stay; whether that is possible."""
    meetings = r.book.meetings
    return meetings is not None and meetings.require_least(length, 2)


def is_pinned(r: Reader, length: Length) -> bool:
    """Whether no reading for the lengths of a call would know more of a length than this one."""
    if isinstance(length, int) or not (length.given or follows_from(length, r.book.compiled)):
        return True
    open_ones = (d for op in r.top.ops if op.prim == "leaf" for d in op.out.type.shape or ())
    return not length.given and all(isinstance(d, int) or d.least for d in open_ones)


def _require_more(r: Reader, node: ast.AST, array: Value, axis: int) -> None:
    one = r.b.emit("eq", [r.b.emit("dim", [array], axis=axis), Const(1)])
    text = f"raise ValueError('np.squeeze of an axis of length 1: name it, axis={axis}')"
    r.b.append("raise_if", [one], [], span=r.span(node), attrs={"text": text})
