"""How each operation is spelled as a Python expression."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence

from gradgen.emission.pieces import (
    Expr,
    access,
    call,
    dotted,
    literal,
    options_of,
    shape_tuple,
    subscript,
)
from gradgen.ir.nodes import Const, Op, Value
from gradgen.rules.registry import RULES, Rule
from gradgen.syntax import names_in

BINARY = {
    "+": ast.Add, "-": ast.Sub, "*": ast.Mult, "/": ast.Div, "%": ast.Mod, "//": ast.FloorDiv,
    "**": ast.Pow, "@": ast.MatMult, "&": ast.BitAnd, "|": ast.BitOr, "^": ast.BitXor,
    "<<": ast.LShift, ">>": ast.RShift,
}  # fmt: skip
COMPARE = {
    "<": ast.Lt, "<=": ast.LtE, ">": ast.Gt, ">=": ast.GtE, "==": ast.Eq, "!=": ast.NotEq,
    "is": ast.Is, "is not": ast.IsNot,
}  # fmt: skip
UNARY = {"-": ast.USub, "+": ast.UAdd, "not": ast.Not, "~": ast.Invert}


def op_expression(op: Op, operands: Sequence[Expr]) -> Expr:
    """Return the expression of an operation with one output and no blocks."""
    rule = RULES[op.prim]
    if op.prim in SPECIAL:
        return SPECIAL[op.prim](op, list(operands))
    if rule.form == "operator":
        return _operator(rule.spelling, list(operands))
    if rule.form == "sequence":
        items = [_bare(e) for e in operands] if op.prim == "array" else list(operands)
        return call(rule.spelling, [ast.List(items, ast.Load())], options_of(op))
    if rule.form == "shape":
        return call(rule.spelling, [shape_tuple(operands, op.inputs)], options_of(op))
    if rule.form == "shaped":
        shape = shape_tuple(operands[1:], op.inputs[1:])
        return call(rule.spelling, [operands[0], shape], options_of(op))
    by_place, by_name = _placed(rule, op, _needed(op, list(operands)))
    made = call(rule.spelling, by_place, options_of(op))
    made.keywords = [ast.keyword(n, e) for n, e in by_name.items()] + made.keywords
    return made


def _solution(op: Op, operands: list[Expr]) -> Expr:
    """Return the call that marks a solution: with it, the arguments that it is the solution for."""
    from gradgen.diff.structures import value_tree
    from gradgen.frontend.parts import leaves

    rest = iter(operands)
    args = [value_tree(a, [next(rest) for _ in leaves(a)], lambda e: e) for a in op.attrs["args"]]
    return call(op.attrs["name"], args)


def _bare(e: Expr) -> Expr:
    """Return the list that ``np.array`` makes an array of: in a longer one it is a row."""
    if isinstance(e, ast.Call) and not e.keywords and ast.unparse(e.func) == "np.array":
        return e.args[0] if isinstance(e.args[0], ast.List) else e
    return e


def _placed(rule: Rule, op: Op, operands: list[Expr]) -> tuple[list[Expr], dict[str, Expr]]:
    """Return the operands by their place, and by name those that come after an option."""
    given = op.attrs.get("keyed", ())
    if given:
        first = len(operands) - len(given)
        return operands[:first], dict(zip(given, operands[first:], strict=True))
    names = [p for p in rule.params if p not in rule.options]
    options = [k for k, p in enumerate(rule.params) if p in rule.options]
    first = min(options, default=len(operands))
    if rule.variadic or first >= len(operands):
        return operands, {}
    return operands[:first], dict(zip(names[first:], operands[first:], strict=False))


def _needed(op: Op, operands: list[Expr]) -> list[Expr]:
    """Return the operands without those at the end that are what the function takes anyway."""
    rule = RULES[op.prim]
    names = [p for p in rule.params if p not in rule.options]
    for name, v in reversed(list(zip(names, op.inputs, strict=False))):
        if name not in rule.fills or not isinstance(v, Const):
            break
        if repr(v.const) != repr(rule.fills[name]):
            break
        operands.pop()
    return operands


def _operator(symbol: str, operands: list[Expr]) -> Expr:
    if len(operands) == 1:
        tested = operands[0]
        if symbol == "not" and isinstance(tested, ast.Compare) and type(tested.ops[0]) is ast.In:
            return ast.Compare(tested.left, [ast.NotIn()], tested.comparators)
        return ast.UnaryOp(UNARY[symbol](), tested)
    if symbol in COMPARE:
        return ast.Compare(operands[0], [COMPARE[symbol]()], [operands[1]])
    return ast.BinOp(operands[0], BINARY[symbol](), operands[1])


def target(op: Op, base: Expr, operands: list[Expr]) -> ast.Subscript:
    """Return the place that a store writes to: the path of views, then the index."""
    rest = list(operands)
    for prim, count, attrs in op.attrs.get("path", ()):
        inputs = [Value(op.inputs[0].type)] * (count + 1)
        step = Op(prim, inputs, [], attrs)
        base = op_expression(step, [base, *rest[:count]])
        rest = rest[count:]
    return subscript(base, op.attrs, rest, store=True)


# --- special forms ------------------------------------------------------------------------


def _method(name: str) -> Callable[[Op, list[Expr]], Expr]:
    def build(op: Op, operands: list[Expr]) -> Expr:
        return ast.Call(ast.Attribute(operands[0], name, ast.Load()), operands[1:], [])

    return build


def _select(op: Op, operands: list[Expr]) -> Expr:
    return ast.IfExp(operands[0], operands[1], operands[2])


def _trips(op: Op, operands: list[Expr]) -> Expr:
    return call("len", [call("range", operands)])


def _captured(op: Op, operands: list[Expr]) -> Expr:
    return ast.Name(op.attrs["name"], ast.Load())


def _helper(op: Op, operands: list[Expr]) -> Expr:
    rest = iter(operands)
    args = [literal(*known) if known else next(rest) for known in op.attrs.get("layout", ())]
    return call(op.attrs["function"], [*args, *rest], dict(op.attrs["options"]))


def _leaf(op: Op, operands: list[Expr]) -> Expr:
    return access(ast.Name(op.attrs["param"], ast.Load()), op.attrs["path"])


def _field(op: Op, operands: list[Expr]) -> Expr:
    return access(operands[0], (op.attrs["key"],))


def _load(op: Op, operands: list[Expr]) -> Expr:
    """Return a subscript, or what ``np.take`` makes of it: the same entries, always in C order."""
    index = op.attrs["index"]
    if op.attrs.get("taken") and index.lstrip(":") == "a":
        whole = {} if op.inputs[0].type.rank == 1 else {"axis": len(index) - 1}
        return call("np.take", operands, whole)
    return subscript(operands[0], op.attrs, operands[1:])


def _custom(op: Op, operands: list[Expr]) -> Expr:
    """Return the results that go through: where the graph is run before it is text."""
    results = operands[: len(op.outputs)]
    return results[0] if len(results) == 1 else ast.Tuple(results, ast.Load())


def _draw(op: Op, operands: list[Expr]) -> Expr:
    """Return the call that draws numbers, of the generator that is the first operand if any."""
    name, names = op.attrs["function"], op.attrs["names"]
    owned = op.attrs["owned"]
    target = ast.Attribute(operands.pop(0), name, ast.Load()) if owned else dotted(name)
    if op.attrs["spread"]:
        return ast.Call(target, operands, [])
    keywords = [ast.keyword(n, v) for n, v in zip(names, operands, strict=False)]
    if op.attrs["sized"]:
        keywords.append(ast.keyword("size", shape_tuple(operands[len(names) :])))
    return ast.Call(target, [], keywords)


def _each(op: Op, operands: list[Expr]) -> Expr:
    """Return ``np.stack([f(row, b) for row in a])``: one call for each of a batch.

    There may be none where lengths follow the operands: ``np.reshape([...], (len(a), 3))``.
    """
    count = len(op.attrs["which"])
    operands, lengths = operands[:count], operands[count:]
    used = names_in(operands)
    fresh = (f"row{k or ''}" for k in range(len(used) + len(operands)))
    free = (name for name in fresh if name not in used)
    names = [next(free) if each else "" for each in op.attrs["which"]]
    inner = [ast.Name(n, ast.Load()) if n else e for n, e in zip(names, operands, strict=True)]
    over = [e for n, e in zip(names, operands, strict=True) if n]
    targets: list[Expr] = [ast.Name(n, ast.Store()) for n in names if n]
    target = targets[0] if len(targets) == 1 else ast.Tuple(targets, ast.Store())
    several = over[0] if len(over) == 1 else call("zip", over)
    made = op_expression(op.attrs["op"], inner)
    loop = ast.comprehension(target, several, [], 0)
    rows = ast.ListComp(made, [loop])
    if len(lengths) == 1:
        kind = op.out.type.dtype
        return call("np.array", [rows], {} if kind == "float64" else {"dtype": kind})
    if lengths:
        return call("np.reshape", [rows, ast.Tuple(lengths, ast.Load())])
    return call("np.stack", [rows])


# Those of arrays, of lists and of SciPy's functions are entered by `array_forms` and its kin.
def _extreme(op: Op, operands: list[Expr]) -> Expr:
    """Return the larger or smaller of two; of that of others and one more, one call."""
    made = call(RULES[op.prim].spelling, operands)
    inner, first = op.inputs[0].op, operands[0]
    if inner is not None and inner.prim == op.prim and isinstance(first, ast.Call):
        made.args[:1] = first.args
    return made


SPECIAL: dict[str, Callable[[Op, list[Expr]], Expr]] = {
    "load": _load, "select": _select, "trips": _trips, "captured": _captured, "helper": _helper,
    "record": _helper, "leaf": _leaf, "item": _method("item"), "index_of": _method("index"),
    "field": _field, "custom": _custom, "solution": _solution, "draw": _draw, "each": _each,
    "max2": _extreme, "min2": _extreme,
}  # fmt: skip
