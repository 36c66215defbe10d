"""Generated modules that stay fresh: what their docstrings record, `check-stale`, the plugin."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

import gradgen
from gradgen.api import MODES
from gradgen.cli import main
from gradgen.emission.recorded import Unreadable, recorded, specs_of
from gradgen.freshness import check_file, generated_files
from gradgen.frontend.arguments import Container, spec_of
from gradgen.ir.types import ANY
from gradgen.pipeline import run
from tests.cases import LOSSES, Case, cases
from tests.tiers import one_in

ROOT = Path(__file__).resolve().parents[2]
LOSS = '''\
"""A loss."""
import numpy as np

SCALE = 2.0


def squash(z):
    return np.tanh(z)


def loss(w, b, x):
    return SCALE * np.sum(squash(x @ w + b) ** 2)


def star(*parts):
    return parts[0] * parts[1] ** 2


def pair(w, b, x):
    return loss(w, b, x), b
'''
EXAMPLE = "(np.ones(3), 0.5, np.ones((4, 3)))"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in a folder with a loss and its committed gradient."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "fit.py").write_text(LOSS)
    emit("fit.py:loss", "out.py", "--example", EXAMPLE, "--wrt", "w,b")
    return tmp_path


def emit(target: str, output: str, *more: str) -> None:
    assert main(["emit", target, "-o", output, *more]) == 0


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def stale(*arguments: str) -> int:
    return main(["check-stale", *arguments])


# --- what is recorded ---------------------------------------------------------------------


def test_docstring_records_what_it_was_made_from(here: Path) -> None:
    found = recorded((here / "out.py").read_text())
    assert found is not None
    assert (found.name, found.version, found.file) == ("loss", gradgen.__version__, "fit.py")
    assert found.options == ("--wrt", "w,b")
    assert found.types == "w f64[n]  b float  x f64[m, k]"
    assert len(found.source_hash) == 12
    assert str(here) not in (here / "out.py").read_text()


def test_a_file_whose_name_a_shell_would_take_apart(here: Path) -> None:
    where = here / "a colleague's losses"
    where.mkdir()
    (here / "fit.py").rename(where / "fit (2).py")
    emit(f"{where.name}/fit (2).py:loss", "out.py", "--example", EXAMPLE)
    found = recorded((here / "out.py").read_text())
    assert found is not None and found.file == "a colleague's losses/fit (2).py"
    assert stale("out.py") == 0
    change(where / "fit (2).py", "np.tanh(z)", "np.sinh(z)")
    assert stale("out.py") == 1


def test_the_hash_is_that_of_all_sources(here: Path) -> None:
    def fingerprint() -> str:
        emit("fit.py:loss", "again.py", "--example", EXAMPLE)
        found = recorded((here / "again.py").read_text())
        assert found is not None
        return found.source_hash

    first = fingerprint()
    change(here / "fit.py", '"""A loss."""', '"""A loss, and\nmore."""')
    assert fingerprint() == first
    change(here / "fit.py", "np.tanh(z)", "np.sinh(z)")
    assert fingerprint() != first


class Point(NamedTuple):
    left: float
    right: float


class Joint:
    def __init__(self, length: float, *tips: Joint) -> None:
        self.length, self.tips, self.base = length, list(tips), self
        for tip in tips:
            tip.base = self

    def __repr__(self) -> str:
        return f"Joint({self.length}, {self.tips})"


TREES = [
    1.5, 3, True, "text with 'quotes'", None, np.float32(1.0), np.int64(2), np.ones(3),
    np.ones((2, 1, 3), np.float32), np.arange(3), np.ones((), int), (1.0,), [1.0, np.ones(2)], [],
    {"w": np.ones((2, 2)), 3: ({"b": 1.0}, [2])}, {"two words": 1.0}, Point(1.0, 2.0),
    np.ones(2) > 0, range(5, 0, -2), Joint(1.0, Joint(2.0), Joint(3.0)),
]  # fmt: skip


@pytest.mark.parametrize("tree", TREES, ids=repr)
def test_types_are_read_back(tree: object) -> None:
    def f(x: float, a, y):
        return x * y

    made = run(f, (1.0, tree, 2.0))
    found = recorded(made.text)
    assert found is not None
    specs = specs_of(found.types, {"Point": Point, "Joint": Joint}.get)
    assert specs == {"x": spec_of(1.0), "a": spec_of(tree, "a"), "y": spec_of(2.0)}


LONG = [
    [float(k) for k in range(12)],
    [(k, k % 3, 0.5 * k) for k in range(12)],
    tuple(np.ones(3) for _ in range(12)),
    {"rows": [[0.1 * k, 1.0] for k in range(12)]},
    [Point(0.1 * k, 1.0) for k in range(12)],
    [{"w": 0.1 * k, "s": [1.0] * 9, "p": {"q": k}, "id": k if k % 2 else None} for k in range(12)],
]


@pytest.mark.parametrize("tree", LONG, ids=lambda tree: str(type(tree)))
def test_types_of_long_lists_are_read_back(tree: object) -> None:
    def f(x: float, a, y):
        return x * y

    first = run(f, (1.0, tree, 2.0)).text
    found = recorded(first)
    assert found is not None
    assert "..." in found.types
    assert run(f, None, specs=specs_of(found.types, {"Point": Point}.get)).text == first


def test_types_that_have_no_text() -> None:
    assert specs_of("x number or array  y float", lambda name: None)["x"] is ANY
    assert specs_of("x (number or array, float)", lambda name: None)["x"] is ANY
    for types in ("x Model{w: float}", "x Generator", "x {(1, 2): float}", "x f64[n"):
        with pytest.raises(Unreadable):
            specs_of(types, lambda name: None)
    assert isinstance(specs_of("p {a: float}", lambda name: None)["p"], Container)


# --- the command --------------------------------------------------------------------------


def test_fresh(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "foreign.py").write_text("x = 1\n")
    (here / "broken.py").write_text("def f(:\n")
    assert stale(".") == 0
    assert capsys.readouterr().out == "1 generated module, 1 fresh\n"


def test_a_loss_that_moved_and_a_formatted_module_are_fresh(here: Path) -> None:
    change(here / "fit.py", '"""A loss."""', "# A comment\n\n\n# more\n")
    change(here / "out.py", "import numpy as np\n", "import numpy as np\n\n\n# formatted\n")
    assert stale("out.py") == 0


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("** 2)", "** 3)", "the source of loss has changed"),
        ("np.tanh(z)", "np.sin(z)", "the source of loss has changed"),
        ("SCALE = 2.0", "SCALE = 3.0", "reads from outside has changed"),
    ],
)
def test_a_changed_loss(
    here: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, why: str
) -> None:
    change(here / "fit.py", old, new)
    assert stale(".") == 1
    out = capsys.readouterr().out
    assert "out.py: stale: " in out
    assert why in out
    assert "\n-    " in out
    assert "\n+    " in out
    assert "1 generated module, 0 fresh" in out
    assert stale("--fix", ".") == 0
    assert stale(".") == 0


def test_an_edited_module(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    change(here / "out.py", "d_w = ", "d_w = 2 * ")
    assert stale("out.py") == 1
    assert "-    d_w = 2 * " in capsys.readouterr().out


def test_a_missing_source(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    change(here / "fit.py", "def loss(", "def cost(")
    change(here / "fit.py", "return loss(", "return cost(")
    assert stale("out.py") == 1
    assert "out.py: missing: there is no 'loss' in fit.py" in capsys.readouterr().out
    (here / "fit.py").unlink()
    assert stale("out.py") == 1
    assert "out.py: missing: there is no fit.py, which it was made from" in capsys.readouterr().out
    assert stale("nowhere") == 2


MADE = """
import functools

