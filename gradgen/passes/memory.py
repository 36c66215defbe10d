"""Which objects a value may be at the moment it exists: the fine companion of ``sharing``.

Each allocation is an object; a loop's parameter is an object of its own (what the last iteration
left there), plus what may come in from outside.  A view that NumPy makes read-only is an object of
its own, too, which is never written to.  A copy inside a loop is therefore apart from the
value it was made from, although the next iteration calls it by the same name.
"""

from __future__ import annotations

from gradgen.deep import deep
from gradgen.diff.activity import carried, ends
from gradgen.ir.nodes import READ_ONLY, WRITES, Block, Op, Value, made_in
from gradgen.ir.types import ANY, Type
from gradgen.passes.lifetimes import SOURCES
from gradgen.passes.row_growth import row_of
from gradgen.passes.sharing import MAKES_LISTS, is_view, shared_by_call

Objects = frozenset[Value]
NOTHING: Objects = frozenset()
REPEATED = Value(Type("list"), "repeated")  # held by lists in which one row may stand twice
NEW_LISTS = ("list_add", "zeros_list", "fill_lists")  # made of new items only


class Memory:
    """The objects that each array or list value may be, found in program order."""

    def __init__(self) -> None:
        self.objects: dict[Value, Objects] = {}
        self.items: dict[Value, Objects] = {}
        self.rows: dict[Value, Objects] = {}
        self.types: dict[Value, Type] = {}  # of lists that are empty when they are made
        self.changed = False

    def of(self, v: Value) -> Objects:
        """Return the objects a value may be, for a list those of its items too."""
        return self.objects.get(v, NOTHING)

    def _own(self, v: Value) -> Objects:
        """Return a new object; for a list of arrays, with one that stands for its items."""
        if v not in self.items:
            item = v.type.innermost if v.type.kind == "list" else None
            # A list that was empty where it was read may have got arrays elsewhere.
            arrays = v.type.kind == "list" and (item is None or not item.is_scalar)
            self.items[v] = frozenset([v, Value(item or ANY)] if arrays else [v])
        return self.items[v]

    def find(self, op: Op) -> None:
        """Find the objects of an operation's results, and of all values inside its blocks."""
        for v in (*op.outputs, *_allocated(op.blocks)):
            self.objects.pop(v, None)
        self.changed = True
        while self.changed:
            self.changed = False
            self._any(op)
            if not op.blocks:
                break

    def _add(self, v: Value, more: Objects) -> None:
        if v.type.is_scalar:
            return
        old = self.objects.get(v, NOTHING)
        more = more.union(*(self._rows(o) for o in more - old if o.type.kind == "list"))
        if not more <= old:
            self.objects[v] = old | more
            self.changed = True

    def _rows(self, o: Value) -> Objects:
        """Return what stands for the lists in a list, at each depth, wherever they go."""
        if o not in self.rows:
            inner, item = [], o.type.item
            while item is not None and item.kind == "list":
                inner.append(Value(item))
                item = item.item
            self.rows[o] = frozenset(inner)
            self.rows.update(dict.fromkeys(inner, NOTHING))
        return self.rows[o]

    @deep
    def _block(self, block: Block) -> None:
        for op in block.ops:
            self._any(op)

    def _any(self, op: Op) -> None:
        if op.prim in ("for", "while"):
            self._loop(op)
        elif op.prim == "if":
            for inner in op.blocks:
                self._block(inner)
                if inner.end == "yield":
                    for v, out in zip(inner.results, op.outputs, strict=True):
                        self._add(out, self.of(v))
        else:
            self._operation(op)

    def _operation(self, op: Op) -> None:
        if not op.outputs:
            return
        if op.prim in WRITES or op.prim in ("append", "insert", "extend"):
            held = self.of(op.inputs[0])
            if op.out.type.kind == "list":
                more = self._items(op.inputs[1]) if op.prim == "extend" else self.of(op.inputs[1])
                self._meant(op.inputs[0], op.out.type)
                if op.prim in ("append", "insert") and op.out.type.item is not None:
                    self._meant(op.inputs[1], op.out.type.item)
                more = self._inside(more, op.out.type)
                held |= more if row_of(op) is not None else more | _repeated(held, more)
            self._add(op.out, held)
        elif op.prim == "call":
            for v in op.outputs:
                self._add(v, self._own(v))
            for a, b in shared_by_call(op):
                self._add(b, self.of(a))
        elif op.prim == "pop":
            item, rest = op.outputs
            self._add(rest, self.of(op.inputs[0]))
            held = self.of(op.inputs[0])
            if not op.attrs.get("own"):  # else it was copied to be kept, and is in no other place
                self._add(item, frozenset(o for o in held if o.type.kind != "list"))
            if item.type.kind == "list" or op.attrs.get("own"):
                self._add(item, frozenset([item]))
        elif op.prim == "load" and op.inputs[0].type.kind == "list":
            fresh = frozenset([op.out] if op.out.type.kind == "list" else [])
            found = self._items(op.inputs[0])
            if set(op.attrs["index"]) <= {"s", ":"}:  # a list of its own, with the same items
                found = self._inside(found, op.out.type)
            self._add(op.out, fresh | found)
        elif op.prim in (*NEW_LISTS, "leaf", "captured"):
            self._add(op.out, self._own(op.out))
        elif op.prim == "copy" and op.attrs.get("rows"):
            arrays = frozenset(o for o in self.of(op.inputs[0]) if o.type.kind != "list")
            self._add(op.out, self._own(op.out) | arrays)
        elif op.out.type.kind == "list":
            items = self.of if op.prim in MAKES_LISTS else self._items
            held = NOTHING
            for more in map(items, op.inputs):
                more = self._inside(more, op.out.type)
                held |= more | _repeated(held, more)
            if op.prim == "repeat_list":
                held |= _repeated(held, held)
            self._add(op.out, frozenset([op.out]) | held)
        elif is_view(op):
            locked = frozenset([op.out] if op.prim in READ_ONLY else [])
            self._add(op.out, locked | self.of(op.inputs[0]))
        elif op.prim == "stretch":
            self._add(op.out, frozenset([op.out]) | self.of(op.inputs[1]))
        else:
            for v in op.outputs:
                self._add(v, frozenset([v]))

    def _items(self, v: Value) -> Objects:
        """Return the objects that the items of a list may be; of anything else, all of it."""
        held, item = self.of(v), v.type.item
        if v.type.kind != "list" or (item is not None and item.kind == "list"):
            return held
        return frozenset(o for o in held if o.type.kind != "list")

    def _meant(self, v: Value, t: Type) -> None:
        """Note what an empty list is a list of, from where it first goes."""
        if v.type.kind == "list" and v.type.item is None and t.kind == "list":
            self.types.setdefault(v, t)

    def depth(self, o: Value) -> int:
        """Return how many lists are in one another in an object, as far as that is known."""
        return depth(self.types.get(o, o.type))

    def _inside(self, objects: Objects, holder: Type) -> Objects:
        """Return those of the objects that can be inside a list: lists as deep as it are not."""
        most = depth(holder)
        if most < 0:
            return objects
        return frozenset(o for o in objects if o.type.kind != "list" or self.depth(o) < most)

    def _loop(self, op: Op) -> None:
        body = op.blocks[-1]
        params, inits = carried(op)
        inside = _allocated([body])
        inside = inside.union(*(self._rows(o) for o in inside if o.type.kind == "list"))
        groups = [end.results for end in ends(body)]
        for k, p in enumerate(params):
            self._meant(inits[k], p.type)
            left = NOTHING.union(*(self.of(g[k]) for g in groups))
            coming = self.of(inits[k]) | (left - inside) | _locked(left)
            self._add(p, self._own(p) | coming)
            if op.prim == "while":
                self._add(op.blocks[0].params[k], self.of(p))
        for group in groups:
            self._entangle(params, group)
        for b in op.blocks:
            self._block(b)
        for k, out in enumerate(op.outputs):
            self._add(out, self.of(params[k]).union(*(self.of(g[k]) for g in groups)))

    def _entangle(self, params: list[Value], group: list[Value]) -> None:
        """Two parameters that can hold one object after an iteration may be the same."""
        holders: dict[Value, list[int]] = {}
        for k, v in enumerate(group):
            for o in self.of(v) - {REPEATED}:
                holders.setdefault(o, []).append(k)
        for o, ks in holders.items():
            of_a_list = o.type.kind == "list"
            alike = [params[k] for k in ks if (params[k].type.kind == "list") == of_a_list]
            for p in [params[k] for k in ks] if alike else ():
                if p.type.kind == "list" or not of_a_list:
                    self._add(p, NOTHING.union(*(self._met(q, o) for q in alike if q is not p)))

    def _met(self, p: Value, o: Value) -> Objects:
        """Return what a parameter holds that may be an object: itself, or lists inside it."""
        level = self.depth(o)
        if o.type.kind != "list" or level < 0 or depth(p.type) <= level:
            return frozenset([p])
        return frozenset(row for row in self._rows(p) if depth(row.type) <= level)


def depth(t: Type) -> int:
    """Return how many lists are in one another; -1 if that is not known, 0 for no list."""
    levels = 0
    while t.kind == "list":
        if t.item is None:
            return -1
        levels, t = levels + 1, t.item
    return levels


def _repeated(held: Objects, more: Objects) -> Objects:
    """Return the mark of lists in which one list stands twice, where that may be."""
    twice = any(o.type.kind == "list" for o in held & more)
    return frozenset([REPEATED]) if twice else NOTHING


def _locked(objects: Objects) -> Objects:
    """Return those that nobody may write to: they stay what they are in a later iteration."""
    locked = (*READ_ONLY, *SOURCES)
    return frozenset(o for o in objects if o.op is not None and o.op.prim in locked)


def _allocated(blocks: list[Block]) -> Objects:
    return frozenset().union(*map(made_in, blocks))
