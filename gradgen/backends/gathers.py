"""Reads and writes at arrays of places, ``a[rows, columns]``, as loops over the places."""

from __future__ import annotations

import ast

from gradgen.backends.loops import MOST, Found, text_of
from gradgen.emission import pieces
from gradgen.ir.nodes import Const, Op, Value

CHECK = (
    "    if len(m) != len(a):",
    "        raise IndexError('boolean index did not match indexed array along axis 0')",
)
NAMES = "ijklmn"


def gather(op: Op) -> Found:
    """Read entries, or rows, at the places that vectors of one length give."""
    base, places = op.inputs[0], op.inputs[1:]
    if _is_mask(base, places, op.attrs["index"]):
        doc = "Return the entries where a mask holds."
        return "_entries_where", text_of("a, m", doc, [*CHECK, "    return a[m]"]), [*op.inputs]
    if not _is_list_of_places(base, places, op.attrs["index"]) or not op.out.type.dtype:
        return None
    names = NAMES[: len(places)]
    at = ", ".join(f"{n}[t]" for n in names)
    rest = f" + a.shape[{len(places)}:]" if (base.type.rank or 0) > len(places) else ""
    lines = [
        f"    y = np.empty((len(i),){rest}, a.dtype)",
        "    for t in range(len(i)):",
        f"        y[t] = a[{at}]",
        "    return y",
    ]
    doc = "Return the entries at these places."
    return f"_entries_{len(places)}", text_of(", ".join(["a", *names]), doc, lines), [*op.inputs]


def scatter(op: Op) -> tuple[str, str] | None:
    """Write, or add, at the places that vectors of one length give, one after the other."""
    base, value, *places = op.inputs
    if op.prim == "inc" and not op.derived:
        return None  # NumPy adds once where a place is repeated
    if not op.attrs.get("path") and _is_mask(base, places, op.attrs["index"]):
        return _under_mask(op)
    if op.attrs.get("path") or not _is_list_of_places(base, places, op.attrs["index"]):
        return None
    rank, known = (base.type.rank or 0) - len(places), value.type
    if not (known.is_scalar or (known.kind == "array" and known.rank == rank + 1)):
        return None
    names = NAMES[: len(places)]
    lines, entry = [], "v"
    if isinstance(value, Const):
        entry = ast.unparse(pieces.constant(value))
    elif not known.is_scalar:
        rest = f" + a.shape[{len(places)}:]" if rank else ""
        lines.append(f"    v = np.broadcast_to(v, (len(i),){rest})")
        entry = "v[t]"
    what, sign = _what(op)
    at = ", ".join(f"{n}[t]" for n in names)
    lines += ["    for t in range(len(i)):", f"        a[{at}] {sign} {entry}"]
    free = [] if isinstance(value, Const) else ["v"]
    doc = f"{what.capitalize()} at these places, one after the other."
    return f"_{what}_at_{len(places)}", text_of(", ".join(["a", *free, *names]), doc, lines)


def _under_mask(op: Op) -> tuple[str, str] | None:
    """Write, or add, where a mask holds: a number, or one entry after the other."""
    base, value = op.inputs[:2]
    known, (what, sign) = value.type, _what(op)
    lines, entry, free = list(CHECK), "v", ["v"]
    if isinstance(value, Const):
        entry, free = ast.unparse(pieces.constant(value)), []
    elif known.kind == "array" and known.rank == base.type.rank:
        lines += ["    v = np.broadcast_to(v, (np.sum(m),) + a.shape[1:])", "    k = 0"]
        entry = "v[k]"
    elif not known.is_scalar:
        return None
    lines += ["    for t in range(len(m)):", "        if m[t]:", f"            a[t] {sign} {entry}"]
    lines += ["            k += 1"] if entry == "v[k]" else []
    doc = f"{what.capitalize()} where a mask holds."
    return f"_{what}_where", text_of(", ".join(["a", *free, "m"]), doc, lines)


def _is_mask(base: Value, places: list[Value], index: str) -> bool:
    """Whether a vector of truth values chooses along the first axis of an array."""
    known = base.type.kind == "array" and bool(base.type.rank) and len(places) == 1
    if not known or index.rstrip(":") != "m" or isinstance(places[0], Const):
        return False
    mask = places[0].type
    return mask.kind == "array" and mask.rank == 1 and mask.dtype == "bool"


def _what(op: Op) -> tuple[str, str]:
    if op.prim == "store":
        return "write", "="
    return ("subtract", "-=") if op.attrs.get("sign") == "-" else ("add", "+=")


def _is_list_of_places(base: Value, places: list[Value], index: str) -> bool:
    """Whether vectors of integers, all of one length, stand for the first axes of an array."""
    rank = base.type.rank
    if base.type.kind != "array" or not rank or not 0 < len(places) <= min(rank, MOST):
        return False
    if index.rstrip(":") != "a" * len(places) or len(set(places)) < len(places):
        return False
    vectors = [v.type for v in places]
    if any(t.kind != "array" or t.rank != 1 or "int" not in t.dtype for t in vectors):
        return False
    return len({t.shape for t in vectors}) == 1 and not any(isinstance(v, Const) for v in places)
