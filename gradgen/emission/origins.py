"""Where generated text comes from: an exception in it names the line of the user's source."""

from __future__ import annotations

import ast
import re
import types
from collections.abc import Iterator
from typing import Any, NamedTuple

from gradgen.emission.printer import Comment, Docstring
from gradgen.errors import ArgumentError, Span, shown

# What an array has of entries or rows, perhaps less what ``ddof=`` takes off, and a division by it.
COUNT = r"(?:len\([^/]*?\)|[^/ ]+\.(?:size|shape\[-?\d+\])|\d+\.0)"
FREEDOM = rf"(?:{COUNT}(?: - [\d.]+)?|max\({COUNT} - [\d.]+, 0\))"
BY_A_LENGTH = re.compile(rf"/ (?:({FREEDOM})|\(({FREEDOM})\)|([a-z_]\w*))$")
FEW = {
    "no": ("has no entries at this call, and its derivative divides by its length",
           "skip empty batches, or pass at least one entry"),
    "one": ("has no entries at this call, and its derivative is one of them",
            "skip empty batches, or pass at least one entry"),
    "ddof": ("has no more entries at this call than ddof= takes off, and its derivative divides "
             "by how many more they are", "pass more entries, or a smaller ddof="),
}  # fmt: skip
# What takes off some of the entries in its line, said or not.
FEWER = re.compile(r"ddof|correction|cov|corr|var|std|stdev|sem|score|test|bayes|describe")
Position = tuple[int, int, int, int]


class Origin(NamedTuple):
    """A place in the user's source, and whether its derivative is meant."""

    span: Span
    reverse: bool


def note_origin(error: BaseException, program: Any, code: types.CodeType) -> bool:
    """Add a note to an exception that says which line of the user's function raised it.

    Return whether that may be in a sweep, where the function itself may fail in another way.

    Raises
    ------
    ArgumentError
        In its place, where only the derivative needs more entries than there are.
    """
    line = _compiled_line(error, code)
    name, position = _position(error, code, {d.name for d in program.rendered().called})
    if line is not None:
        origin = origin_of_line(program, line)
    else:
        origin = origin_at(program, position, name) if position is not None else None
    name = program.function.name
    if origin is None and program.options.backend == "numba":
        unknown = 'compiled code does not say in which line; backend="numpy" does'
        error.add_note(f"{program.function.span}: in {name!r}; {unknown}")
    if origin is None:
        return False
    few = _too_few(error, program.text, position) if origin.reverse else ""
    if few == "ddof" and not FEWER.search(origin.span.text):
        few = ""  # the user's own division
    if few:
        what, way_out = FEW[few]
        raise ArgumentError(f"an array in this line {what}", origin.span, way_out) from None
    what = f"in the derivative of this line of {name!r}" if origin.reverse else f"in {name!r}"
    made = f", made from {origin.span.made_from}" if origin.span.made_from else ""
    error.add_note("\n".join([f"{origin.span}: {what}{made}", *shown(origin.span)]))
    return origin.reverse or bool(made)


def origin_at(program: Any, position: Position, name: str = "") -> Origin | None:
    """Return where a piece of a program's text comes from, None where that is not known.

    ``name``: the function in which it stands, where that is one that the program's own calls.
    """
    trees = _trees(program, name)
    return _origin(*trees, position) if trees else None


def origin_of_line(program: Any, line: int) -> Origin | None:
    """Return where the widest piece of text that stands on a line alone comes from."""
    trees = _trees(program)
    places = [] if trees is None else list(_places(*trees))
    found = [(p[2] - p[0], p[1] - p[3], k) for k, (p, _) in enumerate(places)
             if p[0] <= line <= p[2]]  # fmt: skip
    return places[min(found)[2]][1] if found else None


def _trees(program: Any, name: str = "") -> tuple[ast.FunctionDef, ast.FunctionDef] | None:
    """Return the tree that a program's function was printed from, and that of its text."""
    text, definition, called = program.rendered()
    definition = next((d for d in called if d.name == name), definition)
    return (definition, _parsed(text, definition.name)) if text == program.text else None


