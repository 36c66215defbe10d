"""Nodes to statements: what is read more than once gets a variable, the rest is one expression."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import field

from gradgen.dataclass import dataclass
from gradgen.emission import pieces
from gradgen.fromsympy.names import Names, hint
from gradgen.fromsympy.nodes import Node
from gradgen.fromsympy.place import Context, Instance, Placement
from gradgen.fromsympy.spell import Speller, negated

LIMIT = 36  # operations in one statement
SMALL = 4  # operations in a side of a conditional expression


@dataclass(eq=False)
class Variable:
    """A variable of the text: all places where its name stands."""

    hint: str
    places: list[ast.Name] = field(default_factory=list)

    def read(self) -> ast.Name:
        """Return a new reading of it."""
        self.places.append(ast.Name("", ast.Load()))
        return self.places[-1]

    def assign(self, value: ast.expr) -> ast.Assign:
        """Return an assignment to it."""
        self.places.append(ast.Name("", ast.Store()))
        return ast.Assign([self.places[-1]], value)


@dataclass(eq=False)
class Written:
    """The value of an instance: an expression for one place, or a variable."""

    expr: ast.expr | None
    size: int
    variable: Variable | None = None


class Writer:
    """Writes the statements that compute a node.

    Parameters
    ----------
    placement : Placement
        Its instances.
    scalar : bool
        Whether the text is for floats alone: with ``if`` and ``math``.
    names : Names
        Those that are taken, by parameters.
    """

    def __init__(self, placement: Placement, scalar: bool, names: Names) -> None:
        self.placement, self.scalar, self.names = placement, scalar, names
        self.speller = Speller(scalar)
        self.blocks: dict[Context, list[ast.stmt]] = {}
        self.written: dict[Instance, Written] = {}
        self.variables: list[Variable] = []
        self.indices: dict[Node, Variable] = {}

    def run(self) -> tuple[list[ast.stmt], ast.expr]:
        """Return the statements, and the expression of the result."""
        for instance in self.placement.all():
            self.written[instance] = self._write(instance)
        value = self._read(self.placement.root)
        for variable in self.variables:
            name = self.names.fresh(variable.hint)
            for place in variable.places:
                place.id = name
        return self.block(self.placement.top), value

    def block(self, context: Context) -> list[ast.stmt]:
        """Return the statements of a context so far."""
        return self.blocks.setdefault(context, [])

    # --- values ---------------------------------------------------------------------------

    def _write(self, instance: Instance) -> Written:
        node = instance.node
        if node.is_leaf:
            return Written(None, 1)
        if node.kind == "loop":
            return self._loop(instance)
        if node.kind == "choose" and self.scalar:
            return self._choice(instance)
        if node.kind in ("sum", "product"):
            return self._chain(instance)
        size = 1 + sum(self._size(a) for a in instance.args)
        expr = self.speller.expression(node, [self._read(a) for a in instance.args])
        return self._kept(instance, expr, size)

    def _kept(
        self, instance: Instance, expr: ast.expr, size: int, variable: Variable | None = None
    ) -> Written:
        """Give a value a variable where it is read more than once, or is too long to read."""
        root = instance is self.placement.root
        if self._may_repeat(instance) and (root or size <= LIMIT):
            return Written(expr, size)
        variable = variable or self._variable(hint(instance.node))
        self.block(instance.context).append(variable.assign(expr))
        return Written(None, 1, variable)

    def _may_repeat(self, instance: Instance) -> bool:
        if instance is self.placement.root or self._is_cheap(instance):
            return True
        # What was moved out of a loop has to be computed there.
        return instance.uses == 1 and instance.context is instance.asked

    def _is_cheap(self, instance: Instance) -> bool:
        node = instance.node
        named = all(a.node.is_leaf or self.written[a].variable for a in instance.args)
        if node.kind == "item":
            # An entry that has a name of its own, or is the same at every turn, is read once.
            return named and not node.data and instance.context is instance.asked
        return named and node.kind in ("negative", "attribute")

    def _variable(self, wanted: str) -> Variable:
        self.variables.append(Variable(wanted))
        return self.variables[-1]

    def _size(self, instance: Instance) -> int:
        return self.written[instance].size

    def _read(self, instance: Instance) -> ast.expr:
        node, written = instance.node, self.written[instance]
        if written.variable is not None:
            return written.variable.read()
        if node.kind == "index":
            return self._index(node).read()
        if written.expr is None:
            return self.speller.expression(node, [])
        expr = written.expr
        if instance.uses > 1:
            # An expression tree has one place; what is cheap is spelled once more.
            written.expr = self.speller.expression(node, [self._read(a) for a in instance.args])
        return expr

    def _index(self, node: Node) -> Variable:
        if node not in self.indices:
            self.indices[node] = self._variable(node.data[0])
        return self.indices[node]

    # --- chains ---------------------------------------------------------------------------

    def _chain(self, instance: Instance) -> Written:
        """Write a sum or product; a long one is accumulated, some terms a statement."""
        terms = self.speller.ordered(instance)
        variable: Variable | None = None
        expr: ast.expr | None = None
        size = 0
        for term in terms:
            more = self._size(term)
            if expr is not None and size + more > LIMIT:
                variable = variable or self._variable(hint(instance.node))
                self.block(instance.context).append(variable.assign(expr))
                expr, size = variable.read(), 1
            size += more + (expr is not None)
            expr = self._joined(instance.node.kind, expr, term)
        assert expr is not None
        return self._kept(instance, expr, size, variable)

    def _joined(self, kind: str, expr: ast.expr | None, term: Instance) -> ast.expr:
        value = self._read(term)
        if expr is None:
            return value
        if kind == "product":
            return ast.BinOp(expr, ast.Mult(), value)
        if term.node.kind == "negative" and self.written[term].variable is None:
            return ast.BinOp(expr, ast.Sub(), negated(value))
        if term.node.kind == "const" and term.node.data < 0:
            return ast.BinOp(expr, ast.Sub(), negated(value))
        return ast.BinOp(expr, ast.Add(), value)

    # --- control --------------------------------------------------------------------------

    def _choice(self, instance: Instance) -> Written:
        """Write a choice of floats: a conditional expression where it is short, else a branch."""
        condition, *sides = instance.args
        blocks = [self.block(instance.inner[side]) for side in (True, False)]
        size = 1 + sum(self._size(a) for a in instance.args)
        nested = any(s.node.kind == "choose" for s in sides)
        test = self._read(condition)
        if not any(blocks) and not nested and all(self._size(s) <= SMALL for s in sides):
            then, other = (self._read(s) for s in sides)
            return self._kept(instance, ast.IfExp(test, then, other), size)
        variable = self._variable(hint(instance.node))
        for side, block in zip(sides, blocks, strict=True):
            self._assign_side(variable, side, block)
        self.block(instance.context).append(ast.If(test, blocks[0], blocks[1]))
        return Written(None, 1, variable)

    def _assign_side(self, variable: Variable, side: Instance, block: list[ast.stmt]) -> None:
        """Have a side's value in the variable of the choice; a choice inside shares it."""
        inner = self.written[side].variable
        if side.node.kind == "choose" and side.context is side.asked and inner and side.uses == 1:
            variable.places += inner.places
            self.variables.remove(inner)
            return
        block.append(variable.assign(self._read(side)))

    def _loop(self, instance: Instance) -> Written:
        lower, upper, index, body = instance.args
        total = self._variable(hint(instance.node))
        start, sign = (1.0, ast.Mult()) if instance.node.data == "product" else (0.0, ast.Add())
        statements = self.block(instance.inner["body"])
        value = self._read(body)
        target = ast.Name("", ast.Store())
        total.places.append(target)
        statements.append(ast.AugAssign(target, sign, value))
        counter = ast.Name("", ast.Store())
        self._index(index.node).places.append(counter)
        bounds = [self._read(b) for b in (lower, upper)]
        if lower.node.kind == "const" and lower.node.data == 0:
            del bounds[0]
        self.block(instance.context).extend(
            [
                total.assign(pieces.literal(start)),
                ast.For(counter, pieces.call("range", bounds), statements, []),
            ]
        )
        return Written(None, 1, total)


def assigned(targets: Sequence[str], value: ast.expr) -> ast.Assign:
    """Return the assignment of the parts of a value to names."""
    names: list[ast.expr] = [ast.Name(t, ast.Store()) for t in targets]
    return ast.Assign([ast.Tuple(names, ast.Store())], value)
