"""The residuals of ba and ht for complex numbers, and their Jacobians by complex steps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

Data = dict[str, Any]
STEP = 1e-30


def turned(r: Any, z: Any) -> Any:
    """Return points (in rows) turned about an axis by its length, by the series at zero."""
    a0, a1, a2 = r
    zero = 0.0 * a0
    crossed = np.array([[zero, -a2, a1], [a2, zero, -a0], [-a1, a0, zero]])
    square = np.sum(r * r)
    angle = np.sqrt(square + 0j)
    if np.abs(angle) < 1e-12:
        first, second = 1.0, 0.5
    else:
        first, second = np.sin(angle) / angle, (1.0 - np.cos(angle)) / square
    matrix = np.eye(3) + first * crossed + second * (crossed @ crossed)
    return z @ matrix.T


def ba_residuals(parts: Any, feat: Any) -> Any:
    """Return the two residuals of an observation of camera, point and weight, in one row."""
    cam, x, w = parts[:11], parts[11:14], parts[14]
    y = turned(cam[:3], x - cam[3:6])
    flat = y[:2] / y[2]
    rr = flat @ flat
    return w * (cam[6] * flat * (1.0 + cam[9] * rr + cam[10] * rr * rr) + cam[7:9] - feat)


def _ba_parts(data: Data) -> Any:
    return np.array([*data["cam"], *data["x"], data["w"]], dtype=complex)


def ba_objective(data: Data) -> Data:
    """Return what the objective of ba answers."""
    elements = ba_residuals(_ba_parts(data), np.array(data["feat"])).real
    return {
        "reproj_error": {"elements": elements, "repeated": data["p"]},
        "w_err": {"element": 1.0 - data["w"] ** 2, "repeated": data["p"]},
    }


def ba_rows(data: Data) -> tuple[list[int], list[int], list[float]]:
    """Return the whole Jacobian of ba in compressed rows."""
    n, m, p = data["n"], data["m"], data["p"]
    block = by_complex_steps(
        lambda parts: ba_residuals(parts, np.array(data["feat"])), _ba_parts(data)
    )
    rows, cols, vals = [0], [], []
    for i in range(p):
        own = [11 * (i % n) + c for c in range(11)]
        own += [11 * n + 3 * (i % m) + c for c in range(3)] + [11 * n + 3 * m + i]
        for k in range(2):
            cols += own
            vals += block[k].tolist()
            rows.append(len(cols))
    for i in range(p):
        cols.append(11 * n + 3 * m + i)
        vals.append(-2.0 * data["w"])
        rows.append(len(cols))
    return rows, cols, vals


def ba_jacobian(data: Data) -> Data:
    """Return what the Jacobian of ba answers: thirty entries of each list, and its last."""
    rows, cols, vals = ba_rows(data)
    return {
        "rows": [*rows[:30], rows[-1]], "cols": [*cols[:30], cols[-1]],
        "vals": [*vals[:30], vals[-1]],
    }  # fmt: skip


def by_complex_steps(function: Callable[[Any], Any], at: Any) -> Any:
    """Return a Jacobian, a column for each input."""
    columns = []
    for k in range(len(at)):
        moved = np.array(at, dtype=complex)
        moved[k] += 1j * STEP
        columns.append(np.imag(function(moved)) / STEP)
    return np.stack(columns, axis=-1)


def axes_turned(p0: Any, p1: Any, p2: Any) -> Any:
    """Return the rotation of a bone: about the first axis, the second, then the third."""
    c, s = np.cos(p0), np.sin(p0)
    about_x = np.array([[1.0, 0.0, 0.0], [0.0, c, -s], [0.0, s, c]])
    c, s = np.cos(p2), np.sin(p2)
    about_y = np.array([[c, 0.0, s], [0.0, 1.0, 0.0], [-s, 0.0, c]])
    c, s = np.cos(p1), np.sin(p1)
    about_z = np.array([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]])
    return about_z @ about_y @ about_x


def ht_vertices(theta: Any, model: Data) -> Any:
    """Return where the vertices of the hand are."""
    bones = model["bone_count"]
    angles = np.zeros((bones, 3), dtype=complex)
    it = 6
    for b in range(2, 2 + 4 * 5, 4):
        angles[b] = theta[it], theta[it + 1], 0.0
        angles[b + 1] = theta[it + 2], 0.0, 0.0
        angles[b + 2] = theta[it + 3], 0.0, 0.0
        it += 4
    base, weights = np.array(model["base_positions"]), np.array(model["weights"])
    absolutes: list[Any] = []
    v = np.zeros((len(base), 3), dtype=complex)
    for b, parent in enumerate(model["parents"]):
        local = np.eye(4, dtype=complex)
        local[:3, :3] = axes_turned(*angles[b])
        relative = np.array(model["base_relatives"][b]) @ local
        absolutes.append(relative if parent < 0 else absolutes[parent] @ relative)
        placed = base @ (absolutes[b] @ np.array(model["inverse_base_absolutes"][b])).T
        v += weights[:, b : b + 1] * placed[:, :3]
    if model["is_mirrored"]:
        v[:, 0] = -v[:, 0]
    if np.linalg.norm(np.real(theta[:3])) >= 1e-4:
        v = turned(theta[:3], v)
    return v + theta[3:6]


def ht_residuals(theta: Any, us: Any, data: Data) -> Any:
    """Return the residuals in rows, a row a point."""
    v = ht_vertices(theta, data["model"])
    chosen = np.array(data["correspondences"])
    if len(us) == 0:
        return np.array(data["points"]) - v[chosen]
    a, b, c = (v[np.array(data["model"]["triangles"])[chosen, k]] for k in range(3))
    inside = us[:, :1] * a + us[:, 1:] * b + (1.0 - us[:, :1] - us[:, 1:]) * c
    return np.array(data["points"]) - inside


def ht_objective(data: Data) -> Any:
    """Return what the objective of ht answers."""
    us = np.array(data["us"]).reshape(-1, 2)
    return ht_residuals(np.array(data["theta"], dtype=complex), us, data["data"]).real.ravel()


def ht_jacobian(data: Data) -> Any:
    """Return what the Jacobian of ht answers: by a point's own place, then theta."""
    us, theta = np.array(data["us"]).reshape(-1, 2), np.array(data["theta"])
    by_theta = by_complex_steps(lambda t: ht_residuals(t, us, data["data"]).ravel(), theta)
    if len(us) == 0:
        return by_theta
    by_place = by_complex_steps(
        lambda shift: ht_residuals(theta, us + shift, data["data"]).ravel(), np.zeros(2)
    )
    return np.concatenate((by_place, by_theta), axis=1)
