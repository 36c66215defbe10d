"""The graph as text: one line an operation, blocks indented, types, and places in the source.

``Names`` gives every value one name, the same in text and pictures: the user's name, with a
number from its second assignment on, or ``%n``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from gradgen.deep import deep
from gradgen.errors import Span
from gradgen.ir.nodes import Block, Const, Function, Op, Undefined, Value
from gradgen.ir.spelling import leaf_path, operation
from gradgen.ir.types import SHORT, Length, Type

COMMENT_COLUMN = 68
LENGTHS = "nmkpqrstuvwxyzabcdefghij"


class Names:
    """Gives each value a name that no other value of the function has."""

    def __init__(self) -> None:
        self.known: dict[Value, str] = {}
        self.count: dict[str, int] = {}
        self.lengths: dict[str, str] = {}

    def __call__(self, v: Value) -> str:
        """Return the name of a value, the spelling of a constant."""
        if isinstance(v, Const):
            return v.text or (v.const if isinstance(v.const, str) else repr(v.const))
        if isinstance(v, Undefined):
            return "undefined"
        if v not in self.known:
            self.known[v] = self._new(v.name.strip())
        return self.known[v]

    def _new(self, hint: str) -> str:
        key = hint or "%"
        self.count[key] = self.count.get(key, 0) + 1
        if not hint:
            return f"%{self.count[key]}"
        return hint if self.count[key] == 1 else f"{hint}.{self.count[key]}"

    def type(self, v: Value) -> str:
        """Return the type of a value; lengths get letters, unknown ones numbers, in turn."""
        return self.spell(v.type)

    def spell(self, t: Type) -> str:
        """Return a type as text."""
        if t.kind == "list":
            return f"list[{'' if t.item is None else self.spell(t.item)}]"
        if t.kind != "array" or t.shape is None:
            return str(t)
        dims = ", ".join(map(self._length, t.shape))
        return f"{SHORT.get(t.dtype, t.dtype)}[{dims}]"

    def _length(self, d: Length) -> str:
        if isinstance(d, int):
            return str(d)
        if d.name not in self.lengths:
            known = sum(not name.startswith("?") for name in self.lengths)
            letter = LENGTHS[known] if known < len(LENGTHS) else f"n{known}"
            unknown = f"?{len(self.lengths) - known + 1}"
            self.lengths[d.name] = unknown if d.fresh else letter
        return str(replace(d, name=self.lengths[d.name]))

    def declare(self, v: Value) -> str:
        """Return ``name: type``."""
        return f"{self(v)}: {self.type(v)}"


# --- whole functions ----------------------------------------------------------------------


class Printer:
    """Collects the lines of one function."""

    def __init__(self, names: Names, remarks: Mapping[Value, str]) -> None:
        self.names, self.remarks = names, remarks
        self.lines: list[str] = []
        self.last: tuple[str, int] | None = None
        self.reverse = False

    def line(self, depth: int, text: str, span: Span | None = None) -> None:
        """Add a line, with its place in the source where that is another than before."""
        text = "    " * depth + text
        here = None if span is None or not span.line else (span.path, span.line)
        if here is not None and here != self.last:
            text = f"{text:<{COMMENT_COLUMN - 2}}  # {here[0]}:{here[1]}"
            self.last = here
        self.lines.append(text)

    @deep
    def block(self, block: Block, depth: int) -> None:
        """Add the operations of a block and its end."""
        for op in block.ops:
            if depth == 1 and op.reverse and not self.reverse:
                self.reverse = True
                self.line(depth, "# --- reverse sweep ---")
            self.operation(op, depth)
        if block.end != "tail" and (depth > 1 or block.end != "yield"):
            self.line(depth, f"{block.end} {self.values(block.results)}".rstrip())

    def values(self, values: Sequence[Value]) -> str:
        """Return names, separated by commas."""
        return ", ".join(map(self.names, values))

    def operation(self, op: Op, depth: int) -> None:
        """Add one operation with the blocks that it owns."""
        if op.prim == "leaf":
            return  # listed at the head already
        if op.blocks:
            CONTROL[op.prim](self, op, depth)
            return
        right = operation(op, self.names)
        left = ", ".join(map(self.names.declare, op.outputs))
        self.line(depth, f"{left} = {right}" if left else right, op.span)
        self.remark(op.outputs, depth)

    def remark(self, values: Sequence[Value], depth: int) -> None:
        """Add what is to be said of values, one line each."""
        for v in values:
            if v in self.remarks:
                name = f"{self.names(v)}: " if len(values) > 1 else ""
                self.line(depth + 1, f"# {name}{self.remarks[v]}")

    def carried(self, op: Op, params: Sequence[Value], inits: Sequence[Value], head: str,
                depth: int) -> None:  # fmt: skip
        """Add a loop's head and what it carries, one line a value."""
        self.line(depth, head, op.span)
        for p, v in zip(params, inits, strict=True):
            start = self.names(v)
            self.line(depth + 1, f"carry {self.names.declare(p)} = {start}")
            self.remark([p], depth + 1)

    def outputs(self, op: Op, depth: int) -> None:
        """Add the names of what comes out of an operation with blocks."""
        if op.outputs:
            self.line(depth, f"-> {', '.join(map(self.names.declare, op.outputs))}")
            self.remark(op.outputs, depth)


