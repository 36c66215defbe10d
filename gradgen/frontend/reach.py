"""What can be reached from a value: who else sees a write into an array or a container.

A function reaches what its defaults and the names around it hold, a method its object, an iterator
what it runs over.
"""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterable, Iterator
from typing import Any

from gradgen.frontend.parts import parts
from gradgen.frontend.values import Box, Choice, Iteration, LocalFunction, Once, Ref, Seq, Storage
from gradgen.ir.nodes import Value
from gradgen.syntax import nodes_in

# Attributes of methods, pullbacks and gradients of local functions, and of items of loops that
# are found in their turn: what they are made of.
MADE_OF = ("owner", "function", "gradient", "args", "box", "held", "item")


def holds(value: Any, thing: Storage | Box | Value) -> bool:
    """Whether a storage or container can be reached from a value."""
    return _leads_to(value, thing, None)


def leads_to(value: Any, thing: Box, holder: Box) -> bool:
    """Whether a container can be reached from a value, but not through a holder of it."""
    return _leads_to(value, thing, holder)


def reached(values: Iterable[Any]) -> dict[int, Any]:
    """Return all that can be reached from values, storages and containers among it, by identity."""
    stack, found = list(values), dict[int, Any]()
    while stack:
        v = stack.pop()
        if isinstance(v, Ref):
            found[id(v.storage)] = v.storage
        elif v is not None and id(v) not in found and not isinstance(v, Value):
            found[id(v)] = v
            if isinstance(v, Seq) and v.grown is not None:
                found[id(v.grown)] = v.grown
            stack += _inside(v)
    return found


def _leads_to(value: Any, thing: Storage | Box | Value, holder: Box | None) -> bool:
    stack, seen = [value], set()
    while stack:
        v = stack.pop()
        if v is thing or (isinstance(v, Ref) and v.storage is thing):
            return True
        if v is None or v is holder or id(v) in seen or isinstance(v, Value | Ref):
            continue
        seen.add(id(v))
        if isinstance(v, Seq) and v.grown is thing:
            return True
        stack += _inside(v)
    return False


def _inside(value: Any) -> Iterator[Any]:
    """Yield what a value is made of."""
    yield from (item for _, item in parts(value))
    if isinstance(value, Choice):
        yield from (value.then, value.other)
    elif isinstance(value, LocalFunction):
        yield from _around(value)
    elif isinstance(value, Iteration):
        yield from value.arrays
    elif isinstance(value, Once):
        yield from value.over if isinstance(value.over, list) else [value.over]
    else:
        for name in MADE_OF:
            held = getattr(value, name, None)
            yield from held if isinstance(held, list) else [held]


def _around(fn: LocalFunction) -> Iterator[Any]:
    """Yield what the names hold that a function reads around it."""
    names = _named(fn.node)
    for frame in fn.frame.outward():
        yield from (v for name, v in frame.names.items() if name in names)
        if frame.shared is not None:
            yield from (v for name, v in frame.shared.fields.items() if name in names)


@functools.lru_cache(maxsize=512)
def _named(definition: ast.AST) -> frozenset[str]:
    return frozenset(n.id for n in nodes_in(definition) if isinstance(n, ast.Name))
