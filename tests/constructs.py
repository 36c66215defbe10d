"""The page that says for each construct whether it works: each one is tried."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np

import gradgen
from tests.long_programs import loaded
from tests.references import assert_gradient
from tests.snippets import HEAD, SNIPPETS

PAGE = Path(__file__).resolve().parents[1] / "docs" / "constructs.md"
INTRODUCTION = """# What works, construct by construct

Each row is a piece of a loss of an array `x`, a number `s` and an integer `k`; `y` is its result,
and ⏎ the end of a line. The tests try all of them: what works has the right value and gradient,
what is refused gives the reason and the way out that stand here. They also write this page. The
rules behind it are in [language.md](language.md).
"""
ARGUMENTS = (np.array([0.4, 1.3, 0.7, 0.9]), 0.6, 2)


def arguments() -> tuple[Any, ...]:
    """Return fresh arguments."""
    return tuple(a.copy() if isinstance(a, np.ndarray) else a for a in ARGUMENTS)


def text_of(snippet: str) -> str:
    """Return a module with the loss of a snippet."""
    lines = snippet.split("\n")
    body = "".join(f"    {line}\n" for line in [*lines, "return np.sum(y)"])
    kind = "async def" if "await" in snippet else "def"
    return f"{HEAD}\n{kind} loss(x, s, k):\n{body}"


def outcome(snippet: str, folder: Path) -> str:
    """Return ``works``, after checking it, or why a snippet is refused."""
    loss = loaded(text_of(snippet), folder)
    try:
        value, gradient = gradgen.value_and_grad(loss, argnums=(0, 1))(*arguments())
    except gradgen.GradgenError as error:
        return refusal(str(error))
    assert value == loss(*arguments())
    assert_gradient(loss, arguments(), gradient, (0, 1))
    return "works"


def refusal(message: str) -> str:
    """Return a message without its place in the source."""
    lines = message.split("\n")
    what = re.sub(r"^\S+\.py:\d+(:\d+)?: ", "", lines[0])
    what = re.sub(r"<function (\w+) at 0x\w+>", r"\1", what)
    out = next((line for line in lines if line.startswith("Way out: ")), "")
    return f"refused: {what}. {out}".strip()


def row(snippet: str, result: str) -> str:
    """Return the row of a table."""
    code = " ⏎ ".join(snippet.split("\n")).replace("|", "\\|")
    said = result.replace("|", "\\|")
    return f"| `{code}` | {said} |"


def page(folder: Path) -> str:
    """Return the text of the page, after trying all snippets."""
    parts = [INTRODUCTION]
    for title, snippets in SNIPPETS.items():
        rows = [row(snippet, outcome(snippet, folder)) for snippet in snippets]
        parts.append("\n".join([f"## {title}", "", "| code | |", "| --- | --- |", *rows, ""]))
    return "\n".join(parts)
