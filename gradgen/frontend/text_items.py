"""Texts that are as many as the items of a list: what ``', '.join(f'{v:.2f}' for v in x)`` joins.

There are no lists of texts in the graph.  Such a comprehension stays one in the generated module:
what depends on its targets is copied, the rest is a hole.
"""

from __future__ import annotations

import ast
import builtins
import copy
from typing import Any, NoReturn

from gradgen.frontend.evaluate import evaluate
from gradgen.frontend.reader import Reader
from gradgen.frontend.texts import is_text, shifted, spelled
from gradgen.frontend.values import Generator, Seq, Static, Text, Texts
from gradgen.ir.nodes import Value
from gradgen.ir.spelling import HOLE
from gradgen.syntax import located, nodes_in

MAKING = {"str", "repr", "format"}  # builtins that make a text
# Builtins that may stand around a target: they ask a number, or run over what they are given.
ASKING = {"round", "abs", "len", "int", "float", "bool", "min", "max", "sum", "type", "tuple"}
RUNNING = {"enumerate", "zip", "range", "reversed", "sorted"}
COPIED = (
    ast.JoinedStr, ast.FormattedValue, ast.Constant, ast.BinOp, ast.UnaryOp, ast.BoolOp,
    ast.Compare, ast.IfExp, ast.Subscript, ast.Slice, ast.Tuple, ast.operator, ast.unaryop,
    ast.boolop, ast.cmpop, ast.expr_context,
)  # fmt: skip


def makes_texts(r: Reader, node: Any) -> bool:
    """Whether what a comprehension makes is text, as far as its expression tells."""
    if not isinstance(node, ast.ListComp | ast.GeneratorExp):
        return False
    made = node.elt
    if r.frame.source.generated and makes_tuple(made):
        return True  # rows that are shown or returned, as the tuples that they are
    if isinstance(made, ast.BinOp) and isinstance(made.op, ast.Mod):
        made = made.left
    if isinstance(made, ast.Call) and isinstance(made.func, ast.Attribute):
        return made.func.attr == "format" and _is_constant_text(made.func.value)
    if isinstance(made, ast.Call) and isinstance(made.func, ast.Name):
        return made.func.id in MAKING and _is_builtin(r, made.func)
    return isinstance(made, ast.JoinedStr) or _is_constant_text(made)


def makes_tuple(e: ast.expr) -> bool:
    """Whether an expression calls ``tuple``, which generated text does for what leaves it alone."""
    return isinstance(e, ast.Call) and isinstance(e.func, ast.Name) and e.func.id == "tuple"


def of_comprehension(r: Reader, node: Any) -> Texts:
    """Return the texts of a comprehension whose items cannot be counted."""
    copying, node = _Copying(r), copy.deepcopy(node)
    parts = [copying.part(part) for part in node.generators]
    made = ast.ListComp(copying.visit(node.elt), parts)
    return Texts(ast.fix_missing_locations(made), copying.holes)


def given(r: Reader, node: ast.AST, value: Any) -> Any:
    """Return what ``join`` or a ``*`` is given: texts, if that is what is made one by one."""
    # A cycle by nature: comprehensions make texts.
    from gradgen.frontend import comprehensions

    if isinstance(value, Generator) and makes_texts(r, value.node):
        return comprehensions.read(r, comprehensions.as_list(r, value.node))
    mapped = _of_map(r, node)
    return value if mapped is None else comprehensions.read(r, mapped)


def _of_map(r: Reader, node: ast.AST) -> ast.ListComp | None:
    """Return ``[str(item) for item in x]`` for ``map(str, x)``, the same tree each time."""
    if not (isinstance(node, ast.Call) and len(node.args) == 2 and not node.keywords):
        return None
    function, over = node.args
    if not all(isinstance(n, ast.Name) and _is_builtin(r, n) for n in (node.func, function)):
        return None
    if ast.unparse(node.func) != "map" or ast.unparse(function) not in MAKING:
        return None
    if (id(node), "texts") not in r.expansions:
        each = ast.comprehension(ast.Name("item", ast.Store()), over, [], 0)
        made = ast.ListComp(ast.Call(function, [ast.Name("item", ast.Load())], []), [each])
        r.expansions[id(node), "texts"] = located(made, node)
    made = r.expansions[id(node), "texts"]
    assert isinstance(made, ast.ListComp)
    return made


