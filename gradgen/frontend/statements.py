"""Statements to the graph: one handler per kind of syntax node, listed in ``HANDLERS``."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from gradgen.frontend import subscripts
from gradgen.frontend.attributes import attribute, set_attribute
from gradgen.frontend.branches import assuming, condition, distribute, fork
from gradgen.frontend.evaluate import as_value, evaluate
from gradgen.frontend.iteration import iteration_of
from gradgen.frontend.loops import Loop, assigned_names, run_loop
from gradgen.frontend.operators import binary
from gradgen.frontend.reader import Reader
from gradgen.frontend.returns import contains
from gradgen.frontend.special import sequence_items
from gradgen.frontend.state import restore, snapshot
from gradgen.frontend.values import Choice, LocalFunction, Ref, Seq, Static, leaves
from gradgen.ir.nodes import Block, Const, Op, Value, replace_uses
from gradgen.ir.types import integer

FALL = "fall"


def run(r: Reader, body: Sequence[ast.stmt], loop: Loop | None) -> str:
    """Read statements; return how they end: ``fall``, or a jump that ended the block."""
    for statement in body:
        handler = HANDLERS.get(type(statement))
        if handler is None:
            r.refuse(statement, f"{_construct(statement)} is not supported", _way_out(statement))
        r.b.span = r.span(statement)
        end = handler(r, statement, loop)
        assert end != "tail" or statement is body[-1], "statements after a branch that jumps"
        if end != FALL:
            return end
    return FALL


def _construct(node: ast.stmt) -> str:
    names = {
        "Try": "try", "With": "this context manager", "AsyncFunctionDef": "async",
        "Global": "global", "Nonlocal": "nonlocal", "ClassDef": "a class statement",
        "Delete": "del", "Import": "import inside a function", "Match": "match", "TryStar": "try",
        "ImportFrom": "import inside a function", "AsyncFor": "async", "AsyncWith": "async",
    }  # fmt: skip
    return names.get(type(node).__name__, type(node).__name__)


def _way_out(node: ast.stmt) -> str:
    hints = {
        ast.Try: "test the condition with if before the computation that can fail",
        ast.Global: "return the value instead of writing a global",
        ast.Nonlocal: "return the value instead of writing an outer name",
        ast.Import: "import at the top of the module",
        ast.ImportFrom: "import at the top of the module",
    }
    return hints.get(type(node), "compute this outside the differentiated function")


def _assign(r: Reader, s: ast.Assign, loop: Loop | None) -> str:
    value = evaluate(r, s.value)
    for target in s.targets:
        assign_to(r, target, value)
    return FALL


def _ann_assign(r: Reader, s: ast.AnnAssign, loop: Loop | None) -> str:
    if s.value is not None:
        assign_to(r, s.target, evaluate(r, s.value))
    return FALL


def assign_to(r: Reader, target: ast.expr, value: Any) -> None:
    """Assign to a name, a tuple of targets or a subscript."""
    r.b.span = r.span(target)
    if isinstance(target, ast.Name):
        r.bind(target.id, value)
    elif isinstance(target, ast.Tuple | ast.List):
        _unpack(r, target, value)
    elif isinstance(target, ast.Subscript):
        subscripts.store(r, target, value)
    elif isinstance(target, ast.Attribute):
        set_attribute(r, evaluate(r, target.value), target.attr, value, target)
    else:
        r.refuse(target, "this assignment", "assign to a name, a subscript or an attribute")


def _unpack(r: Reader, target: ast.Tuple | ast.List, value: Any) -> None:
    if any(isinstance(t, ast.Starred) for t in target.elts):
        r.refuse(target, "unpacking by *", "name each item, or slice")
    items = sequence_items(r, value, target, len(target.elts))
    if len(items) != len(target.elts):
        raise ValueError(
            f"{r.span(target)}: {len(items)} values to unpack into {len(target.elts)} names"
        )
    for t, item in zip(target.elts, items, strict=True):
        assign_to(r, t, item)


def _aug_assign(r: Reader, s: ast.AugAssign, loop: Loop | None) -> str:
    if isinstance(s.target, ast.Subscript):
        subscripts.augmented(r, s, s.target)
        return FALL
    owner: Any = None
    if isinstance(s.target, ast.Attribute):
        owner = evaluate(r, s.target.value)
        old = attribute(r, owner, s.target.attr, s.target)
    else:
        old = r.lookup(s.target.id, s.target)
    value = evaluate(r, s.value)
    new = updated(r, s, old, value)
    if new is old:
        return FALL
    if isinstance(s.target, ast.Attribute):
        set_attribute(r, owner, s.target.attr, new, s.target)
    else:
        r.bind(s.target.id, new)
    return FALL


def updated(r: Reader, s: ast.AugAssign, old: Any, value: Any) -> Any:
    """Perform ``old op= value``: return a new value, or ``old`` itself where it is written to."""
    if isinstance(old, Choice):
        return distribute(r, s, old, lambda option: updated(r, s, option, value))
    if isinstance(old, Seq) and old.kind is list and isinstance(s.op, ast.Add | ast.Mult):
        made = binary(r, s, old, value)
        items = made.items if isinstance(made, Seq) else sequence_items(r, value, s)
        r.fill(old, items if isinstance(made, Seq) else [*old.items, *items])
        return old
    if isinstance(old, Ref) and r.read(old).type.kind == "array":
        _in_place(r, s, old, as_value(r, value, s))
        return old
    if isinstance(old, Ref) and r.read(old).type.kind == "any" and _aliased(r, old):
        r.refuse(
            s,
            f"{ast.unparse(s.target)!r} may be an array that another name sees, or a number",
            "give types: example arguments or annotations",
        )
    return binary(r, s, old, value)


def _aliased(r: Reader, ref: Ref) -> bool:
    if any(r.visible(other) for other in r.reach(ref.storage)[1:]):
        return True
    holders = 0
    for v in r.frame.names.values():
        holders += any(isinstance(x, Ref) and x.storage is ref.storage for x in leaves(v))
    return holders > 1


def _in_place(r: Reader, s: ast.AugAssign, old: Ref, value: Value) -> None:
    where = subscripts.whole(old)
    if isinstance(s.op, ast.Add | ast.Sub):
        sign = "+" if isinstance(s.op, ast.Add) else "-"
        subscripts.write(r, s, old, where, value, "inc", sign=sign)
        return
    new = as_value(r, binary(r, s, old, value), s)
    subscripts.write(r, s, old, where, new, "store", augmented=True)


def _expression(r: Reader, s: ast.Expr, loop: Loop | None) -> str:
    if isinstance(s.value, ast.Constant):
        return FALL
    if not isinstance(s.value, ast.Call):
        r.refuse(s, "an expression whose value is not used")
    evaluate(r, s.value)
    return FALL


def _pass(r: Reader, s: ast.stmt, loop: Loop | None) -> str:
    return FALL


def _jump(r: Reader, s: ast.stmt, loop: Loop | None) -> str:
    assert loop is not None
    end = "break" if isinstance(s, ast.Break) else "continue"
    loop.finish(r, end)
    return end


def _function(r: Reader, s: ast.FunctionDef, loop: Loop | None) -> str:
    if s.decorator_list:
        r.refuse(s.decorator_list[0], "a decorated local function", "call the decorator outside")
    defaults = [evaluate(r, d) for d in s.args.defaults]
    kw_defaults = [None if d is None else evaluate(r, d) for d in s.args.kw_defaults]
    r.frame.names[s.name] = LocalFunction(s, r.frame, defaults, kw_defaults)
    return FALL


def _assert(r: Reader, s: ast.Assert, loop: Loop | None) -> str:
    test = condition(r, s.test)
    if isinstance(test, Const) and test.const:
        return FALL
    r.b.append("assert", [test], [], span=r.span(s))
    return FALL


def _raise(r: Reader, s: ast.Raise, loop: Loop | None) -> str:
    r.refuse(s, "this raise is reached for every argument of these types", "")


def _if(r: Reader, s: ast.If, loop: Loop | None) -> str:
    test = condition(r, s.test)
    if isinstance(test, Const):
        return run(r, s.body if test.const else s.orelse, loop)
    if loop is not None and any(contains([s], k) for k in (ast.Break, ast.Continue)):
        return _tail_if(r, s, test, loop)
    if _only_raises(s.body) and not s.orelse:
        r.b.append("raise_if", [test], [], span=r.span(s), attrs={"text": ast.unparse(s.body[-1])})
        return FALL
    fork(r, s, test, lambda: run(r, s.body, None), lambda: run(r, s.orelse, None))
    return FALL


def _only_raises(body: list[ast.stmt]) -> bool:
    return len(body) == 1 and isinstance(body[0], ast.Raise)


def _tail_if(r: Reader, s: ast.If, test: Value, loop: Loop) -> str:
    """Read an ``if`` that ends the loop's body: each side ends the iteration itself."""
    blocks = []
    before = snapshot(r)
    op = r.b.append("if", [test], [], span=r.span(s))
    for side, truth in ((s.body, True), (s.orelse, False)):
        restore(r, before)
        with r.b.into(Block()) as block, assuming(r, test, truth):
            if run(r, side, loop) == FALL:
                loop.finish(r, "continue")
        blocks.append(block)
    restore(r, before)
    op.blocks = blocks
    r.b.block.end = "tail"
    return "tail"


