"""Calls of ``np.einsum``: subscripts as text, or a list of them after each operand."""

from __future__ import annotations

import ast
from typing import Any

import numpy as np

from gradgen.frontend.bindings import option
from gradgen.frontend.evaluate import as_value
from gradgen.frontend.reader import Reader
from gradgen.frontend.special import no_more, special
from gradgen.frontend.ufunc_axes import in_columns
from gradgen.frontend.ufunc_calls import in_dtype
from gradgen.frontend.values import Ref, Seq, Static, is_static, static_value
from gradgen.rules.einsum import LETTERS, einsum_name, explicit
from gradgen.rules.registry import RULES


@special(np.einsum)
def _einsum(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Sum products over the letters that the result does not have; the adjoint is an einsum."""
    attrs: dict[str, Any] = {}
    optimize = kwargs.pop("optimize", None)
    if optimize is not None:
        attrs["optimize"] = option(r, node, "optimize", optimize, RULES["einsum"])
    kwargs.pop("casting", None)
    order, dtype = (kwargs.pop(name, Static(None)) for name in ("order", "dtype"))
    no_more(r, node, kwargs)
    if isinstance(args[0], Static) and isinstance(args[0].obj, str):
        text, operands = args[0].obj, args[1:]
    else:
        text, operands = _from_lists(r, node, args)
    out = _emitted(r, node, text, [in_dtype(r, node, v, dtype) for v in operands], attrs)
    if getattr(order, "obj", "") not in (None, "K", "C", "A", "F"):
        r.refuse(node, "this order= of np.einsum", "use one of NumPy's")
    return in_columns(r, node, out) if getattr(order, "obj", "") == "F" else out


def _emitted(r: Reader, node: ast.AST, text: str, args: list[Any], attrs: dict[str, Any]) -> Any:
    operands = [as_value(r, a, node) for a in args]
    ranks = [v.type.rank for v in operands]
    if None in ranks:
        r.refuse(node, "np.einsum of arrays of unknown rank", "give example arguments")
    try:
        spec = explicit(text, [k for k in ranks if k is not None])
    except ValueError as error:
        r.fail(node, error)
    attrs = {"spec": spec, "text": text, **attrs}
    name = einsum_name(spec)
    if name == "einsum_view" and isinstance(args[0], Ref):
        return r.view(args[0], name, [], attrs)
    return r.hold(r.b.emit(name, operands, span=r.span(node), **attrs))


def _from_lists(r: Reader, node: ast.AST, args: list[Any]) -> tuple[str, list[Any]]:
    """Return the subscripts as text, of operands each with a list of numbers behind it."""
    count = len(args) // 2
    operands = args[: 2 * count : 2]
    lists = args[1 : 2 * count : 2] + (args[-1:] if len(args) % 2 else [])
    if not all(isinstance(x, Seq) and all(map(is_static, x.items)) for x in lists):
        r.refuse(node, "subscripts of np.einsum that are computed", "write them as text")
    texts = ["".join(map(_letter, map(static_value, x.items))) for x in lists]
    text = ",".join(texts[:count])
    return (f"{text}->{texts[-1]}" if len(args) % 2 else text), operands


def _letter(number: Any) -> str:
    return "..." if number is Ellipsis else LETTERS[number]
