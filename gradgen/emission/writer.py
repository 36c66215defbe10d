"""The graph to statements: blocks, assignments and calls, each line with its source."""

from __future__ import annotations

import ast
from typing import Any, TypeVar

from gradgen.deep import deep
from gradgen.diff.missing import something_in
from gradgen.emission import forms, pieces
from gradgen.emission.control import CONTROL
from gradgen.emission.effects import EFFECTS
from gradgen.emission.list_forms import empty_list
from gradgen.emission.names import MODULES
from gradgen.emission.statements import assign, bool_op, unpacking
from gradgen.emission.unpacking import unpacking_of, unpackings
from gradgen.emission.writes import WRITES
from gradgen.errors import Span
from gradgen.ir.nodes import Block, Const, Function, Op, Undefined, Value, added_in_place, uses
from gradgen.ir.types import Type
from gradgen.passes.bare import bare_numbers
from gradgen.syntax import FIELDS, names_in, nodes_in, parts_of

Node = TypeVar("Node", bound=ast.AST)
STATEMENTS = {**WRITES, **EFFECTS, **CONTROL}


class Writer:
    """Writes the blocks of one function; ``names`` and ``folded`` are decided beforehand."""

    def __init__(
        self,
        function: Function,
        names: dict[Value, str],
        folded: set[Value],
        none_for: set[str] | None = None,
        plain: bool = False,
    ) -> None:
        self.plain, self.read = plain, uses(function.body)
        self.function, self.names, self.folded = function, names, folded
        self.loops: list[Op] = []
        self.reverse = False
        self.needs: set[str] = set()
        self.is_something = something_in(function.body, sure=function.raised_for)
        self.none_for = none_for if none_for is not None else set()
        self.bare = {names[v] for v in bare_numbers(function.body) if v in names}

    # --- expressions ----------------------------------------------------------------------

    @deep
    def expr(self, v: Value) -> ast.expr:
        """Return the expression that reads a value (deep ones without deep recursion)."""
        if isinstance(v, Const):
            return self.note(pieces.constant(v))
        if v not in self.folded or v.op is None:
            return ast.Name(self.names[v], ast.Load())
        done: dict[Value, ast.expr] = {}
        stack = [v]
        while stack:
            top = stack[-1]
            op = top.op
            assert op is not None
            inner = [u for u in op.inputs if u in self.folded and u not in done]
            if inner:
                stack += inner
                continue
            stack.pop()
            done[top] = self._folded(op, done)
        return done[v]

    def _folded(self, op: Op, done: dict[Value, ast.expr]) -> ast.expr:
        # Each reader has nodes of its own: the printer notes on a node where it stands.
        operands = [done.pop(u) if u in done else self.expr(u) for u in op.inputs]
        if op.prim == "if":
            return self.choice(op, operands[0])
        if op.prim == "call":
            return self._call_expression(op, operands)
        return _placed(self.note(forms.op_expression(op, operands)), op)

    def choice(self, op: Op, test: ast.expr) -> ast.expr:
        """Return a branch as the expression it was in the source."""
        then, other = (b.results[0] for b in op.blocks)
        style = op.attrs.get("style")
        if style == "and" and other is op.inputs[0]:
            return bool_op(ast.And(), test, self.expr(then))
        if style == "or" and then is op.inputs[0]:
            return bool_op(ast.Or(), test, self.expr(other))
        return ast.IfExp(test, self.expr(then), self.expr(other))

    def note(self, e: Node) -> Node:
        """Remember which imports and helpers an expression needs; its parts have been here."""
        stack: list[ast.AST] = [e]
        while stack:
            n = stack.pop()
            if isinstance(n, ast.Name) and (n.id in MODULES or n.id.startswith("_")):
                self.needs.add(n.id)
            if FIELDS[type(n)]:
                stack += [c for c in parts_of(n) if not hasattr(c, "gradgen_noted")]
        e.gradgen_noted = True  # type: ignore[attr-defined]
        return e

    # --- statements -----------------------------------------------------------------------

    @deep
    def block(self, block: Block) -> list[ast.stmt]:
        """Return the statements of a block, without those of its end."""
        out: list[ast.stmt] = []
        unpacked = unpackings(block, self.folded, self.read, self.function.native)
        done = {part for parts in unpacked.values() for part in parts} - unpacked.keys()
        for op in block.ops:
            one = len(op.outputs) == 1
            if op.prim == "leaf" or op in done or (one and op.out in self.folded):
                continue
            self.reverse = op.reverse
            statements = unpacking_of(op, unpacked[op], self) if op in unpacked else self._op(op)
            _place(statements, op)
            out += statements
        return out

    def _op(self, op: Op) -> list[ast.stmt]:
        if "printed" in op.attrs:
            return self._printed(op)
        if op.prim == "call":
            return self._call(op)
        if op.prim in STATEMENTS:
            return STATEMENTS[op.prim](self, op)
        return self._unpacked(op.outputs, self.made(op))

    def made(self, op: Op) -> ast.expr:
        """Return the expression of an operation, whether its result has a name or not."""
        return self.note(forms.op_expression(op, [self.expr(v) for v in op.inputs]))

    def _printed(self, op: Op) -> list[ast.stmt]:
        """Call the printed function that does a store."""
        args = dict.fromkeys(v for v in op.inputs if not isinstance(v, Const))
        call = self.note(pieces.call(op.attrs["printed"], [self.expr(v) for v in args]))
        return [ast.Expr(call), *self.moved(op)]

    def _unpacked(self, outputs: list[Value], value: ast.expr) -> list[ast.stmt]:
        """Assign the results of an operation or call; ``_`` for those that nothing reads."""
        names = [self.names[v] if self.read.get(v) else "_" for v in outputs]
        if len(names) == 1:
            return [self._assigned(self.names[outputs[0]], value, outputs[0].type)]
        targets: list[ast.expr] = [ast.Name(n, ast.Store()) for n in names]
        return [ast.Assign([ast.Tuple(targets, ast.Store())], value)]

    def _assigned(self, name: str, value: ast.expr, type_: Type) -> ast.stmt:
        """Assign to a name, in place where that says the same."""
        return assign(name, value, None if name in self.bare else type_)

    def entry(self) -> list[ast.stmt]:
        """Return the statements that take containers apart, tuples by one unpacking each."""
        ops = [op for op in self.function.body.ops if op.prim == "leaf"]
        out: list[ast.stmt] = []
        for param, spec in self.function.params:
            mine = [op for op in ops if op.attrs["param"] == param]
            names = {op.attrs["path"]: self.names[op.out] for op in mine}
            target = unpacking(spec, names, ())
            if mine and target is not None:
                out.append(ast.Assign([target], ast.Name(param, ast.Load())))
                made = [op for op in mine if op.attrs["path"][-1][0] == "column"]
                out += [s for op in made for s in self._leaf(op)]
            else:
                out += [s for op in mine for s in self._leaf(op)]
        return out

    def _leaf(self, op: Op) -> list[ast.stmt]:
        value = forms.op_expression(op, [])
        if isinstance(value, ast.Name) and value.id == self.names[op.out]:
            return []
        return [assign(self.names[op.out], value)]

    def _call_expression(self, op: Op, operands: list[ast.expr]) -> ast.expr:
        """Spell a call of a recursive function: its arguments, the lists, adjoints of results."""
        callee = op.attrs["callee"]
        count = len(operands) - int(op.attrs.get("stacks", 0))
        args, stacks = operands[:count], operands[count:]
        part = "plain" if self.plain else part_of(op)
        if part == "plain":
            stacks = []
        at = len(callee.needs) if part == "backward" else count
        name = ast.Name(callee.spelled[part], ast.Load())
        return ast.Call(name, [*args[:at], *stacks, *args[at:]], [])

    def _call(self, op: Op) -> list[ast.stmt]:
        value = self._call_expression(op, [self.expr(v) for v in op.inputs])
        pairs = added_in_place(op)
        own = [v for i, v in enumerate(op.outputs) if i not in [n for _, n in pairs]]
        renamed = [(op.outputs[i], op.inputs[k]) for k, i in pairs if self.read.get(op.outputs[i])]
        after = [assign(self.names[v], ast.Name(self.names[u], ast.Load()))
                 for v, u in renamed if self.names[v] != self.names[u]]  # fmt: skip
        if not any(map(self.read.get, own)):
            return [ast.Expr(value), *after]
        return [*self._unpacked(own, value), *after]

    def moved(self, op: Op) -> list[ast.stmt]:
        """Rename after a write, where the new version could not keep the variable."""
        old, new = self.names[op.inputs[0]], self.names.get(op.outputs[-1], "")
        return [assign(new, ast.Name(old, ast.Load()))] if new and new != old else []

    def moves(self, pairs: Any, block: Block | None = None) -> list[ast.stmt]:
        """Assign in parallel: one tuple assignment where one target is another's source."""
        real: list[tuple[str, ast.expr, Any]] = []
        for target, v in pairs:
            if target not in self.names:
                continue
            if isinstance(v, Undefined):
                if v.unread:
                    real.append((self.names[target], self.something(target.type), target.type))
                elif self.names[target] in self.none_for:
                    # Not read by the function itself, or else that raises, as in Python.
                    native = self.function.native
                    e = self.something(target.type) if native else ast.Constant(None)
                    real.append((self.names[target], e, target.type))
                continue
            e = self.expr(v)
            if not (isinstance(e, ast.Name) and e.id == self.names[target]):
                if not self.reverse and not self.is_something(v, block):
                    self.none_for.update(n.id for n in nodes_in(e) if isinstance(n, ast.Name))
                real.append((self.names[target], e, target.type))
        written: set[str] = set()
        ordered = True
        for name, e, _ in real:
            if written & names_in([e]):
                ordered = False
            written.add(name)
        if ordered:
            return [self._assigned(name, e, t) for name, e, t in real]
        targets = ast.Tuple([ast.Name(name, ast.Store()) for name, _, _ in real], ast.Store())
        return [ast.Assign([targets], ast.Tuple([e for _, e, _ in real], ast.Load()))]

    def something(self, t: Type) -> ast.expr:
        """Return something of a type, which nothing reads."""
        return self.note(placeholder(t, self.function.native))