def _for(r: Reader, s: ast.For, loop: Loop | None) -> str:
    if s.orelse:
        r.refuse(s, "else after a loop", "use a flag")
    over = iteration_of(r, s.iter)
    breaks = contains(s.body, ast.Break)
    if isinstance(over, list):
        _unrolled(r, s, over)
        return FALL
    index = Value(integer(), s.target.id if over.bounds and isinstance(s.target, ast.Name) else "i")
    index.user = over.bounds is not None

    def body(trial: Loop, block: Block) -> None:
        block.params.insert(0, index)
        assign_to(r, s.target, over.element(index))
        if run(r, s.body, trial) == FALL:
            trial.finish(r, "continue")

    def build(inits: list[Value], trial: Loop) -> tuple[Op, Block]:
        bounds = over.bounds or (Const(0), over.length, Const(1))
        block = built[-1]
        op = r.b.append(
            "for",
            [*bounds, *inits],
            [],
            span=r.span(s),
            blocks=[block],
            attrs={"backwards": over.backwards, "breaks": breaks},
        )
        return op, block

    built: list[Block] = []

    def keep(trial: Loop, block: Block) -> None:
        built.append(block)
        body(trial, block)

    run_loop(r, s, assigned_names([ast.Expr(s.target), *s.body]), keep, build, counted=breaks)
    return FALL


