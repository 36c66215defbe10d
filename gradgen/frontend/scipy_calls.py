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
from gradgen.frontend.evaluate import as_value
from gradgen.frontend.places import is_none
from gradgen.frontend.reader import Reader
from gradgen.frontend.special import special
from gradgen.frontend.values import Frozen, Map, Record, Seq, Static, is_static, static_value
from gradgen.library.distances import distances_by_function, pairs_by_function
from gradgen.library.initial_values import solve_ivp
from gradgen.library.quadrature import known_infinite, quad
from gradgen.rules.callables import resolve
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


HOLD = {
    "entropy": of_nothing,
    "pmf": of_count,
    "logpmf": of_count,
    "ppf": of_probability,
    "isf": of_probability,
}


def _freezing(distribution: str) -> Any:
    rules = [rule for name, rule in RULES.items() if name.startswith(f"{distribution}.")]
    rules = [rule for rule in rules if rule.params[0] in ("x", "k", "q", "mean")]

    def freeze(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
        """Hold the parameters of a distribution; its methods are as those of the distribution."""
        fields = {}
        for rule in rules:
            kind = rule.spelling.rpartition(".")[2]
            held = [Static(resolve(rule.spelling)), Seq(args), Map(kwargs)]
            fields[kind] = from_library(r, node, HOLD.get(kind, of_value), held, {})
        return Record(Frozen, fields)

    return freeze


VECTORS = ("multivariate_normal", "dirichlet", "multinomial")
for _name in [*(c.name for c in CONTINUOUS), *(d.name for d in DISCRETE), *VECTORS]:
    special(f"scipy.stats.{_name}")(_freezing(f"scipy.stats.{_name}"))


@special("scipy.special.logsumexp")
def _logsumexp(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Return the logarithm of a sum of exponentials, and the sum's sign where it is asked for."""
    sign = kwargs.get("return_sign", args[4] if len(args) > 4 else Static(False))
    signed = is_static(sign) and bool(static_value(sign))
    return call_rule(r, node, RULES["signed_logsumexp" if signed else "logsumexp"], args, kwargs)


def _only(name: str, reading: Any, usual: dict[str, tuple[Any, ...]], way: str) -> None:
    """Refuse what the reading of a function of SciPy does not have."""
    places = tuple(inspect.signature(reading).parameters)

    @special(name, listed=False)
    def handler(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
        """Read the function, where its options are those that are known."""
        given = dict(zip(places, args, strict=False)) | kwargs
        for key, known in usual.items():
            value = given.get(key)
            if value is not None and not (is_static(value) and static_value(value) in known):
                shown = repr(static_value(value)) if is_static(value) else "..."
                r.refuse(node, f"{name} with {key}={shown}", way)
        return from_library(r, node, reading, args, kwargs)


_only(
    "scipy.integrate.solve_ivp",
    solve_ivp,
    {
        "method": ("RK45", "RK23"),
        "dense_output": (False,),
        "events": (None,),
        "vectorized": (False,),
    },
    "use the methods RK45 or RK23, or write the steps as a loop",
)
_only(
    "scipy.integrate.quad",
    quad,
    {"full_output": (0, False), "points": (None,), "weight": (None,), "complex_func": (False,)},
    "split the range, and multiply by the weight",
)


@special("scipy.signal.lfilter", listed=False)
def _lfilter(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Read a filter, whose coefficients may be one number."""
    given = dict(zip(("b", "a", "x", "axis", "zi"), args, strict=False)) | kwargs
    for name in ("b", "a"):
        if name in given and as_value(r, given[name], node).type.rank == 0:
            given[name] = Seq([given[name]], list)
    stateful = "zi" in given and not is_none(given["zi"])
    return call_rule(r, node, RULES["lfilter_from" if stateful else "lfilter"], [], given)


@special("scipy.integrate.odeint")
def _adaptive(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Refuse what chooses its own steps: what it calls, and how often, is not known beforehand."""
    r.refuse(
        node,
        "an equation that SciPy solves in steps of its own choice",
        "use scipy.integrate.solve_ivp with its method RK45, or write the steps as a loop",
    )


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
