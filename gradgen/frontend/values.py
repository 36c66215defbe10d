"""What a Python name can stand for while a function is read.

Numbers are graph values.  Arrays are references into a storage, as in Python, so that an alias or
a view sees what is written through another name; each storage has one newest version, a graph
value.  Containers exist only here: the graph sees their leaves.
"""

from __future__ import annotations

import ast
import dataclasses
from collections.abc import Callable, Iterator
from dataclasses import field
from typing import Any

from gradgen.dataclass import dataclass
from gradgen.errors import GradgenError
from gradgen.ir.nodes import Const, Value, next_id


class Storage:
    """The memory of one array or list.

    ``contiguous``: in C order, so that reshape is a view; ``outside``: captured, not to be written;
    ``tuples``: a list that is a tuple in Python, None where it may be either; ``doubled``: there
    are views that go the same way, such as `x[:]` and `x` itself.
    """

    __slots__ = ("contiguous", "doubled", "id", "lists", "name", "outside", "tuples")

    def __init__(self, name: str = "", contiguous: bool = False, outside: bool = False) -> None:
        self.id = next_id()
        self.name = name
        self.contiguous = contiguous
        self.outside = outside
        self.lists = False  # whether this is a list of the graph
        self.tuples: bool | None = False
        self.doubled = False


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """One step from an array to a view of it; ``maybe``: NumPy may copy instead.

    ``place``: where a test of the layout makes that sure, if the function is read again.
    """

    prim: str
    operands: tuple[Value, ...]
    attrs: dict[str, Any]
    maybe: bool = False
    place: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Ref:
    """A name's hold on an array: a storage, a way through views, the value when it was bound."""

    storage: Storage
    steps: tuple[Step, ...]
    value: Value
    version: Value


@dataclass(slots=True, eq=False)
class Box:
    """A tuple, list, dict or object that was taken apart; as in Python, names share it.

    Its contents are replaced by ``Reader.fill``, never changed in place, so that a state of the
    reader can keep them.  ``outside``: the name of one that stands outside the function; ``name``:
    the first name of any other; ``given``: it is an argument, or in one; ``joined``: it stands for
    different ones, of paths that have met; ``row``: its place in lists, where it is kept there, and
    what asked for it.
    """

    name: str = field(default="", kw_only=True)
    id: int = field(default_factory=next_id, kw_only=True)
    outside: str = field(default="", kw_only=True)
    given: bool = field(default=False, kw_only=True)
    joined: bool = field(default=False, kw_only=True)
    row: tuple[Value, ast.AST] | None = field(default=None, kw_only=True)


@dataclass(slots=True, eq=False)
class Seq(Box):
    """A tuple or list of known length (``kind`` is the class, for named tuples too).

    ``grown`` holds a list whose length is not known before the program runs.
    """

    items: list[Any]
    kind: Any = tuple
    grown: Storage | None = None


@dataclass(slots=True, eq=False)
class Map(Box):
    """A dict with known keys (``unknown``: a parameter whose further keys show when read).

    ``factory`` makes the item of a key that is missing, as in a ``defaultdict``;
    ``attributes_of``: the object whose ``__dict__`` it is; ``made``: the expression that made it.
    """

    items: dict[Any, Any]
    unknown: Any = None
    factory: Any = None
    attributes_of: Record | None = None
    made: int = 0


@dataclass(slots=True, eq=False)
class Record(Box):
    """An object whose attributes are known; ``dicts``: those of its attributes, as taken."""

    kind: Any
    fields: dict[str, Any]
    dicts: list[Map] = field(default_factory=list)


class Cursor:
    """The class of iterators that keep their place, which are objects (``cursors``)."""


class GlobalNames:
    """The class of what ``globals()`` gives, which is asked for names."""


class Frozen:
    """The class of a library's objects with what they hold: methods are fields by their names.

    A distribution of ``scipy.stats`` with its parameters is one, and a spline.
    """


@dataclass(slots=True, eq=False)
class Choice:
    """What a name stands for where paths disagree: ``then`` if ``test`` held, else ``other``.

    ``which``: a number that says which of a few functions it is, with that of each, in order.
    """

    test: Value
    then: Any
    other: Any
    which: tuple[Value, tuple[int, ...]] | None = None


