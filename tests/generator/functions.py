"""Random functions: helpers of the module, local functions, and lambdas."""

from __future__ import annotations

from dataclasses import replace

from tests.generator import arrays, blocks, expressions, sequences, signatures, statements
from tests.generator.choices import indented
from tests.generator.kinds import SCALAR, Array, Function, Int, Kind, Object, Scalar
from tests.generator.scope import Scope

# A function of one number, whichever it is.
OF_A_NUMBER = Function((SCALAR,), SCALAR, -1)


def signature(scope: Scope) -> tuple[tuple[Kind, ...], Kind | None]:
    """Return the kinds of parameters and of the result."""
    choose, lengths = scope.chooser, scope.lengths
    vector, matrix = Array(lengths[1:]), Array(lengths)
    first = Array(lengths[:1])
    options: list[tuple[Kind, ...]] = [
        (first,),
        (first, SCALAR),
        (SCALAR, SCALAR),
        (first, first),
        (first, Int(0, lengths[0] - 1)),
        (matrix, first),
        (SCALAR,),
        (vector, SCALAR),
    ]
    if scope.has("tables"):
        options += [(OF_A_NUMBER, SCALAR), (OF_A_NUMBER, first)]
    for kind in scope.classes:
        options += [(kind,), (kind, SCALAR)] * 2
    params = choose.pick(options)
    written = [kind for kind in params if isinstance(kind, Array)]
    results: list[Kind | None] = [SCALAR, SCALAR, *written, *written]
    has_effect = written or any(isinstance(kind, Object) for kind in params)
    return params, choose.pick([*results, None] if has_effect else results)


def defined(
    inner: Scope,
    name: str,
    params: tuple[Kind, ...],
    first: tuple[str, ...] = (),
    around: Scope | None = None,
) -> tuple[list[str], Function]:
    """Return the definition of a function over its scope, and how to call it.

    ``around``: the scope in which a default is computed.
    """
    choose, outer = inner.chooser, inner.guarded
    changed = outer_names(inner) if inner.has("nonlocal") and not first else []
    listed: list[str] = []
    for kind in params:
        # A parameter may hide an outer name, and not another parameter.
        inner.guarded = frozenset((*first, *listed, *changed))
        listed.append(inner.bind(kind, fresh=True))
    texts, optional = list(listed), 0
    if inner.has("defaults") and params[-1] == SCALAR and choose.chance(0.4):
        computed = around is not None and choose.chance(0.5)
        texts[-1] += f"={expressions.scalar(around, 1) if computed else choose.constant()}"
        optional = 1
    inner.guarded = outer - {*listed, *changed} | {*first}
    kind = Function(params, inner.result, next(inner.serials), tuple(listed), optional)
    begun: list[str] = []
    if inner.has("signatures") and not first:
        texts, kind, begun = signatures.marked(inner, texts, kind)
    body, left = blocks.block(inner, 3)
    body[:0] = begun
    if not left and inner.result is not None:
        body.append(blocks.returned(inner))
    if changed:
        body.insert(0, f"nonlocal {', '.join(changed)}")
    return [f"def {name}({', '.join((*first, *texts))}):", *indented(body or ["pass"])], kind


def outer_names(inner: Scope) -> list[str]:
    """Return a number or two of the enclosing function that a local function binds."""
    free = [name for name, _ in inner.of(Scalar) if name in inner.guarded - inner.counters]
    names = sorted({inner.chooser.pick(free) for _ in range(2)}) if free else []
    inner.fixed = {**inner.fixed, **{name: SCALAR for name in names}}
    return names


def helper(scope: Scope, number: int) -> list[str]:
    """Return a function of the module, known to ``scope`` from here on."""
    name = f"helper{number}"
    functions = {n: k for n, k in scope.of(Function)}
    inner = replace(scope, names=dict(functions), depth=1, captured={})
    if scope.has("recursion") and scope.chooser.chance(0.5):
        lines, kind = recursive(inner, name)
    else:
        params, inner.result = signature(scope)
        lines, kind = defined(inner, name, params)
    scope.names[name] = kind
    return lines


