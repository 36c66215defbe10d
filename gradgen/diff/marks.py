"""Marks in text that is read again, to be differentiated: what has a rule keeps it there.

In the user's text there is what a function with a rule computes, and nothing of the rule.  Text for
the next derivative has a call behind it, ``_solution_0(y, x)``, which is ``y`` and has the rule: so
second derivatives are those of the rule as well, and not of what stands before.
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any

from gradgen.custom import custom_jvp, custom_vjp
from gradgen.frontend.custom import Custom
from gradgen.frontend.parts import leaves, parts
from gradgen.frontend.values import Map, Ref, Seq, Static
from gradgen.ir.nodes import Const, Function, Op, Value, blocks_of, walk
from gradgen.solutions import apart

Rule = custom_vjp | custom_jvp


def mark(op: Op, found: dict[str, Rule]) -> bool:
    """Make an operation ``custom`` a call of what has its rule; return whether that can be."""
    custom: Custom = op.attrs["custom"]
    first, second = custom.counts()
    if isinstance(custom.function, custom_vjp):
        if custom.function.found is None:
            return False
        rule: Rule = custom.function.found
        before, result = custom.args[:1], custom.kept.items[0]
    else:
        before, result = custom.args[: custom.marks()], custom.results
        held = tuple(_object(v) for v in custom.held)
        args = custom.args[len(before) :]
        if None in held or not (_plain(result, numbers=True) and all(map(_plain, args))):
            return False
        rule = _of_result(custom.function, held, len(args), found)
    names = {id(known): name for name, known in found.items()}
    name = names.get(id(rule), f"_solution_{len(found)}")
    found[name] = rule
    start = first + second + sum(len(leaves(a)) for a in before)
    op.prim, op.inputs = "solution", [*op.inputs[:first], *op.inputs[start:]]
    op.attrs = {"name": name, "args": [result, *custom.args[len(before) :]]}
    return True


def read_marked(function: Function, own: set[Value]) -> None:
    """Let what comes after a mark read the marked value, of those that the calls have made.

    What a function returns of its arguments is read elsewhere as what it was before.
    """
    mapping: dict[Value, Value] = {}
    for op in walk(function.body):
        op.inputs = [mapping.get(v, v) for v in op.inputs]
        if op.prim == "solution":
            pairs = zip(op.inputs, op.outputs, strict=False)
            mapping.update((result, out) for result, out in pairs if result in own)
    for block in blocks_of(function.body):
        block.results = [mapping.get(v, v) for v in block.results]


def _object(v: Any) -> Any:
    """Return the Python object that an argument without a derivative is, None if not known."""
    if isinstance(v, Static):
        return v.obj
    return v.const if isinstance(v, Const) else None


def _plain(tree: Any, numbers: bool = False) -> bool:
    """Whether a structure can be spelled in a call: containers of numbers and arrays, and text."""
    if isinstance(tree, Value | Ref):
        return True
    if isinstance(tree, Map) or (isinstance(tree, Seq) and tree.kind in (tuple, list)):
        return all(_plain(item, numbers) for _, item in parts(tree))
    return not numbers and isinstance(tree, Static) and isinstance(tree.obj, str | type(None))


def _of_result(
    function: custom_jvp, held: tuple[Any, ...], count: int, found: dict[str, Rule]
) -> Rule:
    """Return a function of a result and its arguments that is the result, and has the rule."""
    if function.stands_for:
        return function
    who = (function, *held)
    for known in found.values():
        their = getattr(known, "stands_for", ())
        if len(their) == len(who) and all(a is b for a, b in zip(their, who, strict=True)):
            return known
    given: Callable[..., Any] = function.rule  # type: ignore[assignment]
    given = functools.partial(given, *held) if held else given

    def result(y, *args):
        return apart(y)

    def moved(primals, tangents):
        _, tangent = given(primals[1:], tangents[1:])
        return apart(primals[0]), apart(tangent)

    names = [f"x{k}" for k in range(count + 1)]
    result.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [inspect.Parameter(n, inspect.Parameter.POSITIONAL_ONLY) for n in names]
    )
    made = custom_jvp(result)
    made.defjvp(moved)
    made.stands_for = who
    return made
