"""The comparison: its reference, its methods, its command."""

from __future__ import annotations

import json
import math

import mpmath
import numpy as np
import pytest

from gradgen import differences
from gradgen.bench import report
from gradgen.bench.cli import main
from gradgen.bench.measure import Plan, Row, Steps, measure, step_errors
from gradgen.bench.methods import count_operations, prepare
from gradgen.bench.precise import Tape, precise
from gradgen.bench.problems import PROBLEMS, named
from gradgen.bench.reference import reference
from gradgen.bench.target import of_file, of_problem
from gradgen.errors import GradgenError, OutputError
from tests import cases

FAST = Plan(rounds=1, batch=1e-6, time_limit=60.0)
CORPUS = cases.LOSSES + cases.MUTATION + cases.CONTROL + cases.NUMPY_OPS
USER = """
import math
import numpy as np
print("imported")


def loss(w, x):
    total = 0.0
    for t in range(len(x)):
        total = total + math.exp(-w[t] * x[t])
    return total


def aux(w):
    return w, w


EXAMPLE_ARGS = {"loss": lambda: (np.array([0.3, 0.4]), np.array([1.0, 2.0]))}
"""


@pytest.fixture
def user_file(tmp_path):
    path = tmp_path / "user_losses.py"
    path.write_text(USER, encoding="utf-8")
    return path


@pytest.fixture
def one_thread(monkeypatch):
    """Keep the command in this process."""
    monkeypatch.setenv("OMP_NUM_THREADS", "1")


def silent(text):
    """Say nothing."""


@pytest.mark.parametrize("problem", PROBLEMS, ids=lambda p: p.name)
def test_every_problem(problem):
    target = of_problem(problem, problem.quick)
    exact = reference(target.fn, target.args, target.argnums)
    assert exact.source == "the function"
    assert len(exact.gradient) == target.inputs
    limits = {"gradgen": 1e-12, "forward differences": 1e-3, "complex step": 1e-12}
    for name, limit in limits.items():
        method = prepare(name, target, 60.0)
        assert method.gradient is not None
        assert exact.worst_error(method.gradient) < limit


@pytest.mark.parametrize("case", cases.cases(CORPUS))
def test_reference_follows_the_corpus(case):
    try:
        value = float(case.function(*case.args()))
        exact = reference(case.function, case.args(), case.argnums)
    except GradgenError:
        masked = case.name == "no_out_under_a_mask"  # sums with where= are not done in 50 digits
        if masked or case.may_be_refused or not math.isfinite(value):
            pytest.skip("refused")
        raise
    assert all(isinstance(entry, mpmath.mpf) or entry == 0 for entry in exact.gradient)


def test_reference_by_the_graph_where_the_function_takes_no_such_numbers(user_file):
    target = of_file(f"{user_file}:loss")
    exact = reference(target.fn, target.args, target.argnums)
    assert exact.source == "its graph"
    with mpmath.workdps(50):
        w, x = mpmath.mpf(0.3), mpmath.mpf(1.0)
        assert abs(exact.gradient[0] + x * mpmath.exp(-w * x)) < 1e-48


def test_precise_numbers_have_fifty_digits():
    with mpmath.workdps(50):
        tape = Tape()
        x, y = tape.leaf("0.3"), tape.leaf("1.7")
        z = np.arctan(np.array([x * y, x / y], dtype=object)).sum() ** 2 - 2.0 * y**x
        by_x, by_y = tape.gradient(z, [x, y])

        def plain(a, b):
            return (mpmath.atan(a * b) + mpmath.atan(a / b)) ** 2 - 2 * b**a

        a, b = mpmath.mpf("0.3"), mpmath.mpf("1.7")
        assert abs(by_x - mpmath.diff(plain, (a, b), (1, 0))) < 1e-40
        assert abs(by_y - mpmath.diff(plain, (a, b), (0, 1))) < 1e-40
        assert precise(2) > 1.5 and not precise(0)


