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


_STUMPS = {
    "by": 1,
    "at": 0.2,
    "below": {"by": 0, "at": 0.1, "below": 1.5, "above": -0.7},
    "above": {
        "by": 2,
        "at": 1.0,
        "below": {"by": 0, "at": 0.5, "below": 0.4, "above": 1.1},
        "above": 2.2,
    },
}


def leaf_of_a_tree(x, tree):
    """A loop goes down while there is a dict, and ends with a number."""
    node, weight, depth = tree, 1.0, 0
    while isinstance(node, dict):
        gap = x[node["by"]] - node["at"]
        weight *= 1 / (1 + np.exp(-abs(gap)))
        depth += 1
        if weight < 0.3:
            break
        if gap > 0:
            node = node["above"]
            continue
        node = node["below"]
    return weight * depth if isinstance(node, dict) else weight * node


def last_of_nested_pairs(x):
    """What is left of nested pairs, of which the path goes on or ends."""
    rest, t = (x[0], (x[1], (x[2], 0.5))), 1.0
    while isinstance(rest, tuple):
        rest = rest[0] if t * x[1] > 0.4 else rest[1]
        t -= x[0]
    return t * rest


def leaf_of_nested_tuples(x):
    """The leaves are Python's floats and NumPy's, which are floats as well."""
    node, t = (1, 0.2, (0, 0.1, 1.5, (2, 1.0, x[0], 0.3)), x[2]), 1.0
    while not isinstance(node, float):
        place, bound, below, above = node
        if x[place] > bound:
            node = above
            t *= x[place]
        else:
            node = below
            t -= bound * x[place] ** 2
    return t * node


EXAMPLE_ARGS = {
    "leaf_of_nested_tuples": lambda: (np.array([0.31, -0.72, 0.83]),),
    "leaf_of_a_tree": lambda: (np.array([0.31, -0.72, 1.13]), _STUMPS),
    "last_of_nested_pairs": lambda: (np.array([0.7, 0.5, -0.4]),),
    "neighbours_in_a_tree": lambda: (np.array([0.1, 0.2, 0.8, 0.5, 1.2, -0.7, -0.4, 0.9]),),
    "unpacked_where_there_is_a_pair": lambda: (np.array([0.7, 1.3]),),
}
MORE_ARGS = {
    "leaf_of_nested_tuples": [
        lambda: (np.array([0.31, -0.72, 1.13]),),
        lambda: (np.array([0.31, 0.72, 1.13]),),
        lambda: (np.array([0.01, -0.72, 1.13]),),
    ],
    "leaf_of_a_tree": [
        lambda: (np.array([0.01, 0.72, 0.93]), _STUMPS),
        lambda: (np.array([0.61, 0.22, 0.93]), _STUMPS),
        lambda: (np.array([0.61, 0.72, 1.13]), _STUMPS),
    ],
    "last_of_nested_pairs": [
        lambda: (np.array([-0.6, 0.5, -0.4]),),
        lambda: (np.array([0.2, 0.38, -0.4]),),
        lambda: (np.array([0.2, -0.3, -0.4]),),
    ],
    "neighbours_in_a_tree": [
        lambda: (np.array([1.1, 0.2, -0.8, 0.5, 0.2, -0.7, 0.9, -0.9]),),
        lambda: (np.array([0.3, 1.2, 0.8, -1.5, -1.2, 0.7, 0.5, 0.1]),),
    ],
}
