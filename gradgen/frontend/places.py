"""NumPy's functions that find places in arrays, and those that read or write at places.

Each is read into subscripts: ``np.take(a, i)`` is ``a[i]``, ``np.put(a, i, v)`` is ``a[i] = v``.
"""

from __future__ import annotations

import ast
from typing import Any

import numpy as np

from gradgen.frontend.bindings import emit, option
from gradgen.frontend.describing import describe
from gradgen.frontend.evaluate import as_value
from gradgen.frontend.indices import Index
from gradgen.frontend.kept_zeros import widened
from gradgen.frontend.operators import arithmetic
from gradgen.frontend.overlapping import require_apart, require_in_step
from gradgen.frontend.reader import Reader
from gradgen.frontend.special import no_more, special
from gradgen.frontend.stores import overwrite, write
from gradgen.frontend.unpacking import sequence_items
from gradgen.frontend.values import Ref, Seq, Static
from gradgen.ir.nodes import Const, Value
from gradgen.ir.types import integer
from gradgen.rules.registry import RULES

Args = list[Any]
Options = dict[str, Any]


def argument(r: Reader, node: ast.AST, args: Args, kwargs: Options, k: int, name: str) -> Any:
    """Return an argument given by place or by name, None if it is missing."""
    return args[k] if len(args) > k else kwargs.pop(name, None)


def is_none(value: Any) -> bool:
    """Whether an argument is missing, or None."""
    return value is None or (isinstance(value, Static) and value.obj is None)


def array_of(r: Reader, node: ast.AST, value: Any, what: str) -> Ref:
    """Return an argument that is written to, which has to be an array."""
    if not isinstance(value, Ref):
        r.refuse(node, f"{what} on a {describe(value)}", "use an array")
    return value


def plain(letters: str, *operands: Value) -> Index:
    """Return a subscript of whole entries."""
    index = Index()
    index.spelling, index.operands = letters, list(operands)
    return index


def at(r: Reader, array: Value, letters: str, *operands: Value) -> Value:
    """Return ``array[operands]`` as a value of its own."""
    return r.b.emit("load", [array, *operands], index=letters)


def _taken(r: Reader, array: Value, axis: int, where: Value) -> Value:
    """Return the entries at places along an axis, as NumPy's functions lay them out."""
    if where.type.kind == "int":
        return at(r, array, ":" * axis + "i", where)
    taken: Options = {"taken": True} if (array.type.rank, where.type.rank) != (1, 1) else {}
    return r.b.emit("load", [array, where], index=":" * axis + "a", **taken)


def rank_of(r: Reader, node: ast.AST, v: Value, what: str) -> int:
    """Return the rank of an array, which has to be known."""
    if v.type.rank is None:
        r.refuse(node, f"{what} of an array of unknown rank", "give types: example arguments")
    return v.type.rank


def length(r: Reader, v: Value, axis: int = 0) -> Value:
    """Return one length of an array."""
    d = v.type.shape[axis] if v.type.shape else None
    if isinstance(d, int):
        return Const(d)
    return r.b.emit("len", [v]) if axis == 0 else r.b.emit("dim", [v], axis=axis)


def flat(r: Reader, v: Value) -> Value:
    """Return the entries of an array as a vector."""
    return v if v.type.rank == 1 else r.b.emit("ravel", [v])


# --- finding places -----------------------------------------------------------------------


@special(np.where)
def _where(r: Reader, node: ast.AST, args: Args, kwargs: Options) -> Any:
    if len(args) == 1:
        return nonzero(r, node, args, kwargs)
    if len(args) == 2 and not kwargs:
        r.fail(node, ValueError("either both or neither of x and y should be given"))
    if r.frame.source.is_derivative and len(args) == 3:
        given = [as_value(r, v, node) for v in args]
        return emit(r, node, RULES["where"], widened(r, *given), kwargs)
    return emit(r, node, RULES["where"], args, kwargs)


@special(np.nonzero)
def nonzero(r: Reader, node: ast.AST, args: Args, kwargs: Options) -> Any:
    """Read ``np.nonzero`` into one integer array an axis, all of one length."""
    v = as_value(r, args[0], node)
    return _axes(r, "nonzero", [v], rank_of(r, node, v, "np.nonzero"))


