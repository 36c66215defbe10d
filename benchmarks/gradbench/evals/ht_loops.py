"""The residuals of ht in the style of loops over single entries."""

import math

import numpy as np


def moves(theta, parents, relatives, inverses):
    """Return what each bone does to the points at rest: matrices of three rows."""
    bones = len(parents)
    angles = np.zeros((bones, 3))
    it, b = 6, 2
    for _ in range(5):
        angles[b, 0], angles[b, 1] = theta[it], theta[it + 1]
        angles[b + 1, 0] = theta[it + 2]
        angles[b + 2, 0] = theta[it + 3]
        it += 4
        b += 4
    absolute = np.zeros((bones, 4, 4))
    for b in range(bones):
        c0, s0 = math.cos(angles[b, 0]), math.sin(angles[b, 0])
        c1, s1 = math.cos(angles[b, 2]), math.sin(angles[b, 2])
        c2, s2 = math.cos(angles[b, 1]), math.sin(angles[b, 1])
        r = np.zeros((4, 4))
        r[0, 0], r[0, 1], r[0, 2] = c2 * c1, c2 * s1 * s0 - s2 * c0, c2 * s1 * c0 + s2 * s0
        r[1, 0], r[1, 1], r[1, 2] = s2 * c1, s2 * s1 * s0 + c2 * c0, s2 * s1 * c0 - c2 * s0
        r[2, 0], r[2, 1], r[2, 2] = -s1, c1 * s0, c1 * c0
        r[3, 3] = 1.0
        local = np.zeros((4, 4))
        for i in range(4):
            for j in range(4):
                for k in range(4):
                    local[i, j] += relatives[b, i, k] * r[k, j]
        for i in range(4):
            for j in range(4):
                if parents[b] < 0:
                    absolute[b, i, j] = local[i, j]
                else:
                    entry = 0.0
                    for k in range(4):
                        entry += absolute[parents[b], i, k] * local[k, j]
                    absolute[b, i, j] = entry
    result = np.zeros((bones, 3, 4))
    for b in range(bones):
        for i in range(3):
            for j in range(4):
                entry = 0.0
                for k in range(4):
                    entry += absolute[b, i, k] * inverses[b, k, j]
                result[b, i, j] = entry
    return result


def about_axis(r0, r1, r2):
    """Return the rotation about an axis by its length; none where that is tiny."""
    turn = np.zeros((3, 3))
    angle = math.sqrt(r0 * r0 + r1 * r1 + r2 * r2)
    if angle < 1e-4:
        turn[0, 0], turn[1, 1], turn[2, 2] = 1.0, 1.0, 1.0
    else:
        a0, a1, a2 = r0 / angle, r1 / angle, r2 / angle
        cos, sin = math.cos(angle), math.sin(angle)
        rest = 1.0 - cos
        turn[0, 0], turn[0, 1] = cos + rest * a0 * a0, rest * a0 * a1 - sin * a2
        turn[0, 2], turn[1, 0] = rest * a0 * a2 + sin * a1, rest * a1 * a0 + sin * a2
        turn[1, 1], turn[1, 2] = cos + rest * a1 * a1, rest * a1 * a2 - sin * a0
        turn[2, 0], turn[2, 1] = rest * a2 * a0 - sin * a1, rest * a2 * a1 + sin * a0
        turn[2, 2] = cos + rest * a2 * a2
    return turn


def vertices(theta, base, weights, parents, relatives, inverses, mirrored):
    """Return where all vertices of the hand are."""
    bones = len(parents)
    bone = moves(theta, parents, relatives, inverses)
    turn = about_axis(theta[0], theta[1], theta[2])
    result = np.empty((len(base), 3))
    side = -1.0 if mirrored else 1.0
    for v in range(len(base)):
        x, y, z = 0.0, 0.0, 0.0
        for b in range(bones):
            w = weights[v, b]
            for k in range(4):
                x += w * bone[b, 0, k] * base[v, k]
                y += w * bone[b, 1, k] * base[v, k]
                z += w * bone[b, 2, k] * base[v, k]
        x *= side
        for i in range(3):
            result[v, i] = theta[3 + i] + turn[i, 0] * x + turn[i, 1] * y + turn[i, 2] * z
    return result


def residuals_loops(
    theta, us, base, weights, parents, relatives, inverses, points, chosen, triangles, mirrored
):
    """Return how far the seen points are from theirs on the hand: vertices, or inside triangles."""
    v = vertices(theta, base, weights, parents, relatives, inverses, mirrored)
    errors = np.empty((len(points), 3))
    for n in range(len(points)):
        for i in range(3):
            if len(us) == 0:
                place = v[chosen[n], i]
            else:
                t = triangles[chosen[n]]
                u0, u1 = us[n, 0], us[n, 1]
                place = u0 * v[t[0], i] + u1 * v[t[1], i] + (1.0 - u0 - u1) * v[t[2], i]
            errors[n, i] = points[n, i] - place
    return errors
