"""Whether arrays of known shapes go together, as NumPy says of others of the same shapes."""

from __future__ import annotations

import warnings
from math import prod
from typing import Any

import numpy as np

from gradgen.ir.evaluate import Runner
from gradgen.ir.nodes import Const, Op, Value
from gradgen.rules.registry import RULES

# Of these, shapes alone decide whether NumPy raises; so they do of what is done entry by entry.
SHAPED = frozenset((
    "matmul", "np.matmul", "dot", "inner", "outer", "vdot", "vecdot", "matvec", "vecmat",
    "tensordot", "einsum", "linalg.outer", "linalg.tensordot", "linalg.trace", "linalg.vecdot",
    "linalg.cross", "cross", "kron", "trace", "multi_dot",
    "reshape", "concatenate", "stack", "broadcast_to", "transpose", "swapaxes", "moveaxis",
    "expand_dims", "squeeze", "ravel", "flatten", "T", "sum", "mean", "prod", "diag",
    "flip", "roll", "tile", "repeat", "max", "min",
))  # fmt: skip
FITS = ""  # what stands for no error
MOST = 1_000_000  # entries of an array that is made to ask


class _Unknown(Exception):
    """An operand whose shape is not known."""


def misfit(op: Op) -> Exception | str | None:
    """Return what NumPy raises for the shapes of an operation, ``FITS``, or None: not known."""
    if not _is_of_shapes(op):
        return None
    try:
        given = [_sample(v) for v in op.inputs]
        made = Runner(None, {}).compiled(op)  # type: ignore[arg-type]
    except _Unknown:
        return None
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            made(*given)
    except ValueError as error:
        return error
    except Exception:
        return None
    return FITS


def _is_of_shapes(op: Op) -> bool:
    """Whether shapes alone decide: not of numbers, which may be out of a function's domain."""
    rule, arrays = RULES.get(op.prim), sum(v.type.kind == "array" for v in op.inputs)
    if rule is None or op.blocks:
        return False
    return arrays > 1 if rule.elementwise else op.prim in SHAPED and arrays > 0


def _sample(v: Value) -> Any:
    """Return a number or an array of ones of the same shape and type."""
    if isinstance(v, Const):
        return v.const
    shape, dtype = v.type.shape, v.type.dtype
    if v.type.is_scalar and v.type.kind == "float":
        return 1.0 if v.type.weak else np.float64(1.0)
    whole = shape is not None and all(isinstance(n, int) for n in shape)
    if v.type.kind != "array" or not whole or prod(shape or ()) > MOST:  # type: ignore[arg-type]
        raise _Unknown
    return np.ones(shape, dtype)
