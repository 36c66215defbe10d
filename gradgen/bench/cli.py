"""The command ``gradgen bench``."""

from __future__ import annotations

import argparse
import importlib
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from gradgen.bench import pictures, report
from gradgen.bench.measure import Plan, Row, Steps, measure, step_errors
from gradgen.bench.problems import PROBLEMS, QUICK_SWEEP_SIZES, SWEEP, SWEEP_SIZES, named
from gradgen.bench.target import Target, of_file, of_problem
from gradgen.commands.target import UsageError
from gradgen.errors import GradgenError, OutputError

# One thread, so that times compare and do not depend on the number of processors.
ONE_THREAD = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"), "1"
)
STEPS_OF = "logistic regression"


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    out = argparse.ArgumentParser(
        prog="gradgen bench",
        description="Compare gradgen's gradient with SymPy's, differences and the complex step.",
    )
    out.add_argument(
        "function",
        nargs="?",
        metavar="FILE.py:FUNC",
        help="measure this function at its module's EXAMPLE_ARGS (default: a built-in set)",
    )
    out.add_argument("--wrt", metavar="NAMES", help="differentiate FUNC by these arguments (w,b)")
    out.add_argument("--example", metavar="EXPR", help="measure FUNC at these arguments: a tuple")
    out.add_argument(
        "--only",
        metavar="NAME",
        action="append",
        help="of the built-in set, only this: "
        + ", ".join(p.name for p in PROBLEMS)
        + "; with --peers, one of the workloads",
    )
    out.add_argument(
        "--peers",
        action="store_true",
        help="GradBench's workloads beside JAX, PyTorch, autograd, CasADi and code by hand "
        "(in a clone of the repository; the extra `peers`)",
    )
    out.add_argument("--sizes", metavar="LIST", help="with --peers: small,medium,large")
    out.add_argument("--quick", action="store_true", help="smaller sizes and fewer repeats")
    out.add_argument("--no-sweep", action="store_true", help="only the table")
    out.add_argument(
        "--time-limit",
        type=float,
        metavar="SECONDS",
        help="for SymPy to prepare one gradient (default 60, 10 with --quick)",
    )
    out.add_argument("--json", type=Path, metavar="FILE", help="write everything measured here")
    out.add_argument("--out", type=Path, metavar="DIR", help="draw pictures here (matplotlib)")
    return out


