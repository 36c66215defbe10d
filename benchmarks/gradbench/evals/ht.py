"""ht: the residuals of a hand's pose from where its points are seen, and their Jacobian."""

import numpy as np

import gradgen
from benchmarks.gradbench.evals.ht_arrays import residuals
from benchmarks.gradbench.evals.ht_loops import residuals_loops
from benchmarks.gradbench.evals.task import Task, numbers, styled, value, whole


def tasks(backend):
    """Return the functions of the protocol."""
    errors = styled(backend, residuals, residuals_loops)
    return {
        "objective": Task(objective(value(errors, backend)), decode),
        "jacobian": Task(jacobian(errors, backend), decode),
    }


def objective(errors):
    """Return the function of the residuals in one row."""
    return lambda *args: errors(*args).ravel()


def jacobian(errors, backend):
    """Return the function of the Jacobian, a direction at a time.

    A point's own ``u`` has two directions for all points together: a residual depends on no other.
    """
    push = gradgen.jvp(errors, argnums=(0, 1), backend=backend)

    def columns(theta, us, *rest):
        found = []
        for k in range(2 if len(us) else 0):
            seed = np.zeros_like(us)
            seed[:, k] = 1.0
            found.append(push((theta, us, *rest), (np.zeros_like(theta), seed))[1])
        for seed in np.eye(len(theta)):
            found.append(push((theta, us, *rest), (seed, np.zeros_like(us)))[1])
        return np.stack([column.ravel() for column in found], axis=1)

    return columns


def decode(data):
    """Return the arguments of the residuals."""
    seen = data["data"]
    model = seen["model"]
    bones = model["bone_count"]
    return (
        numbers(data["theta"]), numbers(data["us"], len(data["us"]), 2),
        numbers(model["base_positions"]), numbers(model["weights"]), whole(model["parents"]),
        numbers(model["base_relatives"], bones, 4, 4),
        numbers(model["inverse_base_absolutes"], bones, 4, 4),
        numbers(seen["points"]), whole(seen["correspondences"]), whole(model["triangles"]),
        bool(model["is_mirrored"]),
    )  # fmt: skip
