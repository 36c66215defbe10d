"""``ChainMap``: settings over defaults, scopes in an interpreter; objects as mappings for dict."""

from __future__ import annotations

from collections import ChainMap, Counter

import numpy as np


def settings(x):
    base = {"lr": x[0], "momentum": x[1]}
    over = {}
    config = ChainMap(over, base)
    s = config["lr"]
    over["lr"] = x[2]
    s += config["lr"] * 2
    config["momentum"] = x[3]
    s += base["momentum"] * over["momentum"]
    for i, (_, v) in enumerate(config.items()):
        s += v * (i + 1)
    del config["lr"]
    s += dict(config)["lr"] * 3 + config.parents["momentum"] + config.get("decay", 0.1)
    config.update(lr=x[1] * x[2], decay=1.0)
    return s + config["lr"] + config.maps[1]["lr"] + config.pop("decay") * sum(config.values())


def _evaluated(term, names):
    if isinstance(term, str):
        return names[term]
    op, *parts = term
    if op == "let":
        name, value, body = parts
        return _evaluated(body, names.new_child({name: _evaluated(value, names)}))
    left, right = (_evaluated(part, names) for part in parts)
    return left + right if op == "add" else left * right


def scopes(x):
    names = ChainMap({"x": x[0], "z": x[1]})
    inner = ("let", "x", ("mul", "x", "y"), ("add", "x", "z"))
    return _evaluated(("let", "y", ("mul", "x", "x"), ("add", inner, "x")), names)


def key_by_path(x):
    key = "a" if x[0] > 0 else "b"
    both = ChainMap({"a": x[0]}, {"a": x[1], "b": x[2]})
    both[key] = x[3]
    return both["a"] * both["b"]


class Bag:
    def __init__(self):
        self.held = {}

    def keys(self):
        return list(self.held)

    def __getitem__(self, key):
        return self.held[key] * 2.0


def mappings_copied(x):
    bag = Bag()
    bag.held["u"] = x[0]
    bag.held["v"] = x[1]
    copied = dict(bag)
    return copied["u"] * copied["v"] + dict(Counter("abca"))["a"] * x[2]


_X = (0.4, -0.7, 1.3, 0.9)
_NAMES = ["settings", "scopes", "key_by_path", "mappings_copied"]
EXAMPLE_ARGS = {name: lambda: (np.array(_X),) for name in _NAMES}
MORE_ARGS = {"key_by_path": [lambda: (-np.array(_X),)]}
