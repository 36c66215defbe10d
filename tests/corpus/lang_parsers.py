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


EXAMPLE_ARGS = {"descent": lambda: (1.3, 0.4), "by_an_object": lambda: (0.7, 1.3)}
