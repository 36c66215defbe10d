"""Numbers for values of one hint: two that are alive at once get different ones.

A walk backwards finds where each value is read for the last time.  A walk forwards over what it
noted gives each value the smallest number that no live value of its hint has, and the adjoint of
an argument that of the argument: ``d_w_1`` is that of ``w_1``.  Both are linear in the program:
around a branch only what the branch changed is taken back.
"""

from __future__ import annotations

import heapq
from typing import Any

from gradgen.deep import deep
from gradgen.diff.activity import ends
from gradgen.ir.nodes import Block, Const, Op, Undefined, Value, added_in_place

DEFINE, KILL, MARK, RESTORE = range(4)
Event = tuple[int, list[Value]]


def number_values(
    body: Block, hint: dict[Value, str], folded: set[Value], partners: dict[Value, list[Value]]
) -> dict[Value, int]:
    """Return a number for every value with a hint; partners share one where they can."""
    return _Numbering(hint, partners).run(_Lives(hint, folded).events(body))


class _Lives:
    """Notes in reverse order where values are defined and where they are read for the last time."""

    def __init__(self, hint: dict[Value, str], folded: set[Value]) -> None:
        self.hint, self.folded = hint, folded
        self.live: set[Value] = set()
        self.trail: list[Value] = []
        self.noted: list[Event] = []
        self.kept: dict[Block, Value | None] = {}

    def events(self, body: Block) -> list[Event]:
        """Return definitions and ends of lives, in program order.

        Arguments have their names before items of others are taken out.
        """
        self._block(body, [])
        self._define([op.out for op in body.ops if _is_argument(op)])
        return self.noted[::-1]

    def _toggle(self, v: Value) -> None:
        self.live ^= {v}
        self.trail.append(v)

    def _use(self, v: Value, ended: list[Value]) -> None:
        """Mark a read; a value printed inside an expression reads its operands there."""
        stack = [v]
        while stack:
            u = stack.pop()
            if u in self.folded and u.op is not None:
                stack += u.op.inputs
                for b in u.op.blocks:
                    stack += [*b.results, *(i for o in b.ops for i in o.inputs)]
            elif u in self.hint and u not in self.live:
                self._toggle(u)
                ended.append(u)

    def _uses(self, values: list[Value]) -> None:
        ended: list[Value] = []
        for v in values:
            self._use(v, ended)
        if ended:
            self.noted.append((KILL, ended))

    def _define(self, values: list[Value]) -> None:
        values = [v for v in values if v in self.hint]
        dead = [v for v in values if v not in self.live]
        for v in values:
            if v in self.live:
                self._toggle(v)
        if values:
            self.noted += [(KILL, dead), (DEFINE, values)]

    @deep
    def _block(self, block: Block, through: list[Value]) -> None:
        self._uses([*block.results, *through])
        for op in reversed(block.ops):
            self._op(op, through)
        kept = self.kept.get(block)
        if kept is None or kept in self.live:
            self._define(block.params)
        else:  # it ends at once, so that the index may have its variable
            self._define([p for p in block.params if p is not kept])
            self._define([kept])

    def _op(self, op: Op, through: list[Value]) -> None:
        if len(op.outputs) == 1 and (op.out in self.folded or _is_argument(op)):
            return
        written = _in_place(op)
        for k, out in reversed(written):
            # The results need other variables than what is written to, which is still there then.
            self._define([out])
            self._uses([op.inputs[k]])
        self._define([v for v in op.outputs if all(v is not out for _, out in written)])
        if op.prim == "if":
            self._if(op, through)
        elif op.blocks:
            if op.prim == "for":
                self.kept[op.blocks[0]] = self._kept_index(op.blocks[0])
            self._uses(_free_values(op))
            free = _free_values(op)
            for b in reversed(op.blocks):
                tests = op.prim == "while" and b is op.blocks[0]
                # What a failing test leaves with is what its block was given.
                self._side(b, [*free, *b.params] if tests else free)
        self._uses(op.inputs)

    def _kept_index(self, body: Block) -> Value | None:
        """Return the variable that every turn of a loop leaves its index in, if it has its name."""
        index, *params = body.params
        last, hint = ends(body), self.hint.get(index)
        for k, p in enumerate(params):
            if hint and self.hint.get(p) == hint and all(b.results[k] is index for b in last):
                return p
        return None

    def _side(self, block: Block, through: list[Value]) -> tuple[dict[Value, bool], list[Value]]:
        """Walk a block from the present state and take that back.

        Returns which values it made live or not, and a list of those to end at its start.
        """
        start, ended = len(self.trail), list[Value]()
        self.noted.append((RESTORE, []))
        self._block(block, through)
        self.noted += [(KILL, ended), (MARK, [])]
        changed = {v: v in self.live for v in self.trail[start:]}
        for v in self.trail[start:]:
            self.live ^= {v}
        del self.trail[start:]
        return changed, ended

    def _if(self, op: Op, through: list[Value]) -> None:
        after: list[Value] = []
        self.noted.append((KILL, after))
        sides = [self._side(b, through if b.end != "yield" else []) for b in reversed(op.blocks)]
        for v in dict.fromkeys(v for changed, _ in sides for v in changed):
            before = v in self.live
            if any(changed.get(v, before) for changed, _ in sides):
                for changed, ended in sides:
                    if not changed.get(v, before):
                        ended.append(v)
                if not before:
                    after.append(v)
                    self._toggle(v)


