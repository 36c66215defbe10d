"""Programs of any size, each as the text of a module with a function ``loss``.

They stretch one dimension at a time: statements, terms, nesting, branches, helpers.
"""

from __future__ import annotations

import importlib.util
import itertools
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

HEAD = "import math\n\nimport numpy as np\n\n\n"
_numbers = itertools.count()


def _function(parameters: str, lines: list[str]) -> str:
    body = "".join(f"    {line}\n" for line in lines)
    return f"{HEAD}def loss({parameters}):\n{body}"


def scalars(n: int) -> str:
    """Assignments to new names, each of which reads two earlier ones."""
    lines = ["a0 = x", "a1 = x * x"]
    for k in range(2, n):
        lines.append(f"a{k} = {FORMULAS[k % 4].format(p=f'a{k - 1}', q=f'a{max(k - 7, 0)}')}")
    return _function("x", [*lines, f"return a{len(lines) - 1}"])


FORMULAS = (
    "0.9 * {p} + 0.1 * {q}",
    "math.sin({p}) + {q}",
    "{p} * {q} / (1.0 + {p} * {p})",
    "np.tanh({p} - {q})",
)


def rebinding(n: int) -> str:
    """One name that is assigned over and over."""
    lines = [("x = math.sin(x) + y", "y = 0.5 * y + x * 0.1")[k % 2] for k in range(n)]
    return _function("x, y", [*lines, "return x * y"])


