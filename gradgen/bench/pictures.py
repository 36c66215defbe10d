"""Pictures of the results, drawn with matplotlib."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from gradgen.bench.measure import Row, Steps
from gradgen.bench.report import duration

# Colours that stay apart in grey and for the colour-blind (Okabe and Ito).
COLOURS = {
    "gradgen": "#0072B2",
    "SymPy + lambdify": "#D55E00",
    "forward differences": "#E69F00",
    "central differences": "#009E73",
    "complex step": "#CC79A7",
    "one evaluation": "#777777",
}
MARKERS = {
    "gradgen": "o",
    "SymPy + lambdify": "s",
    "forward differences": "v",
    "central differences": "D",
    "complex step": "^",
}
STYLE: Any = {
    "axes.spines.top": False, "axes.spines.right": False, "axes.grid": True,
    "grid.color": "#dddddd", "grid.linewidth": 0.6, "font.size": 10, "axes.titlesize": 11,
    "axes.titlelocation": "left", "lines.linewidth": 1.8, "lines.markersize": 4.5,
}  # fmt: skip

PLAIN: Any = {"frameon": False, "fontsize": 9.5}
PLAIN_TEXT: Any = {"fontsize": 9}
# Where there is room beside the best step of each curve.
BESIDE: Any = {
    "forward differences": {"xytext": (10, 18), "ha": "center", "va": "bottom"},
    "central differences": {"xytext": (-24, -2), "ha": "right", "va": "top"},
}


def available() -> bool:
    """Whether matplotlib is installed."""
    from importlib.util import find_spec

    return find_spec("matplotlib") is not None


def _figure(columns: int, width: float) -> tuple[Any, Any]:
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    with plt.rc_context(STYLE):
        figure, axes = plt.subplots(1, columns, figsize=(width, 4.6), layout="constrained")
    return figure, axes


def _save(figure: Any, path: Path) -> Path:
    import matplotlib.pyplot as plt

    figure.savefig(path, dpi=150)
    plt.close(figure)
    return path


def draw_sweep(rows: Sequence[Row], path: Path) -> Path:
    """Draw the time of a gradient and the set-up against the number of inputs."""
    figure, (times, setup) = _figure(2, 11.0)
    problem = rows[0].problem
    sizes = sorted({row.inputs for row in rows})
    evaluation = [next(row.function for row in rows if row.inputs == n) for n in sizes]
    times.plot(sizes, evaluation, color=COLOURS["one evaluation"], ls="--", label="one evaluation")
    for method in dict.fromkeys(row.method for row in rows):
        points = [row for row in rows if row.method == method and row.gradient is not None]
        look = {"color": COLOURS[method], "marker": MARKERS[method], "label": method}
        times.plot([r.inputs for r in points], [r.gradient for r in points], **look)
        prepared = [r for r in points if r.setup is not None]
        if prepared:
            setup.plot([r.inputs for r in prepared], [r.setup for r in prepared], **look)
        _mark_end(rows, method, points, setup)
    times.set_title(f"Time of one gradient: {problem} in n variables")
    setup.set_title("Set-up, once")
    for axis in (times, setup):
        axis.set(xscale="log", yscale="log", xlabel="number of inputs n")
        axis.set_xlim(sizes[0] / 1.2, sizes[-1] * 1.2)
        axis.yaxis.set_major_formatter(lambda seconds, _: _decade(seconds))
    figure.legend(*times.get_legend_handles_labels(), loc="outside lower center", ncols=6, **PLAIN)
    return _save(figure, path)


def _decade(seconds: float) -> str:
    """Return the label of a power of ten."""
    number, unit = duration(seconds).split()
    return f"{float(number):g} {unit}"


def _mark_end(rows: Sequence[Row], method: str, points: Sequence[Row], axis: Any) -> None:
    """Say where a method gave up."""
    failed = [r for r in rows if r.method == method and r.gradient is None]
    if not failed or not points or points[-1].setup is None:
        return
    last = points[-1]
    axis.annotate(
        f"gives up at n = {failed[0].inputs}",
        (last.inputs, last.setup),
        xytext=(-12, 0),
        textcoords="offset points",
        color=COLOURS[method],
        ha="right",
        va="center",
        **PLAIN_TEXT,
    )


def draw_steps(steps: Steps, path: Path) -> Path:
    """Draw the error of differences against the step, with gradgen's beside it."""
    figure, axis = _figure(1, 7.4)
    floor = 1e-17
    for name, errors in steps.errors.items():
        shown = [min(max(e, floor), 1e3) for e in errors]
        axis.plot(steps.steps, shown, color=COLOURS[name], label=name)
        best = min(range(len(shown)), key=shown.__getitem__)
        if name in BESIDE:
            axis.plot(steps.steps[best], shown[best], MARKERS[name], color=COLOURS[name])
            axis.annotate(
                f"best {shown[best]:.0e}\nat step {steps.steps[best]:.0e}",
                (steps.steps[best], shown[best]),
                color=COLOURS[name],
                textcoords="offset points",
                **BESIDE[name],
                **PLAIN_TEXT,
            )
    ours = max(steps.gradgen, floor)
    axis.axhline(ours, color=COLOURS["gradgen"], lw=2.2, label=f"gradgen (no step): {ours:.0e}")
    axis.set(xscale="log", yscale="log", xlabel="step", ylabel="worst relative error of an entry")
    axis.set_title(f"Error of the gradient: {steps.problem}, {steps.inputs} inputs")
    axis.set_ylim(floor, 1e3)
    figure.legend(*axis.get_legend_handles_labels(), loc="outside lower center", ncols=2, **PLAIN)
    return _save(figure, path)
