"""Runs a random program and its gradient: right, refused, wrong or crashed."""

from __future__ import annotations

import contextlib
import copy
import enum
import hashlib
import importlib.util
import re
import signal
import sys
import tempfile
import traceback
import warnings
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

import gradgen
from tests.checks import run_text
from tests.complexify import analytic_module
from tests.generator.modes import FAULTS
from tests.generator.programs import Program
from tests.pytrees import leaves, same_bits, same_leaf
from tests.references import (
    NotAnalytic,
    assert_trees_close,
    complex_gradient,
    difference_gradient,
    directions,
    float_argnums,
    hessian_vector,
)

FOLDER = tempfile.TemporaryDirectory(prefix="gradgen_programs_")
RTOL, DOUBTFUL_RTOL, SECOND_ORDER_RTOL = 1e-9, 1e-5, 1e-6
LARGEST_VALUE, LARGEST_GRADIENT = 1e4, 1e5
LONGEST, LONGEST_ALONE = 60.0, 1.0


class Outcome(enum.Enum):
    """What became of a program."""

    RIGHT = "right"
    REFUSED = "refused"
    WRONG = "wrong"
    CRASH = "crash"
    # Not a program to judge by: it fails by itself, grows out of bounds, or has no reference.
    INVALID = "invalid"


@dataclass(frozen=True)
class Verdict:
    """An outcome; ``cause`` groups those alike, ``detail`` is the whole message."""

    outcome: Outcome
    cause: str = ""
    detail: str = ""


class TookTooLong(Exception):
    """A program, or deriving its gradient, does not end."""


class Invalid(Exception):
    """The program is none to judge by."""


def load(text: str) -> ModuleType:
    """Import a program from a file of its own."""
    name = f"program_{hashlib.sha256(text.encode()).hexdigest()[:16]}"
    path = Path(FOLDER.name) / f"{name}.py"
    path.write_text(text)
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    module.program.analytic = analytic_module(text)["program"]
    return module


def unload(module: ModuleType) -> None:
    """Forget a module, so that thousands of them can be run."""
    sys.modules.pop(module.__name__, None)
    Path(str(module.__file__)).unlink(missing_ok=True)


def expected_of(program: Any, args: tuple[Any, ...]) -> tuple[Any, tuple[Any, ...]]:
    """Return the value and the gradient by the complex step.

    A program whose arrays overflow on the way is none to judge by, though its value may not depend
    on them: the adjoint of a square is zero times infinity then, written by hand as well.
    """
    try:
        with time_limit(LONGEST_ALONE), np.errstate(over="raise", invalid="raise"):
            value = program(*copy.deepcopy(args))
        if not np.isfinite(value) or abs(value) > LARGEST_VALUE:
            raise Invalid(f"the value is {value}")
        gradient = complex_gradient(program, args, float_argnums(args))
    except NotAnalytic as error:
        raise Invalid(f"no complex step: {error}") from error
    except Exception as error:
        raise Invalid(f"{type(error).__name__}: {error}") from error
    flat = np.concatenate([np.ravel(leaf) for _, leaf in leaves(gradient)])
    if not np.all(np.isfinite(flat)) or np.max(np.abs(flat)) > LARGEST_GRADIENT:
        raise Invalid("the gradient is out of bounds")
    return value, gradient


def is_sure(program: Any, args: tuple[Any, ...], expected: tuple[Any, ...]) -> bool:
    """Tell whether differences agree with the complex step: at a kink they do not."""
    try:
        found = difference_gradient(program, args, float_argnums(args))
        assert_trees_close(found, expected, DOUBTFUL_RTOL)
    except AssertionError:
        return False
    return True


def check_first_order(program: Any, args: tuple[Any, ...]) -> Verdict:
    """Compare value, gradient, arguments, a second call and the text run alone."""
    value, expected = expected_of(program, args)
    function = gradgen.value_and_grad(program, argnums=float_argnums(args))
    given = copy.deepcopy(args)
    result = function(*given)
    if not same_leaf(result[0], value):
        return Verdict(Outcome.WRONG, "value", f"{result[0]!r}, expected {value!r}")
    try:
        assert_trees_close(result[1], expected, RTOL)
    except AssertionError as error:
        if not is_sure(program, args, expected):
            raise Invalid("complex step and differences disagree") from error
        return Verdict(Outcome.WRONG, "gradient", f"{result[1]}, expected {expected}")
    if not same_bits(given, args):
        return Verdict(Outcome.WRONG, "the caller's arguments were changed", repr(given))
    kept = copy.deepcopy(result)
    if not same_bits(function(*copy.deepcopy(args)), kept) or not same_bits(result, kept):
        return Verdict(Outcome.WRONG, "a second call gives other bits")
    if not same_bits(run_text(function.source, copy.deepcopy(args)), kept):
        return Verdict(Outcome.WRONG, "the text alone gives other bits")
    return Verdict(Outcome.RIGHT)


