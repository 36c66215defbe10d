"""Objects that keep lists of others, of which the path decides how many there are."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np


@dataclass
class Order:
    due: int
    amount: float


@dataclass
class Store:
    stock: float
    least: float
    orders: list = field(default_factory=list)

    def receive(self, day):
        arrived = [order for order in self.orders if order.due <= day]
        self.orders = [order for order in self.orders if order.due > day]
        self.stock += sum(order.amount for order in arrived)

    def promised(self):
        return self.stock + sum(order.amount for order in self.orders)


def orders_on_the_way(x):
    store, cost = Store(2.0, 1.0 + 0.1 * x[0]), 0.0
    for day, demand in enumerate(x):
        store.receive(day)
        sold = min(abs(demand), store.stock)
        store.stock -= sold
        cost += (abs(demand) - sold) ** 2 + 0.1 * store.stock
        if store.promised() < store.least:
            store.orders.append(Order(day + 2, 1.5 * store.least - 0.5 * store.promised()))
    return cost + store.promised() ** 2


class Ship:
    def __init__(self, fuel, home):
        self.fuel, self.home = fuel, home


class Port:
    def __init__(self, tax):
        self.ships, self.tax, self.gold = [], tax, 0.0

    def leave(self, least):
        gone = [ship for ship in self.ships if ship.fuel < least]
        self.ships = [ship for ship in self.ships if not ship.fuel < least]
        for ship in gone:
            self.gold += ship.fuel * self.tax * ship.home


def ships_of_two_ports(x):
    north, south = Port(x[0]), Port(1.5)
    for v in x:
        if v > 0.2:
            north.ships.append(Ship(v, 0.5))
        if v < 1.0:
            south.ships.append(Ship(2.0 * v, v))
        north.leave(0.9)
        south.leave(1.1)
        if north.ships and south.ships:
            north.ships[0].fuel, south.ships[-1].fuel = south.ships[-1].fuel, v
    return north.gold + 2.0 * south.gold**2 + sum(ship.fuel for ship in north.ships)


_NAMES = ["orders_on_the_way", "ships_of_two_ports"]
EXAMPLE_ARGS = {name: lambda: (np.array([0.7, 1.3, -0.45, 2.1, 0.33]),) for name in _NAMES}
MORE_ARGS = {name: [lambda: (np.array([0.25, 0.4, 1.6]),)] for name in _NAMES}
