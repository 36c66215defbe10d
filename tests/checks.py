"""What has to hold for every function of the corpus."""

from __future__ import annotations

import builtins
import copy
import importlib.util
import itertools
import pickle
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import gradgen
from tests.cases import Case, value_and_gradient
from tests.pytrees import access_text, is_float_leaf, leaves, same_bits, same_leaf
from tests.references import (
    assert_gradient,
    assert_trees_close,
    directions,
    hessian_vector,
    tolerance,
)

ROOT = Path(__file__).resolve().parent.parent
SECOND_ORDER_RTOL = 1e-7
GENERIC_RTOL = 1e-12
_module_numbers = itertools.count()

RUN_ALONE = """
import pickle, runpy, sys

class Blocker:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "gradgen":
            raise ImportError("gradgen is blocked here")

sys.meta_path.insert(0, Blocker())
sys.path.insert(0, sys.argv[1])
with open(sys.argv[2], "rb") as file:
    calls = pickle.load(file)
results = {}
for path, args in calls.items():
    namespace = runpy.run_path(path)
    (entry,) = [name for name in namespace if name.endswith("_value_and_grad")]
    results[path] = namespace[entry](*args)
assert "gradgen" not in sys.modules
with open(sys.argv[3], "wb") as file:
    pickle.dump(results, file)
"""


def check_value_and_gradient(case: Case, args: tuple | None = None) -> None:
    """The value is the user's, bit for bit; the gradient agrees with the reference."""
    function = value_and_gradient(case)
    args = case.args() if args is None else args
    value, gradient = function(*copy.deepcopy(args))
    expected = case.function(*copy.deepcopy(args))
    assert same_leaf(value, expected), f"value {value!r}, the user's function gives {expected!r}"
    assert_gradient(case.function, args, gradient, case.argnums)


def check_types(case: Case) -> None:
    """Each gradient has the structure, dtype and shape of its argument."""
    args = case.args()
    _, gradient = value_and_gradient(case)(*args)
    assert isinstance(gradient, tuple) and len(gradient) == len(case.argnums)
    for part, place in zip(gradient, case.argnums, strict=True):
        assert type(part) is type(args[place]) or isinstance(part, np.ndarray | np.generic)
        pairs = zip(leaves(part), leaves(args[place]), strict=True)
        for (got_path, got), (path, leaf) in pairs:
            assert got_path == path
            assert np.shape(got) == np.shape(leaf)
            assert np.asarray(got).dtype == np.asarray(leaf).dtype
            if type(leaf) is float:
                assert type(got) is float


def check_caller_unharmed(case: Case) -> None:
    """The caller's arguments are left alone, and the gradient shares no memory with them."""
    function = value_and_gradient(case)
    args = case.args()
    before = copy.deepcopy(args)
    _, gradient = function(*args)
    assert same_bits(args, before)
    for (_, one), (_, two) in itertools.product(leaves(gradient), leaves(args)):
        if isinstance(one, np.ndarray) and isinstance(two, np.ndarray):
            assert not np.shares_memory(one, two)


def check_second_call(case: Case) -> None:
    """A second call gives the same bits, and leaves the first result alone."""
    function = value_and_gradient(case)
    first = function(*case.args())
    kept = copy.deepcopy(first)
    assert same_bits(function(*case.args()), kept)
    assert same_bits(first, kept)


def entry_of(namespace: dict[str, Any]) -> Callable[..., Any]:
    """Return the one public function of a generated module."""
    (name,) = [name for name in namespace if name.endswith("_value_and_grad")]
    return namespace[name]


def blocked_import(name: str, *args: Any, **kwargs: Any) -> Any:
    """Import anything but gradgen."""
    if name.partition(".")[0] == "gradgen":
        raise ImportError("gradgen is blocked here")
    return importlib.__import__(name, *args, **kwargs)


def run_text(text: str, args: tuple) -> Any:
    """Run a generated module's function in a namespace that cannot import gradgen."""
    namespace: dict[str, Any] = {
        "__name__": "generated",
        "__builtins__": dict(vars(builtins), __import__=blocked_import),
    }
    exec(compile(text, "generated.py", "exec"), namespace)
    return entry_of(namespace)(*args)


