"""How a function is read that is refused at first: loops written out, for lengths and texts."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from typing import Any

from gradgen.errors import GradgenError, UnsupportedError, further
from gradgen.frontend import list_rows
from gradgen.frontend.book import FEW_STATEMENTS
from gradgen.frontend.captured_lists import require_loops
from gradgen.frontend.entries import KEYS
from gradgen.frontend.function import pinned_specs, read_once, specs_for
from gradgen.frontend.indices import WHOLE_NUMBERS
from gradgen.frontend.lists import BESIDE, SUBSCRIPT
from gradgen.frontend.long_lists import require_read_only, with_long_lists
from gradgen.frontend.pinning import any_single
from gradgen.frontend.pools import Kinds
from gradgen.frontend.records import LIKE_OTHERS, RANKED
from gradgen.frontend.signals import (
    FOR,
    WHILE,
    Laborious,
)
from gradgen.frontend.tables import EVERYWHERE, IN_LOOPS
from gradgen.ir.nodes import Function, walk

MOST_OPERATIONS = 6000
# How functions with texts by the path are read: few statements can be written out at first, then
# texts are values of the graph, then also what goes into lists is rows of lists.
WITH_WORDS = (
    (False, False, FOR), (False, False, FOR | WHILE),
    (True, False, 0), (True, True, 0), (True, True, FOR),
)  # fmt: skip
# What is refused as a text depends on the path, or may be so.
ABOUT_TEXTS = re.compile(
    r"\bstr\b|\btexts?\b|frozenset|set of computed|subscript of a dict"
    r"|other keys on another path|a dict gets new keys"
)
EFFORTS = (0, FOR, FOR | WHILE)
# What is refused as a dict goes into a list that something else holds: a loop, or beside None.
ABOUT_DICTS = re.compile(r"\ba dict\b.* a list\b|writes into a dict\b")
# What is refused as a list may be one of several, or be held by several things.
ABOUT_HOLDERS = re.compile(
    r"stand elsewhere too|would be seen too|may share memory|while a name holds an item"
    r"|grows in a loop that writes|where copies of it may be read|are one list|computed key"
    r"|is a tuple or a list"
)


def read_function(fn: Any, given: Any, options: Any) -> Function:
    """Return the graph of a function for arguments, specs (a dict) or annotations (None).

    Where that is refused, loops of few turns are written out, at last for the lengths and whole
    numbers of the arguments.  Of several refusals, that is raised which came furthest.
    """
    kinds, whiles = Kinds(), set[int]()
    try:
        return _with_lists(fn, given, options, kinds)
    except GradgenError as error:
        met = [error]
        if ABOUT_TEXTS.search(error.message):
            try:
                return _with_words(fn, given, options)
            except GradgenError:
                pass  # what is said of texts may not be what matters
        for specs, effort, follows, tables in _attempts(fn, given, met):
            if effort & WHILE and not whiles:
                continue  # it would be read as it was just before
            whiles.clear()
            try:
                how = (effort, None, None, 0, follows, whiles, tables)
                found = read_once(fn, specs, options, *how)
                return _of_fair_length(found, effort)
            except Laborious:
                continue
            except GradgenError as other:
                error = further(error, other)
                met.append(error)
        hints = {error.hint}
        for rows in _with_rows(kinds, hints, met):
            try:
                found = read_once(fn, given, options, **rows)
                return _of_fair_length(found, rows.get("effort", 0))
            except Laborious:
                continue
            except GradgenError as other:
                # Helpers stand above the function: what is further down there was not read later.
                # In the function itself it was, though a loop that did not settle was read again.
                if not 0 < other.read < met[0].read or _in_function(error, other):
                    error = further(other, error)
                hints |= {other.hint, error.hint}
                met.append(other)
        late = [ABOUT_TEXTS.search(other.message) for other in met]
        if any(late) and not late[0]:
            try:
                return _with_words(fn, given, options)
            except GradgenError as other:
                error = further(other, error)
        if any(ABOUT_HOLDERS.search(other.message) for other in met):
            read = _with_places(fn, given, options, kinds)
            if read is not None:
                return read
        raise error from None


def _in_function(*met: GradgenError) -> bool:
    """Whether all errors stand in the function itself, and not in one that it calls."""
    return all(error.span is not None and error.span.call is None for error in met)


def _with_places(fn: Any, given: Any, options: Any, kinds: Kinds) -> Function | None:
    """Read a function whose lists in lists are places; None where that is refused, too.

    Those that only names share may be so, too, and objects rows of lists.  Where it is asked for,
    dicts are lists of keys and of items, and texts that the path decides are values of the graph.
    """
    pools: list[set[type] | None] = [None, *([set()] if kinds.made | kinds.given else [])]
    before: Any = None
    for named in (False, True):
        lists = list_rows.kinds_in(fn, named)
        if lists and set(lists) != before:
            for pooled in pools:
                found = _with_dicts(fn, given, options, {"lists": lists, "pooled": pooled})
                if found is not None:
                    return found
        before = set(lists)
    return None


def _with_dicts(fn: Any, given: Any, options: Any, how: dict[str, Any]) -> Function | None:
    """Read a function with dicts as lists, and texts as values, where that is asked for."""
    tables = words = False
    while True:
        try:
            return read_once(fn, given, options, tables=tables, words=words, **how)
        except GradgenError as error:
            if not words and ABOUT_TEXTS.search(error.message):
                tables = words = True
            elif not tables and error.hint == KEYS:
                tables = True
            else:
                return None


def _with_words(fn: Any, given: Any, options: Any) -> Function:
    """Read a function with texts that the path decides as values of the graph (``words``)."""
    error: GradgenError | None = None
    for words, pooled, effort in WITH_WORDS:
        objects: set[type] | None = set() if pooled else None
        how: dict[str, Any] = {"pooled": objects, "tables": words, "words": words}
        how |= {} if words else {"most": FEW_STATEMENTS}
        try:
            found = read_once(fn, given, options, effort, **how)
            return _of_fair_length(found, effort)
        except Laborious:
            continue
        except GradgenError as other:
            error = other if error is None else further(other, error)
    assert error is not None
    raise error


def _with_lists(fn: Any, given: Any, options: Any, kinds: Kinds) -> Function:
    """Read a function with long lists as such; where that is refused, with them taken apart."""
    specs, kept = given, set[int]()  # by identity, those from outside
    if given is not None:
        specs = given if isinstance(given, dict) else specs_for(fn, given)
    found = with_long_lists(specs, options) if specs is not None else None
    try:
        keeps = kept if options.backend == "numpy" else None
        chosen = given if found == specs else found
        made = read_once(fn, chosen, options, kinds=kinds, kept_lists=keeps)
        require_read_only(made)
        require_loops(made)
        if options.backend != "numpy":
            from gradgen.frontend.list_columns import make_columns

            make_columns(made)
        return _of_fair_length(made)
    except GradgenError:
        if found == specs and not kept:
            raise
        kinds.made.clear()
        kinds.given.clear()
        kinds.listed.clear()
        return _of_fair_length(read_once(fn, given, options, kinds=kinds))


def _attempts(
    fn: Any, given: Any, met: list[GradgenError]
) -> Iterator[tuple[Any, int, bool, bool]]:
    """Yield for which specs to read once more, with which efforts, and what is followed.

    Where a key of a dict is asked for, the dict may be lists of keys and of items (the last of
    each attempt), or the key follows from an array that the function makes.  ``met`` are the
    errors so far: a key may be asked for behind what was refused at first.
    """
    exact = []
    if isinstance(given, tuple | list) and met[0].span is not None:
        exact = pinned_specs(fn, given)
    yield from ((given, effort, False, False) for effort in (FOR, FOR | WHILE))
    early = _asks_for_key(met)
    if early:
        yield from ((given, effort, False, True) for effort in EFFORTS)
    yield from ((specs, effort, False, False) for specs in exact for effort in EFFORTS)
    last = exact[-1] if exact else given
    if _asks_for_key(met) and isinstance(last, dict) and not any_single(last):
        yield from ((last, effort, True, False) for effort in EFFORTS)
    if not early and _asks_for_key(met):
        yield from ((given, effort, False, True) for effort in EFFORTS)


def _with_rows(kinds: Kinds, hints: set[str], met: list[GradgenError]) -> Iterator[dict[str, Any]]:
    """Yield how to read a function whose objects, or tuples alone, are rows of lists.

    ``hints`` and ``met`` are what was said so far, which grows meanwhile.
    """
    ways = itertools.product((False, True), kinds.to_pool(), (0, LIKE_OTHERS, RANKED))
    for tables, (pooled, whole), apart in ways:
        if apart and not {SUBSCRIPT, BESIDE, WHOLE_NUMBERS} & hints:
            continue  # no whole number of a tuple was read as a float, nor kept beside a row
        if tables and not _asks_for_key(met):
            continue  # no dict has to be lists of keys and of items
        how = {"pooled": pooled, "whole": whole, "apart": apart, "tables": tables}
        yield how
        if ABOUT_DICTS.search(met[-1].message) and not tables | bool(whole):
            yield {**how, "dict_rows": IN_LOOPS}
            yield {**how, "dict_rows": EVERYWHERE}
        if kinds.uneven:
            yield {**how, "uneven": True}
        if whole and not apart:  # such objects may need loops that are written out
            yield {**how, "effort": FOR}


def _asks_for_key(met: list[GradgenError]) -> bool:
    return any(error.hint == KEYS for error in met)


def _of_fair_length(function: Function, effort: int = 0) -> Function:
    """Return a function, unless lengths or loops that are written out made too much of it."""
    made_longer = effort or function.result["reader"].pinned
    if made_longer and sum(1 for _ in walk(function.body)) > MOST_OPERATIONS:
        raise UnsupportedError(
            f"more than {MOST_OPERATIONS} operations, with all that would have to be written out",
            function.span,
            "loop over arrays, or over fewer items",
        )
    return function
