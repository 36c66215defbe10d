"""Samples as cases: a loss for each, written to a module of its own so that it has a source."""

from __future__ import annotations

import ast
import atexit
import copy
import functools
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

import gradgen.library.of_scipy
import gradgen.rules.table  # noqa: F401  (fills the table of rules)
from gradgen.library import READINGS
from gradgen.rules.registry import RULES, Rule
from tests.cases import Case
from tests.checks import load_module
from tests.references import complex_gradient, difference_along, directions, float_argnums
from tests.rules.calls import CALLS
from tests.rules.pool import POOL

HEAD = """
import cmath
import math
import random
import statistics
import numpy as np
import scipy
import scipy.integrate
import scipy.interpolate
import scipy.linalg
import scipy.optimize
import scipy.signal
import scipy.spatial.distance
import scipy.special
import scipy.stats

W = np.cos(1.0 + np.arange(240.0))
W32 = W.astype(np.float32)
"""
# What an elementwise operation of one argument is tried on; the letter is its domain.
FORMS = ("{0}", "{0}3", "{0}0", "{0}1", "{0}e", "{0}f3", "{0}s23")


@dataclass(frozen=True)
class Sample(Case):
    """One call of an operation; ``name`` is the expression, ``module`` the operation's name."""

    @property
    def names(self) -> list[str]:
        """The entries of the pool that the expression reads, in order."""
        found = (n.id for n in ast.walk(ast.parse(self.name)) if isinstance(n, ast.Name))
        return sorted({n for n in found if n in POOL})

    @property
    def function(self) -> Callable[..., Any]:
        """The loss: the expression's entries, weighted and summed."""
        loss = loss_of(self.name, tuple(self.names))
        if not hasattr(loss, "not_analytic"):
            loss.not_analytic = means_another(loss, self.args(), self.argnums)
        return loss

    def args(self) -> tuple:
        """Return fresh arguments from the pool."""
        return tuple(copy.deepcopy(POOL[n]) for n in self.names)

    def more_args(self) -> list[tuple]:
        """Return nothing: each sample is one call."""
        return []

    @property
    def argnums(self) -> tuple[int, ...]:
        """The positions of the float arguments."""
        return float_argnums(self.args())

    @property
    def may_be_refused(self) -> bool:
        """Whether a refusal is as good: never."""
        return False


@functools.cache
def loss_of(expression: str, names: tuple[str, ...], weights: str = "W") -> Callable[..., Any]:
    """Return the loss of a sample, from a module written for it: a sum, of weighted entries."""
    total = "result"
    if weights:
        total = f"{weights}[: np.size(result)].reshape(np.shape(result)) * result"
    text = (
        f"{HEAD}\n\ndef loss({', '.join(names)}):\n    result = {expression}\n"
        f"    return np.sum({total})\n"
    )
    path = Path(tempfile.mkdtemp(dir=folder())) / "sample.py"
    path.write_text(text)
    return load_module(path).loss


@functools.cache
def folder() -> str:
    """Return a folder for the modules of all samples, which goes when the tests are over."""
    made = tempfile.TemporaryDirectory(prefix="gradgen-samples-")
    atexit.register(made.cleanup)
    return made.name


def means_another(loss: Any, args: tuple, argnums: tuple[int, ...]) -> bool:
    """Tell whether the complex step gives something other than the derivative.

    Of complex numbers some operations are other functions: ``eigh`` takes matrices for Hermitian.
    Two directions, in which all entries move, are enough to see that.
    """
    try:
        stepped = complex_gradient(loss, args, argnums)
    except Exception:
        return True
    drawn = directions(args, argnums)
    for ways in (drawn, tuple(np.sign(way) for way in drawn)):
        along = sum(float(np.sum(one * way)) for one, way in zip(stepped, ways, strict=True))
        if not np.allclose(along, difference_along(loss, args, argnums, ways), 1e-5, 1e-7):
            return True
    return False


def samples() -> Iterator[Sample]:
    """Yield the samples of all rules, then those of what is read as something else."""
    for rule in RULES.values():
        for expression in expressions(rule):
            yield Sample(rule.name, expression)
    for reading in READINGS:
        for expression in reading.samples:
            yield Sample(reading.name, expression)
    for expression in CALLS:
        yield Sample("calls", expression)


def expressions(rule: Rule) -> list[str]:
    """Return the samples of a rule: its own, and those that its domain gives."""
    kinds = FORMS[:1] if rule.spelling.startswith("math.") else FORMS
    forms = [f"{rule.spelling}({f.format(rule.domain)})" for f in kinds] if rule.domain else []
    return [*forms, *rule.samples]
