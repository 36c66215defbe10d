"""The inputs of each eval, made as GradBench makes them, at its sizes or at tiny ones.

What GradBench reads from files (ba, ht, and the text of lstm) is made up here, of the same shapes.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

SEED = 31337
TEXT = "It was the best of times, it was the worst of times, it was the age of dragons. "
Size = tuple[Any, ...]
Data = dict[str, Any]


@dataclass(frozen=True)
class Inputs:
    """How an eval's inputs are made, and at which sizes; ``tiny`` ones for a quick look."""

    make: Callable[..., Data]
    functions: tuple[str, ...]
    tiny: Sequence[Size]
    full: Sequence[Size]

    def all(self, full: bool) -> Iterator[tuple[str, Data, str]]:
        """Yield function, input and description of every message, in GradBench's order."""
        random = np.random.RandomState(SEED)
        for size in self.full if full else self.tiny:
            data = self.make(random, *size)
            for function in self.functions:
                yield function, data, " ".join(map(str, size))


def lse(random: np.random.RandomState, n: int) -> Data:
    """Return numbers in [0, 1)."""
    return {"x": random.rand(n).tolist()}


def llsq(random: np.random.RandomState, n: int, m: int) -> Data:
    """Return coefficients and the number of places."""
    return {"x": random.rand(m).tolist(), "n": n}


def kmeans(random: np.random.RandomState, k: int, n: int, d: int) -> Data:
    """Return points, of which the last are the centroids."""
    points = random.rand(n, d)
    return {"points": points.tolist(), "centroids": points[-k:].tolist()}


