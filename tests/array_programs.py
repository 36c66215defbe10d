"""Random functions of whole arrays, as text, for property tests.

Every statement makes a new name whose shape is known while the text is drawn, so that operations
broadcast both ways, share operands and feed several uses.
"""

from __future__ import annotations

from hypothesis import strategies as st

Shape = tuple[int, ...]
Pool = list[tuple[str, Shape]]

HEAD = """import numpy as np


def program(m, v, c, s):
"""
START: Pool = [("m", (3, 4)), ("v", (4,)), ("c", (3, 1)), ("s", ())]
UNARY = (
    "np.tanh({0})",
    "np.sin({0})",
    "np.exp(-{0} * {0})",
    "{0} ** 2",
    "-{0}",
    "np.abs({0})",
    "np.maximum({0}, 0.1)",
    "np.sqrt(1.0 + {0} * {0})",
    "np.where({0} > 0.2, {0}, 0.5 * {0})",
    "np.clip({0}, -0.9, 0.9)",
)
BINARY = (
    "{0} + {1}",
    "{0} - {1}",
    "{0} * {1}",
    "{0} / (1.5 + {1} * {1})",
    "np.minimum({0}, {1})",
    "np.where({0} > {1}, {0}, {1} * {0})",
    "np.hypot({0}, {1} + 3.0)",
)


def broadcast(left: Shape, right: Shape) -> Shape | None:
    """Return the shape that two shapes broadcast to, None where they do not."""
    rank = max(len(left), len(right))
    sizes = zip((1,) * (rank - len(left)) + left, (1,) * (rank - len(right)) + right, strict=True)
    shape = []
    for one, two in sizes:
        if one != two and 1 not in (one, two):
            return None
        shape.append(max(one, two))
    return tuple(shape)


def product(left: Shape, right: Shape) -> Shape | None:
    """Return the shape of a matrix product, None where there is none."""
    if not left or not right or left[-1] != right[0]:
        return None
    return left[:-1] + right[1:]


def reductions(name: str, shape: Shape) -> list[tuple[str, Shape]]:
    """Return the reductions and rearrangements of one array."""
    if not shape:
        return []
    last = shape[:-1]
    found = [
        (f"np.sum({name})", ()),
        (f"np.mean({name}, axis=-1)", last),
        (f"np.max({name}, axis=-1, keepdims=True)", (*last, 1)),
        (f"{name}.sum(axis=0)", shape[1:]),
        (f"np.var({name}, axis=0, keepdims=True)", (1, *shape[1:])),
        (f"np.cumsum({name}, axis=0)", shape),
        (f"{name}[::-1]", shape),
        (f"{name}[-1]", shape[1:]),
        (f"{name}.T", shape[::-1]),
        (f"np.roll({name}, 1, axis=-1)", shape),
        (f"np.concatenate([{name}, {name}[:1]], axis=0)", (shape[0] + 1, *shape[1:])),
        (f"np.reshape({name}, (-1,))", (shape[0] * (shape[1] if len(shape) == 2 else 1),)),
    ]
    if len(shape) == 1:
        found += [(f"{name}[:, None]", (*shape, 1)), (f"np.outer({name}, {name})", shape * 2)]
    return found


@st.composite
def statement(draw: st.DrawFn, pool: Pool) -> tuple[str, Shape]:
    """Draw an expression over the pool, with its shape."""
    name, shape = draw(st.sampled_from(pool))
    kind = draw(st.integers(0, 5))
    if kind == 0 and reductions(name, shape):
        return draw(st.sampled_from(reductions(name, shape)))
    if kind == 1:
        matched = [
            (other, made) for other, size in pool if (made := product(shape, size)) is not None
        ]
        if matched:
            other, made = draw(st.sampled_from(matched))
            return f"{name} @ {other}", made
    if kind < 5:
        pairs = [
            (other, made) for other, size in pool if (made := broadcast(shape, size)) is not None
        ]
        other, made = draw(st.sampled_from(pairs))
        return draw(st.sampled_from(BINARY)).format(name, other), made
    return draw(st.sampled_from(UNARY)).format(name), shape


@st.composite
def array_programs(draw: st.DrawFn) -> str:
    """The text of a module with one function, ``program(m, v, c, s)``."""
    pool, lines = list(START), []
    for number in range(draw(st.integers(3, 9))):
        text, shape = draw(statement(pool))
        lines.append(f"    t{number} = {text}")
        pool.append((f"t{number}", shape))
    picked = [name for name, _ in pool[-3:]]
    total = " + ".join(f"np.sum(np.sin({name}))" for name in picked)
    return HEAD + "\n".join([*lines, f"    return {total}"]) + "\n"
