"""The Numba backend: the numbers of the NumPy backend, in modules that stand alone."""

from __future__ import annotations

import copy
import gc
import importlib.util
import linecache
import math
import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import gradgen
from benchmarks.gradbench import compiled
from benchmarks.gradbench import losses as gradbench_losses
from gradgen.errors import ArgumentError, UnsupportedError
from tests.cases import LANGUAGE, Case, cases
from tests.checks import ROOT, entry_of
from tests.pytrees import leaves, same_bits
from tests.tiers import later, named, one_in

numba = pytest.importorskip("numba", reason="Numba is not installed (the extra `numba`)")

pytestmark = pytest.mark.filterwarnings("ignore::numba.NumbaPerformanceWarning")

# A representative of each thing that is compiled in a way of its own.
CHOSEN = (
    "mutation_views.overlapping_add", "losses.mlp_cross_entropy", "losses.attention",
    "arithmetic.subtract_row_to_matrix", "comprehensions_loops.stacked_lists",
    "contractions.matmul_matrices", "control.short_circuit_guard",
    "control_jumps.return_from_nested_tuples", "control_statements.match_computed",
    "indexing.gather", "indexing.mask_matrix", "indexing.stepped_slices",
    "lang_algorithms.insertion_sort_loss", "lang_effects.f_strings",
    "lang_found.break_in_reversed", "lang_growing.append_then_stack",
    "lang_learning.causal_attention", "lang_statistics.hmm_forward", "losses.newton_root",
    "mutation.triangular", "objects_classes.network", "losses.gaussian_process",
    "recursion.fibonacci_loss", "reductions.norm_matrix", "shapes.diff_axis",
    "stores_gather.mask_with_array", "losses.single_precision",
    "lang_object_kinds.argument_nested_objects", "lang_in_place.setitem_scalar_array",
    "lang_views.columns_of_every_other", "lang_alias_paths.gauss_pivoting",
    "stores_calls.no_out_under_a_mask",
)  # fmt: skip
EVERYTHING = (
    "losses", "python_losses", "mutation", "mutation_aliases", "mutation_views", "boxes",
    "stores_slices", "stores_gather", "stores_calls", "control", "loops", "control_jumps",
    "control_statements", "control_iteration", "functions_signatures", "functions_closures",
    "objects_classes", "recursion", "recursion_writes", "arithmetic", "elementwise",
    "reductions", "contractions", "shapes", "indexing", *LANGUAGE,
)  # fmt: skip
RTOL = 1e-12


def assert_same(got: Any, expected: Any) -> None:
    """Compare all numbers and arrays of two results, their shapes and their dtypes."""
    pairs = list(zip(leaves(got), leaves(expected), strict=True))
    for (path, one), (_, two) in pairs:
        if isinstance(two, str | None):
            assert one == two, path
            continue
        one, two = np.asarray(one), np.asarray(two)
        assert one.shape == two.shape and one.dtype == two.dtype, (path, one.dtype, two.dtype)
        if two.size and two.dtype.kind in "fc":
            narrow = two.dtype.itemsize // (2 if two.dtype.kind == "c" else 1) < 8
            finite = np.abs(two[np.isfinite(two)])
            least = (1e-5 if narrow else RTOL) * max(1.0, float(np.max(finite, initial=0.0)))
            assert np.allclose(one, two, 0.0, least, equal_nan=True), path
        else:
            assert np.array_equal(one, two), path


def check(case: Case) -> None:
    """Compare the two backends; the caller's arguments are left alone."""
    expected = gradgen.value_and_grad(case.function, argnums=case.argnums)(*case.args())
    function = gradgen.value_and_grad(case.function, argnums=case.argnums, backend="numba")
    args = case.args()
    before = copy.deepcopy(args)
    assert_same(function(*args), expected)
    assert same_bits(args, before)


@pytest.mark.parametrize("name", one_in(2, named(CHOSEN)))
def test_chosen(name: str) -> None:
    check(Case(*name.split(".")))


def test_items_of_lists_are_taken_out() -> None:
    """Numba's own ``pop(k)``, of lists of lists, frees what is still in use."""
    check(Case("lang_popped", "flood"))