def gmm(
    random: np.random.RandomState, d: int, k: int, n: int, m: int = 0, gamma: float = 1.0
) -> Data:
    """Return points and a mixture; the generator is made anew for each size."""
    rng = np.random.default_rng(SEED)
    x, alpha = rng.normal(size=(n, d)), rng.normal(size=k)
    mu, q = rng.uniform(size=(k, d)), rng.normal(size=(k, d))
    low = rng.normal(size=(k, d * (d - 1) // 2))
    arrays = {"x": x, "alpha": alpha, "mu": mu, "q": q, "l": low}
    lists = {name: array.tolist() for name, array in arrays.items()}
    return {"d": d, "k": k, "n": n, "m": m, "gamma": gamma, **lists}


def ba(random: np.random.RandomState, n: int, m: int, p: int, turned: bool = True) -> Data:
    """Return one camera, point and observation, and how often each is repeated."""
    cam = random.rand(11)
    cam[:3] *= 0.1 if turned else 0.0
    cam[6] *= 1000.0
    cam[9:] *= 1e-3
    x = random.rand(3) + np.array([0.0, 0.0, 3.0])
    return {
        "n": n, "m": m, "p": p, "cam": cam.tolist(), "x": x.tolist(), "w": 0.417,
        "feat": (100.0 * random.rand(2)).tolist(),
    }  # fmt: skip


def ht(random: np.random.RandomState, vertices: int, c: int, inside: bool) -> Data:
    """Return a hand of 22 bones with random weights, and random points to be met."""
    bones, triangles = 22, 2 * vertices
    turn = np.linalg.qr(random.rand(2, bones, 3, 3) - 0.5)[0]
    places = np.zeros((2, bones, 4, 4))
    places[:, :, :3, :3], places[:, :, :3, 3] = turn, random.rand(2, bones, 3)
    places[:, :, 3, 3] = 1.0
    weights = random.rand(vertices, bones)
    base = np.concatenate((random.rand(vertices, 3), np.ones((vertices, 1))), axis=1)
    model = {
        "bone_count": bones, "bone_names": [f"bone{b}" for b in range(bones)],
        "parents": [-1, *(0 if b % 4 == 1 else b - 1 for b in range(1, bones))],
        "base_relatives": places[0].tolist(), "inverse_base_absolutes": places[1].tolist(),
        "base_positions": base.tolist(), "is_mirrored": False,
        "weights": (weights / weights.sum(axis=1, keepdims=True)).tolist(),
        "triangles": random.randint(0, vertices, (triangles, 3)).tolist(),
    }  # fmt: skip
    chosen = random.randint(0, triangles if inside else vertices, c)
    data = {"correspondences": chosen.tolist(), "points": random.rand(c, 3).tolist()}
    us = random.rand(c, 2).tolist() if inside else []
    return {"theta": random.rand(26).tolist(), "us": us, "data": {**data, "model": model}}


def lstm(random: np.random.RandomState, layers: int, c: int) -> Data:
    """Return parameters in [0, 1), and a text as binary digits of its characters."""
    text = list(itertools.islice(itertools.cycle(TEXT), c))
    b = int(np.ceil(np.log2(max(map(ord, text)))))
    sequence = [[float(digit) for digit in f"{ord(letter):0{b}b}"] for letter in text]
    return {
        "main_params": random.rand(2 * layers, 4 * b).tolist(),
        "extra_params": random.rand(3, b).tolist(),
        "state": random.rand(2 * layers, b).tolist(), "sequence": sequence,
    }  # fmt: skip


def ode(random: np.random.RandomState, n: int, s: int) -> Data:
    """Return the factors of the chain and the number of steps."""
    return {"x": random.rand(n).tolist(), "s": s}


def det(random: np.random.RandomState, ell: int) -> Data:
    """Return a matrix in a row."""
    return {"A": random.rand(ell * ell).tolist(), "ell": ell}


def _ordered(*choices: Sequence[int]) -> list[Size]:
    """Return all sizes, the smallest products of the first two first."""
    return sorted(itertools.product(*choices), key=lambda size: size[0] * size[1] * size[-1])


KMEANS = _ordered((10, 100, 1000), (1000, 10000), (8, 16))
GMM = sorted(
    ((d, k, 1000) for d in (2, 10, 20, 32, 64) for k in (5, 10, 25, 50, 100)),
    key=lambda size: size[0] * size[1],
)
LSTM = sorted(itertools.product((2, 4, 6), (1024, 4096, 8192)), key=lambda s: s[0] * s[1])
ODE = sorted(itertools.product((1000, 10000, 100000), (1, 10, 100)), key=lambda s: s[0] * s[1])
# Cameras, points and observations of the first files.
BA = [(21, 11315, 36455), (49, 7776, 31843)]
MODES = ("rr", "ff", "fr", "rf")

INPUTS = {
    "lse": Inputs(lse, ("primal", "gradient"), [(7,), (2500,)], [(2500 << j,) for j in range(10)]),
    "llsq": Inputs(
        llsq, ("primal", "gradient"), [(16, 12), (33, 128)],
        [(n, 128) for n in (16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8196, 16392)],
    ),
    "kmeans": Inputs(kmeans, ("cost", "dir"), [(5, 80, 3), (10, 200, 8), (20, 20, 2)], KMEANS),
    "gmm": Inputs(
        gmm, ("objective", "jacobian"), [(2, 5, 30), (4, 3, 20, 2, 1.5)], GMM
    ),
    "ba": Inputs(ba, ("objective", "jacobian"), [(3, 7, 40), (2, 3, 11, False)], BA),
    "ht": Inputs(
        ht, ("objective", "jacobian"), [(40, 12, False), (40, 15, True)],
        [(10000, c, True) for c in (100, 192, *(200 << j for j in range(9)), 100000)],
    ),
    "lstm": Inputs(lstm, ("objective", "jacobian"), [(2, 12), (3, 7)], LSTM),
    "ode": Inputs(ode, ("primal", "gradient"), [(4, 10), (7, 2), (30, 3)], ODE),
    "det": Inputs(det, ("primal", "gradient"), [(2,), (5,)], [(ell,) for ell in range(5, 12)]),
    "particle": Inputs(lambda random: {"w": 0.0}, MODES, [()], [()]),
    "saddle": Inputs(lambda random: {"start": [1.0, 1.0]}, MODES, [()], [()]),
}  # fmt: skip