def check_standalone(case: Case) -> None:
    """The text runs without gradgen and gives the same bits."""
    function = value_and_gradient(case)
    expected = function(*case.args())
    assert same_bits(run_text(function.source, case.args()), expected)


def check_text_repeats(case: Case) -> None:
    """Deriving again gives the same text, byte for byte."""
    function = value_and_gradient(case)
    function(*case.args())
    text = function.source
    again = gradgen.value_and_grad(case.function, argnums=case.argnums)
    again(*case.args())
    assert again.source == text


def check_generic(case: Case) -> None:
    """The text made without any types gives the same numbers, or needs types and says so."""
    function = value_and_gradient(case)
    try:
        text = gradgen.emit(case.function, argnums=case.argnums)
    except (gradgen.UnsupportedError, gradgen.ArgumentError) as error:
        pytest.skip(f"needs types: {str(error).splitlines()[0]}")
    try:
        value, gradient = run_text(text, case.args())
    except (TypeError, ValueError) as error:
        if "is made for" in str(error) or "; of 2 dimensions, write" in str(error):
            pytest.skip(f"made for numbers and arrays, or for three axes, and says so: {error}")
        raise
    expected_value, expected = function(*case.args())
    assert same_leaf(value, expected_value)
    assert_trees_close(gradient, expected, tolerance(case.args(), GENERIC_RTOL))


def load_module(path: Path) -> Any:
    """Import a file as a module of its own."""
    name = f"{path.stem}_{next(_module_numbers)}"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def along_source(case: Case) -> str:
    """Return the text of a function that sums gradient times direction over all leaves."""
    args = case.args()
    names = [f"a{place}" for place in range(len(args))]
    picked = tuple(args[place] for place in case.argnums)
    terms = [
        f"np.sum({access_text('g', path)} * v{number})"
        for number, (path, leaf) in enumerate(leaves(picked))
        if is_float_leaf(leaf)
    ]
    return (
        "import numpy as np\n\n\n"
        f"def along({', '.join(names)}):\n"
        f"    g = gradient({', '.join(names)})\n"
        f"    return {' + '.join(terms)}\n"
    )


def check_second_order(case: Case, folder: Path) -> None:
    """The gradient of the gradient along a direction is the Hessian times that direction."""
    if case.may_be_refused:
        value_and_gradient(case)  # skips the rest
    path = folder / "along.py"
    path.write_text(along_source(case))
    module = load_module(path)
    vector = directions(case.args(), case.argnums)
    module.gradient = gradgen.grad(case.function, argnums=case.argnums)
    for number, (_, leaf) in enumerate(leaves(vector)):
        setattr(module, f"v{number}", leaf)
    got = gradgen.grad(module.along, argnums=case.argnums)(*case.args())
    expected = hessian_vector(
        case.function,
        case.args(),
        case.argnums,
        vector,
        lambda *args: value_and_gradient(case)(*args)[1],
    )
    assert_trees_close(got, expected, tolerance(case.args(), SECOND_ORDER_RTOL), "second order")


def run_alone(chosen: list[Case], folder: Path) -> None:
    """Saved modules give the same bits in a process that cannot import gradgen."""
    calls, expected = {}, {}
    for case in chosen:
        function = value_and_gradient(case)
        path = folder / f"{case.module}_{case.name}.py"
        calls[str(path)] = case.args()
        expected[str(path)] = function(*case.args())
        function.save(path)
    script, sent, received = folder / "script.py", folder / "calls", folder / "results"
    script.write_text(RUN_ALONE)
    sent.write_bytes(pickle.dumps(calls))
    subprocess.run(
        [sys.executable, str(script), str(ROOT), str(sent), str(received)],
        check=True,
        cwd=folder,
        timeout=120,
    )
    results = pickle.loads(received.read_bytes())
    wrong = [path for path in calls if not same_bits(results[path], expected[path])]
    assert not wrong, wrong


FIRST_ORDER = (
    check_value_and_gradient,
    check_types,
    check_caller_unharmed,
    check_second_call,
    check_standalone,
)


def check_first_order(case: Case) -> None:
    """All that needs one derivation; the traceback names the check that fails."""
    for check in FIRST_ORDER:
        check(case)
