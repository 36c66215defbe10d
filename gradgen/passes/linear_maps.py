"""Sums are pushed through linear maps: what each turn maps and adds up is added up, then mapped.

A mean's adjoint is a sum over points, of a matrix that all points share times a vector of each:
the sum of the vectors, times the matrix once, is the same but for rounding::

    for i in ...:                          for i in ...:
        ...  # what d_y is in this turn        ...
        for j in ...:                          d_y_sum += d_y
            d_e = 0.0                      if there were turns:
            for r in ...:          ->          for j in ...:
                d_e += d_y[r] * a[j, r]            d_e = 0.0
            d_mu[j] -= d_e                         for r in ...:
                                                       d_e += d_y_sum[r] * a[j, r]
                                                   d_mu[j] -= d_e

The loop that is moved is of the reverse sweep, stands in no branch, and does in every turn the
same with the entries of one array: it reads nothing else that depends on the turn, and is linear in
them.  There may be loops between, over components of a mixture; then there is a sum for each.
"""

from __future__ import annotations

from gradgen.deep import deep
from gradgen.diff.activity import carried
from gradgen.diff.rows import Row
from gradgen.ir.builder import Builder
from gradgen.ir.nodes import (
    Block,
    Const,
    Function,
    Op,
    Value,
    blocks_of,
    known_turns,
    made_in,
    replace_uses,
    subscripts,
    takes_all_turns,
    walk,
)
from gradgen.ir.types import FLOAT, INT, Length, array
from gradgen.ir.words import noun
from gradgen.passes.linear import Level, LinearMap, places
from gradgen.passes.turns import Uses, is_only_added_to
from gradgen.rules.shapes_of import length_of

FEWEST = 4  # turns, where they are known, that are worth another loop


def push_sums(function: Function) -> None:
    """Apply linear maps that all turns of a loop share after it, to a sum, in place."""
    for block in list(blocks_of(function.body)):
        for loop in [op for op in block.ops if op.prim == "for"]:
            pushed = _may_gain(loop)
            while pushed:
                pushed = _push_one(function, block, loop)


def _may_gain(loop: Op) -> bool:
    """Whether a loop takes some turns, and has loops of the sweep inside each other in it."""
    turns = known_turns(loop)
    if not takes_all_turns(loop) or (turns is not None and len(turns) < FEWEST):
        return False
    nests = (op for op in walk(loop.blocks[0]) if op.reverse and op.prim == "for")
    return any(op.prim == "for" for nest in nests for op in walk(nest.blocks[0]))


def _push_one(function: Function, block: Block, loop: Op) -> bool:
    """Push one sum out of a loop; tell whether there was one."""
    uses, inside = Uses(function.body), made_in(loop.blocks[0])
    body = loop.blocks[0]
    for p, end in zip(carried(loop)[0], body.results, strict=True):
        if p.type.kind != "array" or p is end or not is_only_added_to(p, end, body, uses):
            continue
        for place in places(p, body, [], uses, inside):
            found = LinearMap(loop, place, inside)
            if found.fits():
                _Push(function, block, loop, found).change()
                return True
    return False


