"""The table of rules and how Python callables and methods lead to it.

One ``rule(...)`` entry says everything about an operation: how it is spelled, which Python
callables mean it, what type it returns, its adjoint, its tangent, and samples for its tests.

An adjoint is given for each input, in one of three forms:

- a formula in ``g`` (the cotangent of the result), the inputs ``a, b, c, d`` and the result ``y``:
  for elementwise operations; SymPy derives it from the closed form where none is given;
- a Python function, in the Python that gradgen reads, of whatever it needs by name: ``g``, ``y``,
  the inputs and options by their names in ``params``; of several results, the results by the names
  in ``outputs`` and their cotangents by these with ``d_`` before (None where there is none).  It is
  read into the graph for the types at hand, or printed as a helper (``diff.written``);
- ``vjp(alg, op, g, i)``, which emits the contribution to input ``i`` itself.

A derivative without a closed form is `Unknown`, and refused where it is asked for.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import field
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

from gradgen.dataclass import dataclass
from gradgen.rules.callables import Callables

if TYPE_CHECKING:
    from gradgen.diff.algebra import Algebra
    from gradgen.ir.nodes import Op, Value

TypeRule = Callable[[list["Value"], dict[str, Any]], Any]
Vjp = Callable[["Algebra", "Op", "Value", int], "Value"]
Jvp = Callable[["Algebra", "Op", "list[Value | None]"], "Value"]
Written = Callable[..., Any]
W = TypeVar("W", bound=Written)


@dataclass(frozen=True, slots=True)
class Unknown:
    """In place of an adjoint: a derivative that has no closed form, and what to do instead."""

    way_out: str = "hold it constant"


@dataclass(frozen=True, slots=True)
class Rule:
    """Everything that gradgen knows of one operation.

    ``form`` is how inputs are printed: ``call`` ``f(a, b)``, ``operator``, ``sequence``
    ``f([a, b])``, ``shape`` ``f((n, m))``, ``shaped`` ``f(a, (n, m))`` or ``special`` (printed by
    ``emit.forms``).  ``params`` names the arguments of the Python callable, as it spells them:
    plain names are values, ``name?`` one that may be left out, ``name?=default`` one that is then
    this number (``fills``), ``*name`` any number of them, ``name=default`` is a static option,
    ``name=`` one that has to be given; those before ``/`` are given by place only, those after
    ``*`` by name only, and ``out=None`` marks the place of an array to write to. ``alias`` says
    whether the result shares memory with the first input: ``""`` never, ``view`` always, ``maybe``
    when NumPy can. ``cost`` weighs recomputing against saving: 0 indexing, 1 a flop per element, 3
    more than that. ``narrow`` says that ``vjp`` takes a cotangent that is still to be stretched to
    the result's shape. ``outputs`` names several results, which Python gives as ``result``.
    ``tangent`` is ``linear`` (jointly, in all inputs with a derivative), ``multilinear`` (in each),
    ``reduction`` (no entry of the first input counts for two results: the partials times the
    tangent are summed), or a function written as an adjoint is, of the inputs' tangents by their
    names with ``t_`` before; elementwise operations have it from their formulas. ``jvp(alg, op,
    tangents)`` emits it itself, from a tangent for each input or None. ``closed`` is what
    an elementwise operation is in mathematics, a formula too: the tests prove the adjoint against
    SymPy's derivative of it, and where no adjoint is stated that derivative is it; ``unproved``
    says why an elementwise operation has none. ``samples`` are
    expressions over the arrays of ``tests/rules/pool.py``, from which the tests are made; an
    elementwise operation of one argument names a letter of the pool as its ``domain`` instead.
    Optional inputs after an option are ``keyed``: any of them may be given, and they are printed by
    name; the operation's ``keyed`` says which there are. ``fuller`` names what a call with more
    arguments than ``params`` is, a rule or a reading.
    ``section`` is the module that registers it. ``of_complex`` says that it takes complex numbers:
    ``analytic``, where its adjoint is to be read at the conjugates (``rules.complexes``), or
    ``linear``, where it is right as it stands; ``complex_adjoint`` is its adjoint then, where the
    stated one is of real numbers only. ``variant`` names, for the options of a call, the operation
    that it is instead: one with other results.  ``places_from`` is the first of the inputs
    that say where, in an array: these have no derivative, whatever their types leave open.
    """

    name: str
    type: TypeRule
    spelling: str = ""
    form: str = "call"
    params: tuple[str, ...] = ()
    adjoint: tuple[str | Written | Unknown | None, ...] = ()
    vjp: Vjp | None = None
    jvp: Jvp | None = None
    passive: bool = False
    elementwise: bool = False
    narrow: bool = False
    alias: str = ""
    cost: int = 3
    defaults: dict[str, Any] = field(default_factory=dict)
    options: frozenset[str] = frozenset()
    optional: frozenset[str] = frozenset()
    fills: dict[str, Any] = field(default_factory=dict)
    by_place: int = 0
    by_name: int = 99
    variadic: bool = False
    doc: str = ""
    at_kinks: str = ""
    outputs: tuple[str, ...] = ()
    result: Any = tuple
    tangent: str | Written | None = None
    closed: str = ""
    unproved: str = ""
    complex_adjoint: tuple[str, ...] = ()
    samples: tuple[str, ...] = ()
    domain: str = ""
    callables: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()
    section: str = ""
    keyed: tuple[str, ...] = ()
    fuller: str = ""
    of_complex: str = ""
    variant: Callable[[dict[str, Any]], str] | None = None
    written_out: (
        Callable[[Op, AbstractSet[Value]], tuple[Written, dict[str, Any]] | None] | None
    ) = None
    places_from: int | None = None

    def differentiable(self, i: int, attrs: dict[str, Any]) -> bool:
        """Whether a derivative by input ``i`` can be other than zero."""
        if self.passive or (self.places_from is not None and i >= self.places_from):
            return False
        if self.adjoint:
            i = self.place_of(i, attrs)
            return i < len(self.adjoint) and self.adjoint[i] is not None
        return self.vjp is not None or bool(self.closed)

    def place_of(self, i: int, attrs: dict[str, Any]) -> int:
        """Return the place among ``adjoint`` of input ``i``: keyed ones need not all be given."""
        given = attrs.get("keyed", ()) if self.keyed else ()
        first = len(self.inputs) - len(self.keyed)
        return first + self.keyed.index(given[i - first]) if given and i >= first else i

    @property
    def inputs(self) -> list[str]:
        """The names of the inputs among the parameters."""
        return [p for p in self.params if p not in self.options]


class Rules(dict[str, Rule]):
    """The table of rules by their names.

    Those of SciPy are entered when SciPy is there, or when one is asked for by its name.
    """

    def __missing__(self, name: str) -> Rule:
        import gradgen.rules.of_scipy  # noqa: F401

        if name in self:
            return self[name]
        raise KeyError(name)


RULES: dict[str, Rule] = Rules()
METHODS: dict[str, str] = {}
CALLABLES: Callables[str] = Callables()
BETWEEN = re.compile(r",(?![^(]*\))")  # a comma between parameters, not in a default
PRINTABLE: dict[str, Written] = {}  # adjoints and tangents that may be printed into a module
STANDING: set[str] = set()  # those that are always printed, and never read into the sweep
LIKE: dict[str, str] = {}  # of these, those that others may call: what their result is like


def printed(fn: W) -> W:
    """Have a function printed as it stands into the modules in which it is used.

    A formula may call it by its name; as an adjoint it is not read into the sweep.
    """
    PRINTABLE[fn.__name__] = fn
    STANDING.add(fn.__name__)
    return fn


def printed_like(parameter: str) -> Callable[[W], W]:
    """Have a function printed as it stands, also where adjoints call it.

    Its result has the shape and dtype of the argument named.
    """

    def register(fn: W) -> W:
        LIKE[fn.__name__] = parameter
        return printed(fn)

    return register


def rule(
    name: str,
    type: TypeRule | None = None,
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
    type : callable, optional
        ``type(inputs, attrs) -> Type`` of the result, a list of them for several results; by
        default that of a function of each entry, which gives floats.
    callables, methods : sequence of str
        Spellings (``"np.exp"``, ``"package.module.function"``) and ndarray methods that mean this
        operation.  A generated module imports what it calls.
    params : str
        The Python signature: ``"a, axis=None, out=None, *, keepdims=False"``.
    spelling : str
        How it is printed; by default the first callable.
    **options
        Further fields of `Rule`.

    Returns
    -------
    Rule
        The new entry.
    """
    signature = parse_params(params)
    callables = list(callables or ())
    spelling = spelling or (callables[0] if callables else "")
    entry = Rule(
        name,
        type or _of_each_entry(),
        spelling,
        **(signature | {k: options.pop(k) for k in ("keyed",) if k in options}),
        callables=tuple(callables),
        methods=tuple(methods),
        section=sys._getframe(1).f_globals["__name__"],
        **options,
    )
    assert name not in RULES, f"there are two rules called {name!r}"
    RULES[name] = entry
    for fn in (*entry.adjoint, entry.tangent):
        if callable(fn):
            PRINTABLE[fn.__name__] = fn
    for path in callables:
        CALLABLES.enter(path, name)
    for method in methods:
        METHODS[method] = name
    return entry


