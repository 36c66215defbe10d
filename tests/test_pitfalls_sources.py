"""Functions without source, and files that were edited."""

from __future__ import annotations

import math
import pathlib
import subprocess
import sys
import types

import numpy as np
import pytest

import gradgen
from tests.pitfalls import Pitfalls

case = Pitfalls()


def _module(tmp_path, name, text):
    path = tmp_path / f"{name}.py"
    path.write_text(text)
    space = types.ModuleType(name)
    space.__file__ = str(path)
    exec(compile(text, str(path), "exec"), space.__dict__)
    return space, path


def test_exec_function():
    """A function made by exec."""
    space = {}
    exec("def f(x):\n    return x * x\n", space)
    try:
        assert gradgen.grad(space["f"])(3.0) == 6.0
    except gradgen.SourceError as error:
        assert "source" in str(error) and "Way out" in str(error), error


def test_builtin_function():
    """Builtin functions and ufuncs themselves."""
    for f in (math.sin, abs, np.sum, np.sin, print, "x", 3, None, Exception, int):
        try:
            gradgen.grad(f)(3.0)
        except gradgen.GradgenError as error:
            assert "Way out" in str(error) or "not a function" in str(error), error


def test_compiled_function():
    """The refusal of a function that Numba compiled says where its Python is; that works."""
    numba = pytest.importorskip("numba")

    @numba.njit
    def square(x):
        return x * x

    for f in (square, lambda x: square(x) + x):
        with pytest.raises(gradgen.GradgenError, match=r"Way out: .*square\.py_func"):
            gradgen.grad(f)(3.0)
    assert gradgen.grad(lambda x: square.py_func(x) + x)(3.0) == 7.0


def test_notebook_cell():
    """A function whose source is only in linecache."""
    import linecache

    text = "def f(x):\n    return x * x * x\n"
    name = "<ipython-input-1-abc>"
    linecache.cache[name] = (len(text), None, text.splitlines(True), name)
    space = {}
    exec(compile(text, name, "exec"), space)
    assert gradgen.grad(space["f"])(2.0) == 12.0


def test_file_edited():
    """A file edited after its import."""
    import tempfile

    tmp_path = pathlib.Path(tempfile.mkdtemp())
    m, path = _module(tmp_path, "pit_edited", "def f(x):\n    return 2.0 * x\n")
    path.write_text("def f(x):\n    return 3.0 * x\n")
    try:
        assert gradgen.grad(m.f)(1.0) == 2.0
    except gradgen.SourceError as error:
        assert "chang" in str(error) and "Way out" in str(error)


def test_file_shifted():
    """Lines inserted above the function after import."""
    import tempfile

    tmp_path = pathlib.Path(tempfile.mkdtemp())
    text = "def g(x):\n    return 5.0 * x\n\n\ndef f(x):\n    return 2.0 * x\n"
    m, path = _module(tmp_path, "pit_shifted", text)
    path.write_text("\n\n\n\n" + text)
    for f, d in ((m.f, 2.0), (m.g, 5.0)):
        try:
            assert gradgen.grad(f)(1.0) == d
        except gradgen.SourceError as error:
            assert "Way out" in str(error)


def test_helper_edited():
    """The file of a helper edited after its import."""
    import tempfile

    tmp_path = pathlib.Path(tempfile.mkdtemp())
    m, path = _module(tmp_path, "pit_helper", "def h(x):\n    return 2.0 * x\n")
    h = m.h

    def f(x):
        return h(x) * x

    path.write_text("def h(x):\n    return 3.0 * x\n")
    try:
        assert gradgen.grad(f)(1.0) == 4.0
    except gradgen.SourceError as error:
        assert "chang" in str(error) and "Way out" in str(error)


def test_file_removed():
    """The source file is gone."""
    import tempfile

    tmp_path = pathlib.Path(tempfile.mkdtemp())
    m, path = _module(tmp_path, "pit_gone", "def f(x):\n    return 2.0 * x\n")
    path.unlink()
    try:
        assert gradgen.grad(m.f)(1.0) == 2.0
    except gradgen.SourceError as error:
        assert "Way out" in str(error)


def test_repl():
    """A function typed at the prompt."""
    typed = (
        "import gradgen\ndef f(x):\n    return x*x\ntry:\n    print(gradgen.grad(f)(3.0))\n"
        "except gradgen.SourceError as e:\n    print('Way out' in str(e))"
    )
    done = subprocess.run([sys.executable, "-c", typed], capture_output=True, text=True)
    assert done.stdout.strip() in ("True", "6.0"), done
