"""The nodes of the operation graph.

``Value`` is a single assignment; an ``Op`` takes values to values and may own blocks; a ``Block``
is a straight run of ops with parameters and one end.  Values are immutable, arrays too: a store
is ``a1 = store(a0, v, ...)``, a new value.  Whether it can be done in place is decided late, by
``passes.copies``, so that every earlier pass may reason as in mathematics.

Control flow is an op that owns blocks, there are no jumps:

=========  ==============================  ==================================================
prim       inputs                          blocks
=========  ==============================  ==================================================
``if``     cond                            then, else; both ``yield`` the op's outputs
``for``    start, stop, step, *carried     body(index, *carried); ``continue``/``break`` values
``while``  *carried                        cond(*carried) yields a bool; body(*carried)
``call``   arguments                       none; the ``Callee`` is an attribute
=========  ==============================  ==================================================

The end of a block is ``yield``, ``continue`` or ``break`` with ``results``, or ``tail``: its last
op is an ``if`` without outputs whose blocks end the enclosing loop body themselves.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator
from dataclasses import field
from typing import Any

from gradgen.dataclass import dataclass
from gradgen.errors import Span
from gradgen.ir.types import BOOL, COMPLEX, FLOAT, OPAQUE, UNDEFINED, Type, integer

_ids = itertools.count()

WRITES = ("store", "inc", "add_at")
GROWS = ("append", "insert", "pop", "extend")
ADDITIONS = {"add": "+", "sub": "-"}  # which may be done in place, and the sign of that
WHOLE = ("add", "sub", "mul", "neg")  # what subscripts are computed by
SUBSCRIPTS = {"load": 1, "store": 2, "inc": 2}  # the first input that is a subscript, as all behind
READ_ONLY = (
    "broadcast_to",
    "diagonal",
    "diag_view",
    "windows",
)  # views that NumPy lets nobody write to


def next_id() -> int:
    """Return a new number: what is made later has a greater one."""
    return next(_ids)


class Value:
    """One assignment: its type, the user's name for it (a hint) and its place in the source."""

    __slots__ = ("id", "name", "of", "op", "span", "type", "user")

    def __init__(self, type: Type, name: str = "", span: Span | None = None) -> None:
        self.id = next_id()
        self.type = type
        self.name = name.partition(" ")[0]  # what follows a space tells scopes apart
        self.span = span
        self.user = False  # whether the user's source assigns it to ``name``
        self.op: Op | None = None  # None: a block or function parameter
        self.of: Value | None = None  # what this is the adjoint or the tangent of

    def call_after(self, v: Value, prefix: str = "d") -> None:
        """Name an adjoint ``d_x``, or a tangent ``t_x``, after its value."""
        self.name, self.user, self.of = f"{prefix}_{v.name}" if v.name else "", v.user, v

    def __repr__(self) -> str:
        return f"%{self.id}{':' + self.name if self.name else ''}"


class Const(Value):
    """A literal; ``text`` spells it where the plain literal would be less clear (``np.pi``)."""

    __slots__ = ("const", "text")

    def __init__(self, const: Any, text: str = "", type: Type | None = None) -> None:
        super().__init__(type or type_of_constant(const))
        self.const = const
        self.text = text

    def __repr__(self) -> str:
        return self.text or repr(self.const)


def same_value(a: Value, b: Value) -> bool:
    """Whether two values are one, or the same literal."""
    if isinstance(a, Const) and isinstance(b, Const):
        return type(a.const) is type(b.const) and bool(a.const == b.const)
    return a is b


def same_place(a: Value, b: Value, steps: int = 3) -> bool:
    """Whether two subscripts are one value, or whole numbers computed alike in a few steps."""
    if same_value(a, b):
        return True
    p, q = a.op, b.op
    if not steps or p is None or q is None or p.prim != q.prim or p.prim not in WHOLE:
        return False
    if any(v.type.kind != "int" or not v.type.is_scalar for v in (a, b)):
        return False
    return all(same_place(u, v, steps - 1) for u, v in zip(p.inputs, q.inputs, strict=True))


class Undefined(Value):
    """The absence of a value: the name has not been assigned on this path.

    ``unread``: nothing reads it there either, as a test decides; anything may stand in its place.
    """

    __slots__ = ("unread",)

    def __init__(self, unread: bool = False) -> None:
        super().__init__(UNDEFINED)
        self.unread = unread


def nothing(name: str) -> Undefined:
    """Return the absence of a value under a name."""
    absent = Undefined()
    absent.name = name
    return absent


def type_of_constant(const: Any) -> Type:
    """Return the type of a literal."""
    if type(const) is bool:
        return BOOL
    if type(const) is int:
        return integer(const)
    if type(const) is float:
        return FLOAT
    if type(const) is complex:
        return COMPLEX
    return OPAQUE


