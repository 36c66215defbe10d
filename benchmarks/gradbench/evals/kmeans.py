"""kmeans: the cost of a clustering, and the step of Newton's method on it."""

import numpy as np

import gradgen
from benchmarks.gradbench import losses
from benchmarks.gradbench.evals.task import Task, numbers, styled, value


def kmeans(centroids, points):
    """Return the sum of squared distances of points from their nearest centroids."""
    crossed = np.sum(centroids**2, axis=1) - 2.0 * (points @ centroids.T)
    return np.sum(points**2) + np.sum(np.min(crossed, axis=1))


def tasks(backend):
    """Return the functions of the protocol."""
    loss = styled(backend, kmeans, losses.kmeans)
    return {
        "cost": Task(value(loss, backend), decode),
        "dir": Task(newton_step(loss, backend), decode),
    }


def newton_step(loss, backend):
    """Return gradient over diagonal of the Hessian; it is diagonal: one product gives it."""
    slope_and_product = gradgen.jvp(gradgen.grad(loss), backend=backend)

    def step(centroids, points):
        slope, diagonal = slope_and_product((centroids, points), np.ones_like(centroids))
        return slope / diagonal

    return step


def decode(data):
    """Return the arguments of the loss."""
    return numbers(data["centroids"]), numbers(data["points"])
