"""Random numbers drawn inside a function: by ``np.random``, or by a generator made there."""

from __future__ import annotations

import ast
from typing import Any

from gradgen.frontend.attributes import dimension
from gradgen.frontend.callables import from_library
from gradgen.frontend.evaluate import as_value
from gradgen.frontend.method_calls import method
from gradgen.frontend.places import is_none
from gradgen.frontend.python_random import drawn, is_python
from gradgen.frontend.reader import Reader
from gradgen.frontend.special import Handler, callee_name, no_more, shape_inputs, special
from gradgen.frontend.values import Static, plain
from gradgen.ir.nodes import Const, Value
from gradgen.library import draws

Args = list[Any]
Options = dict[str, Any]
# The parameters before ``size``, and the type of the numbers.
DRAWS: dict[str, tuple[tuple[str, ...], str]] = {
    "normal": (("loc", "scale"), "float64"),
    "uniform": (("low", "high"), "float64"),
    "standard_normal": ((), "float64"),
    "random": ((), "float64"),
    "exponential": (("scale",), "float64"),
    "integers": (("low", "high"), "int64"),
    "permutation": (("x",), "int64"),
    "choice": (("a",), "int64"),
    "standard_exponential": ((), "float64"),
    "standard_gamma": (("shape",), "float64"),
    "gamma": (("shape", "scale"), "float64"),
    "beta": (("a", "b"), "float64"),
    "chisquare": (("df",), "float64"),
    "standard_t": (("df",), "float64"),
    "lognormal": (("mean", "sigma"), "float64"),
    "laplace": (("loc", "scale"), "float64"),
    "logistic": (("loc", "scale"), "float64"),
    "gumbel": (("loc", "scale"), "float64"),
    "poisson": (("lam",), "int64"),
    "binomial": (("n", "p"), "int64"),
    "geometric": (("p",), "int64"),
}
DISCRETE = ("integers", "permutation", "choice")  # of whole numbers, by whole numbers
OF_ITEMS = ("permutation", "choice")
# Parameters after ``size``: constants.
BEHIND = {"integers": ("dtype", "endpoint"), "choice": ("replace", "p")}
LEGACY = {
    **{name: name for name in DRAWS if name != "integers"},
    "random_sample": "random",
    "randint": "integers",
}
OF_LENGTHS = "lengths"  # how draws are called whose arguments are the lengths
METHODS: dict[str, dict[str, str]] = {
    "generator": {name: name for name in DRAWS},
    "legacy_generator": {**LEGACY, "randn": OF_LENGTHS, "rand": OF_LENGTHS},
}
# The standard numbers that NumPy makes others of, how, and the parameters that are not given.
STANDARD: dict[str, tuple[str, Any, tuple[float, ...]]] = {
    "normal": ("standard_normal", draws.normal, (0.0, 1.0)),
    "uniform": ("random", draws.uniform, (0.0, 1.0)),
    "exponential": ("exponential", draws.exponential, (1.0,)),
}


def _drawn(r: Reader, node: ast.AST, kind: str, where: Options, args: Args, more: Options) -> Any:
    """Emit a draw; ``where`` is how the function is called, and the generator if there is one."""
    function, owner = where["function"], where.get("owner")
    names, dtype = DRAWS[kind]
    sized = () if kind == "permutation" else ("size", *BEHIND.get(kind, ()))
    given = dict(zip((*names, *sized), args, strict=False)) | more
    if set(given) - {*names, *sized} or len(args) > len(names) + len(sized):
        r.refuse(node, f"these arguments of {function}", "draw the numbers outside and pass them")
    if kind in OF_ITEMS and (items := as_value(r, given[names[0]], node)).type.rank:
        count = dimension(r, items, 0)
        return _of_items(r, node, kind, where, items, given | {names[0]: count})
    size = given.pop("size", None)
    values = {n: as_value(r, v, node) for n, v in given.items() if not is_none(v)}
    if kind in STANDARD and any(not isinstance(v, Const) for v in values.values()):
        return _moved(r, node, kind, where, [values.get(n) for n in names], size)
    _require_numbers(r, node, kind, function, values)
    lengths = [] if is_none(size) else shape_inputs(r, size, node)
    if kind == "permutation":
        lengths, values = list(values.values()), {}
    attrs: Options = {
        "function": function, "names": tuple(values), "dtype": dtype, "lengths": len(lengths),
        "sized": kind == "permutation" or not is_none(size), "owned": owner is not None,
        "spread": kind == "permutation",
    }  # fmt: skip
    inputs = [*([owner] if owner else []), *values.values(), *lengths]
    return r.hold(r.b.emit("draw", inputs, span=r.span(node), **attrs), True)


