"""The class that the public functions hand out as ``.graph``."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

from gradgen.errors import OutputError
from gradgen.graph.model import Note, Picture, picture
from gradgen.ir.nodes import Function, Value
from gradgen.ir.show import show
from gradgen.passes.dce import remove_dead

FORMATS = ("text", "dot", "svg")
SUFFIXES = {".svg": "svg", ".dot": "dot", ".gv": "dot", ".txt": "text"}


class Graph:
    """The operation graph of a function.

    ``str(graph)`` is its text; a notebook shows its picture.

    Parameters
    ----------
    function : Function
        The graph; what its results do not need is taken out of it.
    notes : mapping, optional
        What to write under values: numbers and adjoints, as `gradgen.graph.annotate` makes them.
    """

    def __init__(self, function: Function, notes: Mapping[Value, Note] | None = None) -> None:
        remove_dead(function)
        self.function = function
        self.notes = dict(notes or {})

    def __str__(self) -> str:
        return show(self.function, remarks={v: str(note) for v, note in self.notes.items()})

    def __repr__(self) -> str:
        return f"<gradgen graph of {self.function.name}: {len(self.function.body.ops)} operations>"

    @cached_property
    def picture(self) -> Picture:
        """The boxes and arrows that are drawn."""
        return picture(self.function, self.notes)

    def dot(self) -> str:
        """Return the graph in the DOT language of Graphviz."""
        from gradgen.graph.dot import dot

        return dot(self.picture)

    def svg(self) -> str:
        """Return the graph as an SVG picture."""
        from gradgen.graph.svg import svg

        return svg(self.picture)

    def _repr_svg_(self) -> str:
        return self.svg()

    def render(self, form: str) -> str:
        """Return the graph as ``text``, ``dot`` or ``svg``."""
        if form not in FORMATS:
            raise ValueError(f"a graph has the forms {', '.join(FORMATS)}, not {form!r}")
        return {"text": self.__str__, "dot": self.dot, "svg": self.svg}[form]()

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the graph to a file, atomically, never over a foreign one.

        Parameters
        ----------
        path : path-like
            The suffix (.svg, .dot, .gv, .txt) says in which form.

        Raises
        ------
        OutputError
            If the suffix is another one, the file exists and gradgen did not write it, or it
            cannot be written.
        """
        from gradgen.emission.header import MARK
        from gradgen.emission.module import write

        form = form_of(Path(path))
        text = self.render(form)
        write(f"# {MARK}\n{text}" if form == "text" else text, path, {})


def form_of(path: Path) -> str:
    """Return the form that a path's suffix asks for.

    Raises
    ------
    OutputError
        If no form has this suffix.
    """
    form = SUFFIXES.get(path.suffix.lower())
    if form is None:
        raise OutputError(
            f"{path}: no form of a graph has the suffix {path.suffix!r}",
            hint=f"use one of {', '.join(SUFFIXES)}",
        )
    return form
