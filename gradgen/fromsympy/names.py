"""Names of Python for symbols, and for what is computed on the way."""

from __future__ import annotations

import builtins
import keyword
import re
import unicodedata
from collections.abc import Iterable
from typing import Any

from gradgen.fromsympy.nodes import Node

# What the text itself may call, and what gradgen calls the cotangent of a result.
RESERVED = {*keyword.kwlist, *keyword.softkwlist, *dir(builtins), "np", "math", "scipy", "d_value"}
SIGNS = {"'": "_prime", "*": "_star", "+": "_plus", "-": "_minus"}
DOTS = {1: "dot", 2: "ddot", 3: "dddot"}
KINDS = {
    "sum": "total",
    "product": "product",
    "part": "quotient",
    "quotient": "quotient",
    "negative": "negated",
    "choose": "chosen",
    **dict.fromkeys(("compare", "and", "or", "not", "xor"), "test"),
    "item": "item",
    "array": "matrix",
    "matmul": "product",
    "filled": "matrix",
    "loop": "total",
    "remainder": "remainder",
    "risky_remainder": "remainder",
}
FUNCTION_NAMES = {"abs": "magnitude", "maximum": "largest", "max": "largest", "minimum": "smallest",
                  "min": "smallest", "sqrt": "root", "pow": "power"}  # fmt: skip
LONGEST = 20  # of the name of an argument that is no symbol
POWERS = {2: "squared", 3: "cubed"}


class Names:
    """Gives each thing a name of its own."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self.taken = {*RESERVED, *taken}

    def fresh(self, wanted: str) -> str:
        """Return a name: the one wanted, or that with ``_`` or a number behind it."""
        name = wanted
        if name in RESERVED and f"{name}_" not in self.taken:
            name = f"{name}_"
        k = 0
        while name in self.taken:
            k += 1
            name = f"{wanted}_{k}"
        self.taken.add(name)
        return name


def identifier(symbol: Any) -> str:
    """Return the name of a symbol, or of what else may be an argument, as Python can have it."""
    kind = type(symbol).__name__
    if kind == "Derivative":
        inner = identifier(symbol.expr)
        order = symbol.derivative_count
        if all(str(v) == "t" for v in symbol.variables) and order in DOTS:
            return f"{inner}_{DOTS[order]}"
        return inner + "_" + "".join(identifier(v) for v in symbol.variables)
    if kind in ("Indexed", "MatrixElement"):
        return "_".join(identifier(a) if a.is_Symbol else plain(str(a)) for a in symbol.args)
    if getattr(symbol, "is_Function", False):
        return plain(kind)
    text = plain(str(symbol))
    return text if symbol.is_Atom or len(text) <= LONGEST else plain(kind.lower())


def plain(text: str) -> str:
    """Return a text as an identifier: ``theta_{1}'`` as ``theta_1_prime``."""
    text = unicodedata.normalize("NFKC", text)
    if len(text) > 1 and text[-1] in SIGNS:
        text = text[:-1] + SIGNS[text[-1]]
    name = re.sub(r"\W+", "_", re.sub(r"[\\{}]", "", text))
    if text[:1] != "_":
        name = name.lstrip("_")
    if text[-1:] != "_":
        name = name.rstrip("_")
    return name if name.isidentifier() else f"x_{name}".rstrip("_")


def stem(names: list[str]) -> str:
    """Return what names of one group have in common beside numbers: ``x`` of ``x0, x1``."""
    stems = {re.sub(r"_?\d+", "", n) for n in names}
    found = stems.pop() if len(stems) == 1 else ""
    return found if found.isidentifier() and len(names) > 1 else "values"


def hint(node: Node) -> str:
    """Return what the value of a node may be called."""
    kind = node.kind
    if kind in ("call", "risky"):
        path = node.data if kind == "call" else node.data[0]
        name = path.rpartition(".")[2]
        of = _name_of(node.args[-1])
        return f"{name}_{of}" if of else FUNCTION_NAMES.get(name, name)
    if kind == "power":
        base, word = _name_of(node.args[0]), POWERS.get(node.args[1].data)
        return f"{base}_{word}" if base and word else "power"
    if kind == "attribute":
        return "transposed" if node.data == "T" else node.data
    if kind == "loop" and node.data == "product":
        return "product"
    if kind == "item" and isinstance(node.data, str):
        return node.data
    return KINDS.get(kind, "value")


def _name_of(node: Node) -> str:
    if node.kind == "name":
        return str(node.data)
    return node.data if node.kind == "item" and isinstance(node.data, str) else ""