def arrays(n: int) -> str:
    """Assignments of arrays, with a sum now and then."""
    lines = ["total = 0.0", "v0 = u * 1.0"]
    for k in range(1, n // 2):
        lines.append(f"v{k} = np.tanh(v{k - 1} * 1.1 - u)")
        lines.append(f"total = total + np.sum(v{k} * v{k - 1})")
    return _function("u", [*lines, "return total"])


def stores(n: int) -> str:
    """Writes into the elements of one array."""
    lines = ["v = u.copy()"]
    for k in range(n):
        lines.append(
            (
                f"v[{k % 5}] = v[{(k + 1) % 5}] * u[{k % 3}]",
                f"v[{k % 4}] += 0.1 * v[{(k + 2) % 5}]",
                f"v[1:] *= 0.5 + 0.1 * u[{k % 5}]",
            )[k % 3]
        )
    return _function("u", [*lines, "return np.sum(v * v)"])


def buffers(n: int) -> str:
    """Many arrays, each filled by two writes."""
    lines = ["total = 0.0"]
    for k in range(n // 4):
        lines += [
            f"b{k} = np.zeros(3)",
            f"b{k}[0] = x * {k + 1}.0",
            f"b{k}[1:] += b{k}[0] * x",
            f"total = total + np.sum(b{k} * b{k})",
        ]
    return _function("x", [*lines, "return total"])


def branches(n: int) -> str:
    """One ``if`` after the other."""
    lines = ["y = x"]
    for k in range(n // 4):
        lines += [
            f"if y > {k % 7 - 3}.5:",
            f"    y = y * 0.9 + 0.{k % 10}",
            "else:",
            "    y = math.sin(y) + x",
        ]
    return _function("x", [*lines, "return y * y"])


def branches_of_names(n: int) -> str:
    """Branches among many names that are all alive to the end."""
    half = n // 2
    lines = [f"a{k} = x * {k + 1}.0" for k in range(half)]
    for k in range(half // 2):
        lines += [f"if a{k} > 1.0:", f"    a{k} = a{k} * a{k + 1}"]
    lines.append("total = 0.0")
    lines += [f"total = total + a{k}" for k in range(half)]
    return _function("x", [*lines, "return total"])


def ladder(n: int) -> str:
    """One ``if`` with many ``elif``."""
    lines = ["if x < 0.0:", "    y = x"]
    for k in range(n // 2):
        lines += [f"elif x < {k + 1}.0:", f"    y = x * x * {k + 1}.0"]
    return _function("x", [*lines, "else:", "    y = 0.0", "return y * x"])


def ladder_of_returns(n: int) -> str:
    """Many ``if`` that return."""
    lines = []
    for k in range(n // 2):
        lines += [f"if x < {k}.0:", f"    return x * x * {k + 1}.0"]
    return _function("x", [*lines, "return x"])


def nested_branches(n: int) -> str:
    """An ``if`` inside an ``if``, as deep as Python allows."""
    depth = min(n // 2, 90)
    lines = ["y = x"]
    for k in range(depth):
        lines += ["    " * k + f"if y > {k}.0 - 100.0:", "    " * (k + 1) + "y = y * 0.99 + 0.1"]
    return _function("x", [*lines, "return y * y"])


def helpers(n: int) -> str:
    """Helper functions that call the one before, and are called in turn."""
    count = n // 4
    text = [HEAD, "def h0(x):\n    return x * 1.5\n\n\n"]
    for k in range(1, count):
        deeper = f"h{k - 1}(y)" if k % 8 else "y"
        text.append(f"def h{k}(x):\n    y = math.sin(x)\n    return {deeper} * x\n\n\n")
    calls = "".join(f"    x = 0.5 * h{k}(x) + x\n" for k in range(7, count, 8))
    return "".join([*text, f"def loss(x):\n{calls}    return x\n"])


def long_sum(n: int) -> str:
    """A sum of terms, which Python parses as leaning to the left."""
    terms = " + ".join(f"x * {k + 1}.0" for k in range(n))
    return _function("x", [f"return {terms}"])


def sum_in_brackets(n: int) -> str:
    """A sum of terms over many lines, in brackets, in blocks of fifty."""
    blocks = []
    for k in range(0, n, 50):
        blocks.append("(" + " + ".join(f"x * {j + 1}.0" for j in range(k, min(k + 50, n))) + ")")
    return _function("x", [f"return ({' + '.join(blocks)})"])


def long_product(n: int) -> str:
    """A product of terms."""
    terms = " * ".join(f"(1.0 + 0.001 * x / {k + 1}.0)" for k in range(n))
    return _function("x", [f"return {terms}"])


def leaning_right(n: int) -> str:
    """``x + y * (x + y * (x + ...))``, as deep as Python allows brackets."""
    depth = min(n, 190)
    return _function("x, y", [f"return {'x + y * (' * depth}x{')' * depth}"])


def powers(n: int) -> str:
    """``x ** x ** x ...``, which leans to the right without brackets."""
    return _function("x", [f"return {' ** '.join(['x'] * min(n, 900))}"])


def signs(n: int) -> str:
    """Signs before signs."""
    return _function("x", [f"return {'-' * min(n, 900)}x * x"])


def nested_calls(n: int) -> str:
    """``f(f(f(...)))`` of a function of the user's."""
    depth = min(n, 190)
    lines = [f"return {'f(' * depth}x{')' * depth}"]
    return _function("x", lines).replace(
        "def loss", "def f(x):\n    return math.sin(x) + 0.1\n\n\ndef loss"
    )


def nested_operations(n: int) -> str:
    """``np.sin(np.sin(...))``."""
    depth = min(n, 190)
    return _function("x", [f"return {'np.sin(' * depth}x{')' * depth}"])


def nested_choices(n: int) -> str:
    """``a if c else b if d else ...``."""
    depth = min(n, 900)
    arms = "".join(f"x * {k + 1}.0 if x < {k}.0 else " for k in range(depth))
    return _function("x", [f"return {arms}x"])


def conditions(n: int) -> str:
    """A condition of many terms."""
    tests = " and ".join(f"x > -{k + 1}.0" for k in range(n))
    return _function("x", [f"if {tests}:", "    x = x * x", "return x"])


def display(n: int) -> str:
    """A list of many numbers, made into an array."""
    items = ", ".join(f"x * {k + 1}.0" for k in range(n))
    return _function("x", [f"v = np.array([{items}])", "return np.sum(v * v)"])


def loops(n: int) -> str:
    """One loop after the other."""
    lines = ["y = x"]
    for k in range(n // 3):
        lines += [f"for i in range({k % 3 + 1}):", "    z = y * 0.9", "    y = math.sin(z) + x"]
    return _function("x", [*lines, "return y"])


def nested_loops(n: int) -> str:
    """A loop inside a loop."""
    depth = min(n, 19)
    lines = ["y = x"]
    for k in range(depth):
        lines.append("    " * k + f"for i{k} in range({2 if k < 3 else 1}):")
    return _function("x", [*lines, "    " * depth + "y = math.sin(y) + x", "return y"])


def nested_lists(n: int) -> str:
    """A loop inside a loop, each of which fills a list."""
    depth = min(n, 9)
    lines = ["y = x"]
    for k in range(depth):
        indent = "    " * k
        lines += [f"{indent}items{k} = []", f"{indent}for i{k} in range({2 if k < 3 else 1}):"]
    lines.append("    " * depth + "y = math.sin(y) + x")
    for k in reversed(range(depth)):
        lines.append("    " * (k + 1) + f"items{k}.append(y * 0.5)")
        lines.append("    " * k + f"y = sum(items{k}) * 0.7")
    return _function("x", [*lines, "return y"])


def body_of_a_loop(n: int) -> str:
    """A loop over many statements."""
    lines = ["y = x", "for i in range(3):"]
    for k in range(n // 2):
        lines += [f"    z{k} = math.sin(y) * x", f"    y = y * 0.5 + z{k} * z{max(k - 3, 0)}"]
    return _function("x", [*lines, "return y"])


def stores_in_a_loop(n: int) -> str:
    """A loop over many writes."""
    lines = ["v = u.copy()", "for i in range(1, 4):"]
    for k in range(n):
        lines.append(
            f"    v[{k % 5}] = v[i] * u[{k % 3}]" if k % 2 else f"    v[i - 1] += 0.1 * v[{k % 5}]"
        )
    return _function("u", [*lines, "return np.sum(v * v)"])


def stores_on_paths_in_a_loop(n: int) -> str:
    """A loop over many branches in a row, each of which may write into one array."""
    lines = ["v = u.copy()", "for i in range(1, 4):"]
    for k in range(n // 4):
        lines += [f"    if v[{k % 5}] > {k}e-3 - 0.5:", f"        v[{k % 3}] += 0.01 * v[i] * u[1]"]
    return _function("u", [*lines, "return np.sum(v * v)"])


ARRAY = (arrays, stores, stores_in_a_loop, stores_on_paths_in_a_loop)
TWO = (rebinding, leaning_right)
PROGRAMS: dict[str, Callable[[int], str]] = {
    f.__name__: f
    for f in (
        scalars, rebinding, arrays, stores, buffers, branches, branches_of_names, ladder,
        ladder_of_returns, nested_branches, helpers, long_sum, sum_in_brackets, long_product,
        leaning_right, powers, signs, nested_calls, nested_operations, nested_choices, conditions,
        display, loops, nested_loops, nested_lists, body_of_a_loop, stores_in_a_loop,
        stores_on_paths_in_a_loop,
    )
}  # fmt: skip


def arguments(program: Callable[[int], str]) -> tuple[Any, ...]:
    """Return arguments for a program of this module."""
    if program in ARRAY:
        return (np.array([0.3, -0.8, 1.1, 0.5, 0.9]),)
    return (0.7, 0.4) if program in TWO else (0.7,)


def loaded(text: str, folder: Path) -> Any:
    """Return the function ``loss`` of a module text, imported from a file in a folder."""
    name = f"long_program_{next(_numbers)}"
    path = folder / f"{name}.py"
    path.write_text(text)
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module.loss
