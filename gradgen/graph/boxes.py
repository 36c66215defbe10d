"""What a layered drawing is made of: boxes, lanes and the pieces of arrows between them."""

from __future__ import annotations

from dataclasses import field

from gradgen.dataclass import dataclass


@dataclass(eq=False, slots=True)
class Item:
    """A box, a lane of an arrow (no ``key``) or the place where an arrow enters or leaves."""

    key: str
    width: float
    height: float
    pinned: str = ""
    rank: int = 0
    x: float = 0.0
    y: float = 0.0
    room_below: float = 0.0
    above: list[Link] = field(default_factory=list)
    below: list[Link] = field(default_factory=list)

    @property
    def is_lane(self) -> bool:
        """Whether an arrow passes here."""
        return not self.key or bool(self.pinned)


@dataclass(eq=False, slots=True)
class Link:
    """A piece of an arrow between neighbouring ranks, with where it meets the two boxes."""

    source: Item
    target: Item
    out_at: float = 0.0
    in_at: float = 0.0


@dataclass(eq=False, slots=True)
class Arrow:
    """An arrow of this level: its ends, where on them, and the lanes between."""

    source: Item
    target: Item
    out_at: float = 0.0
    in_at: float = 0.0
    lanes: list[Item] = field(default_factory=list)
