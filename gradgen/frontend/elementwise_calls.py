"""Calls of elementwise functions whose arguments need a reading of their own."""

from __future__ import annotations

import ast
import math
from typing import Any

import numpy as np

from gradgen.frontend.aggregates import sequence
from gradgen.frontend.bindings import call_rule, emit
from gradgen.frontend.callables import from_library, is_function
from gradgen.frontend.evaluate import as_value
from gradgen.frontend.places import argument, at, plain, rank_of
from gradgen.frontend.reader import Reader
from gradgen.frontend.special import no_more, special
from gradgen.frontend.stores import overwrite, write
from gradgen.frontend.unpacking import sequence_items
from gradgen.frontend.values import Ref, Seq, Static, is_static
from gradgen.ir.nodes import Const, Value
from gradgen.library.fits import values_of_several
from gradgen.rules.registry import RULES

Args = list[Any]
Options = dict[str, Any]


@special(np.nan_to_num)
def _nan_to_num(r: Reader, node: ast.AST, args: Args, kwargs: Options) -> Any:
    """Read ``np.nan_to_num``, which writes into its argument where it is told not to copy."""
    copy = args.pop(1) if len(args) > 1 else kwargs.pop("copy", Const(True))
    kwargs = dict(zip(("x", *FILLED), args, strict=False)) | kwargs
    args = [kwargs.pop("x")]
    computed = {k: kwargs.pop(k) for k in FILLED if k in kwargs and not is_static(kwargs[k])}
    made = call_rule(r, node, RULES["nan_to_num"], args, kwargs)
    for name, fill in computed.items():
        made = _filled(r, node, FILLED[name], args[0], as_value(r, fill, node), made)
    if getattr(copy, "const", None) is True:
        return made
    if getattr(copy, "const", None) is not False:
        r.refuse(node, "np.nan_to_num with a copy= that is computed", "use a constant")
    if not isinstance(args[0], Ref):
        return made
    overwrite(r, node, args[0], as_value(r, made, node))
    return args[0]


# What tells where each of these takes the place of entries.
FILLED = {"nan": "isnan", "posinf": "isposinf", "neginf": "isneginf"}


def _filled(r: Reader, node: ast.AST, prim: str, owner: Any, fill: Value, rest: Any) -> Any:
    """Return what takes the place of such entries there, the rest elsewhere, in their dtype."""
    x = as_value(r, owner, node)
    known = x.type.rank and x.type.dtype in ("float64", fill.type.dtype)
    if not known and not (x.type.rank and fill.type.weak):
        r.refuse(node, "np.nan_to_num with such a fill that is computed", "use np.where")
    return r.hold(r.b.emit("where", [r.b.emit(prim, [x]), fill, as_value(r, rest, node)]))


@special(np.piecewise)
def _piecewise(r: Reader, node: ast.AST, args: Args, kwargs: Options) -> Any:
    """Read ``np.piecewise`` as stores of each piece where its condition holds."""
    x, functions = as_value(r, args[0], node), sequence_items(r, args[2], node)
    if not rank_of(r, node, x, "np.piecewise"):
        return _of_number(r, node, args, kwargs)
    tests = _conditions(r, node, args[1], x, len(functions))
    if len(tests) == len(functions) - 1:
        tests.append(_otherwise(r, tests))
    if len(tests) != len(functions):
        r.refuse(node, f"{len(tests)} conditions for {len(functions)} pieces", "give one each")
    out = r.hold(r.b.emit("zeros_like", [x]))
    for test, piece in zip(tests, functions, strict=True):
        write(
            r, node, out, plain("m", test), _piece(r, node, piece, x, test, args, kwargs), "store"
        )
    return out


def _of_number(r: Reader, node: ast.AST, args: Args, kwargs: Options) -> Any:
    """Read ``np.piecewise`` of a number as that of an array of one entry, as NumPy does."""
    # A cycle by nature: NumPy's functions are called as any function is.
    from gradgen.frontend.calls import call_value

    def shaped(v: Any, shape: Any) -> Any:
        return call_value(r, node, Static(np.reshape), [v, Static(shape)], {})

    tests = Seq([shaped(v, (1,)) for v in sequence_items(r, args[1], node)])
    out = _piecewise(r, node, [shaped(args[0], (1,)), tests, *args[2:]], kwargs)
    return shaped(out, ())


def _conditions(r: Reader, node: ast.AST, given: Any, x: Value, count: int) -> list[Value]:
    """Return the conditions: the items of a list, the rows of an array, or one by itself."""
    if isinstance(given, Seq) and all(isinstance(item, Ref) for item in given.items):
        return [_truth(r, as_value(r, item, node)) for item in given.items]
    v = _truth(r, as_value(r, given, node))
    if v.type.rank == x.type.rank:
        return [v]
    known = v.type.shape[0] if v.type.shape else None
    rows = known if isinstance(known, int) else count
    return [at(r, v, "i", Const(k)) for k in range(rows)]


def _truth(r: Reader, v: Value) -> Value:
    return v if v.type.dtype == "bool" else r.b.emit("ne", [v, Const(0)])


def _otherwise(r: Reader, tests: list[Value]) -> Value:
    some = tests[0]
    for test in tests[1:]:
        some = r.b.emit("bitor", [some, test])
    return r.b.emit("invert", [some])


def _piece(
    r: Reader, node: ast.AST, piece: Any, x: Value, test: Value, args: Args, kwargs: Options
) -> Value:
    # A cycle by nature: a piece is called as any function is.
    from gradgen.frontend.calls import call_value

    if is_function(piece):
        part = r.hold(at(r, x, "m", test))
        piece = call_value(r, node, piece, [part, *args[3:]], kwargs)
    return as_value(r, piece, node)


@special("np.polynomial.polynomial.polyval")
def _polyval(r: Reader, node: ast.AST, args: Args, kwargs: Options) -> Any:
    """Read the value of a polynomial of ascending powers."""
    given = [argument(r, node, args, kwargs, k, n) for k, n in enumerate(("x", "c", "tensor"))]
    no_more(r, node, kwargs)
    if rank_of(r, node, as_value(r, given[1], node), "polyval") != 1:
        more = {} if given[2] is None else {"tensor": given[2]}
        return from_library(r, node, values_of_several, given[:2], more)
    return emit(r, node, RULES["ascending_polyval"], given[:2], {})


# --- sums and distances of math -----------------------------------------------------------------


@special(math.fsum)
def _fsum(r: Reader, node: ast.AST, args: Args, kwargs: Options) -> Any:
    """Read ``math.fsum`` of items, of an array or of a list."""
    items = sequence(r, node, args[0])
    if not isinstance(items, Seq):
        return emit(r, node, RULES["math.fsum"], [items], {})
    values = [as_value(r, item, node) for item in items.items]
    return r.b.emit("fsum_items", values, span=r.span(node))


def _two_vectors(name: str) -> Any:
    def handler(r: Reader, node: ast.AST, args: Args, kwargs: Options) -> Any:
        """Read a function of two vectors, which can be given by their items."""
        if all(isinstance(a, Seq) and a.grown is None for a in args):
            groups = [[as_value(r, item, node) for item in a.items] for a in args]
            if len(groups[0]) != len(groups[1]):
                r.refuse(node, f"{name} of vectors of different lengths", "make them equally long")
            values = [v for group in groups for v in group]
            return r.b.emit(f"{name[5:]}_items", values, span=r.span(node))
        return emit(r, node, RULES[name], args, {})

    return handler


special("math.dist")(_two_vectors("math.dist"))
special("math.sumprod")(_two_vectors("math.sumprod"))
