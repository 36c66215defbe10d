"""Softmax, log-softmax and log-sum-exp with the maximum subtracted, in the ways people write it."""

from __future__ import annotations

import numpy as np


def log_sum_exp(x):
    m = np.max(x)
    return m + np.log(np.sum(np.exp(x - m)))


def log_sum_exp_of_rows(z, w):
    m = np.max(z, axis=1)
    return np.sum(w * (np.log(np.sum(np.exp(z - m[:, None]), axis=1)) + m))


def cross_entropy_of_labels(z, labels):
    shifted = z - np.max(z, axis=1, keepdims=True)
    exped = np.exp(shifted)
    norm = np.sum(exped, axis=1)
    rows = np.arange(len(labels))
    return np.mean(np.log(norm) - shifted[rows, labels])


def softmax_of_rows(z, w):
    exped = np.exp(z - z.max(axis=1)[:, None])
    return np.sum(exped / exped.sum(axis=1, keepdims=True) * w)


def softmax_of_columns(z, w):
    exped = np.exp(z - z.max(axis=0, keepdims=True))
    return np.sum(exped / exped.sum(axis=0, keepdims=True) * w)


def log_softmax(z, w):
    m = np.max(z, axis=-1, keepdims=True)
    out = z - m - np.log(np.sum(np.exp(z - m), axis=-1, keepdims=True))
    return -np.sum(w * out)


def attention_over_time(x, w):
    total = 0.0
    for k in range(3):
        scores = x * w[k]
        exped = np.exp(scores - np.max(scores))
        total += np.sum(exped / np.sum(exped) * x)
    return total


def weighted_mean(x, w):
    exped = np.exp(x - np.max(x))
    return np.sum(exped * w) / np.sum(exped)


def in_place(z, w):
    z = z + 0.5
    z -= np.max(z, axis=1, keepdims=True)
    exped = np.exp(z)
    exped /= exped.sum(axis=1, keepdims=True)
    return np.sum(exped * w) + np.sum(w * (np.log(np.sum(np.exp(z), axis=1))[:, None] - z))


def weights_in_place(z, w):
    p = np.exp(z - np.max(z))
    p /= np.sum(p)
    return np.sum(p * p * w)


def forward_algorithm(z, w):
    alpha = w[0]
    for row in w[1:]:
        m = alpha[:, None] + z
        top = m.max(axis=0)
        alpha = top + np.log(np.exp(m - top).sum(axis=0)) + row
    return np.sum(alpha * w[0])


def softmax_of_first_axis(z, w):
    exped = np.exp(z - np.max(z, axis=0))
    return np.sum(exped / np.sum(exped, axis=0) * w)


# In these the maximum does not cancel.


def top_of_last_axis(z, w):
    m = np.max(z, axis=-1, keepdims=True)
    return np.sum(w * (m[..., 0] + np.log(np.sum(np.exp(z - m), axis=-1))))


def top_of_rows(z, w):
    m = z.max(axis=1, keepdims=True)
    return np.sum(w * (m[:, 0] + np.log(np.sum(np.exp(z - m), axis=1))))


def top_of_columns(z, w):
    m = z.max(axis=0, keepdims=True)
    return np.sum(w * (m[0] + np.log(np.sum(np.exp(z - m), axis=0))))


def top_squeezed(z, w):
    m = np.max(z, axis=1, keepdims=True)
    return np.sum(w * (np.squeeze(m, axis=1) + np.log(np.sum(np.exp(z - m), axis=1))))


def top_flattened(z, w):
    m = np.max(z, axis=1, keepdims=True)
    return np.sum(w * (m.ravel() + np.log(np.sum(np.exp(z - m), axis=1))))


def one_class(z, w):
    m = np.max(z, axis=1, keepdims=True)
    norm = m + np.log(np.sum(np.exp(z - m), axis=1, keepdims=True))
    return np.sum(w * (z - norm)[:, 1])


def in_place_of_another(z, w):
    u = z * w
    u -= np.max(z, axis=1, keepdims=True)
    u[0] = 1.0
    return np.sum(np.log(np.sum(np.exp(u), axis=1)) - w[:, 0])


def first_axis_beside_rows(z, w):
    top = np.max(z, axis=0)
    return np.sum(w[0] * (np.log(np.sum(np.exp(z - top[:, None]), axis=0)) + top))


