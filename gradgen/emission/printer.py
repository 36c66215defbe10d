"""Statements to lines: astor spells every node, this file lays the lines out and adds comments.

astor's own line wrapping is replaced: a long statement is split at its outermost bracket, or put
in parentheses and split at its loosest operator, to 88 columns.  Comments stand at the line's end.
"""

from __future__ import annotations

import ast
import re

from gradgen.deep import deep
from gradgen.emission.spelling import spell

WIDTH = 88
FEW = 3  # so many short parts stand one to a line
SHORT = re.compile(r"(-?[\d.][\w.+-]*|np\.ndim\(\w+\)),?")
# What a line is made of; `tokenize` reads the same, but takes a while to get ready.
TOKEN = re.compile(r"""
    (?P<text>[rbuf]{0,2}(?:\"{3}.*?\"{3}|'{3}.*?'{3}|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'))
  | (?P<number>\.?\d(?:[eE][+-]|[\w.])*)
  | (?P<name>\w+)
  | (?P<sign>\*\*=?|//=?|<<=?|>>=?|->|\.\.\.|[-+*/%&|^@=<>!:]=|[^\s\w])
""", re.VERBOSE)  # fmt: skip
INDENT = "    "
COMPARISONS, QUOTES = {"==", "!=", "<", "<=", ">", ">="}, "'\""
SIGNS = {"+", "-", "*"}  # which may stand before an operand, too
OPENING, CLOSING = frozenset("([{"), frozenset(")]}")
COMMENT_COLUMN = 56


@deep
def print_statements(statements: list[ast.stmt], depth: int = 0) -> list[str]:
    """Return the lines of statements at an indentation depth."""
    lines: list[str] = []
    for s in statements:
        lines += _statement(s, depth)
    return lines


def _statement(s: ast.stmt, depth: int) -> list[str]:
    if isinstance(s, Comment):
        return [f"{INDENT * depth}{s.text}" if s.text else ""]
    if isinstance(s, Docstring):
        return _docstring(s.text, depth)
    if isinstance(s, ast.If):
        return _branch(s, depth, "if")
    if isinstance(s, ast.For | ast.While | ast.With | ast.FunctionDef | ast.ClassDef):
        above = [f"{INDENT * depth}@{spell(d)}" for d in getattr(s, "decorator_list", ())]
        return [*above, *_header(s, depth), *print_statements(s.body, depth + 1)]
    return _with_comment(wrap(spell(s), depth), getattr(s, "comment", ""))


class Comment(ast.stmt):
    """A line of its own that is not code; empty text is an empty line."""

    _fields = ()

    def __init__(self, text: str = "") -> None:
        super().__init__()
        self.text = text


class Docstring(ast.stmt):
    """A docstring, already wrapped by its author."""

    _fields = ()

    def __init__(self, text: str = "") -> None:
        super().__init__()
        self.text = text


def _docstring(text: str, depth: int) -> list[str]:
    safe = text.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    first, *rest = safe.split("\n")
    pad = INDENT * depth
    body = [f"{pad}{line}".rstrip() for line in rest]
    if not rest:
        return [f'{pad}"""{first}"""']
    return [f'{pad}"""{first}', *body, f'{pad}"""']


@deep
def _branch(s: ast.If, depth: int, word: str) -> list[str]:
    head = ast.If(s.test, [ast.Pass()], [])
    lines = _with_comment(_head_lines(head, depth, word), getattr(s, "comment", ""))
    lines += print_statements(s.body, depth + 1)
    if len(s.orelse) == 1 and isinstance(s.orelse[0], ast.If):
        return lines + _branch(s.orelse[0], depth, "elif")
    if s.orelse:
        lines += [f"{INDENT * depth}else:", *print_statements(s.orelse, depth + 1)]
    return lines


def _header(
    s: ast.For | ast.While | ast.With | ast.FunctionDef | ast.ClassDef, depth: int
) -> list[str]:
    if isinstance(s, ast.For):
        head: ast.stmt = ast.For(s.target, s.iter, [ast.Pass()], [])
    elif isinstance(s, ast.While):
        head = ast.While(s.test, [ast.Pass()], [])
    elif isinstance(s, ast.With):
        head = ast.With(s.items, [ast.Pass()])
    elif isinstance(s, ast.ClassDef):
        head = ast.ClassDef(s.name, s.bases, [], [ast.Pass()], [])
    else:
        head = ast.FunctionDef(s.name, s.args, [ast.Pass()], [], None)
    return _with_comment(_head_lines(head, depth, ""), getattr(s, "comment", ""))


def _head_lines(head: ast.stmt, depth: int, word: str) -> list[str]:
    lines = spell(head).strip("\n").split("\n")
    text = lines[0] if len(lines) == 2 else " ".join(line.strip() for line in lines[:-1])
    if word == "elif":
        text = "el" + text
    return wrap(text, depth)


def _with_comment(lines: list[str], comment: str) -> list[str]:
    if not comment:
        return lines
    last = lines[-1]
    gap = max(COMMENT_COLUMN - len(last), 2)
    if len(last) + gap + len(comment) + 2 <= WIDTH + 12:
        lines[-1] = f"{last}{' ' * gap}# {comment}"
    else:
        pad = lines[0][: len(lines[0]) - len(lines[0].lstrip())]
        lines.insert(0, f"{pad}# {comment}")
    return lines


