"""What is known of a program across readings of it."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Any

from gradgen.dataclass import dataclass
from gradgen.errors import Span, UnsupportedError
from gradgen.frontend.signals import Laborious, Retry
from gradgen.ir.nodes import Callee, Value
from gradgen.ir.types import Dim, Type

if TYPE_CHECKING:
    from gradgen.frontend.recursive_states import Reading

# Loops that are written out though nothing asks for it: so many turns, so many statements.
MOST_TURNS, MOST_STATEMENTS = 1000, 4000
FEW_STATEMENTS = 500  # where loops can stay loops, if texts are values of the graph
# More than this is read only where what a path may hold doubles from statement to statement.
MOST_READ = 100_000


class Noted:
    """What a program does anywhere, where a question before that may have hung on it.

    A question is answered by what is known so far.  What is noted after it is news: then
    everything is read again, with the answer that it has in the end.
    """

    def __init__(self) -> None:
        self.known: dict[Any, None] = {}
        self.asked = False

    def note(self, *facts: Any) -> None:
        """Note what the program does; read it again if that is news."""
        new = [fact for fact in facts if fact not in self.known]
        self.known.update(dict.fromkeys(new))
        if new and self.asked:
            raise Retry(set())

    def ask(self) -> list[Any]:
        """Return what is known of it."""
        self.asked = True
        return list(self.known)


@dataclass(slots=True, eq=False)
class Book:
    """What is learnt of a program in one reading of it, for the next.

    ``version`` counts what was learnt: what was read before that may have to be read again.
    ``expansions`` are the trees that comprehensions were made into: places in them have to be
    the same at each reading; ``derived``, for the same reason, the generated functions of
    derivatives that the program takes, and what was read for them.  ``lengths`` are those of
    arguments, by symbol, which are unpacked before anything else happens; ``unpacked``, where
    that is.
    """

    recursive: dict[int, Any] = field(default_factory=dict)
    celled: dict[int, Any] = field(default_factory=dict)  # names in lists of one item (`celled`)
    growing: dict[int, int] = field(default_factory=dict)  # 1: lists of any length, 2: tuples, too
    hints: dict[Any, list[Type]] = field(default_factory=dict)
    states: dict[Any, Reading] = field(default_factory=dict)
    version: int = 0
    count: dict[int, int] = field(default_factory=dict)
    rules: list[Any] = field(default_factory=list)  # of functions with rules, being read
    effort: int = 0  # ``signals.FOR`` and ``WHILE``
    most: int = MOST_STATEMENTS  # that may be read with some effort
    whiles: set[int] = field(default_factory=set)  # the loops that it may change the reading of
    unlike: set[int] = field(default_factory=set)  # those over items of several kinds
    turns: int = 0  # that this reading has written out
    statements: int = 0  # that this reading has read
    statements_before: int = 0  # that the readings before it have read
    too_deep: set[int] = field(default_factory=set)  # those refused in this reading, as they grow
    expansions: dict[Any, Any] = field(default_factory=dict)
    derived: list[tuple[Any, Any, Any, list[Any]]] = field(default_factory=list)
    has_sets: bool = False  # whether the program makes sets
    computed_sets: bool = False  # whether these may hold what is computed
    has_open_squeeze: bool = False  # whether one is read whose result may have any rank
    squeezes_surely: bool = False  # whether those raise errors instead, where they matter
    lengths: dict[str, int] = field(default_factory=dict)
    equal: dict[str, Dim] | None = None  # lengths of arguments that are others, None: none is
    meetings: Any = None  # that tell so (``equal_lengths``), in one reading
    unpacked: set[int] = field(default_factory=set)
    learns_lengths: bool = False
    stepwise: set[int] = field(default_factory=set)  # what makes iterators that keep their place
    turnwise: set[Any] = field(default_factory=set)  # generators that take turns, and calls
    tables: bool = False  # whether dicts may be lists of keys and of items (``tables``)
    inner_dicts: set[int] = field(default_factory=set)  # what makes dicts that stand in others
    tabled: set[int] = field(default_factory=set)  # what makes those that are
    words: bool = False  # whether texts that the path decides are values of the graph
    kinds: Any = None  # the classes of its objects, ``pools.Kinds``
    pooled: set[type] | None = None  # those whose objects are rows of lists (``pools``)
    whole: frozenset[type] = frozenset()  # those whose objects never are
    list_rows: dict[Any, Any] = field(default_factory=dict)  # what makes lists that are rows, too
    dict_rows: int = 0  # whether dicts are rows from the beginning: those of loops, or all
    of_known_types: bool = False  # whether the types of all arguments are known
    uneven: bool = False  # whether lists of unlike items are objects (``uneven_lists``)
    none_beside_numbers: set[int] = field(default_factory=set)  # what puts it into lists
    apart: int = 0  # whether tuples with floats and whole numbers are rows of lists (``records``)
    columns: dict[type, dict[str, Any]] = field(default_factory=dict)  # types of their attributes
    tuples: dict[Any, Any] = field(default_factory=dict)  # classes of tuples in lists
    moved: dict[Any, Any] = field(default_factory=dict)  # dicts in lists, and what put them there
    local_classes: dict[Any, Any] = field(default_factory=dict)  # classes of class statements
    class_frames: dict[Any, list[Any]] = field(default_factory=dict)  # of the calls that made them
    cells: dict[int, Any] = field(default_factory=dict)  # what their methods read, by its frame
    class_writes: dict[type, dict[str, None]] = field(default_factory=dict)  # what is assigned
    class_defaults: dict[type, dict[str, None]] = field(default_factory=dict)  # objects' own
    class_frame: Any = None  # where the boxes of these classes have names
    named_tuples: dict[Any, Any] = field(default_factory=dict)  # classes that the program makes
    keeping: set[int] = field(default_factory=set)  # those that call themselves twice
    results: dict[Any, Any] = field(default_factory=dict)  # of functions that keep them (``kept``)
    follows: bool = False  # whether the entries of arrays of integers are followed
    typed: bool = False  # whether lists of these have their types from the beginning
    compiled: bool = False  # whether this is for compiled code, where a name has one type
    begins: dict[Any, dict[str, Type]] = field(default_factory=dict)  # arrays for numbers, by loop
    keeps_lists: bool = False  # whether long lists from outside stay lists
    kept_lists: set[int] = field(default_factory=set)  # those that did, by identity
    has_rows: bool = False  # whether rows of lists are values of the graph
    row_kinds: Noted = field(default_factory=Noted)  # classes of tuples, lists in lists
    graph_tuples: Noted = field(default_factory=Noted)  # tuples that are lists of the graph
    none: Noted = field(default_factory=Noted)  # None in lists of the graph
    made: Noted = field(default_factory=Noted)  # classes that are a dict or a list here
    pool_frame: Any = None  # where these lists have names
    updated: dict[Value, Any] = field(default_factory=dict)  # in place, numbers of several names
    matched: dict[Value, Any] = field(default_factory=dict)  # what patterns ask of how long it is
    guards: dict[Value, Any] = field(default_factory=dict)  # what raises where an object is None

    def begin(self) -> None:
        """Forget what belongs to one reading."""
        self.statements_before += self.statements
        self.states, self.count, self.turns, self.statements = {}, {}, 0, 0
        self.too_deep = set()
        self.results, self.updated, self.meetings, self.matched = {}, {}, None, {}
        self.class_frames, self.cells = {}, {}
        self.expansions = {k: made for k, made in self.expansions.items() if made is not None}

    def read_statement(self, span: Span | None, work: int = 1) -> None:
        """Count a statement or branch that is read; with some effort, but not with any.

        A branch is more ``work`` where much may share memory: its sides are joined pair by pair.
        """
        self.statements += work
        if self.effort and self.statements > self.most:
            raise Laborious
        if self.statements + self.statements_before > MOST_READ:
            what = "too many values by the path: each branch doubles what is known of them"
            way = "hold in arrays what branches and loops change: numbers, not tuples or objects"
            raise UnsupportedError(what, span, way)

    def write_turns(self, count: int) -> None:
        """Count turns of loops that are written out; with some effort, but not with any."""
        self.turns += count
        if self.effort and self.turns > MOST_TURNS:
            raise Laborious

    def callees(self) -> list[Callee]:
        """Return the functions that were read."""
        return [s.callee for s in self.states.values() if s.callee.function is not None]
