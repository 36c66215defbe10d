"""The Numba backend: the numbers of the NumPy backend, in modules that stand alone."""

from __future__ import annotations

import copy
import importlib.util
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

numba = pytest.importorskip("numba", reason="Numba is not installed (the extra `numba`)")

pytestmark = pytest.mark.filterwarnings("ignore::numba.NumbaPerformanceWarning")

# A representative of each thing that is compiled in a way of its own.
CHOSEN = (
    "mutation_views.overlapping_add",
    "losses.mlp_cross_entropy", "losses.attention", "python_losses.dataclass_layer",
    "arithmetic.subtract_row_to_matrix", "comprehensions_loops.stacked_lists",
    "contractions.matmul_matrices", "contractions.matmul_matrix_vector",
    "contractions.inner_matrices", "control.short_circuit_guard",
    "control_jumps.return_from_nested_tuples", "control_statements.match_computed",
    "elementwise.minimum_broadcast", "indexing.gather", "indexing.gather_columns",
    "indexing.mask_matrix", "indexing.gather_list", "indexing.stepped_slices",
    "lang_algorithms.insertion_sort_loss", "lang_effects.f_strings",
    "lang_found.break_in_reversed", "lang_growing.append_then_stack",
    "lang_learning.causal_attention", "lang_softmax.softmax_of_columns",
    "lang_statistics.hmm_forward", "losses.newton_root", "mutation.triangular",
    "objects_classes.network", "losses.k_means", "losses.gaussian_process",
    "lists_growing.decay_series", "recursion.fibonacci_loss", "reductions.norm_matrix",
    "lists_growing.sum_of_arrays", "shapes.diff_axis",
    "stores_gather.mask_with_array", "losses.single_precision",
    "lang_object_kinds.argument_nested_objects", "lang_list_slices.starred_from_array",
    "lang_in_place.setitem_scalar_array", "lang_rows.rows_of_lists",
    "lang_views.columns_of_every_other",
    "lang_alias_paths.gauss_pivoting", "loops.over_rows", "stores_calls.no_out_under_a_mask",
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


@pytest.mark.parametrize("name", CHOSEN)
def test_chosen(name: str) -> None:
    check(Case(*name.split(".")))


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


@pytest.mark.parametrize("name", [*QUICK, *(pytest.param(n, marks=pytest.mark.slow) for n in SLOW)])
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


def rows_beyond(a: Any, x: Any, n: int, m: int) -> Any:
    total = 0.0
    for i in range(n):
        for p in range(i, m):
            total += a[i, p - i] ** 2 * x[p]
    return total


def test_rows_that_a_loop_without_turns_does_not_read() -> None:
    """The fourth row is not there, and nothing is read of it."""
    a, x = np.arange(1.0, 16.0).reshape(3, 5), np.array([0.5, 1.5, -2.0])
    value, (d_a, d_x) = gradgen.value_and_grad(rows_beyond, argnums=(0, 1), backend="numba")(
        a, x, 4, 3
    )
    moved = np.triu(np.ones((3, 3))) * x  # entry (i, p): x[p] from the diagonal on
    shifted = np.array([[*moved[i, i:], *np.zeros(2 + i)] for i in range(3)])
    assert value == np.sum(a**2 * shifted) and np.array_equal(d_a, 2.0 * a * shifted)
    assert np.array_equal(d_x, [sum(a[i, p - i] ** 2 for i in range(p + 1)) for p in range(3)])


def test_orders_of_entries_in_memory() -> None:
    def loss(a: Any) -> Any:
        b = a.copy(order="F")
        b[0] *= 2.0
        c = np.array(a, order="F") * np.zeros_like(b, order="F") + np.asarray(a, order="F")
        return np.sum(b.ravel(order="F") ** 2 * np.arange(6.0)) + np.sum(c**3)

    a = np.array([[0.5, -1.0, 2.0], [1.5, 0.25, -0.75]])
    gradient = gradgen.grad(loss, backend="numba")(a)
    weights = np.arange(6.0).reshape(3, 2).T * np.array([[4.0], [1.0]])
    assert np.allclose(gradient, 2.0 * weights * a + 3.0 * a**2, rtol=RTOL)


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


def test_exceptions_keep_their_types_and_messages() -> None:
    def loss(x: float, n: int) -> float:
        if x < 0.0:
            raise ValueError(f"x is {x:.2f}")
        assert n > 0, f"n is {n}"
        return math.sqrt(x) * (7 // n)

    gradient = gradgen.grad(loss, backend="numba")
    with pytest.raises(ValueError, match=r"x is -1\.50"):
        gradient(-1.5, 2)
    with pytest.raises(AssertionError, match="n is 0"):
        gradient(1.0, 0)


def test_integer_division_by_zero_is_an_error() -> None:
    def loss(x: float, n: int) -> float:
        return x * (7 // n) + x * (7 % n)

    gradient = gradgen.grad(loss, backend="numba")
    assert gradient(1.0, 2) == 4.0
    with pytest.raises(ZeroDivisionError):
        gradient(1.0, 0)


def test_places_beyond_the_end_are_errors() -> None:
    def loss(x: Any, n: int) -> Any:
        x[n] = 2.0 * x[0]
        return np.sum(x)

    gradient = gradgen.grad(loss, backend="numba")
    with pytest.raises(IndexError):
        gradient(np.ones(3), 3)


def test_masks() -> None:
    def loss(x: Any, m: Any) -> Any:
        a = x * 2.0
        a[m] = x[m] ** 2
        a[~m] += 3.0
        a[m] *= x[m]
        b = np.outer(x, x)
        b[m] = 0.5 * b[0]
        return np.sum(a**2) + np.sum(b**2)

    x, m = np.array([0.3, 0.7, -0.4, 1.1]), np.array([True, False, True, True])
    gradient = gradgen.value_and_grad(loss, backend="numba")
    assert_same(gradient(x, m), gradgen.value_and_grad(loss)(x, m))
    with pytest.raises(IndexError, match="boolean index"):
        gradient(x, m[:3])


def truth_of_numpy(x: Any) -> Any:
    above = x[0] > 0.4
    if above is True:
        return x[0]
    return x[1]


def test_kinds_of_truth_values_are_refused() -> None:
    with pytest.raises(UnsupportedError, match=r"is True.*has no lowering"):
        gradgen.grad(truth_of_numpy, backend="numba")(np.ones(2))


def test_types_have_to_be_known() -> None:
    with pytest.raises(UnsupportedError, match="example_args"):
        gradgen.emit(lambda x: x * x, backend="numba")


def test_what_cannot_be_compiled_is_refused_with_its_place() -> None:
    def by_path(x: Any, c: float) -> Any:
        y = x * c if x[1] > 0.0 else x[0]
        return np.sum(y * y)

    def by_turn(x: Any, n: int) -> Any:
        y = 0.0
        for i in range(n):
            y = y + x * i if i else y
        return np.sum(y)

    def made_in_turns(x: Any, n: int) -> Any:
        total = 0.0
        for i in range(n):
            total += x[i] * np.random.default_rng(i).normal()
        return total

    for loss, what in ((by_path, "'y' is "), (by_turn, "'y' is "), (made_in_turns, "in a loop")):
        gradient = gradgen.grad(loss, backend="numba")
        place = rf'test_numba\.py:\d+.*{what}(?s:.)*backend="numpy"'
        with pytest.raises(UnsupportedError, match=place):
            gradient(np.ones(3), 2)


def test_bytes_in_another_order_are_refused_by_name() -> None:
    gradient = gradgen.grad(heat, backend="numba")
    with pytest.raises(UnsupportedError, match=r"test_numba\.py:\d+.*'u' is .* dtype >f8"):
        gradient(np.ones(4, ">f8"), 0.1)


def test_lists_of_lists() -> None:
    def slices(x: Any) -> Any:
        rows = []
        for i in range(6):
            rows.append([x[i], x[i] ** 2])
        deep = [[[x[i] * (j + k) for k in range(2)] for j in range(3)] for i in range(5)]
        total = sum(a * b for a, b in rows[2:])
        for table in deep[1:4:2]:
            for row in table[1:]:
                total += row[0] * row[1] ** 2
        return total

    def smallest_first(items: list) -> list:
        if len(items) <= 1:
            return items
        first = items[0]
        less = smallest_first([v for v in items[1:] if v < first])
        return less + [first] + smallest_first([v for v in items[1:] if v >= first])

    def ordered(x: Any) -> Any:
        return sum(k * v * v for k, v in enumerate(smallest_first(list(x))))

    x = np.array([0.3, 0.7, -0.4, 1.1, 0.2, 0.9])
    for loss in (slices, ordered):
        expected = gradgen.value_and_grad(loss)(x)
        assert_same(gradgen.value_and_grad(loss, backend="numba")(x), expected)


def test_items_of_empty_lists() -> None:
    """What is in them is told by what is put into them later, under another name."""

    def rows(x: Any) -> Any:
        table = [[] for _ in range(len(x))]
        for i in range(len(x)):
            row = table[i]
            for j in range(i + 1):
                row.append(x[i] * x[j])
        return sum(sum(row) ** 2 for row in table)

    def inserted(x: Any) -> Any:
        table = [[], []]
        for i in range(len(x)):
            kept = table[i % 2]
            kept.insert(0, x[i] ** 2)
            table[i % 2] = kept
        return table[0][0] * table[1][0]

    x = np.array([0.3, 0.7, -0.4, 1.1])
    for loss in (rows, inserted):
        expected = gradgen.value_and_grad(loss)(x)
        assert_same(gradgen.value_and_grad(loss, backend="numba")(x), expected)


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


def test_one_name_for_a_number_and_an_array() -> None:
    def loss(a: Any) -> Any:
        total = 0.0
        for row in a:
            for entry in row:
                total += entry**2
            row = row * total
            entry = row * row
            total += np.sum(entry)
        return total

    a = np.array([[0.3, 0.7], [-0.4, 1.1]])
    expected = gradgen.value_and_grad(loss)(a)
    assert_same(gradgen.value_and_grad(loss, backend="numba")(a), expected)


def many_sums(x: Any, n: int) -> Any:
    total = 0
    for i in range(n):
        total += x * i
    return np.sum(total * x)


def adam(w: Any, n: int) -> Any:
    m, v = 0.0, 0.0
    for t in range(1, n + 1):
        g = 2.0 * w + np.sin(w)
        m = 0.9 * m + 0.1 * g
        v = 0.99 * v + 0.01 * g * g
        w = w - 0.1 * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.99**t)) + 1e-8)
    return np.sum(w**2)


