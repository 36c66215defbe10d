"""SciPy's calls that are read in ways of their own: distributions whose parameters are held.

``scipy.stats.norm(mu, sigma).logpdf(x)`` is read as ``scipy.stats.norm.logpdf(x, mu, sigma)``.
"""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import ast
import inspect
import math
from typing import Any

from gradgen.frontend.bindings import call_rule
from gradgen.frontend.callables import from_library
from gradgen.frontend.callbacks import callback, number
from gradgen.frontend.evaluate import as_value
from gradgen.frontend.moment_calls import asked_of
from gradgen.frontend.places import is_none
from gradgen.frontend.reader import Reader
from gradgen.frontend.special import special
from gradgen.frontend.ufunc_methods import outer
from gradgen.frontend.values import Frozen, Map, Record, Seq, Static, is_static, static_value
from gradgen.ir.types import FLOAT
from gradgen.library import statistics
from gradgen.library.distances import distances_by_function, pairs_by_function
from gradgen.library.filters import along_axes
from gradgen.library.initial_values import solve_ivp
from gradgen.library.quadrature import known_infinite, quad
from gradgen.library.trajectories import (
    odeint,
    solve_ivp_exactly,
    solved_by_ivp,
    solved_by_odeint,
    stands_for,
)
from gradgen.library.weighted import found_by_quad, weighted_quad
from gradgen.rules.callables import resolve
from gradgen.rules.complexes import is_complex
from gradgen.rules.distributions import CONTINUOUS, DISCRETE
from gradgen.rules.registry import RULES


def of_value(method, args, kwds):
    """Hold the parameters of a density or probability."""
    return lambda x: method(x, *args, **kwds)


def of_count(method, args, kwds):
    """Hold the parameters of a probability of counts."""
    return lambda k: method(k, *args, **kwds)


def of_probability(method, args, kwds):
    """Hold the parameters of a quantile."""
    return lambda q: method(q, *args, **kwds)


def of_nothing(method, args, kwds):
    """Hold the parameters of what takes nothing else."""
    return lambda: method(*args, **kwds)


def of_moments(method, args, kwds):
    """Hold the parameters of several moments."""
    return lambda moments="mv": method(*args, **kwds, moments=moments)


HOLD = {
    **dict.fromkeys(("entropy", "mean", "var", "std", "median"), of_nothing),
    "stats": of_moments,
    "pmf": of_count,
    "logpmf": of_count,
    "ppf": of_probability,
    "isf": of_probability,
}


