"""Which objects are fractions, decimals and dates, without a need to import these classes."""

from __future__ import annotations

import sys
from typing import Any

from gradgen.frontend.values import Static

EXACT = {
    "fractions": ("Fraction",),
    "decimal": ("Decimal",),
    "datetime": ("date", "datetime", "timedelta", "time"),
}


def is_exact_kind(kind: Any) -> bool:
    """Whether something is a class of fractions, decimals or dates."""
    module, name = getattr(kind, "__module__", ""), getattr(kind, "__name__", "")
    known = isinstance(kind, type) and name in EXACT.get(module, ())
    return known and getattr(sys.modules.get(module), name, None) is kind


def is_exact(value: Any) -> bool:
    """Whether a value is a fraction, a decimal or a date."""
    return isinstance(value, Static) and is_exact_kind(type(value.obj))


def makes_exact(obj: Any) -> bool:
    """Whether something is a method of such a class or of one of its objects."""
    owner = getattr(obj, "__self__", None)
    return is_exact_kind(type(owner)) or is_exact_kind(owner)
