"""What a picture of a graph consists of: boxes, boxes of boxes, and arrows between them.

Constants are no boxes of their own, they stand in the text of the operations that read them.  An
operand without a name is spelled out in the operation that reads it, as far as it is short.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field

from gradgen.dataclass import dataclass
from gradgen.deep import deep
from gradgen.diff.activity import varied
from gradgen.ir.nodes import Block, Const, Function, Op, Undefined, Value, uses
from gradgen.ir.show import Names
from gradgen.ir.spelling import atom, leaf_path, operation

LONGEST_OPERAND = 22
LONGEST_TITLE = 56
# An arrow past more boxes than this becomes a reference beside its reader.
LONGEST_ARROW = 60
SHARED_REFERENCE = 12
AFTER = "after the loop"


@dataclass(frozen=True, slots=True)
class Note:
    """What is written under a box: the value there, its shape, and its adjoint."""

    value: str = ""
    adjoint: str = ""
    shape: str = ""

    def __str__(self) -> str:
        parts = (("", self.shape), ("value ", self.value), ("adjoint ", self.adjoint))
        return "   ".join(label + text for label, text in parts if text)


@dataclass(eq=False, slots=True)
class Node:
    """One box. ``kind`` is input, constant, operation, passive, control, result or reference."""

    key: str
    kind: str
    title: str
    detail: str = ""
    place: str = ""
    note: Note = Note()


@dataclass(eq=False, slots=True)
class Cluster:
    """A box around the boxes of a loop or a branch."""

    key: str
    title: str
    children: list[Node | Cluster] = field(default_factory=list)


@dataclass(eq=False, slots=True)
class Picture:
    """Everything that is drawn; ``edges`` lead from a node to a node or cluster, by their keys."""

    title: str
    root: Cluster
    edges: list[tuple[str, str]]


def picture(function: Function, notes: Mapping[Value, Note] | None = None) -> Picture:
    """Return what to draw for a function."""
    return _Builder(function, notes or {}).build()


class _Builder:
    def __init__(self, function: Function, notes: Mapping[Value, Note]) -> None:
        self.function, self.notes = function, notes
        self.names = Names()
        self.active = varied(function)
        self.node: dict[Value, str] = {}
        self.spelled: dict[Value, str] = {}
        self.edges: dict[tuple[str, str], None] = {}
        self.count = 0
        self.results = set(_results(function))
        self.used = {*uses(function.body), *self.results}

    def build(self) -> Picture:
        root = Cluster("root", "")
        for leaf in self.function.leaves:
            kind = "input" if leaf.active else "constant"
            path = leaf_path(leaf.param, leaf.path)
            name = self.names(leaf.value)
            title = name if name == path else f"{name} = {path}"
            self._add(root, leaf.value, kind, title, self.names.type(leaf.value))
        self._block(self.function.body, root)
        title = f"{self.function.name}({', '.join(name for name, _ in self.function.params)})"
        return Picture(title, root, shortened(root, list(self.edges)))

    # --- boxes ----------------------------------------------------------------------------

    def _key(self) -> str:
        self.count += 1
        return f"n{self.count}"

    def _add(
        self, cluster: Cluster, v: Value, kind: str, title: str, detail: str, place: str = ""
    ) -> Node:
        if v in self.results:
            kind = "result"
        note = self.notes.get(v, Note())
        detail = f"{detail}  {note.shape}".rstrip()
        node = Node(self._key(), kind, shorten(title), detail, place, note)
        cluster.children.append(node)
        self.node[v] = node.key
        return node

    @deep
    def _block(self, block: Block, cluster: Cluster) -> None:
        for op in block.ops:
            if op.reverse or op.prim == "leaf":
                continue
            handler = {"if": self._if, "for": self._for, "while": self._while}.get(op.prim)
            if handler is not None:
                handler(op, cluster)
            else:
                self._operation(op, cluster)

    def _operation(self, op: Op, cluster: Cluster) -> None:
        right = operation(op, self._operand)
        place = str(op.span).rpartition(":")[0] if op.span is not None else ""
        if not op.outputs:
            node = Node(self._key(), "control", shorten(right), "", place)
            cluster.children.append(node)
            self._arrows(op.inputs, node.key)
            return
        out = op.out
        named = bool(out.name.strip())
        left = f"{self.names(out)} = " if named else ""
        kind = "operation" if out in self.active or not self.active else "passive"
        key = self._add(cluster, out, kind, left + right, self.names.type(out), place).key
        for extra in op.outputs[1:]:
            self.node[extra] = key
        if not named:
            self.spelled[out] = right
        self._arrows(op.inputs, key)

    def _whole(self, v: Value) -> str:
        """Return the spelling of a value, however long."""
        return self.spelled.get(v) or self.names(v)

    def _operand(self, v: Value) -> str:
        text = self._whole(v)
        return text if len(text) <= LONGEST_OPERAND else "…"

    def _arrows(self, sources: Sequence[Value], target: str) -> None:
        for v in sources:
            source = self.node.get(v)
            if source is not None and source != target:
                self.edges[source, target] = None

    def _header(self, cluster: Cluster, title: str, op: Op, inputs: Sequence[Value]) -> Node:
        """Add the box that stands for a loop's or branch's own inputs."""
        place = str(op.span).rpartition(":")[0] if op.span is not None else ""
        node = Node(self._key(), "control", shorten(title), "", place)
        cluster.children.append(node)
        self._arrows(inputs, node.key)
        return node

    # --- control flow ---------------------------------------------------------------------

    def _if(self, op: Op, cluster: Cluster) -> None:
        test = self._operand(op.inputs[0])
        header = self._header(cluster, f"if {self._whole(op.inputs[0])}", op, op.inputs)
        for label, block in zip(("then", "else"), op.blocks, strict=True):
            inner = Cluster(self._key(), label)
            self._block(block, inner)
            if block.end == "break" or (block.end == "continue" and not block.ops):
                inner.children.append(Node(self._key(), "control", block.end))
            if inner.children:
                cluster.children.append(inner)
                self.edges[header.key, inner.key] = None
        for k, out in enumerate(op.outputs):
            yes, no = (block.results[k] for block in op.blocks)
            pair = self._choice(op, test, self._operand(yes), self._operand(no))
            self._join(cluster, out, pair, [op.inputs[0], yes, no])
            self.edges[header.key, self.node[out]] = None
            self.edges.pop((self.node.get(op.inputs[0], ""), self.node[out]), None)

    def _choice(self, op: Op, test: str, yes: str, no: str) -> str:
        style = op.attrs.get("style")
        if style in ("and", "or"):
            return f"{atom(test)} {style} {atom(yes if style == 'and' else no)}"
        return f"{yes} if {test} else {no}"

    def _for(self, op: Op, cluster: Cluster) -> None:
        body = op.blocks[0]
        bounds = ", ".join(map(self._operand, op.inputs[:3]))
        if op.inputs[2].__class__ is Const and getattr(op.inputs[2], "const", None) == 1:
            bounds = ", ".join(map(self._operand, op.inputs[:2]))
        order = "reversed(range({}))" if op.attrs.get("backwards") else "range({})"
        title = f"for {self.names(body.params[0])} in {order.format(bounds)}"
        inner = Cluster(self._key(), title)
        cluster.children.append(inner)
        index = self.names(body.params[0])
        header = self._header(inner, f"{index} in {order.format(bounds)}", op, op.inputs[:3])
        header.note = self.notes.get(body.params[0], Note())
        self.node[body.params[0]] = header.key
        self._loop(op, inner, cluster, body.params[1:], op.inputs[3:])

    def _while(self, op: Op, cluster: Cluster) -> None:
        test, body = op.blocks
        inner = Cluster(self._key(), "while")
        cluster.children.append(inner)
        for twin, param in zip(test.params, body.params, strict=True):
            self.names.known.setdefault(twin, self.names(param))
        self._loop(op, inner, cluster, body.params, op.inputs, test)

    def _loop(
        self, op: Op, inner: Cluster, cluster: Cluster, params: Sequence[Value],
        inits: Sequence[Value], test: Block | None = None,
    ) -> None:  # fmt: skip
        carried: list[Node] = []
        for p, v in zip(params, inits, strict=True):
            title = f"{self.names(p)}, at first {self._operand(v)}"
            carried.append(self._add(inner, p, self._kind(p), title, self.names.type(p)))
            self._arrows([v], self.node[p])
        if test is not None:
            self.node.update((t, self.node[p]) for t, p in zip(test.params, params, strict=True))
            self._block(test, inner)
            node = self._header(inner, f"while {self._whole(test.results[0])}", op, test.results)
            inner.title = node.title
        body = op.blocks[-1]
        self._block(body, inner)
        if body.end == "break":
            inner.children.append(Node(self._key(), "control", body.end))
        ends = [end for end in _ends(body) if end.results]
        for k, (p, out) in enumerate(zip(params, op.outputs, strict=True)):
            last = [*dict.fromkeys(end.results[k] for end in ends)]
            if len(last) == 1 and last[0] is not p:
                carried[k].title = shorten(f"{carried[k].title}, then {self._operand(last[0])}")
            if out in self.used:
                self._join(cluster, out, AFTER, last)

    def _kind(self, v: Value) -> str:
        return "operation" if v in self.active or not self.active else "passive"

    def _join(self, cluster: Cluster, out: Value, text: str, sources: Sequence[Value]) -> None:
        """Add the box of what comes out of a loop or a branch."""
        if out.name.strip() or text == AFTER:
            left = self.names(out)
            title = f"{left} {text}" if text == AFTER else f"{left} = {text}"
        else:
            title = self.spelled[out] = text
        self._add(cluster, out, self._kind(out), title, self.names.type(out))
        self._arrows(sources, self.node[out])


def _results(function: Function) -> list[Value]:
    """Return what the user's function returns, in a graph with or without its reverse sweep."""
    loss = function.result.get("loss") if isinstance(function.result, dict) else None
    found = function.body.results if loss is None else [loss]
    return [v for v in found if not isinstance(v, Const | Undefined)]


