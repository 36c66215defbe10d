"""Random Python functions, as text, for property tests.

Every function takes two floats and an array of length four, and returns a number. Names are
always defined, indices always in range; values are kept small by bounded functions.
"""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import strategies as st

LENGTH = 4
SCALARS = ("x", "y", "p", "q", "r")
ARRAYS = ("u", "v")
HEAD = """import math

import numpy as np


def program(x, y, u):
"""


@dataclass(frozen=True)
class Scope:
    """What a statement may use at its place."""

    depth: int = 0
    indices: tuple[str, ...] = ()
    in_loop: bool = False
    aliases: bool = False


def one_of(*options: str) -> st.SearchStrategy[str]:
    """Return a strategy for one of some texts."""
    return st.sampled_from(options)


@st.composite
def index(draw: st.DrawFn, scope: Scope) -> str:
    """An index in range: a number, a loop's index, or that shifted with wrap-around."""
    choices = [str(place) for place in range(-LENGTH, LENGTH)]
    for name in scope.indices:
        choices += [name] * 6 + [f"{name} - 1"] * 2 + [f"({name} + 1) % {LENGTH}"]
    return draw(st.sampled_from(choices))


@st.composite
def atom(draw: st.DrawFn, scope: Scope) -> str:
    """A name, an element or a number."""
    kind = draw(st.integers(0, 5))
    if kind < 3:
        return draw(st.sampled_from(SCALARS))
    if kind < 5:
        return f"{draw(st.sampled_from(ARRAYS))}[{draw(index(scope))}]"
    return draw(one_of("0.5", "-1.3", "2.0", "0.0"))


@st.composite
def expression(draw: st.DrawFn, scope: Scope, size: int = 2) -> str:
    """A scalar expression."""
    if size == 0:
        return draw(atom(scope))
    left, right = draw(expression(scope, size - 1)), draw(expression(scope, size - 1))
    forms = [
        "{0}",
        "{0} + {1}",
        "{0} - ({1})",
        "({0}) * ({1})",
        "({0}) / (1.5 + ({1}) ** 2)",
        "math.sin({0})",
        "math.exp(-({0}) ** 2)",
        "np.tanh({0})",
        "abs({0}) + {1}",
        "({0} if {1} > 0.1 else {1})",
        "np.sum(u * v) * {0}",
        "np.dot(u[1:], v[:-1]) + {0}",
    ]
    return draw(st.sampled_from(forms)).format(left, right)


@st.composite
def condition(draw: st.DrawFn, scope: Scope) -> str:
    """A condition on values, on an index, or on both."""
    first = f"{draw(expression(scope, 1))} > {draw(atom(scope))}"
    if scope.indices and draw(st.booleans()):
        second = f"{draw(st.sampled_from(scope.indices))} % 2 == 0"
        return f"{second} {draw(one_of('and', 'or'))} {first}"
    return draw(one_of("{0}", "not {0}", "0.0 < {1} < 0.8 or {0}")).format(first, draw(atom(scope)))


@st.composite
def simple(draw: st.DrawFn, scope: Scope) -> list[str]:
    """An assignment, a store, or a store over a slice."""
    value = draw(expression(scope))
    array, other = draw(st.sampled_from(ARRAYS)), draw(st.sampled_from(ARRAYS))
    place, name = draw(index(scope)), draw(st.sampled_from(SCALARS))
    operator = draw(one_of("+=", "-=", "*="))
    forms = [
        f"{name} = np.tanh({value})",
        f"{name} = math.sin({value})",
        f"{name} {operator} 0.5 * math.cos({value})",
        f"{array}[{place}] = np.tanh({value})",
        f"{array}[{place}] {operator} math.sin({value})",
        f"{array}[1:] = {array}[:-1] * math.cos({name})",
        f"{array}[:-1] += 0.3 * {other}[1:] * {name}",
        f"{array}[::2] *= math.sin({name})",
        f"{array}[:] = np.cos({other}) * {name}",
        f"{array}[{place}], {array}[0] = {array}[0], {array}[{place}] * 0.7",
        f"{name}, q = q, {name}",
        f"{array} = np.sin({other}) + {name}",
        f"{array} = {array}.copy()",
    ]
    if scope.aliases:
        forms += ["u = v", "v = u", "u, v = v, u", f"w = {array}[1:]\nw[0] = {name}\nw *= 0.9"] * 2
    return draw(st.sampled_from(forms)).split("\n")


def indented(lines: list[str]) -> list[str]:
    """Return a block's lines, moved in."""
    return ["    " + line for line in lines]


@st.composite
def compound(draw: st.DrawFn, scope: Scope) -> list[str]:
    """A condition or a loop with its blocks."""
    inner = Scope(scope.depth + 1, scope.indices, scope.in_loop, scope.aliases)
    kind = draw(one_of("if", "if else", "for", "for", "while"))
    if kind.startswith("if"):
        lines = [f"if {draw(condition(scope))}:", *indented(draw(block(inner)))]
        if kind == "if else":
            lines += ["else:", *indented(draw(block(inner)))]
        return lines
    name = f"i{scope.depth}"
    inside = Scope(scope.depth + 1, (*scope.indices, name), True, scope.aliases)
    body = draw(block(inside))
    if kind == "for":
        bounds = draw(one_of("4", "1, 4", "3, -1, -1", "0, 4, 2", "2, 2"))
        return [f"for {name} in range({bounds}):", *indented(body)]
    test = f"{name} < 3 and ({draw(condition(scope))})"
    return [f"{name} = -1", f"while {test}:", f"    {name} += 1", *indented(body)]


@st.composite
def block(draw: st.DrawFn, scope: Scope) -> list[str]:
    """One to three statements, with a jump at the end of some loops' blocks."""
    lines: list[str] = []
    for _ in range(draw(st.integers(1, 3))):
        is_compound = scope.depth < 2 and draw(st.integers(0, 2)) == 0
        lines += draw(compound(scope) if is_compound else simple(scope))
    if scope.in_loop and draw(st.integers(0, 4)) == 0:
        jump = draw(one_of("break", "continue", "return p * q + np.sum(u * v)"))
        lines += [f"if {draw(condition(scope))}:", f"    {jump}", *draw(simple(scope))]
    return lines


@st.composite
def programs(draw: st.DrawFn, aliases: bool = False) -> str:
    """The text of a module with one function, ``program(x, y, u)``."""
    start = ["p = x * y", "q = x - 0.5", "r = y * y", "v = u * y + x"]
    if draw(st.booleans()):
        start.insert(0, "u = u.copy()")
    scope = Scope(aliases=aliases)
    body = draw(block(scope)) + draw(compound(scope)) + draw(simple(scope))
    end = "return p + 2.0 * q + r * x + np.sum(u * u) + np.sum(v) * y"
    return HEAD + "\n".join(indented([*start, *body, end])) + "\n"
