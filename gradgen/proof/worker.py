"""SymPy's part of a proof, in a process of its own so that it can be stopped.

It reads the pickled expressions that ``proof.exact`` wrote, and says one line of JSON for each
partial derivative that it is done with.
"""

from __future__ import annotations

import contextlib
import json
import pickle
import random
import sys
import time
from collections.abc import Callable
from typing import Any

import mpmath

from gradgen.interpret.values import Values
from gradgen.proof.limits import OutOfTime, limited

DIGITS = 50
# At so many digits two expressions are equal; a rounded constant shows at 16.
EQUAL, ROUNDED = mpmath.mpf(10) ** -38, mpmath.mpf(10) ** -13
POINTS = 3
DEPTH = 20_000


def main() -> None:
    """Serve one task."""
    sys.setrecursionlimit(DEPTH)
    task = pickle.load(sys.stdin.buffer)
    deadline = time.process_time() + task["seconds"]
    prover = _Prover(task)
    left = []
    for k in range(len(task["symbols"])):
        verdict = prover.numbers(k)
        if verdict is None:
            _say(k=k, how="numbers")
            left.append(k)
        else:
            _say(k=k, **verdict)
    for ways in (CHEAP, THOROUGH):
        still = []
        for i, k in enumerate(left):
            room = max(deadline - time.process_time(), 0.1) / (len(left) - i)
            how = prover.algebra(k, ways, room)
            if how:
                _say(k=k, how=how)
            else:
                still.append(k)
        left = still


class _Prover:
    def __init__(self, task: dict[str, Any]) -> None:
        import sympy

        self.sympy = sympy
        self.symbols, self.expr, self.ours = task["symbols"], task["expr"], task["gradient"]
        at = dict(zip(self.symbols, task["values"], strict=True))
        rng = random.Random(0)
        moved = [{s: v + 1e-4 * rng.uniform(-1, 1) * max(1.0, abs(v)) for s, v in at.items()}
                 for _ in range(POINTS - 1)]  # fmt: skip
        self.points = [Values(p, DIGITS) for p in (at, *moved)]
        self.differences: dict[int, Any] = {}

    def numbers(self, k: int) -> dict[str, Any] | None:
        """Compare at points to many digits; None where all are equal."""
        theirs = self._settled(self.expr.diff(self.symbols[k]))
        ours = self._settled(self.ours[k])
        self.differences[k] = theirs - ours
        worst = mpmath.mpf(0)
        for value in self.points:
            a, b = value(ours), value(theirs)
            with mpmath.workdps(DIGITS):
                size = max(abs(a), abs(b))
                worst = max(worst, abs(a - b) / size if size else mpmath.mpf(0))
        if worst <= EQUAL:
            return None
        a, b = self.points[0](ours), self.points[0](theirs)
        if worst <= ROUNDED or max(abs(a), abs(b)) <= 1e-14:
            return {"how": "rounded", "error": float(worst)}
        return {"how": "different", "ours": float(a), "theirs": float(b), "error": float(worst)}

    def _settled(self, expr: Any) -> Any:
        """Replace absolute values and signs by what they are at the point."""
        value, sympy = self.points[0], self.sympy

        def sign(x: Any) -> Any:
            return sympy.Integer(int(mpmath.sign(value(x))))

        if expr.has(sympy.Abs, sympy.sign):
            expr = expr.replace(sympy.Abs, lambda x: sign(x) * x).replace(sympy.sign, sign)
        return expr

    def algebra(self, k: int, ways: dict[str, Callable[[Any], Any]], seconds: float) -> str:
        """Return the way by which a difference is zero, or an empty text."""
        for how, way in ways.items():
            with contextlib.suppress(Exception, OutOfTime), limited(seconds / len(ways)):
                if way(self.differences[k]) == 0:
                    return how
        return ""


def _numerator(expr: Any) -> Any:
    import sympy

    return sympy.expand(sympy.fraction(sympy.together(expr))[0])


def _exponentials(expr: Any) -> Any:
    import sympy

    top = _numerator(expr.rewrite(sympy.exp))
    return sympy.expand(sympy.powsimp(sympy.expand(top)))


def _powers(expr: Any) -> Any:
    import sympy

    return sympy.expand(sympy.powsimp(_numerator(sympy.expand_log(expr, force=True)), force=True))


def _simplified(expr: Any) -> Any:
    import sympy

    return sympy.simplify(expr)


def _expanded(expr: Any) -> Any:
    import sympy

    return sympy.expand(expr)


CHEAP: dict[str, Callable[[Any], Any]] = {
    "identical": lambda expr: expr,
    "expanded": _expanded,
    "over a common denominator": _numerator,
}
THOROUGH: dict[str, Callable[[Any], Any]] = {
    "in exponentials": _exponentials,
    "by laws of powers": _powers,
    "simplified": _simplified,
}


def _say(**message: Any) -> None:
    print(json.dumps(message), flush=True)


if __name__ == "__main__":
    main()