def _axes(r: Reader, prim: str, inputs: list[Value], count: int) -> Seq:
    found = [r.b.emit(prim, inputs, axis=k) for k in range(count)]
    for v in found:
        v.type = found[0].type
    return Seq([r.hold(v, True) for v in found])


@special(np.tril_indices, np.triu_indices)
def _triangle(r: Reader, node: ast.AST, args: Args, kwargs: Options) -> Any:
    given = [argument(r, node, args, kwargs, k, n) for k, n in enumerate(("n", "k", "m"))]
    no_more(r, node, kwargs)
    assert isinstance(node, ast.Call)
    prim = "tril_indices" if "tril" in ast.unparse(node.func) else "triu_indices"
    given = given[:2] if is_none(given[2]) else given
    inputs = [Const(0) if is_none(v) else as_value(r, v, node) for v in given]
    return _axes(r, prim, inputs, 2)


@special(np.diag_indices)
def _diagonal(r: Reader, node: ast.AST, args: Args, kwargs: Options) -> Any:
    count = argument(r, node, args, kwargs, 1, "ndim")
    axes = 2 if count is None else option(r, node, "ndim", count, RULES["arange"])
    return Seq([r.hold(r.b.emit("arange", [as_value(r, args[0], node)]), True)] * axes)


@special(np.unravel_index)
def _unravel(r: Reader, node: ast.AST, args: Args, kwargs: Options) -> Any:
    last_first = _order(r, node, argument(r, node, args, kwargs, 2, "order")) == "C"
    no_more(r, node, kwargs)
    where = as_value(r, args[0], node)
    lengths = [as_value(r, n, node) for n in sequence_items(r, args[1], node)]
    out: list[Value] = []
    for n in (lengths[::-1] if last_first else lengths)[:-1]:
        out.append(arithmetic(r, "mod", where, n, node))
        where = arithmetic(r, "floordiv", where, n, node)
    out.append(where)
    out = out[::-1] if last_first else out
    if len(out) == 2:
        for v, name in zip(out, ("row", "column"), strict=True):
            if not isinstance(v, Const):
                v.name = v.name or name
    return Seq([r.hold(v) for v in out])


def _order(r: Reader, node: ast.AST, order: Any) -> str:
    """Return the order in which places are counted, 'C' or 'F'."""
    found = "C" if order is None else option(r, node, "order", order, RULES["arange"])
    if found not in ("C", "F"):
        r.refuse(node, f"the order {found!r} of places", "give 'C' or 'F'")
    return str(found)


@special(np.ravel_multi_index)
def _ravel_multi_index(r: Reader, node: ast.AST, args: Args, kwargs: Options) -> Any:
    modes = argument(r, node, args, kwargs, 2, "mode")
    modes = "raise" if modes is None else option(r, node, "mode", modes, RULES["arange"])
    order = _order(r, node, argument(r, node, args, kwargs, 3, "order"))
    no_more(r, node, kwargs)
    lengths = [as_value(r, n, node) for n in sequence_items(r, args[1], node)]
    places = [as_value(r, p, node) for p in sequence_items(r, args[0], node)]
    modes = modes if isinstance(modes, tuple) else (modes,) * len(places)
    places = [
        p if mode == "raise" else _wrapped(r, node, p, n, mode)
        for p, n, mode in zip(places, lengths, modes, strict=True)
    ]
    if order == "F":
        lengths, places = lengths[::-1], places[::-1]
    out = places[0]
    for n, place in zip(lengths[1:], places[1:], strict=True):
        out = arithmetic(r, "add", arithmetic(r, "mul", out, n, node), place, node)
    return r.hold(out)


@special(np.ix_)
def _mesh(r: Reader, node: ast.AST, args: Args, kwargs: Options) -> Any:
    out = []
    for k, a in enumerate(args):
        v = as_value(r, a, node)
        if v.type.dtype == "":
            r.refuse(node, "np.ix_ of an array of unknown dtype", "give types: example arguments")
        if v.type.dtype == "bool":
            v = r.b.emit("flatnonzero", [v])
        letters = "n" * k + ":" + "n" * (len(args) - k - 1)
        shares = isinstance(a, Ref) and r.read(a) is v
        whole = r.view(a, "load", [], {"index": letters}) if shares else r.hold(at(r, v, letters))
        out.append(whole)
    return Seq(out)


# --- reading at places --------------------------------------------------------------------


