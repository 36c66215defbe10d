"""det: a determinant by minors, which is the rule of the game."""

import numpy as np

from benchmarks.gradbench import losses
from benchmarks.gradbench.evals.task import Task, gradient, numbers, styled, value


def minors(a, row, columns):
    """Return the determinants of the rows from one on, for each choice of the columns left."""
    left = columns.shape[1]
    if left == 0:
        return np.ones(len(columns))
    others = np.array([[c for c in range(left) if c != j] for j in range(left)], dtype=np.intp)
    below = minors(a, row + 1, columns[:, others].reshape(len(columns) * left, left - 1))
    signs = np.where(np.arange(left) % 2 == 0, 1.0, -1.0)
    return np.sum(signs * a[row][columns] * below.reshape(len(columns), left), axis=1)


def det(a, n):
    """Return the determinant of a matrix by minors."""
    return minors(a.reshape(n, n), 0, np.arange(n).reshape(1, n))[0]


def tasks(backend):
    """Return the functions of the protocol."""
    loss = styled(backend, det, losses.det)
    return {
        "primal": Task(value(loss, backend), decode),
        "gradient": Task(gradient(loss, backend), decode),
    }


def decode(data):
    """Return the arguments of the loss."""
    return numbers(data["A"]), int(data["ell"])
