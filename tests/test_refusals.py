"""What cannot be differentiated is refused, with the place, the construct and a way out."""

from __future__ import annotations

import ast
import heapq
import itertools
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import gradgen
from tests.checks import ROOT
from tests.corpus import losses, mutation, python_losses, refused
from tests.references import reference_gradient
from tests.refused_lines import marked_line, refusal, way_out


@pytest.mark.parametrize("name", refused.EXAMPLE_ARGS)
def test_construct(name: str) -> None:
    function = getattr(refused, name)
    line, word = marked_line(function)
    message = refusal(function, *refused.EXAMPLE_ARGS[name]())
    place, text, caret = message.splitlines()[:3]
    source = Path(refused.__file__).read_text().splitlines()[line - 1]
    assert re.match(rf"\S*refused\.py:{line}:\d+: ", place), message
    assert text.strip() == source.strip()
    assert caret.strip() == "^"
    assert word.lower() in place.lower()
    assert way_out(message)


@pytest.mark.parametrize("name", refused.EXAMPLE_ARGS)
def test_construct_column(name: str) -> None:
    """The column in the message and the caret point at the same character of the line."""
    function = getattr(refused, name)
    message = refusal(function, *refused.EXAMPLE_ARGS[name]())
    place, text, caret = message.splitlines()[:3]
    line, column = map(int, place.split(":")[1:3])
    source = Path(refused.__file__).read_text().splitlines()[line - 1]
    assert caret.index("^") - text.index(source.strip()) == column - 1 - source.index(
        source.strip()
    )


@pytest.mark.parametrize("name", refused.EITHER)
def test_refused_or_right(name: str) -> None:
    function, args = getattr(refused, name), refused.EITHER[name]()
    try:
        gradient = gradgen.grad(function)(*args)
    except gradgen.GradgenError as error:
        assert way_out(str(error))
        return
    expected, rtol = reference_gradient(function, args, (0,))
    np.testing.assert_allclose(gradient, expected[0], rtol=rtol)


@pytest.mark.parametrize(
    "argument",
    [
        np.array(["a", "b"]),
        np.array([1, 2, 3]),
        np.array([True, False]),
        np.array([1.0 + 2.0j]),
        np.array([object()]),
        3,
        True,
        "text",
        None,
        1.0 + 2.0j,
        [],
        {"w": "text"},
        object(),
    ],
    ids=lambda value: f"{type(value).__name__}_{getattr(value, 'dtype', '')}",
)
def test_argument_without_gradient(argument: Any) -> None:
    message = refusal(python_losses.softmax_spread, argument)
    assert "x" in message
    assert way_out(message)


def test_argument_error_names_the_argument_and_its_kind() -> None:
    message = refusal(losses.rosenbrock_vector, np.arange(3))
    assert "int64" in message and "x" in message


def vector_valued(x):
    return x * x


def no_value(x):
    x * x


def tuple_valued(x):
    return x * x, x


def string_valued(x):
    return "text"


def sometimes_none(x):
    if x > 0.0:
        return x * x


@pytest.mark.parametrize(
    ("function", "args"),
    [
        (vector_valued, (np.ones(3),)),
        (no_value, (1.5,)),
        (tuple_valued, (1.5,)),
        (string_valued, (1.5,)),
    ],
)
def test_result_is_not_a_number(function: Callable[..., Any], args: tuple) -> None:
    message = refusal(function, *args)
    assert way_out(message)


def test_none_on_the_path_taken() -> None:
    """As in Python, None is an error where it is returned; elsewhere the gradient is right."""
    assert gradgen.grad(sometimes_none)(1.5) == 3.0
    with pytest.raises(TypeError, match="returned None on this path"):
        gradgen.grad(sometimes_none)(-1.5)


def cubes_or_none(x):
    if x[0] > 0.0:
        return x**3
    for i in range(2):
        if x[0] < -i:
            return x * x[0]


@pytest.mark.parametrize("make", [gradgen.jacobian, gradgen.jacfwd, gradgen.jacrev])
def test_none_on_the_path_taken_of_jacobians(make: Callable[..., Any]) -> None:
    x = np.array([0.5, 2.0])
    np.testing.assert_allclose(make(cubes_or_none)(x), np.diag(3.0 * x**2))
    np.testing.assert_allclose(make(cubes_or_none)(-x), [[-1.0, 0.0], [-2.0, -0.5]])
    with pytest.raises(TypeError, match="returned None on this path"):
        make(cubes_or_none)(0.0 * x)
    with pytest.raises(gradgen.GradgenError, match="returns None") as caught:
        make(no_value)(1.5)
    assert way_out(str(caught.value))


def test_nan_goes_through() -> None:
    value, gradient = gradgen.value_and_grad(losses.rosenbrock_vector)(np.array([1.0, np.nan, 2.0]))
    assert np.isnan(value) and np.isnan(gradient).any()


def test_empty_array_has_an_empty_gradient() -> None:
    value, gradient = gradgen.value_and_grad(losses.product)(np.zeros(0))
    assert value == 1.0 and gradient.shape == (0,) and gradient.dtype == np.float64


