"""GradBench: all twelve evals through the protocol, and that the driver would see what is wrong."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import gradgen
from benchmarks.gradbench.driver import residuals
from benchmarks.gradbench.driver.compare import mismatch, strict_mismatch
from benchmarks.gradbench.driver.connection import Connection, ProtocolError, tool_command
from benchmarks.gradbench.driver.inputs import INPUTS
from benchmarks.gradbench.driver.run import EVALS, run_eval
from benchmarks.gradbench.evals import ba, det, ode
from benchmarks.gradbench.protocol import Timer, Timings
from benchmarks.gradbench.tool import Tool
from tests.checks import ROOT
from tests.tiers import named, one_in

pytestmark = pytest.mark.filterwarnings("ignore:.*floats decides a branch:Warning")


def connected(*command: str, **options: Any) -> Connection:
    return Connection(command or tool_command("numpy"), **options)


@pytest.fixture(scope="module")
def numpy_tool() -> Iterator[Connection]:
    with connected() as tool:
        yield tool


@pytest.fixture(scope="module")
def numba_tool() -> Iterator[Connection]:
    pytest.importorskip("numba", reason="Numba is not installed (the extra `numba`)")
    with connected(*tool_command("numba")) as tool:
        yield tool


@pytest.mark.parametrize("name", EVALS)
def test_arrays(name: str, numpy_tool: Connection) -> None:
    verdict = run_eval(numpy_tool, name, min_runs=2)
    assert (verdict.outcome, verdict.problems) == ("success", [])
    assert verdict.messages == (8 if name == "hello" else len(list(INPUTS[name].all(False))))


@pytest.mark.parametrize("name", one_in(2, named(EVALS)))
def test_loops(name: str, numba_tool: Connection) -> None:
    verdict = run_eval(numba_tool, name)
    assert (verdict.outcome, verdict.problems) == ("success", [])


@pytest.mark.parametrize("backend", ["numpy", "numba"])
def test_every_observation_of_ba(backend: Any) -> None:
    """The eval looks at the first only: here each has a camera of its own, one without a turn."""
    if backend == "numba":
        pytest.importorskip("numba")
    random = np.random.default_rng(5)
    n, m, p = 3, 4, 12
    cams = random.normal(size=(n, 11))
    cams[1, :3] = 0.0
    points, weights = random.normal(size=(m, 3)) + [0.0, 0.0, 5.0], random.uniform(size=p)
    feats, cam_of, point_of = random.normal(size=(p, 2)), np.arange(p) % n, np.arange(p) % m
    run = ba.tasks(backend)["jacobian"].run
    rows, cols, vals = run(cams, points, weights, feats, cam_of, point_of)
    dense = np.zeros((3 * p, 11 * n + 3 * m + p))
    for i in range(3 * p):
        dense[i, cols[rows[i] : rows[i + 1]]] = vals[rows[i] : rows[i + 1]]

    def everything(parts: Any) -> Any:
        c, x = parts[: 11 * n].reshape(n, 11), parts[11 * n : 11 * n + 3 * m].reshape(m, 3)
        w = parts[11 * n + 3 * m :]
        both = [
            residuals.ba_residuals(np.array([*c[i % n], *x[i % m], w[i]]), feats[i])
            for i in range(p)
        ]
        return np.concatenate([*both, 1.0 - w**2])

    at = np.concatenate([cams.ravel(), points.ravel(), weights])
    np.testing.assert_allclose(
        dense, residuals.by_complex_steps(everything, at), rtol=1e-11, atol=1e-11
    )


def test_sparse_jacobian_of_ba() -> None:
    """The rows of all observations as the protocol wants them, of one function and its pattern."""
    sparse = pytest.importorskip("scipy.sparse")
    random = np.random.default_rng(6)
    n, m, p = 3, 5, 14
    cams = random.normal(size=(n, 11))
    cams[1, :3] = 0.0
    points, weights = random.normal(size=(m, 3)) + [0.0, 0.0, 5.0], random.uniform(size=p)
    feats = random.normal(size=(p, 2))
    cam_of, point_of = random.integers(0, n, p), random.integers(0, m, p)

    def everything(cams: Any, points: Any, weights: Any) -> Any:
        return ba.residuals(cams[cam_of], points[point_of], weights, feats), 1.0 - weights**2

    rows, cols = ba.places(n, m, cam_of, point_of)
    known = sparse.csr_array((np.ones(31 * p, bool), cols, rows), shape=(3 * p, 11 * n + 3 * m + p))
    made = gradgen.sparse_jacobian(everything, argnums=(0, 1, 2))
    given = gradgen.sparse_jacobian(everything, argnums=(0, 1, 2), pattern=known)
    found, whole = made(cams, points, weights), given(cams, points, weights)
    assert np.array_equal(whole.indptr, rows) and np.array_equal(whole.indices, cols)
    # Of the two numbers that are added to the picture, each residual has but one.
    assert np.array_equal(np.diff(found.indptr), [14] * (2 * p) + [1] * p)
    for i in range(p):
        block = residuals.by_complex_steps(
            lambda parts, i=i: residuals.ba_residuals(parts, feats[i]),
            np.concatenate([cams[cam_of[i]], points[point_of[i]], weights[i : i + 1]]),
        )
        np.testing.assert_allclose(
            whole.data[30 * i : 30 * i + 30], block.ravel(), rtol=1e-11, atol=1e-11
        )
    np.testing.assert_allclose(whole.data[30 * p :], -2.0 * weights, rtol=1e-14)
    np.testing.assert_array_equal(found.toarray(), whole.toarray())


def ask(tool: Tool, **message: Any) -> dict[str, Any]:
    return json.loads(tool.reply({"id": 7, **message}), parse_constant=pytest.fail)


def test_answers_of_each_kind() -> None:
    tool = Tool("numpy")
    assert ask(tool, kind="start", eval="lse") == {"id": 7, "tool": "gradgen-numpy"}
    assert ask(tool, kind="define", module="lse") == {"id": 7, "success": True}
    assert ask(tool, kind="analysis", of=3, valid=True) == {"id": 7}
    assert ask(tool, kind="something else") == {"id": 7}
    nothing = ask(tool, kind="define", module="tool")
    assert nothing["success"] is False and "tool" in nothing["error"]
    for fields in ({"function": "cost", "input": {}}, {"function": "primal", "input": {}}, {}):
        answer = ask(tool, kind="evaluate", module="lse", **fields)
        assert answer["success"] is False and answer["error"] and "output" not in answer


def test_infinity_is_no_output() -> None:
    """JSON has no word for it: the answer is a failure, and a line all the same."""
    tool = Tool("numpy")
    data = {"x": [1.0, 1e200], "n": 4, "min_runs": 1, "min_seconds": 0.0}
    with np.errstate(over="ignore"):
        answer = ask(tool, kind="evaluate", module="llsq", function="primal", input=data)
    assert answer["success"] is False and "output" not in answer


def test_runs_are_counted_and_timed() -> None:
    calls = []
    timer = Timer()
    asked = {"min_runs": 5, "min_seconds": 0.0}
    _, first = timer.run("f", calls.append, (np.ones(3),), asked)
    _, again = timer.run("f", calls.append, (np.ones(4),), asked)
    assert first.prepare is not None and len(first.runs) == 5
    assert again.prepare is None and len(again.runs) == 5
    assert len(calls) == 11
    _, long = timer.run("f", calls.append, (np.ones(4),), {"min_runs": 1, "min_seconds": 0.01})
    assert sum(long.runs) >= 1e7 > sum(long.runs[:-1])


@pytest.mark.parametrize("timings", [Timings(), Timings(5), Timings(None, [1, 2]), Timings(3, [4])])
def test_text_of_timings(timings: Timings) -> None:
    named = [] if timings.prepare is None else [("prepare", timings.prepare)]
    named += [("evaluate", run) for run in timings.runs]
    expected = [{"name": name, "nanoseconds": run} for name, run in named]
    assert json.loads(timings.text()) == expected


def piped(lines: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        tool_command("numpy"), input=lines, capture_output=True, text=True, cwd=ROOT, timeout=60
    )


def test_end_of_file_is_quiet() -> None:
    done = piped('{"id": 0, "kind": "start", "eval": "hello"}\n')
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout) == {"id": 0, "tool": "gradgen-numpy"}


@pytest.mark.parametrize("line", ["{", "[]", '{"kind": "start"}'])
def test_line_that_is_no_message(line: str) -> None:
    done = piped(line + "\n")
    assert (done.returncode, done.stdout) == (1, "")
    assert "no message" in done.stderr


FAKE = """
import json, sys, time
from benchmarks.gradbench.tool import Tool
tool = Tool("numpy")
for line in sys.stdin:
    message = json.loads(line)
    answer = json.loads(tool.reply(message))
    if message["kind"] == "evaluate" and answer["success"]:
        out = answer["output"]
        {change}
        answer["output"] = out
    print({form}, flush=True)
