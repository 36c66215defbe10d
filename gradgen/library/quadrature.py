"""Integrals of functions as ``scipy.integrate.quad`` does them.

R. Piessens and others, *QUADPACK* (1983), QAGS and QAGI: a Kronrod rule of 21 points (of 15 in
``t``, where ``x = a + (1 - t) / t``, for an infinite range) and the Gauss rule in a part of them,
whose difference is the error.  While that is too large, the worst interval is halved.  What is
differentiated is the sum over the intervals.  For singular integrands, QUADPACK extrapolates from
sums over ever smaller intervals; a derivative of that is refused.
"""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np

from gradgen.library.registry import reads

# Those of the Gauss rule first, as QUADPACK takes them.
PLACES = np.array([
    0.9739065285171717, 0.8650633666889845, 0.6794095682990244, 0.4333953941292472,
    0.14887433898163122, 0.9956571630258081, 0.9301574913557082, 0.7808177265864169,
    0.5627571346686047, 0.2943928627014602,
])  # fmt: skip
NODES = np.concatenate(([0.0], -PLACES, PLACES))
WEIGHTS = np.array([
    0.032558162307964725, 0.07503967481091996, 0.10938715880229764, 0.13470921731147334,
    0.14773910490133849, 0.011694638867371874, 0.054755896574351995, 0.0931254545836976,
    0.12349197626206584, 0.14277593857706009,
])  # fmt: skip
MIDDLE = 0.1494455540029169
GAUSS = np.array([
    0.06667134430868814, 0.1494513491505806, 0.21908636251598204, 0.26926671930999635,
    0.29552422471475287,
])  # fmt: skip
FROM_OUTSIDE = np.array([5, 0, 6, 1, 7, 2, 8, 3, 9, 4])
# Those of 15 points: from the outside, with the Gauss rule at every second one and the middle.
PLACES_15 = np.array([
    0.9914553711208126, 0.9491079123427585, 0.8648644233597691, 0.7415311855993945,
    0.5860872354676911, 0.4058451513773972, 0.20778495500789848,
])  # fmt: skip
NODES_15 = np.concatenate(([0.0], -PLACES_15, PLACES_15))
WEIGHTS_15 = np.array([
    0.022935322010529224, 0.06309209262997856, 0.10479001032225019, 0.14065325971552592,
    0.1690047266392679, 0.19035057806478542, 0.20443294007529889,
])  # fmt: skip
MIDDLE_15 = 0.20948214108472782
GAUSS_15 = np.array([0.1294849661688697, 0.27970539148927664, 0.3818300505051189])
GAUSS_MIDDLE_15 = 0.4179591836734694
GAUSS_AT, GAUSS_AT_15 = np.arange(5), np.arange(1, 7, 2)
EPSILON, TINY = 2.0**-52, 2.0**-1022


def known_infinite(x):
    """Whether a number is known to be infinite where the call is read; the front end says."""
    raise NotImplementedError


@reads(
    "scipy.integrate.quad",
    samples=(
        "scipy.integrate.quad(lambda t: np.exp(-p * t), 0.0, 1.5)[0]",
        "scipy.integrate.quad(lambda t, a: a * t**3, x, y, args=(p,))[0]",
        "scipy.integrate.quad(lambda t, a, b: np.sin(a * t + b), 0, y, (x, u), epsabs=1e-6)[0]",
        "scipy.integrate.quad(np.cos, x, y)[0]",
        "scipy.integrate.quad(lambda t, a: math.exp(a * t), y, 0.0, args=x)[0]",
        "scipy.integrate.quad(lambda t: np.exp(-p * (t - x) ** 2), -np.inf, np.inf)[0]",
        "scipy.integrate.quad(lambda t: np.exp(-p * t) * t, x, np.inf)[0]",
        "scipy.integrate.quad(lambda t: 1.0 / (t * t + 0.1 * p), 8, x)[0]",
        "scipy.integrate.quad(lambda t: abs(t - x) * p, -3, y + 4, points=[x, 9.0])[0]",
        "scipy.integrate.quad(lambda t: np.exp(-p * t), x, y, weight='cos', wvar=o)[0]",
        "scipy.integrate.quad(lambda t, a: t**a, y, 4, (p,), weight='sin', wvar=9.0)[0]",
        "scipy.integrate.quad(lambda t: np.exp(-p * t), x, y, weight='cauchy', wvar=u)[0]",
        "scipy.integrate.quad(lambda t: np.exp(-p * t), x, y, weight='alg-loga', wvar=(c, u))[0]",
    ),
)
def quad(
    func, a, b, args=(), full_output=0, epsabs=1.49e-8, epsrel=1.49e-8, limit=50, points=None,
    weight=None, wvar=None, wopts=None, maxp1=50, limlst=50, complex_func=False,
):  # fmt: skip
    """Integrate a function over intervals that are halved where the error is largest."""
    more = args if isinstance(args, tuple) else (args,)
    if known_infinite(a) and known_infinite(b):
        total, error = _sum_of_parts(func, more, 0.0, 1.0, 0.0, 2, epsabs, epsrel, limit)
        return (total, error) if a < b else (-total, error)
    if known_infinite(a) or known_infinite(b):
        end, infinite = (b, a) if known_infinite(a) else (a, b)
        side = 1 if infinite > 0.0 else -1
        total, error = _sum_of_parts(func, more, 0.0, 1.0, end, side, epsabs, epsrel, limit)
        return (total, error) if a < b else (-total, error)
    low, high, sign = a, b, 1.0
    if b < a:
        low, high, sign = b, a, -1.0
    if points is not None:
        total, error = _sum_between(func, more, low, high, np.asarray(points), epsabs, epsrel)
        return sign * total, error
    total, error = _sum_of_parts(func, more, low, high, 0.0, 0, epsabs, epsrel, limit)
    return sign * total, error


