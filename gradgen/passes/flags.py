"""Flags of variables that may not be assigned, in compiled code.

There a variable always holds something of its type, zero or what was left in it, and none raises by
itself.  So a flag goes along with each that a guard is for: set where the variable is assigned,
handed on by the same branches and loops, and tested by the guard.  What every path assigns has no
guard, and so no flag.
"""

from __future__ import annotations

from collections.abc import Iterable

from gradgen.diff.activity import carried, ends
from gradgen.diff.unassigned import moves
from gradgen.ir.nodes import Block, Const, Op, Undefined, Value, walk
from gradgen.ir.types import BOOL


def test_flags(body: Block, guards: Iterable[tuple[Op, Value]], missing: set[Value]) -> None:
    """Have guards test flags of their variables, which branches and loops hand on."""
    flags = _Flags(missing, _sources(body, [v for _, v in guards], missing))
    for op in walk(body):
        if op.prim == "if":
            flags.branch(op)
        elif op.prim in ("for", "while"):
            flags.loop(op)
    flags.fill()
    for guard, v in guards:
        test = guard.inputs[0].op
        assert test is not None
        test.prim, test.inputs, test.attrs = "not", [flags.of(v)], {}


def _sources(body: Block, chosen: list[Value], missing: set[Value]) -> set[Value]:
    """Return variables that may not be assigned, and those that they come from."""
    sources: dict[Value, list[Value]] = {}
    for values, k, target in moves(body, swept=True):
        sources.setdefault(target, []).append(values[k])
    found, work = set(chosen), list(chosen)
    while work:
        new = [u for u in sources.get(work.pop(), ()) if u in missing and u not in found]
        found.update(new)
        work += new
    return found


class _Flags:
    """The flags of a function's variables; ``wanted`` have one."""

    def __init__(self, missing: set[Value], wanted: set[Value]) -> None:
        self.missing, self.wanted = missing, wanted
        self.found: dict[Value, Value] = {}
        self.ends: list[tuple[list[Value], Value]] = []

    def of(self, v: Value) -> Value:
        """Return whether a value is assigned: True, False, or its flag."""
        if isinstance(v, Undefined):
            return Const(v.unread)
        return self.found[v] if v in self.missing else Const(True)

    def branch(self, op: Op) -> None:
        """Let a branch hand on the flags of what it gives."""
        for k, out in enumerate(list(op.outputs)):
            if out in self.wanted:
                self.ends += [(side.results, side.results[k]) for side in op.blocks]
                op.outputs.append(self._flag(out, op))

    def loop(self, op: Op) -> None:
        """Let a loop carry the flags of what it carries."""
        params, inits = carried(op)
        body = op.blocks[-1]
        for k, (p, out) in enumerate(zip(list(params), list(op.outputs), strict=True)):
            held = [op.blocks[0].params[k]] if op.prim == "while" else []
            if self.wanted.isdisjoint((p, out, *held)):
                continue
            self.ends.append((op.inputs, inits[k]))
            self.ends += [(end.results, end.results[k]) for end in ends(body)]
            op.outputs.append(self._flag(out, op))
            body.params.append(self._flag(p))
            for q in held:
                op.blocks[0].params.append(self._flag(q))

    def _flag(self, v: Value, op: Op | None = None) -> Value:
        flag = Value(BOOL, f"{v.name or 'value'}_assigned", v.span)
        flag.op = op
        self.found[v] = flag
        return flag

    def fill(self) -> None:
        """Hand on the flags, all of which there are by now."""
        for values, source in self.ends:
            values.append(self.of(source))