"""


def fake(tmp_path: Path, change: str, form: str = "json.dumps(answer)") -> Connection:
    """Return a connection to a tool whose answers are altered."""
    path = tmp_path / "fake.py"
    text = FAKE.replace("{change}", change).replace("{form}", form)
    path.write_text(f"import sys\nsys.path.insert(0, {str(ROOT)!r})\n{text}")
    return connected(sys.executable, str(path), time_limit=30.0)


@pytest.mark.parametrize(
    ("eval_name", "change", "outcome", "said"),
    [
        ("lse", "out = 0.0 if type(out) is float else [0.0] * len(out)", "invalid", "primal"),
        # GradBench itself would take these three.
        ("ode", "out = [v + 1e-6 * v for v in out]", "invalid", "off by"),
        ("saddle", "out = [0.0] * 4", "invalid", "off by"),
        ("lse", "out = [0.0] * len(out) if type(out) is list else out", "invalid", "gradient"),
        ("lse", "out = float('nan')", "error", "NaN"),
        ("det", "out = None", "invalid", "no number"),
        ("kmeans", "out = out[:1] if type(out) is list else out", "invalid", "no list"),
        ("gmm", "if type(out) is dict: out['m'] = out.pop('mu')", "invalid", "names"),
        ("llsq", "answer['timings'] = []", "invalid", "0 runs"),
        ("llsq", "answer['error'] = 'none'", "error", "success with an error"),
        ("hello", "answer['id'] += 1", "error", "another id"),
        ("hello", "answer['timings'] = [{'name': 'evaluate', 'nanoseconds': 0.5}]", "error", "0.5"),
        ("hello", "answer['success'], answer['error'] = False, 'lost'", "failure", "lost"),
        ("hello", "sys.exit()", "error", "the tool ended"),
    ],
)
def test_driver_sees_what_is_wrong(
    tmp_path: Path, eval_name: str, change: str, outcome: str, said: str
) -> None:
    with fake(tmp_path, change) as tool:
        verdict = run_eval(tool, eval_name)
    assert verdict.outcome == outcome
    assert any(said in problem for problem in verdict.problems), verdict.problems


def test_tool_that_is_late(tmp_path: Path) -> None:
    with fake(tmp_path, "time.sleep(60)") as tool:
        tool.ask("start", eval="hello")
        tool.time_limit = 0.2
        with pytest.raises(ProtocolError, match="timeout"):
            tool.ask("evaluate", module="hello", function="square", input=1.0)


def test_comparisons() -> None:
    assert mismatch([1.0, 2], [1, 2.00001]) is None
    assert strict_mismatch([1.0, 2.0], [1.0, 2.00001]) is not None
    assert mismatch(1e6, 1.0001e6) is None
    assert mismatch(1e6, 1.001e6) is not None
    assert mismatch(0.0, 9e-5) is None
    assert mismatch(0.0, 2e-4) is not None
    assert mismatch(0.0, True) is not None
    assert mismatch(0.0, float("nan")) is not None
    assert mismatch({"a": [1.0]}, {"a": [1.0]}) is None
    assert mismatch({"a": [1.0]}, {"a": [1.0], "b": 0}) is not None


@pytest.mark.parametrize("n", [1, 2, 3, 4])
def test_ode_is_the_solution_of_a_short_chain(n: int) -> None:
    """Up to four components the method is exact: y_i = x_0 ... x_i 2^(i+1) / (i+1)!."""
    x = np.random.default_rng(3).uniform(0.5, 1.0, size=n)
    y = np.prod(x) * 2.0**n / np.prod(np.arange(1, n + 1))
    run = ode.tasks("numpy")
    np.testing.assert_allclose(run["primal"].run(x, 3)[-1], y, rtol=1e-13)
    np.testing.assert_allclose(run["gradient"].run(x, 3), y / x, rtol=1e-13)


def test_det_is_by_minors() -> None:
    """Elimination would divide by a pivot of zero; minors do not."""
    a = np.array([0.0, 2.0, 0.0, 3.0, 0.0, 1.0, 0.0, 4.0, 5.0])
    run = det.tasks("numpy")
    assert run["primal"].run(a, 3) == -30.0
    cofactors = [-4.0, -15.0, 12.0, -10.0, 0.0, 0.0, 2.0, 0.0, -6.0]
    assert run["gradient"].run(a, 3).tolist() == cofactors
