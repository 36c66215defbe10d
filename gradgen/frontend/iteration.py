"""What a ``for`` loop runs over: calls of ``range``, ``zip``, ``itertools`` and their kin."""

from __future__ import annotations

import ast
import functools
import itertools
from collections.abc import Callable
from typing import Any, NoReturn

import numpy as np

from gradgen.frontend.arguments import every_item
from gradgen.frontend.classes import is_users
from gradgen.frontend.entries import literal
from gradgen.frontend.evaluate import as_value, evaluate
from gradgen.frontend.iterables import (
    Over,
    Perhaps,
    Thunk,
    as_positions,
    back,
    counted,
    current,
    is_open,
    late_items,
    numbered,
    over_value,
    perhaps,
    places,
)
from gradgen.frontend.letters import over_letters
from gradgen.frontend.lists import is_list, is_power, whole
from gradgen.frontend.reader import Reader
from gradgen.frontend.sections import meet
from gradgen.frontend.state import has_effects
from gradgen.frontend.values import (
    BoundMethod,
    Box,
    Frame,
    Generator,
    Iteration,
    Lazy,
    LocalFunction,
    Map,
    Record,
    Ref,
    Seq,
    Static,
    is_static,
    over_range,
    static_value,
)
from gradgen.ir.nodes import Const, Value
from gradgen.syntax import nodes_in

Builder = Callable[["Given"], Over]
BUILDERS: dict[Any, Builder] = {}
VIEWS = ("keys", "values", "items")  # of dicts


class Given:
    """The arguments of a call that makes an iteration (``live``: for a loop with a body).

    ``some``: its items may be ``Perhaps``; ``late``: something may be written between the items;
    ``read``: notes what they are read from, if somebody asks.
    """

    def __init__(
        self,
        r: Reader,
        node: ast.Call,
        live: bool,
        some: bool = False,
        late: bool = False,
        read: Noted | None = None,
    ) -> None:
        self.r, self.node, self.live, self.some, self.late = r, node, live, some, late
        self.read = read
        self.options = {k.arg: k.value for k in node.keywords if k.arg}

    def own(self, name: str) -> Over | None:
        """Return what a method of the argument's own class gives to run over, None without one.

        Only a name, or a call of such a class, is asked: others would be evaluated twice.
        """
        # A cycle by nature: objects have methods, which loop.
        from gradgen.frontend.special_methods import invoked, special_method

        asked = self.node.args[0]
        if isinstance(asked, ast.Call) and isinstance(asked.func, ast.Name):
            kind = evaluate(self.r, asked.func)
            if not (isinstance(kind, Static) and isinstance(kind.obj, type) and is_users(kind.obj)):
                return None
        elif not isinstance(asked, ast.Name):
            return None
        value = evaluate(self.r, asked)
        if special_method(value, name) is None:
            return None
        return over_value(self.r, invoked(self.r, self.node, value, name), self.node)

    def values(self) -> list[tuple[Any, ast.expr]]:
        """Return the values of the positional arguments, each with where it stands."""
        from gradgen.frontend.unpacking import sequence_items

        out: list[tuple[Any, ast.expr]] = []
        for a in self.node.args:
            if isinstance(a, ast.Starred):
                out += [(v, a) for v in sequence_items(self.r, evaluate(self.r, a.value), a)]
            else:
                out.append((evaluate(self.r, a), a))
        return out

    def overs(self, some: bool = False) -> list[Over]:
        """Return what the positional arguments run over; ``some``: items may be ``Perhaps``."""
        from gradgen.frontend.unpacking import sequence_items

        out: list[Over] = []
        for a in self.node.args:
            if isinstance(a, ast.Starred):
                items = sequence_items(self.r, evaluate(self.r, a.value), a)
                out += [over_value(self.r, item, a) for item in items]
                note_read(self.read, items)
            else:
                out.append(iteration_of(self.r, a, self.live, some, self.late, self.read))
        return out

    def over(self, some: bool = False) -> Over:
        """Return what the first argument runs over; ``some``: its items may be ``Perhaps``."""
        return iteration_of(self.r, self.node.args[0], self.live, some, self.late, self.read)

    def items(self) -> list[list[Any]]:
        """Return the items of every argument, which have to be few and of known number."""
        return [self.known(over) for over in self.overs()]

    def known(self, over: Over) -> list[Any]:
        """Return the items of an iteration, which have to be few and of known number."""
        return [current(self.r, item, self.node) for item in self.later(over)]

    def later(self, over: Over) -> list[Any]:
        """Return these items as they are to be found in their turns."""
        few = over if isinstance(over, list) else counted(self.r, over, late=True)
        if isinstance(few, Iteration):
            self.refuse("an iteration whose length is not known", "write it as nested loops")
        return few

    def value(self, place: int, name: str, default: Any) -> Any:
        """Return the value of an argument that is given by position or by name."""
        asked = self.node.args[place] if len(self.node.args) > place else self.options.get(name)
        if asked is None:
            return default
        value = evaluate(self.r, asked)
        note_read(self.read, [value])
        return value

    def constant(self, value: Any, name: str) -> Any:
        """Return an argument as Python has it: how many items there are has to be known."""
        if not is_static(value):
            what = f"itertools.{self.named} with a {name} that is computed"
            self.refuse(what, "pass a constant, or write it as nested loops")
        return static_value(value)

    @property
    def named(self) -> str:
        """The name of the function that is called."""
        called = self.node.func
        return called.attr if isinstance(called, ast.Attribute) else ast.unparse(called)

    def require_pure(self, over: Over) -> Over:
        """Return an iteration whose items may be computed twice, or before their turn."""
        works: list[Callable[[], Any]] = []
        if isinstance(over, list):
            works = [functools.partial(current, self.r, v, self.node) for v in over if calls(v)]
        elif over.bounds is None:
            works = [functools.partial(over.element, Const(0))]
        if any(has_effects(self.r, work) for work in works):
            self.refuse(f"{self.named} of calls with effects", "make a list of them before")
        return over

    def refuse(self, message: str, hint: str) -> NoReturn:
        """Raise the error for what cannot be looped over."""
        self.r.refuse(self.node, message, hint)


