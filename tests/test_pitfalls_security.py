"""Texts that would be code, files that are not to be touched, and determinism."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
import textwrap
import types

import numpy as np

import gradgen
from tests.pitfalls import Pitfalls

case = Pitfalls()


X = np.array([0.6, -1.3, 2.1, 0.4])


def _module(tmp_path, name, text):
    path = tmp_path / f"{name}.py"
    path.write_text(text)
    space = types.ModuleType(name)
    space.__file__ = str(path)
    exec(compile(text, str(path), "exec"), space.__dict__)
    return space, path


def test_hash_seeds(tmp_path):
    """The text does not depend on the hash seed."""
    (tmp_path / "loss.py").write_text(
        textwrap.dedent("""
        import numpy as np, gradgen
        def f(p, x):
            a = {"u": p["w"] * x, "v": p["b"]}
            s = 0.0
            for k in ("v", "u"):
                s = s + np.sum(a[k]) * 2.0
            z = x * x
            for i in range(len(x)):
                if x[i] > 0.0:
                    z[i] = z[i - 1] * s
                    t = z[i]
                else:
                    s = s + z[i]
                    t = s
            return np.sum(z) + s + t
        x = np.array([0.3, -0.2, 0.5])
        print(gradgen.emit(f, example_args=({"w": x, "b": 0.5}, x)))
        print(gradgen.emit(f))
        """)
    )
    texts = set()
    for seed in ("0", "1", "77"):
        done = subprocess.run(
            [sys.executable, str(tmp_path / "loss.py")],
            capture_output=True,
            text=True,
            env=dict(os.environ, PYTHONHASHSEED=seed),
            cwd=tmp_path,
        )
        texts.add(done.stdout + done.stderr[-200:])
    assert len(texts) == 1
    assert "0x" not in texts.pop()


def test_order_of_calls():
    """The text does not depend on what was differentiated before."""

    def f(x):
        return np.sum(np.tanh(x) * x)

    def g(x):
        return np.prod(x) + np.max(x)

    first = gradgen.emit(f, example_args=(X,))
    gradgen.emit(g, example_args=(X,))
    assert gradgen.emit(f, example_args=(X,)) == first


def test_docstring_with_quotes(tmp_path):
    """A docstring and strings that would close the text's own quotes."""
    text = "def f(x):\n"
    text += '    """a \\"\\"\\" \\n import os; os.abort() \\\\"""\n'
    text += '    assert x > 0.0, \'""" + __import__("os").abort()\'\n    return x * x\n'
    m, _ = _module(tmp_path, "pit_doc", text)
    text = gradgen.emit(m.f, example_args=(2.0,))
    ast.parse(text)
    assert gradgen.grad(m.f)(2.0) == 4.0


def test_strange_function_name():
    """A function whose __name__ is code."""

    def f(x):
        return x * x

    f.__name__ = "f():\n    import os\n    os.abort()\ndef g"
    f.__qualname__ = '"""\nraise SystemExit\n"""'
    try:
        assert gradgen.grad(f)(3.0) == 6.0
        ast.parse(gradgen.emit(f, example_args=(3.0,)))
    except gradgen.GradgenError as error:
        assert "name" in str(error)


def test_strange_file_name(tmp_path):
    """A file name with quotes and line ends."""
    folder = tmp_path / 'a"""\nraise SystemExit(3)\n#'
    folder.mkdir()
    m, _ = _module(folder, "pit_file", "def f(x):\n    return x * x\n")
    try:
        assert gradgen.grad(m.f)(3.0) == 6.0
        tree = ast.parse(gradgen.emit(m.f, example_args=(3.0,)))
        assert not any(isinstance(n, ast.Raise) for n in ast.walk(tree) if n in tree.body)
    except gradgen.GradgenError as error:
        assert "Way out" in str(error)


