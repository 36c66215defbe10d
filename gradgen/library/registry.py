"""The table of what is read as something else: library functions spelled out in plain Python."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from gradgen.dataclass import dataclass
from gradgen.rules.callables import Callables

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Reading:
    """One library function: its spellings, the function that it is read as, and its samples."""

    spellings: tuple[str, ...]
    methods: tuple[str, ...]
    function: Callable[..., Any]
    samples: tuple[str, ...]

    @property
    def name(self) -> str:
        """The name for messages and tests."""
        return (*self.spellings, *self.methods)[0]


READINGS: list[Reading] = []
READ_AS: Callables[Callable[..., Any]] = Callables()
READ_METHODS: dict[str, Callable[..., Any]] = {}


def reads(
    *spellings: str,
    methods: Sequence[str] = (),
    samples: Sequence[str] = (),
) -> Callable[[F], F]:
    """Have calls of some functions, or methods of arrays, read as calls of the decorated one.

    Its parameters are those of what it stands for; its body is in the Python that gradgen reads,
    so that what is known of the arguments decides its branches, and does the same operations as
    the library does, in the same order.  Its docstring begins with the line for the documents.

    Parameters
    ----------
    *spellings : str
        What it stands for: ``"np.trapezoid"``, ``"scipy.integrate.trapezoid"``.
    methods : sequence of str
        Methods of arrays that it stands for, too.
    samples : sequence of str
        Expressions over the arrays of ``tests/rules/pool.py``, from which the tests are made.
    """

    def register(fn: F) -> F:
        READINGS.append(Reading(tuple(spellings), tuple(methods), fn, tuple(samples)))
        for what in spellings:
            READ_AS.enter(what, fn)
        READ_METHODS.update(dict.fromkeys(methods, fn))
        return fn

    return register


def refused(what: str, way_out: str) -> Any:
    """Stand for a refusal, in what is read."""
    raise NotImplementedError