@special(np.take)
def take(r: Reader, node: ast.AST, args: Args, kwargs: Options) -> Any:
    """Read ``np.take`` as a subscript along an axis."""
    axis = argument(r, node, args, kwargs, 2, "axis")
    given = argument(r, node, args, kwargs, 1, "indices")
    nowhere = isinstance(given, Seq) and not given.items
    where = r.b.emit("zeros", [Const(0)], dtype="int64") if nowhere else as_value(r, given, node)
    if where.type.dtype == "bool":
        where = r.b.emit("astype", [where], dtype="int64")  # no mask: NumPy counts True as 1
    mode = argument(r, node, args, kwargs, 4, "mode") or Static("raise")
    array = as_value(r, argument(r, node, args, kwargs, 0, "a"), node)
    no_more(r, node, kwargs)
    k = None if is_none(axis) else option(r, node, "axis", axis, RULES["arange"])
    rank = rank_of(r, node, array, "np.take")
    if k is None or (rank == 0 and k in (0, -1)):
        array, k, rank = flat(r, array), 0, 1
    if not -rank <= k < rank:
        r.fail(node, np.exceptions.AxisError(k, rank))
    k %= rank
    if mode.obj != "raise":
        where = _wrapped(r, node, where, length(r, array, k), mode.obj)
    return r.hold(_taken(r, array, k, where))


def _wrapped(r: Reader, node: ast.AST, where: Value, n: Value, mode: str) -> Value:
    if mode == "wrap":
        return arithmetic(r, "mod", where, n, node)
    last = arithmetic(r, "sub", n, Const(1), node)
    return r.b.emit("clip", [where, Const(0), last])


@special(np.compress)
def compress(r: Reader, node: ast.AST, args: Args, kwargs: Options) -> Any:
    """Read ``np.compress``: a mask that is too short leaves the rest out."""
    axis = argument(r, node, args, kwargs, 2, "axis")
    no_more(r, node, kwargs)
    array = as_value(r, args[1], node)
    k = None if is_none(axis) else option(r, node, "axis", axis, RULES["arange"])
    if array.type.rank is None and k:
        r.refuse(node, "np.compress of an array of unknown rank", "give example arguments")
    array, k = (flat(r, array), 0) if k is None else (array, k % (array.type.rank or 1))
    places = r.b.emit("flatnonzero", [_mask(r, node, args[0])])
    return r.hold(_taken(r, array, k, places))


@special(np.extract)
def _extract(r: Reader, node: ast.AST, args: Args, kwargs: Options) -> Any:
    """Read ``np.extract``, whose mask counts entries; of the same shape it is a subscript."""
    mask, array = _mask(r, node, args[0]), as_value(r, args[1], node)
    if mask.type.rank and mask.type.shape == array.type.shape:
        return r.hold(at(r, array, "m", mask))
    return r.hold(at(r, flat(r, array), "a", r.b.emit("flatnonzero", [mask])))


def _mask(r: Reader, node: ast.AST, value: Any) -> Value:
    mask = as_value(r, value, node)
    if mask.type.dtype != "bool":
        mask = r.b.emit("ne", [mask, Const(0)])
    return mask


@special(np.select)
def _select(r: Reader, node: ast.AST, args: Args, kwargs: Options) -> Any:
    """Read ``np.select`` as nested choices: the first condition that holds wins."""
    names = ("condlist", "choicelist", "default")
    *lists, default = (argument(r, node, args, kwargs, k, n) for k, n in enumerate(names))
    no_more(r, node, kwargs)
    tests, values = (sequence_items(r, a, node) for a in lists)
    out = Const(0) if default is None else as_value(r, default, node)
    for test, value in reversed(list(zip(tests, values, strict=True))):
        out = r.b.emit("where", [as_value(r, test, node), as_value(r, value, node), out])
    return r.hold(out)


