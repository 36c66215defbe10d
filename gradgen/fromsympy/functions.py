"""SymPy's functions by name: how each is spelled, and the constants.

A spelling is a callable that gradgen has a rule for (a test compares them with the table of
rules).  ``safe`` is an argument at which a function that is not defined, or overflows, for some
numbers has a value: pieces that are not chosen are computed there.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from gradgen.fromsympy.nodes import Node, Nodes

Written = Callable[[Nodes, "Spell", list[Node]], Node]
Spell = Callable[[str], str]


class Spelling(NamedTuple):
    """A function of NumPy or SciPy; of ``math`` for floats alone, where it has one."""

    numpy: str
    math: str = ""
    safe: float | None = None


# A table: an entry is read along its lines.
# fmt: off
FUNCTIONS: dict[str, Spelling] = {
    "exp": Spelling("np.exp", "math.exp", 0.0),
    "log": Spelling("np.log", "math.log", 1.0),
    "sqrt": Spelling("np.sqrt", "math.sqrt", 1.0),
    "sin": Spelling("np.sin", "math.sin"),
    "cos": Spelling("np.cos", "math.cos"),
    "tan": Spelling("np.tan", "math.tan"),
    "asin": Spelling("np.arcsin", "math.asin", 0.5),
    "acos": Spelling("np.arccos", "math.acos", 0.5),
    "atan": Spelling("np.arctan", "math.atan"),
    "sinh": Spelling("np.sinh", "math.sinh", 0.0),
    "cosh": Spelling("np.cosh", "math.cosh", 0.0),
    "tanh": Spelling("np.tanh", "math.tanh"),
    "asinh": Spelling("np.arcsinh", "math.asinh"),
    "acosh": Spelling("np.arccosh", "math.acosh", 2.0),
    "atanh": Spelling("np.arctanh", "math.atanh", 0.5),
    "atan2": Spelling("np.arctan2", "math.atan2"),
    "Abs": Spelling("np.abs", "abs"),
    "sign": Spelling("np.sign"),
    "floor": Spelling("np.floor"),
    "ceiling": Spelling("np.ceil"),
    "expm1": Spelling("np.expm1", "math.expm1", 0.0),
    "log1p": Spelling("np.log1p", "math.log1p", 1.0),
    "exp2": Spelling("np.exp2", "math.exp2", 0.0),
    "log2": Spelling("np.log2", "math.log2", 1.0),
    "log10": Spelling("np.log10", "math.log10", 1.0),
    "Sqrt": Spelling("np.sqrt", "math.sqrt", 1.0),
    "Cbrt": Spelling("np.cbrt", "math.cbrt", 1.0),
    "hypot": Spelling("np.hypot", "math.hypot"),
    "logaddexp": Spelling("np.logaddexp"),
    "cosm1": Spelling("scipy.special.cosm1"),
    "erf": Spelling("scipy.special.erf", "math.erf"),
    "erfc": Spelling("scipy.special.erfc", "math.erfc"),
    "erfi": Spelling("scipy.special.erfi", "", 0.0),
    "erfinv": Spelling("scipy.special.erfinv", "", 0.5),
    "erfcinv": Spelling("scipy.special.erfcinv", "", 0.5),
    "gamma": Spelling("scipy.special.gamma", "", 1.0),
    "loggamma": Spelling("scipy.special.gammaln", "", 1.0),
    "digamma": Spelling("scipy.special.psi", "", 1.0),
    "Ei": Spelling("scipy.special.expi", "", 1.0),
    "elliptic_k": Spelling("scipy.special.ellipk", "", 0.5),
    "besselj": Spelling("scipy.special.jv", "", 1.0),
    "bessely": Spelling("scipy.special.yv", "", 1.0),
    "besseli": Spelling("scipy.special.iv", "", 1.0),
    "besselk": Spelling("scipy.special.kv", "", 1.0),
    "expint": Spelling("scipy.special.expn", "", 1.0),
    "polygamma": Spelling("scipy.special.polygamma", "", 1.0),
    "legendre": Spelling("scipy.special.eval_legendre"),
    "chebyshevt": Spelling("scipy.special.eval_chebyt"),
    "chebyshevu": Spelling("scipy.special.eval_chebyu"),
    "hermite": Spelling("scipy.special.eval_hermite"),
    "laguerre": Spelling("scipy.special.eval_laguerre"),
    "gegenbauer": Spelling("scipy.special.eval_gegenbauer"),
}
# fmt: on

# Functions whose first argument is an order: a whole number is written as one.
ORDERED = (
    "besselj", "bessely", "besseli", "besselk", "expint", "polygamma", "legendre", "chebyshevt",
    "chebyshevu", "hermite", "laguerre", "gegenbauer",
)  # fmt: skip


def _inverse(name: str) -> Written:
    """Return one over another function."""
    return lambda n, spell, a: n.quotient(n.const(1.0), n.call(spell(name), a[0]))


def _of_inverse(name: str, safe: float | None) -> Written:
    """Return another function of one over the argument."""
    return lambda n, spell, a: n.call(spell(name), n.quotient(n.const(1.0), a[0]), safe=safe)


def _sinc(n: Nodes, spell: Spell, a: list[Node]) -> Node:
    """Return ``sin(x) / x``; NumPy's has the factor pi inside."""
    return n.call("np.sinc", n.make("part", [a[0], n.make("word", data="pi")]))


def _heaviside(n: Nodes, spell: Spell, a: list[Node]) -> Node:
    return n.call("np.heaviside", a[0], a[1])


def _remainder(n: Nodes, spell: Spell, a: list[Node]) -> Node:
    return n.make("remainder" if a[1].kind == "const" else "risky_remainder", a)


