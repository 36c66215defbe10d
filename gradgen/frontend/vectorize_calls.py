"""``np.vectorize``, made inside the function that is read or outside it."""

from __future__ import annotations

import ast
import re
from typing import Any

import numpy as np

from gradgen.dataclass import dataclass
from gradgen.frontend.callables import from_library
from gradgen.frontend.evaluate import as_value
from gradgen.frontend.parts import contents
from gradgen.frontend.reader import Reader
from gradgen.frontend.special import special
from gradgen.frontend.unpacking import sequence_items
from gradgen.frontend.values import (
    Box,
    Choice,
    LocalFunction,
    Record,
    Seq,
    Static,
    is_static,
    plain,
    static_value,
)
from gradgen.ir.nodes import Value
from gradgen.library import vectorized
from gradgen.library.collections import KnownSet

NAMES = ("pyfunc", "otypes", "doc", "excluded", "cache", "signature")
LOOP = "write a comprehension, as in np.array([f(x) for x in xs])"


@dataclass(frozen=True)
class Options:
    """Which arguments stay whole, by place or name, and whether the results are said to be floats.

    A signature is kept as the names of the last axes of each argument, and of each result.
    """

    excluded: frozenset[Any]
    floats: bool
    signature: tuple[tuple[tuple[str, ...], ...], ...] | None


