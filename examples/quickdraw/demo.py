"""The tour of ``dragons.py``: generated module, check, training, pictures, and what it saves."""

import argparse
import time
from pathlib import Path

import costs
import numpy as np
import pictures
import spot_check
from dragons import BATCH, EPOCHS, Array, Drawings, Weights, first_weights, fit, load, loss, network
from terminal import heading, print_drawings

# Inputs, hidden units and classes that SymPy is given, and the seconds it may take for each.
SYMPY_SIZES, SYMPY_LIMIT = ((2, 2, 2), (4, 3, 2), (8, 8, 4)), 10.0
TOP = Path(__file__).resolve().parents[2]


def show_module(weights: Weights, batch: tuple[Array, Array]) -> None:
    """Take the first gradient, which generates the module, and print the module."""
    begun = time.perf_counter()
    loss(weights, *batch)
    seconds = time.perf_counter() - begun
    heading("The generated module")
    print(loss.source)
    print(f"Generated and run for the first time in {seconds:.2f} s.")


def show_check(weights: Weights, batch: tuple[Array, Array]) -> None:
    """Check the gradient; a wrong one ends the demo."""
    found = spot_check.check(weights, *batch)
    heading("The gradient against central differences")
    print(
        f"{found.checked} weights of {sum(array.size for array in weights):,} checked, "
        f"{found.nonzero} with a slope; the largest slope is {found.largest_slope:.2g}.\n"
        f"Worst difference {found.worst_difference:.1g}, "
        f"which is {found.relative:.1g} of the largest slope."
    )
    if found.relative > spot_check.TOLERANCE:
        raise SystemExit("The gradient is wrong.")


def show_training(data: Drawings, weights: Weights, epochs: int) -> tuple[Weights, Array]:
    """Train, then print how much of every class is recognised."""
    heading(f"Training on {len(data.learn):,} drawings, a half of them mirrored")
    weights, history = fit(data, weights, epochs)
    guesses = np.argmax(network(weights, data.test), axis=1)
    for number, name in enumerate(data.names):
        right = float(np.mean(guesses[data.labels == number] == number))
        print(f"  {name:12s} {right:6.1%}  {'#' * round(40 * right)}")
    return weights, history


def guess_some(data: Drawings, weights: Weights) -> pictures.Guesses:
    """Let the network guess six dragons, then twelve other drawings."""
    rng = np.random.default_rng(0)
    dragons = data.labels == data.names.index("dragon")
    chosen = np.concatenate(
        [
            rng.choice(np.flatnonzero(dragons), 6, replace=False),
            rng.choice(np.flatnonzero(~dragons), 12, replace=False),
        ]
    )
    return pictures.Guesses(
        drawings=np.round(255 * data.test[chosen]).astype(np.uint8).reshape(-1, 28, 28),
        labels=data.labels[chosen],
        probabilities=network(weights, data.test[chosen]),
        names=data.names,
    )


def show_guesses(guesses: pictures.Guesses) -> None:
    """Print two of the dragons and four of the others."""
    heading("What the network guesses")
    few = [0, 1, 6, 7, 8, 9]
    captions = guesses.captions()
    print_drawings(guesses.drawings[few], [captions[one] for one in few])


def show_costs(weights: Weights, batch: tuple[Array, Array]) -> None:
    """Print what other ways to the gradient cost."""
    count = sum(array.size for array in weights)
    heading(f"One gradient in all {count:,} weights, on a batch of {BATCH} drawings")
    costs.print_all_weights(costs.for_all_weights(weights, *batch))
    heading("SymPy on smaller networks and one drawing")
    costs.print_symbolic(SYMPY_SIZES, SYMPY_LIMIT)


def main() -> None:
    """Run the tour."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--epochs", type=int, default=EPOCHS, help=f"default {EPOCHS}")
    parser.add_argument(
        "--out", type=Path, default=TOP / "demo-output", help="folder for the pictures"
    )
    options = parser.parse_args()
    data, start = load(), first_weights(np.random.default_rng(0))
    chosen = np.random.default_rng(2).choice(len(data.learn), BATCH, replace=False)
    batch = data.learn[chosen], data.expected[chosen]

    show_module(start, batch)
    show_check(start, batch)
    weights, history = show_training(data, start, options.epochs)
    guesses = guess_some(data, weights)
    show_guesses(guesses)
    one = pictures.vary_steepest(start, data.names.index("dragon"), batch)
    paths = pictures.save_all(options.out, guesses, history, one)
    for path in paths:
        print(f"wrote {path}")
    if not paths:
        print("No pictures: matplotlib is not installed.")
    show_costs(start, batch)


if __name__ == "__main__":
    main()
