"""Gradients by hand for Numba: bundle adjustment, hand tracking and the particle."""

from __future__ import annotations

import math
from typing import Any

import numba
import numpy as np

from benchmarks.hand.loops import SUMS

Array = Any


@numba.njit(fastmath=SUMS)
def _turned(r: Any, z: Any) -> Any:
    """Return a point turned about an axis by its length."""
    (r0, r1, r2), (z0, z1, z2) = r, z
    theta = math.sqrt(r0 * r0 + r1 * r1 + r2 * r2)
    if theta == 0.0:
        return z0 + r1 * z2 - r2 * z1, z1 + r2 * z0 - r0 * z2, z2 + r0 * z1 - r1 * z0
    cos, sin, inverse = math.cos(theta), math.sin(theta), 1.0 / theta
    a0, a1, a2 = r0 * inverse, r1 * inverse, r2 * inverse
    along = (a0 * z0 + a1 * z1 + a2 * z2) * (1.0 - cos)
    return (
        z0 * cos + (a1 * z2 - a2 * z1) * sin + a0 * along,
        z1 * cos + (a2 * z0 - a0 * z2) * sin + a1 * along,
        z2 * cos + (a0 * z1 - a1 * z0) * sin + a2 * along,
    )


@numba.njit(fastmath=SUMS)
def _turned_back(r: Any, z: Any, g: Any) -> Any:
    """Return the adjoints of axis and point; LLVM finds what both sweeps compute."""
    (r0, r1, r2), (z0, z1, z2), (g0, g1, g2) = r, z, g
    k0, k1, k2 = z1 * g2 - z2 * g1, z2 * g0 - z0 * g2, z0 * g1 - z1 * g0
    theta = math.sqrt(r0 * r0 + r1 * r1 + r2 * r2)
    if theta == 0.0:
        back = g0 + g1 * r2 - g2 * r1, g1 + g2 * r0 - g0 * r2, g2 + g0 * r1 - g1 * r0
        return (k0, k1, k2), back
    cos, sin, inverse = math.cos(theta), math.sin(theta), 1.0 / theta
    a0, a1, a2, rest = r0 * inverse, r1 * inverse, r2 * inverse, 1.0 - cos
    along, meets = a0 * z0 + a1 * z1 + a2 * z2, a0 * g0 + a1 * g1 + a2 * g2
    # The axis meets the cross products in one number: a x z . g = a . z x g.
    turned = cos * (a0 * k0 + a1 * k1 + a2 * k2) + sin * along * meets
    turned -= sin * (z0 * g0 + z1 * g1 + z2 * g2)
    h0 = sin * k0 + rest * (along * g0 + meets * z0)
    h1 = sin * k1 + rest * (along * g1 + meets * z1)
    h2 = sin * k2 + rest * (along * g2 + meets * z2)
    back = turned - (a0 * h0 + a1 * h1 + a2 * h2) * inverse
    return (
        (h0 * inverse + a0 * back, h1 * inverse + a1 * back, h2 * inverse + a2 * back),
        (
            cos * g0 + sin * (g1 * a2 - g2 * a1) + a0 * meets * rest,
            cos * g1 + sin * (g2 * a0 - g0 * a2) + a1 * meets * rest,
            cos * g2 + sin * (g0 * a1 - g1 * a0) + a2 * meets * rest,
        ),
    )


@numba.njit(fastmath=SUMS)
def ba(
    cams: Array, points: Array, weights: Array, feats: Array, cam_of: Array, point_of: Array
) -> tuple[Array, Array, Array]:
    """Return the gradients of a bundle adjustment: an observation's sweeps are in registers."""
    d_cams, d_points = np.zeros_like(cams), np.zeros_like(points)
    d_weights = np.empty_like(weights)
    for i in range(len(weights)):
        cam, point = cams[cam_of[i]], points[point_of[i]]
        d_cam, d_point = d_cams[cam_of[i]], d_points[point_of[i]]
        r = cam[0], cam[1], cam[2]
        z = point[0] - cam[3], point[1] - cam[4], point[2] - cam[5]
        y0, y1, y2 = _turned(r, z)
        depth = 1.0 / y2
        u, v = y0 * depth, y1 * depth
        rr = u * u + v * v
        stretch = 1.0 + rr * (cam[9] + cam[10] * rr)
        w, f = weights[i], cam[6]
        b0, b1 = f * u * stretch + cam[7] - feats[i, 0], f * v * stretch + cam[8] - feats[i, 1]
        e0, e1 = w * b0 * w, w * b1 * w
        d_weights[i] = w * (b0 * b0 + b1 * b1) - 2.0 * w * (1.0 - w * w)
        met = e0 * u + e1 * v
        d_stretch = f * met
        through = 2.0 * d_stretch * (cam[9] + 2.0 * cam[10] * rr)
        d_u, d_v = f * stretch * e0 + through * u, f * stretch * e1 + through * v
        d_y = d_u * depth, d_v * depth, -(d_u * u + d_v * v) * depth
        (q0, q1, q2), (p0, p1, p2) = _turned_back(r, z, d_y)
        d_cam[0] += q0
        d_cam[1] += q1
        d_cam[2] += q2
        d_cam[3] -= p0
        d_cam[4] -= p1
        d_cam[5] -= p2
        d_cam[6] += met * stretch
        d_cam[7] += e0
        d_cam[8] += e1
        d_cam[9] += d_stretch * rr
        d_cam[10] += d_stretch * rr * rr
        d_point[0] += p0
        d_point[1] += p1
        d_point[2] += p2
    return d_cams, d_points, d_weights


