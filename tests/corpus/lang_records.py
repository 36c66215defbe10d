"""Records in lists, as dicts, named tuples and lists, and dicts whose keys follow from labels."""

from __future__ import annotations

from collections import defaultdict, namedtuple

import numpy as np


def named_states(x):
    State = namedtuple("State", "t position velocity")
    states = [State(0.0, x[0], x[1])]
    while states[-1].t < 1.0:
        s = states[-1]
        states.append(State(s.t + 0.13, s.position + 0.1 * s.velocity, s.velocity - s.position))
    return states[-1].position ** 2 + sum(s.velocity for s in states)


def groups_by_labels_made_inside(x):
    labels, groups = np.array([0, 1, 0, 2, 1]), {}
    for v, label in zip(x, labels):
        groups.setdefault(label, []).append(v)
    return sum(np.var(g) * (label + 1) for label, g in groups.items())


def totals_by_remainder(x):
    totals = defaultdict(float)
    for k in np.arange(5):
        totals[k % 2] += x[k] ** 2
    return totals[0] * totals[1]


def written_through_ravel(x):
    a = np.outer(x, x)
    a[0, 1] = 3.0 * x[0]
    flat = np.cumsum(a, axis=1).ravel()
    b = a.ravel()
    b[3] = flat[-1]
    return np.sum(a**2)


def history_of_dicts(x):
    history, position, velocity = [], x[0], 0.0
    for t in range(20):
        velocity = velocity - 0.1 * position * x[1]
        position = position + 0.3 * velocity
        if position > 0.0:
            history.append({"t": t, "position": position, "velocity": velocity})
    best = max(history, key=lambda h: h["velocity"])
    return sum(h["position"] * h["t"] for h in history) + best["position"] + history[-1]["velocity"]


def dicts_written_to(x):
    out = []
    for i in range(len(x)):
        item = {"i": i, "v": x[i], "tag": "a"}
        if x[i] > 0.6:
            item["tag"] = "b"
        if x[i] > 0.0:
            out.append(item)
        item["v"] *= 2.0
    for item in out:
        item["v"] += x[0]
        if item["tag"] == "b":
            item.update(v=item["v"] * 3.0)
    out.sort(key=lambda item: -item["v"])
    return sum(item["v"] ** 2 * (k + 1) * (item["i"] + 1) for k, item in enumerate(out))


def queue_of_dicts(x):
    queue, total, k = [{"p": x[i], "n": i} for i in range(4)], 0.0, 0
    while queue:
        job = queue.pop(0)
        k += 1
        total += job["p"] ** 2 * k
        if job["n"] < 3 and job["p"] > 0.3:
            queue.append({**job, "p": job["p"] * 0.5, "n": job["n"] + 1})
    return total


def bodies_as_dicts(x):
    bodies = []
    for v in x:
        bodies.append({"mass": v, "at": np.array([v, v**2]), "speed": np.zeros(2)})
    for _ in range(4):
        for b in bodies:
            b["speed"] += -0.1 * b["at"] * b["mass"]
            b["at"] = b["at"] + 0.1 * b["speed"]
            b["speed"][0] *= 0.9
        bodies = [b for b in bodies if b["at"][0] > -0.29]
    return sum(np.sum(b["at"] ** 2) for b in bodies)


def one_dict_two_names(x):
    out, first = [], {"v": x[0], "w": x[1]}
    out.append(first)
    for v in x:
        if v > 0.0:
            out.append({"v": v, "w": v**2})
    first["v"] = 5.0 * x[3]
    out[0]["w"] = x[2]
    total = first["w"] * first["v"]
    for item in out:
        value = item.get
        for _, v in item.items():
            item["w"] = item["w"] + v * item["v"]
        total += value("w") * len(item) + (item is first) * item["v"]
    return total


def dicts_in_tuples(x):
    waiting = []
    for i in range(4):
        job = {"size": x[i], "share": 0.5}
        if x[i] > 0.0:
            waiting.append((i, job))
        job["size"] *= 3.0
    return sum((i + 1) * job["size"] ** 2 * job["share"] for i, job in waiting)


class Low:
    def __init__(self, v):
        self.v = v


class low:
    def __init__(self, v, w):
        self.v, self.w = v * w, w


def classes_of_like_names(x):
    first, others = [], []
    for v in x:
        if v > 0.0:
            first.append(Low(v))
        if v > 0.6:
            others.append(low(v, v + 1.0))
    return sum(c.v**2 for c in first) + sum(c.v * c.w**2 for c in others)


def kinds_of_events(x):
    events, total = [], 0.0
    for v in x:
        if v > 0.8:
            events.append({"kind": "jump", "v": v})
        elif v > 0.0:
            events.append({"kind": "step", "v": v})
        else:
            events.append({"kind": "fall", "v": v})
    for e in events:
        match e:
            case {"kind": "jump", "v": v}:
                total += v**2
            case {"kind": "step", "v": v}:
                total += 3.0 * v
            case _:
                e |= {"kind": "step", "v": x[1] * e["v"]}
    return total + sum(e["v"] ** 2 for e in events if e["kind"] == "step")


def inner_dicts(x):
    def made(v):
        item = {"load": {"a": v, "b": v**2}, "k": 0}
        if v > 0.0:
            out.append(item)
        return item

    out, total = [], 0.0
    for v in x:
        item = made(v)
        item["load"]["a"] *= 2.0
        item["k"] += 1
        total += item["load"]["a"] ** 3
    return total + sum(i["load"]["a"] * i["load"]["b"] * i["k"] for i in out)


def equal_dicts(x):
    a, b, total = {"u": x[0], "v": 2}, {"v": 2, "u": x[0]}, x[2]
    if a == b:
        total = total * 3.0
    if a != {"u": x[1], "v": 2} and a != {"u": x[0]}:
        total = total + x[1] ** 2
    return total


X = np.array([0.7, -0.3, 1.2, 0.1, 0.9])
EXAMPLE_ARGS = {
    "named_states": lambda: (X.copy(),),
    "groups_by_labels_made_inside": lambda: (X.copy(),),
    "totals_by_remainder": lambda: (X.copy(),),
    "written_through_ravel": lambda: (X.copy(),),
    "history_of_dicts": lambda: (X.copy(),),
    "dicts_written_to": lambda: (X.copy(),),
    "queue_of_dicts": lambda: (X.copy(),),
    "bodies_as_dicts": lambda: (X.copy(),),
    "one_dict_two_names": lambda: (X.copy(),),
    "dicts_in_tuples": lambda: (X.copy(),),
    "classes_of_like_names": lambda: (X.copy(),),
    "equal_dicts": lambda: (X.copy(),),
    "kinds_of_events": lambda: (X.copy(),),
    "inner_dicts": lambda: (X.copy(),),
}
MORE_ARGS = {
    "named_states": [lambda: (3.0 * X,)],
    "history_of_dicts": [lambda: (3.0 * X,), lambda: (X + 1.0,)],
    "dicts_written_to": [lambda: (-X,), lambda: (X + 1.0,)],
    "queue_of_dicts": [lambda: (-1.1 * X,), lambda: (2.0 * X,)],
    "bodies_as_dicts": [lambda: (X - 0.5,)],
    "one_dict_two_names": [lambda: (-X,)],
    "kinds_of_events": [lambda: (X + 0.5,), lambda: (-X,)],
    "inner_dicts": [lambda: (-X,)],
    "dicts_in_tuples": [lambda: (-X,)],
    "classes_of_like_names": [lambda: (X + 0.45,), lambda: (-X,)],
}
