"""Random functions: helpers of the module, local functions, and lambdas."""

from __future__ import annotations

from dataclasses import replace

from tests.generator import arrays, blocks, expressions, sequences
from tests.generator.blocks import indented
from tests.generator.choices import Chooser
from tests.generator.kinds import SCALAR, Array, Function, Int, Kind
from tests.generator.scope import Scope


def signature(choose: Chooser, lengths: tuple[int, int]) -> tuple[tuple[Kind, ...], Kind | None]:
    """Return the kinds of parameters and of the result."""
    vector, matrix = Array(lengths[1:]), Array(lengths)
    first = Array(lengths[:1])
    params: tuple[Kind, ...] = choose.pick(
        (
            (first,),
            (first, SCALAR),
            (SCALAR, SCALAR),
            (first, first),
            (first, Int(0, lengths[0] - 1)),
            (matrix, first),
            (SCALAR,),
            (vector, SCALAR),
        )
    )
    written = [kind for kind in params if isinstance(kind, Array)]
    results: list[Kind | None] = [SCALAR, SCALAR, *written, *written]
    return params, choose.pick([*results, None] if written else results)


def defined(scope: Scope, name: str, inner: Scope, params: tuple[Kind, ...]) -> list[str]:
    """Return the definition of a function over its scope."""
    outer = inner.guarded
    listed: list[str] = []
    for kind in params:
        # A parameter may hide an outer name, and not another parameter.
        inner.guarded = frozenset(listed)
        listed.append(inner.bind(kind, fresh=True))
    inner.guarded = outer - set(listed)
    body, left = blocks.block(inner, 3)
    if not left:
        body.append(blocks.returned(inner))
        if inner.result is None:
            body.pop()
    return [f"def {name}({', '.join(listed)}):", *indented(body)]


def helper(scope: Scope, number: int) -> list[str]:
    """Return a function of the module, known to ``scope`` from here on."""
    params, result = signature(scope.chooser, scope.lengths)
    name = f"helper{number}"
    functions = {n: k for n, k in scope.of(Function)}
    inner = replace(scope, names=dict(functions), result=result, depth=1, captured={})
    lines = defined(scope, name, inner, params)
    scope.names[name] = Function(params, result, next(scope.serials))
    return lines


def local_function(scope: Scope) -> list[str]:
    """Return a local function or a lambda that reads outer names as they are when it is called."""
    if scope.chooser.chance(0.4):
        return local_lambda(scope)
    params, result = signature(scope.chooser, scope.lengths)
    inner = scope.inner(result)
    inner.depth = max(inner.depth, 2)
    kind = Function(params, result, next(scope.serials))
    lines = defined(scope, "NAME", inner, params)
    scope.capture(lines)
    name = scope.bind(kind, fresh=True)
    return [line.replace("NAME", name, 1) for line in lines]


def local_lambda(scope: Scope) -> list[str]:
    """Return a lambda with a name."""
    vector = scope.chooser.chance(0.3)
    if vector:
        kind: Kind = Array(scope.lengths[:1])
        inside = sequences.with_names(scope, z=kind)
        body = arrays.computed(inside, scope.lengths[:1], 2)
    else:
        kind = SCALAR
        body = expressions.scalar(sequences.with_names(scope, z=kind), 2)
    scope.capture([body])
    name = scope.bind(Function((kind,), kind, next(scope.serials)), fresh=True)
    return [f"{name} = lambda z: {body}"]
