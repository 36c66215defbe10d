"""``a.resize(shape)``: an array of another shape takes the place of the one that a name holds."""

from __future__ import annotations

import ast
from typing import Any

from gradgen.frontend.callables import from_library
from gradgen.frontend.method_calls import method
from gradgen.frontend.reach import holds
from gradgen.frontend.reader import Reader
from gradgen.frontend.special import no_more
from gradgen.frontend.values import Frame, Ref, Seq, Static
from gradgen.library.shapes import resized

WAY = "bind the name to np.resize(...), or to an array of zeros that is written to"


@method("resize")
def _resize(r: Reader, node: ast.AST, owner: Any, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Bind the array's name to one of the new shape: the old numbers, and zeros behind."""
    kwargs.pop("refcheck", None)
    no_more(r, node, kwargs)
    name = (
        node.func.value
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        else None
    )
    depth = r.activations[-1].depth if r.activations else 0
    if not isinstance(owner, Ref) or not isinstance(name, ast.Name) or r.b.depth > depth:
        r.refuse(node, "resize of an array that is no name's, or in a loop or a branch", WAY)
    if owner.storage.outside or owner.steps or len(_holders(r.frame, owner)) != 1:
        what = "cannot resize an array that references or is referenced by another array"
        r.fail(node, ValueError(what))
    first = r.read(owner).op
    if name.id not in r.frame.names or first is None or first.prim == "leaf":
        r.refuse(node, "resize of an argument, which is the caller's", "resize a copy of it")
    shape = args[0] if len(args) == 1 and isinstance(args[0], Seq) else Seq(args)
    r.frame.names[name.id] = from_library(r, node, resized, [owner, shape], {})
    return Static(None)


def _holders(frame: Frame | None, owner: Ref) -> list[str]:
    """Return the names, here and around, through which an array can be reached."""
    found: list[str] = []
    while frame is not None:
        found += [n for n, v in frame.names.items() if holds(v, owner.storage)]
        frame = frame.caller or frame.parent
    return found