@dataclass(slots=True, eq=False)
class Static:
    """A Python object that is known before the program runs: a module, function, string, dtype."""

    obj: Any


class Itself:
    """An object as a key of a dict: which one it is, whatever it holds."""

    __slots__ = ("owner",)

    def __init__(self, owner: Record) -> None:
        self.owner = owner

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self.owner is getattr(other, "owner", None)

    def __hash__(self) -> int:
        return hash(self.owner)

    def __repr__(self) -> str:
        return f"<{self.owner.kind.__name__}>"


class Alike(Itself):
    """An object as a key of a dict that is equal to others of its class which hold the same.

    Objects from outside are such others: their class was made by `dataclasses`, which says what
    they are equal by, and what their hash is that of.
    """

    __slots__ = ("held",)

    def __init__(self, owner: Record, held: tuple[Any, ...]) -> None:
        super().__init__(owner)
        self.held = held

    def __eq__(self, other: object) -> bool:
        kind = self.owner.kind
        if isinstance(other, Alike):
            return kind is other.owner.kind and self.held == other.held
        if type(other) is not kind:
            return False
        fields = dataclasses.fields(kind)  # type: ignore[arg-type]
        return self.held == tuple(getattr(other, f.name) for f in fields if f.compare)

    def __hash__(self) -> int:
        return hash(self.held)


@dataclass(slots=True, eq=False)
class Text:
    """Text with numbers in it: an expression with holes, and the values that fill these."""

    spelled: ast.expr
    holes: list[Value]


@dataclass(slots=True, eq=False)
class Texts:
    """Texts of which nobody knows how many there are: a comprehension with holes."""

    spelled: ast.expr
    holes: list[Value]


@dataclass(slots=True, eq=False)
class LocalFunction:
    """A function or lambda defined inside the function that is read; names bind late."""

    node: Any
    frame: Any
    defaults: list[Any]
    kw_defaults: list[Any]
    marked: bool = False  # whether calls of it are run again in the reverse sweep
    kept: bool = False
    at_hand: bool = False  # whether its results are kept, by `lru_cache`
    held: Any = None  # the box of the attributes that are set on it, if any are
    wrapped: Any = None  # the one whose name it has by ``functools.wraps``


@dataclass(slots=True, eq=False)
class BoundMethod:
    """A method of an array or a container, not yet called."""

    owner: Any
    name: str


@dataclass(slots=True, eq=False)
class Flags:
    """``a.flags``: how an array lies in memory."""

    owner: Any


@dataclass(slots=True, eq=False)
class Iteration:
    """Something to loop over: ``length`` and the element at an index, built on demand."""

    length: Any
    element: Callable[[Value], Any]
    bounds: tuple[Value, Value, Value] | None = None
    backwards: bool = False
    arrays: tuple[Ref, ...] = ()  # what the elements are read from, as it is at each turn
    marked: dict[str, Any] | None = None  # how a loop over it is run again in the reverse sweep
    endless: bool = False  # it never ends by itself, and has no length
    calls: bool = False  # each item is what a function gives, which may do more than that
    unlike: bool = False  # the items are known, and of several kinds


def over_range(start: Value, stop: Value, step: Value) -> Iteration:
    """Return what a range is: it can be looped over again and again."""
    return Iteration(None, lambda i: i, (start, stop, step))


@dataclass(frozen=True, slots=True, eq=False)
class Once:
    """What ``zip`` and its kin return: it can be looped over one time.

    ``turn``: of the loop in which it was made; ``made``: the expression that made it; ``seen``:
    what generators read whose items it has.
    """

    over: Any
    turn: int = 0
    made: int = 0
    seen: Any = ()


@dataclass(frozen=True, slots=True, eq=False)
class Generator:
    """A generator expression that is run where it stands."""

    node: ast.GeneratorExp | ast.ListComp


@dataclass(frozen=True, slots=True, eq=False)
class Called:
    """A call of a generator: its definition, its frame, and the values of its parameters.

    ``key`` tells it from others, in all readings.
    """

    definition: ast.FunctionDef
    frame: Frame
    given: dict[str, Any]
    key: tuple[int, int]