@pytest.mark.parametrize("argnums", [5, -3, (0, 7), (0, 0), "w"])
def test_wrong_argnums(argnums: Any) -> None:
    with pytest.raises((gradgen.GradgenError, ValueError, TypeError), match="argnums"):
        gradgen.grad(losses.rosenbrock_vector, argnums=argnums)(np.ones(3))


def test_wrong_argnames() -> None:
    with pytest.raises((gradgen.GradgenError, ValueError), match="nothing"):
        gradgen.grad(losses.rosenbrock_vector, argnames="nothing")(np.ones(3))


def test_wrong_number_of_arguments_is_a_type_error() -> None:
    with pytest.raises(TypeError):
        gradgen.grad(losses.rosenbrock_vector)()
    with pytest.raises(TypeError):
        gradgen.grad(losses.rosenbrock_vector)(np.ones(3), np.ones(3), 1.0)


def test_function_without_source() -> None:
    namespace: dict[str, Any] = {}
    exec("def f(x):\n    return x * x\n", namespace)
    assert way_out(refusal(namespace["f"], 1.5))
    for function in (len, np.sin, int):
        assert way_out(refusal(function, 1.5))


def test_not_a_function() -> None:
    for thing in (3, "text", None, [1.0]):
        with pytest.raises((gradgen.GradgenError, TypeError)):
            gradgen.grad(thing)(1.0)


