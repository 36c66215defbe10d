"""What every ufunc takes by name besides ``out`` and ``where``: dtype, casting, order, subok."""

from __future__ import annotations

import ast
from typing import Any

import numpy as np

from gradgen.frontend.bindings import dtype_of
from gradgen.frontend.evaluate import as_value
from gradgen.frontend.lists import as_array
from gradgen.frontend.places import is_none
from gradgen.frontend.reader import Reader
from gradgen.frontend.values import Seq, Static

# Those of NumPy; some have two names.
UFUNCS = tuple({id(u): u for u in vars(np).values() if isinstance(u, np.ufunc)}.values())
# Those of SciPy 1.17 whose loops leave the pointers as they are that NumPy goes on with.
MASKED_RIGHT = frozenset((
    "agm", "betainc", "betaincc", "betainccinv", "betaincinv", "boxcox", "boxcox1p", "chdtr",
    "chdtrc", "entr", "erfcinv", "erfinv", "eval_chebyt", "eval_chebyu", "eval_gegenbauer",
    "eval_genlaguerre", "eval_jacobi", "eval_laguerre", "eval_legendre", "expn", "huber", "hyp0f1",
    "hyp1f1", "hyperu", "inv_boxcox", "inv_boxcox1p", "kl_div", "kn", "ndtri", "owens_t", "poch",
    "powm1", "pseudo_huber", "rel_entr", "spence", "stdtr", "yn",
))  # fmt: skip


def plain_call(
    r: Reader, node: ast.AST, ufunc: np.ufunc, args: list[Any], kwargs: dict[str, Any]
) -> tuple[list[Any], dict[str, Any]]:
    """Return a call's arguments without these: inputs in the dtype asked for, the rest dropped."""
    args, kwargs = without_out(ufunc, args, kwargs)
    for key in ("signature", "sig"):
        given = kwargs.pop(key, None)
        if not is_none(given):
            kwargs["dtype"] = Static(_one_dtype(r, node, ufunc, key, given))
    if is_true(kwargs.get("where")):
        del kwargs["where"]
    if "where" in kwargs and not is_numpys(ufunc) and ufunc.__name__ not in MASKED_RIGHT:
        # So does SciPy 1.17 without gradgen: its loops move the pointers that NumPy goes on with.
        what = f"where= of {ufunc.__name__}, with which SciPy writes to memory that is not its own"
        r.refuse(node, what, "use np.where")
    kwargs.pop("subok", None)
    order = kwargs.pop("order", Static("K"))
    if getattr(order, "obj", None) not in ("K", "C", "A"):
        r.refuse(node, f"order= of np.{ufunc.__name__}", "leave it out, or give order='K'")
    casting: Any = getattr(kwargs.pop("casting", None), "obj", "same_kind")
    dtype = kwargs.pop("dtype", None)
    if is_none(dtype):
        return args, kwargs
    name = dtype_of(r, node, dtype)
    if _is_test(ufunc):
        if name != "bool":
            r.refuse(node, f"dtype={name} of np.{ufunc.__name__}", "leave it out")
        return args, kwargs
    if ufunc.nout > 1 or ufunc is np.ldexp:
        r.refuse(node, f"dtype= of np.{ufunc.__name__}", "convert its argument by astype")
    inputs = [_cast(r, node, a, name, casting) for a in args[: ufunc.nin]]
    return [*inputs, *args[ufunc.nin :]], kwargs


def without_out(
    ufunc: np.ufunc, args: list[Any], kwargs: dict[str, Any]
) -> tuple[list[Any], dict[str, Any]]:
    """Return a call's arguments without an ``out`` that is None, by name or by its place."""
    out = kwargs.get("out", Seq(args[ufunc.nin :]))
    if not all(map(is_none, out.items if isinstance(out, Seq) else [out])):
        return args, kwargs
    return args[: ufunc.nin], {k: v for k, v in kwargs.items() if k != "out"}


def _one_dtype(r: Reader, node: ast.AST, ufunc: np.ufunc, key: str, given: Any) -> np.dtype[Any]:
    """Return the dtype that a signature such as ``'dd->d'`` names for all."""
    text = getattr(given, "obj", None)
    letters = set(text.replace("->", "")) if isinstance(text, str) else set()
    if len(letters) != 1:
        r.refuse(node, f"this {key}= of np.{ufunc.__name__}", "give dtype=")
    return np.dtype(letters.pop())


def _cast(r: Reader, node: ast.AST, value: Any, dtype: str, casting: Any) -> Any:
    """Return an input in the dtype that is computed in."""
    v = as_array(r, as_value(r, value, node), node)
    have = v.type.dtype
    if have == dtype and not v.type.weak:
        return value
    if have and not v.type.weak and not np.can_cast(have, dtype, casting):
        r.refuse(node, f"a cast from {have} to {dtype} with casting={casting!r}", "use astype")
    return r.hold(r.b.emit("astype", [v], dtype=dtype))


def in_dtype(r: Reader, node: ast.AST, value: Any, dtype: Any) -> Any:
    """Return an argument in a dtype, as it is where that is None."""
    return value if is_none(dtype) else _cast(r, node, value, dtype_of(r, node, dtype), "same_kind")


def is_numpys(ufunc: np.ufunc) -> bool:
    """Whether a ufunc is NumPy's own."""
    return getattr(np, ufunc.__name__, None) is ufunc


def is_true(value: Any) -> bool:
    """Whether an argument is the constant True."""
    return getattr(value, "obj", getattr(value, "const", None)) is True


def _is_test(ufunc: np.ufunc) -> bool:
    """Whether a ufunc gives truth values."""
    return all(kinds.endswith("->?") for kinds in ufunc.types if "O" not in kinds)
