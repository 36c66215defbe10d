"""The loss's own error: it comes before one of the sweep back.

A generated function may do a part of the sweep before the loss is through, where one loop does
both, and so fail in the sweep where the loss itself fails later, in another way.  The sweep may
also fail where the loss does not: ``np.sum(x) / 0.0`` is infinite, for NumPy only warns, but its
derivative divides Python's own ``1.0`` by ``0.0``.
"""

from __future__ import annotations

import contextlib
import copy
import io
import linecache
import traceback
import warnings
from collections.abc import Callable
from inspect import BoundArguments
from typing import Any

from gradgen.errors import Span, shown
from gradgen.frontend.source import short_path
from gradgen.ir.nodes import Function
from gradgen.seen import is_seen

INFINITE = """The function itself does not fail here; its derivative is infinite, or not a number.
Way out: divide by a number of NumPy's, as in x / np.float64(d), for a derivative of inf or nan"""


def prefer_own_error(
    error: Exception, fn: Callable[..., Any], call: BoundArguments, function: Function
) -> None:
    """Raise what the loss itself raises, where that is something else than what the sweep did.

    Where it raises nothing, a division by zero gets a note that says so.
    """
    if is_seen(function):
        return
    try:
        args, kwargs = copy.deepcopy((call.args, call.kwargs))
    except Exception:  # a class of the user's may refuse copies in any way
        return
    try:
        with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            fn(*args, **kwargs)
    except Exception as own:
        if type(own) is not type(error) or own.args != error.args:
            _note_place(own, getattr(getattr(fn, "__code__", None), "co_filename", None))
            raise own from None
    else:
        if isinstance(error, ZeroDivisionError):
            error.add_note(INFINITE)


def _note_place(own: Exception, file: str | None) -> None:
    """Add the place in the user's file to an exception that has none yet."""
    frames = [f for f in traceback.extract_tb(own.__traceback__) if f.filename == file]
    if not frames or getattr(own, "__notes__", None):
        return
    last = frames[-1]
    text = linecache.getline(last.filename, last.lineno or 0).rstrip()
    column = len(text.encode()[: last.colno or 0].decode(errors="ignore"))
    span = Span(short_path(last.filename), last.lineno or 0, column, text)
    own.add_note("\n".join([f"{span}: in {last.name!r}", *shown(span)]))
