"""Letters of known texts at computed places: ``a[i] == b[j]``, where sequences are aligned.

A letter is a choice of those that the text has, by its code at that place.  Two letters, or a
letter and a constant, are compared by their codes.
"""

from __future__ import annotations

import ast
from typing import Any

from gradgen.frontend import branches
from gradgen.frontend.reader import Reader
from gradgen.frontend.signals import FOR
from gradgen.frontend.values import Choice, Iteration, Static
from gradgen.ir.builder import Builder
from gradgen.ir.nodes import Block, Const, Value

FEW = 32  # letters in a text, among which paths may part
LONG = 8  # texts that are longer are looped over, and not written out letter by letter


def letter(r: Reader, node: ast.AST, text: str, key: Value) -> Choice | None:
    """Return the letter at a computed place, None where there are too many kinds, or one."""
    kinds = sorted(set(text))
    if not 1 < len(kinds) <= FEW or key.type.kind != "int":
        return None
    code = r.b.emit("load", [_codes(r, node, text), key], span=r.span(node), index="i")
    out: Any = Static(kinds[-1])
    for kind in reversed(kinds[:-1]):
        out = Choice(_is(r, node, code, kind), Static(kind), out)
    r.letters[id(out)] = out, code
    found: Choice = out
    return found


def over_letters(r: Reader, node: ast.AST, value: Any) -> Iteration | None:
    """Return what a loop over a long text runs over, None where it is none."""
    text = value.obj if isinstance(value, Static) else None
    if not isinstance(text, str) or len(text) <= LONG or not 1 < len(set(text)) <= FEW:
        return None
    if r.book.effort & FOR:
        return None

    def element(place: Value) -> Any:
        if isinstance(place, Const):
            return Static(text[place.const])
        return letter(r, node, text, place)

    return Iteration(Const(len(text)), element)


def _codes(r: Reader, node: ast.AST, text: str) -> Value:
    """Return the codes of a text's letters, which are written down where the function begins."""
    if (r.top, text) not in r.codes:
        b = Builder(Block())
        b.span = r.span(node)
        codes = b.emit("array", [Const(ord(c)) for c in text], "letters")
        before = {v.op for v in r.codes.values()}
        ops = enumerate(r.top.ops)
        first = next((k for k, op in ops if op.prim != "leaf" and op not in before), len(r.top.ops))
        r.top.ops[first:first] = b.block.ops
        r.codes[r.top, text] = codes
    return r.codes[r.top, text]


def compared(r: Reader, node: ast.Compare, op: ast.cmpop, left: Any, right: Any) -> Value | None:
    """Compare a letter with another one, or with a known text; None where neither is one."""
    held = [r.letters.get(id(side)) for side in (left, right)]
    if held[0] is not None and isinstance(op, ast.In | ast.NotIn):
        return _contained(r, node, op, held[0], right)
    if held == [None, None] or not isinstance(op, ast.Eq | ast.NotEq):
        return None
    codes = [_code(side, known) for side, known in zip((left, right), held, strict=True)]
    if None in codes:
        return None
    return r.b.emit("eq" if isinstance(op, ast.Eq) else "ne", codes, span=r.span(node))


def _contained(
    r: Reader, node: ast.Compare, op: ast.cmpop, held: tuple[Any, Value], right: Any
) -> Value | None:
    """Return whether a letter is in a known text, by the letters that it may be."""
    text = right.obj if isinstance(right, Static) else None
    if not isinstance(text, str):
        return None
    kinds = [kind for kind in dict.fromkeys(text) if kind in _kinds(held[0])]
    tests = [lambda kind=kind: _is(r, node, held[1], kind) for kind in kinds]
    found = branches.chain(r, node, tests, stop_on=True) if tests else Const(False)
    return branches.negated(r, found) if isinstance(op, ast.NotIn) else found


def _is(r: Reader, node: ast.AST, code: Value, kind: str) -> Value:
    return r.b.emit("eq", [code, Const(ord(kind))], span=r.span(node))


def _kinds(letter: Any) -> set[str]:
    """Return the letters of a choice."""
    if isinstance(letter, Choice):
        return _kinds(letter.then) | _kinds(letter.other)
    return {letter.obj}


def _code(side: Any, held: tuple[Any, Value] | None) -> Value | None:
    if held is not None:
        return held[1]
    single = isinstance(side, Static) and isinstance(side.obj, str) and len(side.obj) == 1
    return Const(ord(side.obj)) if single else None