def top_of_the_next_row(z, w):
    m = np.max(z, axis=1, keepdims=True)
    return np.sum(w[1:] * (m[1:, 0] + np.log(np.sum(np.exp(z - m), axis=1))[:-1]))


def only_shifted(x):
    return np.sum(np.exp(x - np.max(x)))


def norm_is_used_twice(x):
    exped = np.exp(x - np.max(x))
    norm = np.sum(exped)
    return np.sum(exped / norm * x) + 0.1 * norm


def other_axis(z, w):
    exped = np.exp(z - np.max(z, axis=1, keepdims=True))
    return np.sum(w * exped / np.sum(exped, axis=0, keepdims=True))


def picks_from_other_rows(z, labels):
    shifted = z - np.max(z, axis=1, keepdims=True)
    norm = np.sum(np.exp(shifted), axis=1)
    rows = np.array([1, 1, 0, 2])
    return np.mean(np.log(norm) - shifted[rows, labels])


def one_label_for_all(z, label):
    shifted = z - np.max(z, axis=1, keepdims=True)
    norm = np.sum(np.exp(shifted), axis=1)
    return np.mean(np.log(norm) - shifted[np.arange(len(label)), label])


def maximum_is_returned_too(x):
    m = np.max(x)
    return np.log(np.sum(np.exp(x - m))) + m + 0.5 * m


def maximum_in_a_branch(x, t):
    m = np.max(x)
    norm = np.sum(np.exp(x - m))
    if t > 0.0:
        norm = norm * np.exp(0.5 * m)
    return np.log(norm) + m


def _normal(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


_LABELS = np.array([0, 2, 1, 1])
EXAMPLE_ARGS = {
    "log_sum_exp": lambda: (_normal(4),),
    "log_sum_exp_of_rows": lambda: (_normal(4, 3), _normal(4, seed=1)),
    "cross_entropy_of_labels": lambda: (_normal(4, 3), _LABELS.copy()),
    "softmax_of_rows": lambda: (_normal(4, 3), _normal(4, 3, seed=1)),
    "softmax_of_columns": lambda: (_normal(4, 3), _normal(4, 3, seed=1)),
    "log_softmax": lambda: (_normal(2, 4, 3), _normal(2, 4, 3, seed=1)),
    "attention_over_time": lambda: (_normal(4), _normal(3, seed=1)),
    "weighted_mean": lambda: (_normal(4), _normal(4, seed=1)),
    "in_place": lambda: (_normal(4, 3), _normal(4, 3, seed=1)),
    "weights_in_place": lambda: (_normal(4), _normal(4, seed=1)),
    "forward_algorithm": lambda: (_normal(3, 3), _normal(5, 3, seed=1)),
    "softmax_of_first_axis": lambda: (_normal(4, 3), _normal(4, 3, seed=1)),
    "top_of_last_axis": lambda: (_normal(2, 4, 3), _normal(2, 4, seed=1)),
    "top_of_rows": lambda: (_normal(4, 3), _normal(4, seed=1)),
    "top_of_columns": lambda: (_normal(4, 3), _normal(3, seed=1)),
    "top_squeezed": lambda: (_normal(4, 3), _normal(4, seed=1)),
    "top_flattened": lambda: (_normal(4, 3), _normal(4, seed=1)),
    "one_class": lambda: (_normal(4, 3), _normal(4, seed=1)),
    "in_place_of_another": lambda: (_normal(4, 3), _normal(4, 3, seed=1)),
    "first_axis_beside_rows": lambda: (_normal(3, 3), _normal(3, 3, seed=1)),
    "top_of_the_next_row": lambda: (_normal(4, 3), _normal(4, seed=1)),
    "only_shifted": lambda: (_normal(4),),
    "norm_is_used_twice": lambda: (_normal(4),),
    "other_axis": lambda: (_normal(4, 3), _normal(4, 3, seed=1)),
    "picks_from_other_rows": lambda: (_normal(4, 3), _LABELS.copy()),
    "one_label_for_all": lambda: (_normal(4, 3), np.array([2])),
    "maximum_is_returned_too": lambda: (_normal(4),),
    "maximum_in_a_branch": lambda: (_normal(4), 0.3),
}
MORE_ARGS = {"maximum_in_a_branch": [lambda: (_normal(4), -0.3)]}
