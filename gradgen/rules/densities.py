"""What distributions are asked for: densities, probabilities and quantiles, and their logarithms.

With the log density of ``rules.distributions``: a density's derivative is itself times that of its
logarithm, a probability's is the density, and a quantile's is one over it (SciPy's manual of
statistics has the definitions).
"""

from __future__ import annotations

import re
from functools import partial
from typing import Any

from gradgen.diff.algebra import Algebra
from gradgen.diff.formulas import emit_expression
from gradgen.ir.nodes import Const, Op, Value
from gradgen.rules.distributions import CONTINUOUS, DISCRETE, Continuous, Discrete
from gradgen.rules.registry import rule
from gradgen.rules.shapes_of import elementwise

FLOAT = elementwise("float64", weak=False)
HOLD = "hold it constant: choose argnums without it, or pass a number"
OUTSIDE = "zero outside the support"


class Standard:
    """The terms of one operation's adjoint: ``z``, the parameters and what is defined by them."""

    def __init__(self, alg: Algebra, of: Continuous, op: Op, x: Value) -> None:
        self.alg, self.of, self.op = alg, of, op
        _, *shapes, self.loc, self.scale = op.inputs
        z = alg.div(alg.sub(x, self.loc), self.scale)
        if z is not x:
            z.name = z.name or "z"
        self.names = {"z": z, "y": op.out, **dict(zip(of.shapes, shapes, strict=True))}

    def term(self, formula: str) -> Value:
        """Emit a formula of the table."""
        names = dict(self.names)
        for name, text in self.of.let.items():
            if name in formula or any(name in other for other in self.of.let.values()):
                names[name] = emit_expression(self.alg, text, names)
        return emit_expression(self.alg, formula, names)

    def kept(self, share: Value) -> Value:
        """Return a share where the density is not zero, else zero."""
        inside = self.of.inside
        return self.alg.where(self.term(inside), share, 0.0) if inside else share

    def of_log_density(self, g: Value, i: int) -> Value:
        """Return the share of input ``i`` in the log density: by z, shape, place or scale."""
        alg, last = self.alg, len(self.op.inputs) - 1
        if i == 0 or i == last - 1:
            share = alg.div(alg.mul(g, self.term(self.of.score)), self.scale)
            return self.kept(share if i == 0 else alg.neg(share))
        if i == last:
            return self.kept(alg.div(alg.mul(g, self.term(self.of.by_scale)), self.scale))
        return self.kept(alg.mul(g, self.term(list(self.of.shapes.values())[i - 1])))

    def by_shape(self, i: int) -> Value:
        """Return the derivative of the probability of less by a shape parameter."""
        name = list(self.of.shapes)[i - 1]
        if name not in self.of.cumulative:
            what = f"{self.op.prim} by its argument {name!r} has no closed form and"
            self.alg.refuse(self.op, what, HOLD)
        return self.kept(self.term(self.of.cumulative[name]))


def density_vjp(of: Continuous, log: bool, alg: Algebra, op: Op, g: Value, i: int) -> Value:
    """Return the share of an input of a density, or of its logarithm."""
    share = g if log else alg.mul(g, op.out)
    return Standard(alg, of, op, op.inputs[0]).of_log_density(share, i)


def probability_vjp(of: Continuous, kind: str, alg: Algebra, op: Op, g: Value, i: int) -> Value:
    """Return the share of an input of a probability of less or more, or of its logarithm."""
    terms = Standard(alg, of, op, op.inputs[0])
    sign = alg.neg if kind.endswith("sf") else lambda v: v
    last = len(op.inputs) - 1
    if 0 < i < last - 1:
        less = {"cdf": op.out, "logcdf": alg.emit("exp", op.out)}.get(kind)
        more = op.out if kind == "sf" else alg.emit("exp", op.out)
        terms.names["F"] = less or alg.sub(Const(1.0), more)
        slope = terms.by_shape(i)
        if kind.startswith("log"):
            slope = terms.kept(alg.div(slope, alg.emit("exp", op.out)))
        return sign(alg.mul(g, slope))
    share = sign(alg.mul(g, _density(terms, kind)))
    if i == last:
        share = alg.mul(share, terms.names["z"])
    return share if i == 0 else alg.neg(share)


def _density(terms: Standard, kind: str) -> Value:
    """Return the density, or for logarithms its quotient by the probability."""
    alg, op, name = terms.alg, terms.op, f"scipy.stats.{terms.of.name}"
    if not kind.startswith("log"):
        return alg.emit(f"{name}.pdf", *op.inputs)
    if terms.of.hazard:
        z = terms.names["z"]
        terms.names["z"] = alg.neg(z) if kind == "logsf" else z
        quotient = alg.div(terms.term(terms.of.hazard), terms.scale)
        terms.names["z"] = z
        return quotient
    log_density = alg.emit(f"{name}.logpdf", *op.inputs)
    return terms.kept(alg.emit("exp", alg.sub(log_density, op.out)))


def quantile_vjp(of: Continuous, upper: bool, alg: Algebra, op: Op, g: Value, i: int) -> Value:
    """Return the share of an input of a quantile."""
    terms, last = Standard(alg, of, op, op.out), len(op.inputs) - 1
    if i == last - 1:
        return g
    if i == last:
        return alg.mul(g, terms.names["z"])
    density = alg.emit(f"scipy.stats.{of.name}.pdf", op.out, *op.inputs[1:])
    if i == 0:
        share = alg.quotient(g, density)
        return alg.neg(share) if upper else share
    q = op.inputs[0]
    terms.names["F"] = alg.sub(Const(1.0), q) if upper else q
    # The table's terms are those of scale 1.
    stretched = alg.mul(density, terms.scale)
    return alg.mul(terms.scale, alg.neg(alg.div(alg.mul(g, terms.by_shape(i)), stretched)))


