"""Which places a subscript means: the shape of what it reads, and whether a place can repeat.

The rules are NumPy's (user guide, "Indexing on ndarrays"): integer arrays, masks and, beside
them, integers broadcast against each other.  Their joint axes stand where the first of them
stands, or in front, if anything is between them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from gradgen.ir import lengths
from gradgen.ir.nodes import Const, Value, same_value
from gradgen.ir.types import Dim, Length, broadcast
from gradgen.rules.shapes_of import length_of

Shape = tuple[Length, ...]
ADVANCED = "am"
# What `_sliced` calls the length of the first so many entries, or of the last.
CUT = re.compile(r"\?(?P<whole>.+)\[(0?:(?=\d+:\])|-(?=\d+::\]))(?P<count>\d+)::?\]")

# What it calls the length of any slice; bounds that are computed are values.
OF_SLICE = re.compile(r"\?(?P<whole>.+?)([+-]\d+)?\[(?P<bounds>[^\[\]]*:[^\[\]]*:[^\[\]]*)\]")
SLICE = re.compile(r"\?(?P<whole>.+?)(?P<offset>[+-]\d+)?\[(?P<start>-?\d*):(?P<stop>-?\d*):\]")


def is_basic(index: str) -> bool:
    """Whether a subscript makes a view (or an element), not a copy."""
    return not set(index) & set(ADVANCED)


Entry = tuple[str, Any]


def entries(index: str, slices: Any, operands: Sequence[Value]) -> list[Entry]:
    """Return each letter of a subscript with its operand; for a slice, its three bounds."""
    rest, parts = iter(operands), iter(slices)
    out: list[Entry] = []
    for c in index:
        if c == "s":
            out.append((c, tuple(next(rest) if has else None for has in next(parts))))
        else:
            out.append((c, next(rest) if c in "iam" else None))
    return out


def surely_fits(value: Shape, place: Shape) -> bool:
    """Whether an array of one shape can certainly be written to where another shape is."""
    room = (1,) * (len(value) - len(place)) + place
    return all(n in (1, m) for n, m in zip(reversed(value), reversed(room), strict=False))


def index_shape(shape: Shape, index: str, slices: Any, operands: Sequence[Value]) -> Shape | None:
    """Return the shape of ``base[index]`` by NumPy's rules, None if it cannot be told."""
    given = entries(index, slices, operands)
    sizes = [axes_taken(c, v) for c, v in given]
    if None in sizes:
        return None
    kept = len(shape) - sum(size or 0 for size in sizes)
    if kept < 0:
        return None
    out: list[Length] = []
    joint: list[Shape | None] = []
    axis, place, last = 0, 0, -1
    for k, ((c, v), size) in enumerate(zip(given, sizes, strict=True)):
        count = kept if c == "e" else size or 0
        if c in ADVANCED or (c == "i" and not is_basic(index)):
            place = len(out) if not joint else place if last == k - 1 else 0
            last = k
            joint.append((_chosen(v),) if c == "m" else v.type.shape)
        elif c == "n":
            out.append(1)
        elif c != "i":
            out += [_sliced(shape[axis], v)] if c == "s" else shape[axis : axis + count]
        axis += count
    out += shape[axis:]
    joined = broadcast(joint)
    if joined is None:
        return None
    out[place:place] = joined
    return tuple(out)


def axes_taken(letter: str, operand: Any) -> int | None:
    """Count the axes that an entry stands for, an ellipsis apart; None if unknown."""
    if letter == "m":
        rank: int | None = operand.type.rank
        return rank
    return 0 if letter in "ne" else 1


def _chosen(mask: Value) -> Length:
    """Return how many entries a mask chooses."""
    return int(mask.const) if isinstance(mask, Const) else Dim(f"?true{mask.id}")


def may_repeat(index: str, slices: Any, operands: Sequence[Value]) -> bool:
    """Whether a subscript can name one place twice."""
    given = entries(index, slices, operands)
    arrays = [v for c, v in given if c == "a"]
    if not arrays or "m" in index:
        return bool(arrays) or index.count("m") > 1
    joint = broadcast(v.type.shape for v in arrays)
    once = any(_counts(v) and v.type.shape == joint for v in arrays)
    return joint is None or not (once or _all_places(arrays) or _are_digits(arrays))


def _counts(v: Value) -> bool:
    """Whether a vector of integers certainly holds each place once."""
    if v.op is None or v.type.rank != 1:
        return False
    if v.op.prim in ("argsort", "flatnonzero"):
        return True
    if v.op.prim == "load":  # a part of what does
        return set(v.op.attrs["index"]) <= {":", "s"} and _counts(v.op.inputs[0])
    if v.op.prim == "places":
        listed = v.op.attrs["entries"]
        signs = {place < 0 for place in listed}
        return len({*listed}) == len(listed) and len(signs) < 2
    if v.op.prim != "arange":
        return False
    return len(v.op.inputs) == 1 or (_constant(v.op.inputs[0], -1) >= 0 and len(v.op.inputs) == 2)


def _all_places(arrays: list[Value]) -> bool:
    """Whether integer arrays are all the axes of one ``np.nonzero``, or of one triangle."""
    first = arrays[0].op
    if first is None or first.prim not in ("nonzero", "tril_indices", "triu_indices"):
        return False
    axes = []
    for v in arrays:
        op = v.op
        if op is None or op.prim != first.prim or len(op.inputs) != len(first.inputs):
            return False
        if not all(same_value(a, b) for a, b in zip(op.inputs, first.inputs, strict=True)):
            return False
        if {**op.attrs, "axis": 0} != {**first.attrs, "axis": 0}:
            return False
        axes.append(op.attrs["axis"])
    rank = first.inputs[0].type.rank if first.prim == "nonzero" else 2
    return sorted(axes) == list(range(rank or 0))


