"""Runs a graph on numbers and keeps what every value was, for pictures and for tests of passes.

Each operation is the expression that the emitter would print for it, compiled by itself; stores
make new arrays, as the graph means them.  A forward graph can be run, and one with its reverse
sweep too, before or after ``diff.saves``: before, the reverse sweep reads forward values from
inside loops, and each of its iterations finds them in the iteration that it mirrors.
"""

from __future__ import annotations

import ast
import math
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import field
from typing import Any

import numpy as np

from gradgen.dataclass import dataclass
from gradgen.deep import deep
from gradgen.errors import GradgenError
from gradgen.ir.nodes import Block, Const, Function, Op, Undefined, Value
from gradgen.rules import helpers
from gradgen.rules.callables import heads
from gradgen.rules.registry import PRINTABLE

Path = Sequence[tuple[str, Any]]
Act = Callable[["Runner", Op, list[Any]], list[Any]]  # what an operation does, to its operands
MISSING = object()


class EvaluationError(GradgenError):
    """An operation raised: the user's function does so too at these arguments."""


@dataclass(eq=False, slots=True)
class Frame:
    """One run of a block: what its values were, and the runs of the blocks inside."""

    parent: Frame | None = None
    mirror: Frame | None = None
    branch: int = 0
    values: dict[Value, Any] = field(default_factory=dict)
    inside: dict[Op, list[Frame]] = field(default_factory=dict)

    def chain(self) -> Iterator[Frame]:
        """Yield this run and those around it, then the forward runs that they mirror."""
        frame: Frame | None = self
        mirrors = []
        while frame is not None:
            yield frame
            mirrors.append(frame.mirror)
            frame = frame.parent
        for mirror in mirrors:
            if mirror is not None:
                yield mirror

    def read(self, v: Value) -> Any:
        """Return what a value is here."""
        if isinstance(v, Const):
            return v.const
        if isinstance(v, Undefined):
            return MISSING
        for frame in self.chain():
            if v in frame.values:
                return frame.values[v]
        raise KeyError(v)

    def runs_of(self, op: Op) -> list[Frame]:
        """Return the runs of the blocks of an operation that this run can see."""
        for frame in self.chain():
            if op in frame.inside:
                return frame.inside[op]
        return []


def evaluate(function: Function, arguments: Mapping[str, Any]) -> Frame:
    """Run a graph.

    Parameters
    ----------
    function : Function
        A forward graph, or one with its reverse sweep.
    arguments : mapping
        What each parameter is.

    Returns
    -------
    Frame
        The run of the function's body; results are read by ``frame.read``.

    Raises
    ------
    EvaluationError
        If an operation raises.
    """
    frame = Frame()
    for leaf in function.leaves:
        frame.values[leaf.value] = follow(arguments[leaf.param], leaf.path)
    with np.errstate(all="ignore"):
        Runner(function, arguments).block(function.body, frame)
    return frame


def follow(tree: Any, path: Path) -> Any:
    """Return what a path leads to inside an argument."""
    for kind, key in path:
        if kind == "column":  # of the rows of a list
            tree = np.array([follow(row, key) for row in tree])
        else:
            tree = getattr(tree, key) if kind == "attr" else tree[key]
    return tree


