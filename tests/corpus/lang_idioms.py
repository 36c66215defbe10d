"""Idioms of NumPy and of Python's arithmetic."""

from __future__ import annotations

import numpy as np


def loop_columns(m):
    s = 0.0
    for col in m.T:
        s += np.max(col) * np.sum(col)
    return s


def np_vectorised_logic(a):
    return np.sum(np.where((a > -1) & (a < 1), a**2, 2 * np.abs(a) - 1))


def select_chained_where(a):
    return np.sum(np.where(a < -0.5, a, np.where(a > 0.5, a**2, a**3)))


def polyval_call(c, x):
    return np.sum((c * x ** np.arange(len(c))) ** 2)


def einsum_free_bilinear(x, w, y):
    return np.sum(x[:, None] * w * y[None, :])


def outer_tile_repeat(a):
    return np.sum(np.tile(a, 2) * np.repeat(a, 2))


def block_matrix(a):
    top = np.hstack([np.diag(a[:2]), np.ones((2, 1))])
    bottom = np.array([[a[2], a[3], a[4]]])
    m = np.vstack([top, bottom])
    return np.sum(m @ m)


def array_with_expressions(x, y):
    m = np.array([[x, -y], [y * y, 1.0 / x]])
    return m[0, 0] * m[1, 1] - m[0, 1] * m[1, 0]


def asarray_of_tuple_floats(x, y):
    v = np.asarray((x, y, x * y), dtype=float)
    return np.linalg.norm(v)


def float_pow_negative_base(x):
    return (-x) ** 3 + (-2.0) ** 2 * x


def operator_precedence(x, y):
    return -(x**2) + 2**-x * y / x / y - -y * +x + (x - (y - x)) / (x / (y / x)) - x % 3 // 1


def chained_power(x):
    return 2**x**0.5 + (2**x) ** 0.5


def comparison_values(x, y):
    return x * (x > y) + y * (y >= x) + (x != y)


def boolean_arith(a):
    count = np.sum(a > 0)
    return np.sum(a) / count + count


def int_conversion_of_len(a):
    half = int(len(a) / 2)
    return np.sum(a[:half]) * np.sum(a[half:])


def abs_float_int(x):
    return abs(x) + float(3) * x + int(2.7) * x**2


def min_max_many_args(x, y, z):
    return max(x, y, z) * min(x, y, z) + max([x, y]) - min((y, z))


def clip_by_min_max(x):
    return max(0.0, min(1.0, x)) ** 2 + max(x, 0) * min(x, 2)


def all_isfinite(a):
    if not np.all(np.isfinite(a)):
        return np.inf
    return np.sum(a**2)


def returns_argument(x):
    return x


def returns_element(a):
    return a[2]


def unused_argument(a, b, c=3.0):
    return np.sum(a**2)


def constant_result(x):
    y = x * 2
    return 3.0


def assert_in_loop(a):
    s = 0.0
    for v in a:
        assert np.isfinite(v), f"bad {v}"
        s += v**2
    return s


def ellipsis_newaxis(m):
    a = m[..., None]
    b = m[None, ...]
    return np.sum(a[:, :, 0] * b[0]) + np.sum(m[..., -1] ** 2)


def nested_indexing_calls(m):
    idx = [2, 0]
    return np.sum(m[idx][:, ::2] ** 2) + m[idx[0], idx[1]] * m[np.array(idx), 1].sum()


def slice_object(a):
    s = slice(1, 4)
    t = slice(None, None, 2)
    return np.sum(a[s] ** 2) * np.sum(a[t])


def matmul_variants(m, v):
    return (
        (m @ v[:3]) @ (m.T @ v[:3]) + np.dot(v, v) + m.dot(m).trace() + np.matmul(v[:3], m) @ v[:3]
    )


def argsort_then_loop(a):
    total, weight = 0.0, 1.0
    for i in np.argsort(a)[::-1]:
        total += weight * a[i] ** 2
        weight *= 0.5
    return total


def top_k_mask(a, k):
    t = np.sort(a)[-k]
    out = 0.0
    for v in a:
        out += v**2 if v >= t else 0.0
    return out


def enumerate_reversed_zip(a, b):
    s = 0.0
    for i, (x, y) in enumerate(zip(reversed(a), b[::-1])):
        s += (i + 1) * x * y
    return s


def nested_tuple_targets(a, b):
    s = 0.0
    for (i, x), (j, y) in zip(enumerate(a), enumerate(b)):
        s += x * y * (i + j)
    return s


def float32_mixed(a, w):
    return np.sum(a * w)


def bool_mask_passive(a, keep):
    return np.sum(a[keep] ** 2) + np.sum(a * keep)


def scalar_or_array(x):
    return np.sum(np.asarray(x) ** 2)


def _normal(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


def _positive(*shape, seed=0):
    return np.abs(_normal(*shape, seed=seed)) + 0.5


EXAMPLE_ARGS = {
    "np_vectorised_logic": lambda: (_normal(5),),
    "select_chained_where": lambda: (_normal(5),),
    "polyval_call": lambda: (_normal(5), 0.7),
    "einsum_free_bilinear": lambda: (_normal(3), _normal(3, 4, seed=1), _normal(4, seed=2)),
    "outer_tile_repeat": lambda: (_normal(5),),
    "block_matrix": lambda: (_normal(5),),
    "array_with_expressions": lambda: (0.7, 1.1),
    "asarray_of_tuple_floats": lambda: (0.7, 1.1),
    "float_pow_negative_base": lambda: (0.7,),
    "operator_precedence": lambda: (0.7, 1.1),
    "chained_power": lambda: (0.7,),
    "comparison_values": lambda: (0.7, 1.1),
    "boolean_arith": lambda: (np.array([0.3, -0.4, 1.2]),),
    "int_conversion_of_len": lambda: (_normal(5),),
    "abs_float_int": lambda: (-0.7,),
    "min_max_many_args": lambda: (0.7, 1.1, 0.4),
    "clip_by_min_max": lambda: (0.7,),
    "all_isfinite": lambda: (_normal(5),),
    "returns_argument": lambda: (0.7,),
    "returns_element": lambda: (_normal(5),),
    "unused_argument": lambda: (_normal(5), _positive(5, seed=1)),
    "constant_result": lambda: (0.7,),
    "assert_in_loop": lambda: (_normal(5),),
    "ellipsis_newaxis": lambda: (_normal(3, 4),),
    "nested_indexing_calls": lambda: (_normal(3, 4),),
    "slice_object": lambda: (_normal(5),),
    "matmul_variants": lambda: (_normal(3, 3) + 3.0 * np.eye(3), _normal(5, seed=1)),
    "loop_columns": lambda: (_normal(3, 4),),
    "argsort_then_loop": lambda: (_normal(5),),
    "top_k_mask": lambda: (_normal(5), 2),
    "enumerate_reversed_zip": lambda: (_normal(5), _positive(5, seed=1)),
    "nested_tuple_targets": lambda: (_normal(5), _positive(5, seed=1)),
    "float32_mixed": lambda: (_normal(5).astype(np.float32), _positive(5, seed=1)),
    "bool_mask_passive": lambda: (_normal(5), np.array([True, False, True, True, False])),
    "scalar_or_array": lambda: (0.7,),
}

MORE_ARGS = {
    "clip_by_min_max": [lambda: (-0.7,), lambda: (1.7,), lambda: (3.7,)],
    "all_isfinite": [],
}
