"""SymPy's side of the comparison, in a process of its own so that it can be stopped.

It reads a specification as a line of JSON, says as lines of JSON which stage it is at and what came
out, and then answers each count with the seconds that so many gradients took.
"""

from __future__ import annotations

import inspect
import itertools
import json
import sys
import time
from typing import Any

# Beyond this a symbolic expression only makes the machine swap.
MEMORY_LIMIT = 6 << 30
_messages = sys.stdout


def main() -> None:
    """Serve one specification."""
    _limit_memory()
    # What a user's module prints must not come between the messages.
    global _messages
    _messages, sys.stdout = sys.stdout, sys.stderr
    spec = json.loads(sys.stdin.readline())
    try:
        compiled, values = _prepare(spec)
    except (Exception, RecursionError) as error:
        _say(error=f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}")
        return
    for line in sys.stdin:
        start = time.perf_counter()
        for _ in range(int(line)):
            compiled(*values)
        _say(seconds=time.perf_counter() - start)


def _prepare(spec: dict[str, Any]) -> tuple[Any, tuple[float, ...]]:
    _say(stage="importing SymPy")
    import sympy  # noqa: F401

    from gradgen.bench.methods import count_operations
    from gradgen.bench.target import of_spec
    from gradgen.symbolic import to_sympy

    target = of_spec(spec)
    marks = [time.perf_counter()]
    _say(stage="building the expression")
    loss = to_sympy(target.fn, *target.args, argnums=target.argnums)
    marks.append(time.perf_counter())
    _say(stage="differentiating")
    _ = loss.gradient
    marks.append(time.perf_counter())
    _say(stage="writing the code (lambdify)")
    compiled = loss.compiled()
    marks.append(time.perf_counter())
    _say(stage="evaluating")
    value, *gradient = compiled(*loss.values)
    _say(
        seconds_of=dict(zip(("expression", "derivative", "code"), _gaps(marks), strict=True)),
        value=float(value),
        gradient=[float(g) for g in gradient],
        operations=count_operations(inspect.getsource(compiled)),
    )
    return compiled, loss.values


def _gaps(marks: list[float]) -> list[float]:
    return [b - a for a, b in itertools.pairwise(marks)]


def _say(**message: Any) -> None:
    print(json.dumps(message), file=_messages, flush=True)


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:  # not on Windows; the time limit remains
        return
    resource.setrlimit(
        resource.RLIMIT_AS, (MEMORY_LIMIT, resource.getrlimit(resource.RLIMIT_AS)[1])
    )


if __name__ == "__main__":
    main()