class Runner:
    """Runs blocks; keeps each operation's compiled expression for the next iteration.

    ``mirrors``: whether a reverse block finds what was made in the forward block it mirrors.
    ``settled``: whether variables that may not be assigned start from None (`passes.unbound`);
    before, None is what such a variable was assigned.
    """

    mirrors, settled = True, False

    def __init__(self, function: Function, arguments: Mapping[str, Any]) -> None:
        tools = {k: v for k, v in vars(helpers).items() if k.startswith("_") and callable(v)}
        present = {name: sys.modules[name] for name in heads() if name in sys.modules}
        modules = {"np": np, "math": math, **present}
        self.names: dict[str, Any] = {**modules, **PRINTABLE, **tools, "_key": _Key()}
        self.function, self.arguments = function, arguments
        self.code: dict[Op, Callable[..., Any]] = {}

    @deep
    def block(self, block: Block, frame: Frame) -> tuple[str, list[Any]]:
        """Run a block; return how it ended and with which values."""
        for op in block.ops:
            tail = block.end == "tail" and op is block.ops[-1]
            if tail:
                return self.branch(op, frame)
            results = self.operation(op, frame)
            frame.values.update(zip(op.outputs, results, strict=True))
        return block.end, [frame.read(v) for v in block.results]

    def callee(self, function: Function, given: Mapping[str, Any]) -> Runner:
        """Return what runs a recursive function that this one calls."""
        return Runner(function, given)

    def inputs(self, op: Op, frame: Frame) -> list[Any]:
        """Return what an operation reads."""
        return [frame.read(v) for v in op.inputs]

    def operation(self, op: Op, frame: Frame) -> list[Any]:
        """Return the values of an operation's outputs."""
        if op.blocks:
            run = {"if": self.branch, "for": self.counted, "while": self.repeated}[op.prim]
            return run(op, frame)[1]
        args = self.inputs(op, frame)
        try:
            if op.prim in EFFECTS:
                return EFFECTS[op.prim](self, op, args)
            if any(a is MISSING for a in args):
                return [MISSING] * len(op.outputs)
            result = self.compiled(op)(*args)
            return list(result) if len(op.outputs) > 1 else [result]
        except Exception as error:
            text = f"{type(error).__name__}: {error}"
            raise EvaluationError(f"at these arguments {text}", op.span) from error

    def compiled(self, op: Op) -> Callable[..., Any]:
        """Return an operation as a Python function of its inputs."""
        from gradgen.emission.forms import op_expression

        if op not in self.code:
            params = [f"_{k}" for k in range(len(op.inputs))]
            body = op_expression(op, [ast.Name(p, ast.Load()) for p in params])
            self.code[op] = self.compile(params, body)
        return self.code[op]

    def compile(self, params: Sequence[str], body: ast.expr) -> Callable[..., Any]:
        """Compile ``lambda params: body``."""
        spec = ast.arguments([], [ast.arg(p) for p in params], None, [], [], None, [])
        tree = ast.fix_missing_locations(ast.Expression(ast.Lambda(spec, body)))
        # The tree holds operators, literals and names of ours: nothing of the user's text.
        made: Callable[..., Any] = eval(compile(tree, "<graph>", "eval"), self.names)
        return made

    # --- stores -----------------------------------------------------------------------------

    def store(self, op: Op, base: Any, args: list[Any]) -> Any:
        """Return an array, list or number with a value stored into it, in new memory."""
        if self.fixed(base):
            return args[0] if op.prim == "store" else _added(base, args[0], op)
        new = base.copy() if isinstance(base, list) else base.copy(order="K")
        return self.written(op, new, args)

    def fixed(self, base: Any) -> bool:
        """Whether there is nothing to write into: a number."""
        return not isinstance(base, np.ndarray | list)

    def written(self, op: Op, base: Any, args: list[Any]) -> Any:
        """Write into an array or list, and return it."""
        value, *operands = args
        if isinstance(base, list):
            *way, k = operands
            if way:  # lists in lists, which are copied as far as they are written to
                base[way[0]] = self.written(op, list(base[way[0]]), [value, *way[1:], k])
                return base
            base[k] = value if op.prim == "store" else _added(base[k], value, op)
            return base
        write = self.code.get(op) or self.code.setdefault(op, _writer(self, op))
        target, key = write(base, *operands)
        if op.prim == "store":
            target[key] = value
        elif op.prim == "add_at":
            np.add.at(target, key, -value if op.attrs.get("sign") == "-" else value)
        else:
            target[key] = _added(target[key], value, op)
        return base

    def own(self, items: list[Any]) -> list[Any]:
        """Return a list that may be changed."""
        return list(items)

    # --- control flow ---------------------------------------------------------------------

    def branch(self, op: Op, frame: Frame) -> tuple[str, list[Any]]:
        """Run one side of an ``if``."""
        side = 0 if self.inputs(op, frame)[0] else 1
        inner = self.enter(op, frame, None)
        inner.branch = side
        mirrored = frame.runs_of(op.attrs["mirror"]) if "mirror" in op.attrs else []
        inner.mirror = mirrored[-1] if mirrored and self.mirrors else None
        return self.block(op.blocks[side], inner)

    def enter(self, op: Op, frame: Frame, mirror: Frame | None) -> Frame:
        """Return a new run of one of an operation's blocks."""
        inner = Frame(frame, mirror if self.mirrors else None)
        frame.inside.setdefault(op, []).append(inner)
        return inner

    def counted(self, op: Op, frame: Frame) -> tuple[str, list[Any]]:
        """Run a ``for``; a mirrored one meets the forward iterations from the last on."""
        start, stop, step, *carried = self.inputs(op, frame)
        indices = range(int(start), int(stop), int(step))
        if op.attrs.get("backwards"):
            indices = indices[::-1]
        forward = frame.runs_of(op.attrs["mirror"]) if "mirror" in op.attrs else []
        forward = forward if op.attrs.get("flipped") else forward[::-1]
        frame.inside[op] = []
        body = op.blocks[0]
        for k, index in enumerate(indices):
            inner = self.enter(op, frame, forward[k] if k < len(forward) else None)
            inner.values.update(zip(body.params, [index, *carried], strict=True))
            end, carried = self.block(body, inner)
            if end == "break":
                break
        return "yield", carried

    def repeated(self, op: Op, frame: Frame) -> tuple[str, list[Any]]:
        """Run a ``while``."""
        test, body = op.blocks
        carried = self.inputs(op, frame)
        frame.inside[op] = []
        while True:
            outer = Frame(frame, values=dict(zip(test.params, carried, strict=True)))
            if not self.block(test, outer)[1][0]:
                return "yield", carried
            inner = self.enter(op, frame, None)
            inner.values.update(outer.values)
            inner.values.update(zip(body.params, carried, strict=True))
            end, carried = self.block(body, inner)
            if end == "break":
                return "yield", carried


