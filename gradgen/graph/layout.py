"""Places for boxes within boxes: every loop and branch is laid out by itself, then as one box.

An arrow that crosses the border of a box enters or leaves it at a port, so that inside and outside
it has a lane like any other arrow.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import field

from gradgen.dataclass import dataclass
from gradgen.graph.boxes import Arrow, Item
from gradgen.graph.layers import LANE, arrange
from gradgen.graph.model import Cluster, Node, Picture

PADDING = 12.0
HEADING = 18.0

Size = tuple[float, float]
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle: left, top, width, height."""

    x: float
    y: float
    width: float
    height: float


@dataclass(eq=False, slots=True)
class Layout:
    """Where everything goes."""

    width: float = 0.0
    height: float = 0.0
    nodes: dict[str, Box] = field(default_factory=dict)
    clusters: dict[str, Box] = field(default_factory=dict)
    paths: dict[tuple[str, str], list[Point]] = field(default_factory=dict)


@dataclass(eq=False, slots=True)
class _Level:
    """The inside of one cluster, laid out."""

    cluster: Cluster
    items: dict[str, Item] = field(default_factory=dict)
    entries: dict[str, Item] = field(default_factory=dict)
    exits: dict[str, Item] = field(default_factory=dict)
    arrows: dict[tuple[str, str], Arrow] = field(default_factory=dict)
    inner: dict[str, _Level] = field(default_factory=dict)
    width: float = 0.0
    height: float = 0.0

    @property
    def outer_size(self) -> Size:
        return self.width + 2 * PADDING, self.height + 2 * PADDING + HEADING


def lay_out(picture: Picture, size: Callable[[Node], Size]) -> Layout:
    """Return the places of a picture's boxes and the ways of its arrows.

    Parameters
    ----------
    picture : Picture
        What to draw.
    size : callable
        Gives the width and height of a node.
    """
    planner = _Planner(picture, size)
    root = planner.level(picture.root)
    out = Layout(root.width, root.height)
    planner.position(root, 0.0, 0.0, out)
    for edge in picture.edges:
        out.paths[edge] = planner.path(root, edge, out)
    return out


class _Planner:
    def __init__(self, picture: Picture, size: Callable[[Node], Size]) -> None:
        self.size = size
        self.edges = picture.edges
        self.home: dict[str, list[str]] = {}
        self._find_homes(picture.root, [])

    def _find_homes(self, cluster: Cluster, path: list[str]) -> None:
        """Note for each box the clusters that it is in, outermost first, and itself."""
        path = [*path, cluster.key]
        for child in cluster.children:
            self.home[child.key] = [*path, child.key]
            if isinstance(child, Cluster):
                self._find_homes(child, path)

    def _within(self, key: str, cluster: Cluster) -> str | None:
        """Return the child of a cluster that is or holds a box, None if there is none."""
        path = self.home[key]
        if cluster.key not in path[:-1]:
            return None
        return path[path.index(cluster.key) + 1]

    # --- from the inside out --------------------------------------------------------------

    def level(self, cluster: Cluster) -> _Level:
        """Lay out the inside of a cluster."""
        out = _Level(cluster)
        for child in cluster.children:
            if isinstance(child, Cluster):
                inner = out.inner[child.key] = self.level(child)
                out.items[child.key] = Item(child.key, *inner.outer_size)
            else:
                out.items[child.key] = Item(child.key, *self.size(child))
        for edge in self.edges:
            self._arrow(out, edge)
        items = [*out.entries.values(), *out.items.values(), *out.exits.values()]
        out.width, out.height = arrange(items, list(out.arrows.values()))
        needed = len(cluster.title) * 7.0 + 2 * PADDING
        if out.width < needed:
            lanes = dict.fromkeys(lane for a in out.arrows.values() for lane in a.lanes)
            for item in (*items, *lanes):
                item.x += (needed - out.width) / 2
            out.width = needed
        return out

    def _arrow(self, level: _Level, edge: tuple[str, str]) -> None:
        """Add the part of an edge that runs inside a cluster."""
        source, target = (self._within(key, level.cluster) for key in edge)
        if (source is None and target is None) or source == target:
            return
        out_at = in_at = 0.0
        if source is None:
            start = level.entries.setdefault(edge[0], Item(edge[0], LANE, 0.0, "top"))
        else:
            start = level.items[source]
            if source in level.inner:
                out_at = _port(level.inner[source], level.inner[source].exits[edge[0]])
        if target is None:
            end = level.exits.setdefault(edge[0], Item(edge[0], LANE, 0.0, "bottom"))
        else:
            end = level.items[target]
            if target in level.inner and target != edge[1]:
                in_at = _port(level.inner[target], level.inner[target].entries[edge[0]])
        level.arrows[edge] = Arrow(start, end, out_at, in_at)

    # --- from the outside in --------------------------------------------------------------

    def position(self, level: _Level, x: float, y: float, out: Layout) -> None:
        """Move a laid-out level to its place in the picture."""
        lanes = dict.fromkeys(lane for a in level.arrows.values() for lane in a.lanes)
        for item in (*level.entries.values(), *level.exits.values(), *lanes):
            item.x, item.y = item.x + x, item.y + y
        for key, item in level.items.items():
            item.x, item.y = item.x + x, item.y + y
            box = Box(item.x - item.width / 2, item.y, item.width, item.height)
            inner = level.inner.get(key)
            if inner is None:
                out.nodes[key] = box
            else:
                out.clusters[key] = box
                self.position(inner, box.x + PADDING, box.y + PADDING + HEADING, out)

    def path(self, root: _Level, edge: tuple[str, str], out: Layout) -> list[Point]:
        """Return the points that an edge passes, from box to box."""
        rising, falling = [], []
        level: _Level | None = root
        shared = [a for a, b in zip(self.home[edge[0]], self.home[edge[1]], strict=False) if a == b]
        for key in shared[1:]:
            assert level is not None
            level = level.inner[key]
        assert level is not None
        depth = len(shared)
        inner = level
        for key in self.home[edge[0]][depth:-1]:
            inner = inner.inner[key]
            rising.append(inner)
        inner = level
        for key in self.home[edge[1]][depth:-1]:
            inner = inner.inner[key]
            falling.append(inner)
        points: list[Point] = []
        for part in [*reversed(rising), level, *falling]:
            points += self._piece(part.arrows[edge])
        return _without_repeats(points)

    def _piece(self, arrow: Arrow) -> list[Point]:
        a, b = arrow.source, arrow.target
        points = [(a.x + arrow.out_at, a.y + (0.0 if a.pinned else a.height))]
        if a.pinned:
            points.append((a.x, a.y + a.height))
        elif a.room_below > 0:
            # Past taller boxes beside it first, then sideways.
            points.append((a.x + arrow.out_at, a.y + a.height + a.room_below))
        for lane in arrow.lanes:
            points += [(lane.x, lane.y), (lane.x, lane.y + lane.height)]
        points.append((b.x + arrow.in_at, b.y))
        if b.pinned:
            points.append((b.x, b.y + b.height))
        return points


def _port(level: _Level, port: Item) -> float:
    """Return how far a port is from the middle of its cluster's box."""
    return port.x - level.width / 2


def _without_repeats(points: list[Point]) -> list[Point]:
    return [p for k, p in enumerate(points) if k == 0 or p != points[k - 1]]
