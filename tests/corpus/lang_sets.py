"""Sets and tests of membership, of what is found as the program runs."""

import numpy as np


def sets_visited(x, steps):
    seen = set()
    at, total = 0, 0.0
    for k in range(steps):
        if at in seen:
            total -= 0.5 * x[at]
        else:
            total += x[at] ** 2
            seen.add(at)
        at = int(abs(x[at].real) * 7 + k) % len(x)
    return total * len(seen)


def sets_grid_walk(img, limit=-0.5):
    todo, seen, total = [(0, 0)], {(0, 0)}, 0.0
    while todo:
        i, j = todo.pop()
        total += img[i, j] ** 2
        for di, dj in ((0, 1), (1, 0)):
            p = (i + di, j + dj)
            if p[0] < 3 and p[1] < 3 and p not in seen and img[p].real > limit:
                seen.add(p)
                todo.append(p)
    return total / len(seen)


def sets_joined(x):
    a = {1, 2}
    b = set(int(v.real * 3) for v in x)
    c = a | b
    a.discard(1)
    a.update([5], {int(10 * v.real) % 3 for v in x})
    s = x[0] * len(c) + x[1] * len(c & a) + x[2] * len(b - a)
    if isinstance(b, set) and not (c - b - {1, 2}):
        s += x[0] ** 2
    return s if 5 in a else 0.0 * s


def sets_shortest_path(w, n):
    edges = [(0, 1), (0, 2), (1, 2), (2, 3), (1, 3)]
    far = [1e9] * n
    far[0] = 0.0
    done = set()
    while len(done) < n:
        u = min((i for i in range(n) if i not in done), key=lambda i: far[i].real)
        done.add(u)
        for k, (a, b) in enumerate(edges):
            if a == u and (far[u] + w[k]).real < far[b].real:
                far[b] = far[u] + w[k]
    return far[-1] ** 2 + far[1]


def sets_none_twice(x):
    kept, total = [], 0.0
    for v in x:
        k = int(v.real * 4)
        if k in kept:
            continue
        kept.append(k)
        total += v * v * len(kept)
    return total


def sets_in_array(x, w):
    places = np.array([0, 2])
    total = 0.0
    for k in range(len(x)):
        if k in places:
            total += x[k] ** 2
        elif k not in {1, 5}:
            total -= w[k] * x[k]
    return total + (1.0 if 3 in places else 2.0) * x[0]


def dict_of_keys(x):
    counts = dict.fromkeys(("a", "b"), 0.0)
    for k, v in enumerate(x):
        counts["a" if k % 2 else "b"] += v * v
    return counts["a"] * counts["b"] + np.ndarray.sum(x)


def pairs_of_pairs(x):
    head = None
    for v in list(x):
        head = (v, head)
    total, scale = 0.0, 1.0
    while head is not None:
        v, head = head
        total, scale = total + v * v * scale, scale * 0.5
    return total


def frozen_sets_grow(x):
    """A frozen set and a set that the function makes, in a loop and in a recursion."""
    seen = frozenset()
    total = 0.0
    for v in x:
        seen = seen | {int(v * 2.0)}
        total += v * len(seen)

    def cheapest(i, used):
        if i == len(x):
            return 0.0
        ways = [
            x[i] * (1.0 + j) ** 2 + cheapest(i + 1, used | {j})
            for j in range(len(x))
            if j not in used
        ]
        return min(ways) + 0.1 * len(frozenset({i}) - used)

    return total + cheapest(0, frozenset())


def copied_while_they_grow(x):
    """A set and a frozen set of what was seen so far, before and after one more."""
    seen = set()
    total = 0.0
    for v in x:
        before = set(seen)
        seen.add(int(v * 2.0))
        frozen = frozenset(seen)
        seen.add(99)
        total += v * len(before) + v**2 * len(frozen) + len(seen) * v
    return total


def last_one_left(w, ballots):
    """The only item that is left is taken out."""
    alive, rounds = set(range(len(w))), 0.0
    while len(alive) > 1:
        votes = dict.fromkeys(range(len(w)), 0.0)
        for k, ballot in enumerate(ballots):
            for choice in ballot:
                if choice in alive:
                    votes[choice] += w[k] * (1.0 + 0.1 * k)
                    break
        rounds += sum(v**2 for v in votes.values())
        worst = min((v, c) for c, v in votes.items() if c in alive)
        alive.discard(worst[1])
    return rounds + w[alive.pop()]


