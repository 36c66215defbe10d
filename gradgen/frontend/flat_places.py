"""Stores into ``a.flat``, which go to ``a`` in the order of its rows, however it lies in memory.

In C order it is a view, and is written to as such.  Of other arrays, and of those of which nobody
knows, the store is one at the places of which a row and a column are computed.
"""

from __future__ import annotations

import ast
import contextlib
from collections.abc import Iterator
from typing import Any

import numpy as np

from gradgen.frontend.evaluate import evaluate
from gradgen.frontend.layouts import in_c_order
from gradgen.frontend.reader import Reader
from gradgen.frontend.values import Ref, Static
from gradgen.syntax import located

ARRAY, PLACES, UNRAVEL = "flat array", "flat places", "flat unravel"  # names that no program has


@contextlib.contextmanager
def in_its_array(r: Reader, node: ast.Subscript, value: Any = None) -> Iterator[ast.Subscript]:
    """Give ``a.flat[k]`` as ``a[np.unravel_index(np.arange(a.size)[k], a.shape)]``.

    Only where ``a`` has several axes and may not be in C order; else, as ``a.flat[k]`` of what
    ``a`` was found to be.  So it is where ``value``, which is stored, is a part of ``a``: NumPy may
    read what it has just written.
    """
    of_flat = isinstance(node.value, ast.Attribute) and node.value.attr == "flat"
    if not of_flat or r.frame.source.generated:
        yield node
        return
    assert isinstance(node.value, ast.Attribute)
    owner = evaluate(r, node.value.value)
    r.frame.names |= {ARRAY: owner, PLACES: Static(np.arange), UNRAVEL: Static(np.unravel_index)}
    apart = not isinstance(value, Ref) or not isinstance(owner, Ref)
    apart = apart or value.storage is not owner.storage
    form = "flat places" if apart and _may_lie_otherwise(r, owner) else "flat"
    made = r.expansions.get((id(node), form))
    if made is None:
        made = _at_places(node) if form == "flat places" else _of_name(node)
        r.expansions[id(node), form] = located(made, node)
    yield made
    for name in (ARRAY, PLACES, UNRAVEL):
        r.frame.names.pop(name, None)


def _may_lie_otherwise(r: Reader, owner: Any) -> bool:
    """Whether this is an array of several axes that is not certainly in C order."""
    if not isinstance(owner, Ref) or in_c_order(owner):
        return False
    return r.read(owner).type.rank not in (None, 0, 1)


def _of_name(node: ast.Subscript) -> ast.Subscript:
    flat = ast.Attribute(ast.Name(ARRAY, ast.Load()), "flat", ast.Load())
    return ast.Subscript(flat, node.slice, node.ctx)


def _at_places(node: ast.Subscript) -> ast.Subscript:
    load = ast.Load()
    array = ast.Name(ARRAY, load)
    size, shape = (ast.Attribute(array, name, load) for name in ("size", "shape"))
    counted = ast.Call(ast.Name(PLACES, load), [size], [])
    picked = node.slice if _counts_up(node.slice) else ast.Subscript(counted, node.slice, load)
    where = ast.Call(ast.Name(UNRAVEL, load), [picked, shape], [])
    return ast.Subscript(array, where, node.ctx)


def _counts_up(key: ast.expr) -> bool:
    """Whether a key is a number that counts from the first entry."""
    return isinstance(key, ast.Constant) and type(key.value) is int
