"""The errors that gradgen raises on purpose; every message says where, what and a way out."""

from __future__ import annotations

import sys
import warnings
from dataclasses import field
from typing import TYPE_CHECKING

from gradgen.dataclass import dataclass

if TYPE_CHECKING:
    from typing import Self

CALLS = 4  # as many calls inside each other are shown, from the innermost


@dataclass(frozen=True, slots=True)
class Span:
    """A place in a source: file, line (from 1), column (from 0), text of the line.

    ``made_from`` is the place in the user's source that a generated line is from: ``losses.py:4``;
    ``swept`` says that the line is in the sweep back.  ``call`` is the place of the call, where
    this is in a function that another one calls.
    """

    path: str = "<unknown>"
    line: int = 0
    column: int = 0
    text: str = ""
    made_from: str = ""
    swept: bool = False
    call: Span | None = field(default=None, compare=False)

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column + 1}"


def shown(span: Span) -> list[str]:
    """Return the line of a place and a caret under the column, and the calls that lead there."""
    lines = []
    if span.text:
        text = span.text.rstrip()
        caret = "".join("\t" if c == "\t" else " " for c in text[: span.column])
        lines = [f"    {text}", f"    {caret}^"]
    return lines + _calls(span)


def _calls(span: Span) -> list[str]:
    """Return the calls that lead to a place, but for what one line of the user's is read as."""
    lines: list[str] = []
    at, call = span, span.call
    while call is not None and len(lines) < CALLS:
        definition = call.text[call.column :].startswith(("def ", "class ", "@", "async "))
        if str(call) != str(at) and not definition:
            lines.append(f"Called at {call}: {call.text.strip()}")
        at, call = call, call.call
    return lines


class GradgenError(Exception):
    """Base class of all errors that gradgen raises on purpose.

    Parameters
    ----------
    message : str
        What is wrong, naming the construct.
    span : Span, optional
        Where in the user's source; gives the ``path:line:column:`` prefix and the caret.
    hint : str, optional
        A way out.
    """

    read = 0  # how many statements of the function had been read until then, where that is counted

    def __init__(self, message: str, span: Span | None = None, hint: str = "") -> None:
        self.message, self.span, self.hint = message, span, hint
        super().__init__(self._render())

    def at(self, span: Span) -> Self:
        """Return the same error with a place, if it has none."""
        return self if self.span is not None else type(self)(self.message, span, self.hint)

    def _render(self) -> str:
        lines = [self.message if self.span is None else f"{self.span}: {self.message}"]
        lines += [] if self.span is None else shown(self.span)
        if self.span is not None and self.span.made_from:
            lines.append(f"This line is made from {self.span.made_from}")
        if self.hint:
            lines.append(f"Way out: {self.hint}")
        return "\n".join(lines)

    def __reduce__(self) -> tuple[type, tuple[str, Span | None, str]]:
        return type(self), (self.message, self.span, self.hint)


class SourceError(GradgenError):
    """The source of a function cannot be had, or is not the code that runs."""


class UnsupportedError(GradgenError):
    """A construct, a callee or a kind of store that gradgen does not differentiate."""


class UnbatchedError(UnsupportedError):
    """What NumPy does not do for many directions or examples at once."""


class ArgumentError(GradgenError, TypeError, ValueError):
    """An argument, an option, or a result, of a kind that has no derivative here."""


class ResultError(ArgumentError):
    """A function returns something of which there is no such derivative as is asked for."""


class ReplayError(GradgenError):
    """The reverse sweep does not read what the forward sweep computed (see ``check_replay``)."""


class OutputError(GradgenError, OSError):
    """A file that cannot be written, or is not gradgen's to overwrite."""


class GradgenWarning(UserWarning):
    """Something whose derivative is right, and may not be what is meant."""


def further(one: GradgenError, other: GradgenError) -> GradgenError:
    """Return that of two refusals of a function which stands further down: reading came so far."""
    for error in (one, other):
        if isinstance(error, ResultError):
            return error  # all of the function had been read
    if one.span is None or other.span is None or one.span.path != other.span.path:
        return one
    places = [(span.line, span.column) for span in (one.span, other.span)]
    return other if places[1] > places[0] else one


def warn(text: str | Warning) -> None:
    """Warn the caller of gradgen: the place that is shown is not in gradgen itself."""
    level, frame = 1, sys._getframe(0)
    while frame.f_back is not None and frame.f_globals.get("__name__", "").startswith("gradgen."):
        level, frame = level + 1, frame.f_back
    warnings.warn(text, GradgenWarning, stacklevel=level)
