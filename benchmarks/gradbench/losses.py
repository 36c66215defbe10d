"""The workloads of GradBench as plain losses in scalar style: loops over single entries.

Three are changed so that each is a scalar with a non-trivial gradient: ``ba`` and ``ht`` are half
the sum of squares of their residuals, ``ode`` is the sum over all components of the final state.
"""

import math

import numpy as np

from benchmarks.gradbench.evals.ht_loops import about_axis, moves


def hello(x):
    """Return the square of a number."""
    return x * x


def lse(x):
    """Return the logarithm of the sum of exponentials."""
    top = x[0]
    for i in range(1, len(x)):
        if x[i] > top:
            top = x[i]
    total = 0.0
    for i in range(len(x)):
        total += math.exp(x[i] - top)
    return top + math.log(total)


def llsq(x, n):
    """Return half the squared distance of a polynomial from the sign function."""
    total = 0.0
    for i in range(n):
        t = -1.0 + 2.0 * i / (n - 1)
        s = 1.0 if t > 0.0 else (-1.0 if t < 0.0 else 0.0)
        power = 1.0
        for j in range(len(x)):
            s -= x[j] * power
            power *= t
        total += s * s
    return 0.5 * total


def kmeans(centroids, points):
    """Return the sum of squared distances of points from their nearest centroids."""
    total = 0.0
    for i in range(points.shape[0]):
        best = math.inf
        for j in range(centroids.shape[0]):
            d = 0.0
            for c in range(points.shape[1]):
                e = points[i, c] - centroids[j, c]
                d += e * e
            if d < best:
                best = d
        total += best
    return total


def gmm(alpha, mu, q, low, x, gamma, m):
    """Return the log likelihood of a Gaussian mixture, with its Wishart prior."""
    n, d = x.shape
    k = len(alpha)
    beta = np.empty(k)
    y = np.empty(d)
    total = 0.0
    for i in range(n):
        for c in range(k):
            trace = 0.0
            for j in range(d):
                y[j] = math.exp(q[c, j]) * (x[i, j] - mu[c, j])
                trace += q[c, j]
            p = 0
            for j in range(d):
                e = x[i, j] - mu[c, j]
                for r in range(j + 1, d):
                    y[r] += low[c, p] * e
                    p += 1
            square = 0.0
            for j in range(d):
                square += y[j] * y[j]
            beta[c] = alpha[c] + trace - 0.5 * square
        total += lse(beta)
    total -= n * lse(alpha)
    prior = 0.0
    for c in range(k):
        for j in range(d):
            prior -= 0.5 * gamma * gamma * math.exp(2.0 * q[c, j])
            prior += m * q[c, j]
        for p in range(low.shape[1]):
            prior -= 0.5 * gamma * gamma * low[c, p] * low[c, p]
    return total + prior - 0.5 * n * d * math.log(2.0 * math.pi)


def turned(r0, r1, r2, z0, z1, z2):
    """Return a point turned about an axis, by an angle that is the axis' length (Rodrigues)."""
    s = r0 * r0 + r1 * r1 + r2 * r2
    if s == 0.0:
        return z0 + r1 * z2 - r2 * z1, z1 + r2 * z0 - r0 * z2, z2 + r0 * z1 - r1 * z0
    theta = math.sqrt(s)
    a0, a1, a2 = r0 / theta, r1 / theta, r2 / theta
    cos, sin = math.cos(theta), math.sin(theta)
    along = (a0 * z0 + a1 * z1 + a2 * z2) * (1.0 - cos)
    y0 = z0 * cos + (a1 * z2 - a2 * z1) * sin + a0 * along
    y1 = z1 * cos + (a2 * z0 - a0 * z2) * sin + a1 * along
    y2 = z2 * cos + (a0 * z1 - a1 * z0) * sin + a2 * along
    return y0, y1, y2


def ba(cams, points, weights, feats, cam_of, point_of):
    """Return half the sum of squares of the residuals of a bundle adjustment."""
    total = 0.0
    for i in range(len(weights)):
        c, p = cam_of[i], point_of[i]
        r0, r1, r2 = cams[c, 0], cams[c, 1], cams[c, 2]
        z0 = points[p, 0] - cams[c, 3]
        z1 = points[p, 1] - cams[c, 4]
        z2 = points[p, 2] - cams[c, 5]
        y0, y1, y2 = turned(r0, r1, r2, z0, z1, z2)
        u, v = y0 / y2, y1 / y2
        rr = u * u + v * v
        stretch = 1.0 + cams[c, 9] * rr + cams[c, 10] * rr * rr
        e0 = weights[i] * (cams[c, 6] * u * stretch + cams[c, 7] - feats[i, 0])
        e1 = weights[i] * (cams[c, 6] * v * stretch + cams[c, 8] - feats[i, 1])
        w = 1.0 - weights[i] * weights[i]
        total += e0 * e0 + e1 * e1 + w * w
    return 0.5 * total


