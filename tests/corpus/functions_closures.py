"""Functions as values: closures, lambdas, factories, decorators, partial application, gradients."""

from __future__ import annotations

import functools
import math
import operator
from functools import partial, reduce

import numpy as np

import gradgen


def product(a, b):
    """Multiplies."""
    return a * b


def power_of(p):
    """Makes a power function."""

    def inner(t):
        return t**p

    return inner


def doubled(fn):
    """Decorates a function: twice its result."""

    @functools.wraps(fn)
    def wrapper(*args, **kwargs):
        return 2.0 * fn(*args, **kwargs)

    return wrapper


@doubled
def decorated_square(t):
    """Is wrapped."""
    return t * t


@functools.cache
def cached_cube(t):
    """Is kept."""
    return t**3


@gradgen.differentiable
def with_gradient(t, s=2.0):
    """Knows its gradient."""
    return math.sin(t) * s


@gradgen.grad
def slope(t, s=2.0):
    """Is a gradient."""
    return t * t * s + t


second_item = operator.itemgetter(1)
scaled_sine = partial(product, 1.5)


def stored_lambdas(x):
    """Lambdas in a dict and a tuple."""
    ops = {"square": lambda t: t * t, "shift": lambda t: t + x}
    pair = (lambda t: t * x, math.sin)
    total = 0.0
    for f in pair:
        total = total + f(ops["shift"](x))
    return total + ops["square"](x)


def late_binding(x):
    """A closure reads what a name means when it is called."""
    scale = 2.0
    f = lambda t: t * scale
    first = f(x)
    scale = x * x
    return first + f(x)


def loop_variable_captured(x):
    """All three lambdas see the last value of the loop's variable."""
    fs = [lambda t: t * i, lambda t: t + i, lambda t: t**i]
    for i in range(1, 4):
        pass
    return fs[0](x) + fs[1](x) * fs[2](x)


def factories(x):
    """Functions that return functions, three deep."""

    def outer(a):
        def middle(b):
            def inner(c):
                return a * b * c + x

            return inner

        return middle

    half = outer(0.5)
    return outer(x)(2.0)(x) * half(x)(x) + power_of(3)(x)


def called_at_once(x):
    """A lambda called where it stands."""
    return (lambda t, u=x * 2.0: t * u)(x + 1.0)


def partial_application(x, y):
    """Partial with values of the loss, and one from outside."""
    f = partial(product, x)
    g = functools.partial(lambda a, b, *, c: a * b - c, y, c=x)
    return f(y) * g(x) + scaled_sine(y) + g(2.0, c=y)


def passed_functions(x):
    """Functions as arguments."""

    def apply(f, *args):
        return f(*args)

    def compose(f, g):
        return lambda t: f(g(t))

    return apply(product, x, x) + compose(math.sin, power_of(2))(x) + apply(lambda: x)


def reduced(x, v):
    """Folds a tuple, a list and an array."""
    first = reduce(lambda a, b: a * b + a, [x, x * 2.0, 3.0])
    second = reduce(operator.mul, v)
    return first + reduce(lambda a, b: a + math.sin(b), v, x) * second


def operators(x, y):
    """The functions of the operator module."""
    total = operator.add(x, operator.mul(x, y)) - operator.truediv(y, operator.neg(x))
    if operator.lt(y, x):
        total = operator.pow(total, 2)
    first, get = operator.itemgetter(0), operator.itemgetter("a")
    return total * first((x, y)) + second_item([x, y]) + get({"a": y})


def wrapped_helpers(x):
    """Helpers behind decorators, here and at the top of the module."""

    @doubled
    def local(t, u=1.0):
        return t * x + u

    return local(x) + local(x, u=x) + decorated_square(x) + cached_cube(x)


def gradients_inside(x, y):
    """Gradients of functions, of lambdas and of closures, inside a loss."""
    along, across = gradgen.grad(product, argnums=(0, 1))(x, y * y)
    cube = gradgen.grad(lambda t: t * t * t)(x)
    value, bent = gradgen.value_and_grad(lambda t: t * t * y)(x)
    return along * across + cube + value * bent


def calls_gradient_functions(x):
    """Calls functions that gradgen decorated."""
    return with_gradient(x) * slope(x) + with_gradient.grad(x, s=x) + slope(x, s=x)


def gradient_of_array_function(w):
    """A penalty on a gradient."""

    def energy(v):
        return np.sum(np.cos(v) * w)

    return np.sum(gradgen.grad(energy)(w) ** 2)


def counts_calls(x):
    """An inner function counts, and keeps the best."""
    best, count = x, 0

    def visit(v):
        nonlocal best, count
        count += 1
        if v > best:
            best = v * x

    for k in range(4):
        visit(x * k * 0.7)
    return best * count


def running_product(x):
    """Each closure has a state of its own."""

    def start(total):
        def times(t):
            nonlocal total
            total = total * t
            return total

        return times

    first, second = start(1.0), start(x)
    return first(x) + second(x) * first(2.0 * x)


def position_in_array(x):
    """An inner function writes at a place that it moves on."""
    a, place = np.zeros(3), 0

    def put(v):
        nonlocal place
        a[place] = v
        place += 1

    put(x)
    put(x * x)
    put(3.0)
    return np.sum(a * a) * place


def state_in_while(x):
    """A name two functions down changes in a loop."""
    total = 0.0

    def add_both():
        def add(v):
            nonlocal total
            total += v

        add(x)
        add(x * total)

    add_both()
    while total < 10.0:
        total = total * 1.5
        add_both()
    return total


EXAMPLE_ARGS = {
    "counts_calls": lambda: (1.3,),
    "running_product": lambda: (1.2,),
    "position_in_array": lambda: (1.1,),
    "state_in_while": lambda: (1.2,),
    "stored_lambdas": lambda: (0.7,),
    "late_binding": lambda: (1.3,),
    "loop_variable_captured": lambda: (0.6,),
    "factories": lambda: (1.2,),
    "called_at_once": lambda: (0.8,),
    "partial_application": lambda: (0.8, -1.4),
    "passed_functions": lambda: (0.8,),
    "reduced": lambda: (0.8, np.array([1.1, 0.4, -2.0])),
    "operators": lambda: (1.4, -0.3),
    "wrapped_helpers": lambda: (0.9,),
    "gradients_inside": lambda: (0.9, 1.2),
    "calls_gradient_functions": lambda: (0.9,),
    "gradient_of_array_function": lambda: (np.array([0.3, -1.1, 0.7]),),
}
