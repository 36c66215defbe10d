"""Which names a turn of a loop can still read: live variables, of the syntax tree.

What a dead name holds is out of sight: an array that it stands for may be written to as if the
name were not there, and a loop need not carry it.  Backwards over the statements, loops to a
fixpoint (Aho, Lam, Sethi and Ullman, *Compilers*, section 9.2.5).
"""

from __future__ import annotations

import ast
from collections.abc import Sequence

from gradgen.deep import deep
from gradgen.frontend.jumps import Instead, Throw
from gradgen.syntax import nodes_in

Names = frozenset[str]
NONE: Names = frozenset()
REPEATED = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.Lambda)
MARK = " @"  # in the names of a body that stands in the place of a call
INNER = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)
# What runs a generator at once, where it stands alone between the parentheses.
CONSUMERS = frozenset(("sum", "max", "min", "any", "all", "list", "tuple", "sorted", "set", "dict"))


class Liveness:
    """Live names of one function: at the start of each loop's turns, after each loop and branch.

    ``first``: its first parameter, which ``super()`` reads without naming it.
    """

    def __init__(self, body: Sequence[ast.stmt], first: str = "") -> None:
        self.at_turn: dict[ast.AST, Names] = {}
        self.after: dict[ast.AST, Names] = {}
        self.behind: dict[ast.stmt, Names] = {}  # of single statements
        every = [n for s in body for n in nodes_in(s)]
        self.always = _escaping(every) | ({first} if any(map(_is_super, every)) else NONE)
        self.known = frozenset(n.id for n in every if isinstance(n, ast.Name))
        # What only handlers name, each gives its name anew.
        named = {n.name for n in every if isinstance(n, ast.ExceptHandler) and n.name}
        self.caught = frozenset(named) - _stored(body)
        self.at_jump: dict[str, Names] = {}  # behind bodies that stand in the place of others
        self._run(body, NONE, NONE, NONE)

    def add(self, s: ast.AST, steps: Sequence[ast.stmt]) -> None:
        """Find the live names of what stands in the place of a statement."""
        out = self.after.get(s)
        if out is None or any(step in self.behind for step in steps):
            return
        every = [n for step in steps for n in nodes_in(step)]
        self.always |= _escaping(every)
        self.known |= {n.id for n in every if isinstance(n, ast.Name)}
        self._run(steps, out, NONE, NONE)
        self.behind |= dict.fromkeys(steps, out)

    def dead_at_turn(self, loop: ast.AST, name: str) -> bool:
        """Whether no turn of a loop reads what a name held when the turn began."""
        return self._dead(self.at_turn.get(loop), name) or _is_marked(name, self.at_turn, loop)

    def dead_after(self, s: ast.AST, name: str) -> bool:
        """Whether nothing reads what a name holds when a loop or branch ends, but by a jump."""
        return self._dead(self.after.get(s), name) or _is_marked(name, self.after, s)

    def dead_after_call(self, call: ast.AST, name: str) -> bool:
        """Whether nothing but the arguments of a call, which is made once, reads what a name holds.

        Of a call in the head of a compound statement that is not known.
        """
        for s, live in self.behind.items():
            parts = list(nodes_in(s))
            if call in parts:
                again = any(call in nodes_in(n) for n in parts if isinstance(n, REPEATED))
                others = set(parts) - set(nodes_in(call))
                read = any(isinstance(n, ast.Name) and n.id == name for n in others - _written(s))
                return not again and not read and self._dead(live - _names_of(_written(s)), name)
        return False

    def dead_in(self, s: ast.stmt) -> Names:
        """Return the names that nothing reads in a statement, or a branch, nor after it."""
        jumps = (ast.Break, ast.Continue, Instead, Throw)
        plain = isinstance(s, ast.If) and not any(isinstance(n, jumps) for n in nodes_in(s))
        live = self.after.get(s) if plain else self.behind.get(s)
        return NONE if live is None else self.known - self.always - live - _read([s])

    def _dead(self, live: Names | None, name: str) -> bool:
        known = live is not None and name in self.known and name not in self.always
        return known and live is not None and name not in live

    @deep
    def _run(self, body: Sequence[ast.stmt], out: Names, at_break: Names, again: Names) -> Names:
        """Return the names live before statements, given those after them and at jumps."""
        for s in reversed(body):
            if not hasattr(s, "body") and not hasattr(s, "cases"):
                self.behind[s] = NONE if isinstance(s, ast.Return) else out
            out = self._before(s, out, at_break, again)
        return out

    def _before(self, s: ast.stmt, out: Names, at_break: Names, again: Names) -> Names:
        match s:
            case ast.Assign(targets=targets, value=value):
                return (out - _stored(targets)) | _read([*targets, value])
            case ast.AnnAssign(target=target, value=ast.expr() as value):
                return (out - _stored([target])) | _read([target, value])
            case ast.AugAssign(target=target, value=value):
                return out | _stored([target]) | _read([target, value])
            case ast.If(test=test, body=body, orelse=orelse):
                self.after[s] = out
                sides = (self._run(b, out, at_break, again) for b in (body, orelse))
                return NONE.union(*sides) | _read([test])
            case ast.For(iter=over):
                end = self._run(s.orelse, out, at_break, again) | out
                return self._loop(s, _stored([s.target]), _read([s.target]), out, end) | _read(
                    [over]
                )
            case ast.While(test=test):
                end = self._run(s.orelse, out, at_break, again) | out
                return self._loop(s, NONE, _read([test]), out, end)
            case ast.With(items=items, body=body):
                return self._run(body, out, at_break, again) | _read(items)
            case Instead(body=body):
                self.at_jump |= dict.fromkeys(s.gradgen_kinds, out)
                return self._run(body, out, at_break, again)
            case Throw(kind=kind):
                return self.at_jump.get(kind, self.known)
            case ast.Break():
                return at_break
            case ast.Continue():
                return again
            case ast.Return() | ast.Raise():
                return _read([s])
            case _:
                jumps = at_break | again if hasattr(s, "body") or hasattr(s, "cases") else NONE
                return (out | jumps | _read([s]) | _stored([s])) - self.caught

    def _loop(
        self, s: ast.For | ast.While, stored: Names, read: Names, out: Names, exit_: Names
    ) -> Names:
        """Return the names live before a loop.

        ``exit_`` are those live where its turns are over, before ``else``, whose jumps are those
        of the loop around.
        """
        head = exit_ | read
        while True:
            turn = (self._run(s.body, head, out, head) - stored) | read
            if turn <= head:
                break
            head |= turn
        # A test that writes is read as a part of the turn, which it may end: what is live after
        # the loop is live there.
        tested = isinstance(s, ast.While) and not (
            isinstance(s.test, ast.Constant) and s.test.value
        )
        # What no turn assigns is still there after the loop, though no turn may get that far.
        kept = exit_ - _stored(s.body) - stored
        self.at_turn[s], self.after[s] = head if tested else turn | kept, exit_
        return turn | kept if _takes_a_turn(s) else head