def test_error_is_the_worst_of_an_entry():
    target = of_problem(named("rosenbrock"), 4)
    exact = reference(target.fn, target.args, target.argnums)
    gradient = [float(g) for g in exact.gradient]
    assert exact.worst_error(gradient) < 2e-16
    gradient[2] *= 1 + 1e-5
    assert exact.worst_error(gradient) == pytest.approx(1e-5, rel=1e-3)
    gradient[2] = float("nan")
    assert exact.worst_error(gradient) == math.inf


def test_differences_and_complex_step():
    def cube(x):
        return np.sum(x**3)

    x = np.array([1.0, -2.0])
    probe = differences.Probe(cube, (x,), (0,))
    np.testing.assert_allclose(differences.forward(probe), 3 * x**2, rtol=1e-6)
    np.testing.assert_allclose(differences.central(probe), 3 * x**2, rtol=1e-9)
    analytic = differences.Probe(cube, (x,), (0,), complex)
    np.testing.assert_allclose(differences.complex_step(analytic), 3 * x**2, rtol=1e-15)
    np.testing.assert_array_equal(x, [1.0, -2.0])


def test_complex_step_of_a_function_that_is_not_analytic(tmp_path):
    path = tmp_path / "sizes.py"
    path.write_text(
        "import numpy as np\n"
        "def size(x):\n    return np.sum(np.abs(x) * x)\n"
        "EXAMPLE_ARGS = {'size': (np.array([0.5, -2.0]),)}\n",
        encoding="utf-8",
    )
    rows = measure(of_file(f"{path}:size"), FAST, silent, ("gradgen", "complex step"))
    assert rows[0].error is not None and rows[0].error < 1e-15
    assert rows[1].gradient is None
    assert "not valid here" in rows[1].note


def test_sympy_in_its_process():
    target = of_problem(named("rosenbrock"), 3)
    rows = measure(target, FAST, silent, ("SymPy + lambdify",))
    (row,) = rows
    assert row.error is not None and row.error < 1e-14
    assert row.setup is not None and row.setup == pytest.approx(sum(row.details.values()))
    assert row.gradient is not None and row.operations is not None and row.operations > 10


def test_sympy_gives_up_at_the_time_limit():
    target = of_problem(named("nested functions"), 30)
    plan = Plan(rounds=1, batch=1e-6, time_limit=1.5)
    (row,) = measure(target, plan, silent, ("SymPy + lambdify",))
    assert row.gradient is None
    assert row.note.startswith("gave up after 1.5 s")
    assert "gave up" in report.line(row)


def test_sympy_reports_what_it_cannot_do(user_file):
    text = USER.replace("for t in range(len(x)):", "for t in range(int(w[0] * 10.0)):")
    user_file.write_text(text.replace("w[t] * x[t]", "w[1]"), encoding="utf-8")
    (row,) = measure(of_file(f"{user_file}:loss"), FAST, silent, ("SymPy + lambdify",))
    assert row.gradient is None
    assert "UnsupportedError" in row.note


def test_a_function_that_writes_into_its_arguments(user_file):
    user_file.write_text(USER.replace("total = 0.0", "total = x[0] = 0.0"), encoding="utf-8")
    with pytest.raises(GradgenError, match="writes into its arguments"):
        of_file(f"{user_file}:loss")


def test_operations_are_counted():
    assert count_operations("def f(x):\n    y = -x * 2.0 + g(x)\n    y += 1\n    return y") == 5


def test_errors_against_the_step():
    steps = step_errors(of_problem(named("logistic regression"), 3), 17)
    forward, central = steps.errors["forward differences"], steps.errors["central differences"]
    assert min(central) < min(forward) < 1e-5
    assert steps.gradgen < 1e-13
    assert "no step" in report.steps_text(steps)


def test_durations():
    texts = [report.duration(s) for s in (2e-7, 3.14159e-6, 0.0999e-3, 0.0123, 5.0, 123.0)]
    assert texts == ["200 ns", "3.14 µs", "99.9 µs", "12.3 ms", "5.00 s", "123 s"]


