"""What the sweep reads is kept in arrays that NumPy makes, beside the compiled function.

NumPy asks the system for large pages (``madvise``) where an array is large; the allocator of
compiled code does not, and there the first write to each small page costs more than what is kept.
"""

from __future__ import annotations

import ast
import copy
from collections import Counter

from gradgen.syntax import nodes_in

LEAST = 2  # open lengths of what is worth an argument more: small arrays are made in no time
SIZES = ("len", "max", "min")
DIVISORS = [str(n) for n in range(1, 100)]


def take_tapes(
    statements: list[ast.stmt], known: list[str]
) -> tuple[list[ast.stmt], list[str], list[ast.Assign]]:
    """Part a compiled function's statements from those that make arrays of what is kept.

    These are of sizes that are known of its parameters, whose names are ``known``.  Returned are
    the rest, the names of the arrays, and the statements that make them.
    """
    names = (n for s in statements for n in nodes_in(s) if isinstance(n, ast.Name))
    stored = Counter(n.id for n in names if isinstance(n.ctx, ast.Store))
    known = [name for name in known if name not in stored]
    like: dict[str, ast.expr] = {}
    sizes: dict[str, ast.expr] = {}
    spelled: dict[str, ast.expr] = {}
    rest: list[ast.stmt] = []
    taken: list[ast.Assign] = []
    for s in statements:
        target = s.targets[0] if isinstance(s, ast.Assign) else None
        if not isinstance(s, ast.Assign) or not isinstance(target, ast.Name):
            rest.append(s)
            continue
        once = stored[target.id] == 1
        said = _Insert(like).visit(copy.deepcopy(s.value))
        value = _Insert(sizes).visit(copy.deepcopy(said))
        if once and (original := _copied(said, known)) is not None:
            like[target.id] = original
        if once and _is_size(value, known):
            sizes[target.id], spelled[target.id] = value, said
        if once and not getattr(s, "gradgen_reverse", False) and _is_tape(value, known):
            taken.append(ast.Assign([target], said))
        else:
            rest.append(s)
    made = [ast.unparse(s.targets[0]) for s in taken]
    return rest, made, _with_sizes(taken, spelled)


def _with_sizes(taken: list[ast.Assign], sizes: dict[str, ast.expr]) -> list[ast.Assign]:
    """Put sizes that are asked for several times before what is made of them, others into it."""
    for name, size in reversed(sizes.items()):
        read = [n for s in taken for n in nodes_in(s.value) if isinstance(n, ast.Name)]
        count = sum(n.id == name for n in read)
        if count > 1:
            taken = [ast.Assign([ast.Name(name, ast.Store())], copy.deepcopy(size)), *taken]
        elif count:
            inserted = _Insert({name: size})
            taken = [ast.Assign(s.targets, inserted.visit(s.value)) for s in taken]
    return taken


class _Insert(ast.NodeTransformer):
    """Puts what sizes are in the place of their names."""

    def __init__(self, sizes: dict[str, ast.expr]) -> None:
        self.sizes = sizes

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return copy.deepcopy(self.sizes.get(node.id, node))


def _copied(e: ast.expr, known: list[str]) -> ast.expr | None:
    """Return the parameter that something is a copy of, or made as large as."""
    if not isinstance(e, ast.Call) or not isinstance(e.func, ast.Attribute):
        return None
    if ast.unparse(e.func) in ("np.zeros_like", "np.empty_like"):
        original = e.args[0]
    elif e.func.attr == "copy" and not e.args:
        original = e.func.value
    else:
        return None
    return original if isinstance(original, ast.Name) and original.id in known else None


def _is_tape(e: ast.expr, known: list[str]) -> bool:
    """Whether this makes an array of floats, of a size that is not negative."""
    if not isinstance(e, ast.Call) or ast.unparse(e.func) != "np.empty" or e.keywords:
        return False
    shape = e.args[0]
    lengths = shape.elts if isinstance(shape, ast.Tuple) else []
    long = sum(not isinstance(n, ast.Constant) for n in lengths) >= LEAST
    return long and all(_is_length(n, known) for n in lengths)


def _is_length(e: ast.expr, known: list[str]) -> bool:
    """Whether a size is zero at least, whatever the parameters are."""
    if isinstance(e, ast.Constant):
        return type(e.value) is int and e.value >= 0
    if isinstance(e, ast.Call) and ast.unparse(e.func) == "max":
        ends = any(isinstance(a, ast.Constant) and a.value == 0 for a in e.args)
        return ends and _is_size(e, known)
    if isinstance(e, ast.BinOp) and isinstance(e.op, ast.Add | ast.Mult | ast.FloorDiv):
        return _is_size(e, known) and all(_is_length(side, known) for side in (e.left, e.right))
    return isinstance(e, ast.Call | ast.Subscript) and _is_size(e, known)


def _is_size(e: ast.expr, known: list[str]) -> bool:
    """Whether a number is made of lengths and whole numbers of the parameters, and cannot fail."""
    if isinstance(e, ast.Name):
        return e.id in known
    if isinstance(e, ast.Constant):
        return type(e.value) is int
    if isinstance(e, ast.BinOp):
        divided = isinstance(e.op, ast.FloorDiv) and ast.unparse(e.right) in DIVISORS
        fits = isinstance(e.op, ast.Add | ast.Sub | ast.Mult) or divided
        return fits and all(_is_size(side, known) for side in (e.left, e.right))
    if isinstance(e, ast.Subscript):
        shape = ast.unparse(e.value).removesuffix(".shape")
        return shape in known and ast.unparse(e) == f"{shape}.shape[{ast.unparse(e.slice)}]"
    if not isinstance(e, ast.Call) or ast.unparse(e.func) not in SIZES:
        return False
    return not e.keywords and all(_is_size(a, known) for a in e.args)
