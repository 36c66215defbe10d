"""How each operation is spelled as a Python expression."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from typing import Any

from gradgen.ir.nodes import Const, Op, Value
from gradgen.rules.registry import RULES, Rule

Expr = ast.expr
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
        return call(rule.spelling, [ast.List(list(operands), ast.Load())], options_of(op))
    if rule.form == "shape":
        return call(rule.spelling, [shape_tuple(operands)], options_of(op))
    if rule.form == "shaped":
        return call(rule.spelling, [operands[0], shape_tuple(operands[1:])], options_of(op))
    by_place, by_name = _placed(rule, op, _needed(op, list(operands)))
    made = call(rule.spelling, by_place, options_of(op))
    made.keywords = [ast.keyword(n, e) for n, e in by_name.items()] + made.keywords
    return made


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


def dotted(path: str) -> Expr:
    """Return the expression of a dotted name."""
    head, *rest = path.split(".")
    out: Expr = ast.Name(head, ast.Load())
    for part in rest:
        out = ast.Attribute(out, part, ast.Load())
    return out


def call(path: str, args: list[Expr], options: dict[str, Any] | None = None) -> ast.Call:
    """Return a call of a dotted name."""
    keywords = [ast.keyword(k, literal(v, k)) for k, v in (options or {}).items()]
    return ast.Call(dotted(path), args, keywords)


def literal(value: Any, key: str = "") -> Expr:
    """Return the expression of a plain Python object; non-finite floats by ``float("inf")``."""
    if key == "dtype":
        return dtype_expression(value)
    if isinstance(value, tuple):
        return ast.Tuple([literal(v) for v in value], ast.Load())
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return ast.Call(ast.Name("float", ast.Load()), [ast.Constant(repr(value))], [])
    if type(value) in (int, float) and (value < 0 or (value == 0 and str(value)[0] == "-")):
        return ast.UnaryOp(ast.USub(), ast.Constant(-value))
    return ast.Constant(value)


def dtype_expression(name: str) -> Expr:
    """Return the expression of a dtype."""
    plain = {"bool": "bool", "int64": "int", "float64": "float", "complex128": "complex"}
    return dotted(plain.get(name, f"np.{name}"))


def constant(v: Const) -> Expr:
    """Return the expression of a literal value."""
    return dotted(v.text) if v.text else literal(v.const)


def shape_tuple(operands: Sequence[Expr]) -> Expr:
    """Return one length as it is, several as a tuple."""
    return operands[0] if len(operands) == 1 else ast.Tuple(list(operands), ast.Load())


def options_of(op: Op) -> dict[str, Any]:
    """Return the options that are printed."""
    return {k: v for k, v in op.attrs.items() if k != "keyed"}


def _operator(symbol: str, operands: list[Expr]) -> Expr:
    if len(operands) == 1:
        return ast.UnaryOp(UNARY[symbol](), operands[0])
    if symbol in COMPARE:
        return ast.Compare(operands[0], [COMPARE[symbol]()], [operands[1]])
    return ast.BinOp(operands[0], BINARY[symbol](), operands[1])


# --- subscripts ---------------------------------------------------------------------------


def subscript(
    base: Expr, attrs: dict[str, Any], operands: list[Expr], store: bool = False
) -> ast.Subscript:
    """Return ``base[index]`` for a subscript spelled as in ``rules.indexing``."""
    entries: list[Expr] = []
    slices, rest = iter(attrs.get("slices", ())), list(operands)
    for c in attrs["index"]:
        if c == "n":
            entries.append(ast.Constant(None))
        elif c == "e":
            entries.append(ast.Constant(Ellipsis))
        elif c == ":":
            entries.append(ast.Slice(None, None, None))
        elif c == "s":
            parts = [rest.pop(0) if has else None for has in next(slices)]
            entries.append(ast.Slice(*parts))
        else:
            entries.append(rest.pop(0))
    index = entries[0] if len(entries) == 1 else ast.Tuple(entries, ast.Load())
    return ast.Subscript(base, index, ast.Store() if store else ast.Load())


def index_object(index: Expr) -> Expr:
    """Return a subscript as an argument: slices spelled out as objects."""
    if isinstance(index, ast.Tuple):
        return ast.Tuple([index_object(e) for e in index.elts], ast.Load())
    if not isinstance(index, ast.Slice):
        return index
    parts = [index.lower, index.upper, *([index.step] if index.step else [])]
    if index.lower is None and index.step is None:
        parts = [index.upper]
    return call("slice", [ast.Constant(None) if p is None else p for p in parts])


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


def _attribute(name: str) -> Callable[[Op, list[Expr]], Expr]:
    return lambda op, operands: ast.Attribute(operands[0], name, ast.Load())


def _c_contiguous(op: Op, operands: list[Expr]) -> Expr:
    return _attribute("c_contiguous")(op, [_attribute("flags")(op, operands)])


def shape_of(v: Value, e: Expr) -> Expr:
    """Return the shape of a value: an attribute where it is certainly an array."""
    if v.type.kind == "array":
        return ast.Attribute(e, "shape", ast.Load())
    return call("np.shape", [e])


def _dim(op: Op, operands: list[Expr]) -> Expr:
    axis = literal(op.attrs.get("axis", 0))
    return ast.Subscript(shape_of(op.inputs[0], operands[0]), axis, ast.Load())


def _size(op: Op, operands: list[Expr]) -> Expr:
    if op.inputs[0].type.kind == "array":
        return ast.Attribute(operands[0], "size", ast.Load())
    return call("np.size", operands)


def _expand_dims(op: Op, operands: list[Expr]) -> Expr:
    """Return ``a[:, None]`` where the rank is known, as one writes it by hand."""
    rank, axis = op.inputs[0].type.rank, op.attrs["axis"]
    if not rank or not op.derived or isinstance(axis, tuple):
        return call("np.expand_dims", operands, {"axis": axis})
    axis %= rank + 1
    index: list[Expr] = [ast.Slice(None, None, None) for _ in range(axis)]
    index.append(ast.Constant(None))
    entry = index[0] if len(index) == 1 else ast.Tuple(index, ast.Load())
    return ast.Subscript(operands[0], entry, ast.Load())


def _astype(op: Op, operands: list[Expr]) -> Expr:
    if op.inputs[0].type.kind == "array":
        method = ast.Attribute(operands[0], "astype", ast.Load())
        return ast.Call(method, [dtype_expression(op.attrs["dtype"])], [])
    if op.inputs[0].type.is_scalar:
        return call(f"np.{op.attrs['dtype']}", operands)
    made = call("np.array", operands, {"dtype": op.attrs["dtype"]})
    return ast.Subscript(made, ast.Tuple([], ast.Load()), ast.Load())


def _copy(op: Op, operands: list[Expr]) -> Expr:
    t, e = op.inputs[0].type, operands[0]
    if t.kind == "list":
        return call("list", [_list_or_nothing(op, e)])
    order = op.attrs.get("order", "C")
    options = [] if order == "C" else [ast.keyword("order", ast.Constant(order))]
    copied = ast.Call(ast.Attribute(e, "copy", ast.Load()), [], options)
    if "unsure" not in op.attrs:
        return copied if t.kind == "array" and order != "K" else call("np.copy", operands)
    if t.is_scalar:
        return _unless_none(e, ast.Constant({"int": 0, "bool": False}.get(t.kind, 0.0)), e)
    nothing = call("np.empty", [literal((0,) * len(t.shape or (0,)))])
    return _unless_none(e, nothing, copied if t.kind == "array" else call("np.copy", operands))


def _unless_none(e: Expr, nothing: Expr, something: Expr) -> Expr:
    return ast.IfExp(ast.Compare(e, [ast.Is()], [ast.Constant(None)]), nothing, something)


def _list_or_nothing(op: Op, e: Expr) -> Expr:
    """Return a list, or no items where it may be None."""
    nothing = ast.Tuple([], ast.Load())
    return ast.BoolOp(ast.Or(), [e, nothing]) if "unsure" in op.attrs else e


def _zeros_as(op: Op, operands: list[Expr]) -> Expr:
    dtype = op.inputs[0].type.dtype
    options = {"dtype": dtype} if dtype in ("float32", "complex64", "complex128") else {}
    shape = shape_of(op.inputs[0], operands[0])
    if "unsure" in op.attrs:
        shape = _unless_none(operands[0], literal((0,)), shape)
    return call("np.zeros", [shape], options)


def _zeros_list(op: Op, operands: list[Expr]) -> Expr:
    item = op.inputs[0].type.item
    operands = [_list_or_nothing(op, operands[0])]
    if item is None or item.is_scalar:
        zero: Expr = ast.List([ast.Constant(0.0)], ast.Load())
        return ast.BinOp(zero, ast.Mult(), call("len", operands))
    if item.kind == "list":
        return call("_filled_lists", [operands[0], ast.Constant(0.0)])
    zero = call("np.zeros_like", [ast.Name("item", ast.Load())])
    loop = ast.comprehension(ast.Name("item", ast.Store()), operands[0], [], 0)
    return ast.ListComp(zero, [loop])


def _list(op: Op, operands: list[Expr]) -> Expr:
    if "typed" in op.attrs:
        item = op.attrs["typed"]
        zero: Expr = ast.Constant({"int": 0, "bool": False}.get(item.kind, 0.0))
        if item.kind == "array" and item.rank:
            zero = call("np.empty", [shape_tuple([ast.Constant(0)] * item.rank)])
        return call("_empty_list", [zero])
    return ast.List(list(operands), ast.Load())


def _repeat_list(op: Op, operands: list[Expr]) -> Expr:
    return ast.BinOp(ast.List([operands[0]], ast.Load()), ast.Mult(), operands[1])


def _array_of_list(op: Op, operands: list[Expr]) -> Expr:
    axis = op.attrs.get("axis")
    return call("np.array" if axis is None else "np.stack", operands, options_of(op))


def _items(op: Op, operands: list[Expr]) -> Expr:
    if op.attrs.get("plain"):
        return ast.Call(ast.Attribute(operands[0], "tolist", ast.Load()), [], [])
    return call("list", operands)


def _list_add(op: Op, operands: list[Expr]) -> Expr:
    """Return ``[a + b for a, b in zip(items, more)]``, or the helper that does so in a slice."""
    if op.attrs:
        part = index_object(subscript(operands[0], op.attrs, operands[2:]).slice)
        return call("_add_slice", [*operands[:2], part])
    item = op.inputs[0].type.item
    if item is not None and item.kind == "list":
        return call("_add_lists", operands)
    names = [ast.Name(n, ast.Load()) for n in ("a", "b")]
    pair = ast.Tuple([ast.Name(n.id, ast.Store()) for n in names], ast.Store())
    loop = ast.comprehension(pair, call("zip", operands), [], 0)
    return ast.ListComp(ast.BinOp(names[0], ast.Add(), names[1]), [loop])


def _full(op: Op, operands: list[Expr]) -> Expr:
    return call("np.full", [shape_tuple(operands[1:]), operands[0]], options_of(op))


def _fill(op: Op, operands: list[Expr]) -> Expr:
    return call("np.full", [shape_of(op.inputs[0], operands[0]), operands[1]])


def _stretch(op: Op, operands: list[Expr]) -> Expr:
    return call("np.broadcast_to", [operands[1], shape_of(op.inputs[0], operands[0])])


def _reshape_as(op: Op, operands: list[Expr]) -> Expr:
    return call("np.reshape", [operands[0], shape_of(op.inputs[1], operands[1])])


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
    out: Expr = ast.Name(op.attrs["param"], ast.Load())
    for kind, key in op.attrs["path"]:
        if kind == "attr":
            out = ast.Attribute(out, key, ast.Load())
        else:
            out = ast.Subscript(out, literal(key), ast.Load())
    return out


def _load(op: Op, operands: list[Expr]) -> Expr:
    return subscript(operands[0], op.attrs, operands[1:])


def _winners(op: Op, operands: list[Expr]) -> Expr:
    place = subscript(operands[0], op.attrs, operands[1:])
    return call("_winners", [operands[0], index_object(place.slice)])


def _custom(op: Op, operands: list[Expr]) -> Expr:
    """Return the results that go through: where the graph is run before it is text."""
    results = operands[: len(op.outputs)]
    return results[0] if len(results) == 1 else ast.Tuple(results, ast.Load())


def _einsum(op: Op, operands: list[Expr]) -> Expr:
    """Return ``np.einsum`` with the subscripts as they were given."""
    options = {k: v for k, v in op.attrs.items() if k == "optimize"}
    return call("np.einsum", [literal(op.attrs["text"]), *operands], options)


def _two_vectors(op: Op, operands: list[Expr]) -> Expr:
    """Return ``f([a, b], [c, d])``."""
    half = len(operands) // 2
    groups = operands[:half], operands[half:]
    return call(RULES[op.prim].spelling, [ast.List(group, ast.Load()) for group in groups])


def _pad(op: Op, operands: list[Expr]) -> Expr:
    """Return ``np.pad`` with a pair of widths for each axis, or the one width for all."""
    array, *rest = operands
    options = [ast.keyword(k, literal(v)) for k, v in op.attrs.items() if k != "filled"]
    if op.attrs.get("filled"):
        options.append(ast.keyword("constant_values", rest.pop()))
    pairs = [ast.Tuple(list(p), ast.Load()) for p in zip(rest[::2], rest[1::2], strict=True)]
    widths: Expr = pairs[0] if len(pairs) == 1 else ast.Tuple(list(pairs), ast.Load())
    if len({ast.dump(w) for w in rest}) == 1:
        widths = rest[0]
    return ast.Call(dotted("np.pad"), [array, widths], options)


def _axis_of(op: Op, operands: list[Expr]) -> Expr:
    """Return one of the arrays that a call gives, one for each axis."""
    return ast.Subscript(call(f"np.{op.prim}", operands), literal(op.attrs["axis"]), ast.Load())


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


def _unique_places(op: Op, operands: list[Expr]) -> Expr:
    """Return one of the arrays that ``np.unique`` gives beside the values."""
    options = {op.attrs.get("item", "return_index"): True}
    made = call("np.unique", operands, options | {k: v for k, v in op.attrs.items() if k == "axis"})
    return ast.Subscript(made, ast.Constant(1), ast.Load())


def _places(op: Op, operands: list[Expr]) -> Expr:
    return nested(op.attrs["entries"])


def nested(items: Any) -> Expr:
    """Return lists of literals."""
    if isinstance(items, list | tuple):
        return ast.List([nested(i) for i in items], ast.Load())
    return literal(items)


def _flatten(op: Op, operands: list[Expr]) -> Expr:
    return ast.Call(ast.Attribute(operands[0], "flatten", ast.Load()), [], [])


def _eye(op: Op, operands: list[Expr]) -> Expr:
    same = len(operands) == 2 and ast.dump(operands[0]) == ast.dump(operands[1])
    return call("np.eye", operands[:1] if same else operands, options_of(op))


def _scalar(op: Op, operands: list[Expr]) -> Expr:
    return call("np.sum", operands)


def _lift_list(op: Op, operands: list[Expr]) -> Expr:
    """Return ``[np.repeat(np.expand_dims(item, 0), n, axis=0) for item in items]``."""
    row = call("np.expand_dims", [ast.Name("item", ast.Load()), ast.Constant(0)])
    loop = ast.comprehension(ast.Name("item", ast.Store()), operands[0], [], 0)
    return ast.ListComp(call("np.repeat", [row, operands[1]], {"axis": 0}), [loop])


def _each(op: Op, operands: list[Expr]) -> Expr:
    """Return ``np.stack([f(row, b) for row in a])``: one call for each of a batch."""
    used = {n.id for e in operands for n in ast.walk(e) if isinstance(n, ast.Name)}
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
    return call("np.stack", [ast.ListComp(made, [loop])])


SPECIAL: dict[str, Callable[[Op, list[Expr]], Expr]] = {
    "load": _load, "expand_dims": _expand_dims, "T": _attribute("T"),
    "real": _attribute("real"), "imag": _attribute("imag"), "dim": _dim, "size": _size,
    "astype": _astype, "copy": _copy, "c_contiguous": _c_contiguous, "zeros_as": _zeros_as,
    "zeros_list": _zeros_list, "full": _full, "fill": _fill, "stretch": _stretch,
    "reshape_as": _reshape_as, "select": _select, "trips": _trips, "captured": _captured,
    "helper": _helper, "leaf": _leaf, "flatten": _flatten, "item": _method("item"), "eye": _eye,
    "scalar": _scalar, "winners": _winners, "pad": _pad, "each": _each, "lift_list": _lift_list,
    "einsum": _einsum, "einsum_view": _einsum, "custom": _custom, "places": _places,
    "record": _helper,
    "nonzero": _axis_of,
    "draw": _draw, "unique_places": _unique_places,
    "tril_indices": _axis_of, "triu_indices": _axis_of,
    "list": _list, "repeat_list": _repeat_list, "array_of_list": _array_of_list, "items": _items,
    "dist_items": _two_vectors, "sumprod_items": _two_vectors, "list_add": _list_add,
    "index_of": _method("index"),
    "joined_list": lambda op, operands: call("np.concatenate", operands, options_of(op)),
    "pieces": lambda op, operands: call("_pieces", operands, options_of(op)),
}  # fmt: skip
