"""Whether an item of a list of the graph is a tuple or a list: there, both are lists.

What goes into such lists is noted for the whole program (`note`).  Where all of it is of one
class, an item is of that class; where it is not, a question that needs the answer is refused.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from gradgen.errors import UnsupportedError
from gradgen.frontend.listed import INSIDE
from gradgen.frontend.signals import Retry
from gradgen.frontend.values import Ref, Seq
from gradgen.ir.nodes import Value

if TYPE_CHECKING:
    from gradgen.frontend.reader import Reader

# What makes a longer or shorter list of the same class.
SAME_CLASS = ("append", "extend", "insert")


def note(r: Reader, value: Any) -> None:
    """Note the class of a tuple or list that goes into a list of the graph."""
    kind = value.kind if isinstance(value, Seq) else None
    if _is_list(r, value) and not _is_item(r, value):
        kind = _own_kind(value)
    if kind is not None and kind not in r.book.row_kinds:
        r.book.row_kinds.add(kind)
        if r.book.row_kind_asked:
            raise Retry(set())  # an answer may have been another one


def kind_of(r: Reader, node: ast.AST | None, value: Any) -> type | None:
    """Return the class of a tuple or list, None of anything else."""
    if isinstance(value, Seq):
        return value.kind
    if not _is_list(r, value):
        return None
    return item_kind(r, node) if _is_item(r, value) else _own_kind(value)


def among(r: Reader, node: ast.AST, value: Any) -> bool:
    """Whether a value may be equal to a tuple or list that is an item of a list."""
    kind = kind_of(r, node, value)
    if kind is None or r.frame.source.generated:
        return kind is not None
    return issubclass(kind, tuple) == issubclass(item_kind(r, node), tuple)


def item_kind(r: Reader, node: ast.AST | None) -> type:
    """Return the class of the tuples or lists that are items of lists."""
    r.book.row_kind_asked = True
    if len(r.book.row_kinds) > 1:
        what = "a question whose answer depends on whether an item of a list is a tuple or a list"
        span = r.b.span if node is None else r.span(node)
        raise UnsupportedError(what, span, "let the items of lists be tuples only, or lists only")
    return next(iter(r.book.row_kinds), list)


def classes_of(r: Reader, value: Value | Ref) -> tuple[type, ...]:
    """Return the classes of a list, of its rows, and so on; nothing for what is none."""
    kind = kind_of(r, None, value)
    if kind is None:
        return ()
    item, classes = r.read(value).type.item, [kind]
    while item is not None and item.kind == "list":
        classes.append(item_kind(r, None))
        item = item.item
    return tuple(classes)


def unlike(r: Reader, node: ast.AST, left: Any, right: Any) -> bool:
    """Whether one side is a tuple and the other a list: Python never takes them for equal.

    In generated text, tuples in lists are lists.
    """
    if r.frame.source.generated:
        return False
    one, other = kind_of(r, node, left), kind_of(r, node, right)
    if one is None or other is None:
        return False
    return issubclass(one, tuple) != issubclass(other, tuple)


def _is_list(r: Reader, value: Any) -> bool:
    return isinstance(value, Value | Ref) and r.read(value).type.kind == "list"


def _own_kind(value: Value | Ref) -> type:
    return tuple if isinstance(value, Ref) and value.storage.tuples else list


def _is_item(r: Reader, value: Value | Ref) -> bool:
    """Whether a list came out of a list, or is a part or a longer one of what did."""
    inside = isinstance(value, Ref) and INSIDE in r.objects(value.storage)
    return inside or _comes_out_of_list(r.read(value))


def _comes_out_of_list(v: Value) -> bool:
    while v.op is not None:
        source = v.op.inputs[0] if v.op.inputs else None
        taken = v.op.prim in ("load", "pop") and source is not None
        if source is None or not (taken or v.op.prim in SAME_CLASS):
            return False
        if taken and source.type.has_rows and v.op.attrs.get("index", "i") == "i":
            return True
        v = source
    return False
