"""Abstract values: what is known of a value before the program runs.

A type may leave the rank, a dimension or the dtype open; every rule has a general form for that.
Dimensions are integers or ``Dim`` (a symbol plus an offset), so that ``u[1:-1]`` and ``u[2:]`` of
one array are known to be equally long without knowing the length.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import field, replace
from functools import cache
from typing import Any

import numpy as np

from gradgen.dataclass import dataclass

_fresh = itertools.count()


@dataclass(frozen=True, slots=True)
class Dim:
    """A symbolic length ``name + offset``.

    ``big`` says that ``name`` is known not to be 1, ``least`` than which number it is not less,
    ``over`` than which other lengths, ``under`` than which one it is not more.  ``made`` is how it
    is computed (``lengths``).
    """

    name: str
    offset: int = 0
    big: bool = False
    least: int = 0
    over: tuple[Dim, ...] = ()
    under: Any = field(default=None, compare=False)
    made: Any = field(default=None, compare=False)

    @property
    def fresh(self) -> bool:
        """Whether nothing is known of it: two values of such a length can differ in it."""
        return self.name.startswith("?")

    @property
    def joined(self) -> bool:
        """Whether it covers several lengths, so that two values of it can differ at one moment."""
        return self.name.startswith("?j")

    @property
    def given(self) -> bool:
        """Whether it is an integer that was passed, or made of such, which may be negative."""
        return self.name.startswith(("=", "?-"))

    @property
    def symbols(self) -> list[str]:
        """Its name, and those of which it is made where these tell that it is not 1."""
        told = self.made and (self.given or self.offset + self.least < 2)
        return [self.name, *self.made.parts] if told else [self.name]

    def __add__(self, k: int) -> Dim:
        return replace(self, offset=self.offset + k)

    def __str__(self) -> str:
        return f"{self.name}{self.offset:+d}" if self.offset else self.name


Length = int | Dim
Shape = tuple[Length, ...]


def least_length(length: Length) -> int | None:
    """Return a number than which a length is surely not less, None if there is none."""
    if isinstance(length, int):
        return length
    return None if length.given and not length.least else length.offset + length.least


def given_dim(name: str) -> Dim:
    """Return the length that arrays have which are made as long as an integer argument says."""
    return Dim(f"={name}")


def fresh_dim() -> Dim:
    """Return a length about which nothing is known."""
    return Dim(f"?{next(_fresh)}")


def may_be_one(d: Length) -> bool:
    """Whether a dimension can be 1, so that NumPy may stretch it."""
    if isinstance(d, int):
        return d == 1
    least = least_length(d)
    return not (d.big and d.offset == 0) and (least is None or least < 2)


@dataclass(frozen=True, slots=True)
class Pointer:
    """What a whole number stands for that is the row of an object in lists side by side.

    ``kind`` is the object's class, None for what has only been None so far; ``sure``: it is an
    object, and never None, which is -1.  ``made_by``: what has put None into a list.
    """

    kind: Any = None
    sure: bool = False
    made_by: int | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Type:
    """What is known of a value.

    ``kind`` is ``float``, ``int``, ``bool`` or ``complex`` (immutable scalars, Python's or
    NumPy's), ``array``, ``any`` (a number or an array of unknown rank), ``list`` (a stack of
    ``item``) or ``opaque`` (passive, passed on untouched).  ``weak`` marks Python scalars, which do
    not widen a dtype.  ``value`` is the symbolic value of an integer, where known; ``entries`` are
    those of an argument, where the function is read for them.  ``of`` is what an integer points to,
    while the function is read; ``kinds``: it covers numbers of several kinds, such as 1 and 0.5.
    """

    kind: str
    dtype: str = ""
    shape: Shape | None = ()
    weak: bool = False
    value: Length | None = None
    item: Type | None = None
    entries: tuple[Any, ...] | None = None
    of: Pointer | None = None
    kinds: bool = field(default=False, compare=False)

    @property
    def rank(self) -> int | None:
        """The number of axes, None if unknown."""
        return None if self.shape is None else len(self.shape)

    @property
    def is_scalar(self) -> bool:
        """Whether this is a Python or NumPy number."""
        return self.kind in ("float", "int", "bool", "complex")

    @property
    def innermost(self) -> Type | None:
        """What lists of lists hold at last, None if unknown; of anything else, what it is."""
        t: Type | None = self
        while t is not None and t.kind == "list":
            t = t.item
        return t

    @property
    def is_array(self) -> bool:
        """Whether this is an array, or may be one."""
        return self.kind in ("array", "any")

    @property
    def is_numeric(self) -> bool:
        """Whether this is a number or an array."""
        return self.is_scalar or self.is_array

    @property
    def inexact(self) -> bool:
        """Whether a derivative by this value can be other than zero."""
        if self.kind == "list":
            return self.item is None or self.item.inexact
        return self.is_numeric and self.dtype in INEXACT

    @property
    def has_rows(self) -> bool:
        """Whether this is a list of lists."""
        return self.kind == "list" and self.item is not None and self.item.kind == "list"

    @property
    def is_place(self) -> bool:
        """Whether this is a whole number that stands for an object, and -1 for None."""
        return self.of is not None and self.kind == "int"

    @property
    def points(self) -> bool:
        """Whether this is a number that stands for an object, or a list of such."""
        return self.of is not None or (self.item is not None and self.item.points)

    def __str__(self) -> str:
        if self.of:
            return self.of.kind.__name__ if self.of.kind else "None"
        if self.kind == "list":
            return f"list[{self.item}]"
        short = SHORT.get(self.dtype, self.dtype)
        if self.kind != "array":
            return f"{self.kind}32" if self.dtype == "float32" else self.kind
        dims = "..." if self.shape is None else ", ".join(map(str, self.shape))
        return f"{short}[{dims}]"


INEXACT = ("", "float64", "float32", "complex128", "complex64")
SHORT = {
    "complex128": "c128",
    "complex64": "c64",
    "float64": "f64",
    "float32": "f32",
    "int64": "i64",
    "int32": "i32",
    "bool": "bool",
    "": "?",
}

FLOAT = Type("float", "float64", weak=True)
COMPLEX = Type("complex", "complex128", (), True)
INT = Type("int", "int64", weak=True)
BOOL = Type("bool", "bool", weak=True)
ANY = Type("any", "", None)
OPAQUE = Type("opaque")
TEXT = Type("opaque", "text")
UNDEFINED = Type("opaque", "undefined")
NOTHING = (None, OPAQUE)  # the items of a list that has none so far, or None in each place


def array(dtype: str, shape: Shape | None) -> Type:
    """Return the type of an ndarray."""
    return Type("array", dtype, shape)


def in_double(t: Type) -> Type:
    """Return a type in double precision, for what may have met that of ``np.zeros`` on its way."""
    wide = {"float32": "float64", "complex64": "complex128"}
    return replace(t, dtype=wide.get(t.dtype, t.dtype))


@cache
def scalar(dtype: str, weak: bool = False) -> Type:
    """Return the type of a NumPy scalar (or of a Python one, when ``weak``)."""
    kind = {"f": "float", "i": "int", "u": "int", "b": "bool", "c": "complex"}[np.dtype(dtype).kind]
    return Type(kind, dtype, (), weak)


def integer(value: Length | None = None) -> Type:
    """Return the type of a Python int whose symbolic value may be known."""
    return Type("int", "int64", (), True, value)


def promote(types: Iterable[Type]) -> str:
    """Return the dtype name of NumPy's promotion (NEP 50), or '' if one of them is unknown."""
    return _promoted(tuple((t.dtype, t.weak) for t in types))


