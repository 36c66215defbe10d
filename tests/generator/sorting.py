"""Random sorting: of arrays and lists, as an expression and in place."""

from __future__ import annotations

from tests.generator import arrays, expressions
from tests.generator.kinds import SCALAR, Grown
from tests.generator.scope import Scope

KEYS = ("abs", "lambda h: -h", "lambda h: h * h", "math.sin")


def orders(scope: Scope, whole: str, count: int) -> list[str]:
    """Return what sorts a vector, or puts it in the order of another."""
    other = arrays.operand(scope, (count,), 0)
    return [
        f"np.sort({whole})",
        f"np.sort({whole})[::-1]",
        f"({whole})[np.argsort({other})]",
        f"np.array(sorted({whole}))",
        f"np.array(sorted({whole}, key={scope.chooser.pick(KEYS)}))",
    ]


def picked(scope: Scope, size: int) -> str:
    """Return a number from a sorted list."""
    choose = scope.chooser
    numbers = ", ".join(expressions.scalar(scope, size - 2) for _ in range(3))
    options = [
        f"sorted([{numbers}])[{choose.below(3)}]",
        f"sorted([{numbers}], key={choose.pick(KEYS)}, reverse=True)[1]",
        f"min([{numbers}], key={choose.pick(KEYS)})",
        f"max({numbers})",
        f"np.median([{numbers}])",
    ]
    return choose.pick(options)


def sort_list(scope: Scope) -> list[str]:
    """Return a statement that sorts a list in place, or makes a sorted one."""
    choose = scope.chooser
    lists = [(n, k) for n, k in scope.of(Grown) if n not in scope.guarded and k.item == SCALAR]
    if not lists or choose.chance(0.3):
        vectors = [(n, k) for n, k in scope.of_arrays() if len(k.shape) == 1]
        if not vectors:
            return []
        name, vector = choose.pick(vectors)
        return [f"{scope.bind(Grown(SCALAR, vector.shape[0]))} = sorted({name})"]
    name, kind = choose.pick(lists)
    forms = (
        f"{name}.sort()",
        f"{name}.sort(reverse=True)",
        f"{name}.sort(key={choose.pick(KEYS)})",
        f"{name}.reverse()",
        f"NEW = sorted({name}, key={choose.pick(KEYS)})",
    )
    form = choose.pick(forms)
    return [form.replace("NEW", scope.bind(kind)) if form.startswith("NEW") else form]
