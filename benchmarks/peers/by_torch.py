"""PyTorch, eager and compiled, in double precision on one thread."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import torch

from benchmarks.peers.prepared import NotThere, Prepared
from benchmarks.peers.workloads import WRT

torch.set_num_threads(1)
torch.set_default_dtype(torch.float64)
Tensor = Any


def hello(x: Tensor) -> Tensor:
    """Return the square of a number."""
    return x * x


def lse(x: Tensor) -> Tensor:
    """Return the logarithm of a sum of exponentials."""
    top = torch.max(x)
    return top + torch.log(torch.sum(torch.exp(x - top)))


def llsq(x: Tensor, n: int) -> Tensor:
    """Return half the squared distance of a polynomial from the sign function."""
    t = -1.0 + 2.0 * torch.arange(n) / (n - 1)
    powers = torch.linalg.vander(t, N=len(x))
    return 0.5 * torch.sum((torch.sign(t) - powers @ x) ** 2)


def kmeans(centroids: Tensor, points: Tensor) -> Tensor:
    """Return the cost of a clustering."""
    crossed = torch.sum(centroids**2, dim=1) - 2.0 * (points @ centroids.T)
    return torch.sum(points**2) + torch.sum(torch.min(crossed, dim=1).values)


def gmm(alpha: Tensor, mu: Tensor, q: Tensor, low: Tensor, x: Tensor, gamma: float, m: int) -> Any:
    """Return the log likelihood of a mixture of Gaussians."""
    n, d = x.shape
    k = len(alpha)
    columns, rows = torch.triu_indices(d, d, 1)
    root = torch.zeros((k, d, d))
    root[:, rows, columns] = low
    root = root + torch.diag_embed(torch.exp(q))
    y = (x - mu[:, None, :]) @ root.transpose(1, 2)
    beta = alpha + torch.sum(q, dim=1) - 0.5 * torch.sum(y**2, dim=2).T
    whole = torch.sum(torch.logsumexp(beta, dim=1)) - n * torch.logsumexp(alpha, dim=0)
    prior = -0.5 * gamma**2 * (torch.sum(torch.exp(2.0 * q)) + torch.sum(low**2))
    return whole + prior + m * torch.sum(q) - 0.5 * n * d * math.log(2.0 * math.pi)


def ba(
    cams: Tensor, points: Tensor, weights: Tensor, feats: Tensor, cam_of: Tensor, point_of: Tensor
) -> Tensor:
    """Return half the sum of squares of the residuals of a bundle adjustment."""
    cam = cams[cam_of]
    z = points[point_of] - cam[:, 3:6]
    r = cam[:, :3]
    square = torch.sum(r**2, dim=1, keepdim=True)
    theta = torch.sqrt(torch.where(square != 0.0, square, 1.0))
    a = r / theta
    along = torch.sum(a * z, dim=1, keepdim=True) * (1.0 - torch.cos(theta))
    turned = z * torch.cos(theta) + torch.linalg.cross(a, z) * torch.sin(theta) + a * along
    y = torch.where(square != 0.0, turned, z + torch.linalg.cross(r, z))
    flat = y[:, :2] / y[:, 2:]
    rr = torch.sum(flat**2, dim=1, keepdim=True)
    stretched = flat * (1.0 + cam[:, 9:10] * rr + cam[:, 10:] * rr**2)
    errors = weights[:, None] * (cam[:, 6:7] * stretched + cam[:, 7:9] - feats)
    return 0.5 * (torch.sum(errors**2) + torch.sum((1.0 - weights**2) ** 2))


def ht(
    theta: Tensor, base: Tensor, weights: Tensor, parents: Any, relatives: Tensor, inverses: Tensor,
    points: Tensor, chosen: Tensor,
) -> Tensor:  # fmt: skip
    """Return half the sum of squares of a hand's vertices from where they are seen."""
    angles = torch.zeros((len(relatives), 3))
    for finger in range(5):
        b, it = 2 + 4 * finger, 6 + 4 * finger
        angles[b, :2] = theta[it : it + 2]
        angles[b + 1, 0], angles[b + 2, 0] = theta[it + 2], theta[it + 3]
    local = relatives @ _turns(angles)
    absolute: list[Tensor] = []
    for b, parent in enumerate(parents):
        absolute.append(local[b] if parent < 0 else absolute[parent] @ local[b])
    moves = (torch.stack(absolute) @ inverses)[:, :3]
    spread = (weights[chosen][:, :, None] * base[chosen][:, None, :]).reshape(len(chosen), -1)
    v = spread @ moves.transpose(1, 2).reshape(-1, 3)
    return 0.5 * torch.sum((points - v @ _about_axis(theta[:3]).T - theta[3:6]) ** 2)


