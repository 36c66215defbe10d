"""The tables of docs/benchmarks.md, and its picture, from the JSON of a run.

    python -m benchmarks.peers.document [benchmarks/peers.json]

What stands between the marks in the page is replaced; the rest is written by people.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from benchmarks.peers.goals import goals
from benchmarks.peers.measure import Row
from benchmarks.peers.pictures import draw
from benchmarks.peers.report import FIELD, HAND, OURS, Key, Results, megabytes, number
from gradgen.bench.pictures import available
from gradgen.bench.report import duration

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "benchmarks.md"
RESULTS = ROOT / "benchmarks" / "peers.json"


def read(path: Path = RESULTS) -> dict[str, Any]:
    """Return what a run has written."""
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content


def table(head: list[str], rows: list[list[str]]) -> str:
    """Return a table of Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def goals_table(content: dict[str, Any]) -> str:
    """Return the goals and what was measured."""
    words = {True: "yes", False: "no", None: "not measured"}
    found = goals(Results(Row(**row) for row in content["rows"]), content["single"])
    return table(
        ["what", "goal", "measured", "met"],
        [[g.what, g.goal, g.measured, words[g.met]] for g in found],
    )


def gradient_table(results: Results) -> str:
    """Return the time of a gradient by every peer."""
    peers = _columns(results)
    head = ["workload", *peers, "best peer"]
    ours = [peer for peer in OURS if peer in results.peers]
    head += [f"{peer.removeprefix('gradgen, ')} / best" for peer in ours]
    against = [results.against(peer) for peer in ours]
    rows = []
    for key in results.keys:
        best = results.best(key)
        cells = [" ".join(key), *(_time(results, key, peer) for peer in peers)]
        cells += [best[0] if best else "-", *(number(a.get(key)) for a in against)]
        rows.append(cells)
    return table(head, rows)


def _columns(results: Results) -> list[str]:
    return [p for p in dict.fromkeys((*OURS, *HAND.values(), *FIELD)) if p in results.peers]


def _time(results: Results, key: Key, peer: str) -> str:
    row = results.row(key, peer)
    if row is None or row.gradient is None:
        return "-"
    ratio = f" ({row.ratio:.1f})" if row.ratio else ""
    return duration(row.gradient) + ratio


def cost_table(results: Results, field: str) -> str:
    """Return memory, or the time to the first gradient, by every peer."""
    peers = _columns(results)
    text = megabytes if field == "memory" else duration
    rows = []
    for key in results.keys:
        if (field == "cold") != (key[1] == "small"):
            continue
        found = [results.row(key, peer) for peer in peers]
        cells = ["-" if r is None or r.gradient is None else text(getattr(r, field)) for r in found]
        rows.append([" ".join(key), *cells])
    return table(["workload", *peers], rows)


def missing(results: Results) -> str:
    """Return what has no time, and why."""
    notes: dict[tuple[str, str], list[str]] = {}
    for row in results.rows.values():
        if row.note:
            notes.setdefault((row.peer, row.note), []).append(f"{row.workload} {row.size}")
    lines = [f"- {peer}: {note} ({', '.join(where)})" for (peer, note), where in notes.items()]
    return "\n".join(lines)


def parts(content: dict[str, Any]) -> dict[str, str]:
    """Return what stands between each pair of marks."""
    results = Results(Row(**row) for row in content["rows"])
    machine = content["machine"]
    versions = ", ".join(f"{name} {number}" for name, number in machine["versions"].items())
    return {
        "machine": f"{machine['processor']}, one core; Python {machine['python']}, {versions}.",
        "goals": goals_table(content),
        "gradients": gradient_table(results),
        "memory": cost_table(results, "memory"),
        "cold": cost_table(results, "cold"),
        "missing": missing(results),
    }


def written(text: str, content: dict[str, Any]) -> str:
    """Return the page with all that is between marks replaced."""
    for name, part in parts(content).items():
        start, end = f"<!-- {name} -->\n", f"\n<!-- end of {name} -->"
        before, found, rest = text.partition(start)
        _, closed, after = rest.partition(end)
        if not found or not closed:
            raise SystemExit(f"{PAGE.name} has no marks for {name!r}")
        text = before + start + part + end + after
    return text


def main() -> None:
    """Write the page and draw its picture, where matplotlib is installed."""
    content = read(Path(sys.argv[1]) if len(sys.argv) > 1 else RESULTS)
    PAGE.write_text(written(PAGE.read_text(encoding="utf-8"), content), encoding="utf-8")
    if available():
        draw(Results(Row(**row) for row in content["rows"]), PAGE.parent / "images", ("svg",))


if __name__ == "__main__":
    main()
