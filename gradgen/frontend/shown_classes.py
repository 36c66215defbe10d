"""Texts of what is a list or a dict here, and of another class in Python, which look otherwise."""

from __future__ import annotations

import ast
from typing import Any

from gradgen.frontend import row_kinds
from gradgen.frontend.reader import Reader
from gradgen.frontend.values import Map, Ref, Seq


def require_own_class(r: Reader, node: ast.AST, value: Any) -> None:
    """Refuse to show what would be shown as a list or dict, and may be of another class."""
    if r.frame.source.generated:
        return  # a list of its own is one in Python
    if row_kinds.is_view(r, value):
        r.refuse(node, "a text of a view of a dict", "show list(...) of it")
    if isinstance(value, Map) and _may_be_another_dict(r, value):
        r.refuse(node, "a text of what may be no plain dict", "show dict(...) of it")
    other = row_kinds.taken_for_lists(r)
    if other and _may_be_no_list(r, value):
        what = f"a text of what may be a list or a {other}"
        r.refuse(node, what, "show list(...) of it")


def _may_be_another_dict(r: Reader, value: Map) -> bool:
    made = value.joined and bool(row_kinds.dicts_made(r))
    return made or value.factory is not None or value in r.others


def _may_be_no_list(r: Reader, value: Any) -> bool:
    """Whether a list may be a deque or a range; ``list`` of one makes one that is not."""
    if isinstance(value, Seq):
        return value.kind is list and (value.joined or value in r.others)
    known = isinstance(value, Ref) and value.storage in r.lists_made
    return not known and row_kinds.may_be_queue(r, value)
