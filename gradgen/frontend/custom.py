"""Calls of functions with derivative rules of their own, and of ``stop_gradient``.

What such a function does is read in place, as ever.  Its result then goes through an operation
``custom``, which stands between it and what follows: for the sweep, which asks the rule instead
of looking behind it (``diff.custom``).  Before the text is made, these are gone.
"""

from __future__ import annotations

import ast
from typing import Any

from gradgen.custom import custom_jvp, custom_vjp, missing_rule, on_grad, stop_gradient
from gradgen.dataclass import dataclass
from gradgen.errors import ArgumentError
from gradgen.frontend.branches import distribute
from gradgen.frontend.describing import describe
from gradgen.frontend.parameters import binding_error
from gradgen.frontend.parts import leaves, parts, with_parts
from gradgen.frontend.reader import Reader
from gradgen.frontend.scopes import free_names, meaning
from gradgen.frontend.special import special
from gradgen.frontend.values import Box, Choice, LocalFunction, Map, Ref, Seq, Static
from gradgen.ir.nodes import Const, Value
from gradgen.solutions import fixed_point, implicit, in_parts_of
from gradgen.syntax import nodes_in

OUTSIDE = "decorate the function outside, and hand it all that it needs as arguments"


@dataclass(frozen=True, slots=True, eq=False)
class Custom:
    """What a ``custom`` operation stands for.

    Its inputs are the leaves of ``results``, then those of ``kept``, then those of ``args``; these
    are values of the front end, whose leaves the inputs replace.
    """

    function: custom_vjp | custom_jvp
    held: list[Any]  # arguments without a derivative
    args: list[Any]
    results: Any
    kept: Any

    def counts(self) -> tuple[int, int]:
        """Return how many inputs are results, and how many are kept."""
        return len(leaves(self.results)), len(leaves(self.kept))

    def marks(self) -> bool:
        """Whether the first argument is the result itself, which the rule says nothing of."""
        f = self.function
        return bool(f.stands_for) if isinstance(f, custom_jvp) else f.found is f


