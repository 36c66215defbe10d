"""The corpus as a list of cases: a function, its arguments, what is differentiated."""

from __future__ import annotations

import functools
import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

import gradgen
from tests import corpus
from tests.references import float_argnums

LOSSES = ("losses", "python_losses")
STORES = ("stores_slices", "stores_gather", "stores_calls")
MUTATION = ("mutation", "mutation_aliases", "mutation_views", "boxes", *STORES)
CONTROL = (
    "checkpoints",
    "control",
    "loops",
    "control_jumps",
    "control_statements",
    "control_iteration",
)
LANGUAGE = tuple(
    module.name
    for module in pkgutil.iter_modules(corpus.__path__)
    if module.name.startswith(("lang_", "lists_", "comprehensions_"))
)
FUNCTIONS = (
    "functions_signatures",
    "functions_closures",
    "objects_classes",
    "recursion",
    "recursion_writes",
)
NUMPY_OPS = ("arithmetic", "elementwise", "reductions", "contractions", "shapes", "indexing")


@dataclass(frozen=True)
class Case:
    """One function of the corpus."""

    module: str
    name: str

    @property
    def corpus(self) -> Any:
        """The module that the function is defined in."""
        return importlib.import_module(f"tests.corpus.{self.module}")

    @property
    def function(self) -> Callable[..., Any]:
        """The user's function."""
        return getattr(self.corpus, self.name)

    def args(self) -> tuple:
        """Return fresh example arguments."""
        return self.corpus.EXAMPLE_ARGS[self.name]()

    def more_args(self) -> list[tuple]:
        """Return arguments that lead along other paths through the function."""
        return [make() for make in getattr(self.corpus, "MORE_ARGS", {}).get(self.name, [])]

    @property
    def argnums(self) -> tuple[int, ...]:
        """The positions of the differentiated arguments."""
        given = getattr(self.corpus, "ARGNUMS", {})
        return given.get(self.name) or float_argnums(self.args())

    @property
    def may_be_refused(self) -> bool:
        """Whether a clear refusal is as good as a right gradient."""
        return self.name in getattr(self.corpus, "MAY_BE_REFUSED", ())


def cases(modules: tuple[str, ...]) -> list[Any]:
    """Return the cases of the named corpus modules as pytest parameters."""
    return [
        pytest.param(Case(module, name), id=f"{module}.{name}")
        for module in modules
        for name in importlib.import_module(f"tests.corpus.{module}").EXAMPLE_ARGS
    ]


@functools.cache
def compiled(case: Case) -> Any:
    """Return the value-and-gradient function of a case, made once and called once."""
    function = gradgen.value_and_grad(case.function, argnums=case.argnums)
    function(*case.args())
    return function


def value_and_gradient(case: Case) -> Any:
    """Return the value-and-gradient function, or skip where a refusal is allowed."""
    try:
        return compiled(case)
    except gradgen.GradgenError as error:
        if case.may_be_refused:
            pytest.skip(f"refused: {str(error).splitlines()[0]}")
        raise
