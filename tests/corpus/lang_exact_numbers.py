"""Fractions, decimals and dates beside what is differentiated."""

from __future__ import annotations

import math
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import numpy as np


def weights_of_fractions(x):
    h = Fraction(1, 3)
    w = [float(h * k) for k in range(4)]
    return sum(c * v for c, v in zip(w, x)) + x[0] * float(Fraction("2/7"))


def fractions_beside_floats(a, b):
    h = Fraction(2, 3)
    return a * h + h / b - (b ** Fraction(1, 2)) + a ** Fraction(3) + (1 - h) * a


def exact_weights(a):
    w = [Fraction(1, 6), Fraction(4, 6), Fraction(1, 6)]
    assert sum(w) == 1
    return sum(float(c) * np.sin(a * k) for k, c in enumerate(w))


def discounted_by_dates(x):
    t0 = datetime(2024, 1, 1)
    dates = [t0 + timedelta(days=30 * k) for k in range(6)]
    s = 0.0
    for d, v in zip(dates, x):
        tau = (d - t0).days / 365.0
        s += v * np.exp(-0.05 * tau)
    return s


def dates_from_texts(x):
    flows = {"2024-03-01": x[0], "2024-09-15": x[1], "2025-01-10": x[2]}
    start = date.fromisoformat("2024-01-01")
    pv = 0.0
    for day, cf in flows.items():
        t = (date.fromisoformat(day) - start).days / 365.25
        if date.fromisoformat(day).year > 2024:
            cf = cf * 1.1
        pv += cf * np.exp(-x[3] * t)
    return pv


def in_order_of_dates(x):
    events = [(date(2024, 5, 1), x[0]), (date(2024, 2, 1), x[1]), (date(2024, 3, 9), x[2])]
    s = 0.0
    for k, (d, v) in enumerate(sorted(events, key=lambda e: e[0])):
        s += (k + 1) * v**2
    return s


def step_of_time(x):
    dt = timedelta(minutes=2, seconds=30)
    n = int(timedelta(minutes=10) / dt)
    u = x[0]
    for _ in range(n):
        u = u - dt.total_seconds() * 1e-3 * u
    return u**2


def decimals_as_floats(x):
    return x[0] * float(Decimal("0.1") + Decimal("0.2")) + x[1] ** 2


def tick_compared(x):
    tick = Decimal("0.05")
    if tick < Decimal("0.1"):
        return x[0] * float(tick)
    return x[1]


def date_read(x):
    d = datetime.strptime("2024-05-06", "%Y-%m-%d")
    print(f"{d:%d.%m.%Y}", d.isoformat())
    return x[0] * d.weekday() + d.month * x[1]


def fraction_times_entry(x):
    return x[0] * Fraction(1, 3)


def series_of_fractions(x):
    weights = [Fraction((-1) ** k, math.factorial(k)) for k in range(4)]
    s = sum(float(c) * x[0] ** k for k, c in enumerate(weights))
    return s + float(sum(weights)) * x[1]


_NAMES = [
    "series_of_fractions",
    "weights_of_fractions",
    "discounted_by_dates",
    "dates_from_texts",
    "in_order_of_dates",
    "step_of_time",
    "decimals_as_floats",
    "tick_compared",
    "date_read",
    "fraction_times_entry",
]
EXAMPLE_ARGS = {name: lambda: (np.array([0.31, 0.92, 0.57, 1.23, 0.44, 0.78]),) for name in _NAMES}
EXAMPLE_ARGS["fractions_beside_floats"] = lambda: (0.7, 1.3)
EXAMPLE_ARGS["exact_weights"] = lambda: (0.7,)
