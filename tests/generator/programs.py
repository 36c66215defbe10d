"""Random programs: a module with helpers and ``program``, and arguments for it."""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from tests.generator import blocks, expressions, functions, objects, statements
from tests.generator.choices import Chooser, indented
from tests.generator.kinds import SCALAR, Array, Function, Grown, Int, Record, Scalar
from tests.generator.scope import Scope

HEAD = "import math\nimport numpy as np\n"
IMPORTS = (
    ("dataclasses.", "import dataclasses"),
    ("@dataclass", "from dataclasses import dataclass"),
    ("partial(", "from functools import partial"),
    ("itertools.", "import itertools"),
    ("NamedTuple", "from typing import NamedTuple"),
)
FEATURES = (
    "aliases",
    "assertions",
    "choice",
    "class functions",
    "closures",
    "comprehensions",
    "container arguments",
    "containers",
    "contexts",
    "defaults",
    "deletions",
    "dicts",
    "flags",
    "functions",
    "generators",
    "iteration",
    "jumps",
    "lists",
    "loop else",
    "match",
    "methods",
    "nested containers",
    "nested lists",
    "nonlocal",
    "objects",
    "pending",
    "places",
    "recursion",
    "reuse",
    "shapes",
    "signatures",
    "sorting",
    "swaps",
    "tables",
    "walrus",
)
ARGUMENTS: tuple[tuple[tuple[str, type], ...], ...] = (
    (("x", Scalar), ("a", Array)),
    (("x", Scalar), ("y", Scalar), ("a", Array)),
    (("x", Scalar), ("a", Array), ("b", Array)),
    (("a", Array), ("b", Array), ("n", Int)),
    (("x", Scalar), ("a", Array), ("m", Record)),
    (("m", Record), ("a", Array)),
    (("x", Scalar), ("y", Scalar)),
    (("x", Scalar), ("a", Array), ("m", Record), ("n", Int)),
)
# Dicts, lists and tuples to differentiate by.
CONTAINERS: tuple[tuple[str, str], ...] = (
    ("d", "dict"),
    ("e", "nested dict"),
    ("pair", "tuple"),
    ("state", "list"),
)


@dataclass(frozen=True)
class Program:
    """The text of a module with a function ``program``, and arguments to call it with."""

    text: str
    args: tuple[Any, ...]
    seed: str = ""


def tidy(text: str) -> str:
    """Return the text as Python prints it, without needless parentheses."""
    return ast.unparse(ast.parse(text)) + "\n"


def arguments(choose: Chooser, scope: Scope) -> tuple[Any, ...]:
    """Choose the parameters of the program, note their kinds, and return their values."""
    values: list[Any] = []
    if scope.has("container arguments"):
        name, form = choose.pick(CONTAINERS)
        scope.names[name], value = container(choose, form, scope.lengths)
        values.append(value)
    for name, sort in choose.pick(ARGUMENTS):
        if sort is Scalar:
            scope.names[name] = SCALAR
            values.append(choose.real(-1.0, 1.0))
        elif sort is Int:
            count = choose.between(0, scope.lengths[0])
            scope.names[name] = Int(count, count)
            values.append(count)
        else:
            shape = scope.lengths if sort is Record else scope.lengths[:1]
            scope.names[name] = Array(shape)
            values.append(entries(choose, shape))
    return tuple(values)


def entries(choose: Chooser, shape: tuple[int, ...]) -> np.ndarray:
    """Return an array of numbers."""
    drawn = [choose.real(-1.2, 1.2) for _ in range(int(np.prod(shape)))]
    return np.array(drawn).reshape(shape)


def container(choose: Chooser, form: str, lengths: tuple[int, int]) -> tuple[Record, Any]:
    """Return a container of numbers and arrays, and what its items are."""
    vector, matrix = Array(lengths[:1]), Array(lengths)
    number, row = choose.real(-1.0, 1.0), entries(choose, vector.shape)
    if form == "dict":
        return Record(("left", "right"), (vector, SCALAR)), {"left": row, "right": number}
    if form == "nested dict":
        inner = Record(("left", "right"), (SCALAR, vector))
        table = entries(choose, matrix.shape)
        value = {"left": {"left": number, "right": row}, "right": table}
        return Record(("left", "right"), (inner, matrix)), value
    if form == "tuple":
        return Record((0, 1), (vector, SCALAR)), (row, number)
    return Record((0, 1), (vector, vector), True), [row, entries(choose, vector.shape)]


def result(scope: Scope) -> str:
    """Return an expression that looks at much of what there is."""
    terms = [name for name, _ in scope.of(Scalar)]
    terms += [f"np.sum({name} * {name})" for name, _ in scope.of_arrays()]
    terms += [f"0.1 * sum({name})" for name, kind in scope.of(Grown) if kind.item == SCALAR]
    terms += expressions.items_of(scope, SCALAR)
    kept = [term for term in terms if scope.chooser.chance(0.8)] or terms or ["0.5"]
    weighed = [f"{scope.chooser.constant()} * {term}" for term in kept]
    return " + ".join([*weighed, expressions.scalar(scope, 1)])


def generate(seed: str, without: frozenset[str] = frozenset()) -> Program:
    """Return the program of a seed, without some features."""
    choose = Chooser(seed)
    share = choose.pick((0.25, 0.5, 0.75))
    features = frozenset(name for name in FEATURES if choose.chance(share)) - without
    lengths = choose.pick(((3, 4), (4, 3), (3, 2), (3, 3), (2, 3)))
    scope = Scope(choose, features, lengths)
    lines = objects.classes(scope) if scope.has("objects") else []
    if scope.has("functions"):
        for number in range(choose.between(1, 2)):
            lines += [*functions.helper(scope, number), ""]
    main = replace(scope, names=dict(scope.of(Function)))
    args = arguments(choose, main)
    params = [name for name in main.names if not isinstance(main.names[name], Function)]
    body: list[str] = []
    for _ in range(choose.between(2, 4)):
        body += statements.simple(main) if choose.chance(0.5) else blocks.compound(main)
    body.append(f"return {result(main)}")
    lines += [f"def program({', '.join(params)}):", *indented(body)]
    text = "\n".join(lines)
    imports = [line for word, line in IMPORTS if word in text]
    return Program(tidy("\n".join([HEAD, *imports, text])), args, seed)
