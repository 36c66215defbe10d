"""Exponentials in loops whose turns are apart call functions that compilers make vectors of.

The C library takes one number at a time.  ``_exp`` and ``_tanh`` (``backends.helpers``) are
polynomials without branches, right to one and three units in the last place: in a loop that
carries no number from turn to turn, four or eight are computed at once.
"""

from __future__ import annotations

from gradgen.ir.nodes import Block, Op, blocks_of
from gradgen.passes.maps_apart import is_cheap, is_map, is_straight, turns_apart

WRITES = ("store", "inc")
ROOTS = ("sqrt", "math.sqrt")  # which processors have for vectors


def maps_in_vectors(body: Block) -> set[Op]:
    """Return the exponentials in loops that compilers may make vectors of."""
    loops = [op for block in blocks_of(body) for op in block.ops if op.prim == "for"]
    return {op for loop in loops if _fits(loop) for op in loop.blocks[0].ops if is_map(op)}


def _fits(loop: Op) -> bool:
    """Whether the turns of a loop are apart, and do nothing that vectors cannot."""
    ops = loop.blocks[0].ops
    if not any(map(is_map, ops)) or not is_straight(loop):
        return False
    plain = all(op.prim in (*WRITES, *ROOTS) or is_map(op) or is_cheap(op) for op in ops)
    return plain and turns_apart(loop)