def part_of(op: Op) -> str:
    """Return which function of a pair a call means."""
    part = str(op.attrs.get("part", "plain"))
    return "plain" if part == "forward" and not op.attrs["callee"].stacks else part


def placeholder(t: Type, native: bool = False) -> ast.expr:
    """Return something of a type, for a variable that is copied but not read on this path."""
    if t.kind == "list":
        return empty_list(t.item) if native and t.item else ast.List([], ast.Load())
    if t.kind == "array" and t.shape is not None:
        zeros: list[ast.expr] = [ast.Constant(0) for _ in t.shape]
        options = {"dtype": t.dtype} if native and t.dtype not in ("", "float64") else {}
        return pieces.call("np.empty", [ast.Tuple(zeros, ast.Load())], options)
    return ast.Constant({"int": 0, "bool": False}.get(t.kind, 0.0))


def _place(statements: list[ast.stmt], op: Op) -> None:
    """Note the user's line on the statements of an operation."""
    for s in statements:
        _placed(s, op)


def _placed(node: Node, op: Op) -> Node:
    """Note on a piece of text which operation it is of, unless it is part of another one."""
    span: Span | None = op.span
    if not hasattr(node, "gradgen_span"):
        node.gradgen_span = span  # type: ignore[attr-defined]
        node.gradgen_reverse = op.reverse  # type: ignore[attr-defined]
        node.gradgen_again = op.again  # type: ignore[attr-defined]
        node.gradgen_fused = "fused" in op.attrs  # type: ignore[attr-defined]
    return node
