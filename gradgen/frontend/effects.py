"""Effects: what a function prints, logs and warns of, once and in order.

An effect is an operation without outputs that no pass drops, repeats or moves past another one.
"""

from __future__ import annotations

import ast
import builtins
import sys
import types
import warnings
from typing import Any

from gradgen.dataclass import dataclass
from gradgen.frontend import own_texts
from gradgen.frontend.reader import Reader
from gradgen.frontend.shown_rows import shown
from gradgen.frontend.text_items import given
from gradgen.frontend.texts import spelled
from gradgen.frontend.unpacking import sequence_items
from gradgen.frontend.values import Choice, Ref, Seq, Static, Texts
from gradgen.ir.nodes import Const, Value
from gradgen.rules.callables import Callables

LEVELS = ("debug", "info", "warning", "error", "critical", "log")
FUNCTIONS: Callables[str] = Callables()
FUNCTIONS.enter(print, "print")
FUNCTIONS.enter(warnings.warn, "warnings.warn")
FUNCTIONS.enter("np.random.seed", "np.random.seed")
for _level in LEVELS:
    FUNCTIONS.enter(f"logging.{_level}", f"logging.{_level}")


def spelling_of(callee: Any) -> str:
    """Return how a function with an effect is called in the generated text, '' for others."""
    known = FUNCTIONS.of(callee)
    if known is not None:
        return known
    owner, name = getattr(callee, "__self__", None), getattr(callee, "__name__", "")
    logging = sys.modules.get("logging")  # who has a logger has imported it
    if logging is not None and isinstance(owner, logging.Logger) and name in LEVELS:
        of = "" if isinstance(owner, logging.RootLogger) else repr(owner.name)
        return f"logging.getLogger({of}).{name}"
    stream = _stream(owner) if isinstance(callee, types.BuiltinMethodType) else ""
    return f"{stream}.{name}" if stream and name in ("write", "flush") else ""


def _stream(obj: Any) -> str:
    if obj is sys.stdout:
        return "sys.stdout"
    return "sys.stderr" if obj is sys.stderr else ""


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """An argument of a function with an effect; ``starred``: it is unpacked there."""

    node: ast.expr
    value: Any
    starred: bool = False


def call_effect(r: Reader, node: ast.Call, name: str) -> Any:
    """Emit the call of a function with an effect: of its arguments, once all are there."""
    parts = [part for a in node.args for part in _parts(r, a)]
    named = [(k, shown(r, k.value)) for k in node.keywords]
    holes: list[Value] = []
    args = [_argument(r, part, holes) for part in parts]
    keywords = [ast.keyword(k.arg, _argument(r, Part(k.value, v), holes)) for k, v in named]
    call = ast.Call(ast.parse(name, mode="eval").body, args, keywords)
    text = ast.unparse(ast.fix_missing_locations(call))
    r.b.append("effect", [Const(True), *holes], [], span=r.span(node), attrs={"text": text})
    return Static(None)


def _parts(r: Reader, node: ast.expr) -> list[Part]:
    """Evaluate an argument, or what is unpacked: as it stands where nobody can count its items."""
    if not isinstance(node, ast.Starred):
        return [Part(node, shown(r, node))]
    value = given(r, node.value, r.settled(shown(r, node.value)))
    if isinstance(value, Texts) or _stands(r, value):
        return [Part(node, value, starred=True)]
    return [Part(node, item) for item in sequence_items(r, value, node)]


def _stands(r: Reader, value: Any) -> bool:
    """Whether nobody can count what is unpacked: an array, a list of the graph, one or another."""
    if isinstance(value, Choice):
        sides = [r.settled(side) for side in (value.then, value.other)]
        unlike = len({len(side.items) for side in sides if isinstance(side, Seq)}) > 1
        return unlike or any(_stands(r, side) for side in sides)
    return isinstance(value, Ref) and r.read(value).type.kind in ("list", "array")


def _said(r: Reader, node: ast.expr, value: Any) -> Any:
    """Return what is shown of an argument: of an object, what it says of itself."""
    said = own_texts.told(r, node, value, "str")
    return value if said is None else said


def _argument(r: Reader, part: Part, holes: list[Value]) -> ast.expr:
    """Return what is written for an argument."""
    node, value = part.node, part.value
    if part.starred:
        return ast.Starred(spelled(r, value, node, holes), ast.Load())
    if isinstance(value, Static):
        if _stream(value.obj):
            return ast.parse(_stream(value.obj), mode="eval").body
        name = getattr(value.obj, "__name__", "")
        if isinstance(value.obj, type) and getattr(builtins, name, None) is value.obj:
            return ast.Name(name, ast.Load())
    return spelled(r, _said(r, node, value), node, holes)
