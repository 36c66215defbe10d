"""Whether an item of a list of the graph is a tuple or a list: there, both are lists.

What goes into such lists is noted for the whole program (`note`).  Where all of it is of one
class, an item is of that class; where it is not, a question that needs the answer is refused.
"""

from __future__ import annotations

import ast
import collections
from collections import deque
from typing import TYPE_CHECKING, Any

from gradgen.errors import Span, UnsupportedError
from gradgen.frontend.listed import INSIDE
from gradgen.frontend.pointers import is_none_itself
from gradgen.frontend.values import Iteration, Map, Record, Ref, Seq
from gradgen.ir.nodes import Value
from gradgen.library.collections import STANDS_FOR
from gradgen.library.dicts import KEY_LISTS, ComputedDict
from gradgen.library.queues import LimitedDeque

if TYPE_CHECKING:
    from gradgen.frontend.reader import Reader

STAND_INS = (deque, range)  # classes whose objects are lists of the graph, too
EITHER = "a question whose answer depends on whether this is a tuple or a list"
# What makes a longer or shorter list of the same class.
SAME_CLASS = ("append", "extend", "insert")


def note(r: Reader, value: Any) -> None:
    """Note the class of a tuple or list that goes into a list of the graph, or that it is None."""
    if is_none_itself(value):
        r.book.none.note(None)
    if isinstance(value, Seq):
        r.book.row_kinds.note(value.kind)
    elif is_graph_list(r, value) and not _is_item(r, value):
        tuples = known_tuple(r, value)
        either = tuples is None and not r.frame.source.generated
        r.book.row_kinds.note(*(tuple, list) if either else [tuple if tuples else list])


def kind_of(r: Reader, node: ast.AST | None, value: Any) -> type | None:
    """Return the class of a tuple or list, None of anything else."""
    if isinstance(value, Seq):
        return value.kind
    if not is_graph_list(r, value):
        return None
    return item_kind(r, node) if _is_item(r, value) else _own_kind(r, node, value)


def sure_kind_of(r: Reader, node: ast.AST | None, value: Any) -> type | None:
    """Return the class of a tuple or list, for what goes wrong if it is another one.

    Raises
    ------
    UnsupportedError
        Where it is not known.
    """
    if _may_be_row(r, value):
        raise UnsupportedError(EITHER, _span(r, node), "call list or tuple where it is made")
    return kind_of(r, node, value)


def _may_be_row(r: Reader, value: Any) -> bool:
    """Whether a loop carries a list that a turn before may have taken out of a list of tuples."""
    if not isinstance(value, Ref) or value.storage.tuples is not None or _is_item(r, value):
        return False
    tuples = is_graph_list(r, value) and tuple in r.book.row_kinds.ask()
    return tuples and not r.frame.source.generated


def among(r: Reader, node: ast.AST, value: Any) -> bool:
    """Whether a value may be equal to a tuple or list that is an item of a list."""
    kind = _compared_kind(r, node, value)
    if kind is None or r.frame.source.generated:
        return kind is not None
    other = tuple if _asks_keys(r, node) else item_kind(r, node)
    return issubclass(kind, tuple) == issubclass(other, tuple)


def _compared_kind(r: Reader, node: ast.AST, value: Any) -> type | None:
    """Return the class of a tuple or list that is compared, None of anything else.

    Among the keys of a dict, Python compares tuples alone: a list cannot be asked for there.
    """
    if _asks_keys(r, node) and not isinstance(value, Seq):
        return tuple if is_graph_list(r, value) else None
    return kind_of(r, node, value)


def _asks_keys(r: Reader, node: ast.AST) -> bool:
    """Whether something is looked for among the keys of a dict, or the items of a set."""
    if not r.frame.source.ours or not isinstance(node, ast.Compare):
        return False
    asked = node.comparators[0]
    return isinstance(asked, ast.Attribute) and asked.attr in KEY_LISTS


def item_kind(r: Reader, node: ast.AST | None) -> type:
    """Return the class of the tuples or lists that are items of lists."""
    kinds = r.book.row_kinds.ask()
    if len(kinds) > 1:
        what = "a question whose answer depends on whether an item of a list is a tuple or a list"
        raise UnsupportedError(
            what, _span(r, node), "let the items of lists be tuples only, or lists only"
        )
    return kinds[0] if kinds else list


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
    one, other = _compared_kind(r, node, left), _compared_kind(r, node, right)
    if one is None or other is None:
        return False
    return issubclass(one, tuple) != issubclass(other, tuple)


def is_view(r: Reader, value: Any) -> bool:
    """Whether a value is a view of a dict, which is no list."""
    return is_keys(r, value) or any(view is value for view, _ in r.views)


def is_keys(r: Reader, value: Any) -> bool:
    """Whether a value is the keys of a dict, which are a set."""
    if isinstance(value, Ref):  # of keys of which some may be missing
        return any(isinstance(v, Ref) and v.storage is value.storage for v in r.key_views)
    return any(view is value for view in r.key_views)


def is_range(value: Any) -> bool:
    """Whether a value is a range, which is no list."""
    return isinstance(value, Iteration) and value.bounds is not None and not value.backwards


def has_none(r: Reader) -> bool:
    """Whether None goes into a list of the graph, where a test has to tell it from numbers."""
    return bool(r.book.none.ask())


