"""Functions of matrices in SciPy: exponentials, logarithms, roots, polar factors.

The derivative of a function f of a matrix in a direction is the upper right block of
``f([[a, e], [0, a]])``, and its adjoint the same of ``a.T`` (N. J. Higham, "Functions of matrices",
2008); for the exponential SciPy has it (A. H. Al-Mohy and N. J. Higham, "Computing the Frechet
derivative of the matrix exponential", 2009).
"""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np

from gradgen.ir.nodes import Value
from gradgen.ir.types import Type, in_double, promote
from gradgen.rules.callables import scipy
from gradgen.rules.complexes import is_complex
from gradgen.rules.helpers import _transposed
from gradgen.rules.linalg import square_type
from gradgen.rules.registry import printed_like, rule
from gradgen.rules.shapes_of import Attrs, inexact_of, of_shape, refuse_unless


def _along(a, e):
    """Put matrices into the blocks ``[[a, e], [0, a]]``."""
    above = np.concatenate([a, e], axis=-1)
    below = np.concatenate([np.zeros(a.shape), a], axis=-1)
    return np.concatenate([above, below], axis=-2)


def _corner(blocks, n):
    """Return the upper right block."""
    return blocks[..., :n, n:]


def expm_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return the type of the exponential: SciPy makes a matrix of a number, and of one in a row."""
    if inputs[0].type.shape in ((), (1,)):
        return of_shape("complex128" if is_complex(inputs[0]) else "float64", (1, 1))
    return square_type(inputs, attrs)


def _expm_to_A(g, A):
    """Cotangent of the matrix in ``scipy.linalg.expm(A)``."""
    if np.ndim(A) < 2:
        return np.reshape(np.ravel(g) * np.exp(A), np.shape(A))
    if np.ndim(A) == 2:
        return scipy.linalg.expm_frechet(A.T, g, compute_expm=False)
    return _corner(scipy.linalg.expm(_along(_transposed(A), g)), A.shape[-1])


def _expm_tangent(t_A, A):
    """Tangent of ``scipy.linalg.expm(A)``."""
    if np.ndim(A) < 2:
        return np.reshape(t_A * np.exp(A), (1, 1))
    if np.ndim(A) == 2:
        return scipy.linalg.expm_frechet(A, t_A, compute_expm=False)
    return _corner(scipy.linalg.expm(_along(A, t_A)), A.shape[-1])


def frechet_types(inputs: list[Value], attrs: Attrs) -> list[Type]:
    """Return the types of the exponential and of its derivative in a direction."""
    return [frechet_type(inputs, attrs)] * 2


def frechet_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return the type of the derivative of the exponential in a direction: double always."""
    a, e = (v.type for v in inputs)
    refuse_unless(a.rank in (2, None), "expm_frechet of a stack", "use a loop")
    return in_double(of_shape(inexact_of(promote([a, e])), a.shape))


def _frechet_adjoint(g, A, E):
    """Cotangent of the blocks ``[[A, E], [0, A]]``, whose exponential has the derivative."""
    n = A.shape[0]
    d_corner = np.concatenate([np.concatenate([np.zeros(g.shape), g], axis=1),
                               np.zeros((n, 2 * n))])  # fmt: skip
    return scipy.linalg.expm_frechet(_along(A, E).T, d_corner, compute_expm=False)


def _direction_to_A(g, A, E):
    """Cotangent of ``A`` in ``scipy.linalg.expm_frechet(A, E, compute_expm=False)``."""
    n = A.shape[0]
    d_blocks = _frechet_adjoint(g, A, E)
    return d_blocks[:n, :n] + d_blocks[n:, n:]


def _direction_to_E(g, A):
    """Cotangent of ``E`` in ``scipy.linalg.expm_frechet(A, E, compute_expm=False)``."""
    return scipy.linalg.expm_frechet(A.T, g, compute_expm=False)


def _direction_tangent(t_A, t_E, A, E):
    """Tangent of ``scipy.linalg.expm_frechet(A, E, compute_expm=False)``."""
    if t_A is None:
        return scipy.linalg.expm_frechet(A, t_E, compute_expm=False)
    n = A.shape[0]
    t_blocks = _along(t_A, np.zeros(A.shape) if t_E is None else t_E)
    return scipy.linalg.expm_frechet(_along(A, E), t_blocks, compute_expm=False)[:n, n:]


def _frechet_to_A(d_exponential, d_direction, A, E):
    """Cotangent of ``A`` in ``scipy.linalg.expm_frechet(A, E)``."""
    d_A = np.zeros(A.shape)
    if d_exponential is not None:
        d_A = scipy.linalg.expm_frechet(A.T, d_exponential, compute_expm=False)
    return d_A if d_direction is None else d_A + _direction_to_A(d_direction, A, E)


def _frechet_to_E(d_direction, A):
    """Cotangent of ``E`` in ``scipy.linalg.expm_frechet(A, E)``."""
    if d_direction is None:
        return np.zeros(A.shape)
    return scipy.linalg.expm_frechet(A.T, d_direction, compute_expm=False)


