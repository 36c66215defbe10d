"""Loops over lists that become longer or shorter meanwhile: Python asks at each turn for an item.

That is found where an item is asked for (``lists.changed_meanwhile``): then the function is read
again, with such a loop as the ``while`` that counts the items it has taken.  A dict with computed
keys is two such lists, and a loop over it that stores into it may make them longer.
"""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import Any

from gradgen.frontend.comprehensions import hidden
from gradgen.frontend.cursors import held_by
from gradgen.frontend.evaluate import evaluate
from gradgen.frontend.raising_calls import known
from gradgen.frontend.reader import Reader
from gradgen.frontend.signals import Grown, Turnwise
from gradgen.frontend.tables import is_table
from gradgen.frontend.values import Generator, Iteration, Lazy, Once, Record, Static
from gradgen.syntax import located

# Names that no program has, for what the user may have hidden.
LENGTH, LISTED, COUNTED, WRONG = "length of", "items of", "range of", "error of"
CHANGED = "dictionary changed size during iteration"


def over_growing(r: Reader, s: ast.For) -> list[ast.stmt] | None:
    """Return a loop over a list that changes its length as a ``while``; None for other loops."""
    if (id(s.iter), id(Grown)) not in r.book.turnwise:
        return None
    r.frame.names[LENGTH] = Static(len)
    table = _table(r, s.iter)
    if table is not None:
        return _over_table(r, s, table)
    if _is_no_list(r, s.iter):
        return None
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


def _table(r: Reader, head: ast.expr) -> ast.expr | None:
    """Return what names the dict with computed keys that a loop runs over, by key or by pair."""
    if _method(head) in ("items", "keys"):
        assert isinstance(head, ast.Call) and isinstance(head.func, ast.Attribute)
        head = head.func.value
    return head if isinstance(head, ast.Name) and is_table(held_by(r, head.id)) else None


def _method(head: ast.expr) -> str:
    """Return the name of a method that is called without arguments, "" otherwise."""
    plain = isinstance(head, ast.Call) and not head.args and not head.keywords
    method = head.func if plain else None  # type: ignore[attr-defined]
    return method.attr if isinstance(method, ast.Attribute) else ""


def noting(r: Reader, s: ast.For, over: Iteration) -> Iteration:
    """Return what a loop runs over, which notes the loop where it is a dict that may change."""
    if _table(r, s.iter) is None:
        return over

    def element(i: Any) -> Any:
        try:
            return over.element(i)
        except Turnwise:
            raise Turnwise((id(s.iter), id(Grown))) from None

    return replace(over, element=element)


def _over_table(r: Reader, s: ast.For, table: ast.expr) -> list[ast.stmt]:
    """Return a loop over a dict whose items are replaced meanwhile: over a copy of its keys.

    As in Python, there may be no other keys where the next one is asked for.
    """
    r.frame.names |= {LISTED: Static(list), COUNTED: Static(range), WRONG: Static(RuntimeError)}
    made = r.expansions.get((id(s), "growing"))
    if made is None:
        names = [hidden(r, s, part) for part in ("dict", "keys", "place")]
        held, keys, place = (ast.Name(name, ast.Load()) for name in names)
        now, items = (ast.Attribute(held, part, ast.Load()) for part in ("names", "held"))
        check = ast.If(ast.Compare(now, [ast.NotEq()], [keys]),
                       [ast.Raise(_called(WRONG, ast.Constant(CHANGED)))], [])  # fmt: skip
        item: ast.expr = ast.Subscript(keys, place, ast.Load())
        if _method(s.iter) == "items":
            item = ast.Tuple([item, ast.Subscript(items, place, ast.Load())], ast.Load())
        turn = [check, ast.Assign([s.target], item), *s.body]
        places = _called(COUNTED, _called(LENGTH, keys))
        loop = ast.For(ast.Name(names[2], ast.Store()), places, turn, [check, *s.orelse])
        begun = (table, _called(LISTED, now))
        steps = [ast.Assign([ast.Name(name, ast.Store())], value)
                 for name, value in zip(names, begun, strict=False)]  # fmt: skip
        made = r.expansions[id(s), "growing"] = [located(one, s) for one in (*steps, loop)]
    return list(made)


def _called(name: str, *args: ast.expr) -> ast.Call:
    return ast.Call(ast.Name(name, ast.Load()), list(args), [])


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
