"""Polynomials as objects, and test functions of optimisation, spelled out."""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np

from gradgen.library.registry import reads, refused


@reads(
    "np.polynomial.Polynomial",
    samples=(
        "np.polynomial.Polynomial(x4)(y3)", "np.polynomial.Polynomial([x, y, 1.0])(x3)",
        "np.polynomial.Polynomial(x3)(y)", "np.polynomial.Polynomial(x3, domain=[0, 2])(y3)",
        "np.polynomial.Polynomial(xf3)(y)", "np.polynomial.Polynomial(xf3)(yf3)",
        "np.polynomial.Polynomial(x4).deriv()(y3)", "np.polynomial.Polynomial(x4).deriv(2)(y)",
        "np.polynomial.Polynomial(x3, domain=[0, 3]).deriv()(y3)",
        "np.polynomial.Polynomial(x3).integ(k=y)(y3)",
        "np.polynomial.Polynomial(x3, domain=[0, 3]).integ()(y3)",
        "(np.polynomial.Polynomial(x3) * np.polynomial.Polynomial(y4))(p)",
        "(np.polynomial.Polynomial(x3) - 2.0 * np.polynomial.Polynomial(y4) + y).coef",
        "((x - np.polynomial.Polynomial(x3)) ** 2 / y)(p3)",
        "(y4 * np.polynomial.Polynomial(x3) * [x, 1.0] + x3)(p)",
        "np.polynomial.Polynomial(x3).integ(2, [x, y], lbnd=p)(y3)",
    ),
)  # fmt: skip
def polynomial(coef, domain=None, window=None, symbol="x"):
    """Return the object that a polynomial of ascending powers is."""
    held = np.array(coef) * 1.0
    old = (-1, 1) if domain is None else domain
    new = (-1, 1) if window is None else window
    moved = domain is not None or window is not None
    scale = (new[1] - new[0]) / (old[1] - old[0])
    offset = (old[1] * new[0] - old[0] * new[1]) / (old[1] - old[0])
    return Powers(held, offset, scale, moved)


class Powers:
    """A polynomial of ascending powers of ``offset + scale * x``, or of ``x`` if not ``moved``."""

    def __init__(self, coef, offset, scale, moved):
        self.coef = coef
        self.offset = offset
        self.scale = scale
        self.moved = moved

    def __call__(self, arg):
        """Return the value."""
        at = self.offset + self.scale * arg if self.moved else arg
        if self.coef.dtype == np.float32:  # the places are double, as offset and scale are
            at = np.asarray(at, dtype=np.float64)
        return np.polynomial.polynomial.polyval(at, self.coef)

    def like(self, coef):
        """Return a polynomial of other coefficients."""
        return Powers(coef, self.offset, self.scale, self.moved)

    def deriv(self, m=1):
        """Return the derivative of an order."""
        coef = self.coef
        for _ in range(m):
            raised = np.arange(1, len(coef)) * (coef[1:] * self.scale)
            coef = raised if len(coef) > 1 else coef * 0
        return self.like(coef)

    def integ(self, m=1, k=0, lbnd=None):
        """Return the integral of an order, of which each one is ``k`` at ``lbnd``."""
        coef, added = self.coef, np.atleast_1d(k)
        for i in tuple(range(m)):
            coef = coef * (1.0 / self.scale)
            raised = coef / np.arange(1, len(coef) + 1)
            least = np.reshape((added[i] if i < len(added) else 0) * 1.0, (1,))
            if lbnd is not None:
                at = self.offset + self.scale * lbnd
                least = least - np.polynomial.polynomial.polyval(at, np.append(0.0, raised))
            coef = np.concatenate([least, raised])
        return self.like(coef)

    def convert(self):
        """Return the polynomial in the variable itself: of sums of powers of it."""
        line = np.array([self.offset, self.scale])
        out = self.coef[-1:]
        for k in tuple(range(2, len(self.coef) + 1)):
            out = _sum(np.convolve(out, line), self.coef[-k : len(self.coef) - k + 1])
        return Powers(out, 0.0, 1.0, False)

    def degree(self):
        """Return the number of powers less one."""
        return len(self.coef) - 1

    def __len__(self):
        """Return the number of powers."""
        return len(self.coef)

    def copy(self):
        """Return the same polynomial, which no method changes."""
        return self.like(self.coef)

    def truncate(self, size):
        """Return the first so many terms."""
        return self.like(self.coef[:size])

    def cutdeg(self, deg):
        """Return the terms up to a degree."""
        return self.like(self.coef[: deg + 1])

    def __add__(self, other):
        """Return the sum with a polynomial, a number or coefficients."""
        return self.like(_sum(self.coef, self.of(other)))

    __radd__ = __add__

    def __neg__(self):
        """Return the polynomial times -1."""
        return self.like(-self.coef)

    def __sub__(self, other):
        """Return the difference from a polynomial, a number or coefficients."""
        return self.like(_sum(self.coef, -self.of(other)))

    def __rsub__(self, other):
        """Return what is left of a number or coefficients."""
        return self.like(_sum(self.of(other), -self.coef))

    def __mul__(self, other):
        """Return the product with a polynomial, a number or coefficients."""
        if not isinstance(other, Powers) and np.ndim(other) == 0:
            return self.like(self.coef * np.atleast_1d(other))
        return self.like(np.convolve(self.coef, self.of(other)))

    __rmul__ = __mul__

    def __truediv__(self, other):
        """Return the polynomial divided by a number."""
        if isinstance(other, Powers) or np.ndim(other) != 0:
            raise TypeError("unsupported types for true division: a polynomial by no number")
        return self.like(self.coef / np.atleast_1d(other))

    def __pow__(self, other):
        """Return a power of whole order."""
        out = self.coef if other > 0 else np.ones(1)
        for _ in tuple(range(1, other)):
            out = np.convolve(out, self.coef)
        return self.like(out)

    def __floordiv__(self, other):
        """Refuse a quotient."""
        return refused("a quotient of polynomials", "use np.polydiv of coefficients")

    __mod__ = __divmod__ = __floordiv__

    def of(self, other):
        """Return the coefficients of a polynomial with the same domain, or of what else it is."""
        if not isinstance(other, Powers):
            return np.atleast_1d(other)
        if self.offset != other.offset or self.scale != other.scale:
            raise TypeError("Domains differ")
        return other.coef


