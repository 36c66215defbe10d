"""Guards of variables that may not be assigned: kept where the text would not raise by itself.

A guard tests a variable for None, and raises as Python does for a name that stands for nothing.
What reads the variable behind it raises just so, if it is printed there in any case; then the guard
goes.  Where one stays, the variable starts from None; so it does where a turn of a loop before may
have left something in it.
"""

from __future__ import annotations

from gradgen.diff.activity import carried, ends
from gradgen.diff.missing import missing_values, read_for_sure, something_in
from gradgen.diff.unassigned import carrying_none, moves, start_from, start_from_none
from gradgen.ir.nodes import Block, Const, Function, Op, Undefined, Value, blocks_of, walk
from gradgen.ir.partition import Partition
from gradgen.passes.dce import EFFECTS
from gradgen.passes.flags import test_flags


def drop_sure(function: Function, generated: bool = False) -> None:
    """Remove the guards of variables that every path assigns, and the second of two in a row.

    ``generated`` text reads nothing that is not assigned: where the user's would, it raises itself.
    """
    is_something = something_in(function.body, placed=False)
    work: list[tuple[Block, set[Value]]] = [(function.body, set())]
    while work:
        block, tested = work.pop()
        gone: set[Op] = set()
        for op in block.ops:
            v = _guarded(op)
            if v is not None and (generated or v in tested or is_something(v, block)):
                gone.add(op)
            elif v is not None:
                tested.add(v)
            work += [(inner, set(tested)) for inner in op.blocks]
        _remove(block, gone)


def settle_guards(function: Function, every: bool = False) -> None:
    """Keep the guards that the text needs, or ``every`` one; their variables start from None.

    Those of what a list may have given, in which None stands beside numbers, test flags.  In
    compiled code, where a variable cannot be None at one time and a number at another, all do, and
    what the sweep reads in any case starts from something of its type.
    """
    missing = missing_values(function.body, placed=False)
    guards = [(b, op, v) for b in blocks_of(function.body) for op in b.ops if (v := _guarded(op))]
    if function.native:
        test_flags(function.body, [(op, v) for _, op, v in guards], missing)
        _fill(function.body, [v for _, _, v in guards if v.op is None], missing)
        return
    told = _may_be_none(function.body, [v for _, _, v in guards])
    test_flags(function.body, [(op, v) for _, op, v in guards if v in told], missing)
    guards = [(block, op, v) for block, op, v in guards if v not in told]
    if not guards:
        return
    reader, stale = _Reads(function.body), _new_in_turns(function.body)
    stale |= _named_as_before(function.body, {op: v for _, op, v in guards})
    stale |= _assigned_outside(function.body, [v for _, _, v in guards])
    needed = [
        v for block, op, v in guards
        if every or (v in stale or not reader.at_once(v, block, op))
    ]  # fmt: skip
    start_from_none(function.body, needed, missing)
    kept = carrying_none(function.body)
    gone = {op for _, op, v in guards if v not in kept}
    function.raised_for = read_for_sure(function.body) - kept
    for block in {b: None for b, op, _ in guards if op in gone}:
        _remove(block, gone)


def _may_be_none(body: Block, guarded: list[Value]) -> set[Value]:
    """Return what is guarded and may be None where it is assigned, as an item of a list."""
    held = [v for op in walk(body) if not op.blocks and op.outputs for v in _items_put(op)]
    if not guarded or not any(isinstance(v, Const) and v.const is None for v in held):
        return set()
    sources: dict[Value, list[Value]] = {}
    for values, k, target in moves(body):
        sources.setdefault(target, []).append(values[k])
    return {v for v in guarded if _is_from_a_list(v, sources)}


def _items_put(op: Op) -> list[Value]:
    """Return what an operation puts into a list."""
    return op.inputs if op.outputs[0].type.kind == "list" else []


def _is_from_a_list(v: Value, sources: dict[Value, list[Value]]) -> bool:
    found, work, is_item = {v}, [v], False
    while work:
        u = work.pop()
        if isinstance(u, Const) and u.const is None:
            return False  # it starts from None already
        op = u.op
        if op is not None and op.inputs and op.prim in ("load", "pop"):
            is_item = is_item or op.inputs[0].type.kind == "list"
        new = [w for w in sources.get(u, ()) if w not in found]
        found.update(new)
        work += new
    return is_item


def _fill(body: Block, earlier: list[Value], missing: set[Value]) -> None:
    """Let what is read in any case start from something.

    That is what is saved, or asked for its shape, be it never assigned; and what is assigned in an
    ``earlier`` turn of a loop, as Numba wants an assignment before each read in the text.
    """
    unsure = [op.inputs[0] for op in walk(body) if op.attrs.pop("unsure", False)]
    start_from(body, [*unsure, *earlier], missing, lambda: Undefined(unread=True))


