"""Calls that put entries into another shape, in an order of NumPy's: C, Fortran, as in memory."""

from __future__ import annotations

import ast
from typing import Any

import numpy as np

from gradgen.frontend import layouts as layouts_of
from gradgen.frontend.bindings import call_rule, is_number_of_numpy
from gradgen.frontend.callables import from_library
from gradgen.frontend.evaluate import as_value
from gradgen.frontend.layouts import as_users, known_order, perhaps_shared
from gradgen.frontend.places import argument, is_none
from gradgen.frontend.reader import Reader
from gradgen.frontend.special import callee_name, no_more, shape_inputs, special
from gradgen.frontend.values import Ref, Seq, UnknownShape
from gradgen.library import layouts
from gradgen.rules.registry import RULES


@special(np.reshape)
def _reshape(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    shape = args[1] if len(args) > 1 else kwargs.pop("newshape")
    order = argument(r, node, args, kwargs, 2, "order")
    copy = kwargs.pop("copy", None)
    no_more(r, node, kwargs)
    return in_shape(r, node, args[0], [shape], order, copy)


def in_shape(r: Reader, node: ast.AST, owner: Any, shape: list[Any], order: Any, copy: Any) -> Any:
    """Return a reshaped array as ``copy=`` says: in memory of its own, or in that of another."""
    given = getattr(copy, "const", None)
    if not is_none(copy) and not isinstance(given, bool):
        r.refuse(node, "reshape with a copy= that is computed", "give True, or leave it out")
    if given is False:
        return _in_the_same_memory(r, node, owner, shape, order)
    out = in_order(r, node, owner, shape, order)
    return r.hold(r.b.emit("copy", [r.read(out)]), True) if given else out


def _in_the_same_memory(r: Reader, node: ast.AST, owner: Any, shape: list[Any], order: Any) -> Any:
    """Return an array in another shape as NumPy does it without a copy."""
    name = order_of(r, node, order, owner)
    out = None
    if isinstance(owner, Ref) and not any(isinstance(s, UnknownShape) for s in shape):
        lengths = [v for s in shape for v in shape_inputs(r, s, node)]
        if name == "C":
            out = layouts_of.shared(r, owner, "reshape", lengths)
        elif name == "F":
            turned = layouts_of.shared(r, r.view(owner, "T", [], {}), "reshape", lengths[::-1])
            out = r.view(turned, "T", [], {}) if isinstance(turned, Ref) else turned
    if out is None:
        what = "reshape with copy=False of an array whose layout in memory is not known"
        r.refuse(node, what, "leave it out, for a copy where NumPy needs one")
    return out


def in_order(r: Reader, node: ast.AST, owner: Any, shape: list[Any], order: Any) -> Any:
    """Return an array in another shape; in Fortran order by way of the transpose."""
    if str(getattr(order, "obj", "")).upper() == "K":
        r.refuse(node, "a reshape with order='K', which NumPy does not have", "use order 'A'")
    name = order_of(r, node, order, owner)
    if name == "C":
        return reshaped(r, node, "reshape", owner, shape)
    lengths = [v for s in shape for v in shape_inputs(r, s, node)]
    if name == "A":
        return from_library(r, node, layouts.reshaped, [owner, Seq(lengths)], {})
    turned = r.view(owner, "T", [], {}) if isinstance(owner, Ref) else owner
    out = reshaped(r, node, "reshape", turned, [Seq(lengths[::-1])])
    return r.view(out, "T", [], {}) if isinstance(out, Ref) else out


def order_of(r: Reader, node: ast.AST, order: Any, owner: Any) -> str:
    """Return the order in which the entries of an array are taken: C, F, A or K.

    The last two ask how the array lies in memory; where that is known to be C order, C says it.
    """
    name = "C" if is_none(order) else str(getattr(order, "obj", "")).upper()
    if name not in ("C", "F", "A", "K"):
        r.refuse(node, "an order that is computed, or is none of NumPy's", "use order 'C' or 'F'")
    if name in ("C", "F"):
        return name
    v = as_value(r, owner, node)
    if v.type.rank in (0, 1) or not isinstance(owner, Ref):
        return "C"
    if known := known_order(r, owner):
        return known
    if v.type.rank is None or not as_users(r, owner):
        r.refuse(
            node,
            f"order={name!r} of an array whose layout in memory may be another one here",
            "use order 'C' or 'F'",
        )
    made = r.versions[owner.storage].op
    if r.book.compiled and (name == "K" or made is None or made.prim != "leaf"):
        r.refuse(
            node,
            f"order={name!r} in compiled code, where arrays are laid out otherwise",
            "use order 'C' or 'F', or backend=\"numpy\"",
        )
    return name


@special(np.ravel)
def _ravel(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    order = argument(r, node, args, kwargs, 1, "order")
    no_more(r, node, kwargs)
    return raveled(r, node, "ravel", args[0], order)


def raveled(r: Reader, node: ast.AST, prim: str, owner: Any, order: Any) -> Any:
    """Return all entries as a vector, in an order of NumPy's."""
    name = order_of(r, node, order, owner)
    if name == "K":
        out = _as_in_memory(r, node, owner)
        return perhaps_shared(r, owner, out, prim) if prim == "ravel" else out
    if name == "A":
        out = from_library(r, node, layouts.raveled, [owner], {})
        return out if prim == "ravel" else r.hold(r.b.emit("copy", [r.read(out)]), True)
    if name == "F" and isinstance(owner, Ref):
        owner = r.view(owner, "T", [], {})
    return call_rule(r, node, RULES[prim], [owner], {})


def _as_in_memory(r: Reader, node: ast.AST, owner: Ref) -> Any:
    """Read the entries as they lie in memory: by their places, which are found beforehand."""
    v = r.read(owner)
    if not v.type.inexact and v.type.dtype:
        return r.hold(r.b.emit("ravel_in_memory", [v], order="K"), True)
    return from_library(r, node, layouts.raveled_as_in_memory, [owner], {})


LIKE = ("broadcast_to", "reshape")  # what can be given the shape of an array of unknown rank


def reshaped(r: Reader, node: ast.AST, prim: str, owner: Any, shape: list[Any]) -> Any:
    """Emit a reshape by lengths, as a view where the operation can be one."""
    if len(shape) == 1 and isinstance(shape[0], UnknownShape) and prim in LIKE:
        like = shape[0].array
        if prim == "broadcast_to":
            return r.hold(r.b.emit("stretch", [like, as_value(r, owner, node)]))
        if isinstance(owner, Ref):
            return r.view(owner, "reshape_as", [like], {})
        return r.hold(r.b.emit("reshape_as", [as_value(r, owner, node), like]))
    operands = [v for s in shape for v in shape_inputs(r, s, node)]
    if prim == "reshape" and not operands and is_number_of_numpy(as_value(r, owner, node)):
        return owner
    if isinstance(owner, Ref) and RULES[prim].alias:
        return r.view(owner, prim, operands, {})
    return r.hold(r.b.emit(prim, [as_value(r, owner, node), *operands]))


@special(np.broadcast_to, np.tile)
def _to_shape(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    no_more(r, node, kwargs)
    return reshaped(r, node, callee_name(node), args[0], [args[1]])