@numba.njit(fastmath=SUMS)
def _times(a: Array, b: Array, into: Array) -> None:
    """Write a product of motions: matrices of three rows, whose fourth is 0, 0, 0, 1."""
    for i in range(3):
        for j in range(4):
            into[i, j] = a[i, 0] * b[0, j] + a[i, 1] * b[1, j] + a[i, 2] * b[2, j]
        into[i, 3] += a[i, 3]


@numba.njit
def _turn(x: float, z: float, into: Array) -> None:
    """Write the motion about the first axis, then the third."""
    c0, s0, c2, s2 = math.cos(x), math.sin(x), math.cos(z), math.sin(z)
    into[0, 0], into[0, 1], into[0, 2] = c2, -s2 * c0, s2 * s0
    into[1, 0], into[1, 1], into[1, 2] = s2, c2 * c0, -c2 * s0
    into[2, 0], into[2, 1], into[2, 2] = 0.0, s0, c0
    into[:, 3] = 0.0


@numba.njit
def _rodrigues(r: Array, into: Array) -> None:
    angle = math.sqrt(r[0] * r[0] + r[1] * r[1] + r[2] * r[2])
    into[:] = np.eye(3)
    if angle < 1e-4:
        return
    a, cos, sin = r / angle, math.cos(angle), math.sin(angle)
    for i in range(3):
        for j in range(3):
            into[i, j] = cos * into[i, j] + (1.0 - cos) * a[i] * a[j]
    for i in range(3):
        j, k = (i + 1) % 3, (i + 2) % 3
        into[j, i] += sin * a[k]
        into[k, i] -= sin * a[j]


@numba.njit
def _rodrigues_back(r: Array, g: Array, d_r: Array) -> None:
    angle = math.sqrt(r[0] * r[0] + r[1] * r[1] + r[2] * r[2])
    if angle < 1e-4:
        return
    a, cos, sin = r / angle, math.cos(angle), math.sin(angle)
    d_a, d_angle = np.zeros(3), -sin * (g[0, 0] + g[1, 1] + g[2, 2])
    for i in range(3):
        j, k = (i + 1) % 3, (i + 2) % 3
        skew = g[k, j] - g[j, k]
        d_a[i] += sin * skew
        d_angle += cos * a[i] * skew
        for c in range(3):
            d_a[i] += (1.0 - cos) * (g[i, c] + g[c, i]) * a[c]
            d_angle += sin * a[i] * g[i, c] * a[c]
    back = d_angle - (a[0] * d_a[0] + a[1] * d_a[1] + a[2] * d_a[2]) / angle
    for i in range(3):
        d_r[i] = d_a[i] / angle + a[i] * back