def calls(item: Any) -> bool:
    """Whether an item is computed when its turn comes."""
    parts = item.items if isinstance(item, Seq) else []
    return isinstance(item, Thunk) or any(map(calls, parts))


def builder(*callables: Any) -> Callable[[Builder], Builder]:
    """Enter a function that reads the calls of some Python objects."""

    def register(build: Builder) -> Builder:
        BUILDERS.update(dict.fromkeys(callables, build))
        return build

    return register


# These find each item of what they go over in its turn; those read all items when they are made.
IN_TURN = (enumerate, zip, reversed, itertools.chain, itertools.chain.from_iterable,
           itertools.islice, itertools.repeat, itertools.starmap, np.ndenumerate)  # fmt: skip
AT_ONCE = (itertools.product, itertools.permutations, itertools.combinations,
           itertools.combinations_with_replacement)  # fmt: skip
# What takes the items of one after all of another, and does nothing in between.
ALL_AT_ONCE = (enumerate, reversed, itertools.chain, itertools.product, itertools.pairwise)
ONE_BY_ONE = (itertools.takewhile, itertools.dropwhile, itertools.filterfalse)


def _built(r: Reader, kind: Any, given: Given) -> Over:
    """Return what the call of a builder runs over, and note what it may read early."""
    noted = len(given.read.values) if given.read is not None else 0
    over = _singly_built(r, kind, given)
    at_once = kind in AT_ONCE and isinstance(over, list)
    if given.read is not None and kind not in IN_TURN and not at_once:
        given.read.early += given.read.values[noted:]
    return over


def _singly_built(r: Reader, kind: Any, given: Given) -> Over:
    if kind in ALL_AT_ONCE or (kind is zip and len(given.node.args) == 1):
        return BUILDERS[kind](given)
    # A cycle by nature: generators are read as functions.
    from gradgen.frontend.yielded import taken_singly

    with taken_singly(r, given.node):
        return BUILDERS[kind](given)


class Noted:
    """What the items of an iterator are read from, and what of that may be read before its turn.

    ``in_turn``: what stands between the items is statements, which are likely to write.
    """

    def __init__(self, in_turn: bool = True) -> None:
        self.values: list[Any] = []
        self.early: list[Any] = []
        self.in_turn = in_turn


def note_read(read: Noted | None, values: list[Any]) -> None:
    """Note what items are read from, where somebody asks for that."""
    if read is not None:
        read.values += values