# --- what is not an expression --------------------------------------------------------------


def _store(runner: Runner, op: Op, args: list[Any]) -> list[Any]:
    base, *rest = args
    return [runner.store(op, base, rest)]


def _added(old: Any, value: Any, op: Op) -> Any:
    return old - value if op.attrs.get("sign") == "-" else old + value


def _writer(runner: Runner, op: Op) -> Callable[..., Any]:
    """Return a function that gives the array written to (a view of the base) and the subscript."""
    from gradgen.emission.forms import target

    params = [f"_{k}" for k in range(len(op.inputs) - 1)]
    names: list[ast.expr] = [ast.Name(p, ast.Load()) for p in params]
    place = target(op, names[0], names[1:])
    assert isinstance(place, ast.Subscript)
    key = ast.Subscript(ast.Name("_key", ast.Load()), place.slice, ast.Load())
    body = ast.Tuple([place.value, key], ast.Load())
    return runner.compile(params, body)


class _Key:
    """Gives back what it is subscripted by."""

    def __getitem__(self, key: Any) -> Any:
        return key


def _pop(runner: Runner, op: Op, args: list[Any]) -> list[Any]:
    rest = runner.own(args[0])
    item = rest.pop(*args[1:])
    return [item, rest][: len(op.outputs)]


def _insert(runner: Runner, op: Op, args: list[Any]) -> list[Any]:
    items = runner.own(args[0])
    items.insert(args[2], args[1])
    return [items]


