"""One small loss for each reduction, in function and method form."""

from __future__ import annotations

import numpy as np


def sum_all(x):
    return np.sum(x) ** 2


def sum_axis(x):
    return np.sum(np.sum(x, axis=0) ** 2)


def sum_negative_axis(x):
    return np.sum(np.sum(x, axis=-1) ** 2)


def sum_keepdims(x):
    return np.sum(x * np.sum(x, axis=1, keepdims=True) ** 2)


def sum_method(x):
    return np.sum(x.sum(axis=1) ** 2) + x.sum()


def sum_method_positional(x):
    return np.sum(x.sum(0) ** 2)


def mean_all(x):
    return np.mean(x) ** 2


def mean_axis(x):
    return np.sum(np.mean(x, axis=0) ** 2)


def mean_negative_axis(x):
    return np.sum(np.mean(x, axis=-1) ** 2)


def mean_keepdims(x):
    return np.sum(x * np.mean(x, axis=1, keepdims=True) ** 2)


def mean_method(x):
    return np.sum(x.mean(axis=1) ** 2) + x.mean()


def mean_method_positional(x):
    return np.sum(x.mean(0) ** 2)


def var_all(x):
    return np.var(x) ** 2


def var_axis(x):
    return np.sum(np.var(x, axis=0) ** 2)


def var_negative_axis(x):
    return np.sum(np.var(x, axis=-1) ** 2)


def var_keepdims(x):
    return np.sum(x * np.var(x, axis=1, keepdims=True) ** 2)


def var_method(x):
    return np.sum(x.var(axis=1) ** 2) + x.var()


def var_method_positional(x):
    return np.sum(x.var(0) ** 2)


def std_all(x):
    return np.std(x) ** 2


def std_axis(x):
    return np.sum(np.std(x, axis=0) ** 2)


def std_negative_axis(x):
    return np.sum(np.std(x, axis=-1) ** 2)


def std_keepdims(x):
    return np.sum(x * np.std(x, axis=1, keepdims=True) ** 2)


def std_method(x):
    return np.sum(x.std(axis=1) ** 2) + x.std()


def std_method_positional(x):
    return np.sum(x.std(0) ** 2)


def prod_all(x):
    return np.prod(x) ** 2


def prod_axis(x):
    return np.sum(np.prod(x, axis=0) ** 2)


def prod_negative_axis(x):
    return np.sum(np.prod(x, axis=-1) ** 2)


def prod_keepdims(x):
    return np.sum(x * np.prod(x, axis=1, keepdims=True) ** 2)


def prod_method(x):
    return np.sum(x.prod(axis=1) ** 2) + x.prod()


def prod_method_positional(x):
    return np.sum(x.prod(0) ** 2)


def max_all(x):
    return np.max(x) ** 2


def max_axis(x):
    return np.sum(np.max(x, axis=0) ** 2)


def max_keepdims(x):
    return np.sum(x * np.max(x, axis=-1, keepdims=True))


def max_method(x):
    return np.sum(x.max(axis=1) ** 2) + x.max()


def min_all(x):
    return np.min(x) ** 2


def min_axis(x):
    return np.sum(np.min(x, axis=0) ** 2)


def min_keepdims(x):
    return np.sum(x * np.min(x, axis=-1, keepdims=True))


def min_method(x):
    return np.sum(x.min(axis=1) ** 2) + x.min()


def sum_axes(x):
    return np.sum(np.sum(x, axis=(0, 2)) ** 2)


def mean_axes(x):
    return np.sum(np.mean(x, axis=(0, 2)) ** 2)


def var_axes(x):
    return np.sum(np.var(x, axis=(0, 2)) ** 2)


def sum_axes_keepdims(x):
    return np.sum(x * np.sum(x, axis=(1, -1), keepdims=True))


def max_axes(x):
    return np.sum(np.max(x, axis=(0, 2)) ** 2)


def var_ddof(x):
    return np.var(x, ddof=1) + np.sum(np.std(x, axis=0, ddof=1))


def sum_builtin(x):
    return sum(x) * sum(x[1:] * x[:-1])


def max_builtin(x):
    return max(x) * min(x) ** 2


def sum_of_scalar(x):
    return np.sum(x) * x


def cumsum(x):
    return np.sum(np.cumsum(x) ** 2)


def cumsum_axis(x):
    return np.sum(np.cumsum(x, axis=0) ** 2 + x.cumsum(axis=1) ** 3)


def cumsum_flat(x):
    return np.sum(np.cumsum(x) ** 2)


def prod_with_zero(x):
    return np.prod(x) + np.prod(x[1:])


def prod_with_two_zeros(x):
    return np.prod(x) + np.sum(x)


def prod_axis_with_zero(x):
    return np.sum(np.prod(x, axis=1) ** 2) + np.sum(np.prod(x, axis=0))


def logsumexp_by_hand(x):
    return _logsumexp(x)


def logsumexp_rows(x):
    return np.sum(_logsumexp_rows(x) ** 2)


def softmax_rows(x, y):
    return np.sum(_softmax_rows(x) * y)


def norm_vector(x):
    return np.linalg.norm(x) * x[0]


def norm_matrix(x):
    return np.linalg.norm(x) ** 3


def norm_axis(x):
    return np.sum(np.linalg.norm(x, axis=1) ** 3)


def norm_keepdims(x):
    return np.sum(x**2 / np.linalg.norm(x, axis=1, keepdims=True))


def norm_one(x):
    return np.linalg.norm(x, 1) * x[0] + np.linalg.norm(x, ord=2)


