"""lstm: the loss of a diagonal LSTM that predicts the next character."""

import numpy as np

from benchmarks.gradbench import losses
from benchmarks.gradbench.evals.task import Task, gradient, numbers, styled, value


def sigmoid(x):
    """Return the logistic function."""
    return 1.0 / (1.0 + np.exp(-x))


def lstm(main, extra, state, sequence):
    """Return the loss of a diagonal LSTM that predicts the next character."""
    layers, b = len(state) // 2, state.shape[1]
    blocks = main.reshape(len(main), 4, b)
    s = state.copy()
    total = 0.0
    for t in range(len(sequence) - 1):
        v = sequence[t] * extra[0]
        for i in range(layers):
            weights, biases = blocks[2 * i], blocks[2 * i + 1]
            h = s[2 * i]
            forget = sigmoid(v * weights[0] + biases[0])
            ingate = sigmoid(h * weights[1] + biases[1])
            out = sigmoid(v * weights[2] + biases[2])
            change = np.tanh(h * weights[3] + biases[3])
            cell = s[2 * i + 1] * forget + ingate * change
            s[2 * i + 1] = cell
            v = out * np.tanh(cell)
            s[2 * i] = v
        y = v * extra[1] + extra[2]
        total += np.sum(sequence[t + 1] * (y - np.log(2.0 + np.sum(np.exp(y)))))
    return -total / (b * (len(sequence) - 1))


def tasks(backend):
    """Return the functions of the protocol."""
    loss = styled(backend, lstm, losses.lstm)
    return {
        "objective": Task(value(loss, backend), decode),
        "jacobian": Task(gradient(loss, backend, (0, 1)), decode, encode),
    }


def decode(data):
    """Return the arguments of the loss."""
    names = ("main_params", "extra_params", "state", "sequence")
    return tuple(numbers(data[name]) for name in names)


def encode(gradients):
    """Return both gradients as one list."""
    return np.concatenate([part.ravel() for part in gradients]).tolist()
