"""Keys that dicts in lists get after they were made: ``trade["exit"] = price``, where it is closed.

The lists hold None for a key that a dict does not have yet; where it is asked for, it is missing.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from gradgen.errors import UnsupportedError
from gradgen.frontend.evaluate import options
from gradgen.frontend.pointers import Dicts, is_none_itself
from gradgen.frontend.pools import held
from gradgen.frontend.signals import Retry
from gradgen.frontend.values import OTHER_KEYS, Choice, Map, Poison
from gradgen.ir.nodes import Const, Value, nothing

if TYPE_CHECKING:
    from gradgen.frontend.reader import Reader

WHAT = "a dict in a list whose length depends on the path gets or loses keys"
WAY_OUT = "give it all its keys where it is made"


def keep_late_keys(r: Reader, node: ast.AST, kind: object, box: Map, items: dict[Any, Any]) -> None:
    """Have everything read again with such keys for all dicts of the kind, if that is what is new.

    Dicts of an argument have the keys that the caller's have.

    Raises
    ------
    Retry
        Where a key is new: what was made before has to have a place for it.
    """
    new = [key for key in items if key not in box.items]
    known = [key for key in items if key in box.items]
    late = r.book.dict_rows and known == list(box.items) and all(isinstance(k, str) for k in new)
    if not isinstance(kind, Dicts) or not late:
        r.refuse(node, WHAT, WAY_OUT)
    kind.late += new
    raise Retry(set())


def late_items(r: Reader, row: Value, kind: Dicts, node: ast.AST) -> dict[Any, Any]:
    """Return what a dict has under its late keys, as items that may be missing."""
    # A cycle by nature: a comparison with None may be of what lists hold.
    from gradgen.frontend.aggregates import run_text

    items: dict[Any, Any] = {}
    for name in kind.late:
        value = held(r, row, name, node)
        missing = run_text(r, node, "out = value is None", "out", value=value)
        if isinstance(missing, Const):
            items[name] = nothing(name) if missing.const else value
        else:
            items[name] = Choice(missing, nothing(name), value)
    if len(kind.late) > 1:  # set in any order
        items[OTHER_KEYS] = Poison(UnsupportedError(WHAT, r.span(node), WAY_OUT))
    return items


def require_something(r: Reader, node: ast.AST, kind: object, name: Any, value: Any) -> None:
    """Refuse to put None under a late key, where it says that there is none."""
    is_late = isinstance(kind, Dicts) and name in kind.late
    if is_late and any(map(is_none_itself, options(r.settled(value)))):
        r.refuse(node, "None under a key that a dict in a list gets later", WAY_OUT)
