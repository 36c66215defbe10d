"""Tables of whole zeros that are filled with floats at known places, and what is made before use.

Dataclasses whose fields the ``__init__`` of a subclass fills, and exceptions that are kept.
"""

from dataclasses import dataclass, field

import numpy as np


def zeros_filled_at_known_places(x):
    """A list of ints gets floats, one by one, and counts beside them."""
    row = [0 for _ in range(4)]
    row[0] = x[0]
    row[-1] = x[1] * row[0]
    row[1] += x[2]
    row[0] = 2
    return row[0] * row[3] + row[1] ** 2 + sum(row)


def rows_of_zeros_filled(x, n):
    """A row that has two names; a row of places beside one of weights."""
    table = [[0 for _ in range(n)] for _ in range(3)]
    last = table[2]
    last[n - 1] = x[0] * x[1]
    table[2][0] = table[2][n - 1] ** 2
    table[0][1] = 2
    return last[0] * x[2] + table[2][table[0][1] + 1]


def zeros_filled_on_one_path(x, n):
    """The other path leaves the whole numbers."""
    row = [0 for _ in range(n)]
    if x[0] > 1.0:
        row[0] = x[0]
    for k in range(n):
        row[k] = row[k] + row[0] * x[1] + x[2]
    return row[n - 1] * row[0]


@dataclass
class Shape:
    width: float
    height: float = 2.0
    parts: list = field(default_factory=list)

    def __post_init__(self):
        self.area = self.width * self.height


class Frame(Shape):
    def __init__(self, size, border):
        self.border = border
        super().__init__(size + border, height=size)
        self.parts.append(border**2)

    def __post_init__(self):
        super().__post_init__()
        self.area -= self.border


@dataclass(frozen=True)
class Fixed:
    rate: float
    scale: float = 3.0


class Doubled(Fixed):
    def __init__(self, rate):
        Fixed.__init__(self, 2.0 * rate)


def fields_filled_by_a_subclass(x, border):
    """The ``__init__`` that a dataclass got is called with some fields and defaults."""
    frame, fixed = Frame(x, border), Doubled(x)
    return frame.area * frame.parts[0] + fixed.rate * fixed.scale


def error_made_before(x):
    """One exception, for several tests."""
    error = ValueError(f"all of {len(x)} have to be positive")
    for v in x:
        if v <= 0.0:
            raise error
    return np.sum(np.log(x))


def containers_asked_at_once(x):
    """A dict, a list and a text are true where they have something in them."""
    weights, names = {"a": x, "b": 2.0}, ["a"]
    if not all([weights, names, "title"]) or any([{}, [], None]):
        raise ValueError("something is empty")
    return weights["a"] ** 3 * weights["b"] if {} == {} and [] == [] else x


EXAMPLE_ARGS = {
    "zeros_filled_at_known_places": lambda: (np.array([1.3, 2.0, -0.7]),),
    "rows_of_zeros_filled": lambda: (np.array([1.3, 2.0, -0.7]), 4),
    "zeros_filled_on_one_path": lambda: (np.array([1.3, 2.0, -0.7]), 4),
    "fields_filled_by_a_subclass": lambda: (1.5, 0.4),
    "error_made_before": lambda: (np.array([1.3, 2.0, 0.7]),),
    "containers_asked_at_once": lambda: (1.5,),
}
MORE_ARGS = {
    "zeros_filled_on_one_path": [lambda: (np.array([0.3, 2.0, -0.7]), 3)],
}
