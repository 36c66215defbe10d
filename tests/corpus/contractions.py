"""Products of vectors and matrices of every rank up to two."""

from __future__ import annotations

import numpy as np


def matmul_vectors(a, b):
    return np.matmul(a, b) ** 2


def matmul_vector_matrix(a, b):
    return np.sum(np.matmul(a, b) ** 2)


def matmul_matrix_vector(a, b):
    return np.sum(np.matmul(a, b) ** 2)


def matmul_matrices(a, b):
    return np.sum(np.matmul(a, b) ** 2)


def dot_vectors(a, b):
    return np.dot(a, b) ** 2


def dot_vector_matrix(a, b):
    return np.sum(np.dot(a, b) ** 2)


def dot_matrix_vector(a, b):
    return np.sum(np.dot(a, b) ** 2)


def dot_matrices(a, b):
    return np.sum(np.dot(a, b) ** 2)


def at_vectors(a, b):
    return (a @ b) ** 2


def at_vector_matrix(a, b):
    return np.sum((a @ b) ** 2)


def at_matrix_vector(a, b):
    return np.sum((a @ b) ** 2)


def at_matrices(a, b):
    return np.sum((a @ b) ** 2)


def at_transposed(a, b):
    return np.sum((a.T @ b) ** 2 + (b.T @ a).T)


def at_same(a):
    return np.sum((a @ a) ** 2) + np.sum(a.T @ a)


def quadratic_form(x, a):
    return x @ a @ x


def dot_method(a, b):
    return np.sum(a.dot(b) ** 2)


def dot_scalar(a, c):
    return np.sum(np.dot(a, c) ** 2)


def at_size_one(a, b):
    return np.sum((a @ b) ** 2)


def chain_of_products(a, b, c):
    return np.sum(np.tanh(a @ b) @ c)


def augmented_at(a, b):
    return _augmented_at(a, b)


def outer(a, b):
    return np.sum(np.outer(a, b) ** 2 * np.outer(a, b))


def inner(a, b):
    return np.inner(a, b) ** 2


def inner_matrices(a, b):
    return np.sum(np.inner(a, b) ** 2)


def _augmented_at(a, b):
    a = a * 1.0
    a @= b
    return np.sum(a * a)


def _normal(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


EXAMPLE_ARGS = {
    "matmul_vectors": lambda: (_normal(3), _normal(3, seed=1)),
    "matmul_vector_matrix": lambda: (_normal(3), _normal(3, 4, seed=1)),
    "matmul_matrix_vector": lambda: (_normal(4, 3), _normal(3, seed=1)),
    "matmul_matrices": lambda: (_normal(2, 3), _normal(3, 4, seed=1)),
    "dot_vectors": lambda: (_normal(3), _normal(3, seed=1)),
    "dot_vector_matrix": lambda: (_normal(3), _normal(3, 4, seed=1)),
    "dot_matrix_vector": lambda: (_normal(4, 3), _normal(3, seed=1)),
    "dot_matrices": lambda: (_normal(2, 3), _normal(3, 4, seed=1)),
    "at_vectors": lambda: (_normal(3), _normal(3, seed=1)),
    "at_vector_matrix": lambda: (_normal(3), _normal(3, 4, seed=1)),
    "at_matrix_vector": lambda: (_normal(4, 3), _normal(3, seed=1)),
    "at_matrices": lambda: (_normal(2, 3), _normal(3, 4, seed=1)),
    "at_transposed": lambda: (_normal(3, 2), _normal(3, 4, seed=1)),
    "at_same": lambda: (_normal(3, 3),),
    "quadratic_form": lambda: (_normal(3), _normal(3, 3)),
    "dot_method": lambda: (_normal(4, 3), _normal(3, seed=1)),
    "dot_scalar": lambda: (_normal(3), 1.3),
    "at_size_one": lambda: (_normal(4, 1), _normal(1, 3, seed=1)),
    "chain_of_products": lambda: (_normal(2, 3), _normal(3, 4, seed=1), _normal(4, seed=2)),
    "augmented_at": lambda: (_normal(2, 3), _normal(3, 3, seed=1)),
    "outer": lambda: (_normal(3), _normal(4, seed=1)),
    "inner": lambda: (_normal(3), _normal(3, seed=1)),
    "inner_matrices": lambda: (_normal(2, 3), _normal(4, 3, seed=1)),
}