def test_strange_dict_keys():
    """Keys of a dict argument that are code."""
    key = "w'] + __import__('os').abort() #"

    def f(p):
        return p[key] * p[key]

    assert gradgen.grad(f)({key: 3.0}) == {key: 6.0}
    key2 = 'a"\nb'

    def g(p):
        return p[key2] * p[key2]

    assert gradgen.grad(g)({key2: 3.0}) == {key2: 6.0}


def test_repr_of_user_class():
    """Captured numbers of a user's class with a repr of its own."""

    class Evil(float):
        def __repr__(self):
            return "__import__('os').abort()"

        __str__ = __repr__

    evil = Evil(2.0)

    def f(x):
        return x * evil

    try:
        assert gradgen.grad(f)(3.0) == 2.0
    except gradgen.GradgenError as error:
        assert "Way out" in str(error)

    class EvilInt(int):
        def __repr__(self):
            return "__import__('os').abort()"

    n = EvilInt(3)

    def g(x):
        return x**n

    try:
        assert gradgen.grad(g)(2.0) == 12.0
    except gradgen.GradgenError as error:
        assert "Way out" in str(error)
    try:
        d = gradgen.grad(lambda x, k: x * k)(3.0, Evil(2.0))
        assert d == 2.0
    except gradgen.GradgenError as error:
        assert "Way out" in str(error)


def test_sympy_names():
    """Names that SymPy would evaluate."""

    def f(S, I, E, N, lambda_=2.0):
        return S * I + E * N

    assert gradgen.grad(f, argnums=(0, 1, 2, 3))(1.0, 2.0, 3.0, 4.0) == (2.0, 1.0, 4.0, 3.0)
    expression = gradgen.to_sympy(f, 1.0, 2.0, 3.0, 4.0)
    assert "S" in str(expression) and "I" in str(expression)


def test_no_disk_cache(tmp_path):
    """Nothing is written to the disk."""
    (tmp_path / "loss.py").write_text(
        "import gradgen\ndef f(x):\n    return x * x\ngradgen.grad(f)(2.0)\n"
    )
    home = tmp_path / "home"
    home.mkdir()
    subprocess.run(
        [sys.executable, "-B", "loss.py"],
        cwd=tmp_path,
        check=True,
        env=dict(os.environ, HOME=str(home), TMPDIR=str(home)),
    )
    assert sorted(p.name for p in tmp_path.iterdir()) == ["home", "loss.py"]
    assert list(home.iterdir()) == []


def test_foreign_file_kept(tmp_path):
    """A file that gradgen did not write is left alone, also through a link."""

    def f(x):
        return x * x

    target = tmp_path / "precious.py"
    target.write_text("precious = 1\n")
    link = tmp_path / "link.py"
    link.symlink_to(target)
    for path in (target, link, tmp_path / "missing" / "out.py", tmp_path):
        try:
            gradgen.emit(f, path, example_args=(2.0,))
            raise AssertionError(f"wrote {path}")
        except gradgen.GradgenError as error:
            assert "Way out" in str(error), error
    assert target.read_text() == "precious = 1\n"


def test_header_cannot_be_forged(tmp_path):
    """A file that only mentions gradgen is not gradgen's."""

    def f(x):
        return x * x

    target = tmp_path / "mine.py"
    target.write_text('"""My notes on text generated by gradgen."""\nkeep = 1\n')
    try:
        gradgen.emit(f, target, example_args=(2.0,))
    except gradgen.GradgenError:
        pass
    assert "keep = 1" in target.read_text()


def test_emit_twice(tmp_path):
    """Gradgen's own file is replaced whole, and no temporary file is left."""

    def f(x):
        return x * x

    out = tmp_path / "out.py"
    one = gradgen.emit(f, out, example_args=(2.0,))
    two = gradgen.emit(f, out, example_args=(2.0,))
    assert out.read_text() == one == two
    assert [p.name for p in tmp_path.iterdir()] == ["out.py"]


def test_no_numba():
    """The text asks for no cached compilation."""

    def f(x):
        return x * x

    text = gradgen.emit(f, example_args=(2.0,))
    assert "cache" not in text and "numba" not in text