@pytest.mark.slow
@pytest.mark.parametrize("case", cases(EVERYTHING))
def test_corpus(case: Case) -> None:
    try:
        gradgen.value_and_grad(case.function, argnums=case.argnums)(*case.args())
    except gradgen.GradgenError as error:
        pytest.skip(f"refused for NumPy: {str(error).splitlines()[0]}")
    try:
        check(case)
    except UnsupportedError as error:
        assert 'backend="numpy"' in str(error)
        pytest.skip(f"refused: {str(error).splitlines()[0]}")


QUICK = ("lse", "llsq", "kmeans", "particle", "det")
SLOW = ("gmm", "ba", "ht", "lstm", "ode")


@pytest.mark.parametrize("name", [*QUICK, *later(*SLOW)])
def test_workloads(name: str) -> None:
    """The workloads of GradBench, against differences along a direction."""
    args, wrt = compiled.arguments(np.random.default_rng(0), small=True)[name]
    loss = getattr(gradbench_losses, name)
    value, gradient = gradgen.value_and_grad(loss, argnums=wrt, backend="numba")(*args)
    assert np.isclose(value, loss(*args), rtol=1e-10)
    places = wrt if isinstance(wrt, tuple) else (wrt,)
    parts = gradient if isinstance(wrt, tuple) else (gradient,)
    random = np.random.default_rng(1)
    moves = [random.normal(size=np.shape(args[k])) for k in places]

    def along(t: float) -> float:
        moved = list(args)
        for k, move in zip(places, moves, strict=True):
            moved[k] = args[k] + t * move
        return loss(*moved)

    h = 1e-5
    rough = (along(h) - along(-h)) / (2.0 * h), (along(2 * h) - along(-2 * h)) / (4.0 * h)
    expected = (4.0 * rough[0] - rough[1]) / 3.0
    got = sum(float(np.sum(p * m)) for p, m in zip(parts, moves, strict=True))
    assert np.isclose(got, expected, rtol=1e-6, atol=1e-7 * max(1.0, abs(value)))


def heat(u: Any, k: float) -> Any:
    for _ in range(10):
        for i in range(1, len(u) - 1):
            u[i] += k * (u[i - 1] - 2.0 * u[i] + u[i + 1])
    return np.sum(u[1:] ** 2)


