"""A dict that is open or None by the path, and goes into a list where it is closed."""

from __future__ import annotations

import heapq

import numpy as np


class Mark:
    def __init__(self, tag):
        self.tag = tag


def runs_above(xs):
    """Runs of values over a limit, and the one of the largest area, which may be none."""
    runs, run, best = [], None, None
    for i, x in enumerate(xs):
        if x > 0.4:
            if run is None:
                run = {"start": i, "area": 0.0, "peak": x}
            run["area"] += x**2
            if x > run["peak"]:
                run["peak"] = x
        elif run is not None:
            runs.append(run)
            if best is None or run["area"] > best["area"]:
                best = run
            run = None
    if run is not None:
        runs.append(run)
    out = sum(r["area"] * r["peak"] + r["start"] for r in runs)
    return out + (best["area"] if best is not None else xs[0])


def written_in_the_list(xs):
    """The open dict is in the list from the beginning, and goes on to be written to."""
    parcels, open_one = [], None
    for x in xs:
        if open_one is None:
            open_one = {"n": 0, "weight": 0.0}
            parcels.append(open_one)
        open_one["weight"] += x
        open_one["n"] += 1
        if open_one["weight"] > 1.03:
            open_one = None
    return sum(p["weight"] ** 2 / p["n"] for p in parcels)


def copied_and_extended(xs):
    log, state = [], None
    for x in xs:
        if state is None:
            state = {"x": x, "v": 0.0}
        else:
            state = {**state, "x": state["x"] + 0.5 * x}
        state["v"] = state["v"] + state["x"]
        if x > 0.5:
            log.append(dict(state))
        if x > 1.0:
            state = None
    return sum(s["x"] * s["v"] for s in log)


def trades_with_exits(xs):
    """A key that is there from the exit on, and a text in each trade."""
    rule = {"limit": 0.4, "gain": 2.0}
    trades, position = [], None
    for i, x in enumerate(xs):
        if position is None and x > rule["limit"]:
            position = {"entry": x, "at": i, "side": "long" if x < 1.0 else "short"}
        elif position is not None and (x < position["entry"] * 0.9 or i - position["at"] > 2):
            position["exit"] = x
            trades.append(position)
            position = None
    total = 0.0
    for t in trades:
        sign = 1.0 if t["side"] == "long" else -1.0
        total += sign * rule["gain"] * (t["exit"] - t["entry"])
    return total**2


def asked_for_what_is_late(xs):
    """``get``, ``in``, ``len`` and the items of dicts, some of which have got a key."""
    done, item = [], None
    for x in xs:
        if item is None:
            item = {"a": x, "b": 2.0}
        elif x > 0.5:
            item["c"] = x * item["a"]
            done.append(item)
            item = None
        else:
            done.append(item)
    total = 0.0
    for d in done:
        total += d.get("c", 0.25) * d["a"]
        if "c" in d:
            total += d["c"] ** 2
        total += len(d) * xs[0]
        for key, value in d.items():
            total += value * (2.0 if key == "b" else 1.0)
    return total


def closed_by_a_helper(xs):
    def close(run, runs):
        if run is not None:
            run["mean"] = run["sum"] / run["n"]
            runs.append(run)

    runs, run = [], None
    for x in xs:
        if x < 0.4:
            run = close(run, runs)
            continue
        if run is None:
            run = {"sum": 0.0, "n": 0}
        run["sum"] += x
        run["n"] += 1
    close(run, runs)
    return sum(r["mean"] ** 2 * r["n"] for r in runs) + xs[0]


def dict_in_a_dict(xs):
    done, item = [], None
    for x in xs:
        if item is None:
            item = {"x": x, "moments": {"sum": 0.0, "n": 0}}
        item["moments"]["sum"] += x**2
        item["moments"]["n"] += 1
        if x > 0.5:
            done.append(item)
            item = None
    return sum(d["x"] * d["moments"]["sum"] / d["moments"]["n"] for d in done)


def arrays_in_dicts(xs):
    done, item = [], None
    for i in range(len(xs)):
        if item is None:
            item = {"sums": np.zeros(2), "n": 0}
        item["sums"][i % 2] += xs[i] ** 2
        item["n"] += 1
        if xs[i] > 0.5:
            done.append(item)
            item = None
    return sum(d["sums"].sum() ** 2 / d["n"] for d in done)


def equal_dicts(xs):
    """Dicts are equal by what they hold, and one by what they are."""
    log, item, first = [], None, None
    for x in xs:
        if item is None:
            item = {"k": 1, "n": 0}
            first = item if first is None else first
        if x > 0.5:
            log.append(item)
            if item == {"k": 1, "n": 0}:
                item = None
            else:
                item["n"] += 2
        else:
            item["n"] += 1
    same = sum(1 for d in log if d is first)
    return sum(d["n"] * v for d, v in zip(log, xs)) + same * xs[1] ** 2


