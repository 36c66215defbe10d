"""Loops over objects of the user's classes that have a ``__next__``, which may end at any turn."""

from __future__ import annotations

import ast
from typing import Any

from gradgen.frontend.jumps import jumps_of
from gradgen.frontend.reader import Reader
from gradgen.frontend.special_methods import special_method
from gradgen.frontend.values import Static
from gradgen.syntax import located

STOP = "stops by"  # a name that no program has, for the class that the user may have hidden


def steps_of(r: Reader, s: ast.For, iterator: Any) -> list[ast.stmt]:
    """Return a loop as the ``while`` that asks for one item after the other."""
    name = f"iterated {s.lineno}:{s.col_offset}"
    r.frame.names |= {name: iterator, STOP: Static(StopIteration)}
    if jumps_of(s.orelse):
        what = "an else with a jump behind a loop over an iterator of a class of yours"
        r.refuse(s, what, "take the items into a list before")
    made = r.expansions.get((id(s), "iterated"))
    if made is None:
        load = ast.Load()
        begun = ast.Call(ast.Attribute(ast.Name(name, load), "__iter__", load), [], [])
        begin = ast.Assign([ast.Name(name, ast.Store())], begun)
        asked = ast.Call(ast.Attribute(ast.Name(name, load), "__next__", load), [], [])
        end = ast.ExceptHandler(ast.Name(STOP, load), None, [*s.orelse, ast.Break()])
        body = ast.Try([ast.Assign([s.target], asked)], [end], [], [])
        loop = ast.While(ast.Constant(True), [body, *s.body], [])
        made = r.expansions[id(s), "iterated"] = [located(begin, s), located(loop, s)]
    return list(made) if special_method(iterator, "__iter__") else list(made[1:])