@numba.njit(fastmath=SUMS)
def ht(
    theta: Array, base: Array, weights: Array, parents: Array, relatives: Array, inverses: Array,
    points: Array, chosen: Array,
) -> Array:  # fmt: skip
    """Return the gradient of a hand's fit: a point's sweeps add to one matrix a bone."""
    bones, d_theta = len(parents), np.zeros_like(theta)
    turns, local, absolute = np.empty((3, bones, 3, 4))
    moves, d_moves = np.empty((bones, 3, 4)), np.zeros((bones, 3, 4))
    for b in range(bones):
        finger, part = divmod(b - 2, 4)
        x, z = 0.0, 0.0
        if 0 <= finger < 5 and part < 3:
            it = 6 + 4 * finger
            x = theta[it] if part == 0 else theta[it + 1 + part]
            z = theta[it + 1] if part == 0 else 0.0
        _turn(x, z, turns[b])
        _times(relatives[b], turns[b], local[b])
        if parents[b] < 0:
            absolute[b] = local[b]
        else:
            _times(absolute[parents[b]], local[b], absolute[b])
        _times(absolute[b], inverses[b], moves[b])
    turn, d_turn = np.empty((3, 3)), np.zeros((3, 3))
    _rodrigues(theta[:3], turn)
    still, e, pulled = np.empty(3), np.empty(3), np.empty(3)
    for n in range(len(chosen)):
        place, w = base[chosen[n]], weights[chosen[n]]
        still[:] = 0.0
        for b in range(bones):
            for i in range(3):
                m = moves[b, i]
                still[i] += w[b] * (
                    m[0] * place[0] + m[1] * place[1] + m[2] * place[2] + m[3] * place[3]
                )
        for i in range(3):
            seen = turn[i, 0] * still[0] + turn[i, 1] * still[1] + turn[i, 2] * still[2]
            e[i] = seen + theta[3 + i] - points[n, i]
            d_theta[3 + i] += e[i]
            for j in range(3):
                d_turn[i, j] += e[i] * still[j]
        for j in range(3):
            pulled[j] = turn[0, j] * e[0] + turn[1, j] * e[1] + turn[2, j] * e[2]
        for b in range(bones):
            for i in range(3):
                by = w[b] * pulled[i]
                for j in range(4):
                    d_moves[b, i, j] += by * place[j]
    _rodrigues_back(theta[:3], d_turn, d_theta)
    _bones_back(parents, relatives, inverses, turns, local, absolute, d_moves, d_theta)
    return d_theta


@numba.njit
def _bones_back(
    parents: Array, relatives: Array, inverses: Array, turns: Array, local: Array,
    absolute: Array, d_moves: Array, d_theta: Array,
) -> None:  # fmt: skip
    d_absolute = np.zeros_like(d_moves)
    for b in range(len(parents) - 1, -1, -1):
        for i in range(3):
            for k in range(4):
                for j in range(4):
                    d_absolute[b, i, k] += d_moves[b, i, j] * inverses[b, k, j]
        d_local = d_absolute[b].copy()
        p = parents[b]
        if p >= 0:
            for i in range(3):
                for k in range(3):
                    for j in range(4):
                        d_absolute[p, i, k] += d_local[i, j] * local[b, k, j]
                d_absolute[p, i, 3] += d_local[i, 3]
            d_local = np.ascontiguousarray(absolute[p, :, :3].T) @ d_local
        finger, part = divmod(b - 2, 4)
        if 0 <= finger < 5 and part < 3:
            g = np.ascontiguousarray(relatives[b, :3, :3].T) @ d_local
            own, it = turns[b], 6 + 4 * finger
            by_x, by_z = 0.0, 0.0
            for i in range(3):
                # The last rotation's generator stands before, the first one's behind.
                by_x += g[i, 1] * own[i, 2] - g[i, 2] * own[i, 1]
                by_z += g[1, i] * own[0, i] - g[0, i] * own[1, i]
            d_theta[it if part == 0 else it + 1 + part] = by_x
            if part == 0:
                d_theta[it + 1] = by_z


@numba.njit
def particle(w: float, dt: float) -> float:
    """Return the derivative of where a particle lands; it runs along, forwards."""
    x, y, vx, vy, upper = 0.0, 8.0, 0.75, 0.0, 10.0 - w
    d_x, d_y, d_vx, d_vy = 0.0, 0.0, 0.0, 0.0
    while True:
        dx, dy, d_dy = x - 10.0, y - upper, d_y + 1.0
        near, far = 1.0 / (dx * dx + dy * dy), 1.0 / (dx * dx + y * y)
        p, r = near * math.sqrt(near), far * math.sqrt(far)
        d_p = -3.0 * p * near * (dx * d_x + dy * d_dy)
        d_r = -3.0 * r * far * (dx * d_x + y * d_y)
        new_x, new_y = x + dt * vx, y + dt * vy
        d_new_x, d_new_y = d_x + dt * d_vx, d_y + dt * d_vy
        if new_y <= 0.0:
            tau = -new_y / vy
            d_tau = -(d_new_y + tau * d_vy) / vy
            return 2.0 * (new_x + tau * vx) * (d_new_x + tau * d_vx + d_tau * vx)
        d_vx += dt * (d_x * (p + r) + dx * (d_p + d_r))
        d_vy += dt * (d_dy * p + dy * d_p + d_y * r + y * d_r)
        vx += dt * dx * (p + r)
        vy += dt * (dy * p + y * r)
        x, y, d_x, d_y = new_x, new_y, d_new_x, d_new_y