def _is_marked(name: str, known: dict[ast.AST, Names], s: ast.AST) -> bool:
    """Whether a name is that of a body which stands whole inside of one of the function's own."""
    return MARK in name and s in known


def _takes_a_turn(s: ast.For | ast.While) -> bool:
    """Whether a loop runs over a literal range that is not empty."""
    match s:
        case ast.For(iter=ast.Call(func=ast.Name("range"), args=args, keywords=[])):
            try:
                return len(range(*map(ast.literal_eval, args))) > 0
            except (ValueError, TypeError):
                return False
    return False


def _written(s: ast.stmt) -> set[ast.AST]:
    """Return the names that an assignment gives a value, as nodes."""
    targets = s.targets if isinstance(s, ast.Assign) else []
    nodes = (n for t in targets for n in nodes_in(t))
    return {n for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}


def _names_of(nodes: set[ast.AST]) -> Names:
    return frozenset(n.id for n in nodes if isinstance(n, ast.Name))


def _read(nodes: Sequence[ast.AST]) -> Names:
    """Return the names that are read, or deleted, anywhere in syntax."""
    return frozenset(
        n.id
        for node in nodes
        for n in nodes_in(node)
        if isinstance(n, ast.Name) and not isinstance(n.ctx, ast.Store)
    )


def _stored(nodes: Sequence[ast.AST]) -> Names:
    return frozenset(
        n.id
        for node in nodes
        for n in nodes_in(node)
        if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
    )


def _is_super(n: ast.AST) -> bool:
    """Whether this is a call of ``super`` that names nothing."""
    named = isinstance(n, ast.Call) and isinstance(n.func, ast.Name) and n.func.id == "super"
    return named and not n.args  # type: ignore[attr-defined]


def _escaping(every: list[ast.AST]) -> Names:
    """Return the names that what runs later can read at any time, and those declared elsewhere.

    ``every`` node of the function's body is given.
    """
    out: set[str] = set()
    at_once = {
        id(arg)
        for n in every
        if isinstance(n, ast.Call) and isinstance(n.func, ast.Name) and n.func.id in CONSUMERS
        for arg in n.args
    }
    for n in every:
        if isinstance(n, ast.GeneratorExp) and id(n) not in at_once:
            out |= {m.id for m in _names(n)}
        elif isinstance(n, INNER):
            out |= {m.id for m in nodes_in(n) if isinstance(m, ast.Name)} - _own(n)
        elif isinstance(n, ast.Nonlocal | ast.Global):
            out |= set(n.names)
    return frozenset(out)


def _own(n: ast.AST) -> set[str]:
    """Return the names that are an inner function's own, and not those of what is around it."""
    if not isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
        return set()
    a, inside = n.args, list(nodes_in(n))
    every = [*a.posonlyargs, *a.args, *a.kwonlyargs, a.vararg, a.kwarg]
    mine = {p.arg for p in every if p is not None}
    outside = [a.defaults, a.kw_defaults, getattr(n, "decorator_list", [])]
    read = {m.id for part in outside for e in part if e for m in _names(e)}
    if any(isinstance(m, (*INNER, ast.comprehension)) for m in inside if m is not n):
        return mine - read
    given = {name for m in inside if isinstance(m, ast.Nonlocal | ast.Global) for name in m.names}
    mine |= {m.id for m in _names(n) if isinstance(m.ctx, ast.Store)}
    return mine - given - read


def _names(node: ast.AST) -> list[ast.Name]:
    return [m for m in nodes_in(node) if isinstance(m, ast.Name)]
