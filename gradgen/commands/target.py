"""``FILE.py:FUNC`` to a function: imports the user's file, and that is all of it that runs."""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import sys
import traceback
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from gradgen.dataclass import dataclass
from gradgen.errors import GradgenError, Span


class UsageError(GradgenError):
    """The command line asks for something that is not there."""


@dataclass(frozen=True)
class Target:
    """A function of the user's file; ``made`` is what gradgen's decorator made of it, if any."""

    name: str
    fn: Any
    made: Any
    module: types.ModuleType
    path: Path


def find(place: str) -> Target:
    """Return the function that ``FILE.py:FUNC`` names.

    Raises
    ------
    UsageError
        If there is no such file or function.
    GradgenError
        If the file cannot be imported.
    """
    text, colon, name = place.rpartition(":")
    if not colon or not text:
        raise UsageError(f"{place!r} names no function", hint="write FILE.py:FUNCTION")
    path = Path(text)
    module = import_file(path)
    found = lookup(module, name, path)
    made = None
    if hasattr(type(found), "__gradgen_inline__") or type(found).__name__ == "Differentiable":
        made, found = found, found.__wrapped__
    if not callable(found):
        kind = type(found).__name__
        raise UsageError(f"{name!r} of {path} is not a function, it has type {kind}")
    return Target(name, found, made, module, path)


def lookup(module: types.ModuleType, name: str, path: Path) -> Any:
    """Return what a dotted name means in a module."""
    found: Any = module
    for k, part in enumerate(name.split(".")):
        if not hasattr(found, part):
            owner = ".".join(name.split(".")[:k])
            where = f"{owner!r} in {path}" if owner else str(path)
            raise UsageError(f"there is no {part!r} in {where}", hint=_functions(found))
        found = getattr(found, part)
    return found


def _functions(owner: Any) -> str:
    """Say which functions there are."""
    here = [
        name for name, value in vars(owner).items() if callable(value) and not name.startswith("_")
        and getattr(value, "__module__", None) == getattr(owner, "__name__", None)
    ] if isinstance(owner, types.ModuleType) else []  # fmt: skip
    return f"it has {', '.join(here[:12])}" if here else ""


# --- importing ----------------------------------------------------------------------------


@contextlib.contextmanager
def imported_files() -> Iterator[None]:
    """Undo afterwards what importing a file changes: the path, the modules, byte code.

    The files that it imports from its folder go as well: another folder may have others of their
    names.
    """
    path, modules, quiet = list(sys.path), set(sys.modules), sys.dont_write_bytecode
    sys.dont_write_bytecode = True
    try:
        yield
    finally:
        folders = {Path(folder) for folder in set(sys.path) - set(path)}
        sys.path[:], sys.dont_write_bytecode = path, quiet
        for name in set(sys.modules) - modules:
            module = sys.modules[name]
            if _root(name, module) in folders or getattr(module, "__gradgen_target__", False):
                del sys.modules[name]


def _root(name: str, module: types.ModuleType) -> Path | None:
    """Return the folder on the path that a Python file was imported from."""
    file = Path(getattr(module, "__file__", None) or "")
    above = name.count(".") + (file.name == "__init__.py")
    return file.parents[above] if file.suffix == ".py" and above < len(file.parents) else None


def import_file(path: Path) -> types.ModuleType:
    """Return the module of a file, with the file's directory on the path while it is imported."""
    _check_file(path)
    full = path.resolve()
    sys.path.insert(0, str(full.parent))
    try:
        with contextlib.redirect_stdout(sys.stderr):
            return _import(full)
    except SyntaxError as error:
        raise _syntax_error(path, full, error) from None
    except (Exception, SystemExit) as error:
        raise _import_error(path, full, error) from error


def _check_file(path: Path) -> None:
    if path.is_dir():
        raise UsageError(f"{path} is a directory", hint="name a Python file: FILE.py:FUNCTION")
    if not path.exists():
        raise UsageError(f"there is no file {path}")
    if path.suffix != ".py":
        raise UsageError(f"{path} is not a Python file (.py)")


def _import(path: Path) -> types.ModuleType:
    """Import a file: by its dotted name where it is part of a package, else by its path."""
    package, parts = path.parent, [path.stem]
    while (package / "__init__.py").exists():
        parts.insert(0, package.name)
        package = package.parent
    if len(parts) > 1:
        sys.path.insert(1, str(package))
        module = importlib.import_module(".".join(parts))
        if Path(module.__file__ or "").resolve() == path:
            return module
    name = path.stem if path.stem not in sys.modules else f"_gradgen_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    module.__gradgen_target__ = True  # type: ignore[attr-defined]
    # Dataclasses and pickling look their module up by its name.
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def _syntax_error(path: Path, full: Path, error: SyntaxError) -> GradgenError:
    if error.filename is None or Path(error.filename) != full:
        return _import_error(path, full, error)
    text = (error.text or "").rstrip("\n")
    span = Span(str(path), error.lineno or 1, max((error.offset or 1) - 1, 0), text)
    return GradgenError(f"this is not Python: {error.msg}", span)


def _import_error(path: Path, full: Path, error: BaseException) -> GradgenError:
    """Name the exception, and the last line of the user's file that led to it."""
    what = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    span = Span(str(path), 1, 0, "")
    for frame in traceback.extract_tb(error.__traceback__):
        if Path(frame.filename) == full and frame.lineno:
            line = frame.line or ""
            span = Span(str(path), frame.lineno, 0, line)
    return GradgenError(f"importing the file raises {what}", span)
