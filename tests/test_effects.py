"""What a function prints, logs and warns of happens once, in order, at every order."""

# ruff: noqa: UP031, UP032 (every way to make a text)
from __future__ import annotations

import dataclasses
import enum
import functools
import logging
import sys
import warnings
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pytest

import gradgen
from tests.cases import Case, cases, value_and_gradient
from tests.corpus import lang_told_in_texts as told

log = logging.getLogger("tests.effects")


def in_a_loop(x, y):
    print("start", x, f"{y:.3f}", sep=" | ")
    total = 0.0
    for i in range(3):
        total = total * y + x
        if total > 1.0:
            print(f"step {i}: {total:8.4f}")
    print("done", end="!\n")
    return total * y


def text_chosen(x, y):
    for _ in range(3):
        x = x * 2.0
        if x > 3.0:
            message = f"big {x}"
        else:
            message = "small"
        print(message)
    return x * x * y


def in_a_while(x, y):
    n = 0
    while x > 1.0:
        x = x / 2.0
        n += 1
        print(n, end=" ")
    print("{} halvings".format(n))
    return x * x * y


def nothing_else_reads(x, y):
    squares = [x * k for k in range(3)]
    for k, square in enumerate(squares):
        print(k, square)
    print("%d items, last %.2f" % (len(squares), squares[-1]))
    return x * x * y


def around_a_return(x, y):
    print("before")
    if x > 2.0:
        print("early")
        return x * y * y
    print("late")
    return x * x * y


def to_stderr_and_stdout(x, y):
    print("to stderr", x, file=sys.stderr)
    sys.stdout.write(f"{x + y}\n")
    return x * x * y


def prints_arrays(x, y):
    u = np.array([x, y, x * y])
    print(u)
    u[0] = 5.0
    print(u, [u[0], 2], (1, "a"), {"k": u[1]})
    return np.sum(u * u) * x


def unpacks_what_grows(x, y):
    found, odd = [], []
    for k in range(4):
        if x * k > y:
            found.append(x * k)
            odd.append(k % 2)
    print("found", *found, sep=", ")
    print(*odd, *np.array([x, y]), "end")
    return x * x * sum(found)


def texts_of_items(x, y):
    found = [x * k for k in range(1, 5) if x * k > y]
    names = ["a", "b", "c", "d"]
    print(", ".join(f"{v:.2f}" for v in found), "[" + " ".join(map(str, found)) + "]")
    print(*[f"{k}:{v + y:.3f}" for k, v in enumerate(found)], *(str(v) for v in found if v > 1.0))
    if found:
        x = x * y
        print(f"{'; '.join('%s=%.1e' % (n, v * x) for n, v in zip(names, found))} of {len(found)}")
        print(", ".join("{:+.1f}".format(round(v, 1)) for v in sorted(found)))
    return x * x * sum(found) * x


def shows_rows(x, y):
    rows, first = [], [x * y] if x > 1.0 else []
    for k in range(4):
        if x * k > y:
            rows.append((k, x * k))
            first.append(x)
    print(rows, rows[:1], f"{rows}", rows[-1], f"{rows[0]}", tuple(rows), len(rows[0]))
    print(*rows, sep="; ")
    print(*first, *((x, y) if x > 1.0 else [y]))
    return x * x * rows[-1][1]


def texts_under_names_of_targets(x, y):
    v = x * y
    scale = v
    found = [x, y]
    for k in range(3):
        if x * k > y:
            found.append(v * k)
    v = found[-1]
    print(" ".join(f"{v * scale:.4f}" for v in found), v)
    return v * x


def behind_finally(x, y):
    try:
        for k in range(3):
            try:
                if x * k > 2.0:
                    return x * x * y * k
            finally:
                print("turn", k)
    finally:
        print("at last", y)
    return x * x * x


class Account:
    def __init__(self, owner, held):
        self.owner, self.held = owner, held

    def __str__(self):
        return f"{self.owner}: {self.held:.2f}"

    def __repr__(self):
        return f"Account({self.owner!r}, {self.held})"


class Amount:
    def __init__(self, held):
        self.held = held

    def __format__(self, spec):
        return f"<{self.held:{spec or '.1f'}}>"


@dataclasses.dataclass
class Spot:
    x: float
    y: float = 0.5
    seen: int = dataclasses.field(default=3, repr=False)


@dataclasses.dataclass
class Line:
    start: Spot
    name: str = "it's"


class Step(NamedTuple):
    size: float
    count: int = 2


