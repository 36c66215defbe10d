"""Whole numbers that stand for objects: their places in lists side by side, -1 for None.

The number's type says what it points to (`ir.types.Pointer`), so that names, loops and lists carry
objects as they carry numbers; `frontend.pools` has the lists.
"""

from __future__ import annotations

import ast
import dataclasses
from typing import TYPE_CHECKING, Any

from gradgen.dataclass import dataclass
from gradgen.errors import UnsupportedError
from gradgen.frontend.classes import MISSING, has_attributes
from gradgen.frontend.values import Choice, Record, Static
from gradgen.ir.nodes import Block, Const, Function, Op, Value, walk
from gradgen.ir.types import INT, OPAQUE, TEXT, Pointer, Type

if TYPE_CHECKING:
    from gradgen.frontend.reader import Reader

NULL = -1
ROW = " row"  # of an object that goes into a list while it is made, in its place


class Codes:
    """What a number points to that stands for one of several things known while reading.

    ``kept``: there is a list of such numbers, also as long as they stand for one thing.
    """

    def __init__(self, known: list[Any]) -> None:
        self.known = known
        self.kept = False
        self.__name__ = "choice"


class Tuples:
    """What a number points to that stands for a tuple: the class of those of one length."""

    def __init__(self, kind: type, length: int) -> None:
        self.kind, self.length = kind, length
        self.__name__ = kind.__name__


class Words:
    """What a value of the graph is that is a text, whichever: it is the text itself."""

    kind = str
    __name__ = "str"


WORDS = Words()


class Dicts:
    """What a number points to that stands for a dict: the class of those with the same keys.

    ``late`` are the keys that such dicts get after they were made: missing, they hold None.
    """

    kind = dict

    def __init__(self, keys: tuple[str, ...]) -> None:
        self.keys = keys
        self.late: list[str] = []
        self.__name__ = "dict"


class Lists:
    """What a number points to that stands for a list: the class of those that may be one."""

    kind = list

    def __init__(self, name: str) -> None:
        self.__name__ = name


@dataclass(frozen=True, slots=True)
class Row:
    """What a row of an argument is: a tuple, dict or object whose class, keys and items are known.

    An item is the type of a number, an array or a list, another ``Row``, something that is the same
    in all rows (``Same``), or None, where it is of several kinds.
    """

    kind: Any
    keys: tuple[Any, ...]
    items: tuple[Any, ...]

    def step(self, key: Any) -> tuple[str, Any]:
        """Return the step that leads to the item under a key."""
        return "attr" if has_attributes(self.kind) else "item", key

    @property
    def __name__(self) -> str:
        return str(self.kind.__name__)


@dataclass(frozen=True, slots=True)
class Same:
    """A text, or None, that all rows of an argument hold under a key."""

    obj: Any


def row_of_argument(value: Any) -> Row | None:
    """Return what is known of a row of an argument, None for anything else."""
    found = pointer(value)
    return found.kind if found is not None and isinstance(found.kind, Row) else None


def row_in_place_of(r: Reader, made: Record) -> Value:
    """Return the place in lists of an object that went there while it was made."""
    row = made.fields[ROW]
    if pointer(row) is None:
        what = f"a {made.kind.__name__} that its __init__ hands on, by the path"
        raise UnsupportedError(what, r.b.span, "hand it on after it is made")
    assert isinstance(row, Value)
    return row


def pointer(value: Any) -> Pointer | None:
    """Return what a value points to, None for what is no object in lists."""
    return value.type.of if isinstance(value, Value) else None


def class_of_row(value: Any) -> Any:
    """Return the class of an object in lists."""
    found = pointer(value)
    if found is not None and isinstance(found.kind, Row):
        return found.kind.kind if has_attributes(found.kind.kind) else None
    without = Codes | Tuples | Dicts | Lists | Words
    return None if found is None or isinstance(found.kind, without) else found.kind


def is_word(value: Any) -> bool:
    """Whether a value is a text that the path decides, or None, as a value of the graph."""
    return isinstance(value, Value) and value.type.of is not None and value.type.of.kind is WORDS


def is_list_row(value: Any) -> bool:
    """Whether a value is the place of a list that several things may hold, on some path."""
    if isinstance(value, Choice):
        return is_list_row(value.then) or is_list_row(value.other)
    found = pointer(value)
    return found is not None and isinstance(found.kind, Lists)


def is_known_word(value: Any) -> bool:
    """Whether a value is a text that is known while reading."""
    return isinstance(value, Static) and isinstance(value.obj, str)


