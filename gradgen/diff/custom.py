"""The sweep through functions with rules of their own: ``custom_vjp`` and ``custom_jvp``.

A reverse rule is read into the sweep where it stands.  A forward rule is read, too, for tangents
that are unknowns, and what it does to them is transposed by a sweep of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable
from pathlib import PurePath
from typing import Any, NoReturn

from gradgen.custom import custom_vjp, on_grad
from gradgen.diff.marks import Rule, mark, read_marked
from gradgen.errors import GradgenError, Span, UnsupportedError
from gradgen.frontend.book import Book
from gradgen.frontend.calls import call_value
from gradgen.frontend.custom import Custom, rebuilt
from gradgen.frontend.describing import describe
from gradgen.frontend.parts import leaves, parts
from gradgen.frontend.pointers import is_none_itself
from gradgen.frontend.reader import Reader
from gradgen.frontend.source import source_of
from gradgen.frontend.values import Box, Frame, Seq, Static
from gradgen.ir.builder import Builder
from gradgen.ir.nodes import Block, Const, Function, Leaf, Op, Value, replace_uses, walk
from gradgen.ir.types import Type
from gradgen.passes.shapes import READS

HELP = "see the documentation of gradgen.custom_vjp and gradgen.custom_jvp"
Sweep = Callable[[Function, list[tuple[Value, Value]]], dict[Value, Value]]


def shares(
    b: Builder, function: Function, op: Op, cotangents: list[Value], sweep: Sweep
) -> list[tuple[Value, Value]]:
    """Return what an operation ``custom`` contributes, by input.

    Parameters
    ----------
    b : Builder
        Of the sweep.
    function : Function
        What is differentiated; it remembers what the rule reads from outside.
    op : Op
        The operation.
    cotangents : list of Value
        Of its results.
    sweep : function
        Appends a reverse sweep to another function.

    Returns
    -------
    list of (Value, Value)
        Inputs with their shares.
    """
    custom: Custom = op.attrs["custom"]
    first, second = custom.counts()
    inputs = op.inputs[first + second :]
    if isinstance(custom.function, custom_vjp):
        kept = op.inputs[first : first + second]
        return _reverse_rule(b, function, custom, kept, inputs, cotangents)
    return _forward_rule(b, function, custom, inputs, op.outputs, cotangents, sweep)


def tangents_of(
    b: Builder,
    function: Function,
    op: Op,
    of: Callable[[Value], Value],
    moving: Container[Value],
) -> list[Value]:
    """Return the tangents of the results of an operation ``custom``; ``of`` gives its inputs'.

    ``moving`` are the values that have tangents; those of the others are zero.
    """
    custom: Custom = op.attrs["custom"]
    if isinstance(custom.function, custom_vjp) and custom.function.pushforward is not None:
        return _pushed(b, function, custom, op, of, moving)
    if custom.function.fun is on_grad:
        raise UnsupportedError(
            "on_grad is about what comes back in reverse, and forward mode has no way back",
            b.span, "use grad, vjp, jacrev, or hvp, which is forward over reverse",
        )  # fmt: skip
    if isinstance(custom.function, custom_vjp):
        _refuse(b, custom, "is one of reverse mode, which forward mode cannot use",
                "use grad, vjp or jacrev, or give the rule with gradgen.custom_jvp")  # fmt: skip
    inputs = op.inputs[sum(custom.counts()) :]
    return _moved(b, function, custom, inputs, map(of, inputs), op.outputs)


def _pushed(
    b: Builder,
    function: Function,
    custom: Custom,
    op: Op,
    of: Callable[[Value], Value],
    moving: Container[Value],
) -> list[Value]:
    """Return the tangents of the results, by what a reverse rule keeps."""
    first, second = custom.counts()
    rest = iter(op.inputs[first + second :])
    shares = [[next(rest) for _ in leaves(arg)] for arg in custom.args]
    numbers = tuple(k for k, mine in enumerate(shares) if any(v in moving for v in mine))
    rule = custom.function.pushforward(numbers)  # type: ignore[union-attr, misc]
    r = _reader(b, function, rule)
    kept = rebuilt(custom.kept, iter(map(r.hold, op.inputs[first : first + second])))
    moves = Seq(_trees(custom, map(r.hold, map(of, op.inputs[first + second :]))))
    return [r.read(v) for v in leaves(_called(r, rule, [*custom.held, kept, moves]))]


def _moved(
    b: Builder,
    function: Function,
    custom: Custom,
    inputs: list[Value],
    tangents: Iterable[Value],
    results: list[Value],
) -> list[Value]:
    """Return the tangents of the results, by the forward rule."""
    rule = custom.function.rule  # type: ignore[union-attr]
    r = _reader(b, function, rule)
    primals = Seq(_trees(custom, map(r.hold, inputs)))
    moves = Seq(_trees(custom, map(r.hold, tangents)))
    found = _called(r, rule, [*custom.held, primals, moves])
    if not isinstance(found, Seq) or len(found.items) != 2:
        _refuse(b, custom, "returns no pair of result and tangent")
    moved = [r.read(v) for v in leaves(found.items[1])]
    if len(moved) != len(results):
        _refuse(b, custom, "gives a tangent of another structure than the result")
    return [
        _fitting(b, custom, y, t, "tangent", "result") for y, t in zip(results, moved, strict=True)
    ]


def _reverse_rule(
    b: Builder,
    function: Function,
    custom: Custom,
    kept: list[Value],
    inputs: list[Value],
    cotangents: list[Value],
) -> list[tuple[Value, Value]]:
    r = _reader(b, function, custom.function.backward)  # type: ignore[union-attr]
    g = rebuilt(custom.results, iter(map(r.hold, cotangents)))
    args = [*custom.held, rebuilt(custom.kept, iter(map(r.hold, kept))), g]
    found = _called(r, custom.function.backward, args)  # type: ignore[union-attr]
    if _raises(b):
        return []
    given = found.items if isinstance(found, Seq) and found.kind is tuple else [found]
    if is_none_itself(found) or (
        custom.function.fun is on_grad and any(map(is_none_itself, given))
    ):
        _refuse(b, custom, "returns nothing", "return the cotangents; the None in a tuple of them "
                "stands for zeros")  # fmt: skip
    if len(given) != len(custom.args):
        _refuse(b, custom, f"gives {len(given)} cotangents for {len(custom.args)} arguments")
    rest = iter(inputs)
    out: list[tuple[Value, Value]] = []
    for arg, share in zip(custom.args, given, strict=True):
        mine = [next(rest) for _ in leaves(arg)]
        out += _paired(r, custom, arg, share, iter(mine))
    return out


def _raises(b: Builder) -> bool:
    """Whether what was just read raises an error in any case: no result follows it."""
    last = b.block.ops[-1] if b.block.ops else None
    if last is None or last.prim != "raise_if":
        return False
    test = last.inputs[0]
    return isinstance(test, Const) and test.const is True


def _paired(r: Reader, custom: Custom, arg: Any, share: Any, values: Any) -> list[Any]:
    """Return the leaves of an argument with those of its cotangent; None stands for zeros."""
    if is_none_itself(share):
        for _ in leaves(arg):
            next(values)
        return []
    if isinstance(arg, Box):
        pairs = list(zip(parts(arg), parts(share), strict=False))
        if len(parts(share)) != len(parts(arg)):
            _refuse(r.b, custom, "gives a cotangent of another structure than the argument")
        return [p for (_, a), (_, s) in pairs for p in _paired(r, custom, a, s, values)]
    if not leaves(arg):
        return []
    if isinstance(share, Static | Box):
        _refuse(r.b, custom, f"gives a {describe(share)} for the argument", "give numbers")
    value = next(values)
    return [(value, _fitting(r.b, custom, value, r.read(share), "cotangent", "argument"))]


def _fitting(b: Builder, custom: Custom, x: Value, g: Value, what: str, of: str) -> Value:
    """Return a cotangent or tangent, which has to have the shape of what it belongs to."""
    mine, given = (() if v.type.is_scalar else v.type.shape for v in (x, g))
    if mine is None or given is None or mine == given:
        return g
    sure = all(isinstance(d, int) for d in (*mine, *given))
    if len(mine) != len(given) or sure:
        told = f"gives a {what} {g.type} for the {of} {x.type}"
        _refuse(b, custom, told, f"give one of the {of}'s shape")
    if x.type.kind != "array":
        return g
    # NumPy raises where lengths differ; broadcasting would take one entry for any number.
    return b.emit(*(("reshape_as", [g, x]) if len(mine) == 1 else ("stretch", [x, g])))


def _forward_rule(
    b: Builder,
    function: Function,
    custom: Custom,
    inputs: list[Value],
    results: list[Value],
    cotangents: list[Value],
    sweep: Sweep,
) -> list[tuple[Value, Value]]:
    tangents = [Value(Type(v.type.kind, v.type.dtype, v.type.shape)) for v in inputs]
    with b.into(Block(params=list(tangents))) as block:
        moved = _moved(b, function, custom, inputs, tangents, results)
    sides = [Leaf("tangent", (), t, t.type.inexact) for t in tangents]
    inner = Function("tangent", [], sides, block, function.span)
    inner.result = function.result
    adjoints = sweep(inner, list(zip(moved, cotangents, strict=True)))
    out = [(v, adjoints[t]) for v, t in zip(inputs, tangents, strict=True) if t in adjoints]
    own = dict(zip(tangents, inputs, strict=True))
    _take_shapes(block, own)
    if _reached([g for _, g in out], shapes=False) & set(tangents):
        _refuse(b, custom, "is not linear in the tangents")
    # What is left of tangents is there for its shape, which is that of the same of the inputs.
    for op in walk(block):
        op.inputs = [own.get(v, v) for v in op.inputs]
    reached = _reached([g for _, g in out])
    b.block.ops += [op for op in block.ops if any(v in reached for v in op.outputs)]
    return out


def _take_shapes(block: Block, inputs: dict[Value, Value]) -> None:
    """Let operations that ask for the shape of a tangent ask for that of the input."""
    for op in walk(block):
        k = READS.get(op.prim)
        if k is not None and op.inputs[k] in inputs:
            op.inputs[k] = inputs[op.inputs[k]]


def _trees(custom: Custom, fresh: Any) -> list[Any]:
    fresh = iter(fresh)
    return [rebuilt(a, fresh) for a in custom.args]


def _reached(results: list[Value], shapes: bool = True) -> set[Value]:
    """Return all values that some depend on, through operations with blocks, too.

    Without ``shapes``, those of which only the shape is read do not count.
    """
    seen: set[Value] = set()
    work = list(results)
    while work:
        v = work.pop()
        if v in seen:
            continue
        seen.add(v)
        if v.op is not None:
            work += _read_by(v.op, shapes)
            for inner in v.op.blocks:
                work += inner.results
                work += [u for op in walk(inner) for u in _read_by(op, shapes)]
    return seen


def _read_by(op: Op, shapes: bool) -> list[Value]:
    k = None if shapes else READS.get(op.prim)
    return [v for i, v in enumerate(op.inputs) if i != k]


def _reader(b: Builder, function: Function, rule: Any) -> Reader:
    """Return a reader that goes on in the sweep, in the source of a rule."""
    r = Reader(b.block)
    r.b, r.book, r.top = b, Book(), function.body
    r.book.begin()
    r.frame = Frame(source_of(rule), {}, rule.__globals__, owner=r)
    main = function.result["reader"]
    r.captures, r.remembered = main.captures, main.remembered
    r.arrays, r.outside = main.arrays, main.outside
    return r


def _called(r: Reader, rule: Any, args: list[Any]) -> Any:
    span, source, before = r.b.span, source_of(rule), len(r.b.block.ops)
    own = rule.__module__.startswith("gradgen.")
    try:
        found = call_value(r, source.node, Static(rule), args, {})
    except GradgenError as error:
        if own and error.span is not None and _is_rules_own(error.span, source.path):
            raise type(error)(error.message, span, error.hint) from None
        raise
    r.b.span = span
    if own:
        # What a rule of gradgen's own does is from the place of the call.
        for op in walk(Block(ops=r.b.block.ops[before:])):
            if op.span is not None and _is_rules_own(op.span, source.path):
                op.span = span
    return found


def _is_rules_own(span: Span, path: str) -> bool:
    """Whether a place is in a rule's file, or in text that was generated from it."""
    origin = span.made_from or span.path
    file = PurePath(origin.partition(":")[0]).name
    return file == PurePath(path).name or not file.endswith(".py")


