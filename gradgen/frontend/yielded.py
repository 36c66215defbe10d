"""Functions with ``yield``: read as functions that return the list of all that they yield.

The list is made where something first asks for an item.  That is what Python computes as long as
neither side sees what the other one changes in between, and nothing else is accepted.
"""

from __future__ import annotations

import ast
import contextlib
import functools
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import TYPE_CHECKING, Any, NoReturn

from gradgen.deep import deep
from gradgen.errors import UnsupportedError
from gradgen.frontend import pools
from gradgen.frontend.evaluate import evaluate
from gradgen.frontend.given_out import NOTED, Noted, calls_itself, given_out, given_out_from
from gradgen.frontend.jumps import SCOPES, jumps_of
from gradgen.frontend.parts import contents
from gradgen.frontend.reach import reached
from gradgen.frontend.reader import Reader
from gradgen.frontend.resumed import endless, own_yield, parts_of_endless
from gradgen.frontend.signals import Turnwise
from gradgen.frontend.special import special
from gradgen.frontend.state import acts, same_contents
from gradgen.frontend.values import Box, Called, Frame, Lazy, Ref, Seq, Static
from gradgen.ir.nodes import Op, walk
from gradgen.ir.raising import raised_by
from gradgen.syntax import every_node, located, names_in, nodes_in, parts_of

if TYPE_CHECKING:
    from gradgen.frontend.leaving import Run

OUT, CHECK, GIVEN = "yielded so far", "nothing has changed", "given out"  # no program's names
FROM = "given out from"
NOTING = {GIVEN: Static(given_out), FROM: Static(given_out_from)}
WAY_OUT = "return a list instead"


@functools.lru_cache(maxsize=512)
def first_yield(definition: Any) -> ast.AST | None:
    """Return the first yield of a function's own; those in it are asked when called."""
    if not any(isinstance(n, ast.Yield | ast.YieldFrom) for n in every_node(definition)):
        return None
    return own_yield(definition.body) if isinstance(definition.body, list) else None


def generator(
    r: Reader, node: ast.AST, definition: Any, frame: Frame, run: Callable[[Any], Any]
) -> Any:
    """Return what the call of a generator stands for; ``run`` reads a body in its frame."""
    given = dict(frame.names)
    key = (id(node), id(definition))
    parts = parts_of_endless(r, definition)
    if parts is not None and key not in r.book.turnwise:
        return endless(r, node, parts, frame, run, Seen(r, definition, frame, given, key))

    def items() -> Any:
        seen = Seen(r, definition, frame, given, key)
        block, count = r.b.block, len(r.b.block.ops)
        out = Seq([], list, name="items")
        noted = Noted()
        frame.names = {**given, OUT: out, NOTED: Static(noted), **NOTING}
        if (found := _from_with_result(definition)) is not None:
            seen.refuse(
                r, found, "what yield from results in, of a generator that is not looped over"
            )
        _listed_or_in_turns(r, key, lambda: run(_listing(r, definition, seen)))
        made = block.ops[count:]
        seen.acts, seen.raises = acts(made), may_raise(made)
        seen.forget_unread(made)
        if seen.wrote(r):
            seen.refuse(r, node, "a generator that writes to what is outside of it")
        if noted.changed(r):
            seen.refuse(r, node, "a generator that writes to what it has yielded")
        seen.watch(r, noted.held.values())
        r.yielding.append(seen)
        return r.settled(out)

    from gradgen.frontend.cursors import made_later

    called = Called(definition, frame, given, key)
    return made_later(r, Lazy(items, None, frame, called=called), node)


def _listed_or_in_turns(r: Reader, key: tuple[int, int], read: Callable[[], Any]) -> None:
    """Read what lists all items; where these may not stand in one list, let the loop take turns."""
    try:
        read()
    except UnsupportedError:
        if key in r.book.turnwise or calls_itself(r, key):
            raise
        raise Turnwise(key) from None


def _refuse(r: Reader, node: ast.AST, what: str) -> NoReturn:
    r.refuse(node, what, WAY_OUT)


def _inside(op: Op) -> Iterator[Op]:
    return (inner for block in op.blocks for inner in walk(block))


def _storages(held: list[Any]) -> list[Any]:
    """Return the storages of arrays and lists, and of lists that have grown."""
    own = [v.storage for v in held if isinstance(v, Ref)]
    return own + [v.grown for v in held if isinstance(v, Seq) and v.grown is not None]


