"""What is read from outside the function and changes between calls."""

from __future__ import annotations

import importlib
import sys
import types
from typing import NamedTuple

import numpy as np
import pytest

import gradgen
from tests.pitfalls import Pitfalls
from tests.references import difference_gradient

case = Pitfalls()


SCALE = 3.0


def test_two_closures_of_one_code():
    """Two closures of the same code have their own gradients."""

    def make(c):
        def f(x):
            return c * x * x

        return f

    g2, g3 = gradgen.grad(make(2.0)), gradgen.grad(make(3.0))
    assert (g2(1.0), g3(1.0), g2(1.0)) == (4.0, 6.0, 4.0)


def test_global_changed():
    """A global that is changed between calls."""
    global SCALE

    def f(x):
        return SCALE * x * x

    g = gradgen.grad(f)
    try:
        assert g(1.0) == 6.0
        SCALE = 5.0
        assert g(1.0) == 10.0
        SCALE = 5
        assert g(1.0) == 10.0
        SCALE = True
        assert g(1.0) == 2.0
    finally:
        SCALE = 3.0


def test_one_equals_true():
    """1, 1.0 and True are different constants to the cache."""

    def make(n):
        def f(x):
            return x**n if isinstance(n, int) else x * n

        return f

    holder = make(2)
    g = gradgen.grad(holder)
    assert g(3.0) == 6.0
    holder.__closure__[0].cell_contents = 2.0
    assert g(3.0) == 2.0, g(3.0)


def test_global_array_changed_in_place():
    """A captured array changed in place or replaced by one of another shape."""
    global TABLE
    TABLE = np.array([1.0, 2.0])

    def f(x):
        return np.sum(TABLE * x) * x

    g = gradgen.grad(f)
    assert g(1.0) == 6.0
    TABLE[0] = 5.0
    assert g(1.0) == 14.0
    TABLE = np.ones((2, 3))
    assert g(1.0) == 12.0


def test_helper_replaced():
    """A helper that is replaced between calls."""
    global helper_now
    helper_now = lambda x: x * x

    def f(x):
        return helper_now(x)

    g = gradgen.grad(f)
    assert g(3.0) == 6.0
    helper_now = lambda x: x * x * x
    assert g(3.0) == 27.0


def test_helper_default_changed():
    """A helper's default that is replaced between calls."""

    def h(x, k=2.0):
        return x * k

    def f(x):
        return h(x)

    g = gradgen.grad(f)
    assert g(1.0) == 2.0
    h.__defaults__ = (7.0,)
    assert g(1.0) == 7.0


def test_own_default_changed():
    """The loss's own default that is replaced between calls."""

    def f(x, k=2.0):
        return x * k

    g = gradgen.grad(f)
    assert g(1.0) == 2.0
    f.__defaults__ = (7.0,)
    assert g(1.0) == 7.0
    assert gradgen.grad(f)(1.0) == 7.0


def test_global_list_changed():
    """A captured list that grows between calls."""
    global COEFFICIENTS
    COEFFICIENTS = [1.0, 2.0]

    def f(x):
        s = 0.0
        for c in COEFFICIENTS:
            s = s + c * x * x
        return s

    g = gradgen.grad(f)
    assert g(1.0) == 6.0
    COEFFICIENTS.append(10.0)
    assert g(1.0) == 26.0
    COEFFICIENTS[0] = 2.0
    assert g(1.0) == 28.0


def test_global_dict_changed():
    """A captured dict changed between calls."""
    options = {"k": 2.0}

    def f(x):
        return x * options["k"]

    g = gradgen.grad(f)
    assert g(1.0) == 2.0
    options["k"] = 4.0
    assert g(1.0) == 4.0


def test_global_table_changed():
    """A captured dict with pairs as keys, changed between calls, and one more key in it."""
    table = {("a", 1): 2.0, None: 1.0}

    def f(x):
        key = ("a", 1) if x > 0 else ("b", 2)
        return x * table.get(key, 0.5) + x * table[None]

    g = gradgen.grad(f)
    assert (g(1.0), g(-1.0)) == (3.0, 1.5)
    table["a", 1] = 4.0
    assert (g(1.0), g(-1.0)) == (5.0, 1.5)
    table["b", 2] = 7.0
    assert (g(1.0), g(-1.0)) == (5.0, 8.0)


class Limits(NamedTuple):
    low: float
    high: float


def test_global_named_tuple_changed():
    """A captured named tuple, alone and in a list, replaced between calls."""
    global LIMITS
    LIMITS = Limits(2.0, 3.0)
    several = [Limits(1.0, 0.0), Limits(4.0, 0.0)]

    def f(x):
        return x * LIMITS.high + sum(w.low for w in several) * x

    g = gradgen.grad(f)
    assert g(1.0) == g(2.0) == 8.0
    LIMITS = Limits(2.0, 5.0)
    assert g(1.0) == 10.0
    several[1] = Limits(5.0, 0.0)
    assert g(1.0) == 11.0


