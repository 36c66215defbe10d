"""Generators of random numbers: made in Python, and handed to the compiled function.

Numba draws from NumPy's generators, the same numbers, but makes none.
"""

from __future__ import annotations

import ast
from typing import Any

from gradgen.emission.writer import Writer
from gradgen.syntax import nodes_in

LOOPS = (ast.For, ast.While, ast.ListComp)
MAKES = "np.random.default_rng"


class Generators(ast.NodeTransformer):
    """Takes the making of generators out of the statements of a compiled function.

    In a loop, one is made anew in each turn, and from a number that is computed there, not before;
    these stay, and Numba refuses them.
    """

    def __init__(self, writer: Writer) -> None:
        self.writer = writer
        self.names: list[str] = []
        self.made: list[ast.stmt] = []
        leaves = [op.out for op in writer.function.body.ops if op.prim == "leaf"]
        self.known = {writer.names[v] for v in leaves if v in writer.names}

    def taken_out(self, statements: list[ast.stmt]) -> list[ast.stmt]:
        """Return the statements with the names of generators, which are made before."""
        changed = {n.id for s in statements for n in nodes_in(s)
                   if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}  # fmt: skip
        self.known -= changed
        module = self.visit(ast.Module(statements, []))
        for made in self.made:
            self.writer.note(made)
        return list(module.body)

    def visit(self, node: ast.AST) -> Any:
        """Leave loops as they are."""
        if isinstance(node, LOOPS):
            return node
        return super().visit(node)

    def visit_Assign(self, node: ast.Assign) -> ast.AST | None:
        """Let a generator keep its name."""
        if self._makes(node.value):
            (target,) = node.targets
            if isinstance(target, ast.Name) and target.id not in self.names:
                self.names.append(target.id)
                self.made.append(node)
                return None
        return self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        """Replace the making of a generator by its name."""
        if not self._makes(node):
            return self.generic_visit(node)
        name, k = "rng", 1
        while name in self.names or name in self.writer.names.values():
            name, k = f"rng_{k}", k + 1
        self.names.append(name)
        self.made.append(ast.Assign([ast.Name(name, ast.Store())], node))
        return ast.Name(name, ast.Load())

    def _makes(self, e: ast.AST) -> bool:
        """Whether a generator is made, of what is known at the start."""
        if not isinstance(e, ast.Call) or ast.unparse(e.func) != MAKES:
            return False
        read = {n.id for a in e.args for n in nodes_in(a) if isinstance(n, ast.Name)}
        return read <= self.known
