"""Train a network to tell dragons from lions, in plain NumPy, with a gradient from gradgen.

The network, its loss and gradient descent are all in this file; nothing hides in a framework.
``demo.py`` (``python3 run.py demo``) trains it and shows more; this file run alone just trains.
"""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from terminal import progress

import gradgen

CLASSES, EACH, LEARNT = 10, 1000, 800  # of the 1,000 drawings of each class 800 are to learn from
PIXELS, HIDDEN = 28 * 28, 128
EPOCHS, BATCH, RATE, DECAY, MOMENTUM = 15, 64, 0.1, 0.85, 0.9

Array = NDArray[np.float64]
Weights = tuple[Array, ...]


# --- the network and its loss ---------------------------------------------------------------------


def network(weights: Weights, drawings: Array) -> Array:
    """Return for each drawing, a row of 784 pixels, the probability of every class."""
    w1, b1, w2, b2 = weights
    hidden = np.tanh(drawings @ w1 + b1)
    scores = hidden @ w2 + b2
    exp_scores = np.exp(scores - np.max(scores, axis=1, keepdims=True))
    return exp_scores / np.sum(exp_scores, axis=1, keepdims=True)


@gradgen.value_and_grad
def loss(weights: Weights, drawings: Array, expected: Array) -> float:
    """Return the squared error: summed over the classes, averaged over the drawings."""
    actual = network(weights, drawings)
    return np.sum((expected - actual) ** 2) / len(drawings)


# --- gradient descent -----------------------------------------------------------------------------


def first_weights(rng: np.random.Generator) -> Weights:
    """Return random weights, small enough that no unit starts out saturated."""
    w1 = rng.normal(0.0, PIXELS**-0.5, (PIXELS, HIDDEN))
    w2 = rng.normal(0.0, HIDDEN**-0.5, (HIDDEN, CLASSES))
    return w1, np.zeros(HIDDEN), w2, np.zeros(CLASSES)


def train(
    weights: Weights, drawings: Array, expected: Array, epochs: int, rng: np.random.Generator
) -> Iterator[tuple[Weights, float]]:
    """Descend along the gradient, with momentum; yield weights and loss after each epoch."""
    velocity = [np.zeros_like(w) for w in weights]
    for epoch in range(epochs):
        rate = RATE * DECAY**epoch
        order = rng.permutation(len(drawings))
        total = 0.0
        for start in progress(range(0, len(order), BATCH), f"epoch {epoch + 1:2d}"):
            batch = order[start : start + BATCH]
            value, gradient = loss(weights, drawings[batch], expected[batch])
            velocity = [MOMENTUM * v - rate * g for v, g in zip(velocity, gradient, strict=True)]
            weights = tuple(w + v for w, v in zip(weights, velocity, strict=True))
            total += value * len(batch)
        yield weights, total / len(order)


# --- the drawings ---------------------------------------------------------------------------------


class Drawings(NamedTuple):
    """Drawings to learn from, as drawn and mirrored, and drawings to be tested on."""

    names: list[str]
    learn: Array
    expected: Array
    test: Array
    labels: NDArray[np.intp]


def load() -> Drawings:
    """Read the drawings; ink is 1.0, paper 0.0."""
    with np.load(Path(__file__).with_name("drawings.npz")) as data:
        images = data["images"].reshape(CLASSES, EACH, 28, 28) / 255.0
        names = [str(name) for name in data["class_names"]]
    learn, test = images[:, :LEARNT], images[:, LEARNT:]
    learn = np.concatenate([learn, learn[..., ::-1]], axis=1)
    return Drawings(
        names=names,
        learn=learn.reshape(-1, PIXELS),
        expected=np.repeat(np.eye(CLASSES), 2 * LEARNT, axis=0),
        test=test.reshape(-1, PIXELS),
        labels=np.repeat(np.arange(CLASSES), EACH - LEARNT),
    )


def fit(data: Drawings, start: Weights, epochs: int) -> tuple[Weights, Array]:
    """Train on the drawings and report; return the weights, and loss and accuracy by epoch."""
    weights, history = start, []
    begun = time.perf_counter()
    rng = np.random.default_rng(1)
    for weights, mean_loss in train(start, data.learn, data.expected, epochs, rng):
        right = np.argmax(network(weights, data.test), axis=1) == data.labels
        history.append((mean_loss, float(np.mean(right))))
        report = (
            f"epoch {len(history):2d}   loss {mean_loss:.4f}   test accuracy {np.mean(right):.1%}"
        )
        print(f"{report}   {time.perf_counter() - begun:5.1f} s", flush=True)
    return weights, np.array(history)


if __name__ == "__main__":
    fit(load(), first_weights(np.random.default_rng(0)), EPOCHS)
