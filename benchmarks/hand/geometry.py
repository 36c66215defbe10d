"""Value and gradient by hand, in NumPy: bundle adjustment and hand tracking."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.hand.arrays import Array

FINGERS = 5
Ints = np.ndarray[Any, np.dtype[np.int64]]


def ba(
    cams: Array, points: Array, weights: Array, feats: Array, cam_of: Ints, point_of: Ints
) -> tuple[float, tuple[Array, Array, Array]]:
    """Return half the sum of squares of the residuals of a bundle adjustment.

    Cameras and points are gathered with their numbers in rows, so that each number is contiguous.
    """
    cam = np.ascontiguousarray(cams.T)[:, cam_of]
    z = np.ascontiguousarray(points.T)[:, point_of] - cam[3:6]
    r, f, k1, k2 = cam[:3], cam[6], cam[9], cam[10]
    theta = np.sqrt((r * r).sum(axis=0))
    turns = theta != 0.0
    safe = np.where(turns, theta, 1.0)
    a = r / safe
    cos, sin = np.cos(theta), np.sin(theta)
    along = (a * z).sum(axis=0)
    crossed = _cross(a, z)
    y = np.where(turns, z * cos + crossed * sin + a * (along * (1.0 - cos)), z + _cross(r, z))
    u = y[:2] / y[2]
    rr = (u * u).sum(axis=0)
    stretch = 1.0 + rr * (k1 + k2 * rr)
    bare = f * u * stretch + cam[7:9] - feats.T
    errors = weights * bare
    off = 1.0 - weights**2
    value = 0.5 * float((errors**2).sum() + (off**2).sum())

    d_cam = np.empty_like(cam)
    d_weights = (errors * bare).sum(axis=0) - 2.0 * weights * off
    d_place = errors * weights
    d_cam[7:9] = d_place
    d_flat = (d_place * u).sum(axis=0)
    d_cam[6] = d_flat * stretch
    d_stretch = f * d_flat
    d_cam[9], d_cam[10] = d_stretch * rr, d_stretch * rr * rr
    d_u = f * stretch * d_place + 2.0 * u * (d_stretch * (k1 + 2.0 * k2 * rr))
    d_y = np.concatenate((d_u, -(d_u * u).sum(axis=0, keepdims=True))) / y[2]
    met = (a * d_y).sum(axis=0)
    d_z = np.where(
        turns, cos * d_y + sin * _cross(d_y, a) + a * (met * (1.0 - cos)), d_y + _cross(d_y, r)
    )
    d_a = sin * _cross(z, d_y) + (1.0 - cos) * (along * d_y + met * z)
    d_theta = -sin * (z * d_y).sum(axis=0) + cos * (crossed * d_y).sum(axis=0) + sin * along * met
    of_axis = (d_a - a * (a * d_a).sum(axis=0)) / safe + a * d_theta
    d_cam[:3] = np.where(turns, of_axis, _cross(z, d_y))
    d_cam[3:6] = -d_z
    d_cams = np.stack([np.bincount(cam_of, row, len(cams)) for row in d_cam], axis=1)
    d_points = np.stack([np.bincount(point_of, row, len(points)) for row in d_z], axis=1)
    return value, (d_cams, d_points, d_weights)


def _cross(a: Array, b: Array) -> Array:
    """Return cross products of columns."""
    return np.stack(
        (a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0])
    )


def ht(
    theta: Array, base: Array, weights: Array, parents: Ints, relatives: Array, inverses: Array,
    points: Array, chosen: Ints,
) -> tuple[float, Array]:  # fmt: skip
    """Return half the sum of squares of a hand's vertices from where they are seen.

    All points meet the bones in one product of matrices, forwards and backwards.
    """
    angles = _angles(theta, len(parents))
    parts = [_about_each(*angles[b]) for b in range(len(parents))]
    local, absolute = np.empty((2, len(parents), 4, 4))
    for b, parent in enumerate(parents):
        local[b] = relatives[b]
        local[b, :, :3] = relatives[b, :, :3] @ (parts[b][0] @ parts[b][1] @ parts[b][2])
        absolute[b] = local[b] if parent < 0 else absolute[parent] @ local[b]
    moves = absolute[:, :3] @ inverses
    spread = (weights[chosen][:, :, None] * base[chosen][:, None, :]).reshape(len(chosen), -1)
    still = spread @ moves.transpose(0, 2, 1).reshape(-1, 3)
    turn = _rodrigues(theta[:3])
    errors = points - (still @ turn.T + theta[3:6])

    d_theta = np.zeros_like(theta)
    d_theta[3:6] = -errors.sum(axis=0)
    d_theta[:3] = _rodrigues_back(theta[:3], -errors.T @ still)
    d_moves = -(spread.T @ (errors @ turn)).reshape(len(parents), 4, 3).transpose(0, 2, 1)
    d_absolute = d_moves @ inverses.transpose(0, 2, 1)
    d_angles = np.zeros_like(angles)
    for b in reversed(range(len(parents))):
        d_local = d_absolute[b]
        if parents[b] >= 0:
            d_absolute[parents[b]] += d_local @ local[b].T
            d_local = absolute[parents[b], :3, :3].T @ d_local
        d_turn = relatives[b, :3, :3].T @ d_local[:, :3]
        d_angles[b] = _about_each_back(parts[b], d_turn)
    for finger in range(FINGERS):
        b, it = 2 + 4 * finger, 6 + 4 * finger
        d_theta[it : it + 4] = (
            d_angles[b, 0],
            d_angles[b, 1],
            d_angles[b + 1, 0],
            d_angles[b + 2, 0],
        )
    return 0.5 * float((errors**2).sum()), d_theta


def _angles(theta: Array, bones: int) -> Array:
    angles = np.zeros((bones, 3))
    for finger in range(FINGERS):
        b, it = 2 + 4 * finger, 6 + 4 * finger
        angles[b, :2] = theta[it : it + 2]
        angles[b + 1, 0], angles[b + 2, 0] = theta[it + 2], theta[it + 3]
    return angles


def _about_each(p0: float, p1: float, p2: float) -> list[Array]:
    """Return the rotations about the third axis, the second and the first."""
    result = []
    for angle, i, j in ((p1, 0, 1), (p2, 2, 0), (p0, 1, 2)):
        turn = np.eye(3)
        turn[i, i] = turn[j, j] = np.cos(angle)
        turn[j, i] = np.sin(angle)
        turn[i, j] = -turn[j, i]
        result.append(turn)
    return result


def _about_each_back(parts: list[Array], d_turn: Array) -> tuple[float, float, float]:
    """Return the adjoints of the three angles: a rotation's derivative is its generator with it."""
    z, y, x = parts
    d_z = d_turn @ (y @ x).T
    d_y = z.T @ d_turn @ x.T
    d_x = (z @ y).T @ d_turn
    return _generated(d_x, x, 1, 2), _generated(d_z, z, 0, 1), _generated(d_y, y, 2, 0)


