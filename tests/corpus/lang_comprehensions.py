"""List and dict comprehensions, nested and filtered."""

from __future__ import annotations

import math

import numpy as np


def list_comp_sum(a):
    return sum([v * v for v in a])


def nested_list_comp_matrix(x, y):
    k = np.array([[np.exp(-((a - b) ** 2)) for b in y] for a in x])
    return np.sum(k)


def rbf_kernel_logdet(x, scale):
    n = len(x)
    k = np.array(
        [[math.exp(-0.5 * ((x[i] - x[j]) / scale) ** 2) for j in range(n)] for i in range(n)]
    )
    return np.sum(k * k) + np.trace(k)


def array_from_comp(x, degree):
    feats = np.array([x**k for k in range(degree + 1)])
    return feats @ feats


def vandermonde_fit(coef, xs, ys):
    basis = np.array([[x**k for k in range(len(coef))] for x in xs])
    return np.sum((basis @ coef - ys) ** 2)


def dict_comp(params):
    sq = {k: np.sum(v**2) for k, v in params.items()}
    return sq["w"] * sq["b"] + sum(sq.values())


def dict_comp_sgd(params, lr):
    grads = {k: 2 * v for k, v in params.items()}
    new = {k: params[k] - lr * grads[k] for k in params}
    return sum(np.sum(v**2) for v in new.values())


def comp_with_helper_and_condition(a, t):
    def f(v):
        return v * v if v > t else t * v

    return sum(f(v) for v in a)


def comp_scope(x):
    x_list = [x * i for i in range(3)]
    y = [x for x in x_list]
    return sum(y) + x


def comp_of_arrays_rows(m):
    norms = [np.sqrt(row @ row) for row in m]
    return sum(norms) + max(norms)


def comp_enumerate_zip(a, b):
    terms = [i * x * y for i, (x, y) in enumerate(zip(a, b))]
    return sum(terms)


def mean_of_list(a):
    return np.mean([v**2 for v in a]) + np.std([v * 2 for v in a])


def softmax_pure_python(z, label):
    m = max(z)
    e = [math.exp(v - m) for v in z]
    s = sum(e)
    return -math.log(e[label] / s)


def conditional_comp(a):
    clipped = [v if abs(v) < 1 else v / abs(v) * (2 * abs(v) - 1) ** 0.5 for v in a]
    return np.sum(np.array(clipped) ** 2)


def moving_average(a, w):
    n = len(a) - w + 1
    ma = np.array([np.mean(a[i : i + w]) for i in range(n)])
    return np.sum((ma - a[w - 1 :]) ** 2)


def flatten_params(params):
    flat = np.concatenate([p.ravel() for p in params])
    return flat @ flat


def return_in_comprehension_helper(a):
    def f(v):
        if v > 0:
            return v**2
        return -v

    vals = [f(v) for v in a]
    return max(vals) + vals[0]


def walrus_in_comprehension(a, t):
    kept = [s for v in a if (s := v * v) > t]
    return sum(kept) + s


def zero_length_everything(a):
    xs = [v for v in a if v > 100]
    total = sum(xs)
    for v in xs:
        total += v
    return total + np.sum(a[5:]) + np.sum(a)


def any_of_list(a):
    return a[0] ** 2 if any([v > 10 for v in a]) else a[1] ** 2


def condition_in_lambda(a):
    kept = lambda factor: sum([0.5 * v * factor for v in a if v > 0.1])
    return kept(0.5) + kept(a[0]) * a[1]


def attention_loop(q, k, v):
    total = 0.0
    for i in range(q.shape[0]):
        scores = np.array([q[i] @ k[j] for j in range(k.shape[0])])
        scores = np.exp(scores - scores.max())
        scores /= scores.sum()
        out = np.zeros(v.shape[1])
        for j in range(k.shape[0]):
            out += scores[j] * v[j]
        total += out @ out
    return total


def kmeans_hard(c, x):
    total = 0.0
    for p in x:
        d = [np.sum((p - ck) ** 2) for ck in c]
        total += min(d)
    return total


def _normal(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


def _positive(*shape, seed=0):
    return np.abs(_normal(*shape, seed=seed)) + 0.5


EXAMPLE_ARGS = {
    "list_comp_sum": lambda: (_normal(5),),
    "nested_list_comp_matrix": lambda: (_normal(3), _positive(2, seed=1)),
    "rbf_kernel_logdet": lambda: (_normal(3), 0.8),
    "array_from_comp": lambda: (0.7, 4),
    "vandermonde_fit": lambda: (_normal(3), _positive(5, seed=1), _normal(5, seed=2)),
    "dict_comp": lambda: ({"w": _normal(5), "b": _positive(2, seed=1)},),
    "dict_comp_sgd": lambda: ({"w": _normal(5), "b": 0.4}, 0.1),
    "comp_with_helper_and_condition": lambda: (_normal(5), 0.2),
    "comp_scope": lambda: (1.3,),
    "comp_of_arrays_rows": lambda: (_normal(3, 4),),
    "comp_enumerate_zip": lambda: (_normal(5), _positive(5, seed=1)),
    "mean_of_list": lambda: (_normal(5),),
    "softmax_pure_python": lambda: ([0.1, 0.9, -0.4], 1),
    "conditional_comp": lambda: (_normal(5) * 2,),
    "moving_average": lambda: (_normal(5), 2),
    "flatten_params": lambda: ([_normal(5), _normal(3, 4, seed=1)],),
    "return_in_comprehension_helper": lambda: (_normal(5),),
    "walrus_in_comprehension": lambda: (_normal(5), 0.2),
    "zero_length_everything": lambda: (_normal(5),),
    "any_of_list": lambda: (_normal(5),),
    "condition_in_lambda": lambda: (_normal(5),),
    "attention_loop": lambda: (_normal(2, 3), _normal(2, 3, seed=1), _normal(2, 3, seed=2)),
    "kmeans_hard": lambda: (_normal(2, 3), _normal(6, 3, seed=1)),
}

ARGNUMS = {
    "kmeans_hard": (0,),
}

MORE_ARGS = {
    "any_of_list": [lambda: (_normal(5) + 20,)],
}
