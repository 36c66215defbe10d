"""Several moments of a distribution at once, and its median: read as what they are made of."""

from __future__ import annotations

import ast
from typing import Any

from gradgen.frontend.bindings import call_rule
from gradgen.frontend.reader import Reader
from gradgen.frontend.special import special
from gradgen.frontend.values import Seq, Static, is_static, static_value
from gradgen.rules.distributions import CONTINUOUS, DISCRETE
from gradgen.rules.registry import RULES

MOMENTS = {"m": "mean", "v": "var"}


def _stats(distribution: str) -> Any:
    def stats(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
        """Return the mean and the variance, as asked for by ``moments``."""
        asked = kwargs.get("moments", Static("mv"))
        letters = static_value(asked) if is_static(asked) else "?"
        if not letters or set(letters) - set(MOMENTS):
            r.refuse(node, f"{distribution}.stats with moments={letters!r}",
                     "give moments='m', 'v' or 'mv'")  # fmt: skip
        given = {k: v for k, v in kwargs.items() if k != "moments"}
        rules = [RULES[f"{distribution}.{MOMENTS[x]}"] for x in "mv" if x in letters]
        found = [call_rule(r, node, rule, args, given) for rule in rules]
        return Seq(found) if len(found) > 1 else found[0]

    return stats


def _median(distribution: str) -> Any:
    def median(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
        """Return the quantile of a half."""
        return call_rule(r, node, RULES[f"{distribution}.ppf"], [Static(0.5), *args], kwargs)

    return median


def asked_of(distribution: str) -> list[str]:
    """Return the spellings of all that a distribution with its parameters is asked for."""
    rules = [r.spelling for name, r in RULES.items() if name.startswith(f"{distribution}.")]
    more = {"stats": f"{distribution}.mean", "median": f"{distribution}.ppf"}
    return rules + [f"{distribution}.{k}" for k, of in more.items() if of in RULES]


for _name in [*(c.name for c in CONTINUOUS), *(d.name for d in DISCRETE)]:
    _of = f"scipy.stats.{_name}"
    if f"{_of}.mean" in RULES:
        special(f"{_of}.stats", listed=False)(_stats(_of))
    if f"{_of}.ppf" in RULES:
        special(f"{_of}.median", listed=False)(_median(_of))
