"""Elements, slices, gathers and masks."""

from __future__ import annotations

import numpy as np


def element(x):
    return x[0] * x[1] ** 2 + x[-1]


def element_of_matrix(x):
    return x[0, 1] * x[2, -1] ** 2 + x[1][2]


def row_and_column(x):
    return np.sum(x[1] * x[-1]) + np.sum(x[:, 0] * x[:, -1] ** 2)


def plain_slices(x):
    return np.sum(x[1:] * x[:-1]) + np.sum(x[1:3] ** 2)


def stepped_slices(x):
    return np.sum(x[::2] * x[1::2]) + np.sum(x[::-1] * x**2) + np.sum(x[-1:0:-2] ** 3)


def open_slices(x):
    return np.sum(x[:] * x[0:]) + np.sum(x[-3:-1] ** 2) + np.sum(x[5:9])


def block(x):
    return np.sum(x[1:, :2] * x[:-1, 2:] ** 2)


def ellipsis(x):
    return np.sum(x[..., 0] * x[..., -1] ** 2) + np.sum(x[0, ...] ** 3)


def newaxis_mixed(x):
    return np.sum(x[:, None, 1:] * x[None, :, :-1])


def gather(x, index):
    return np.sum(x[index] ** 2 * np.arange(5.0))


def gather_rows(x, index):
    return np.sum(x[index] ** 2 * np.arange(4.0))


def gather_pairs(x, rows, columns):
    return np.sum(x[rows, columns] ** 3)


def gather_arange(x, labels):
    return np.sum(x[np.arange(len(labels)), labels] ** 2)


def gather_columns(x, index):
    return np.sum(x[:, index] ** 2)


def gather_matrix_index(x, index):
    return np.sum(x[index] ** 3)


def gather_negative(x, index):
    return np.sum(x[index] ** 3)


def gather_list(x):
    return np.sum(x[[0, 2, 2]] ** 3)


def mask(x):
    return np.sum(x[x > 0.0] ** 2)


def mask_argument(x, keep):
    return np.sum(x[keep] ** 2)


def mask_rows(x, keep):
    return np.sum(x[keep] ** 2)


def mask_matrix(x):
    return np.sum(x[x > 0.2] ** 2) + np.mean(x[x < 0.0])


def sorted_values(x):
    return np.sum(np.sort(x) * np.arange(4.0))


def argsort_gather(x):
    return np.sum(x[np.argsort(x)] * np.arange(4.0))


def variable_bounds(x, k):
    return np.sum(x[k:] ** 2) * np.sum(x[:-k]) + x[k] * x[-k]


def shape_bounds(x):
    return np.sum(x[: len(x) // 2]) ** 2 * x[x.shape[0] - 1]


def item_method(x):
    return x[0].item() * x[1] if x.ndim == 1 else x[0]


def _normal(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


EXAMPLE_ARGS = {
    "element": lambda: (_normal(4),),
    "element_of_matrix": lambda: (_normal(3, 4),),
    "row_and_column": lambda: (_normal(3, 4),),
    "plain_slices": lambda: (_normal(4),),
    "stepped_slices": lambda: (_normal(6),),
    "open_slices": lambda: (_normal(6),),
    "block": lambda: (_normal(3, 4),),
    "ellipsis": lambda: (_normal(2, 3, 4),),
    "newaxis_mixed": lambda: (_normal(3, 4),),
    "gather": lambda: (_normal(4), np.array([0, 2, 2, 3, 2])),
    "gather_rows": lambda: (_normal(3, 4), np.array([0, 2, 2, 1])),
    "gather_pairs": lambda: (_normal(3, 4), np.array([0, 2, 2, 0]), np.array([1, 3, 3, 2])),
    "gather_arange": lambda: (_normal(3, 4), np.array([1, 3, 3])),
    "gather_columns": lambda: (_normal(3, 4), np.array([3, 0, 3])),
    "gather_matrix_index": lambda: (_normal(4), np.array([[0, 1], [1, 1]])),
    "gather_negative": lambda: (_normal(4), np.array([-1, 3, 0])),
    "gather_list": lambda: (_normal(4),),
    "mask": lambda: (_normal(4),),
    "mask_argument": lambda: (_normal(4), np.array([True, False, True, True])),
    "mask_rows": lambda: (_normal(3, 4), np.array([True, False, True])),
    "mask_matrix": lambda: (_normal(3, 4),),
    "sorted_values": lambda: (_normal(4),),
    "argsort_gather": lambda: (_normal(4),),
    "variable_bounds": lambda: (_normal(6), 2),
    "shape_bounds": lambda: (_normal(6),),
    "item_method": lambda: (_normal(4),),
}

MAY_BE_REFUSED = {"item_method"}
