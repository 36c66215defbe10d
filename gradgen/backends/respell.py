"""Python that Numba has by another spelling only: dtypes, sequences, ranges backwards."""

from __future__ import annotations

import ast
from typing import Any

from gradgen.deep import deep
from gradgen.emission import pieces
from gradgen.syntax import nodes_in

DTYPES = {"bool": "np.bool_", "int": "np.int64", "float": "np.float64", "complex": "np.complex128"}
MAKERS = (
    "np.array", "np.asarray", "np.copy", "np.zeros", "np.ones", "np.empty", "np.full",
    "np.zeros_like", "np.ones_like", "np.empty_like", "np.full_like",
)  # fmt: skip
JOINS = ("np.concatenate", "np.stack", "np.hstack", "np.vstack", "np.column_stack")


def _assigns_at_break(body: list[ast.stmt]) -> bool:
    """Whether something is assigned where a loop is left."""
    if any(isinstance(s, ast.Break) for s in body):
        return any(isinstance(s, ast.Assign | ast.AugAssign | ast.For | ast.While) for s in body)
    arms = [arm for s in body if isinstance(s, ast.If) for arm in (s.body, s.orelse)]
    return any(map(_assigns_at_break, arms))


@deep
def respelled(definition: ast.FunctionDef) -> ast.FunctionDef:
    """Return a function to be compiled in Numba's spelling."""
    taken = {n.id for n in nodes_in(definition) if isinstance(n, ast.Name)}
    made: ast.FunctionDef = _Respell(taken | {a.arg for a in definition.args.args}).visit(
        definition
    )
    return made


class _Respell(ast.NodeTransformer):
    def __init__(self, taken: set[str]) -> None:
        self.taken = taken

    def generic_visit(self, node: ast.AST) -> Any:
        """Keep what the text's makers noted on the nodes."""
        super().generic_visit(node)
        return node

    def visit_With(self, node: ast.With) -> ast.With:
        """Leave what runs in Python as it is: a view there has to stay one."""
        runs_in_python = any("objmode" in ast.unparse(i.context_expr) for i in node.items)
        return node if runs_in_python else self.generic_visit(node)

    def visit_While(self, node: ast.While) -> ast.While | list[ast.stmt]:
        """Give an endless loop a test.

        What is assigned before its only ``break`` would be taken for done before the rest of the
        loop: Numba orders such statements by their place in the text (its issue 5267).
        """
        self.generic_visit(node)
        if not (isinstance(node.test, ast.Constant) and _assigns_at_break(node.body)):
            return node
        name = "going"
        while name in self.taken:
            name += "_"
        self.taken.add(name)
        node.test = ast.Name(name, ast.Load())
        return [ast.Assign([ast.Name(name, ast.Store())], ast.Constant(True)), node]

    def visit_Call(self, node: ast.Call) -> ast.expr:
        """Respell dtypes, and lists that are joined; a list cannot hold arrays of all layouts."""
        self.generic_visit(node)
        name = ast.unparse(node.func) if _dotted(node.func) else ""
        for k in node.keywords:
            if k.arg == "dtype":
                k.value = _dtype(k.value)
        if _is_method(node.func, "astype"):
            node.args[:1] = [_dtype(a) for a in node.args[:1]]
        if name in JOINS and node.args and isinstance(node.args[0], ast.List):
            node.args[0] = ast.Tuple(node.args[0].elts, ast.Load())
        if name.startswith("_"):
            node.args = [_array(a) for a in node.args]
        if name == "abs":
            node.func = pieces.dotted("np.abs")
        if name in ("np.reshape", "np.diff"):  # Numba does these of contiguous arrays alone
            node.args[0] = pieces.call("np.ascontiguousarray", [node.args[0]])
        if name == "np.transpose" and node.keywords:
            method = ast.Attribute(node.args[0], "transpose", ast.Load())
            return ast.Call(method, [node.keywords[0].value], [])
        if name in MAKERS or _is_method(node.func, "copy"):
            return _in_order(node)
        if name == "np.take":
            axes = [ast.literal_eval(k.value) for k in node.keywords]
            return _subscript(node.args[0], node.args[1], axes[0] if axes else 0)
        if name == "reversed":
            return pieces.call("_backwards", node.args)
        return node

    def visit_ListComp(self, node: ast.ListComp) -> ast.ListComp:
        """Let the zeros in a list lie in rows, as what is stored there later does."""
        self.generic_visit(node)
        match node.elt:
            case ast.Call(fn, [item], []) if ast.unparse(fn) == "np.zeros_like":
                asked: list[ast.expr] = [
                    ast.Attribute(item, part, ast.Load()) for part in ("shape", "dtype")
                ]
                node.elt = pieces.call("np.zeros", asked)
        return node

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.AugAssign:
        """Respell what is added to all of an array; a store may be one into a single number."""
        self.generic_visit(node)
        target = node.target
        if isinstance(target, ast.Subscript) and ast.unparse(target.slice) == "...":
            target.slice = ast.Slice(None, None, None)
        return node

    def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
        """Respell lists of places, and the whole of an array."""
        self.generic_visit(node)
        node.slice = _array(node.slice)
        if isinstance(node.slice, ast.Tuple):
            node.slice.elts = [_array(e) for e in node.slice.elts]
        whole = isinstance(node.slice, ast.Constant) and node.slice.value is Ellipsis
        return _whole(node) if whole else node


def _whole(node: ast.Subscript) -> ast.expr:
    """Return all of an array, read or written to, without ``...`` where Numba does not take it."""
    if isinstance(node.ctx, ast.Load):
        return node.value
    if isinstance(node.value, ast.Subscript):
        return ast.Subscript(node.value.value, node.value.slice, node.ctx)
    return node


def _is_method(e: ast.expr, name: str) -> bool:
    return isinstance(e, ast.Attribute) and e.attr == name


def _in_order(made: ast.Call) -> ast.Call:
    """Return a call that makes an array, with the order of the entries in a call around it."""
    orders = [k.value for k in made.keywords if k.arg == "order"]
    made.keywords = [k for k in made.keywords if k.arg != "order"]
    if _is_method(made.func, "copy") and ast.unparse(made.func) != "np.copy" and made.args:
        orders, made.args = made.args, []
    by_columns = any(isinstance(o, ast.Constant) and o.value == "F" for o in orders)
    return pieces.call("np.asfortranarray", [made]) if by_columns else made


def _subscript(base: ast.expr, where: ast.expr, axis: int) -> ast.expr:
    """Return ``np.take`` along an axis as a subscript."""
    whole: list[ast.expr] = [ast.Slice(None, None, None)] * axis
    index = ast.Tuple([*whole, _array(where)], ast.Load()) if whole else _array(where)
    return ast.Subscript(base, index, ast.Load())


def _dotted(e: ast.expr) -> bool:
    return isinstance(e, ast.Name) or (isinstance(e, ast.Attribute) and _dotted(e.value))


def _array(e: ast.expr) -> ast.expr:
    """Return a list of places as an array."""
    return pieces.call("np.array", [e]) if isinstance(e, ast.List) and e.elts else e


def _dtype(e: ast.expr) -> ast.expr:
    name = e.id if isinstance(e, ast.Name) else ""
    return pieces.dotted(DTYPES[name]) if name in DTYPES else e
