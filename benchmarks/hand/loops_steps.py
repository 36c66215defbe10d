"""Gradients by hand for Numba: the workloads that go through time."""

from __future__ import annotations

import math
from typing import Any

import numba
import numpy as np

Array = Any


@numba.njit
def _cell(
    v: float, h: float, c: float, w: Array, bias: Array, k: int, b: int, kept: Array
) -> tuple[float, float]:
    """Return hidden and cell of one number of one layer; keep the gates and what they met."""
    f = 1.0 / (1.0 + math.exp(-(v * w[k] + bias[k])))
    g = 1.0 / (1.0 + math.exp(-(h * w[b + k] + bias[b + k])))
    o = 1.0 / (1.0 + math.exp(-(v * w[2 * b + k] + bias[2 * b + k])))
    a = math.tanh(h * w[3 * b + k] + bias[3 * b + k])
    new = c * f + g * a
    after = math.tanh(new)
    kept[0, k], kept[1, k], kept[2, k], kept[3, k] = f, g, o, a
    kept[4, k], kept[5, k], kept[6, k] = c, after, h
    return o * after, new


@numba.njit
def lstm(main: Array, extra: Array, state: Array, sequence: Array) -> tuple[Array, Array]:
    """Return the gradients of a diagonal LSTM: seven numbers are kept a cell and step."""
    layers, b = len(state) // 2, state.shape[1]
    turns = len(sequence) - 1
    kept = np.empty((turns, layers, 7, b))
    d_y, tops = np.empty((turns, b)), np.empty((turns, b))
    s, scale = state.copy(), -1.0 / (b * turns)
    for t in range(turns):
        v = tops[t]
        for k in range(b):
            v[k] = sequence[t, k] * extra[0, k]
        for i in range(layers):
            for k in range(b):
                h, c = s[2 * i, k], s[2 * i + 1, k]
                h, c = _cell(v[k], h, c, main[2 * i], main[2 * i + 1], k, b, kept[t, i])
                s[2 * i, k], s[2 * i + 1, k], v[k] = h, c, h
        total, weight = 2.0, 0.0
        for k in range(b):
            d_y[t, k] = math.exp(v[k] * extra[1, k] + extra[2, k])
            total += d_y[t, k]
            weight += sequence[t + 1, k]
        for k in range(b):
            d_y[t, k] = scale * (sequence[t + 1, k] - d_y[t, k] / total * weight)
    return _lstm_back(main, extra, sequence, kept, d_y, tops)


@numba.njit
def _lstm_back(
    main: Array, extra: Array, sequence: Array, kept: Array, d_y: Array, tops: Array
) -> tuple[Array, Array]:
    turns, layers, _, b = kept.shape
    d_main, d_extra = np.zeros_like(main), np.zeros_like(extra)
    d_hidden, d_cells, d_v = np.zeros((layers, b)), np.zeros((layers, b)), np.empty(b)
    for t in range(turns - 1, -1, -1):
        for k in range(b):
            d_extra[1, k] += d_y[t, k] * tops[t, k]
            d_extra[2, k] += d_y[t, k]
            d_v[k] = d_y[t, k] * extra[1, k]
        for i in range(layers - 1, -1, -1):
            own, w = kept[t, i], main[2 * i]
            d_w, d_bias = d_main[2 * i], d_main[2 * i + 1]
            for k in range(b):
                f, g, o, a = own[0, k], own[1, k], own[2, k], own[3, k]
                after, h = own[5, k], own[6, k]
                if i > 0:
                    v = kept[t, i - 1, 2, k] * kept[t, i - 1, 5, k]
                else:
                    v = sequence[t, k] * extra[0, k]
                d_h = d_hidden[i, k] + d_v[k]
                d_c = d_cells[i, k] + d_h * o * (1.0 - after * after)
                d_f, d_g = d_c * own[4, k] * f * (1.0 - f), d_c * a * g * (1.0 - g)
                d_o, d_a = d_h * after * o * (1.0 - o), d_c * g * (1.0 - a * a)
                d_cells[i, k] = d_c * f
                d_bias[k] += d_f
                d_bias[b + k] += d_g
                d_bias[2 * b + k] += d_o
                d_bias[3 * b + k] += d_a
                d_w[k] += d_f * v
                d_w[b + k] += d_g * h
                d_w[2 * b + k] += d_o * v
                d_w[3 * b + k] += d_a * h
                d_v[k] = d_f * w[k] + d_o * w[2 * b + k]
                d_hidden[i, k] = d_g * w[b + k] + d_a * w[3 * b + k]
        for k in range(b):
            d_extra[0, k] += d_v[k] * sequence[t, k]
    return d_main, d_extra


@numba.njit
def _stage(x: Array, y: Array, k: Array, share: float, into: Array) -> None:
    """Write the slope at a stage: it needs the one before at the neighbour only."""
    into[0] = x[0]
    for i in range(1, len(x)):
        into[i] = x[i] * (y[i - 1] + share * k[i - 1])


@numba.njit
def ode(x: Array, steps: int) -> Array:
    """Return the gradient of the sum of the final state; kept is the state before each step."""
    n, h = len(x), 2.0 / steps
    states = np.zeros((steps + 1, n))
    k1, k2, k3, k4 = np.zeros(n), np.zeros(n), np.zeros(n), np.zeros(n)
    for s in range(steps):
        y = states[s]
        _stage(x, y, y, 0.0, k1)
        _stage(x, y, k1, 0.5 * h, k2)
        _stage(x, y, k2, 0.5 * h, k3)
        _stage(x, y, k3, h, k4)
        for i in range(n):
            states[s + 1, i] = y[i] + h / 6.0 * (k1[i] + 2.0 * k2[i] + 2.0 * k3[i] + k4[i])
    d_x, d_y, d_k = np.zeros(n), np.ones(n), np.zeros(n)
    for s in range(steps - 1, -1, -1):
        y = states[s]
        _stage(x, y, y, 0.0, k1)
        _stage(x, y, k1, 0.5 * h, k2)
        _stage(x, y, k2, 0.5 * h, k3)
        _stage_back(x, y, k3, h, h / 6.0, d_y, d_k, 0.0, d_x, k4)
        _stage_back(x, y, k2, 0.5 * h, h / 3.0, d_y, k4, h, d_x, d_k)
        _stage_back(x, y, k1, 0.5 * h, h / 3.0, d_y, d_k, 0.5 * h, d_x, k3)
        for i in range(n):
            met = d_k[i] + k4[i] + k3[i]
            k4[i] = met
        _stage_back(x, y, k1, 0.0, h / 6.0, d_y, k3, 0.5 * h, d_x, d_k)
        for i in range(n):
            d_y[i] += k4[i] + d_k[i]
    return d_x


@numba.njit
def _stage_back(
    x: Array, y: Array, k: Array, share: float, weight: float, d_y: Array, d_after: Array,
    reach: float, d_x: Array, d_inner: Array,
) -> None:  # fmt: skip
    """Take a stage's slope back: its adjoint comes from the state and from the stage after."""
    n = len(x)
    d_x[0] += weight * d_y[0] + reach * d_after[0]
    for i in range(1, n):
        d_k = weight * d_y[i] + reach * d_after[i]
        d_x[i] += d_k * (y[i - 1] + share * k[i - 1])
        d_inner[i - 1] = d_k * x[i]
    d_inner[n - 1] = 0.0