def count_vjp(of: Discrete, kind: str, alg: Algebra, op: Op, g: Value, i: int) -> Value:
    """Return the share of a parameter of a distribution of counts."""
    names = dict(zip(of.shapes, op.inputs[1:], strict=False))
    names |= {"k": alg.sub(op.inputs[0], op.inputs[-1]), "y": op.out}
    if not 0 < i < len(op.inputs) - 1 or list(of.shapes.values())[i - 1] is None:
        return Const(0.0)  # counts and their shift
    name = list(of.shapes)[i - 1]
    if kind.endswith(("cdf", "sf")):
        if name not in of.cumulative:
            alg.refuse(op, f"{op.prim} by its argument {name!r}", HOLD)
        share = alg.mul(g, emit_expression(alg, of.cumulative[name], names))
        inside = emit_expression(alg, "k >= 0.0", names)
        if kind.startswith("log"):
            share = alg.div(share, alg.emit("exp", op.out))
            inside = alg.emit("bitand", inside, alg.emit("isfinite", op.out))
        return alg.where(inside, alg.neg(share) if kind.endswith("sf") else share, 0.0)
    share = g if kind == "logpmf" else alg.mul(g, op.out)
    share = alg.mul(share, emit_expression(alg, str(of.shapes[name]), names))
    possible = alg.emit("isfinite", op.out) if kind == "logpmf" else alg.emit("ne", op.out, 0.0)
    return alg.where(possible, share, 0.0)


def vjp(fn: Any, *given: Any) -> Any:
    """Return a rule's function with what it is to know, and the documentation of that."""
    made = partial(fn, *given)
    made.__doc__ = fn.__doc__
    return made


def samples(of: Continuous, kind: str, x: str, shapes: str, place: str) -> tuple[str, ...]:
    """Return calls: standard, moved, by name, and of numbers."""
    call = f"scipy.stats.{of.name}.{kind}"
    shapes = f", {shapes}" if shapes else ""
    if of.calls == "few":
        return (f"{call}({x}3{shapes}, {place})",)
    loc, scale = place.split(", ")
    calls = [f"{x}3{shapes}", f"{x}3{shapes}, {place}"]
    if kind == "logpdf":
        calls += [f"{x}{shapes}, scale={scale}", f"{x}23{shapes}, loc=0.1 * ({loc})"]
    if kind in ("sf", "logcdf", "logsf", "isf"):
        calls = calls[1:]
    return tuple(f"{call}({c})" for c in calls)


def continuous(of: Continuous) -> None:
    """Enter what a continuous distribution is asked for."""
    kinds = {
        "logpdf": vjp(density_vjp, of, True),
        "pdf": vjp(density_vjp, of, False),
        **{k: vjp(probability_vjp, of, k) for k in ("cdf", "sf", "logcdf", "logsf")},
        "ppf": vjp(quantile_vjp, of, False),
        "isf": vjp(quantile_vjp, of, True),
    }
    for kind, how in kinds.items():
        quantile = kind in ("ppf", "isf")
        x, shapes, place = of.at
        # Where there is no closed form by the shapes, the samples have numbers for them.
        if kind not in ("logpdf", "pdf") and len(of.cumulative) < len(of.shapes):
            shapes = shapes.replace("o", "2.5").replace("p", "1.5")
        params = ", ".join(["q" if quantile else "x", *of.shapes, "loc?=0, scale?=1"])
        rule(f"scipy.stats.{of.name}.{kind}", FLOAT, elementwise=True, params=params, vjp=how,
             callables=[f"scipy.stats.{of.name}.{kind}"],
             at_kinks="" if quantile or not of.inside else OUTSIDE,
             samples=samples(of, kind, "u" if quantile else x, shapes, place))  # fmt: skip


def discrete(of: Discrete) -> None:
    """Enter what a distribution of counts is asked for."""
    kinds = ["logpmf", "pmf", *(["cdf", "sf", "logcdf", "logsf"] if of.cumulative else [])]
    count, shapes = of.at
    wide = re.sub(r"[puo]", r"\g<0>3", shapes)
    forms = [f"{count}, {shapes}", f"{count}, {wide}", f"1, {shapes}, loc=0"]
    if of.name != "bernoulli":
        forms += [f"{count} + 1, {shapes}, 1"]
    for kind in kinds:
        given = forms
        if kind.endswith(("cdf", "sf")) and any(
            v is not None and p not in of.cumulative for p, v in of.shapes.items()
        ):
            # Where there is no closed form by a shape, the samples have a number for it.
            given = [re.sub(r"\bo\d*", "2.5", form) for form in forms]
        call = f"scipy.stats.{of.name}.{kind}"
        rule(call, FLOAT, elementwise=True, vjp=vjp(count_vjp, of, kind), callables=[call],
             params=", ".join(["k", *of.shapes, "loc?=0"]), at_kinks=f"{OUTSIDE}, and by counts",
             samples=tuple(f"{call}({form})" for form in given))  # fmt: skip


for _continuous in CONTINUOUS:
    continuous(_continuous)
for _discrete in DISCRETE:
    discrete(_discrete)