def test_source_changed_since_import(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "edited_loss.py"
    path.write_text("def edited(x):\n    return x * x\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    import edited_loss

    path.write_text("def edited(x):\n    return x * x * x\n")
    os.utime(path, (1, 1))
    message = refusal(edited_loss.edited, 1.5)
    assert "edited_loss.py" in message and way_out(message)


def test_foreign_output_file_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "mine.py"
    path.write_text("print('mine')\n")
    with pytest.raises(gradgen.OutputError) as caught:
        gradgen.emit(losses.rosenbrock_vector, path)
    assert "mine.py" in str(caught.value)
    with pytest.raises(gradgen.OutputError):
        gradgen.differentiable(losses.rosenbrock_vector).save(path)
    assert path.read_text() == "print('mine')\n"
    assert [entry.name for entry in tmp_path.iterdir()] == ["mine.py"]


def test_own_output_file_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "generated.py"
    gradgen.emit(losses.rosenbrock_vector, path)
    text = gradgen.emit(losses.product, path)
    assert path.read_text() == text
    assert [entry.name for entry in tmp_path.iterdir()] == ["generated.py"]


def test_output_into_missing_folder_or_onto_folder(tmp_path: Path) -> None:
    for path in (tmp_path / "missing" / "out.py", tmp_path):
        with pytest.raises(gradgen.OutputError):
            gradgen.emit(losses.rosenbrock_vector, path)
    assert list(tmp_path.iterdir()) == []


def command(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command line."""
    return subprocess.run(
        [sys.executable, "-m", "gradgen", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.mark.parametrize(
    "target",
    [
        "tests/corpus/missing.py:loss",
        "tests/corpus/losses.py:missing",
        "tests/corpus/losses.py",
        "pyproject.toml:loss",
    ],
)
def test_command_line_target(target: str) -> None:
    ran = command("show", target)
    assert ran.returncode not in (0, -11)
    assert "Traceback" not in ran.stderr
    assert target.split(":")[0].split("/")[-1] in ran.stderr


def keeps_user_error(x):
    return x[7] * x[0]


def test_user_errors_keep_their_type() -> None:
    with pytest.raises(IndexError):
        gradgen.grad(keeps_user_error)(np.ones(3))
    with pytest.raises(ValueError, match=r"shape|dimension|broadcast|matmul"):
        gradgen.grad(losses.linear_regression)(np.ones(3), 0.3, np.ones((6, 4)), np.ones(6))


def integer_store(x):
    counts = np.zeros(3, dtype=int)
    counts[0] = x
    return counts[0] * x


def test_store_into_integers_is_refused() -> None:
    refusal(integer_store, 1.7)


def test_every_refused_function_is_marked() -> None:
    names = [
        node.name
        for node in ast.parse(Path(refused.__file__).read_text()).body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    assert set(names) == set(refused.EXAMPLE_ARGS) | set(refused.EITHER)


def test_errors_are_one_family() -> None:
    for name in ("SourceError", "UnsupportedError", "ArgumentError", "OutputError"):
        assert issubclass(getattr(gradgen, name), gradgen.GradgenError)


def test_mutation_of_readonly_argument() -> None:
    x = np.ones(5)
    x.flags.writeable = False
    gradient = gradgen.grad(mutation.prefix_sums)(x)
    assert gradient.flags.writeable


def number_or_list(x):
    for _ in range(3):
        steps = 0
        while True:
            steps += 1
            for _ in range(steps, 4):
                pair = 2
            else:
                x, pair = (pair, 0.5)
            break
        x = x * 2
        pair = [1]
        return 0.5


def test_number_or_list():
    """What is a number or a list by the path is no crash: turns that are known are written out."""
    value, gradient = gradgen.value_and_grad(number_or_list)(0.07)
    assert (value, gradient) == (0.5, 0.0)


def test_choices_among_choices():
    """Places in tuples of a heap lead through a list: the loops stay loops."""

    def spanning(x):
        heap = [(x[i] * x[j], i, j) for i in range(5) for j in range(i)]
        heapq.heapify(heap)
        parents, s = list(range(5)), 0.0
        while heap:
            weight, i, j = heapq.heappop(heap)
            while parents[i] != i:
                i = parents[i]
            while parents[j] != j:
                j = parents[j]
            if i != j:
                parents[i] = j
                s += weight
        return s

    x, steps = np.array([0.4, 1.2, 0.7, 2.0, 0.9]), 1e-6 * np.eye(5)
    wanted = [(spanning(x + h) - spanning(x - h)) / 2e-6 for h in steps]
    np.testing.assert_allclose(gradgen.grad(spanning)(x), wanted, rtol=1e-8)


def set_of_computed_numbers(x):
    seen, total = set(), 0.0
    for v in x:
        k = int(v) % 3
        seen.add(k)
        total += v * len(seen) * eval("2.0")  # here: eval
    return total


def test_the_reason_is_that_of_the_reading_that_came_furthest():
    """A set may hold computed numbers: what stands in the way comes after it."""
    line, word = marked_line(set_of_computed_numbers)
    message = refusal(set_of_computed_numbers, np.linspace(0.5, 3.0, 70))
    assert f":{line}:" in message and word in message


def second_inside(a):
    f = lambda t: np.exp(t) - a * t
    return gradgen.grad(gradgen.grad(f))(a)


def second_by_hessian(a):
    f = lambda t: np.exp(t) * a
    return gradgen.hessian(f)(a)


def test_gradient_of_a_local_gradient() -> None:
    """Twice a gradient, and a Hessian, of a local function: both are differentiated once more."""
    for loss, factor in ((second_inside, 1.0), (second_by_hessian, 1.5)):
        got = gradgen.grad(loss)(0.5)
        np.testing.assert_allclose(got, factor * np.exp(0.5), rtol=1e-12)


def test_functions_of_scipy_are_named_as_such() -> None:
    """A ufunc says of itself that it is NumPy's, wherever it is."""
    special = pytest.importorskip("scipy.special")

    def loss(x):
        return float(special.struve(0.5, x))

    with pytest.raises(gradgen.UnsupportedError, match=r"a call of scipy\.special\.struve,"):
        gradgen.grad(loss)(0.5)


def test_records_with_texts_are_refused() -> None:
    rows = np.zeros(2, dtype=[("k", "U3"), ("x", float)])
    with pytest.raises(gradgen.ArgumentError, match="records, whose field 'k' is") as caught:
        gradgen.grad(lambda w, rows: w * np.sum(rows["x"]))(1.0, rows)
    assert "a dict of the columns" in str(caught.value)


def test_records_are_not_differentiated() -> None:
    rows = np.ones(2, dtype=[("k", int), ("x", float)])
    with pytest.raises(gradgen.ArgumentError, match="'rows' is differentiated, but it is an array"):
        gradgen.grad(lambda w, rows: w * np.sum(rows["x"]), argnums=(0, 1))(1.0, rows)
    assert gradgen.grad(lambda w, rows: w * np.sum(rows["x"]))(1.0, rows) == 2.0


def test_a_caught_exception_in_a_text_is_refused_with_a_way_out() -> None:
    class OwnTextError(ValueError):
        def __str__(self):
            return "low"

    def loss(x):
        try:
            if x < 1.0:
                raise OwnTextError(1)
        except ValueError as error:
            print("skipped", error)
        return x * x

    with pytest.raises(gradgen.UnsupportedError, match="caught OwnTextError in a text") as caught:
        gradgen.grad(loss)(0.5)
    assert "write the message itself" in str(caught.value)


def test_combinations_of_a_computed_size_are_refused() -> None:
    def loss(x):
        k = 1
        while x[k] < 1.0:
            k += 1
        return sum(a * b for a, b in itertools.combinations((x[0], x[1], 2.0), k))

    with pytest.raises(gradgen.UnsupportedError, match="combinations with a size that is computed"):
        gradgen.grad(loss)(np.array([0.5, 0.2, 1.5]))


@np.errstate(divide="raise")
def under_a_decorator(x):
    return np.sum(1.0 / x)


def in_a_block(x):
    with np.errstate(divide="raise"):
        return np.sum(1.0 / x)


def under_a_local_decorator(x):
    @np.errstate(all="raise")
    def inverse(v):
        return 1.0 / v

    return np.sum(inverse(x))


@pytest.mark.parametrize("loss", [under_a_decorator, in_a_block, under_a_local_decorator])
def test_errstate_that_raises_is_refused(loss) -> None:
    """It is not printed: where NumPy would raise, there would be a number."""
    with pytest.raises(gradgen.UnsupportedError, match=r"np\.errstate with 'raise'") as caught:
        gradgen.grad(loss)(np.array([0.0, 2.0]))
    assert "test_refusals.py" in str(caught.value)
    assert "around the call of the function or of its gradient" in str(caught.value)