def make(k):
    def inner(w):
        return k * np.sum(w**2)
    return inner

closed, other = make(4.0), make(7.0)
short = lambda w: np.sum(w**3)
fixed = functools.partial(loss, b=0.5, x=np.ones((4, 3)))
"""


@pytest.mark.parametrize("name", ["closed", "short", "fixed"])
def test_what_its_module_has_another_name_for(here: Path, name: str) -> None:
    """Closures, lambdas and partials are found by the name on the command line."""
    (here / "fit.py").write_text(LOSS + MADE)
    emit(f"fit.py:{name}", "made.py", "--example", "(np.ones(3),)")
    assert f"gradgen emit fit.py:{name} -o" in (here / "made.py").read_text()
    assert stale("made.py") == 0
    change(here / "fit.py", "make(4.0)", "make(5.0)")
    change(here / "fit.py", "np.sum(w**3)", "np.sum(w**4)")
    change(here / "fit.py", "b=0.5", "b=0.75")
    assert stale("made.py") == 1


def test_a_loss_that_is_refused_now(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    change(here / "fit.py", "    return np.tanh(z)", "    yield np.tanh(z)")
    assert stale("out.py") == 1
    assert "it cannot be made any more" in capsys.readouterr().out


def test_the_folder_of_the_command_does_not_matter(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (here / "sub").mkdir()
    monkeypatch.chdir(here / "sub")
    assert stale("..") == 0


@pytest.mark.parametrize("mode", [m for m in MODES if m != "value_and_grad"])
def test_modes(here: Path, mode: str) -> None:
    emit("fit.py:loss", "out.py", "--example", EXAMPLE, "--mode", mode)
    assert stale("out.py") == 0
    change(here / "fit.py", "** 2)", "** 3)")
    assert stale("out.py") == 1


def test_options(here: Path) -> None:
    emit("fit.py:pair", "aux.py", "--has-aux", "--wrt", "b,", "--example", EXAMPLE)
    emit("fit.py:star", "star.py", "--wrt", "parts[1],parts[0]", "--example", "(1.0, 2.0)")
    emit("fit.py:loss", "general.py")
    assert stale(".") == 0
    assert len(list(generated_files([here]))) == 4


def test_the_decorator_may_say_something_else(here: Path) -> None:
    change(here / "fit.py", "def loss", "@gradgen.grad(argnames='b')\ndef loss")
    change(here / "fit.py", "import numpy as np", "import gradgen\nimport numpy as np")
    assert stale("out.py") == 0


def test_a_derivative_of_a_derivative(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    more = "\nimport gradgen\n\n\ndef cube(x: float):\n    return x**3\n\n\n"
    more += "if __name__ == '__main__':\n    gradgen.grad(gradgen.grad(cube)).save('second.py')\n"
    (here / "fit.py").write_text(LOSS + more)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    subprocess.run([sys.executable, "fit.py"], check=True, timeout=60)
    assert stale("second.py") == 0
    change(here / "fit.py", "x**3", "x**4")
    assert stale("second.py") == 1
    assert "second.py: stale: the source of cube has changed" in capsys.readouterr().out


METHODS = """