def test_module_attribute_changed():
    """An attribute of a module changed between calls."""
    config = types.ModuleType("config")
    config.k = 2.0

    def f(x):
        return x * config.k

    g = gradgen.grad(f)
    assert g(1.0) == 2.0
    config.k = 4.0
    assert g(1.0) == 4.0


def written(tmp_path, monkeypatch, name, text):
    """Import a module of this text."""
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / f"{name}.py").write_text(text)
    monkeypatch.delitem(sys.modules, name, raising=False)
    return importlib.import_module(name)


NAMES = """
import math
import numpy as np
from numpy import tanh
import pit_names_used as used

def number(x): return math.sin(x) * x
def array(x): return np.sum(tanh(x))
def patched(x): return np.sum(np.exp(x) * x)
def builtin(x): return abs(x[0]) * x[1]
def attribute(x): return used.act(x[0]) * sum(used.weights) * x[1]
"""
USED = "import numpy as np\nact = np.sin\nweights = [1.0, 2.0]\n"


def cube(v):
    return v * v * v


CHANGES = [
    ("number", "math", types.SimpleNamespace(sin=np.cos)),
    ("array", "tanh", np.sin),
    ("array", "np", types.SimpleNamespace(sum=np.prod)),
    ("patched", "np.exp", cube),
    ("builtin", "abs", cube),
    ("attribute", "used.act", np.cos),
    ("attribute", "used.act", cube),
    ("attribute", "used.weights", [5.0]),
    ("attribute", "used", types.SimpleNamespace(act=np.exp, weights=(4.0,))),
]


@pytest.mark.parametrize(("loss", "name", "other"), CHANGES)
def test_a_library_function_or_module_replaced(tmp_path, monkeypatch, loss, name, other):
    """A name or attribute that stood for a function of NumPy's, Python's, or a module."""
    written(tmp_path, monkeypatch, "pit_names_used", USED)
    m = written(tmp_path, monkeypatch, "pit_names", NAMES)
    x = 0.7 if loss == "number" else np.array([-0.7, 1.3])
    f = getattr(m, loss)
    g = gradgen.grad(f)
    before = [difference_gradient(f, (x,), (0,))[0], g(x), g(x)]
    with monkeypatch.context() as patch:
        owner, _, attribute = name.rpartition(".")
        holder = vars(m).get(owner, m)
        patch.setattr(holder, attribute, other, raising=False)
        now = [difference_gradient(f, (x,), (0,))[0], g(x), g(x)]
    after = [before[0], g(x), g(x)]
    for expected, *found in (before, now, after):
        np.testing.assert_allclose(found, [expected] * 2, rtol=1e-8)


def test_an_activation_replaced():
    """An object, a dict and a closure that hold a function of NumPy's, and then another."""

    class Layer:
        act = staticmethod(np.tanh)

    layer, table, act = Layer(), {"act": np.tanh}, np.tanh

    def loss(x):
        return np.sum(layer.act(x) * table["act"](x) + act(x))

    x = np.array([0.5, -1.0])
    g, h = gradgen.grad(loss), gradgen.hvp(loss)
    for change in range(4):
        if change == 1:
            layer.act = np.sin
        elif change == 2:
            table["act"] = np.exp
        elif change == 3:
            act = np.cos
        wanted = gradgen.grad(loss)(x)
        np.testing.assert_allclose(wanted, difference_gradient(loss, (x,), (0,))[0], rtol=1e-8)
        np.testing.assert_array_equal(g(x), wanted)
        np.testing.assert_array_equal(h((x,), (x,)), gradgen.hvp(loss)((x,), (x,)))


POWER = 2.0


def powered(x):
    return np.sum(x**POWER)


def of_a_gradient(x):
    return np.sum(gradgen.grad(powered)(x) ** 2)


def test_what_a_derivative_inside_a_loss_reads(monkeypatch):
    """A global that only the function reads whose gradient the loss takes."""
    x, g = np.array([0.5, 2.0]), gradgen.grad(of_a_gradient)
    np.testing.assert_allclose(g(x), 8.0 * x)
    monkeypatch.setitem(globals(), "POWER", 3.0)
    for _ in range(2):
        np.testing.assert_allclose(g(x), 36.0 * x**3)


def test_a_deleted_name_of_an_enclosing_function():
    """It raises Python's error, at the line that reads it."""
    factor = 2.0

    def drop():
        nonlocal factor
        del factor

    def loss(x):
        return factor * x

    g = gradgen.grad(loss)
    assert g(1.0) == 2.0
    drop()
    for derive in (g, gradgen.grad(loss)):
        with pytest.raises(NameError, match="cannot access free variable 'factor'") as caught:
            derive(1.0)
        assert "test_pitfalls_outside.py" in caught.value.__notes__[0]