def _sum_between(func, more, low, high, points, epsabs, epsrel):
    """Integrate from each of some points to the next, once (QAGP, before it halves them)."""
    inner = np.unique(points)
    inner = inner[(low < inner) & (inner < high)]
    ends = np.concatenate((np.reshape(low, 1), inner, np.reshape(high, 1)))
    total = error = 0.0
    for k in range(len(ends) - 1):
        found, wrong, _ = _of_part(func, more, ends[k], ends[k + 1], 0.0, 0)
        total, error = total + found, error + wrong
    if error > max(epsabs, epsrel * abs(total)):
        raise ValueError(
            "the derivative of scipy.integrate.quad with points= is not supported where it has to "
            "halve the intervals between them: give more points"
        )
    return total, error


@reads(
    "scipy.integrate.dblquad",
    samples=(
        "scipy.integrate.dblquad(lambda t, s: p * s * t, 0, 1, 0.0, u)[0]",
        "scipy.integrate.dblquad(lambda t, s, a: np.exp(-a * s * t), 0, x, lambda s: 0.5 * s, "
        "lambda s: 1.0 + s * y, args=(p,))[0]",
    ),
)
def dblquad(func, a, b, gfun, hfun, args=(), epsabs=1.49e-8, epsrel=1.49e-8):
    """Integrate over a region of the plane: integrals along lines, integrated."""
    worst = np.zeros(1)

    def along_line(x, *more):
        low = gfun(x) if callable(gfun) else gfun
        high = hfun(x) if callable(hfun) else hfun
        value, error = quad(func, low, high, args=(x, *more), epsabs=epsabs, epsrel=epsrel)
        worst[0] = max(worst[0], error)
        return value

    total, error = quad(along_line, a, b, args=args, epsabs=epsabs, epsrel=epsrel)
    return total, max(worst[0], error)


def _sum_of_parts(func, more, low, high, end, side, epsabs, epsrel, limit):
    """Integrate by parts of the range; of an infinite one, ``side`` says where from ``end``."""
    lows, highs, parts, errors = np.zeros(limit), np.zeros(limit), np.zeros(limit), np.zeros(limit)
    lows[0], highs[0] = low, high
    born, worst_first = np.zeros(limit, dtype=int), np.zeros(1, dtype=int)
    worst, rank, accurate = 0, 0, False
    area = error = error_of_large = bound_then = before = recent = 0.0
    small, sums = 0.375 * abs(high - low), 0
    for last in range(limit):
        start, stop, old = lows[worst], highs[worst], errors[worst]
        middle, spread, found, wrong = 0.5 * (start + stop), 0.0, np.zeros(2), np.zeros(2)
        for half in range(2 if last else 1):
            left = middle if half else start
            right = stop if half or last == 0 else middle
            found[half], wrong[half], spread = _of_part(func, more, left, right, end, side)
        area = area + (found[0] + found[1]) - parts[worst]
        error = error + (wrong[0] + wrong[1]) - old
        bound = max(epsabs, epsrel * abs(area))
        # The half with the larger error takes the place of the whole.
        worse = 1 if wrong[1] > wrong[0] else 0
        if last:
            lows[worst], highs[worst] = (middle, stop) if worse else (start, middle)
            lows[last], highs[last] = (start, middle) if worse else (middle, stop)
            parts[last], errors[last] = found[1 - worse], wrong[1 - worse]
        parts[worst], errors[worst] = found[worse], wrong[worse]
        accurate = error <= bound and (last > 0 or error < spread or error > spread or error <= 0.0)
        if accurate:
            break
        if last == 0:
            before = area
            continue
        born[worst], born[last] = 2 * last + 1, 2 * last
        worst_first = np.lexsort((-born[: last + 1], -errors[: last + 1]))
        if last == 1:
            worst, error_of_large, bound_then, recent = worst_first[0], error, bound, area
            continue
        error_of_large = error_of_large - old
        if abs(middle - start) > small:
            error_of_large = error_of_large + (wrong[0] + wrong[1])
        rank = _rank_of_next(worst_first, lows, highs, small, rank, error_of_large > bound_then)
        if rank > last:
            # Here QUADPACK extrapolates; up to the third time it does not use the result.
            sums += 1
            if sums > 3 or (_same(recent, before) and _same(area, recent)):
                break
            # Where it finds the sums irregular, it does not do so again.
            small = -1.0 if _irregular(before, recent, area) else 0.5 * small
            before, recent, rank, error_of_large = recent, area, 0, error
        worst = worst_first[rank]
    if not accurate:
        raise ValueError(
            "the derivative of scipy.integrate.quad is not supported where it has to extrapolate: "
            "split the range where the integrand changes fast or is singular"
        )
    total = 0.0
    for part in parts:
        total = total + part
    return total, error


