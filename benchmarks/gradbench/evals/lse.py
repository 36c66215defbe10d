"""lse: the logarithm of a sum of exponentials, and softmax as its gradient."""

import numpy as np

from benchmarks.gradbench import losses
from benchmarks.gradbench.evals.task import Task, gradient, numbers, styled, value


def lse(x):
    """Return the logarithm of the sum of exponentials."""
    top = np.max(x)
    return top + np.log(np.sum(np.exp(x - top)))


def tasks(backend):
    """Return the functions of the protocol."""
    loss = styled(backend, lse, losses.lse)
    return {
        "primal": Task(value(loss, backend), decode),
        "gradient": Task(gradient(loss, backend), decode),
    }


def decode(data):
    """Return the arguments of the loss."""
    return (numbers(data["x"]),)
