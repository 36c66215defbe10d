"""The short way into a generated function: floats and arrays by position, as at the last calls.

A call whose types are known is one look at a table and one at each array.  What needs more (keyword
arguments, containers, a memory limit, arrays of one entry, another dtype object) goes the long way
of `Gradient.run`, which decides everything and enters here what may be short from then on.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from types import FunctionType
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from gradgen.frontend.captures import Capture
    from gradgen.specialisation import Specialisation

TEST = """\
def unchanged():
    try:
        return {}
    except KeyError:  # a name that is gone
        return False
"""
PLAIN = (float, int, bool, np.ndarray)


class Quick:
    """What has to hold for a call to go straight to one specialisation, apart from its types.

    ``unchanged`` tells whether entries of dicts, such as global names, and attributes of functions,
    such as their code, are what they were; None where there are none.  ``sole``: the type of the
    only argument, where nothing but this has to hold.
    """

    __slots__ = ("alike", "arrays", "call", "long", "made", "rest", "sole", "sure", "unchanged")

    def __init__(self, made: Specialisation, args: tuple[Any, ...]) -> None:
        self.made: Any = made
        self.call: Any = compiled_alone(made) or made.call
        self.arrays = tuple(
            (k, a.dtype, a.ndim) for k, a in enumerate(args) if isinstance(a, np.ndarray)
        )
        self.alike, self.long = _by_position(made)
        # A function that is called at several places is read at each of them.
        once = {(id(c.holder), c.key, id(c.value)): c for c in made.captures}.values()
        short = [c for c in once if isinstance(c.holder, dict | FunctionType) and c.parts is None]
        self.unchanged = _unchanged(short)
        self.rest = tuple(c for c in once if c not in short)
        numbers = not self.arrays and not self.long and not self.rest
        self.sure = numbers
        self.sole: type | None = type(args[0]) if numbers and len(args) == 1 else None

    def takes(self, args: tuple[Any, ...]) -> bool:
        """Whether arguments of the known types are of this specialisation, which is still fresh."""
        for k, dtype, ndim in self.arrays:
            a = args[k]
            if a.dtype is not dtype or a.ndim != ndim or 1 in a.shape:
                return False
        for k, axis, offset, other, axis2, offset2 in self.alike:
            if args[k].shape[axis] - offset != args[other].shape[axis2] - offset2:
                return False
        if self.unchanged is not None and not self.unchanged():
            return False
        if self.long is not None and not self.long(args):
            return False
        return not self.rest or all(c.fresh() for c in self.rest)


def compiled_alone(made: Specialisation) -> Any:
    """Return the function that Numba compiles, where the module's own does no more than call it."""
    if made.program.options.backend != "numba":
        return None
    from gradgen.backends.kernels import SUFFIX

    code, name = made.call.__code__, made.program.name
    given = ", ".join(code.co_varnames[: code.co_argcount])
    alone = f"\ndef {name}({given}):\n    return {name}{SUFFIX}({given})\n"
    return made.call.__globals__[name + SUFFIX] if made.program.text.endswith(alone) else None


def _by_position(made: Specialisation) -> tuple[tuple[tuple[int, ...], ...], Any]:
    """Return the axes of arguments that have to be equally long, with offsets, in pairs.

    And what tells whether arguments are so long as they have to be, None where any are.
    """
    order = {name: k for k, (name, _) in enumerate(made.program.function.params)}
    places = [[(order[p.name], p.axis, p.offset) for p in group] for group in made.taken.alike]
    pairs = tuple((*a, *b) for group in places for a, b in itertools.pairwise(group))
    return pairs, _long_enough(made.taken.long_enough, order)


def _unchanged(captures: list[Capture]) -> Callable[[], bool] | None:
    """Return a function that tells whether entries and attributes are the same objects still."""
    if not captures:
        return None
    known: dict[str, Any] = {}
    numbers: dict[int, int] = {}

    def name_of(kind: str, obj: Any) -> str:
        name = f"{kind}{numbers.setdefault(id(obj), len(numbers))}"
        known[name] = obj
        return name

    tests = []
    for c in captures:
        holder, value = name_of("held_by_", c.holder), name_of("was_", c.value)
        if isinstance(c.holder, FunctionType):
            tests.append(f"{holder}.{c.key} is {value}")
        elif c.key in c.holder:
            tests.append(f"{holder}[{name_of('at_', c.key)}] is {value}")
            if c.shape is not None:
                tests.append(f"{value}.shape == {name_of('shape_', c.shape)}")
        else:
            tests.append(f"{name_of('at_', c.key)} not in {holder}")
    exec(TEST.format(" and ".join(tests)), known)
    test: Callable[[], bool] = known["unchanged"]
    return test


def _long_enough(demands: Any, order: dict[str, int]) -> Any:
    """Return a function of arguments that tells whether they are so long as they have to be."""
    if not demands:
        return None

    def spell(source: Any) -> str:
        leaf = f"args[{order[source.name]}]"
        return leaf if source.axis is None else f"{leaf}.shape[{source.axis}]"

    tests = [demand.spelled(spell) for demand in demands]
    return eval(f"lambda args: {' and '.join(tests)}")  # of positions and lengths, nothing else


def long_way(made: Specialisation | None) -> Quick:
    """Return what the last call was where it went the long way: no call fits it."""
    never: Quick = object.__new__(Quick)
    never.made, never.sole, never.unchanged = made, None, None
    return never


def quick_of(made: Specialisation, args: tuple[Any, ...]) -> Quick | None:
    """Return the short way for calls like this one, None where calls like it need the long one."""
    if made.program.function.result["reader"].pinned:
        return None
    if made.program.options.equal is None:
        return None  # calls of the same types have another module as a rule
    if made.program.written or not all(type(a) in PLAIN for a in args):
        return None
    if any(1 in a.shape for a in args if isinstance(a, np.ndarray)):
        return None
    return Quick(made, args)