def _unrolled(r: Reader, s: ast.For, items: list[Any]) -> None:
    for kind in (ast.Break, ast.Continue):
        if contains(s.body, kind):
            r.refuse(
                s,
                "break, continue or return in a loop over a tuple, list or dict",
                "loop over range(len(...)) of an array",
            )
    for k, item in enumerate(items):
        r.call_path.append(k)
        assign_to(r, s.target, item)
        run(r, s.body, None)
        r.call_path.pop()


def _while(r: Reader, s: ast.While, loop: Loop | None) -> str:
    if s.orelse:
        r.refuse(s, "else after a loop", "use a flag")
    kept: list[tuple[Block, Block]] = []

    def body(trial: Loop, block: Block) -> None:
        test_block = Block(params=[_twin(p) for p in trial.params])
        kept.append((test_block, block))
        with r.b.into(test_block):
            test = condition(r, s.test)
        test_block.results = [test]
        _rename(test_block, dict(zip(trial.params, test_block.params, strict=True)))
        if isinstance(test, Const) and not test.const:
            trial.finish(r, "break")
        elif run(r, s.body, trial) == FALL:
            trial.finish(r, "continue")

    def build(inits: list[Value], trial: Loop) -> tuple[Op, Block]:
        test_block, block = kept[-1]
        op = r.b.append("while", inits, [], span=r.span(s), blocks=[test_block, block])
        return op, block

    run_loop(r, s, assigned_names([ast.Expr(s.test), *s.body]), body, build, counted=True)
    return FALL


def _twin(p: Value) -> Value:
    twin = Value(p.type, p.name, p.span)
    twin.user = p.user
    return twin


def _rename(block: Block, mapping: dict[Value, Value]) -> None:
    replace_uses(block, mapping)


def _with(r: Reader, s: ast.With, loop: Loop | None) -> str:
    for item in s.items:
        call = item.context_expr
        known = isinstance(call, ast.Call) and item.optional_vars is None
        target = evaluate(r, call.func) if known and isinstance(call, ast.Call) else None
        if not (isinstance(target, Static) and target.obj is np.errstate):
            r.refuse(s, "this context manager", "only np.errstate is known to be harmless")
    return run(r, s.body, loop)


HANDLERS: dict[type[ast.stmt], Callable[[Reader, Any, Loop | None], str]] = {
    ast.Assign: _assign,
    ast.AnnAssign: _ann_assign,
    ast.AugAssign: _aug_assign,
    ast.Expr: _expression,
    ast.Pass: _pass,
    ast.Break: _jump,
    ast.Continue: _jump,
    ast.FunctionDef: _function,
    ast.Assert: _assert,
    ast.Raise: _raise,
    ast.If: _if,
    ast.For: _for,
    ast.While: _while,
    ast.With: _with,
}
