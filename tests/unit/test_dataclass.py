"""Classes made by gradgen's ``dataclass`` do what those of the standard library do."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from gradgen.dataclass import dataclass


def point(decorator: Any, **options: Any) -> Any:
    """Return a class of two numbers, a note that does not count, and a list of its own."""

    @decorator(**options)
    class Point:
        x: float
        y: float = 2.0
        note: str = dataclasses.field(default="", compare=False)
        rest: list[int] = dataclasses.field(default_factory=list, compare=False, kw_only=True)

    return Point


@pytest.mark.parametrize("frozen", [True, False])
@pytest.mark.parametrize("slots", [True, False])
@pytest.mark.parametrize("eq", [True, False])
def test_it_does_what_the_standard_one_does(frozen: bool, slots: bool, eq: bool) -> None:
    ours, standard = (
        point(d, frozen=frozen, slots=slots, eq=eq) for d in (dataclass, dataclasses.dataclass)
    )
    for made in (ours, standard):
        a, b, c = made(1.0), made(1.0, note="other"), made(1.0, 3.0, rest=[1])
        assert (a == b, a == c, a == 1.0) == (eq, False, False)
        assert (made.__hash__ is None) == (eq and not frozen)
        assert made.__hash__ is None or (hash(a) == hash(b)) == eq
        assert hasattr(a, "__dict__") != slots
        assert a.rest is not b.rest
        assert dataclasses.replace(a, y=3.0).y == 3.0
        assert dataclasses.fields(made)[1].default == 2.0
    assert repr(ours(1.0)) == repr(standard(1.0))


def test_methods_that_are_written_stay() -> None:
    @dataclass(frozen=True)
    class Name:
        text: str

        def __repr__(self) -> str:
            return self.text

    assert repr(Name("word")) == "word"
    assert Name("word") == Name("word")


def test_initialisers_are_compiled_with_the_first_object() -> None:
    made = point(dataclass, slots=True)
    waiting = made.__init__

    class Named(made):  # type: ignore[misc, valid-type]
        pass

    assert Named(1.0, note="n").y == 2.0
    assert made.__init__ is not waiting
    assert made(y=3.0, x=4.0).x == 4.0
    with pytest.raises(TypeError, match="positional"):
        made(1.0, 2.0, "", [], rest=[])
    with pytest.raises(TypeError, match="'x'"):
        made()


def test_what_follows_the_fields_is_done() -> None:
    @dataclass
    class Square:
        side: float

        def __post_init__(self) -> None:
            self.area = self.side**2

    assert [Square(3.0).area, Square(side=2.0).area] == [9.0, 4.0]


def test_fields_of_a_class_made_from_another_come_behind() -> None:
    """Fields, defaults and places to match by are the standard library's, slots or not."""

    def classes(decorator: Any, slots: bool) -> tuple[Any, Any]:
        @decorator(slots=slots)
        class First:
            x: float
            y: float = 2.0
            unnamed: list[int] = dataclasses.field(default_factory=list, kw_only=True)

        @decorator(slots=slots)
        class Second(First):
            y: float = 5.0
            z: float = dataclasses.field(default=3.0, repr=False)

        return First, Second

    for slots in (False, True):
        ours, standard = classes(dataclass, slots), classes(dataclasses.dataclass, slots)
        for a, b in zip(ours, standard, strict=True):
            assert a.__match_args__ == b.__match_args__
            for f, g in zip(dataclasses.fields(a), dataclasses.fields(b), strict=True):
                assert (f.name, f.default, f.kw_only, f.type) == (
                    g.name, g.default, g.kw_only, g.type,
                )  # fmt: skip
            assert dataclasses.asdict(a(1.0, unnamed=[1])) == dataclasses.asdict(
                b(1.0, unnamed=[1])
            )
            assert hasattr(a, "unnamed") == hasattr(b, "unnamed")
        made = object.__new__(ours[1])
        ours[0].__init__(made, 7.0)
        assert (made.x, made.y) == (7.0, 2.0)
