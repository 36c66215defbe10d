"""The part of a reader's state that depends on the path: names, and what memory holds.

A branch is read twice from one state, a loop's body several times; a ``State`` is what has to be
put back.  Contents of boxes (lists, dicts, objects) are kept for those that were ever filled anew;
the others still hold what they were made with.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from gradgen.dataclass import dataclass
from gradgen.frontend.parts import contents, refill
from gradgen.frontend.reader import Reader
from gradgen.frontend.values import Box, Storage
from gradgen.ir.nodes import Block, Callee, Op, Value, next_id

EFFECTS = ("effect", "draw")


@dataclass(slots=True, eq=False)
class State:
    """Names of the frame, newest versions of storages, contents of boxes; when it was taken."""

    names: dict[str, Any]
    versions: dict[Storage, Value]
    boxes: dict[Box, Any]
    time: int

    def knows(self, thing: Storage | Box | Value) -> bool:
        """Whether a storage, box or value existed when the state was taken."""
        return thing.id < self.time

    def contents(self, r: Reader, box: Box) -> Any:
        """Return what a box held in this state."""
        if box in self.boxes:
            return self.boxes[box]
        return r.filled[box] if box in r.filled else contents(box)


def snapshot(r: Reader) -> State:
    """Return the state as it is now."""
    boxes = {box: contents(box) for box in r.filled}
    return State(dict(r.frame.names), dict(r.versions), boxes, next_id())


def restore(r: Reader, state: State) -> None:
    """Go back to a state."""
    r.frame.names, r.versions = dict(state.names), dict(state.versions)
    for box in r.filled:
        refill(box, state.contents(r, box))


def has_effects(r: Reader, work: Callable[[], Any]) -> bool:
    """Whether something that is computed writes, prints or draws; it is not done."""
    before = snapshot(r)
    with r.b.into(Block()) as block:
        work()
    boxes = [(contents(box), before.contents(r, box)) for box in r.filled if before.knows(box)]
    wrote = (
        any(r.versions.get(k) is not v for k, v in before.versions.items())
        or any(r.frame.names.get(k) is not v for k, v in before.names.items())
        or any(not same_contents(*pair) for pair in boxes)
    )
    restore(r, before)
    return wrote or acts(block.ops)


def acts(ops: Iterable[Op], known: set[Callee] | None = None) -> bool:
    """Whether operations, or functions that they call, print or draw random numbers."""
    known = set() if known is None else known
    for op in ops:
        callee = op.attrs.get("callee")
        if op.prim in EFFECTS or any(acts(block.ops, known) for block in op.blocks):
            return True
        if isinstance(callee, Callee) and callee.function is not None and callee not in known:
            known.add(callee)
            if acts(callee.function.body.ops, known):
                return True
    return False


def same_contents(now: Any, before: Any) -> bool:
    """Whether a container holds the same things as before."""
    if now is before:
        return True
    if isinstance(now, dict) and isinstance(before, dict):
        return now.keys() == before.keys() and all(v is before[k] for k, v in now.items())
    if isinstance(now, list) and isinstance(before, list):
        return len(now) == len(before) and all(map(operator.is_, now, before))
    return False


def place(r: Reader) -> int:
    """Return where the next operation goes, not counting what is read from outside."""
    return len(r.b.block.ops) - _captured(r)


def go_back(r: Reader, to: int) -> None:
    """Drop the operations from a place on; what is read from outside stays at the top."""
    del r.b.block.ops[_captured(r) + to :]


def since(r: Reader, to: int) -> list[Op]:
    """Return the operations from a place on."""
    return r.b.block.ops[_captured(r) + to :]


def _captured(r: Reader) -> int:
    ops = r.b.block.ops
    return next((k for k, op in enumerate(ops) if op.prim != "captured"), len(ops))


@contextmanager
def at(r: Reader, state: State) -> Iterator[None]:
    """Read as of another state."""
    now = snapshot(r)
    restore(r, state)
    try:
        yield
    finally:
        restore(r, now)
