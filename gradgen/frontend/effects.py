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


def call_effect(r: Reader, node: ast.Call, name: str) -> Any:
    """Emit the call of a function with an effect."""
    holes: list[Value] = []
    args: list[ast.expr] = []
    for a in node.args:
        if isinstance(a, ast.Starred):
            args += _unpacked(r, a, holes)
        else:
            args.append(_argument(r, a, holes))
    keywords = [ast.keyword(k.arg, _argument(r, k.value, holes)) for k in node.keywords]
    call = ast.Call(ast.parse(name, mode="eval").body, args, keywords)
    text = ast.unparse(ast.fix_missing_locations(call))
    r.b.append("effect", [Const(True), *holes], [], span=r.span(node), attrs={"text": text})
    return Static(None)


def _unpacked(r: Reader, node: ast.Starred, holes: list[Value]) -> list[ast.expr]:
    """Return what is unpacked: by item, or as it stands where nobody can count its items."""
    value = given(r, node.value, r.settled(shown(r, node.value)))
    if isinstance(value, Texts):
        return [ast.Starred(spelled(r, value, node, holes), ast.Load())]
    if _stands(r, value):
        return [ast.Starred(spelled(r, value, node, holes), ast.Load())]
    items = sequence_items(r, value, node)
    return [spelled(r, _said(r, node, item), node, holes) for item in items]


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


def _argument(r: Reader, node: ast.expr, holes: list[Value]) -> ast.expr:
    value = shown(r, node)
    if isinstance(value, Static):
        if _stream(value.obj):
            return ast.parse(_stream(value.obj), mode="eval").body
        name = getattr(value.obj, "__name__", "")
        if isinstance(value.obj, type) and getattr(builtins, name, None) is value.obj:
            return ast.Name(name, ast.Load())
    return spelled(r, _said(r, node, value), node, holes)
