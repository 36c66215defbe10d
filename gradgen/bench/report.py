"""The results as a table for the terminal and as JSON."""

from __future__ import annotations

import json
import os
import platform
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from gradgen.bench.measure import Plan, Row, Steps
from gradgen.errors import OutputError

HEADER = ("", "set-up", "gradient", "/ function", "worst error", "operations")
WIDTHS = (21, 10, 10, 10, 11, 20)
MARK = "gradgen bench"


def duration(seconds: float | None) -> str:
    """Return a time with three digits and a unit."""
    if seconds is None:
        return "-"
    unit = "s" if seconds >= 0.9995 else "ms" if seconds >= 0.9995e-3 else "µs"
    if seconds < 0.9995e-6:
        return f"{seconds * 1e9:.3g} ns"
    number = seconds * {"s": 1.0, "ms": 1e3, "µs": 1e6}[unit]
    digits = 0 if number >= 99.95 else 1 if number >= 9.995 else 2
    return f"{number:.{digits}f} {unit}"


def group_text(group: Sequence[Row]) -> str:
    """Return the rows of one problem as aligned text."""
    return "\n".join([title(group[0]), *(line(row) for row in group)])


def title(row: Row) -> str:
    """Return the line above a group."""
    plural = "s" if row.inputs != 1 else ""
    return f"{row.problem}: {row.inputs} input{plural}, one evaluation {duration(row.function)}"


def line(row: Row) -> str:
    """Return one method's line; where it has no gradient, the reason."""
    if row.gradient is None:
        return f"  {row.method:<{WIDTHS[0] - 2}}  {row.note}"
    ratio = (
        "-" if row.ratio is None else f"{row.ratio:.3g}" if row.ratio < 1e4 else f"{row.ratio:.1e}"
    )
    cells = (
        f"  {row.method}",
        duration(row.setup),
        duration(row.gradient),
        ratio,
        "-" if row.error is None else f"{row.error:.1e}",
        f"{row.operations} {row.unit}",
    )
    return _aligned(cells) + (f"  {row.note}" if row.note else "")


def _aligned(cells: Sequence[str]) -> str:
    parts = [f"{cells[0]:<{WIDTHS[0]}}"]
    parts += [f"{c:>{w}}" for c, w in zip(cells[1:], WIDTHS[1:], strict=True)]
    return " ".join(parts).rstrip()


HEADING = _aligned(HEADER)


def sweep_table(rows: Sequence[Row]) -> str:
    """Return the time of a gradient for each method and number of inputs."""
    methods = list(dict.fromkeys(row.method for row in rows))
    sizes = list(dict.fromkeys(row.inputs for row in rows))
    times = {(row.inputs, row.method): duration(row.gradient) for row in rows}
    lines = [f"Time of one gradient: {rows[0].problem} in n variables"]
    lines.append(f"{'n':>6} {'function':>10} " + " ".join(f"{m:>19}" for m in methods))
    for n in sizes:
        function = next(row.function for row in rows if row.inputs == n)
        cells = " ".join(f"{times.get((n, m), '-'):>19}" for m in methods)
        lines.append(f"{n:>6} {duration(function):>10} {cells}")
    lines += [f"{r.method} at n = {r.inputs}: {r.note}" for r in rows if r.gradient is None]
    return "\n".join(lines)


def steps_text(steps: Steps) -> str:
    """Return the best that differences can do, whatever the step."""
    lines = [f"Best error over all steps: {steps.problem}, {steps.inputs} inputs"]
    for name, errors in steps.errors.items():
        best = min(range(len(errors)), key=errors.__getitem__)
        lines.append(f"  {name:<19} {errors[best]:.1e} at step {steps.steps[best]:.0e}")
    lines.append(f"  {'gradgen':<19} {steps.gradgen:.1e}, no step")
    return "\n".join(lines)


def as_json(
    rows: Sequence[Row], sweep: Sequence[Row], steps: Steps | None, plan: Plan
) -> dict[str, Any]:
    """Return everything that was measured, and on what."""
    return {
        "made by": MARK,
        "machine": machine(),
        "plan": {"rounds": plan.rounds, "batch": plan.batch, "time_limit": plan.time_limit},
        "rows": [row.as_json() for row in rows],
        "sweep": [row.as_json() for row in sweep],
        "steps": None if steps is None else steps.as_json(),
    }


def machine() -> dict[str, Any]:
    """Return what the times depend on."""
    from importlib.metadata import version

    return {
        "python": platform.python_version(),
        "numpy": np.__version__,
        "sympy": version("sympy"),
        "system": f"{platform.system()} {platform.machine()}",
        "processor": _processor(),
        "blas_threads": os.environ.get("OMP_NUM_THREADS", "not set"),
    }


def _processor() -> str:
    try:
        for text in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if text.startswith("model name"):
                return text.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor()


def check_json(path: Path) -> None:
    """Refuse a file that is not of an earlier run.

    Raises
    ------
    OutputError
        Where the file holds something else, or cannot be read, or its folder is not there.
    """
    try:
        if path.exists() and json.loads(path.read_text(encoding="utf-8"))["made by"] != MARK:
            raise KeyError(MARK)
    except (ValueError, KeyError, TypeError):
        raise OutputError(
            f"{path} exists and holds no results of `gradgen bench`", hint="give another --json"
        ) from None
    except OSError as error:
        raise OutputError(f"{path} cannot be read: {error.strerror}") from error
    if not path.parent.is_dir():
        raise OutputError(f"there is no folder {path.parent}")


def write_json(path: Path, content: dict[str, Any]) -> None:
    """Write results at once or not at all, over nothing but results of an earlier run.

    Raises
    ------
    OutputError
        As for `check_json`, or where the file cannot be written.
    """
    check_json(path)
    try:
        handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=".json")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(content, file, indent=1)
            file.write("\n")
        os.replace(temporary, path)
    except OSError as error:
        raise OutputError(f"{path} cannot be written: {error.strerror}") from error
