"""What a ``for`` loop runs over: calls of ``range``, ``zip``, ``itertools`` and their kin."""

from __future__ import annotations

import ast
import functools
import itertools
from collections.abc import Callable
from typing import Any, NoReturn

from gradgen.frontend.arguments import every_item
from gradgen.frontend.classes import is_users
from gradgen.frontend.entries import literal
from gradgen.frontend.evaluate import as_value, evaluate
from gradgen.frontend.iterables import (
    Late,
    Over,
    Perhaps,
    Thunk,
    as_positions,
    back,
    counted,
    current,
    is_open,
    late_items,
    over_value,
    perhaps,
    shorter,
)
from gradgen.frontend.letters import over_letters
from gradgen.frontend.lists import alike, as_list, held, is_list, over_list, whole
from gradgen.frontend.reader import Reader
from gradgen.frontend.sections import meet
from gradgen.frontend.state import has_effects
from gradgen.frontend.values import (
    BoundMethod,
    Box,
    Generator,
    Iteration,
    Lazy,
    Map,
    Once,
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

    ``some``: its items may be ``Perhaps``; ``late``: something may be written between the items.
    """

    def __init__(
        self, r: Reader, node: ast.Call, live: bool, some: bool = False, late: bool = False
    ) -> None:
        self.r, self.node, self.live, self.some, self.late = r, node, live, some, late
        self.options = {k.arg: k.value for k in node.keywords if k.arg}

    def own(self, name: str) -> Over | None:
        """Return what a method of the argument's own class gives to run over, None without one.

        Only a name, or a call of such a class, is asked: others would be evaluated twice.
        """
        # A cycle by nature: objects have methods, which loop.
        from gradgen.frontend.objects import invoked, special_method

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

    def overs(self) -> list[Over]:
        """Return what the positional arguments run over."""
        from gradgen.frontend.unpacking import sequence_items

        out: list[Over] = []
        for a in self.node.args:
            if isinstance(a, ast.Starred):
                items = sequence_items(self.r, evaluate(self.r, a.value), a)
                out += [over_value(self.r, item, a) for item in items]
            else:
                out.append(iteration_of(self.r, a, self.live, late=self.late))
        return out

    def over(self) -> Over:
        """Return what the first argument runs over."""
        return iteration_of(self.r, self.node.args[0], self.live, late=self.late)

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
        if len(self.node.args) > place:
            return evaluate(self.r, self.node.args[place])
        return evaluate(self.r, self.options[name]) if name in self.options else default

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

    def refuse(self, message: str, hint: str) -> NoReturn:
        """Raise the error for what cannot be looped over."""
        self.r.refuse(self.node, message, hint)


def builder(*callables: Any) -> Callable[[Builder], Builder]:
    """Enter a function that reads the calls of some Python objects."""

    def register(build: Builder) -> Builder:
        BUILDERS.update(dict.fromkeys(callables, build))
        return build

    return register


ONE_BY_ONE = (itertools.takewhile, itertools.dropwhile, itertools.filterfalse)


def iteration_of(
    r: Reader, node: ast.expr, live: bool = False, some: bool = False, late: bool | None = None
) -> Over:
    """Return what a loop over this expression runs over.

    ``some``: items may be ``Perhaps``; ``late``: something may be written between the items.
    """
    late = live or some if late is None else late
    if not isinstance(node, ast.Call):
        value = evaluate(r, node)
        if (late or some) and isinstance(value, Map) and value.unknown is None:
            return _over_dict(r, node, value, "keys", late, some)
        if late and is_open(value):
            return late_items(value)
        of_text = over_letters(r, node, value) if live else None
        return of_text or _over(r, value, node, live)
    callee = evaluate(r, node.func)
    if isinstance(callee, Static) and makes_iteration(callee):
        return BUILDERS[callee.obj](Given(r, node, live, some, late))
    views = isinstance(callee, BoundMethod) and callee.name in VIEWS
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
    return _over(r, called(r, node, callee), node, live)


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

    if any(isinstance(value, Ref | Box) for value in values):
        given = {str(k): value for k, value in enumerate(values)}
        r.yielding.append(Seen(r, ast.Pass(), r.frame, given))


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
    over = iteration_of(r, node, late=True)
    if isinstance(over, Iteration) and over.bounds is not None:
        return over
    # A cycle by nature: iterators that keep their place are stepped through by statements.
    from gradgen.frontend.cursors import made_once

    return made_once(r, over, node)


# --- builtins -------------------------------------------------------------------------------


@builder(range)
def _range(given: Given) -> Iteration:
    r, bounds = given.r, given.values()
    args = [whole(r, literal(r, as_value(r, bound, n))) for bound, n in bounds]
    for a, (_, n) in zip(args, bounds, strict=True):
        if a.type.kind not in ("int", "any", "bool"):
            r.refuse(n, f"a bound of range of type {a.type}", "use an integer")
    if len(args) == 1:
        args = [Const(0), *args]
    start, stop, step = (*args, Const(1))[:3]
    if isinstance(step, Const) and step.const == 0:
        given.r.fail(given.node, ValueError("range() arg 3 must not be zero"))
    return over_range(start, stop, step)


@builder(enumerate)
def _enumerate(given: Given) -> Over:
    r, inner = given.r, given.over()
    start = as_value(r, given.value(1, "start", Const(0)), given.node)

    def count(i: Value) -> Value:
        if isinstance(start, Const) and isinstance(i, Const):
            return Const(start.const + i.const)
        return i if isinstance(start, Const) and start.const == 0 else r.b.emit("add", [i, start])

    if isinstance(inner, list):
        return [Seq([count(Const(k)), x]) for k, x in enumerate(inner)]
    over = as_positions(r, inner)
    return Iteration(
        over.length,
        lambda i: Seq([count(i), over.element(i)]),
        arrays=over.arrays,
        endless=over.endless,
    )


@builder(zip)
def _zip(given: Given) -> Over:
    strict = given.value(len(given.node.args), "strict", Const(False))
    if not is_static(strict):
        given.refuse("zip with a computed strict", "pass a constant")
    known = _groups(given)
    if known is None:
        known = _columns(given)
    if known is not None:
        return known
    return zipped(given.r, given.node, given.overs(), bool(static_value(strict)))


def _groups(given: Given) -> Over | None:
    """Return the groups that ``zip(it, it)`` or ``zip(*[it] * n)`` takes from one iterator."""
    from gradgen.frontend.cursors import in_groups, is_cursor, step_by_step
    from gradgen.frontend.unpacking import sequence_items

    r, args = given.r, given.node.args
    names = {a.id if isinstance(a, ast.Name) else "" for a in args}
    if len(args) == 1 and isinstance(args[0], ast.Starred):
        rows = evaluate(r, args[0].value)
        items = sequence_items(r, rows, args[0]) if isinstance(rows, Seq) else []
    elif len(args) > 1 and len(names) == 1 and "" not in names:
        items = [evaluate(r, args[0])] * len(args)
    else:
        return None
    if len(items) < 2 or any(item is not items[0] for item in items):
        return None
    if isinstance(items[0], Once | Lazy):
        step_by_step(r, items[0], given.node)
    return in_groups(r, items[0], len(items), given.node) if is_cursor(items[0]) else None


def _columns(given: Given) -> Over | None:
    """Return the columns that ``zip(*rows)`` gives, for rows of unknown number; else None."""
    r, args = given.r, given.node.args
    if len(args) != 1 or not isinstance(args[0], ast.Starred):
        return None
    rows = evaluate(r, args[0].value)
    if not isinstance(rows, Ref) or r.read(rows).type.kind not in ("list", "array"):
        return None
    over = over_value(r, rows, given.node)
    if not isinstance(over, Iteration) or isinstance(over.length, Const):
        return None
    # A cycle by nature: the columns are read as a comprehension, which loops.
    from gradgen.frontend.aggregates import run_text

    shortest = "out = min([len(row) for row in rows]) if len(rows) else 0"
    column = "out = [row[j] for row in rows]"
    return Iteration(
        run_text(r, given.node, shortest, "out", rows=rows),
        lambda j: run_text(r, given.node, column, "out", rows=rows, j=j),
    )


def zipped(r: Reader, node: ast.AST, parts: list[Over], strict: bool = False) -> Over:
    """Return the iteration over several things at once, which ends with the shortest."""
    if not parts:
        return []
    bounded = [p for p in parts if isinstance(p, list) or not p.endless]
    if not bounded:
        return _all_endless(parts)
    lengths = [_length(r, p) for p in bounded]
    if strict and len(bounded) < len(parts):
        r.fail(node, ValueError("zip() argument 1 is shorter than an endless one"))
    if strict:
        _require_equal(r, node, lengths)
    length = lengths[0]
    if not strict and not all(isinstance(n, Const) for n in lengths):
        parts = [_as_list(r, node, p) for p in parts]
    if any(isinstance(p, list) for p in parts):
        count = min(len(p) for p in parts if isinstance(p, list))
        for other in lengths:
            if isinstance(other, Const):
                count = min(count, other.const)
            elif not strict and count:
                short = r.b.emit("lt", [other, Const(count)])
                _fail(r, node, short, "zip of a container with a shorter array")
        _require_no_more(r, node, parts, count)
        return [Seq([_item(r, p, k) for p in parts]) for k in range(count)]
    _require_no_more(r, node, parts, None)
    for other in lengths[1:]:
        length = shorter(r, length, other)
    arrays = [as_positions(r, p) for p in parts if isinstance(p, Iteration)]
    read = tuple(ref for p in arrays for ref in p.arrays)
    return Iteration(length, lambda i: Seq([p.element(i) for p in arrays]), arrays=read)


def _require_no_more(r: Reader, node: ast.AST, parts: list[Over], count: int | None) -> None:
    """Refuse a further item with effects, which ``zip`` takes before it meets the end of another.

    The first of the parts that ends is not asked for one, nor are those behind it.  ``count``: how
    many turns there are, None where the program finds it out.
    """
    for k, part in enumerate(parts[:-1]):
        if isinstance(part, list):
            if len(part) == count:
                return
            after = part[count or 0]
            more = isinstance(after, Thunk | Seq) and has_effects(
                r, functools.partial(current, r, after, node)
            )
        else:
            following = parts[k + 1]
            if isinstance(following, Iteration) and part.length is following.length:
                return
            more = part.calls and has_effects(r, functools.partial(part.element, Const(count or 0)))
        if more:
            r.refuse(
                node,
                "zip of a map with effects and what may be shorter: Python calls it once more",
                "make a list of the map before, or put it last",
            )


def _as_list(r: Reader, node: ast.AST, part: Over) -> Over:
    """Return items of known number as a list of the graph, where they are alike.

    What else is looped over may end before they do, which the program finds out.
    """
    if not isinstance(part, list) or any(isinstance(item, Thunk) for item in part):
        return part
    watch(r, [item.box for item in part if isinstance(item, Late) and r.visible(item.box)])
    items = Seq([current(r, item, node) for item in part], list)
    return over_list(r, held(r, as_list(r, items, node), items), node) if alike(r, items) else part


def _all_endless(parts: list[Over]) -> Iteration:
    ends = [p for p in parts if isinstance(p, Iteration)]
    return Iteration(None, lambda i: Seq([p.element(i) for p in ends]), endless=True)


def _length(r: Reader, over: Over) -> Any:
    return Const(len(over)) if isinstance(over, list) else as_positions(r, over).length


def _item(r: Reader, part: Over, k: int) -> Any:
    if isinstance(part, list):
        return part[k]
    one = functools.partial(as_positions(r, part).element, Const(k))
    return one() if part.bounds else Thunk(one, Seq(list(part.arrays)))


def _require_equal(r: Reader, node: ast.AST, lengths: list[Any]) -> None:
    for k, other in enumerate(lengths[1:], 2):
        first = lengths[0]
        same = first.type.value is not None and first.type.value == other.type.value
        both = isinstance(first, Const) and isinstance(other, Const)
        if both and first.const != other.const:
            order = "shorter" if other.const < first.const else "longer"
            before = "argument 1" if k == 2 else f"arguments 1-{k - 1}"
            r.fail(node, ValueError(f"zip() argument {k} is {order} than {before}"))
        if not same and not both:
            differ = r.b.emit("ne", [first, other])
            _fail(r, node, differ, f"zip() argument {k} is not as long as argument 1")


def _fail(r: Reader, node: ast.AST, test: Value, message: str) -> None:
    attrs = {"text": f"raise ValueError({message!r})"}
    r.b.append("raise_if", [test], [], span=r.span(node), attrs=attrs)


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
