"""What is known of a recursive function while it is read: parameters, types, the result."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import Any

from gradgen.dataclass import dataclass
from gradgen.frontend.reader import Reader
from gradgen.frontend.structure import Structure
from gradgen.frontend.templates import Template
from gradgen.frontend.values import Frame
from gradgen.ir.nodes import Callee
from gradgen.ir.types import Type, join


class Recursive(Exception):
    """A function turned out to be recursive: everything is read again with calls of it.

    ``grows``: with lists of no known length for those that it is given, of 2, tuples, too.
    """

    def __init__(self, definition: Any, grows: int = 0) -> None:
        super().__init__(definition)
        self.definition, self.grows = definition, grows


class Widened(Exception):
    """A recursive function is called with arguments of more types than it was read for."""


@dataclass(slots=True, eq=False)
class Outer:
    """A name of an enclosing function that a recursive one reads: it becomes a parameter."""

    frame: Frame
    name: str
    structure: Structure
    types: list[Type]


class Reading:
    """One recursive function for arguments of one structure."""

    def __init__(
        self, key: Any, definition: Any, frame: Frame, structure: dict[str, Structure]
    ) -> None:
        self.key, self.definition, self.frame, self.structure = key, definition, frame, structure
        self.callee = Callee(getattr(definition, "name", "inner"))
        self.types: list[Type] = []
        self.outer: dict[tuple[int, str], Outer] = {}
        self.result: Template | None = None
        self.handed_back: dict[int, int] | None = None  # which results are arrays that were given
        self.busy = False
        self.read_at = -1


def leaf_type(r: Reader, leaf: Any) -> Type:
    """Return the type of an argument at a call, of any value."""
    return replace(r.read(leaf).type, value=None)


def learn(r: Reader, state: Reading, known: bool) -> None:
    """Note that a parameter has a wider type: what was read with the old one is read again."""
    r.book.version += 1
    if state.busy:
        raise Widened
    if known and state.callee.function is not None:
        # Calls that stand in the graph already were made for fewer types.
        raise Recursive(state.definition)


def joined(r: Reader, node: ast.AST, old: list[Type], new: list[Type]) -> list[Type]:
    """Return the types that cover those of two calls.

    Raises
    ------
    UnsupportedError
        Where there is none.
    """
    out = []
    for a, b in zip(old, new, strict=True):
        wider = join(a, b)
        if wider is None:
            r.refuse(
                node,
                f"a recursive call with an argument of type {b}, which was {a} before",
                "give the argument one type",
            )
        out.append(wider)
    return out
