"""What the documents say is so: their examples run, and their tables match the code.

A fenced block whose first line is ``# NAME.py`` is a program; the block after it is what the
program prints. ``pytest --update-golden`` rewrites these; read the difference before committing it.
"""

from __future__ import annotations

import ast
import importlib.util
import itertools
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import gradgen
from gradgen.commands import COMMANDS
from gradgen.frontend import expressions, statements
from gradgen.frontend.sections import meet_all, method_handlers
from gradgen.rules.listing import as_markdown
from gradgen.rules.registry import RULES
from gradgen.stages import STAGES
from tests import constructs

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = [
    ROOT / name
    for name in (
        "README.md",
        "CONTRIBUTING.md",
        "docs/architecture.md",
        "docs/checking.md",
        "docs/language.md",
        "docs/conventions.md",
        "docs/memory.md",
        "docs/operations.md",
        "docs/sympy.md",
    )
]
LANGUAGE, CONVENTIONS = ROOT / "docs/language.md", ROOT / "docs/conventions.md"
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PROGRAM = re.compile(r"# (\w+\.py)\n")


# --- examples -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Example:
    """A program in a document, and where the text that it prints stands."""

    document: Path
    name: str
    program: str
    expected: str
    start: int
    end: int


def examples_of(document: Path) -> list[Example]:
    """Return the programs of a document, each with the block after it."""
    text = document.read_text(encoding="utf-8")
    blocks = list(FENCE.finditer(text))
    return [
        Example(document, name[1], block[2], after[2], after.start(2), after.end(2))
        for block, after in itertools.pairwise(blocks)
        if (name := PROGRAM.match(block[2]))
    ]


def printed(example: Example, folder: Path) -> str:
    """Run a program as its reader would, and return what it prints."""
    (folder / example.name).write_text(example.program, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, example.name],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip("\n") + "\n"


ids = [f"{document.stem}-{e.name}" for document in DOCUMENTS for e in examples_of(document)]


@pytest.mark.parametrize("place", range(len(ids)), ids=ids)
def test_example(place: int, tmp_path: Path, pytestconfig: pytest.Config) -> None:
    example = [e for document in DOCUMENTS for e in examples_of(document)][place]
    got = printed(example, tmp_path)
    if pytestconfig.getoption("--update-golden"):
        text = example.document.read_text(encoding="utf-8")
        new = text[: example.start] + got + text[example.end :]
        example.document.write_text(new, encoding="utf-8")
        return
    assert got == example.expected


def test_readme_example_is_short() -> None:
    first = examples_of(ROOT / "README.md")[0]
    assert len([line for line in first.program.splitlines() if line.strip()]) <= 10


# --- tables -------------------------------------------------------------------------------


def section(document: Path, title: str) -> str:
    """Return the text under a heading, up to the next heading of any level."""
    text = document.read_text(encoding="utf-8")
    found = re.search(rf"^#+ {re.escape(title)}\n(.*?)(?=^#|\Z)", text, re.MULTILINE | re.DOTALL)
    assert found is not None, title
    return found[1]


def rows(document: Path, title: str) -> list[list[str]]:
    """Return the cells of the table under a heading, without its two head lines."""
    lines = [line for line in section(document, title).splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines[2:]]


def code(cell: str) -> list[str]:
    """Return what a cell has between backquotes."""
    return [part.replace("\\|", "|") for part in re.findall(r"`([^`]+)`", cell)]


def kinds(cells: list[list[str]]) -> set[str]:
    """Return the node kinds that the first column of a table names."""
    return {kind for row in cells for kind in code(row[0])}


@pytest.mark.parametrize(
    ("title", "handlers", "elsewhere"),
    [
        ("Statements", statements.HANDLERS, set()),
        # Parts of calls, displays, assignments and subscripts, which read these themselves.
        ("Expressions", expressions.HANDLERS, {"Starred", "Slice", "FormattedValue"}),
    ],
)
def test_what_works(title: str, handlers: dict[type, Any], elsewhere: set[str]) -> None:
    assert kinds(rows(LANGUAGE, title)) == {kind.__name__ for kind in handlers} | elsewhere


def node_kinds(base: type[ast.AST]) -> set[str]:
    """Return the kinds of statement or expression that this Python's grammar has."""
    old = {"Num", "Str", "Bytes", "NameConstant", "Ellipsis"}
    return {kind.__name__ for kind in base.__subclasses__() if kind.__module__ == "ast"} - old


