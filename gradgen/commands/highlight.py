"""Colours for Python text on a terminal, by the tokens of the language."""

from __future__ import annotations

import io
import keyword
import os
import sys
import token
import tokenize

RESET = "\x1b[0m"
COLOURS = {
    "keyword": "\x1b[35m",
    "defined": "\x1b[1;34m",
    "string": "\x1b[32m",
    "number": "\x1b[36m",
    "comment": "\x1b[90m",
}
CHOICES = ("auto", "always", "never")


def wanted(choice: str) -> bool:
    """Whether to colour standard output."""
    if choice != "auto":
        return choice == "always"
    return sys.stdout.isatty() and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"


def highlight(text: str) -> str:
    """Return Python text with the escapes that colour it; without them it is the same text."""
    lines = text.splitlines(keepends=True)
    out: list[str] = []
    row, column, previous = 1, 0, ""
    for found in tokenize.generate_tokens(io.StringIO(text).readline):
        kind = _kind(found, previous)
        if kind:
            out.append(_between(lines, (row, column), found.start))
            out.append(_coloured(found.string, COLOURS[kind]))
            row, column = found.end
        if found.string.strip():
            previous = found.string
    out.append(_between(lines, (row, column), (len(lines) + 1, 0)))
    return "".join(out)


def _kind(found: tokenize.TokenInfo, previous: str) -> str:
    if found.type == token.COMMENT:
        return "comment"
    if found.type == token.STRING:
        return "string"
    if found.type == token.NUMBER:
        return "number"
    if found.type == token.NAME and previous in ("def", "class"):
        return "defined"
    if found.type == token.NAME and keyword.iskeyword(found.string):
        return "keyword"
    return ""


def _coloured(text: str, colour: str) -> str:
    """Colour each line by itself, so that a pager can cut the text anywhere."""
    return "\n".join(f"{colour}{line}{RESET}" if line else "" for line in text.split("\n"))


def _between(lines: list[str], start: tuple[int, int], end: tuple[int, int]) -> str:
    """Return the text between two places (rows count from 1)."""
    (row, column), (last, stop) = start, end
    if row == last:
        return lines[row - 1][column:stop] if row <= len(lines) else ""
    parts = [lines[row - 1][column:]] if row <= len(lines) else []
    parts += lines[row : last - 1]
    if last <= len(lines):
        parts.append(lines[last - 1][:stop])
    return "".join(parts)
