"""What ``functools.total_ordering`` derives from one comparison, spelled out."""

# ruff: noqa: D103  (the names say what each is, and from what)
# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import functools
from typing import Any


def gt_from_lt(self, other):
    return not self < other and self != other


def le_from_lt(self, other):
    return self < other or self == other


def ge_from_lt(self, other):
    return not self < other


def ge_from_le(self, other):
    return not self <= other or self == other


def lt_from_le(self, other):
    return self <= other and self != other


def gt_from_le(self, other):
    return not self <= other


def lt_from_gt(self, other):
    return not self > other and self != other


def ge_from_gt(self, other):
    return self > other or self == other


def le_from_gt(self, other):
    return not self > other


def le_from_ge(self, other):
    return not self >= other or self == other


def gt_from_ge(self, other):
    return self >= other and self != other


def lt_from_ge(self, other):
    return not self >= other


MADE = [
    gt_from_lt, le_from_lt, ge_from_lt, ge_from_le, lt_from_le, gt_from_le,
    lt_from_gt, ge_from_gt, le_from_gt, le_from_ge, gt_from_ge, lt_from_ge,
]  # fmt: skip
# Python's own go by these names, under which nothing promises them.
DERIVED: dict[Any, Any] = {
    getattr(functools, f"_{made.__name__}"): made
    for made in MADE
    if hasattr(functools, f"_{made.__name__}")
}
