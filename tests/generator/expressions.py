"""Random expressions of floats: smooth, and of moderate size wherever their operands are."""

from __future__ import annotations

from tests.generator import arrays, functions, objects, places, sequences, signatures, sorting
from tests.generator.kinds import (
    SCALAR,
    Flag,
    Function,
    Grown,
    Int,
    Key,
    Kind,
    Object,
    Record,
    Scalar,
    Tally,
)
from tests.generator.scope import Scope

UNARY = (
    "math.sin({0})",
    "math.tanh({0})",
    "math.exp(-({0}) ** 2)",
    "math.sqrt(1.0 + ({0}) ** 2)",
    "np.cos({0})",
    "np.tanh({0})",
    "np.log(1.5 + ({0}) ** 2)",
    "-({0})",
    "({0}) ** 2",
    "abs({0} + {t})",
    "max({0}, {t})",
    "min({t}, {0})",
    "float({0})",
    "{c} * ({0})",
)
BINARY = (
    "{0} + {1}",
    "{0} - ({1})",
    "({0}) * ({1})",
    "{c} * ({0}) * ({1})",
    "({0}) / (1.5 + ({1}) ** 2)",
    "math.sin({0}) * ({1})",
)


def scalar(scope: Scope, size: int = 2) -> str:
    """Return an expression of a number."""
    choose = scope.chooser
    if size <= 0:
        return atom(scope)
    makers = [(5, unary), (6, binary), (3, reduction), (2, atom_of)]
    if scope.has("choice"):
        makers.append((1.5, conditional))
    if scope.has("comprehensions"):
        makers.append((1.5, sequences.sum_over))
    if scope.has("functions"):
        makers.append((3, call))
    if scope.has("walrus"):
        makers.append((0.7, named))
    if scope.has("sorting"):
        makers.append((0.7, sorting.picked))
    return choose.weighted(makers)(scope, size)


def atom_of(scope: Scope, size: int) -> str:
    """Return a name, an element or a number."""
    return atom(scope)


def atom(scope: Scope) -> str:
    """Return a name, an element or a number."""
    choose = scope.chooser
    options = [(3.0, name) for name, _ in scope.of(Scalar)]
    options += [(1.5, arrays.element(scope, name, kind)) for name, kind in scope.of_arrays()]
    options += [(1.0, text) for text in items_of(scope, SCALAR)]
    options += [(1.0, text) for text in sequences.grown_atoms(scope)]
    options += [(1.0, text) for text in places.atoms(scope)]
    options += [(0.4, f"{choose.constant()} * {name}") for name, _ in scope.of(Int)]
    options.append((1.0, choose.constant()))
    return choose.weighted(options)


def items_of(scope: Scope, kind: Kind) -> list[str]:
    """Return the items of lists, tuples and dicts that are of a kind."""
    reached = scope.reached(type(kind))
    found = [text for text, part in reached if part == kind and text not in scope.names]
    for name, record in scope.reached(Record):
        if not record.is_even or record.items[0] != kind:
            continue
        if not record.is_dict:
            found.append(f"{name}[{arrays.position(scope, len(record.items))}]")
        found += [f"{name}[{key}]" for key in keys_of(scope, record)]
    return found


def keys_of(scope: Scope, record: Record) -> list[str]:
    """Return the names that stand for one of a dict's keys."""
    return [name for name, key in scope.of(Key) if set(key.keys) <= set(record.keys)]


def named(scope: Scope, size: int) -> str:
    """Return a number that an existing name is bound to on the way."""
    names = [name for name, _ in scope.of(Scalar) if scope.may_bind(name, SCALAR)]
    value = scalar(scope, size - 1)
    return f"({scope.chooser.pick(names)} := {value})" if names else value


def unary(scope: Scope, size: int) -> str:
    """Return a function of a number."""
    choose = scope.chooser
    text = choose.pick(UNARY)
    return text.format(scalar(scope, size - 1), t=choose.threshold(), c=choose.constant())


