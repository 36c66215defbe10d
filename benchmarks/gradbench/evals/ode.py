"""ode: a chain of products, by Runge and Kutta's method."""

import numpy as np

from benchmarks.gradbench.evals.task import Task, gradient, numbers, styled, value


def slope(x, y):
    """Return the derivative of the state."""
    return np.concatenate((x[:1], x[1:] * y[:-1]))


def ode(x, steps):
    """Return the final state."""
    h = 2.0 / steps
    y = np.zeros(len(x))
    for _ in range(steps):
        k1 = slope(x, y)
        k2 = slope(x, y + 0.5 * h * k1)
        k3 = slope(x, y + 0.5 * h * k2)
        k4 = slope(x, y + h * k3)
        y = y + h * (k1 + 2.0 * k2 + 2.0 * k3 + k4) / 6.0
    return y


def ode_loops(x, steps):
    """Return the final state."""
    n = len(x)
    h = 2.0 / steps
    y = np.zeros(n)
    for _ in range(steps):
        k = np.zeros(n)
        total = np.zeros(n)
        for stage in range(4):
            shift = 0.0 if stage == 0 else (h if stage == 3 else 0.5 * h)
            weight = 1.0 if stage == 0 or stage == 3 else 2.0
            before = k
            k = np.empty(n)
            k[0] = x[0]
            total[0] += weight * x[0]
            for i in range(1, n):
                k[i] = x[i] * (y[i - 1] + shift * before[i - 1])
                total[i] += weight * k[i]
        for i in range(n):
            y[i] += h * total[i] / 6.0
    return y


def last(x, steps):
    """Return the last component of the final state, in the style of arrays."""
    return ode(x, steps)[-1]


def last_loops(x, steps):
    """Return the last component of the final state, in the style of loops."""
    return ode_loops(x, steps)[-1]


def tasks(backend):
    """Return the functions of the protocol."""
    loss = styled(backend, last, last_loops)
    return {
        "primal": Task(value(styled(backend, ode, ode_loops), backend), decode),
        "gradient": Task(gradient(loss, backend), decode),
    }


def decode(data):
    """Return the arguments of the loss."""
    return numbers(data["x"]), int(data["s"])
