"""Whether committed modules are still what gradgen makes of their losses."""

from __future__ import annotations

import argparse
import ast
import contextlib
import difflib
import inspect
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gradgen.dataclass import dataclass
from gradgen.emission.header import COMMAND, HASH, fingerprint, origin_of
from gradgen.emission.module import write
from gradgen.emission.recorded import Recorded, Unreadable, recorded, specs_of
from gradgen.errors import GradgenError

if TYPE_CHECKING:
    from gradgen.pipeline import Program

# A module's docstring begins with this; files that do not are not read any further.
OPENING = 400
PLACE = re.compile(r"\s+# \S+\.py:\d+(?=$|, run again$)", re.MULTILINE)
FRESH, STALE, MISSING = "fresh", "stale", "missing"


@dataclass(frozen=True)
class Freshness:
    """What became of one module.

    Attributes
    ----------
    path : Path
        The module.
    state : {"fresh", "stale", "missing"}
        ``missing``: it cannot be made again, as its source, or an example of its types, is gone.
    story : str
        Why it is stale, or what is missing; one line or more.
    diff : str
        From the module to what would be written now, as a unified diff.
    text : str
        What would be written now.
    """

    path: Path
    state: str
    story: str = ""
    diff: str = ""
    text: str = ""
    captures: dict[str, Any] = field(default_factory=dict, repr=False)

    @property
    def ok(self) -> bool:
        """Whether the module is what it would be now."""
        return self.state == FRESH

    def __str__(self) -> str:
        head = f"{self.path}: {self.state}" + (f": {self.story}" if self.story else "")
        return f"{head}\n{self.diff}".rstrip()


def generated_files(paths: Iterable[str | os.PathLike[str]]) -> Iterator[Path]:
    """Yield the modules that gradgen wrote, in files and below folders, in order.

    Hidden folders are left out.
    """
    for path in map(Path, paths):
        found = [path]
        if path.is_dir():
            below = (p for p in path.rglob("*.py") if not _hidden(p.relative_to(path)))
            found = sorted(below)
        yield from (p for p in found if _opening(p) and recorded(_opening(p)) is not None)


def _hidden(path: Path) -> bool:
    return any(part.startswith(".") or part == "__pycache__" for part in path.parts)


def _opening(path: Path) -> str:
    with contextlib.suppress(OSError), path.open(encoding="utf-8", errors="replace") as file:
        return file.read(OPENING)
    return ""


def check_file(path: str | os.PathLike[str]) -> Freshness:
    """Make a module again, and compare.

    Comments, blank lines and the docstring do not count, so that a loss may move in its file and a
    formatter may have gone over the module.

    Parameters
    ----------
    path : path-like
        A module that gradgen wrote.

    Raises
    ------
    GradgenError
        Where gradgen did not write it.
    """
    path = Path(path)
    old = path.read_text(encoding="utf-8")
    then = recorded(old)
    if then is None:
        raise GradgenError(f"{path} was not written by gradgen")
    source = source_folder(path, then.file)
    if source is None:
        return Freshness(path, MISSING, _no_file(then))
    try:
        with contextlib.chdir(source):
            if not then.again:
                return _by_source(path, then, Path(then.file))
            program, now = _made_again(then, Path(then.file))
    except _Missing as error:
        return Freshness(path, MISSING, str(error))
    except GradgenError as error:
        return Freshness(path, STALE, f"it cannot be made any more:\n{error}")
    new, captures = program.text, program.function.captures
    if _code(old) == _code(new):
        return Freshness(path, FRESH, text=new, captures=captures)
    return Freshness(path, STALE, _why(then, now), _difference(path, old, new), new, captures)


def refresh(found: Freshness) -> None:
    """Write a stale module anew."""
    write(found.text, found.path, found.captures)


class _Missing(Exception):
    """What is needed to make a module again is not there."""


def _no_file(then: Recorded) -> str:
    if then.file.endswith(".py"):
        return (
            f"there is no {then.file}, which it was made from, here or in a folder above the module"
        )
    what = f"it was made from {then.file or then.place}, which is no file"
    return f"{what}; of a generated function, emit the derivative by its --mode"


def source_folder(module: Path, name: str) -> Path | None:
    """Return the folder from which the file that a module was made from has its name.

    It is where gradgen ran then: this folder, the module's, or one above it.
    """
    if not name.endswith(".py"):
        return None
    folders = [Path(), module.parent, *module.resolve().parents]
    return next((folder for folder in folders if (folder / name).is_file()), None)