def _refuse(b: Builder, custom: Custom, what: str, way_out: str = HELP) -> NoReturn:
    raise UnsupportedError(f"the rule of {custom.function.fun.__name__!r} {what}", b.span, way_out)


def forget_rules(function: Function, marked: dict[str, Rule] | None = None) -> None:
    """Take the operations out that stand for rules: what follows reads the results themselves.

    Where the text is to be read again, to be differentiated, solutions and results of forward
    rules stay marked: by calls of functions that have the rules, which go to ``marked`` by name.
    """
    mapping: dict[Value, Value] = {}
    own: set[Value] = set()
    for op in walk(function.body):
        if op.prim != "custom":
            continue
        made = _made_by(op)
        if marked is not None and mark(op, marked):
            own |= made
            continue
        mapping.update(zip(op.outputs, op.inputs, strict=False))
        for new, old in zip(op.outputs, op.inputs, strict=False):
            if new.name and not old.name:
                old.name, old.user = new.name, new.user
    if own:
        read_marked(function, own)
    if mapping:
        replace_uses(function.body, mapping)
        _drop(function.body)


def _made_by(op: Op) -> set[Value]:
    """Return the results of a function with a rule that are none of its arguments."""
    custom: Custom = op.attrs["custom"]
    first, second = custom.counts()
    skipped = len(leaves(custom.args[0])) if custom.marks() else 0
    return set(op.inputs[:first]) - set(op.inputs[first + second + skipped :])


def _drop(block: Block) -> None:
    block.ops = [op for op in block.ops if op.prim != "custom"]
    for op in block.ops:
        for inner in op.blocks:
            _drop(inner)
