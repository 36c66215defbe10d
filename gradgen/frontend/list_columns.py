"""Long lists for compiled code: each column of numbers is an array, made where the function begins.

Numba has no lists of records.  What is asked of such a list is its length, and numbers in its rows;
where more is asked, the list is taken apart.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from gradgen.diff.activity import carried, ends
from gradgen.errors import UnsupportedError
from gradgen.frontend.pointers import Row
from gradgen.ir.nodes import Block, Function, Leaf, Op, Undefined, Value, replace_uses, walk
from gradgen.ir.types import Type, array, fresh_dim, integer

Keys = tuple[tuple[str, Any], ...]  # the way from a row to a number


def make_columns(function: Function) -> None:
    """Let arrays stand for the columns of long lists, in place.

    Raises
    ------
    UnsupportedError
        Where more is asked of a list than its length and numbers in it.
    """
    found = [leaf for leaf in function.leaves if _is_list(leaf.value)]
    for leaf in found:
        if leaf.value.op is not None:
            _Columns(function, leaf, leaf.value.op).make()


def _is_list(v: Value) -> bool:
    return v.op is not None and "classes" in v.op.attrs


class _Columns:
    """The columns of one list."""

    def __init__(self, function: Function, leaf: Leaf, op: Op) -> None:
        self.function, self.leaf, self.op = function, leaf, op
        self.made: dict[Keys, Value] = {}
        self.uses: dict[Value, list[Op]] = {}
        self.handed: set[Value] = set(function.body.results)
        for each in walk(function.body):
            self.handed.update(v for block in each.blocks for v in block.results)
            for v in each.inputs:
                self.uses.setdefault(v, []).append(each)

    def make(self) -> None:
        """Read from columns what is read from the list."""
        items, gone = self.leaf.value, set[Op]()
        rows: dict[Value, Value] = {}  # each with its place in the list
        item = self.op.attrs["type"].item  # which still tells what a row is
        assert item is not None
        for use in self._uses(items):
            if use.prim == "len":
                use.inputs = [self._column(*_first(item, ()))]
            elif use.prim != "load" or use.attrs["index"] != "i" or use.inputs[0] is not items:
                self._refuse(use)
            elif item.is_scalar:
                use.inputs = [self._column((), item), use.inputs[1]]
            else:
                rows[use.out] = use.inputs[1]
                gone.add(use)
        self._follow(rows)
        for row, place in rows.items():
            self._row(self.uses.get(row, []), (), place)
        _remove(self.function.body, gone)
        replace_uses(self.function.body, {row: at for row, at in rows.items() if at is not row})
        columns = [v.op for v in self.made.values() if v.op is not None]
        self._replace(columns)

    def _follow(self, rows: dict[Value, Value]) -> None:
        """Let loops and branches that hand rows on hand on their places."""
        groups = [*_handed_on(self.function.body)]
        known = -1
        while len(rows) > known:
            known = len(rows)
            for group in groups:
                if any(v in rows for v in group):
                    self._hand_on(group, rows)
        if any(v in rows for v in self.function.body.results):
            self._refuse(self.op)

    def _hand_on(self, group: list[Value], rows: dict[Value, Value]) -> None:
        for v in group:
            if v in rows or isinstance(v, Undefined):
                continue
            if v.type.kind != "opaque" or (v.op is not None and not v.op.blocks):
                self._refuse(self.op)
            rows[v], v.type = v, integer()

    def _row(self, uses: list[Op], way: Keys, place: Value) -> None:
        """Read from columns what is read from a row, or from a row in one."""
        for use in uses:
            if use.blocks and not way:
                continue  # it hands the row on
            if use.prim != "field":
                self._refuse(use)
            keys = (*way, use.attrs["key"])
            if use.out.type.is_scalar:
                use.prim, use.attrs = "load", {"index": "i"}
                use.inputs = [self._column(keys, use.out.type), place]
            else:
                self._row(self._uses(use.out), keys, place)

    def _uses(self, v: Value) -> list[Op]:
        if v in self.handed or v.type.kind not in ("list", "opaque"):
            self._refuse(self.op)
        return self.uses.get(v, [])

    def _column(self, keys: Keys, t: Type) -> Value:
        if keys not in self.made:
            type_ = array(t.dtype, (fresh_dim(),))
            name = "_".join([self.leaf.value.name or self.leaf.param, *(str(k) for _, k in keys)])
            out = Value(type_, name, self.op.span)
            out.user = True
            path = (*self.leaf.path, ("column", keys))
            attrs = {"param": self.leaf.param, "path": path, "type": type_}
            attrs["classes"] = self.op.attrs["classes"]
            out.op = Op("leaf", [], [out], attrs, self.op.span)
            self.made[keys] = out
        return self.made[keys]

    def _replace(self, columns: list[Op]) -> None:
        """Put the columns in the place of the list, among the operations and leaves."""
        ops, leaves = self.function.body.ops, self.function.leaves
        at, k = ops.index(self.op), leaves.index(self.leaf)
        ops[at : at + 1] = columns or [self.op]
        leaves[k : k + 1] = [Leaf(self.leaf.param, op.attrs["path"], op.out) for op in columns]

    def _refuse(self, op: Op) -> None:
        raise UnsupportedError(f"{op.prim} of a list for compiled code", op.span)


def _first(t: Type, keys: Keys) -> tuple[Keys, Type]:
    """Return the way to the first number in a row, and its type."""
    if t.is_scalar:
        return keys, t
    found = _number_in(t.of.kind, keys) if t.of is not None else None
    if found is None:
        raise UnsupportedError("the length of a list of rows without numbers, for compiled code")
    return found


def _number_in(row: Row, keys: Keys) -> tuple[Keys, Type] | None:
    for key, item in zip(row.keys, row.items, strict=True):
        way = (*keys, row.step(key))
        if isinstance(item, Type) and item.is_scalar:
            return way, item
        found = _number_in(item, way) if isinstance(item, Row) else None
        if found is not None:
            return found
    return None


def _handed_on(block: Block) -> Iterator[list[Value]]:
    """Yield what may be one value, of what loops carry and branches result in."""
    for op in walk(block):
        if op.prim in ("for", "while"):
            params, inits = carried(op)
            groups = [end.results for end in ends(op.blocks[-1])]
            tested = op.blocks[0].params if op.prim == "while" else params
            for k, p in enumerate(params):
                yield [p, inits[k], tested[k], op.outputs[k], *(g[k] for g in groups)]
        elif op.prim == "if":
            sides = [inner.results for inner in op.blocks if inner.end == "yield"]
            for k, v in enumerate(op.outputs):
                yield [v, *(results[k] for results in sides)]


def _remove(block: Block, gone: set[Op]) -> None:
    block.ops[:] = [op for op in block.ops if op not in gone]
    for op in block.ops:
        for inner in op.blocks:
            _remove(inner, gone)