def main(argv: Sequence[str] | None = None) -> int:
    """Run ``gradgen bench``; return the exit status."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    options = parser().parse_args(arguments)
    if "OMP_NUM_THREADS" not in os.environ:
        # Libraries read it when NumPy is imported, which is done already: start again.
        root = str(Path(__file__).resolve().parents[2])
        paths = os.pathsep.join([root, *filter(None, [os.environ.get("PYTHONPATH")])])
        environment = {**os.environ, **ONE_THREAD, "PYTHONPATH": paths}
        command = [sys.executable, "-m", "gradgen.bench", *arguments]
        return subprocess.run(command, env=environment).returncode
    try:
        return run_peers(options) if options.peers else run(options)
    except GradgenError as error:
        print(f"gradgen bench: {error}", file=sys.stderr)
        return 2 if isinstance(error, UsageError) else 1
    except KeyboardInterrupt:
        print("\ngradgen bench: interrupted", file=sys.stderr)
        return 130


def run(options: argparse.Namespace) -> int:
    """Measure what the options ask for, and say it in every form they ask for."""
    plan = _plan(options)
    _check_output(options)
    targets = _targets(options)
    rows: list[Row] = []
    print(report.HEADING)
    for target in targets:
        group = measure(target, plan, progress)
        progress("")
        print("\n" + report.group_text(group), flush=True)
        rows += group
    sweep, steps = ([], None) if options.no_sweep else _curves(options, plan, targets)
    if options.json is not None:
        report.write_json(options.json, report.as_json(rows, sweep, steps, plan))
        print(f"\nEverything measured is in {options.json}")
    if options.out is not None:
        _draw(options.out, sweep, steps)
    return 0


def run_peers(options: argparse.Namespace) -> int:
    """Measure other tools beside gradgen; what they are given is in the repository only."""
    root = Path(__file__).resolve().parents[2]
    if not (root / "benchmarks" / "peers" / "cli.py").is_file():
        raise UsageError(
            "--peers needs the workloads, which are not installed with gradgen",
            hint="run it in a clone of the repository: python3 run.py bench --peers",
        )
    if options.function is not None:
        raise UsageError("--peers has workloads of its own: give no function")
    _check_output(options)
    peers = importlib.import_module("benchmarks.peers.cli")
    status: int = peers.run(options)
    return status


def _check_output(options: argparse.Namespace) -> None:
    """Find out about files that cannot be written before measuring, not after."""
    if options.json is not None:
        report.check_json(options.json)
    if options.out is not None:
        try:
            options.out.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise OutputError(f"{options.out} is no folder: {error.strerror}") from error


def _plan(options: argparse.Namespace) -> Plan:
    plan = Plan.quick() if options.quick else Plan()
    limit = plan.time_limit if options.time_limit is None else options.time_limit
    if not limit > 0:
        raise UsageError(f"--time-limit {limit:g}: it has to be positive")
    return Plan(plan.rounds, plan.batch, limit)


def _targets(options: argparse.Namespace) -> list[Target]:
    if options.function is not None:
        return [of_file(options.function, options.wrt, options.example)]
    names = options.only or [p.name for p in PROBLEMS]
    unknown = [name for name in names if name not in {p.name for p in PROBLEMS}]
    if unknown:
        raise UsageError(
            f"there is no problem called {unknown[0]!r}",
            hint="choose from " + ", ".join(p.name for p in PROBLEMS),
        )
    problems = [named(name) for name in names]
    return [of_problem(p, p.quick if options.quick else p.size) for p in problems]


def _curves(
    options: argparse.Namespace, plan: Plan, targets: Sequence[Target]
) -> tuple[list[Row], Steps | None]:
    """Measure the curves: time against inputs, and error against the step."""
    sweep: list[Row] = []
    if options.function is None:
        sweep = run_sweep(plan, QUICK_SWEEP_SIZES if options.quick else SWEEP_SIZES)
        print("\n" + report.sweep_table(sweep))
    target = next((t for t in targets if t.name == STEPS_OF), targets[0])
    progress(f"{target.name}: error against the step")
    try:
        steps = step_errors(target, 33 if options.quick else 65)
    except GradgenError as error:
        print(f"\nError against the step: {error}")
        return sweep, None
    finally:
        progress("")
    print("\n" + report.steps_text(steps))
    return sweep, steps


def run_sweep(plan: Plan, sizes: Sequence[int]) -> list[Row]:
    """Measure one problem at several sizes; a method that gave up is not asked again."""
    from gradgen.bench.methods import METHODS

    rows: list[Row] = []
    left = list(METHODS)
    for size in sizes:
        rows += measure(of_problem(SWEEP, size), plan, progress, left)
        left = [m for m in left if all(r.gradient for r in rows if r.method == m)]
    progress("")
    return rows


def _draw(folder: Path, sweep: Sequence[Row], steps: Steps | None) -> None:
    if not pictures.available():
        print("\nNo pictures: matplotlib is not installed (pip install matplotlib)")
        return
    drawn = []
    if sweep:
        drawn.append(pictures.draw_sweep(sweep, folder / "time-against-inputs.png"))
    if steps is not None:
        drawn.append(pictures.draw_steps(steps, folder / "error-against-step.png"))
    print("\nPictures: " + ", ".join(map(str, drawn)))


def progress(text: str) -> None:
    """Say on a terminal's last line what is being done; an empty text clears the line."""
    if sys.stderr.isatty():
        print(f"\r\x1b[K{text}", end="", file=sys.stderr, flush=True)
