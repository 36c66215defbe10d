"""Lists to arrays and back, as loops: ``np.stack``, ``np.concatenate``, ``tolist``."""

from __future__ import annotations

from collections.abc import Callable

from gradgen.backends.loops import INDICES, MOST, Found, text_of
from gradgen.ir.nodes import Const, Op
from gradgen.ir.types import Type


def stacked(op: Op) -> Found:
    """Copy the arrays of a list into one, along a new first axis."""
    item, rank = op.inputs[0].type.item, op.out.type.rank
    axis = op.attrs.get("axis") or 0
    if item is None or rank is None or rank > MOST or not op.out.type.dtype:
        return None
    depth = 1
    inner: Type | None = item
    while inner is not None and inner.kind == "list":
        depth, inner = depth + 1, inner.item
    if inner is None or (inner.is_array and (inner.rank or 0) + depth != rank):
        return None
    if depth > 2 or (inner.is_scalar and depth != rank) or not isinstance(axis, int):
        return None
    first = ["items" + "[0]" * k for k in range(depth + 1)]
    shape = ", ".join(f"len({f})" for f in first[:-1])
    tail = f" + {first[-1]}.shape" if inner.is_array else ""
    place, lines = "", [f"    y = np.empty(({shape},){tail}, np.{op.out.type.dtype})"]
    for k in range(depth):
        above = "items" + "".join(f"[{INDICES[j]}]" for j in range(k))
        lines.append(f"{'    ' * (k + 1)}for {INDICES[k]} in range(len({above})):")
        place += f"[{INDICES[k]}]"
    at = ", ".join(INDICES[:depth])
    lines.append(f"{'    ' * (depth + 1)}y[{at}] = items{place}")
    back = f"np.moveaxis(y, 0, {axis})" if axis else "y"
    doc = "Return the items of a list as an array."
    return "_stacked", text_of("items", doc, [*lines, f"    return {back}"]), [op.inputs[0]]


def joined(op: Op) -> Found:
    """Copy the arrays of a list into one, one after the other."""
    rank = op.out.type.rank
    if not rank or op.attrs.get("axis", 0) != 0 or not op.out.type.dtype:
        return None
    lines = [
        "    total = 0",
        "    for item in items:",
        "        total += len(item)",
        f"    y = np.empty((total,) + items[0].shape[1:], np.{op.out.type.dtype})",
        "    at = 0",
        "    for item in items:",
        "        y[at : at + len(item)] = item",
        "        at += len(item)",
        "    return y",
    ]
    doc = "Return the arrays of a list joined along the first axis."
    return "_joined", text_of("items", doc, lines), [op.inputs[0]]


def plain_items(op: Op) -> Found:
    """Return the numbers of an array as a list, or as a list of lists; rows as arrays.

    Numba's ``list(a)`` holds rows of any layout, which are not of the type of rows that are
    computed: one list could not stand for the other.
    """
    rank = op.inputs[0].type.rank
    if not op.attrs.get("plain") and rank is not None and rank > 1:
        lines = ["    return [a[i].copy() for i in range(len(a))]"]
        doc = "Return the rows of an array as a list."
        return "_rows", text_of("a", doc, lines), [op.inputs[0]]
    if not op.attrs.get("plain") or rank not in (1, 2):
        return None
    row = "[a[i, j] for j in range(a.shape[1])]" if rank == 2 else "a[i]"
    lines = [f"    return [{row} for i in range(len(a))]"]
    doc = "Return the numbers of an array in lists."
    return "_in_lists", text_of("a", doc, lines), [op.inputs[0]]


def added_up(op: Op) -> Found:
    """Add up the arrays of a list, as the builtin ``sum`` does."""
    item = op.inputs[0].type.item
    if item is None or item.kind != "array" or not item.rank or op.out.type.rank != item.rank:
        return None
    lines = [
        "    if len(items) == 0:",
        "        raise ValueError('the sum of no arrays is a number')",
        "    total = 0 + items[0]",
        "    for k in range(1, len(items)):",
        "        total = total + items[k]",
        "    return total",
    ]
    doc = "Return the sum of the arrays of a list."
    return "_sum_of_arrays", text_of("items", doc, lines), [op.inputs[0]]


def levels(t: Type | None) -> int:
    """Return how many lists are inside each other."""
    return 1 + levels(t.item) if t is not None and t.kind == "list" else 0


def _sums(one: str, other: str, depth: int) -> str:
    """Return the text of the sums of what is in two lists of lists."""
    if not depth:
        return f"{one} + {other}"
    a, b = ("ab", "cd", "pq", "uv", "st", "yz")[depth - 1]
    return f"[{_sums(a, b, depth - 1)} for {a}, {b} in zip({one}, {other})]"


def added_lists(op: Op) -> Found:
    """Add up what is in two lists of lists."""
    depth = levels(op.inputs[0].type)
    if op.attrs or not 2 <= depth <= MOST:
        return None
    doc = "Add up the items of two lists of lists."
    lines = [f"    return {_sums('items', 'more', depth)}"]
    return "_add_lists", text_of("items, more", doc, lines), [*op.inputs]


def added_slice(op: Op) -> str | None:
    """Add up what is in a list of lists to a slice of another; None for lists of anything else."""
    if op.prim != "list_add" or not op.attrs:
        return None
    depth = levels(op.inputs[0].type)
    if not 2 <= depth <= MOST:
        return None
    doc = "Add the items of a list of lists to those of a slice of another."
    lines = [
        "    out = list(items)",
        "    start, stop, step = part.indices(len(items))",
        "    for k, j in enumerate(range(start, stop, step)):",
        f"        out[j] = {_sums('out[j]', 'more[k]', depth - 1)}",
        "    return out",
    ]
    return text_of("items, more, part", doc, lines)


def filled(op: Op) -> Found:
    """Return lists of lists with one number in all places."""
    depth, deepest = levels(op.inputs[0].type), op.inputs[0].type.innermost
    if not 2 <= depth <= MOST or deepest is None or not deepest.is_scalar:
        return None
    made, name = "value", "items"
    for k in range(depth):
        inner = name if k == depth - 1 else INDICES[k]
        made = f"[{made} for {INDICES[k - 1] if k else '_'} in {inner}]"
    value = op.inputs[1] if op.prim == "fill_lists" else Const(0.0)
    doc = "Return lists like these with a value in every place."
    text = text_of("items, value", doc, [f"    return {made}"])
    return "_filled_lists", text, [op.inputs[0], value]


LOOPS: dict[str, Callable[[Op], Found]] = {
    "list_add": added_lists,
    "fill_lists": filled,
    "zeros_list": filled,
    "array_of_list": stacked,
    "joined_list": joined,
    "items": plain_items,
    "py_sum": added_up,
}