def powers(x: Any, n: int) -> Any:
    def product(k: float) -> Any:
        y = 1.0
        for j in range(1, n):
            y = y * x**j * k
        return y

    total = 0.0
    for _ in range(2):
        inner = 0
        for row in np.outer(x, x):
            inner = inner + np.cos(row)
        total += np.sum(inner * product(2.0))
    return total


@pytest.mark.parametrize("loss", [many_sums, adam, pytest.param(powers, marks=pytest.mark.slow)])
def test_numbers_that_loops_make_arrays_of(loss: Any) -> None:
    x = np.array([0.3, 0.7, 1.4])
    value, expected = gradgen.value_and_grad(loss)(x, 4)
    gradient = gradgen.value_and_grad(loss, backend="numba")
    assert_same(gradient(x, 4), (value, expected))
    _, single = gradient(x.astype(np.float32), 4)
    assert single.dtype == np.float32 and np.allclose(single, expected, 1e-4)


def test_numbers_that_stay_numbers_where_loops_have_no_turns() -> None:
    gradient = gradgen.grad(many_sums, backend="numba")
    gradient(np.ones(2), 2)
    with pytest.raises(ValueError, match="no arrays: total"):
        gradient(np.ones(2), 0)


def read_before(x: Any, n: int) -> Any:
    total, count = 0.0, 0.0
    for _ in range(n):
        count += np.sum(total + 1.0)
        total = total + x
    return count + np.sum(total)