@special(np.vectorize)
def _vectorize(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Read a function of numbers, or of a signature, as a loop; it gives floats."""
    given = dict(zip(NAMES, args, strict=False)) | kwargs
    options = {k: _of_set(v) for k, v in given.items() if k != "pyfunc"}
    if "pyfunc" not in given or not all(map(is_static, options.values())):
        r.refuse(node, "np.vectorize whose options are computed, or of no function", LOOP)
    known = {k: static_value(v) for k, v in options.items()}
    return _made(r, node, given["pyfunc"], known)


def _of_set(option: Any) -> Any:
    """Return a set that is known as what it is, anything else unchanged."""
    known = isinstance(option, Record) and option.kind is KnownSet
    return option.fields["held"] if known else option


@special(np.vectorize.__call__, listed=False)
def _call(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Call what was made outside: ``@np.vectorize`` above a function."""
    from gradgen.frontend.calls import call_value

    obj = args[0].obj
    known = {k: getattr(obj, k, None) for k in ("otypes", "excluded", "signature")}
    pyfunc = r.wrap(obj.pyfunc, obj, "pyfunc", node)
    return call_value(r, node, _made(r, node, pyfunc, known), args[1:], kwargs)


def _made(r: Reader, node: ast.AST, pyfunc: Any, known: dict[str, Any]) -> Any:
    kinds = [np.dtype(t) for t in known.get("otypes") or ()]
    if any(kind != np.float64 for kind in kinds):
        r.refuse(node, "np.vectorize that gives something other than float64", LOOP)
    signature = known.get("signature")
    axes = None if signature is None else _axes_of(signature)
    held = Options(frozenset(known.get("excluded") or ()), bool(kinds), axes)
    return from_library(r, node, vectorized.vectorized, [pyfunc, Static(held)], {})


def _axes_of(signature: str) -> tuple[tuple[tuple[str, ...], ...], ...]:
    """Return the names of the last axes of arguments and results: ``(m,n),(n)->(m)``."""
    sides = re.sub(r"\s", "", signature).split("->")
    return tuple(
        tuple(tuple(re.findall(r"\w+", axes)) for axes in re.findall(r"\(([^)]*)\)", side))
        for side in sides
    )


@special(vectorized.every, listed=False)
def _every(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    pyfunc, held, places, names = args
    given = [*enumerate(places.items), *names.items.items()]
    split = [(k, v) for k, v in given if k not in held.obj.excluded]
    whole = [(k, v) for k, v in given if k in held.obj.excluded]
    if not split:
        r.refuse(node, "np.vectorize of no array", "call the function itself")
    layout = Static(([k for k, _ in split], [k for k, _ in whole], held.obj.floats))
    apart = [Seq([v for _, v in whole], tuple), Seq([v for _, v in split], tuple)]
    floats = plain(held.obj.floats)
    if held.obj.signature is not None:
        return _by_signature(r, node, held.obj.signature, [pyfunc, layout, *apart, floats])
    if not held.obj.floats and any(_is_single(r, node, v) for _, v in split):
        r.refuse(node, "np.vectorize of float32 arrays", "give otypes=[float]")
    return from_library(r, node, vectorized.each, [pyfunc, layout, *apart, floats], {})


def _by_signature(r: Reader, node: ast.AST, axes: Any, args: list[Any]) -> Any:
    taken, given = axes
    if len(taken) != len(args[3].items):
        r.refuse(node, f"{len(args[3].items)} arguments for np.vectorize with a signature of "
                 f"{len(taken)}", "pass what the signature says")  # fmt: skip
    names = plain(tuple(taken))
    return from_library(r, node, vectorized.each_row, [*args, names, plain(tuple(given))], {})


@special(vectorized.one, listed=False)
def _one(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Call the function; NumPy takes the dtype of the first result for all, so all are floats."""
    pyfunc, floats = args[0], args[1].obj[2]
    before = _seen_by(r, pyfunc)
    out = _called(r, node, args)
    after = _seen_by(r, pyfunc)
    if not floats and any(after.get(k) is not v for k, v in before.items()):
        what = "np.vectorize of a function with effects: NumPy calls it twice for the first entry"
        r.refuse(node, what, f"give otypes=[float], or {LOOP}")
    several = isinstance(out, Seq) and out.kind is tuple
    for item in out.items if several else [out]:
        if isinstance(item, Seq | Choice) or not _is_float(as_value(r, item, node)):
            r.refuse(node, "np.vectorize of a function that does not always give floats", LOOP)
    return out


@special(vectorized.one_row, listed=False)
def _one_row(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Call the function with rows; the dtype of its first results is that of all."""
    count = static_value(args.pop())
    out = _called(r, node, args)
    several = isinstance(out, Seq) and out.kind is tuple
    items = out.items if several else [out]
    if len(items) != count or any(isinstance(v, Seq | Choice) for v in items):
        what = f"np.vectorize of a function that does not always give {count} arrays or numbers"
        r.refuse(node, what, LOOP)
    values = [as_value(r, v, node) for v in items]
    if any(v.type.dtype not in ("float64", "float32") for v in values):
        r.refuse(node, "np.vectorize of a function that does not always give floats", LOOP)
    return out


def _called(r: Reader, node: ast.AST, args: list[Any]) -> Any:
    from gradgen.frontend.calls import call_value

    pyfunc, layout, whole, row = args
    split, kept, _ = layout.obj
    entries = sequence_items(r, row, node, len(split))
    given = dict(zip(split, entries, strict=True)) | dict(zip(kept, whole.items, strict=True))
    ordered = [given[k] for k in sorted(k for k in given if isinstance(k, int))]
    named = {k: v for k, v in given.items() if isinstance(k, str)}
    return call_value(r, node, pyfunc, ordered, named)


def _seen_by(r: Reader, pyfunc: Any) -> dict[Any, Any]:
    """Return what a function could change: arrays, containers, and the names around it."""
    names = pyfunc.frame.names if isinstance(pyfunc, LocalFunction) else {}
    held = {v: contents(v) for v in names.values() if isinstance(v, Box)}
    return {**r.versions, **held, **names}


def _is_single(r: Reader, node: ast.AST, v: Any) -> bool:
    """Whether the first call, which says what all results are, is of a number in float32."""
    return as_value(r, v, node).type.dtype == "float32"


def _is_float(v: Value) -> bool:
    if v.op is not None and v.op.prim == "if":
        k = v.op.outputs.index(v)
        return all(_is_float(block.results[k]) for block in v.op.blocks)
    return v.type.is_scalar and v.type.dtype in ("float64", "float32")