def as_word(value: Any) -> Any:
    """Return a value with its texts, on all paths, as values of the graph."""
    if isinstance(value, Choice):
        return Choice(value.test, as_word(value.then), as_word(value.other))
    return Const(value.obj, type=row_type(WORDS)) if is_known_word(value) else value


def points_to_rows(t: Type) -> bool:
    """Whether this is the type of an object in lists, or of a list of such, and not of texts."""
    if t.item is not None:
        return points_to_rows(t.item)
    return t.of is not None and t.of.kind is not WORDS


def holds_words(value: Any) -> bool:
    """Whether a value is a text on some path."""
    if isinstance(value, Choice):
        return holds_words(value.then) or holds_words(value.other)
    return is_known_word(value) or is_word(value)


def row_type(kind: Any, sure: bool = True, made_by: int | None = None) -> Type:
    """Return the type of a number that points to a row."""
    like = TEXT if kind is WORDS else OPAQUE if isinstance(kind, Row) else INT
    return dataclasses.replace(like, of=Pointer(kind, sure, made_by))


def word_type(value: Any) -> Type:
    """Return the type of what is a text on some path: whether it may be None on another."""
    if isinstance(value, Choice):
        return joined_words(word_type(value.then), word_type(value.other))
    if is_word(value):
        found: Type = value.type
        return found
    return row_type(WORDS, not is_none_itself(value))


def joined_words(a: Type, b: Type) -> Type:
    """Return the type of a text that has one of two types."""
    return row_type(WORDS, all(t.of is not None and t.of.sure for t in (a, b)))


def null(kind: Any = None, made_by: int | None = None) -> Const:
    """Return the number that stands for None; None itself, beside rows of arguments."""
    itself = isinstance(kind, Row | Words)
    return Const(None if itself else NULL, type=row_type(kind, False, made_by))


def is_none_itself(value: Any) -> bool:
    """Whether a value is None, and nothing else on any path."""
    return isinstance(value, Static) and value.obj is None


def as_number(value: Any, like: Pointer | None = None) -> Any:
    """Return a value with None as a number, on the paths where it is that; texts as they are."""
    if like is not None and like.kind is WORDS:
        value = as_word(value)
    if isinstance(value, Choice):
        sides = (as_number(value.then, like), as_number(value.other, like))
        return Choice(value.test, *sides)
    return null(like.kind if like else None) if is_none_itself(value) else value


def points_anywhere(value: Any) -> bool:
    """Whether a value is an object in lists on some path."""
    if isinstance(value, Choice):
        return points_anywhere(value.then) or points_anywhere(value.other)
    return pointer(value) is not None


def alike(x: Any, y: Any) -> tuple[Any, Any]:
    """Return two values of which one is an object in lists, and None as such a number.

    Where one is a text of the graph, a known one becomes that, too.
    """
    if is_word(x) != is_word(y):
        x, y = as_word(x), as_word(y)
    of_x, of_y = pointer(x), pointer(y)
    if of_x and is_none_itself(y):
        return x, null(of_x.kind)
    if of_y and is_none_itself(x):
        return null(of_y.kind), y
    return x, y


# --- tests --------------------------------------------------------------------------------


def is_none(r: Reader, node: ast.AST, value: Value, negated: bool = False) -> Value:
    """Return the test of whether an object is None."""
    found, known = value.type.of, told(r, value)
    assert found is not None
    if known is not None or found.sure:
        return Const(negated == (found.sure or bool(known)))
    if found.kind is None:  # nothing else has come there; what comes later is read once more
        return Const(not negated)
    if isinstance(found.kind, Row | Words):
        return r.b.emit("is_not" if negated else "is", [value, Const(None)], span=r.span(node))
    return r.b.emit("ge" if negated else "lt", [value, Const(0)], span=r.span(node))


