"""Gradients of GradBench's workloads as an expert writes them: references, and peers."""

from collections.abc import Callable
from typing import Any

from benchmarks.hand import arrays, geometry

NUMPY: dict[str, Callable[..., Any]] = {
    "hello": arrays.hello,
    "lse": arrays.lse,
    "llsq": arrays.llsq,
    "kmeans": arrays.kmeans,
    "gmm": arrays.gmm,
    "ba": geometry.ba,
    "ht": geometry.ht,
    "lstm": arrays.lstm,
    "ode": arrays.ode,
    "det": arrays.det,
    "particle": arrays.particle,
}


def numba_gradients() -> dict[str, Callable[..., Any]]:
    """Return the gradients for Numba, which is imported here and not before."""
    from benchmarks.hand import loops, loops_geometry, loops_steps

    files = (loops, loops_steps, loops_geometry)
    return {name: getattr(f, name) for name in NUMPY for f in files if hasattr(f, name)}
