"""Functions that call themselves and each other."""

from __future__ import annotations

import math

import numpy as np


def power(x, n):
    """A product of equal factors."""
    if n == 0:
        return 1.0
    return x * power(x, n - 1)


def recursive_loss(x, n):
    """The differentiated function calls itself."""
    if n <= 0:
        return math.sin(x)
    half = recursive_loss(x * 0.5, n - 1)
    return half * half + x


def fibonacci(x, n):
    """Calls itself twice."""
    if n <= 1:
        return x
    return fibonacci(x, n - 1) * x + math.sin(fibonacci(x, n - 2))


def fibonacci_loss(x, n):
    """A tree of calls."""
    return fibonacci(x, n) + fibonacci(x * x, n - 2)


def even(x, n):
    """Calls the other one."""
    return x if n == 0 else odd(x * x, n - 1)


def odd(x, n):
    """Calls the first one."""
    if n == 0:
        return 2.0 * x
    return math.sin(even(x, n - 1)) * x


def mutual(x, n):
    """Two functions that call each other."""
    return even(x, n) * power(x, n)


def sum_from(v, i):
    """Runs along an array."""
    if i == len(v):
        return 0.0
    return v[i] ** 2 + 0.5 * sum_from(v, i + 1)


def array_sum(v):
    """The depth is a length."""
    return sum_from(v, 0)


def halves(v):
    """Splits an array."""
    if len(v) == 1:
        return v[0] ** 2
    middle = len(v) // 2
    return halves(v[:middle]) + halves(v[middle:]) * v[0]


def divide_and_conquer(v):
    """Views of views."""
    return halves(v)


def newton(x, a):
    """The depth depends on the numbers."""
    if abs(x * x - a) < 1e-12:
        return x
    return newton(0.5 * (x + a / x), a)


def root(a):
    """A square root."""
    return newton(1.0, a) * a


def simpson(f, a, b, whole, depth):
    """Adaptive quadrature of a function that is passed on."""
    m = 0.5 * (a + b)
    left = (m - a) * f(0.5 * (a + m))
    right = (b - m) * f(0.5 * (m + b))
    if depth == 0 or abs(left + right - whole) < 1e-3:
        return left + right
    return simpson(f, a, m, left, depth - 1) + simpson(f, m, b, right, depth - 1)


def quadrature(x, k):
    """A closure goes down the recursion."""
    return simpson(lambda t: math.exp(math.sin(k * t * x)), 0.0, x, 0.0, 6)


def local_recursion(x, n):
    """A local function that reads a name around it."""

    def go(k, total):
        if k == 0:
            return total
        return go(k - 1, total * x + k)

    return go(n, 1.0)


def pair(x, n):
    """Returns a tuple."""
    if n == 0:
        return x, 1.0
    a, b = pair(x * 0.5, n - 1)
    return a * b, a + b


def several_results(x, n):
    """Two results."""
    a, b = pair(x, n)
    return a * b


def layers(w, x, n):
    """Arrays down the recursion."""
    if n == 0:
        return x
    return np.tanh(w @ layers(w, x, n - 1))


def deep_network(w, x, n):
    """A network of equal layers."""
    return np.sum(layers(w, x, n) ** 2)


def branching(x, k):
    """A recursion in a loop."""
    total = x
    for i in range(3):
        if k > i:
            total = total + branching(total * 0.3, k - 1) * x
    return total * x


def recursion_in_loop(x, k):
    """Many calls in a loop."""
    total = 0.0
    for i in range(k):
        total = total + branching(x * i * 0.5, i)
    return total


def collatz(x, n):
    """Leaves a loop by a recursion."""
    while n > 0:
        if x > 3.0:
            return collatz(x * 0.5, n - 1)
        x = x * 1.5
        n = n - 1
    return x * x


def jumps(x, n):
    """An early return with a recursive call."""
    return collatz(x, n)


def factorial(n):
    """Has nothing to differentiate."""
    if n <= 1:
        return 1
    return n * factorial(n - 1)


