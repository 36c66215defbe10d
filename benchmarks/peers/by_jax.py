"""JAX, compiled, in double precision; a call waits for its result."""

from __future__ import annotations

import math
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from benchmarks.peers.prepared import Prepared
from benchmarks.peers.workloads import WRT, split

jax.config.update("jax_enable_x64", True)
Array = Any


def hello(x: Array) -> Array:
    """Return the square of a number."""
    return x * x


def lse(x: Array) -> Array:
    """Return the logarithm of a sum of exponentials."""
    top = jnp.max(x)
    return top + jnp.log(jnp.sum(jnp.exp(x - top)))


def llsq(x: Array, n: int) -> Array:
    """Return half the squared distance of a polynomial from the sign function."""
    t = -1.0 + 2.0 * jnp.arange(n) / (n - 1)
    powers = jnp.vander(t, len(x), increasing=True)
    return 0.5 * jnp.sum((jnp.sign(t) - powers @ x) ** 2)


def kmeans(centroids: Array, points: Array) -> Array:
    """Return the cost of a clustering."""
    crossed = jnp.sum(centroids**2, axis=1) - 2.0 * (points @ centroids.T)
    return jnp.sum(points**2) + jnp.sum(jnp.min(crossed, axis=1))


def gmm(alpha: Array, mu: Array, q: Array, low: Array, x: Array, gamma: float, m: int) -> Array:
    """Return the log likelihood of a mixture of Gaussians."""
    n, d = x.shape
    k = len(alpha)
    columns, rows = np.triu_indices(d, 1)
    root = jnp.zeros((k, d, d)).at[:, rows, columns].set(low)
    root = root.at[:, np.arange(d), np.arange(d)].set(jnp.exp(q))
    y = jnp.einsum("kij,knj->kni", root, x - mu[:, None, :])
    beta = alpha + jnp.sum(q, axis=1) - 0.5 * jnp.sum(y**2, axis=2).T
    whole = jnp.sum(jax.scipy.special.logsumexp(beta, axis=1))
    whole -= n * jax.scipy.special.logsumexp(alpha)
    prior = -0.5 * gamma**2 * (jnp.sum(jnp.exp(2.0 * q)) + jnp.sum(low**2)) + m * jnp.sum(q)
    return whole + prior - 0.5 * n * d * math.log(2.0 * math.pi)


def ba(
    cams: Array, points: Array, weights: Array, feats: Array, cam_of: Array, point_of: Array
) -> Array:
    """Return half the sum of squares of the residuals of a bundle adjustment."""
    cam, z = cams[cam_of], points[point_of] - cams[cam_of, 3:6]
    r = cam[:, :3]
    square = jnp.sum(r**2, axis=1, keepdims=True)
    theta = jnp.sqrt(jnp.where(square != 0.0, square, 1.0))
    a = r / theta
    along = jnp.sum(a * z, axis=1, keepdims=True) * (1.0 - jnp.cos(theta))
    turned = z * jnp.cos(theta) + jnp.cross(a, z) * jnp.sin(theta) + a * along
    y = jnp.where(square != 0.0, turned, z + jnp.cross(r, z))
    flat = y[:, :2] / y[:, 2:]
    rr = jnp.sum(flat**2, axis=1, keepdims=True)
    stretched = flat * (1.0 + cam[:, 9:10] * rr + cam[:, 10:] * rr**2)
    errors = weights[:, None] * (cam[:, 6:7] * stretched + cam[:, 7:9] - feats)
    return 0.5 * (jnp.sum(errors**2) + jnp.sum((1.0 - weights**2) ** 2))


def ht(
    theta: Array, base: Array, weights: Array, parents: Any, relatives: Array, inverses: Array,
    points: Array, chosen: Array,
) -> Array:  # fmt: skip
    """Return half the sum of squares of a hand's vertices from where they are seen."""
    angles = jnp.zeros((len(relatives), 3))
    for finger in range(5):
        b, it = 2 + 4 * finger, 6 + 4 * finger
        angles = angles.at[b, :2].set(theta[it : it + 2])
        angles = angles.at[b + 1, 0].set(theta[it + 2]).at[b + 2, 0].set(theta[it + 3])
    local = relatives @ _turns(angles)
    absolute: list[Array] = []
    for b, parent in enumerate(parents):
        absolute.append(local[b] if parent < 0 else absolute[parent] @ local[b])
    moves = (jnp.stack(absolute) @ inverses)[:, :3]
    spread = (weights[chosen][:, :, None] * base[chosen][:, None, :]).reshape(len(chosen), -1)
    v = spread @ jnp.transpose(moves, (0, 2, 1)).reshape(-1, 3)
    return 0.5 * jnp.sum((points - v @ _about_axis(theta[:3]).T - theta[3:6]) ** 2)


def _turns(angles: Array) -> Array:
    """Return a matrix for each bone: about the first axis, the second, then the third."""
    (c0, c2, c1), (s0, s2, s1) = jnp.cos(angles).T, jnp.sin(angles).T
    zero, one = jnp.zeros_like(c0), jnp.ones_like(c0)
    rows = [
        [c2 * c1, c2 * s1 * s0 - s2 * c0, c2 * s1 * c0 + s2 * s0, zero],
        [s2 * c1, s2 * s1 * s0 + c2 * c0, s2 * s1 * c0 - c2 * s0, zero],
        [-s1, c1 * s0, c1 * c0, zero],
        [zero, zero, zero, one],
    ]
    return jnp.stack([jnp.stack(row, axis=-1) for row in rows], axis=-2)