def row(**changes):
    values = dict(
        problem="p", inputs=2, method="gradgen", setup=0.01, gradient=2e-5, function=1e-5,
        ratio=2.0, error=1e-16, operations=7, unit="in the text", note="",
    )  # fmt: skip
    return Row(**{**values, **changes})


def test_lines_are_aligned():
    lines = [report.line(row()), report.line(row(method="complex step", setup=None))]
    assert len({line.index("1.0e-16") for line in lines}) == 1
    assert report.title(row()) == "p: 2 inputs, one evaluation 10.0 µs"


def test_pictures(tmp_path):
    pytest.importorskip("matplotlib")
    from gradgen.bench import pictures

    rows = [row(inputs=n, method=m) for n in (2, 4, 8) for m in ("gradgen", "SymPy + lambdify")]
    rows[-1] = row(inputs=8, method="SymPy + lambdify", gradient=None, setup=None, note="gave up")
    curves = {"forward differences": (1e-3, 1e-6), "complex step": (1e-16, 0.0)}
    steps = Steps("p", 2, (1e-16, 1e-8), curves, 1e-16)
    for path in (
        pictures.draw_sweep(rows, tmp_path / "sweep.png"),
        pictures.draw_steps(steps, tmp_path / "steps.png"),
    ):
        assert path.read_bytes().startswith(b"\x89PNG")


@pytest.mark.slow
def test_command(one_thread, tmp_path, capsys):
    pytest.importorskip("matplotlib")
    data, pictures = tmp_path / "out.json", tmp_path / "pictures"
    arguments = ["--quick", "--only", "product", "--json", str(data), "--out", str(pictures)]
    assert main(arguments) == 0
    text = capsys.readouterr().out
    assert "product: 10 inputs" in text
    assert "Time of one gradient: rosenbrock" in text
    written = json.loads(data.read_text(encoding="utf-8"))
    assert {r["method"] for r in written["rows"]} >= {"gradgen", "SymPy + lambdify"}
    assert written["machine"]["blas_threads"] == "1"
    names = sorted(p.name for p in pictures.iterdir())
    assert names == ["error-against-step.png", "time-against-inputs.png"]


def test_command_on_a_file(one_thread, user_file, capsys):
    assert main([f"{user_file}:loss", "--quick", "--no-sweep", "--wrt", "w"]) == 0
    text = capsys.readouterr().out
    assert "loss: 2 inputs" in text
    assert "SymPy + lambdify" in text


@pytest.mark.parametrize(
    ("arguments", "message", "status"),
    [
        (["{file}:missing"], "there is no 'missing'", 2),
        (["{file}:aux"], "needs example arguments", 2),
        (["{folder}/none.py:loss"], "there is no file", 2),
        (["{file}:loss", "--wrt", "v"], "no argument 'v'", 2),
        (["--only", "nothing"], "choose from polynomial chain", 2),
        (["--time-limit", "-1"], "has to be positive", 2),
        (["--only", "product", "--json", "{file}"], "holds no results", 1),
        (["--only", "product", "--json", "{folder}/none/x.json"], "there is no folder", 1),
        (["--only", "product", "--out", "{file}"], "is no folder", 1),
    ],
)
def test_bad_requests(one_thread, user_file, capsys, arguments, message, status):
    places = {"file": user_file, "folder": user_file.parent}
    assert main([a.format(**places) for a in arguments]) == status
    assert message in capsys.readouterr().err
    assert user_file.read_text(encoding="utf-8") == USER


def test_earlier_results_are_replaced(tmp_path):
    path = tmp_path / "results.json"
    report.write_json(path, report.as_json([row()], [], None, FAST))
    report.write_json(path, report.as_json([row(problem="q")], [], None, FAST))
    assert json.loads(path.read_text(encoding="utf-8"))["rows"][0]["problem"] == "q"
    path.write_text("[]", encoding="utf-8")
    with pytest.raises(OutputError):
        report.write_json(path, {})


def test_the_command_starts_again_with_one_thread(monkeypatch, capfd):
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    assert main(["--only", "polynomial chain", "--quick", "--no-sweep"]) == 0
    assert "polynomial chain: 1 input," in capfd.readouterr().out
