"""gradgen: losses of arrays for the NumPy backend, of loops for Numba."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

import gradgen
from benchmarks.gradbench import losses
from benchmarks.gradbench.evals import ba, det, gmm, hello, ht_arrays, kmeans, llsq, lse, lstm, ode
from benchmarks.gradbench.evals.task import compiled
from benchmarks.peers.prepared import Prepared
from benchmarks.peers.workloads import WRT


def ba_arrays(cams, points, weights, feats, cam_of, point_of):
    """Return half the sum of squares of the residuals of a bundle adjustment."""
    errors = ba.residuals(cams[cam_of], points[point_of], weights, feats)
    return 0.5 * (np.sum(errors**2) + np.sum((1.0 - weights**2) ** 2))


def ht_of_arrays(theta, base, weights, parents, relatives, inverses, points, chosen):
    """Return half the sum of squares of a hand's vertices from where they are seen."""
    seen = ht_arrays.vertices(
        theta, base[chosen], weights[chosen], parents, relatives, inverses, False
    )
    return 0.5 * np.sum((points - seen) ** 2)


def ode_arrays(x, steps):
    """Return the sum of the final state."""
    return np.sum(ode.ode(x, steps))


ARRAYS: dict[str, Any] = {
    "hello": hello.square, "lse": lse.lse, "llsq": llsq.llsq, "kmeans": kmeans.kmeans,
    "gmm": gmm.gmm, "ba": ba_arrays, "ht": ht_of_arrays, "lstm": lstm.lstm, "ode": ode_arrays,
    "det": det.det, "particle": losses.particle,
}  # fmt: skip


def of_numpy(name: str, args: tuple[Any, ...]) -> Prepared:
    """Return the workload of arrays with the NumPy backend."""
    loss = ARRAYS[name]
    gradient = gradgen.grad(loss, argnums=_places(name))
    return Prepared(functools.partial(loss, *args), functools.partial(gradient, *args))


def of_numba(name: str, args: tuple[Any, ...]) -> Prepared:
    """Return the workload of loops with the Numba backend."""
    loss = getattr(losses, name)
    gradient = gradgen.grad(loss, argnums=_places(name), backend="numba")
    return Prepared(functools.partial(compiled(loss), *args), functools.partial(gradient, *args))


def reassociated(name: str, args: tuple[Any, ...]) -> Prepared:
    """Return the same with sums in any order, as the compilers of other tools take them."""
    loss = getattr(losses, name)
    gradient = gradgen.grad(loss, argnums=_places(name), backend="numba", reassociate=True)
    return Prepared(functools.partial(compiled(loss), *args), functools.partial(gradient, *args))


def _places(name: str) -> int | tuple[int, ...]:
    places = WRT[name]
    return places if len(places) > 1 else places[0]