def _of_items(
    r: Reader, node: ast.AST, kind: str, where: Options, items: Value, given: Options
) -> Any:
    """Read a draw among the items of an array: NumPy draws places, and takes what is there."""
    places = as_value(r, _drawn(r, node, kind, where, [], given), node)
    if places.type.is_scalar and items.type.rank != 1:
        r.refuse(node, "one row drawn of an array", f"use x[{kind}(len(x))]")
    index = "i" if places.type.is_scalar else "a"
    return r.hold(r.b.emit("load", [items, places], span=r.span(node), index=index), True)


def _require_numbers(
    r: Reader, node: ast.AST, kind: str, function: str, values: dict[str, Value]
) -> None:
    """Refuse parameters that are arrays, or that the numbers would have derivatives by."""
    ways = {"lognormal": "use np.exp(normal(mean, sigma, size))"}
    way = ways.get(kind, "draw for one after the other, in a loop")
    if "p" in values and kind == "choice" and not _is_fixed(values["p"]):
        r.refuse(node, f"computed probabilities of {function}", "use constants for p=")
    if not all(v.type.is_scalar for n, v in values.items() if (kind, n) != ("choice", "p")):
        r.refuse(node, f"arrays as parameters of {function}", way)
    if kind in DISCRETE or kind in STANDARD:
        return
    if any(v.type.inexact and not isinstance(v, Const) for v in values.values()):
        way = ways.get(kind, "use constants, or move and scale what is drawn with constants")
        r.refuse(node, f"computed parameters of {function}", way)


def _double(r: Reader, node: ast.AST, v: Value) -> Any:
    """Return a parameter in double precision, a number as Python's."""
    if isinstance(v, Const):
        return v if type(v.const) is float else plain(float(v.const))
    known = v.type.dtype == "float64" and (v.type.weak or bool(v.type.rank))
    return r.hold(v) if known else from_library(r, node, draws.double, [r.hold(v)], {})


def _moved(
    r: Reader, node: ast.AST, kind: str, where: Options, given: list[Value | None], size: Any
) -> Any:
    """Read a draw whose parameters may vary as standard numbers, moved and scaled."""
    standard, moved, absent = STANDARD[kind]
    pairs = zip(given, absent, strict=True)
    doubles = [_double(r, node, Const(a) if v is None else v) for v, a in pairs]
    pair = [*doubles, plain(0.0)][:2]
    size = from_library(r, node, draws.size_of, [*pair, size or Static(None)], {})
    prefix = "" if "owner" in where else "np.random."
    drawn = _drawn(r, node, standard, where | {"function": prefix + standard}, [], {"size": size})
    more = [Static("owner" in where and not where.get("legacy"))] if kind == "uniform" else []
    return from_library(r, node, moved, [drawn, *doubles, *more], {})


def _shuffled(r: Reader, node: ast.AST, where: Options, args: Args, kwargs: Options) -> Any:
    """Read ``shuffle``, for which NumPy draws what it draws for a permutation of as many."""
    given = args[0] if len(args) == 1 else kwargs.get("x")
    if len(args) + len(kwargs) != 1 or given is None:
        r.refuse(node, "these arguments of shuffle", "shuffle along the first axis")
    # A cycle by nature: lengths are asked by calls.
    from gradgen.frontend.calls import call_value

    count = call_value(r, node, Static(len), [given], {})
    places = _drawn(r, node, "permutation", where, [count], {})
    return from_library(r, node, draws.rearranged, [given, places], {})


@special("np.random.shuffle")
def _legacy_shuffle(r: Reader, node: ast.AST, args: Args, kwargs: Options) -> Any:
    """Read what puts items in an order drawn from the generator that NumPy keeps."""
    return _shuffled(r, node, {"function": "np.random.permutation"}, args, kwargs)


