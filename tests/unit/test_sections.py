"""What is imported when it is asked for: the names by which it is found are those that it has."""

from __future__ import annotations

import ast
import importlib
import subprocess
import sys
from pathlib import Path

import gradgen
from gradgen.frontend.iteration import BUILDERS
from gradgen.frontend.sections import SECTIONS, meet_all, name_of
from gradgen.frontend.special import SPECIAL
from gradgen.later import later

PACKAGE = Path(gradgen.__file__).parent


def test_sections_name_what_they_read() -> None:
    import scipy.linalg  # noqa: F401  (its functions are entered when it is there)

    meet_all()
    SPECIAL.of(len)
    entered = [(obj, SPECIAL.of(obj)) for obj in SPECIAL._keep_alive]
    found: dict[str, set[str]] = {}
    for obj, handler in [*entered, *BUILDERS.items()]:
        module = getattr(handler, "__module__", "").rpartition(".")[2]
        found.setdefault(module, set()).add(name_of(obj))
    for module, names in SECTIONS.items():
        # Some are there in newer versions of Python or NumPy only.
        assert found[module] <= set(names.split()), module
        assert set(names.split()) - found[module] <= {"dist", "sumprod", "getLogger", "iter"}


def test_every_file_of_handlers_is_found() -> None:
    """A file that is read by nobody would have its calls refused."""
    program = (
        "import sys\nfrom gradgen.specialisation import road\nroad()\n"
        "import gradgen.frontend.of_scipy, gradgen.frontend.statements\n"
        "print(*(name for name in sys.modules if name.startswith('gradgen.frontend.')))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    there = {*(f"gradgen.frontend.{name}" for name in SECTIONS), *ran.stdout.split()}
    for path in (PACKAGE / "frontend").glob("*.py"):
        text = path.read_text(encoding="utf-8")
        if "\n@special(" in text or "\n@builder(" in text:
            assert f"gradgen.frontend.{path.stem}" in there, path.stem


def test_what_stands_for_a_function_finds_it() -> None:
    calls = [
        (path, node)
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        if node.func.id == "later" and all(isinstance(a, ast.Constant) for a in node.args)
    ]
    assert calls
    for path, node in calls:
        module, name = (a.value for a in node.args if isinstance(a, ast.Constant))
        assert callable(getattr(importlib.import_module(f"gradgen.{module}"), str(name))), path


def test_it_is_called_with_what_is_given() -> None:
    assert later("later", "later")("ir.types", "join").__name__ == "join"


def test_what_is_read_as_something_else_is_known_from_the_start() -> None:
    """Whichever call comes first in a process: nothing has to be met before."""
    program = (
        "import bisect, heapq\nfrom gradgen.library import READ_AS\n"
        "assert all(map(READ_AS.of, (heapq.heappush, heapq.heapify, bisect.insort)))"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
