"""How far an operation is from where its derivative jumps or does not exist.

Each function gives the margins of one kind of operation at its inputs: numbers that are zero at a
kink, a jump or a boundary, one for each place where there is one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

Attrs = Mapping[str, Any]
Margin = Callable[[list[Any], Attrs], Any]


def _apart(args: list[Any], attrs: Attrs) -> Any:
    return np.subtract(args[0], args[1], dtype=float)


def _from_zero(args: list[Any], attrs: Attrs) -> Any:
    return np.asarray(args[0], dtype=float)


def _from_whole(args: list[Any], attrs: Attrs) -> Any:
    """From the next whole number, where ``floor`` and its kin jump."""
    x = np.asarray(args[0], dtype=float)
    return x - np.rint(x)


def _from_half(args: list[Any], attrs: Attrs) -> Any:
    """From the next half, where rounding jumps."""
    digits = args[1] if len(args) > 1 else attrs.get("decimals")
    factor = 10.0 ** (digits if isinstance(digits, int) else 0)
    x = np.asarray(args[0], dtype=float) * factor
    return (x - np.floor(x) - 0.5) / factor


def _quotient(args: list[Any], attrs: Attrs) -> Any:
    """From the next multiple, where the remainder jumps."""
    a, b = (np.asarray(v, dtype=float) for v in args[:2])
    return a - np.rint(a / b) * b


def _bounds(args: list[Any], attrs: Attrs) -> Any:
    found = [np.subtract(args[0], bound) for bound in args[1:3] if bound is not None]
    return np.concatenate([np.ravel(f) for f in found]) if found else np.zeros(0)


def _winner(sign: float) -> Margin:
    """Of a maximum (or minimum) along axes: what the first is ahead of the second."""

    def margin(args: list[Any], attrs: Attrs) -> Any:
        rows = sign * _rows(args[0], attrs.get("axis"))
        if rows.shape[-1] < 2:
            return np.zeros(0)
        two = np.sort(rows, axis=-1)[..., -2:]
        return two[..., 1] - two[..., 0]

    return margin


def _ranks(args: list[Any], attrs: Attrs) -> Any:
    """Of an order: what each entry is ahead of the one below it."""
    rows = _rows(args[0], attrs.get("axis", -1))
    return np.diff(np.sort(rows, axis=-1), axis=-1)


def _rows(x: Any, axis: Any) -> Any:
    """Return an array with the axes in question as its last one."""
    x = np.asarray(x, dtype=float)
    if axis is None or x.ndim == 0:
        return x.reshape(-1)
    axes = [k % x.ndim for k in (axis if isinstance(axis, tuple) else (axis,))]
    kept = [k for k in range(x.ndim) if k not in axes]
    moved = x.transpose(*kept, *axes)
    return moved.reshape(*(x.shape[k] for k in kept), -1)


def _length(args: list[Any], attrs: Attrs) -> Any:
    """From the origin, where a length has no derivative; of largest entries, from a tie too."""
    if attrs.get("ord") in (np.inf, -np.inf):
        x = [np.abs(np.asarray(args[0], dtype=float))]
        return _winner(1.0 if attrs["ord"] > 0 else -1.0)(x, attrs)
    rows = _rows(args[0], attrs.get("axis"))
    if attrs.get("ord") == 1:
        return rows
    return np.sqrt(np.sum(rows * rows, axis=-1))


def _hypot(args: list[Any], attrs: Attrs) -> Any:
    return np.hypot(args[0], args[1]) if len(args) > 1 else np.abs(args[0])


def _knots(args: list[Any], attrs: Attrs) -> Any:
    """From the next of the sorted places that something is looked up in."""
    x, knots = (np.ravel(np.asarray(v, dtype=float)) for v in args[:2])
    if not knots.size:
        return np.zeros(0)
    gaps = x[:, None] - knots[None, :]
    return np.take_along_axis(gaps, np.argmin(np.abs(gaps), axis=1)[:, None], axis=1)[:, 0]


def _sorted_knots(args: list[Any], attrs: Attrs) -> Any:
    return _knots([args[1], args[0]], attrs)


TESTS = "is a branch boundary or a choice"
KINK, JUMP, TIE, END, EQUAL = "a kink", "a jump", "a tie", "no derivative", "equality"
_TABLE: list[tuple[str, str, Margin]] = [
    ("lt le gt ge np.lt np.le np.gt np.ge", TESTS, _apart),
    ("eq ne np.eq np.ne isclose math.isclose", EQUAL, _apart),
    ("bool not logical_not np.bool", EQUAL, _from_zero),
    ("abs fabs math.fabs np.abs", KINK, _from_zero),
    ("sign signbit heaviside", JUMP, _from_zero),
    ("copysign math.copysign", KINK, _from_zero),
    ("maximum minimum fmax fmin max2 min2", TIE, _apart),
    ("clip", TIE, _bounds),
    ("max nanmax argmax nanargmax part.max py_max", TIE, _winner(1.0)),
    ("min nanmin argmin nanargmin part.min py_min", TIE, _winner(-1.0)),
    ("sort argsort partition argpartition median percentile quantile", TIE, _ranks),
    ("floor ceil trunc fix int math.floor math.ceil math.trunc", JUMP, _from_whole),
    ("modf math.modf", JUMP, _from_whole),
    ("rint round py_round", JUMP, _from_half),
    ("mod floordiv np.mod np.floor_divide np.divmod fmod math.fmod", JUMP, _quotient),
    ("norm vector_norm scipy.linalg.norm", END, _length),
    ("hypot arctan2 math.hypot math.atan2", END, _hypot),
    ("sqrt math.sqrt cbrt math.cbrt special.cbrt", END, _from_zero),
    ("digitize", JUMP, _knots),
    ("searchsorted", JUMP, _sorted_knots),
]
MARGINS: dict[str, tuple[str, Margin]] = {
    name: (kind, margin) for names, kind, margin in _TABLE for name in names.split()
}


def margins(prim: str, args: list[Any], attrs: Attrs) -> Any:
    """Return the margins of an operation as a flat array, None where it has none."""
    found = MARGINS.get(prim)
    if found is None:
        return None
    try:
        with np.errstate(all="ignore"):
            return np.ravel(np.asarray(found[1](args, attrs), dtype=float))
    except (TypeError, ValueError, IndexError, AttributeError):
        return None
