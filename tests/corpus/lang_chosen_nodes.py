"""Recursion into what the path chose: nodes of trees that are dicts, tuples, None."""

import numpy as np


def planted(points, depth=0):
    if not points:
        return None
    axis = depth % 2
    points = sorted(points, key=lambda p: p[axis])
    middle = len(points) // 2
    return {
        "point": points[middle],
        "axis": axis,
        "below": planted(points[:middle], depth + 1),
        "above": planted(points[middle + 1 :], depth + 1),
    }


def nearest(node, place, best=None):
    if node is None:
        return best
    distance = sum((a - b) ** 2 for a, b in zip(node["point"], place))
    if best is None or distance < best[0]:
        best = (distance, node["point"])
    difference = place[node["axis"]] - node["point"][node["axis"]]
    near, far = (node["below"], node["above"])
    if difference >= 0:
        near, far = far, near
    best = nearest(near, place, best)
    if difference**2 < best[0]:
        best = nearest(far, place, best)
    return best


def neighbours_in_a_tree(x):
    """A tree of points in the order of their coordinates, searched along the path."""
    tree = planted([(x[2 * i], x[2 * i + 1]) for i in range(4)])
    distance, point = nearest(tree, (0.6, 0.4))
    return distance + nearest(tree, (1.0, -1.0))[0] * point[0]


def unpacked_where_there_is_a_pair(x):
    """On one path there would be nothing to unpack: Python raises there, and only there."""
    pair = None
    if x[0] > 5.0:
        a, b = pair
        return a * b
    return x[0] * x[1]


EXAMPLE_ARGS = {
    "neighbours_in_a_tree": lambda: (np.array([0.1, 0.2, 0.8, 0.5, 1.2, -0.7, -0.4, 0.9]),),
    "unpacked_where_there_is_a_pair": lambda: (np.array([0.7, 1.3]),),
}
MORE_ARGS = {
    "neighbours_in_a_tree": [
        lambda: (np.array([1.1, 0.2, -0.8, 0.5, 0.2, -0.7, 0.9, -0.9]),),
        lambda: (np.array([0.3, 1.2, 0.8, -1.5, -1.2, 0.7, 0.5, 0.1]),),
    ],
}
