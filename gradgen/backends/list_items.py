"""The types of what is in lists, for Numba: it has to know them where a list begins empty.

What was appended first says what a list holds, as a rule.  Where nothing is appended to an empty
list as it is (it is handed on, or an item of another list), it is written as ``_empty_list(item)``;
and where its own type does not say what for, all lists that it may become, or be put into, do.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gradgen.backends.native import VIEWS
from gradgen.deep import deep
from gradgen.diff.activity import carried, ends
from gradgen.ir.nodes import GROWS, WRITES, Function, Op, Value, blocks_of, walk
from gradgen.ir.partition import Partition
from gradgen.ir.types import Type, join

ALIKE = ("copy", "list_add", "lift_list", "stop_gradient")  # what gives a list as it takes


def type_lists(function: Function) -> None:
    """Have empty lists say what they are for, where nothing is appended to them as they are.

    Such lists are handed to functions, chosen by a branch, replaced by others in a loop, or items
    of other lists.
    """
    items: _Items | None = None
    for op in walk(function.body):
        for v, other in _replaced(op):
            if v.op is None or v.op.prim != "list" or v.op.inputs:
                continue
            item = v.type.item if _is_known(v.type.item) else other.type.item
            if not _is_known(item):
                items = items or _Items(function)
                item = items.type_of(v).item
            if _is_known(item):
                v.op.attrs["typed"] = item


def lay_out_items(functions: Sequence[Function]) -> None:
    """Put copies of views into lists, where some list is for arrays of one layout.

    The items of an ``_empty_list`` lie in one piece, as the array that it is made with; a view with
    gaps, or in reversed order, has another type in compiled code.
    """
    everything = [op for f in functions for op in walk(f.body)]
    if not any(_for_arrays(op.attrs.get("typed")) for op in everything):
        return
    for block in (b for f in functions for b in blocks_of(f.body)):
        block.ops = [each for op in block.ops for each in (*_copied(op), op)]


def _for_arrays(item: Type | None) -> bool:
    held = item and item.innermost
    return held is not None and held.kind == "array"


def _copied(op: Op) -> list[Op]:
    """Let an operation put copies of views into a list; return their making."""
    first = op.inputs[0].type.kind if op.inputs else ""
    into = op.prim in ("append", "insert") or (op.prim in WRITES and first == "list")
    places = [1] if into else range(len(op.inputs)) if op.prim in ("list", "push") else ()
    made: list[Op] = []
    for k in (k for k in places if _has_gaps(op.inputs[k])):
        v = op.inputs[k]
        copied = Value(v.type, v.name, v.span)
        copied.op = Op("copy", [v], [copied], {}, op.span, reverse=op.reverse)
        op.inputs[k] = copied
        made.append(copied.op)
    return made


@deep
def _has_gaps(v: Value) -> bool:
    """Whether a value is a view of entries that are not one behind the other, or may be one."""
    op = v.op
    if op is None or v.type.kind != "array":
        return False
    if op.prim == "if":
        return any(_has_gaps(b.results[op.outputs.index(v)]) for b in op.blocks if b.results)
    if op.prim != "load":
        return op.prim in (*VIEWS, "flip", "diag_view")
    index, slices = op.attrs["index"], op.attrs.get("slices", ())
    return not set(index) <= {"i", "s"} or "s" in index[1:] or any(step for *_, step in slices)


def _is_known(item: Type | None) -> bool:
    """Whether it is known what is in a list, and in the lists inside."""
    held = item and item.innermost
    return held is not None and held.kind != "any"


def _replaced(op: Op) -> list[tuple[Value, Value]]:
    """Return the lists that an operation takes, or a branch gives, and by what they go on."""
    if op.prim == "call":
        return list(zip(op.inputs, _parameters(op), strict=True))
    if op.prim in ("append", "insert", "list") or (op.prim in WRITES and len(op.inputs) > 1):
        items = op.out.type.item
        put = op.inputs if op.prim == "list" else op.inputs[1:]
        return [(v, Value(items)) for v in put if items is not None and v.type.kind == "list"]
    if op.prim == "if":
        return [pair for b in op.blocks for pair in zip(b.results, op.outputs, strict=False)]
    if op.prim not in ("for", "while"):
        return []
    params, inits = carried(op)
    found = [zip(params, inits, b.results, strict=False) for b in ends(op.blocks[-1])]
    return [(v, p) for turns in found for p, v, end in turns if _origin(end) is not p]


def _parameters(op: Op) -> list[Value]:
    """Return what says of each argument of a call what is in it: the parameter, if it is one.

    What a function only appends to, its result says.
    """
    callee = op.attrs["callee"]
    backward = op.attrs.get("part") == "backward"
    given = [] if backward else [leaf.value for leaf in callee.function.leaves]
    for k, i in callee.written.items() if not backward else ():
        if not _is_known(given[k].type.item) and i < len(op.outputs):
            given[k] = op.outputs[i]
    return [*given, *op.inputs[len(given) :]][: len(op.inputs)]


@deep
def _origin(v: Value) -> Value:
    """Return the list that was written to until it became another."""
    op = v.op
    if op is None or v.type.kind != "list":
        return v
    if op.prim in (*GROWS, *WRITES):
        return _origin(op.inputs[0])
    if op.prim in ("for", "while"):
        return _origin(carried(op)[1][op.outputs.index(v)])
    if op.prim == "if":
        sides = {_origin(b.results[op.outputs.index(v)]) for b in op.blocks}
        return sides.pop() if len(sides) == 1 else v
    return v


class _Items:
    """What is in the lists of a function: lists that may be one list have items of one class."""

    def __init__(self, function: Function) -> None:
        self.classes = Partition()
        self.item: dict[Value, Value] = {}
        self.known: dict[Value, list[Type]] = {}
        for op in walk(function.body):
            for a, b in _same(op):
                self._unite(a, b)
            for items, v in _put(op):
                self._unite(self._item_of(items), v)

    def type_of(self, v: Value, depth: int = 0) -> Type:
        """Return the type of a value, with all that is known of its items."""
        root = self.classes.root(v)
        if root in self.item and depth < 4:
            return Type("list", item=self.type_of(self.item[root], depth + 1))
        types = [t for t in self.known.get(root, []) if t.kind not in ("any", "opaque", "list")]
        found: Type | None = types[0] if types else None
        for t in types[1:]:
            found = join(found, t) if found is not None else None
        return found or v.type

    def _item_of(self, items: Value) -> Value:
        root = self.classes.root(items)
        return self.item.setdefault(root, Value(root.type.item or Type("any")))

    def _unite(self, a: Value, b: Value) -> None:
        x, y = self.classes.root(a), self.classes.root(b)
        for v in (x, y):
            self.known.setdefault(v, [v.type])
        if x is y:
            return
        self.classes.unite(x, y)
        self.known[x] += self.known.pop(y)
        other = self.item.pop(y, None)
        if other is not None:
            mine = self.item.setdefault(x, other)
            self._unite(mine, other)


def _same(op: Op) -> Iterator[tuple[Value, Value]]:
    """Yield pairs of values of which one may be the other, or has items of the same kind."""
    if op.prim == "if":
        for b in op.blocks:
            yield from zip(op.outputs, b.results, strict=False)
    elif op.prim in ("for", "while"):
        params, inits = carried(op)
        for group in (inits, op.outputs, *(b.results for b in ends(op.blocks[-1]))):
            yield from zip(params, group, strict=False)
    elif op.outputs and op.inputs and op.inputs[0].type.kind == "list":
        if op.prim in (*GROWS, *WRITES):
            yield op.inputs[0], op.outputs[-1]
        if op.prim in ALIKE or (op.prim == "load" and op.attrs["index"] == "s"):
            yield op.inputs[0], op.out
        if op.prim in ("list_add", "extend") or _writes_slice(op):
            yield op.inputs[0], op.inputs[1]


def _put(op: Op) -> Iterator[tuple[Value, Value]]:
    """Yield lists, and what is put into them or taken out."""
    if op.prim in ("list", "repeat_list"):
        yield from ((op.out, v) for v in (op.inputs if op.prim == "list" else op.inputs[:1]))
    elif not op.inputs or op.inputs[0].type.kind != "list":
        return
    elif op.prim in ("append", "insert"):
        yield op.inputs[0], op.inputs[1]
    elif op.prim == "pop":
        yield op.inputs[0], op.outputs[0]
    elif op.prim in WRITES and not _writes_slice(op):
        yield op.inputs[0], op.inputs[1]
    elif op.prim == "load" and op.attrs["index"] == "i":
        yield op.inputs[0], op.out


def _writes_slice(op: Op) -> bool:
    return op.prim in WRITES and op.attrs.get("index") != "i"
