"""Deterministic variable names: the user's first, with a number only where two are alive at once.

Values that must or should share a variable (what a loop carries, the results of a branch, the
versions of a buffer) form a web and get one hint.  Among values of one hint, two that are alive at
the same time get different numbers.
"""

from __future__ import annotations

import builtins
import keyword

from gradgen.deep import deep
from gradgen.diff.activity import carried, ends
from gradgen.emission.apart import apart
from gradgen.emission.liveness import number_values
from gradgen.ir.nodes import (
    GROWS,
    WRITES,
    Block,
    Const,
    Function,
    Op,
    Undefined,
    Value,
    added_in_place,
    uses,
    walk,
)
from gradgen.ir.partition import Partition
from gradgen.ir.types import Type
from gradgen.ir.words import describe
from gradgen.rules.callables import heads

# what generated text may import
MODULES = ("cmath", "collections", "logging", "math", "random", "sys", "types", "warnings", "np")
RESERVED = {*MODULES, *keyword.kwlist, *dir(builtins)}


def assign_names(function: Function, folded: set[Value]) -> dict[Value, str]:
    """Return the variable name of every value that is not printed inside an expression."""
    names = _Namer(function, folded).run()
    return apart(function, names, folded) if function.native else names


class _Namer:
    def __init__(self, function: Function, folded: set[Value]) -> None:
        self.function, self.folded = function, folded
        self.webs = Partition()
        self.order: list[Value] = []
        self.hint: dict[Value, str] = {}
        self.partners: dict[Value, list[Value]] = {}

    def run(self) -> dict[Value, str]:
        self._collect(self.function.body)
        self._hints()
        return self._spell(number_values(self.function.body, self.hint, self.folded, self.partners))

    # --- webs -----------------------------------------------------------------------------

    def _link(self, a: Value, b: Value) -> None:
        if any(isinstance(v, Const | Undefined) or v in self.folded for v in (a, b)):
            return
        self.partners.setdefault(a, []).append(b)
        self.partners.setdefault(b, []).append(a)
        self.webs.unite(a, b)

    def _named(self, v: Value) -> None:
        if v not in self.folded:
            self.order.append(v)

    @deep
    def _collect(self, block: Block) -> None:
        for p in block.params:
            self._named(p)
        for op in block.ops:
            if op.prim not in ("for", "while", "if"):
                for v in op.outputs:
                    self._named(v)
            if op.prim in WRITES or op.prim in GROWS:
                self._link(op.inputs[0], op.outputs[-1])
            if op.prim == "call":
                swept = op.attrs.get("part") == "backward"
                returned = () if swept else op.attrs["callee"].written.items()
                for k, i in (*returned, *added_in_place(op)):
                    self._link(op.inputs[k], op.outputs[i])
            for inner in op.blocks:
                self._collect(inner)
            if op.prim in ("for", "while"):
                self._collect_loop(op)
            elif op.prim == "if":
                for b in op.blocks:
                    self._collect_branch(op, b)
            if op.blocks:
                for v in op.outputs:
                    self._named(v)

    def _collect_branch(self, op: Op, block: Block) -> None:
        alike = {v for out, v in zip(op.outputs, block.results, strict=False) if v.name == out.name}
        for out, v in zip(op.outputs, block.results, strict=False):
            users = v.op is not None and not v.op.derived and v.type.is_scalar
            if op.derived and users:
                continue  # its name is not that of an adjoint
            if v.name and v.name != out.name and v in alike:
                continue  # nor that of another variable, where it goes on under its own
            self._link(out, v)

    def _collect_loop(self, op: Op) -> None:
        params, inits = carried(op)
        groups = [op.outputs, inits, *(end.results for end in ends(op.blocks[-1]))]
        if op.prim == "while":  # the test and the turns have one variable each
            groups.insert(0, op.blocks[0].params)
        for group in groups:
            for p, v in zip(params, group, strict=True):
                self._link(p, v)

    def _hints(self) -> None:
        read, stops = uses(self.function.body), self._stops()
        best: dict[Value, tuple[int, str]] = {}
        of_users = {(self.webs.root(v), v.name) for v in self.order if v.user}
        for v in self.order:
            rank = (3 + (v.op is None) if v.user else 2) if v.name else int(_says_something(v))
            root = self.webs.root(v)
            if rank > best.get(root, (0, ""))[0]:
                best[root] = (rank, v.name or stops.get(v) or describe(v))
        for v in self.order:
            web = best.get(self.webs.root(v), (0, ""))
            if v.user or (self.webs.root(v), v.name) in of_users:
                own = v.name
            else:
                own = "" if v.name else self._in_place(v) or self._becomes(v)
            hint = _clean(own or web[1] or stops.get(v) or describe(v))
            if hint in ("_", "step") and not (v.user and hint == "step"):
                hint = "step" if read.get(v) else "_"
            self.hint[v] = hint
        if self.function.native:
            self._one_type_each()
        else:
            self._apart_where_left()

    def _stops(self) -> dict[Value, str]:
        """Return what is computed to be the end of a loop's range, and the word for it."""
        ends_of = [op.inputs[1] for op in walk(self.function.body) if op.prim == "for"]
        return {v: "stop" for v in ends_of if v.op is not None and v.op.prim in ("add", "sub")}

    def _in_place(self, v: Value) -> str:
        """Return what the buffer is called that a value is written into."""
        written = v.op is not None and (v.op.prim in WRITES or v.op.prim in GROWS)
        return self.hint.get(v.op.inputs[0], "") if written and v.op is not None else ""

    def _becomes(self, v: Value) -> str:
        """Return the user's name for what a value is handed on as, or handed on from."""
        return next((p.name for p in self.partners.get(v, ()) if p.name and p.user), "")

    def _apart_where_left(self) -> None:
        """Give what one side of a branch leaves for later a name that nothing of another kind has.

        Who reads the text, to derive it again, could not know which of them is in the variable.
        """
        kinds: dict[str, set[str]] = {}
        for v in self.order:
            kinds.setdefault(self.hint[v], set()).add(_read_as(v.type))
        left = {
            self.webs.root(out)
            for op in walk(self.function.body)
            if op.prim == "if"
            for out, *ends in zip(op.outputs, *(b.results for b in op.blocks), strict=False)
            if any(isinstance(v, Undefined) for v in ends)
        }
        for v in self.order:
            several = len(kinds[self.hint[v]]) > 1
            if several and not v.user and self.webs.root(v) in left:
                self.hint[v] += "_kept"

    def _one_type_each(self) -> None:
        """Give names of their own to variables of one name and several types.

        Numba has one type for a variable, where loops and branches assign it.
        """
        kinds: dict[Value, set[str]] = {}
        for v in self.order:
            kinds.setdefault(self.webs.root(v), set()).add(_kind(v.type))
        straight = {v for op in self.function.body.ops if not op.blocks for v in op.outputs}
        inner = {self.hint[v] for v in self.order if v not in straight}
        types: dict[str, set[str]] = {}
        for v in self.order:
            kind, hint = kinds[self.webs.root(v)], self.hint[v]
            if "any" in kind or hint not in inner or len(kind) > 1:
                continue
            if types.setdefault(hint, kind) != kind:
                self.hint[v] = f"{hint}_{_kind(v.type)}"

    # --- spelling --------------------------------------------------------------------------

    def _spell(self, number: dict[Value, int]) -> dict[Value, str]:
        spelled: dict[tuple[str, int], str] = {}
        params = {name for name, _ in self.function.params}
        hints = set(self.hint.values())
        taken = RESERVED | heads() | set(self.function.captures) | self.function.reserved
        used: set[str] = set()
        for v in self.order:
            key = (self.hint[v], number[v])
            if key in spelled:
                continue
            hint, k = key
            name = hint if k == 0 else f"{hint}_{k}"
            leaf_param = v.op is not None and v.op.prim == "leaf" and not v.op.attrs["path"]
            while (
                name in taken
                or name in used
                or (k and name in hints)
                or (name in params and not leaf_param and not self._is_param_web(v, name))
            ):
                k += 1
                name = f"{hint}_{k}"
            spelled[key] = name
            used.add(name)
        return {v: spelled[self.hint[v], number[v]] for v in self.order}

    def _is_param_web(self, v: Value, name: str) -> bool:
        """Whether a variable may take over a parameter's name: the parameter is a plain leaf."""
        plain = [leaf for leaf in self.function.leaves if leaf.param == name and not leaf.path]
        # Under another hint, what holds the argument is not known to need its name until then.
        return any(self.hint.get(leaf.value, name) == name for leaf in plain)


def _clean(name: str) -> str:
    name = "".join(c if c.isalnum() or c == "_" else "_" for c in name) or "value"
    return name if name.isidentifier() else f"v_{name}"


def _kind(t: Type) -> str:
    """Return a word for what tells variables apart for Numba, whose numbers are one kind."""
    if t.is_scalar:
        return "number"
    if t.kind == "list":
        inner = _kind(t.item) if t.item is not None else ""
        return {"items": "lists", "lists": "tables"}.get(inner, "items")
    if t.kind == "array" and t.rank in (1, 2):
        return "vector" if t.rank == 1 else "matrix"
    return f"{t.kind}_{t.rank or ''}".strip("_")


def _read_as(t: Type) -> str:
    """Return a word for what tells variables apart where text is read: whole numbers are one."""
    return "whole" if t.is_scalar and t.kind in ("int", "bool") else _kind(t)


def _says_something(v: Value) -> bool:
    """Whether a temporary's operation gives it a name of its own."""
    return v.op is not None and (not v.op.blocks or "style" in v.op.attrs)
