"""The operation graph to look at: as text, as DOT, as an SVG picture."""

from gradgen.graph.graph import Graph

__all__ = ["Graph"]
