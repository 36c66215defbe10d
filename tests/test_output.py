"""What comes out besides numbers: text, files, source lines, pickles; and use by threads."""

from __future__ import annotations

import copy
import datetime
import enum
import functools
import inspect
import pickle
import subprocess
import sys
import threading
import types
from collections import namedtuple
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import gradgen
from tests.checks import RUN_ALONE
from tests.corpus import losses, python_losses
from tests.pytrees import same_bits
from tests.references import assert_trees_close, reference_gradient

X = np.array([0.5, -1.0, 2.0])


@gradgen.grad
def bare(x):
    """A docstring."""
    return np.sum(x * x)


@gradgen.value_and_grad(argnums=(0, 1))
def both(x: float, y: float = 2.0) -> float:
    """Two arguments."""
    return x * x * y


@gradgen.differentiable
def kept(x, y):
    """Stays callable."""
    return np.sum(x * y * y)


def two_floats(x, y):
    return x * x * y


@pytest.mark.parametrize("function", [bare, kept, gradgen.value_and_grad(two_floats)])
def test_inspection_attributes(function: Any) -> None:
    assert function.source.startswith('"""')
    assert str(function.graph)
    assert isinstance(function.explain(), str) and function.explain()


def test_getsource_of_the_generated_function() -> None:
    function = gradgen.value_and_grad(losses.rosenbrock_vector)
    function(X)
    text = inspect.getsource(generated(function))
    assert text.strip() in function.source
    assert "def rosenbrock_vector" in text


def generated(function: Any) -> Any:
    """Return the function that was executed from the generated text."""
    return function.specialise((X,)).call


def test_traceback_shows_generated_line() -> None:
    function = gradgen.grad(losses.linear_regression)
    with pytest.raises(ValueError) as caught:
        function(np.ones(3), 0.3, np.ones((6, 4)), np.ones(6))
    assert "x @ w" in "".join(str(entry.statement) for entry in caught.traceback)


def test_save_and_import_in_a_new_process(tmp_path: Path) -> None:
    args = python_losses.EXAMPLE_ARGS["ridge"]()
    function = gradgen.value_and_grad(python_losses.ridge)
    expected = function(*args)
    path = tmp_path / "ridge_gradient.py"
    function.save(path)
    assert path.read_text() == function.source
    (tmp_path / "script.py").write_text(RUN_ALONE)
    (tmp_path / "calls").write_bytes(pickle.dumps({str(path): args}))
    command = [sys.executable, "script.py", str(tmp_path), "calls", "results"]
    subprocess.run(command, cwd=tmp_path, check=True, timeout=60)
    results = pickle.loads((tmp_path / "results").read_bytes())
    assert same_bits(results[str(path)], expected)


def test_emit_writes_what_it_returns(tmp_path: Path) -> None:
    path = tmp_path / "out.py"
    args = losses.EXAMPLE_ARGS["linear_regression"]()
    text = gradgen.emit(losses.linear_regression, path, argnames=("w", "b"), example_args=args)
    assert path.read_text() == text
    assert "d_w" in text and "d_b" in text and "gradgen emit" in text


def test_emit_modes() -> None:
    namespace: dict[str, Any] = {}
    exec(gradgen.emit(two_floats, mode="grad", example_args=(3.0, 2.0)), namespace)
    assert namespace["two_floats_grad"](3.0, 2.0) == 12.0


def test_example_args_fix_the_types_early() -> None:
    args = losses.EXAMPLE_ARGS["linear_regression"]()
    early = gradgen.value_and_grad(losses.linear_regression, example_args=args)
    text = early.source
    late = gradgen.value_and_grad(losses.linear_regression)
    late(*args)
    assert late.source == text


