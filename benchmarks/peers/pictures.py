"""The picture of all rows: each peer's gradient in times of the best peer's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from benchmarks.peers.report import Results
from gradgen.bench.pictures import PLAIN, STYLE

# Colours that stay apart in grey and for the colour-blind (Okabe and Ito).
LOOKS = {
    "gradgen, NumPy": ("#0072B2", "o"), "gradgen, Numba": ("#56B4E9", "o"),
    "gradgen, reassociate": ("#56B4E9", "x"),
    "by hand, NumPy": ("#222222", "_"), "by hand, Numba": ("#777777", "_"),
    "JAX": ("#D55E00", "s"), "PyTorch": ("#009E73", "^"), "torch.compile": ("#009E73", "v"),
    "autograd": ("#E69F00", "D"), "CasADi": ("#CC79A7", "P"),
}  # fmt: skip


def draw(results: Results, folder: Path, kinds: tuple[str, ...] = ("png", "svg")) -> list[Path]:
    """Draw the picture as files of these kinds; return the files."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    keys = results.keys
    style: Any = {**STYLE, "svg.fonttype": "none", "svg.hashsalt": "gradgen"}
    with plt.rc_context(style):
        figure, axes = plt.subplots(figsize=(9.0, 1.6 + 0.24 * len(keys)), layout="constrained")
        axes.axvline(1.0, color="#777777", lw=1.0)
        for peer in results.peers:
            ratios = results.against(peer)
            colour, marker = LOOKS[peer]
            heights = [keys.index(key) for key in ratios]
            axes.plot(
                list(ratios.values()), heights, ls="", color=colour, marker=marker, label=peer,
                ms=7 if marker != "_" else 11, mew=1.5,
            )  # fmt: skip
        axes.set_xscale("log")
        axes.set_yticks(range(len(keys)), [" ".join(key) for key in keys])
        axes.invert_yaxis()
        axes.set_xlabel("time of a gradient over that of the best peer; left is faster")
        figure.legend(loc="outside upper center", ncols=5, **PLAIN)
        files = [folder / f"peers.{kind}" for kind in kinds]
        for path in files:
            date: Any = {"Date": None} if path.suffix == ".svg" else {}
            figure.savefig(path, dpi=150, metadata=date)
        plt.close(figure)
    return files
