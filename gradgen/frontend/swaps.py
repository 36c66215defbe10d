"""``rows[i], rows[k] = rows[k], rows[i]``: two lists in a list change places.

Read as two stores one after the other, the first would put one of them there twice.
"""

from __future__ import annotations

import ast

from gradgen.frontend.evaluate import evaluate
from gradgen.frontend.indices import parse_index
from gradgen.frontend.lists import is_list
from gradgen.frontend.parts import leaves
from gradgen.frontend.reader import Reader
from gradgen.frontend.stores import write
from gradgen.frontend.values import Ref
from gradgen.syntax import nodes_in

PLAIN = (ast.Name, ast.Constant, ast.BinOp, ast.operator, ast.expr_context)


def is_swap(s: ast.Assign) -> bool:
    """Whether a statement lets two items of one container change places."""
    match s:
        case ast.Assign([ast.Tuple([ast.Subscript() as a, ast.Subscript() as b])],
                        ast.Tuple([ast.Subscript() as c, ast.Subscript() as d])):  # fmt: skip
            same = ast.unparse(a) == ast.unparse(d) and ast.unparse(b) == ast.unparse(c)
            plain = all(isinstance(n, PLAIN) for e in (a.slice, b.slice) for n in nodes_in(e))
            named = (ast.Name, ast.Attribute, ast.expr_context)
            plain &= all(isinstance(n, named) for n in nodes_in(a.value))
            return same and plain and ast.unparse(a.value) == ast.unparse(b.value)
    return False


def swapped(r: Reader, s: ast.Assign) -> bool:
    """Let two lists in a list of the graph change places; False where this is something else."""
    assert isinstance(s.targets[0], ast.Tuple)
    one, two = s.targets[0].elts
    assert isinstance(one, ast.Subscript) and isinstance(two, ast.Subscript)
    owner = evaluate(r, one.value)
    if not is_list(r, owner) or owner.steps or _has_items_held(r, owner):
        return False
    inner = r.read(owner).type.item
    if inner is None or inner.kind != "list":
        return False
    places = [parse_index(r, e.slice, owner) for e in (one, two)]
    if any(index.attrs.get("index") != "i" for index in places):
        return False
    span = r.span(s)
    items = [
        r.b.emit("load", [r.read(owner), *index.operands], span=span, **index.attrs)
        for index in places
    ]
    for target, index, item in zip((one, two), places, reversed(items), strict=True):
        write(r, target, owner, index, item, "store")
    return True


def _has_items_held(r: Reader, owner: Ref) -> bool:
    """Whether a name stands for one of the lists, or may."""
    if r.visible_among(r.reach(owner.storage)[1:]):
        return True
    names = (v for frame in r.frames() for v in frame.names.values())
    return any(
        isinstance(leaf, Ref) and leaf.storage is owner.storage and leaf.steps
        for v in names
        for leaf in leaves(v)
    )
