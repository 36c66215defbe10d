"""What a name of a random program stands for; every program is made so that kinds fit."""

from __future__ import annotations

from dataclasses import dataclass

Shape = tuple[int, ...]


@dataclass(frozen=True)
class Scalar:
    """A float, or an ``np.float64``."""


@dataclass(frozen=True)
class Flag:
    """A bool."""


@dataclass(frozen=True)
class Int:
    """An integer between two bounds, both included."""

    low: int
    high: int


@dataclass(frozen=True)
class Array:
    """An array of floats."""

    shape: Shape


@dataclass(frozen=True)
class Grown:
    """A list whose length depends on what happened; it has at least ``least`` items."""

    item: Kind
    least: int


@dataclass(frozen=True)
class Record:
    """A list, tuple or dict with known items: ``keys`` holds positions or strings."""

    keys: tuple[int, ...] | tuple[str, ...]
    items: tuple[Kind, ...]
    is_list: bool = False

    @property
    def is_dict(self) -> bool:
        """Whether the keys are strings."""
        return isinstance(self.keys[0], str)

    @property
    def is_even(self) -> bool:
        """Whether all items are of one kind."""
        return len(set(self.items)) == 1


@dataclass(frozen=True)
class Function:
    """Something to call; ``result`` is None where it only writes to its arguments."""

    params: tuple[Kind, ...]
    result: Kind | None
    serial: int
    # The parameters' names, where a call may use them, and how many of the last have a default.
    names: tuple[str, ...] = ()
    optional: int = 0
    # How many of the first are given by their place alone, and of the last by their name alone.
    only_place: int = 0
    only_name: int = 0
    # Whether it takes numbers beside these: ``*rest`` and ``**options``.
    rest: bool = False
    options: bool = False

    @property
    def plain(self) -> bool:
        """Whether all is given by place or by name, as the caller likes."""
        return not (self.only_place or self.only_name or self.rest or self.options)


@dataclass(frozen=True)
class Key:
    """A string that is one of these."""

    keys: tuple[str, ...]


@dataclass(frozen=True)
class Tally:
    """A dict from integers to floats whose keys depend on what happened."""


@dataclass(frozen=True)
class Place:
    """A tuple of two integers, a place in matrices of this shape; ``maybe``: or None."""

    shape: Shape
    maybe: bool = False


@dataclass(frozen=True)
class Trail:
    """A list of places, with one at least."""

    shape: Shape


@dataclass(frozen=True)
class Links:
    """A dict from places to places or None."""

    shape: Shape


@dataclass(frozen=True)
class Object:
    """An object of a class of the program."""

    cls: str
    fields: tuple[tuple[str, Kind], ...]
    init: Function
    methods: tuple[tuple[str, Function], ...] = ()
    # Numbers that are computed when they are read.
    properties: tuple[str, ...] = ()
    base: str = ""
    form: str = "class"


Kind = (
    Scalar | Flag | Int | Array | Grown | Record | Function | Key | Tally | Object
    | Place | Trail | Links
)  # fmt: skip
SCALAR = Scalar()
FLAG = Flag()


def fits(wanted: Kind, kind: Kind) -> bool:
    """Tell whether code that is right for ``wanted`` is right for ``kind``."""
    if isinstance(wanted, Int) and isinstance(kind, Int):
        return wanted.low <= kind.low and kind.high <= wanted.high
    if isinstance(wanted, Grown) and isinstance(kind, Grown):
        return wanted.item == kind.item and wanted.least <= kind.least
    if isinstance(wanted, Place) and isinstance(kind, Place):
        return wanted.shape == kind.shape and kind.maybe <= wanted.maybe
    return wanted == kind


def joined(one: Kind | None, two: Kind | None) -> Kind | None:
    """Return what a name stands for after a branch, None where the sides disagree."""
    if isinstance(one, Int) and isinstance(two, Int):
        return Int(min(one.low, two.low), max(one.high, two.high))
    if isinstance(one, Grown) and isinstance(two, Grown) and one.item == two.item:
        return Grown(one.item, min(one.least, two.least))
    if isinstance(one, Place) and isinstance(two, Place) and one.shape == two.shape:
        return Place(one.shape, one.maybe or two.maybe)
    return one if one == two else None
