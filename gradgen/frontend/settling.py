"""Numbers that a loop makes arrays of: compiled code has one type for a name.

``total = 0`` before a loop that adds an array to it in every turn.  There the name starts from an
array of zeros: the first turn gives the same, as the number only meets arrays of that shape in it.
Where it might have no turn, the text asks, and raises: the name would go on as a number.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from gradgen.frontend.attributes import dimension
from gradgen.frontend.reader import Reader
from gradgen.frontend.signals import Retry
from gradgen.frontend.state import at
from gradgen.frontend.templates import Hole, types
from gradgen.frontend.values import Ref
from gradgen.ir.nodes import Block, Const, Value, blocks_of, walk
from gradgen.ir.types import Dim, Length, Shape, Type
from gradgen.rules.registry import RULES

if TYPE_CHECKING:
    from gradgen.frontend.loops import Loop

Bounds = tuple[Value, Value, Value]


def find_arrays(loop: Loop, block: Block) -> None:
    """Find the numbers that are arrays after every turn, and have the function read again."""
    begins = loop.r.book.begins.setdefault(loop.key, {})
    new = {name: t for name, t in _arrays(loop, block).items() if name not in begins}
    begins.update(new)
    if new:
        raise Retry(set())


def _arrays(loop: Loop, block: Block) -> dict[str, Type]:
    found: dict[str, Type] = {}
    params = iter(loop.params)
    for slot, template in loop.templates():
        mine = [next(params) for _ in types(template)]
        if not isinstance(slot, str) or not isinstance(template, Hole):
            continue
        start = loop.entry.names.get(slot)
        if isinstance(start, Const) and mine[0].type.is_scalar:
            made = _made(loop, slot)
            if made is not None and _meets_only(block, mine[0], made.shape):
                found[slot] = made
    return found


def _made(loop: Loop, name: str) -> Type | None:
    """Return the type of the arrays that all turns give a name, if it is one."""
    made: list[Type] = []
    for _, state in loop.ends:
        with at(loop.r, state):
            value = loop.slot_value(name, state)
            if not isinstance(value, Ref):
                return None
            made.append(loop.r.read(value).type)
    t = made[0] if made else Type("any")
    alike = all(other.shape == t.shape and other.dtype == t.dtype for other in made)
    return t if alike and t.kind == "array" and t.shape and t.dtype else None


def _meets_only(block: Block, number: Value, shape: Shape | None) -> bool:
    """Whether a number, or what it is scaled to, is read with arrays of a shape only."""
    for op in walk(block):
        if number not in op.inputs:
            continue
        rule = RULES.get(op.prim)
        if rule is None or not rule.elementwise:
            return False
        beside = [v.type for v in op.inputs if v is not number]
        scaled = op.out.type.is_scalar and _meets_only(block, op.out, shape)
        if not scaled and not any(t.kind == "array" and t.shape == shape for t in beside):
            return False
        if not scaled and op.out.type.shape != shape:
            return False
    return all(number not in b.results for b in blocks_of(block))


def start_from_arrays(r: Reader, node: ast.AST, key: object, bounds: Bounds, turns: bool) -> None:
    """Let names start from arrays before a loop that was found to make such of them."""
    made: dict[str, Value] = {}
    for name, t in r.book.begins.get(key, {}).items():
        start = r.frame.names.get(name)
        lengths = [_length(r, d) for d in t.shape or ()]
        known = [v for v in lengths if v is not None]
        if not isinstance(start, Const) or len(known) < len(lengths):
            continue
        if start.const == 0:
            dtype = {} if t.dtype == "float64" else {"dtype": t.dtype}
            made[name] = r.b.emit("zeros", known, **dtype)
        else:
            made[name] = r.b.emit("full", [start, *known], dtype=t.dtype)
    if made and (turns or _raises_without_turns(r, node, bounds, list(made))):
        r.frame.names.update({name: r.hold(v, True) for name, v in made.items()})


def _raises_without_turns(r: Reader, node: ast.AST, bounds: Bounds, names: list[str]) -> bool:
    """Raise where there would be no turn; return whether that can be asked."""
    start, stop, step = bounds
    if not isinstance(step, Const):
        return False
    none = r.b.emit("le" if step.const > 0 else "ge", [stop, start])
    what = f"without turns of the loop, numbers and no arrays: {', '.join(names)}"
    attrs = {"text": f"raise ValueError({what + '; backend=numpy has both'!r})"}
    r.b.append("raise_if", [none], [], span=r.span(node), attrs=attrs)
    return True


def _length(r: Reader, d: Length) -> Value | None:
    """Return a length that an array which has a name has too; None if there is no such array."""
    if not isinstance(d, Dim):
        return Const(d)
    for frame in r.frame.outward():
        for value in frame.names.values():
            v = r.read(value) if isinstance(value, Ref) else value
            if not isinstance(v, Value) or v.type.kind != "array":
                continue
            for axis, other in enumerate(v.type.shape or ()):
                if isinstance(other, Dim) and other.name == d.name:
                    n = dimension(r, v, axis)
                    more = d.offset - other.offset
                    return n if not more else r.b.emit("add", [n, Const(more)])
    return None
