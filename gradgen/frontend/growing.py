"""Loops over lists that become longer or shorter meanwhile: Python asks at each turn for an item.

That is found where an item is asked for (``lists.changed_meanwhile``): then the function is read
again, with such a loop as the ``while`` that counts the items it has taken.
"""

from __future__ import annotations

import ast

from gradgen.frontend.comprehensions import hidden
from gradgen.frontend.evaluate import evaluate
from gradgen.frontend.raising_calls import known
from gradgen.frontend.reader import Reader
from gradgen.frontend.signals import Grown, Turnwise
from gradgen.frontend.values import Generator, Lazy, Once, Record, Static
from gradgen.syntax import located

LENGTH = "length of"  # a name that no program has, for the function that the user may have hidden


def over_growing(r: Reader, s: ast.For) -> list[ast.stmt] | None:
    """Return a loop over a list that changes its length as a ``while``; None for other loops."""
    if (id(s.iter), id(Grown)) not in r.book.turnwise or _is_no_list(r, s.iter):
        return None
    r.frame.names[LENGTH] = Static(len)
    made = r.expansions.get((id(s), "growing"))
    if made is None:
        names = [hidden(r, s, part) for part in ("listed", "place")]
        (items, place), (listed, begun) = (
            [ast.Name(name, c) for name in names] for c in (ast.Load(), ast.Store())
        )
        length = ast.Call(ast.Name(LENGTH, ast.Load()), [items], [])
        item = ast.Assign([s.target], ast.Subscript(items, place, ast.Load()))
        one_more = ast.AugAssign(begun, ast.Add(), ast.Constant(1))
        test = ast.Compare(place, [ast.Lt()], [length])
        loop = ast.While(test, [item, one_more, *s.body], s.orelse)
        steps = [ast.Assign([listed], s.iter), ast.Assign([begun], ast.Constant(0)), loop]
        made = r.expansions[id(s), "growing"] = [located(one, s) for one in steps]
    return list(made)


def _is_no_list(r: Reader, head: ast.expr) -> bool:
    """Whether the head of a loop is no list; of ``enumerate``, the list is noted in its place.

    Raises
    ------
    Turnwise
        Where that was not noted before.
    """
    if isinstance(head, ast.Name):
        return isinstance(evaluate(r, head), Record | Once | Lazy | Generator)
    if not isinstance(head, ast.Call):
        return False
    callee = known(r, head.func)
    if isinstance(callee, Static) and callee.obj is enumerate and head.args:
        key = (id(head.args[0]), id(Grown))
        if key not in r.book.turnwise:
            raise Turnwise(key)
    return True
