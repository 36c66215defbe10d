"""Random expressions of arrays: elements, views, and arrays of a wanted shape."""

from __future__ import annotations

from tests.generator import expressions, sequences, sorting
from tests.generator.kinds import SCALAR, Array, Int, Shape
from tests.generator.scope import Scope

UNARY = (
    "np.tanh({0})",
    "np.sin({0})",
    "np.exp(-({0}) ** 2)",
    "np.sqrt(1.0 + ({0}) ** 2)",
    "({0}) ** 2",
    "-({0})",
    "np.abs({0} + {t})",
    "np.maximum({0}, {t})",
    "np.where({0} > {t}, {0}, {c} * {0})",
    "np.clip({0}, -1.537, 1.337)",
    "({0}).copy()",
    "np.asarray({0}) * {c}",
)
BINARY = (
    "{0} + {1}",
    "{0} - ({1})",
    "({0}) * ({1})",
    "({0}) / (1.5 + ({1}) ** 2)",
    "np.where({0} > {1} + 0.1371, {0}, {1})",
    "np.maximum({0}, {1} + 0.1371)",
    "np.where({0} < 0.2537, np.minimum({1}, 0.6137), {0} * {1})",
)
REDUCTIONS = (
    "np.sum({0})",
    "np.sum({0} ** 2)",
    "({0}).sum()",
    "np.mean({0})",
    "({0}).mean()",
    "np.var({0})",
    "np.prod({0} * 0.5 + 1.0)",
    "np.linalg.norm({0} + 2.3)",
)
VECTOR_REDUCTIONS = (
    "np.dot({0}, {1})",
    "np.max({0} + np.linspace(0.0, 3.7, {n}))",
    "float(({0}) @ ({1}))",
    "np.sum(({0}) * ({1}))",
    "sum({0})",
)


def position(scope: Scope, length: int) -> str:
    """Return an index in range: a number, an integer name, or that shifted."""
    options = [(0.5, str(place)) for place in range(-length, length)]
    for name, kind in scope.of(Int):
        if -length <= kind.low and kind.high < length:
            options.append((6, name))
        if -length <= kind.low - 1 and kind.high - 1 < length:
            options.append((2, f"{name} - 1"))
        if kind.low >= 0 and kind.high < length:
            options.append((1, f"-{name} - 1"))
        options.append((1, f"({name} + 1) % {length}"))
    return scope.chooser.weighted(options)


def element(scope: Scope, name: str, kind: Array) -> str:
    """Return the text of one element."""
    places = [position(scope, length) for length in kind.shape]
    if len(places) == 2 and scope.chooser.chance(0.2):
        return f"{name}[{places[0]}][{places[1]}]"
    return f"{name}[{', '.join(places)}]"


def shape_names(scope: Scope, shape: Shape | None) -> list[str]:
    """Return what has exactly this shape already, any shape for None."""
    found = [name for name, kind in scope.of_arrays() if shape in (None, kind.shape)]
    return found


def views(scope: Scope, shape: Shape) -> list[str]:
    """Return views of this shape onto what there is."""
    found: list[str] = []
    for name, kind in scope.of_arrays():
        found += [text for text, size in parts(scope, name, kind.shape) if size == shape]
    return found