def binary(scope: Scope, size: int) -> str:
    """Return a combination of two numbers."""
    choose = scope.chooser
    left, right = scalar(scope, size - 1), scalar(scope, size - 2)
    text = choose.pick(BINARY).format(left, right, c=choose.constant())
    return f"({text})" if choose.chance(0.3) else text


def reduction(scope: Scope, size: int) -> str:
    """Return a number made from an array."""
    return arrays.reduced(scope, size)


def conditional(scope: Scope, size: int) -> str:
    """Return one of two numbers."""
    one, two = scalar(scope, size - 1), scalar(scope, size - 2)
    return f"({one} if {condition(scope, 0)} else {two})"


def call(scope: Scope, size: int) -> str:
    """Return the call of a function that returns a number."""
    options = [(name, kind) for name, kind in scope.of_callables() if kind.result == SCALAR]
    if not options:
        return unary(scope, size)
    return called(scope, *scope.chooser.pick(options))


def called(scope: Scope, name: str, kind: Function) -> str:
    """Return the text of a call, with some arguments by keyword or left out."""
    choose = scope.chooser
    count = len(kind.params) - (choose.between(0, kind.optional) if kind.optional else 0)
    listed = [argument(scope, param) for param in kind.params[:count]]
    if not kind.plain:
        return f"{name}({', '.join(signatures.arguments(scope, kind, listed))})"
    if kind.names and choose.chance(0.25):
        first = choose.below(count + 1)
        named = zip(kind.names[first:count], listed[first:], strict=True)
        keywords = [f"{param}={text}" for param, text in named]
        listed[first:] = reversed(keywords) if choose.chance(0.3) else keywords
    return f"{name}({', '.join(listed)})"


def argument(scope: Scope, kind: Kind) -> str:
    """Return an expression of a kind, an existing object where there is one."""
    if isinstance(kind, Scalar):
        return scalar(scope, 1)
    if isinstance(kind, Int):
        return integer(scope, kind.low, kind.high)
    if isinstance(kind, Object):
        return objects.one(scope, kind)
    if isinstance(kind, Function):
        return functions.passed(scope, kind)
    if isinstance(kind, Grown):
        return sequences.item(scope, kind)
    return arrays.operand(scope, kind.shape, 0)


def integer(scope: Scope, low: int, high: int) -> str:
    """Return an integer between bounds."""
    options = [str(number) for number in range(low, high + 1)]
    options += 2 * [name for name, kind in scope.of(Int) if low <= kind.low and kind.high <= high]
    return scope.chooser.pick(options)


def condition(scope: Scope, size: int = 1) -> str:
    """Return a test: of values (never at a tie), of integers, of flags, or of several."""
    choose = scope.chooser
    first = f"{scalar(scope, size)} {choose.pick('<>')} {choose.threshold()}"
    options = [(6.0, first), (1.0, f"not {first}"), (0.7, f"-0.537 < {atom(scope)} < 0.837")]
    options += [(1.0, f"{atom(scope)} > {atom(scope)} + 0.1371")]
    options += [(2.0, name) for name, _ in scope.of(Flag)]
    options += [(2.0, counted(scope, name, kind)) for name, kind in scope.of(Int)]
    options += [
        (0.5, f"np.{choose.pick(('any', 'all'))}({arrays.operand(scope, None, 0)} > 0.4137)")
    ]
    options += sequences.length_tests(scope)
    options += [(2.0, f"{name} == {choose.pick(key.keys)!r}") for name, key in scope.of(Key)]
    options += [(1.0, f"{choose.below(3)} in {name}") for name, _ in scope.of(Tally)]
    options += places.tests(scope)
    text = choose.weighted(options)
    if choose.chance(0.15):
        text = f"({text} {choose.pick(('and', 'or'))} {choose.weighted(options)})"
    return text


def counted(scope: Scope, name: str, kind: Int) -> str:
    """Return a test of an integer."""
    middle = scope.chooser.between(kind.low, kind.high)
    others = [other for other, _ in scope.of(Int) if other != name]
    forms = [f"{name} % 2 == {middle % 2}", f"{name} == {middle}", f"{name} > {middle}"]
    if others:
        forms.append(f"{name} < {scope.chooser.pick(others)}")
    return scope.chooser.pick(forms)
