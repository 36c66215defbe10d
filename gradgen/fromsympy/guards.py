"""Pieces that are computed for arrays, all of them: each where it is defined.

``np.where`` chooses between values that both have been computed.  What is not defined everywhere is
computed, inside a piece that is not chosen, at a number for which it is: no warning, no division by
zero, and no NaN that a derivative could meet.
"""

from __future__ import annotations

from collections.abc import Iterator

from gradgen.fromsympy.functions import FUNCTIONS, ORDERED
from gradgen.fromsympy.nodes import Node, Nodes
from gradgen.fromsympy.place import Context, Instance, Placement

OPPOSITE = {"==": "!=", "!=": "=="}  # an order and its opposite are both false of NaN
LAST = {FUNCTIONS[name].numpy for name in ORDERED}  # the order comes before the argument


def guarded(nodes: Nodes, root: Node) -> Node:
    """Return a node in which pieces are safe to compute where they are not chosen."""
    return _Guards(nodes, Placement(root, arms=True)).run()


class _Guards:
    def __init__(self, nodes: Nodes, placement: Placement) -> None:
        self.nodes, self.placement = nodes, placement
        self.made: dict[Instance, Node] = {}
        self.masks: dict[Context, Node | None] = {placement.top: None}

    def run(self) -> Node:
        root = self.placement.root
        stack: list[tuple[Instance, Iterator[Instance]]] = [(root, iter(self._needs(root)))]
        while stack:
            instance, rest = stack[-1]
            missing = next((i for i in rest if i not in self.made), None)
            if missing is not None:
                stack.append((missing, iter(self._needs(missing))))
                continue
            stack.pop()
            if instance not in self.made:
                self.made[instance] = self._rebuilt(instance)
        return self.made[root]

    def _needs(self, instance: Instance) -> list[Instance]:
        conditions = []
        if _is_risky(instance.node):
            conditions = [c.owner.args[0] for c in _sides(instance.context) if c.owner]
        return [*conditions, *instance.args] if instance.node.args else []

    def _rebuilt(self, instance: Instance) -> Node:
        node = instance.node
        if node.is_leaf:
            return node
        args = [self.made[a] for a in instance.args]
        mask = self._mask(instance.context) if _is_risky(node) else None
        if mask is not None:
            k = _at(node)
            if args[k].kind not in ("const", "word"):
                safe = node.data[1] if node.kind == "risky" else 1.0
                args[k] = self.nodes.make("choose", [mask, args[k], self.nodes.const(safe)])
        return self.nodes.make(node.kind, args, node.data)

    def _mask(self, context: Context) -> Node | None:
        """Return the condition under which a context's values are chosen."""
        chain = [c for c in _sides(context) if c not in self.masks]
        for c in reversed(chain):
            assert c.owner is not None
            condition = self.made[c.owner.args[0]]
            mine = condition if c.side else self._opposite(condition)
            above = next((self.masks[p] for p in _sides(c) if p is not c), None)
            self.masks[c] = mine if above is None else self.nodes.make("and", [above, mine])
        return next((self.masks[c] for c in _sides(context)), None)

    def _opposite(self, condition: Node) -> Node:
        if condition.kind == "compare" and condition.data in OPPOSITE:
            return self.nodes.make("compare", condition.args, OPPOSITE[condition.data])
        if condition.kind == "not":
            return condition.args[0]
        return self.nodes.make("not", [condition])


def _is_risky(node: Node) -> bool:
    return node.kind in ("risky", "quotient", "risky_remainder")


def _at(node: Node) -> int:
    """Return which operand decides whether an operation has a value."""
    if node.kind != "risky":
        return 1
    return len(node.args) - 1 if node.data[0] in LAST else 0


def _sides(context: Context) -> list[Context]:
    """Return the sides of choices that a context is within, innermost first."""
    out = []
    up: Context | None = context
    while up is not None:
        if up.side is not None:
            out.append(up)
        up = up.parent
    return out