def passive(x, n):
    """A recursion over integers alone."""
    total = 0.0
    for k in range(n):
        total += x**k / factorial(k)
    return total


def appended(x, n, out):
    """Appends to a list that it is given."""
    if n == 0:
        return 0.0
    out.append(x * n)
    return x + appended(x * x * 0.5, n - 1, out)


def grows_a_list(x, n):
    """A list that all calls share."""
    out = []
    total = appended(x, n, out)
    for item in out:
        total = total + item * item
    return total


def fill(a, x, i):
    """Writes into an array that it is given."""
    if i < len(a):
        a[i] = x * i
        fill(a, x * x * 0.5, i + 1)


def fills_an_array(x, n):
    """An array that all calls write to."""
    a = np.zeros(n)
    fill(a, x, 0)
    return np.sum(a * a) * a[n - 1]


class Tree:
    """A node with children."""

    def __init__(self, value, left=None, right=None):
        self.value, self.left, self.right = value, left, right

    def total(self):
        """Sum over the tree."""
        out = self.value**2
        if self.left is not None:
            out = out + self.left.total()
        if self.right is not None:
            out = out + 2.0 * self.right.total()
        return out


def tree_of_objects(x):
    """The depth is that of a structure: it is written out."""
    return Tree(x, Tree(2.0 * x), Tree(x * x, Tree(x))).total()


def nested(t, x):
    """Walks a tuple."""
    if isinstance(t, tuple):
        return nested(t[0], x) * nested(t[1], x) + x
    return t * x


def tree_of_tuples(x):
    """The same for tuples."""
    return nested(((1.0, 2.0), (3.0, x)), x)


def horner(coefficients, x):
    """Takes the first of a list off."""
    if not coefficients:
        return 0.0
    return coefficients[0] + x * horner(coefficients[1:], x)


def polynomial(x):
    """A list that shrinks."""
    return horner([1.0, x, 2.0, -x], x)


class Node:
    """Holds a list of children."""

    def __init__(self, value, children=()):
        self.value, self.children = value, list(children)

    def total(self):
        """Sum over the node and all below."""
        return self.value**2 + sum(c.total() for c in self.children)


def tree_of_lists(x):
    """Lists of children, empty ones too."""
    return Node(x, [Node(2.0 * x), Node(x * x, [Node(x)])]).total()


def flattened(t):
    """Sums squares at any depth."""
    if isinstance(t, list | tuple):
        return sum(flattened(u) for u in t)
    return t * t


def nested_lists(x):
    """Lists in lists, empty ones too."""
    return flattened([x, [2.0 * x, (x, 3.0)], []])


def through_layers(params, x, k):
    """Counts up to a length that is known."""
    if k == len(params):
        return x
    w, b = params[k]
    return through_layers(params, math.tanh(w * x + b), k + 1)


def many_layers(x):
    """Eighteen layers, written out."""
    return through_layers([(x, 1.0)] * 3 + [(2.0, x)] * 15, x, 0)


def minors(a, row, used):
    """Hands an array on as it is; its sweeps add to one adjoint."""
    n = a.shape[0]
    if row == n:
        return 1.0
    total, sign = 0.0, 1.0
    for j in range(n):
        if not (used >> j) & 1:
            total += sign * a[row, j] * minors(a, row + 1, used | (1 << j))
            sign = -sign
    return total


def determinant(a):
    """A determinant by minors, and an entry read beside it."""
    return 2.0 * minors(a, 0, 0) + a[0, 0] ** 2


def determinant_times_entry(a):
    """The adjoint of an entry needs the determinant."""
    return minors(a, 0, 0) * a[0, 0]


def pairs(a, b, k):
    """Takes two arrays that may be one, and swaps them for a part of the way."""
    if k == 0:
        return a[0] * b[1]
    if k % 2:
        return a[k % 3] * pairs(a, b, k - 1) + np.sum(a * b)
    return b[k % 3] * pairs(b, a, k - 1)


def same_twice(a):
    """One array for both, then a sum with a fresh one."""
    return pairs(a, a, 4) + pairs(a, np.sin(a), 3)


