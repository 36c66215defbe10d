"""Numbers and arrays that the path chooses, as one value of the graph."""

from __future__ import annotations

from typing import NoReturn

from gradgen.errors import UnsupportedError
from gradgen.frontend.describing import describe
from gradgen.frontend.reader import Reader
from gradgen.frontend.values import Choice, Seq
from gradgen.ir.nodes import Block, Const, Value
from gradgen.ir.types import join


def read_choice(r: Reader, choice: Choice) -> Value:
    """Return the value that a choice is on the path that is taken."""
    known = r.settled(choice)
    if known is not choice:
        return r.read(known)
    options = (choice.then, choice.other)
    truths = [v.const if isinstance(v, Const) else v for v in options]
    if truths[0] is True and truths[1] is False:
        return r.truth_of(choice.test)
    sides = []
    for option in options:
        with r.b.into(Block()) as block:
            block.results.append(r.read(option))
        sides.append(block)
    if _are_one_constant(sides):
        return sides[0].results[0]
    type_ = join(*(block.results[0].type for block in sides))
    if type_ is None:
        _refuse(r, choice)
    attrs = {"style": "expression"}
    return r.b.append("if", [choice.test], [type_], attrs=attrs, blocks=sides).out


def _are_one_constant(sides: list[Block]) -> bool:
    """Whether both sides come to the same constant, so that there is nothing to choose."""
    if any(block.ops for block in sides):
        return False
    one, other = (block.results[0] for block in sides)
    if not isinstance(one, Const) or not isinstance(other, Const):
        return False
    return (repr(one.const), one.type, one.text) == (repr(other.const), other.type, other.text)


def _refuse(r: Reader, choice: Choice) -> NoReturn:
    what = "a name stands for things of different types here, depending on the path taken"
    if any(isinstance(v, Seq) for v in (choice.then, choice.other)):
        kinds = " or a ".join(describe(v) for v in (choice.then, choice.other))
        what = f"a name stands for a {kinds} here, depending on the path taken"
    raise UnsupportedError(what, r.b.span, "use two names")