def _are_digits(arrays: list[Value]) -> bool:
    """Whether these are the rows and columns of places, each of which is there once."""
    if len(arrays) != 2 or [v.op and v.op.prim for v in arrays] != ["floordiv", "mod"]:
        return False
    rows, columns = (v.op.inputs for v in arrays if v.op is not None)
    return _counts(rows[0]) and all(map(same_value, rows, columns))


def _sliced(length: Length, bounds: tuple[Value | None, Value | None, Value | None]) -> Length:
    """Length of one slice: exact for constants and for offsets from either end."""
    start, stop, step = bounds
    other = Dim(f"?{length}[{':'.join(map(_bound, bounds))}]")
    known = [None if b is None else _constant(b) for b in bounds]
    given = [b is None or k is not None for b, k in zip(bounds, known, strict=True)]
    if isinstance(length, int) and all(given) and known[2] != 0:
        return len(range(length)[slice(*known)])
    if step is not None:
        whole = start is None and stop is None
        return length if whole and _constant(step) == -1 else other
    low = 0 if start is None else _constant(start)
    high: Any = length if stop is None else _constant(stop, length_of(stop))
    exact = _within_least(length, low, high)
    if exact is not None:
        return exact
    if isinstance(low, int) and low >= 0:
        if stop is None:
            return length + -low
        if isinstance(high, int) and high < 0 and not isinstance(length, int):
            return length + (high - low)
        if isinstance(high, Dim) and not isinstance(length, int) and _within(high, length):
            return high + -low
    if all(v is None or v.type.value is not None for v in (start, stop)):
        first = 0 if start is None else length_of(start)
        cut = lengths.sliced(length, first, length if stop is None else length_of(stop))
        return replace(other, made=cut) if isinstance(cut, lengths.Cut) else cut
    return other


def _within_least(length: Length, low: Any, high: Any) -> int | None:
    """Return how long a slice between constants is, if its array is known to be long enough."""
    if isinstance(length, int) or not isinstance(low, int) or not length.least:
        return None
    least = length.least + length.offset
    if low < 0:
        if high == 0:
            return 0  # from near the end to before the first entry
        high = 0 if high == length else high
        known = isinstance(high, int) and high <= 0 and -low <= least
        return max(high - low, 0) if known else None
    return max(high - low, 0) if isinstance(high, int) and 0 <= high <= least else None


def least_for(part: Length) -> tuple[str, int] | None:
    """Return the symbol of the array of which a length is that of a slice between constants.

    And how long the array has to be for the slice to be whole.
    """
    cut = SLICE.fullmatch(part.name) if isinstance(part, Dim) else None
    if cut is None:
        return None
    start, stop = (int(cut[k]) if cut[k] else None for k in ("start", "stop"))
    if (stop or 0) > 0 and (start or 0) >= 0:
        needs = stop or 0
    elif (start or 0) < 0 and (stop or 0) <= 0 and stop != 0:
        needs = -(start or 0)
    else:
        return None
    inner = least_for(Dim(cut["whole"]))
    if inner is not None:
        return inner
    return cut["whole"], needs - int(cut["offset"] or 0)


def is_of_one(part: Length) -> bool:
    """Whether a length is that of a slice between constants of one entry, unless there is none."""
    cut = SLICE.fullmatch(part.name) if isinstance(part, Dim) and not part.offset else None
    if cut is None:
        return False
    start, stop = (int(cut[k]) if cut[k] else None for k in ("start", "stop"))
    if stop is None:
        return start == -1
    return stop - (start or 0) == 1 and stop != 0


def follows_from(length: Dim, computed: bool = False) -> bool:
    """Whether a length is one of an argument, or of a slice of such.

    Bounds of slices are constants, unless they may be ``computed``, of whole numbers perhaps.
    """
    if not length.fresh or length.joined:
        return "=" not in length.name and not length.joined
    cut = OF_SLICE.fullmatch(length.name)
    if cut is None or (not computed and any(c in cut["bounds"] for c in "v(")):
        return False
    return cut["whole"].isdigit() or follows_from(Dim(cut["whole"]), computed)


def whole_of(a: Length, b: Length) -> Length | None:
    """Return the length of what two lengths are the two parts of: ``x[:k]`` and ``x[k:]``."""
    for part, rest in ((a, b), (b, a)):
        cut = CUT.fullmatch(part.name) if isinstance(part, Dim) and not part.offset else None
        if cut is None or isinstance(rest, int):
            continue
        whole = rest + int(cut["count"])
        if cut["whole"] == str(whole):
            return whole
    return None


def _bound(v: Value | None) -> str:
    """Spell a bound of a slice, so that equal slices of equal lengths have one symbol."""
    if v is None:
        return ""
    if isinstance(v, Const):
        return str(v.const)
    return f"v{v.id}" if v.type.value is None else f"({v.type.value})"


def _within(high: Dim, length: Dim) -> bool:
    return high.name == length.name and high.offset <= length.offset


def _constant(v: Value, default: Any = None) -> Any:
    return v.const if isinstance(v, Const) and type(v.const) is int else default
