"""Filters, alignments, images, smoothing."""

from __future__ import annotations

import math

import numpy as np


def fir_filter(h, x, target):
    n = len(x)
    y = np.zeros(n)
    for i in range(n):
        for k in range(len(h)):
            if i - k >= 0:
                y[i] += h[k] * x[i - k]
    return np.sum((y - target) ** 2)


def iir_biquad(b, a, x):
    y = np.zeros_like(x)
    x1 = x2 = y1 = y2 = 0.0
    for n in range(len(x)):
        y[n] = b[0] * x[n] + b[1] * x1 + b[2] * x2 - a[0] * y1 - a[1] * y2
        x2, x1 = x1, x[n]
        y2, y1 = y1, y[n]
    return np.sum(y**2)


def lms_adaptive(mu, x, d):
    w = np.zeros(2)
    err = 0.0
    for n in range(1, len(x)):
        u = x[n - 1 : n + 1]
        e = d[n] - w @ u
        w = w + mu * e * u
        err += e**2
    return err


def dft_power(x):
    n = len(x)
    power = 0.0
    for k in range(n // 2 + 1):
        re = im = 0.0
        for t in range(n):
            re += x[t] * math.cos(2 * math.pi * k * t / n)
            im -= x[t] * math.sin(2 * math.pi * k * t / n)
        power += (re * re + im * im) * (k + 1)
    return power


def dtw_distance(a, b):
    n, m = len(a), len(b)
    D = np.full((n + 1, m + 1), np.inf)
    D[0, 0] = 0.0
    for i in range(1, n + 1):
        for j in range(1, m + 1):
            D[i, j] = (a[i - 1] - b[j - 1]) ** 2 + min(D[i - 1, j], D[i, j - 1], D[i - 1, j - 1])
    return D[n, m]


def soft_dtw(a, b, gamma):
    n, m = len(a), len(b)
    D = np.full((n + 1, m + 1), 1e10)
    D[0, 0] = 0.0
    for i in range(1, n + 1):
        for j in range(1, m + 1):
            z = -np.array([D[i - 1, j], D[i, j - 1], D[i - 1, j - 1]]) / gamma
            top = np.max(z)
            D[i, j] = (a[i - 1] - b[j - 1]) ** 2 - gamma * (top + np.log(np.sum(np.exp(z - top))))
    return D[n, m]


def total_variation(img):
    h, w = img.shape
    tv = 0.0
    for i in range(h - 1):
        for j in range(w - 1):
            dx = img[i + 1, j] - img[i, j]
            dy = img[i, j + 1] - img[i, j]
            tv += np.sqrt(dx**2 + dy**2 + 1e-3)
    return tv


def conv2d_valid(img, k):
    kh, kw = k.shape
    out = np.zeros((img.shape[0] - kh + 1, img.shape[1] - kw + 1))
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            out[i, j] = np.sum(img[i : i + kh, j : j + kw] * k)
    return np.mean(np.maximum(out, 0.1 * out) ** 2)


def max_pool(img):
    total = 0.0
    for i in range(0, img.shape[0], 2):
        for j in range(0, img.shape[1], 2):
            total += img[i : i + 2, j : j + 2].max() ** 2
    return total


def exponential_smoothing(alpha, y):
    level = y[0]
    sse = 0.0
    for t in range(1, len(y)):
        sse += (y[t] - level) ** 2
        level = alpha * y[t] + (1 - alpha) * level
    return sse


def _normal(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


def median_of_three(x, scale):
    padded = np.pad(x, 1, mode="edge")
    windows = [sorted(padded[i : i + 3])[1] for i in range(len(x))]
    return np.sum((scale * np.array(windows) - x) ** 2)


EXAMPLE_ARGS = {
    "median_of_three": lambda: (_normal(6), 1.2),
    "fir_filter": lambda: (_normal(3), _normal(6, seed=1), _normal(6, seed=2)),
    "iir_biquad": lambda: (_normal(3), np.array([0.3, 0.1]), _normal(6, seed=1)),
    "lms_adaptive": lambda: (0.1, _normal(6), _normal(6, seed=1)),
    "dft_power": lambda: (_normal(5),),
    "dtw_distance": lambda: (_normal(4), _normal(3, seed=1)),
    "soft_dtw": lambda: (_normal(3), _normal(3, seed=1), 0.5),
    "total_variation": lambda: (_normal(3, 4),),
    "conv2d_valid": lambda: (_normal(4, 4), _normal(2, 2, seed=1)),
    "max_pool": lambda: (_normal(4, 4),),
    "exponential_smoothing": lambda: (0.4, _normal(6)),
}

ARGNUMS = {
    "fir_filter": (0,),
}
