"""Texts, letter by letter: sequences that are aligned, tables by letters, small machines."""

from __future__ import annotations

import numpy as np


def aligned(s, t, match, gap):
    """The best score of two sequences (Needleman and Wunsch)."""
    n, m = len(s), len(t)
    best = np.zeros((n + 1, m + 1))
    best[:, 0] = -gap * np.arange(n + 1)
    best[0, :] = -gap * np.arange(m + 1)
    for i in range(1, n + 1):
        for j in range(1, m + 1):
            score = match if s[i - 1] == t[j - 1] else -match
            best[i, j] = max(best[i - 1, j - 1] + score, best[i - 1, j] - gap, best[i, j - 1] - gap)
    return best[n, m] ** 2


def edited(s, t, costs):
    """The least cost of edits, row after row of lists."""
    before = [j * costs[0] for j in range(len(t) + 1)]
    for i, a in enumerate(s, 1):
        now = [i * costs[1]]
        for j, b in enumerate(t, 1):
            swap = 0.0 if a == b else costs[2]
            now.append(min(before[j] + costs[1], now[-1] + costs[0], before[j - 1] + swap))
        before = now
    return before[-1] ** 2


def contents(s, w):
    total = 0.0
    for k, letter in enumerate(s):
        if letter in "GC":
            total += w * k
        elif letter not in "TX":
            total -= w**2
    return total


def by_table(s, emission, stay):
    """Probabilities that a dict has by letter, and the letter before."""
    likely, before = 1.0, None
    for letter in s:
        likely = likely * emission[letter] * (stay if letter == before else 1 - stay)
        before = letter
    return likely


def machine(program, x):
    """A loop whose place in the text depends on the numbers."""
    value, place, steps = x, 0, 0
    while place < len(program) and steps < 40:
        order = program[place]
        if order == "d":
            value = value * 2
        elif order == "s":
            value = np.sin(value)
        elif order == "j" and value > 0.5:
            place = 0
        elif order != "j":
            value = value + x
        place += 1
        steps += 1
    return value**2


def counted(s, w):
    counts = {}
    for letter in s:
        counts[letter] = counts.get(letter, 0) + 1
    return sum(w**n for n in counts.values())


def pairs(s, t, w):
    weights = {"A": 1.0, "C": 2.0, "G": w, "T": w**2}
    total = 0.0
    for a, b in zip(s, t, strict=True):
        total += (weights[a] - weights[b]) ** 2 + (w if a != b else 0.5)
    for k in range(-1, -len(s), -1):
        total += weights[s[k]] * w
    return total


def depths(s, w):
    """As nested as the brackets are, each as far as it is from the beginning."""
    depth, total = 0, 0.0
    for k in range(len(s)):
        if s[k] == "(":
            depth += 1
        elif s[k] == ")":
            depth -= 1
        total += w**depth * (k + 1)
    return total


EXAMPLE_ARGS = {
    "aligned": lambda: ("ACGTACGAAC", "ACTTCGACT", 1.1, 0.45),
    "edited": lambda: ("kittens are", "sitting ants", np.array([1.0, 1.13, 1.31])),
    "contents": lambda: ("ACGTACCGTACG", 0.7),
    "by_table": lambda: ("ACGTACCGTACG", {"A": 0.7, "C": 1.1, "G": 0.9, "T": 1.3}, 0.3),
    "machine": lambda: ("dspdjps", 0.4),
    "counted": lambda: ("ACGTACCGTACG", 0.7),
    "pairs": lambda: ("ACGTACCGTACG", "ACCTACGGTTCG", 0.3),
    "depths": lambda: ("(()())((", 0.7),
}
