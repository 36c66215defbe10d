"""The ways to ask for a proof: ``check_grads``, ``check`` and ``verify``."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

from gradgen.errors import ArgumentError, GradgenError
from gradgen.proof.entries import MAX_ENTRIES, TOLERANCE
from gradgen.proof.modes import MODES
from gradgen.proof.point import Point
from gradgen.proof.prover import Prover, quiet
from gradgen.proof.report import Proof

# Seconds for the differences entry by entry, by which the sample of entries is chosen.
DIFFERENCES_BUDGET = 3.0
# So many evaluations of the function go into one entry.
EVALUATIONS = 20


class MismatchError(GradgenError, AssertionError):
    """A derivative that differs from its estimates; ``proof`` is the whole report."""

    def __init__(self, proof: Proof) -> None:
        self.proof = proof
        super().__init__(str(proof))

    def __reduce__(self) -> Any:
        return MismatchError, (self.proof,)


def check_grads(
    f: Callable[..., Any],
    args: Sequence[Any],
    order: int = 2,
    modes: str | Sequence[str] = MODES,
    argnums: int | Sequence[int] | None = None,
    *,
    rtol: float = TOLERANCE,
    atol: float = 0.0,
    max_entries: int = MAX_ENTRIES,
) -> Proof:
    """Check the derivatives that gradgen generates, up to an order, and raise where one is wrong.

    The conventions are those of ``jax.test_util.check_grads`` and ``autograd.test_util``.  Compared
    are the gradient, entry by entry, with central differences at six steps and, where possible,
    with the complex step; the slope of the Taylor remainder; the dot products of both modes; and
    for higher orders every mix of modes with differences of the order below.

    Parameters
    ----------
    f : callable
        A function of numbers, arrays and containers of them that returns such.
    args : sequence
        Arguments to check it at, by position; they are not changed.
    order : int, optional
        The highest order of derivatives.
    modes : sequence of {"rev", "fwd"}, optional
        Reverse mode, forward mode.
    argnums : int or sequence of int, optional
        The arguments to differentiate by; all that are floats by default.
    rtol, atol : float, optional
        The error of an entry that is allowed, beyond what the differences leave open.
    max_entries : int, optional
        Of larger gradients so many entries are compared, the same random ones each time.

    Returns
    -------
    Proof
        ``.ok``, ``.worst``, ``.parts``, ``.as_dict()``, and the whole story when printed.

    Raises
    ------
    MismatchError
        Where a derivative is wrong; it names the worst argument and entry.
    GradgenError
        Where gradgen refuses the function, in one of the modes.

    Examples
    --------
    >>> import gradgen, math
    >>> gradgen.check_grads(lambda x: math.sin(x) * x, (0.3,)).ok
    True
    """
    chosen = _modes(modes)
    point = Point(f, args, argnums)
    proof = Prover(point, order, chosen, rtol, atol, max_entries).proof()
    if not proof.ok:
        raise MismatchError(proof)
    return proof


def check(
    fn: Callable[..., Any],
    args: Sequence[Any],
    argnums: int | Sequence[int] = 0,
    *,
    tolerance: float = TOLERANCE,
    max_entries: int = MAX_ENTRIES,
) -> Proof:
    """Compare the gradient alone with differences and the complex step, and report.

    It is `check_grads` of order 1 in reverse mode that does not raise: ``.ok`` and ``.worst`` of
    the result say what came out.  Parameters are those of `check_grads`.
    """
    point = Point(fn, args, argnums)
    return Prover(point, 1, ("rev",), tolerance, 0.0, max_entries).proof()


def verify(
    fn: Callable[..., Any],
    args: Sequence[Any],
    argnums: int | Sequence[int] | None = None,
    *,
    has_aux: bool = False,
    order: int = 2,
    seconds: float = 10.0,
) -> Proof:
    """Prove the derivatives of a function at a point by all means there are, and report.

    Besides what `check_grads` does: a proof by SymPy that the generated text is the derivative of
    the function, as expressions, where both can be evaluated on symbols; and the kinks, branch
    boundaries, tests of floats for equality and integers near the point.  What cannot be done is
    said, and is no failure.

    Parameters
    ----------
    fn, args, argnums
        As for `check_grads`.
    has_aux : bool, optional
        Whether the function returns ``(loss, aux)``.
    order : int, optional
        The highest order of derivatives.
    seconds : float, optional
        How long SymPy may take; 0 leaves it out.

    Returns
    -------
    Proof
        The report; it does not raise where something disagrees.
    """
    from gradgen.proof.exact import exact_part
    from gradgen.proof.nearby import nearby_part

    point = Point(fn, args, argnums, has_aux)
    with quiet():
        limit = _affordable(point)
    prover = Prover(point, order, MODES, TOLERANCE, 0.0, limit, lenient=True)
    more = [lambda: exact_part(point, seconds)] if seconds else []
    return prover.proof(*more, lambda: nearby_part(point))


def _modes(modes: str | Sequence[str]) -> tuple[str, ...]:
    chosen = (modes,) if isinstance(modes, str) else tuple(modes)
    if not chosen or any(m not in MODES for m in chosen):
        raise ArgumentError(f"modes={modes!r}", hint='give some of "rev" and "fwd"')
    return tuple(dict.fromkeys(chosen))


def _affordable(point: Point) -> int:
    """Return how many entries can be compared in the time there is."""
    once = min(_duration(point) for _ in range(3))
    return int(min(MAX_ENTRIES, max(8, DIFFERENCES_BUDGET / (EVALUATIONS * max(once, 1e-9)))))


def _duration(point: Point) -> float:
    start = time.perf_counter()
    point.value(point.x)
    return time.perf_counter() - start