def _of_each_entry() -> TypeRule:
    # A cycle: type rules are made for the rules.
    from gradgen.rules.shapes_of import elementwise

    return elementwise("inexact", weak=False)


@cache
def parse_params(params: str) -> dict[str, Any]:
    """Return the fields of a rule that its signature gives; rules share what they do not change."""
    split = BETWEEN.split(params) if "(" in params else params.split(",")
    parts = [p.strip() for p in split if p.strip()]
    marks = [p for p in parts if p in "/*"]
    by_place = parts.index("/") if "/" in marks else 0
    by_name = parts.index("*") - (by_place > 0) if "*" in marks else len(parts)
    names, defaults = [], {}
    options: set[str] = set()
    optional: set[str] = set()
    fills: dict[str, Any] = {}
    for part in (p for p in parts if p not in marks):
        key, is_option, default = part.lstrip("*").partition("=")
        if key.endswith("?"):
            key = key[:-1]
            optional.add(key)
            if is_option:
                fills[key] = _literal(default)
                is_option = default = ""
        names.append(key)
        if is_option:
            options.add(key)
        if default:
            defaults[key] = _literal(default)
    first = next((k for k, n in enumerate(names) if n in options), len(names))
    return {
        "params": tuple(names),
        "defaults": defaults,
        "options": frozenset(options),
        "optional": frozenset(optional),
        "fills": fills,
        "by_place": by_place,
        "by_name": by_name,
        "keyed": tuple(n for n in names[first:] if n in optional and n not in fills),
        "variadic": any(p[0] == "*" and len(p) > 1 for p in parts),
    }


@cache
def _literal(text: str) -> Any:
    """Return the default that a signature gives: a literal, or a word as it stands."""
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return text