@deep
def _ends(block: Block) -> list[Block]:
    if block.end != "tail":
        return [block]
    return [end for inner in block.ops[-1].blocks for end in _ends(inner)]


def shorten(text: str, limit: int = LONGEST_TITLE) -> str:
    """Cut a text that is too long for a box."""
    return text if len(text) <= limit else text[: limit - 1] + "…"


def shortened(root: Cluster, edges: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Replace arrows past very many boxes by references to their source; return the arrows."""
    order = {node.key: k for k, node in enumerate(nodes_of(root))}
    nodes = {node.key: node for node in nodes_of(root)}
    home = {child.key: c for c in (root, *clusters_of(root)) for child in c.children}
    latest: dict[tuple[str, Cluster], Node] = {}
    out: dict[tuple[str, str], None] = {}
    for source, target in edges:
        if order.get(target, 0) - order.get(source, 0) <= LONGEST_ARROW:
            out[source, target] = None
            continue
        cluster = home[target]
        found = latest.get((source, cluster))
        if found is None or order[target] - order[found.key] > SHARED_REFERENCE:
            title = nodes[source].title.split(" = ")[0]
            found = Node(f"r{len(order)}", "reference", title, place=nodes[source].place)
            latest[source, cluster] = found
            order[found.key] = order[target]
            cluster.children.append(found)
        out[found.key, target] = None
    return list(out)


def nodes_of(cluster: Cluster) -> list[Node]:
    """Return all nodes inside a cluster, in order."""
    out: list[Node] = []
    for child in cluster.children:
        out += nodes_of(child) if isinstance(child, Cluster) else [child]
    return out


def clusters_of(cluster: Cluster) -> list[Cluster]:
    """Return all clusters inside a cluster, outer ones first."""
    out: list[Cluster] = []
    for child in cluster.children:
        if isinstance(child, Cluster):
            out += [child, *clusters_of(child)]
    return out
