"""Where nodes are computed: once for all readers, but no earlier than it is safe to.

A node is computed in the innermost context that holds all its readers: the function itself, the
body of a loop that it depends on, or the piece that is chosen.  What is risky (a quotient, a
logarithm) is never computed outside the pieces that ask for it; several pieces compute it each.
"""

from __future__ import annotations

from collections.abc import Iterable

from gradgen.errors import UnsupportedError
from gradgen.fromsympy.nodes import Node, reachable

REPEATS = 20  # how many times as many nodes there may be, after risky ones are repeated


class Context:
    """The function (no parent), the body of a loop, or one side of a choice."""

    __slots__ = ("depth", "index", "owner", "parent", "side")

    def __init__(
        self,
        parent: Context | None = None,
        owner: Instance | None = None,
        side: bool | None = None,
        index: Node | None = None,
    ) -> None:
        self.parent, self.owner, self.side, self.index = parent, owner, side, index
        self.depth: int = 0 if parent is None else parent.depth + 1


class Instance:
    """A node computed in a context; ``uses`` counts its readers, ``asked`` is where one stands."""

    __slots__ = ("args", "asked", "context", "inner", "node", "uses")

    def __init__(self, node: Node, context: Context) -> None:
        self.node, self.context, self.uses = node, context, 0
        self.asked = context
        self.args: list[Instance] = [self] * len(node.args)
        self.inner: dict[object, Context] = {}


Reader = tuple[Context, "Instance | None", int]


class Placement:
    """Decides on instances of nodes.

    Parameters
    ----------
    root : Node
        What is to be computed.
    arms : bool
        Whether the sides of choices are contexts, or all are computed.
    """

    def __init__(self, root: Node, arms: bool) -> None:
        self.arms = arms
        self.order = reachable([root])
        self.top = Context()
        self.instances: dict[Node, list[Instance]] = {n: [] for n in self.order}
        self._waiting: dict[Node, list[Reader]] = {n: [] for n in self.order}
        self._waiting[root].append((self.top, None, 0))
        self._limit = REPEATS * len(self.order) + 1000
        for node in reversed(self.order):
            self._place(node)
        self.root = self.instances[root][0]

    def all(self) -> Iterable[Instance]:
        """Yield all instances, operands before what reads them."""
        for node in self.order:
            yield from self.instances[node]

    def _place(self, node: Node) -> None:
        found: dict[Context, Instance] = {}
        readers = self._waiting.pop(node)
        for context, group in self._groups(node, readers):
            instance = found.get(context)
            if instance is None:
                instance = found[context] = Instance(node, context)
                self.instances[node].append(instance)
                self._ask(instance)
            for asked, reader, k in group:
                instance.uses += 1
                instance.asked = asked
                if reader is not None:
                    reader.args[k] = instance

    def _ask(self, instance: Instance) -> None:
        """Note that an instance reads its operands, and where."""
        self._limit -= 1
        if self._limit < 0:
            raise UnsupportedError(
                "pieces share what is not defined everywhere too often to be written out",
                hint="make the expression in parts, or without conditions on the arguments",
            )
        for k, a in enumerate(instance.node.args):
            self._waiting[a].append((self._context_of_operand(instance, k), instance, k))

    def _context_of_operand(self, instance: Instance, k: int) -> Context:
        kind, context = instance.node.kind, instance.context
        if kind == "choose" and k > 0 and self.arms:
            return instance.inner.setdefault(k == 1, Context(context, instance, k == 1))
        if kind == "loop" and k == 3:
            index = instance.node.args[2]
            return instance.inner.setdefault("body", Context(context, instance, None, index))
        return context

    def _groups(self, node: Node, readers: list[Reader]) -> Iterable[tuple[Context, list[Reader]]]:
        if node.is_leaf:
            yield self.top, readers
            return
        if not node.risky:
            # A loop that is written twice has its body twice.
            bodies: dict[Context | None, list[Reader]] = {}
            for reader in readers:
                bodies.setdefault(_body(node, reader[0]), []).append(reader)
            for group in bodies.values():
                yield _outside(node, _common([c for c, _, _ in group])), group
            return
        asking = {c for c, _, _ in readers}
        for reader in readers:
            context = up = reader[0]
            body = _body(node, context)
            while up.parent is not None and up is not body:
                up = up.parent
                context = up if up in asking else context
            yield _outside(node, context), [reader]


def _common(contexts: list[Context]) -> Context:
    out = contexts[0]
    for other in contexts[1:]:
        while out is not other:
            if out.depth >= other.depth:
                assert out.parent is not None
                out = out.parent
            else:
                assert other.parent is not None
                other = other.parent
    return out


def _body(node: Node, context: Context) -> Context | None:
    """Return the body of the innermost loop that a node depends on."""
    up: Context | None = context if node.loops else None
    while up is not None and (up.index is None or up.index not in node.loops):
        up = up.parent
    return up


def _outside(node: Node, context: Context) -> Context:
    """Leave the loops that a node does not depend on."""
    while context.index is not None and context.index not in node.loops:
        assert context.parent is not None
        context = context.parent
    return context
