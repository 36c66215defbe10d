"""What can be reached from a value: who else sees a write into an array or a container.

A function reaches what its defaults and the names around it hold, a method its object, an iterator
what it runs over.
"""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterable, Iterator
from typing import Any

from gradgen.frontend.parts import contents
from gradgen.frontend.values import (
    Box,
    Choice,
    Iteration,
    LocalFunction,
    Once,
    Record,
    Ref,
    Seq,
    Static,
    Storage,
)
from gradgen.ir.nodes import Const, Undefined, Value
from gradgen.syntax import nodes_in

# Attributes of methods, pullbacks and gradients of local functions, and of items of loops that
# are found in their turn: what they are made of.
MADE_OF = ("owner", "function", "gradient", "args", "box", "held", "item")


# What is made of nothing else.
BARE = frozenset([type(None), Value, Const, Undefined, Static, Ref])


def holds(value: Any, thing: Storage | Box | Value) -> bool:
    """Whether a storage or container can be reached from a value."""
    return leads_to((value,), thing)


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


def leads_to(
    values: Iterable[Any], thing: Storage | Box | Value, holder: Box | None = None
) -> bool:
    """Whether a thing can be reached from any of the values, but not through a holder of it."""
    stack, seen = list(values), {id(holder)}
    while stack:  # most of what is met is told by its very class, which is found fastest
        v = stack.pop()
        kind = type(v)
        if v is thing or (kind is Ref and v.storage is thing):
            return True
        if kind in BARE or id(v) in seen:
            continue
        seen.add(id(v))
        if kind is Record:
            stack += v.fields.values()
        elif isinstance(v, Seq) and v.grown is thing:
            return True
        else:
            stack += _inside(v)
    return False


def _inside(value: Any) -> Iterable[Any]:
    """Return what a value is made of."""
    if isinstance(value, Box):
        held = contents(value)
        if isinstance(held, dict):
            return held.values()
        return held if isinstance(held, list | tuple) else ()
    return list(_made_of(value))


def _made_of(value: Any) -> Iterator[Any]:
    if isinstance(value, Choice):
        yield from (value.then, value.other)
    elif isinstance(value, LocalFunction):
        yield from (*value.defaults, *value.kw_defaults)
        yield from _around(value)
    elif isinstance(value, Iteration):
        yield from value.arrays
    elif isinstance(value, Once):
        yield from value.over if isinstance(value.over, list) else [value.over]
    elif not isinstance(value, Static):
        for name in MADE_OF:
            held = getattr(value, name, None)
            yield from held if isinstance(held, list) else [held]


def _around(fn: LocalFunction) -> Iterator[Any]:
    """Yield what the names hold that a function reads around it."""
    names = _named(fn.node)
    for frame in fn.frame.outward():
        yield from [frame.names[name] for name in names if name in frame.names]
        if frame.shared is not None:
            fields = frame.shared.fields
            yield from [fields[name] for name in names if name in fields]


@functools.lru_cache(maxsize=512)
def _named(definition: ast.AST) -> tuple[str, ...]:
    named = (n.id for n in nodes_in(definition) if isinstance(n, ast.Name))
    return tuple(dict.fromkeys(named))
