"""Run evals against a tool and print the verdicts.

python -m benchmarks.gradbench.driver [EVALS] [--backend numpy|numba] [--full]
python -m benchmarks.gradbench.driver lse --tool "command of another tool"
"""

from __future__ import annotations

import argparse
import shlex
import sys

from benchmarks.gradbench.driver.connection import Connection, tool_command
from benchmarks.gradbench.driver.run import EVALS, Verdict, run_eval


def main() -> int:
    """Return 0 where all that was asked is a success."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.gradbench.driver")
    parser.add_argument("evals", nargs="*", metavar="EVAL", help="of " + ", ".join(EVALS))
    parser.add_argument("--backend", choices=("numpy", "numba"), default="numpy")
    parser.add_argument("--tool", help="the command of another tool")
    parser.add_argument("--full", action="store_true", help="GradBench's sizes, not tiny ones")
    parser.add_argument("--min-runs", type=int, default=1)
    parser.add_argument("--min-seconds", type=float, default=0.0)
    parser.add_argument("--time-limit", type=float, default=600.0, help="of one answer, seconds")
    options = parser.parse_args()
    unknown = set(options.evals) - set(EVALS)
    if unknown:
        parser.error(f"there is no eval {', '.join(sorted(unknown))}")
    command = shlex.split(options.tool) if options.tool else tool_command(options.backend)
    good = True
    for name in options.evals or EVALS:
        # A process for each eval, as the intermediary has it.
        with Connection(command, options.time_limit) as tool:
            verdict = run_eval(tool, name, options.full, options.min_runs, options.min_seconds)
        good &= verdict.outcome == "success"
        print(report(verdict), flush=True)
    return 0 if good else 1


def report(verdict: Verdict) -> str:
    """Return the lines about one eval."""
    lines = [f"{verdict.name}: {verdict.outcome}, {verdict.messages} messages"]
    lines += [f"  {problem}" for problem in verdict.problems]
    lines += [f"  {fn} {size}: {time / 1e6:.4g} ms" for fn, size, time in verdict.times]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
