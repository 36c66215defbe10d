"""The graph to statements: assignments, branches and loops, each line with its source."""

from __future__ import annotations

import ast
from typing import Any, TypeVar

from gradgen.deep import deep
from gradgen.diff.activity import carried
from gradgen.diff.missing import something_in
from gradgen.emission import forms, pieces
from gradgen.emission.folding import LIMIT, is_expression
from gradgen.emission.list_forms import empty_list
from gradgen.emission.names import MODULES
from gradgen.emission.statements import (
    Filling,
    Target,
    assign,
    bool_op,
    drop_last_continue,
    flags_first,
    negated,
    range_of,
    stored,
    tail_if,
    unpacking,
)
from gradgen.emission.unpacking import unpacking_of, unpackings
from gradgen.errors import Span
from gradgen.ir.nodes import Block, Const, Function, Op, Undefined, Value, added_in_place, uses
from gradgen.ir.spelling import HOLE
from gradgen.ir.types import Type
from gradgen.passes.bare import bare_numbers
from gradgen.syntax import FIELDS, names_in, nodes_in, parts_of

AUGMENT = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.MatMult, ast.Pow, ast.Mod, ast.FloorDiv)
Node = TypeVar("Node", bound=ast.AST)


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
            return self._note(pieces.constant(v))
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
            return self._choice(op, operands[0])
        if op.prim == "call":
            return self._call_expression(op, operands)
        return _placed(self._note(forms.op_expression(op, operands)), op)

    def _choice(self, op: Op, test: ast.expr) -> ast.expr:
        then, other = (b.results[0] for b in op.blocks)
        style = op.attrs.get("style")
        if style == "and" and other is op.inputs[0]:
            return bool_op(ast.And(), test, self.expr(then))
        if style == "or" and then is op.inputs[0]:
            return bool_op(ast.Or(), test, self.expr(other))
        return ast.IfExp(test, self.expr(then), self.expr(other))

    def _note(self, e: Node) -> Node:
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
        handler = getattr(self, f"_{op.prim}", None) if op.prim in STATEMENTS else None
        if handler is not None:
            return handler(op)
        return self._unpacked(op.outputs, self.made(op))

    def made(self, op: Op) -> ast.expr:
        """Return the expression of an operation, whether its result has a name or not."""
        return self._note(forms.op_expression(op, [self.expr(v) for v in op.inputs]))

    def _printed(self, op: Op) -> list[ast.stmt]:
        """Call the printed function that does a store."""
        args = dict.fromkeys(v for v in op.inputs if not isinstance(v, Const))
        call = self._note(pieces.call(op.attrs["printed"], [self.expr(v) for v in args]))
        return [ast.Expr(call), *self._moved(op)]

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

    def _store(self, op: Op) -> list[ast.stmt]:
        base, value = self.expr(op.inputs[0]), op.inputs[1]
        where = self._note(forms.target(op, base, [self.expr(v) for v in op.inputs[2:]]))
        statement = self._augmented(op, where) if op.attrs.get("augmented") else None
        if statement is None:
            statement = ast.Assign([where], self.expr(value))
        return [statement, *self._moved(op)]

    def _augmented(self, op: Op, where: ast.Subscript) -> ast.stmt | None:
        """``a[i] *= v`` where the new value is the old one times something."""
        value = self.expr(op.inputs[1])
        if isinstance(value, ast.BinOp) and isinstance(value.op, AUGMENT):
            if isinstance(value.left, ast.Name) and op.attrs["index"] == "e":
                same = ast.dump(value.left) == ast.dump(self.expr(op.inputs[0]))
                return ast.AugAssign(stored(value.left), value.op, value.right) if same else None
            sides = [_dumped(side) == _dumped(where) for side in (value.left, value.right)]
            if sides[0]:
                return ast.AugAssign(where, value.op, value.right)
            if sides[1] and op.reverse and isinstance(value.op, ast.Mult):
                return ast.AugAssign(where, value.op, value.left)
        return None

    def _inc(self, op: Op) -> list[ast.stmt]:
        base = self.expr(op.inputs[0])
        item = op.inputs[0].type.item
        for _ in op.attrs.get("path", ()):
            item = item and item.item
        if item is not None and not item.is_scalar:
            return self._add_to_item(op, base)
        if op.attrs["index"] == "e" and not op.attrs.get("path"):
            where: Target = stored(base)
        else:
            where = self._note(forms.target(op, base, [self.expr(v) for v in op.inputs[2:]]))
        sign = ast.Sub() if op.attrs.get("sign") == "-" else ast.Add()
        statement = ast.AugAssign(where, sign, self.expr(op.inputs[1]))
        return [statement, *self._moved(op)]

    def _add_at(self, op: Op) -> list[ast.stmt]:
        place = forms.target(op, self.expr(op.inputs[0]), [self.expr(v) for v in op.inputs[2:]])
        assert isinstance(place, ast.Subscript)
        args = [place.value, pieces.index_object(place.slice), self.expr(op.inputs[1])]
        self.needs.add("np")
        name = "np.subtract.at" if op.attrs.get("sign") == "-" else "np.add.at"
        return [ast.Expr(pieces.call(name, args)), *self._moved(op)]

    def _add_to_item(self, op: Op, base: ast.expr) -> list[ast.stmt]:
        """``items[k] = items[k] + v``: the array in the list may be in other places too."""
        where = self._note(forms.target(op, base, [self.expr(v) for v in op.inputs[2:]]))
        old = ast.Subscript(where.value, where.slice, ast.Load())
        sign = ast.Sub() if op.attrs.get("sign") == "-" else ast.Add()
        new = ast.BinOp(old, sign, self.expr(op.inputs[1]))
        return [ast.Assign([where], new), *self._moved(op)]

    def _append(self, op: Op) -> list[ast.stmt]:
        method = ast.Attribute(self.expr(op.inputs[0]), op.prim, ast.Load())
        args = [self.expr(v) for v in (*op.inputs[2:], op.inputs[1])]
        return [ast.Expr(ast.Call(method, args, [])), *self._moved(op)]

    _insert = _extend = _append

    def _pop(self, op: Op) -> list[ast.stmt]:
        held = op.inputs[0].type.item
        if self.function.native and op.inputs[1:] and (held is None or not held.is_scalar):
            return [*self._moved_up(op), *self._moved(op)]
        method = ast.Attribute(self.expr(op.inputs[0]), "pop", ast.Load())
        call = ast.Call(method, [self.expr(v) for v in op.inputs[1:]], [])
        item: ast.stmt = ast.Expr(call)
        if op.outputs[0] in self.names and self.read.get(op.outputs[0]):
            item = assign(self.names[op.outputs[0]], call)
        return [item, *self._moved(op)]

    def _moved_up(self, op: Op) -> list[ast.stmt]:
        """Take an item out of a list of lists or arrays: Numba's own ``pop(k)`` frees another."""
        held, place = (self.expr(v) for v in op.inputs)
        text = f"{ast.unparse(held)}[{ast.unparse(place)}"
        rest = f"{text}:-1] = {text}:][1:]\n{ast.unparse(held)}.pop()"
        steps = ast.parse(rest.replace("[0:-1]", "[:-1]").replace("[0:][1:]", "[1:]")).body
        if op.outputs[0] in self.names and self.read.get(op.outputs[0]):
            taken = ast.Subscript(held, place, ast.Load())
            steps.insert(0, assign(self.names[op.outputs[0]], taken))
        return steps

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

    def _push(self, op: Op) -> list[ast.stmt]:
        if self.plain:
            return []
        v = op.inputs[1]
        if v in self.names and not self.is_something(v, None):
            self.none_for.add(self.names[v])
        method = ast.Attribute(self.expr(op.inputs[0]), "append", ast.Load())
        return [ast.Expr(ast.Call(method, [self.expr(v)], []))]

    def _take(self, op: Op) -> list[ast.stmt]:
        method = ast.Attribute(self.expr(op.inputs[0]), "pop", ast.Load())
        return [assign(self.names[op.out], ast.Call(method, [], []))]

    def _moved(self, op: Op) -> list[ast.stmt]:
        """Rename after a write, where the new version could not keep the variable."""
        old, new = self.names[op.inputs[0]], self.names.get(op.outputs[-1], "")
        return [assign(new, ast.Name(old, ast.Load()))] if new and new != old else []

    def _assert(self, op: Op) -> list[ast.stmt]:
        text = op.attrs.get("text")
        message = self._note(self._filled(op, text).value) if text else None
        return [ast.Assert(self.expr(op.inputs[0]), message)]

    def _raise_if(self, op: Op) -> list[ast.stmt]:
        test = op.inputs[0]
        raised = self._note(self._filled(op, op.attrs["text"]))
        if isinstance(test, Const) and test.const:
            return [raised]
        return [ast.If(self.expr(test), [raised], [])]

    def _effect(self, op: Op) -> list[ast.stmt]:
        made = self._filled(op, op.attrs["text"])
        named = isinstance(made, ast.Expr) and isinstance(made.value, ast.Name | ast.Constant)
        if named and op.inputs[-1] not in self.function.raised_for:
            return []  # it has been computed under its name, which is there on every path
        return [self._note(made)]

    def _filled(self, op: Op, text: str) -> Any:
        """Return a statement whose holes are filled with the inputs after the first."""
        values = {f"{HOLE}{k}": self.expr(v) for k, v in enumerate(op.inputs[1:])}
        return Filling(values).visit(ast.parse(text).body[0])

    # --- control flow ---------------------------------------------------------------------

    def _if(self, op: Op) -> list[ast.stmt]:
        test = self.expr(op.inputs[0])
        if self._is_choice(op):
            return [assign(self.names[op.out], self._note(self._choice(op, test)))]
        sides = []
        for b in op.blocks:
            body = self.block(b)
            if b.end == "yield":
                body += self._moves(zip(op.outputs, b.results, strict=True), b)
            elif b.end != "tail":
                body += self._end(b)
            sides.append(body)
        then, other = sides
        if op.blocks[0].end != "yield":
            return tail_if(test, then, other)
        if not then:
            if not other:
                return []
            return [ast.If(negated(test), other, [])]
        return flags_first(test, then, other)

    def _is_choice(self, op: Op) -> bool:
        """Whether a branch was an expression in the source, and is short enough to be one."""
        style = op.attrs.get("style")
        if not style or not is_expression(op, self.folded) or op.out not in self.names:
            return False
        return style in ("and", "or") or sum(len(b.ops) for b in op.blocks) < LIMIT // 2

    def _end(self, block: Block) -> list[ast.stmt]:
        """Carry the values of an iteration's end into the loop's variables, and jump."""
        loop = self.loops[-1]
        moves = self._moves(zip(carried(loop)[0], block.results, strict=True), block)
        jump: ast.stmt = ast.Break() if block.end == "break" else ast.Continue()
        return [*moves, jump]

    def _moves(self, pairs: Any, block: Block | None = None) -> list[ast.stmt]:
        """Assign in parallel: one tuple assignment where one target is another's source."""
        real: list[tuple[str, ast.expr, Any]] = []
        for target, v in pairs:
            if target not in self.names:
                continue
            if isinstance(v, Undefined):
                if v.unread:
                    real.append((self.names[target], self._something(target.type), target.type))
                elif self.names[target] in self.none_for:
                    # Not read by the function itself, or else that raises, as in Python.
                    native = self.function.native
                    e = self._something(target.type) if native else ast.Constant(None)
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

    def _something(self, t: Type) -> ast.expr:
        """Return something of a type, which nothing reads."""
        return self._note(placeholder(t, self.function.native))

    def _for(self, op: Op) -> list[ast.stmt]:
        body, index = op.blocks[0], op.blocks[0].params[0]
        params, inits = carried(op)
        out = self._moves(zip(params, inits, strict=True))
        bounds = [self.expr(v) for v in op.inputs[:3]]
        asked = self.names[index] != "_" or not _counts_up(op)  # which turn it is
        backwards = bool(op.attrs.get("backwards")) and asked
        over: ast.expr = range_of(bounds, op.inputs[:3], backwards)
        if _assigned(out) & names_in([over]):
            # What is carried takes the name of what the bounds were read from.
            turns = ast.Name(self._unused("turns"), ast.Load())
            out, over = [assign(turns.id, over), *out], turns
        loop = ast.For(ast.Name(self.names[index], ast.Store()), over, self._body(op, body), [])
        loop.gradgen_parts = op.attrs.get("parts")  # type: ignore[attr-defined]
        return [*out, loop, *self._moves(zip(op.outputs, params, strict=True))]

    def _unused(self, hint: str) -> str:
        """Return a name that no value has."""
        taken = set(self.names.values())
        while hint in taken:
            hint += "_"
        return hint

    def _while(self, op: Op) -> list[ast.stmt]:
        test_block, body = op.blocks
        params, inits = carried(op)
        out = self._moves(zip(params, inits, strict=True))
        self._share(test_block.params, params)
        tests = self.block(test_block)
        test = self.expr(test_block.results[0])
        statements = self._body(op, body)
        if tests:
            stop = ast.If(negated(test), [ast.Break()], [])
            statements, test = [*tests, stop, *statements], ast.Constant(True)
        loop = ast.While(test, statements, [])
        return [*out, loop, *self._moves(zip(op.outputs, params, strict=True))]

    def _share(self, twins: list[Value], params: list[Value]) -> None:
        """Let the test read the loop's own variables."""
        for twin, p in zip(twins, params, strict=True):
            self.names[twin] = self.names[p]

    def _body(self, op: Op, body: Block) -> list[ast.stmt]:
        self.loops.append(op)
        out = self.block(body)
        if body.end != "tail":
            out += self._end(body)
        self.loops.pop()
        while out and isinstance(out[-1], ast.Continue):
            out.pop()
        drop_last_continue(out)
        return out or [ast.Pass()]


def _dumped(e: ast.expr) -> str:
    """Return an expression's tree as text, be it read or written."""
    return ast.dump(e).replace("Load()", "Store()")


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


def _assigned(statements: list[ast.stmt]) -> set[str]:
    """Return the names that assignments bind."""
    nodes = [n for s in statements for n in nodes_in(s)]
    return {n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}


STATEMENTS = {
    "store", "inc", "add_at", "append", "insert", "extend", "pop", "assert", "raise_if",
    "effect", "call", "push", "take",
    "if", "for", "while",
}  # fmt: skip


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


def _counts_up(loop: Op) -> bool:
    """Whether a loop goes up from 0 by 1."""
    start, _, step = loop.inputs[:3]
    return (
        isinstance(start, Const) and isinstance(step, Const) and (start.const, step.const) == (0, 1)
    )
