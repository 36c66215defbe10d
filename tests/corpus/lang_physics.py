"""Simulations: pendulums, particles, waves, orbits, light, populations."""

from __future__ import annotations

import math

import numpy as np


def pendulum_euler(theta, omega, length):
    dt = 0.05
    g = 9.81
    for _ in range(8):
        alpha = -g / length * math.sin(theta)
        omega += alpha * dt
        theta += omega * dt
    return 0.5 * (length * omega) ** 2 + g * length * (1 - math.cos(theta))


def projectile_drag(v, angle, drag):
    x, y = 0.0, 0.0
    vx, vy = v * math.cos(angle), v * math.sin(angle)
    dt = 0.1
    while y >= 0:
        speed = math.sqrt(vx * vx + vy * vy)
        vx -= drag * speed * vx * dt
        vy -= (9.81 + drag * speed * vy) * dt
        x_old, y_old = x, y
        x += vx * dt
        y += vy * dt
    f = y_old / (y_old - y)
    return x_old + f * (x - x_old)


def lennard_jones(pos, eps, sigma):
    e = 0.0
    n = len(pos)
    for i in range(n):
        for j in range(i):
            r2 = np.sum((pos[i] - pos[j]) ** 2)
            s6 = (sigma**2 / r2) ** 3
            e += 4 * eps * (s6**2 - s6)
    return e


def lennard_jones_cutoff(pos, rc):
    e = 0.0
    for i in range(len(pos) - 1):
        for j in range(i + 1, len(pos)):
            d = pos[i] - pos[j]
            r = math.sqrt(d[0] ** 2 + d[1] ** 2)
            if r > rc:
                continue
            e += 1 / r**12 - 1 / r**6
    return e


def velocity_verlet(x, v, k):
    a = -k * x
    dt = 0.1
    for _ in range(5):
        x = x + v * dt + 0.5 * a * dt**2
        a_new = -k * x
        v = v + 0.5 * (a + a_new) * dt
        a = a_new
    return 0.5 * np.sum(v**2) + 0.5 * k * np.sum(x**2)


def wave_equation(u0, c):
    n = len(u0)
    u = np.zeros((4, n))
    u[0] = u0
    u[1] = u0
    for t in range(1, 3):
        for i in range(1, n - 1):
            u[t + 1, i] = (
                2 * u[t, i] - u[t - 1, i] + c**2 * (u[t, i + 1] - 2 * u[t, i] + u[t, i - 1])
            )
    return np.sum(u[-1] ** 2)


def ising_mean_field(h, J, beta):
    m = np.zeros(len(h))
    for _ in range(4):
        m = np.tanh(beta * (J @ m + h))
    return -m @ h - 0.5 * m @ J @ m


def upwind_advection(u, c):
    for _ in range(3):
        un = u.copy()
        for i in range(1, len(u)):
            u[i] = un[i] - c * (un[i] - un[i - 1])
    return np.sum((u - 0.5) ** 2)


def kepler_equation(M, e):
    E = M
    for _ in range(20):
        dE = (E - e * math.sin(E) - M) / (1 - e * math.cos(E))
        E -= dE
        if abs(dE) < 1e-12:
            break
    return math.tan(E / 2) ** 2


def spring_chain(x, k, rest):
    energy = 0.0
    prev = x[0]
    for cur in x[1:]:
        stretch = abs(cur - prev) - rest
        energy += 0.5 * k * stretch**2
        prev = cur
    return energy


def optics_layers(n, d, wavelength):
    r, t = 1.0, 0.0
    for ni, di in zip(n, d):
        phase = 2 * math.pi * ni * di / wavelength
        r, t = (
            r * math.cos(phase) - t * math.sin(phase) / ni,
            t * math.cos(phase) + r * ni * math.sin(phase),
        )
    return r * r + t * t


def predator_prey(p, steps):
    alpha, beta, gamma, delta = p
    prey, pred = 1.0, 0.5
    cost = 0.0
    for step in range(steps):
        dprey = alpha * prey - beta * prey * pred
        dpred = delta * prey * pred - gamma * pred
        prey, pred = prey + 0.1 * dprey, pred + 0.1 * dpred
        cost += (prey - 1.0) ** 2 + (pred - 1.0) ** 2
    return cost


def sir_model(beta, gamma, observed):
    s, i, r = 0.99, 0.01, 0.0
    loss = 0.0
    for obs in observed:
        new_inf = beta * s * i
        new_rec = gamma * i
        s -= new_inf
        i += new_inf - new_rec
        r += new_rec
        loss += (i - obs) ** 2
    return loss + r


def mandelbrot_escape(cr, ci):
    x = y = 0.0
    n = 0
    while x * x + y * y <= 4.0 and n < 30:
        x, y = x * x - y * y + cr, 2 * x * y + ci
        n += 1
    return n + 1 - math.log(math.log(math.sqrt(x * x + y * y))) / math.log(2)


def _normal(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


EXAMPLE_ARGS = {
    "pendulum_euler": lambda: (0.5, 0.1, 1.2),
    "projectile_drag": lambda: (12.0, 0.8, 0.15),
    "lennard_jones": lambda: (2 * _normal(3, 2), 1.0, 1.1),
    "lennard_jones_cutoff": lambda: (
        np.array([[0.0, 0.1], [1.2, 0.0], [0.3, 3.0], [1.5, 1.4]]),
        2.5,
    ),
    "velocity_verlet": lambda: (_normal(3), _normal(3, seed=1), 1.4),
    "wave_equation": lambda: (_normal(5), 0.5),
    "ising_mean_field": lambda: (_normal(3), _normal(3, 3, seed=1), 0.7),
    "upwind_advection": lambda: (_normal(5), 0.3),
    "kepler_equation": lambda: (1.1, 0.3),
    "spring_chain": lambda: (_normal(5), 1.3, 0.4),
    "optics_layers": lambda: (np.array([1.5, 2.1]), np.array([0.2, 0.3]), 1.1),
    "predator_prey": lambda: ([1.1, 0.4, 0.4, 0.1], 5),
    "sir_model": lambda: (0.5, 0.1, [0.02, 0.03, 0.05]),
    "mandelbrot_escape": lambda: (0.45, 0.55),
}

ARGNUMS = {
    "predator_prey": (0,),
    "sir_model": (0, 1),
}
