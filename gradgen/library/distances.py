"""Distances by a function of the caller's, and the two forms of the distances of pairs."""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np

from gradgen.library.registry import reads


def distances_by_function(XA, XB, metric):
    """Return what a function gives for each pair of a first and a second point."""
    out = np.zeros((len(XA), len(XB)))
    for i in range(len(XA)):
        for j in range(len(XB)):
            out[i, j] = metric(XA[i], XB[j])
    return out


def pairs_by_function(X, metric):
    """Return what a function gives for each pair of points."""
    out = np.zeros(len(X) * (len(X) - 1) // 2)
    k = 0
    for i in range(len(X) - 1):
        for j in range(i + 1, len(X)):
            out[k] = metric(X[i], X[j])
            k += 1
    return out


@reads(
    "scipy.spatial.distance.squareform",
    samples=(
        "scipy.spatial.distance.squareform(x3)",
        "scipy.spatial.distance.squareform(scipy.spatial.distance.pdist(m33))",
        "scipy.spatial.distance.squareform(m33, checks=False)",
    ),
)
def squareform(X, force="no", checks=True):
    """Turn the distances of pairs into a symmetric matrix with a diagonal of zeros, or back."""
    X = np.asarray(X)
    if np.ndim(X) == 2:
        if checks and (np.any(np.abs(X - X.T) > 0.0) or np.any(np.abs(np.diag(X)) > 0.0)):
            raise ValueError("Distance matrix 'X' must be symmetric, with zeros on the diagonal.")
        return X[np.triu_indices(len(X), 1)]
    count = int(np.ceil(np.sqrt(len(X) * 2)))
    if count * (count - 1) != len(X) * 2:
        raise ValueError("Incompatible vector size. It must be a binomial coefficient.")
    count = max(count, 1)
    out = np.zeros((count, count))
    above = np.triu_indices(count, 1)
    out[above] = X
    return out + out.T
