"""Networks, embeddings, optimisers written out, policies."""

from __future__ import annotations

import math

import numpy as np


def sigmoid(z):
    return 1.0 / (1.0 + np.exp(-z))


def lstm_cell_loop(W, b, xs):
    n = len(b) // 4
    h, c = np.zeros(n), np.zeros(n)
    for x in xs:
        z = W @ np.concatenate([x, h]) + b
        i, f, o, g = z[:n], z[n : 2 * n], z[2 * n : 3 * n], z[3 * n :]
        c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
        h = sigmoid(o) * np.tanh(c)
    return h @ h


def gru_dict(p, xs):
    h = np.zeros(2)
    for x in xs:
        z = sigmoid(p["Wz"] @ h + p["Uz"] * x)
        r = sigmoid(p["Wr"] @ h + p["Ur"] * x)
        cand = np.tanh(p["Wh"] @ (r * h) + p["Uh"] * x)
        h = (1 - z) * h + z * cand
    return np.sum(h**2)


def resnet_blocks(ws, x):
    for w in ws:
        x = x + np.maximum(w @ x, 0.0)
    return x @ x


def mlp_list_of_dicts(layers, x, y):
    h = x
    for i, layer in enumerate(layers):
        h = h @ layer["w"] + layer["b"]
        if i < len(layers) - 1:
            h = np.tanh(h)
    return np.mean((h.ravel() - y) ** 2)


def batch_norm(x, gamma, beta):
    mu = x.mean(axis=0)
    var = ((x - mu) ** 2).mean(axis=0)
    return np.sum(np.tanh(gamma * (x - mu) / np.sqrt(var + 1e-5) + beta))


def layer_norm_rows(x, g):
    out = np.empty_like(x)
    for i, row in enumerate(x):
        out[i] = g * (row - row.mean()) / (row.std() + 1e-3)
    return np.sum(out**3)


def causal_attention(x, w):
    s = x @ w @ x.T
    n = len(x)
    for i in range(n):
        s[i, i + 1 :] = -1e9
    s = np.exp(s - s.max(axis=1, keepdims=True))
    a = s / s.sum(axis=1, keepdims=True)
    return np.sum((a @ x) ** 2)


def contrastive(z, temperature):
    z = z / np.linalg.norm(z, axis=1, keepdims=True)
    s = z @ z.T / temperature
    loss = 0.0
    n = len(z)
    for i in range(n):
        pos = i + 1 if i % 2 == 0 else i - 1
        denom = 0.0
        for j in range(n):
            if j != i:
                denom += np.exp(s[i, j])
        loss -= s[i, pos] - np.log(denom)
    return loss / n


def triplet(e, triples, margin):
    loss = 0.0
    for a, p, n in triples:
        d = np.sum((e[a] - e[p]) ** 2) - np.sum((e[a] - e[n]) ** 2) + margin
        loss += max(d, 0.0)
    return loss


def adam_unrolled(w, lr):
    m = v = np.zeros(len(w))
    for t in range(1, 4):
        g = 2 * w
        m = 0.9 * m + 0.1 * g
        v = 0.99 * v + 0.01 * g**2
        w = w - lr * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.99**t)) + 1e-8)
    return np.sum(w**4)


def policy_rollout(theta, s):
    reward = 0.0
    discount = 1.0
    for t in range(10):
        action = math.tanh(theta[0] * s + theta[1])
        s = 0.9 * s + 0.5 * action
        reward += discount * (-((s - 1) ** 2) - 0.1 * action**2)
        discount *= 0.95
        if abs(s) > 5:
            reward -= 10.0
            break
    return -reward


def matrix_factorisation(u, v, ratings):
    loss = 0.0
    for i, j, r in ratings:
        loss += (r - u[i] @ v[j]) ** 2 + 0.01 * (u[i] @ u[i] + v[j] @ v[j])
    return loss


def word2vec_negative(e, pairs, negs):
    loss = 0.0
    for (c, o), ns in zip(pairs, negs):
        loss -= np.log(sigmoid(e[c] @ e[o]))
        for n in ns:
            loss -= np.log(sigmoid(-e[c] @ e[n]))
    return loss


def graph_laplacian(f, edges, w):
    total = 0.0
    for k, (i, j) in enumerate(edges):
        total += w[k] * (f[i] - f[j]) ** 2
    return total


def page_rank(w, d):
    p = w / w.sum(axis=0)
    r = np.ones(len(w)) / len(w)
    for _ in range(6):
        r = d * (p @ r) + (1 - d) / len(w)
    return -np.sum(r * np.log(r))


EDGES = [(0, 1), (1, 2), (2, 4)]


def _normal(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


def _positive(*shape, seed=0):
    return np.abs(_normal(*shape, seed=seed)) + 0.5


EXAMPLE_ARGS = {
    "lstm_cell_loop": lambda: (_normal(8, 4), _normal(8, seed=1), _normal(3, 2, seed=2)),
    "gru_dict": lambda: (
        {
            "Wz": _normal(2, 2),
            "Uz": _normal(2, seed=1),
            "Wr": _normal(2, 2, seed=2),
            "Ur": _normal(2, seed=3),
            "Wh": _normal(2, 2, seed=4),
            "Uh": _normal(2, seed=5),
        },
        _normal(3, seed=6),
    ),
    "resnet_blocks": lambda: ([_normal(3, 3), _normal(3, 3, seed=1)], _normal(3, seed=2)),
    "mlp_list_of_dicts": lambda: (
        [{"w": _normal(3, 2), "b": np.zeros(2)}, {"w": _normal(2, 1, seed=1), "b": np.zeros(1)}],
        _normal(6, 3, seed=2),
        _normal(6, seed=3),
    ),
    "batch_norm": lambda: (_normal(6, 3), _positive(3, seed=1), _normal(3, seed=2)),
    "layer_norm_rows": lambda: (_normal(3, 3), _positive(3, seed=1)),
    "causal_attention": lambda: (_normal(3, 3), _normal(3, 3, seed=1)),
    "contrastive": lambda: (_normal(4, 3), 0.7),
    "triplet": lambda: (_normal(4, 3), [(0, 1, 2), (1, 2, 3)], 1.0),
    "adam_unrolled": lambda: (_normal(5), 0.1),
    "policy_rollout": lambda: (np.array([0.4, 0.2]), 0.5),
    "matrix_factorisation": lambda: (
        _normal(3, 2),
        _normal(3, 2, seed=1),
        [(0, 1, 3.0), (2, 0, 1.0)],
    ),
    "word2vec_negative": lambda: (_normal(4, 2), [(0, 1), (2, 3)], [(2, 3), (0, 1)]),
    "graph_laplacian": lambda: (_normal(5), EDGES, _positive(3, seed=1)),
    "page_rank": lambda: (np.abs(_normal(3, 3)) + 0.1, 0.85),
}

ARGNUMS = {
    "mlp_list_of_dicts": (0,),
    "triplet": (0,),
    "matrix_factorisation": (0, 1),
    "graph_laplacian": (0, 2),
}

MORE_ARGS = {
    "policy_rollout": [lambda: (np.array([9.0, 0.2]), 50.5)],
}