def lstm(main, extra, state, sequence):
    """Return the loss of a diagonal LSTM that predicts the next character."""
    layers, b = state.shape[0] // 2, state.shape[1]
    s = state.copy()
    v = np.empty(b)
    total = 0.0
    count = 0
    for t in range(sequence.shape[0] - 1):
        for k in range(b):
            v[k] = sequence[t, k] * extra[0, k]
        for i in range(layers):
            for k in range(b):
                h, c = s[2 * i, k], s[2 * i + 1, k]
                w, u = 2 * i, 2 * i + 1
                forget = 1.0 / (1.0 + math.exp(-(v[k] * main[w, k] + main[u, k])))
                ingate = 1.0 / (1.0 + math.exp(-(h * main[w, b + k] + main[u, b + k])))
                out = 1.0 / (1.0 + math.exp(-(v[k] * main[w, 2 * b + k] + main[u, 2 * b + k])))
                change = math.tanh(h * main[w, 3 * b + k] + main[u, 3 * b + k])
                c = c * forget + ingate * change
                h = out * math.tanh(c)
                s[2 * i + 1, k] = c
                s[2 * i, k] = h
                v[k] = h
        norm = 2.0
        for k in range(b):
            norm += math.exp(v[k] * extra[1, k] + extra[2, k])
        log_norm = math.log(norm)
        for k in range(b):
            total += sequence[t + 1, k] * (v[k] * extra[1, k] + extra[2, k] - log_norm)
        count += b
    return -total / count


def ode(x, steps):
    """Return the sum of the state of a chain of products, after classical Runge-Kutta steps."""
    n = len(x)
    y = np.zeros(n)
    k = np.zeros(n)
    inner = np.zeros(n)
    h = 2.0 / steps
    for _ in range(steps):
        k = np.zeros(n)
        total = np.zeros(n)
        for stage in range(4):
            shift = 0.0 if stage == 0 else (h if stage == 3 else 0.5 * h)
            for i in range(n):
                inner[i] = y[i] + shift * k[i]
            weight = 1.0 if stage == 0 or stage == 3 else 2.0
            k = np.zeros(n)
            for i in range(n):
                k[i] = x[0] if i == 0 else x[i] * inner[i - 1]
                total[i] += weight * k[i]
        for i in range(n):
            y[i] += h * total[i] / 6.0
    result = 0.0
    for i in range(n):
        result += y[i]
    return result


def minors(a, row, n, used):
    """Return the determinant of the rows from one on, without the columns in use."""
    if row == n:
        return 1.0
    total = 0.0
    sign = 1.0
    for j in range(n):
        if not (used >> j) & 1:
            total += sign * a[row * n + j] * minors(a, row + 1, n, used | (1 << j))
            sign = -sign
    return total


def det(a, n):
    """Return the determinant of a matrix by minors."""
    return minors(a, 0, n, 0)


def particle(w, dt=0.1):
    """Return the square of where a particle between two charges meets the axis."""
    x, y, vx, vy = 0.0, 8.0, 0.75, 0.0
    upper = 10.0 - w
    while True:
        dx, dy, ey = x - 10.0, y - upper, y
        near = dx * dx + dy * dy
        far = dx * dx + ey * ey
        near3, far3 = near * math.sqrt(near), far * math.sqrt(far)
        ax = dx / near3 + dx / far3
        ay = dy / near3 + ey / far3
        new_x, new_y = x + dt * vx, y + dt * vy
        if new_y <= 0.0:
            tau = -new_y / vy
            end = new_x + tau * vx
            return end * end
        vx, vy = vx + dt * ax, vy + dt * ay
        x, y = new_x, new_y


def ht(theta, base, weights, parents, relatives, inverses, points, chosen):
    """Return half the sum of squares of a hand's vertices from where they are seen."""
    bone = moves(theta, parents, relatives, inverses)
    turn = about_axis(theta[0], theta[1], theta[2])
    total = 0.0
    for n in range(len(chosen)):
        v = chosen[n]
        x, y, z = 0.0, 0.0, 0.0
        for b in range(len(parents)):
            w = weights[v, b]
            for k in range(4):
                x += w * bone[b, 0, k] * base[v, k]
                y += w * bone[b, 1, k] * base[v, k]
                z += w * bone[b, 2, k] * base[v, k]
        for i in range(3):
            place = theta[3 + i] + turn[i, 0] * x + turn[i, 1] * y + turn[i, 2] * z
            total += (points[n, i] - place) ** 2
    return 0.5 * total
