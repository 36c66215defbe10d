"""What is near a point: kinks, jumps, branch boundaries, ties, tests of floats for equality.

The operation graph runs at the point, and at points a tiny step to either side.  Each operation of
the table in ``margins`` says how far it is from where its derivative jumps; how fast that changes
with the step gives the distance in steps of the arguments.
"""

from __future__ import annotations

import contextlib
import copy
import io
import itertools
import time
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from gradgen.dataclass import dataclass
from gradgen.diff.activity import varied
from gradgen.errors import GradgenError, Span
from gradgen.ir.evaluate import MISSING, EvaluationError, Frame, Runner, follow
from gradgen.ir.nodes import Function, Op, Value, walk
from gradgen.options import Options
from gradgen.proof.margins import EQUAL, MARGINS, TESTS, margins
from gradgen.proof.point import Point, Vector
from gradgen.proof.report import Part
from gradgen.rules.registry import RULES

# What a step of this size (of a number of size one) can reach is near.
NEAR = 1e-3
TINY = 1e-6
SECONDS = 2.0
DIRECTIONS = 2
SHOWN = 12
RULED = {
    "custom": "a derivative of its own, which need not be that of the function",
    "stop_gradient": "the gradient is stopped; held at the point for the comparison",
}
Trail = list[tuple[Op, Any]]


@dataclass(frozen=True)
class Nearby:
    """One operation near where its derivative jumps.

    ``margin`` is the smallest one over all entries and turns, ``step`` the step of the arguments
    that reaches it, about; None for a test of equality that no small step decides.
    """

    where: str
    text: str
    what: str
    kind: str
    margin: float
    step: float | None

    def __str__(self) -> str:
        if self.kind == EQUAL:
            how = (
                "holds exactly at the point"
                if self.margin == 0
                else f"is {abs(self.margin):.1e} from equality"
            )
            said = f"{self.what} tests floats for equality: {how}"
        elif self.margin == 0:
            said = f"{self.what} {self._is} at the point itself"
        else:
            how = f"{abs(self.margin):.1e} away; steps of {self.step:.0e} reach it"
            said = f"{self.what} {self._is} {how}"
        return f"{self.where}: {said}    {self.text}".rstrip()

    @property
    def _is(self) -> str:
        return self.kind if self.kind == TESTS else f"has {self.kind}"


class _Tooslow(Exception):
    """The run takes more time than there is."""


class _Thinker(Runner):
    """Runs a graph, and notes the margins of what varies with the arguments."""

    mirrors = False

    def __init__(
        self, function: Function, arguments: Mapping[str, Any], moving: set[Value],
        trail: Trail, deadline: float,
    ) -> None:  # fmt: skip
        super().__init__(function, arguments)
        self.moving, self.trail, self.deadline = moving, trail, deadline

    def callee(self, function: Function, given: Mapping[str, Any]) -> Runner:
        """Follow recursive functions, too."""
        return _Thinker(function, given, varied(function), self.trail, self.deadline)

    def enter(self, op: Op, frame: Frame, mirror: Frame | None) -> Frame:
        """Return a run of a block that nothing keeps."""
        if time.process_time() > self.deadline:
            raise _Tooslow
        return Frame(frame)

    def operation(self, op: Op, frame: Frame) -> list[Any]:
        """Note the margins of an operation before it is done."""
        if op.prim in MARGINS and any(v in self.moving for v in op.inputs):
            args = self.inputs(op, frame)
            if not any(a is MISSING for a in args):
                found = margins(op.prim, args, op.attrs)
                if found is not None and found.size:
                    self.trail.append((op, found))
        if op.prim == "if" and op.inputs[0] in self.moving:
            found = margins("bool", self.inputs(op, frame), {})
            self.trail.append((op, found))
        return super().operation(op, frame)


class _Follower(_Thinker):
    """Does so in memory, with the stores in place that the generated text does in place."""

    def store(self, op: Op, base: Any, args: list[Any]) -> Any:
        """Write into the memory itself."""
        return super().store(op, base, args) if self.fixed(base) else self.written(op, base, args)

    def own(self, items: list[Any]) -> list[Any]:
        """Return the list itself, to be changed."""
        return items


