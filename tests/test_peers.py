"""``gradgen bench --peers``: workloads beside other tools, the goals, and the page made of it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks.peers import cli, document, measure
from benchmarks.peers.goals import goals
from benchmarks.peers.measure import Row
from benchmarks.peers.prepared import Prepared
from benchmarks.peers.report import Results, geometric_mean, worst
from benchmarks.peers.worker import PEERS, flat, growth
from benchmarks.peers.workloads import SIZES, WRT, arguments, split
from gradgen.commands.target import UsageError
from tests.checks import ROOT


def row(workload: str, peer: str, gradient: float | None, **more: Any) -> Row:
    return Row(workload, more.pop("size", "small"), peer, gradient=gradient, **more)


ROWS = [
    row("lse", "gradgen, NumPy", 4.0, ratio=2.0, value=2.0), row("lse", "gradgen, Numba", 1.0),
    row("lse", "by hand, NumPy", 2.0), row("lse", "JAX", 2.0), row("lse", "autograd", 8.0),
    row("ode", "gradgen, NumPy", 4.0), row("ode", "gradgen, Numba", 4.0, ratio=6.0, memory=2 << 20),
    row("ode", "JAX", None, note="gave up"), row("ode", "autograd", 1.0),
]  # fmt: skip


def test_best_peer_is_of_the_field() -> None:
    """Code by hand is no peer, and what has no time is none either."""
    results = Results(ROWS)
    assert results.best(("lse", "small")) == ("JAX", 2.0)
    assert results.best(("ode", "small")) == ("autograd", 1.0)
    assert results.against("gradgen, NumPy") == {("lse", "small"): 2.0, ("ode", "small"): 4.0}
    assert results.against("gradgen, NumPy", "by hand, NumPy") == {("lse", "small"): 2.0}
    assert worst(results.against("gradgen, Numba")) == (("ode", "small"), 4.0)


def test_goals() -> None:
    found = {g.what: g for g in goals(Results(ROWS), {"call": 0.5, "statements": 30.0})}
    compiled = found["Numba backend against the best peer of each row, geometric mean"]
    assert compiled.measured == "1.41 over 2 rows" and compiled.met is False
    tape = found["NumPy backend against HIPS autograd, every row"]
    assert tape.measured == "1.41 over 2 rows; worst 4.00, ode small" and tape.met is False
    hand = found["NumPy: generated against hand-written"]
    assert hand.measured == "2.00 over 1 rows; worst 2.00, lse small" and hand.met is False
    own = found["gradient over its own value, Numba backend"]
    assert own.met is False and "6.00" in own.measured
    assert found["a gradient function on Python floats, over the generated function itself"].met
    assert not found["transform of a straight line of 10,000 statements"].met


def test_goal_of_memory() -> None:
    rows = [
        row("ode", "gradgen, Numba", 1.0, size="large", memory=1 << 20),
        row("ode", "JAX", 1.0, size="large", memory=8 << 20),
    ]
    memory = next(g for g in goals(Results(rows), {}) if g.what.startswith("memory"))
    assert memory.met and memory.measured == "0.12 (1.0 MB of 8.0 MB)"


def test_geometric_mean() -> None:
    assert geometric_mean([2.0, 8.0]) == pytest.approx(4.0)
    assert np.isnan(geometric_mean([]))


@pytest.mark.parametrize("name", SIZES)
def test_workloads(name: str) -> None:
    """Arguments are the same every time, and what is differentiated comes first."""
    first, again = arguments(name, "small"), arguments(name, "small")
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    wanted, _ = split(name, first)
    assert len(wanted) == len(WRT[name])
    assert all(np.asarray(part).dtype == float for part in wanted)


def test_growth_of_memory() -> None:
    result, grown = growth(lambda: float(np.ones(4_000_000).sum()))
    assert result == 4e6
    if grown is None:
        pytest.skip("this system does not say")
    assert 20e6 < grown < 60e6


def test_wrong_gradient_has_no_time(tmp_path: Path) -> None:
    """A peer that computes something else is not timed as if it computed the same."""
    right = flat(measure.NUMPY["lse"](*arguments("lse", "small"))[1])
    workers = []
    for peer, error in (("JAX", 0.0), ("PyTorch", 1e-6)):
        np.savez(tmp_path / f"{peer}.npz", *[part * (1.0 + error) for part in right])
        workers.append(measure.Worker(row("lse", peer, None), None))  # type: ignore[arg-type]
    measure._judge(workers, tmp_path)
    assert workers[0].row.note == "" and workers[0].row.error == 0.0
    assert workers[1].row.note == "another gradient: 1.0e-06 off"


def test_prepared_by_gradgen() -> None:
    from benchmarks.peers import by_gradgen

    prepared = by_gradgen.of_numpy("lse", arguments("lse", "small"))
    assert isinstance(prepared, Prepared) and prepared.value is not None
    assert np.isclose(np.sum(prepared.gradient()), 1.0)


def test_command(tmp_path: Path) -> None:
    """The command writes rows of the peers that are here, each with its gradient checked."""
    out = tmp_path / "peers.json"
    command = [sys.executable, "-m", "gradgen", "bench", "--peers", "--quick", "--only", "hello"]
    command += ["--json", str(out), "--time-limit", "60"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=300)
    assert done.returncode == 0, done.stderr
    content = json.loads(out.read_text())
    rows = {r["peer"]: r for r in content["rows"]}
    assert set(rows) == set(cli.installed()) and content["made by"] == "gradgen bench"
    for peer in ("gradgen, NumPy", "by hand, NumPy"):
        assert rows[peer]["gradient"] > 0.0 and rows[peer]["error"] < 1e-12
        assert rows[peer]["cold"] > 0.0 and not rows[peer]["note"]
    assert rows["gradgen, NumPy"]["ratio"] > 0.0
    assert "hello, small" in done.stdout and "gradgen, NumPy" in done.stdout


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--sizes", "huge"], "small, medium and large"),
        (["--only", "rosenbrock"], "no workload called 'rosenbrock'"),
        (["losses.py:loss"], "workloads of its own"),
    ],
)
def test_options_that_make_no_sense(options: list[str], said: str) -> None:
    from gradgen.bench.cli import parser, run_peers

    with pytest.raises(UsageError) as refused:
        run_peers(parser().parse_args(["--peers", *options]))
    assert said in f"{refused.value} {refused.value.hint or ''}"


def test_page_is_made_of_results() -> None:
    rows = [r.as_json() for r in ROWS]
    content = {
        "rows": rows, "single": {"call": 0.5},
        "machine": {"processor": "a processor", "python": "3.11", "versions": {"numpy": "2"}},
    }  # fmt: skip
    marks = ("machine", "goals", "gradients", "memory", "cold", "missing")
    page = (
        "before\n"
        + "".join(f"<!-- {m} -->\nreplaced\n<!-- end of {m} -->\n" for m in marks)
        + "after"
    )
    made = document.written(page, content)
    assert made.startswith("before\n") and made.endswith("after") and "replaced" not in made
    assert (
        "| lse small | 4.00 s (2.0) | 1.00 s | 2.00 s | 2.00 s | 8.00 s | JAX | 2 | 0.5 |" in made
    )
    assert "- JAX: gave up (ode small)" in made
    assert "a processor, one core; Python 3.11, numpy 2." in made
    assert document.written(made, content) == made
    with pytest.raises(SystemExit, match="no marks"):
        document.written("nothing", content)


def test_page_is_up_to_date() -> None:
    text = document.PAGE.read_text(encoding="utf-8")
    assert document.written(text, document.read()) == text, "python -m benchmarks.peers.document"


def test_picture(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    from benchmarks.peers.pictures import LOOKS, draw

    assert set(LOOKS) == set(PEERS)
    files = draw(Results(ROWS), tmp_path)
    assert [path.name for path in files] == ["peers.png", "peers.svg"]
    assert "lse small" in files[1].read_text(encoding="utf-8")


def test_every_peer_is_there() -> None:
    """Each name stands for a function of a file."""
    for place in PEERS.values():
        module, _, function = place.partition(":")
        text = (ROOT / "benchmarks" / "peers" / f"{module}.py").read_text(encoding="utf-8")
        assert f"def {function}(" in text