def frequent_pairs(xs):
    """Tuples of texts, which are keys of a dict, in a list of unknown length."""
    support = {("ale", "bun"): xs[0] * xs[1], ("bun", "cod"): xs[2], ("ale", "cod"): xs[3] ** 2}
    frequent = [pair for pair, s in support.items() if s >= 0.3]
    names = []
    for pair in support:
        if support[pair] > 0.5:
            names.append(pair)
    bonus = sum(xs[4] for one, _ in frequent if one == "ale")
    return sum(support[pair] ** 2 for pair in frequent) + bonus + len(names) * xs[5]


def one_text_alone(xs):
    """Tuples and objects that hold one text, and no number, are counted."""
    kinds, marks = [], []
    for x in xs:
        if x > 0.5:
            kinds.append(("big", "b"))
            marks.append(Mark("b"))
    found = sum(xs[1] for kind, _ in kinds if kind == "big")
    return len(kinds) * xs[0] + found + sum(len(m.tag) * xs[2] ** 2 for m in marks)


def appended_before_a_break(xs):
    rows, gap = [], xs[0]
    for x in xs:
        row = {"gap": gap, "x": x}
        if gap < 0.2:
            rows.append(row)
            break
        gap = 0.6 * gap
        rows.append(row)
    return sum(r["gap"] ** 2 * r["x"] for r in rows)


def dicts_get_keys(x):
    out = []
    for v in x:
        if v > 0.0:
            out.append({"v": v})
    for item in out:
        item["w"] = item["v"] ** 2
    return sum(item["w"] for item in out)


def dict_put_there_at_each_turn(x):
    item, out = {"v": x[0]}, []
    for v in x:
        if v > 0.0:
            out.append(item)
    out[0]["v"] = x[1] * 7.0
    return sum(item["v"] ** 2 for item in out)


def dict_of_the_caller(x):
    def record(item):
        if item["v"] > 0.0:
            out.append(item)

    out = []
    for v in x:
        item = {"v": v}
        record(item)
        item["v"] *= 2.0
    return sum(item["v"] ** 2 for item in out)


def dict_in_two_places_at_once(x):
    out = []
    for v in x:
        if v > 0.0:
            out.append({"v": v})
    item = {"v": x[0]}
    for d in (item, item):
        out.append(d)
    out[-1]["v"] = x[1] * 5.0
    return sum(d["v"] ** 2 for d in out)


def dict_named_after_it_went_there(x):
    out = []
    for v in x:
        if v > 0.0:
            out.append({"v": v})
    out[0] = item = {"v": x[1]}
    item["v"] = x[0] * 3.0
    return sum(d["v"] ** 2 for d in out)


def frequencies_in_a_tree(xs):
    """A heap of trees: tuples that hold others, or None."""
    heap = [(x * (1.0 + 0.013 * i), i, None, None) for i, x in enumerate(xs)]
    heapq.heapify(heap)
    count = len(xs)
    while len(heap) > 1:
        a, b = heapq.heappop(heap), heapq.heappop(heap)
        heapq.heappush(heap, (a[0] + b[0], count, a, b))
        count += 1

    def cost(node, depth):
        x, _, left, right = node
        return x**2 * depth if left is None else cost(left, depth + 1) + cost(right, depth + 1)

    return cost(heap[0], 0)


def frequencies_in_pairs(xs):
    """The same with the two parts of a tree in a pair, which is None at first."""
    heap = [(x * (1.0 + 0.013 * i), i, None) for i, x in enumerate(xs)]
    heapq.heapify(heap)
    count = len(xs)
    while len(heap) > 1:
        a, b = heapq.heappop(heap), heapq.heappop(heap)
        heapq.heappush(heap, (a[0] + b[0], count, (a, b)))
        count += 1

    def cost(node, depth):
        x, _, parts = node
        return x**2 * depth if parts is None else sum(cost(part, depth + 1) for part in parts)

    return cost(heap[0], 0)


_A = [
    [0.6, 0.35, 1.1, 0.7, 0.52, 0.1, 0.45, 0.9, 0.55, 0.2, 0.48],
    [0.1, 0.2, 0.3, 0.15, 0.25, 0.12, 0.22, 0.33, 0.17, 0.28, 0.31],
    [0.9, 1.2, 0.7, 0.3, 0.8, 0.95, 0.2, 1.3, 1.1, 0.41, 0.85],
    [0.2, 0.7, 0.3, 0.9, 0.1, 1.4, 0.15, 0.65, 0.05, 0.75, 0.25],
]
_NAMES = [
    "runs_above",
    "written_in_the_list",
    "copied_and_extended",
    "trades_with_exits",
    "asked_for_what_is_late",
    "closed_by_a_helper",
    "dict_in_a_dict",
    "arrays_in_dicts",
    "equal_dicts",
    "frequent_pairs",
    "one_text_alone",
    "appended_before_a_break",
    "dicts_get_keys",
    "dict_put_there_at_each_turn",
    "dict_of_the_caller",
    "dict_in_two_places_at_once",
    "dict_named_after_it_went_there",
    "frequencies_in_a_tree",
    "frequencies_in_pairs",
]
EXAMPLE_ARGS = {name: lambda: (np.array(_A[0]),) for name in _NAMES}
MORE_ARGS = {name: [lambda p=p: (np.array(p),) for p in _A[1:]] for name in _NAMES}