def grown(s, depth):
    if depth <= 0:
        return s
    s += math.exp(0.5)
    return grown(np.prod([s + 1.0 for _ in range(2)]), depth - 1.0)


def loop_between_two_calls(x, a):
    """The sweep of the second call comes before that of the first."""
    x = grown(x, 0.5)
    return x + grown(sum([a[h] for h in range(2)]), 1)


def loops_between_three_calls(x, a):
    first = grown(x, 0.5)
    total = 0.0
    for v in a:
        total += v * v
    second = grown(0.1 * total, 1)
    third = grown(0.2 * x, 0.5)
    for v in a:
        total += np.sin(v)
    return first * grown(0.1 * total, 0.5) + second * third


class Memo:
    """A function that keeps what it gave, and calls itself by way of the object."""

    def __init__(self, function):
        self.function, self.kept, self.hits = function, {}, 0

    def __call__(self, *key):
        if key in self.kept:
            self.hits += 1
        else:
            self.kept[key] = self.function(self, *key)
        return self.kept[key]


def kept_by_an_object(p, n, k):
    choose = Memo(
        lambda self, n, k: (
            1.0 if k in (0, n) else p * self(n - 1, k - 1) + (1.0 - p) * self(n - 1, k)
        )
    )
    return choose(n, k) + choose.hits * p


def _entry_or_second(u, q, depth):
    if 0.5 < u[depth] < 0.837:
        return _entry_or_second(u.ravel(), 1.4, 1)
    return u[depth] * u[depth]


def result_for_nothing(u):
    """The result of a call goes into another, which makes nothing of it."""
    return sum([_entry_or_second(u, _entry_or_second(u, 0.5, 0), 2) for _ in (1, 2)])


def _powers(x, n):
    out = _powers(x, n - 1) if n > 0 else []
    out.append((x[n], x[n] ** (n + 1)))
    return out


def pairs_appended_on_the_way_back(x, n):
    return sum(a * b for a, b in _powers(x, n))


def halved(y, h, p, depth):
    """A step, or two of half its length where these differ."""
    slope = np.array([y[1], -p[0] * y[0] + p[1] * y[1]])
    middle = y + 0.5 * h * slope
    two = middle + 0.5 * h * np.array([middle[1], -p[0] * middle[0]])
    if np.max(np.abs(two - y - h * slope)) < 0.06 or depth > 4:
        return two, 1
    first, n = halved(y, h / 2, p, depth + 1)
    second, m = halved(first, h / 2, p, depth + 1)
    return second, n + m


def steps_as_long_as_can_be(p, y, end):
    """The sweep of the pair hands back the array that it adds to."""
    t, count = 0.0, 0
    while t < end:
        y, n = halved(y, 0.5, p, 0)
        t += 0.5
        count += n
    return y @ y + 0.01 * count


def added_to(hist, w, n):
    if n > 0:
        hist = added_to(hist, 0.8 * w, n - 1)
    hist[n] += w * w
    return hist


def handed_back(w, x, n):
    """The result is the array that was given, by another name."""
    h = x.copy()
    r = added_to(h, w, n)
    r[1] *= w
    return np.sum(h * r) + h[0]


def turned(a, b, n):
    a[0] += b[1]
    if n <= 0:
        return a
    return turned(b, a, n - 1)


def one_or_the_other(x, n):
    """Which of two arrays comes back, the depth decides."""
    a, b = x.copy(), 2.0 * x
    r = turned(a, b, n)
    return np.sum(r * a) + np.sum(b * r)


def _damped(b, p, depth):
    if depth <= 0:
        return p - b[depth]
    if p > -30.0:
        return p + 0.5 * _damped(b, p**2, depth - 1)
    return b[depth] + 0.6


def half_a_square_beside(a, m):
    """The adjoint of half a square is the array itself, to which the sweep of a call adds."""
    for n in range(3, 0, -2):
        a[1] *= a[n - 1]
    value = 0.5 * np.sum(a * a) + np.sum(m) * _damped(a, m[0, 0] - a[0], 1)
    return value + np.sum(m) * _damped(a, m[0, 0] - a[0], 1)