def test_threads() -> None:
    args = losses.EXAMPLE_ARGS["mlp_squared"]()
    function = gradgen.value_and_grad(losses.mlp_squared)
    results: list[Any] = [None] * 8
    barrier = threading.Barrier(8)

    def work(place: int) -> None:
        barrier.wait()
        results[place] = [function(*copy.deepcopy(args)) for _ in range(5)]

    threads = [threading.Thread(target=work, args=(place,)) for place in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(same_bits(result, results[0]) for result in results)
    expected, rtol = reference_gradient(losses.mlp_squared, args, (0,))
    assert_trees_close(results[0][0][1], expected[0], rtol)


@pytest.mark.parametrize("function", [bare, both, kept])
def test_pickle_of_decorated_functions(function: Any) -> None:
    again = pickle.loads(pickle.dumps(function))
    args = (X, X) if function is kept else ((3.0,) if function is both else (X,))
    assert same_bits(again(*args), function(*args))


def test_pickle_of_a_gradient_made_from_a_function() -> None:
    function = gradgen.value_and_grad(losses.rosenbrock_vector)
    expected = function(X)
    assert same_bits(pickle.loads(pickle.dumps(function))(X), expected)


def test_to_sympy() -> None:
    sympy = pytest.importorskip("sympy")
    symbolic = gradgen.to_sympy(losses.rosenbrock_vector, np.array([0.5, 2.0, -1.0]))
    a, b, c = symbolic.symbols
    by_hand = 100 * (b - a**2) ** 2 + (1 - a) ** 2 + 100 * (c - b**2) ** 2 + (1 - b) ** 2
    assert sympy.simplify(symbolic.expr - by_hand) == 0


def option_decides(x, kind="huber", weight=None):
    y = x * 2.0 if kind == "huber" else x * 3.0
    if weight is not None:
        y = y * weight
    return np.sum(y**2)


@pytest.mark.parametrize("more", [(), ("huber",), ("mse", 2.0)])
def test_text_refuses_other_options(more: tuple) -> None:
    """A module made for one option, or for None, does not compute with another one."""
    text = gradgen.emit(option_decides, example_args=(np.ones(3), "mse"))
    namespace: dict = {}
    exec(text, namespace)
    function = namespace["option_decides_value_and_grad"]
    assert function(np.ones(3), "mse")[0] == 27.0
    with pytest.raises(TypeError, match=r"is made for .*kind 'mse'  weight None"):
        function(np.ones(3), *more)


class Kind(enum.Enum):
    TWICE = 2
    THRICE = 3


def square(x):
    return x * x


def scaled(x, by=1.0):
    return x * by


Held = namedtuple("Held", "kind weight")
OTHER_OPTIONS = [
    ({"kind": "mse", "scale": 2.0}, {"kind": "mae", "scale": 2.0}),
    ([["a", "b"], ("c",)], [["a", "b"], ("d",)]),
    (("mul", ("add", 1.0, 2.0), 3.0), ("mul", ("sub", 1.0, 2.0), 3.0)),
    (Held(None, 1.0), Held(2.0, 1.0)),
    (types.SimpleNamespace(kind="mse"), types.SimpleNamespace(kind="mae")),
    (Kind.TWICE, Kind.THRICE),
    (square, scaled),
    ({"act": np.sin}, {"act": np.cos}),
    (functools.partial(scaled, by=2.0), functools.partial(scaled, by=3.0)),
    (functools.partial(scaled, by=2.0), square),
    ({"a", "b"}, {"a"}),
    (slice(0, 2), slice(1, 3)),
    (datetime.date(2026, 1, 1), datetime.date(2026, 1, 2)),
    (b"a", b"b"),
]


def whatever(x, option):
    return np.sum(x**2)


@pytest.mark.parametrize(("option", "other"), OTHER_OPTIONS)
def test_text_refuses_other_options_inside_of_arguments(option: Any, other: Any) -> None:
    """What decided what was generated is tested wherever it stands in the arguments."""
    text = gradgen.emit(whatever, example_args=(np.ones(3), option))
    namespace: dict = {}
    exec(text, namespace)
    function = namespace["whatever_value_and_grad"]
    assert function(np.ones(3), option)[0] == 3.0
    with pytest.raises((TypeError, ValueError), match=r"is made for|unpack"):
        function(np.ones(3), other)


def in_pairs(x, pairs):
    return np.sum(x) * sum(w if name == "a" else w**2 for name, w in pairs)


ALIKE = [("a", float(k)) for k in range(40)]
MIXED = [("ab"[k % 3 == 1], float(k)) for k in range(20)]


@pytest.mark.parametrize("pairs", [ALIKE, MIXED, MIXED[:5]])
def test_text_refuses_other_texts_in_rows(pairs: list) -> None:
    text = gradgen.emit(in_pairs, example_args=(np.ones(3), pairs))
    namespace: dict = {}
    exec(text, namespace)
    function = namespace["in_pairs_value_and_grad"]
    assert function(np.ones(3), pairs)[0] == in_pairs(np.ones(3), pairs)
    with pytest.raises(TypeError, match=r"is made for .*\[\('a', float\), "):
        function(np.ones(3), [*pairs[:-1], ("c", 1.0)])


def by_default(x, kind=Kind.TWICE, act=np.sin, pick=slice(0, 2), half=functools.partial(scaled)):
    return np.sum(half(act(x[pick]))) * kind.value


def test_text_takes_its_options_by_default_and_by_name() -> None:
    text = gradgen.emit(by_default, example_args=(np.ones(3),))
    namespace: dict = {}
    exec(text, namespace)
    function = namespace["by_default_value_and_grad"]
    value = by_default(np.ones(3))
    assert function(np.ones(3))[0] == value
    assert function(np.ones(3), "TWICE", "sin")[0] == value
    with pytest.raises(TypeError, match=r"kind Kind.TWICE  act sin  pick slice\(0, 2, None\)"):
        function(np.ones(3), "THRICE")


def stacked_product(p, w):
    return np.sum((p @ w) ** 2)


def stacked_solve(p, w):
    return np.sum(np.linalg.solve(p, w) ** 2)


def stacked_einsum(p, w):
    return np.sum(np.einsum("bij,bjk->bik", p, w) ** 2)


def stacked_cross(p, w):
    return np.sum(np.cross(p[:, 0], w[:, 0]) ** 2)


@pytest.mark.parametrize("loss", [stacked_product, stacked_solve, stacked_einsum, stacked_cross])
def test_text_refuses_stacks_of_one(loss: Any) -> None:
    """Where a stack of one matrix would be stretched, a text made for several does not add up."""
    several = np.eye(3) + np.ones((4, 3, 3))
    text = gradgen.emit(loss, mode="grad", argnums=(0, 1), example_args=(several, several))
    namespace: dict = {}
    exec(text, namespace)
    gradient = namespace[f"{loss.__name__}_grad"]
    for args in ((several[:1], several), (several, several[:1])):
        with pytest.raises(TypeError, match="is made for"):
            gradient(*args)
        assert [g.shape for g in gradgen.grad(loss, argnums=(0, 1))(*args)] == [
            a.shape for a in args
        ]