def nearest_of_the_rest(x):
    """A loop over a set that shrinks, in Python's order, which decides between equal ones."""
    left = set(range(1, len(x)))
    at, total = 0, 0.0
    while left:
        best = None
        for j in left:
            if best is None or abs(x[j].real - x[at].real) < abs(x[best].real - x[at].real):
                best = j
        total += (x[best] - x[at]) ** 2 * len(left)
        left.remove(best)
        at = best
    return total


def algebra_of_sets(x):
    high = {i for i in range(len(x)) if x[i].real > 0.4}
    low = {i for i in range(len(x)) if x[i].real < 1.0}
    total = sum(x[i] for i in high ^ low) + sum(k * x[i] ** 2 for k, i in enumerate(high & low))
    high ^= {0, 1}
    low -= {3}
    if low <= high | {0, 2} and not high.isdisjoint(low) and high != low:
        total *= x[min(high.symmetric_difference(low))] + len(low.difference(high, [1]))
    low &= high
    return total if low.issubset(high) and high >= low else -total


def popped_one_by_one(x):
    todo, seen, total = {0}, set(), 0.0
    while todo:
        i = todo.pop()
        seen.add(i)
        total += x[i] ** 2
        j = (i + 1) % len(x)
        if x[j].real > 0.3 and j not in seen:
            todo.add(j)
    return total


def raised_again_in_recursion(x):
    def attempt(k):
        try:
            if x[k].real < 0.5:
                raise ValueError("low")
            return x[k] ** 2
        except ValueError:
            if k + 1 < len(x):
                return 0.5 * attempt(k + 1)
            raise

    return attempt(0)


def frozen_sets_as_keys(x):
    """What is left is a frozen set, by which results are kept."""
    kept = {}

    def best(left):
        if not left:
            return 0.0
        if left not in kept:
            kept[left] = sum(x[i] * len(left) * best(left - {i}) + x[i] ** 2 for i in left)
        return kept[left]

    return best(frozenset(range(3))) ** 2


def covered(x):
    """The cheapest sets that cover everything; which set it is, the numbers decide."""
    sets = [{1, 2, 3}, {3, 4}, {1, 2, 4, 5}, {5}]
    left, chosen, cost = list(range(len(sets))), set(), 0.0
    while chosen != set().union(*sets):
        best = min(left, key=lambda k: x[k] / max(len(sets[k] - chosen), 1e-3))
        left.remove(best)
        new = sets[best] - chosen
        if not new:
            continue
        cost += x[best] * (1 + 0.1 * len(new)) + sum(x[k % 4] ** 2 for k in sets[best])
        chosen |= sets[best]
    return cost


EXAMPLE_ARGS = {
    "covered": lambda: (np.array([1.2, 0.9, 2.1, 0.6]),),
    "frozen_sets_as_keys": lambda: (np.array([0.5, 1.25, 0.9]),),
    "nearest_of_the_rest": lambda: (np.array([0.5, 1.2, 0.91, 0.1, 0.7, 0.33, 1.4, 0.8, 0.65]),),
    "algebra_of_sets": lambda: (np.array([0.5, 1.2, 0.9, 0.1]),),
    "popped_one_by_one": lambda: (np.array([0.5, 1.2, 0.9, 0.1]),),
    "raised_again_in_recursion": lambda: (np.array([0.2, 0.9, 0.4]),),
    "last_one_left": lambda: (
        np.array([3.0, 1.5, 2.2]),
        np.array([[0, 2, 1], [2, 0, 1], [1, 2, 0]]),
    ),
    "frozen_sets_grow": lambda: (np.array([0.3, 1.2, 0.4]),),
    "copied_while_they_grow": lambda: (np.array([0.3, 1.2, 0.4]),),
    "sets_visited": lambda: (np.array([0.3, -0.8, 0.5, 1.1]), 9),
    "sets_grid_walk": lambda: (np.sin(np.arange(9.0)).reshape(3, 3), -0.5),
    "sets_joined": lambda: (np.array([0.73, 0.23, 0.46]),),
    "sets_shortest_path": lambda: (np.array([1.0, 2.5, 0.7, 1.2, 3.0]), 4),
    "sets_none_twice": lambda: (np.array([0.3, 0.1, 0.6, 0.4]),),
    "sets_in_array": lambda: (np.array([0.3, -0.8, 0.5, 1.1]), np.array([1.0, 2.0, -1.0, 0.5])),
    "dict_of_keys": lambda: (np.array([0.3, -0.8, 0.5, 1.1]),),
    "pairs_of_pairs": lambda: (np.array([0.3, -0.8, 0.5]),),
}