EXAMPLE_ARGS = {
    "half_a_square_beside": lambda: (
        np.array([0.5, -0.2, 0.3, 0.4]),
        np.array([[1.1, 0.9], [0.2, 0.3]]),
    ),
    "steps_as_long_as_can_be": lambda: (np.array([2.0, -0.3]), np.array([1.0, 0.2]), 1.2),
    "handed_back": lambda: (0.7, np.array([0.3, -0.7, 1.1, 0.6]), 3),
    "one_or_the_other": lambda: (np.array([0.3, -0.7, 1.1]), 3),
    "pairs_appended_on_the_way_back": lambda: (np.array([0.5, 0.3, 0.7, 0.2]), 2),
    "kept_by_an_object": lambda: (0.4, 5, 3),
    "grown": lambda: (0.3, 1.5),
    "loop_between_two_calls": lambda: (-0.91, np.array([0.14, 1.14])),
    "loops_between_three_calls": lambda: (-0.4, np.array([0.14, 0.5, -0.3])),
    "determinant": lambda: (np.array([[0.4, 1.2, -0.3], [0.8, 0.1, 0.9], [1.5, -0.7, 0.2]]),),
    "determinant_times_entry": lambda: (np.array([[0.4, 1.2], [0.8, 0.1]]),),
    "same_twice": lambda: (np.array([0.7, -1.2, 0.4]),),
    "tree_of_lists": lambda: (0.8,),
    "nested_lists": lambda: (0.8,),
    "many_layers": lambda: (0.8,),
    "recursive_loss": lambda: (1.2, 3),
    "fibonacci_loss": lambda: (0.8, 5),
    "mutual": lambda: (0.9, 3),
    "array_sum": lambda: (np.array([1.0, -0.5, 2.0]),),
    "divide_and_conquer": lambda: (np.array([1.0, -0.5, 2.0, 0.3, 1.1]),),
    "root": lambda: (2.5,),
    "quadrature": lambda: (1.1, 2.0),
    "local_recursion": lambda: (0.7, 4),
    "several_results": lambda: (1.3, 3),
    "deep_network": lambda: (np.array([[0.3, -0.2], [0.5, 0.1]]), np.array([0.6, -1.1]), 3),
    "recursion_in_loop": lambda: (0.9, 4),
    "jumps": lambda: (1.3, 6),
    "passive": lambda: (0.7, 6),
    "grows_a_list": lambda: (0.9, 4),
    "fills_an_array": lambda: (1.2, 5),
    "tree_of_objects": lambda: (0.8,),
    "tree_of_tuples": lambda: (0.8,),
    "polynomial": lambda: (0.8,),
    "result_for_nothing": lambda: (np.array([0.3, -0.5, 0.4]),),
}

MORE_ARGS = {
    "handed_back": [lambda: (0.7, np.array([0.3, -0.7]), 0)],
    "one_or_the_other": [lambda: (np.array([0.3, -0.7]), 2), lambda: (np.array([0.3, 0.5]), 0)],
    "result_for_nothing": [lambda: (np.array([0.6, 1.3, 0.7]),)],
    "recursive_loss": [lambda: (1.2, 0), lambda: (0.5, 6)],
    "fibonacci_loss": [lambda: (0.8, 1)],
    "mutual": [lambda: (0.9, 0), lambda: (0.9, 4)],
    "array_sum": [lambda: (np.zeros(0),), lambda: (np.array([2.0]),)],
    "divide_and_conquer": [lambda: (np.array([2.0]),)],
    "several_results": [lambda: (1.3, 0)],
    "deep_network": [lambda: (np.eye(2), np.array([0.6, -1.1]), 0)],
    "recursion_in_loop": [lambda: (0.9, 0)],
    "jumps": [lambda: (1.3, 0), lambda: (5.0, 3)],
    "grows_a_list": [lambda: (0.9, 0)],
}