@method("shuffle")
def _shuffle(r: Reader, node: ast.AST, owner: Any, args: Args, kwargs: Options) -> Any:
    """Read what puts items in an order drawn from a generator of the function's own."""
    if is_python(owner):
        return drawn(r, node, "shuffle", owner, args, kwargs)
    if not isinstance(owner, Value) or owner.op is None or owner.op.prim not in METHODS:
        what = "shuffle of something that is not a generator made in the function"
        r.refuse(node, what, "make it there by np.random.default_rng(seed)")
    where = {"function": "permutation", "owner": owner, "legacy": owner.op.prim != "generator"}
    return _shuffled(r, node, where, args, kwargs)


def _is_fixed(v: Value) -> bool:
    """Whether a value is made of constants alone."""
    if isinstance(v, Const):
        return True
    op = v.op
    made = op is not None and op.prim not in ("leaf", "load", "draw") and not op.blocks
    return op is not None and (op.prim == "captured" or (made and all(map(_is_fixed, op.inputs))))


def _legacy(name: str, kind: str) -> Handler:
    def handler(r: Reader, node: ast.AST, args: Args, kwargs: Options) -> Any:
        """Read a draw from the generator that NumPy keeps."""
        return _drawn(r, node, kind, {"function": f"np.random.{name}"}, args, kwargs)

    return handler


def _of_lengths(name: str) -> Handler:
    def handler(r: Reader, node: ast.AST, args: Args, kwargs: Options) -> Any:
        """Read a draw whose arguments are the lengths."""
        return _spread(r, node, {"function": f"np.random.{name}"}, args, kwargs)

    return handler


def _spread(r: Reader, node: ast.AST, where: Options, args: Args, kwargs: Options) -> Any:
    """Emit a draw whose arguments are the lengths."""
    no_more(r, node, kwargs)
    lengths, owner = [as_value(r, a, node) for a in args], where.get("owner")
    attrs: Options = {
        "function": where["function"], "names": (), "dtype": "float64", "lengths": len(lengths),
        "sized": bool(args), "owned": owner is not None, "spread": True,
    }  # fmt: skip
    inputs = [*([owner] if owner else []), *lengths]
    return r.hold(r.b.emit("draw", inputs, span=r.span(node), **attrs), True)


@special("np.random.default_rng", "np.random.RandomState")
def _generator(r: Reader, node: ast.AST, args: Args, kwargs: Options) -> Any:
    """Read a generator, from which numbers are drawn by its methods."""
    legacy = callee_name(node) == "RandomState"
    seeds = [as_value(r, v, node) for v in (*args, *kwargs.values()) if not is_none(v)]
    if len(seeds) > 1:
        r.refuse(node, "these arguments of a generator of random numbers", "give one seed")
    return r.b.emit("legacy_generator" if legacy else "generator", seeds, span=r.span(node))


def _method(name: str) -> Any:
    def handler(r: Reader, node: ast.AST, owner: Any, args: Args, kwargs: Options) -> Any:
        """Read a draw from a generator of the function's own."""
        source = getattr(owner, "op", None)
        if is_python(owner):
            return drawn(r, node, name, owner, args, kwargs)
        if not isinstance(owner, Value) or source is None or source.prim not in METHODS:
            r.refuse(
                node,
                f"{name} of something that is not a generator made in the function",
                "make it there by np.random.default_rng(seed), or pass the numbers as an argument",
            )
        kind = METHODS[source.prim].get(name)
        if kind is None:
            r.refuse(node, f"{name} of a generator that has no such method", "use one that it has")
        where = {"function": name, "owner": owner, "legacy": source.prim != "generator"}
        if kind == OF_LENGTHS:
            return _spread(r, node, where, args, kwargs)
        return _drawn(r, node, kind, where, args, kwargs)

    return handler


for _name, _kind in LEGACY.items():
    special(f"np.random.{_name}")(_legacy(_name, _kind))
special("np.random.randn")(_of_lengths("randn"))
special("np.random.rand")(_of_lengths("rand"))
for _name in {**DRAWS, **METHODS["legacy_generator"]}:
    method(_name)(_method(_name))