def _about_axis(r: Array) -> Array:
    angle = jnp.sqrt(jnp.sum(r**2))
    a = r / angle
    crossed = jnp.cross(jnp.eye(3), a)
    cos = jnp.cos(angle)
    return cos * jnp.eye(3) + jnp.sin(angle) * crossed + (1.0 - cos) * jnp.outer(a, a)


def lstm(main: Array, extra: Array, state: Array, sequence: Array) -> Array:
    """Return the loss of a diagonal LSTM."""
    layers, b = len(state) // 2, state.shape[1]
    blocks = main.reshape(len(main), 4, b)

    def step(s: Array, pair: Array) -> tuple[Array, Array]:
        v, rows = pair[0] * extra[0], []
        for i in range(layers):
            w, bias, h = blocks[2 * i], blocks[2 * i + 1], s[2 * i]
            forget, out = (_sigmoid(v * w[k] + bias[k]) for k in (0, 2))
            ingate = _sigmoid(h * w[1] + bias[1])
            cell = s[2 * i + 1] * forget + ingate * jnp.tanh(h * w[3] + bias[3])
            v = out * jnp.tanh(cell)
            rows += [v, cell]
        y = v * extra[1] + extra[2]
        won = jnp.sum(pair[1] * (y - jnp.log(2.0 + jnp.sum(jnp.exp(y)))))
        return jnp.stack(rows), won

    pairs = jnp.stack((sequence[:-1], sequence[1:]), axis=1)
    return -jnp.sum(lax.scan(step, state, pairs)[1]) / (b * (len(sequence) - 1))


def _sigmoid(x: Array) -> Array:
    return 1.0 / (1.0 + jnp.exp(-x))


def ode(x: Array, steps: int) -> Array:
    """Return the sum of the final state of a chain of products."""
    h = 2.0 / steps

    def slope(y: Array) -> Array:
        return x * jnp.concatenate((jnp.ones(1), y[:-1]))

    def step(y: Array, _: None) -> tuple[Array, None]:
        k1 = slope(y)
        k2 = slope(y + 0.5 * h * k1)
        k3 = slope(y + 0.5 * h * k2)
        k4 = slope(y + h * k3)
        return y + h * (k1 + 2.0 * k2 + 2.0 * k3 + k4) / 6.0, None

    return jnp.sum(lax.scan(step, jnp.zeros(len(x)), None, length=steps)[0])


def det(a: Array, n: int) -> Array:
    """Return a determinant by minors, those of one size at once."""
    matrix, choices, levels = a.reshape(n, n), np.arange(n).reshape(1, n), []
    for left in range(n, 0, -1):
        levels.append(choices)
        others = np.array([[c for c in range(left) if c != j] for j in range(left)], dtype=int)
        choices = choices[:, others].reshape(len(choices) * left, left - 1)
    value = jnp.ones(len(choices))
    for row in range(n - 1, -1, -1):
        columns = levels[row]
        signs = (-1.0) ** np.arange(columns.shape[1])
        value = jnp.sum(signs * matrix[row][columns] * value.reshape(columns.shape), axis=1)
    return value[0]


def particle(w: Array, dt: float) -> Array:
    """Return the square of where a particle meets the axis."""

    def accelerated(x: Array, y: Array) -> Array:
        dx, dy = x - 10.0, y - (10.0 - w)
        near, far = (dx * dx + dy * dy) ** -1.5, (dx * dx + y * y) ** -1.5
        return jnp.stack((dx * (near + far), dy * near + y * far))

    def flying(state: Array) -> Array:
        return state[1] + dt * state[3] > 0.0

    def step(state: Array) -> Array:
        speed = state[2:] + dt * accelerated(state[0], state[1])
        return jnp.concatenate((state[:2] + dt * state[2:], speed))

    state = lax.while_loop(flying, step, jnp.array([0.0, 8.0, 0.75, 0.0]) + 0.0 * w)
    x, y, vx, vy = state
    tau = -(y + dt * vy) / vy
    return (x + dt * vx + tau * vx) ** 2


# No argument that decides a shape or a loop may be traced.
STATIC = {"llsq": (1,), "ode": (1,), "det": (1,), "gmm": (5, 6), "ht": (3,)}


def prepare(name: str, args: tuple[Any, ...]) -> Prepared:
    """Return the workload compiled for these arguments."""
    loss, static = globals()[name], STATIC.get(name, ())
    values = [a if k in static else jnp.asarray(a) for k, a in enumerate(args)]
    count = len(split(name, args)[0])

    def closed(*traced: Any) -> Any:
        given = iter(traced)
        return loss(*(values[k] if k in static else next(given) for k in range(len(args))))

    # There is no reverse mode through a loop of unknown length.
    derive = jax.jacfwd if name == "particle" else jax.grad
    places = WRT[name] if count > 1 else 0
    traced = [v for k, v in enumerate(values) if k not in static]
    value = jax.jit(closed).lower(*traced).compile()
    gradient = jax.jit(derive(closed, argnums=places)).lower(*traced).compile()
    return Prepared(
        lambda: jax.block_until_ready(value(*traced)),
        lambda: jax.block_until_ready(gradient(*traced)),
    )