@special(np.choose)
def choose(r: Reader, node: ast.AST, args: Args, kwargs: Options) -> Any:
    """Read ``np.choose`` as nested choices, after checking the numbers as NumPy does."""
    mode = getattr(argument(r, node, args, kwargs, 3, "mode") or Static("raise"), "obj", "")
    no_more(r, node, kwargs)
    which = as_value(r, args[0], node)
    if isinstance(args[1], Ref):
        return _chosen_rows(r, node, which, r.read(args[1]), mode)
    values = [as_value(r, v, node) for v in sequence_items(r, args[1], node)]
    if mode != "raise":
        which = _wrapped(r, node, which, Const(len(values)), mode)
    for test in (r.b.emit("lt", [which, Const(0)]), r.b.emit("ge", [which, Const(len(values))])):
        text = "raise ValueError('invalid entry in choice array')"
        r.b.append("raise_if", [r.b.emit("any", [test])], [], attrs={"text": text})
    out = values[-1]
    for k in range(len(values) - 2, -1, -1):
        out = r.b.emit("where", [r.b.emit("eq", [which, Const(k)]), values[k], out])
    return r.hold(out)


def _chosen_rows(r: Reader, node: ast.AST, which: Value, rows: Value, mode: str) -> Any:
    """Read ``np.choose`` of the rows of an array: one of their entries at each place."""
    rank = rank_of(r, node, rows, "np.choose")
    count = length(r, rows)
    if mode != "raise":
        which = _wrapped(r, node, which, count, mode)
    else:
        below = r.b.emit("lt", [which, Const(0)])
        text = "raise ValueError('invalid entry in choice array')"
        r.b.append("raise_if", [r.b.emit("any", [below])], [], attrs={"text": text})
    mesh = [_column(r, length(r, rows, k), rank - k - 1) for k in range(1, rank)]
    letters = ("i" if which.type.kind == "int" else "a") + "a" * len(mesh)
    return r.hold(at(r, rows, letters, which, *mesh))


# --- writing at places --------------------------------------------------------------------


@special(np.put)
def put(r: Reader, node: ast.AST, args: Args, kwargs: Options) -> Any:
    """Read ``np.put``: places counted through all rows, values repeated as needed."""
    mode = getattr(argument(r, node, args, kwargs, 3, "mode") or Static("raise"), "obj", "")
    given = [argument(r, node, args, kwargs, k, n) for k, n in enumerate(("a", "ind", "v"))]
    no_more(r, node, kwargs)
    owner = array_of(r, node, given[0], "np.put")
    where, value = (as_value(r, a, node) for a in given[1:])
    if mode != "raise":
        where = _wrapped(r, node, where, r.b.emit("size", [r.read(owner)]), mode)
    if where.type.kind != "int":
        where = flat(r, where)
    if value.type.shape != ():
        value = _cycled(r, node, flat(r, value), where)
    operands = _unravelled(r, node, r.read(owner), where)
    letter = "i" if where.type.kind == "int" else "a"
    write(r, node, owner, plain(letter * len(operands), *operands), value, "store")
    return Static(None)


def _cycled(r: Reader, node: ast.AST, values: Value, where: Value) -> Value:
    """Return as many values as there are places, from the first on again and again."""
    if values.type.shape == where.type.shape:
        return values
    if where.type.kind == "int":
        return at(r, values, "i", Const(0))
    count = r.b.emit("arange", [length(r, where)])
    return at(r, values, "a", arithmetic(r, "mod", count, length(r, values), node))


def _unravelled(r: Reader, node: ast.AST, array: Value, where: Value) -> list[Value]:
    """Return the subscripts of places counted through all rows (negative ones too)."""
    out: list[Value] = []
    for axis in range(rank_of(r, node, array, "np.put") - 1, 0, -1):
        n = length(r, array, axis)
        out.insert(0, arithmetic(r, "mod", where, n, node))
        where = arithmetic(r, "floordiv", where, n, node)
    return [where, *out]


@special(np.place)
def _place(r: Reader, node: ast.AST, args: Args, kwargs: Options) -> Any:
    owner = array_of(r, node, args[0], "np.place")
    require_apart(r, node, owner, args[2], "np.place")
    mask, value = _mask(r, node, args[1]), as_value(r, args[2], node)
    if value.type.shape != ():
        places = r.b.emit("flatnonzero", [mask])
        value = _cycled(r, node, flat(r, value), places)
    if mask.type.rank != r.read(owner).type.rank:
        mask = r.b.emit("reshape_as", [mask, r.read(owner)])  # it may have other axes
    write(r, node, owner, plain("m", mask), value, "store")
    return Static(None)


