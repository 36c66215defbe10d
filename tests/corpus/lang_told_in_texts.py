"""Objects in texts, texts that are asked whether they are empty, errors that are handed on."""

# ruff: noqa: UP031, UP032 (every way to make a text)

import math
from typing import NamedTuple


class Row:
    def __init__(self, items):
        self.items = list(items)

    def __str__(self):
        return "[" + ", ".join("%6s" % (item,) for item in self.items) + "]"

    def angle(self, other):
        try:
            return math.acos(sum(a * b for a, b in zip(self.items, other.items)))
        except Exception:
            raise


class Pair(NamedTuple):
    first: float
    second: float


def objects_in_places(x):
    """They are shown by their own ``__str__``, and a named tuple fills several places."""
    row = Row([0.1 * x, 2, x])
    print("row %s, times %.2f, 100%%" % (row, x))
    print("%s" % row, "{} and {}".format(row, x), "%12s|" % (Row([x]),))
    print("%s of %s" % Pair(x, 2.0), "%s" % (Pair(x, x),))
    return row.items[0] * row.items[-1]


def signs_between_terms(x):
    """A text is asked whether something is in it yet."""
    text = ""
    for k in range(len(x) - 1, -1, -1):
        if x[k] == 0.0:
            continue
        if x[k] > 0.0:
            if text:
                text += " + "
        else:
            text += " - "
        text += str(abs(x[k])) + (f"x^{k}" if k else "")
    print(text)
    return x[0] * x[1] * len(x)


def errors_handed_on(x):
    """A handler that raises again what it has caught changes nothing."""
    return Row([x, 0.5]).angle(Row([0.2, 0.3])) * x


EXAMPLE_ARGS = {
    "objects_in_places": lambda: (1.5,),
    "signs_between_terms": lambda: ([1.5, -2.0, 0.5, 3.0],),
    "errors_handed_on": lambda: (0.4,),
}
MORE_ARGS = {
    "signs_between_terms": [lambda: ([0.5, 2.0, 0.7, -3.0],)],
}
