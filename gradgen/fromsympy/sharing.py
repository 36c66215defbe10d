"""Sums inside sums, and products inside products, that SymPy has flattened.

SymPy makes ``(a + b) + c`` one sum of three terms, so that what an iteration ``x = x + step(x)``
carries along is spelled anew in each step.  Here a sum that has all terms of another one reads that
one; the same goes for products.
"""

from __future__ import annotations

from collections.abc import Iterator

from gradgen.fromsympy.nodes import Node, Nodes, reachable


def regrouped(nodes: Nodes, root: Node) -> Node:
    """Return a node in which sums and products are shared in part, too."""
    order = reachable([root])
    parts: dict[Node, list[Node]] = {}
    for kind in ("sum", "product"):
        parts |= _parts([n for n in order if n.kind == kind])
    if not parts:
        return root
    made: dict[Node, Node] = {}
    stack: list[tuple[Node, Iterator[Node]]] = [(root, iter(parts.get(root, root.args)))]
    while stack:
        node, rest = stack[-1]
        missing = next((a for a in rest if a not in made), None)
        if missing is not None:
            stack.append((missing, iter(parts.get(missing, missing.args))))
            continue
        stack.pop()
        args = [made[a] for a in parts.get(node, node.args)]
        made[node] = node if node.is_leaf else nodes.make(node.kind, args, node.data)
    return made[root]


def _parts(chains: list[Node]) -> dict[Node, list[Node]]:
    """Return the operands of the sums (or products) that hold others of them.

    Another one is found by its newest operand, as few others have that.
    """
    by_newest: dict[Node, list[Node]] = {}
    for node in sorted(chains, key=lambda n: len(n.args)):
        by_newest.setdefault(max(node.args, key=lambda a: a.number), []).append(node)
    found: dict[Node, list[Node]] = {}
    for node in chains:
        left = dict.fromkeys(node.args)
        if len(left) < len(node.args):
            continue
        inner: list[Node] = []
        for operand in sorted(left, key=lambda a: -a.number):
            for other in reversed(by_newest.get(operand, [])):
                if operand not in left:
                    break
                if len(other.args) < len(node.args) and left.keys() >= set(other.args):
                    inner.append(other)
                    left = {a: None for a in left if a not in set(other.args)}
        if inner:
            found[node] = [*inner, *left]
    return found
