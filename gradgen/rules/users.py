"""Operations of users' own: what a rule says is checked when it is entered."""

from __future__ import annotations

import ast
import dataclasses
import inspect
import sys
from collections.abc import Callable, Sequence
from typing import Any

from gradgen.errors import ArgumentError
from gradgen.ir.nodes import Value
from gradgen.ir.types import FLOAT, Type
from gradgen.library.registry import READ_AS
from gradgen.rules import registry
from gradgen.rules.registry import PRINTABLE, RULES, Rule, Unknown
from gradgen.syntax import nodes_in

LETTERS = "abcd"


def _same(inputs: list[Value], attrs: dict[str, Any]) -> Type:
    t = inputs[0].type
    return Type(t.kind, t.dtype, t.shape)


def _number(inputs: list[Value], attrs: dict[str, Any]) -> Type:
    return FLOAT


TYPES: dict[str, registry.TypeRule] = {"same": _same, "number": _number}


def rule(
    name: str,
    type: str | registry.TypeRule | None = None,
    *,
    callables: Sequence[str | Callable[..., Any]],
    params: str,
    **options: Any,
) -> Rule:
    """Enter an operation of one's own, such as a function of a compiled library.

    Parameters
    ----------
    name : str
        What it is called in messages and listings.  A rule of one's own may be entered again.
    type : str or function, optional
        What it returns: ``"same"``, something like its first argument, or ``"number"``, or
        ``type(inputs, options)`` of graph values.  An elementwise operation needs none.
    callables : sequence of str or function
        What means it: functions, or their spellings, ``"package.module.function"``.  A generated
        module imports what it calls.
    params : str
        The Python signature, ``"a, b, size=, width=1.0"``: what has a default, or stands with
        ``=`` alone, is a constant option.  One that has its default is left out of the text.
    elementwise : bool
        Whether each entry of the result is made of one entry of each argument.
    adjoint : tuple
        For each argument without a default: a formula in ``g``, the cotangent of the result ``y``,
        and the parameters by their names, ``"g * width / y"``; for operations of any kind a Python
        function of these by name, which is read into the text; or None where there is no
        derivative.
    tangent : function or str, optional
        What the operation does to tangents, where it is not elementwise: a function of the
        parameters, ``y``, and of their tangents by their names with ``t_`` before, each of which
        may be None, or ``"linear"``.
    **options
        Further fields of `gradgen.rules.registry.Rule`.

    Returns
    -------
    Rule

    Examples
    --------
    >>> gradgen.rule("airspeed", callables=["mylib.airspeed"], params="pressure", elementwise=True,
    ...              adjoint=("g * 0.5 * y / pressure",))
    """
    _require_new(name, options)
    spellings = [_spelled(name, what) for what in callables]
    signature = registry.parse_params(params)
    inputs = [p for p in signature["params"] if p not in signature["options"]]
    options["adjoint"] = _adjoints(name, options.get("adjoint", ()), inputs, signature["params"])
    _check_function(name, options.get("tangent"), _names(options, signature["params"]))
    RULES.pop(name, None)
    caller = sys._getframe(1).f_globals.get("__name__", "")
    made = registry.rule(
        name, _type_rule(name, type, options), callables=spellings, params=params, **options
    )
    RULES[name] = made = dataclasses.replace(made, section=caller)
    return made


def _require_new(name: str, options: dict[str, Any]) -> None:
    """Refuse the name of one of gradgen's own rules, and options that no rule has."""
    known = {field.name for field in dataclasses.fields(Rule)}
    for key in options:
        if key not in known:
            raise ArgumentError(
                f"gradgen.rule has no option {key!r}", hint="see help(gradgen.rule)"
            )
    old = RULES.get(name)
    if old is not None and old.section.startswith("gradgen."):
        raise ArgumentError(f"there is a rule called {name!r} already", hint="choose another name")


def _type_rule(name: str, given: Any, options: dict[str, Any]) -> registry.TypeRule | None:
    if isinstance(given, str) and given not in TYPES:
        raise ArgumentError(f"the rule {name!r} has the type {given!r}", hint="'same' or 'number'")
    if given is None and not options.get("elementwise"):
        raise ArgumentError(
            f"the rule {name!r} does not say what the operation returns",
            hint="give type='same', type='number' or a function, or elementwise=True",
        )
    return TYPES[given] if isinstance(given, str) else given


def _spelled(name: str, what: Any) -> str:
    """Return the spelling of a callable, which has to lead to it."""
    spelling = what if isinstance(what, str) else f"{what.__module__}.{what.__qualname__}"
    module, _, last = spelling.rpartition(".")
    found = sys.modules.get(module)
    lost = found is not None and not hasattr(found, last)
    if lost or (not isinstance(what, str) and getattr(found, last, None) is not what):
        raise ArgumentError(
            f"the rule {name!r} is for {spelling}, which is not there",
            hint="give a function of a module, by the name that it has there",
        )
    known = registry.CALLABLES.of(getattr(found, last)) if found is not None else None
    if known not in (None, name) or (found is not None and READ_AS.of(getattr(found, last))):
        raise ArgumentError(f"gradgen knows {spelling} already", hint="call it as it is")
    return spelling


def _names(options: dict[str, Any], params: Sequence[str]) -> set[str]:
    outputs = tuple(options.get("outputs", ())) or ("y",)
    return {*params, *outputs, *(f"t_{p}" for p in params), *(f"d_{o}" for o in outputs), "g"}


def _adjoints(
    name: str, given: Sequence[Any], inputs: list[str], params: Sequence[str]
) -> tuple[Any, ...]:
    if len(given) > len(inputs):
        raise ArgumentError(f"the rule {name!r} has {len(given)} adjoints for {len(inputs)} inputs")
    out = []
    for how in given:
        if isinstance(how, str):
            out.append(_translated(name, how, inputs, params))
            continue
        if how is not None and not isinstance(how, Unknown):
            _check_function(name, how, _names({}, params))
        out.append(how)
    return tuple(out)


def _check_function(name: str, fn: Any, known: set[str]) -> None:
    """Refuse a parameter that means nothing: it would be None."""
    for parameter in inspect.signature(fn).parameters if callable(fn) else ():
        if parameter not in known:
            raise ArgumentError(
                f"{fn.__name__!r}, of the rule {name!r}, has a parameter {parameter!r}",
                hint="it may be one of " + ", ".join(sorted(known)),
            )


def _translated(name: str, text: str, inputs: list[str], params: Sequence[str]) -> str:
    """Return a formula with the letters of the inputs for their names."""
    try:
        tree = ast.parse(text, mode="eval")
    except SyntaxError:
        raise ArgumentError(f"the rule {name!r} has the formula {text!r}") from None
    letters = dict(zip(inputs, LETTERS, strict=False))
    known = {**{c: c for c in LETTERS[: len(inputs)]}, "g": "g", "y": "y", "pi": "pi"}
    known |= {p: p for p in params} | letters
    functions = {id(n.func) for n in nodes_in(tree) if isinstance(n, ast.Call)}
    for node in nodes_in(tree):
        if isinstance(node, ast.Name) and id(node) in functions:
            if node.id not in RULES and node.id not in PRINTABLE and node.id != "divide":
                raise ArgumentError(f"the rule {name!r} calls {node.id!r}, which has no rule")
        elif isinstance(node, ast.Name):
            if node.id not in known:
                raise ArgumentError(
                    f"the rule {name!r} has the name {node.id!r} in {text!r}",
                    hint="it may be one of " + ", ".join(sorted(known)),
                )
            node.id = known[node.id]
    return ast.unparse(tree)