def items_of_text(r: Reader, node: ast.AST, value: Any) -> Any:
    """Return the items of what ``join`` is given, if they can be counted."""
    # A cycle by nature: what is looped over may be a text.
    from gradgen.frontend.iterables import current, over_value

    if isinstance(value, Texts):
        return value
    over = over_value(r, value, node)
    return Seq([current(r, item, node) for item in over]) if isinstance(over, list) else value


def joined_texts(r: Reader, node: ast.AST, between: ast.expr, value: Any) -> Any:
    """Return the text that ``between.join`` makes of others, which are not known."""
    holes: list[Value] = []
    if isinstance(value, Texts):
        items = shifted(value, holes)
        assert isinstance(items, ast.ListComp)
        items = ast.GeneratorExp(items.elt, items.generators)
    elif isinstance(value, Seq) and all(map(is_text, value.items)):
        items = ast.List([spelled(r, item, node, holes) for item in value.items], ast.Load())
    elif r.book.words:
        return _joined_words(r, node, between, value)
    else:
        r.refuse(node, "str.join of computed values", "use constants")
    join = ast.Attribute(between, "join", ast.Load())
    return Text(ast.Call(join, [items], []), holes)


def _joined_words(r: Reader, node: ast.AST, between: ast.expr, value: Any) -> Any:
    """Return what joins the texts of a list of the graph."""
    from gradgen.frontend.lists import as_list  # which reads calls

    items = as_list(r, value, node)
    if items.type.item is not None and items.type.item.dtype != "text":
        r.refuse(node, "str.join of computed values", "use constants")
    join = ast.Attribute(between, "join", ast.Load())
    return Text(ast.Call(join, [ast.Name(f"{HOLE}0", ast.Load())], []), [items])


class _Copying(ast.NodeTransformer):
    """Copies what depends on the targets of a comprehension; the rest is evaluated."""

    def __init__(self, r: Reader) -> None:
        self.r = r
        self.holes: list[Value] = []
        self.targets: set[str] = set()

    def part(self, part: ast.comprehension) -> ast.comprehension:
        """Return one ``for`` of a comprehension; its targets are known from here on."""
        over = self.over(part.iter)
        self.targets |= {n.id for n in nodes_in(part.target) if isinstance(n, ast.Name)}
        return ast.comprehension(part.target, over, [self.visit(test) for test in part.ifs], 0)

    def over(self, node: ast.expr) -> ast.expr:
        """Return what a ``for`` runs over."""
        if isinstance(node, ast.Call) and not node.keywords and self._named(node.func, RUNNING):
            return ast.Call(node.func, [self.over(a) for a in node.args], [])
        return self.visit(node)

    def _named(self, func: ast.expr, names: set[str]) -> bool:
        return isinstance(func, ast.Name) and func.id in names and _is_builtin(self.r, func)

    def visit(self, node: ast.AST) -> Any:
        """Return a copy of an expression, or what it is known to be."""
        if isinstance(node, ast.expr) and not self._depends(node):
            return self._known(node)
        if isinstance(node, ast.Name):
            return node
        if isinstance(node, ast.Call):
            return self._call(node)
        if not isinstance(node, COPIED):
            self._refuse(node)
        return self.generic_visit(node)

    def _depends(self, node: ast.AST) -> bool:
        names = {n.id for n in nodes_in(node) if isinstance(n, ast.Name)}
        return bool(names & self.targets) or isinstance(node, ast.JoinedStr | ast.FormattedValue)

    def _known(self, node: ast.expr) -> ast.expr:
        value = self.r.settled(evaluate(self.r, node))
        if isinstance(value, Texts):
            self._refuse(node)
        return spelled(self.r, value, node, self.holes)

    def _call(self, node: ast.Call) -> ast.expr:
        func = node.func
        if isinstance(func, ast.Attribute) and _is_constant_text(func.value):
            kept: ast.expr = func
        elif (
            isinstance(func, ast.Name) and func.id in MAKING | ASKING and _is_builtin(self.r, func)
        ):
            kept = func
        else:
            self._refuse(node)
        keywords = [ast.keyword(k.arg, self.visit(k.value)) for k in node.keywords]
        return ast.Call(kept, [self.visit(a) for a in node.args], keywords)

    def _refuse(self, node: Any) -> NoReturn:
        what = "a list of texts that are as many as the items of an array or list"
        self.r.refuse(node, what, "print the items themselves, or each in a loop")


def _is_constant_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _is_builtin(r: Reader, name: ast.Name) -> bool:
    found = r.lookup(name.id, name)
    return isinstance(found, Static) and found.obj is getattr(builtins, name.id, None)
