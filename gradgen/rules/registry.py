"""The table of rules and how Python callables and methods lead to it.

One ``rule(...)`` entry says everything about an operation: how it is spelled, which Python
callables mean it, what type it returns, and its adjoint.  An elementwise adjoint is a formula per
input in ``g`` (the cotangent of the result), the inputs ``a, b, c`` and the result ``y``; others
give a function ``vjp(alg, op, g, i)`` that returns the contribution to input ``i``.
"""

from __future__ import annotations

import builtins
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from gradgen.ir.types import Type

if TYPE_CHECKING:
    from gradgen.diff.algebra import Algebra
    from gradgen.ir.nodes import Op, Value

TypeRule = Callable[[list["Value"], dict[str, Any]], Type]
Vjp = Callable[["Algebra", "Op", "Value", int], "Value"]


@dataclass(frozen=True, slots=True)
class Rule:
    """Everything that gradgen knows of one operation.

    ``form`` is how inputs are printed: ``call`` ``f(a, b)``, ``operator``, ``sequence``
    ``f([a, b])``, ``shape`` ``f((n, m))``, ``shaped`` ``f(a, (n, m))`` or ``special`` (printed by
    ``emit.forms``).  ``params`` names the arguments of the Python callable: plain names are
    values, ``name=default`` is a static option.  ``alias`` says whether the result shares memory
    with the first input: ``""`` never, ``view`` always, ``maybe`` when NumPy can.  ``cost`` weighs
    recomputing against saving: 0 indexing, 1 a flop per element, 3 more than that.  ``narrow``
    says that ``vjp`` takes a cotangent that is still to be stretched to the result's shape.
    """

    name: str
    type: TypeRule
    spelling: str = ""
    form: str = "call"
    params: tuple[str, ...] = ()
    adjoint: tuple[str | None, ...] = ()
    vjp: Vjp | None = None
    passive: bool = False
    elementwise: bool = False
    narrow: bool = False
    alias: str = ""
    cost: int = 3
    defaults: dict[str, Any] = field(default_factory=dict)
    doc: str = ""
    at_kinks: str = ""

    def differentiable(self, i: int) -> bool:
        """Whether a derivative by input ``i`` can be other than zero."""
        if self.passive:
            return False
        if self.adjoint:
            return i < len(self.adjoint) and self.adjoint[i] is not None
        return self.vjp is not None


RULES: dict[str, Rule] = {}
CALLABLES: dict[int, str] = {}
METHODS: dict[str, str] = {}
_keep_alive: list[Any] = []


def resolve(path: str) -> Any:
    """Return the object that a spelling such as ``np.linalg.norm`` or ``abs`` means, or None."""
    head, *rest = path.split(".")
    obj: Any = {"np": np, "math": math}.get(head, getattr(builtins, head, None))
    for part in rest:
        obj = getattr(obj, part, None)
    return obj


def rule(
    name: str,
    type: TypeRule,
    *,
    callables: Sequence[str] | None = None,
    methods: Sequence[str] = (),
    params: str = "",
    spelling: str = "",
    **options: Any,
) -> Rule:
    """Register an operation.

    Parameters
    ----------
    name : str
        The name of the primitive in the graph.
    type : callable
        ``type(inputs, attrs) -> Type`` of the result.
    callables, methods : sequence of str
        Spellings (``"np.exp"``) and ndarray methods that mean this operation.
    params : str
        The Python signature: ``"a, axis=None, keepdims=False"``.
    spelling : str
        How it is printed; by default the first callable.
    **options
        Further fields of `Rule`.

    Returns
    -------
    Rule
        The new entry.
    """
    names, defaults = _parse_params(params)
    callables = list(callables or ())
    spelling = spelling or (callables[0] if callables else "")
    entry = Rule(name, type, spelling, params=names, defaults=defaults, **options)
    RULES[name] = entry
    for path in callables:
        target = resolve(path)
        if target is not None:
            _keep_alive.append(target)
            CALLABLES[id(target)] = name
    for method in methods:
        METHODS[method] = name
    return entry


def _parse_params(params: str) -> tuple[tuple[str, ...], dict[str, Any]]:
    names: list[str] = []
    defaults: dict[str, Any] = {}
    for part in filter(None, (p.strip() for p in params.split(","))):
        key, _, default = part.partition("=")
        names.append(key)
        if default:
            defaults[key] = {"None": None, "True": True, "False": False}.get(default, default)
            if isinstance(defaults[key], str) and default.lstrip("-").isdigit():
                defaults[key] = int(default)
    return tuple(names), defaults
