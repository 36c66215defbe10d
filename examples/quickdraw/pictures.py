"""The demo's pictures: guesses, the course of the training, the loss against one weight."""

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from dragons import Array, Weights, loss
from numpy.typing import NDArray

if TYPE_CHECKING:
    from matplotlib.axes import Axes

RIGHT, WRONG, LINE, ACCENT = "#1b7837", "#b2182b", "#2166ac", "#d6604d"


class Guesses(NamedTuple):
    """Some drawings, what they are, and what the network holds them for."""

    drawings: NDArray[np.uint8]
    labels: NDArray[np.intp]
    probabilities: Array
    names: list[str]

    def captions(self) -> list[str]:
        """Return the guess for every drawing, and what it is where the guess is wrong."""
        captions = []
        for label, row in zip(self.labels, self.probabilities, strict=True):
            guess = int(np.argmax(row))
            text = f"{self.names[guess]} {row[guess]:.0%}"
            captions.append(text if guess == label else f"{text}, is {self.names[label]}")
        return captions

    def right(self) -> NDArray[np.bool_]:
        """Tell for every drawing whether its guess is right."""
        return np.argmax(self.probabilities, axis=1) == self.labels


class OneWeight(NamedTuple):
    """The loss as one weight varies, and the slope that the gradient gives at some places."""

    name: str
    values: Array
    losses: Array
    places: Array  # the middle one is the weight as it is
    losses_there: Array
    slopes: Array


def vary_steepest(weights: Weights, number: int, batch: tuple[Array, Array]) -> OneWeight:
    """Vary the weight with the steepest slope of those that lead to a class, all others held."""
    w1, b1, w2, b2 = weights
    unit = int(np.argmax(np.abs(loss(weights, *batch)[1][2][:, number])))
    now, span = w2[unit, number], 12.0

    def at(value: float) -> Weights:
        moved = w2.copy()
        moved[unit, number] = value
        return w1, b1, moved, b2

    values = np.linspace(now - span, now + span, 241)
    places = now + np.array([-0.5, 0.0, 0.5]) * span
    found = [loss(at(value), *batch) for value in places]
    return OneWeight(
        name=f"w2[{unit}, {number}]",
        values=values,
        losses=np.array([loss.__wrapped__(at(value), *batch) for value in values]),
        places=places,
        losses_there=np.array([value for value, _ in found]),
        slopes=np.array([gradient[2][unit, number] for _, gradient in found]),
    )


def draw_guesses(path: Path, guesses: Guesses) -> None:
    """Draw the drawings with their guesses, right ones green, wrong ones red."""
    from matplotlib.figure import Figure

    columns = 6
    rows = -(-len(guesses.drawings) // columns)
    figure = Figure(figsize=(2.0 * columns, 2.35 * rows + 0.6), layout="constrained")
    figure.suptitle("Test drawings and what the network guesses", fontsize=15)
    axes = figure.subplots(rows, columns, squeeze=False).flat
    shown = zip(guesses.drawings, guesses.captions(), guesses.right(), axes, strict=True)
    for drawing, caption, right, panel in shown:
        panel.imshow(255 - drawing, cmap="gray", vmin=0, vmax=255)
        panel.set_title(caption.replace(", ", "\n"), color=RIGHT if right else WRONG, fontsize=11)
        panel.set_xticks([])
        panel.set_yticks([])
    figure.savefig(path, dpi=120)


def draw_training(path: Path, history: Array) -> None:
    """Draw loss and test accuracy by epoch."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(10, 4.2), layout="constrained")
    left, right = figure.subplots(1, 2)
    epochs = np.arange(1, len(history) + 1)
    left.plot(epochs, history[:, 0], "o-", color=LINE)
    left.set(title="Loss over the training drawings", ylabel="squared error of a drawing, mean")
    right.plot(epochs, 100 * history[:, 1], "o-", color=LINE)
    right.set(title="Accuracy on the test drawings", ylabel="guessed right, %")
    for panel in (left, right):
        panel.set_xlabel("epoch")
        panel.locator_params(axis="x", integer=True)
        panel.grid(alpha=0.3)
    left.set_ylim(bottom=0)
    figure.savefig(path, dpi=120)


def draw_tangents(panel: "Axes", one: OneWeight, reach: float) -> None:
    """Draw a tangent through each place, from the slope that the gradient gives there."""
    styles = (("o", 1.5), ("D", 3.0), ("o", 1.5))
    touched = zip(one.places, one.losses_there, one.slopes, styles, strict=True)
    for x, y, slope, (marker, width) in touched:
        ends = np.array([x - reach, x + reach])
        panel.plot(ends, y + slope * (ends - x), color=ACCENT, linewidth=width)
        panel.plot(x, y, marker, color=ACCENT, markersize=8)
        # Above the curve, on the side where it falls away, there is room for a label.
        side, align = (-10, "right") if slope > 0 else (0, "center")
        panel.annotate(
            f"slope {slope:+.4f}",
            (x, y),
            xytext=(side, 12),
            textcoords="offset points",
            ha=align,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.5},
        )


def draw_one_weight(path: Path, one: OneWeight) -> None:
    """Draw the loss against one weight, with tangents."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8.5, 5), layout="constrained")
    panel = figure.subplots()
    panel.plot(one.values, one.losses, color=LINE, linewidth=2, label="loss")
    draw_tangents(panel, one, reach=3.0)
    panel.plot([], [], "D-", color=ACCENT, linewidth=3, label="tangent at the weight as it is")
    panel.plot([], [], "o-", color=ACCENT, label="tangents at two other values")
    panel.set(
        title="The loss against one weight, and the tangents that the generated gradient gives",
        xlabel=f"value of {one.name}, all other weights held",
        ylabel="loss on one batch",
    )
    panel.legend(loc="upper left")
    panel.grid(alpha=0.3)
    figure.savefig(path, dpi=120)


def save_all(folder: Path, guesses: Guesses, history: Array, one: OneWeight) -> list[Path]:
    """Write every picture to the folder; return the files, none where matplotlib is missing."""
    try:
        import matplotlib  # noqa: F401
    except ImportError:
        return []
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / name for name in ("guesses.png", "training.png", "one_weight.png")]
    draw_guesses(paths[0], guesses)
    draw_training(paths[1], history)
    draw_one_weight(paths[2], one)
    return paths
