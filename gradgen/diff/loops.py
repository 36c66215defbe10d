"""The sweep through loops: a loop over the turns backwards, with adjoints for what is carried.

What it carries turns out while its body is swept, so that the body is swept until nothing is added.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradgen.diff.activity import carried
from gradgen.diff.adjoints import Adjoints, adjoint_type
from gradgen.ir.nodes import Block, Const, Op, Undefined, Value
from gradgen.ir.types import Type, has_fresh_length, integer

if TYPE_CHECKING:
    from gradgen.diff.reverse import Reverse


class Loops:
    """Sweeps the loops of a function; ``guesses`` remembers what each carried in the last trial."""

    def __init__(self, whole: Reverse) -> None:
        self.whole = whole
        self.guesses: dict[Op, tuple[list[int], list[Value]]] = {}
        self.loose: set[Value] = set()  # carried values whose adjoint may be a plain number

    def sweep(self, op: Op) -> None:
        """Sweep a loop backwards, by trials until what it carries is known."""
        live = [k for k, v in enumerate(op.outputs) if v in self.whole.adj]
        if not live:
            return
        known = self.guesses.get(op, ([], []))
        live, outer = sorted({*live, *known[0]}), list(known[1])
        fixed = {k: g for k in live if (g := self._narrow_list(op.outputs[k])) is not None}
        while True:
            block = Block()
            more_live, more_outer, unchanged, moved = self._trial(op, block, live, outer, fixed)
            if self._loosen(op, block, [k for k in live if k not in fixed], outer):
                continue
            if moved:
                fixed = {k: g for k, g in fixed.items() if k not in moved}
            elif more_live or more_outer:
                live, outer = sorted({*live, *more_live}), outer + more_outer
            elif unchanged:
                fixed |= {k: self._start(op.outputs[k]) for k in unchanged}
            else:
                break
        self.guesses[op] = (live, outer)
        self._finish_loop(op, block, live, outer, fixed)

    def _loosen(self, op: Op, block: Block, moving: list[int], outer: list[Value]) -> bool:
        """Note which adjoints a turn hands on without a known shape; tell if there are new ones."""
        params, _ = carried(op)
        values = [*(params[k] for k in moving), *outer]
        triples = zip(values, block.params[1:], block.results, strict=False)
        found = {
            v
            for v, d, g in triples
            if v.type.kind == "array"
            and g in self.whole.shapeless
            and d not in self.whole.shapeless
        }
        new = found - self.loose
        self.loose |= new
        return bool(new)

    def _narrow_list(self, v: Value) -> Value | None:
        """Return the adjoint of a list of which all items have the same one."""
        g = self.whole.adj.get(v)
        return g if v.type.kind == "list" and g is not None and g.type.kind != "list" else None

    def _finish_loop(
        self, op: Op, block: Block, live: list[int], outer: list[Value], fixed: dict[int, Value]
    ) -> None:
        params, inits = carried(op)
        moving = [k for k in live if k not in fixed]
        starts = [self._start(v) for v in [*(op.outputs[k] for k in moving), *outer]]
        loop = self._emit_loop(op, block, starts)
        results = dict(zip(moving, loop.outputs, strict=False)) | fixed
        pairs = list(zip(block.params[1:], loop.outputs, strict=True))
        self.whole.unfitted.update(g for p, g in pairs if p in self.whole.unfitted)
        for v, g in zip(outer, loop.outputs[len(moving) :], strict=True):
            self.whole.adj[v] = g
        for k in live:
            self.whole.accumulate(inits[k], results[k])
        for g, end in zip(loop.outputs, block.results, strict=True):
            self.whole.zeros.left(end, g)
        for v, g in zip([*(params[k] for k in moving), *outer], loop.outputs, strict=True):
            g.call_after(v)
        self.whole.shapeless.update(g for p, g in pairs if p in self.whole.shapeless)

    def _trial(
        self, op: Op, block: Block, live: list[int], outer: list[Value], fixed: dict[int, Value]
    ) -> tuple[list[int], list[Value], list[int], list[int]]:
        """Sweep the body once.

        Returns what else it turns out to carry, which carried adjoints pass unchanged (these are
        fixed to their start in the next trial), and which of the fixed ones do change.
        """
        params, inits = carried(op)
        body, keep = op.blocks[-1], self.whole.adj
        moving = [k for k in live if k not in fixed]
        d_params = [self._carried_adjoint(params[k], op.outputs[k], inits[k]) for k in moving]
        d_params += [self._carried_adjoint(v, v, v) for v in outer]
        for v, d in zip([*(op.outputs[k] for k in moving), *outer], d_params, strict=True):
            self.whole.zeros.carried(self.whole.adj.get(v), d)
        block.params = [self._mirrored_index(op), *d_params]
        self.whole.adj = Adjoints(dict(zip(outer, d_params[len(moving) :], strict=True)))
        seeds: list[Value | None] = [None] * len(params)
        for k, g in (*zip(moving, d_params, strict=False), *fixed.items()):
            seeds[k] = g
        with self.whole.b.into(block):
            self.whole.block(body, seeds)
            known, mine = set(live), set(outer)
            more_live = [k for k, v in enumerate(params) if v in self.whole.adj and k not in known]
            more_outer = [
                v for v in self.whole.adj if v not in mine and not self.whole.places.inside(v, op)
            ]
            lists = [k for k in fixed if params[k].type.kind == "list"]
            narrow = [k for k in lists if fixed[k].type.kind != "list"]
            moved = [k for k in narrow if self.whole.adj.get(params[k]) is not fixed[k]]
            block.end = "continue"
            block.results = [
                self._carried_on(params[k], d, inits[k])
                for k, d in zip(moving, d_params, strict=False)
            ]
            block.results += [self._carried_on(v, v, v) for v in outer]
        self.whole.adj = keep
        unchanged = [k for k, g, d in zip(moving, block.results, d_params, strict=False) if g is d]
        return more_live, more_outer, unchanged, moved

    def _mirrored_index(self, op: Op) -> Value:
        index = op.blocks[-1].params[0] if op.prim == "for" else None
        out = Value(integer(), index.name if index is not None else "step")
        out.user = index is not None and index.user
        return out

    def _carried_adjoint(self, v: Value, after: Value, before: Value) -> Value:
        """Return the adjoint that a loop carries for ``v``, ``after`` when it ends."""
        type_, shapeless = adjoint_type(v), False
        unshaped = after in self.whole.missing and self.whole.twin(after) is None
        unshaped = unshaped or self.whole.adj.get(after) in self.whole.shapeless
        unshaped = unshaped or v in self.loose
        if (unshaped and type_.kind in ("array", "any")) or self._unknown_before(v, before):
            # It starts from 0.0: nothing tells its shape.
            shapeless, type_ = True, Type("any", type_.dtype, None)
        out = Value(type_, "", v.span)
        out.call_after(v)
        if shapeless:
            self.whole.shapeless.add(out)
        if type_.kind == "list" and v in self.whole.missing and v is not before:
            self.whole.unfitted.add(out)
        return out

    def _carried_on(self, v: Value, like: Value, before: Value) -> Value:
        """Return the adjoint the iteration before starts from.

        A zero is shaped like ``like``, the adjoint after the iteration, unless the shape of ``v``
        may change from what it was ``before``.
        """
        g = self.whole.adj.get(v)
        if g is not None:
            return self._in_dtype(v, self.whole.alg.full(g, v))
        if self._unknown_before(v, before) or like in self.whole.shapeless:
            return Const(0.0)
        open_ = v.type.kind in ("list", "any") or has_fresh_length(v.type)
        changes = (open_ or before.type.shape != v.type.shape) and v not in self.whole.missing
        return self.whole.alg.zeros(v if changes else like)

    def _unknown_before(self, v: Value, before: Value) -> bool:
        """Whether a carried array that changes its shape may be missing at first."""
        if before not in self.whole.missing or isinstance(before, Undefined):
            return False
        return before.type.shape != v.type.shape or (
            v.type.kind == "array" and has_fresh_length(v.type)
        )

    def _start(self, v: Value) -> Value:
        g = self.whole.adj.get(v)
        if g is None:
            return self.whole.zeros_of(v)
        return self._in_dtype(v, self.whole.fitting(v, g))

    def _in_dtype(self, v: Value, g: Value) -> Value:
        """Return an adjoint in the dtype that the loop carries, which is that of the value."""
        wanted = v.type.dtype
        arrays = v.type.kind == g.type.kind == "array"
        if not arrays or not wanted or not v.type.inexact or g.type.dtype in ("", wanted):
            return g
        cast = self.whole.alg.cast(g, wanted)
        self.whole.zeros.hand_on(g, cast)
        return cast

    def _emit_loop(self, op: Op, block: Block, starts: list[Value]) -> Op:
        types = [p.type for p in block.params[1:]]
        counted = op.prim == "while" or op.attrs.get("breaks")
        if counted:
            bounds: list[Value] = [Const(0), op.outputs[op.attrs["steps"]], Const(1)]
            backwards = True
        else:
            bounds, backwards = list(op.inputs[:3]), not op.attrs.get("backwards", False)
        attrs = {"mirror": op, "backwards": backwards, "breaks": False}
        return self.whole.b.append(
            "for", [*bounds, *starts], types, span=op.span, attrs=attrs, blocks=[block]
        )
