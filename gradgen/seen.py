"""Whether a second run of a function would be noticed: a text that is shown, a number drawn."""

from __future__ import annotations

import contextlib
import io
import logging
import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np

from gradgen.diff.pairs import callees_of
from gradgen.frontend.unread import KEPT
from gradgen.ir.nodes import Function, Op, walk


def is_seen(function: Function) -> bool:
    """Whether what a function does, or one that it calls, is noticed outside."""
    return any(_is_drawn(op) or _is_shown(op) for op in _all(function))


def drawn_by(function: Function) -> Op | None:
    """Return what draws of a generator that a function has not made, there or in one it calls."""
    return next(filter(_is_drawn, _all(function)), None)


def _all(function: Function) -> Iterator[Op]:
    for each in (function, *(c.function for c in callees_of(function))):
        yield from walk(each.body)


def _is_drawn(op: Op) -> bool:
    if op.prim == "helper":
        return op.attrs.get("does") == "draw"  # as compiled code draws: it says no more
    return op.prim == "draw" and "." in op.attrs["function"]


def _is_shown(op: Op) -> bool:
    return op.prim == "effect" and op.attrs["text"] != KEPT


@contextlib.contextmanager
def unseen(drawn_from: dict[str, Any]) -> Iterator[None]:
    """Run a function again as it ran from a state of NumPy's own generator, and show nothing."""
    state, silent = np.random.get_state(legacy=False), logging.root.manager.disable
    np.random.set_state(drawn_from)
    logging.disable(logging.CRITICAL)
    nowhere = io.StringIO()
    try:
        with (
            contextlib.redirect_stdout(nowhere),
            contextlib.redirect_stderr(nowhere),
            warnings.catch_warnings(),
        ):
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(silent)
        np.random.set_state(state)
