"""One small loss for each elementwise operation and form of broadcasting."""

from __future__ import annotations

import math
from math import log as natural_log

import numpy as np
from numpy import tanh as bend


def sin(x):
    return np.sum(np.sin(x) * x)


def cos(x):
    return np.sum(np.cos(x) * x)


def tan(x):
    return np.sum(np.tan(x) * x)


def sinh(x):
    return np.sum(np.sinh(x) * x)


def cosh(x):
    return np.sum(np.cosh(x) * x)


def tanh(x):
    return np.sum(np.tanh(x) * x)


def exp(x):
    return np.sum(np.exp(x) * x)


def expm1(x):
    return np.sum(np.expm1(x) * x)


def square(x):
    return np.sum(np.square(x) * x)


def arctan(x):
    return np.sum(np.arctan(x) * x)


def sqrt(x):
    return np.sum(np.sqrt(x) * x)


def log(x):
    return np.sum(np.log(x) * x)


def log10(x):
    return np.sum(np.log10(x) * x)


def log2(x):
    return np.sum(np.log2(x) * x)


def log1p(x):
    return np.sum(np.log1p(x) * x)


def arcsin(x):
    return np.sum(np.arcsin(0.3 * x) * x)


def arccos(x):
    return np.sum(np.arccos(0.3 * x) * x)


def abs_function(x):
    return np.sum(np.abs(x) * x)


def abs_builtin(x):
    return np.sum(abs(x) * x)


def sign(x):
    return np.sum(np.sign(x) * x**2)


def floor_and_ceil(x):
    return np.sum(np.floor(x) * x + np.ceil(x) * x**2 + np.round(x) * x)


def degrees(x):
    return np.sum(np.deg2rad(x) * x + np.rad2deg(x))


def maximum(x, y):
    return np.sum(np.maximum(x, y) ** 2)


def maximum_scalar(x):
    return np.sum(np.maximum(x, 0.0) ** 2 + np.maximum(0.3, x))


def minimum_broadcast(x, y):
    return np.sum(np.minimum(x, y) ** 2)


def clip_function(x):
    return np.sum(np.clip(x, -0.5, 0.5) * x)


def clip_method(x, c):
    return np.sum(x.clip(-c, c) * x)


def clip_one_side(x):
    return np.sum(np.clip(x, None, 0.2) * x + np.clip(x, 0.1, None) ** 2)


def where(x, y):
    return np.sum(np.where(x > 0.0, x * y, y**2))


def where_scalars(x):
    return np.sum(np.where(x > 0.0, x, 0.0) * x + np.where(x < 0.3, 1.0, x))


def where_broadcast(x, y, c):
    return np.sum(np.where(x > 0.0, y, c) ** 2)


def where_domain(x):
    return np.sum(np.where(x > 0.0, np.sqrt(np.where(x > 0.0, x, 1.0)), 0.0))


def arctan2(y, x):
    return np.sum(np.arctan2(y, x) * y)


def hypot(x, y):
    return np.sum(np.hypot(x, y) * x)


def logaddexp(x, y):
    return np.sum(np.logaddexp(x, y) * x)


def sigmoid_by_hand(x):
    return np.sum(1.0 / (1.0 + np.exp(-x)))


def sinc_like(x):
    return np.sum(np.sin(np.pi * x) / (np.pi * x) * np.e)


def imported_names(x):
    return natural_log(x) * bend(x)


def math_sin(x):
    return math.sin(x) * x


def math_cos(x):
    return math.cos(x) * x


def math_tan(x):
    return math.tan(x) * x


def math_exp(x):
    return math.exp(x) * x


def math_tanh(x):
    return math.tanh(x) * x


def math_atan(x):
    return math.atan(x) * x


def math_erf(x):
    return math.erf(x) * x


def math_sqrt(x):
    return math.sqrt(x) * x


def math_log(x):
    return math.log(x) * x


def math_log1p(x):
    return math.log1p(x) * x


def math_asin(x):
    return math.asin(x) * x


def math_acos(x):
    return math.acos(x) * x


def math_fabs(x):
    return math.fabs(x) * x


def math_degrees(x):
    return math.degrees(x) * x


