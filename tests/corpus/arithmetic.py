"""Arithmetic operators, with broadcasting both ways and in every form of power."""

from __future__ import annotations

import numpy as np


def negative(x):
    return np.sum(-x * x + +x)


def add_vectors(x, y):
    return np.sum((x + y) ** 2)


def add_row_to_matrix(x, y):
    return np.sum((x + y) ** 2)


def add_matrix_to_row(x, y):
    return np.sum((x + y) ** 2)


def add_column_to_row(x, y):
    return np.sum((x + y) ** 2)


def add_float(x, c):
    return np.sum((x + c) ** 2 + (c + (x + 5.0)))


def add_function(x, y):
    return np.sum(np.add(x, y) ** 2)


def subtract_vectors(x, y):
    return np.sum((x - y) ** 2)


def subtract_row_to_matrix(x, y):
    return np.sum((x - y) ** 2)


def subtract_matrix_to_row(x, y):
    return np.sum((x - y) ** 2)


def subtract_column_to_row(x, y):
    return np.sum((x - y) ** 2)


def subtract_float(x, c):
    return np.sum((x - c) ** 2 + (c - (x + 5.0)))


def subtract_function(x, y):
    return np.sum(np.subtract(x, y) ** 2)


def multiply_vectors(x, y):
    return np.sum((x * y) ** 2)


def multiply_row_to_matrix(x, y):
    return np.sum((x * y) ** 2)


def multiply_matrix_to_row(x, y):
    return np.sum((x * y) ** 2)


def multiply_column_to_row(x, y):
    return np.sum((x * y) ** 2)


def multiply_float(x, c):
    return np.sum((x * c) ** 2 + (c * (x + 5.0)))


def multiply_function(x, y):
    return np.sum(np.multiply(x, y) ** 2)


def divide_vectors(x, y):
    return np.sum((x / y) ** 2)


def divide_row_to_matrix(x, y):
    return np.sum((x / y) ** 2)


def divide_matrix_to_row(x, y):
    return np.sum((x / y) ** 2)


def divide_column_to_row(x, y):
    return np.sum((x / y) ** 2)


def divide_float(x, c):
    return np.sum((x / c) ** 2 + (c / (x + 5.0)))


def divide_function(x, y):
    return np.sum(np.divide(x, y) ** 2)


def size_one_vector(x, y):
    return np.sum((x * y) ** 2)


def zero_dimensional(x, y):
    return np.sum(x * y**2)


def rank_three(x, y):
    return np.sum((x * y) ** 2 + y)


def power_two(x):
    return np.sum(x**2)


def power_three(x):
    return np.sum(x**3)


def power_half(x):
    return np.sum(x**0.5)


def power_minus_one(x):
    return np.sum(x**-1 + x**-2.0)


def power_of_two(x):
    return np.sum(2**x + 2.0**x)


def power_both(x, y):
    return np.sum(x**y)


def power_broadcast(x, y):
    return np.sum(x**y)


def power_function(x, y):
    return np.sum(np.power(x, y) + np.power(x, 2))


def power_scalars(x, y):
    return x**y + x**2 * y**3 + 3.0**x


def power_integer_argument(x, n):
    return np.sum(x**n)


def remainder(x, y):
    return np.sum((x % y) ** 2)


def remainder_scalars(x, y):
    return (x % y) ** 2 * x


def floor_division(x, y):
    return np.sum((x // y) * x)


def in_place_operators(x, y):
    return _in_place(x, y)


def _in_place(x, y):
    a = x * 1.0
    a += y
    a *= y
    a -= x
    a /= y
    a **= 2
    return np.sum(a)


def _normal(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


def _positive(*shape, seed=0):
    return np.random.default_rng(seed).uniform(0.5, 1.5, size=shape)


EXAMPLE_ARGS = {
    "negative": lambda: (_normal(4),),
    "add_vectors": lambda: (_normal(4), _positive(4, seed=1)),
    "add_row_to_matrix": lambda: (_normal(3, 4), _positive(4, seed=1)),
    "add_matrix_to_row": lambda: (_normal(4), _positive(3, 4, seed=1)),
    "add_column_to_row": lambda: (_normal(3, 1), _positive(1, 4, seed=1)),
    "add_float": lambda: (_normal(3, 4), 1.7),
    "add_function": lambda: (_normal(4), _positive(3, 4, seed=1)),
    "subtract_vectors": lambda: (_normal(4), _positive(4, seed=1)),
    "subtract_row_to_matrix": lambda: (_normal(3, 4), _positive(4, seed=1)),
    "subtract_matrix_to_row": lambda: (_normal(4), _positive(3, 4, seed=1)),
    "subtract_column_to_row": lambda: (_normal(3, 1), _positive(1, 4, seed=1)),
    "subtract_float": lambda: (_normal(3, 4), 1.7),
    "subtract_function": lambda: (_normal(4), _positive(3, 4, seed=1)),
    "multiply_vectors": lambda: (_normal(4), _positive(4, seed=1)),
    "multiply_row_to_matrix": lambda: (_normal(3, 4), _positive(4, seed=1)),
    "multiply_matrix_to_row": lambda: (_normal(4), _positive(3, 4, seed=1)),
    "multiply_column_to_row": lambda: (_normal(3, 1), _positive(1, 4, seed=1)),
    "multiply_float": lambda: (_normal(3, 4), 1.7),
    "multiply_function": lambda: (_normal(4), _positive(3, 4, seed=1)),
    "divide_vectors": lambda: (_normal(4), _positive(4, seed=1)),
    "divide_row_to_matrix": lambda: (_normal(3, 4), _positive(4, seed=1)),
    "divide_matrix_to_row": lambda: (_normal(4), _positive(3, 4, seed=1)),
    "divide_column_to_row": lambda: (_normal(3, 1), _positive(1, 4, seed=1)),
    "divide_float": lambda: (_normal(3, 4), 1.7),
    "divide_function": lambda: (_normal(4), _positive(3, 4, seed=1)),
    "size_one_vector": lambda: (_normal(1), _normal(3, 4)),
    "zero_dimensional": lambda: (np.array(1.3), _normal(4)),
    "rank_three": lambda: (_normal(2, 3, 4), _normal(3, 1)),
    "power_two": lambda: (_normal(4),),
    "power_three": lambda: (_normal(4),),
    "power_half": lambda: (_positive(4),),
    "power_minus_one": lambda: (_positive(4),),
    "power_of_two": lambda: (_normal(4),),
    "power_both": lambda: (_positive(4), _normal(4)),
    "power_broadcast": lambda: (_positive(3, 1), _normal(4)),
    "power_function": lambda: (_positive(4), _normal(4)),
    "power_scalars": lambda: (1.3, 0.7),
    "power_integer_argument": lambda: (_normal(4), 3),
    "remainder": lambda: (_normal(4), _positive(4)),
    "remainder_scalars": lambda: (2.7, 0.8),
    "floor_division": lambda: (_normal(4), _positive(4)),
    "in_place_operators": lambda: (_normal(3, 4), _positive(4, seed=1)),
}
