"""Objects that raise where nothing looks like a call: properties, new objects, subscripts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


class EmptyError(Exception):
    pass


class Account:
    fee = 0.01

    def __init__(self, balance):
        if balance < -5.0:
            raise ValueError("never opened")
        self._balance = balance

    @property
    def balance(self):
        return self._balance

    @balance.setter
    def balance(self, value):
        if value < 0.0:
            raise ValueError(f"overdrawn by {-value:.3f}")
        self._balance = value

    @property
    def weight(self):
        if self._balance < 0.5:
            raise EmptyError("nothing left")
        return 1.0 / self._balance

    def pay(self, amount):
        self.balance -= amount * (1.0 + self.fee)
        return amount


class Savings(Account):
    def __init__(self, balance, rate):
        super().__init__(balance)
        if rate < 0.0:
            raise ValueError("negative rate")
        self.rate = rate

    def pay(self, amount):
        return self.rate * super().pay(2.0 * amount)


class Table:
    def __init__(self, first, slope):
        self.first, self.slope = first, slope

    def __getitem__(self, place):
        if place > self.first:
            raise IndexError("beyond the table")
        return self.slope * place

    def __setitem__(self, place, value):
        if value < 0.0:
            raise ValueError("below the table")
        self.slope = value / place

    def __call__(self, x):
        if x > 2.0:
            raise EmptyError("outside")
        return self.slope * x + self.first

    def __neg__(self):
        if self.first < 0.6:
            raise EmptyError("has no opposite")
        return Table(self.first, -self.slope)


@dataclass
class Span:
    start: float
    stop: float = 1.0

    def __post_init__(self):
        if self.start > self.stop:
            raise ValueError("runs backwards")
        self.length = self.stop - self.start

    @classmethod
    def around(cls, middle, half):
        return cls(middle - half, middle + half)


def withdrawals(x):
    """A property's setter raises in a method; what it was to be is in the message."""
    account, reserve, refused = Account(3.0), Savings(4.0, x[0]), 0
    for v in x:
        try:
            account.pay(v)
        except ValueError as error:
            print(error)
            refused += 1
            reserve.balance += 0.5 * v
    return account.balance * reserve.balance + 0.1 * refused * x[0]


def opened(x):
    """New objects of a class and of one that refines it, and what they are made of."""
    total = 0.0
    for v in x:
        try:
            account = Savings(v, 1.5 - v)
            total += account.pay(0.4) * account.weight
        except ValueError:
            total += v * v
        except EmptyError:
            total -= 2.0 * v
    return total


def kept_while_it_lasts(x):
    """Objects in a list that ends where one of them cannot be made."""
    made = []
    for v in x:
        try:
            made.append(Span.around(v, 1.2 - v))
        except ValueError:
            break
    return sum(s.length * s.start for s in made) + len(made) * x[0]


def looked_up(x):
    """Subscripts, stores into them, a sign, and an object that is called."""
    table = Table(x[0] + 0.4, 1.5)
    total = 0.0
    for v in x:
        try:
            total += table[v] ** 2
            if table(v + 0.2) > 1.8:
                total *= 1.1
            table[v] = 1.2 - v
            total += (-table).slope
        except IndexError:
            total += 0.5 * v
        except (ValueError, EmptyError) as error:
            total -= len(str(error)) * v * v
    return total


_NAMES = ["withdrawals", "opened", "kept_while_it_lasts", "looked_up"]
EXAMPLE_ARGS = {name: lambda: (np.array([0.7, 1.3, -0.4, 2.1]),) for name in _NAMES}
MORE_ARGS = {name: [lambda: (np.array([0.25, 0.4, -5.9, 0.3, 1.6]),)] for name in _NAMES}
