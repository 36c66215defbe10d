"""Matrices of SymPy to nodes: explicit ones, entries of symbols, and products of symbols."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from gradgen.errors import ArgumentError
from gradgen.fromsympy.lower import Handler, Plan, Scope, short, unsupported
from gradgen.fromsympy.nodes import Node
from gradgen.fromsympy.sums import entry, whole

if TYPE_CHECKING:
    from gradgen.fromsympy.lower import Lowering


def _explicit(low: Lowering, expr: Any, scope: Scope) -> Plan:
    shape = tuple(map(int, expr.shape))
    items = [expr[i, j] for i in range(shape[0]) for j in range(shape[1])]
    return Plan(items, lambda a: low.nodes.make("array", a, shape))


def _array(low: Lowering, expr: Any, scope: Scope) -> Plan:
    shape = tuple(map(int, expr.shape))
    items = list(expr.reshape(len(expr))) if len(shape) > 1 else list(expr)
    return Plan(items, lambda a: low.nodes.make("array", a, shape))


def _element(low: Lowering, expr: Any, scope: Scope) -> Plan:
    matrix, *indices = expr.args
    if matrix in low.atoms:
        return entry(low, expr, low.atoms[matrix], indices, scope)
    if type(matrix).__name__ == "MatrixSymbol":
        return Plan([matrix], lambda a: a[0])
    at = [whole(low, low.nodes, index, scope) for index in indices]
    return Plan([matrix], lambda a: low.nodes.make("item", [a[0], *at]))


def _symbol(low: Lowering, expr: Any, scope: Scope) -> Plan:
    raise ArgumentError(
        f"the expression has the matrix {expr.name}, which is not among the symbols given",
        hint=f"list {expr.name} among them",
    )


def _product(low: Lowering, expr: Any, scope: Scope) -> Plan:
    """Return a product; what an inverse multiplies is solved for."""
    number, matrices = expr.as_coeff_matrices()
    operands = [m.arg if _is_inverse(m) else m for m in matrices]

    def build(made: list[Node]) -> Node:
        out: Node | None = None
        for matrix, node in reversed(list(zip(matrices, made[1:], strict=True))):
            if not _is_inverse(matrix):
                out = node if out is None else low.nodes.make("matmul", [node, out])
            elif out is None:
                out = low.nodes.call("np.linalg.inv", node)
            else:
                out = low.nodes.call("np.linalg.solve", node, out)
        assert out is not None
        if made[0].kind == "const" and made[0].data < 0:
            return low.nodes.product([low.nodes.const(-made[0].data), out], negative=True)
        return low.nodes.product([made[0], out])

    return Plan([number, *operands], build)


def _is_inverse(matrix: Any) -> bool:
    return type(matrix).__name__ == "Inverse"


def _power(low: Lowering, expr: Any, scope: Scope) -> Plan:
    base, exponent = expr.args
    if type(expr).__name__ == "Inverse":
        return Plan([base], lambda a: low.nodes.call("np.linalg.inv", a[0]))
    if not exponent.is_Integer:
        raise unsupported(expr, hint="raise matrices to whole powers")
    power = low.nodes.const(int(exponent))
    return Plan([base], lambda a: low.nodes.call("np.linalg.matrix_power", a[0], power))


def _call(path: str) -> Handler:
    def handler(low: Lowering, expr: Any, scope: Scope) -> Plan:
        return Plan([expr.arg], lambda a: low.nodes.call(path, a[0]))

    return handler


def _transpose(low: Lowering, expr: Any, scope: Scope) -> Plan:
    return Plan([expr.arg], lambda a: low.nodes.make("attribute", a, "T"))


def _entrywise(low: Lowering, expr: Any, scope: Scope) -> Plan:
    return Plan(expr.args, low.nodes.product)


def _filled(path: str) -> Handler:
    def handler(low: Lowering, expr: Any, scope: Scope) -> Plan:
        lengths = [whole(low, low.nodes, n, scope) for n in _lengths(expr)]
        return Plan((), lambda _: low.nodes.make("filled", lengths, path))

    return handler


def _lengths(expr: Any) -> Sequence[Any]:
    shape: tuple[Any, Any] = expr.shape
    return shape[:1] if type(expr).__name__ == "Identity" else shape


def _total(low: Lowering, expr: Any, scope: Scope) -> Plan:
    return Plan(expr.args, low.nodes.sum)


def _refused(low: Lowering, expr: Any, scope: Scope) -> Plan:
    raise unsupported(
        expr,
        f"matrices of class {type(expr).__name__} have no counterpart here, in {short(expr)}",
        "write it with sums, products, transposes, inverses, traces and determinants of matrices, "
        "or call .as_explicit() on it",
    )


HANDLERS: dict[str, Handler] = {
    "MatrixBase": _explicit,
    "NDimArray": _array,
    "MatrixElement": _element,
    "MatrixSymbol": _symbol,
    "MatMul": _product,
    "MatAdd": _total,
    "MatPow": _power,
    "Inverse": _power,
    "Transpose": _transpose,
    "Trace": _call("np.trace"),
    "Determinant": _call("np.linalg.det"),
    "HadamardProduct": _entrywise,
    "KroneckerProduct": _refused,
    "Identity": _filled("np.eye"),
    "ZeroMatrix": _filled("np.zeros"),
    "OneMatrix": _filled("np.ones"),
    "MatrixExpr": _refused,
}
