"""Lengths that are known after a test that raises where they are others."""

from __future__ import annotations

from dataclasses import replace

from gradgen.frontend.reader import Reader
from gradgen.ir.nodes import Op
from gradgen.ir.types import Dim, Length, Type
from gradgen.rules.broadcasts import broadcast_symbols


def narrow(r: Reader, test: Op, length: Length, known: int) -> None:
    """Let all arrays of a length have a known one from here, where the test is on every path.

    Arrays in loops and branches are left as they are: another turn may have had another length.
    The arguments' types stay, too, as they say which calls the function is for.  ``decided`` is
    what the text's own check has to know: lengths that were taken not to be 1 until here.
    """
    if not isinstance(length, Dim) or length.joined or length.given or r.b.block is not r.top:
        return
    base = known - length.offset
    decided = {length.name} & {name for op in r.top.ops for name in broadcast_symbols(op)}
    for op in r.top.ops:
        if op.prim != "leaf":
            for v in op.outputs:
                v.type = _narrowed(v.type, length.name, base)
    test.attrs["decided"] = tuple(decided)


def _narrowed(t: Type, name: str, base: int) -> Type:
    if t.kind != "array" or not t.shape:
        return t
    shape = tuple(base + d.offset if isinstance(d, Dim) and d.name == name else d for d in t.shape)
    return t if shape == t.shape else replace(t, shape=shape)
