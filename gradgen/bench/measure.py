"""Measuring: every method on one target in turn, so that what the machine does meets all alike."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from dataclasses import asdict, field
from typing import Any

import numpy as np

from gradgen import differences
from gradgen.bench.methods import METHODS, Method, flat, prepare, timed
from gradgen.bench.reference import Reference, reference
from gradgen.bench.target import Target
from gradgen.dataclass import dataclass
from gradgen.errors import GradgenError

# An error beyond this is no rounding: the function is not analytic where the step is taken.
NOT_ANALYTIC = 1e-6
Progress = Callable[[str], None]


@dataclass(frozen=True)
class Plan:
    """How long to measure: rounds of batches that last at least so many seconds."""

    rounds: int = 9
    batch: float = 0.01
    time_limit: float = 60.0

    @classmethod
    def quick(cls) -> Plan:
        """Return a plan for a first look."""
        return cls(rounds=3, batch=0.002, time_limit=10.0)


@dataclass(frozen=True)
class Row:
    """What was measured of one method on one target; times in seconds, None where there is none."""

    problem: str
    inputs: int
    method: str
    setup: float | None
    gradient: float | None
    function: float
    ratio: float | None
    error: float | None
    operations: int | None
    unit: str
    note: str
    details: dict[str, float] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Return the row for a JSON file."""
        return asdict(self)


def measure(
    target: Target,
    plan: Plan,
    progress: Progress,
    names: Sequence[str] = METHODS,
) -> list[Row]:
    """Return a row for each method."""
    exact, problem = _reference(target, progress)
    methods = []
    for name in names:
        progress(f"{target.name}, {target.inputs} inputs: {name}")
        methods.append(_checked(prepare(name, target, plan.time_limit), exact))
    try:
        progress(f"{target.name}, {target.inputs} inputs: timing")
        function = Method("function", timed(lambda: target.fn(*target.args)))
        times = interleaved([function, *methods], plan)
    finally:
        for method in methods:
            method.close()
    base = times[0]
    assert base is not None
    return [
        _row(target, method, base, time, exact, problem)
        for method, time in zip(methods, times[1:], strict=True)
    ]


def _reference(target: Target, progress: Progress) -> tuple[Reference | None, str]:
    progress(f"{target.name}, {target.inputs} inputs: reference of 50 digits")
    try:
        return reference(target.fn, target.args, target.argnums), ""
    except GradgenError as error:
        return None, str(error)


def _checked(method: Method, exact: Reference | None) -> Method:
    """Withdraw a complex step that does not give the derivative, as of a function of ``abs``."""
    if method.name != "complex step" or method.gradient is None or exact is None:
        return method
    error = exact.worst_error(method.gradient)
    if error <= NOT_ANALYTIC:
        return method
    return Method(method.name, note="not valid here: the function is not analytic")


def _row(
    target: Target,
    method: Method,
    base: float,
    time: float | None,
    exact: Reference | None,
    problem: str,
) -> Row:
    known = exact is not None and method.gradient is not None
    return Row(
        problem=target.name,
        inputs=target.inputs,
        method=method.name,
        setup=method.setup,
        gradient=time,
        function=base,
        ratio=None if time is None else time / base,
        error=exact.worst_error(method.gradient) if known else None,  # type: ignore[union-attr,arg-type]
        operations=method.operations,
        unit=method.unit,
        note=method.note or problem,
        details=method.details,
    )


def interleaved(methods: Sequence[Method], plan: Plan) -> list[float | None]:
    """Return the median time of one call of each method, taken in turns."""
    counts = [_batch(method, plan) for method in methods]
    samples: list[list[float]] = [[] for _ in methods]
    for _ in range(plan.rounds):
        for method, count, kept in zip(methods, counts, samples, strict=True):
            if method.seconds is not None:
                kept.append(method.seconds(count) / count)
    return [statistics.median(kept) if kept else None for kept in samples]


def _batch(method: Method, plan: Plan) -> int:
    """Return how many calls make a batch; the calls also warm the method up."""
    if method.seconds is None:
        return 0
    count = 1
    while method.seconds(count) < plan.batch:
        count *= 2
    return count


@dataclass(frozen=True)
class Steps:
    """The error of differences against the step, and that of gradgen beside it."""

    problem: str
    inputs: int
    steps: tuple[float, ...]
    errors: dict[str, tuple[float, ...]]
    gradgen: float

    def as_json(self) -> dict[str, Any]:
        """Return the curves for a JSON file."""
        return asdict(self)


def step_errors(target: Target, count: int) -> Steps:
    """Return the worst error of each kind of difference at ``count`` steps from 1e-16 to 1."""
    import gradgen

    exact = reference(target.fn, target.args, target.argnums)
    steps = tuple(float(h) for h in np.logspace(-16, 0, count))
    real = differences.Probe(target.fn, target.args, target.argnums)
    curves = {
        "forward differences": (differences.forward, real),
        "central differences": (differences.central, real),
        "complex step": (
            differences.complex_step,
            differences.Probe(target.fn, target.args, target.argnums, complex),
        ),
    }
    errors = {}
    for name, (compute, probe) in curves.items():
        try:
            errors[name] = tuple(exact.worst_error(compute(probe, h)) for h in steps)
        except (TypeError, ValueError, AttributeError):
            continue
    gradients = gradgen.value_and_grad(target.fn, argnums=target.argnums)(*target.args)[1]
    return Steps(target.name, target.inputs, steps, errors, exact.worst_error(flat(gradients)))
