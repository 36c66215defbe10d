"""An exact proof: the generated gradient is SymPy's derivative of the function, as expressions.

The function and the generated text both run on symbols, with loops unrolled at the sizes of the
arguments and every decision taken as at the point.  The derivative of the first, less the second,
has to come to zero.
"""

from __future__ import annotations

import json
import os
import pickle
import re
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

import gradgen
from gradgen.errors import GradgenError, UnsupportedError
from gradgen.interpret.arguments import LeafValue, flatten, is_inexact, leaf_values
from gradgen.interpret.graph import Interpreter
from gradgen.interpret.regions import RegionNumbers
from gradgen.options import Options
from gradgen.proof.limits import OutOfTime, limited
from gradgen.proof.modes import base_of, generated
from gradgen.proof.point import Point
from gradgen.proof.report import Part

TITLE = "SymPy"
SLOW = "the expressions take too long to build"
MAX_ENTRIES = 200
SHOWN = 6
OPEN = ("numbers", "rounded", "different", "none")


class TooLarge(GradgenError):
    """The expressions take more time to build than there is."""


def exact_part(point: Point, seconds: float) -> Part:
    """Return the proof as a part; what cannot be evaluated on symbols is no failure."""
    start = time.perf_counter()
    spent = time.process_time()
    try:
        with limited(0.5 * seconds + 2.0):
            task = _task(point, 0.4 * seconds)
            text = _pickled(task)
    except GradgenError as error:
        (first,) = _named([str(error).splitlines()[0]], point)
        return Part(TITLE, None, f"not symbolic here: {first}", data={"reason": str(error)})
    except OutOfTime:
        return Part(TITLE, None, f"not symbolic here: {SLOW}")
    except RecursionError:
        return Part(TITLE, None, "not symbolic here: the expression is too deep")
    found = _asked(text, seconds - (time.process_time() - spent))
    return _judged(point, task, found, time.perf_counter() - start)


def _task(point: Point, seconds: float) -> dict[str, Any]:
    import sympy

    deadline = time.process_time() + seconds
    count = len(point.names)
    if count > MAX_ENTRIES:
        raise TooLarge(f"there are {count} numbers, more than {MAX_ENTRIES}")
    symbols = [sympy.Symbol(f"s{k}", real=True) for k in range(count)]
    fn = base_of(point)
    numbers = RegionNumbers(dict(zip(symbols, map(float, point.x), strict=True)))
    made = generated(gradgen.value_and_grad(fn, argnums=point.positions), point)
    (value,) = _on_symbols(fn, point, numbers, symbols, deadline)
    _, *gradient = _on_symbols(made, point, numbers, symbols, deadline)
    entries = _entries(point, gradient)
    expr = _item(value)
    return {
        "symbols": symbols, "values": [float(v) for v in point.x], "expr": expr,
        "gradient": [numbers.number(g) for g in entries],
        "conditions": list(numbers.conditions),
    }  # fmt: skip


def _on_symbols(
    fn: Callable[..., Any], point: Point, numbers: RegionNumbers, symbols: Sequence[Any],
    deadline: float,
) -> list[Any]:  # fmt: skip
    """Return the results of a function on symbols."""
    from gradgen.pipeline import run

    args = point.own_args()
    options = Options(argnums=point.positions, mode="value")
    function = run(fn, args, options, until="parse").function
    rest = iter(symbols)

    def entering(leaf: LeafValue) -> Any:
        if leaf.argument not in point.positions or not leaf.inexact:
            return leaf.value
        fresh = [next(rest) for _ in range(np.size(leaf.value))]
        if not isinstance(leaf.value, np.ndarray):
            return fresh[0]
        out = np.empty(len(fresh), dtype=object)
        out[:] = fresh
        return out.reshape(leaf.value.shape)

    def tick(op: Any, results: list[Any]) -> None:
        if time.process_time() > deadline:
            raise TooLarge(SLOW)

    leaves = [entering(leaf) for leaf in leaf_values(fn, function, args)]
    if next(rest, None) is not None:
        raise UnsupportedError("some of the numbers do not enter the graph one by one")
    return Interpreter(numbers, tick).results(function, leaves)