def iteration_of(
    r: Reader,
    node: ast.expr,
    live: bool = False,
    some: bool = False,
    late: bool | None = None,
    read: Noted | None = None,
) -> Over:
    """Return what a loop over this expression runs over.

    ``some``: items may be ``Perhaps``; ``late``: something may be written between the items;
    ``read``: notes what they are read from.
    """
    late = live or some if late is None else late
    if not isinstance(node, ast.Call):
        value = evaluate(r, node)
        note_read(read, [value])
        if (late or some) and isinstance(value, Map) and value.unknown is None:
            return _over_dict(r, node, value, "keys", late, some)
        if late and is_open(value):
            return late_items(r, value)
        of_text = over_letters(r, node, value) if live else None
        return of_text or _over(r, value, node, live)
    callee = evaluate(r, node.func)
    if isinstance(callee, Static) and makes_iteration(callee):
        return _built(r, callee.obj, Given(r, node, live, some, late, read))
    views = isinstance(callee, BoundMethod) and callee.name in VIEWS
    if isinstance(callee, BoundMethod):
        note_read(read, [callee.owner])
    if (late or some) and views and isinstance(callee.owner, Map):
        return _over_dict(r, node, callee.owner, callee.name, late, some)
    copies = isinstance(callee, Static) and callee.obj in (list, tuple) and len(node.args) == 1
    if some and copies and _is_dict(r, node.args[0]):
        return iteration_of(r, node.args[0], False, some, late=False)
    ordered = isinstance(callee, Static) and callee.obj is sorted and some
    if ordered and (found := _by_key(r, node)) is not None:
        return found
    # A cycle by nature: a loop may run over what a call returns.
    from gradgen.frontend.calls import called

    if live and isinstance(callee, Static) and any(callee.obj is f for f in ONE_BY_ONE):
        named = [v for arg in node.args for v in _named_in(r, arg)]
        require_no_arrays(r, node, [v for v in named if not _is_vector(r, v)])
        watch(r, named)
    value = called(r, node, callee)
    note_read(read, [value])
    if late and is_open(value):
        return late_items(r, value)
    return _over(r, value, node, live)


def _named_in(r: Reader, node: ast.AST) -> list[Any]:
    """Return what the names in an expression stand for, and what is in it."""
    found = [r.frame.names.get(n.id) for n in nodes_in(node) if isinstance(n, ast.Name)]
    return [v for h in found for v in (h.items if isinstance(h, Seq) else [h])]


def _is_vector(r: Reader, value: Any) -> bool:
    return isinstance(value, Ref) and r.read(value).type.rank == 1


def watch(r: Reader, values: list[Any]) -> None:
    """Have a loop refused that writes to what its items were read from before the first turn."""
    # A cycle by nature: what a generator yields is looped over.
    from gradgen.frontend.yielded import Seen

    held = [value.owner if isinstance(value, BoundMethod) else value for value in values]
    if any(isinstance(value, Ref | Box) for value in held):
        given = {str(k): value for k, value in enumerate(held)}
        r.yielding.append(Seen(r, ast.Pass(), r.frame, given))
    for f in held:
        if isinstance(f, LocalFunction):
            inner = Frame(f.frame.source, {}, f.frame.globals, {}, f.frame)
            r.yielding.append(Seen(r, f.node, inner, {}))


def watch_early(r: Reader, noted: Noted) -> None:
    """Have writes refused to containers of which items may be read before their turn.

    What the items are themselves may be written to: they are read where they are.
    """
    # A cycle by nature: what a generator yields is looped over.
    from gradgen.frontend.yielded import Seen

    objects = [v for v in noted.early if isinstance(v, Record | LocalFunction | BoundMethod)]
    watch(r, objects)
    held = [v for v in noted.early if isinstance(v, Seq | Map) or _holds_numbers(r, v)]
    if held:
        given = {str(k): value for k, value in enumerate(held)}
        r.yielding.append(Seen(r, ast.Pass(), r.frame, given, deep=False))


def _holds_numbers(r: Reader, value: Any) -> bool:
    """Whether a value is an array or list whose items are numbers, as far as is known."""
    if not isinstance(value, Ref):
        return False
    of = r.read(value).type
    return of.rank in (1, None) if of.kind == "array" else of.item is None or of.item.rank == 0


def watched(r: Reader, noted: Noted) -> tuple[Any, ...]:
    """Return what containers hold now, for an iterator that has read items of them."""
    count = len(r.yielding)
    watch_early(r, noted)
    seen = tuple(r.yielding[count:])
    del r.yielding[count:]
    return seen


def require_no_arrays(r: Reader, node: ast.AST, items: list[Any]) -> None:
    """Refuse arrays that an iterator finds when the loop comes to them: the body may write."""
    if any(isinstance(item, Ref) and not is_list(r, item) for item in items):
        what = "a loop over arrays that an iterator finds as it goes"
        r.refuse(node, what, "loop over a list of them, list(...), which is made before")


