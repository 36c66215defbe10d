"""Polygons, arms, rotations, rays."""

from __future__ import annotations

import math

import numpy as np


def polygon_area(pts):
    n = len(pts)
    a = 0.0
    for i in range(n):
        x1, y1 = pts[i]
        x2, y2 = pts[(i + 1) % n]
        a += x1 * y2 - x2 * y1
    return abs(a) / 2


def robot_arm(angles, lengths, target):
    x = y = 0.0
    total = 0.0
    for th, l in zip(angles, lengths):
        total += th
        x += l * math.cos(total)
        y += l * math.sin(total)
    return (x - target[0]) ** 2 + (y - target[1]) ** 2


def rotation_align(angle, a, b):
    c, s = np.cos(angle), np.sin(angle)
    rot = np.array([[c, -s], [s, c]])
    return np.sum((a @ rot.T - b) ** 2)


def ray_sphere(o, d, c, r):
    oc = o - c
    b = 2 * oc @ d
    disc = b * b - 4 * (d @ d) * (oc @ oc - r * r)
    if disc < 0:
        return 0.0 * b
    t = (-b - math.sqrt(disc)) / (2 * d @ d)
    if t <= 0:
        t = (-b + math.sqrt(disc)) / (2 * d @ d)
    hit = o + t * d
    return hit[0] + hit[2]


def _normal(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


def _positive(*shape, seed=0):
    return np.abs(_normal(*shape, seed=seed)) + 0.5


def turn(o, a, b):
    return (a[0] - o[0]) * (b[1] - o[1]) - (a[1] - o[1]) * (b[0] - o[0])


def half_hull(points):
    kept = []
    for p in points:
        while len(kept) >= 2 and turn(kept[-2], kept[-1], p) <= 0:
            kept.pop()
        kept.append(p)
    return kept


def area_of_convex_hull(x):
    points = sorted([(x[0], x[1]), (x[2], x[3]), (x[4], x[5]), (x[0] + 1.0, x[3])])
    hull = half_hull(points)[:-1] + half_hull(points[::-1])[:-1]
    around = zip(hull, hull[1:] + hull[:1])
    return 0.5 * abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in around))


def stack_of_pairs(x):
    stack, total = [(x[0], x[1])], 0.0
    for i in range(4):
        p = (x[i], x[i + 1])
        while len(stack) >= 2 and stack[-1][0] * p[1] < 0.3:
            v, w = stack.pop()
            total += v * w * w
        stack.append(p)
    return total + sum(v * w for v, w in stack)


HULL = np.array([0.2, 0.5, 0.9, 0.3, 0.6, 1.1])
EXAMPLE_ARGS = {
    "area_of_convex_hull": lambda: (HULL.copy(),),
    "stack_of_pairs": lambda: (HULL.copy(),),
    "polygon_area": lambda: (np.array([[0.0, 0.0], [2.0, 0.1], [1.5, 1.7], [0.2, 1.0]]),),
    "robot_arm": lambda: (_normal(3), _positive(3, seed=1), (1.0, 0.5)),
    "rotation_align": lambda: (0.3, _normal(6, 2), _normal(6, 2, seed=1)),
    "ray_sphere": lambda: (
        np.array([0.0, 0.0, -3.0]),
        np.array([0.05, 0.1, 1.0]),
        np.array([0.1, 0.0, 0.0]),
        1.0,
    ),
}

ARGNUMS = {
    "robot_arm": (0, 1),
    "rotation_align": (0,),
}

MORE_ARGS = {
    "area_of_convex_hull": [lambda: (HULL[::-1].copy(),)],
    "stack_of_pairs": [lambda: (3.0 * HULL,)],
    "ray_sphere": [
        lambda: (np.array([0.0, 5.0, -3.0]), np.array([0.05, 0.1, 1.0]), np.zeros(3), 1.0),
        lambda: (np.array([0.0, 0.1, 0.2]), np.array([0.05, 0.1, 1.0]), np.zeros(3), 1.0),
    ],
}