def may_be_none(r: Reader, value: Any) -> bool:
    """Whether a value may be an item of a list in which None stands beside numbers."""
    if not isinstance(value, Value | Ref) or not has_none(r):
        return False
    if isinstance(value, Ref) and _is_own(r, value):
        return False
    made = r.read(value).op
    if made is None or made.blocks or made.prim == "call":
        return True
    if made.prim == "leaf" and r.book.recursive:
        return True  # what a function that calls itself is given may be an item of a list
    return made.prim in ("load", "pop") and made.inputs[0].type.kind == "list"


def _is_own(r: Reader, value: Ref) -> bool:
    """Whether this is a list that was made as one, and never an item of a list."""
    storage = value.storage
    made = storage.lists and not value.steps and storage.tuples is False and not r.book.recursive
    return made and INSIDE not in r.objects(storage)


def classes_of_box(r: Reader, value: Map | Record) -> set[type]:
    """Return the classes of which a dict, a set or an object may be in Python."""
    by_key = isinstance(value, Map) or value.kind is ComputedDict
    factory = value.factory if isinstance(value, Map) else value.fields.get("factory")
    if not by_key:
        kind: Any = value.kind  # type: ignore[union-attr]
        return {STANDS_FOR.get(kind, kind)}
    if factory is not None and not is_none_itself(factory):
        return {collections.defaultdict}
    return {dict, *dicts_made(r)}


def class_of_box(r: Reader, node: ast.AST, value: Map | Record) -> type:
    """Return the class that a dict, a set or an object has in Python."""
    found = classes_of_box(r, value)
    if len(found) > 1:
        r.refuse(node, "the class of what may be a dict of another class", "test outside the loss")
    return found.pop()


def dicts_made(r: Reader) -> list[type]:
    """Return the other classes of dicts that the program makes, which are dicts here."""
    return [kind for kind in r.book.made.ask() if issubclass(kind, dict)]


def taken_for_lists(r: Reader) -> str:
    """Return the name of a class that the program uses, and that is a list here; "" for none."""
    made = r.book.made.ask()
    return next((kind.__name__ for kind in STAND_INS if kind in made), "")


def any_queue(r: Reader) -> bool:
    """Whether the program makes queues, also such as keep to a limit, which are objects."""
    return bool({deque, LimitedDeque} & set(r.book.made.ask()))


def require_no_queues(r: Reader, node: ast.AST, left: Any, right: Any) -> None:
    """Refuse to compare what may be a list or a queue: these are never equal."""
    if r.frame.source.generated or not all(may_be_queue(r, side) for side in (left, right)):
        return
    if other := taken_for_lists(r):
        what = f"a comparison of what may be a list or a {other}"
        r.refuse(node, what, "compare tuple(a) with a tuple")


def may_be_queue(r: Reader, value: Any) -> bool:
    """Whether a value is a list, as queues are here."""
    return value.kind is list if isinstance(value, Seq) else is_graph_list(r, value)


def is_graph_list(r: Reader, value: Any) -> bool:
    """Whether a value is a list of the graph."""
    return isinstance(value, Value | Ref) and r.read(value).type.kind == "list"


def is_tuple(value: Any) -> bool | None:
    """Whether a list of the graph, or what it is made of, is a tuple; None: it may be either."""
    if isinstance(value, Seq):
        return issubclass(value.kind, tuple)
    return value.storage.tuples if isinstance(value, Ref) else False


def set_class(r: Reader, held: Any, tuples: bool | None) -> None:
    """Say whether a list of the graph is a tuple in Python; None: it may be either."""
    if not isinstance(held, Ref) or not held.storage.lists:
        return
    held.storage.tuples = tuples
    if tuples:
        r.book.graph_tuples.note(tuple)


def known_tuple(r: Reader, value: Any) -> bool | None:
    """Whether a list of the graph, or what it is made of, is a tuple, as far as it is known."""
    tuples = is_tuple(value)
    if tuples is None:
        some = r.book.graph_tuples.ask() or tuple in r.book.row_kinds.ask()
        return None if some else False
    return tuples


def is_tuple_or_row(r: Reader, value: Any) -> bool | None:
    """Whether a list of the graph is a tuple, by itself or as an item of a list; None: either."""
    tuples = known_tuple(r, value)
    if tuples or isinstance(value, Seq) or not is_graph_list(r, value) or not _is_item(r, value):
        return tuples
    kinds = {issubclass(kind, tuple) for kind in r.book.row_kinds.ask()} or {False}
    return kinds.pop() if len(kinds) == 1 else None


def _own_kind(r: Reader, node: ast.AST | None, value: Value | Ref) -> type:
    tuples = known_tuple(r, value)
    if tuples is None and r.frame.source.generated:
        return list  # tuples of the graph are lists there, but for those that messages hold
    if tuples is None:
        raise UnsupportedError(EITHER, _span(r, node), "call list or tuple where it is made")
    return tuple if tuples else list


def _span(r: Reader, node: ast.AST | None) -> Span | None:
    return r.b.span if node is None else r.span(node)


def _is_item(r: Reader, value: Value | Ref) -> bool:
    """Whether a list came out of a list, or is a part or a longer one of what did."""
    inside = isinstance(value, Ref) and INSIDE in r.objects(value.storage)
    return inside or _comes_out_of_list(r.read(value))


def _comes_out_of_list(v: Value) -> bool:
    while v.op is not None:
        source = v.op.inputs[0] if v.op.inputs else None
        left = v.op.prim == "pop" and v is v.op.outputs[-1]  # what an item was taken from
        taken = v.op.prim in ("load", "pop") and source is not None and not left
        if source is None or not (taken or left or v.op.prim in SAME_CLASS):
            return False
        if taken and source.type.has_rows and v.op.attrs.get("index", "i") == "i":
            return True
        v = source
    return False
