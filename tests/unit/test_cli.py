"""The command line: what it prints, what it writes, and how it fails."""

from __future__ import annotations

import os
import runpy
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import gradgen
from gradgen.bench.target import of_file
from gradgen.cli import main
from gradgen.commands import COMMANDS, highlight
from gradgen.stages import STAGES

ROOT = Path(__file__).resolve().parents[2]
LOSSES = '''\
"""Losses."""
import numpy as np

import gradgen
import neighbour

print("imported")


def loss(w, b, x):
    return np.sum((x @ w + b) ** 2) * neighbour.SCALE


@gradgen.value_and_grad(argnums=(0, 1))
def decorated(x, y=2.0):
    return x * x * y


@gradgen.differentiable(example_args=(1.0, 2.0))
def kept(x, y):
    return x * y


@gradgen.grad
@gradgen.grad
def second(x: float):
    return x**3


def annotated(x: float, y: float):
    return x * y


def wide(x):
    return np.array([x[0] * x[1], np.sin(x[0]), x[1] ** 2])


@gradgen.jacobian
def narrow(x):
    return x[0] * np.exp(x[1])


def recurrence(x, n):
    total = 0.0
    for i in range(n):
        total = np.sin(total) + x[i] * total
    return total


def refused(x):
    return open(x)


def with_aux(x):
    return x * x, x


class Model:
    scale = 2.0

    def loss(self, w):
        return np.sum(w * w) * self.scale


model = Model()
number = 3
EXAMPLE_ARGS = {
    "loss": lambda: (np.ones(3), 0.5, np.ones((4, 3))),
    "recurrence": (np.ones(3), 3),
    "model.loss": (np.arange(3.0),),
    "wide": (np.array([0.3, 0.2]),),
    "narrow": (np.array([0.3, 0.2]),),
    "annotated": [1.0, 2.0],
    "refused": ("text",),
}
'''


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory with some losses, the working directory."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.py").write_text(LOSSES)
    (tmp_path / "neighbour.py").write_text("SCALE = 1.0\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "neighbour", raising=False)
    return tmp_path


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Run the command line; return its status, output and errors."""
    capsys.readouterr()
    status = main(arguments)
    return status, *capsys.readouterr()


# --- show, emit -----------------------------------------------------------------------------


def test_show_is_the_generated_module(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = run(capsys, "show", "mine.py:loss")
    assert status == 0 and err == "imported\n"
    assert out.startswith('"""Value and gradient of ``loss``') and "f64[n]" in out
    compile(out, "out", "exec")


def test_importing_leaves_no_trace(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, modules = list(sys.path), set(sys.modules)
    assert run(capsys, "show", "mine.py:loss")[0] == 0
    assert sys.path == path and "mine" not in sys.modules
    assert {p.name for p in here.iterdir()} == {"mine.py", "neighbour.py"}
    assert {m for m in set(sys.modules) - modules if "mine" in m} == set()


def test_decorated_functions_keep_their_options(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "-> (value, (d_x, d_y))" in run(capsys, "show", "mine.py:decorated")[1]
    out = run(capsys, "show", "mine.py:decorated", "--wrt", "y", "--mode", "grad")[1]
    assert "decorated_grad(x, y) -> d_y" in out
    assert "x float" in run(capsys, "show", "mine.py:kept")[1]


def test_second_order_and_methods(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "show", "mine.py:second", "--example", "(2.0,)")[0] == 0
    assert "w f64[n]" in run(capsys, "show", "mine.py:model.loss")[1]


def test_wrt(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "(value, (d_w, d_b))" in run(capsys, "show", "mine.py:loss", "--wrt", "w, b")[1]
    assert "(value, d_b)" in run(capsys, "show", "mine.py:loss", "--wrt", "b")[1]
    assert "(value, (d_b,))" in run(capsys, "show", "mine.py:loss", "--wrt", "b,")[1]


@pytest.mark.parametrize("stage", STAGES)
def test_stages(here: Path, capsys: pytest.CaptureFixture[str], stage: str) -> None:
    status, out, _ = run(capsys, "show", "mine.py:recurrence", "--stage", stage)
    assert status == 0 and out.startswith("def recurrence(x, n):")


def test_types_come_from_the_example(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    expression = "(np.ones(2), neighbour.SCALE, np.ones((1, 2)))"
    assert "b float" in run(capsys, "show", "mine.py:loss", "--example", expression)[1]
    out = run(capsys, "show", "mine.py:with_aux", "--has-aux", "--example", "2.0")[1]
    assert "((value, aux), d_x)" in out


def test_colours(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plain = run(capsys, "show", "mine.py:loss")[1]
    coloured = run(capsys, "show", "mine.py:loss", "--color", "always")[1]
    assert "\x1b[35mdef\x1b[0m \x1b[1;34mloss_value_and_grad\x1b[0m" in coloured
    for code in [highlight.RESET, *highlight.COLOURS.values()]:
        coloured = coloured.replace(code, "")
    assert coloured == plain
    assert run(capsys, "show", "mine.py:loss", "--color", "never")[1] == plain


def test_emit(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, "emit", "mine.py:loss", "-o", "out.py", "--wrt", "w,b")
    assert (status, out) == (0, "loss_value_and_grad is in out.py\n")
    function = runpy.run_path("out.py")["loss_value_and_grad"]
    value, (d_w, d_b) = function(np.ones(3), 0.5, np.ones((4, 3)))
    assert (value, d_b) == (49.0, 28.0)
    np.testing.assert_array_equal(d_w, np.full(3, 28.0))
    assert run(capsys, "emit", "mine.py:loss", "-o", "out.py")[0] == 0
    assert run(capsys, "emit", "mine.py:loss")[1] == Path("out.py").read_text()


def test_jacobians_go_in_the_direction_with_fewer_seeds(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sys.dont_write_bytecode, x = True, np.array([0.3, 0.2])
    status, out, _ = run(capsys, "emit", "mine.py:wide", "--mode", "jacobian", "-o", "wide_jac.py")
    assert (status, out) == (0, "wide_jacfwd is in wide_jac.py\n")
    told = run(capsys, "explain", "mine.py:wide", "--mode", "jacobian")[1]
    assert told.startswith("Swept forward, for there are 2 inputs and 3 outputs.\n")
    made = runpy.run_path("wide_jac.py")["wide_jacfwd"]
    np.testing.assert_allclose(made(x), [[0.2, 0.3], [np.cos(0.3), 0.0], [0.0, 0.4]], rtol=1e-15)
    assert run(capsys, "emit", "mine.py:narrow", "-o", "narrow_jac.py")[0] == 0
    made = runpy.run_path("narrow_jac.py")["narrow_jacrev"]
    np.testing.assert_allclose(made(x), np.exp(0.2) * np.array([1.0, 0.3]), rtol=1e-15)
    assert run(capsys, "explain", "mine.py:narrow")[0] == 0
    assert run(capsys, "check-stale", "wide_jac.py", "narrow_jac.py")[0] == 0


def test_emit_leaves_foreign_files_alone(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, _, err = run(capsys, "emit", "mine.py:loss", "-o", "mine.py")
    assert status == 1 and "was not written by gradgen" in err
    assert (here / "mine.py").read_text() == LOSSES
    assert run(capsys, "emit", "mine.py:loss", "-o", "no/such/dir.py")[0] == 1


# --- graph, explain, check, bench -----------------------------------------------------------


def test_graph(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "x @ w" in run(capsys, "graph", "mine.py:loss")[1]
    assert run(capsys, "graph", "mine.py:loss", "--format", "dot")[1].count("digraph") == 1
    assert "adjoint 28" in run(capsys, "graph", "mine.py:loss", "--values", "--wrt", "b")[1]
    status, out, _ = run(capsys, "graph", "mine.py:loss", "--values", "-o", "g.svg")
    assert (status, out) == (0, "the graph is in g.svg\n")
    assert (here / "g.svg").read_text(encoding="utf-8").startswith("<svg")


def test_graph_refusals(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, _, err = run(capsys, "graph", "mine.py:with_aux", "--has-aux", "--values")
    assert status == 2 and "--values needs example arguments" in err and "EXAMPLE_ARGS" in err
    assert run(capsys, "graph", "mine.py:loss", "-o", "mine.py")[0] == 1
    assert run(capsys, "graph", "mine.py:loss", "-o", "a.svg", "--format", "dot")[0] == 2
    assert (here / "mine.py").read_text() == LOSSES


def test_explain(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, "explain", "mine.py:recurrence")
    assert status == 0
    for text in (
        "Differentiated by\n    x: f64[n]", "Held constant\n    n: int", "Specialised to",
        "for i in range(0, n) carries total; reversed", "saved in an array",
    ):  # fmt: skip
        assert text in out
    assert max(map(len, out.splitlines())) <= 92
    assert out == gradgen.value_and_grad(
        runpy.run_path("mine.py")["recurrence"], example_args=(np.ones(3), 3)
    ).explain().replace(str(here), "")


def test_verify(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, "check", "mine.py:loss", "--wrt", "w,b", "--seconds", "0")
    assert status == 0 and "verified" in out
    status, _, err = run(
        capsys, "check", "mine.py:loss", "--example", "(np.ones(2), 1.0, np.ones(3))"
    )
    assert status == 1 and "ValueError" in err
    words = ("--has-aux", "--example", "2.0", "--seconds", "0")
    assert run(capsys, "verify", "mine.py:with_aux", *words)[0] == 0


def test_rules(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "rules", "distance.cdist")
    assert code == 0 and "cdist(XA, XB, metric='euclidean', p=None, w=None" in out
    assert "at kinks: 0 at distance 0" in out and "forward mode: Tangent of" in out
    code, out, _ = run(capsys, "rules", "cho_factor", "--source")
    assert code == 0 and "no derivative" not in out
    code, out, _ = run(capsys, "rules", "np.linalg.inv", "--source")
    assert code == 0 and "def _inv_to_a(g, y):" in out and "complex: analytic" in out
    assert run(capsys, "rules", "nothing.of.that")[0] == 1


def test_bench_gets_its_arguments(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    monkeypatch.setattr("gradgen.bench.cli.main", lambda argv: seen.append(argv) or 0)
    assert main(["bench", "mine.py:loss", "--quick"]) == 0
    assert seen == [["mine.py:loss", "--quick"]]


# --- failures -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "target, status, words",
    [
        ("mine.py", 2, "FILE.py:FUNCTION"),
        ("mine.py:", 2, "there is no ''"),
        ("nothing.py:loss", 2, "there is no file nothing.py"),
        (".:loss", 2, "is a directory"),
        ("notes.txt:loss", 2, "is not a Python file"),
        ("mine.py:missing", 2, "it has loss"),
        ("mine.py:Model.missing", 2, "no 'missing' in 'Model'"),
        ("mine.py:number", 2, "is not a function"),
        ("mine.py:annotated", 2, "a list, not a tuple"),
        ("mine.py:refused", 1, "mine.py:"),
        ("syntax.py:f", 1, "syntax.py:2:"),
        ("raises.py:f", 1, "raises.py:3:1: importing the file raises ZeroDivisionError"),
        ("missing.py:f", 1, "ModuleNotFoundError: No module named 'no_such_module'"),
        ("exits.py:f", 1, "SystemExit: 3"),
        ("elsewhere.py:f", 1, "elsewhere.py:1:1: importing the file raises"),
    ],
)
def test_bad_targets(
    here: Path, capsys: pytest.CaptureFixture[str], target: str, status: int, words: str
) -> None:
    (here / "notes.txt").write_text("")
    (here / "syntax.py").write_text("def f(x):\n    return x +\n")
    (here / "raises.py").write_text("def f(x):\n    return x\ny = 1 / 0\n")
    (here / "missing.py").write_text("import no_such_module\n")
    (here / "exits.py").write_text("raise SystemExit(3)\n")
    (here / "elsewhere.py").write_text("import syntax\n")
    found, out, err = run(capsys, "show", target)
    assert (found, out) == (status, "")
    assert words in err and "Traceback" not in err


@pytest.mark.parametrize(
    "arguments",
    [
        ["--wrt", "z"], ["--wrt", ""], ["--example", "(1.0,"], ["--example", "(1.0,)"],
        ["--example", "undefined"], ["--stage", "none"], ["--mode", "none"],
        ["--memory", "banana"], ["--snapshots", "0"], ["--parallel"], ["--reassociate"],
    ],
)  # fmt: skip
def test_bad_options(here: Path, capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    status, out, err = run(capsys, "show", "mine.py:loss", *arguments)
    assert (status, out) == (2, "") and "Traceback" not in err


def test_numbers_alone_are_compared(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(gradgen.UnsupportedError, match=r"'wide' returns an array of shape \(3,\)"):
        of_file("mine.py:wide")
    status, out, err = run(capsys, "verify", "mine.py:loss", "--order", "0")
    assert (status, out) == (2, "") and "--order 0" in err


def test_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys)[0] == 2
    assert run(capsys, "nonsense")[0] == 2
    status, out, _ = run(capsys, "--version")
    assert (status, out) == (0, f"gradgen {gradgen.__version__}\n")
    out = run(capsys, "--help")[1]
    assert all(name in out for name in COMMANDS)


def test_files_of_packages(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    package = here / "shop"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "prices.py").write_text("RATE = 2.0\n")
    (package / "cost.py").write_text(
        "from .prices import RATE\ndef f(x: float):\n    return x * RATE\n"
    )
    assert run(capsys, "show", "shop/cost.py:f")[0] == 0


def test_file_named_like_a_module(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "json.py").write_text("def f(x: float):\n    return x * 2.0\n")
    import json

    assert run(capsys, "show", "json.py:f")[0] == 0
    assert sys.modules["json"] is json


def process(*arguments: str, cwd: Path) -> subprocess.Popen[str]:
    """Start the command line in a process of its own."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        [sys.executable, "-m", "gradgen", *arguments], cwd=cwd, env=environment, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def test_as_a_module(here: Path) -> None:
    found = process("show", "mine.py:annotated", "--example", "(1.0, 2.0)", cwd=here)
    out, _ = found.communicate(timeout=60)
    assert found.returncode == 0 and "\x1b" not in out and "annotated_value_and_grad" in out


def test_closed_pipe(here: Path) -> None:
    found = process("show", "mine.py:loss", cwd=here)
    assert found.stdout is not None and found.stderr is not None
    found.stdout.close()
    err = found.stderr.read()
    found.wait(timeout=60)
    found.stderr.close()
    assert found.returncode == 0 and "Error" not in err


@pytest.mark.parametrize("status", [0, 1])
def test_closed_pipe_of_a_check(here: Path, status: int) -> None:
    (here / "one.py").write_text("def f(x: float):\n    return x * 2.0\n")
    assert main(["emit", "one.py:f", "-o", "made.py"]) == 0
    if status:
        (here / "one.py").write_text("def f(x: float):\n    return x * 3.0\n")
    found = process("check-stale", "made.py", cwd=here)
    assert found.stdout is not None and found.stderr is not None
    found.stdout.close()
    err = found.stderr.read()
    found.wait(timeout=60)
    found.stderr.close()
    assert found.returncode == status and "Error" not in err
