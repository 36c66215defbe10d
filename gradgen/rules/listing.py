"""The list of operations, from the tables themselves: for ``gradgen rules`` and the documents."""

from __future__ import annotations

import inspect
import sys
from operator import itemgetter
from typing import Any

import gradgen.rules.table  # noqa: F401  (fills the table of rules)
from gradgen.dataclass import dataclass
from gradgen.rules.complexes import LINEAR, of_complex
from gradgen.rules.distributions import CONTINUOUS, DISCRETE
from gradgen.rules.registry import RULES, Rule, Unknown
from gradgen.rules.special_orders import POLYNOMIALS


@dataclass(frozen=True, slots=True)
class Row:
    """One operation: how it is called, what its derivative is, and what it is at kinks."""

    section: str
    spellings: tuple[str, ...]
    signature: str
    derivative: str
    at_kinks: str
    forward: str = ""
    complex: str = ""
    functions: tuple[Any, ...] = ()


def rows() -> list[Row]:
    """Return all operations that Python calls can mean, section by section."""
    found = [_of_rule(rule) for rule in RULES.values() if rule.callables or rule.methods]
    found += _readings()
    known = {spelling for row in found for spelling in row.spellings}
    return [*found, *(row for row in _special() if row.spellings[0] not in known)]


def _of_rule(rule: Rule) -> Row:
    methods = tuple(f"ndarray.{m}" for m in rule.methods)
    spellings = (*rule.callables, *methods)
    said = derivative_of(rule), rule.at_kinks, forward_of(rule), of_complex(rule.name)
    written = tuple(f for f in (*rule.adjoint, rule.vjp, rule.tangent, rule.jvp) if callable(f))
    return Row(_title(rule.section), spellings, signature_of(rule), *said, written)


def signature_of(rule: Rule) -> str:
    """Return the parameters with their defaults; None for what may be left out."""
    given = dict.fromkeys(rule.optional) | rule.defaults | rule.fills
    options = rule.options - set(given)
    return ", ".join(
        f"{p}={given[p]!r}" if p in given else f"{p}=" if p in options else p for p in rule.params
    )


def unproved() -> dict[str, str]:
    """Return why some elementwise operations have no closed form that proves their derivatives.

    The operations of distributions follow from a log density, which proves them; families of
    polynomials are proved degree by degree.
    """
    families = {name for name, *_ in POLYNOMIALS}
    laws = {law.name for law in CONTINUOUS} | {law.name for law in DISCRETE}
    rules = [r for r in RULES.values() if r.elementwise and not r.passive and not r.closed]
    rules = [r for r in rules if r.name not in families]
    return {
        r.name: r.unproved or ("several results" if r.outputs else "")
        for r in rules
        if not (r.name.startswith("scipy.stats.") and r.name.split(".")[2] in laws)
    }


def forward_of(rule: Rule) -> str:
    """Say what the operation does to tangents."""
    if rule.passive:
        return ""
    if rule.jvp is not None or callable(rule.tangent):
        return first_line(rule.jvp or rule.tangent)
    words = {"linear": "the operation itself", "multilinear": "the operation by each argument",
             "reduction": "the sum of the derivatives times the tangents"}  # fmt: skip
    by_formulas = "the derivatives times the tangents" if rule.elementwise else ""
    return words.get(str(rule.tangent), "the operation itself" if _is_linear(rule) else by_formulas)


def _is_linear(rule: Rule) -> bool:
    return rule.name in LINEAR and not rule.elementwise


def derivative_of(rule: Rule) -> str:
    """Say what a rule's derivative is: formulas, or the first line on what computes it."""
    if rule.passive:
        return "none"
    if rule.adjoint:
        names = [p for p in rule.params if p not in rule.defaults] or list("abcd")
        parts = [
            f"{n}: {_said(how)}"
            for n, how in zip(names, rule.adjoint, strict=False)
            if how is not None
        ]
        return parts[0].partition(": ")[2] if len(rule.adjoint) == 1 else "; ".join(parts)
    return _said(rule.vjp) if rule.vjp is not None else ""


def _said(how: Any) -> str:
    if isinstance(how, Unknown):
        return "none in closed form"
    return f"`{how}`" if isinstance(how, str) else first_line(how)


def first_line(thing: Any) -> str:
    """Return the first line of a docstring, without its full stop."""
    doc = inspect.getdoc(thing) or ""
    return doc.splitlines()[0].rstrip(".").replace("``", "`") if doc else ""


def _title(module: str) -> str:
    return first_line(sys.modules[module]).partition(":")[0]


def _readings() -> list[Row]:
    import gradgen.library.of_scipy  # noqa: F401
    from gradgen.library import READINGS

    out = []
    for reading in READINGS:
        names = (*reading.spellings, *(f"ndarray.{m}" for m in reading.methods))
        signature = str(inspect.signature(reading.function))[1:-1]
        said = first_line(reading.function)
        out.append(Row(_title(reading.function.__module__), names, signature, said, ""))
    return out


def _special() -> list[Row]:
    # A cycle: the front end reads by the rules.
    import gradgen.frontend.calls
    import gradgen.frontend.of_scipy  # noqa: F401
    from gradgen.frontend.sections import meet_all
    from gradgen.frontend.special import SPELLED

    meet_all()
    title = "Calls that are read as a whole"  # by name, whatever was imported first
    said = "Read as other operations, whose derivatives it has"
    return [
        Row(title, (name,), "", first_line(handler) or said, "")
        for name, handler in sorted(SPELLED.items(), key=itemgetter(0))
    ]


def _proofs() -> list[str]:
    """Say what SymPy proves, and of which elementwise operations it does not."""
    every = [r for r in RULES.values() if r.elementwise and not r.passive]
    reasons: dict[str, list[str]] = {}
    for name, why in unproved().items():
        reasons.setdefault(why, []).append(f"`{RULES[name].spelling or name}`")
    rest = sum(map(len, reasons.values()))
    return [
        f"Of {len(every)} elementwise operations, the tests have SymPy prove the derivatives of",
        f"{len(every) - rest} from their closed forms, those of distributions from log densities.",
        f"The {rest} others are compared with differences and with each other:",
        "",
        *(f"- {why}: {', '.join(names)}" for why, names in reasons.items()),
    ]


def as_markdown() -> str:
    """Return the page of operations."""
    lines = [
        "# Operations",
        "",
        "What can be called, and what its derivative is: made from the tables of rules by",
        "`gradgen rules --markdown`. In the formulas, `g` is the cotangent of the result `y`, and",
        "`a`, `b`, `c` are the arguments in order.",
    ]
    lines += ["", "## Proofs", "", *_proofs()]
    section = ""
    for row in sorted(rows(), key=lambda r: r.section):
        if row.section != section:
            section = row.section
            lines += ["", f"## {section}", "", "| call | arguments | derivative | at kinks |"]
            lines += ["| --- | --- | --- | --- |"]
        calls = ", ".join(f"`{s}`" for s in row.spellings)
        cells = [calls, f"`{row.signature}`" if row.signature else "", row.derivative, row.at_kinks]
        lines.append("| " + " | ".join(c.replace("|", "\\|") for c in cells) + " |")
    return "\n".join(lines) + "\n"