def _sum(one, two):
    """Return the sum of coefficients, the shorter ones as if zeros followed."""
    n = max(len(one), len(two))
    total = np.zeros(n, dtype=np.result_type(one, two))
    total[: len(one)] = one
    total[: len(two)] += two
    return total


@reads(
    "np.poly1d",
    samples=(
        "np.poly1d(x4)(y3)", "np.poly1d([x, y, 1.0])(p)", "np.poly1d(x4).deriv()(y3)",
        "np.poly1d(x3).integ(k=y)(y3)", "(np.poly1d(x3) * np.poly1d(y4) + 2.0)(p)",
        "(np.poly1d(x3) - y * np.poly1d(y4) / 3.0).coeffs", "(np.poly1d(p3) ** 2)[1]",
    ),
)  # fmt: skip
def poly1d(c_or_r, r=False, variable=None):
    """Return the object that a polynomial of descending powers is."""
    if isinstance(c_or_r, Descending):
        return Descending(c_or_r.held)
    return Descending(np.atleast_1d(np.poly(c_or_r) if r else c_or_r))


class Descending:
    """A polynomial of descending powers; NumPy leaves out zeros in front, which add nothing."""

    def __init__(self, held):
        self.held = held

    def __call__(self, val):
        """Return the value."""
        return np.polyval(self.held, val)

    @property
    def coeffs(self):
        """The coefficients, where none is left out."""
        if len(self.held) > 1 and self.held[0] == 0.0:
            raise ValueError("the coefficients of np.poly1d with zeros in front are not supported")
        return self.held

    c = coef = coefficients = coeffs

    @property
    def order(self):
        """The highest power."""
        return len(self.coeffs) - 1

    o = order

    @property
    def roots(self):
        """Where the polynomial is zero."""
        return np.roots(self.held)

    r = roots

    def __getitem__(self, power):
        """Return the coefficient of a power."""
        return self.held[len(self.held) - 1 - power] if 0 <= power < len(self.held) else 0.0

    def deriv(self, m=1):
        """Return the derivative of an order."""
        return Descending(np.polyder(self.held, m))

    def integ(self, m=1, k=0):
        """Return the integral of an order."""
        return Descending(np.polyint(self.held, m, k))

    def __add__(self, other):
        """Return the sum with a polynomial, a number or coefficients."""
        return Descending(np.polyadd(self.held, _held(other)))

    __radd__ = __add__

    def __neg__(self):
        """Return the polynomial times -1."""
        return Descending(-self.held)

    def __sub__(self, other):
        """Return the difference from a polynomial, a number or coefficients."""
        return Descending(np.polysub(self.held, _held(other)))

    def __rsub__(self, other):
        """Return what is left of a number or coefficients."""
        return Descending(np.polysub(_held(other), self.held))

    def __mul__(self, other):
        """Return the product with a polynomial, a number or coefficients."""
        if np.ndim(_held(other)) == 0:
            return Descending(self.held * other)
        return Descending(np.polymul(self.held, _held(other)))

    __rmul__ = __mul__

    def __truediv__(self, other):
        """Return the polynomial divided by a number; quotient and rest by a polynomial."""
        if np.ndim(_held(other)) == 0:
            return Descending(self.held / other)
        quotient, rest = np.polydiv(self.held, _held(other))
        return Descending(quotient), Descending(rest)

    def __pow__(self, val):
        """Return a power of whole order."""
        out = np.ones(1)
        for _ in tuple(range(val)):
            out = np.polymul(self.held, out)
        return Descending(out)


def _held(other):
    return other.held if isinstance(other, Descending) else other


@reads("scipy.optimize.rosen", samples=("scipy.optimize.rosen(x4)", "scipy.optimize.rosen(x32)",
                                        "scipy.optimize.rosen([x, y])"))  # fmt: skip
def rosen(x):
    """Sum ``100 (x[i + 1] - x[i]**2)**2 + (1 - x[i])**2`` along the first axis."""
    x = np.asarray(x)
    return np.sum(100.0 * (x[1:] - x[:-1] ** 2.0) ** 2.0 + (1 - x[:-1]) ** 2.0, axis=0)


@reads("scipy.optimize.rosen_der", samples=("scipy.optimize.rosen_der(x4)",))
def rosen_der(x):
    """Return the gradient of ``rosen``."""
    x = np.asarray(x)
    at, before, after = x[1:-1], x[:-2], x[2:]
    der = np.zeros_like(x)
    der[1:-1] = 200 * (at - before**2) - 400 * (after - at**2) * at - 2 * (1 - at)
    der[0] = -400 * x[0] * (x[1] - x[0] ** 2) - 2 * (1 - x[0])
    der[-1] = 200 * (x[-1] - x[-2] ** 2)
    return der


@reads("math.prod", samples=("math.prod([x, y, p])", "math.prod(x4)", "math.prod([x, y], start=p)"))
def prod(iterable, /, *, start=1):
    """Multiply the items, one after the other."""
    out = start
    for item in iterable:
        out = out * item
    return out
