"""Where paths that meet are told apart: the places at which a reading has to be more exact.

A reading that has to know which of several arrays a name stands for stops, and the function is
read again with a choice at the places where they came together.  A place is a piece of syntax, and
the calls and turns that lead to it: of a helper that is called at many places, each would ask in a
reading of its own.  So what has asked several times is told apart wherever it is read.  In
generated text, where such a helper is written out, subscripts that differ in numbers alone are one.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterable
from typing import Any

from gradgen.frontend.sharing import Place

SEVERAL = 3  # times that a piece of syntax asks for itself


class Precise:
    """Places that have asked, and the pieces of syntax that have asked often."""

    def __init__(self, general: bool = True, text: ast.AST | None = None) -> None:
        self.general = general  # whether those are told apart where they have not asked
        self.text = text  # generated text that is read
        self.alike: dict[Any, str] = {}  # its subscripts without their numbers, once one has asked
        self.places: set[Place] = set()
        self.times: Counter[Place] = Counter()

    def __contains__(self, place: Place) -> bool:
        return place in self.places or (self.general and self.times[self._syntax(place)] >= SEVERAL)

    def covers(self, places: Iterable[Place]) -> bool:
        """Whether all of these are told apart already."""
        return all(place in self for place in places)

    def add(self, places: Iterable[Place]) -> None:
        """Tell paths apart at these places, too."""
        asked = set(places) - self.places
        self.places |= asked
        if self.text is not None and not self.alike:
            self.alike = {
                id(n): re.sub(r"_?\d+", "", ast.unparse(n))
                for n in ast.walk(self.text)
                if isinstance(n, ast.Subscript)
            }
        self.times.update({self._syntax(place) for place in asked})

    @property
    def guesses(self) -> bool:
        """Whether places count that have not asked."""
        return self.general and any(n >= SEVERAL for n in self.times.values())

    def asked(self) -> Precise:
        """Return the places that have asked, and no others."""
        out = Precise(general=False)
        out.add(self.places)
        return out

    def _syntax(self, place: Place) -> Place:
        """Return what is read at a place, without what led to it."""
        if "view" in place:
            return place[-3:]
        found = place[-2:] if place[-1] == -1 else place[-1:]
        return tuple(self.alike.get(n, n) for n in found)
