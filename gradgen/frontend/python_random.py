"""Random numbers of the standard library, drawn from a ``random.Random`` made in the function."""

from __future__ import annotations

import ast
from typing import Any

from gradgen.frontend.callables import from_library
from gradgen.frontend.evaluate import as_value
from gradgen.frontend.method_calls import method
from gradgen.frontend.places import is_none
from gradgen.frontend.reader import Reader
from gradgen.frontend.special import special
from gradgen.ir.nodes import Const, Value
from gradgen.library import draws

PRIM = "python_generator"
# Their parameters; what is not given, and the arguments of the standard number that is moved.
FLOATS: dict[str, tuple[tuple[str, ...], tuple[float, ...], tuple[float, ...]]] = {
    "random": ((), (), ()),
    "uniform": (("a", "b"), (), ()),
    "gauss": (("mu", "sigma"), (0.0, 1.0), (0.0, 1.0)),
    "normalvariate": (("mu", "sigma"), (0.0, 1.0), (0.0, 1.0)),
    "expovariate": (("lambd",), (), (1.0,)),
}
MOVED = {
    "uniform": ("random", draws.uniform_of_python),
    "gauss": ("gauss", draws.normal_of_python),
    "normalvariate": ("normalvariate", draws.normal_of_python),
    "expovariate": ("expovariate", draws.exponential_of_python),
}
INTEGERS = ("randint", "randrange")
OF_LISTS = {"choice": draws.choice, "shuffle": draws.shuffle}
METHODS = (*FLOATS, *INTEGERS, *OF_LISTS)


@special("random.Random")
def _generator(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Read a generator, from which numbers are drawn by its methods."""
    # A cycle by nature: methods that NumPy's generators have, too, are read with theirs.
    import gradgen.frontend.random_calls  # noqa: F401

    seeds = [as_value(r, v, node) for v in (*args, *kwargs.values()) if not is_none(v)]
    if len(seeds) != 1 or not seeds[0].type.is_scalar:
        r.refuse(node, "these arguments of random.Random", "give one seed, a number")
    return r.b.emit(PRIM, seeds, span=r.span(node))


def drawn(
    r: Reader, node: ast.AST, name: str, owner: Value, args: list[Any], kwargs: dict[str, Any]
) -> Any:
    """Read a draw from such a generator."""
    if name not in METHODS:
        r.refuse(node, f"the method {name!r} of random.Random", f"use {', '.join(METHODS)}")
    if name in OF_LISTS:
        return from_library(r, node, OF_LISTS[name], [owner, *args], kwargs)
    if name in INTEGERS:
        given = [as_value(r, a, node) for a in (*args, *kwargs.values())]
        return _emitted(r, node, name, "int64", [owner, *given])
    names, absent, standard = FLOATS[name]
    given_here = dict(zip(names, args, strict=False)) | kwargs
    missing = dict(zip(names, map(Const, absent), strict=False))
    if set(given_here) - set(names) or set(names) - {*given_here, *missing}:
        r.refuse(node, f"these arguments of {name}", "give those that it takes")
    values = [as_value(r, given_here.get(n, missing.get(n)), node) for n in names]
    if all(isinstance(v, Const) for v in values):
        return _emitted(r, node, name, "float64", [owner, *values])
    plain, moved = MOVED[name]
    number = _emitted(r, node, plain, "float64", [owner, *map(Const, standard)])
    return from_library(r, node, moved, [number, *map(r.hold, values)], {})


def _emitted(r: Reader, node: ast.AST, name: str, dtype: str, inputs: list[Value]) -> Any:
    attrs: dict[str, Any] = {
        "function": name, "names": (), "dtype": dtype, "lengths": 0, "sized": False,
        "owned": True, "spread": True, "python": True,
    }  # fmt: skip
    return r.hold(r.b.emit("draw", inputs, span=r.span(node), **attrs), True)


def _method(name: str) -> Any:
    def handler(r: Reader, node: ast.AST, owner: Any, args: list[Any], kwargs: Any) -> Any:
        """Read a draw that NumPy's generators have not."""
        if not is_python(owner):
            r.refuse(node, f"the method {name!r} of something that is not a random.Random")
        return drawn(r, node, name, owner, args, kwargs)

    return handler


def is_python(owner: Any) -> bool:
    """Whether this is a generator of the standard library."""
    return isinstance(owner, Value) and owner.op is not None and owner.op.prim == PRIM


for _name in ("gauss", "normalvariate", "expovariate", "randrange"):
    method(_name)(_method(_name))
