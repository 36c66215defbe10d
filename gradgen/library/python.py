"""Functions of the standard library, spelled out in the Python that gradgen reads.

A call of one is read as a call of what stands here, at the caller's place in the source.
"""

# ruff: noqa: D103
# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import functools
import operator
from collections.abc import Callable
from typing import Any

from gradgen.library import ordering
from gradgen.library.registry import READ_AS


def itself(a):
    return a


def add(a, b):
    return a + b


def sub(a, b):
    return a - b


def mul(a, b):
    return a * b


def truediv(a, b):
    return a / b


def floordiv(a, b):
    return a // b


def mod(a, b):
    return a % b


def power(a, b):
    return a**b


def matmul(a, b):
    return a @ b


def bit_length(a):
    bits = 0
    rest = abs(a)
    while rest > 0:
        rest >>= 1
        bits += 1
    return bits


def neg(a):
    return -a


def pos(a):
    return +a


def absolute(a):
    return abs(a)


def invert(a):
    return ~a


def and_(a, b):
    return a & b


def or_(a, b):
    return a | b


def xor(a, b):
    return a ^ b


def truth(a):
    return bool(a)


def ipow(a, b):
    a **= b
    return a


def imod(a, b):
    a %= b
    return a


def ifloordiv(a, b):
    a //= b
    return a


def imatmul(a, b):
    a @= b
    return a


def call(function, /, *args, **kwargs):
    return function(*args, **kwargs)


def lt(a, b):
    return a < b


def le(a, b):
    return a <= b


def gt(a, b):
    return a > b


def ge(a, b):
    return a >= b


def eq(a, b):
    return a == b


def ne(a, b):
    return a != b


def not_(a):
    return not a


def getitem(a, b):
    return a[b]


def setitem(a, b, c):
    a[b] = c


def contains(a, b):
    return b in a


def iadd(a, b):
    a += b
    return a


def isub(a, b):
    a -= b
    return a


def imul(a, b):
    a *= b
    return a


def itruediv(a, b):
    a /= b
    return a


def partial(function, /, *held, **named):
    def call(*args, **kwargs):
        return function(*held, *args, **{**named, **kwargs})

    return call


def itemgetter(item, /, *items):
    if items:
        return lambda obj: (obj[item], *[obj[k] for k in items])
    return lambda obj: obj[item]


def attrgetter(name, /, *names):
    if names:
        return lambda obj: (getattr(obj, name), *[getattr(obj, n) for n in names])
    return lambda obj: getattr(obj, name)


def methodcaller(name, /, *args, **kwargs):
    return lambda obj: getattr(obj, name)(*args, **kwargs)


def wraps(wrapped, assigned=functools.WRAPPER_ASSIGNMENTS, updated=None):
    return lambda function: named_after(function, wrapped, assigned)


def update_wrapper(wrapper, wrapped, assigned=functools.WRAPPER_ASSIGNMENTS, updated=None):
    return named_after(wrapper, wrapped, assigned, in_place=True)


def named_after(wrapper, wrapped, assigned, in_place=False):
    raise NotImplementedError("it is read by what knows the names of functions")


def lru_cache(maxsize=None, typed=False):
    return functools.cache


def reduce(function, iterable, start, /):
    out = start
    for item in iterable:
        out = function(out, item)
    return out


def reduce_from_first(function, iterable, /):
    if len(iterable) == 0:
        raise TypeError("reduce() of empty iterable with no initial value")
    out = iterable[0]
    for k in range(1, len(iterable)):
        out = function(out, iterable[k])
    return out


def reduce_iterator(function, iterator, /):
    return reduce_from_first(function, list(iterator))


def reduce_in_turns(function, iterator, /):
    out, begun = None, False
    for item in iterator:
        out = function(out, item) if begun else item
        begun = True
    if not begun:
        raise TypeError("reduce() of empty iterable with no initial value")
    return out


READ: dict[Any, Callable[..., Any]] = {
    operator.add: add, operator.sub: sub, operator.mul: mul, operator.truediv: truediv,
    operator.floordiv: floordiv, operator.mod: mod, operator.pow: power, operator.matmul: matmul,
    operator.neg: neg, operator.pos: pos, operator.lt: lt, operator.le: le, operator.gt: gt,
    operator.ge: ge, operator.eq: eq, operator.ne: ne, operator.not_: not_,
    operator.getitem: getitem, operator.setitem: setitem, operator.contains: contains,
    operator.iadd: iadd, operator.isub: isub, operator.imul: imul, operator.itruediv: itruediv,
    operator.ipow: ipow, operator.imod: imod, operator.ifloordiv: ifloordiv,
    operator.imatmul: imatmul, operator.abs: absolute, operator.invert: invert,
    operator.inv: invert,
    operator.and_: and_, operator.or_: or_, operator.xor: xor, operator.truth: truth,
    operator.concat: add, operator.iconcat: iadd,
    operator.itemgetter: itemgetter, operator.attrgetter: attrgetter,
    operator.methodcaller: methodcaller, functools.partial: partial, functools.wraps: wraps,
    functools.update_wrapper: update_wrapper,
    **ordering.DERIVED,
}  # fmt: skip
if hasattr(operator, "call"):
    READ[operator.call] = call
for _known, _function in READ.items():
    READ_AS.enter(_known, _function)
