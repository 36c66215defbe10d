"""The comments of a module: its sections, and each statement's place in the user's source."""

from __future__ import annotations

import ast
from pathlib import PurePath

from gradgen.deep import deep
from gradgen.emission.printer import Comment
from gradgen.errors import Span

BOTH = "forward and reverse"


def with_sections(statements: list[ast.stmt]) -> list[ast.stmt]:
    """Return statements with comments that say which of the sweeps they are part of."""
    labels = [_label(s) for s in statements]
    if set(labels) == {"forward"}:
        return list(statements)
    for k in range(len(labels) - 2, -1, -1):
        if labels[k] == "reverse" and labels[k + 1] == BOTH:
            labels[k] = BOTH  # what the sweep adds to is made before the loop
    out: list[ast.stmt] = []
    current = None
    for s, section in zip(statements, labels, strict=True):
        if section != current:
            if current is not None:
                out.append(Comment(""))
            out.append(Comment(f"# --- {section} {'-' * (63 - len(section))}"))
            current = section
        out.append(s)
        if section == BOTH:
            _mark_reverse(s)
    return out


def _label(s: ast.stmt) -> str:
    if getattr(s, "gradgen_fused", False):
        return BOTH
    return "reverse" if getattr(s, "gradgen_reverse", False) else "forward"


@deep
def _mark_reverse(s: ast.stmt) -> None:
    """Say in the body of a fused loop where the reverse of a turn begins, in place."""
    if not isinstance(s, ast.For) or not getattr(s, "gradgen_fused", False):
        return
    labels = [_label(inner) for inner in s.body]
    first = next((k for k, label in enumerate(labels) if label != "forward"), None)
    for inner in s.body:
        _mark_reverse(inner)
    if first is not None and labels[first] == "reverse":
        s.body.insert(first, Comment("# reverse of this turn"))


def _place(span: Span) -> str:
    """Return the place in the user's source that a comment names."""
    return span.made_from or f"{PurePath(span.path).name}:{span.line}"


def comment_places(statements: list[ast.stmt]) -> None:
    """Note the user's line on each statement where it is another than before, in place."""
    _comment(statements, None)


@deep
def _comment(statements: list[ast.stmt], last: str | None, again: bool = False) -> str | None:
    """Note places where they change; ``again``: what is run again is known to be."""
    for s in statements:
        span = getattr(s, "gradgen_span", None)
        place = _place(span) if span is not None else ""
        repeats = getattr(s, "gradgen_again", False)
        place += ", run again" if place and repeats and not again else ""
        if place and place != last:
            s.comment = place  # type: ignore[attr-defined]
            last = place
        if isinstance(s, ast.FunctionDef):
            last = _comment(s.body, None)
        if isinstance(s, ast.For | ast.While | ast.If):
            last = _comment(s.body, last, again or repeats)
            last = _comment(s.orelse, last, again or repeats)
    return last