def ways(tree: Any) -> list[str]:
    """Return the subscripts that lead to each number and array in a container."""
    return ["".join(f"[{key!r}]" for _, key in path) for path, _ in leaves(tree)]


def along_text(program: Program) -> str:
    """Return the program's text with the gradient along fixed directions as a second function."""
    names = [f"a{place}" for place in range(len(program.args))]
    terms = [
        f"np.sum(g[{n}]{way} * v{n}{way})"
        for n, place in enumerate(float_argnums(program.args))
        for way in ways(program.args[place])
    ]
    listed = ", ".join(names)
    body = f"    g = gradient({listed})\n    return {' + '.join(terms)}\n"
    return f"{program.text}\n\ndef along({listed}):\n{body}"


def check_second_order(program: Program) -> Verdict:
    """Compare the gradient of the gradient along fixed directions with differences."""
    argnums, args = float_argnums(program.args), program.args
    module = load(along_text(program))
    try:
        vector = directions(args, argnums)
        module.gradient = gradgen.grad(module.program, argnums=argnums)
        for place, part in enumerate(vector):
            setattr(module, f"v{place}", part)
        got = gradgen.grad(module.along, argnums=argnums)(*copy.deepcopy(args))
        expected = hessian_vector(module.program, args, argnums, vector)
        try:
            assert_trees_close(got, expected, SECOND_ORDER_RTOL)
        except AssertionError as error:
            if not is_sure(module.program, args, complex_gradient(module.program, args, argnums)):
                raise Invalid("complex step and differences disagree") from error
            return Verdict(Outcome.WRONG, "second order", str(error))
    finally:
        unload(module)
    return Verdict(Outcome.RIGHT)


def crash_cause(error: BaseException) -> str:
    """Return the error's type, its message and where in gradgen it was raised."""
    frames = [f for f in traceback.extract_tb(error.__traceback__) if "/gradgen/" in f.filename]
    place = f"{Path(frames[-1].filename).name}:{frames[-1].name}" if frames else "generated text"
    return f"{type(error).__name__} in {place}: {generalised(str(error))}"


def generalised(message: str) -> str:
    """Return the first line of a message without names and numbers, so that those alike group."""
    first = re.sub(r"^\S+:\d+:\d+: ", "", (message.splitlines() or [""])[0])
    return re.sub(r"\b\d+\b", "N", re.sub(r"[`'\"][^`'\"]*[`'\"]", "'...'", first))[:150]


@contextlib.contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise ``TookTooLong`` after this time of computing, where the system has alarms."""

    def ring(*_: Any) -> None:
        raise TookTooLong(f"not done after {seconds:g} seconds")

    if not hasattr(signal, "setitimer"):
        yield
        return
    before = signal.signal(signal.SIGPROF, ring)
    left, _ = signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.signal(signal.SIGPROF, before)
        signal.setitimer(signal.ITIMER_PROF, left)  # an outer limit goes on


def check_modes(program: Any, args: tuple[Any, ...], modes: Collection[str]) -> Verdict:
    """Compare forward mode and compiled code with the complex step."""
    for mode, fault in FAULTS.items():
        if mode not in modes:
            continue
        value, expected = expected_of(program, args)
        try:
            found = fault(program, args, value, expected)
        except gradgen.GradgenError as error:
            return Verdict(Outcome.REFUSED, f"{mode}: {generalised(str(error))}", str(error))
        if found and is_sure(program, args, expected):
            return Verdict(Outcome.WRONG, mode, found)
    return Verdict(Outcome.RIGHT)


def judge(
    program: Program, second_order: bool = False, modes: Collection[str] = frozenset()
) -> Verdict:
    """Run a program in every way and say what became of it."""
    try:
        module = load(program.text)
    except Exception as error:
        return Verdict(Outcome.INVALID, generalised(str(error)), str(error))
    try:
        longest = LONGEST * (3 if "numba" in modes else 1)
        with warnings.catch_warnings(), np.errstate(all="ignore"), time_limit(longest):
            warnings.simplefilter("ignore")
            verdict = check_first_order(module.program, program.args)
            if second_order and verdict.outcome is Outcome.RIGHT:
                verdict = check_second_order(program)
            if verdict.outcome is Outcome.RIGHT:
                verdict = check_modes(module.program, program.args, modes)
            return verdict
    except Invalid as error:
        return Verdict(Outcome.INVALID, generalised(str(error)), str(error))
    except gradgen.GradgenError as error:
        return Verdict(Outcome.REFUSED, generalised(str(error)), str(error))
    except Exception as error:
        return Verdict(Outcome.CRASH, crash_cause(error), traceback.format_exc())
    finally:
        unload(module)
