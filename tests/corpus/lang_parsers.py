"""Texts that are known, parsed by descent while the loss runs: what calls itself moves a place."""

from __future__ import annotations

import math


def descent(x, y, text="2*x^2 + 3*(y - x)/(1+y)"):
    """The place in the text is a name of the function around."""
    tokens = list(text.replace(" ", ""))
    names = {"x": x, "y": y}
    place = 0

    def peek():
        return tokens[place] if place < len(tokens) else ""

    def take():
        nonlocal place
        place += 1
        return tokens[place - 1]

    def atom():
        token = take()
        if token == "(":
            inner = total()
            take()
            return inner
        return names[token] if token in names else float(token)

    def power():
        base = atom()
        if peek() == "^":
            take()
            return base ** power()
        return base

    def product():
        value = power()
        while peek() in ("*", "/"):
            value = value * power() if take() == "*" else value / power()
        return value

    def total():
        value = product()
        while peek() in ("+", "-"):
            value = value + product() if take() == "+" else value - product()
        return value

    return total()


class Parser:
    """Holds its place as an attribute."""

    def __init__(self, tokens, names):
        self.tokens, self.names, self.place = tokens, names, 0

    def take(self):
        self.place += 1
        return self.tokens[self.place - 1]

    def value(self):
        token = self.take()
        if token == "(":
            inner = self.total()
            self.take()
            return inner
        if token == "sin":
            return math.sin(self.value())
        return self.names[token] if token in self.names else float(token)

    def total(self):
        value = self.value()
        while self.place < len(self.tokens) and self.tokens[self.place] in "+*":
            value = value + self.value() if self.take() == "+" else value * self.value()
        return value


def by_an_object(a, b):
    tokens = "( a + 2 ) * sin b + ( b * a )".split()
    return Parser(tokens, {"a": a, "b": b}).total()


def evaluated(node, names):
    """An interpreter of tuples, which goes on with one part or another, by a number."""
    if isinstance(node, str):
        return names[node]
    if not isinstance(node, tuple):
        return node
    op, *rest = node
    if op == "if":
        test, then, other = rest
        return evaluated(then if evaluated(test, names) > 0.0 else other, names)
    if op == "let":
        name, value, body = rest
        return evaluated(body, {**names, name: evaluated(value, names)})
    a, b = (evaluated(part, names) for part in rest)
    return {"+": a + b, "*": a * b, "-": a - b}[op]


def by_tuples(a, b):
    inner = ("let", "a", ("*", "b", "b"), ("+", "a", ("if", "b", "c", 3.0)))
    body = ("if", "c", ("*", "c", ("+", "a", 2.0)), inner)
    return evaluated(("let", "c", ("-", "a", "b"), body), {"a": a, "b": b})


def by_mode(x, mode="up"):
    """A recursion of unknown depth, to which a text is handed on by the path."""
    if x > 40.0:
        return x**2
    if mode == "up":
        return by_mode(x * 1.3 + 1.0, "down" if x > 20.0 else "up")
    return by_mode(x * 2.5, "up" if x < 10.0 else mode)


def carried(x, n, prior):
    if n == 0:
        return x
    if prior is None:
        return carried(2.0 * x, n - 1, x if x > 1.0 else None)
    return prior * carried(x + prior, n - 1, None if x > 3.0 else 0.5 * prior)


def by_number_or_none(x, n):
    return carried(x, n, None) ** 2


EXAMPLE_ARGS = {
    "descent": lambda: (1.3, 0.4),
    "by_an_object": lambda: (0.7, 1.3),
    "by_tuples": lambda: (0.7, 1.3),
    "by_mode": lambda: (0.4,),
    "by_number_or_none": lambda: (1.6, 4),
}
MORE_ARGS = {
    "by_tuples": [lambda: (2.0, -0.5), lambda: (0.5, 0.2)],
    "by_mode": [lambda: (3.5,), lambda: (24.0, "down")],
    "by_number_or_none": [lambda: (0.4, 3), lambda: (0.9, 0)],
}