def parts(scope: Scope, name: str, shape: Shape) -> list[tuple[str, Shape]]:
    """Return views of an array, each with its shape."""
    count = shape[0]
    start, rest = scope.chooser.below(count), shape[1:]
    found = [
        (f"{name}[1:]", (count - 1, *rest)),
        (f"{name}[:-1]", (count - 1, *rest)),
        (f"{name}[{start}:]", (count - start, *rest)),
        (f"{name}[::2]", ((count + 1) // 2, *rest)),
        (f"{name}[::-1]", shape),
        (f"{name}[:]", shape),
    ]
    if rest:
        row, column = position(scope, count), position(scope, rest[0])
        found += [(f"{name}[{row}]", rest), (f"{name}[:, {column}]", (count,))] * 2
        found += [(f"{name}.T", shape[::-1]), (f"{name}[{row}, 1:]", (rest[0] - 1,))]
        found += [(f"{name}[:, ::-1]", shape), (f"{name}[1:, :-1]", (count - 1, rest[0] - 1))]
    if scope.has("shapes"):
        found += reshaped(name, shape)
    return [(text, size) for text, size in found if 0 not in size]


def sure_parts(scope: Scope, name: str, shape: Shape) -> list[tuple[str, Shape]]:
    """Return views of an array; hardly ever what may be a copy, by the memory's layout.

    A write that such a part may see is refused, by the documentation.
    """
    found = parts(scope, name, shape)
    sure = [(text, size) for text, size in found if not text.endswith(")")]
    return found if scope.chooser.chance(0.05) else sure


def reshaped(name: str, shape: Shape) -> list[tuple[str, Shape]]:
    """Return the same elements in another shape, views where NumPy can."""
    count, rest = shape[0], shape[1:]
    if not rest:
        row, column = (1, count), (count, 1)
        return [
            (f"{name}[None]", row),
            (f"{name}[None, :]", row),
            (f"{name}[:, None]", column),
            (f"{name}[:, np.newaxis]", column),
            (f"{name}.reshape(1, -1)", row),
            (f"{name}.reshape({count}, 1)", column),
            (f"np.expand_dims({name}, 0)", row),
            (f"np.atleast_2d({name})", row),
            (f"{name}.T", shape),
            (f"{name}[...]", shape),
            (f"{name}.ravel()", shape),
        ]
    size = count * rest[0]
    found = [
        (f"{name}.ravel()", (size,)),
        (f"{name}.reshape(-1)", (size,)),
        (f"{name}.T.reshape(-1)", (size,)),
        (f"np.ravel({name})", (size,)),
        (f"{name}.flatten()", (size,)),
        (f"{name}.reshape({rest[0]}, {count})", (rest[0], count)),
        (f"{name}[..., 0]", (count,)),
        (f"np.swapaxes({name}, 0, 1)", (rest[0], count)),
        (f"np.transpose({name})", (rest[0], count)),
        (f"np.diagonal({name}).copy()", (min(count, rest[0]),)),
    ]
    if 1 in shape:
        found.append((f"np.squeeze({name})", (size,)))
    return [(text, size) for text, size in found if shape != (1, 1)]


def operand(scope: Scope, shape: Shape | None, size: int) -> str:
    """Return an array expression, of any shape there is for None."""
    choose = scope.chooser
    if shape is None:
        shapes = [kind.shape for _, kind in scope.of_arrays()] or [(scope.lengths[0],)]
        shape = choose.pick(shapes)
    names, seen = shape_names(scope, shape), views(scope, shape)
    options = [(6.0, names)] * bool(names) + [(3.0, seen)] * bool(seen)
    if size > 0 or not options:
        options += [(6.0, [])]
    chosen = choose.weighted(options)
    return choose.pick(chosen) if chosen else computed(scope, shape, size)


def computed(scope: Scope, shape: Shape, size: int) -> str:
    """Return an array that is computed."""
    makers = [(1.0, made)]
    if size > 0:
        makers += [(4, unary), (6, binary), (2, with_number)]
        if scope.has("functions"):
            makers.append((2, call))
        if len(shape) == 1:
            makers += [(1.5, vector)]
        if len(shape) == 2:
            makers.append((2, matrix))
    return scope.chooser.weighted(makers)(scope, shape, size)


def made(scope: Scope, shape: Shape, size: int) -> str:
    """Return a new array."""
    choose = scope.chooser
    spelled = f"({shape[0]},)" if len(shape) == 1 and choose.chance(0.3) else str(shape)
    spelled = str(shape[0]) if len(shape) == 1 and choose.chance(0.7) else spelled
    names = shape_names(scope, shape)
    options = [f"np.zeros({spelled})", f"np.full({spelled}, {choose.constant()})"]
    options += [f"np.ones({spelled}) * {expressions.atom(scope)}"]
    options += [f"np.zeros_like({name})" for name in names[:1]]
    if len(shape) == 1:
        entries = ", ".join(expressions.atom(scope) for _ in range(shape[0]))
        options += [f"np.array([{entries}])"] * 3
        if scope.has("comprehensions"):
            options += [sequences.array_of(scope, shape[0], size)] * 3
    return choose.pick(options)


def unary(scope: Scope, shape: Shape, size: int) -> str:
    """Return an elementwise function of an array."""
    choose = scope.chooser
    inside = operand(scope, shape, size - 1)
    return choose.pick(UNARY).format(inside, t=choose.threshold(), c=choose.constant())


def binary(scope: Scope, shape: Shape, size: int) -> str:
    """Return a combination of two arrays, one of them broadcast at times."""
    left, right = operand(scope, shape, size - 1), operand(scope, shape, size - 2)
    if len(shape) == 2 and scope.chooser.chance(0.4):
        right = operand(scope, shape[1:], 0)
        if scope.chooser.chance(0.3):
            right = f"({operand(scope, shape[:1], 0)})[:, None]"
    return scope.chooser.pick(BINARY).format(left, right)


def with_number(scope: Scope, shape: Shape, size: int) -> str:
    """Return an array combined with a number."""
    inside, number = operand(scope, shape, size - 1), expressions.scalar(scope, size - 1)
    return scope.chooser.pick(BINARY[:4]).format(inside, number)


def call(scope: Scope, shape: Shape, size: int) -> str:
    """Return the call of a function that returns such an array."""
    wanted = Array(shape)
    options = [(name, kind) for name, kind in scope.of_callables() if kind.result == wanted]
    if not options:
        return unary(scope, shape, size)
    return expressions.called(scope, *scope.chooser.pick(options))


def vector(scope: Scope, shape: Shape, size: int) -> str:
    """Return a vector made by an operation of its own."""
    (count,) = shape
    whole = operand(scope, shape, size - 1)
    order = ", ".join(str(scope.chooser.below(count)) for _ in range(count))
    options = [
        f"np.cumsum({whole}) * 0.5",
        f"np.roll({whole}, 1)",
        f"({whole})[[{order}]]",
        f"({whole})[::-1]",
    ]
    if count > 1:
        one, two = operand(scope, (count - 1,), 0), expressions.atom(scope)
        options.append(f"np.concatenate([{one}, [{two}]])")
    for name, kind in scope.of_arrays():
        if len(kind.shape) == 2 and kind.shape[0] == count:
            options += [f"{name} @ {operand(scope, kind.shape[1:], 0)}", f"{name}.sum(axis=1)"]
        if len(kind.shape) == 2 and kind.shape[1] == count:
            options += [f"{operand(scope, kind.shape[:1], 0)} @ {name}", f"np.mean({name}, axis=0)"]
    if scope.has("sorting"):
        options += sorting.orders(scope, whole, count)
    return scope.chooser.pick(options)


def matrix(scope: Scope, shape: Shape, size: int) -> str:
    """Return a matrix made by an operation of its own."""
    one, two = operand(scope, shape[:1], size - 1), operand(scope, shape[1:], 0)
    whole = operand(scope, shape, size - 1)
    rows = ", ".join(operand(scope, shape[1:], 0) for _ in range(shape[0]))
    options = [f"np.outer({one}, {two})", f"np.stack([{rows}])", f"np.array([{rows}])"]
    options += [f"np.cumsum({whole}, axis=0) * 0.5", f"np.roll({whole}, 1, axis=1)"]
    if scope.has("sorting"):
        options.append(f"np.sort({whole}, axis={scope.chooser.below(2)})")
    return scope.chooser.pick(options)


def reduced(scope: Scope, size: int) -> str:
    """Return a number made from an array."""
    choose = scope.chooser
    if scope.has("pending") and choose.chance(0.4):
        held = pending(scope)
        if held:
            return held
    inside = operand(scope, None, size - 1)
    if choose.chance(0.5):
        return choose.pick(REDUCTIONS).format(inside)
    vectors = [kind.shape for _, kind in scope.of_arrays() if len(kind.shape) == 1]
    shape = choose.pick(vectors or [scope.lengths[:1]])
    one, two = operand(scope, shape, size - 1), operand(scope, shape, 0)
    return choose.pick(VECTOR_REDUCTIONS).format(one, two, n=shape[0])


def pending(scope: Scope) -> str:
    """Return a number made from an array that is held, and read after a call that may write.

    Empty where there is nothing to call.
    """
    choose = scope.chooser
    calls = [(name, kind) for name, kind in scope.of_callables() if kind.result == SCALAR]
    arrays = scope.of_arrays()
    if not calls or not arrays:
        return ""
    name, kind = choose.pick(arrays)
    other = choose.pick([n for n, k in arrays if k == kind])
    test = expressions.condition(scope, 0)
    called = expressions.called(scope, *choose.pick(calls))
    forms = (
        "np.sum(({0} if {2} else {1}) * {3})",
        "np.sum((({0} if {2} else {1}), {3})[0])",
        "np.sum(({0} if {2} else {1}) + {3} - {0})",
        "np.sum([{0}, {1} * {3}][{4}])",
        "sum([np.sum(one) * {3} for one in ({0}, {1})])",
    )
    return choose.pick(forms).format(name, other, test, called, choose.below(2))