def objects(x, y):
    """What objects say of themselves: by methods of their classes, as dataclasses, as tuples."""
    account, spot = Account("ann", x * y), Spot(x, y)
    print(account, f"{account}", f"{account!r:>30}|", str(account), repr(account), [x])
    print(spot, f"{spot!r}", str(spot), Line(spot), Step(x), f"{Step(y, 3)}")
    print(f"{Amount(x):.3f} {Amount(y)} {format(Amount(x), '+.2f')}", *[spot, 3])
    chosen = account if x > 1.0 else Account("bo", y)
    print(chosen, f"{chosen!s}")
    return account.held * spot.x


def applied_to_what_prints(x, y):
    def items(name):
        for v in (x, y):
            print(name, v)
            yield v * v

    def half(v):
        print("half of", v)
        return 0.5 * v

    total = functools.reduce(lambda a, b: a * half(b), items("product"))
    for v in map(half, items("sum")):
        print("taken")
        total += v * v
    return total


PRINTING = [
    applied_to_what_prints,
    objects,
    in_a_loop,
    text_chosen,
    in_a_while,
    nothing_else_reads,
    around_a_return,
    to_stderr_and_stdout,
    prints_arrays,
    unpacks_what_grows,
    texts_of_items,
    shows_rows,
    texts_under_names_of_targets,
    behind_finally,
]


def printed(call: Callable[[], Any], capsys: pytest.CaptureFixture[str]) -> tuple[str, str]:
    capsys.readouterr()
    call()
    out = capsys.readouterr()
    return out.out, out.err


@pytest.mark.parametrize("loss", PRINTING)
@pytest.mark.parametrize("x", [0.7, 9.0])
def test_printed_once_and_in_order(
    loss: Callable[..., Any], x: float, capsys: pytest.CaptureFixture[str]
) -> None:
    expected = printed(lambda: loss(x, 0.8), capsys)
    first = gradgen.value_and_grad(loss, argnums=(0, 1))
    first(x, 0.8)
    assert printed(lambda: first(x, 0.8), capsys) == expected
    second = gradgen.grad(gradgen.grad(loss))
    second(x, 0.8)
    assert printed(lambda: second(x, 0.8), capsys) == expected
    step = 1e-5 * x
    slope = (gradgen.grad(loss)(x + step, 0.8) - gradgen.grad(loss)(x - step, 0.8)) / (2.0 * step)
    assert second(x, 0.8) == pytest.approx(slope, rel=1e-6, abs=1e-6)


def raises_before_its_end(x):
    try:
        if x < 1.0:
            raise ValueError("small")
        y = x * x
    finally:
        print("at last")
    return y


def test_printed_before_what_is_raised(capsys: pytest.CaptureFixture[str]) -> None:
    slope = gradgen.grad(raises_before_its_end)
    with pytest.raises(ValueError, match="small"):
        slope(0.5)
    assert capsys.readouterr().out == "at last\n"
    assert slope(1.5) == 3.0
    assert capsys.readouterr().out == "at last\n"


def logs(x):
    log.warning("x is %s", x)
    logging.getLogger("tests.other").error("squared: %.3f", x * x)
    return x * x * x


def test_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    for function in (gradgen.value_and_grad(logs), gradgen.grad(gradgen.grad(logs))):
        function(2.0)
        caplog.clear()
        function(2.0)
        assert [(r.name, r.getMessage()) for r in caplog.records] == [
            ("tests.effects", "x is 2.0"),
            ("tests.other", "squared: 4.000"),
        ]


def warns(x):
    if x > 1.0:
        warnings.warn(f"{x} is large", UserWarning)
    return x * x


def test_warned_of_once() -> None:
    function = gradgen.value_and_grad(warns)
    function(0.5)
    with pytest.warns(UserWarning, match="2.0 is large") as caught:
        assert function(2.0) == (4.0, 4.0)
    assert len(caught) == 1


def keyed_by_text(params):
    h = 0.0
    for k in range(2):
        h = h + params[f"w{k}"] * params["b{}".format(k)]
    return h * params["s" + str(2)]


def test_text_as_key() -> None:
    params = {"w0": 1.0, "w1": 2.0, "b0": 0.3, "b1": 0.4, "s2": 2.0}
    value, slopes = gradgen.value_and_grad(keyed_by_text)(params)
    assert value == keyed_by_text(params)
    assert slopes == pytest.approx({"w0": 0.6, "w1": 0.8, "b0": 2.0, "b1": 4.0, "s2": 1.1})