def call_custom(r: Reader, node: ast.AST, obj: Any, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Return the value of a call of a function with a rule of its own."""
    # A cycle by nature: its function is read as any other.
    from gradgen.frontend.calls import call_value

    try:
        given = obj.positional(args, kwargs)
    except TypeError as error:
        raise binding_error(r, node, str(error)) from None
    held = [given[k] for k in obj.nondiff_argnums]
    free = [a for k, a in enumerate(given) if k not in obj.nondiff_argnums]
    if isinstance(obj, custom_jvp):
        if obj.rule is None:
            raise missing_rule(obj.fun.__name__, "defjvp")
        result = call_value(r, node, Static(obj.fun), given, {})
        return _marked(r, node, Custom(obj, held, free, result, None))
    if obj.forward is None:
        raise missing_rule(obj.fun.__name__, "defvjp")
    if obj in r.book.rules:
        return call_value(r, node, Static(obj.fun), given, {})
    r.book.rules.append(obj)
    try:
        both = call_value(r, node, Static(obj.forward), given, {})
    finally:
        r.book.rules.remove(obj)
    if not isinstance(both, Seq) or len(both.items) != 2:
        r.refuse(node, f"the forward rule of {obj.fun.__name__!r} returns no pair",
                 "return (result, kept)")  # fmt: skip
    if obj.found is not None:
        _require_parts(r, node, both.items[0])
    return _marked(r, node, Custom(obj, held, free, *both.items))


def _require_parts(r: Reader, node: ast.AST, solution: Any) -> None:
    """Refuse a solution that is not made of numbers and arrays alone."""
    if isinstance(solution, Choice):
        r.refuse(node, "a solution whose structure depends on the path",
                 "give the start the keys of the solution, in the same order")  # fmt: skip
    if not _in_parts(solution):
        r.refuse(node, f"a solution that is a {describe(solution)}",
                 "let it be an array, or a dict, tuple or list of numbers and arrays")  # fmt: skip


def _in_parts(solution: Any) -> bool:
    """Whether a solution has numbers and arrays as its parts, and nothing else."""
    if isinstance(solution, Seq | Map):
        return bool(parts(solution)) and all(_in_parts(part) for _, part in parts(solution))
    return isinstance(solution, Value | Ref)


@special(in_parts_of, listed=False)
def _in_parts_of(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Read what an equation gives, which has to be in the parts of its solution."""
    if not _alike(*args):
        raise ArgumentError(
            "an equation gives other parts than the solution of its solver has",
            hint="let both have the same keys and lengths",
        )
    return args[1]


def _alike(one: Any, other: Any) -> bool:
    boxes = [isinstance(v, Box) for v in (one, other)]
    if not all(boxes):
        return not any(boxes)
    mine, theirs = dict(parts(one)), dict(parts(other))
    return mine.keys() == theirs.keys() and all(_alike(mine[k], theirs[k]) for k in mine)


def _marked(r: Reader, node: ast.AST, custom: Custom) -> Any:
    """Return the results behind an operation that stands for the rule."""
    if isinstance(custom.results, Choice) or isinstance(custom.kept, Choice):
        r.refuse(node, "a rule whose structure depends on the path", "return the same structure")
    results = leaves(custom.results)
    inputs = [r.read(v) for v in (*results, *leaves(custom.kept), *_leaves(custom.args))]
    types = [r.read(v).type for v in results]
    if not results:
        return custom.results
    op = r.b.append("custom", inputs, types, span=r.span(node), attrs={"custom": custom})
    fresh = iter([_held(r, v, out) for v, out in zip(results, op.outputs, strict=True)])
    return rebuilt(custom.results, fresh)


def _held(r: Reader, old: Any, new: Value) -> Any:
    """Hold a result: in memory that it shares with what the function returned."""
    made = r.hold(new)
    if isinstance(old, Ref) and isinstance(made, Ref):
        r.entangle(made.storage, old.storage, set())
    return made


def _leaves(args: list[Any]) -> list[Any]:
    return [leaf for a in args for leaf in leaves(a)]


def rebuilt(tree: Any, fresh: Any) -> Any:
    """Return a structure with other leaves, taken from an iterator."""
    if isinstance(tree, Value | Ref):
        return next(fresh)
    if isinstance(tree, Box):
        return with_parts(tree, [(k, rebuilt(item, fresh)) for k, item in parts(tree)])
    return tree


def _through(rule, kept, g):  # type: ignore[no-untyped-def]
    return (rule(g),)


PASSED = custom_vjp(on_grad, nondiff_argnums=(0,))
PASSED.defvjp(on_grad, _through)


@special(on_grad)
def _on_grad(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Read a value whose adjoint goes through a function."""
    given = dict(zip(("x", "rule"), args, strict=False)) | kwargs
    if set(given) != {"x", "rule"}:
        r.refuse(node, "such a call of on_grad", "call on_grad(x, rule)")
    rule = given["rule"]
    if isinstance(rule, LocalFunction):
        own = {a.arg for a in nodes_in(rule.node.args) if isinstance(a, ast.arg)}
        known = (Static, Const, LocalFunction, type(None))
        names = free_names(rule.node, own)
        computed = [n for n in names if not isinstance(meaning(r, rule, n), known)]
        if computed:
            r.refuse(node, f"a rule that reads {computed[0]!r}, which the loss computes",
                     "give the rule with gradgen.custom_vjp, and keep the value there")  # fmt: skip
    elif not isinstance(rule, Static) or not callable(rule.obj):
        r.refuse(node, f"a {describe(rule)} as a rule", "give a function of the adjoint")
    x = given["x"]
    return _marked(r, node, Custom(PASSED, [rule], [x], x, Seq([])))


@special(custom_vjp, custom_jvp, listed=False)
def _rule_inside(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Refuse to make a function with a rule where its rule would have to be read first."""
    r.refuse(node, "a derivative rule given inside the differentiated function", OUTSIDE)


@special(implicit, fixed_point, listed=False)
def _solver_inside(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Refuse to make a solver whose equation may read what the loss computes."""
    r.refuse(node, "implicit or fixed_point inside the differentiated function", OUTSIDE)


@special(stop_gradient)
def _stop_gradient(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Read a value that is a constant for every derivative."""
    (x,) = args or kwargs.values()
    return stopped(r, node, x)


def stopped(r: Reader, node: ast.AST, x: Any) -> Any:
    """Return a value as a constant, containers item by item."""
    if isinstance(x, Choice):
        return distribute(r, node, x, lambda option: stopped(r, node, option))
    if isinstance(x, Box):
        return with_parts(x, [(k, stopped(r, node, item)) for k, item in parts(x)])
    if isinstance(x, Ref) and not x.storage.lists:
        return r.view(x, "stop_gradient", [], {})
    if isinstance(x, Value) and not isinstance(x, Const):
        return r.b.emit("stop_gradient", [x])
    return x