def median(x):
    return np.median(x) ** 2 + np.sum(np.median(x, axis=0) ** 2)


def trace(x):
    return np.trace(x) ** 2


def argmax_picks(x):
    return x[np.argmax(x)] ** 2 * x[x.argmin()]


def any_and_all(x):
    return np.sum(x**2) if np.any(x > 0.0) and not np.all(x > 0.0) else np.sum(x)


def normalised(x):
    return np.sum(((x - np.mean(x, axis=0)) / np.std(x, axis=0)) ** 3)


def sizes(x):
    return np.sum(x) / x.size + np.sum(x**2) * x.shape[0] / x.ndim + x[0, 0] * len(x) + np.size(x)


def _logsumexp(x):
    top = np.max(x)
    return top + np.log(np.sum(np.exp(x - top)))


def _logsumexp_rows(x):
    top = np.max(x, axis=1, keepdims=True)
    return np.squeeze(top, axis=1) + np.log(np.sum(np.exp(x - top), axis=1))


def _softmax_rows(x):
    exped = np.exp(x - x.max(axis=1, keepdims=True))
    return exped / exped.sum(axis=1, keepdims=True)


def _normal(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


EXAMPLE_ARGS = {
    "sum_all": lambda: (_normal(3, 4),),
    "sum_axis": lambda: (_normal(3, 4),),
    "sum_negative_axis": lambda: (_normal(2, 3, 4),),
    "sum_keepdims": lambda: (_normal(3, 4),),
    "sum_method": lambda: (_normal(3, 4),),
    "sum_method_positional": lambda: (_normal(3, 4),),
    "mean_all": lambda: (_normal(3, 4),),
    "mean_axis": lambda: (_normal(3, 4),),
    "mean_negative_axis": lambda: (_normal(2, 3, 4),),
    "mean_keepdims": lambda: (_normal(3, 4),),
    "mean_method": lambda: (_normal(3, 4),),
    "mean_method_positional": lambda: (_normal(3, 4),),
    "var_all": lambda: (_normal(3, 4),),
    "var_axis": lambda: (_normal(3, 4),),
    "var_negative_axis": lambda: (_normal(2, 3, 4),),
    "var_keepdims": lambda: (_normal(3, 4),),
    "var_method": lambda: (_normal(3, 4),),
    "var_method_positional": lambda: (_normal(3, 4),),
    "std_all": lambda: (_normal(3, 4),),
    "std_axis": lambda: (_normal(3, 4),),
    "std_negative_axis": lambda: (_normal(2, 3, 4),),
    "std_keepdims": lambda: (_normal(3, 4),),
    "std_method": lambda: (_normal(3, 4),),
    "std_method_positional": lambda: (_normal(3, 4),),
    "prod_all": lambda: (_normal(3, 4),),
    "prod_axis": lambda: (_normal(3, 4),),
    "prod_negative_axis": lambda: (_normal(2, 3, 4),),
    "prod_keepdims": lambda: (_normal(3, 4),),
    "prod_method": lambda: (_normal(3, 4),),
    "prod_method_positional": lambda: (_normal(3, 4),),
    "max_all": lambda: (_normal(3, 4),),
    "max_axis": lambda: (_normal(3, 4),),
    "max_keepdims": lambda: (_normal(2, 3, 4),),
    "max_method": lambda: (_normal(3, 4),),
    "min_all": lambda: (_normal(3, 4),),
    "min_axis": lambda: (_normal(3, 4),),
    "min_keepdims": lambda: (_normal(2, 3, 4),),
    "min_method": lambda: (_normal(3, 4),),
    "sum_axes": lambda: (_normal(2, 3, 4),),
    "mean_axes": lambda: (_normal(2, 3, 4),),
    "var_axes": lambda: (_normal(2, 3, 4),),
    "sum_axes_keepdims": lambda: (_normal(2, 3, 4),),
    "max_axes": lambda: (_normal(2, 3, 4),),
    "var_ddof": lambda: (_normal(3, 4),),
    "sum_builtin": lambda: (_normal(4),),
    "max_builtin": lambda: (_normal(4),),
    "sum_of_scalar": lambda: (1.3,),
    "cumsum": lambda: (_normal(4),),
    "cumsum_axis": lambda: (_normal(3, 4),),
    "cumsum_flat": lambda: (_normal(3, 4),),
    "prod_with_zero": lambda: (np.array([0.0, 1.5, -2.0]),),
    "prod_with_two_zeros": lambda: (np.array([0.0, 1.5, 0.0]),),
    "prod_axis_with_zero": lambda: (np.array([[0.0, 1.5], [2.0, 0.5], [1.0, -1.0]]),),
    "logsumexp_by_hand": lambda: (_normal(4),),
    "logsumexp_rows": lambda: (_normal(3, 4),),
    "softmax_rows": lambda: (_normal(3, 4), _normal(3, 4, seed=1)),
    "norm_vector": lambda: (_normal(4),),
    "norm_matrix": lambda: (_normal(3, 4),),
    "norm_axis": lambda: (_normal(3, 4),),
    "norm_keepdims": lambda: (_normal(3, 4),),
    "norm_one": lambda: (_normal(4),),
    "median": lambda: (_normal(5, 4),),
    "trace": lambda: (_normal(3, 3),),
    "argmax_picks": lambda: (_normal(4),),
    "any_and_all": lambda: (_normal(4),),
    "normalised": lambda: (_normal(5, 3),),
    "sizes": lambda: (_normal(3, 4),),
}

MAY_BE_REFUSED = {"max_builtin", "median"}