def _same(a, b):
    return abs(a - b) <= EPSILON * max(abs(a), abs(b))


def _irregular(before, recent, area):
    """Whether the first step of Wynn's epsilon algorithm has no use for three sums."""
    if _same(recent, before) or _same(area, recent):
        return True
    return abs((1.0 / (area - recent) - 1.0 / (recent - before)) * recent) <= 1e-4


def _rank_of_next(worst_first, lows, highs, small, rank, large_first):
    """Return which interval is next: the worst, or of the large ones; none if there are none."""
    if rank == 0 and abs(highs[worst_first[0]] - lows[worst_first[0]]) > small:
        return 0
    if not large_first:
        return len(worst_first)
    rank = max(rank, 1)
    while (
        rank < len(worst_first) and abs(highs[worst_first[rank]] - lows[worst_first[rank]]) <= small
    ):
        rank += 1
    return rank


def _of_part(func, more, low, high, end, side):
    """Return the integral over an interval, the estimate of its error, and its spread."""
    middle, half = 0.5 * (low + high), 0.5 * (high - low)
    if side == 0:
        values = np.zeros(21)
        for k in range(21):
            values[k] = func(float(middle + half * NODES[k]), *more)
        return _with_error(values, half, MIDDLE, WEIGHTS, 0.0, GAUSS, GAUSS_AT, FROM_OUTSIDE)
    values = np.zeros(15)
    for k in range(15):
        t = middle + half * NODES_15[k]
        x = end + min(side, 1) * (1.0 - t) / t
        value = func(float(x), *more)
        if side == 2:
            value = value + func(float(-x), *more)
        values[k] = value / t / t
    return _with_error(
        values, half, MIDDLE_15, WEIGHTS_15, GAUSS_MIDDLE_15, GAUSS_15, GAUSS_AT_15, np.arange(7)
    )


def _with_error(values, half, of_middle, weights, of_middle_gauss, gauss, gauss_at, outward):
    """Return a Kronrod rule's sum, QUADPACK's estimate of the error, and the spread."""
    count = len(weights)
    below, above = values[1 : count + 1], values[count + 1 :]
    total, size = of_middle * values[0], of_middle * abs(values[0])
    for k in range(count):
        total = total + weights[k] * (below[k] + above[k])
        size = size + weights[k] * (abs(below[k]) + abs(above[k]))
    rough = of_middle_gauss * values[0] if of_middle_gauss else 0.0
    for k in range(len(gauss)):
        rough = rough + gauss[k] * (below[gauss_at[k]] + above[gauss_at[k]])
    spread = of_middle * abs(values[0] - 0.5 * total)
    for j in outward:
        far = abs(below[j] - 0.5 * total) + abs(above[j] - 0.5 * total)
        spread = spread + weights[j] * far
    size, spread, error = size * abs(half), spread * abs(half), abs((total - rough) * half)
    if spread > 0.0 and error > 0.0:
        error = spread * min(1.0, (200.0 * error / spread) ** 1.5)
    if size > TINY / (50.0 * EPSILON):
        error = max(50.0 * EPSILON * size, error)
    return total * half, error, spread
