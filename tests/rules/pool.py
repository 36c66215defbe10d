"""The arguments of samples, by name: a letter for what the numbers are like, then the shape.

Letters: ``x``, ``y`` any sign; ``p`` positive; ``u`` between 0 and 1; ``c`` between -1 and 1; ``o``
above 1.  Each of these is a float by itself (``x``), and with a shape: ``x3``, ``x23``, ``x1``
(size 1), ``x0`` (empty), ``x13``, ``x31``, ``x32``, ``x4``, ``x234``; ``xe`` is an array without
axes, ``xf3`` and ``xf23`` are float32, ``xs3`` and ``xs23`` strided, ``xt23`` in Fortran order.

Matrices: ``m33``, ``m44`` well conditioned, ``s33`` symmetric, ``d33`` positive definite, ``l33``
lower triangular, ``m233``, ``d233`` stacks.  ``ties4`` has ties, ``n23`` a NaN, ``zero3`` a zero.
Passive: ``i3`` places (with a repeat), ``k3``, ``k23`` masks, ``n`` a small int, ``j3`` ints.
"""

from __future__ import annotations

from typing import Any

import numpy as np

SHAPES = {
    "3": (3,), "23": (2, 3), "1": (1,), "0": (0,), "13": (1, 3), "31": (3, 1), "32": (3, 2),
    "4": (4,), "5": (5,), "6": (6,), "44": (4, 4), "234": (2, 3, 4), "03": (0, 3),
}  # fmt: skip
SCALARS = {"x": -0.7, "y": 0.9, "p": 1.3, "u": 0.35, "c": -0.4, "o": 1.8}
Rng = np.random.Generator


def _numbers(letter: str, shape: tuple[int, ...], rng: Rng) -> np.ndarray:
    if letter in "xy":
        return rng.normal(size=shape)
    low, high = {"p": (0.3, 3.0), "u": (0.1, 0.9), "c": (-0.9, 0.9), "o": (1.1, 3.0)}[letter]
    return rng.uniform(low, high, shape)


def _letters(rng: Rng) -> dict[str, Any]:
    made: dict[str, Any] = dict(SCALARS)
    for letter in SCALARS:
        for name, shape in SHAPES.items():
            made[letter + name] = _numbers(letter, shape, rng)
        made[f"{letter}e"] = np.array(SCALARS[letter])
        for name in ("3", "23"):
            made[f"{letter}f{name}"] = _numbers(letter, SHAPES[name], rng).astype(np.float32)
        made[f"{letter}s3"] = _numbers(letter, (6,), rng)[::2]
        made[f"{letter}s23"] = _numbers(letter, (4, 6), rng)[::2, ::2]
        made[f"{letter}t23"] = np.asfortranarray(_numbers(letter, (2, 3), rng))
    return made


def _matrices(rng: Rng) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for name, shape in {"33": (3, 3), "44": (4, 4), "233": (2, 3, 3)}.items():
        raw = rng.normal(size=shape)
        made[f"m{name}"] = raw + 3.0 * np.eye(shape[-1])
        made[f"s{name}"] = raw + np.swapaxes(raw, -1, -2) + np.diag(np.arange(shape[-1]) * 3.0)
        made[f"d{name}"] = raw @ np.swapaxes(raw, -1, -2) + np.eye(shape[-1])
        made[f"l{name}"] = np.tril(raw) + 2.0 * np.eye(shape[-1])
    made["ties4"] = np.array([1.5, -0.5, 1.5, 0.25])
    made["n23"] = np.array([[0.5, np.nan, -1.2], [2.0, 0.3, 0.7]])
    made["zero3"] = np.array([0.8, 0.0, -1.5])
    return made


def _passive() -> dict[str, Any]:
    return {
        "i3": np.array([2, 0, 2]), "j3": np.array([3, 1, 2]), "n": 3,
        "k3": np.array([True, False, True]),
        "k23": np.array([[True, False, True], [False, True, True]]),
    }  # fmt: skip


def make() -> dict[str, Any]:
    """Return the pool, made anew."""
    rng = np.random.default_rng(20)
    return _letters(rng) | _matrices(rng) | _passive()


POOL = make()