def _frechet_tangent(t_A, t_E, A, E):
    """Tangents of ``scipy.linalg.expm_frechet(A, E)``."""
    t_exponential = np.zeros(A.shape)
    if t_A is not None:
        t_exponential = scipy.linalg.expm_frechet(A, t_A, compute_expm=False)
    return t_exponential, _direction_tangent(t_A, t_E, A, E)


def direction_only(options: Attrs) -> str:
    """Return the operation with one result, where the exponential is not asked for."""
    return "" if options.get("compute_expm", True) else "expm_direction"


@printed_like("y")
def _real_only(y):
    """Return a function of a matrix if it is real; others have no derivative here."""
    if np.any(np.imag(y) != 0.0):
        raise np.linalg.LinAlgError("no derivative: this function of the matrix is complex")
    return y


def _sinm_to_A(g, A):
    """Cotangent of the matrix in ``scipy.linalg.sinm(A)``."""
    return _corner(scipy.linalg.sinm(_along(_transposed(A), g)), A.shape[-1])


def _sinm_tangent(t_A, A):
    """Tangent of ``scipy.linalg.sinm(A)``."""
    return _corner(scipy.linalg.sinm(_along(A, t_A)), A.shape[-1])


def _cosm_to_A(g, A):
    """Cotangent of the matrix in ``scipy.linalg.cosm(A)``."""
    return _corner(scipy.linalg.cosm(_along(_transposed(A), g)), A.shape[-1])


def _cosm_tangent(t_A, A):
    """Tangent of ``scipy.linalg.cosm(A)``."""
    return _corner(scipy.linalg.cosm(_along(A, t_A)), A.shape[-1])


def _logm_to_A(g, A):
    """Cotangent of the matrix in ``scipy.linalg.logm(A)``."""
    return _corner(_real_only(scipy.linalg.logm(_along(_transposed(A), g))), A.shape[-1])


def _logm_tangent(t_A, A):
    """Tangent of ``scipy.linalg.logm(A)``."""
    return _corner(_real_only(scipy.linalg.logm(_along(A, t_A))), A.shape[-1])


def _sqrtm_to_A(g, y):
    """Cotangent of the matrix in ``y = scipy.linalg.sqrtm(A)``."""
    root = _real_only(y)
    return scipy.linalg.solve_sylvester(_transposed(root), _transposed(root), g)


def _sqrtm_tangent(t_A, y):
    """Tangent of ``y = scipy.linalg.sqrtm(A)``."""
    root = _real_only(y)
    return scipy.linalg.solve_sylvester(root, root, t_A)


def _samples(name: str, *calls: str) -> tuple[str, ...]:
    return tuple(f"scipy.linalg.{name}({call}" for call in calls)


SPD = "m33 @ m33.T"
# A table: an entry is read along its lines.
# fmt: off
rule("expm", expm_type, callables=["scipy.linalg.expm"], params="A", adjoint=(_expm_to_A,),
     tangent=_expm_tangent, of_complex="analytic",
     samples=_samples("expm", "0.3 * m33)", "0.3 * m233)", "0.0 * m33)", "np.reshape(x, (1, 1)))",
                      "x)", "[x])", "x1)",
                      "0.3 * m33 + 0.2j * s33).imag"))
_FRECHET = {"params": "A, E, method=None, compute_expm=True, check_finite=True",
            "spelling": "scipy.linalg.expm_frechet"}
rule("expm_frechet", frechet_types, callables=["scipy.linalg.expm_frechet"], **_FRECHET,
     outputs=("exponential", "direction"), adjoint=(_frechet_to_A, _frechet_to_E),
     tangent=_frechet_tangent, variant=direction_only,
     samples=_samples("expm_frechet", "0.3 * m33, s33)[0]", "0.3 * m33, s33)[1]"))
rule("expm_direction", frechet_type, adjoint=(_direction_to_A, _direction_to_E), **_FRECHET,
     tangent=_direction_tangent, of_complex="analytic",
     samples=_samples("expm_frechet", "0.3 * m33, E=s33, compute_expm=False)",
                      "0.3 * m33, s33, 'blockEnlarge', False)"))
for _name, _to_A, _tangent in (("sinm", _sinm_to_A, _sinm_tangent),
                               ("cosm", _cosm_to_A, _cosm_tangent)):
    rule(_name, square_type, callables=[f"scipy.linalg.{_name}"], params="A", adjoint=(_to_A,),
         tangent=_tangent, samples=_samples(_name, "0.4 * m33)", "0.4 * m233)"))
rule("logm", square_type, callables=["scipy.linalg.logm"], params="A", adjoint=(_logm_to_A,),
     tangent=_logm_tangent, at_kinks="an error where the result is complex",
     samples=_samples("logm", f"{SPD})", "np.eye(3) + 0.2 * m33)", f"{SPD}, disp=False)[0]"))
rule("sqrtm", square_type, callables=["scipy.linalg.sqrtm"], params="A", adjoint=(_sqrtm_to_A,),
     tangent=_sqrtm_tangent, at_kinks="an error where the result is complex",
     samples=_samples("sqrtm", f"{SPD})", "np.eye(3) + 0.2 * m33)", "np.eye(3) + 0.2 * m233)"))
# fmt: on