def on_some_paths(x: Any, n: int) -> Any:
    total = 0.0
    for i in range(n):
        if i % 2 == 0:
            total = total + x
    return np.sum(total + 1.0)


@pytest.mark.parametrize("loss", [read_before, on_some_paths])
def test_numbers_that_are_read_before_are_refused(loss: Any) -> None:
    with pytest.raises(UnsupportedError, match="'total' is a number on one path and an array"):
        gradgen.grad(loss, backend="numba")(np.ones(2), 3)


def test_adjoints_that_are_nothing_on_a_path() -> None:
    def loss(a: Any, t: float) -> Any:
        b = a[1:] if t > 0 else a[1:].copy()
        b[0] = a[0] ** 2
        return np.sum(a**2) + b[0] * b[1]

    for t in (1.0, -1.0):
        a = np.array([0.3, 0.7, -0.4])
        expected = gradgen.value_and_grad(loss)(a, t)
        assert_same(gradgen.value_and_grad(loss, backend="numba")(a, t), expected)


def test_what_is_not_finite() -> None:
    def entries(x: Any) -> Any:
        total = np.where(np.isnan(x), 0.0, 1.0) * np.median(x)
        return np.stack((x**-1, x**-2, x**0.5, np.power(x, -1), total))

    x = np.array([np.nan, np.inf, -np.inf, 0.0, 2.5, 0.5, -3.0])
    with np.errstate(all="ignore"):
        for a in (x, x[3:]):
            expected = gradgen.jvp(entries)((a,), np.ones(len(a)))
            assert_same(gradgen.jvp(entries, backend="numba")((a,), np.ones(len(a))), expected)