@pytest.mark.parametrize("case", cases(("lang_effects",)))
def test_corpus(
    case: Case, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")

    def observe(function: Callable[..., object]) -> tuple[str, list[str]]:
        function(*case.args())
        logged = [record.getMessage() for record in caplog.records]
        caplog.clear()
        return capsys.readouterr().out, logged

    with_value = value_and_gradient(case)
    alone = gradgen.grad(case.function, argnums=case.argnums)
    capsys.readouterr()
    caplog.clear()
    expected = observe(case.function)
    assert observe(with_value) == expected
    assert observe(alone) == expected


class Calls:
    count = 2
    seen = 0.0


def counting(x):
    Calls.count += 1
    Calls.seen += x
    return Calls.count * Calls.seen * x


def test_class_attributes_are_assigned_in_the_call_only() -> None:
    f = gradgen.value_and_grad(counting)
    with pytest.warns(gradgen.GradgenWarning, match="Calls.count is not kept after the call"):
        assert f(2.0) == (12.0, 12.0)
    assert (Calls.count, Calls.seen) == (2, 0.0)
    Calls.count = 4  # what the class has is read at each call
    try:
        with pytest.warns(gradgen.GradgenWarning):
            assert f(2.0) == (20.0, 20.0)
    finally:
        Calls.count = 2


def refusing(x, limit):
    spot = Spot(x, limit)
    if x < 0.0:
        raise ValueError(spot)
    if x > limit:
        raise ValueError(f"{spot} is beyond {limit}, {Account('bo', x)!r}")
    return spot.x**2


def refusing_several(x, limit):
    over = [v for v in x if v > limit]
    if len(over) > 1:
        raise ValueError("beyond: " + ", ".join(f"{v:.2f}" for v in over))
    rows = [(k, v) for k, v in enumerate(x) if v > 0.0]
    if len(rows) < 2:
        raise ValueError(f"too few: {rows}", rows)
    return sum(x) * limit


def refusing_what_is_chosen(x, limit):
    out = [x[0], x[1]] if x[1] > 0.0 else [x[2] * limit]
    assert len(out) > 1, f"{len(out)} only, {out}"
    return out[0] * out[1]


def test_a_chosen_list_in_the_message_of_an_assertion() -> None:
    x = np.array([1.0, -3.0, -1.0])
    with pytest.raises(AssertionError) as expected:
        refusing_what_is_chosen(x, 2.0)
    with pytest.raises(AssertionError) as found:
        gradgen.grad(refusing_what_is_chosen)(x, 2.0)
    assert str(found.value).splitlines()[0] == str(expected.value).splitlines()[0]


@pytest.mark.parametrize("x", [[1.0, 3.0, 4.0], [1.0, -3.0, -1.0]])
def test_items_in_the_messages_of_errors(x: list[float]) -> None:
    with pytest.raises(ValueError) as expected:
        refusing_several(np.array(x), 2.0)
    with pytest.raises(ValueError) as found:
        gradgen.grad(refusing_several)(np.array(x), 2.0)
    assert str(found.value) == str(expected.value)


@pytest.mark.parametrize("args", [(-1.0, 2.0), (3.0, 2.0)])
def test_objects_in_the_messages_of_errors(args: tuple[float, float]) -> None:
    with pytest.raises(ValueError) as expected:
        refusing(*args)
    with pytest.raises(ValueError) as found:
        gradgen.grad(refusing)(*args)
    assert str(found.value) == str(expected.value)


@pytest.mark.parametrize("name", ["objects_in_places", "signs_between_terms"])
def test_objects_and_signs_in_texts(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """What ``%`` and ``format`` are given says of itself what it says in Python."""
    args = told.EXAMPLE_ARGS[name]()
    expected = printed(lambda: getattr(told, name)(*args), capsys)
    assert printed(lambda: gradgen.grad(getattr(told, name))(*args), capsys) == expected


DRAWN = np.array([1.764052345967664, 0.4001572083672233, 0.9787379841057392])


def noisy(x):
    """Draws numbers of NumPy's own generator, and says so."""
    noise = np.random.standard_normal(3)
    print("drawn")
    return x * noise


def _seeded(run, *args):
    np.random.seed(0)
    return run(*args)


def test_one_call_is_one_run(capsys):
    """What counts outputs, finds patterns or pulls back is no second run of the function."""
    x = np.ones(3)
    value, pullback = _seeded(gradgen.vjp(noisy), x)
    after = np.random.standard_normal()
    np.testing.assert_array_equal(value, DRAWN)
    np.testing.assert_array_equal(pullback(x), DRAWN)
    np.testing.assert_array_equal(pullback(2.0 * x), 2.0 * DRAWN)
    assert capsys.readouterr().out == "drawn\n"
    matrix = _seeded(gradgen.jacobian(noisy), x)
    np.testing.assert_array_equal(matrix, np.diag(DRAWN))
    assert capsys.readouterr().out == "drawn\n"
    assert np.random.standard_normal() == after


def shown(x):
    print("shown", x[0])
    return x * x[::-1]


def test_sparse_matrices_are_one_run(capsys):
    """What finds the pattern, and each product, shows nothing again; none may draw again."""
    x = np.array([1.0, 2.0, 3.0])
    first = gradgen.sparse_jacobian(shown)(x)
    np.testing.assert_array_equal(
        first.toarray(), [[3.0, 0.0, 1.0], [0.0, 4.0, 0.0], [3.0, 0.0, 1.0]]
    )
    assert capsys.readouterr().out == "shown 1.0\n"
    second = gradgen.sparse_hessian(lambda x: np.sum(shown(x)))(x)
    np.testing.assert_array_equal(second.toarray(), 2.0 * np.eye(3)[::-1])
    assert capsys.readouterr().out == "shown 1.0\n"
    with pytest.raises(gradgen.UnsupportedError, match=r"test_effects\.py:\d+.*draws numbers"):
        gradgen.sparse_jacobian(noisy)(x)


def test_a_jacobian_of_what_prints(capsys):
    """One number is swept back, an array forward, for it is not run to be counted."""
    jacobian = gradgen.jacobian(lambda x: np.sum(noisy(x)))
    np.testing.assert_array_equal(_seeded(jacobian, np.ones(3)), DRAWN)
    assert capsys.readouterr().out == "drawn\n"
    assert jacobian.explain().startswith("Swept in reverse, for there are 3 inputs and 1 output.")


def test_each_example_draws_its_own():
    """As a loop over the examples would."""
    found = _seeded(gradgen.grad(lambda x: np.sum(noisy(x)), batch="x"), np.ones((2, 3)))
    again = _seeded(np.random.standard_normal, (2, 3))
    np.testing.assert_array_equal(found, again)
    value, pullback = _seeded(gradgen.vjp(noisy, backend="numba"), np.ones(3))
    np.testing.assert_array_equal(pullback(np.ones(3)), value)


class Kind(enum.Enum):
    FULL = "full"
    PART = "part"


class Rank(enum.IntEnum):
    LOW = 1
    HIGH = 2


class Side(enum.StrEnum):
    LEFT = "left"

    def __str__(self):
        return "to the " + self.value


def tells_of_enums(x):
    kind = Kind.FULL if x[0] > 0.0 else Kind.PART
    print(kind, f"{kind} {Kind.PART!r} {Kind.PART:>12}|", str(kind), repr(Kind.FULL))
    print("%s" % Kind.FULL, "{}".format(Kind.PART), Rank.LOW, f"{Rank.HIGH:03d}", repr(Rank.LOW))
    print(Side.LEFT, f"{Side.LEFT} {Side.LEFT:>14}|", repr(Side.LEFT), str(Side.LEFT))
    print(x.dtype, f"{x.dtype} {x.dtype!r} {x.dtype.name:>9}|", str(x.dtype), "%s" % x.dtype)
    return np.sum(x * 2.0)


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_enums_and_dtypes_in_texts(sign: float, capsys: pytest.CaptureFixture[str]) -> None:
    x = sign * np.array([1.0, 2.0])
    tells_of_enums(x)
    told = capsys.readouterr().out
    gradgen.value_and_grad(tells_of_enums)(x)
    assert capsys.readouterr().out == told


def tells_of_objects_in_lists(x):
    """Objects whose number the path decides, by their own methods, and as dataclasses do."""
    accounts, spots, rooms = [], [], []
    for k, v in enumerate(x):
        if v > 0.0:
            accounts.append(Account("mine", v))
            spots.append(Spot(v))
            rooms.append([v, [k]])
    for account, spot, room in zip(accounts, spots, rooms):
        print(account, f"{spot} {account!r}", repr(spot), str(room))
    return accounts[0].held * spots[-1].x * rooms[0][0]


def test_objects_in_lists_in_texts(capsys: pytest.CaptureFixture[str]) -> None:
    x = np.array([1.5, -2.0, 0.5])
    tells_of_objects_in_lists(x)
    told = capsys.readouterr().out
    gradgen.value_and_grad(tells_of_objects_in_lists)(x)
    assert capsys.readouterr().out == told