def _new_in_turns(body: Block) -> set[Value]:
    """Return what is not assigned at the start of each turn of a loop, as a function's names are.

    In the text, the variable would still hold what the turn before has left in it.
    """
    loops = [op for op in walk(body) if op.prim in ("for", "while")]
    return {v for op in loops for v in missing_values(op.blocks[-1], placed=False)}


def _named_as_before(body: Block, guards: dict[Op, Value]) -> set[Value]:
    """Return what is guarded and has the name of another variable before it.

    So it is where a function is read in two places: the text may use one variable for both, which
    the first has left assigned.
    """
    webs, groups = Webs(body), dict[str, set[Value]]()
    out: set[Value] = set()
    for op in walk(body):
        v = guards.get(op)
        if v is not None and any(u is not webs.root(v) for u in groups.get(v.name, ())):
            out.add(v)
        for u in (*op.outputs, *(p for block in op.blocks for p in block.params)):
            if u.name:
                groups.setdefault(u.name, set()).add(webs.root(u))
    return out


def _assigned_outside(body: Block, guarded: list[Value]) -> set[Value]:
    """Return what is guarded and has its name from before the branch that assigns it.

    What one side hands on was computed before, and the text assigns it there, on every path.
    """
    webs, found = Webs(body), set[Value]()
    for op in walk(body):
        for side in op.blocks if op.prim == "if" and op.outputs else ():
            inside = {v for inner in walk(side) for v in inner.outputs}
            inside |= {v for block in blocks_of(side) for v in block.params}
            handed = zip(side.results, op.outputs, strict=True) if side.end == "yield" else ()
            for v, out in handed:
                computed = not isinstance(v, Const | Undefined)
                if computed and v.name == out.name and v not in inside:
                    found.add(webs.root(out))
    return {v for v in guarded if webs.root(v) in found}


class Webs(Partition):
    """Which values are one variable: handed on by branches and loops (union and find)."""

    def __init__(self, body: Block) -> None:
        super().__init__()
        for op in walk(body):
            if op.prim == "if":
                for side in op.blocks:
                    if side.end == "yield":
                        self._join(side.results, op.outputs)
            elif op.prim in ("for", "while"):
                params, inits = carried(op)
                self._join(inits, params)
                self._join(params, op.outputs)
                if op.prim == "while":
                    self._join(params, op.blocks[0].params)
                for end in ends(op.blocks[-1]):
                    self._join(end.results, params)

    def _join(self, sources: list[Value], targets: list[Value]) -> None:
        for a, b in zip(sources, targets, strict=True):
            if isinstance(a, Const | Undefined) or a.name != b.name:
                continue
            self.unite(b, a)


def _guarded(op: Op) -> Value | None:
    """Return the variable that an operation is the guard of."""
    if op.prim != "raise_if" or "guards" not in op.attrs:
        return None
    test = op.inputs[0].op
    return test.inputs[0] if test is not None else None


def _remove(block: Block, gone: set[Op]) -> None:
    """Remove guards of a block, and the tests that nothing else reads."""
    if not gone:
        return
    tests = {op.inputs[0].op for op in gone}
    block.ops = [op for op in block.ops if op not in gone]
    read = {v.op for op in block.ops for v in op.inputs}
    block.ops = [op for op in block.ops if op not in tests or op in read]


class _Reads:
    """Which operations are printed in the block in which they stand, whatever the path."""

    def __init__(self, body: Block) -> None:
        self.body = body
        self.readers: dict[Value, list[Op]] = {}
        self.home: dict[Op, Block] = {}
        for block in blocks_of(body):
            for op in block.ops:
                self.home[op] = block
        for op in walk(body):
            for v in _read_by(op):
                self.readers.setdefault(v, []).append(op)

    def at_once(self, v: Value, block: Block, guard: Op) -> bool:
        """Whether the variable is read behind its guard, before anything else can be seen."""
        for op in block.ops[block.ops.index(guard) + 1 :]:
            if op.derived:
                break
            if v in _read_by(op) and op.prim != "is" and self._printed_in(op, block):
                return True
            if op.prim in EFFECTS and _guarded(op) is None:
                break
        return block is self.body and v in block.results

    def _printed_in(self, op: Op, block: Block) -> bool:
        if len(op.outputs) != 1 or op.blocks:
            return True
        if op.out in block.results:
            return True
        users = self.readers.get(op.out, ())
        return any(self.home[u] is block and self._printed_in(u, block) for u in users)


def _read_by(op: Op) -> list[Value]:
    """Return what an operation reads before its blocks."""
    return op.inputs[: {"for": 3, "while": 0}.get(op.prim)]