@dataclass(frozen=True, slots=True, eq=False)
class Lazy:
    """What a generator or ``map`` that has a name stands for: run when, and as often, as asked.

    ``items`` gives all at once; ``each`` what a loop runs over, one at a time (None: a filter
    decides how many there are).  ``frame``: where it was made; ``made``: the expression that did;
    ``called``: the call of a generator that it is, which may take turns with a loop; ``read``: what
    its items are made of, where ``items`` does not watch that; ``turns``: by what it is noted that
    a filter takes turns with a loop.
    """

    items: Callable[[], Any]
    each: Callable[[], Any] | None
    frame: Frame
    made: int = 0
    called: Any = None
    read: Any = ()
    turns: Any = None


@dataclass(slots=True, eq=False)
class Poison:
    """A name that must not be read any more; the error says why.

    ``made``: the expression that made the iterator that was used up.
    """

    error: GradgenError
    made: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Around:
    """What an argument holds where it refers back: an object around, which is read in its place."""

    owner: Any


@dataclass(slots=True, eq=False)
class SomeKeys(Poison):
    """What says that keys of a dict may be missing, which have the order in which they stand."""


class OtherKeys:
    """The key, in a dict whose keys depend on the path, of what says so when all are asked for."""


OTHER_KEYS = OtherKeys()


@dataclass(frozen=True, slots=True, eq=False)
class UnknownShape:
    """The shape of an array of unknown rank: its entries are asked for one by one."""

    array: Value


@dataclass(slots=True, eq=False)
class SliceValue:
    """``start:stop:step`` inside a subscript."""

    parts: tuple[Value | None, Value | None, Value | None]


@dataclass(slots=True, eq=False)
class Frame:
    """The names of one function activation; ``anonymous`` is its result, which the caller names.

    ``exits`` holds the names of the result and of the flags of early exits, ``lives`` the live
    names of its statements, of which ``statement`` is the one that is read, in ``statement_block``.
    """

    source: Any
    names: dict[str, Any]
    globals: dict[str, Any]
    cells: dict[str, Any] = field(default_factory=dict)
    parent: Frame | None = None
    caller: Frame | None = None
    owner: Any = None
    path: tuple[int, ...] = ()
    shared: Record | None = None
    outer_names: frozenset[str] = frozenset()
    assigned_inside: frozenset[str] = frozenset()
    local_names: frozenset[str] = frozenset()
    anonymous: str = ""
    exits: Any = None
    lives: Any = None
    statement: Any = None
    statement_block: Any = None
    call: Any = None  # the place of the call
    definition: Any = None  # the function as it is written, whose statements are read
    spans: dict[int, tuple[Any, Any]] = field(default_factory=dict)  # places, and with the call

    def outward(self) -> Iterator[Frame]:
        """Yield this frame and those of the functions around it."""
        frame: Frame | None = self
        while frame is not None:
            yield frame
            frame = frame.parent


def is_static(value: Any) -> bool:
    """Whether a value is known before the program runs."""
    if isinstance(value, Const):
        return True
    if isinstance(value, Seq):  # of one that has grown, the items are not here
        return value.grown is None and all(map(is_static, value.items))
    return isinstance(value, Static)


def static_value(value: Any) -> Any:
    """Return the Python object of a static value."""
    if isinstance(value, Const):
        return value.const
    if isinstance(value, Seq):
        items = map(static_value, value.items)
        return value.kind._make(items) if hasattr(value.kind, "_make") else value.kind(items)
    assert isinstance(value, Static)
    return value.obj


# What messages call the values that Python has no class for, or has under another name.
KINDS = {
    "Text": "text in an f-string", "Texts": "list of texts",
    "LocalFunction": "function", "BoundMethod": "method",
    "Method": "method", "Iteration": "iterator", "Once": "iterator", "Lazy": "generator",
    "Generator": "generator", "UnknownShape": "shape", "SliceValue": "slice",
    "Choice": "value of different kinds on different paths",
}  # fmt: skip


def _any_box(values: list[Any]) -> bool:
    """Whether a container or object is among values."""
    return any(isinstance(v, Box) for v in values)


def plain(obj: Any) -> Any:
    """Return the value of a Python object, or of a key: a number as a constant."""
    if type(obj) in (Itself, Alike):
        return obj.owner
    if isinstance(obj, tuple):
        items = [plain(item) for item in obj]
        named = hasattr(obj, "_fields")
        return Seq(items, type(obj)) if named or _any_box(items) else Static(obj)
    return Const(obj) if type(obj) in (float, int, bool) else Static(obj)
