"""Arrays of records, NumPy's structured arrays, as the columns that they are.

A row is a place in the columns, so that what is written through one is seen through the other.
"""

# ruff: noqa: D102
# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np


class RecordArray:
    """An array of records: its columns by name, of which ``first`` is one."""

    def __init__(self, columns):
        self.columns = columns
        self.first = next(iter(columns.values()))

    def __len__(self):
        return len(self.first)

    def __getitem__(self, key):
        if isinstance(key, str):
            return self.columns[key]
        if isinstance(key, int | np.integer):
            return RecordRow(self.columns, key)
        if isinstance(key, list) and isinstance(key[0], str):
            return RecordArray({name: self.columns[name] for name in key})
        return RecordArray({name: column[key] for name, column in self.columns.items()})

    def __setitem__(self, key, value):
        self.columns[key][...] = value

    def __getattr__(self, name):
        return self.columns[name]

    @property
    def shape(self):
        return self.first.shape

    @property
    def size(self):
        return self.first.size

    @property
    def dtype(self):
        return RecordType(tuple(self.columns))

    def tolist(self):
        return list(zip(*[column.tolist() for column in self.columns.values()], strict=True))

    def copy(self):
        return RecordArray({name: column.copy() for name, column in self.columns.items()})


class RecordRow:
    """A record of an array: a place in its columns."""

    def __init__(self, columns, place):
        self.columns, self.place = columns, place

    def __len__(self):
        return len(self.columns)

    def __getitem__(self, key):
        if isinstance(key, str):
            return self.columns[key][self.place]
        return self.item()[key]

    def __setitem__(self, key, value):
        self.columns[key][self.place] = value

    def __getattr__(self, name):
        return self.columns[name][self.place]

    def __iter__(self):
        return iter(self.item())

    def item(self):
        return tuple([column[self.place] for column in self.columns.values()])


class RecordType:
    """What is asked of the dtype of records: the names of their fields."""

    def __init__(self, names):
        self.names = names