def _by_source(path: Path, then: Recorded, source: Path) -> Freshness:
    """Compare the source alone, of a derivative of a derivative: no command makes it again."""
    from gradgen.commands.options import Request, example_args
    from gradgen.commands.target import UsageError, find, imported_files
    from gradgen.options import Options
    from gradgen.pipeline import run

    with imported_files():
        try:
            target = find(f"{source}:{then.source}")
        except UsageError as error:
            raise _Missing(error.message) from error
        args = example_args(target, None)
        fn = Request(target, Options(), args).function()
        now = fingerprint(run(fn, args, Options(mode="value"), until="parse").function)
    if now == then.source_hash:
        return Freshness(path, FRESH)
    return Freshness(path, STALE, f"the source of {then.source} has changed; make it again")


def _made_again(then: Recorded, source: Path) -> tuple[Program, Recorded]:
    """Return the program as it would be written now, and what its docstring says."""
    from gradgen.cli import parser
    from gradgen.commands.options import options_of
    from gradgen.commands.target import UsageError, find, imported_files

    if then.name == "<lambda>":
        raise _Missing("it was made from a lambda, which has no name to find it by")
    try:
        words = ["emit", f"{source}:{then.name}", *then.options]
        with open(os.devnull, "w") as nowhere, contextlib.redirect_stderr(nowhere):
            asked = parser().parse_args(words)
    except SystemExit:
        raise _Missing(f"its docstring asks for {' '.join(then.options)!r}") from None
    with imported_files():
        try:
            target = find(asked.function)
            # The command has all options; those of a decorator may be others by now.
            options = options_of(replace(target, made=None), asked)
        except UsageError as error:
            raise _Missing(error.message) from error
        program = _program(then, target, options, asked)
    now = recorded(program.text)
    assert now is not None
    return program, replace(now, source_hash=fingerprint(origin_of(program)))


def _program(then: Recorded, target: Any, options: Any, asked: argparse.Namespace) -> Program:
    """Run the pipeline: for the recorded types, else for the file's example arguments."""
    from gradgen.commands.options import Request, example_args
    from gradgen.pipeline import run

    fn = Request(target, options, None).function()
    changed = ""
    with contextlib.suppress(Unreadable, GradgenError):
        specs = specs_of(then.types, lambda name: getattr(target.module, name, None))
        changed = _changed_parameters(then, fn, list(specs))
        # Lengths that the function wants equal are apart where an argument was stretched then.
        for each in () if changed else (options, replace(options, equal=None)):
            program = run(fn, None, each, specs=specs)
            if _types_of(program.text) == then.types:
                return program
    args = example_args(target, asked.example)
    if changed and args is None:
        raise GradgenError(changed, hint=f"emit it anew, or add EXAMPLE_ARGS to {target.path}")
    program = run(fn, args, options)
    if args is None and _types_of(program.text) != then.types:
        raise _Missing(
            f"its types ({then.types}) do not follow from their text; "
            f"add EXAMPLE_ARGS to {target.path}"
        )
    return program


def _changed_parameters(then: Recorded, fn: Any, names: list[str]) -> str:
    """Say how a function's parameters differ from those that a module was made for.

    The module may have more of them, the seeds of its derivative.
    """
    now = list(inspect.signature(fn).parameters)
    if names[: len(now)] == now:
        return ""
    if names[: len(now) - 1] == now[1:] and "." in then.name:
        raise _Missing(f"{then.file} has no name for the object whose {then.name} it is")
    return f"the parameters of {then.name} are ({', '.join(now)}) now, not ({', '.join(names)})"


def _types_of(text: str) -> str:
    found = recorded(text)
    return found.types if found is not None else ""


# --- comparison ---------------------------------------------------------------------------


def _code(text: str) -> str:
    """Return a module's code, whatever its layout, comments and docstring."""
    try:
        tree = ast.parse(text)
    except SyntaxError:
        return text
    tree.body = tree.body[1:]
    return ast.dump(tree)


def _why(then: Recorded, now: Recorded) -> str:
    if then.source_hash and then.source_hash != now.source_hash:
        return f"the source of {then.name} has changed, or that of a function it calls"
    if then.version != now.version:
        return f"gradgen {then.version} wrote it, and gradgen {now.version} writes it otherwise"
    if then.source_hash:
        return (
            f"the source of {then.name} is what it was; the module was edited, or what the "
            "function reads from outside has changed"
        )
    return f"{then.name} is another function now"


def _difference(path: Path, old: str, new: str) -> str:
    """Return a diff in which places in the source do not count."""
    before, after = (_comparable(text).splitlines(keepends=True) for text in (old, new))
    names = (f"{path} (as it is)", f"{path} (as it would be)")
    return "".join(difflib.unified_diff(before, after, *names))


def _comparable(text: str) -> str:
    lines = PLACE.sub("", text).splitlines(keepends=True)
    first, rest = lines[0], lines[1:]
    kept = [x for x in rest if COMMAND not in x and not x.startswith(HASH)]
    return "".join([first.partition(" from ")[0] + "\n", *kept])