def _generated(d_turn: Array, turn: Array, i: int, j: int) -> float:
    return float(d_turn[j] @ turn[i] - d_turn[i] @ turn[j])


def _rodrigues(r: Array) -> Array:
    angle = np.sqrt(r @ r)
    if angle < 1e-4:
        return np.eye(3)
    a = r / angle
    crossed = np.array([[0.0, -a[2], a[1]], [a[2], 0.0, -a[0]], [-a[1], a[0], 0.0]])
    return (
        np.cos(angle) * np.eye(3) + np.sin(angle) * crossed + (1 - np.cos(angle)) * np.outer(a, a)
    )


def _rodrigues_back(r: Array, d_turn: Array) -> Array:
    angle = np.sqrt(r @ r)
    if angle < 1e-4:
        return np.zeros(3)
    a = r / angle
    cos, sin = np.cos(angle), np.sin(angle)
    skew = np.array(
        [d_turn[2, 1] - d_turn[1, 2], d_turn[0, 2] - d_turn[2, 0], d_turn[1, 0] - d_turn[0, 1]]
    )
    d_a = sin * skew + (1.0 - cos) * ((d_turn + d_turn.T) @ a)
    d_angle = -sin * np.trace(d_turn) + cos * (a @ skew) + sin * (a @ d_turn @ a)
    result: Array = (d_a - a * (a @ d_a)) / angle + a * d_angle
    return result