@dataclass(eq=False, slots=True)
class Region:
    """Operations that the reverse sweep runs again, instead of reading what they computed.

    The operations of the sweep that belong to them have the same region; ``parent`` is the one
    around it, ``given`` what is read in place of some values when it is run again; ``turn``: it is
    a turn of a loop of compiled code, which begins with rows of arrays (``diff.turns_again``).
    """

    parent: Region | None = None
    turn: bool = False
    given: dict[Value, Value] = field(default_factory=dict)

    @property
    def root(self) -> Region:
        """The outermost region around this one, or itself."""
        return self if self.parent is None else self.parent.root


@dataclass(eq=False, slots=True)
class Op:
    """One operation.

    ``reverse`` marks those that belong to the reverse sweep, ``tangent`` those of forward mode,
    ``again`` those of the sweep that repeat what a region did; ``repeats`` those of the user's
    that raise only what an earlier one has raised.
    """

    prim: str
    inputs: list[Value]
    outputs: list[Value]
    attrs: dict[str, Any] = field(default_factory=dict)
    span: Span | None = None
    blocks: list[Block] = field(default_factory=list)
    reverse: bool = False
    tangent: bool = False
    region: Region | None = None
    again: bool = False
    repeats: bool = False

    @property
    def derived(self) -> bool:
        """Whether this is part of a derivative, not of the user's function."""
        return self.reverse or self.tangent

    @property
    def out(self) -> Value:
        """The only output."""
        return self.outputs[0]


@dataclass(eq=False, slots=True)
class Block:
    """A straight run of operations with one end."""

    params: list[Value] = field(default_factory=list)
    ops: list[Op] = field(default_factory=list)
    end: str = "yield"
    results: list[Value] = field(default_factory=list)


@dataclass(eq=False, slots=True)
class Leaf:
    """One number or array inside a parameter: ``path`` leads to it, ``value`` is it at entry."""

    param: str
    path: tuple[Any, ...]
    value: Value
    active: bool = False


@dataclass(eq=False, slots=True)
class Function:
    """A whole program: parameters (by name, with their structure), a body, and its source.

    ``helpers`` are syntax trees of functions that a backend prints into the module,
    ``plain_helpers`` the names of those that it does not compile, if it compiles (``native``);
    ``reordered``: it may take sums in another order; ``filled``: the lists, dicts and objects in
    arguments that it writes to, by parameter and the steps from there; ``raised_for``: the
    variables for which the text raises by itself where they are not assigned; ``names_read``:
    the names that stand in its source; ``asked``: what it asks of arguments besides their numbers,
    see `frontend.asked`; ``directions``: the parameters that are tangents and cotangents.
    """

    name: str
    params: list[tuple[str, Any]]
    leaves: list[Leaf]
    body: Block
    span: Span
    signature: Any = None
    names_read: frozenset[str] = frozenset()
    asked: tuple[Any, ...] = ()
    directions: list[str] = field(default_factory=list)
    result: Any = None
    captures: dict[str, Any] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    reserved: set[str] = field(default_factory=set)
    helpers: dict[str, Any] = field(default_factory=dict)
    plain_helpers: set[str] = field(default_factory=set)
    native: bool = False
    reordered: bool = False
    filled: frozenset[Any] = frozenset()
    raised_for: set[Value] = field(default_factory=set)


@dataclass(eq=False, slots=True)
class Stack:
    """A list on which a recursive function saves one of its values."""

    name: str
    type: Type


@dataclass(eq=False, slots=True)
class Callee:
    """A recursive function, which ``call`` operations mean, and the sweep that belongs to it.

    ``written``: parameters (lists, arrays) that are returned as they are afterwards, and which of
    the results they are.  ``shares``: which results may be in the memory of which parameters.
    ``varying``: results that carry derivatives; ``seeds``: the parameters of the sweep for their
    adjoints; ``needs``: the arguments that it reads; ``sums``: parameters whose adjoints so far it
    is given behind the seeds, and adds to in place.  ``joint``: a function that does both at once
    (``both`` says of one that it is that); ``in_place``: the sums that are results are the arrays
    that were given, and ``lists`` says the same of ``written`` lists, ``same`` of results of the
    sweep that are their adjoints, so that the text need not return them.  ``moving``: parameters
    that come with their tangents, behind the others, where the function is one of forward mode now
    (the tangents are results, too, in the order of ``varying``); ``tracked``: these are sets of
    entries, for a sparsity pattern.  ``spelled``: names in the module.
    """

    name: str
    function: Any = None
    backward: Function | None = None
    written: dict[int, int] = field(default_factory=dict)
    shares: set[tuple[int, int]] = field(default_factory=set)
    backward_shares: set[tuple[int, int]] = field(default_factory=set)
    varying: list[int] = field(default_factory=list)
    seeds: list[Value] = field(default_factory=list)
    needs: list[int] = field(default_factory=list)
    sums: list[int] = field(default_factory=list)
    joint: Callee | None = None
    both: bool = False
    in_place: bool = False
    lists: dict[int, int] = field(default_factory=dict)
    same: set[int] = field(default_factory=set)
    moving: list[int] = field(default_factory=list)
    tracked: bool = False
    stacks: list[Stack] = field(default_factory=list)
    settled: bool = False
    spelled: dict[str, str] = field(default_factory=dict)
    reserved: set[str] = field(default_factory=set)

    @property
    def active(self) -> list[int]:
        """The parameters that carry derivatives."""
        return [k for k, leaf in enumerate(self.function.leaves) if leaf.active]

    @property
    def list_seeds(self) -> dict[int, int]:
        """Which adjoints of lists a sweep is given, by place among the seeds, and its results."""
        leaves, active = self.function.leaves, self.active
        pairs = [(k, i) for k, i in self.written.items() if leaves[k].value.type.kind == "list"]
        varying = self.varying
        return {varying.index(i): active.index(k) for k, i in pairs if i in varying and k in active}