def _is_argument(op: Op) -> bool:
    """Whether this is an argument as a whole, no item of one."""
    return op.prim == "leaf" and not op.attrs["path"]


def _in_place(op: Op) -> list[tuple[int, Value]]:
    """Return the inputs that are written to, and what each is then, beside other results."""
    if op.prim == "pop":
        return [(0, op.outputs[1])]
    pairs = added_in_place(op) if op.prim == "call" else []
    return [(k, op.outputs[i]) for k, i in pairs]


class _Numbering:
    """Gives numbers in program order, and takes them back where lives end."""

    def __init__(self, hint: dict[Value, str], partners: dict[Value, list[Value]]) -> None:
        self.hint, self.partners = hint, partners
        self.number: dict[Value, int] = {}
        self.taken: dict[str, set[int]] = {h: set() for h in hint.values()}
        self.spare: dict[str, list[int]] = {h: [] for h in hint.values()}
        self.count: dict[str, int] = dict.fromkeys(hint.values(), 0)
        self.trail: list[tuple[str, int]] = []
        self.depth = 0  # how many blocks are open

    def run(self, events: list[Event]) -> dict[Value, int]:
        """Return the number of every value."""
        marks: list[int] = []
        for kind, values in events:
            if kind == DEFINE:
                for v in values:
                    self.number[v] = self._choose(v)
                    self._toggle(self.hint[v], self.number[v])
            elif kind == KILL:
                for v in values:
                    if self.number.get(v) in self.taken[self.hint[v]]:
                        self._toggle(self.hint[v], self.number[v])
            elif kind == MARK:
                marks.append(len(self.trail))
            else:
                self._restore(marks.pop())
            self.depth = len(marks)
        return self.number

    def _toggle(self, hint: str, k: int) -> None:
        self.trail.append((hint, k))
        self._flip(hint, k)

    def _flip(self, hint: str, k: int) -> None:
        taken = self.taken[hint]
        if k in taken:
            taken.remove(k)
            heapq.heappush(self.spare[hint], k)
        else:
            taken.add(k)

    def _restore(self, mark: int) -> None:
        while len(self.trail) > mark:
            self._flip(*self.trail.pop())

    def _choose(self, v: Value) -> int:
        hint = self.hint[v]
        taken, spare = self.taken[hint], self.spare[hint]
        partners = self.partners.get(v, [])
        # What a test is given is the variable of the turns, which come after it in the program.
        beyond = [w for u in partners if u not in self.number for w in self.partners.get(u, ())]
        for u in (*partners, *beyond):
            if u in self.number and self.hint[u] == hint and self.number[u] not in taken:
                return self.number[u]
        wanted = self._wanted(v)
        if wanted is not None and wanted not in taken:
            return self._take(hint, wanted)
        while spare:
            k = heapq.heappop(spare)
            if k not in taken:
                return k
        self.count[hint] += 1
        return self.count[hint] - 1

    def _wanted(self, v: Value) -> int | None:
        """Return the number of the argument that this is the adjoint of, outside loops.

        Not where an adjoint of the same name ends: that one's variable goes on.
        """
        if v.of is None or v.op is None or self.depth:
            return None
        if v.of.op is None or v.of.op.prim != "leaf":
            return None
        hint = self.hint[v]
        going = (u for u in v.op.inputs if self.hint.get(u) == hint)
        if any(self.number.get(u) not in self.taken[hint] for u in going):
            return None
        return self.number.get(v.of)

    def _take(self, hint: str, k: int) -> int:
        """Take a number that may lie beyond the next one: those between are spare."""
        for other in range(self.count[hint], k):
            heapq.heappush(self.spare[hint], other)
        self.count[hint] = max(self.count[hint], k + 1)
        return k


def _free_values(op: Op) -> list[Value]:
    """Return what a loop's blocks read from outside."""
    inside: set[Value] = set()
    read: dict[Value, Any] = {}
    stack = list(op.blocks)
    while stack:
        b = stack.pop()
        inside.update(b.params)
        read.update(dict.fromkeys(b.results))
        for o in b.ops:
            inside.update(o.outputs)
            read.update(dict.fromkeys(o.inputs))
            stack += o.blocks
    return [v for v in read if v not in inside and not isinstance(v, Const | Undefined)]