def _position(
    error: BaseException, code: types.CodeType, called: set[str]
) -> tuple[str, Position | None]:
    """Return lines and columns of what failed in the function, or in those that it calls.

    With it comes the name of the function in which they are.
    """
    frame, last = error.__traceback__, None
    while frame is not None:
        of = frame.tb_frame.f_code
        inside = of.co_filename == code.co_filename and of.co_name in called
        last = frame if of is code or inside else last
        frame = frame.tb_next
    if last is None:
        return "", None
    inner = last.tb_frame.f_code
    line, end_line, column, end_column = list(inner.co_positions())[last.tb_lasti // 2]
    line = line or last.tb_lineno
    if end_line is None or column is None or end_column is None:
        return inner.co_name, (line, 0, line, 10**6)
    return inner.co_name, (line, column, end_line, end_column)


def _too_few(error: BaseException, text: str, position: Position | None) -> str:
    """Return what is asked of an array that has too few entries for it, if that failed here."""
    of_none = isinstance(error, IndexError) and str(error).endswith("with size 0")
    if of_none or str(error) == "no derivative: a quantile of no entries":
        return "one"
    if not isinstance(error, ZeroDivisionError) or position is None:
        return ""
    found = BY_A_LENGTH.search(_piece(text, position))
    divisor = found and (found[1] or found[2])
    if found and not divisor:
        made = re.search(rf"^ *{found[3]} = ({FREEDOM})(?:  .*)?$", text, re.MULTILINE)
        divisor = made and made[1]
    return "" if not divisor else "ddof" if " - " in divisor else "no"


def _piece(text: str, position: Position) -> str:
    """Return a piece of the text, in one line."""
    line, column, end_line, end_column = position
    rows = [row.encode() for row in text.splitlines()[line - 1 : end_line]]
    rows[-1] = rows[-1][:end_column]
    rows[0] = rows[0][column:]
    return " ".join(row.decode().strip() for row in rows)


def _compiled_line(error: BaseException, code: types.CodeType) -> int | None:
    """Return the line that compiled code failed on: Numba adds a frame, unless it is an index."""
    frame, line = error.__traceback__, None
    while frame is not None:
        of = frame.tb_frame.f_code
        if of.co_filename == code.co_filename and of.co_name == f"{code.co_name}_compiled":
            line = frame.tb_lineno
        frame = frame.tb_next
    return line


def _parsed(text: str, name: str) -> ast.FunctionDef:
    return next(
        s for s in ast.parse(text).body if isinstance(s, ast.FunctionDef) and s.name == name
    )


def _origin(printed: ast.AST, parsed: ast.AST, position: Position) -> Origin | None:
    """Return the origin of the smallest piece of text around a position."""
    best: Origin | None = None
    size: tuple[int, int] | None = None
    for place, origin in _places(printed, parsed):
        inside = place[:2] <= position[:2] and position[2:] <= place[2:]
        extent = (place[2] - place[0], place[3] - place[1])
        if inside and (size is None or extent <= size):
            best, size = origin, extent
    return best


def _places(printed: ast.AST, parsed: ast.AST) -> Iterator[tuple[Position, Origin]]:
    """Yield the position of each piece of the text with its origin."""
    stack: list[tuple[Any, Any, Origin | None]] = [(printed, parsed, None)]
    while stack:
        a, b, origin = stack.pop()
        if type(a) is not type(b):
            continue
        if isinstance(a, list):
            items = [item for item in a if not isinstance(item, Comment | Docstring)]
            said = any(isinstance(item, Docstring) for item in a)
            b = b[1:] if said else b  # a docstring is a statement of what is parsed
            if len(items) == len(b):
                stack += [(x, y, origin) for x, y in zip(items, b, strict=True)]
        elif isinstance(a, ast.AST):
            span = getattr(a, "gradgen_span", None)
            if span is not None:
                origin = Origin(span, a.gradgen_reverse)  # type: ignore[attr-defined]
            if origin is not None and isinstance(b, ast.stmt | ast.expr):
                end = (b.end_lineno or b.lineno, b.end_col_offset or 0)
                yield (b.lineno, b.col_offset, *end), origin
            stack += [(getattr(a, n, None), getattr(b, n, None), origin) for n in a._fields]
