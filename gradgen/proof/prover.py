"""The parts of a proof, one after another: what is compared, and how that is said."""

from __future__ import annotations

import contextlib
import os
import warnings
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from gradgen.errors import ArgumentError, GradgenError, GradgenWarning
from gradgen.proof.entries import Entries, check_entries
from gradgen.proof.limits import OutOfTime, limited
from gradgen.proof.modes import base_of
from gradgen.proof.orders import FAULTS, Mix, dot_products, mixes
from gradgen.proof.point import Point, Vector
from gradgen.proof.report import Part, Proof
from gradgen.proof.taylor import table, taylor

# Seconds of the processor for the derivatives of derivatives.
ORDERS_BUDGET = 6.0
STOPPED = "not compared: the function stops gradients, which differences of a gradient do not see"


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Print and warn of nothing: a function is called many times, and beyond its domain."""
    with (
        open(os.devnull, "w") as nowhere,
        contextlib.redirect_stdout(nowhere),
        warnings.catch_warnings(),
    ):
        warnings.simplefilter("ignore", GradgenWarning)
        warnings.simplefilter("ignore", RuntimeWarning)
        yield


def _with_modes(error: GradgenError) -> GradgenError:
    """Return a refusal of forward mode, which has one way out more: to leave it out."""
    hint = 'leave forward mode out with modes=("rev",)'
    hint = f"{error.hint}; or {hint}" if error.hint else hint
    return type(error)(error.message, error.span, hint)


class Prover:
    """Makes the parts of a proof one after another.

    ``lenient``: what gradgen refuses beyond the gradient itself is noted, not raised.
    """

    def __init__(
        self,
        point: Point,
        order: int,
        modes: Sequence[str],
        rtol: float,
        atol: float,
        max_entries: int,
        lenient: bool = False,
    ) -> None:
        if isinstance(order, bool) or not isinstance(order, int) or order < 1:
            raise ArgumentError(f"order={order!r} is not 1 or more", hint="give the highest order")
        self.point, self.order, self.modes, self.lenient = point, order, tuple(modes), lenient
        self.rtol, self.atol, self.max_entries = rtol, atol, max_entries

    def proof(self, *more: Callable[[], Part]) -> Proof:
        """Return the whole report; what the function prints is not repeated."""
        with quiet():
            return self._proof(more)

    def _proof(self, more: Sequence[Callable[[], Part]]) -> Proof:
        point = self.point
        v = point.direction(2)
        gradient, worst = None, None
        value = self._repeatable()
        parts: list[Part] = []
        if "rev" in self.modes:
            try:
                value, gradient = point.reverse()
            except FAULTS as error:
                if isinstance(error, GradgenError):
                    raise
                return Proof(point.name, value, tuple(point.names), (_fault("gradient", error),))
            parts.append(self._value(value))
            found = check_entries(point, gradient, self.rtol, self.max_entries, self.atol)
            worst = found.worst
            parts += _entry_parts(found)
        if "fwd" in self.modes:
            parts.append(self._guarded("forward mode", lambda: self._forward(gradient, v)))
        higher, curvature = self._orders() if self.order > 1 else ([], None)
        if gradient is not None and (self.order > 1 or "fwd" in self.modes):
            parts.append(_taylor_part(point, gradient, v, curvature))
        parts += higher
        parts += [make() for make in more]
        return Proof(point.name, value, tuple(point.names), tuple(parts), worst)

    def _repeatable(self) -> float:
        """Return the value, if a second call gives the same."""
        first, second = (self.point.value(self.point.x) for _ in range(2))
        if first != second and not (np.isnan(first) and np.isnan(second)):
            raise ArgumentError(
                f"two calls of {self.point.name} at the same arguments give {first!r} and "
                f"{second!r}: there is nothing to compare a derivative with",
                hint="seed the generator of its random numbers inside, or pass what it draws",
            )
        return first

    def _value(self, value: float) -> Part:
        plain = self.point.value(self.point.x)
        size = max(abs(plain), 1e-300)
        error = abs(value - plain) / size if value != plain else 0.0
        room = 1e-5 if self.point.single else 1e-12
        ok = bool(error <= room) and bool(np.isfinite(value))
        how = f"that of the function, to {error:.0e}" if error else "bitwise that of the function"
        how = f"{value:.17g}, {how}"
        if not np.isfinite(value):
            how = "not finite" if not np.isfinite(plain) else f"{value!r} instead of {plain!r}"
        elif not ok:
            how = f"{value!r} instead of {plain!r}"
        return Part("value", ok, how, data={"value": value, "function": plain})

    def _guarded(self, title: str, make: Callable[[], Part]) -> Part:
        try:
            return make()
        except GradgenError as error:
            if not self.lenient:
                raise _with_modes(error) from None
            return Part(title, None, _refusal(error), data={"refused": str(error)})
        except FAULTS as error:
            return _fault(title, error)

    def _forward(self, gradient: Vector | None, v: Vector) -> Part:
        """Compare forward mode with the gradient, or by itself with differences."""
        value, tangent = self.point.forward(v)
        if gradient is None:
            found = taylor(self.point, v * (tangent / float(v @ v)), v)
            size = max(abs(tangent), abs(found.difference), 1e-12)
            error = abs(tangent - found.difference) / size
            text = f"{tangent:.12g} along a direction, {found.difference:.12g} by differences"
            return Part("forward mode", found.ok, text, data={"error": error})
        dot = dot_products(self.point, value, gradient, v, tangent)
        text = f"<c, J v> = {dot.forward:.12g}, <Jᵀ c, v> = {dot.reverse:.12g}, " if (
            not dot.ok) else ""  # fmt: skip
        text += f"dot products with reverse mode agree to {dot.error:.1e}" if dot.ok else (
            f"the dot products differ by {dot.error:.1e}")  # fmt: skip
        data = {"forward": dot.forward, "reverse": dot.reverse, "error": dot.error}
        return Part("forward mode", dot.ok, text, data=data)

    def _orders(self) -> tuple[list[Part], float | None]:
        """Return one part for each order, and the curvature along the direction."""
        if self.point.stops:
            return [Part("second order", None, STOPPED)], None
        found: list[tuple[Mix, float | None]] = []
        refusal = self._mixed(found)
        bends = [bend for mix, bend in found if mix.order == 2 and bend is not None]
        parts = [
            _order_part(k, [m for m, _ in found if m.order == k], refusal)
            for k in range(2, self.order + 1)
        ]
        return parts, bends[0] if bends else None

    def _mixed(self, found: list[tuple[Mix, float | None]]) -> GradgenError | None:
        """Add the comparisons of all mixes of modes; return what kept some from being made."""
        if not self.lenient:
            found += mixes(self.point, base_of(self.point), self.order, self.modes)
            return None
        refusal: GradgenError | None = None
        try:
            with limited(ORDERS_BUDGET):
                for modes in (self.modes, self.modes[:1]):
                    try:
                        for mix in mixes(self.point, base_of(self.point), self.order, modes):
                            found.append(mix)
                    except GradgenError as error:
                        refusal = refusal or error
                    if found:
                        break
        except OutOfTime:
            refusal = GradgenError(f"more than {ORDERS_BUDGET:g} s were spent on it")
        return refusal


def _fault(title: str, error: Exception) -> Part:
    """Return the part of a generated function that raises, where the function does not."""
    what = f"{type(error).__name__}: {error}".splitlines()[0]
    text = f"the generated function raises {what}, where the function itself does not"
    return Part(title, False, text, data={"raises": what})


def _refusal(error: GradgenError) -> str:
    return f"not available: {str(error).splitlines()[0]}"


def _entry_parts(found: Entries) -> Iterator[Part]:
    some = "" if len(found.checked) == found.count else f" of {found.count} (at random)"
    wrong = sum(not e.ok for e in found.checked)
    noun = "entry" if len(found.checked) == 1 else "entries"
    text = f"{len(found.checked)}{some} {noun} against central differences at six steps"
    if wrong:
        text = (
            f"{wrong} of the {len(found.checked)}{some} {noun} disagree; worst {found.worst.name}"
        )
    left = sum(not e.decided for e in found.checked)
    if left:
        text += f"; {left} left open by the differences, which do not settle"
    endless = [e.name for e in found.checked if np.isinf(e.gradient)]
    if endless:
        text += f"; infinite for {', '.join(endless[:4])}"
    kinks = sum(e.kink for e in found.checked)
    if kinks:
        text += f"; {kinks} at a kink, where any slope between the sides is right"
    data = {
        "checked": len(found.checked), "entries": found.count, "wrong": wrong, "kinks": kinks,
        "open": left,
        "worst": {"name": found.worst.name, "gradient": found.worst.gradient,
                  "difference": found.worst.difference, "complex_step": found.worst.complex_step,
                  "error": found.worst.error},
    }  # fmt: skip
    lines = ("worst: " + found.worst.story()[0], *found.worst.story()[1:])
    ok = found.ok if wrong or left < len(found.checked) else None
    yield Part("gradient", ok, text, lines, data)
    exact = found.complex_worst is not None
    yield Part("complex step", found.ok if exact else None, found.complex_note,
               data={"error": found.complex_worst})  # fmt: skip


def _taylor_part(point: Point, gradient: Vector, v: Vector, curvature: float | None) -> Part:
    found = taylor(point, gradient, v, curvature)
    first, *rest = found.slopes[1:]
    said = "is rounding alone" if first is None else f"falls like h^{first:.2f} (2 is right)"
    text = f"what is left after the gradient {said}"
    if rest and rest[0] is not None:
        text += f"; after the second derivative like h^{rest[0]:.2f} (3 is right)"
    if found.kink:
        text += "; the function bends at the point, along this direction"
    data = {"slopes": found.slopes, "steps": found.steps, "remainders": found.remainders}
    return Part("Taylor remainder", found.ok, text, tuple(table(found)), data)


def _order_part(order: int, found: Sequence[Mix], refusal: GradgenError | None) -> Part:
    title = {2: "second order", 3: "third order"}.get(order, f"order {order}")
    data = {m.title: {"error": m.error, "ok": m.ok, "worst": m.name} for m in found}
    if not found:
        return Part(title, None, _refusal(refusal) if refusal else "not reached", data=data)
    wrong = [m for m in found if not m.ok]
    worst = max(wrong or found, key=lambda m: m.error)
    text = f"{', '.join(m.title for m in wrong or found)}: "
    if wrong and np.isnan(worst.ours) and np.isinf(worst.error):
        text += f"the generated function raises {worst.name}, where the function does not"
    elif wrong:
        text += f"{worst.name} is {worst.ours:.10g}, by differences {worst.theirs:.10g}"
    else:
        text += f"worst {worst.name}, {worst.error:.1e}"
    left = max(m.open for m in found)
    if left and not wrong:
        text += f"; {left} entr{'y is' if left == 1 else 'ies are'} left open by the differences"
    if refusal is not None and not wrong:
        text += f"; the rest is {_refusal(refusal)}"
    return Part(title, not wrong, text, data=data)