def _append(runner: Runner, op: Op, args: list[Any]) -> list[Any]:
    items = runner.own(args[0])
    items.append(args[1])
    return [items]


def _extend(runner: Runner, op: Op, args: list[Any]) -> list[Any]:
    items = runner.own(args[0])
    items.extend(args[1])
    return [items]


def _in_its_row(grow: Act) -> Act:
    """Return what lets a list grow, also in its place in another one (`passes.row_growth`)."""

    def run(runner: Runner, op: Op, args: list[Any]) -> list[Any]:
        if not op.attrs.get("in_row"):
            return grow(runner, op, args)
        items, *rest, place = args
        items = runner.own(items)
        *out, items[place] = grow(runner, op, [items[place], *rest])
        return [*out, items]

    return run


def _check(runner: Runner, op: Op, args: list[Any]) -> list[Any]:
    failed = bool(args[0]) if op.prim == "raise_if" else not args[0]
    if "guards" in op.attrs and not runner.settled:
        failed = args[0] is MISSING
    if failed:
        raise ValueError(op.attrs.get("text", "the assertion does not hold"))
    return []


def _call(runner: Runner, op: Op, args: list[Any]) -> list[Any]:
    """Run a recursive function."""
    if op.attrs.get("part") == "backward":
        raise EvaluationError("the sweep of a recursive function is not run here", op.span)
    function = op.attrs["callee"].function
    given = {leaf.param: a for leaf, a in zip(function.leaves, args, strict=True)}
    return runner.callee(function, given).block(function.body, Frame())[1]


def _slope(runner: Runner, op: Op) -> Callable[..., Any]:
    """Return the function of the graph that SciPy is to call."""
    called = Op("call", [], [], {"callee": op.attrs["callee"]})
    return lambda *given: _call(runner, called, list(given))[0]


def _odeint(runner: Runner, op: Op, args: list[Any]) -> list[Any]:
    from scipy.integrate import odeint

    options = {k: v for k, v in op.attrs.items() if k != "callee"}
    return [odeint(_slope(runner, op), args[0], args[1], tuple(args[2:]), **options)]


def _solve_ivp(runner: Runner, op: Op, args: list[Any]) -> list[Any]:
    from scipy.integrate import solve_ivp

    options = {k: v for k, v in op.attrs.items() if k not in ("callee", "asked")}
    first, last, start, *more = args
    if op.attrs["asked"]:
        options["t_eval"] = more.pop(0)
    found = solve_ivp(_slope(runner, op), (first, last), start, args=tuple(more), **options)
    return [found.t, found.y]


def _weighted_quad(runner: Runner, op: Op, args: list[Any]) -> list[Any]:
    from scipy.integrate import quad

    options = {k: v for k, v in op.attrs.items() if k not in ("callee", "count")}
    end = 2 + op.attrs["count"]
    wvar = args[2] if end == 3 else tuple(args[2:end])
    more = tuple(args[end:])
    return list(quad(_slope(runner, op), args[0], args[1], more, wvar=wvar, **options))


def _leaf(runner: Runner, op: Op, args: list[Any]) -> list[Any]:
    if "stack" in op.attrs:
        return [[]]
    return [follow(runner.arguments[op.attrs["param"]], op.attrs["path"])]


EFFECTS: dict[str, Act] = {
    "call": _call,
    "odeint": _odeint,
    "solve_ivp": _solve_ivp,
    "weighted_quad": _weighted_quad,
    "push": lambda runner, op, args: [],
    "leaf": _leaf,
    "captured": lambda runner, op, args: [runner.function.captures[op.attrs["name"]]],
    "store": _store,
    "inc": _store,
    "add_at": _store,
    "append": _in_its_row(_append),
    "insert": _in_its_row(_insert),
    "extend": _in_its_row(_extend),
    "pop": _in_its_row(_pop),
    "assert": _check,
    "raise_if": _check,
    "effect": lambda runner, op, args: [],  # what it prints, the user's function has printed
}