def _turns(angles: Tensor) -> Tensor:
    """Return a matrix for each bone: about the first axis, the second, then the third."""
    (c0, c2, c1), (s0, s2, s1) = torch.cos(angles).T, torch.sin(angles).T
    zero, one = torch.zeros_like(c0), torch.ones_like(c0)
    rows = [
        [c2 * c1, c2 * s1 * s0 - s2 * c0, c2 * s1 * c0 + s2 * s0, zero],
        [s2 * c1, s2 * s1 * s0 + c2 * c0, s2 * s1 * c0 - c2 * s0, zero],
        [-s1, c1 * s0, c1 * c0, zero],
        [zero, zero, zero, one],
    ]
    return torch.stack([torch.stack(row, dim=-1) for row in rows], dim=-2)


def _about_axis(r: Tensor) -> Tensor:
    angle = torch.sqrt(torch.sum(r**2))
    a = r / angle
    crossed = torch.linalg.cross(torch.eye(3), a.expand(3, 3))
    cos = torch.cos(angle)
    return cos * torch.eye(3) + torch.sin(angle) * crossed + (1.0 - cos) * torch.outer(a, a)


def lstm(main: Tensor, extra: Tensor, state: Tensor, sequence: Tensor) -> Tensor:
    """Return the loss of a diagonal LSTM."""
    layers, b = len(state) // 2, state.shape[1]
    blocks = main.reshape(len(main), 4, b)
    hidden, cells = list(state[0::2]), list(state[1::2])
    total = torch.zeros(())
    for t in range(len(sequence) - 1):
        v = sequence[t] * extra[0]
        for i in range(layers):
            w, bias, h = blocks[2 * i], blocks[2 * i + 1], hidden[i]
            forget, out = (torch.sigmoid(v * w[k] + bias[k]) for k in (0, 2))
            ingate = torch.sigmoid(h * w[1] + bias[1])
            cells[i] = cells[i] * forget + ingate * torch.tanh(h * w[3] + bias[3])
            hidden[i] = v = out * torch.tanh(cells[i])
        y = v * extra[1] + extra[2]
        total = total + torch.sum(sequence[t + 1] * (y - torch.log(2.0 + torch.sum(torch.exp(y)))))
    return -total / (b * (len(sequence) - 1))


def ode(x: Tensor, steps: int) -> Tensor:
    """Return the sum of the final state of a chain of products."""
    h = 2.0 / steps

    def slope(y: Tensor) -> Tensor:
        return torch.cat((x[:1], x[1:] * y[:-1]))

    y = torch.zeros(len(x))
    for _ in range(steps):
        k1 = slope(y)
        k2 = slope(y + 0.5 * h * k1)
        k3 = slope(y + 0.5 * h * k2)
        k4 = slope(y + h * k3)
        y = y + h * (k1 + 2.0 * k2 + 2.0 * k3 + k4) / 6.0
    return torch.sum(y)


def det(a: Tensor, n: int) -> Tensor:
    """Return a determinant by minors, those of one size at once."""
    matrix, choices, levels = a.reshape(n, n), np.arange(n).reshape(1, n), []
    for left in range(n, 0, -1):
        levels.append(choices)
        others = np.array([[c for c in range(left) if c != j] for j in range(left)], dtype=int)
        choices = choices[:, others].reshape(len(choices) * left, left - 1)
    value = torch.ones(len(choices))
    for row in range(n - 1, -1, -1):
        columns = torch.from_numpy(levels[row])
        signs = torch.from_numpy((-1.0) ** np.arange(columns.shape[1]))
        value = torch.sum(signs * matrix[row][columns] * value.reshape(columns.shape), dim=1)
    return value[0]


def particle(w: Tensor, dt: float) -> Tensor:
    """Return the square of where a particle meets the axis."""
    x, y, vx, vy, upper = 0.0, 8.0, 0.75, 0.0, 10.0 - w
    while True:
        dx, dy = x - 10.0, y - upper
        near, far = (dx * dx + dy * dy) ** -1.5, (dx * dx + y * y) ** -1.5
        new_x, new_y = x + dt * vx, y + dt * vy
        if new_y <= 0.0:
            return (new_x - new_y / vy * vx) ** 2
        vx, vy = vx + dt * (dx * (near + far)), vy + dt * (dy * near + y * far)
        x, y = new_x, new_y


# Unrolled, these compile for minutes; or they branch on values, which is not compiled.
EAGER_ONLY = ("lstm", "ode", "det", "particle", "ht")


def prepare(name: str, args: tuple[Any, ...], compiled: bool = False) -> Prepared:
    """Return the workload."""
    if compiled and name in EAGER_ONLY:
        raise NotThere("unrolled loops compile for minutes")
    places = WRT[name]
    whole = {k for k, a in enumerate(args) if not isinstance(a, np.ndarray) and k not in places}
    whole |= {3} if name == "ht" else set()
    values = [a if k in whole else torch.as_tensor(a) for k, a in enumerate(args)]
    wanted = [values[k].requires_grad_() for k in places]
    loss = torch.compile(globals()[name]) if compiled else globals()[name]

    def value() -> Any:
        with torch.no_grad():
            return loss(*values)

    return Prepared(value, lambda: torch.autograd.grad(loss(*values), wanted))


def prepare_compiled(name: str, args: tuple[Any, ...]) -> Prepared:
    """Return the workload compiled by ``torch.compile``."""
    return prepare(name, args, compiled=True)