@pytest.mark.parametrize(("title", "base"), [("Statements", ast.stmt), ("Expressions", ast.expr)])
def test_every_kind_has_a_place(title: str, base: type[ast.AST]) -> None:
    refused = kinds(rows(LANGUAGE, "Refused kinds of syntax"))
    assert node_kinds(base) <= kinds(rows(LANGUAGE, title)) | refused
    assert not kinds(rows(LANGUAGE, title)) & refused


REFUSED = {
    "TryStar": "try:\n    y = x\nexcept* ValueError:\n    y = x",
    "Global": "global COUNTER\nCOUNTER = x",
    "AsyncFunctionDef": "async def inner():\n    return x",
    "TypeAlias": "type T = float",
    "TemplateStr": 'y = t"{x}"',
    "Yield": "yield x",
    "YieldFrom": "yield from x",
}
# Only inside an ``async def``, which is refused as a whole, or inside an f-string.
WITHIN = {"AsyncFor", "AsyncWith", "Await", "Interpolation"}
SINCE = {"TypeAlias": (3, 12), "TemplateStr": (3, 14)}


def refusal(body: str, folder: Path, arguments: tuple[Any, ...] = (2.0,)) -> str:
    """Return the message with which a function of this body is refused."""
    path = folder / "refused.py"
    lines = "\n".join(f"    {line}" for line in body.splitlines())
    path.write_text(f"import numpy as np\nCOUNTER = 0\n\ndef loss(x):\n{lines}\n    return x\n")
    spec = importlib.util.spec_from_file_location("refused", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    with pytest.raises(gradgen.GradgenError) as caught:
        gradgen.grad(module.loss)(*arguments)
    return str(caught.value)


def test_every_refused_kind_is_tried() -> None:
    assert kinds(rows(LANGUAGE, "Refused kinds of syntax")) == {*REFUSED, *WITHIN}


@pytest.mark.parametrize("kind", REFUSED)
def test_refused_kind(kind: str, tmp_path: Path) -> None:
    if sys.version_info < SINCE.get(kind, (3, 11)):
        pytest.skip("not in this Python's grammar")
    (row,) = [r for r in rows(LANGUAGE, "Refused kinds of syntax") if kind in code(r[0])]
    assert refusal(REFUSED[kind], tmp_path).splitlines()[-1] == f"Way out: {row[2]}"


def others() -> list[list[str]]:
    return rows(LANGUAGE, "Refused uses of what works")


@pytest.mark.parametrize("place", range(len(others())), ids=[code(r[0])[0] for r in others()])
def test_refused_use(place: int, tmp_path: Path) -> None:
    """The first column is the code, statements apart by ``;`` and ``x`` an array."""
    snippet, _, way_out = others()[place]
    body = "\n".join(code(snippet)[0].split("; "))
    message = refusal(body, tmp_path, (np.ones(4),))
    assert message.splitlines()[-1] == f"Way out: {way_out}"


# --- operations and conventions -----------------------------------------------------------


def test_page_of_operations(pytestconfig: pytest.Config) -> None:
    document = ROOT / "docs/operations.md"
    if pytestconfig.getoption("--update-golden"):
        document.write_text(as_markdown(), encoding="utf-8")
    assert document.read_text(encoding="utf-8") == as_markdown(), "run with --update-golden"


def test_methods() -> None:
    meet_all()  # whatever has been called before
    listed = set(code(section(LANGUAGE, "Methods and attributes of arrays")))
    containers = set(code(section(LANGUAGE, "Methods of containers")))
    attributes = {"shape", "ndim", "size", "T", "mT", "real", "dtype"}
    assert listed - attributes | containers == {*method_handlers()}


def conventions() -> str:
    """Return the table of kinks: the operations that share a convention in one row.

    By the names, as the order of the rules is that in which their modules were imported.
    """
    groups: dict[str, list[str]] = {}
    for rule in sorted(RULES.values(), key=lambda rule: (rule.spelling.lower(), rule.name)):
        if rule.at_kinks and f"`{rule.spelling}`" not in groups.setdefault(rule.at_kinks, []):
            groups[rule.at_kinks].append(f"`{rule.spelling}`")
    lines = ["| operation | at the kink |", "| --- | --- |"]
    lines += [f"| {', '.join(names)} | {kink} |" for kink, names in groups.items()]
    return "\n".join(lines) + "\n"


def test_conventions_are_the_rules(pytestconfig: pytest.Config) -> None:
    text = CONVENTIONS.read_text(encoding="utf-8")
    lines = section(CONVENTIONS, "Values at kinks").splitlines()
    old = "".join(f"{line}\n" for line in lines if line[:1] == "|")
    if pytestconfig.getoption("--update-golden"):
        CONVENTIONS.write_text(text.replace(old, conventions()), encoding="utf-8")
        return
    assert old == conventions(), "run with --update-golden"


def comparison() -> str:
    """Return the README's table: the long one of the benchmarks, one line a loss."""
    methods = ["gradgen", "SymPy + lambdify", "central differences", "complex step"]
    heads = ["loss (inputs)", *methods]
    lines = [f"| {' | '.join(heads)} |", f"|{' --- |' * len(heads)}"]
    cells: dict[str, dict[str, str]] = {}
    kept: dict[str, str] = {}
    for loss, method, set_up, *measured in rows(ROOT / "docs/benchmarks.md", "What came out"):
        kept = cells.setdefault(loss, {}) if loss else kept
        kept[method] = f"{measured[0]}, {measured[2]}" if measured[0] else set_up
        if measured[0] and set_up != "-":
            kept[method] += f"; set-up {set_up}"
    for loss, kept in cells.items():
        lines.append(f"| {loss} | {' | '.join(kept[method] for method in methods)} |")
    return "\n".join(lines) + "\n"


def test_comparison(pytestconfig: pytest.Config) -> None:
    document, title = ROOT / "README.md", "What the ways to a gradient cost"
    text = document.read_text(encoding="utf-8")
    old = "".join(f"{line}\n" for line in section(document, title).splitlines() if line[:1] == "|")
    if pytestconfig.getoption("--update-golden"):
        document.write_text(text.replace(old, comparison()), encoding="utf-8")
        return
    assert old == comparison()


# --- names and links ----------------------------------------------------------------------


def map_of_files() -> str:
    """Return the table of the package's files, each with the first line of its docstring."""
    package = ROOT / "gradgen"
    lines = ["| file | what |", "| --- | --- |"]
    for path in sorted(package.rglob("*.py"), key=lambda p: (p.parent != package, str(p))):
        if path.name != "__init__.py" or path.parent == package:
            first = (ast.get_docstring(ast.parse(path.read_text("utf-8"))) or "").split("\n")[0]
            what = first.replace("``", "`").replace("|", "\\|").rstrip(".")
            lines.append(f"| `{path.relative_to(package).as_posix()}` | {what} |")
    return "\n".join(lines) + "\n"


def test_map_of_files(pytestconfig: pytest.Config) -> None:
    document = ROOT / "docs/architecture.md"
    text = document.read_text(encoding="utf-8")
    old = "".join(line + "\n" for line in section(document, "Map").splitlines() if line[:1] == "|")
    if pytestconfig.getoption("--update-golden"):
        document.write_text(text.replace(old, map_of_files()), encoding="utf-8")
        return
    assert old == map_of_files(), "run pytest tests/unit/test_docs.py --update-golden"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    targets = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", FENCE.sub("", text))
    assert [t for t in targets if not (document.parent / t).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_named_files_exist(document: Path) -> None:
    """Files and folders are named from the top, or from the package or the tests."""
    spans = code(FENCE.sub("", document.read_text(encoding="utf-8")))
    names = [s for s in spans if re.fullmatch(r"[a-z_/]+(\.py|\.md|/)", s)]
    places = [ROOT, ROOT / "gradgen", ROOT / "tests"]
    made = {"demo-output/"}
    missing = [n for n in names if n not in made and not any((p / n).exists() for p in places)]
    assert missing == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_commands_exist(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    used = set(re.findall(r"(?:^|`| )gradgen ([a-z]+) FILE", text, re.MULTILINE))
    assert used <= set(COMMANDS)
    runner = (ROOT / "run.py").read_text(encoding="utf-8")
    for command in re.findall(r"python3 run\.py (\w+)", text):
        assert f'"{command}": {command}' in runner


def test_stages() -> None:
    named = [row[0] for row in rows(ROOT / "docs/architecture.md", "Architecture")]
    assert named == [*STAGES, "text"]


def test_no_document_installs_another_project() -> None:
    for document in DOCUMENTS:
        assert "pip install gradgen" not in document.read_text(encoding="utf-8")


@pytest.mark.filterwarnings("ignore::gradgen.GradgenWarning")
def test_page_of_constructs(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    text = constructs.page(tmp_path)
    if request.config.getoption("--update-golden"):
        constructs.PAGE.write_text(text)
    assert constructs.PAGE.read_text() == text, "run pytest tests/unit/test_docs.py --update-golden"