def _freezing(distribution: str) -> Any:
    methods = asked_of(distribution)

    def freeze(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
        """Hold the parameters of a distribution; its methods are as those of the distribution."""
        fields = {}
        for spelling in methods:
            kind = spelling.rpartition(".")[2]
            held = [Static(resolve(spelling)), Seq(args), Map(kwargs)]
            fields[kind] = from_library(r, node, HOLD.get(kind, of_value), held, {})
        return Record(Frozen, fields)

    return freeze


def _outer_of(spelling: str) -> Any:
    def handler(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
        """Read ``outer`` of a ufunc."""
        return outer(resolve(spelling))(r, node, args, kwargs)

    return handler


for _rule in RULES.values():
    if _rule.elementwise and len(_rule.inputs) == 2 and _rule.spelling.startswith("scipy.special."):
        special(f"{_rule.spelling}.outer", listed=False)(_outer_of(_rule.spelling))
VECTORS = ("multivariate_normal", "dirichlet", "multinomial")
for _name in [*(c.name for c in CONTINUOUS), *(d.name for d in DISCRETE), *VECTORS]:
    special(f"scipy.stats.{_name}")(_freezing(f"scipy.stats.{_name}"))


@special("scipy.special.logsumexp")
def _logsumexp(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Return the logarithm of a sum of exponentials, and the sum's sign where it is asked for."""
    sign = kwargs.get("return_sign", args[4] if len(args) > 4 else Static(False))
    signed = is_static(sign) and bool(static_value(sign))
    given = [*args[:1], *args[2:3], *(kwargs[k] for k in ("a", "b") if k in kwargs)]
    phased = signed and any(is_complex(as_value(r, v, node)) for v in given if not is_none(v))
    name = "phased_logsumexp" if phased else "signed_logsumexp" if signed else "logsumexp"
    return call_rule(r, node, RULES[name], args, kwargs)


@special("scipy.stats.entropy", listed=False)
def _entropy(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Return an entropy; one in units of a base that is computed is divided by its logarithm."""
    given = dict(zip(("pk", "qk", "base", "axis"), args, strict=False)) | kwargs
    if is_static(given.get("base", Static(None))):
        return call_rule(r, node, RULES["scipy.stats.entropy"], args, kwargs)
    return from_library(r, node, statistics.entropy_in_units, [given.pop("base")], given)


EXACTLY = ("DOP853", "Radau", "BDF", "LSODA")
NEAR = 1e-6


@special("scipy.integrate.solve_ivp", listed=False)
def _solve_ivp(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Read explicit methods as their steps; of others the value is SciPy's."""
    places = tuple(inspect.signature(solve_ivp).parameters)
    given = dict(zip(places, args, strict=False)) | kwargs
    shown = {k: static_value(v) if is_static(v) else ... for k, v in given.items()}
    method = shown.get("method", "RK45")
    for key in ("events",) if method in ("RK45", "RK23") else ("dense_output", "events"):
        if shown.get(key):
            r.refuse(node, f"scipy.integrate.solve_ivp with {key}={shown[key]!r}",
                     "ask for states at times, with t_eval=")  # fmt: skip
    if method in ("RK45", "RK23"):
        return from_library(r, node, solve_ivp, args, kwargs)
    if method not in EXACTLY:
        r.refuse(node, f"scipy.integrate.solve_ivp with method={method!r}",
                 f"use RK45, RK23 or {', '.join(EXACTLY)}")  # fmt: skip
    rtol = shown.get("rtol", 1e-3)
    if not isinstance(rtol, float) or rtol > NEAR:
        r.refuse(node, f"the derivative of a solution by {method}, which is only near to it,",
                 f"give rtol={NEAR}, or less: the derivative is that of the solution")  # fmt: skip
    return from_library(r, node, solve_ivp_exactly, args, kwargs)


def _only(name: str, reading: Any, usual: dict[str, tuple[Any, ...]], way: str) -> None:
    """Refuse what the reading of a function of SciPy does not have."""
    places = tuple(inspect.signature(reading).parameters)

    @special(name, listed=False)
    def handler(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
        """Read the function, where its options are those that are known."""
        given = dict(zip(places, args, strict=False)) | kwargs
        _require_usual(r, node, name, given, usual, way)
        return from_library(r, node, reading, args, kwargs)


def _require_usual(
    r: Reader,
    node: ast.AST,
    name: str,
    given: dict[str, Any],
    usual: dict[str, tuple[Any, ...]],
    way: str,
) -> None:
    for key, known in usual.items():
        chosen = given.get(key)
        if chosen is not None and not (is_static(chosen) and static_value(chosen) in known):
            shown = repr(static_value(chosen)) if is_static(chosen) else "..."
            r.refuse(node, f"{name} with {key}={shown}", way)


WEIGHTS = ("cos", "sin", "cauchy", "alg", "alg-loga", "alg-logb", "alg-log")


@special("scipy.integrate.quad", listed=False)
def _quad(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Read an integral: of its own steps, and with a weight of SciPy's value."""
    given = dict(zip(inspect.signature(quad).parameters, args, strict=False)) | kwargs
    usual: dict[str, tuple[Any, ...]] = {"full_output": (0, False), "complex_func": (False,)}
    _require_usual(r, node, "scipy.integrate.quad", given, usual, "leave it out")
    if is_none(given.get("weight")):
        return from_library(r, node, quad, args, kwargs)
    ways = "multiply the function by the weight"
    _require_usual(r, node, "scipy.integrate.quad", given, {"weight": WEIGHTS}, ways)
    ends = [given.get("a"), given.get("b")]
    if any(is_static(end) and math.isinf(static_value(end)) for end in ends):
        what = "scipy.integrate.quad with a weight over an infinite range"
        r.refuse(node, what, "sum integrals over cycles of it, or multiply the function by it")
    return from_library(r, node, weighted_quad, [], given)


@special(found_by_quad, listed=False)
def _found_by_quad(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Read the function that SciPy calls as one of the module; it is given all that it reads."""
    func, a, b, more, numbers, weight = args
    options = {"weight": static_value(weight), **_options(r, node, kwargs, weighted_quad)}
    callee, given = callback(r, node, func, [("x", FLOAT)], more, number)
    held = [as_value(r, v, node) for v in (a, b, *numbers.items)]
    attrs = {"callee": callee, "count": len(numbers.items), **options}
    return Seq([r.hold(v) for v in r.b.emit_several("weighted_quad", [*held, *given], **attrs)])


@special(along_axes, listed=False)
def _along_axes(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    r.refuse(node, "scipy.signal.fftconvolve with axes=", "call it for each row, or leave it out")


@special("scipy.signal.lfilter", listed=False)
def _lfilter(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Read a filter, whose coefficients may be one number."""
    given = dict(zip(("b", "a", "x", "axis", "zi"), args, strict=False)) | kwargs
    for name in ("b", "a"):
        if name in given and as_value(r, given[name], node).type.rank == 0:
            given[name] = Seq([given[name]], list)
    stateful = "zi" in given and not is_none(given["zi"])
    return call_rule(r, node, RULES["lfilter_from" if stateful else "lfilter"], [], given)


_only(
    "scipy.integrate.odeint",
    odeint,
    {"Dfun": (None,), "full_output": (0, False), "tcrit": (None,), "ml": (None,), "mu": (None,)},
    "leave it out, and take the derivative of the states alone",
)


@special(solved_by_odeint, listed=False)
def _solved_by_odeint(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Read the function that SciPy calls as one of the module; it is given all that it reads."""
    func, start, times, more = args
    y, t = r.read(start), r.read(times)
    if y.type.rank != 1 or t.type.rank != 1:
        r.refuse(node, "odeint with a state or times of unknown rank", "give example arguments")
    options = _options(r, node, kwargs, odeint)
    params = [("y", y.type), ("t", FLOAT)]
    order = params[::-1] if options.get("tfirst") else params
    callee, given = callback(r, node, func, order, more)
    return r.hold(r.b.emit("odeint", [y, t, *given], callee=callee, **options))


def _options(r: Reader, node: ast.AST, given: dict[str, Any], of: Any) -> dict[str, Any]:
    """Return the options that differ from their defaults, which have to be constants."""
    usual = {k: p.default for k, p in inspect.signature(of).parameters.items()}
    for key, value in given.items():
        if not is_static(value):
            r.refuse(node, f"a computed {key}= of what SciPy solves", "use a constant")
    return {k: static_value(v) for k, v in given.items() if static_value(v) != usual[k]}


@special(solved_by_ivp, listed=False)
def _solved_by_ivp(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Read the function as one of the module; SciPy finds the times, too, where none are asked."""
    func, first, last, start, t_eval, more = args
    y = r.read(start)
    if y.type.rank != 1:
        r.refuse(node, "solve_ivp with a state of unknown rank", "give example arguments")
    asked = [] if is_none(t_eval) else [as_value(r, t_eval, node)]
    if any(v.type.rank != 1 for v in asked):
        r.refuse(node, "solve_ivp with times of unknown rank", "give example arguments")
    callee, given = callback(r, node, func, [("t", FLOAT), ("y", y.type)], more)
    ends = [as_value(r, end, node) for end in (first, last)]
    options = _options(r, node, kwargs, solve_ivp_exactly)
    found = r.b.emit_several(
        "solve_ivp", [*ends, y, *asked, *given], callee=callee, asked=bool(asked), **options
    )
    return Seq([r.hold(v) for v in found])


@special(stands_for, listed=False)
def _stands_for(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    return r.hold(r.b.emit("stands_for", [r.read(v) for v in args]))


@special(known_infinite, listed=False)
def _known_infinite(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    (x,) = args
    return Static(is_static(x) and math.isinf(static_value(x)))


def _distances(name: str, reading: Any) -> None:
    """Read distances, whose metric may be a function."""
    places = RULES[name].inputs[: 2 if name == "cdist" else 1]

    @special(f"scipy.spatial.distance.{name}", listed=False)
    def handler(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
        given = dict(zip((*places, "metric"), args, strict=False)) | kwargs
        metric = given.get("metric", Static("euclidean"))
        if is_static(metric) and isinstance(static_value(metric), str):
            return call_rule(r, node, RULES[name], args, kwargs)
        if more := sorted(set(given) - {*places, "metric"}):
            r.refuse(node, f"{name} with a function and {more[0]}=", "put it into the function")
        return from_library(r, node, reading, [given[p] for p in (*places, "metric")], {})


_distances("cdist", distances_by_function)
_distances("pdist", pairs_by_function)