def test_integers_of_floats() -> None:
    def loss(v: float, x: Any) -> Any:
        whole = math.floor(v) * x[0] + math.ceil(v) * x[1] + int(v) * x[2] + math.trunc(-v) * x[0]
        return whole + math.fmod(v, 0.7)

    x = np.array([0.2, 0.4, 2.0])
    gradient = gradgen.value_and_grad(loss, argnums=(0, 1), backend="numba")
    for v in (1.7, -1.7, 3.0):
        assert_same(gradient(v, x), gradgen.value_and_grad(loss, argnums=(0, 1))(v, x))
    with pytest.raises(ValueError, match="NaN"):
        gradient(math.nan, x)
    with pytest.raises(OverflowError):
        gradient(1e300, x)


def test_hessian_of_a_list_that_grows() -> None:
    """The rows of the identity run through a list of numbers."""

    def loss(x: Any, n: int) -> Any:
        items = [x[0]]
        for i in range(n):
            if x[i] > 0.0:
                items.append(items[-1] * x[i])
        return sum(v * v for v in items)

    x = np.array([0.3, 0.7, -0.4])
    expected = gradgen.hessian(loss)(x, 3)
    assert_same(gradgen.hessian(loss, backend="numba")(x, 3), expected)


def test_choices_and_products_of_vectors() -> None:
    def loss(x: Any, y: Any, k: Any) -> Any:
        w = np.outer(x, y) + np.outer(k, y)
        z = np.where(w > 0.3, w, 0.5 * w) + np.where(w[0] > 0.4, 0.0, w)
        r = np.where(x > 0.5, x, 0.0) * np.where(x > 0.7, 1, 2)
        return np.sum(z**2) + np.sum(r) + np.sum(np.where(x > y, x, y)) + np.where(x[0] > 0, 2, 3)

    x, y, k = np.linspace(0.1, 1.0, 4), np.linspace(0.9, 0.2, 4), np.arange(4)
    expected = gradgen.value_and_grad(loss, argnums=(0, 1))(x, y, k)
    assert_same(gradgen.value_and_grad(loss, argnums=(0, 1), backend="numba")(x, y, k), expected)


def test_unknown_backend() -> None:
    with pytest.raises(ArgumentError, match="numpy, numba"):
        gradgen.grad(heat, backend="fortran")


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