@cache
def _promoted(types: tuple[tuple[str, bool], ...]) -> str:
    """Return the promotion of dtypes, each with whether it is that of a Python number."""
    if any(dtype == "" for dtype, _ in types):
        # Arguments are real, and complex wins.
        return "complex128" if any(dtype.startswith("complex") for dtype, _ in types) else ""
    operands: list[object] = [
        {"f": 1.0, "i": 1, "b": True, "c": 1j}[np.dtype(dtype).kind] if weak else dtype
        for dtype, weak in types
    ]
    if all(not isinstance(o, str) for o in operands):
        return np.result_type(*(np.asarray(o).dtype for o in operands)).name
    return np.result_type(*operands).name  # type: ignore[arg-type]


def has_fresh_length(t: Type) -> bool:
    """Whether two values of a type can differ in a length."""
    return any(isinstance(d, Dim) and d.fresh for d in t.shape or ())


def has_joined_length(t: Type) -> bool:
    """Whether two values of a type can differ in a length at the same moment."""
    return any(isinstance(d, Dim) and d.joined for d in t.shape or ())


def join_lengths(a: Length, b: Length) -> Length:
    """Return a length that covers two: an unknown one, which is not 1 if neither is."""
    if a == b:
        return a
    big = not may_be_one(a) and not may_be_one(b)
    for d in (a, b):
        if isinstance(d, Dim) and d.joined and d.big == big:
            return d
    return Dim(f"?j{next(_fresh)}", 0, big)