def _if(out: Printer, op: Op, depth: int) -> None:
    out.line(depth, f"if {out.names(op.inputs[0])}:", op.span)
    out.block(op.blocks[0], depth + 1)
    if op.blocks[1].ops or op.blocks[1].results or op.blocks[1].end != "yield":
        out.line(depth, "else:")
        out.block(op.blocks[1], depth + 1)
    out.outputs(op, depth)


def _for(out: Printer, op: Op, depth: int) -> None:
    body = op.blocks[0]
    bounds = f"range({out.values(op.inputs[:3])})"
    if op.attrs.get("backwards"):
        bounds = f"reversed({bounds})"
    out.carried(op, body.params[1:], op.inputs[3:], f"for {out.names(body.params[0])} in {bounds}:",
                depth)  # fmt: skip
    out.block(body, depth + 1)
    out.outputs(op, depth)


def _while(out: Printer, op: Op, depth: int) -> None:
    test, body = op.blocks
    out.carried(op, body.params, op.inputs, "while:", depth)
    for twin, param in zip(test.params, body.params, strict=True):
        out.names.known.setdefault(twin, out.names(param))
    for inner in test.ops:
        out.operation(inner, depth + 1)
    out.line(depth, f"while {out.values(test.results)} do:")
    out.block(body, depth + 1)
    out.outputs(op, depth)


CONTROL: dict[str, Callable[[Printer, Op, int], None]] = {"if": _if, "for": _for, "while": _while}


def show(
    function: Function, names: Names | None = None, remarks: Mapping[Value, str] | None = None
) -> str:
    """Return a function's graph as text.

    Parameters
    ----------
    function : Function
        The graph.
    names : Names, optional
        The names to use, filled on the way, so that others may refer to the same values.
    remarks : mapping, optional
        What to say of values, in a comment below.

    Returns
    -------
    str
        One line an operation: ``name: type = operation  # file:line``.
    """
    out = Printer(names or Names(), remarks or {})
    out.line(0, f"def {function.name}({', '.join(name for name, _ in function.params)}):",
             function.span)  # fmt: skip
    for leaf in function.leaves:
        mark = ", differentiated" if leaf.active else ""
        where = leaf_path(leaf.param, leaf.path)
        out.line(1, f"{out.names.declare(leaf.value)} = argument {where}{mark}")
        out.remark([leaf.value], 1)
    out.block(function.body, 1)
    if function.body.end == "yield":
        out.line(1, f"return {out.values(function.body.results)}".rstrip())
    return "\n".join(out.lines) + "\n"
