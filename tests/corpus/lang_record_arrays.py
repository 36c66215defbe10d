"""Arrays of records, NumPy's structured arrays, as data beside what is differentiated."""

from __future__ import annotations

import numpy as np

_BODIES = np.array(
    [(1.0, 2, 0.5), (2.0, 1, 0.25), (0.5, 3, 1.5)],
    dtype=[("mass", float), ("k", int), ("w", float)],
)
_CHARGES = np.array(
    [(1.0, [0.1, 0.2]), (2.0, [0.4, 0.6]), (0.7, [0.3, 0.3])],
    dtype=[("q", float), ("pos", float, (2,))],
)


def chosen_records(x, d):
    heavy = d[d["mass"] > 0.8]
    return np.sum(heavy["w"]) * x[0] + len(heavy) * x[1] ** 2 + np.sum(heavy["mass"] * x[:2])


def rows_in_a_loop(x, d):
    s = 0.0
    for i, row in enumerate(d):
        if row["k"] > 1:
            s += row["mass"] * x[i] ** 2
        else:
            s -= row["w"] * x[i]
    return s


def rows_unpacked(x, d):
    s = 0.0
    for m, k, w in d:
        s += m * x[k] * w
    return s


def fields_by_name(x, d):
    s = 0.0
    for name in d.dtype.names:
        s += np.mean(d[name]) * x[0] ** 2
    return s + d.shape[0] + d.size + len(d)


def some_fields(x, d):
    part = d[["mass", "w"]]
    return np.sum(part["mass"] * part["w"]) * x[0] + d[-1]["mass"] * x[1] + d[1:]["w"][0] * x[2]


def positions(x, p):
    r = p["pos"] - x[:2]
    return np.sum(p["q"] / np.sqrt(np.sum(r**2, axis=1)))


def positions_by_row(x, p):
    s = 0.0
    for row in p:
        r = row["pos"] - x[:2]
        s += row["q"] * np.dot(r, r)
    return s


def rows_beside(x, d):
    return sum(r["mass"] * v for r, v in zip(d, x))


def rows_in_a_list(x, d):
    return sum([r["mass"] * x[r["k"]] for r in d]) + max(d["w"]) * x[0]


def records_written(x, d):
    d = d.copy()
    row = d[0]
    d["mass"] *= 2.0
    d[1]["w"] = 4.0
    row["w"] = 3.0
    return row["mass"] * x[0] + np.sum(d["w"]) * x[1]


def records_filled(x, d):
    d = d.copy()
    d["mass"][0] = x[0] ** 2
    d["w"][:] = x[1:]
    return np.sum(d["mass"] * d["w"])


def row_as_a_tuple(x, d):
    m, k, w = d[1].item()
    return m * x[0] + k * w * x[1]


def row_to_a_function(x, d):
    def energy(row, v):
        return row["mass"] * v ** row["k"]

    return sum(energy(d[i], x[i]) for i in range(3))


def by_attribute(x, r):
    s = 0.0
    for row in r:
        s += row.mass * x[row.k]
    return s + np.dot(r.w, x[:3]) + r[r.mass > 0.7].w.sum() * x[0]


def records_by_key(x, d):
    table = {int(row["k"]): row["mass"] for row in d}
    return table[1] * x[0] + table[3] * x[1] ** 2


def records_in_order(x, d):
    order = np.argsort(d["mass"])
    s = 0.0
    for i in order:
        s = s * x[0] + d["w"][i]
    return s + np.sum(d[order]["w"] * x[:3])


def from_outside(x):
    return np.sum(_BODIES["mass"] * x[:3]) + _BODIES[1]["w"] * x[0] ** 2


def listed_rows(x, d):
    return sum(m * x[k] ** 2 * w for m, k, w in d.tolist())


_X = [0.31, 0.92, 0.57, 1.23]
_DATA = {
    "positions": _CHARGES,
    "positions_by_row": _CHARGES,
    "by_attribute": _BODIES.view(np.recarray),
}
_NAMES = [
    "listed_rows",
    "chosen_records",
    "rows_in_a_loop",
    "rows_unpacked",
    "fields_by_name",
    "some_fields",
    "positions",
    "positions_by_row",
    "rows_beside",
    "rows_in_a_list",
    "records_written",
    "records_filled",
    "row_as_a_tuple",
    "row_to_a_function",
    "by_attribute",
    "records_by_key",
    "records_in_order",
]
EXAMPLE_ARGS = {
    name: lambda data=_DATA.get(name, _BODIES): (np.array(_X), data.copy()) for name in _NAMES
}
EXAMPLE_ARGS["from_outside"] = lambda: (np.array(_X),)