def unlike_lengths(shapes: Iterable[Shape]) -> set[str]:
    """Return the symbols of lengths that meet others when arrays are broadcast."""
    turned = [s[::-1] for s in shapes]
    out: set[str] = set()
    for k in range(max(map(len, turned), default=0)):
        dims = {s[k] for s in turned if k < len(s)}
        if len(dims) > 1:
            out.update(name for d in dims if isinstance(d, Dim) for name in d.symbols)
    return out


def broadcast_length(a: Length, b: Length) -> Length:
    """Return the length of two dimensions broadcast against each other."""
    if a == b or b == 1:
        return a
    if a == 1:
        return b
    if isinstance(a, int):
        return a
    if isinstance(b, int):
        return b
    if not may_be_one(a):
        return a
    return b if not may_be_one(b) else fresh_dim()


def broadcast(shapes: Iterable[Shape | None]) -> Shape | None:
    """Return the broadcast of several shapes, None if a rank is unknown."""
    out: Shape = ()
    for s in shapes:
        if s is None:
            return None
        if not s:
            continue
        longer, shorter = (out, s) if len(out) >= len(s) else (s, out)
        pad = len(longer) - len(shorter)
        pairs = list(zip(longer[pad:], shorter, strict=True))
        out = longer[:pad] + tuple(itertools.starmap(broadcast_length, pairs))
        for k, (a, b) in enumerate(pairs):
            # Where ``J + J.T`` fits, it is square.
            if a != b and (b, a) in pairs[k:] and not may_be_one(a) and not may_be_one(b):
                out = tuple(a if d == b else d for d in out)
    return out


def equal_length(a: Length, b: Length) -> Length:
    """Return one name for two lengths that are equal where the program goes on."""
    return b if isinstance(b, int) or (isinstance(a, Dim) and a.fresh) else a


def numeric(dtype: str, shape: Shape | None, operands: Iterable[Type]) -> Type:
    """Return the type NumPy or Python gives to an elementwise result of these operands."""
    operands = list(operands)
    unknown = any(t.kind == "any" for t in operands)
    surely_array = any(t.kind == "array" and t.rank for t in operands)
    if shape is None or (unknown and not surely_array):
        return Type("any", dtype, None)
    if shape:
        return array(dtype, shape)
    return scalar(dtype, weak=all(t.weak for t in operands)) if dtype else Type("any", "", None)


def join(a: Type, b: Type) -> Type | None:
    """Return the least type that covers both, or None if no program can go on with it."""
    if a == b:
        return b if b.kinds else a
    if UNDEFINED in (a, b):
        return b if a == UNDEFINED else a
    if a.kind == "list" and b.kind == "list":
        if a.item in NOTHING or b.item in NOTHING:
            held = a if b.item is None or a.item not in NOTHING else b
            if OPAQUE in (a.item, b.item) and held.item is not None and held.item.is_place:
                return None  # None is -1 beside objects
            return replace(held, item=or_none(held.item)) if OPAQUE in (a.item, b.item) else held
        item = join(a.item, b.item)
        return None if item is None else replace(a, item=item)
    if a.of or b.of:
        return _join_pointers(a, b)
    if not (a.is_numeric and b.is_numeric):
        return None
    return _join_numeric(a, b)


def or_none(t: Type | None) -> Type | None:
    """Return the type of an item that may be None, too: of a text, its type says so."""
    if t is None or t.dtype != "text" or t.of is None:
        return t
    return replace(t, of=replace(t.of, sure=False))


def _join_pointers(a: Type, b: Type) -> Type | None:
    if a.of is None or b.of is None or a.kind != b.kind:
        return None
    if a.of.kind and b.of.kind and a.of.kind != b.of.kind:
        return None
    of = Pointer(a.of.kind or b.of.kind, a.of.sure and b.of.sure, a.of.made_by or b.of.made_by)
    return replace(a if a.kind == "opaque" else integer(), of=of)


def _join_numeric(a: Type, b: Type) -> Type:
    dtype = promote([a, b]) if a.dtype and b.dtype else ""
    if a.is_scalar and b.is_scalar:
        value = a.value if a.value == b.value else None
        kinds = a.kinds or b.kinds or (a.kind, a.dtype, a.weak) != (b.kind, b.dtype, b.weak)
        return replace(scalar(dtype, a.weak and b.weak), value=value, kinds=kinds)
    if a.kind == "array" and b.kind == "array" and a.rank == b.rank and a.shape is not None:
        assert b.shape is not None
        dims = tuple(map(join_lengths, a.shape, b.shape))
        return array(dtype, dims)
    return Type("any", dtype, None)


def known_dtype(dtype: np.dtype) -> bool:
    """Say whether numbers of a dtype may be among those that are computed with."""
    return dtype.kind in "iub" or dtype.name in ("float64", "float32", "complex128", "complex64")
