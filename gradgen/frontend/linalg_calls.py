"""Calls of linear algebra whose arguments come in pairs, or that take complex numbers."""

from __future__ import annotations

import ast
from typing import Any

import numpy as np

from gradgen.frontend.bindings import call_rule
from gradgen.frontend.callables import from_library
from gradgen.frontend.evaluate import as_value
from gradgen.frontend.reader import Reader
from gradgen.frontend.special import special
from gradgen.frontend.unpacking import sequence_items
from gradgen.frontend.values import Ref, Seq, Static, is_static, plain, static_value
from gradgen.ir.nodes import Const
from gradgen.library import linalg
from gradgen.rules.complexes import is_complex
from gradgen.rules.norms import entrywise
from gradgen.rules.registry import RULES


@special(np.linalg.norm)
def _norm(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Read a norm; of complex numbers, one other than the root of squares by absolute values."""
    x = as_value(r, args[0] if args else kwargs["x"], node)
    named = dict(zip(("ord", "axis"), args[1:], strict=False)) | kwargs
    options = {k: static_value(v) for k, v in named.items() if k != "x" and is_static(v)}
    if not is_complex(x) or entrywise(x, options):
        return call_rule(r, node, RULES["norm"], args, kwargs)
    return from_library(r, node, linalg.norm_of_complex, args, kwargs)


@special(np.linalg.matrix_power)
def _matrix_power(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Read a power of a matrix; the first one is the matrix itself, not a copy."""
    given = dict(zip(("a", "n"), args, strict=False)) | kwargs
    n = given.get("n")
    if isinstance(n, Const) and n.const == 1 and isinstance(given.get("a"), Ref):
        return given["a"]
    return call_rule(r, node, RULES["matrix_power"], args, kwargs)


@special("scipy.linalg.pinv", listed=False)
def _pinv(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Read a pseudo-inverse; with the rank by its default tolerance, which is NumPy's."""
    asked = kwargs.get("return_rank", Static(False))
    given = {k: v for k, v in kwargs.items() if k != "return_rank"}
    if not (is_static(asked) and static_value(asked)):
        return call_rule(r, node, RULES["scipy.linalg.pinv"], args, kwargs)
    if given.keys() & {"atol", "rtol"}:
        r.refuse(node, "scipy.linalg.pinv with return_rank=True and a tolerance", "leave one out")
    return from_library(r, node, linalg.pinv_and_rank, args, given)


@special("scipy.linalg.logm", listed=False)
def _logm(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Read a logarithm; with ``disp=False``, its error too, which is held constant."""
    given = dict(zip(("A", "disp"), args, strict=False)) | kwargs
    shown = given.pop("disp", Static(True))
    if not is_static(shown):
        r.refuse(node, "the argument 'disp' of scipy.linalg.logm is computed", "pass a constant")
    if static_value(shown):
        return call_rule(r, node, RULES["logm"], [], given)
    return from_library(r, node, linalg.logm_and_error, [], given)


def _first(
    r: Reader, node: ast.AST, name: str, args: list[Any], kwargs: dict[str, Any]
) -> tuple[list[Any], list[Any]]:
    """Return the two items of the first argument, and the other arguments."""
    first = args[0] if args else kwargs.pop(name)
    pair = sequence_items(r, first, node, 2)
    if len(pair) != 2:
        r.refuse(node, f"{name} of {len(pair)} items", "give two")
    return pair, args[1:]


@special("scipy.linalg.cho_factor")
def _cho_factor(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    lower = args[1] if len(args) > 1 else kwargs.get("lower", plain(False))
    found = call_rule(r, node, RULES["cho_factor"], args, kwargs)
    return Seq([found.items[0], lower])


@special("scipy.linalg.cho_solve")
def _cho_solve(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    (c, lower), rest = _first(r, node, "c_and_lower", args, kwargs)
    return call_rule(r, node, RULES["cho_solve"], [c, *rest], {**kwargs, "lower": lower})


@special("scipy.linalg.qr")
def _qr(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Read ``scipy.linalg.qr``, whose mode 'r' leaves the orthogonal factor out."""
    mode = args[3] if len(args) > 3 else kwargs.get("mode")
    if getattr(mode, "obj", None) != "r":
        return call_rule(r, node, RULES["scipy.qr"], args, kwargs)
    rest = {k: v for k, v in kwargs.items() if k != "mode"}
    if len(args) > 3:
        args = [*args[:3], Static("full"), *args[4:]]
    found = call_rule(r, node, RULES["scipy.qr"], args, rest)
    return Seq(found.items[1:])


@special("scipy.linalg.lu_solve")
def _lu_solve(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    pair, rest = _first(r, node, "lu_and_piv", args, kwargs)
    return call_rule(r, node, RULES["lu_solve"], [*pair, *rest], kwargs)


@special("scipy.linalg.solve_toeplitz")
def _solve_toeplitz(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    first = args[0] if args else kwargs.get("c_or_cr")
    pair = isinstance(first, Seq) and first.kind is tuple  # a list is a matrix
    if pair or (isinstance(first, Static) and isinstance(first.obj, tuple)):
        lines, rest = _first(r, node, "c_or_cr", args, kwargs)
        return call_rule(r, node, RULES["toeplitz_both"], [*lines, *rest], kwargs)
    args = args or [kwargs.pop("c_or_cr")]
    return call_rule(r, node, RULES["toeplitz_even"], args, kwargs)