def recursive(inner: Scope, name: str) -> tuple[list[str], Function]:
    """Return a function that calls itself a given number of times."""
    choose = inner.chooser
    vector = Array(inner.lengths[:1])
    things: tuple[Kind, ...] = choose.pick(
        ((SCALAR,), (vector,), (vector,), (vector, vector), (vector, SCALAR))
    )
    names: list[str] = []
    for kind in things:
        inner.guarded = frozenset(names)
        names.append(inner.bind(kind, fresh=True))
    inner.guarded = frozenset()
    inner.names["depth"] = Int(0, 3)
    inner = replace(inner, guarded=inner.guarded | {"depth"}, result=SCALAR)
    written = statements.simple(inner.branch()) if choose.chance(0.3) else []
    base = expressions.scalar(inner, 1)
    body, left = blocks.block(inner, 2)
    if not left:
        body += again(inner, name, things)
    lines = ["if depth <= 0:", *indented([*written, f"return {base}"]), *body]
    params = (*things, Int(0, 3))
    kind = Function(params, SCALAR, next(inner.serials), (*names, "depth"))
    return [f"def {name}({', '.join(names)}, depth):", *indented(lines)], kind


def again(inner: Scope, name: str, things: tuple[Kind, ...]) -> list[str]:
    """Return statements that call a function within itself, and return."""
    choose = inner.chooser

    def deeper() -> str:
        listed = ", ".join(expressions.argument(inner, kind) for kind in things)
        return f"{name}({listed}, depth - 1)"

    forms = ("{1} + 0.5 * {0}", "math.sin({0}) * {1}", "{0} - {1} * {0}", "{0}")
    text = choose.pick(forms).format(deeper(), expressions.atom(inner))
    way = choose.weighted(((5.0, "last"), (1.5, "loop"), (1.5, "branch"), (1.5, "before")))
    if way == "last":
        return [f"return {text}"]
    if way == "branch":
        test, other = expressions.condition(inner), expressions.scalar(inner, 1)
        return [f"if {test}:", f"    return {text}", f"return {other}"]
    if way == "loop":
        lines = ["below = 0.0", "for turn in range(2):", f"    below += 0.4 * {deeper()}"]
        lines += indented(statements.simple(inner.branch()))
        return [*lines, f"return below + {expressions.atom(inner)}"]
    lines = [f"below = {text}", *statements.simple(inner)]
    return [*lines, f"return math.sin(below) + {expressions.atom(inner)}"]


def local_function(scope: Scope) -> list[str]:
    """Return a local function or a lambda that reads outer names as they are when it is called."""
    if scope.has("tables") and scope.chooser.chance(0.25):
        return part_of_call(scope)
    if scope.chooser.chance(0.4):
        return local_lambda(scope)
    params, result = signature(scope)
    inner = scope.inner(result)
    inner.depth = max(inner.depth, 2)
    lines, kind = defined(inner, "NAME", params, around=scope)
    scope.capture(lines)
    name = scope.bind(kind, fresh=True)
    return [line.replace("NAME", name, 1) for line in lines]


def local_lambda(scope: Scope) -> list[str]:
    """Return a lambda with a name."""
    kind: Kind = Array(scope.lengths[:1]) if scope.chooser.chance(0.3) else SCALAR
    text = lambda_of(scope, kind)
    name = scope.bind(Function((kind,), kind, next(scope.serials)), fresh=True)
    return [f"{name} = {text}"]


def lambda_of(scope: Scope, kind: Kind) -> str:
    """Return a lambda from a number or an array to one alike."""
    inside = sequences.with_names(scope, z=kind)
    if isinstance(kind, Array):
        body = arrays.computed(inside, kind.shape, 2)
    else:
        body = expressions.scalar(inside, 2)
    scope.capture([body])
    return f"lambda z: {body}"


def passed(scope: Scope, wanted: Function) -> str:
    """Return a function to pass to another."""
    alike = [
        text
        for text, kind in scope.of_callables()
        if (kind.params, kind.result) == (wanted.params, wanted.result) and not kind.only_name
    ]
    if alike and scope.chooser.chance(0.7):
        return scope.chooser.pick(alike)
    return scope.chooser.pick(("math.sin", "np.tanh", lambda_of(scope, SCALAR)))


def part_of_call(scope: Scope) -> list[str]:
    """Return a ``partial`` with a name."""
    made = partial_of(scope)
    if made is None:
        return local_lambda(scope)
    text, kind = made
    return [f"{scope.bind(kind, fresh=True)} = {text}"]


def partial_of(scope: Scope) -> tuple[str, Function] | None:
    """Return a function with its first argument given, or its last by name."""
    options = [(n, k) for n, k in scope.of_callables() if len(k.params) > 1 and k.names and k.plain]
    if not options:
        return None
    name, kind = scope.chooser.pick(options)
    if scope.chooser.chance(0.5):
        given = f"{kind.names[-1]}={expressions.argument(scope, kind.params[-1])}"
        params, names = kind.params[:-1], kind.names[:-1]
    else:
        given = expressions.argument(scope, kind.params[0])
        params, names = kind.params[1:], kind.names[1:]
    return f"partial({name}, {given})", Function(params, kind.result, next(scope.serials), names)