def _is_dict(r: Reader, node: ast.expr) -> bool:
    """Whether an expression, or that of which it calls a view, is the name of a dict."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        node = node.func.value if node.func.attr in VIEWS else node
    return isinstance(node, ast.Name) and isinstance(evaluate(r, node), Map)


def _by_key(r: Reader, node: ast.Call) -> list[Any] | None:
    """Return what a loop over ``sorted(d)`` or ``sorted(d.items())`` runs over.

    None where all keys are there, or where another order is asked for.
    """
    named = {k.arg: evaluate(r, k.value) for k in node.keywords}
    reverse = named.pop("reverse", Const(False))
    if named or len(node.args) != 1 or not is_static(reverse) or not _is_dict(r, node.args[0]):
        return None
    if isinstance(node.args[0], ast.Call) and node.args[0].func.attr == "values":  # type: ignore[attr-defined]
        return None
    over = iteration_of(r, node.args[0], False, True, late=False)
    few = over if isinstance(over, list) else []
    found = [item.item if isinstance(item, Perhaps) else item for item in few]
    keys = [item.items[0] if isinstance(item, Seq) else item for item in found]
    if not any(isinstance(item, Perhaps) for item in few) or not all(map(is_static, keys)):
        return None
    order = sorted(range(len(keys)), key=lambda k: static_value(keys[k]),
                   reverse=bool(static_value(reverse)))  # fmt: skip
    return [few[k] for k in order]


def _over_dict(
    r: Reader, node: ast.AST, owner: Map, method: str, live: bool, some: bool
) -> list[Any]:
    """Return what a loop over a dict runs over."""
    if not some:
        every_item(r, node, owner)
    return perhaps(r, node, owner, method, live)


def _over(r: Reader, value: Any, node: ast.expr, live: bool) -> Over:
    """Return what a loop runs over; ``live``: its body comes between the items."""
    if live and isinstance(value, Generator | Lazy):
        # A cycle by nature: generators are comprehensions, which loop.
        from gradgen.frontend.generators import one_by_one

        return one_by_one(r, node, value)
    if isinstance(value, Lazy) and value.each is not None:
        return value.each()
    return over_value(r, value, node)


def makes_iteration(callee: Static) -> bool:
    """Whether a call of something gives what one loops over."""
    meet(callee.obj)
    known = isinstance(callee.obj, type) or callable(callee.obj)
    return known and getattr(callee.obj, "__hash__", None) is not None and callee.obj in BUILDERS


def made(r: Reader, node: ast.Call) -> Any:
    """Return the value of a call that makes an iteration: all but ranges can be used up."""
    # A cycle by nature: iterators that keep their place are stepped through by statements.
    from gradgen.frontend.cursors import made_once

    read = Noted()
    over = iteration_of(r, node, late=True, read=read)
    if isinstance(over, Iteration) and over.bounds is not None:
        return over
    return made_once(r, over, node, watched(r, read))


def unchanged_by(r: Reader, node: ast.AST, read: Any, work: Callable[[], Any]) -> Any:
    """Return what some work gives, which may not write to a container that it was given as it was.

    Where a function that is called for each item writes to it, Python sees that in later items.
    """
    noted = Noted()
    noted.early = [read]
    seen = watched(r, noted)
    out = work()
    for one in seen:
        one.require_same(r, node)
    return out


# --- builtins -------------------------------------------------------------------------------


@builder(range)
def _range(given: Given) -> Iteration:
    r, bounds = given.r, given.values()
    args = [whole(r, literal(r, as_value(r, bound, n))) for bound, n in bounds]
    for a, (_, n) in zip(args, bounds, strict=True):
        if a.type.kind not in ("int", "any", "bool") and not is_power(a):
            r.refuse(n, f"a bound of range of type {a.type}", "use an integer")
    if len(args) == 1:
        args = [Const(0), *args]
    start, stop, step = (*args, Const(1))[:3]
    if isinstance(step, Const) and step.const == 0:
        given.r.fail(given.node, ValueError("range() arg 3 must not be zero"))
    return over_range(start, stop, step)


@builder(enumerate)
def _enumerate(given: Given) -> Over:
    r, inner = given.r, given.over(given.some)
    start = as_value(r, given.value(1, "start", Const(0)), given.node)

    def count(i: Value) -> Value:
        if isinstance(start, Const) and isinstance(i, Const):
            return Const(start.const + i.const)
        return i if isinstance(start, Const) and start.const == 0 else r.b.emit("add", [i, start])

    if isinstance(inner, list):
        return [numbered(count(place), item) for place, item in places(r, inner)]
    over = as_positions(r, inner)
    return Iteration(
        over.length,
        lambda i: Seq([count(i), over.element(i)]),
        arrays=over.arrays,
        endless=over.endless,
    )


@builder(reversed)
def _reversed(given: Given) -> Over:
    r, inner = given.r, given.own("__reversed__")
    if inner is not None:
        return inner
    inner = iteration_of(r, given.node.args[0], given.live, given.some, given.late)
    if isinstance(inner, list):
        return inner[::-1]
    if inner.bounds is not None:
        return Iteration(None, inner.element, inner.bounds, not inner.backwards)
    return Iteration(
        inner.length, lambda i: inner.element(back(r, inner.length, i)), arrays=inner.arrays
    )
