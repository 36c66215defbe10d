"""How long gradgen takes to derive, by the size of the source and by stage.

    python benchmarks/transform_time.py [PROGRAM...] [--sizes 400 800 1600] [--json]

Each program of ``tests/long_programs.py`` is derived at growing sizes. The last column is the
exponent ``p`` of the growth ``size ** p`` between the last two sizes: 1 is linear. Programs that
Python itself limits (brackets, levels of indentation) stop growing there.
"""

import argparse
import json
import math
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from gradgen.collector import uncollected
from gradgen.emission.header import header_of
from gradgen.emission.module import load, render
from gradgen.frontend.arguments import spec_of
from gradgen.frontend.attempts import read_function
from gradgen.options import Options
from gradgen.pipeline import Program, parameters
from gradgen.stages import stages
from tests.long_programs import PROGRAMS, arguments, loaded

STAGES = ("parse", "adjoint", "optimise", "saves", "copies", "text", "load")


@uncollected
def stage_times(fn: Any, args: tuple[Any, ...]) -> dict[str, float]:
    """Return the seconds of each stage of the pipeline."""
    options = Options(0, None, "value_and_grad", False)
    specs = {n: spec_of(v, n) for n, v in zip(parameters(fn), args, strict=True)}
    seconds: dict[str, float] = {}
    start = time.process_time()
    function = read_function(fn, specs, options)
    seconds["parse"] = time.process_time() - start
    program = Program(function, options, "loss_value_and_grad", (fn, specs))
    for stage, work in stages(program):
        start = time.process_time()
        work()
        seconds[stage] = seconds.get(stage, 0.0) + time.process_time() - start
    start = time.process_time()
    header = header_of(program)
    text = render(function, program.name, function.result["outputs"], header).text
    seconds["text"] = time.process_time() - start
    start = time.process_time()
    load(text, program.name, function.captures)
    seconds["load"] = time.process_time() - start
    return seconds


def measure(name: str, sizes: list[int], folder: Path) -> list[dict[str, Any]]:
    """Return the times of one program at each size."""
    make = PROGRAMS[name]
    rows = []
    for size in sizes:
        text = make(size)
        times = stage_times(loaded(text, folder), arguments(make))
        row = {"program": name, "size": size, "bytes": len(text), "total": sum(times.values())}
        rows.append({**row, **times})
    return rows


def growth(rows: list[dict[str, Any]], key: str) -> float:
    """Return the exponent of the growth of a time with the source between the last two rows."""
    if len(rows) < 2 or rows[-1]["bytes"] == rows[-2]["bytes"] or rows[-2][key] <= 0:
        return float("nan")
    ratio = rows[-1]["bytes"] / rows[-2]["bytes"]
    return math.log(rows[-1][key] / rows[-2][key]) / math.log(ratio)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("programs", nargs="*", metavar="PROGRAM")
    parser.add_argument("--sizes", nargs="+", type=int, default=[400, 800, 1600])
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    columns = ("total", *STAGES)
    if not options.json:
        print(f"{'program':20}{'size':>6}" + "".join(f"{c:>10}" for c in columns) + f"{'p':>6}")
    everything = []
    with tempfile.TemporaryDirectory() as folder:
        for name in options.programs or PROGRAMS:
            rows = measure(name, options.sizes, Path(folder))
            everything += rows
            for k, row in enumerate(rows if not options.json else ()):
                p = f"{growth(rows, 'total'):6.2f}" if k == len(rows) - 1 else ""
                times = "".join(f"{row[c]:10.3f}" for c in columns)
                print(f"{name:20}{row['size']:6}{times}{p}", flush=True)
    if options.json:
        print(json.dumps(everything, indent=1))


if __name__ == "__main__":
    main()
