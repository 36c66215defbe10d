"""A picture of a graph as SVG text, by Python alone."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from xml.sax.saxutils import escape

from gradgen.emission.header import MARK
from gradgen.graph.layout import Box, Layout, Point, lay_out
from gradgen.graph.model import Cluster, Node, Picture, clusters_of, nodes_of
from gradgen.graph.style import ARROW, BOXES, CHOICE

MARGIN = 16.0
HEAD = 30.0
ROW = 15.0
CHARACTER = 7.3
SMALL = 6.4
FONT = "'DejaVu Sans Mono', Menlo, Consolas, 'Liberation Mono', monospace"

LEGEND = (
    ("input", "differentiated"),
    ("constant", "constant"),
    ("operation", "operation"),
    ("passive", "no derivative"),
    ("reference", "value from further up"),
    ("result", "result"),
)
STYLE = f"""
text {{ font-family: {FONT}; font-size: 12px; fill: #1f2328; white-space: pre; }}
.small {{ font-size: 10.5px; fill: #6a737d; }}
.label {{ font-size: 10.5px; fill: #8a6a12; }}
.halo {{ font-size: 10.5px; stroke: #fdfbf5; stroke-width: 4px; stroke-linejoin: round; }}
.value {{ font-size: 10.5px; fill: #1259b0; }}
.adjoint {{ font-size: 10.5px; fill: #b3321b; }}
.head {{ font-weight: bold; font-size: 13px; }}
.edge {{ fill: none; stroke: {ARROW}; stroke-width: 1.2; }}
.choice {{ stroke: {CHOICE}; stroke-dasharray: 4 3; }}
.cluster {{ fill: #b58a1c; fill-opacity: 0.05; stroke: {CHOICE}; stroke-dasharray: 5 3; }}
"""


def svg(picture: Picture) -> str:
    """Return a picture as the text of an SVG file."""
    layout = lay_out(picture, _size)
    legend = _legend(picture)
    width = max(layout.width, legend[1], len(picture.title) * 8.0) + 2 * MARGIN
    height = layout.height + 2 * MARGIN + 2 * HEAD
    shift = (width - layout.width) / 2
    body: list[str] = []
    _clusters(picture.root, layout, body)
    body += [_edge(layout.paths[e], e[1] in layout.clusters) for e in _spread(picture, layout)]
    for cluster in clusters_of(picture.root):
        box = layout.clusters[cluster.key]
        for css in ("halo", "label"):
            body.append(_text(box.x + 10, box.y + 16, cluster.title, css))
    body += [_node(node, layout.nodes[node.key]) for node in nodes_of(picture.root)]
    name = escape(f"Operation graph of {picture.title}", {'"': "&quot;"})
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}" '
        f'viewBox="0 0 {width:.0f} {height:.0f}" role="img" aria-label="{name}">',
        f"<title>{name}</title>",
        f"<desc>{MARK}</desc>",
        f"<style>{STYLE}</style>",
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" '
        f'markerHeight="7" orient="auto"><path d="M0 0.6 L8 4 L0 7.4 z" fill="{ARROW}"/>'
        "</marker></defs>",
        '<rect width="100%" height="100%" fill="#ffffff"/>',
        _text(MARGIN, MARGIN + 10, picture.title, "head"),
        f'<g transform="translate({MARGIN}, {MARGIN + 28})">{legend[0]}</g>',
        f'<g transform="translate({shift:.1f}, {MARGIN + 2 * HEAD})">',
        *body,
        "</g>",
        "</svg>",
        "",
    ])  # fmt: skip


def _size(node: Node) -> tuple[float, float]:
    rows = _rows(node)
    width = max(len(text) * (CHARACTER if css == "" else SMALL) for text, css in rows)
    return max(width + 18.0, 46.0), len(rows) * ROW + 9.0


def _rows(node: Node) -> list[tuple[str, str]]:
    """Return the lines of a box with their classes."""
    rows = [(node.title, "")]
    if node.detail:
        rows.append((node.detail, "small"))
    if node.note.value:
        rows.append((f"value    {node.note.value}", "value"))
    if node.note.adjoint:
        rows.append((f"adjoint  {node.note.adjoint}", "adjoint"))
    return rows


def _node(node: Node, box: Box) -> str:
    fill, border, stroke = BOXES[node.kind]
    lines = [
        f"<g><title>{escape(_tip(node))}</title>",
        f'<rect x="{box.x:.1f}" y="{box.y:.1f}" width="{box.width:.1f}" height="{box.height:.1f}" '
        f'rx="5" fill="{fill}" stroke="{border}" stroke-width="{stroke}"/>',
    ]
    for k, (text, css) in enumerate(_rows(node)):
        lines.append(_text(box.x + 9, box.y + ROW * (k + 1) - 0.5, text, css))
    return "".join([*lines, "</g>"])


def _tip(node: Node) -> str:
    return "\n".join(filter(None, [node.title, node.detail, node.place]))


def _text(x: float, y: float, text: str, css: str = "") -> str:
    shown = f' class="{css}"' if css else ""
    return f'<text x="{x:.1f}" y="{y:.1f}"{shown} xml:space="preserve">{escape(text)}</text>'


def _clusters(cluster: Cluster, layout: Layout, out: list[str]) -> None:
    """Add the frames of loops and branches, the outer ones first."""
    for child in cluster.children:
        if isinstance(child, Cluster):
            box = layout.clusters[child.key]
            out.append(
                f'<rect class="cluster" x="{box.x:.1f}" y="{box.y:.1f}" width="{box.width:.1f}" '
                f'height="{box.height:.1f}" rx="7"/>'
            )
            _clusters(child, layout, out)


# --- arrows -------------------------------------------------------------------------------


def _spread(picture: Picture, layout: Layout) -> Sequence[tuple[str, str]]:
    """Let the arrows into one box end side by side, in the order in which they come."""
    into: dict[str, list[tuple[str, str]]] = {}
    for edge in picture.edges:
        if edge[1] in layout.nodes:
            into.setdefault(edge[1], []).append(edge)
    for key, edges in into.items():
        box = layout.nodes[key]
        edges.sort(key=lambda edge: layout.paths[edge][-2][0])
        step = min(box.width * 0.6 / max(len(edges) - 1, 1), 40.0)
        for k, edge in enumerate(edges):
            x = box.x + box.width / 2 + (k - (len(edges) - 1) / 2) * step
            layout.paths[edge][-1] = (x, box.y)
    return picture.edges


def _edge(points: Sequence[Point], choice: bool) -> str:
    """Return an arrow: upright in its lanes, in a smooth curve between them.

    ``choice`` says that it leads from a condition to one of its branches.
    """
    parts = [f"M{points[0][0]:.1f} {points[0][1]:.1f}"]
    for (x, y), (u, v) in itertools.pairwise(points):
        if abs(x - u) < 0.5:
            parts.append(f"L{u:.1f} {v:.1f}")
        else:
            bend = (v - y) * 0.55
            parts.append(f"C{x:.1f} {y + bend:.1f} {u:.1f} {v - bend:.1f} {u:.1f} {v:.1f}")
    css = "edge choice" if choice else "edge"
    return f'<path class="{css}" d="{" ".join(parts)}" marker-end="url(#tip)"/>'


def _legend(picture: Picture) -> tuple[str, float]:
    """Return the key to the colours that occur, and its width."""
    nodes = nodes_of(picture.root)
    kinds = {node.kind for node in nodes}
    parts, x = [], 0.0
    for kind, label in LEGEND:
        if kind in kinds:
            fill, border, stroke = BOXES[kind]
            parts.append(f'<rect x="{x:.0f}" y="-9" width="16" height="11" rx="3" fill="{fill}" '
                         f'stroke="{border}" stroke-width="{stroke}"/>')  # fmt: skip
            parts.append(_text(x + 21, 0, label, "small"))
            x += 21 + len(label) * SMALL + 16
    for css, there in (
        ("value", any(node.note.value for node in nodes)),
        ("adjoint", any(node.note.adjoint for node in nodes)),
    ):
        if there:
            label = {"value": "value", "adjoint": "adjoint: d result / d value"}[css]
            parts.append(_text(x, 0, label, css))
            x += len(label) * SMALL + 16
    return "".join(parts), x