def _fraction(n: Nodes, spell: Spell, a: list[Node]) -> Node:
    return n.sum([a[0], n.negative(n.call(spell("floor"), a[0]))])


def _lambert(n: Nodes, spell: Spell, a: list[Node]) -> Node:
    branch = a[1:] and [n.make("whole", [a[1]])]
    return n.make("attribute", [n.call("scipy.special.lambertw", a[0], *branch, safe=1.0)], "real")


def _factorial(n: Nodes, spell: Spell, a: list[Node]) -> Node:
    return n.call("scipy.special.gamma", n.sum([a[0], n.const(1.0)]), safe=1.0)


def _lower_gamma(n: Nodes, spell: Spell, a: list[Node]) -> Node:
    whole = n.call("scipy.special.gamma", a[0], safe=1.0)
    return n.product([n.call("scipy.special.gammainc", *a, safe=1.0), whole])


def _upper_gamma(n: Nodes, spell: Spell, a: list[Node]) -> Node:
    whole = n.call("scipy.special.gamma", a[0], safe=1.0)
    return n.product([n.call("scipy.special.gammaincc", *a, safe=1.0), whole])


def _pair(path: str, which: int) -> Written:
    """Return one of several results of a function."""
    return lambda n, spell, a: n.make("item", [n.call(path, a[0]), n.const(which)])


def _direct(path: str, count: int, safe: float | None = None) -> Written:
    """Return a function that takes just so many arguments."""
    return lambda n, spell, a: n.call(path, *a[:count], safe=safe)


def _harmonic(n: Nodes, spell: Spell, a: list[Node]) -> Node:
    digamma = n.call("scipy.special.psi", n.sum([a[0], n.const(1.0)]), safe=1.0)
    return n.sum([digamma, n.make("word", data="euler_gamma")])


def _logarithmic_integral(less: float) -> Written:
    """Return ``li``, without what it is at some number."""

    def written(n: Nodes, spell: Spell, a: list[Node]) -> Node:
        log = n.call(spell("log"), a[0], safe=2.0)
        return n.sum([n.call("scipy.special.expi", log, safe=1.0), n.const(-less)])

    return written


def _spherical(path: str) -> Written:
    """Return a spherical Bessel function of positive numbers, by that of an order and a half."""

    def written(n: Nodes, spell: Spell, a: list[Node]) -> Node:
        known = a[0].kind == "const"
        if known and a[0].data == 0.0 and path.endswith("jv"):
            return _sinc(n, spell, a[1:])
        half_pi = n.make("part", [n.make("word", data="pi"), n.const(2.0)])
        root = n.call(spell("sqrt"), n.quotient(half_pi, a[1]), safe=1.0)
        order = n.const(a[0].data + 0.5) if known else n.sum([a[0], n.const(0.5)])
        return n.product([root, n.call(path, order, a[1], safe=1.0)])

    return written


def _same(n: Nodes, spell: Spell, a: list[Node]) -> Node:
    """Return 1 where two numbers are equal, else 0."""
    return n.make("choose", [n.make("compare", a[:2], "=="), n.const(1.0), n.const(0.0)])


def _elliptic(complete: str, incomplete: str) -> Written:
    def written(n: Nodes, spell: Spell, a: list[Node]) -> Node:
        return n.call(f"scipy.special.{complete if len(a) == 1 else incomplete}", *a, safe=0.5)

    return written


WRITTEN: dict[str, Written] = {
    "sec": _inverse("cos"),
    "csc": _inverse("sin"),
    "cot": _inverse("tan"),
    "sech": _inverse("cosh"),
    "csch": _inverse("sinh"),
    "coth": _inverse("tanh"),
    "asec": _of_inverse("acos", 0.5),
    "acsc": _of_inverse("asin", 0.5),
    "acot": _of_inverse("atan", None),
    "asech": _of_inverse("acosh", 2.0),
    "acsch": _of_inverse("asinh", None),
    "acoth": _of_inverse("atanh", 0.5),
    "sinc": _sinc,
    "Heaviside": _heaviside,
    "Mod": _remainder,
    "frac": _fraction,
    "LambertW": _lambert,
    "factorial": _factorial,
    "binomial": _direct("scipy.special.binom", 2, 1.0),
    "beta": _direct("scipy.special.beta", 2, 1.0),
    "zeta": _direct("scipy.special.zeta", 2, 2.0),
    "lowergamma": _lower_gamma,
    "uppergamma": _upper_gamma,
    "Si": _pair("scipy.special.sici", 0),
    "Ci": _pair("scipy.special.sici", 1),
    "Shi": _pair("scipy.special.shichi", 0),
    "Chi": _pair("scipy.special.shichi", 1),
    "fresnels": _pair("scipy.special.fresnel", 0),
    "fresnelc": _pair("scipy.special.fresnel", 1),
    "airyai": _pair("scipy.special.airy", 0),
    "airyaiprime": _pair("scipy.special.airy", 1),
    "airybi": _pair("scipy.special.airy", 2),
    "airybiprime": _pair("scipy.special.airy", 3),
    "elliptic_e": _elliptic("ellipe", "ellipeinc"),
    "harmonic": _harmonic,
    "li": _logarithmic_integral(0.0),
    "Li": _logarithmic_integral(1.0451637801174927848),
    "jn": _spherical("scipy.special.jv"),
    "yn": _spherical("scipy.special.yv"),
    "KroneckerDelta": _same,
    "RisingFactorial": _direct("scipy.special.poch", 2, 1.0),
    "elliptic_f": _direct("scipy.special.ellipkinc", 2, 0.5),
}