class Seen:
    """What a generator can read, and what that was before its items were listed.

    ``deep``: with all that is in the containers that it is given.
    """

    def __init__(
        self,
        r: Reader,
        definition: Any,
        frame: Frame,
        given: dict[str, Any],
        key: tuple[int, int] | None = None,
        deep: bool = True,
    ) -> None:
        self.key = key
        names = names_in([definition])
        outer = [f for f in frame.outward() if f is not frame]
        self.names = [(f, n, f.names[n]) for f in outer for n in sorted(names & set(f.names))]
        shared = [f.shared for f in outer if f.shared is not None and names & set(f.shared.fields)]
        held = [*given.values(), *shared, *(v for _, _, v in self.names)]
        self.held = [v for v in held if isinstance(v, Ref | Box)]
        things = reached(held).values() if deep else [*held, *_storages(self.held)]
        self.boxes = [(v, contents(v)) for v in things if isinstance(v, Box)]
        self.versions = dict(r.versions)
        rows = pools.storages(r, tuples=False) if deep else []
        self.storages = [v for v in (*things, *rows) if v in self.versions]
        self.rows = set(rows) - set(things)
        self.acts = False  # whether it prints or draws random numbers
        self.raises = False  # whether it may raise, maybe behind what a loop takes of it

    def watch(self, r: Reader, things: Collection[Any]) -> None:
        """Watch what the generator still holds of its items, too."""
        boxes = [thing for thing in things if isinstance(thing, Box)]
        self.boxes += [(box, contents(box)) for box in boxes]
        storages = [thing for thing in things if thing in r.versions]
        self.versions |= {storage: r.versions[storage] for storage in storages}
        self.storages += storages

    def wrote(self, r: Reader) -> bool:
        """Whether the generator itself has written to what stood outside of it."""
        rows = pools.storages(r, tuples=True)
        stored = any(r.versions.get(k) is not v for k, v in self.versions.items() if k not in rows)
        return stored or self._changed(r)

    def _changed(self, r: Reader) -> bool:
        if any(f.names.get(n) is not v for f, n, v in self.names):
            return True
        if any(r.versions.get(s) is not self.versions[s] for s in self.storages):
            return True
        return not all(same_contents(contents(box), before) for box, before in self.boxes)

    def forget_unread(self, made: Iterable[Op]) -> None:
        """Leave out lists of attributes that nothing asks for in what the generator does."""
        asked = {v for top in made for op in (top, *_inside(top)) for v in op.inputs}
        unread = {s for s in self.rows if self.versions[s] not in asked}
        self.storages = [s for s in self.storages if s not in unread]

    def require_same(self, r: Reader, node: ast.AST) -> None:
        """Refuse a change of what later items would have been made of."""
        if self._changed(r):
            self.refuse(r, node, "a loop that changes what its generator reads")

    def take_turns(self, r: Reader) -> None:
        """Let the generator take turns with the loop, where it can and does not yet."""
        if self.key is None or self.key in r.book.turnwise or calls_itself(r, self.key):
            return
        raise Turnwise(self.key)

    def refuse(self, r: Reader, node: ast.AST, what: str) -> NoReturn:
        """Refuse what the list of all items cannot say, or let the generator take turns."""
        if self.key is not None and self.key not in r.book.turnwise:
            if calls_itself(r, self.key):
                _refuse(r, node, f"{what}, where the generator calls itself")
            raise Turnwise(self.key)
        _refuse(r, node, what)


def may_raise(made: Iterable[Op]) -> bool:
    """Whether operations may raise something by the numbers that they are given."""
    return any(raised_by(op) - {"IndexError"} for op in made)


def with_checks(r: Reader, s: ast.For, count: int) -> ast.For:
    """Return a loop over what generators have listed, with a check before each turn."""
    seen = r.yielding[count:]
    del r.yielding[count:]
    if not seen or _is_whole(r, s.iter):
        return s
    for one in seen:
        if one.acts:
            one.refuse(r, s.iter, "a loop over a generator that prints or draws random numbers")
        if one.raises and {"break", "return"} & jumps_of(s.body):
            one.take_turns(r)  # the loop may end before the generator would raise
    from gradgen.frontend.comprehensions import hidden

    name = hidden(r, s, "listed")
    # What generators hold has names of its own: a store in the body may reach it.
    held = [v for one in seen for v in one.held]
    r.frame.names |= {f"{name} {k}": v for k, v in enumerate(held)}
    r.frame.names |= {name: Static(tuple(seen)), CHECK: Static(nothing_changed)}
    made = r.expansions.get((id(s), "checked"))
    if made is None:
        call = ast.Call(ast.Name(CHECK, ast.Load()), [ast.Name(name, ast.Load())], [])
        body = [ast.Expr(call), *s.body]
        made = located(ast.For(s.target, s.iter, body, s.orelse), s)
        r.expansions[id(s), "checked"] = made
    assert isinstance(made, ast.For)
    return made


