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


EXAMPLE_ARGS = {
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
    "ray_sphere": [
        lambda: (np.array([0.0, 5.0, -3.0]), np.array([0.05, 0.1, 1.0]), np.zeros(3), 1.0),
        lambda: (np.array([0.0, 0.1, 0.2]), np.array([0.05, 0.1, 1.0]), np.zeros(3), 1.0),
    ],
}
