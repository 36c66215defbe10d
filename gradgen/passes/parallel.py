"""Which loops may be done in parts, each on a thread of its own: their turns meet only in sums.

Looked at are the loops of the function itself, forwards and by ones.  What one carries from turn to
turn has to be a sum that turns only add to, an array of which each turn has a place of its own, or
scratch space that each turn fills, or leaves as zeros, before it reads it.  Values are immutable
here, so what is not carried from one turn to another cannot meet there.
"""

from __future__ import annotations

from dataclasses import field

from gradgen.dataclass import dataclass
from gradgen.diff.activity import carried
from gradgen.ir.nodes import (
    SUBSCRIPTS,
    Block,
    Const,
    Function,
    Op,
    Value,
    made_in,
    takes_all_turns,
    walk,
)
from gradgen.passes.dce import EFFECTS
from gradgen.passes.fuse import CHECKS
from gradgen.passes.turns import (
    Uses,
    asks_shape,
    goes_over_all,
    has_own_places,
    is_at_index,
    is_left_as_zeros,
    is_only_added_to,
)

IN_ORDER = ("push", "take", "call", "pop", "append", "insert", "extend")


@dataclass(frozen=True)
class Parts:
    """How the parts of a loop share what it carries, all by the parameters of its body.

    ``numbers`` and ``arrays`` are sums, of which each part has its own; of ``scratch`` each part
    has a copy; ``short`` says that turns have no loops, so that a thread takes many of them;
    ``why`` is the reason why the loop stays whole, empty where it does not.
    """

    loop: Op
    numbers: list[Value] = field(default_factory=list)
    arrays: list[Value] = field(default_factory=list)
    scratch: list[Value] = field(default_factory=list)
    short: bool = False
    why: str = ""


def find_parts(function: Function) -> list[Parts]:
    """Note on the loops that can be done in parts how that is; return what was found for each."""
    loops = [op for op in function.body.ops if op.prim == "for"]
    if not loops:
        return []
    uses = Uses(function.body)
    found = [find_part(op, uses) for op in loops]
    for parts in found:
        if not parts.why:
            parts.loop.attrs["parts"] = parts
    return found


def find_part(loop: Op, uses: Uses) -> Parts:
    """Return how a loop can be done in parts, or why it cannot."""
    body = loop.blocks[-1]
    why = _stays_whole(loop)
    if why:
        return Parts(loop, why=why)
    out = Parts(loop, short=not any(op.prim in ("for", "while") for op in walk(body)))
    params, _ = carried(loop)
    for p, end, after in zip(params, body.results, loop.outputs, strict=True):
        name = p.name or "a value"
        if p is end or has_own_places(p, loop, end):
            continue
        if is_only_added_to(p, end, body, uses):
            if p.type.kind not in ("float", "array") or not p.type.dtype.startswith("float"):
                return Parts(loop, why=f"{name} is a sum, but not of floats")
            (out.arrays if p.type.kind == "array" else out.numbers).append(p)
        elif p.type.kind == "array" and not uses.of.get(after) and _is_scratch(p, loop, uses):
            out.scratch.append(p)
        else:
            return Parts(loop, why=f"{name} is handed from turn to turn")
    return out


def _stays_whole(loop: Op) -> str:
    """Return why a loop cannot be done in parts, whatever it carries; empty if it could."""
    body, step = loop.blocks[-1], loop.inputs[2]
    if not takes_all_turns(loop):
        return "it may end before its last turn"
    if loop.attrs.get("backwards") or not isinstance(step, Const) or step.const != 1:
        return "its turns do not go forwards, one by one"
    for op in walk(body):
        if op.prim in IN_ORDER or (op.prim in EFFECTS and op.prim not in CHECKS):
            return f"its turns have to stay in order ({op.prim})"
    return ""


def _is_scratch(p: Value, loop: Op, uses: Uses) -> bool:
    """Whether what a turn leaves in an array is no matter to the next one."""
    body = loop.blocks[-1]
    if p in loop.attrs.get("buffers", ()):
        return True
    if is_left_as_zeros(p, loop, body.results[body.params.index(p) - 1], uses):
        return True
    return _filled(p, body, made_in(body), uses)


def _filled(p: Value, body: Block, varying: set[Value], uses: Uses) -> bool:
    """Whether a turn stores in all places of an array before it reads any.

    A loop inside does so where it goes over all places, or where each of its turns does so and
    their number, which may be none, is the same for all turns around it.
    """
    reads = [use for use in uses.of.get(p, ()) if not asks_shape(use)]
    if not reads:
        return True
    op = reads[0].op
    if len(reads) > 1 or op is None or reads[0].block is not body:
        return False
    if op.prim == "store" and reads[0].place == 0:
        return op.attrs["index"] == "e" and not op.attrs.get("path")
    if op.prim != "for" or reads[0].place < 3:
        return False
    inner = op.blocks[-1]
    q = inner.params[reads[0].place - 2]
    if _stores_everywhere(op, q, uses):
        return True
    fixed = not any(v in varying for v in op.inputs[:3])
    return fixed and inner.end == "continue" and _filled(q, inner, varying, uses)


def _stores_everywhere(loop: Op, p: Value, uses: Uses) -> bool:
    """Whether a loop over all places of a vector stores in each, and reads there only."""
    body = loop.blocks[-1]
    if body.end != "continue" or not goes_over_all(loop, p):
        return False
    first, v = True, p
    while True:
        reads = [u for u in uses.of.get(v, ()) if not asks_shape(u)]
        writes = [u.op for u in reads if u.op is not None and u.op.prim in ("store", "inc")]
        ends = [u for u in reads if u.op is None]
        own = [u.op for u in reads if u.op is not None and u.op.prim in SUBSCRIPTS]
        if len(own) + len(ends) != len(reads) or any(
            not is_at_index(op, body.params[:1]) for op in own
        ):
            return False
        if first and (len(reads) != 1 or not writes or writes[0].prim != "store"):
            return False
        if not writes:
            return bool(ends)
        if len(writes) > 1 or ends or writes[0] not in body.ops:
            return False
        first, v = False, writes[0].out