def test_module_reloaded(tmp_path):
    """A module that is edited and loaded anew."""
    sys.path.insert(0, str(tmp_path))
    sys.dont_write_bytecode, old = True, sys.dont_write_bytecode
    try:
        (tmp_path / "pit_reloaded.py").write_text("def f(x):\n    return 2.0 * x\n")
        m = importlib.import_module("pit_reloaded")
        assert gradgen.grad(m.f)(1.0) == 2.0
        (tmp_path / "pit_reloaded.py").write_text("def f(x):\n    return 3.0 * x\n")
        importlib.invalidate_caches()
        m = importlib.reload(m)
        assert gradgen.grad(m.f)(1.0) == 3.0
    finally:
        sys.path.remove(str(tmp_path))
        sys.dont_write_bytecode = old


CAPTURED = np.cos(np.arange(4.0))


def weighted_product(x):
    out = 1.0
    for item in x:
        out = out * item
    return np.sum(CAPTURED[:1].reshape(()) * out)


def test_views_without_axes_are_not_written_to():
    """The cotangent of a number can be a view of an array outside: it is not scaled in place."""
    before = CAPTURED.copy()
    x = np.array([2.0, -0.5, 1.5])
    value, gradient = gradgen.value_and_grad(weighted_product)(x)
    assert value == weighted_product(x)
    np.testing.assert_allclose(gradient, value / x)
    np.testing.assert_array_equal(CAPTURED, before)


OUTSIDE = {
    "halves": (np.array([1.0, 2.0], np.float16), "'halves' is an array of dtype float16"),
    "half": (np.float16(3.0), "'half' is a number of dtype float16"),
    "long": (np.longdouble(3.0), "'long' is a number of dtype"),
    "masked": (np.ma.array([1.0, 2.0], mask=[False, True]), "'masked' is a MaskedArray"),
    "matrix": (np.eye(2).view(np.matrix), "'matrix' is a matrix"),
}


def test_arrays_that_cannot_be_arguments_are_not_read_either():
    """What is refused as an argument is refused where it stands outside: its results would be
    of a dtype without a derivative, or its arithmetic that of another class."""
    outside = types.SimpleNamespace(**{name: obj for name, (obj, _) in OUTSIDE.items()})
    outside.items = [1.0, outside.half]
    losses = {
        "halves": lambda s: np.sum(outside.halves * s),
        "half": lambda s: outside.half * s,
        "long": lambda s: outside.long * s,
        "masked": lambda s: np.sum(outside.masked * s),
        "matrix": lambda s: np.sum(outside.matrix * s),
    }
    for name, (_, words) in OUTSIDE.items():
        with pytest.raises(gradgen.GradgenError, match=words) as caught:
            gradgen.grad(losses[name])(2.0)
        assert "Way out: make" in str(caught.value), name
    with pytest.raises(gradgen.GradgenError, match="item 1 is a number of dtype float16"):
        gradgen.grad(lambda s: outside.items[1] * s)(2.0)


def test_refusals_name_objects_by_their_class():
    """What is written to is named without an address, so that a refusal is the same each time."""

    class Log:
        last = 0.0

    log = Log()

    def loss(x):
        log.last = x
        return x * x

    with pytest.raises(gradgen.GradgenError, match="an attribute of a Log object\n"):
        gradgen.grad(loss)(2.0)


WEIGHTS = np.array([1.0, 2.0, 3.0])
LEVELS, NAMED = [1.0, 2.0], {"level": 1.0}


def _array_in_turn(x):
    c = np.copy(x)
    for k in range(2):
        c[k] = 2.0 * x[k]
        c = WEIGHTS
    return c @ x


def _list_in_turn(x):
    c = [x[0], x[1]]
    for k in range(2):
        c[k] = 2.0 * x[k]
        c = LEVELS
    return c[0] + c[1]


def _dict_in_turn(x):
    c = {"level": x[0]}
    k = 0
    while k < 2:
        c["level"] = 2.0 * x[k]
        c, k = NAMED, k + 1
    return c["level"]


def _array_for_good(x):
    c = x
    for k in range(3):
        c[k] *= 2.0
        if k > 0:
            c = WEIGHTS
    return c @ x


def _array_by_path(x):
    kept, total = x * 1.0, 0.0
    for k in range(3):
        c = kept if x[k] > 0.5 else x * 2.0
        c[k] = x[k] * 5.0
        total += c @ x
        kept = WEIGHTS
    return total


LOSSES = [_array_in_turn, _list_in_turn, _dict_in_turn, _array_for_good, _array_by_path]


@pytest.mark.parametrize("loss", LOSSES)
def test_writes_to_what_a_turn_has_found_outside(loss):
    """A later turn writes to what an earlier one took from outside: refused, at that line."""
    with pytest.raises(gradgen.GradgenError, match="which stands outside the fun") as caught:
        gradgen.grad(loss)(np.array([1.1, 0.7, 0.4]))
    assert "c[" in str(caught.value)