@special(np.putmask)
def _putmask(r: Reader, node: ast.AST, args: Args, kwargs: Options) -> Any:
    owner = array_of(r, node, args[0], "np.putmask")
    mask, value = _mask(r, node, args[1]), as_value(r, args[2], node)
    old = r.read(owner)
    if old.type.shape is not None and value.type.shape == old.type.shape:
        value = value if value.type.shape == () else at(r, value, "m", mask)
    elif value.type.shape != ():
        value = flat(r, value)
        places = r.b.emit("flatnonzero", [mask])
        value = at(r, value, "a", arithmetic(r, "mod", places, length(r, value), node))
    write(r, node, owner, plain("m", mask), value, "store")
    return Static(None)


@special(np.copyto)
def _copyto(r: Reader, node: ast.AST, args: Args, kwargs: Options) -> Any:
    owner = array_of(r, node, args[0], "np.copyto")
    mask = argument(r, node, args, kwargs, 3, "where")
    kwargs.pop("casting", None)
    no_more(r, node, kwargs)
    if isinstance(args[1], Ref):
        require_in_step(r, node, owner, plain("e"), args[1])
    write_where(r, node, owner, as_value(r, args[1], node), mask)
    return Static(None)


def write_where(r: Reader, node: ast.AST, owner: Ref, value: Value, mask: Any) -> None:
    """Write a value over an array, only where a mask says so if there is one."""
    test = None if mask is None else as_value(r, mask, node)
    if test is None or (isinstance(test, Const) and test.const is True):
        overwrite(r, node, owner, value)
        return
    old = r.read(owner)
    same = old.type.shape is not None and test.type.shape == old.type.shape
    if same and value.type.shape in ((), old.type.shape):
        value = value if value.type.shape == () else at(r, value, "m", test)
        write(r, node, owner, plain("m", test), value, "store")
        return
    chosen = r.b.emit("where", [test, value, old])
    overwrite(r, node, owner, chosen)


@special(np.fill_diagonal)
def _fill_diagonal(r: Reader, node: ast.AST, args: Args, kwargs: Options) -> Any:
    wrap = argument(r, node, args, kwargs, 2, "wrap")
    no_more(r, node, kwargs)
    owner = array_of(r, node, args[0], "np.fill_diagonal")
    require_apart(r, node, owner, args[1], "np.fill_diagonal", lines=True)
    old, value = r.read(owner), as_value(r, args[1], node)
    rank = rank_of(r, node, old, "np.fill_diagonal")
    if rank == 2 and wrap is not None and option(r, node, "wrap", wrap, RULES["arange"]):
        step = arithmetic(r, "add", length(r, old, 1), Const(1), node)
        along = r.b.emit("arange", [Const(0), r.b.emit("size", [old]), step])
        operands = _unravelled(r, node, old, along)
    else:
        along = r.b.emit("arange", [_shortest(r, old, rank)])
        operands = [along] * rank
    if value.type.shape != ():
        value = _cycled(r, node, flat(r, value), along)
    write(r, node, owner, plain("a" * rank, *operands), value, "store")
    return Static(None)


def _shortest(r: Reader, array: Value, rank: int) -> Value:
    """Return the least length of an array."""
    n = length(r, array)
    for axis in range(1, rank):
        if array.type.shape and array.type.shape[axis] != array.type.shape[0]:
            n = r.b.emit("min2", [n, length(r, array, axis)])
            n.type = integer()
    return n


@special(np.put_along_axis)
def _put_along_axis(r: Reader, node: ast.AST, args: Args, kwargs: Options) -> Any:
    axis = argument(r, node, args, kwargs, 3, "axis")
    given = [
        argument(r, node, args, kwargs, k, n) for k, n in enumerate(("arr", "indices", "values"))
    ]
    no_more(r, node, kwargs)
    owner = array_of(r, node, given[0], "np.put_along_axis")
    where, value = (as_value(r, a, node) for a in given[1:])
    old = r.read(owner)
    rank = rank_of(r, node, old, "np.put_along_axis")
    k = option(r, node, "axis", axis, RULES["arange"])
    if k is None:
        return put(r, node, given, {})
    mesh = [
        where if j == k % rank else _column(r, length(r, old, j), rank - j - 1) for j in range(rank)
    ]
    write(r, node, owner, plain("a" * rank, *mesh), value, "store")
    return Static(None)


def _column(r: Reader, n: Value, after: int) -> Value:
    """Return ``np.arange(n)`` with axes of length 1 behind."""
    count = r.b.emit("arange", [n])
    return at(r, count, ":" + "n" * after) if after else count