def test_module_stands_alone(tmp_path: Path) -> None:
    path = tmp_path / "heat.py"
    u = np.linspace(0.0, 1.0, 12)
    gradgen.emit(heat, path, argnums=(0, 1), example_args=(u, 0.1), backend="numba")
    program = (
        "import sys\nsys.modules['gradgen'] = None\n"
        "import numpy as np, heat\n"
        "value, (d_u, d_k) = heat.heat_value_and_grad(np.linspace(0.0, 1.0, 12), 0.1)\n"
        "print(repr(float(value)), repr(d_k))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    value, (_, d_k) = gradgen.value_and_grad(heat, argnums=(0, 1))(u, 0.1)
    got = [float(word) for word in ran.stdout.split()]
    assert np.allclose(got, [value, d_k], RTOL)


def repeated(a: Any) -> Any:
    return np.sum(np.repeat(a, 2, axis=0) ** 2)


@pytest.mark.parametrize("run", ["runpy", "exec", "imported apart", "imported"])
def test_text_that_calls_numpy_runs_however_it_is_run(tmp_path: Path, run: str) -> None:
    """Numba looks for names in a module; text that is just executed has none."""
    a, path = np.array([[0.5, 2.0]]), tmp_path / f"repeated_{run[-5:]}.py"
    gradgen.emit(repeated, path, example_args=(a,), backend="numba")
    namespace: dict[str, Any] = {"__name__": "somewhere"}
    if run == "runpy":
        namespace = runpy.run_path(str(path))
    elif run == "exec":
        exec(path.read_text(), namespace)
    else:
        spec = importlib.util.spec_from_file_location(path.stem, path)
        assert spec is not None and spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        if run == "imported":
            sys.modules[path.stem] = module
        spec.loader.exec_module(module)
        namespace = vars(module)
        assert module.__name__ == (path.stem if run == "imported" else None)
    value, gradient = entry_of(namespace)(a)
    assert value == 8.5 and np.array_equal(gradient, 4.0 * a)


def folded(x: Any, low: int, high: int) -> Any:
    if high - low == 1:
        return x[low]
    middle = (low + high) // 2
    return math.sin(folded(x, low, middle)) + folded(x, middle, high) ** 2


def test_recursion_runs_however_the_text_is_run(tmp_path: Path) -> None:
    """Numba finds a function that calls itself by its module's name, which may be no module's."""
    args, path = (np.linspace(0.2, 1.1, 5), 0, 5), tmp_path / "folded.py"
    gradgen.emit(folded, path, argnums=0, example_args=args, backend="numba")
    value, gradient = entry_of(runpy.run_path(str(path)))(*args)

    def along(step: complex) -> complex:
        def fold(x: Any) -> Any:
            half = len(x) // 2
            return x[0] if len(x) == 1 else np.sin(fold(x[:half])) + fold(x[half:]) ** 2

        return complex(fold(args[0] + step * np.arange(5)))

    assert np.isclose(value, along(0).real, rtol=RTOL)
    assert np.isclose(np.arange(5) @ gradient, along(1e-30j).imag / 1e-30, rtol=RTOL)


def test_text_repeats_and_names_numba() -> None:
    texts = {gradgen.emit(heat, example_args=(np.ones(3), 0.1), backend="numba") for _ in range(2)}
    (text,) = texts
    assert "Needs NumPy and Numba." in text and "--backend numba" in text
    assert "@numba.njit" in text


def test_containers_keep_their_structure() -> None:
    def loss(p: dict) -> float:
        return p["a"] ** 2 * p["b"][0]

    got = gradgen.grad(loss, backend="numba")({"a": 2.0, "b": [3.0, "s"]})
    assert got == {"a": 12.0, "b": [4.0, "s"]}


def test_second_order_of_either_backend() -> None:
    def loss(x: Any) -> Any:
        total = 0.0
        for i in range(len(x)):
            total += x[i] ** 3
        return total

    x = np.array([1.0, 2.0])
    inner = gradgen.grad(loss, backend="numba")
    outer = gradgen.grad(lambda x: np.sum(inner(x)), backend="numba")
    assert np.allclose(outer(x), 6.0 * x)


def test_other_modes() -> None:
    def loss(x: Any) -> Any:
        total = 0.0
        for i in range(len(x) - 1):
            total += np.sin(x[i]) * x[i + 1]
        return total

    x, move = np.array([0.3, 0.5, 0.7]), np.array([1.0, -1.0, 2.0])

    def both(make: Any, *args: Any) -> None:
        assert_same(make(backend="numba")(*args), make()(*args))

    both(lambda **more: lambda x: gradgen.vjp(loss, **more)(x)[1](2.0), x)
    both(lambda **more: lambda x: gradgen.jvp(loss, **more)((x,), move)[1], x)
    both(lambda **more: gradgen.hessian(loss, **more), x)
    both(lambda **more: lambda x: gradgen.hvp(loss, **more)((x,), move), x)
    both(lambda **more: gradgen.jacobian(lambda x: np.tanh(x) * x[0], **more), x)


@pytest.mark.slow
def test_generators_are_made_in_python() -> None:
    def loss(x: Any, seed: int) -> Any:
        rng, other = np.random.default_rng(seed), np.random.default_rng(7)
        total = 0.0
        for i in range(len(x)):
            total += x[i] ** 2 * rng.normal()
        rng = np.random.default_rng(5)
        noise = other.uniform(-1.0, 1.0, (2, 3)) + rng.standard_normal()
        return total + np.sum(x.reshape(2, 3) * noise) + x[other.permutation(6)][0]

    x = np.linspace(0.1, 0.9, 6)
    for seed in (3, 4):
        expected = gradgen.value_and_grad(loss)(x, seed)
        assert_same(gradgen.value_and_grad(loss, backend="numba")(x, seed), expected)


def test_captured_arrays_are_read_at_each_call() -> None:
    weights = np.array([1.0, 2.0])

    def loss(x: Any) -> Any:
        return np.sum(weights * x)

    gradient = gradgen.grad(loss, backend="numba")
    assert np.array_equal(gradient(np.ones(2)), [1.0, 2.0])
    weights[0] = 5.0
    assert np.array_equal(gradient(np.ones(2)), [5.0, 2.0])


def scaled_by(weights: Any) -> Any:
    """Return a loss that reads a large array from outside."""

    def loss(x: Any) -> Any:
        return np.sum(weights * x) ** 2

    return loss


def test_kept_code_is_used_again_and_keeps_captures_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "kept"
    monkeypatch.setenv("GRADGEN_CACHE", str(place))
    one, two = np.linspace(0.0, 1.0, 300), np.linspace(1.0, 2.0, 300)
    gradients = [gradgen.grad(scaled_by(w), backend="numba", cache=True) for w in (one, two)]
    x = np.ones(300)
    for gradient, w in [*zip(gradients, (one, two), strict=True), (gradients[0], one)]:
        assert np.allclose(gradient(x), 2.0 * np.sum(w) * w, RTOL)
    assert len(list(place.glob("*.py"))) == 1
    assert list((place / "__pycache__").glob("*.nbi"))


def compiled_of(gradient: Any, *args: Any) -> Any:
    """Return what Numba compiles of a gradient, once it has been called."""
    gradient(*args)
    call = gradient._last.call
    return call.__globals__[f"{call.__name__}_compiled"]


def test_a_loss_derived_again_is_not_compiled_again() -> None:
    def loss(x: Any, scale: float = 2.0) -> Any:
        total = 0.0
        for i in range(len(x)):
            total += scale * x[i] ** 3
        return total

    x = np.array([1.0, 2.0])
    one, two = (gradgen.grad(loss, backend="numba") for _ in range(2))
    first = compiled_of(one, x)
    assert compiled_of(two, x) is first
    signatures = len(first.signatures)
    assert signatures == 1
    del one, first
    gc.collect()
    three = gradgen.grad(loss, backend="numba")
    assert compiled_of(three, x) is compiled_of(two, x)
    assert np.array_equal(three(x), [6.0, 24.0])
    assert "loss_grad" in "".join(linecache.getlines(three._last.call.__code__.co_filename))


def test_a_loss_that_reads_arrays_from_outside_is_compiled_for_these() -> None:
    one, two = np.linspace(0.0, 1.0, 3), np.linspace(1.0, 2.0, 3)
    gradients = [gradgen.grad(scaled_by(w), backend="numba") for w in (one, two)]
    x = np.ones(3)
    for gradient, w in [*zip(gradients, (one, two), strict=True), (gradients[0], one)]:
        assert np.allclose(gradient(x), 2.0 * np.sum(w) * w, RTOL)


def test_recursion_is_not_kept() -> None:
    """A process that reads back a function that calls itself ends: "Symbol not found"."""
    args = (np.linspace(0.2, 1.1, 5), 0, 5)
    text = gradgen.emit(folded, argnums=0, example_args=args, backend="numba", cache=True)
    assert "folded_forward" in text and "cache=True" not in text
    assert "cache=True" in gradgen.emit(
        heat, example_args=(np.ones(3), 0.1), backend="numba", cache=True
    )


def test_kept_code_is_not_taken_from_where_others_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tmp_path.chmod(0o777)
    monkeypatch.setenv("GRADGEN_CACHE", str(tmp_path))
    with pytest.raises(gradgen.OutputError, match="others"):
        gradgen.grad(heat, backend="numba", cache=True)(np.ones(3), 0.1)


def test_nothing_is_kept_for_numpy() -> None:
    with pytest.raises(ArgumentError, match="numba"):
        gradgen.grad(heat, cache=True)


def test_command_line(tmp_path: Path) -> None:
    (tmp_path / "square.py").write_text("def square(x: float):\n    return x * x\n")
    command = [sys.executable, "-m", "gradgen", "emit", "square.py:square", "--backend", "numba"]
    ran = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, check=True,
        env={"PYTHONPATH": str(ROOT), "PATH": ""},
    )  # fmt: skip
    namespace: dict[str, Any] = {"__name__": None}
    exec(ran.stdout, namespace)
    assert entry_of(namespace)(3.0) == (9.0, 6.0)
