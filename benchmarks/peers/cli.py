"""``gradgen bench --peers``: every workload in gradgen and in the tools that are installed."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from benchmarks.peers.measure import Plan, Row, measure
from benchmarks.peers.report import HEADING, Results, group_text
from benchmarks.peers.worker import PEERS
from benchmarks.peers.workloads import SIZES
from gradgen.bench import report
from gradgen.bench.cli import progress
from gradgen.commands.target import UsageError

NEEDS = {
    "gradgen, Numba": "numba", "gradgen, reassociate": "numba", "by hand, Numba": "numba",
    "JAX": "jax", "PyTorch": "torch", "torch.compile": "torch",
    "autograd": "autograd", "CasADi": "casadi",
}  # fmt: skip


def installed() -> list[str]:
    """Return the peers whose tools are here."""
    return [peer for peer in PEERS if peer not in NEEDS or find_spec(NEEDS[peer]) is not None]


def run(options: argparse.Namespace) -> int:
    """Measure, and say it in every form that was asked for."""
    plan, sizes = _plan(options), _sizes(options)
    names, peers = _names(options), installed()
    absent = [peer for peer in PEERS if peer not in peers]
    if absent:
        print(f"Not installed (the extra `peers`): {', '.join(absent)}")
    rows: list[Row] = []
    print(HEADING)
    for name in names:
        for group in measure(name, [s for s in sizes if s in SIZES[name]], plan, progress, peers):
            rows += group
            progress("")
            print("\n" + group_text(group), flush=True)
            _write(options, rows, plan, {})
    from benchmarks.peers.single import measured

    progress("what needs no peers")
    _write(options, rows, plan, measured() if options.only is None else {})
    progress("")
    if options.out is not None:
        _draw(rows, options.out)
    return 0


def _plan(options: argparse.Namespace) -> Plan:
    plan = Plan.quick() if options.quick else Plan()
    if options.time_limit is None:
        return plan
    return Plan(plan.rounds, plan.batch, options.time_limit)


def _sizes(options: argparse.Namespace) -> Sequence[str]:
    default = "small" if options.quick else "small,medium,large"
    sizes: list[str] = (options.sizes or default).split(",")
    unknown = set(sizes) - {"small", "medium", "large"}
    if unknown:
        raise UsageError(f"--sizes {options.sizes}: choose from small, medium and large")
    return sizes


def _names(options: argparse.Namespace) -> Sequence[str]:
    names: list[str] = options.only or list(SIZES)
    unknown = [name for name in names if name not in SIZES]
    if unknown:
        raise UsageError(
            f"there is no workload called {unknown[0]!r}", hint="choose from " + ", ".join(SIZES)
        )
    return names


def _write(options: argparse.Namespace, rows: list[Row], plan: Plan, single: Any) -> None:
    """Write what there is so far: a run takes long, and may be ended."""
    if options.json is None:
        return
    content = {
        "made by": report.MARK,
        "machine": {**report.machine(), "versions": _versions()},
        "plan": {"rounds": plan.rounds, "batch": plan.batch, "time_limit": plan.time_limit},
        "single": single,
        "rows": [row.as_json() for row in rows],
    }
    report.write_json(options.json, content)


def _versions() -> dict[str, str]:
    found = {}
    for name in ("numpy", "numba", "jax", "torch", "autograd", "casadi"):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def _draw(rows: list[Row], folder: Path) -> None:
    if find_spec("matplotlib") is None:
        print("\nNo pictures: matplotlib is not installed (pip install matplotlib)")
        return
    from benchmarks.peers.pictures import draw

    print("\nPictures: " + ", ".join(map(str, draw(Results(rows), folder))))
