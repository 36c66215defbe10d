"""Compiled code that is kept between processes, where the user asks for it (``cache=True``).

Numba keeps what it compiles beside the file of a module.  So the generated text gets a file, whose
name contains a hash of the text: another text is another file, and never meets code compiled from
this one.  What else the code depends on, the processor and Numba's version, Numba looks after.
"""

from __future__ import annotations

import importlib.util
import os
import stat
import sys
import tempfile
import types
from pathlib import Path
from typing import Any

from gradgen.backends.shared import twin
from gradgen.digests import digest
from gradgen.errors import OutputError, UnsupportedError


def folder() -> Path:
    """Return the folder of kept modules: of ``GRADGEN_CACHE``, else of the user's caches.

    Raises
    ------
    OutputError
        If others may write to it: what is there is run.
    """
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "gradgen"
    place = Path(os.environ.get("GRADGEN_CACHE") or home)
    try:
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = place.stat()
    except OSError as error:
        raise OutputError(
            f"cannot keep compiled code in {place}: {error.strerror or error}",
            hint="set GRADGEN_CACHE to a folder of yours, or leave out cache=True",
        ) from error
    foreign = hasattr(os, "getuid") and found.st_uid != os.getuid()
    if os.name != "nt" and (foreign or found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)):
        raise OutputError(
            f"{place} can be written to by others, who could have their code run here",
            hint="set GRADGEN_CACHE to a folder that only you can write to",
        )
    return place


def load_kept(text: str, name: str, captures: dict[str, Any]) -> types.FunctionType:
    """Return the function of a module's text, loaded from a file of its own.

    Functions of the same text share the compiled code, and each has its captured arrays.

    Raises
    ------
    UnsupportedError
        If the text raises exceptions of the user's classes, which the file does not have.
    """
    own = [n for n, obj in captures.items() if isinstance(obj, type)]
    if own:
        raise UnsupportedError(
            f"code that raises {own[0]}, an exception of your own, cannot be kept for other "
            "processes", hint="leave out cache=True, or raise one of Python's exceptions",
        )  # fmt: skip
    title = f"gradgen_{name}_{digest(text, 24)}"
    path = folder() / f"{title}.py"
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        _write(path, text)
    module = sys.modules.get(title) or _imported(title, path)
    return twin(getattr(module, name), {**vars(module), **captures})


def _write(path: Path, text: str) -> None:
    handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=".part")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    os.replace(temporary, path)


def _imported(title: str, path: Path) -> types.ModuleType:
    """Import a file; Numba finds the names of kept code in ``sys.modules``."""
    spec = importlib.util.spec_from_file_location(title, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[title] = module
    spec.loader.exec_module(module)
    return module
