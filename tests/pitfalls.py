"""Small programs on which derivative tools are known to fail, and what must happen with each.

A program is right if its value and its gradient are, and the caller's arguments are unharmed.  Some
may be refused instead: with a message that names the place, shows the line, and has a way out.
"""

from __future__ import annotations

import copy
import functools
import re
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

import gradgen
from tests.pytrees import is_float_leaf, leaves
from tests.references import difference_gradient

RTOL = 1e-7
SINGLE_RTOL = 2e-4


@dataclass(frozen=True)
class Pitfall:
    """A program with arguments, and what is expected of it."""

    what: str
    function: Callable[..., Any]
    args: tuple[Any, ...]
    options: dict[str, Any]
    outcome: str
    words: tuple[str, ...]
    raises: type[BaseException] | None
    expect: Any
    rtol: float


class Pitfalls(list):
    """The programs of one file; calling it makes a decorator that adds one.

    ``outcome``: "right"; "either", where a clear refusal will do as well; "refused", where it must
    be one.  ``words``: what a refusal has to mention.  ``raises``: the program's own exception,
    which names the line marked ``# here``.  ``expect``: the gradient, where differences cannot
    tell it.
    """

    def __call__(
        self,
        what: str,
        *args: Any,
        outcome: str = "right",
        words: tuple[str, ...] = (),
        raises: type[BaseException] | None = None,
        expect: Any = None,
        rtol: float = RTOL,
        **options: Any,
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        def add(function: Callable[..., Any]) -> Callable[..., Any]:
            case = Pitfall(what, function, args, options, outcome, words, raises, expect, rtol)
            self.append(pytest.param(case, id=function.__name__))
            return function

        return add


def check(case: Pitfall) -> None:
    """Run a program and compare what happens with what must."""
    args = copy.deepcopy(case.args)
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            derive = gradgen.value_and_grad(case.function, **_options(case))
            results = derive(*args), derive(*copy.deepcopy(case.args))
    except gradgen.GradgenError as error:
        assert case.outcome != "right", error
        check_message(error, case.words)
        return
    except Exception as error:
        assert case.raises is not None and isinstance(error, case.raises), repr(error)
        check_place(error, case.function)
        return
    assert case.raises is None and case.outcome != "refused", "nothing is raised"
    assert _same(args, case.args), "the caller's arguments have changed"
    assert _same(*results), "the second call gives something else"
    _check_numbers(case, *results[0])


def _options(case: Pitfall) -> dict[str, Any]:
    if "argnums" in case.options:
        return case.options
    return {"argnums": _argnums(case), **case.options}


def _argnums(case: Pitfall) -> tuple[int, ...]:
    if "argnums" in case.options:
        return (case.options["argnums"],)
    return tuple(
        k for k, arg in enumerate(case.args) if any(is_float_leaf(leaf) for _, leaf in leaves(arg))
    )


def check_message(error: gradgen.GradgenError, words: tuple[str, ...] = ()) -> None:
    """A refusal names file, line and column, shows the line, and has a way out."""
    text = str(error)
    place = re.match(r"\S+\.py:\d+:\d+: ", text)
    assert place or isinstance(error, gradgen.ArgumentError), text
    assert not place or text.splitlines()[2].strip() == "^", text
    assert "Way out: " in text, text
    for word in words:
        assert word.lower() in text.lower(), text


def check_place(error: BaseException, function: Callable[..., Any]) -> None:
    """An exception of the program's own names the line marked ``# here``."""
    code = function.__code__
    with open(code.co_filename) as file:
        lines = file.read().splitlines()
    marked = next(k for k in range(code.co_firstlineno, len(lines)) if lines[k].endswith("# here"))
    text = "\n".join([str(error), *getattr(error, "__notes__", [])])
    assert f"{code.co_filename.rsplit('/', 1)[-1]}:{marked + 1}:" in text, text


def _same(one: Any, two: Any) -> bool:
    pairs = zip(leaves(one), leaves(two), strict=True)
    return all(_equal(a, b) for (_, a), (_, b) in pairs)


def _equal(a: Any, b: Any) -> bool:
    if isinstance(a, np.ndarray | float | int):
        return np.array_equal(a, b, equal_nan=True)
    return type(a) is type(b)


def _check_numbers(case: Pitfall, value: Any, gradients: Any) -> None:
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        assert _equal(case.function(*copy.deepcopy(case.args)), value), value
        argnums = _argnums(case)
        alone = "argnums" in case.options
        if case.expect is None:
            expected = difference_gradient(case.function, case.args, argnums)
        else:
            expected = case.expect if len(argnums) > 1 else (case.expect,)
    gradients = (gradients,) if alone else gradients
    chosen = tuple(case.args[k] for k in argnums)
    triples = zip(leaves(gradients), leaves(expected), leaves(chosen), strict=True)
    for (_, got), (_, wanted), (_, given) in triples:
        if is_float_leaf(given):
            _check_leaf(case, got, wanted, given)


def _check_leaf(case: Pitfall, got: Any, wanted: Any, given: Any) -> None:
    assert type(got) is type(given)
    assert np.shape(got) == np.shape(given)
    assert getattr(got, "dtype", None) == getattr(given, "dtype", None)
    single = getattr(given, "dtype", None) == np.float32
    finite = np.asarray(wanted)[np.isfinite(wanted)]
    rtol = SINGLE_RTOL if single else case.rtol
    scale = max(1e-3, float(np.max(np.abs(finite), initial=0.0)))
    np.testing.assert_allclose(got, wanted, rtol=rtol, atol=rtol * scale)


def refusable(test: Callable[..., None]) -> Callable[..., None]:
    """Let a test pass whose program is refused, if the message is clear."""

    @functools.wraps(test)
    def tried(*args: Any, **kwargs: Any) -> None:
        try:
            test(*args, **kwargs)
        except gradgen.GradgenError as error:
            check_message(error)

    return tried