class _Push:
    """Moves a linear map behind a loop."""

    def __init__(self, function: Function, block: Block, loop: Op, found: LinearMap) -> None:
        self.function, self.block, self.loop, self.map = function, block, loop, found
        self.path, self.home, self.nest, self.k = found.place

    def change(self) -> None:
        """Add up what the map is of, and apply it to the sum after the loop."""
        total = self._added_up()
        out = self._handed_on(self.nest.inputs[3 + self.k])
        after = Value(out.type, out.name, out.span)
        after.user, after.of = out.user, out.of
        replace_uses(self.function.body, {out: after})
        b = self._builder()
        self._where_turned(b, out, total, after)
        self._insert(self.block, b, self.block.ops.index(self.loop) + 1)
        self._drop()

    def _builder(self) -> Builder:
        b = Builder(Block(), reverse=True)
        b.span, b.region = self.nest.span, self.nest.region
        return b

    def _insert(self, block: Block, b: Builder, at: int) -> None:
        block.ops[at:at] = b.block.ops

    def _drop(self) -> None:
        """Let the loop add to the array no more."""
        k, body = self.k, self.nest.blocks[0]
        init, v = self.nest.inputs[3 + k], self.nest.outputs[k]
        for values, at in ((self.nest.inputs, 3 + k), (self.nest.outputs, k),
                           (body.params, 1 + k), (body.results, k)):  # fmt: skip
            del values[at]
        replace_uses(self.loop.blocks[0], {v: init})

    def _handed_on(self, v: Value) -> Value:
        """Return what the outer loop makes of an array that is carried to the map."""
        while True:
            op, k = self._carrier(v)
            if op is self.loop:
                return op.outputs[k]
            v = op.inputs[3 + k]

    def _carrier(self, v: Value) -> tuple[Op, int]:
        """Return the loop that carries an array to where it is added to, and as which."""
        while v.op is not None:
            op = v.op
            v = op.inputs[3 + op.outputs.index(v)] if op.prim == "for" else op.inputs[0]
        return self.map.carriers[v]

    def _added_up(self) -> Value:
        """Add up the array in each turn; return the sum that the outer loop hands on."""
        x, start = self.map.of, self.map.start
        assert x is not None and start is not None
        b = self._builder()
        extents = [Row(*step).extent(b) for step in self.path]
        lengths = [self._length(b, start, axis) for axis in range(len(x.type.shape or ()))]
        type_ = array("float64", tuple(map(length_of, [*extents, *lengths])))
        name = f"{x.name or noun(x)}_sum"
        full = b.append("zeros", [*extents, *lengths], [type_], [name]).out
        self._insert(self.block, b, self.block.ops.index(self.loop))
        through = [self.loop, *(op for op, _ in self.path)]
        for op in through:
            param, out = Value(type_, name), Value(type_, name)
            out.op = op
            op.inputs.append(full)
            op.outputs.append(out)
            op.blocks[0].params.append(param)
            full = param
        b = self._builder()
        end = self._with_one(b, full, x, lengths, self.map.indices)
        self._insert(self.home, b, self.home.ops.index(self.nest))
        ends = [*(op.outputs[-1] for op in through[1:]), end]
        for op, v in zip(through, ends, strict=True):
            op.blocks[0].results.append(v)
        return self.loop.outputs[-1]

    def _with_one(
        self, b: Builder, full: Value, x: Value, lengths: list[Value], at: list[Value]
    ) -> Value:
        """Emit what adds an array to a sum: a row at once, or entry by entry in compiled code."""
        types, names = [full.type], [full.name]
        if not self.function.native:
            attrs = {"index": "i" * len(at) or ":", "sign": "+"}
            return b.append("inc", [full, x, *at], types, names, None, attrs).out
        if not lengths:
            own = at[-(x.type.rank or 0) :]
            item = b.append("load", [x, *own], [FLOAT], [], None, {"index": "i" * len(own)}).out
            return b.emit("inc", [full, item, *at], full.name, index="i" * len(at), sign="+")
        old, index = Value(full.type, full.name), Value(INT, "j")
        body = Block([index, old], [], "continue", [])
        with b.into(body):
            body.results = [self._with_one(b, old, x, lengths[1:], [*at, index])]
        bounds = [Const(0), lengths[0], Const(1)]
        return b.append("for", [*bounds, full], types, names, None, {}, [body]).out

    def _length(self, b: Builder, start: Value, axis: int) -> Value:
        """Return a length of the array: a bound of a loop that is one, if there is any."""
        length: Length | None = start.type.shape[axis] if start.type.shape else None
        for op in [self.nest, *walk(self.nest.blocks[0])]:
            for v in op.inputs[1:2] if op.prim == "for" else ():
                if length is not None and v.type.value == length and v not in self.map.inside:
                    return v
        return b.emit("len", [start]) if axis == 0 else b.emit("dim", [start], axis=axis)

    def _where_turned(self, b: Builder, out: Value, total: Value, after: Value) -> None:
        """Emit the map, for the case that the outer loop has had a turn."""
        start, stop, step = self.loop.inputs[:3]
        if known_turns(self.loop):
            replace_uses(self.function.body, {after: self._mapped(b, out, total)})
            return
        down = isinstance(step, Const) and step.const < 0
        some = b.emit("lt" if down else "gt", [stop, start])
        sides = [Block([], [], "yield", [out]) for _ in range(2)]
        with b.into(sides[0]):
            sides[0].results = [self._mapped(b, out, total)]
        made = b.append("if", [some], [out.type], [out.name], blocks=sides)
        made.outputs, after.op = [after], made

    def _mapped(self, b: Builder, out: Value, total: Value) -> Value:
        """Emit the map, of the sum; return the array to which it has been added."""
        values: dict[Value, Value] = {}
        self._copy(b, self.loop.blocks[0], values, total)
        return self._between(b, out, total, self.path, values)

    def _between(
        self, b: Builder, v: Value, total: Value, path: list[Level], values: dict[Value, Value]
    ) -> Value:
        """Emit the loops between, and in the last of them the map; return the array then."""
        if not path:
            values[self.nest.inputs[3 + self.k]] = v
            (end,) = self._loop(b, self.nest, [self.k], values, total)
            return end
        (op, block), rest = path[0], path[1:]
        old = Value(v.type, v.name, v.span)
        body = Block([_turn(block, values), old], [], "continue", [])
        with b.into(body):
            self._copy(b, block, values, total)
            body.results = [self._between(b, old, total, rest, values)]
        made = b.append("for", [*op.inputs[:3], v], [v.type], [v.name], op.span, {}, [body])
        return made.out

    @deep
    def _copy(self, b: Builder, block: Block, values: dict[Value, Value], total: Value) -> None:
        """Emit what a block does for the map, with the sum in place of each turn's array."""
        for op in block.ops:
            if op not in self.map.needed:
                continue
            if op.prim == "for":
                kept = [k for k, p in enumerate(carried(op)[0]) if p in self.map.kinds]
                outputs = self._loop(b, op, kept, values, total)
                values.update(zip([op.outputs[k] for k in kept], outputs, strict=True))
            elif op.prim == "load" and op.inputs[0] is self.map.of:
                at = [*self.map.indices, *subscripts(op)]
                inputs = [total, *(values.get(v, v) for v in at)]
                attrs = {"index": "i" * len(at)}
                made = b.append("load", inputs, [op.out.type], [op.out.name], op.span, attrs)
                values[op.out] = made.out
            else:
                b.again(op, values)

    def _loop(
        self, b: Builder, op: Op, kept: list[int], values: dict[Value, Value], total: Value
    ) -> list[Value]:
        """Emit a loop again, forwards, with some of what it carries; return what it hands on."""
        source = op.blocks[0]
        params = [source.params[k + 1] for k in kept]
        body = Block([_turn(source, values)], [], "continue", [])
        inits = [values.get(v, v) for v in (op.inputs[3 + k] for k in kept)]
        for p in params:
            values[p] = Value(p.type, p.name, p.span)
            values[p].user, values[p].of = p.user, p.of
            body.params.append(values[p])
        with b.into(body):
            self._copy(b, source, values, total)
            body.results = [values.get(v, v) for v in (source.results[k] for k in kept)]
        bounds = [values.get(v, v) for v in op.inputs[:3]]
        types, names = [p.type for p in params], [op.outputs[k].name for k in kept]
        made = b.append("for", [*bounds, *inits], types, names, op.span, {}, [body])
        return made.outputs


def _turn(block: Block, values: dict[Value, Value]) -> Value:
    """Return the index of a loop that is emitted again."""
    index = block.params[0]
    turn = Value(index.type, index.name, index.span)
    turn.user = index.user
    values[index] = turn
    return turn
