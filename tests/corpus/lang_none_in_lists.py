"""Lists of unknown length in which None stands beside numbers, until these are known."""

import numpy as np


def remembered(x, n):
    table = [None] * n
    total = 0.0
    for k in range(2 * n):
        place = k * k % n
        if table[place] is None:
            table[place] = x * (k + 1)
        total += table[place] ** 2
    return total


def last_seen(x, n):
    seen = [None for _ in range(n)]
    total = 0.0
    for k in range(2 * n):
        place = k * k % n
        if seen[place] is not None:
            total += seen[place] * x
        seen[place] = x * (k + 1)
    return total


def until_none(x, n):
    stack = [None]
    for k in range(n):
        stack.append(x * k)
    total = 0.0
    while True:
        item = stack.pop()
        if item is None:
            break
        total += item**2
    return total


def others_than_none(x, n):
    items = [None, *[x * k for k in range(n)]]
    rest = [v for v in items if v is not None]
    return rest[-1] * rest[1] + sum(0.0 if v is None else v * v for v in items)


def states_filled_in(x, n):
    states = [None] * n
    states[0] = np.array([x, 1.0])
    for t in range(n - 1):
        states[t + 1] = states[t] * x + t
    return np.sum(states[n - 1] ** 2)


def before_none_goes_in(x, n):
    found = [x]
    total = 0.0
    for k in range(n):
        if found[k] is not None:
            total += found[k] ** 2
        found.append(x * k)
    found.append(None)
    return total + sum(v for v in found if v is not None)


def appended_now_and_then(x, n):
    out = [None]
    for k in range(n):
        out.append(x * k if out[-1] is None else out[-1] * 0.5 + k)
        if k % 5 == 4:
            out.append(None)
    return sum(0.3 * x if v is None else v for v in out)


def one_turn(x):
    held = (1,)
    parts = [x * held.index(k) + x if k in held else None for k in range(1, 2)]
    return parts[0] ** 2


def smoothed_backwards(gain, drive):
    """A backward pass into a list of None, over rows that forward steps made."""
    states, predicted = [np.zeros(2)], []
    for v in drive:
        predicted.append(gain @ states[-1])
        states.append(predicted[-1] + v)
    smooth = [None] * len(states)
    smooth[-1] = states[-1]
    for t in range(len(drive) - 1, -1, -1):
        smooth[t] = states[t] + gain @ (smooth[t + 1] - predicted[t])
    return np.sum(np.stack(smooth) ** 3)


def of_changing_lengths(weights, x):
    """None is replaced by rows of one length, these by None, and this by rows of another."""
    n = len(x)
    rows = [None] * n
    rows[-1] = x
    for i in range(n - 1):
        if i < 1:
            rows[i] = weights[: n - i] @ rows[-1]
        else:
            rows[i] = weights[:, : len(rows[i - 1])] @ rows[i - 1]
        if i == 1:
            rows[0] = None
    rows[0] = rows[1] * 2
    rows[0] = rows[0][1:]
    return np.sum(rows[0] ** 2) + np.sum(rows[1])


EXAMPLE_ARGS = {
    "remembered": lambda: (0.9, 150),
    "last_seen": lambda: (0.9, 150),
    "until_none": lambda: (0.9, 150),
    "others_than_none": lambda: (0.9, 150),
    "states_filled_in": lambda: (0.9, 150),
    "before_none_goes_in": lambda: (0.9, 150),
    "appended_now_and_then": lambda: (0.9, 70),
    "one_turn": lambda: (0.9,),
    "smoothed_backwards": lambda: (np.array([[1.0, 0.1], [-0.2, 0.9]]), np.array([0.3, 0.5, -0.4])),
    "of_changing_lengths": lambda: (np.cos(np.arange(16.0)).reshape(4, 4), np.sin(np.arange(4.0))),
}
