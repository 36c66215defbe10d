"""Short pieces of Python, by kind: bodies of a loss of an array ``x`` and numbers ``s``, ``k``.

Each leaves its result in ``y``.  ``docs/constructs.md`` shows for all of them what gradgen does.
"""

from __future__ import annotations

HEAD = """
import contextlib
import dataclasses
import enum
import functools
import json
import math

import numpy as np

SCALE = {"a": 1.5, "b": 0.5}
WEIGHTS = np.array([0.5, -1.0, 2.0, 0.25])


class Kind(enum.Enum):
    SQUARE = 1
    PLAIN = 2


KIND = Kind.SQUARE


@dataclasses.dataclass
class Point:
    left: float
    right: float

    def length(self):
        return math.hypot(self.left, self.right)

    @property
    def mean(self):
        return 0.5 * (self.left + self.right)


class Further(Point):
    def length(self):
        return 2.0 * super().length()


def helper(v, *more, power=2):
    return v**power + sum(more)


def factorial_like(v, n):
    return v if n == 0 else v * factorial_like(v * 0.5, n - 1)

"""

SNIPPETS: dict[str, list[str]] = {
    "Assignments": [
        "y = x * s",
        "y = z = x * s",
        "y: float = s * s",
        "a, b = s, x[0]; y = a * b",
        "(a, b), c = (s, x[0]), x[1]; y = a * b * c",
        "a, *b = (s, x[0], x[1]); y = a * b[0] * b[1]",
        "a, b = s, x[0]; a, b = b, a; y = a * b * b",
        "y = s; y *= x[0]; y -= 1.0; y /= 3.0; y **= 2",
        "y = (z := s * s) * z",
        "y = s; del s",
        "x.shape = (2, 2); y = x",
    ],
    "Branches": [
        "y = s\nif s > 0.5: y = s * s",
        "if s > 0.5: y = s\nelif s > 0.2: y = s * s\nelse: y = 1.0",
        "y = x[0] if s > 0.5 else x[1]",
        "y = s if s > 0.1 and x[0] < 2.0 or not k else -s",
        "y = s if 0.0 < s < 1.0 else 2.0",
        "match k:\n    case 1: y = s\n    case 2 | 3: y = s * s\n    case _: y = 0.0",
        "match (s, x[0]):\n    case (a, b) if a < b: y = a * b\n    case _: y = s",
        "y = x * x if KIND is Kind.SQUARE else x",
        "y = s if k in (1, 2) else 0.0",
        "y = np.where(x > s, x * x, s)",
        "if s > 5.0: raise ValueError('large')\ny = s * s",
        "assert s > 0.0, 'positive'; y = s * s",
        "if s > 0.1: return s * s\ny = s",
        "try: y = s / x[0]\nexcept ZeroDivisionError: y = 0.0",
        "try: y = s / k if k else s / x[0]\nexcept ZeroDivisionError: y = 0.0",
        "try: y = s * sum(1 / (i - k) for i in range(3))\nexcept ZeroDivisionError: y = 0.0",
        "try: assert x[0] > 1.0; y = x * x\nexcept AssertionError: y = 2.0 * x",
        'try: w = {"a": 2.0}["b"]\nexcept KeyError: w = 3.0\nfinally: y = x * x\ny = y * w',
    ],
    "Loops": [
        "y = 0.0\nfor i in range(len(x)): y += x[i] * s",
        "y = 0.0\nfor i in range(3, 0, -1): y = y * s + x[i]",
        "y = 0.0\nfor i in range(4):\n    for j in range(i): y += x[i] * x[j]",
        "y = 0.0\nfor v in x: y += v * v",
        "y = 0.0\nfor i, v in enumerate(x): y += i * v * s",
        "y = 0.0\nfor a, b in zip(x, WEIGHTS): y += a * b * a",
        "y = 0.0\nfor v in reversed(x): y = y * s + v",
        "y = 0.0\nfor row in np.outer(x, x): y += row[0] * row[1]",
        "y = 1.0\nfor v in (s, x[0], x[1]): y *= v",
        "y = 0.0\nfor name, v in {'a': s, 'b': x[0]}.items(): y += SCALE[name] * v * v",
        "y = 0.0\nfor v in sorted([s, x[0], x[1]]): y = y * 0.5 + v * v",
        "y = s\nwhile y < 10.0: y = y * y + 1.0",
        "y = s\nwhile True:\n    y = y * 1.5\n    if y > 4.0: break",
        "y = 0.0\nfor v in x:\n    if v > 1.0: continue\n    y += v * s",
        "y = s\nfor v in x:\n    if v > 2.0: break\nelse: y = s * s",
        "y = s\nfor i in range(k):\n    for v in x:\n        if v > y: break\n        y += v",
        "for v in x:\n    if v > 0.5: return v * s\ny = s",
        "y = 0.0\nfor i in range(0): y = s\ny = y + s * s",
    ],
    "Comprehensions and generators": [
        "y = sum([v * v for v in x])",
        "y = sum(v * s for v in x if v > 0.5)",
        "y = np.array([v * w for v, w in zip(x, WEIGHTS)])",
        "y = np.array([[a * b for a in x] for b in x])",
        "y = max(v * s for v in x)",
        "d = {i: x[i] * s for i in range(3)}; y = d[0] * d[2]",
        "y = sum(map(lambda v: v * s, x))",
        "y = math.prod([s, x[0], x[1]])",
        "y = any(v > 1.0 for v in x) * s",
        "yield s",
    ],
    "Lists": [
        "a = []\nfor v in x: a.append(v * s)\ny = np.array(a)",
        "a = [s]\nfor i in range(3): a.append(a[-1] * x[i])\ny = sum(a)",
        "a = [s, x[0]]; a[0] = a[1] * 2.0; y = a[0] * a[1]",
        "a = [s]; b = a; b[0] = s * s; y = a[0]",
        "a = [s, x[0]]; a.extend([x[1], s * s]); y = a[3] * a[2]",
        "a = [s, x[0], x[1]]; v = a.pop(); y = v * len(a)",
        "a = [s, x[0]] + [x[1]]; y = a[2] * a[0]",
        "a = [s, x[0], x[1]]; y = a[1:][0] * a[-1]",
        "a = [s, x[0], x[1]]; y = a[k] * s",
        "a = [[s], [x[0]]]; a[1][0] = s * s; y = a[1][0]",
        "a = [s] * 3; y = a[0] * a[2]",
        "y = {s, x[0]}",
    ],
    "Dicts": [
        "d = {'w': s, 'b': x[0]}; y = d['w'] * d['b']",
        "d = {}; d['w'] = s * s; y = d['w']",
        "d = {'w': s}; d['w'] *= x[0]; y = d['w']",
        "d = dict(w=s, b=x); y = d['w'] * d['b']",
        "d = {'w': s}; d.update(b=x[0]); y = d['b'] * d.get('c', s)",
        "d = {'w': s}; y = sum(v * v for v in d.values())",
        "d = {'w': s, **{'b': x[0]}}; y = d['b'] * d['w']",
        "d = {'w': s}; y = s * 2.0 if 'w' in d else 0.0",
    ],
    "Functions": [
        "y = helper(s)",
        "y = helper(s, x[0], x[1], power=3)",
        "y = helper(*(s, x[0]), **{'power': 3})",
        "f = lambda v: v * s; y = f(x)",
        "def f(v, w=2.0): return v * w\ny = f(x) * f(s, w=s)",
        "def f(v):\n    def g(w): return w * v\n    return g\ny = f(s)(x)",
        "c = s\ndef f():\n    nonlocal_free = c * c\n    return nonlocal_free\ny = f()",
        "c = s\ndef f():\n    nonlocal c\n    c = c * x[0]\nf(); y = c",
        "f = functools.partial(helper, power=3); y = f(s)",
        "fs = {'sin': math.sin, 'cos': np.cos}; y = fs['sin'](s) * s",
        "y = sum(f(s) for f in (math.sin, math.cos))",
        "y = functools.reduce(lambda a, b: a * b, [s, x[0], x[1]])",
        "y = factorial_like(s, 3)",
        "y = s * json.loads('2')",
        "y = eval('s * s')",
    ],
    "Objects": [
        "p = Point(s, x[0]); y = p.left * p.right",
        "p = Point(s, x[0]); p.left = s * s; y = p.left",
        "p = Point(s, x[0]); y = p.length() * p.mean",
        "p = Further(s, x[0]); y = p.length()",
        "p = dataclasses.replace(Point(s, x[0]), left=x[1]); y = p.left * p.right",
        "y = s if isinstance(x, np.ndarray) else 0.0",
    ],
    "Subscripts and stores": [
        "y = x[0] * x[-1] + x[k]",
        "y = x[1:] * x[:-1]",
        "y = x[::-1] * x[::2][0]",
        "y = x[:, None] * x[None, :]",
        "y = x[[0, 0, 2]] * s",
        "y = x[x > 0.5] * s",
        "y = x.copy(); y[1] = s * s",
        "y = x.copy(); y[1:] *= s",
        "y = x.copy(); y[[0, 2]] += s * x[0]",
        "y = x.copy(); y[y > 0.5] = s",
        "y = np.zeros((2, 2)); y[0, 1] = s; y[1] = x[:2]",
        "x[0] = s * s; y = x * x",
        "x += s; y = x * x",
        "v = x[1:]; v *= s; y = x * x",
        "v = x.reshape(2, 2); v[0, 0] = s; y = x * x",
        "y = x.copy(); y[1:] += y[:-1] * s",
        "y = np.zeros(4); np.add.at(y, [0, 0, 1], s * x[:3])",
        "y = np.empty(4); np.multiply(x, s, out=y)",
        "y = np.zeros(4, dtype=int); y[0] = s",
        "y = WEIGHTS; y[0] = s",
    ],
    "Numbers and builtins": [
        "y = float(s) * int(k) + abs(-s)",
        "y = max(s, x[0]) + min(s, x[1], 2.0)",
        "y = pow(s, 3) + round(s) + divmod(7, k)[0]",
        "y = sum([s, x[0]], 1.0)",
        "y = len(x) * s + x.size + x.ndim",
        "y = x[0].item() * s",
        "y = math.sqrt(s) + math.atan2(s, x[0]) + math.hypot(s, 1.0)",
        "y = np.float64(s) * np.float32(2.0)",
        "y = s // 0.25 + s % 0.25",
        "y = s**k + 2.0**s",
        "y = bool(s) * s",
        "y = abs(s * 1j)",
        "y = s * int(s)",
    ],
    "Arrays": [
        "y = np.sum(x * x, axis=0) + np.mean(x) + np.std(x)",
        "y = x @ WEIGHTS + np.dot(x, x)",
        "y = np.linalg.norm(x) * s",
        "y = np.concatenate([x, x[:2] * s])",
        "y = np.stack([x, x * s]).T.reshape(-1)",
        "y = np.maximum(x, s) + np.clip(x, 0.5, 1.0)",
        "y = np.cumsum(x) * s",
        "y = np.sort(x) * WEIGHTS",
        "y = x.sum() * x.max() + x.argmax()",
        "y = np.linspace(0.0, s, 4) * x",
        "y = np.array([s, x[0], 1.0])",
        "y = np.exp(x - np.max(x))",
        "y = np.einsum('i->', x)",
        "rng = np.random.default_rng(3); y = rng.normal(size=4) * x",
        "rng = np.random.default_rng(3); y = rng.normal(x, 1.0 + s * s)",
        "rng = np.random.default_rng(3)\ny = rng.permutation(x) * rng.choice(2, p=[0.2, 0.8])",
        "y = np.vectorize(math.sin)(x)",
    ],
    "Statements around the computation": [
        "print('loss', k); y = s * s",
        "message = f'{k} of {s:.2f}'; y = s * s",
        "with np.errstate(all='ignore'): y = np.log(x)",
        "with contextlib.suppress(ValueError): y = s",
        "import math as m; y = m.sin(s)",
        "global TOTAL; TOTAL = s; y = s",
        "pass; y = s",
        "class Local: pass\ny = s",
        "await s",
    ],
}
