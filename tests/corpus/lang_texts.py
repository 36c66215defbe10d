"""Text that says what to compute: option strings that are parsed, formulas, programs."""

from __future__ import annotations

import enum
import math
import operator

import numpy as np


class Norm(enum.Enum):
    L1 = "l1"
    L2 = "l2"


def letters(x, text="hello"):
    t = 0.0
    for i in range(len(text)):
        t += x * (2.0 if text[i] == "l" else ord(text[i]) * 0.01)
    return t * t


def roads(x):
    cities = dict(zip("abc", x))
    total = 0.0
    for (u, v), length in zip(["ab", "bc", "ca"], [1.0, 2.5, 0.5]):
        total += length * cities[u] * cities[v] ** 2
    first, *others = "bca"
    return total + cities[first] * sum(cities[c] for c in others)


def options(x, text="a=1,b=2.5, n = 3"):
    found = {}
    for part in text.split(","):
        key, _, value = part.partition("=")
        found[key.strip()] = float(value)
    return found["a"] * x + found["b"] * x ** int(found["n"])


def degrees(x, text="degree:3 scale:2"):
    found = dict(part.split(":") for part in text.split())
    return float(found["scale"]) * x ** int(found["degree"])


def penalties(w, text="l1:0.1+l2:0.5+l2"):
    total = np.sum(np.tanh(w))
    for term in text.split("+"):
        name, _, weight = term.partition(":")
        if Norm(name) is Norm.L1:
            total += float(weight or 1.0) * np.sum(np.abs(w))
        else:
            total += float(weight or 1.0) * np.sum(w**2)
    return total


def steps(x, text="scale(2)|shift(-1)|square|clip(0,3)|mean"):
    operations = {
        "scale": lambda v, k: v * k,
        "shift": lambda v, k: v + k,
        "square": lambda v: v**2,
        "clip": np.clip,
        "mean": np.mean,
    }
    for step in text.split("|"):
        if "(" in step:
            name, rest = step[:-1].split("(")
            given = [float(a) for a in rest.split(",")]
        else:
            name, given = step, []
        x = operations[name](x, *given)
    return x


def calculator(x, y, program="x y * x sin + dup *"):
    stack = []
    named = {"x": x, "y": y}
    binary = {"+": operator.add, "*": operator.mul, "/": operator.truediv}
    for token in program.split():
        if token in named:
            stack.append(named[token])
        elif token in binary:
            b, a = stack.pop(), stack.pop()
            stack.append(binary[token](a, b))
        elif token == "sin":
            stack.append(math.sin(stack.pop()))
        elif token == "dup":
            stack.append(stack[-1])
        else:
            stack.append(float(token))
    (result,) = stack
    return result


def windows(x, text="abcdef"):
    t = 0.0
    for i in range(4):
        if text[i : i + 2] in ("bc", "de"):
            t += x**i
        t += len(text[i:]) * x
    return t


def number_or_name(x, gamma):
    scale = 1.0 / len(x) if gamma == "scale" else gamma
    return np.sum(np.exp(-scale * x**2)) * (2.0 if gamma in ("auto", 0.5) else 1.0)


def alignment(substitute, gap, s="kitten", t="sitting"):
    rows = [[0.0] * (len(t) + 1) for _ in range(len(s) + 1)]
    for i in range(1, len(s) + 1):
        rows[i][0] = i * gap
    for j in range(1, len(t) + 1):
        rows[0][j] = j * gap
    for i in range(1, len(s) + 1):
        for j in range(1, len(t) + 1):
            cost = 0.0 if s[i - 1] == t[j - 1] else substitute
            rows[i][j] = min(rows[i - 1][j] + gap, rows[i][j - 1] + gap, rows[i - 1][j - 1] + cost)
    return rows[-1][-1] ** 2


def defaults(x, weights=(1.0, 2.0), given={"a": [1, 2.5], "n": None}, raw=b"\x02"):
    return weights[0] * x + weights[1] * x ** raw[0] + given["a"][1] * x


def _array():
    return np.array([0.5, -1.2, 0.8])


def joined_keys(x):
    """A dict is joined by its keys."""
    d = {"b": x, "a": x**2}
    d["c"] = d.pop("b") * 2.0
    name = "".join(d) + "-".join({"q": 1}.keys())
    return d["a"] * name.count("a") + d["c"] * (name == "acq") + len(",".join(map(str.upper, d)))


def words_of(x, text="Up, up and DOWN; then up!"):
    weights = {"up": x, "down": x**2}
    plain = text.lower().translate(str.maketrans("", "", ",;!"))
    turned = plain.translate(str.maketrans({"n": "n", "t": None}))
    return sum(weights.get(word, 0.1) for word in plain.split()) + len(turned) * x


EXAMPLE_ARGS = {
    "words_of": lambda: (1.1,),
    "joined_keys": lambda: (1.1,),
    "letters": lambda: (1.1,),
    "roads": lambda: (_array()[:3],),
    "options": lambda: (1.1,),
    "degrees": lambda: (1.1,),
    "penalties": lambda: (_array(),),
    "steps": lambda: (_array(),),
    "calculator": lambda: (0.7, 1.9),
    "windows": lambda: (1.3,),
    "number_or_name": lambda: (_array(), "scale"),
    "alignment": lambda: (1.3, 0.9),
    "defaults": lambda: (1.1,),
}
MORE_ARGS = {
    "letters": [lambda: (1.1, "lol")],
    "options": [lambda: (1.1, "n=2,b=3,a=0.5")],
    "penalties": [lambda: (_array(), "l2")],
    "calculator": [lambda: (0.7, 1.9, "x 2.5 / y *")],
    "number_or_name": [lambda: (_array(), 0.5), lambda: (_array(), 0.7)],
    "defaults": [lambda: (1.1, (3.0, 0.5))],
}
ARGNUMS = {"number_or_name": (0,), "defaults": (0,)}
