"""The tool of GradBench's protocol: JSON lines on stdin and stdout.

    python -m benchmarks.gradbench.tool [--backend numpy|numba]

Everything else that is printed goes to stderr.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import sys
from collections.abc import Sequence
from typing import IO, Any

# One thread, as the other tools have; libraries read it when NumPy is imported.
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(name, "1")

from benchmarks.gradbench.evals.task import Backend, Task  # noqa: E402
from benchmarks.gradbench.protocol import Timer, answer, reason  # noqa: E402

EVALS = (
    "hello", "lse", "llsq", "kmeans", "gmm", "ba", "ht", "lstm", "ode", "det", "particle", "saddle",
)  # fmt: skip
Message = dict[str, Any]


class Tool:
    """The functions of the modules that were defined, and how each kind of message is answered."""

    def __init__(self, backend: Backend) -> None:
        self.backend = backend
        self.modules: dict[str, dict[str, Task]] = {}
        self.timer = Timer()

    def reply(self, message: Message) -> str:
        """Return the line that answers a message."""
        kind = message.get("kind")
        try:
            if kind == "start":
                return answer(message, tool=f"gradgen-{self.backend}")
            if kind == "define":
                self.define(message["module"])
                return answer(message, success=True)
            if kind == "evaluate":
                return self.evaluate(message)
        except Exception as error:
            return answer(message, success=False, error=reason(error))
        return answer(message)

    def define(self, module: str) -> None:
        """Make the functions of a module ready."""
        if module not in EVALS:
            raise LookupError(f"there is no module {module!r}")
        found = importlib.import_module(f"benchmarks.gradbench.evals.{module}")
        self.modules[module] = found.tasks(self.backend)

    def evaluate(self, message: Message) -> str:
        """Run a function as often as its input asks; return the line with output and times."""
        module, function = message["module"], message["function"]
        if module not in self.modules:
            self.define(module)
        if function not in self.modules[module]:
            raise LookupError(f"there is no function {function!r} in {module}")
        task, data = self.modules[module][function], message["input"]
        result, timings = self.timer.run((module, function), task.run, task.decode(data), data)
        return answer(message, success=True, output=task.encode(result), timings=timings)


def serve(tool: Tool, lines: IO[str], out: IO[str]) -> int:
    """Answer every line with one line, until the end of the file; return the exit status."""
    for line in lines:
        try:
            message = json.loads(line)
            if not isinstance(message, dict) or "id" not in message:
                raise ValueError("no object with an id")
        except ValueError as error:
            # Without an id there is nothing to answer to.
            print(f"gradgen: no message: {error}: {line.strip()[:100]!r}", file=sys.stderr)
            return 1
        out.write(tool.reply(message) + "\n")
        out.flush()
    return 0


def main(argv: Sequence[str] | None = None) -> int:
    """Serve the protocol; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.gradbench.tool")
    parser.add_argument("--backend", choices=("numpy", "numba"), default="numpy")
    options = parser.parse_args(argv)
    out, sys.stdout = sys.stdout, sys.stderr
    return serve(Tool(options.backend), sys.stdin, out)


if __name__ == "__main__":
    sys.exit(main())
