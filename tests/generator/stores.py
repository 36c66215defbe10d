"""Random stores: into elements, slices, masks, by integer arrays, through views, and whole."""

from __future__ import annotations

from tests.generator import arrays, expressions
from tests.generator.kinds import Array, Shape
from tests.generator.scope import Scope

NUMBER_UPDATES = (
    (4.0, "{0} = {1}"),
    (4.0, "{0} += {1}"),
    (2.0, "{0} -= {1}"),
    (3.0, "{0} *= {2}"),
    (1.0, "{0} /= 1.5 + ({1}) ** 2"),
    (0.7, "{0} **= 2"),
    (1.0, "{0} = {0} * {2}"),
    (1.0, "{0} = {1} - {0}"),
)


def bounded(scope: Scope, text: str, is_array: bool = False) -> str:
    """Return an expression kept small at times, so that updates in loops do not grow."""
    functions = ("np.tanh", "np.sin", "np.cos") if is_array else ("math.sin", "np.tanh", "math.cos")
    return f"{scope.chooser.pick(functions)}({text})" if scope.chooser.chance(0.6) else text


def update(scope: Scope, target: str, value: str, is_array: bool = False) -> str:
    """Return an assignment to a target, in one of all forms."""
    value = bounded(scope, value, is_array)
    factor = f"{scope.chooser.constant()} * {'np' if is_array else 'math'}.cos({value})"
    return scope.chooser.weighted(NUMBER_UPDATES).format(target, value, factor)


def store(scope: Scope) -> list[str]:
    """Return a store into some array."""
    targets = scope.of_arrays()
    if not targets:
        return []
    makers = [(5, store_element), (4, store_part), (2, store_whole)]
    makers += [(1, store_mask), (1, store_gather)]
    if scope.has("methods"):
        makers.append((1.5, store_by_call))
    return scope.chooser.weighted(makers)(scope, *scope.chooser.pick(targets))


def store_element(scope: Scope, name: str, kind: Array) -> list[str]:
    """Return a store into one element, or a swap of two."""
    target = arrays.element(scope, name, kind)
    if scope.chooser.chance(0.12):
        other = arrays.element(scope, name, kind)
        return [f"{target}, {other} = {other}, {target}"]
    return [update(scope, target, expressions.scalar(scope, 2))]


def value_for(scope: Scope, shape: Shape) -> str:
    """Return a value that an array of this shape takes: one alike, a smaller one, or a number."""
    if scope.chooser.chance(0.3):
        return expressions.scalar(scope, 1)
    if len(shape) == 2 and scope.chooser.chance(0.3):
        return arrays.operand(scope, shape[1:], 1)
    return arrays.operand(scope, shape, scope.chooser.below(3))


def store_part(scope: Scope, name: str, kind: Array) -> list[str]:
    """Return a store into a view; the value may overlap it."""
    target, shape = scope.chooser.pick(arrays.sure_parts(scope, name, kind.shape))
    if scope.chooser.chance(0.25):
        inner = [(text, size) for text, size in arrays.sure_parts(scope, target, shape)]
        target, shape = scope.chooser.pick(inner) if inner else (target, shape)
    if target.endswith((".T", ")")):
        target += "[...]"
    return [update(scope, target, value_for(scope, shape), is_array=True)]


def store_whole(scope: Scope, name: str, kind: Array) -> list[str]:
    """Return an update in place of the whole array."""
    value = bounded(scope, value_for(scope, kind.shape), is_array=True)
    text = scope.chooser.pick(
        ("{0} += {1}", "{0} -= {1}", "{0} *= {1}", "{0}[:] = {1}", "{0}[...] += {1}")
    )
    return [text.format(name, value)] if "[" in text or may_update(scope, name, kind) else []


def may_update(scope: Scope, name: str, kind: Array) -> bool:
    """Tell whether ``name += ...`` is allowed, which also binds the name."""
    return name not in scope.names or scope.may_bind(name, kind)


def store_mask(scope: Scope, name: str, kind: Array) -> list[str]:
    """Return a store where a test holds."""
    choose = scope.chooser
    mask = f"{arrays.operand(scope, kind.shape, 0)} {choose.pick('<>')} {choose.threshold()}"
    value = bounded(scope, expressions.scalar(scope, 1))
    forms = (f"{name}[{mask}] = {value}", f"{name}[{mask}] *= {choose.constant()}")
    return [choose.pick((*forms, f"{name}[{mask}] += {value}"))]


def store_gather(scope: Scope, name: str, kind: Array) -> list[str]:
    """Return a store by a list of integers, which repeat at times."""
    choose = scope.chooser
    size = choose.between(2, 3)
    order = [choose.between(-kind.shape[0], kind.shape[0] - 1) for _ in range(size)]
    value = value_for(scope, (size, *kind.shape[1:]))
    form = choose.pick(("{0}[{1}] = {2}", "{0}[{1}] += {2}", "{0}[{1}] *= {2}"))
    if scope.has("methods") and choose.chance(0.3):
        form = choose.pick(("np.add.at({0}, {1}, {2})",) * 2 + ("np.subtract.at({0}, {1}, {2})",))
    return [form.format(name, order, value)]


def store_by_call(scope: Scope, name: str, kind: Array) -> list[str]:
    """Return a store by a method or a function."""
    one = arrays.operand(scope, kind.shape, 1)
    options = [
        f"{name}.fill({expressions.scalar(scope, 1)})",
        f"np.copyto({name}, {one})",
        f"np.sin({one}, out={name})",
        f"np.multiply({name}, {one}, out={name})",
        f"np.add({name}[1:], {expressions.atom(scope)}, out={name}[1:])",
        f"np.add({name}[::-1], {one}, out={name})",
        f"np.negative({one}, out={name}[::-1])",
        f"np.cumsum({one}, axis=0, out={name})",
    ]
    if scope.has("sorting"):
        options += [f"{name}.sort()", f"{name}[::-1].sort()", f"{name}.sort(axis=0)"]
    return [scope.chooser.pick(options)]