class _Follow:
    """The margins of a function's operations at different numbers."""

    def __init__(self, point: Point, seconds: float) -> None:
        from gradgen.pipeline import run

        self.point = point
        self.deadline = time.process_time() + seconds
        options = Options(argnums=point.positions, mode="value", has_aux=point.has_aux)
        self.rules: dict[str, None] = {}
        made = run(point.fn, point.own_args(), options, until="copies", watch=self._note_rules)
        self.in_memory = not any(op.prim == "call" for op in walk(made.function.body))
        if not self.in_memory:
            made = run(point.fn, point.own_args(), options, until="parse")
        self.function = made.function
        self.moving = varied(self.function)

    def at(self, x: Vector) -> Trail:
        """Return the margins in the order of the operations."""
        args = copy.deepcopy(dict(zip(self._names(), self._bound(x), strict=True)))
        trail: Trail = []
        kind = _Follower if self.in_memory else _Thinker
        follower = kind(self.function, args, self.moving, trail, self.deadline)
        frame = Frame()
        for leaf in self.function.leaves:
            frame.values[leaf.value] = follow(args[leaf.param], leaf.path)
        with np.errstate(all="ignore"), contextlib.redirect_stdout(io.StringIO()):
            follower.block(self.function.body, frame)
        return trail

    def _names(self) -> list[str]:
        return list(self.function.signature.parameters)

    def _bound(self, x: Vector) -> list[Any]:
        found = self.function.signature.bind(*self.point.args_at(x, wide=False))
        found.apply_defaults()
        return list(found.arguments.values())

    def nearby(self) -> list[Nearby]:
        """Return the operations near where their derivatives jump, nearest first.

        Raises
        ------
        GradgenError
            Where the graph cannot be run, or not in the time there is.
        """
        point = self.point
        try:
            here = self.at(point.x)
            others = []
            for k, sign in itertools.product(range(DIRECTIONS), (1.0, -1.0)):
                with contextlib.suppress(EvaluationError):  # beyond the end of the domain
                    others.append(self.at(point.x + TINY * sign * point.direction(k)))
        except _Tooslow:
            raise GradgenError("following the operations takes too much time") from None
        rates = [np.zeros(len(m)) for _, m in here]
        parted: set[Op] = set()
        for other in others:
            _compare(here, other, rates, parted)
        best: dict[tuple[str, str], Nearby] = {}
        for (op, margin), rate in zip(here, rates, strict=True):
            item = _of(op, margin, rate, op in parted)
            if item is not None:
                key = (item.where, item.what)
                if key not in best or _rank(item) < _rank(best[key]):
                    best[key] = item
        return sorted(best.values(), key=_rank)

    def _note_rules(self, stage: str, function: Function) -> None:
        """Note which functions have a derivative of their own, and where gradients are stopped."""
        for op in walk(function.body) if stage == "parse" else ():
            said = RULED.get(op.prim)
            if said is not None:
                self.rules[f"{place(op.span)}: {said}"] = None


def _compare(here: Trail, other: Trail, rates: list[Any], parted: set[Op]) -> None:
    """Note how fast margins change, up to where the other run goes another way."""
    for k, (op, margin) in enumerate(here):
        if k >= len(other) or other[k][0] is not op or len(other[k][1]) != len(margin):
            if k:
                parted.add(here[k - 1][0])
            return
        with np.errstate(all="ignore"):
            change = np.abs(other[k][1] - margin) / TINY
        rates[k] = np.fmax(rates[k], np.where(np.isfinite(change), change, 0.0))


def _of(op: Op, margin: Any, rate: Any, parted: bool) -> Nearby | None:
    """Return what is to be said of one run of one operation."""
    kind = MARGINS[op.prim][0] if op.prim in MARGINS else EQUAL
    with np.errstate(all="ignore"):
        steps = np.where(margin == 0, 0.0, np.abs(margin) / rate)
    steps = np.where(np.isnan(steps), np.inf, steps)
    # What does not move with the arguments is no boundary for them: a tie of constants.
    steps = np.where((margin == 0) & (rate == 0), np.inf, steps)
    k = int(np.argmin(steps))
    if not (steps[k] <= NEAR or kind == EQUAL or parted):
        return None
    rule = RULES.get(op.prim)
    what = (rule.spelling if rule is not None else "") or SIGNS.get(op.prim, op.prim)
    span = op.span
    return Nearby(
        place(span), span.text.strip() if span is not None else "", what, kind,
        float(margin[k]), float(steps[k]) if np.isfinite(steps[k]) else None,
    )  # fmt: skip


SIGNS = {"if": "if", "lt": "<", "le": "<=", "gt": ">", "ge": ">=", "eq": "==", "ne": "!="}


def place(span: Span | None) -> str:
    """Return the user's line: of generated text, the one that it names."""
    if span is None or not span.line:
        return "the source"
    return span.made_from or f"{span.path}:{span.line}"


def _rank(item: Nearby) -> tuple[bool, float]:
    return item.kind == EQUAL and item.margin != 0, np.inf if item.step is None else item.step


def nearby_part(point: Point) -> Part:
    """Return what is near the point as a part of a proof: a warning, never a fault."""
    title = "near the point"
    whole = list(_integers(point))
    try:
        following = _Follow(point, SECONDS)
        whole += following.rules
        found = following.nearby()
    except (EvaluationError, GradgenError) as error:
        first = str(error).splitlines()[0]
        return Part(title, None, f"not known: {first}", (), {"unknown": str(error)}, tuple(whole))
    lines = [str(item) for item in found]
    more = [f"and {len(lines) - SHOWN} more"] if len(lines) > SHOWN else []
    edges = sum(item.kind != EQUAL for item in found)
    tests = len(found) - edges
    text = f"no kink, jump or boundary that steps of {NEAR:g} reach"
    if edges:
        noun = "place" if edges == 1 else "places"
        text = f"{edges} {noun} where the derivative jumps within steps of {NEAR:g}"
    if tests:
        text += f"; {tests} test{'s' if tests > 1 else ''} of floats for equality"
    data = {
        "found": [{"where": n.where, "what": n.what, "kind": n.kind, "margin": n.margin,
                   "step": n.step} for n in found],
        "integers": whole,
    }  # fmt: skip
    return Part(title, None, text, (), data, (*lines[:SHOWN], *more, *whole))


def _integers(point: Point) -> Iterator[str]:
    """Say which integers are held constant, where one may take them for differentiated."""
    inside = [name for name, active in point.integers if active]
    beside = [name for name, active in point.integers if not active]
    if inside:
        yield f"integers in a differentiated argument have no derivative: {', '.join(inside[:8])}"
    if beside:
        yield f"integers, held constant: {', '.join(beside[:8])}"