def wrap(text: str, depth: int, inside: bool = False) -> list[str]:
    """Return a text as indented lines of at most 88 columns, where it can be split.

    It is a statement, or a part of one that stands ``inside`` a bracket.
    """
    pad = INDENT * depth
    if len(pad) + len(text) <= WIDTH or "\n" in text:
        return [pad + line for line in text.split("\n")]
    tokens = _tokens(text)
    if inside and len(tokens) == 1 and text[0] in QUOTES:
        return [pad + line for line in _pieces(text, WIDTH - len(pad))]
    either = not inside and text.endswith(":") and any(t[0] == "or" for t in _outside(tokens))
    head, body, tail = _outermost(text, tokens, 0 if either else WIDTH * 2 // 3)
    if not body:
        if inside:
            return [line for part in _operators(text) for line in _whole(part, depth)]
        lines = _parenthesised(text, depth, tokens)
        head, body, tail = _outermost(text, tokens, WIDTH - len(pad))
        if len(lines) > 1 or not body:
            return lines
    parts = _split(body, pad)
    lines = [pad + head]
    for part in parts:
        lines += wrap(part, depth + 1, inside=True)
    return [*lines, pad + tail]


def _whole(part: str, depth: int) -> list[str]:
    """Return an operand with its operator, split once more if that makes it shorter."""
    return wrap(part, depth, inside=len(_operators(part)) > 1)


def _tokens(text: str) -> list[re.Match[str]]:
    return list(TOKEN.finditer(text))


def _outermost(text: str, tokens: list[re.Match[str]], most: int) -> tuple[str, str, str]:
    """Split at the longest top-level bracket pair, if that leaves short ends: ``most`` columns."""
    depth, start, best = 0, 0, ("", "", "")
    for t in tokens:
        if t[0] in OPENING:
            if depth == 0:
                start = t.end()
            depth += 1
        elif t[0] in CLOSING:
            depth -= 1
            if depth == 0 and t.start() - start > len(best[1]):
                best = (text[:start], text[start : t.start()], text[t.start() :])
    rest = len(best[0]) + len(best[2])
    return best if best[1] and rest < most else ("", "", "")


def _split(body: str, pad: str) -> list[str]:
    """Split the inside of a bracket at its commas, else at its loosest operators."""
    if len(pad) + len(INDENT) + len(body) <= WIDTH:
        return [body]
    parts = _cut(body, {","}, keep_before=True)
    if len(parts) > FEW and all(map(SHORT.fullmatch, parts)):
        return _filled(parts, WIDTH - len(pad) - len(INDENT))
    return parts if len(parts) > 1 else _operators(body)


def _filled(parts: list[str], width: int) -> list[str]:
    """Put as many short parts on a line as there is room for."""
    lines = [parts[0]]
    for part in parts[1:]:
        longer = f"{lines[-1]} {part}"
        if len(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(part)
    return lines


def _pieces(text: str, width: int) -> list[str]:
    """Split a text in quotes at spaces into several that stand side by side."""
    quote = text[0]
    lines, rest = [], text[1:-1]
    while len(rest) + 2 > width and " " in rest[1 : width - 2]:
        gap = "  " if "  " in rest[width // 2 : width - 2] else " "  # between arguments
        at = rest.rindex(gap, 1, width - 2) + len(gap)
        lines.append(quote + rest[:at] + quote)
        rest = rest[at:]
    return [*lines, quote + rest + quote]


def _operators(body: str) -> list[str]:
    for group in ({"else"}, {"or"}, {"and"}, COMPARISONS, {"+", "-"}, {"*", "/", "@"}):
        parts = _cut(body, group, keep_before=False)
        if len(parts) > 1:
            return parts
    return [body]


def _ends_operand(token: re.Match[str]) -> bool:
    """Whether what follows a token is a binary operator, not a sign."""
    words = ("in", "is", "not", "and", "or", "if", "else", "lambda")
    ends = token.lastgroup in ("name", "number", "text") or token[0] in CLOSING
    return ends and token[0] not in words


def _cut(body: str, where: set[str], keep_before: bool) -> list[str]:
    depth, last, parts, before = 0, 0, [], None
    for t in _tokens(body):
        if t[0] in OPENING:
            depth += 1
        elif t[0] in CLOSING:
            depth -= 1
        binary = t[0] not in SIGNS or (before is not None and _ends_operand(before))
        if depth == 0 and t[0] in where and (keep_before or binary):
            at = t.end() if keep_before else t.start()
            parts.append(body[last:at].strip())
            last = at
        before = t
    parts.append(body[last:].strip())
    return [p for p in parts if p]


def _outside(tokens: list[re.Match[str]]) -> list[re.Match[str]]:
    """Return the tokens that stand in no bracket."""
    depth, found = 0, []
    for t in tokens:
        depth -= t[0] in CLOSING
        if depth == 0 and t[0] not in CLOSING:
            found.append(t)
        depth += t[0] in OPENING
    return found


def _parenthesised(text: str, depth: int, tokens: list[re.Match[str]]) -> list[str]:
    pad = INDENT * depth
    equals = [t for t in _outside(tokens) if t[0] in ("=", "+=", "-=")]
    if text.startswith("return "):
        head, body, tail = "return ", text[len("return ") :], ""
    elif equals:
        head, body, tail = text[: equals[0].end()] + " ", text[equals[0].end() :].strip(), ""
    elif text.endswith(":") and " " in text:
        word, rest = text.split(" ", 1)
        head, body, tail = word + " ", rest[:-1], ":"
    else:
        return [pad + text]
    parts = _operators(body)
    if len(parts) == 1:
        return [pad + text]
    inner = [line for p in parts for line in _whole(p, depth + 1)]
    return [f"{pad}{head}(", *inner, f"{pad}){tail}"]
