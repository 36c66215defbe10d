"""A picture of a graph as DOT text, for Graphviz and other tools."""

from __future__ import annotations

from gradgen.emission.header import MARK
from gradgen.graph.model import Cluster, Node, Picture, clusters_of, nodes_of
from gradgen.graph.style import ARROW, BOXES, CHOICE


def dot(picture: Picture) -> str:
    """Return a picture as a DOT digraph; loops and branches are clusters."""
    lines = [
        f"// {MARK}",
        "digraph gradgen {",
        f"  label={quoted(picture.title)}; labelloc=t; rankdir=TB; compound=true;",
        '  node [shape=box, style="rounded,filled", fontname="monospace", fontsize=11];',
        f'  edge [color="{ARROW}", arrowsize=0.7];',
    ]
    _children(picture.root, 1, lines)
    clusters = {c.key: c for c in clusters_of(picture.root)}
    for source, target in picture.edges:
        if target in clusters:
            first = nodes_of(clusters[target])[0].key
            lines.append(f"  {source} -> {first} [lhead=cluster_{target}, style=dashed];")
        else:
            lines.append(f"  {source} -> {target};")
    return "\n".join([*lines, "}", ""])


def _children(cluster: Cluster, depth: int, lines: list[str]) -> None:
    pad = "  " * depth
    for child in cluster.children:
        if isinstance(child, Node):
            lines.append(f"{pad}{child.key} [{_attributes(child)}];")
            continue
        lines.append(f"{pad}subgraph cluster_{child.key} {{")
        lines.append(f'{pad}  label={quoted(child.title)}; style=dashed; color="{CHOICE}";')
        _children(child, depth + 1, lines)
        lines.append(f"{pad}}}")


def _attributes(node: Node) -> str:
    fill, border, _ = BOXES[node.kind]
    rows = [node.title, node.detail]
    rows += [f"value {node.note.value}"] if node.note.value else []
    rows += [f"adjoint {node.note.adjoint}"] if node.note.adjoint else []
    label = quoted("\n".join(filter(None, rows)))
    out = f'label={label}, fillcolor="{fill}", color="{border}"'
    return f"{out}, tooltip={quoted(node.place)}" if node.place else out


def quoted(text: str) -> str:
    """Return a DOT string; nothing in it is read as an escape or an attribute."""
    plain = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{plain}"'