def test_operands_in_the_memory_that_is_written_to_are_read_first() -> None:
    def loss(x: Any) -> Any:
        a, m = x * 2.0, np.outer(x, x * x)
        a[1:] += a[:-1]
        a[:-1] *= a[1:]
        a -= a[::-1]
        m += m.T
        m[np.array([0, 1])] = m[1:3]
        m[1:] = m[:-1]
        b = a[2:]
        a[:2] *= b[:2]
        a[1:] /= a[:-1] + 3.0
        return np.sum(a * np.arange(4.0)) + np.sum(m**2 * np.arange(4.0))

    x = np.array([0.3, 0.7, -0.4, 1.1])
    expected = gradgen.value_and_grad(loss)(x)
    assert_same(gradgen.value_and_grad(loss, backend="numba")(x), expected)


def test_integers_beyond_64_bits_are_errors() -> None:
    def power(x: float, n: int) -> float:
        return x * 2**n

    def factorial(x: float, n: int) -> float:
        product = 1
        for k in range(1, n + 1):
            product *= k
        return x * product

    for loss, good, bad in ((power, 10, 70), (factorial, 20, 21)):
        gradient = gradgen.grad(loss, backend="numba")
        assert gradient(1.0, good) == gradgen.grad(loss)(1.0, good)
        with pytest.raises(OverflowError):
            gradient(1.0, bad)
    with pytest.raises((UnsupportedError, OverflowError)):
        gradgen.grad(lambda x: x * 2**70, backend="numba")(1.0)


def test_shifts_of_integers() -> None:
    def loss(x: float, n: int) -> float:
        return x * ((1 << n) + (1024 >> n))

    gradient = gradgen.grad(loss, backend="numba")
    assert gradient(1.0, 3) == 136.0
    with pytest.raises(ValueError, match="shift"):
        gradient(1.0, 64)


def test_writes_before_the_only_break() -> None:
    """Numba takes what stands before it for done before the rest of the loop."""

    def loss(height: float, factor: float) -> float:
        speed, total, turns = 0.0, 0.0, 0
        while True:
            energy = speed * speed + 2.0 * height
            speed = factor * energy**0.5
            total += energy
            turns += 1
            if speed < 0.3 or turns == 6:
                height = 0.0
                total += speed
                break
            height = 0.0
        return total + height

    found = gradgen.value_and_grad(loss, argnums=(0, 1), backend="numba")(2.0, 0.8)
    value, expected = gradgen.value_and_grad(loss, argnums=(0, 1))(2.0, 0.8)
    assert value == loss(2.0, 0.8)
    np.testing.assert_allclose((found[0], *found[1]), (value, *expected), rtol=1e-14)


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


def floats_follow_integers(x):
    items = []
    for v in x:
        items.append(0)
        items[-1] = 2.0 * v
    return sum(item**2 for item in items)


def test_floats_follow_integers_in_a_list():
    """A compiled list is of the kind of its first item, which was cut off before."""
    x = np.array([0.7, -0.31, 1.2])
    found = gradgen.grad(floats_follow_integers, backend="numba")(x)
    np.testing.assert_allclose(found, 8.0 * x, rtol=1e-14)


def floats_in_the_place_of_integers(x):
    items = []
    for v in x:
        if v > 0.0:
            items.append(0)
    for i in range(len(items)):
        items[i] += x[0]
    return sum(item**2 for item in items)


def test_floats_in_the_place_of_integers_in_a_list():
    x = np.array([0.7, -0.31, 1.2])
    np.testing.assert_allclose(gradgen.grad(floats_in_the_place_of_integers)(x), [2.8, 0.0, 0.0])
    with pytest.raises(UnsupportedError, match=r"hold one kind[\s\S]*0\.0"):
        gradgen.grad(floats_in_the_place_of_integers, backend="numba")(x)


def test_an_item_of_another_kind_leaves_a_later_argument_its_name():
    def loss(e: dict, b: Any) -> Any:
        total = np.sum(b) * 2.0
        b = e["x"]
        for _ in range(2):
            b = b * 1.5
        return total * b

    got, (d_e, d_b) = gradgen.value_and_grad(loss, argnums=(0, 1), backend="numba")(
        {"x": 0.3}, np.arange(3.0)
    )
    assert got == pytest.approx(6.0 * 2.25 * 0.3)
    assert d_e["x"] == pytest.approx(6.0 * 2.25)
    assert np.allclose(d_b, 2.0 * 2.25 * 0.3)
