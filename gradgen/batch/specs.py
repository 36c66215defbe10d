"""What holds an example in each row, and what the arguments of one example are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from gradgen.errors import ArgumentError
from gradgen.frontend.arguments import Container, Opaque
from gradgen.ir.types import Type, scalar


def batch_names(batch: Sequence[int | str], names: Sequence[str]) -> tuple[str, ...]:
    """Return the names of the batched parameters.

    Raises
    ------
    ArgumentError
        If there is no such parameter.
    """
    out = []
    for k in batch:
        known = k in names if isinstance(k, str) else -len(names) <= k < len(names)
        if not known:
            raise ArgumentError(
                f"batch={tuple(batch)!r}, but there is no parameter {k!r}",
                hint=f"the parameters are {', '.join(names) or 'none at all'}",
            )
        out.append(k if isinstance(k, str) else names[k])
    return tuple(dict.fromkeys(out))


def of_one(specs: dict[str, Any], batch: Sequence[int | str]) -> dict[str, Any]:
    """Return the specs of one example."""
    names = batch_names(batch, list(specs))
    return {n: _rows(spec, n) if n in names else spec for n, spec in specs.items()}


def rows_open(
    exact: dict[str, Any], specs: dict[str, Any], batch: Sequence[int | str]
) -> dict[str, Any]:
    """Return pinned specs with the number of examples, and what each holds, left open."""
    names = batch_names(batch, list(specs))
    return {n: _open(spec, specs[n]) if n in names else spec for n, spec in exact.items()}


def _open(exact: Any, spec: Any) -> Any:
    if isinstance(exact, Container):
        items = tuple(_open(e, s) for e, s in zip(exact.items, spec.items, strict=True))
        return replace(exact, items=items)
    if isinstance(exact, Type) and exact.kind == "array" and exact.shape:
        return replace(exact, shape=(spec.shape[0], *exact.shape[1:]), entries=None)
    return spec


def _rows(spec: Any, name: str) -> Any:
    """Return the spec of an example of an argument, which has to hold an array."""
    found = _row(spec, name)
    if found == spec:
        raise ArgumentError(
            f"{name!r} is batched, but holds no array",
            hint="give arrays whose first axis counts the examples",
        )
    return found


def _row(spec: Any, name: str) -> Any:
    if isinstance(spec, Container):
        return replace(spec, items=tuple(_row(item, name) for item in spec.items))
    if isinstance(spec, Opaque):
        return spec  # text, None and functions are those of all examples
    if isinstance(spec, Type) and spec.kind == "array" and spec.shape:
        if len(spec.shape) == 1:
            return scalar(spec.dtype)
        return replace(spec, shape=spec.shape[1:])
    if isinstance(spec, Type) and spec.kind == "any":
        raise ArgumentError(
            f"{name!r} is batched, and nothing says yet how many axes it has",
            hint="call it first, or give example_args or annotations",
        )
    raise ArgumentError(
        f"{name!r} is batched, but holds {spec if isinstance(spec, Type) else 'a list'}",
        hint="give arrays whose first axis counts the examples",
    )
