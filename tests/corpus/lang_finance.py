"""Bonds, options, portfolios."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np


@dataclass
class Account:
    balance: float
    rate: float

    def step(self, deposit):
        self.balance = self.balance * (1 + self.rate) + deposit
        return self.balance


def savings(p, deposits):
    accounts = [Account(p[0], p[1]), Account(p[2], p[3])]
    worst = None
    for t, deposit in enumerate(deposits):
        balance = accounts[t % 2].step(deposit)
        if worst is None or balance < worst:
            worst = balance
    return worst - sum(a.balance for a in accounts) ** 2


def bond_duration(y, coupon, n):
    price = weighted = 0.0
    for t in range(1, n + 1):
        cf = coupon if t < n else coupon + 100.0
        d = cf * math.exp(-y * t)
        price += d
        weighted += t * d
    return weighted / price


def binomial_option(s, sigma, american, n=5):
    dt = 1.0 / n
    u = math.exp(sigma * math.sqrt(dt))
    d = 1 / u
    p = (math.exp(0.05 * dt) - d) / (u - d)
    values = np.zeros(n + 1)
    for i in range(n + 1):
        values[i] = max(1.05 - s * u ** (n - i) * d**i, 0.0)
    for step in range(n - 1, -1, -1):
        for i in range(step + 1):
            values[i] = math.exp(-0.05 * dt) * (p * values[i] + (1 - p) * values[i + 1])
            if american:
                values[i] = max(values[i], 1.05 - s * u ** (step - i) * d**i)
    return values[0]


def implied_vol(price, s, k):
    vol = 0.3
    for _ in range(10):
        d1 = (math.log(s / k) + 0.5 * vol**2) / vol
        d2 = d1 - vol
        model = s * 0.5 * (1 + math.erf(d1 / math.sqrt(2))) - k * 0.5 * (
            1 + math.erf(d2 / math.sqrt(2))
        )
        vega = s * math.exp(-0.5 * d1**2) / math.sqrt(2 * math.pi)
        vol -= (model - price) / vega
    return vol


def monte_carlo_option(s0, sigma, z):
    payoff = 0.0
    for path in z:
        s = s0
        peak = s0
        for e in path:
            s = s * math.exp(-0.5 * sigma**2 * 0.1 + sigma * math.sqrt(0.1) * e)
            peak = max(peak, s)
        payoff += max(peak - 1.0, 0.0)
    return payoff / len(z)


def portfolio_sharpe(w, mu, cov):
    w = w / np.sum(w)
    return -(w @ mu) / np.sqrt(w @ cov @ w)


def max_drawdown(returns):
    wealth = 1.0
    peak = 1.0
    worst = 0.0
    for r in returns:
        wealth *= 1 + r
        if wealth > peak:
            peak = wealth
        dd = (peak - wealth) / peak
        if dd > worst:
            worst = dd
    return worst


def _normal(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


def _positive(*shape, seed=0):
    return np.abs(_normal(*shape, seed=seed)) + 0.5


EXAMPLE_ARGS = {
    "bond_duration": lambda: (0.04, 5.0, 4),
    "binomial_option": lambda: (1.0, 0.2, True),
    "implied_vol": lambda: (0.1, 1.0, 1.05),
    "monte_carlo_option": lambda: (1.06, 0.3, _normal(3, 4)),
    "portfolio_sharpe": lambda: (_positive(3), _normal(3, seed=1), np.diag([1.0, 2.0, 0.5]) + 0.1),
    "max_drawdown": lambda: (_normal(5) * 0.1,),
    "savings": lambda: (np.array([10.0, 0.1, 5.0, 0.2]), np.array([1.0, 2.0, -3.0])),
}

ARGNUMS = {
    "monte_carlo_option": (0, 1),
}
