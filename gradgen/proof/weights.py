"""Weights that make one number of a result: the same random ones each time."""

from __future__ import annotations

from typing import Any

import numpy as np

from gradgen.errors import ArgumentError
from gradgen.interpret.arguments import flatten, is_inexact

SEED = 20250807


def weights_of(result: Any) -> list[Any]:
    """Return a random weight for each number and array; [None] for a single number."""
    leaves = [leaf for _, leaf in flatten(result)]
    if len(leaves) == 1 and leaves[0] is result and is_inexact(result) and not np.shape(result):
        return [None]
    rng = np.random.default_rng(SEED)
    out: list[Any] = []
    for leaf in leaves:
        size = np.shape(leaf)
        weight = rng.choice([-1.0, 1.0], size=size) * rng.uniform(0.5, 1.5, size=size)
        _require_number(leaf)
        out.append(weight if is_inexact(leaf) else np.zeros(size))
    return out


def _require_number(leaf: Any) -> None:
    kind = np.asarray(leaf).dtype.kind
    if kind == "c":
        raise ArgumentError(
            "the function returns complex numbers",
            hint="check a function of their real and imaginary parts",
        )
    if kind not in "fiub":
        raise ArgumentError(
            f"the function returns a {type(leaf).__name__}, which has no derivative",
            hint="return numbers, arrays, or containers of them; for (loss, aux), has_aux=True",
        )


def typed(weight: Any, like: Any) -> Any:
    """Return a weight as a cotangent of a number or an array."""
    return np.asarray(weight) if isinstance(like, np.ndarray) else float(weight)