class Model:
    def __init__(self, a):
        self.a = a

    def loss(self, x):
        return self.a * np.sum(x**2)


model = Model(2.0)
EXAMPLE_ARGS = {"Model.loss": (model, np.ones(3)), "model.loss": (np.ones(3),)}
"""


def test_methods(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Of an object that has a name, and of a class; without the name it cannot be made again."""
    (here / "fit.py").write_text(LOSS + METHODS)
    emit("fit.py:model.loss", "bound.py")
    emit("fit.py:Model.loss", "free.py", "--wrt", "x")
    assert stale("bound.py", "free.py") == 0
    change(here / "fit.py", "x**2", "x**3")
    assert stale("bound.py", "free.py") == 1
    capsys.readouterr()
    text = (here / "bound.py").read_text().replace("model.loss", "Model.loss")
    (here / "bound.py").write_text(text)
    assert stale("bound.py") == 1
    assert "missing: fit.py has no name for the object whose Model.loss" in capsys.readouterr().out


def test_other_parameters(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    change(here / "fit.py", "def loss(w, b, x)", "def loss(w, b, x, c)")
    assert stale("out.py") == 1
    told = "the parameters of loss are (w, b, x, c) now, not (w, b, x)\nWay out: emit it anew"
    assert told in capsys.readouterr().out
    with (here / "fit.py").open("a") as file:
        file.write(f"\nEXAMPLE_ARGS = {{'loss': (*{EXAMPLE}, 1.0)}}\n")
    assert stale("out.py") == 1
    assert "+def loss_value_and_grad(w, b, x, c):" in capsys.readouterr().out


def test_helpers_of_one_name_in_two_folders(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, factor in (("one", 2.0), ("two", 3.0)):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "shared_helper.py").write_text(f"def scale(x):\n    return {factor} * x\n")
        (folder / "fit.py").write_text(
            "from shared_helper import scale\n\n\ndef loss(x: float):\n    return scale(x) * x\n"
        )
        monkeypatch.chdir(folder)
        emit("fit.py:loss", "out.py")
        assert f"{factor} * x" in (folder / "out.py").read_text()
    monkeypatch.chdir(tmp_path)
    assert stale("one", "two") == 0


def test_written_anew_from_another_folder(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The docstring goes on naming the loss as it did."""
    before = (here / "out.py").read_text()
    change(here / "fit.py", "SCALE = 2.0", "SCALE = 3.0")
    monkeypatch.chdir(here.parent)
    assert stale("--fix", str(here)) == 0
    assert (here / "out.py").read_text().splitlines()[:10] == before.splitlines()[:10]


def test_a_file_of_somebody_else(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "notes.py").write_text("x = 1\n")
    assert stale("notes.py", "out.py") == 0
    assert "notes.py: gradgen did not write it, left out" in capsys.readouterr().out


def test_the_types_are_those_of_the_module(here: Path) -> None:
    (here / "fit.py").write_text(LOSS + "\nEXAMPLE_ARGS = {'loss': (1.0, 1.0, np.ones((2, 2)))}\n")
    assert stale("out.py") == 0


EXAMPLES = cases((*LOSSES, "objects_classes", "functions_signatures", "lang_dicts"))


@pytest.mark.parametrize("case", one_in(6, EXAMPLES))
def test_modules_of_the_corpus(case: Case, tmp_path: Path) -> None:
    if case.may_be_refused or case.function.__name__ == "<lambda>":
        pytest.skip("no module")
    path = tmp_path / "out.py"
    gradgen.emit(case.function, path, argnums=case.argnums, example_args=case.args())
    found = check_file(path)
    assert found.ok, str(found)


# --- the plugin ---------------------------------------------------------------------------


def pytest_of(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, "-m", "pytest", "-q", "-p", "gradgen.pytest_plugin", *arguments]
    return subprocess.run(
        words, cwd=folder, env={"PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip


def test_plugin(here: Path) -> None:
    (here / "test_one.py").write_text("def test_one():\n    pass\n")
    assert "1 passed" in pytest_of(here).stdout
    done = pytest_of(here, "--gradgen-stale", ".")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "2 passed" in done.stdout
    (here / "pytest.ini").write_text("[pytest]\ngradgen_stale = out.py\n")
    change(here / "fit.py", "** 2)", "** 3)")
    done = pytest_of(here)
    assert done.returncode == 1
    assert "out.py::fresh" in done.stdout
    assert "the source of loss has changed" in done.stdout
    assert "\n+    " in done.stdout
    assert "Traceback" not in done.stdout
    assert pytest_of(here, "--gradgen-stale", "nowhere").returncode == pytest.ExitCode.USAGE_ERROR


@pytest.mark.parametrize(
    ("arguments", "passed"),
    [
        ([], 2), (["-k", "fresh"], 1), (["test_one.py"], 1),
        (["test_one.py", "--gradgen-stale", "out.py"], 2),
        (["."], 2), (["-k", "one"], 1), (["-m", "not slow"], 2), (["test_one.py::test_one"], 1),
    ],
)  # fmt: skip
def test_plugin_beside_other_choices(here: Path, arguments: list[str], passed: int) -> None:
    """The configuration's tests are chosen from like others, and left out beside single files."""
    (here / "test_one.py").write_text("def test_one():\n    pass\n")
    (here / "pytest.ini").write_text("[pytest]\ngradgen_stale = out.py\n")
    done = pytest_of(here, *arguments)
    assert f"{passed} passed" in done.stdout, done.stdout + done.stderr


def test_the_plugin_is_announced() -> None:
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["entry-points"]["pytest11"] == {"gradgen": "gradgen.pytest_plugin"}
