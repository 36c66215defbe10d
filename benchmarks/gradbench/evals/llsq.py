"""llsq: a polynomial fitted to the sign function by least squares."""

import numpy as np

from benchmarks.gradbench import losses
from benchmarks.gradbench.evals.task import Task, gradient, numbers, styled, value


def llsq(x, n):
    """Return half the squared distance of a polynomial from the sign function."""
    t = -1.0 + 2.0 * np.arange(n) / (n - 1)
    residuals = np.sign(t) - np.vander(t, len(x), increasing=True) @ x
    return 0.5 * np.sum(residuals**2)


def tasks(backend):
    """Return the functions of the protocol."""
    loss = styled(backend, llsq, losses.llsq)
    return {
        "primal": Task(value(loss, backend), decode),
        "gradient": Task(gradient(loss, backend), decode),
    }


def decode(data):
    """Return the arguments of the loss."""
    return numbers(data["x"]), int(data["n"])
