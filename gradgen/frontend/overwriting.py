"""``overwrite_input=True`` and ``overwrite_a=True``: arrays that may come to hold anything.

Nothing is overwritten in the generated text, since the sweep back may need it; the results are the
same.  So is what comes after the call, if the array is not read again.
"""

from __future__ import annotations

import ast
from typing import Any

from gradgen.frontend.reach import holds
from gradgen.frontend.reader import Reader
from gradgen.frontend.values import Choice, Ref, is_static, static_value


def check_not_read_again(
    r: Reader, node: ast.AST, name: str, given: dict[str, Any], overwrite: Any
) -> None:
    """Refuse an option that lets an array be overwritten, if it may be read after the call."""
    known = is_static(overwrite) and not static_value(overwrite)
    array = given.get("a" if name == "overwrite_input" else name.removeprefix("overwrite_"))
    if not known and not all(_last_read(r, node, v) for v in _options(array)):
        r.refuse(
            node,
            f"{name}=True for an array that is read again, with entries that are left open,",
            f"leave {name} out: the result is the same",
        )


def _options(array: Any) -> list[Ref]:
    if isinstance(array, Choice):
        return _options(array.then) + _options(array.other)
    return [array] if isinstance(array, Ref) else []


def _last_read(r: Reader, node: ast.AST, array: Ref) -> bool:
    """Whether no name leads to the memory of an array once it has been read by a call."""
    memory = r.reach(array.storage)
    op = r.versions[array.storage].op
    if any(map(r.visible_to_callers, memory)) or (op is not None and op.prim == "captured"):
        return False
    names = [n for n, v in r.frame.names.items() if any(holds(v, thing) for thing in memory)]
    lives = r.frame.lives
    return not names or (
        lives is not None and all(lives.dead_after_call(node, name) for name in names)
    )
