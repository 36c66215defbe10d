"""What reading stops for: exceptions that a reader raises to be caught further out."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from typing import Any

from gradgen.errors import Span
from gradgen.ir.nodes import Block


class Certain(Exception):
    """The function itself raises, wherever it comes to this place.

    ``written``: the graph says so already, on each of the paths.
    """

    def __init__(self, error: Exception, span: Span, block: Block, written: bool = False) -> None:
        super().__init__(error, span, block)
        self.error, self.span, self.block, self.written = error, span, block, written


class Raised(Exception):
    """A call in the statement that is read never returns: what it raises is written down."""


class Retry(Exception):
    """The function has to be read again, with choices where paths meet at these places.

    ``loops``: those to be written out.
    """

    def __init__(self, places: set[tuple[Any, ...]], loops: Iterable[tuple[Any, ...]] = ()) -> None:
        super().__init__(places, loops)
        self.places, self.loops = places, loops


class Stepwise(Exception):
    """An iterator is gone through step by step: it has to be an object that keeps its place."""

    def __init__(self, made: int) -> None:
        super().__init__(made)
        self.made = made


class Turnwise(Exception):
    """Generators and what loops over them see what the other one changes: they take turns."""

    def __init__(self, key: tuple[int, int]) -> None:
        super().__init__(key)
        self.key = key


class Grown:
    """What a loop is noted by whose list becomes longer or shorter meanwhile."""


class Sifted:
    """What a generator with a filter is noted by that takes turns with a loop over it."""


class Tabled(Exception):
    """A dict is asked for keys that are computed: it has to be lists of keys and of items."""

    def __init__(self, made: int) -> None:
        super().__init__(made)
        self.made = made


class Alike(Exception):
    """Arrays have met that are as long as is written, unless one is stretched (``Meetings``)."""


class OwnIterator(Exception):
    """The head of a loop is an object that gives its items by a method of its class."""

    def __init__(self, iterator: Any) -> None:
        super().__init__(iterator)
        self.iterator = iterator


class InTurns(Exception):
    """The head of a loop is a generator that takes turns with the loop."""

    def __init__(self, generator: Any) -> None:
        super().__init__(generator)
        self.generator = generator


class WriteOut(Exception):
    """A loop has to be written out: its index picks among things of different kinds."""

    def __init__(self, loop: ast.AST) -> None:
        super().__init__(loop)
        self.loop = loop


FOR, WHILE = 1, 2  # efforts: which loops of few turns are written out, though nothing asks for it


class Unpacked(Exception):
    """The function starts with an unpacking, which says how long an argument is."""

    def __init__(self, symbol: str, count: int, node: ast.AST) -> None:
        super().__init__(symbol, count, node)
        self.symbol, self.count, self.node = symbol, count, node


class Laborious(Exception):
    """More would have to be written out than anybody wants to read."""


class Endless(Exception):
    """A call inside a recursive function whose result is not known yet: no value on this path."""

    def __init__(self, node: ast.AST) -> None:
        super().__init__(node)
        self.node = node
