"""Pictures of the graph: what they hold, where it stands, and how they are saved."""

from __future__ import annotations

import itertools
import linecache
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import gradgen
from gradgen.errors import ArgumentError, OutputError
from gradgen.graph import Graph
from gradgen.graph.annotate import annotated, describe
from gradgen.graph.dot import quoted
from gradgen.graph.layout import Box, Layout, lay_out
from gradgen.graph.model import Cluster, nodes_of, shorten
from gradgen.graph.svg import _size
from gradgen.pipeline import Options
from tests.cases import CONTROL, LOSSES, Case, cases, value_and_gradient

SVG = "{http://www.w3.org/2000/svg}"


def layer(w, b, x):
    hidden = np.tanh(x @ w + b)
    return np.sum(hidden * hidden)


def branchy(x, n):
    total = 0.0
    for i in range(n):
        if x > i:
            total += x * x
        else:
            total -= x
    return total


ARGS = (np.full((3, 2), 0.5), np.zeros(2), np.ones((4, 3)))


@pytest.fixture
def graph() -> Graph:
    """The graph of a layer, with numbers."""
    return annotated(layer, ARGS, Options((0, 1)))


def titles(graph: Graph) -> list[str]:
    """Return what stands in the boxes of a picture."""
    return [node.title for node in nodes_of(graph.picture.root)]


def note(graph: Graph, title: str) -> Any:
    """Return the note of the box with a title."""
    return next(n.note for n in nodes_of(graph.picture.root) if n.title == title)


# --- what is in a picture -------------------------------------------------------------------


def test_boxes(graph: Graph) -> None:
    assert titles(graph) == [
        "w", "b", "x", "x @ w", "(x @ w) + b", "hidden = tanh((x @ w) + b)", "hidden * hidden",
        "value = sum(hidden * hidden)",
    ]  # fmt: skip
    kinds = [node.kind for node in nodes_of(graph.picture.root)]
    assert kinds == ["input", "input", "constant", *["operation"] * 4, "result"]


def test_values_and_adjoints(graph: Graph) -> None:
    gradient = gradgen.grad(layer, argnums=(0, 1))(*ARGS)
    hidden = np.tanh(1.5)
    assert note(graph, "x").value == "1 everywhere"
    assert note(graph, "x").adjoint == ""
    assert note(graph, "w").shape == "3x2"
    assert note(graph, "w").adjoint == f"{gradient[0][0, 0]:.4g} everywhere"
    assert note(graph, "b").adjoint == "[" + ", ".join([f"{gradient[1][0]:.4g}"] * 2) + "]"
    assert note(graph, "hidden * hidden").adjoint == "1 everywhere"
    assert note(graph, "value = sum(hidden * hidden)").value == f"{8 * hidden**2:.4g}"


def test_values_in_text(graph: Graph) -> None:
    assert "adjoint 1" in str(graph) and "reverse sweep" not in str(graph)
    assert "adjoint" not in str(gradgen.value_and_grad(layer).graph)


def test_loops_and_branches_are_boxes() -> None:
    root = annotated(branchy, (1.5, 3)).picture.root
    (loop,) = [child for child in root.children if isinstance(child, Cluster)]
    assert loop.title == "for i in range(0, n)"
    assert [c.title for c in loop.children if isinstance(c, Cluster)] == ["then", "else"]


def test_values_of_the_last_turn() -> None:
    graph = annotated(branchy, (1.5, 3))
    assert note(graph, "i in range(0, n)").value == "2 (turn 3)"
    assert titles(graph)[-1].endswith("after the loop")


def test_unused_arguments_have_adjoint_zero() -> None:
    def unused(x, y):
        return x * 2.0

    graph = annotated(unused, (1.0, 3.0), Options((0, 1)))
    assert note(graph, "y").adjoint == "0"


def test_containers() -> None:
    def product(params):
        return params["a"] * params["b"]

    assert titles(annotated(product, ({"a": 2.0, "b": 3.0},)))[:2] == [
        "a = params['a']", "b = params['b']",
    ]  # fmt: skip


def test_defaults_are_filled_in() -> None:
    def scaled(x, factor=3.0):
        return factor * x

    assert note(annotated(scaled, (2.0,)), "value = factor * x").value == "6"
    with pytest.raises(ArgumentError, match="do not fit 'scaled'"):
        annotated(scaled, ())


def test_titles_are_cut() -> None:
    assert shorten("a" * 100, 10) == "a" * 9 + "…"


@pytest.mark.parametrize(
    "value, text",
    [(1.0, "1"), (-0.000012345, "-1.234e-5"), (1e30, "1e30"), (3, "3"), (True, "True"),
     (float("nan"), "nan"), (np.float32(0.5), "0.5"), (np.zeros((0, 3)), "empty"),
     (np.array([1.0, 2.0]), "[1, 2]"), (np.arange(6.0), "0 … 5  mean 2.5"),
     (np.ones(9), "1 everywhere"), (np.arange(6) > 2, "3 of 6 true"), ([1, 2], "list of 2"),
     (np.array([np.nan, *np.arange(6.0)]), "0 … 5  mean 2.5  1 not finite"),
     (np.full(7, np.inf), "none finite")],
)  # fmt: skip
def test_numbers_in_few_words(value: Any, text: str) -> None:
    assert describe(value) == text


