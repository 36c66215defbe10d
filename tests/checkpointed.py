"""Loops with a mark and without, and what measures how much is kept."""

from __future__ import annotations

import math
import tracemalloc
from typing import Any

import numpy as np

import gradgen


def plain_loop(x, n):
    for t in range(n):
        x = math.sin(x) + 0.01 * x * (t % 3)
    return x


def marked_loop(x, n):
    for t in gradgen.checkpoint(range(n)):
        x = math.sin(x) + 0.01 * x * (t % 3)
    return x


def plain_while(x, n, more=0.1):
    k = 0
    while k < n:
        x = math.sin(x) + more * x
        k += 1
    return x


def marked_while(x, n, more=0.1):
    k = 0
    while gradgen.checkpoint(k < n):
        x = math.sin(x) + more * x
        k += 1
    return x


def frames(u, c, n):
    total = 0.0
    for _ in gradgen.checkpoint(range(n)):
        u[1:-1] += c * u[1:-1] * (u[2:] - u[:-2])
        total += np.sum(u * u)
    return total


def peak(function: Any, *args: Any) -> int:
    function(*args)
    tracemalloc.start()
    try:
        function(*args)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
