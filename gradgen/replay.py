"""Replay: a second opinion on what the reverse sweep reads.

The graph is run twice at the same arguments.  First before anything is saved or copied, as
mathematics: stores make new arrays, and the reverse sweep reads forward values wherever they are.
Then after all stages, as the generated module works: stores write into memory, and only what was
kept is there.  Every forward value that the reverse sweep reads has to be the same both times.
"""

from __future__ import annotations

import contextlib
import copy
import dataclasses
import io
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from gradgen.diff.pairs import callees_of
from gradgen.diff.twins import SHAPE_READ
from gradgen.errors import ReplayError, Span, UnsupportedError
from gradgen.ir.evaluate import MISSING, Frame, Runner, follow
from gradgen.ir.nodes import Block, Const, Function, Op, Undefined, Value, same_value, walk
from gradgen.ir.spelling import operation
from gradgen.pipeline import Program, run

WAY_OUT = "this is a fault of gradgen, not of the function: please report both, and the arguments"
# For each operation, the input of which only the lengths count.
LENGTHS = {**SHAPE_READ, "len": 0, "dim": 0, "ndim": 0}
Reads = dict[int, tuple[Value, Any]]
Key = tuple[Op, bool, int]


def replay(program: Program, arguments: Mapping[str, Any], out: Any) -> None:
    """Derive a program anew, and compare its runs with each other and with a result of its text.

    Raises
    ------
    ReplayError
        Where they differ.
    """
    recursive = callees_of(program.function)
    if recursive:
        raise UnsupportedError(
            f"check_replay of a function that calls {recursive[0].name!r}, which is recursive "
            "or called by a solver",
            program.function.span,
            "leave check_replay out, or compare the gradient with gradgen.check_grads",
        )
    fn, given = program.source
    given = program.whole or given  # of a batch, not of one example
    watcher = Replay(arguments)
    options = program.options
    if isinstance(given, dict):
        again = run(fn, None, options, until="copies", specs=given, watch=watcher.watch)
    else:
        again = run(fn, given, options, until="copies", watch=watcher.watch)
    found = [x for x in _leaves(out) if isinstance(x, np.ndarray | np.generic | float)]
    expected = [
        x
        for v, x in zip(again.function.body.results, watcher.results, strict=True)
        if v.type.inexact and isinstance(x, np.ndarray | np.generic | float)
    ]
    if len(found) == len(expected) and not all(map(_close, found, expected)):
        raise ReplayError(
            "the generated module gives another result", program.function.span, WAY_OUT
        )


def _leaves(tree: Any) -> Iterator[Any]:
    if isinstance(tree, dict):
        tree = list(tree.values())
    elif dataclasses.is_dataclass(tree) and not isinstance(tree, type):
        tree = [getattr(tree, f.name) for f in dataclasses.fields(tree)]
    if isinstance(tree, list | tuple):
        for item in tree:
            yield from _leaves(item)
    else:
        yield tree


def _shape(x: Any) -> tuple[int, ...]:
    return (len(x),) if isinstance(x, list) else np.shape(x)


def _close(a: Any, b: Any) -> bool:
    x, y = np.asarray(a), np.asarray(b)
    return x.shape == y.shape and bool(np.allclose(x, y, rtol=1e-6, atol=1e-12, equal_nan=True))


class Replay:
    """What the forward sweep computed, and whether the reverse sweep finds it.

    Parameters
    ----------
    arguments : mapping
        What each parameter of the function is.
    """

    def __init__(self, arguments: Mapping[str, Any]) -> None:
        self.arguments = arguments
        self.log: dict[Key, list[Reads]] = {}
        self.results: list[Any] = []

    def watch(self, stage: str, function: Function) -> None:
        """Run the graph after the stages where that has to be done."""
        if stage == "optimise":
            self.record(function)
        elif stage == "copies":
            self.compare(function)

    def record(self, function: Function) -> None:
        """Run a graph before anything is saved, and note what its reverse sweep reads."""
        runner = _Recorder(function, copy.deepcopy(self.arguments), self.log)
        self.results = _run(runner, function)

    def compare(self, function: Function) -> None:
        """Run the finished graph in place.

        Raises
        ------
        ReplayError
            Where the reverse sweep reads something else than the forward sweep computed, where a
            result differs, or where an argument was written to.
        """
        arguments = copy.deepcopy(self.arguments)
        runner = _InPlace(function, arguments, self.log)
        for k, (got, expected) in enumerate(zip(_run(runner, function), self.results, strict=True)):
            if not same(got, expected):
                name = function.body.results[k].name or f"number {k}"
                _fail(f"the result {name!r}", got, expected, function.span)
        for leaf in function.leaves:
            before = follow(self.arguments.get(leaf.param), leaf.path)
            if not same(follow(arguments.get(leaf.param), leaf.path), before):
                raise ReplayError(
                    f"the argument {leaf.param!r} was written to", function.span, WAY_OUT
                )


def _run(runner: Runner, function: Function) -> list[Any]:
    frame = Frame()
    for leaf in function.leaves:
        if leaf.param in runner.arguments:
            frame.values[leaf.value] = follow(runner.arguments[leaf.param], leaf.path)
    with np.errstate(all="ignore"), contextlib.redirect_stdout(io.StringIO()):
        runner.block(function.body, frame)
    return [frame.read(v) for v in function.body.results]


