"""What is done on the way out of a block: its last steps, before each jump out of it.

``try: return v; finally: last`` is read as ``try: result = v; last; return result; finally: last``.
Errors that operations raise by themselves leave a block without its last steps.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Sequence
from typing import Any

from gradgen.deep import deep
from gradgen.frontend.assigned import assigned_names
from gradgen.frontend.comprehensions import hidden
from gradgen.frontend.jumps import LOOPS, SCOPES, Throw
from gradgen.frontend.reader import Reader
from gradgen.syntax import located, names_in, nodes_in

Run = Sequence[ast.stmt]
# What is known of statements that stand for others, by attributes of their nodes.
KEPT = ("gradgen_kinds", "gradgen_source", "gradgen_result", "gradgen_depth")


def with_last(
    r: Reader, key: Any, steps: Run, last: Run, raised: bool = True, own: Sequence[str] = ()
) -> list[ast.stmt]:
    """Return statements with ``last`` before each jump out of them; ``raised``: and each ``raise``.

    Jumps of their ``own`` kinds, to the handlers of a ``try``, do not lead out.

    The statements are the same each time that they are asked for by the same ``key``.
    """
    if not _left_by(steps):
        return list(steps)
    made = r.expansions.get((key, "leaving"))
    if made is None:
        made = r.expansions[key, "leaving"] = _Leaving(r, last, raised, own).run(steps, False)
    return list(made)


def _left_by(steps: Run) -> bool:
    """Whether there is a jump or a ``raise`` in statements."""
    jumps = (ast.Return, ast.Break, ast.Continue, ast.Raise, Throw)
    return any(isinstance(n, jumps) for s in steps for n in nodes_in(s))


def rebuilt(s: Any, change: Callable[[Run, str], list[ast.stmt]]) -> Any:
    """Return a statement like another one, with other statements inside."""
    parts = dict(ast.iter_fields(s))
    for part in ("body", "orelse", "finalbody"):
        if parts.get(part):
            parts[part] = change(parts[part], part)
    for part in ("handlers", "cases"):
        if parts.get(part):
            parts[part] = [rebuilt(inner, change) for inner in parts[part]]
    made = type(s)(**parts)
    for kept in KEPT:
        if hasattr(s, kept):
            setattr(made, kept, getattr(s, kept))
    return ast.copy_location(made, s) if hasattr(s, "lineno") else made


class _Leaving:
    """Puts the last steps of a block before what jumps out of it."""

    def __init__(self, r: Reader, last: Run, raised: bool, own: Sequence[str] = ()) -> None:
        self.r, self.last, self.raised, self.own = r, last, raised, frozenset(own)

    @deep
    def run(self, steps: Run, looped: bool) -> list[ast.stmt]:
        """Return statements; ``looped``: in an inner loop, which keeps break and continue."""
        return [made for s in steps for made in self._statement(s, looped)]

    def _statement(self, s: ast.stmt, looped: bool) -> list[ast.stmt]:
        if isinstance(s, ast.Return):
            return self._returning(s)
        if isinstance(s, ast.Raise) and self.raised:
            if set(assigned_names(self.last)) & names_in([s]):
                self.r.refuse(s, "a raise of what finally changes", "raise what nothing changes")
            return [*self._copies(), s]
        if isinstance(s, Throw):
            return [s] if s.kind in self.own else [*self._copies(), s]
        if isinstance(s, ast.Break | ast.Continue):
            return [s] if looped else [*self._copies(), s]
        if isinstance(s, SCOPES) or not _left_by([s]):
            return [s]
        if isinstance(s, ast.Try) and s.finalbody:
            return [self._inner(s, looped)]
        own = self.own
        self.own |= frozenset(getattr(s, "gradgen_kinds", ()))
        made = rebuilt(s, lambda steps, part: self.run(steps, looped or _turns(s, part)))
        self.own = own
        return [made]

    def _inner(self, s: ast.Try, looped: bool) -> ast.stmt:
        """Put the last steps of an inner block first: they are done before those of the outer."""
        kinds = self.own | frozenset(getattr(s, "gradgen_kinds", ()))
        own = _Leaving(self.r, s.finalbody, True, getattr(s, "gradgen_kinds", ()))

        def both(steps: Run, part: str) -> list[ast.stmt]:
            first = list(steps) if part == "finalbody" else own.run(steps, False)
            mine, self.own = self.own, kinds
            try:
                return self.run(first, looped)
            finally:
                self.own = mine

        made = rebuilt(s, both)
        made.gradgen_leaves = True
        return made

    def _returning(self, s: ast.Return) -> list[ast.stmt]:
        """Return what returns a value of before the last steps."""
        if s.value is None or isinstance(s.value, ast.Constant):
            return [*self._copies(), s]
        name = hidden(self.r, s, "result")
        kept: list[ast.stmt] = [ast.Assign([ast.Name(name, ast.Store())], s.value)]
        made = [*kept, *self._copies(), ast.Return(ast.Name(name, ast.Load()))]
        return [located(one, s) for one in made]

    def _copies(self) -> list[ast.stmt]:
        return copy.deepcopy(list(self.last))  # together: checks and what they are for


def _turns(s: ast.stmt, part: str) -> bool:
    """Whether a part of a statement is what a loop runs again and again."""
    return isinstance(s, LOOPS) and part == "body"
