"""ba: the residuals of a bundle adjustment, and their Jacobian in compressed rows.

Every observation is given its own copy of its camera and point, so that a row of the results
depends on a row of the arguments alone: two pullbacks, of all first and of all second residuals,
are the Jacobian.
"""

import numpy as np

import gradgen
from benchmarks.gradbench.evals.task import Task, numbers, styled, value
from benchmarks.gradbench.losses import turned

SHOWN = 30
CAMERA, POINT = 11, 3


def residuals(cams, points, weights, feats):
    """Return the reprojection errors of all observations."""
    z = points - cams[:, 3:6]
    r = cams[:, :3]
    square = np.sum(r**2, axis=1, keepdims=True)
    turns = square != 0.0
    theta = np.sqrt(np.where(turns, square, 1.0))
    a = r / theta
    along = np.sum(a * z, axis=1, keepdims=True) * (1.0 - np.cos(theta))
    turned = z * np.cos(theta) + np.cross(a, z) * np.sin(theta) + a * along
    y = np.where(turns, turned, z + np.cross(r, z))
    flat = y[:, :2] / y[:, 2:]
    rr = np.sum(flat**2, axis=1, keepdims=True)
    stretched = flat * (1.0 + cams[:, 9:10] * rr + cams[:, 10:] * rr**2)
    return weights[:, None] * (cams[:, 6:7] * stretched + cams[:, 7:9] - feats)


def residuals_loops(cams, points, weights, feats):
    """Return the reprojection errors of all observations."""
    errors = np.empty((len(weights), 2))
    for i in range(len(weights)):
        r0, r1, r2 = cams[i, 0], cams[i, 1], cams[i, 2]
        z0 = points[i, 0] - cams[i, 3]
        z1 = points[i, 1] - cams[i, 4]
        z2 = points[i, 2] - cams[i, 5]
        y0, y1, y2 = turned(r0, r1, r2, z0, z1, z2)
        u, v = y0 / y2, y1 / y2
        rr = u * u + v * v
        stretch = 1.0 + cams[i, 9] * rr + cams[i, 10] * rr * rr
        errors[i, 0] = weights[i] * (cams[i, 6] * u * stretch + cams[i, 7] - feats[i, 0])
        errors[i, 1] = weights[i] * (cams[i, 6] * v * stretch + cams[i, 8] - feats[i, 1])
    return errors


def weight_errors(weights):
    """Return how far the weights are from one."""
    return 1.0 - weights**2


def tasks(backend):
    """Return the functions of the protocol."""
    errors = styled(backend, residuals, residuals_loops)
    return {
        "objective": Task(objective(value(errors, backend)), decode, encode_errors),
        "jacobian": Task(jacobian(errors, backend), decode, encode_rows),
    }


def gathered(cams, points, cam_of, point_of):
    """Return the camera and the point of every observation."""
    return cams[cam_of], points[point_of]


def objective(errors):
    """Return the function of both kinds of residuals."""

    def both(cams, points, weights, feats, cam_of, point_of):
        own = gathered(cams, points, cam_of, point_of)
        return errors(*own, weights, feats), weight_errors(weights)

    return both


def jacobian(errors, backend):
    """Return the function of the Jacobian: row pointers, columns and values."""
    pull = gradgen.vjp(errors, argnums=(0, 1, 2), backend=backend)
    of_weight = gradgen.vjp(weight_errors)

    def rows(cams, points, weights, feats, cam_of, point_of):
        own = gathered(cams, points, cam_of, point_of)
        _, pullback = pull(*own, weights, feats)
        p = len(weights)
        width = CAMERA + POINT + 1
        values = np.empty(31 * p)
        blocks = values[: 30 * p].reshape(p, 2, width)
        for k in range(2):
            seed = np.zeros((p, 2))
            seed[:, k] = 1.0
            by_camera, by_point, by_weight = pullback(seed)
            blocks[:, k, :CAMERA] = by_camera
            blocks[:, k, CAMERA:-1] = by_point
            blocks[:, k, -1] = by_weight
        _, pullback = of_weight(weights)
        values[30 * p :] = pullback(np.ones(p))
        return (*places(len(cams), len(points), cam_of, point_of), values)

    return rows


def places(n, m, cam_of, point_of):
    """Return row pointers and columns: a row has its camera's, its point's and its weight's."""
    p = len(cam_of)
    own = np.empty((p, 2, CAMERA + POINT + 1), dtype=np.int64)
    own[:, :, :CAMERA] = (CAMERA * cam_of[:, None] + np.arange(CAMERA))[:, None, :]
    own[:, :, CAMERA:-1] = (CAMERA * n + POINT * point_of[:, None] + np.arange(POINT))[:, None, :]
    weight = CAMERA * n + POINT * m + np.arange(p)
    own[:, :, -1] = weight[:, None]
    pointers = np.concatenate((np.arange(2 * p) * 15, 30 * p + np.arange(p + 1)))
    return pointers, np.concatenate((own.ravel(), weight))


def decode(data):
    """Return the arguments: the camera, the point and the observation of the input, repeated."""
    n, m, p = data["n"], data["m"], data["p"]
    return (
        np.tile(numbers(data["cam"]), (n, 1)), np.tile(numbers(data["x"]), (m, 1)),
        np.full(p, float(data["w"])), np.tile(numbers(data["feat"]), (p, 1)),
        np.arange(p) % n, np.arange(p) % m,
    )  # fmt: skip


def encode_errors(result):
    """Return the residuals of the first observation, and how often they are repeated."""
    errors, weights = result
    return {
        "reproj_error": {"elements": errors[0].tolist(), "repeated": len(errors)},
        "w_err": {"element": float(weights[0]), "repeated": len(weights)},
    }


def encode_rows(result):
    """Return the first entries of each list, and the last."""
    return {
        name: [*part[:SHOWN].tolist(), part[-1].item()]
        for name, part in zip(("rows", "cols", "vals"), result, strict=True)
    }