class _Checked(Runner):
    """Runs a graph with one content of what is allocated empty, the same each time."""

    def __init__(self, function: Function, arguments: Any, log: dict[Key, list[Reads]]) -> None:
        super().__init__(function, arguments)
        self.log = log

    def operation(self, op: Op, frame: Frame) -> list[Any]:
        """Return the results of an operation; what is allocated empty holds no old numbers."""
        out = super().operation(op, frame)
        if op.prim == "empty":
            out[0].fill(np.nan if out[0].dtype.kind in "fc" else 85)
        return out


class _Recorder(_Checked):
    """Notes every forward value that an operation of the reverse sweep reads."""

    def __init__(self, function: Function, arguments: Any, log: dict[Key, list[Reads]]) -> None:
        super().__init__(function, arguments, log)
        self.forward = {leaf.value for leaf in function.leaves} | _born(function.body)

    def inputs(self, op: Op, frame: Frame) -> list[Any]:
        """Return what an operation reads, and note it."""
        args = super().inputs(op, frame)
        if op.reverse:
            found = {k: (v, args[k]) for k, v in enumerate(op.inputs) if v in self.forward}
            if found:
                self.log.setdefault(_read(op), []).append(found)
        return args


def _guarded(v: Value, got: Any, expected: Any, frame: Frame) -> bool:
    """Whether a value is what was noted, and ones where nothing uses it (`passes.quiet`)."""
    op = v.op
    if (
        op is None
        or op.prim != "where"
        or not op.reverse
        or not same_value(op.inputs[2], Const(1.0))
    ):
        return False
    return same(got, np.where(frame.read(op.inputs[0]), expected, 1.0))


def _read(op: Op) -> Key:
    """Return an operation with what it is, and how much it reads.

    A store into a row may become one of the row, and the last of several shares an array of all.
    """
    return op, op.prim == "array", 0 if op.blocks else len(op.inputs)


def _born(block: Block) -> set[Value]:
    """Return the values that the forward sweep defines."""
    out: set[Value] = set()
    for op in walk(block):
        if not op.reverse:
            out.update(op.outputs)
            for inner in op.blocks:
                out.update(inner.params)
    return out


class _InPlace(_Checked):
    """Writes where the generated module does, and compares what is read with what was noted."""

    mirrors, settled = False, True

    def __init__(self, function: Function, arguments: Any, log: dict[Key, list[Reads]]) -> None:
        super().__init__(function, arguments, log)
        self.turn: dict[Op, int] = {}

    def inputs(self, op: Op, frame: Frame) -> list[Any]:
        """Return what an operation reads, after comparing it."""
        noted = self._noted(op)
        args = []
        for k, v in enumerate(op.inputs):
            try:
                args.append(frame.read(v))
            except KeyError:
                source, expected = noted.get(k, (v, MISSING))
                _fail(_called(source, op), MISSING, expected, source.span or op.span)
        for k, (source, expected) in noted.items():
            if expected is MISSING or k >= len(args) or (op.blocks and k >= 3):
                continue
            got, shape_only = args[k], LENGTHS.get(op.prim) == k
            if shape_only and _shape(got) == _shape(expected):
                continue
            if not same(got, expected) and not _guarded(op.inputs[k], got, expected, frame):
                _fail(_called(source, op), got, expected, source.span or op.span)
        return args

    def _noted(self, op: Op) -> Reads:
        turns = self.log.get(_read(op))
        if turns is None:
            return {}
        k = self.turn[op] = self.turn.get(op, -1) + 1
        if k >= len(turns):
            raise ReplayError(
                "the reverse sweep goes another way than the forward sweep did", op.span, WAY_OUT
            )
        return turns[k]

    def store(self, op: Op, base: Any, args: list[Any]) -> Any:
        """Write into the memory itself; where the text writes something that nothing reads, not."""
        if args[0] is MISSING:
            return base
        return super().store(op, base, args) if self.fixed(base) else self.written(op, base, args)

    def own(self, items: list[Any]) -> list[Any]:
        """Return the list itself, to be changed."""
        return items


def same(a: Any, b: Any) -> bool:
    """Whether two values of a run are the same bits, or both NaN."""
    if a is MISSING or b is MISSING:
        return a is b
    if b is None and isinstance(a, list):
        return not a  # the sweep takes None for a list of no items (`diff.nones`)
    if isinstance(a, list | tuple) and isinstance(b, list | tuple):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, np.ndarray | np.generic | float | int | complex) and not isinstance(a, bool):
        x, y = np.asarray(a), np.asarray(b)
        if x.shape != y.shape or x.dtype.kind not in "fiubc" or y.dtype.kind not in "fiubc":
            return False
        nan = x.dtype.kind in "fc" and y.dtype.kind in "fc"
        return bool(np.array_equal(x, y, equal_nan=nan))
    return a is b or bool(a == b)


def _called(v: Value, op: Op) -> str:
    """Name a value, and the line for whose derivative it is read."""
    name = repr(v.name) if v.name else _spelled(v)
    line = f", for the derivative of line {op.span.line}" if op.span and op.span.line else ""
    return f"{name}, read by the reverse sweep{line},"


def _spelled(v: Value) -> str:
    if isinstance(v, Const | Undefined) or v.op is None:
        return "a value"
    return operation(v.op, lambda x: x.name or "…")


def _fail(what: str, got: Any, expected: Any, span: Span | None) -> None:
    now = "is not there any more" if got is MISSING else f"is {_short(got)}"
    then = "" if expected is MISSING else f"; the forward sweep computed {_short(expected)}"
    raise ReplayError(f"{what} {now}{then}", span, WAY_OUT)


def _short(value: Any) -> str:
    text = np.array2string(value, threshold=6) if isinstance(value, np.ndarray) else repr(value)
    return " ".join(text.split())
