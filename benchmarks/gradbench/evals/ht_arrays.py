"""The residuals of ht in the style of arrays: all vertices at once."""

import numpy as np

FINGERS = 5
SMALL = 1e-4


def rotation(x, y, z):
    """Return the rotation about the first axis, then the second, then the third."""
    c0, s0 = np.cos(x), np.sin(x)
    c1, s1 = np.cos(y), np.sin(y)
    c2, s2 = np.cos(z), np.sin(z)
    return np.array(
        [
            [c2 * c1, c2 * s1 * s0 - s2 * c0, c2 * s1 * c0 + s2 * s0],
            [s2 * c1, s2 * s1 * s0 + c2 * c0, s2 * s1 * c0 - c2 * s0],
            [-s1, c1 * s0, c1 * c0],
        ]
    )


def bone_angles(theta, bones):
    """Return three angles a bone; only those of the fingers bend."""
    angles = np.zeros((bones, 3))
    for finger in range(FINGERS):
        b, it = 2 + 4 * finger, 6 + 4 * finger
        angles[b, :2] = theta[it : it + 2]
        angles[b + 1, 0] = theta[it + 2]
        angles[b + 2, 0] = theta[it + 3]
    return angles


def moves(theta, parents, relatives, inverses):
    """Return what each bone does to the points at rest: matrices of three rows."""
    bones = len(parents)
    angles = bone_angles(theta, bones)
    absolute = np.zeros((bones, 4, 4))
    for b in range(bones):
        turn = np.zeros((4, 4))
        turn[:3, :3] = rotation(angles[b, 0], angles[b, 2], angles[b, 1])
        turn[3, 3] = 1.0
        local = relatives[b] @ turn
        if parents[b] < 0:
            absolute[b] = local
        else:
            absolute[b] = absolute[parents[b]] @ local
    return (absolute @ inverses)[:, :3]


def about_axis(r):
    """Return the rotation about an axis by its length; none where that is tiny."""
    angle = np.sqrt(np.sum(r**2))
    if angle < SMALL:
        return np.eye(3)
    a = r / angle
    zero = 0.0 * angle
    crossed = np.array([[zero, -a[2], a[1]], [a[2], zero, -a[0]], [-a[1], a[0], zero]])
    cos = np.cos(angle)
    return cos * np.eye(3) + np.sin(angle) * crossed + (1.0 - cos) * np.outer(a, a)


def vertices(theta, base, weights, parents, relatives, inverses, mirrored):
    """Return where all vertices of the hand are."""
    spread = np.reshape(weights[:, :, None] * base[:, None, :], (len(base), -1))
    bone = moves(theta, parents, relatives, inverses)
    v = spread @ np.reshape(np.transpose(bone, (0, 2, 1)), (-1, 3))
    if mirrored:
        v = v * np.array([-1.0, 1.0, 1.0])
    return v @ about_axis(theta[:3]).T + theta[3:6]


def residuals(
    theta, us, base, weights, parents, relatives, inverses, points, chosen, triangles, mirrored
):
    """Return how far the seen points are from theirs on the hand: vertices, or inside triangles."""
    v = vertices(theta, base, weights, parents, relatives, inverses, mirrored)
    if len(us) == 0:
        return points - v[chosen]
    corners = triangles[chosen]
    u0, u1 = us[:, :1], us[:, 1:]
    return points - (
        u0 * v[corners[:, 0]] + u1 * v[corners[:, 1]] + (1.0 - u0 - u1) * v[corners[:, 2]]
    )
