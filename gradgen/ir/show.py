"""The graph as text: one line an operation, blocks indented, types, and places in the source.

``Names`` gives every value one name, the same in text and pictures: the user's name, with a
number from its second assignment on, or ``%n``.  ``operation`` spells one operation.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from gradgen.errors import Span
from gradgen.ir.nodes import Block, Const, Function, Op, Undefined, Value
from gradgen.ir.types import SHORT, Length, Type
from gradgen.rules.table import RULES

NameOf = Callable[[Value], str]
COMMENT_COLUMN = 68
# What says how an operation came about, or repeats its output's type, is not shown.
SILENT = {"mirror", "type", "style", "breaks", "backwards", "index", "slices", "path", "steps"}
LENGTHS = "nmkpqrstuvwxyzabcdefghij"
_WORD = re.compile(r"[\w.%…]+")


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
            self.lengths[d.name] = unknown if d.name.startswith("?") else letter
        return str(replace(d, name=self.lengths[d.name]))

    def declare(self, v: Value) -> str:
        """Return ``name: type``."""
        return f"{self(v)}: {self.type(v)}"


# --- operations ---------------------------------------------------------------------------


def operation(op: Op, name: NameOf) -> str:
    """Return the right side of an operation that owns no blocks.

    Parameters
    ----------
    op : Op
        The operation.
    name : callable
        Gives the spelling of each input; one with spaces is put in brackets where it must be.
    """
    special = SPECIAL.get(op.prim)
    if special is not None:
        return special(op, name)
    rule = RULES.get(op.prim)
    args = [name(v) for v in op.inputs]
    form = rule.form if rule is not None else "call"
    if rule is not None and form == "operator":
        return _operator(rule.spelling, args)
    if form == "sequence":
        args = [f"[{', '.join(args)}]"]
    elif form == "shape":
        args = [_tuple(args)]
    elif form == "shaped":
        args = [args[0], _tuple(args[1:])]
    return f"{op.prim}({', '.join([*args, *_options(op)])})"


def _operator(symbol: str, args: Sequence[str]) -> str:
    operands = [atom(a) for a in args]
    if len(operands) == 1:
        return f"{symbol}{' ' if symbol.isalpha() else ''}{operands[0]}"
    return f" {symbol} ".join(operands)


def atom(text: str) -> str:
    """Return an operand in brackets, unless it cannot be misread without them."""
    if _WORD.fullmatch(text) or _is_one_bracket(text):
        return text
    return f"({text})"


def _is_one_bracket(text: str) -> bool:
    """Whether a text is ``f(...)``, ``a[...]`` or ``(...)``, closed at its very end."""
    start = re.match(r"[\w.%]*[(\[]", text)
    if start is None or text[-1] not in ")]":
        return False
    depth = 0
    for k, c in enumerate(text):
        depth += (c in "([") - (c in ")]")
        if depth == 0 and k >= start.end() - 1:
            return k == len(text) - 1
    return False


def _tuple(items: Sequence[str]) -> str:
    return items[0] if len(items) == 1 else f"({', '.join(items)})"


def _options(op: Op) -> list[str]:
    return [f"{k}={v!r}" for k, v in op.attrs.items() if k not in SILENT and k != "name"]


def subscript(attrs: dict[str, Any], operands: Sequence[str]) -> str:
    """Return ``[i, 1:, :]`` from the spelling of a subscript and its operands."""
    rest, parts = iter(operands), iter(attrs.get("slices", ()))
    entries = []
    for letter in attrs["index"]:
        if letter == "s":
            start, stop, step = (next(rest) if has else "" for has in next(parts))
            entries.append(f"{start}:{stop}" + (f":{step}" if step else ""))
        else:
            fixed = {"n": "None", "e": "...", ":": ":"}.get(letter)
            entries.append(next(rest) if fixed is None else fixed)
    return f"[{', '.join(entries)}]"


def place(attrs: dict[str, Any], operands: Sequence[str]) -> str:
    """Return the way from an array to what a store writes: views, then a subscript."""
    rest, out = list(operands), ""
    for prim, count, view in attrs.get("path", ()):
        out += subscript(view, rest[:count]) if prim == "load" else f".{prim}"
        rest = rest[count:]
    return out + subscript(attrs, rest)


def _store(op: Op, name: NameOf) -> str:
    base, value, *operands = (name(v) for v in op.inputs)
    sign = op.attrs.get("sign", "+") if op.prim == "inc" else ""
    where = place(op.attrs, operands)
    return f"{atom(base)} with {where} {sign}= {value}"


def _add_at(op: Op, name: NameOf) -> str:
    base, value, *operands = (name(v) for v in op.inputs)
    return f"{atom(base)} with every {place(op.attrs, operands)} += {value}"


def _load(op: Op, name: NameOf) -> str:
    base, *operands = (name(v) for v in op.inputs)
    return atom(base) + subscript(op.attrs, operands)


def _select(op: Op, name: NameOf) -> str:
    test, yes, no = (atom(name(v)) for v in op.inputs)
    return f"{yes} if {test} else {no}"


def _helper(op: Op, name: NameOf) -> str:
    options = [f"{k}={v!r}" for k, v in dict(op.attrs.get("options", ())).items()]
    return f"{op.attrs['function']}({', '.join([*map(name, op.inputs), *options])})"


def _dim(op: Op, name: NameOf) -> str:
    return f"{atom(name(op.inputs[0]))}.shape[{op.attrs.get('axis', 0)}]"


SPECIAL: dict[str, Callable[[Op, NameOf], str]] = {
    "load": _load,
    "store": _store,
    "inc": _store,
    "add_at": _add_at,
    "select": _select,
    "helper": _helper,
    "dim": _dim,
    "T": lambda op, name: f"{atom(name(op.inputs[0]))}.T",
    "captured": lambda op, name: f"captured {op.attrs['name']}",
    "leaf": lambda op, name: leaf_path(op.attrs["param"], op.attrs["path"]),
    "astype": lambda op, name: f"astype({name(op.inputs[0])}, {op.attrs['dtype']})",
    "assert": lambda op, name: f"assert {name(op.inputs[0])}",
    "raise_if": lambda op, name: f"if {name(op.inputs[0])}: {op.attrs.get('text', 'raise')}",
}


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


def leaf_path(param: str, path: Sequence[Any]) -> str:
    """Return how a leaf is reached from its parameter: ``params[0]``, ``model.w``."""
    return param + "".join(f".{key}" if kind == "attr" else f"[{key!r}]" for kind, key in path)
