"""How one operation is spelled, in the graph's text and in pictures."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

import gradgen.rules.of_numpy  # noqa: F401  (fills the table of rules)
from gradgen.ir.nodes import Op, Value
from gradgen.rules.registry import RULES

NameOf = Callable[[Value], str]
# What says how an operation came about, or repeats its output's type, is not shown.
HOLE = "_value_"  # in a message: ``_value_0`` is the input after the first
SILENT = {
    "mirror",
    "type",
    "width",
    "style",
    "breaks",
    "backwards",
    "index",
    "slices",
    "path",
    "steps",
    "callee",
    "part",
    "given",
    "keyed",
    "stacks",
    "stack",
    "owned",
    "fused",
    "flipped",
    "sunk",
}
_WORD = re.compile(r"[\w.%…]+")


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
    sign = op.attrs.get("sign", "+")
    return f"{atom(base)} with every {place(op.attrs, operands)} {sign}= {value}"


def _load(op: Op, name: NameOf) -> str:
    base, *operands = (name(v) for v in op.inputs)
    return atom(base) + subscript(op.attrs, operands)


def _winners(op: Op, name: NameOf) -> str:
    base, *operands = (name(v) for v in op.inputs)
    return f"last write to each {atom(base)}{subscript(op.attrs, operands)}"


def _select(op: Op, name: NameOf) -> str:
    test, yes, no = (atom(name(v)) for v in op.inputs)
    return f"{yes} if {test} else {no}"


def _helper(op: Op, name: NameOf) -> str:
    options = [f"{k}={v!r}" for k, v in dict(op.attrs.get("options", ())).items()]
    rest = iter(map(name, op.inputs))
    args = [repr(known[0]) if known else next(rest) for known in op.attrs.get("layout", ())]
    return f"{op.attrs['function']}({', '.join([*args, *rest, *options])})"


def _dim(op: Op, name: NameOf) -> str:
    return f"{atom(name(op.inputs[0]))}.shape[{op.attrs.get('axis', 0)}]"


def _message(op: Op, name: NameOf) -> str:
    """Return the text of a raise, its holes filled."""
    return re.sub(rf"{HOLE}(\d+)", lambda m: name(op.inputs[int(m[1]) + 1]), op.attrs["text"])


def _call(op: Op, name: NameOf) -> str:
    part = op.attrs.get("part", "")
    callee = op.attrs["callee"].name + (f"_{part}" if part else "")
    return f"{callee}({', '.join(map(name, op.inputs))})"


SPECIAL: dict[str, Callable[[Op, NameOf], str]] = {
    "call": _call,
    "load": _load,
    "winners": _winners,
    "store": _store,
    "inc": _store,
    "add_at": _add_at,
    "select": _select,
    "helper": _helper,
    "dim": _dim,
    "list": lambda op, name: f"[{', '.join(map(name, op.inputs))}]",
    "repeat_list": lambda op, name: f"[{name(op.inputs[0])}] * {atom(name(op.inputs[1]))}",
    "T": lambda op, name: f"{atom(name(op.inputs[0]))}.T",
    "captured": lambda op, name: f"captured {op.attrs['name']}",
    "leaf": lambda op, name: leaf_path(op.attrs["param"], op.attrs["path"]),
    "field": lambda op, name: leaf_path(name(op.inputs[0]), [op.attrs["key"]]),
    "astype": lambda op, name: f"astype({name(op.inputs[0])}, {op.attrs['dtype']})",
    "assert": lambda op, name: f"assert {name(op.inputs[0])}",
    "effect": lambda op, name: _message(op, name),
    "raise_if": lambda op, name: f"if {name(op.inputs[0])}: {_message(op, name)}",
}


def leaf_path(param: str, path: Sequence[Any]) -> str:
    """Return how a leaf is reached from its parameter: ``params[0]``, ``model.w``."""
    return param + "".join(f".{key}" if kind == "attr" else f"[{key!r}]" for kind, key in path)
