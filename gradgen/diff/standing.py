"""Values that still stand in an array or list when the reverse sweep comes: it reads them there.

A loop that fills a table, ``R[i, j]`` from ``R[i - 1, j]``, leaves in it all that it computed, so
that nothing of it has to be kept beside it.  This holds where no later turn writes to the place of
the value, which the distance between the two subscripts decides: one that is a constant in each
loop says which turn meets which place, and when (dependence distances: Allen and Kennedy,
*Optimizing Compilers for Modern Architectures*, 2002, chapter 2).
"""

from __future__ import annotations

from gradgen.dataclass import dataclass
from gradgen.diff.activity import carried
from gradgen.diff.carry import Carrier
from gradgen.ir.nodes import (
    SUBSCRIPTS,
    Block,
    Const,
    Op,
    Value,
    subscripts,
    walk,
    written_inputs,
)
from gradgen.ir.types import Type, least_length
from gradgen.passes.sharing import Sharing

NO_BOUND = -(1 << 60)
MANY = 50  # writes to one array in one loop: more are not compared with each read
Ends = dict[str, int | None]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value stands: an array behind the outermost loop, and the subscripts in it."""

    array: Value
    subscripts: list[Value]


class Standing:
    """Finds, for a plan of saves, the values that stand in arrays."""

    def __init__(self, carrier: Carrier, sharing: Sharing) -> None:
        self.carrier, self.sharing = carrier, sharing
        self.tables: dict[tuple[Op, Value], Value | None] = {}
        self.writes: dict[tuple[Op, Value], list[Op]] = {}
        self.current: set[Op] = set()
        self.last: dict[Op | Value, int] = {}  # where the last write to memory is, and operations
        self.position: dict[Block, dict[Op, int]] = {}
        self.stored: dict[Value, Op] = {}
        for op in walk(carrier.top):
            if op.prim == "store" and not op.reverse:
                self.stored.setdefault(op.inputs[1], op)

    def place(self, v: Value) -> Place | None:
        """Return where a value of a loop stands afterwards, None if nowhere for sure."""
        home = self.carrier.home[v]
        path = self.carrier.path(home)
        access = self._access(v, home)
        if access is None or not path or path[0][0].prim != "for":
            return None
        if any(op.prim not in ("for", "if") for op, _ in path):
            return None
        outer, array = path[0][0], _container(access)
        table = self._table(outer, array)
        if table is None or access not in self.current:
            return None
        writes = self.writes[outer, self.sharing.root(array)]
        if len(writes) > MANY or not all(self._past(write, access) for write in writes):
            return None
        return Place(table, _subscripts(access))

    def _access(self, v: Value, home: Block) -> Op | None:
        """Return the operation that reads a value from its place, or puts it there."""
        op = v.op
        if op is None or v.type.kind not in ("float", "int", "bool"):
            return None
        if op.prim != "load":
            found = self.stored.get(v)
            if found is None or self.carrier.home[found.out] is not home:
                return None
            op = found
        if not _plain(op):
            return None
        kept = _entry_type(_container(op).type, len(_subscripts(op)))
        return op if kept is not None and kept.dtype == v.type.dtype else None

    def _table(self, outer: Op, array: Value) -> Value | None:
        """Return an array behind a loop, None where the loop may have several versions of it.

        ``current`` becomes the accesses to the newest version.
        """
        root = self.sharing.root(array)
        key = outer, root
        if key not in self.tables:
            versions = [v for v in carried(outer)[1] if self._is(v, root)]
            start = versions[0] if len(versions) == 1 else None
            if not versions and self.carrier.home.get(array) is self.carrier.top:
                start = array
            if (not versions or array.type.kind == "list") and not self._last_write(outer, array):
                start = None
            self.tables[key] = None if start is None else self._after_loop(outer, start, root)
            writes = (
                op for op in walk(outer.blocks[0]) if op in self.current and op.prim != "load"
            )
            self.writes[key] = [op for op in writes if self._is(op.out, root)]
        return self.tables[key]

    def _last_write(self, outer: Op, array: Value) -> bool:
        """Whether nothing writes to an array or list behind a loop."""
        top = self.carrier.top
        if not self.last:
            for k, op in enumerate(top.ops):
                self.last[op] = k
                for inner in (op, *(o for b in op.blocks for o in walk(b))):
                    for i in () if inner.reverse else written_inputs(inner):
                        self.last[self.sharing.root(inner.inputs[i])] = k
        return self.last.get(self.sharing.root(array), -1) <= self.last[outer]

    def _after(self, op: Op, now: Value, root: Value, ends: Ends) -> Value | None:
        """Return the version of an array behind an operation, None if there may be two."""
        if op.prim == "for":
            return self._after_loop(op, now, root)
        if op.prim == "if":
            return self._after_choice(op, now, root, ends)
        inside = [inner for b in op.blocks for inner in walk(b)]
        written = [
            o for o in (op, *inside) if any(self._is(o.inputs[k], root) for k in written_inputs(o))
        ]
        if written and (written != [op] or not _plain(op) or op.inputs[0] is not now):
            return None
        if written and op.inputs[1].type.kind == "list":
            return None  # the row may be written to by another name
        if _plain(op) and _container(op) is now:
            self.current.add(op)
        return op.out if written else now

    def _after_loop(self, loop: Op, now: Value, root: Value) -> Value | None:
        params, inits = carried(loop)
        places = [k for k, v in enumerate(inits) if self._is(v, root)]
        if len(places) > 1 or any(inits[k] is not now for k in places):
            return None
        k = places[0] if places else None
        inside, behind = (now, now) if k is None else (params[k], loop.outputs[k])
        ends: Ends = {"continue": k, "break": k}
        return behind if self._follow(loop.blocks[0], inside, root, ends) else None

    def _after_choice(self, op: Op, now: Value, root: Value, ends: Ends) -> Value | None:
        outs = [k for k, v in enumerate(op.outputs) if self._is(v, root)]
        if len(outs) > 1:
            return None
        ends = {**ends, "yield": outs[0] if outs else None}
        if not all(self._follow(block, now, root, ends) for block in op.blocks):
            return None
        return op.outputs[outs[0]] if outs else now

    def _follow(self, block: Block, now: Value, root: Value, ends: Ends) -> bool:
        """Whether each version of an array in a block is made from the one before, to its end.

        ``ends`` says which of the results is the array, None if it must still be as it was.
        """
        start = now
        for op in block.ops:
            after = now if op.reverse else self._after(op, now, root, ends)
            if after is None:
                return False
            now = after
        if block.end == "tail":
            return True
        k = ends[block.end]
        return now is (start if k is None else block.results[k])

    def _is(self, v: Value, root: Value) -> bool:
        return v.type.kind in ("array", "list") and self.sharing.root(v) is root

    # --- which comes first -------------------------------------------------------------------

    def _past(self, write: Op, access: Op) -> bool:
        """Whether a write never comes to the place of an access after it."""
        around, other = self._around(access), self._around(write)
        common = [b for b, c in zip(around, other, strict=False) if b is c]
        distances = self._distances(write, access, common)
        if distances is None:
            return True
        for block in common:
            loop, _ = self.carrier.owner[block]
            if loop.prim != "for":
                continue
            later = distances.get(block.params[0])
            if later is None or later > 0:
                return False
            if later < 0:
                return True
        return write is access or self._stands_before(write, access, common[-1])

    def _distances(self, write: Op, access: Op, common: list[Block]) -> dict[Value, int] | None:
        """Return in which turns, after that of an access, a write meets its place.

        For each loop around both of which that is known; None where it never does.
        """
        indices = [b.params[0] for b in common if self.carrier.owner[b][0].prim == "for"]
        out: dict[Value, int] = {}
        for v, u in zip(_subscripts(write), _subscripts(access), strict=False):
            (base, k), (other, j) = _affine(v), _affine(u)
            if base is not other or min(self._least(v), self._least(u)) < 0:
                continue  # a subscript below zero counts from the end
            if base is None:
                if k != j:
                    return None
            elif base in indices:
                loop, _ = self.carrier.owner[self.carrier.home[base]]
                step = loop.inputs[2]
                if not isinstance(step, Const):
                    continue
                up = (step.const > 0) != bool(loop.attrs.get("backwards"))
                later = j - k if up else k - j
                if out.setdefault(base, later) != later:
                    return None
        return out

    def _around(self, op: Op) -> list[Block]:
        """Return the blocks around an operation, outermost first."""
        home = self.carrier.home[op.out]
        return [block for _, block in self.carrier.path(home)]

    def _stands_before(self, write: Op, access: Op, block: Block) -> bool:
        """Whether a write stands before an access in a turn, or on the other side of a branch."""
        if block not in self.position:
            self.position[block] = {op: k for k, op in enumerate(block.ops)}
        first, second = (self.position[block][self._within(op, block)] for op in (write, access))
        return first <= second

    def _within(self, op: Op, block: Block) -> Op:
        """Return the operation of a block in which another stands."""
        home = self.carrier.home[op.out]
        while home is not block:
            op, home = self.carrier.owner[home]
        return op

    def _least(self, v: Value, depth: int = 0) -> int:
        """Return a number than which an integer is surely not less."""
        if isinstance(v, Const):
            return v.const if isinstance(v.const, int) else NO_BOUND
        known = v.type.value
        if known is not None:
            least = least_length(known)
            return NO_BOUND if least is None else least
        base, k = _affine(v)
        if base is None or depth > 4:
            return NO_BOUND
        block = self.carrier.home.get(base)
        if base.op is not None or block is None or block not in self.carrier.owner:
            return NO_BOUND
        loop, _ = self.carrier.owner[block]
        if loop.prim != "for" or base is not block.params[0]:
            return NO_BOUND
        start, stop, step = loop.inputs[:3]
        if not isinstance(step, Const):
            return NO_BOUND
        up = step.const > 0
        return k + (self._least(start, depth + 1) if up else self._least(stop, depth + 1) + 1)


def _plain(op: Op) -> bool:
    """Whether an operation reads or writes one place of an array or list, by integers."""
    if op.prim not in SUBSCRIPTS or op.attrs.get("slices") or set(op.attrs["index"]) != {"i"}:
        return False
    steps = op.attrs.get("path") or ()
    if any(prim != "load" or n != 1 or attrs != {"index": "i"} for prim, n, attrs in steps):
        return False
    return op.inputs[0].type.kind == "list" or (op.inputs[0].type.kind == "array" and not steps)


def _rows(op: Op) -> list[Op]:
    """Return the reads of rows of lists through which an operation reads, and itself."""
    out = [op]
    while op.prim == "load" and op.inputs[0].type.kind == "list":
        row = op.inputs[0].op
        if row is None or row.prim != "load" or not _plain(row):
            break
        out.insert(0, row)
        op = row
    return out


def _container(op: Op) -> Value:
    """Return the array, or the outermost list, that an operation reads or writes."""
    return _rows(op)[0].inputs[0]


def _subscripts(op: Op) -> list[Value]:
    return [v for row in _rows(op) for v in subscripts(row)]


def _entry_type(t: Type, depth: int) -> Type | None:
    """Return the type of an entry at so many subscripts, None if that is not a number."""
    while t.kind == "list" and t.item is not None and depth:
        t, depth = t.item, depth - 1
    if t.kind == "array":
        return t if t.rank == depth else None
    return t if t.is_scalar and not depth else None


def _affine(v: Value) -> tuple[Value | None, int]:
    """Return an integer as a value and a constant that is added to it; no value for a constant."""
    k = 0
    while not isinstance(v, Const):
        op = v.op
        if op is None or op.prim not in ("add", "sub") or not isinstance(op.inputs[1], Const):
            return v, k
        k += op.inputs[1].const if op.prim == "add" else -op.inputs[1].const
        v = op.inputs[0]
    return None, k + v.const
