"""A picture of a graph as DOT text, for Graphviz and other tools."""

from __future__ import annotations

from gradgen.graph.model import Cluster, Node, Picture

COLOURS = {
    "input": ("#e3efff", "#2f6fc4"),
    "constant": ("#f1f1ee", "#a5a59c"),
    "operation": ("#ffffff", "#59636e"),
    "passive": ("#f7f7f5", "#c3c3bb"),
    "control": ("#fff5d9", "#c79a2b"),
    "result": ("#e2f4e6", "#2f8a4b"),
}


def dot(picture: Picture) -> str:
    """Return a picture as a DOT digraph; loops and branches are clusters."""
    lines = [
        "digraph gradgen {",
        f"  label={quoted(picture.title)}; labelloc=t; rankdir=TB;",
        '  node [shape=box, style="rounded,filled", fontname="monospace", fontsize=11];',
        '  edge [color="#8b949e", arrowsize=0.7];',
    ]
    _children(picture.root, 1, lines)
    lines += [f"  {source} -> {target};" for source, target in picture.edges]
    return "\n".join([*lines, "}", ""])


def _children(cluster: Cluster, depth: int, lines: list[str]) -> None:
    pad = "  " * depth
    for child in cluster.children:
        if isinstance(child, Node):
            lines.append(f"{pad}{child.key} [{_attributes(child)}];")
            continue
        lines.append(f"{pad}subgraph cluster_{child.key} {{")
        lines.append(f'{pad}  label={quoted(child.title)}; style=dashed; color="#c79a2b";')
        _children(child, depth + 1, lines)
        lines.append(f"{pad}}}")


def _attributes(node: Node) -> str:
    fill, border = COLOURS[node.kind]
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