def compared(r: Reader, node: ast.AST, op: ast.cmpop, left: Any, right: Any) -> Any:
    """Return a comparison of objects in lists; ``MISSING`` where their class has its own."""
    same = isinstance(op, ast.Is | ast.Eq)
    identity = isinstance(op, ast.Is | ast.IsNot)
    for one, other in ((left, right), (right, left)):
        if pointer(one) and is_none_itself(other) and isinstance(op, ast.Eq | ast.NotEq) | identity:
            return is_none(r, node, one, not same)
    rows = [row_of_argument(value) for value in (left, right)]
    if all(rows) and (identity or not any(by_value(row) for row in rows)):
        return r.b.emit("is" if same else "is_not", [left, right], span=r.span(node))
    if any(rows) and identity:
        r.refuse(node, "whether a row of an argument is something else", "compare what they hold")
    if not identity and (compares(left) or compares(right)):
        return MISSING
    if not identity and not isinstance(op, ast.Eq | ast.NotEq):
        return MISSING
    if identity and is_list_row(left) != is_list_row(right):
        return Const(not same)  # a list with a place is no list that has none
    kinds = {class_of_row(left), class_of_row(right)}
    if len(kinds) == 1:
        return r.b.emit("eq" if same else "ne", [left, right], span=r.span(node))
    if isinstance(left, Record | Static) or isinstance(right, Record | Static):
        return Const(not same)
    if None not in kinds:
        return Const(not same)
    r.refuse(node, "a comparison of an object with something else", "compare numbers")


def compares(value: Any) -> bool:
    """Whether the class of an object in lists says itself when two are equal."""
    kind = class_of_row(value)
    return kind is not None and by_value(kind)


def by_value(kind: Any) -> bool:
    """Whether objects of a kind are equal by what they hold, not only to themselves."""
    if isinstance(kind, Row):
        return not has_attributes(kind.kind) or by_value(kind.kind)
    if kind is WORDS:
        return False  # Python's own lists and ours compare them alike
    return (
        isinstance(kind, Tuples | Dicts | Lists)
        or getattr(kind, "__eq__", None) is not object.__eq__
    )


# --- what tests have told -----------------------------------------------------------------


def told(r: Reader, value: Value) -> bool | None:
    """Return whether an object is one, and not None, as far as a test on this path has told."""
    for other, truth in r.facts.items():
        if pointer(other) and _same(other, value):
            return truth
    return None


def told_code(r: Reader, number: Value, code: int) -> bool | None:
    """Return whether a number stands for a known thing, as far as tests on this path have told."""
    for test, truth in r.facts.items():
        if test.op is not None and test.op.prim == "eq":
            left, right = test.op.inputs
            if isinstance(right, Const) and right.const == code and _same(left, number):
                return truth
    return None


def _same(a: Value, b: Value) -> bool:
    """Whether two values are one, or read from one place."""
    if a is b or a.op is None or b.op is None:
        return a is b
    if a.op.prim != "load" or b.op.prim != "load" or a.op.attrs != b.op.attrs:
        return False
    pairs = zip(a.op.inputs, b.op.inputs, strict=True)
    return all(_same(x, y) for x, y in pairs)


def implied(op: Op | None, holds: bool) -> list[tuple[Value, bool]]:
    """Return what a test for None tells of the object that it asks for."""
    if op is None or op.prim not in ("lt", "ge", "is", "is_not") or not pointer(op.inputs[0]):
        return []
    value, other = op.inputs
    if op.prim.startswith("is") and not (isinstance(other, Const) and other.const is None):
        return []
    return [(value, holds == (op.prim in ("ge", "is_not")))]


def kept(facts: dict[Value, bool]) -> dict[Value, bool]:
    """Return what is told of objects, apart from the operations of the test that told it."""
    return {_apart(v): truth for v, truth in facts.items() if pointer(v)}


def _apart(value: Value) -> Value:
    if value.op is None or value.op.prim != "load":
        return value
    twin = Value(value.type, value.name, value.span)
    inputs = [_apart(v) for v in value.op.inputs]
    twin.op = Op("load", inputs, [twin], dict(value.op.attrs), value.op.span, [], False)
    return twin


# --- afterwards ---------------------------------------------------------------------------


def forget(function: Function, callees: list[Any]) -> None:
    """Let objects be plain numbers, when all is read."""
    _forget(function.body)
    for callee in callees:
        _forget(callee.body)
        callee.params = [(n, plain(t)) for n, t in callee.params]
        for leaf in callee.leaves:
            leaf.value.type = plain(leaf.value.type)


def _forget(block: Block) -> None:
    values = [*block.params, *block.results]
    for op in walk(block):
        values += [*op.inputs, *op.outputs]
        if op.prim == "store" and any(map(is_list_row, op.inputs[2:])):
            op.attrs["placed"] = True
        for inner in op.blocks:
            values += [*inner.params, *inner.results]
    for v in values:
        v.type = plain(v.type)


def plain(t: Type) -> Type:
    """Return a type without what integers in it point to."""
    if t.item is not None:
        return dataclasses.replace(t, item=plain(t.item))
    return dataclasses.replace(t, of=None) if t.of else t
