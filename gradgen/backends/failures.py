"""What Numba cannot compile, in gradgen's words: the user's line, what it says there, a way out."""

from __future__ import annotations

import re
import types
from collections.abc import Iterator
from typing import Any

from gradgen.emission.origins import origin_of_line
from gradgen.errors import UnsupportedError

PLACE = re.compile(r'File "([^"]+)", line (\d+)')
DTYPE = re.compile(r"argument (\d+): Unsupported array dtype: (\S+)")
COMPILER = ("builtins", "numba.", "llvmlite.")  # where its exceptions are defined
WAY_OUT = 'backend="numpy" computes it without compiling'


def refusal(error: BaseException, program: Any, code: types.CodeType) -> UnsupportedError | None:
    """Return the refusal that an exception of Numba's compiler stands for; None for others."""
    if not _while_compiling(error):
        return None
    lines, whole = program.text.split("\n"), program.function.span
    if (found := DTYPE.search(str(error))) is not None:
        name = _parameter(lines, error, int(found[1]))
        message = f"{name} is an array of dtype {found[2]}, which Numba does not have"
        return UnsupportedError(message, whole, f"convert it with .astype(float); {WAY_OUT}")
    for number in _lines_of(error, code.co_filename):
        if number > len(lines):
            continue
        origin = origin_of_line(program, number)
        what = lines[number - 1].partition("  #")[0].strip()
        message = f"Numba cannot compile `{what}` ({_reason(error)})"
        return UnsupportedError(message, origin.span if origin else whole, WAY_OUT)
    return UnsupportedError(f"Numba cannot compile this ({_reason(error)})", whole, WAY_OUT)


def _parameter(lines: list[str], error: BaseException, place: int) -> str:
    """Return the name of a parameter of the compiled function that an error is about."""
    loc = getattr(error, "loc", None)
    below = lines[loc.line - 1 :] if loc is not None else []
    header = next((line for line in below if line.startswith("def ")), "")
    names = header.partition("(")[2].partition(")")[0].split(", ")
    return repr(names[place]) if place < len(names) and names[place] else "an argument"


def _while_compiling(error: BaseException) -> bool:
    """Whether an exception comes from the compiler, not from what was compiled."""
    if isinstance(error, RuntimeError) and "unresolved symbol" in str(error):
        return True
    # A time limit that the caller has set, or the end of memory, may come up in the compiler, too.
    if isinstance(error, OSError | MemoryError) or not type(error).__module__.startswith(COMPILER):
        return False
    frame = error.__traceback__
    while frame is not None:
        module = frame.tb_frame.f_globals.get("__name__") or ""
        if module.startswith(("numba.core.", "llvmlite.")):
            return True
        frame = frame.tb_next
    return False


def _lines_of(error: BaseException, filename: str) -> Iterator[int]:
    """Yield the lines of the text that a message names, the innermost first."""
    text = str(error)
    loc = getattr(error, "loc", None)
    if loc is not None and loc.filename == filename:
        yield loc.line
    for path, line in reversed(PLACE.findall(text)):
        if path == filename or path.endswith(filename):
            yield int(line)


def _reason(error: BaseException) -> str:
    """Return the line of Numba's message that says most, without its formatting."""
    plain = re.sub(r"\x1b\[[0-9;]*m", "", str(error))
    lines = [s.strip() for s in plain.split("\n") if s.strip()]
    telling = ("No implementation", "Cannot unify", "not supported", "Unknown attribute", "cannot")
    for line in lines:
        if any(word.lower() in line.lower() for word in telling):
            return line[:200].rstrip(":.")
    if any("undecided" in line.lower() for line in lines):
        return "no type is found for it; a list that begins empty may have none"
    lines = [line for line in lines if not line.startswith("Failed in nopython")] or lines
    return f"{type(error).__name__}: {lines[0][:200] if lines else ''}".rstrip(": ")