@contextlib.contextmanager
def taken_singly(r: Reader, node: ast.AST) -> Iterator[None]:
    """Refuse generators with effects in what takes items one by one, not all before anything else.

    Such a generator is listed at once, and its effects would come before all others.
    """
    count = len(r.yielding)
    yield
    for one in r.yielding[count:]:
        if one.acts:
            what = "a generator that prints or draws random numbers, and is asked item by item"
            one.refuse(r, node, what)


def _is_whole(r: Reader, node: ast.expr) -> bool:
    """Whether all items are asked for before the first turn."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
        return False
    callee = evaluate(r, node.func)
    return isinstance(callee, Static) and callee.obj in (list, tuple, set, sorted)


def nothing_changed(seen: tuple[Seen, ...]) -> None:
    """Stand for the check that later items are those that were listed."""
    raise NotImplementedError


@special(nothing_changed, listed=False)
def _nothing_changed(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    for seen in args[0].obj:
        seen.require_same(r, node)
    return Static(None)


# --- the list -------------------------------------------------------------------------------


def _listing(r: Reader, definition: Any, seen: Seen) -> ast.FunctionDef:
    """Return a generator as a function that puts its items into a list."""
    made = r.expansions.get((id(definition), "listing"))
    if made is None:
        _require_an_end(r, definition, seen)
        body = _Listing(r, definition).run(definition.body, "")
        made = ast.FunctionDef(definition.name, definition.args, body, [], None)
        made = r.expansions[id(definition), "listing"] = located(made, definition)
    assert isinstance(made, ast.FunctionDef)
    return made


def _from_with_result(definition: Any) -> ast.AST | None:
    """Return a statement that asks for the value of ``yield from``, if there is one."""
    return next(
        (
            n
            for n in nodes_in(definition)
            if isinstance(n, ast.Assign | ast.Return) and isinstance(n.value, ast.YieldFrom)
        ),
        None,
    )


def _require_an_end(r: Reader, definition: Any, seen: Seen) -> None:
    for n in nodes_in(definition):
        always = isinstance(n, ast.While) and isinstance(n.test, ast.Constant) and n.test.value
        if always and not jumps_of(n.body) - {"continue"}:  # type: ignore[attr-defined]
            seen.refuse(r, n, "a generator that never ends, with more than one yield or with jumps")


def _hands_on(s: ast.AST) -> str:
    """Return the name in ``for name in items: yield name``, or nothing."""
    match s:
        case ast.For(ast.Name(name), _, [ast.Expr(ast.Yield(ast.Name(same)))], []):
            return name if name == same else ""
    return ""


class _Listing:
    """Puts appends to a list in the place of what yields."""

    def __init__(self, r: Reader, definition: Any) -> None:
        self.r = r
        inside = list(nodes_in(definition))
        handed_on = [name for n in inside if (name := _hands_on(n))]
        # How often each name stands outside of such loops, which are "yield from".
        self.names = Counter(n.id for n in inside if isinstance(n, ast.Name))
        self.names.subtract([*handed_on, *handed_on])

    @deep
    def run(self, steps: Run, part: str) -> list[ast.stmt]:
        """Return statements that do not yield."""
        return [located(self._statement(s), s) for s in steps]

    def _statement(self, s: Any) -> Any:
        match s:
            case ast.Expr(ast.Yield(value)):
                return self._call("append", self._noted(value or ast.Constant(None)))
            case ast.Expr(ast.YieldFrom(value)):
                return self._call("extend", self._noted(value, FROM))
            case ast.For(_, value) if (name := _hands_on(s)) and not self.names[name]:
                return self._call("extend", self._noted(value, FROM))
            case ast.Return():
                return ast.Return(None)
        if isinstance(s, SCOPES):
            return s
        if not any(isinstance(n, ast.Yield | ast.YieldFrom | ast.Return) for n in nodes_in(s)):
            return s
        inner = [n for n in parts_of(s) if isinstance(n, ast.expr)]
        if any(isinstance(n, ast.Yield | ast.YieldFrom) for e in inner for n in nodes_in(e)):
            self.r.refuse(s, "yield in an expression", WAY_OUT)
        from gradgen.frontend.leaving import rebuilt

        return rebuilt(s, self.run)

    def _noted(self, value: ast.expr, function: str = GIVEN) -> ast.expr:
        """Return an item that is noted, if it may be something that is written to."""
        if isinstance(value, ast.Constant):
            return value
        noted = ast.Name(NOTED, ast.Load())
        return ast.Call(ast.Name(function, ast.Load()), [noted, value], [])

    def _call(self, method: str, value: ast.expr) -> ast.stmt:
        named = ast.Attribute(ast.Name(OUT, ast.Load()), method, ast.Load())
        return ast.Expr(ast.Call(named, [value], []))