def math_radians(x):
    return math.radians(x) * x


def math_pow(x, y):
    return math.pow(x, y) * x


def math_atan2(y, x):
    return math.atan2(y, x) * x


def math_hypot(x, y):
    return math.hypot(x, y) * x


def math_constants(x):
    return math.pi * x**2 + math.e * x


def math_of_elements(x):
    return math.exp(x[0]) * math.sin(x[1]) + math.sqrt(x[2])


def float_builtin(x):
    return float(x) * float(x**2) + float(3)


def builtin_max_min(x, y, z):
    return max(x, y) * min(x, y, z) + max(x, 0.0)


def numpy_of_float(x):
    return np.sin(x) * np.exp(x) + np.maximum(x, 0.2)


def _normal(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


def _positive(*shape, seed=0):
    return np.random.default_rng(seed).uniform(0.5, 1.5, size=shape)


EXAMPLE_ARGS = {
    "sin": lambda: (_normal(4),),
    "cos": lambda: (_normal(4),),
    "tan": lambda: (_normal(4),),
    "sinh": lambda: (_normal(4),),
    "cosh": lambda: (_normal(4),),
    "tanh": lambda: (_normal(4),),
    "exp": lambda: (_normal(4),),
    "expm1": lambda: (_normal(4),),
    "square": lambda: (_normal(4),),
    "arctan": lambda: (_normal(4),),
    "sqrt": lambda: (_positive(4),),
    "log": lambda: (_positive(4),),
    "log10": lambda: (_positive(4),),
    "log2": lambda: (_positive(4),),
    "log1p": lambda: (_positive(4),),
    "arcsin": lambda: (_normal(4),),
    "arccos": lambda: (_normal(4),),
    "abs_function": lambda: (_normal(4),),
    "abs_builtin": lambda: (_normal(4),),
    "sign": lambda: (_normal(4),),
    "floor_and_ceil": lambda: (_normal(4),),
    "degrees": lambda: (_normal(4),),
    "maximum": lambda: (_normal(4), _normal(4, seed=1)),
    "maximum_scalar": lambda: (_normal(4),),
    "minimum_broadcast": lambda: (_normal(3, 4), _normal(3, 1, seed=1)),
    "clip_function": lambda: (_normal(4),),
    "clip_method": lambda: (_normal(3, 4), 0.6),
    "clip_one_side": lambda: (_normal(4),),
    "where": lambda: (_normal(4), _normal(4, seed=1)),
    "where_scalars": lambda: (_normal(4),),
    "where_broadcast": lambda: (_normal(3, 1), _normal(4), 0.7),
    "where_domain": lambda: (_normal(4),),
    "arctan2": lambda: (_normal(4), _normal(4, seed=1)),
    "hypot": lambda: (_normal(4), _normal(4, seed=1)),
    "logaddexp": lambda: (_normal(4), _normal(3, 4, seed=1)),
    "sigmoid_by_hand": lambda: (_normal(4),),
    "sinc_like": lambda: (_normal(4),),
    "imported_names": lambda: (1.3,),
    "math_sin": lambda: (0.7,),
    "math_cos": lambda: (0.7,),
    "math_tan": lambda: (0.7,),
    "math_exp": lambda: (0.7,),
    "math_tanh": lambda: (0.7,),
    "math_atan": lambda: (0.7,),
    "math_erf": lambda: (0.7,),
    "math_sqrt": lambda: (0.7,),
    "math_log": lambda: (0.7,),
    "math_log1p": lambda: (0.7,),
    "math_asin": lambda: (0.7,),
    "math_acos": lambda: (0.7,),
    "math_fabs": lambda: (0.7,),
    "math_degrees": lambda: (0.7,),
    "math_radians": lambda: (0.7,),
    "math_pow": lambda: (1.3, 0.7),
    "math_atan2": lambda: (1.3, -0.7),
    "math_hypot": lambda: (1.3, -0.7),
    "math_constants": lambda: (0.7,),
    "math_of_elements": lambda: (_positive(4),),
    "float_builtin": lambda: (0.7,),
    "builtin_max_min": lambda: (0.7, 1.2, -0.4),
    "numpy_of_float": lambda: (0.7,),
}