def _entries(point: Point, gradient: Sequence[Any]) -> list[Any]:
    """Return the expressions of the gradient in the order of the point's numbers."""
    leaves = [leaf for k in point.positions for _, leaf in flatten(point.args[k])]
    if len(leaves) != len(gradient):
        raise UnsupportedError("the gradient has parts that are no numbers")
    out: list[Any] = []
    for leaf, g in zip(leaves, gradient, strict=True):
        if is_inexact(leaf):
            out += list(np.ravel(np.asarray(g, dtype=object)))
    if len(out) != len(point.names):
        raise UnsupportedError("the gradient has another shape than the arguments")
    return out


def _item(x: Any) -> Any:
    return x.item() if isinstance(x, np.ndarray) else x


def _pickled(task: dict[str, Any]) -> bytes:
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(max(limit, 8_000))
    try:
        return pickle.dumps({k: v for k, v in task.items() if k != "conditions"} | {"seconds": 0})
    finally:
        sys.setrecursionlimit(limit)


def _asked(text: bytes, seconds: float) -> dict[int, dict[str, Any]]:
    """Return what the worker says of each entry, until its time is up.

    That is time of the processor; on a busy machine it may take as long again, and no longer.
    """
    task = pickle.loads(text)
    task["seconds"] = 0.9 * max(seconds, 0.5)
    paths = [str(Path(gradgen.__file__).parents[1]), *filter(None, [os.environ.get("PYTHONPATH")])]
    with subprocess.Popen(
        [sys.executable, "-m", "gradgen.proof.worker"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
    ) as worker:  # fmt: skip
        try:
            out, _ = worker.communicate(pickle.dumps(task), timeout=2.0 * max(seconds, 1.0))
        except subprocess.TimeoutExpired:
            worker.kill()
            out, _ = worker.communicate()
    found: dict[int, dict[str, Any]] = {}
    for line in out.decode().splitlines():
        if line.endswith("}"):
            message = json.loads(line)
            found[message.pop("k")] = message
    return found


def _judged(
    point: Point, task: dict[str, Any], found: dict[int, dict[str, Any]], seconds: float
) -> Part:
    """Put the answers into words."""
    hows = [found.get(k, {"how": "none"})["how"] for k in range(len(point.names))]
    wrong = [k for k, how in enumerate(hows) if how == "different"]
    proved = [k for k, how in enumerate(hows) if how not in OPEN]
    conditions = task["conditions"]
    data = {
        "proved": len(proved), "of": len(hows), "seconds": seconds, "conditions": conditions,
        "entries": dict(zip(point.names, hows, strict=True)) if len(hows) <= 50 else {},
    }  # fmt: skip
    if wrong:
        k = max(wrong, key=lambda k: found[k]["error"])
        text = f"{len(wrong)} of {len(hows)} partial derivatives differ; worst {point.names[k]}"
        text += f": {found[k]['ours']:.15g}, SymPy's is {found[k]['theirs']:.15g}"
        return Part(TITLE, False, text, data=data)
    text = f"{len(proved)} of {len(hows)} partial derivatives proved equal as expressions"
    for how, said in (("rounded", "equal up to rounded constants"),
                      ("numbers", "equal to 38 digits at three points, not proved in time"),
                      ("none", "not reached in time")):  # fmt: skip
        if hows.count(how):
            text += f"; {hows.count(how)} {said}"
    if conditions:
        text += f"; wherever {len(conditions)} conditions hold that hold here"
    lines = [f"where {c}" for c in conditions[:SHOWN]]
    lines += [f"and {len(conditions) - SHOWN} more"] if len(conditions) > SHOWN else []
    ok = True if proved or "numbers" in hows or "rounded" in hows else None
    return Part(TITLE, ok, f"{text} ({seconds:.1f} s)", _named(lines, point), data)


def _named(lines: Sequence[str], point: Point) -> tuple[str, ...]:
    """Spell symbols as the user's numbers."""

    def name(found: re.Match[str]) -> str:
        k = int(found[1])
        return point.names[k] if k < len(point.names) else found[0]

    return tuple(re.sub(r"\bs(\d+)\b", name, line) for line in lines)
