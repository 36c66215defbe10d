"""The ways to a gradient that are compared, ready to be timed."""

from __future__ import annotations

import ast
import functools
import json
import os
import queue
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import field
from pathlib import Path
from typing import Any

import numpy as np

from gradgen import differences
from gradgen.bench.target import Target
from gradgen.dataclass import dataclass
from gradgen.interpret.arguments import flatten

OPERATIONS = ast.BinOp | ast.UnaryOp | ast.Call | ast.Compare | ast.AugAssign | ast.IfExp

SETUPS = 3


@dataclass
class Method:
    """One way to a gradient: ``seconds(count)`` is what so many gradients take.

    ``gradient`` is flat, in the order of the arguments; None, with a note, where there is none.
    """

    name: str
    seconds: Callable[[int], float] | None = None
    gradient: list[float] | None = None
    setup: float | None = None
    operations: int | None = None
    unit: str = ""
    note: str = ""
    details: dict[str, float] = field(default_factory=dict)
    close: Callable[[], None] = lambda: None


def timed(run: Callable[[], Any]) -> Callable[[int], float]:
    """Return a function that says how long so many calls take."""

    def seconds(count: int) -> float:
        start = time.perf_counter()
        for _ in range(count):
            run()
        return time.perf_counter() - start

    return seconds


def flat(gradients: Any) -> list[float]:
    """Return the numbers of a gradient in order."""
    leaves = [leaf for _, leaf in flatten(gradients)]
    return [float(v) for leaf in leaves for v in np.ravel(leaf)]


def count_operations(text: str) -> int:
    """Count the operators and calls in a program, each once however often it runs."""
    return sum(isinstance(node, OPERATIONS) for node in ast.walk(ast.parse(text)))


def gradgen_method(target: Target) -> Method:
    """Return the gradient that gradgen generates; set-up is all up to the first gradient."""
    import gradgen

    gradgen.value_and_grad(_warm_up)(1.0)
    setups = []
    for _ in range(SETUPS):
        start = time.perf_counter()
        generated = gradgen.value_and_grad(target.fn, argnums=target.argnums)
        _, gradients = generated(*target.args)
        first = time.perf_counter() - start
        run = timed(functools.partial(generated, *target.args))
        setups.append(max(first - run(1), 0.0))
    return Method(
        "gradgen",
        run,
        flat(gradients),
        setup=statistics.median(setups),
        operations=count_operations(generated.source),
        unit="in the text",
    )


def _warm_up(x):  # type: ignore[no-untyped-def]
    """Have all that gradgen imports imported, as SymPy's imports are not counted either."""
    return x * x


def difference_method(name: str, target: Target) -> Method:
    """Return forward differences, central differences or the complex step."""
    compute, each, once = {
        "forward differences": (differences.forward, 1, 1),
        "central differences": (differences.central, 2, 0),
        "complex step": (differences.complex_step, 1, 0),
    }[name]
    dtype = complex if name == "complex step" else float
    probe = differences.Probe(target.fn, target.args, target.argnums, dtype)
    try:
        gradient = compute(probe)
    except (TypeError, ValueError, AttributeError) as error:
        return Method(name, note=f"not valid here: {error}")
    count = each * len(probe.entries) + once
    return Method(
        name,
        timed(lambda: compute(probe)),
        gradient,
        operations=count,
        unit="evaluations" if count != 1 else "evaluation",
    )


def sympy_method(target: Target, time_limit: float) -> Method:
    """Return SymPy's derivative, compiled by ``lambdify(cse=True)`` in another process."""
    name = "SymPy + lambdify"
    worker = Worker(target.spec)
    deadline = time.monotonic() + time_limit
    stage = "starting"
    while True:
        message = worker.hear(deadline - time.monotonic())
        if message is None:
            worker.stop()
            return Method(name, note=f"gave up after {time_limit:g} s, {stage}")
        if "error" in message:
            worker.stop()
            return Method(name, note=f"gave up {stage}: {message['error']}")
        if "gradient" in message:
            break
        stage = message["stage"]
    details = message["seconds_of"]
    return Method(
        name,
        worker.seconds,
        message["gradient"],
        setup=sum(details.values()),
        operations=message["operations"],
        unit="in the text",
        details=details,
        close=worker.stop,
    )


class Worker:
    """The process in which SymPy works, and what it says."""

    def __init__(self, spec: dict[str, Any]) -> None:
        # The package may be used from its source tree, which the new process has to find.
        root = str(Path(__file__).resolve().parents[2])
        paths = [root, *filter(None, [os.environ.get("PYTHONPATH")])]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "gradgen.bench.worker"],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self.lines: queue.Queue[str | None] = queue.Queue()
        threading.Thread(target=self._listen, daemon=True).start()
        self._write(json.dumps(spec))

    def _listen(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.put(line)
        self.lines.put(None)

    def _write(self, line: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def hear(self, timeout: float) -> dict[str, Any] | None:
        """Return the next message, None where it does not come in time."""
        try:
            line = self.lines.get(timeout=max(timeout, 0.0))
        except queue.Empty:
            return None
        if line is None:
            return {"error": "its process ended (out of memory?)"}
        message: dict[str, Any] = json.loads(line)
        return message

    def seconds(self, count: int) -> float:
        """Return how long so many gradients take."""
        self._write(str(count))
        line = self.lines.get()
        if line is None:
            raise RuntimeError("the process of SymPy ended")
        return float(json.loads(line)["seconds"])

    def stop(self) -> None:
        """End the process, whatever it is at."""
        self.process.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout):
            if stream is not None:
                stream.close()


DIFFERENCES = ("forward differences", "central differences", "complex step")
METHODS = ("gradgen", "SymPy + lambdify", *DIFFERENCES)


def prepare(name: str, target: Target, time_limit: float) -> Method:
    """Return one of ``METHODS`` for a target."""
    if name == "gradgen":
        return gradgen_method(target)
    if name == "SymPy + lambdify":
        return sympy_method(target, time_limit)
    return difference_method(name, target)