# --- where it stands ------------------------------------------------------------------------


def placed(graph: Graph) -> Layout:
    """Return the layout of a picture."""
    return lay_out(graph.picture, _size)


def overlap(a: Box, b: Box) -> bool:
    """Whether two boxes have more than an edge in common."""
    across = min(a.x + a.width, b.x + b.width) - max(a.x, b.x)
    down = min(a.y + a.height, b.y + b.height) - max(a.y, b.y)
    return across > 0.01 and down > 0.01


@pytest.mark.parametrize("case", cases((*LOSSES, *CONTROL)))
def test_layout(case: Case) -> None:
    value_and_gradient(case)  # skips what may be refused
    graph = annotated(case.function, case.args(), Options(case.argnums))
    layout = placed(graph)
    assert not [pair for pair in itertools.combinations(layout.nodes.values(), 2) if overlap(*pair)]
    _assert_nested(graph.picture.root, layout)
    for (source, target), path in layout.paths.items():
        assert all(y <= v + 0.01 for (_, y), (_, v) in itertools.pairwise(path))
        assert path[0][1] >= layout.nodes[source].y
        assert path[-1][1] == (layout.nodes.get(target) or layout.clusters[target]).y


def _assert_nested(cluster: Cluster, layout: Layout) -> None:
    for child in cluster.children:
        if cluster.key in layout.clusters:
            inner = layout.clusters.get(child.key) or layout.nodes[child.key]
            outer = layout.clusters[cluster.key]
            assert outer.x <= inner.x and inner.x + inner.width <= outer.x + outer.width
            assert outer.y <= inner.y and inner.y + inner.height <= outer.y + outer.height
        if isinstance(child, Cluster):
            _assert_nested(child, layout)


def test_long_programs_stay_small() -> None:
    namespace: dict[str, Any] = {}
    lines = "".join(f"    y = y * {k}.5 + x\n" for k in range(300))
    text = f"def long(x):\n    y = x\n{lines}    return y\n"
    linecache.cache["<long>"] = (len(text), None, text.splitlines(True), "<long>")
    exec(compile(text, "<long>", "exec"), namespace)
    graph = annotated(namespace["long"], (0.5,))
    assert any(node.kind == "reference" for node in nodes_of(graph.picture.root))
    assert len(graph.svg()) < 1_000_000


# --- the files ------------------------------------------------------------------------------


def test_svg_is_well_formed(graph: Graph) -> None:
    root = ElementTree.fromstring(graph.svg())
    assert root.tag == f"{SVG}svg" and root.attrib["role"] == "img"
    texts = ["".join(t.itertext()) for t in root.iter(f"{SVG}text")]
    assert "hidden = tanh((x @ w) + b)" in texts
    assert graph._repr_svg_() == graph.svg()


def test_text_of_the_user_cannot_leave_its_place() -> None:
    def hostile(params):
        return params['"<b>&'] * 2.0

    graph = annotated(hostile, ({'"<b>&': 1.0},))
    ElementTree.fromstring(graph.svg())
    assert '\\"<b>&' in graph.dot()
    assert quoted('a"b\\c\n') == '"a\\"b\\\\c\\n"'


def test_dot(graph: Graph) -> None:
    text = graph.dot()
    assert text.count(" -> ") == len(graph.picture.edges)
    assert text.count("{") == text.count("}")
    branches = annotated(branchy, (1.5, 3)).dot()
    assert branches.count("subgraph") == 3 and "lhead=cluster_" in branches


def test_pictures_are_the_same_every_time() -> None:
    first, second = (annotated(layer, ARGS).svg() for _ in range(2))
    assert first == second


@pytest.mark.parametrize("suffix", [".svg", ".dot", ".gv", ".txt"])
def test_save(graph: Graph, tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"graph{suffix}"
    graph.save(path)
    first = path.read_text(encoding="utf-8")
    graph.save(path)
    assert path.read_text(encoding="utf-8") == first and "hidden" in first
    assert [p.name for p in tmp_path.iterdir()] == [path.name]


def test_save_refuses(graph: Graph, tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"suffix '\.png'"):
        graph.save(tmp_path / "graph.png")
    mine = tmp_path / "notes.txt"
    mine.write_text("mine")
    with pytest.raises(OutputError, match="not written by gradgen"):
        graph.save(mine)
    assert mine.read_text() == "mine"


def test_public_graph() -> None:
    graph = gradgen.differentiable(layer, example_args=ARGS).graph
    assert isinstance(graph, Graph) and "tanh" in str(graph)
    assert "Operation graph of layer" in graph.svg()
    with pytest.raises(ValueError, match="text, dot, svg"):
        graph.render("png")