def written_inputs(op: Op) -> list[int]:
    """Return which inputs an operation writes into; in a sweep, the sums before lists."""
    if op.prim == "call" and op.attrs.get("part") == "backward":
        callee = op.attrs["callee"]
        seeds = op.attrs.get("given", len(callee.needs))
        first = seeds + len(callee.varying)
        lists = [seeds + n for n in callee.list_seeds]
        return [*range(first, first + len(callee.sums)), *lists]
    if op.prim == "call":
        callee = op.attrs["callee"]
        in_place = callee.sums if callee.both else ()
        return [k for k in callee.written if k in in_place or op.inputs[k].type.kind == "list"]
    return [0] if op.prim in WRITES or op.prim in GROWS else []


def added_in_place(op: Op) -> list[tuple[int, int]]:
    """Return pairs of an argument of a call, and the result that is it: it is written to."""
    callee = op.attrs["callee"]
    if op.attrs.get("part") == "backward":
        added = [callee.active.index(k) for k in callee.sums]
        pairs = zip(written_inputs(op), [*added, *callee.list_seeds.values()], strict=True)
        return [(k, i) for k, i in pairs if (i in added and callee.in_place) or i in callee.same]
    sums = callee.sums if callee.both and callee.in_place else []
    return [*((k, callee.written[k]) for k in sums), *callee.lists.items()]


def walk(block: Block) -> Iterator[Op]:
    """Yield every op of a block and of the blocks inside, in program order."""
    stack = [iter(block.ops)]
    while stack:
        for op in stack[-1]:
            yield op
            if op.blocks:
                stack += [iter(inner.ops) for inner in reversed(op.blocks)]
                break
        else:
            stack.pop()


def blocks_of(block: Block) -> Iterator[Block]:
    """Yield a block and every block inside it, outermost first."""
    yield block
    stack = [iter(block.ops)]
    while stack:
        for op in stack[-1]:
            if op.blocks:
                yield from op.blocks
                stack += [iter(inner.ops) for inner in reversed(op.blocks)]
                break
        else:
            stack.pop()


def uses(block: Block) -> dict[Value, int]:
    """Count how often each value is read, block ends included."""
    read: list[Value] = []
    for op in walk(block):
        read += op.inputs
    for b in blocks_of(block):
        read += b.results
    return dict(Counter(read))


def takes_all_turns(loop: Op) -> bool:
    """Whether no turn of a loop ends it, or leaves the function."""
    ends_early = loop.attrs.get("breaks") or loop.attrs.get("steps") is not None
    return loop.blocks[-1].end == "continue" and not ends_early


def known_turns(loop: Op) -> range | None:
    """Return what the index of a counted loop goes through, where that is known."""
    known = [v.const for v in loop.inputs[:3] if isinstance(v, Const) and type(v.const) is int]
    return range(*known) if len(known) == 3 and known[2] else None


def is_of_entry(op: Op) -> bool:
    """Whether an operation reads or writes one entry, each of whose places is a number."""
    return set(op.attrs.get("index", "")) == {"i"} and not op.attrs.get("path")


def subscripts(op: Op) -> list[Value]:
    """Return what says where an operation reads or writes, the way through rows included."""
    return op.inputs[SUBSCRIPTS[op.prim] :]


def made_in(block: Block) -> set[Value]:
    """Return the parameters and results of everything in a block."""
    inner = list(blocks_of(block))
    return {v for b in inner for v in (*b.params, *(u for op in b.ops for u in op.outputs))}


def replace_uses(block: Block, mapping: dict[Value, Value]) -> None:
    """Redirect reads of the mapping's keys to its values, everywhere in a block."""
    for op in walk(block):
        op.inputs = [newest(v, mapping) for v in op.inputs]
    for b in blocks_of(block):
        b.results = [newest(v, mapping) for v in b.results]


def newest(v: Value, mapping: dict[Value, Value]) -> Value:
    """Return what stands for a value in the end, where what replaces it may be replaced, too."""
    while v in mapping:
        v = mapping[v]
    return v
